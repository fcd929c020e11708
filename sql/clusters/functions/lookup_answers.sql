CREATE OR REPLACE FUNCTION evergreen.lookup_answers(
  p_content_type text,
  p_inputs text[],
  p_model text,
  p_provider text DEFAULT 'openai',
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_parent_id uuid DEFAULT NULL,
  p_after_failure boolean DEFAULT false,
  p_now timestamptz DEFAULT NULL
) RETURNS TABLE (
  ordinal integer, cache_key text, freshness text, reason text, seen text, content jsonb, generated_at timestamptz,
  generation_model text, generation_prompt_id text, context_hash text, id uuid, error_code text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_variant evergreen.question;
  v_question evergreen.question;
  v_match evergreen.answer_match;
BEGIN
  PERFORM evergreen.require_batch('inputs', p_inputs);
  v_variant := evergreen.variant_of(v_policy, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id);
  context_hash := v_variant.variant_hash;
  FOR i IN 1 .. cardinality(p_inputs) LOOP
    ordinal := i;
    cache_key := NULL;
    error_code := NULL;
    v_match := NULL;
    BEGIN
      v_question := evergreen.question_of(v_variant, v_policy, p_inputs[i]);
    EXCEPTION WHEN SQLSTATE 'VG006' OR SQLSTATE 'VG007' THEN
      error_code := SQLSTATE;
      reason := SQLERRM;
    END;
    IF error_code IS NULL THEN
      v_match := evergreen.match_answer(v_question, v_policy, COALESCE(p_after_failure, false), v_now);
      cache_key := v_question.input_hash;
      reason := v_match.reason;
    ELSE
      v_match.freshness := 'invalid';
    END IF;
    freshness := v_match.freshness;
    seen := CASE WHEN freshness NOT IN ('fresh', 'invalid') THEN pg_current_snapshot()::text END;
    id := (v_match.answer).id;
    content := CASE WHEN id IS NOT NULL THEN evergreen.answer_json((v_match.answer).id, (v_match.answer).input_hash, (v_match.answer).parent_id, (v_match.answer).revision, (v_match.answer).generated_at, (v_match.answer).result) END;
    generated_at := (v_match.answer).generated_at;
    generation_model := (v_match.answer).generation_model;
    generation_prompt_id := (v_match.answer).generation_prompt_id;
    RETURN NEXT;
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.lookup_answers IS 'lookup_answer() for up to 1,000 inputs asked in the same way, in one statement: a row each, in their order (ordinal, from 1). An input that is malformed or too large has freshness invalid, its SQLSTATE in error_code and what is wrong in reason; the others are answered all the same.';
