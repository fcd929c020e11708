CREATE OR REPLACE FUNCTION evergreen.add_spend(
  p_at timestamptz, p_company_id uuid, p_user_id text, p_slot smallint, p_cost numeric, p_generations integer
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_month date := date_trunc('month', p_at AT TIME ZONE 'UTC')::date;
BEGIN
  -- LOCK: in the order in which reserve_budget() locks: company, overall, user. A list is read as it is written.
  INSERT INTO evergreen.ai_spend_monthly AS s (month, scope, scope_id, slot, spent, generations)
  SELECT v_month, p.scope, p.scope_id, p.slot, COALESCE(p_cost, 0), p_generations
    FROM (VALUES ('company', p_company_id::text, 0::smallint), ('overall', '', p_slot), ('user', p_user_id, 0::smallint)) AS p (scope, scope_id, slot)
   WHERE p.scope_id IS NOT NULL
  ON CONFLICT (scope, scope_id, month, slot) DO UPDATE
    SET spent = s.spent + excluded.spent, generations = s.generations + excluded.generations;

  IF EXISTS (SELECT FROM evergreen.budgets) THEN
    PERFORM evergreen.alert_budget(a.scope, a.scope_id, v_month)
       FROM (SELECT b.scope, b.scope_id
               FROM (VALUES ('company', p_company_id::text), ('overall', ''), ('user', p_user_id)) AS p (scope, scope_id)
               JOIN evergreen.budgets AS b ON b.scope = p.scope AND b.scope_id = p.scope_id
              WHERE b.alerted_month IS DISTINCT FROM v_month
              ORDER BY b.scope) AS a;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.add_spend(timestamptz, uuid, text, smallint, numeric, integer) IS 'Internal: adds the cost of generations to the months that pay for them (company, overall, user), and warns once a month when a budget passes alert_at.';
