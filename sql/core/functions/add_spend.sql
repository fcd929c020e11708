CREATE OR REPLACE FUNCTION evergreen.add_spend(p_at timestamptz, p_scope text, p_scope_id text, p_slot smallint, p_cost numeric) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_month date := date_trunc('month', p_at AT TIME ZONE 'UTC')::date;
BEGIN
  IF p_scope_id IS NULL THEN
    RETURN;
  END IF;
  INSERT INTO evergreen.ai_spend_monthly AS s (month, scope, scope_id, slot, spent, generations)
  VALUES (v_month, p_scope, p_scope_id, p_slot, COALESCE(p_cost, 0), 1)
  ON CONFLICT (scope, scope_id, month, slot) DO UPDATE
    SET spent = s.spent + excluded.spent, generations = s.generations + 1;

  IF EXISTS (SELECT FROM evergreen.budgets AS b
              WHERE b.scope = p_scope AND b.scope_id = p_scope_id AND b.alerted_month IS DISTINCT FROM v_month) THEN
    PERFORM evergreen.alert_budget(p_scope, p_scope_id, v_month);
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.add_spend(timestamptz, text, text, smallint, numeric) IS 'Internal: adds a cost to the month of one scope, and warns once a month when its budget passes alert_at.';
