CREATE OR REPLACE FUNCTION evergreen.tell_match(
  p_question evergreen.question, p_match evergreen.answer_match,
  OUT cache_key text, OUT freshness text, OUT reason text, OUT seen text, OUT content jsonb, OUT generated_at timestamptz,
  OUT generation_model text, OUT generation_prompt_id text, OUT context_hash text, OUT id uuid
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_answer evergreen.ai_answers := p_match.answer;
BEGIN
  cache_key := p_question.input_hash;
  context_hash := p_question.variant_hash;
  freshness := p_match.freshness;
  reason := p_match.reason;
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
COMMENT ON FUNCTION evergreen.tell_match(evergreen.question, evergreen.answer_match) IS 'Internal: what a lookup says of the answer that was found for a question, or of there being none.';
