CREATE OR REPLACE FUNCTION evergreen.lookup_question(
  p_variant evergreen.question, p_policy evergreen.content_policies, p_input text, p_after_failure boolean, p_now timestamptz,
  OUT cache_key text, OUT freshness text, OUT reason text, OUT seen text, OUT content jsonb, OUT generated_at timestamptz,
  OUT generation_model text, OUT generation_prompt_id text, OUT id uuid, OUT error_code text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_question evergreen.question;
  v_match evergreen.answer_match;
  v_answer evergreen.ai_answers;
BEGIN
  BEGIN
    v_question := evergreen.question_of(p_variant, p_policy, p_input);
  EXCEPTION WHEN SQLSTATE 'VG006' OR SQLSTATE 'VG007' THEN
    freshness := 'invalid';
    reason := SQLERRM;
    error_code := SQLSTATE;
    RETURN;
  END;
  v_match := evergreen.match_answer(v_question, p_policy, p_after_failure, p_now);
  v_answer := v_match.answer;
  cache_key := v_question.input_hash;
  freshness := v_match.freshness;
  reason := v_match.reason;
  seen := CASE WHEN freshness <> 'fresh' THEN pg_current_snapshot()::text END;
  IF v_answer.id IS NOT NULL THEN
    id := v_answer.id;
    content := evergreen.answer_json(v_answer.id, v_answer.input_hash, v_answer.parent_id, v_answer.revision, v_answer.generated_at, v_answer.result);
    generated_at := v_answer.generated_at;
    generation_model := v_answer.generation_model;
    generation_prompt_id := v_answer.generation_prompt_id;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.lookup_question IS 'Internal: the part of lookup_answers() that reads an input that is not found by its words; freshness invalid, with its SQLSTATE in error_code, for one that cannot be asked.';
