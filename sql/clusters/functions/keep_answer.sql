CREATE OR REPLACE FUNCTION evergreen.keep_answer(
  p_state text, p_question evergreen.question, p_policy evergreen.content_policies, p_key text, p_result jsonb, p_model text, p_prompt_id text,
  p_embedding real[], p_embedding_model text, p_expires_at timestamptz, p_asked bytea, p_now timestamptz
) RETURNS evergreen.ai_answers
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_answer evergreen.ai_answers;
BEGIN
  INSERT INTO evergreen.ai_answers AS a
    (content_type, input_hash, variant_hash, subject_hash, parent_id, company_id, user_id, input, input_text, parameters, result, provider,
     asked_model, generation_model, generation_prompt_id, own_prompt, asked, generated_at, expires_at, invalidated_at, schema_version,
     embedding_model, embedding)
  VALUES
    (p_question.content_type, p_key, p_question.variant_hash, p_question.subject_hash, p_question.parent_id, p_question.company_id,
     p_question.user_id, p_question.input, evergreen.input_words(p_question.input), p_question.parameters, p_result, p_question.provider,
     p_question.model, p_model, p_prompt_id, p_question.own_prompt, p_asked, p_now, p_expires_at, CASE p_state WHEN 'saved_stale' THEN p_now END,
     p_policy.schema_version, CASE WHEN p_embedding IS NOT NULL THEN p_embedding_model END, evergreen.unit_vector(p_embedding, p_embedding_model))
  ON CONFLICT (content_type, input_hash) DO UPDATE SET
    result = excluded.result, generation_model = excluded.generation_model, generation_prompt_id = excluded.generation_prompt_id,
    asked = excluded.asked, generated_at = excluded.generated_at, expires_at = excluded.expires_at, invalidated_at = excluded.invalidated_at,
    schema_version = excluded.schema_version, revision = a.revision + 1,
    embedding_model = COALESCE(excluded.embedding_model, a.embedding_model), embedding = COALESCE(excluded.embedding, a.embedding)
  RETURNING a.* INTO v_answer;
  RETURN v_answer;
END;
$$;
COMMENT ON FUNCTION evergreen.keep_answer IS 'Internal: writes the row of an answer; the same question again is its next revision.';
