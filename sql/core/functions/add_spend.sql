CREATE OR REPLACE FUNCTION evergreen.add_spend(
  p_at timestamptz, p_company_id uuid, p_user_id text, p_slot smallint, p_cost numeric, p_generations integer
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_month date := date_trunc('month', p_at AT TIME ZONE 'UTC')::date;
  v_budget record;
BEGIN
  -- In the order in which reserve_budget() locks: company, overall, user.
  INSERT INTO evergreen.ai_spend_monthly AS s (month, scope, scope_id, slot, spent, generations)
  SELECT v_month, p.scope, p.scope_id, p.slot, COALESCE(p_cost, 0), p_generations
    FROM (VALUES (1, 'company', p_company_id::text, 0::smallint), (2, 'overall', '', p_slot), (3, 'user', p_user_id, 0::smallint)) AS p (place, scope, scope_id, slot)
   WHERE p.scope_id IS NOT NULL
   ORDER BY p.place
  ON CONFLICT (scope, scope_id, month, slot) DO UPDATE
    SET spent = s.spent + excluded.spent, generations = s.generations + excluded.generations;

  FOR v_budget IN
    SELECT b.scope, b.scope_id FROM evergreen.budgets AS b
     WHERE (b.scope, b.scope_id) IN (('company', p_company_id::text), ('overall', ''), ('user', p_user_id))
       AND b.alerted_month IS DISTINCT FROM v_month
     ORDER BY b.scope
  LOOP
    PERFORM evergreen.alert_budget(v_budget.scope, v_budget.scope_id, v_month);
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.add_spend(timestamptz, uuid, text, smallint, numeric, integer) IS 'Internal: adds the cost of generations to the months that pay for them (company, overall, user), and warns once a month when a budget passes alert_at.';
