CREATE OR REPLACE FUNCTION evergreen.get_budget_status(p_now timestamptz DEFAULT NULL)
RETURNS TABLE (scope text, scope_id text, monthly_limit numeric, spent numeric, reserved numeric, share numeric, alert_at numeric, hard boolean, status text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT b.scope, b.scope_id, b.monthly_limit, s.spent, u.used - s.spent AS reserved,
         round(u.used / NULLIF(b.monthly_limit, 0), 4) AS share, b.alert_at, b.hard,
         CASE WHEN u.used >= b.monthly_limit THEN 'over'
              WHEN u.used >= b.monthly_limit * b.alert_at THEN 'approaching'
              ELSE 'within' END AS status
    FROM evergreen.budgets AS b
   CROSS JOIN LATERAL (SELECT COALESCE(p_now, clock_timestamp()) AS now) AS t
   CROSS JOIN LATERAL (SELECT evergreen.budget_use(b.scope, b.scope_id, t.now) AS used) AS u
   CROSS JOIN LATERAL (SELECT COALESCE(sum(m.spent), 0) AS spent FROM evergreen.ai_spend_monthly AS m
                        WHERE m.scope = b.scope AND m.scope_id = b.scope_id
                          AND m.month = date_trunc('month', t.now AT TIME ZONE 'UTC')::date) AS s
   ORDER BY u.used / NULLIF(b.monthly_limit, 0) DESC NULLS FIRST, b.scope, b.scope_id
$$;
COMMENT ON FUNCTION evergreen.get_budget_status(timestamptz) IS 'Report: every budget with what is spent and reserved in the month (UTC), the share of the limit used, and its status: within, approaching (from alert_at), over (from 1). Nearest to its limit first.';
