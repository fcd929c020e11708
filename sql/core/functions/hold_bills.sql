CREATE OR REPLACE FUNCTION evergreen.hold_bills(
  p_generation_type text, p_provider text, p_models text[], p_company_id uuid, p_user_ids text[], p_at timestamptz
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Who bills several lines one by one, of several models or users, holds first all that they count in, in the order of one line: hours, what is
-- spent, budgets; each in the order of its keys. A conflict locks the row, though nothing of it is updated.
BEGIN
  INSERT INTO evergreen.ai_usage_hourly AS u
    (hour, generation_type, provider, model_used, slot, generations, successes, prompt_tokens, completion_tokens, cached_tokens,
     cost, unpriced, timed, total_time_ms)
  SELECT date_trunc('hour', p_at, 'UTC'), p_generation_type, p_provider, m.model, pg_backend_pid() % 8, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM (SELECT DISTINCT left(i.model, 200) AS model FROM unnest(p_models) AS i (model)) AS m ORDER BY m.model
  ON CONFLICT (hour, generation_type, provider, model_used, slot) DO UPDATE SET generations = u.generations WHERE false;

  -- Those that are there: a row is not made for somebody who was forgotten meanwhile.
  PERFORM FROM evergreen.ai_spend_monthly AS s
    WHERE s.month = date_trunc('month', p_at AT TIME ZONE 'UTC')::date
      AND ((s.scope = 'company' AND s.scope_id = p_company_id::text)
        OR (s.scope = 'overall' AND s.scope_id = '' AND s.slot = pg_backend_pid() % 8)
        OR (s.scope = 'user' AND s.scope_id = ANY (p_user_ids)))
    ORDER BY s.scope, s.scope_id FOR NO KEY UPDATE;

  PERFORM FROM evergreen.budgets AS b
    WHERE b.scope = 'overall'
       OR (b.scope = 'company' AND b.scope_id = p_company_id::text)
       OR (b.scope = 'user' AND b.scope_id = ANY (p_user_ids))
    ORDER BY b.scope, b.scope_id FOR NO KEY UPDATE;
END;
$$;
COMMENT ON FUNCTION evergreen.hold_bills(text, text, text[], uuid, text[], timestamptz) IS 'Internal: locks the rows of ai_usage_hourly (made where there are none), ai_spend_monthly and budgets that lines of these models, for this company and these users, will count in.';
