CREATE OR REPLACE FUNCTION evergreen.budget_use(p_scope text, p_scope_id text, p_now timestamptz) RETURNS numeric
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT COALESCE((SELECT sum(s.spent) FROM evergreen.ai_spend_monthly AS s
                    WHERE s.scope = p_scope AND s.scope_id = p_scope_id
                      AND s.month = date_trunc('month', p_now AT TIME ZONE 'UTC')::date), 0)
       + COALESCE((SELECT sum(l.reserved) FROM evergreen.generation_leases AS l
                    WHERE l.lease_token IS NOT NULL AND l.expires_at > p_now
                      AND (p_scope = 'overall'
                           OR (p_scope = 'company' AND l.company_id::text = p_scope_id)
                           OR (p_scope = 'user' AND l.user_id = p_scope_id))), 0)
$$;
COMMENT ON FUNCTION evergreen.budget_use(text, text, timestamptz) IS 'Internal: USD spent in the month of p_now and reserved by leases that are held, for one scope.';
