CREATE OR REPLACE FUNCTION evergreen.reserve_budget(
  p_company_id uuid, p_user_id text, p_provider text, p_model text,
  p_prompt_tokens integer, p_completion_tokens integer, p_now timestamptz, p_wanted integer DEFAULT 1,
  OUT estimate numeric, OUT allowed integer, OUT refused text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- What a generation may cost at most, and which hard budget (if any) has not that much left for all that are wanted.
DECLARE
  v_budget record;
  v_spent numeric;
  v_fit numeric;
BEGIN
  allowed := p_wanted;
  estimate := evergreen.generation_cost(p_provider, p_model, p_prompt_tokens, p_completion_tokens, 0, p_now);

  -- LOCK: the budgets that pay, always in this order. Claims against one budget pass one by one from here on.
  FOR v_budget IN
    SELECT b.* FROM evergreen.budgets AS b
     WHERE (b.scope = 'overall')
        OR (b.scope = 'company' AND b.scope_id = p_company_id::text)
        OR (b.scope = 'user' AND b.scope_id = p_user_id)
     ORDER BY b.scope, b.scope_id
       FOR NO KEY UPDATE
  LOOP
    PERFORM evergreen.require_read_committed('a budget cannot be checked');
    IF v_budget.hard AND estimate IS NULL THEN
      refused := format('the %s budget is hard and %s has no price', evergreen.budget_name(v_budget.scope, v_budget.scope_id),
                        COALESCE(p_provider || '/' || p_model, 'the model was not named and'));
      allowed := 0;
      RETURN;
    END IF;
    -- One statement, one snapshot: a generation settled meanwhile counts once, as reserved or as spent.
    v_spent := evergreen.budget_use(v_budget.scope, v_budget.scope_id, p_now);
    v_fit := CASE WHEN NOT v_budget.hard THEN allowed
                  WHEN v_spent + estimate > v_budget.monthly_limit THEN 0
                  WHEN estimate = 0 THEN allowed
                  ELSE div(v_budget.monthly_limit - v_spent, estimate) END;
    IF v_fit < allowed THEN
      allowed := v_fit;
      refused := format('the %s budget of %s USD a month has %s USD left, this generation may cost %s',
                        evergreen.budget_name(v_budget.scope, v_budget.scope_id), v_budget.monthly_limit,
                        GREATEST(v_budget.monthly_limit - v_spent - allowed * estimate, 0), estimate);
    END IF;
    EXIT WHEN allowed = 0;
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.reserve_budget IS 'Internal: the highest cost of a generation, how many of those wanted the hard budgets allow, and the budget that refuses the next. Holds the budgets'' rows until the claim commits.';
