CREATE OR REPLACE FUNCTION evergreen.save_answer(
  p_content_type text,
  p_input text,
  p_result text,
  p_lease_token uuid,
  p_provider text,
  p_model text,
  p_asked_model text DEFAULT NULL,
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_parent_id uuid DEFAULT NULL,
  p_input_hash text DEFAULT NULL,
  p_prompt_id text DEFAULT NULL,
  p_prompt_tokens integer DEFAULT NULL,
  p_completion_tokens integer DEFAULT NULL,
  p_cached_tokens integer DEFAULT NULL,
  p_generation_time_ms integer DEFAULT NULL,
  p_request_id text DEFAULT NULL,
  p_embedding real[] DEFAULT NULL,
  p_embedding_model text DEFAULT NULL,
  p_expires_at timestamptz DEFAULT NULL,
  p_now timestamptz DEFAULT NULL,
  OUT state text, OUT content jsonb, OUT generated_at timestamptz, OUT cost numeric, OUT id uuid
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_question evergreen.question;
  v_save evergreen.open_save;
  v_result jsonb;
  v_key text;
  v_parent_id uuid;
  v_revision integer;
BEGIN
  v_question := evergreen.question_of(
    evergreen.variant_of(v_policy, COALESCE(p_asked_model, p_model), p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id, p_prompt_id),
    v_policy, p_input);
  v_key := COALESCE(p_input_hash, v_question.input_hash);
  PERFORM evergreen.require_generation(v_key, p_provider, p_model, p_prompt_id);
  v_result := evergreen.read_result(p_result, v_policy.max_bytes);
  -- Another key: the parent was generated anew meanwhile, what was asked is no longer the question of now.
  v_save := evergreen.begin_save(p_content_type, v_key, p_lease_token, p_company_id, p_user_id, v_now, v_key <> v_question.input_hash);
  state := v_save.state;
  IF state <> 'lease_lost' THEN
    IF p_parent_id IS NOT NULL THEN
      PERFORM evergreen.hold_parent(p_parent_id);
    END IF;
    INSERT INTO evergreen.ai_answers AS a
      (content_type, input_hash, variant_hash, subject_hash, parent_id, company_id, user_id, input, input_text, parameters, result, provider,
       asked_model, generation_model, generation_prompt_id, own_prompt, asked, generated_at, expires_at, invalidated_at, schema_version,
       embedding_model, embedding)
    VALUES
      (p_content_type, v_key, v_question.variant_hash, v_question.subject_hash, p_parent_id, p_company_id,
       p_user_id, v_question.input, evergreen.input_words(v_question.input), v_question.parameters, v_result, p_provider,
       v_question.model, p_model, p_prompt_id, v_question.own_prompt,
       CASE WHEN v_key = v_question.input_hash THEN
         evergreen.asked_as(p_content_type, p_input, v_question.model, p_provider, p_prompt, v_question.prompt_id, p_parameters, p_company_id, p_user_id, p_parent_id,
                            v_question.parent_updated_at) END,
       v_now, p_expires_at, CASE state WHEN 'saved_stale' THEN v_now END,
       v_policy.schema_version, CASE WHEN p_embedding IS NOT NULL THEN p_embedding_model END,
       CASE WHEN p_embedding IS NOT NULL THEN evergreen.unit_vector(p_embedding, p_embedding_model) END)
    ON CONFLICT (content_type, input_hash) DO UPDATE SET
      result = excluded.result, generation_model = excluded.generation_model, generation_prompt_id = excluded.generation_prompt_id,
      asked = excluded.asked, generated_at = excluded.generated_at, expires_at = excluded.expires_at, invalidated_at = excluded.invalidated_at,
      schema_version = excluded.schema_version, revision = a.revision + 1,
      embedding_model = COALESCE(excluded.embedding_model, a.embedding_model), embedding = COALESCE(excluded.embedding, a.embedding)
    RETURNING a.id, a.parent_id, a.revision INTO id, v_parent_id, v_revision;
    content := evergreen.answer_json(id, v_key, v_parent_id, v_revision, v_now, v_result);
    generated_at := v_now;
  END IF;
  cost := evergreen.write_log(v_policy.prompt_type, p_provider, p_model, true, v_save.state, v_save.company_id, v_save.user_id, p_prompt_id,
                              p_prompt_tokens, p_completion_tokens, p_cached_tokens, p_generation_time_ms, NULL, NULL, p_request_id, v_now, v_save.reserved);
END;
$$;
COMMENT ON FUNCTION evergreen.save_answer IS 'Keeps the answer a model gave to an input: p_result is JSON as text, any value but null. In one transaction with the log, the usage and the end of the lease. p_model is the model as the provider named it, p_asked_model (default: the same) the one that was asked for; p_prompt the caller''s own template, p_prompt_id the version that prepare_answer() gave, p_input_hash the cache_key of the lookup. The same question again is a new revision of its row. state saved, saved_stale (an invalidation came meanwhile, or another result of the parent), lease_lost (WARNING VG004: billed, not kept). content as in lookup_answer(), cost in USD. Errors as lookup_answer().';
