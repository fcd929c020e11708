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

  INSERT INTO evergreen.ai_spend_monthly AS s (month, scope, scope_id, slot, spent, generations)
  SELECT date_trunc('month', p_at AT TIME ZONE 'UTC')::date, p.scope, p.scope_id, p.slot, 0, 0
    FROM (SELECT 'company' AS scope, p_company_id::text AS scope_id, 0 AS slot
          UNION ALL SELECT 'overall', '', pg_backend_pid() % 8
          UNION ALL SELECT DISTINCT 'user', u.user_id, 0 FROM unnest(p_user_ids) AS u (user_id)) AS p
   WHERE p.scope_id IS NOT NULL ORDER BY p.scope, p.scope_id
  ON CONFLICT (scope, scope_id, month, slot) DO UPDATE SET spent = s.spent WHERE false;

  PERFORM FROM evergreen.budgets AS b
    WHERE b.scope = 'overall'
       OR (b.scope = 'company' AND b.scope_id = p_company_id::text)
       OR (b.scope = 'user' AND b.scope_id = ANY (p_user_ids))
    ORDER BY b.scope, b.scope_id FOR NO KEY UPDATE;
END;
$$;
COMMENT ON FUNCTION evergreen.hold_bills(text, text, text[], uuid, text[], timestamptz) IS 'Internal: locks the rows of ai_usage_hourly, ai_spend_monthly (made where there are none) and budgets that lines of these models, for this company and these users, will count in. When they are written, drop_empty_bills() deletes what they did not count in after all.';
