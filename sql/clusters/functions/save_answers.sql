CREATE OR REPLACE FUNCTION evergreen.save_answers(
  p_content_type text,
  p_answers text[],
  p_model text,
  p_provider text DEFAULT 'openai',
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_parent_id uuid DEFAULT NULL,
  p_prompt_id text DEFAULT NULL,
  p_now timestamptz DEFAULT NULL
) RETURNS TABLE (ordinal integer, state text, content jsonb, generated_at timestamptz, cost numeric, id uuid, reason text, retry_after_ms integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_variant evergreen.question;
  v_save evergreen.pending_save;
  v_saves evergreen.pending_save[] := ARRAY[]::evergreen.pending_save[];
  v_answer evergreen.ai_answers;
BEGIN
  PERFORM evergreen.require_batch('answers', p_answers);
  v_variant := evergreen.variant_of(v_policy, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id, p_prompt_id);
  FOR i IN 1 .. cardinality(p_answers) LOOP
    v_saves := v_saves || evergreen.read_save(i, p_answers[i], v_variant, v_policy, p_model, p_prompt_id);
  END LOOP;

  -- LOCK: leases, then answers, each in key order, then what the log writes; as a single save does it.
  FOR v_save IN SELECT s.* FROM unnest(v_saves) AS s ORDER BY s.cache_key, s.ordinal LOOP
    v_save.state := evergreen.begin_save(p_content_type, v_save.cache_key, v_save.lease_token);
    IF v_save.state = 'saved' AND v_save.cache_key <> (v_save.question).input_hash THEN
      v_save.state := 'saved_stale';
    END IF;
    v_saves[v_save.ordinal] := v_save;
  END LOOP;
  FOR v_save IN SELECT s.* FROM unnest(v_saves) AS s WHERE s.state <> 'lease_lost' AND s.error IS NULL ORDER BY s.cache_key, s.ordinal LOOP
    v_answer := evergreen.keep_answer(v_save.state, v_save.question, v_policy, v_save.cache_key, v_save.result, v_save.model, v_save.prompt_id,
                                      v_save.embedding, v_save.embedding_model, v_save.expires_at,
      CASE WHEN v_save.cache_key = (v_save.question).input_hash THEN
        evergreen.asked_as(p_content_type, p_answers[v_save.ordinal]::jsonb ->> 'input', p_model, p_provider, v_variant.prompt, p_parameters, p_company_id, p_user_id, p_parent_id, v_variant.parent_updated_at) END,
      v_now);
    v_save.id := v_answer.id;
    v_save.content := evergreen.answer_json(v_answer.id, v_answer.input_hash, v_answer.parent_id, v_answer.revision, v_answer.generated_at, v_answer.result);
    v_saves[v_save.ordinal] := v_save;
  END LOOP;
  FOREACH v_save IN ARRAY v_saves LOOP
    ordinal := v_save.ordinal;
    state := v_save.state;
    reason := v_save.error;
    id := v_save.id;
    content := v_save.content;
    generated_at := CASE WHEN id IS NOT NULL THEN v_now END;
    retry_after_ms := NULL;
    IF v_save.error IS NULL THEN
      cost := evergreen.settle_generation(state, p_content_type, v_save.cache_key, v_save.lease_token, p_company_id, p_user_id, p_provider, v_save.model,
        v_save.prompt_id, v_save.prompt_tokens, v_save.completion_tokens, v_save.cached_tokens, v_save.generation_time_ms, v_save.request_id, v_now);
    ELSE
      SELECT CASE f.state WHEN 'failed' THEN 'invalid' ELSE f.state END, f.retry_after_ms, f.cost INTO state, retry_after_ms, cost
        FROM evergreen.fail_generation(p_content_type, v_save.cache_key, v_save.lease_token, 'invalid', v_save.error, p_provider, v_save.model,
               v_save.prompt_id, v_save.prompt_tokens, v_save.completion_tokens, v_save.cached_tokens, v_save.generation_time_ms, v_save.request_id,
               p_company_id, p_user_id, v_now) AS f;
    END IF;
    RETURN NEXT;
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.save_answers IS 'save_answer() for up to 1,000 answers that were asked in the same way, in one statement. p_model is the model that was asked; each answer is a JSON object as text: {"input": text, "result": text (JSON), "lease_token", "input_hash" (the cache_key), "model" (as the provider named it), "prompt_id", "prompt_tokens", "completion_tokens", "cached_tokens", "generation_time_ms", "request_id", "expires_at", "embedding", "embedding_model"}; all but the first three may be missing. A row each, in their order; each settles by itself: saved, saved_stale, lease_lost, or invalid (the result is malformed or too large: billed and failed, reason says why, retry_after_ms as fail_generation()). Errors of the call itself as save_answer(): nothing is kept then.';
