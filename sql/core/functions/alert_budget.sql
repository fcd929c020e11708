CREATE OR REPLACE FUNCTION evergreen.alert_budget(p_scope text, p_scope_id text, p_month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_spent numeric;
  v_budget evergreen.budgets;
BEGIN
  SELECT COALESCE(sum(s.spent), 0) INTO v_spent FROM evergreen.ai_spend_monthly AS s
   WHERE s.scope = p_scope AND s.scope_id = p_scope_id AND s.month = p_month;
  -- The condition again in the UPDATE: of several who see it passed, one writes the line.
  UPDATE evergreen.budgets AS b SET alerted_month = p_month
   WHERE b.scope = p_scope AND b.scope_id = p_scope_id AND b.alerted_month IS DISTINCT FROM p_month
     AND v_spent >= b.monthly_limit * b.alert_at
  RETURNING * INTO v_budget;
  IF FOUND THEN
    PERFORM evergreen.system_log('warning', 'budget',
      format('the %s budget of %s USD has %s USD spent in %s', evergreen.budget_name(p_scope, p_scope_id), v_budget.monthly_limit,
             round(v_spent, 6), to_char(p_month, 'YYYY-MM')),
      jsonb_build_object('scope', p_scope, 'scope_id', p_scope_id, 'spent', v_spent, 'monthly_limit', v_budget.monthly_limit, 'hard', v_budget.hard));
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.alert_budget(text, text, date) IS 'Internal: writes one warning a month to system_logs once a budget has reached alert_at.';
