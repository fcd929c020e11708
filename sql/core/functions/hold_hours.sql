CREATE OR REPLACE FUNCTION evergreen.hold_hours(p_generation_type text, p_provider text, p_models text[], p_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Who writes several lines one by one, of several models, holds the hours of all of them first, in order: each line is followed by what is spent,
-- and who has that waits for no hour. A conflict locks the row, though nothing of it is updated.
BEGIN
  INSERT INTO evergreen.ai_usage_hourly AS u
    (hour, generation_type, provider, model_used, slot, generations, successes, prompt_tokens, completion_tokens, cached_tokens,
     cost, unpriced, timed, total_time_ms)
  SELECT date_trunc('hour', p_at, 'UTC'), p_generation_type, p_provider, m.model, pg_backend_pid() % 8, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM (SELECT DISTINCT left(i.model, 200) AS model FROM unnest(p_models) AS i (model)) AS m ORDER BY m.model
  ON CONFLICT (hour, generation_type, provider, model_used, slot) DO UPDATE SET generations = u.generations WHERE false;
END;
$$;
COMMENT ON FUNCTION evergreen.hold_hours(text, text, text[], timestamptz) IS 'Internal: locks the rows of ai_usage_hourly that lines of these models will count in, made where there are none.';
