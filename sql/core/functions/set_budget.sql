CREATE OR REPLACE FUNCTION evergreen.set_budget(
  p_scope text, p_scope_id text, p_monthly_limit numeric, p_alert_at numeric DEFAULT 0.8, p_hard boolean DEFAULT true
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_scope_id text := CASE p_scope WHEN 'overall' THEN '' ELSE p_scope_id END;
  v_before evergreen.budgets;
  v_after evergreen.budgets;
BEGIN
  IF p_scope IS NULL OR p_scope NOT IN ('overall', 'company', 'user') THEN
    RAISE EXCEPTION 'budget scope % is not known', COALESCE(quote_literal(p_scope), 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Use overall, company or user.';
  END IF;
  IF p_scope <> 'overall' AND (v_scope_id IS NULL OR v_scope_id !~ E'\\S') THEN
    RAISE EXCEPTION 'the budget of a % needs its id', p_scope USING ERRCODE = 'VG007', HINT = 'Pass it as p_scope_id.';
  END IF;
  IF p_scope = 'user' THEN
    PERFORM evergreen.require_user(v_scope_id);
  END IF;
  IF p_scope = 'company' THEN
    -- Stored as the log writes it.
    BEGIN
      v_scope_id := v_scope_id::uuid::text;
    EXCEPTION WHEN invalid_text_representation THEN
      RAISE EXCEPTION 'company id % is not a uuid', quote_literal(p_scope_id) USING ERRCODE = 'VG007', HINT = 'Pass the id of the company.';
    END;
  END IF;

  SELECT * INTO v_before FROM evergreen.budgets AS b WHERE b.scope = p_scope AND b.scope_id = v_scope_id FOR UPDATE;
  IF p_monthly_limit IS NULL THEN
    DELETE FROM evergreen.budgets AS b WHERE b.scope = p_scope AND b.scope_id = v_scope_id;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'there is no % budget to remove', evergreen.budget_name(p_scope, v_scope_id)
        USING ERRCODE = 'VG002', HINT = 'evergreen.get_budget_status() lists them.';
    END IF;
    PERFORM evergreen.audit('set_budget', evergreen.budget_name(p_scope, v_scope_id), to_jsonb(v_before), NULL);
    RETURN;
  END IF;
  IF NOT (p_monthly_limit >= 0 AND p_monthly_limit < 'Infinity') OR p_alert_at IS NULL OR NOT p_alert_at BETWEEN 0 AND 1 OR p_hard IS NULL THEN
    RAISE EXCEPTION 'a budget of % USD with a warning at % makes no sense', p_monthly_limit, p_alert_at
      USING ERRCODE = 'VG007', HINT = 'The limit is 0 or more USD a month, p_alert_at a share from 0 to 1, p_hard true or false.';
  END IF;

  INSERT INTO evergreen.budgets AS b (scope, scope_id, monthly_limit, alert_at, hard)
  VALUES (p_scope, v_scope_id, p_monthly_limit, p_alert_at, p_hard)
  ON CONFLICT (scope, scope_id) DO UPDATE
    SET monthly_limit = excluded.monthly_limit, alert_at = excluded.alert_at, hard = excluded.hard,
        alerted_month = NULL, updated_at = clock_timestamp()
  RETURNING * INTO v_after;
  PERFORM evergreen.audit('set_budget', evergreen.budget_name(p_scope, v_scope_id),
                          CASE WHEN v_before.scope IS NOT NULL THEN to_jsonb(v_before) END, to_jsonb(v_after));
END;
$$;
COMMENT ON FUNCTION evergreen.set_budget(text, text, numeric, numeric, boolean) IS 'Operator: how many USD may be spent in a month of UTC, for (''overall'', NULL), (''company'', id) or (''user'', id); audited, effective with the next claim. p_hard: refuse claims that could overspend it, else only warn. p_alert_at: share from which it warns. A NULL limit removes the budget. VG007 for values that make no sense.';
