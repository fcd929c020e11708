CREATE OR REPLACE FUNCTION evergreen.write_logs(
  p_generation_type text, p_provider text, p_company_id uuid, p_lines evergreen.log_line[], p_at timestamptz
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- write_log() for what was answered in one batch: the same rows, each table written once.
DECLARE
  v_slot smallint := pg_backend_pid() % 8;
  v_sum record;
BEGIN
  PERFORM evergreen.require_time(p_at);
  PERFORM evergreen.warn_unpriced(p_provider, m.model_used)
     FROM (SELECT DISTINCT l.model_used FROM unnest(p_lines) AS l WHERE l.cost IS NULL AND l.prompt_tokens > 0 ORDER BY l.model_used) AS m;

  INSERT INTO evergreen.ai_generation_logs
    (company_id, user_id, generation_type, prompt_id, provider, model_used, prompt_tokens, completion_tokens, cached_tokens,
     cost, generation_time_ms, success, outcome, request_id, created_at)
  SELECT p_company_id, l.user_id, p_generation_type, l.prompt_id, p_provider, l.model_used, l.prompt_tokens, l.completion_tokens, l.cached_tokens,
         l.cost, l.generation_time_ms, true, l.outcome, left(l.request_id, 200), p_at
    FROM unnest(p_lines) AS l;

  INSERT INTO evergreen.ai_usage_hourly AS u
    (hour, generation_type, provider, model_used, slot, generations, successes, prompt_tokens, completion_tokens, cached_tokens,
     cost, unpriced, timed, total_time_ms)
  SELECT date_trunc('hour', p_at, 'UTC'), p_generation_type, p_provider, l.model_used, v_slot, count(*), count(*),
         COALESCE(sum(l.prompt_tokens), 0), COALESCE(sum(l.completion_tokens), 0), COALESCE(sum(l.cached_tokens), 0),
         COALESCE(sum(l.cost), 0), count(*) - count(l.cost), count(l.generation_time_ms), COALESCE(sum(l.generation_time_ms), 0)
    FROM unnest(p_lines) AS l
   GROUP BY l.model_used ORDER BY l.model_used
  ON CONFLICT (hour, generation_type, provider, model_used, slot) DO UPDATE SET
    generations = u.generations + excluded.generations,
    successes = u.successes + excluded.successes,
    prompt_tokens = u.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = u.completion_tokens + excluded.completion_tokens,
    cached_tokens = u.cached_tokens + excluded.cached_tokens,
    cost = u.cost + excluded.cost,
    unpriced = u.unpriced + excluded.unpriced,
    timed = u.timed + excluded.timed,
    total_time_ms = u.total_time_ms + excluded.total_time_ms;

  -- As write_log(): after the lock on the hours.
  IF p_at < date_trunc('day', clock_timestamp(), 'UTC') THEN
    INSERT INTO evergreen.ai_usage_late (day) VALUES ((p_at AT TIME ZONE 'UTC')::date);
  END IF;

  FOR v_sum IN
    SELECT l.user_id, sum(COALESCE(l.cost, l.reserved)) AS spent, count(*)::integer AS generations
      FROM unnest(p_lines) AS l GROUP BY l.user_id ORDER BY l.user_id
  LOOP
    PERFORM evergreen.add_spend(p_at, p_company_id, v_sum.user_id, v_slot, v_sum.spent, v_sum.generations);
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.write_logs(text, text, uuid, evergreen.log_line[], timestamptz) IS 'Internal: lines of ai_generation_logs of calls that gave a valid answer, counted in ai_usage_hourly and ai_spend_monthly as write_log() does it.';
