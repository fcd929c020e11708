CREATE OR REPLACE FUNCTION evergreen.claim_answers(
  p_content_type text,
  p_inputs text[],
  p_seen text[],
  p_holder text,
  p_model text,
  p_provider text DEFAULT 'openai',
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_parent_id uuid DEFAULT NULL,
  p_now timestamptz DEFAULT NULL
) RETURNS TABLE (
  ordinal integer, cache_key text, state text, duplicate_of integer, lease_token uuid, retry_after_ms integer, renew_after_ms integer,
  max_completion_tokens integer, reason text, prompt_id text, prompt text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_variant evergreen.question;
  v_question evergreen.question;
  v_inputs jsonb[];
  v_keys text[];
  v_key record;
BEGIN
  PERFORM evergreen.require_batch('inputs', p_inputs);
  IF p_seen IS NOT NULL AND cardinality(p_seen) <> cardinality(p_inputs) THEN
    RAISE EXCEPTION 'there are % inputs and % of p_seen', cardinality(p_inputs), cardinality(p_seen)
      USING ERRCODE = 'VG007', HINT = 'Pass the seen column of each lookup, in the order of the inputs.';
  END IF;
  v_variant := evergreen.variant_of(v_policy, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id);
  prompt_id := COALESCE(v_variant.prompt_id, evergreen.remember_prompt(v_policy.prompt_type, v_variant.prompt));
  SELECT array_agg(q.input ORDER BY q.ordinal), array_agg(q.input_hash ORDER BY q.ordinal) INTO v_inputs, v_keys
    FROM evergreen.questions_of(v_variant, v_policy, p_inputs) AS q;
  v_question := v_variant;

  -- LOCK: all leases first, in key order, then what claim_generation() locks after a lease: two batches never deadlock.
  PERFORM evergreen.lock_lease(p_content_type, k.key, p_company_id, p_user_id)
     FROM (SELECT DISTINCT q.key FROM unnest(v_keys) AS q (key) ORDER BY q.key) AS k;

  FOR v_key IN
    SELECT q.n::integer AS i, q.key, min(q.n) OVER (PARTITION BY q.key)::integer AS first
      FROM unnest(v_keys) WITH ORDINALITY AS q (key, n) ORDER BY q.n
  LOOP
    ordinal := v_key.i;
    cache_key := v_key.key;
    prompt := NULL;
    duplicate_of := NULL;
    IF v_key.first < v_key.i THEN
      state := 'duplicate';
      duplicate_of := v_key.first;
      lease_token := NULL;
      retry_after_ms := NULL;
      renew_after_ms := NULL;
      max_completion_tokens := NULL;
      reason := NULL;
      RETURN NEXT;
      CONTINUE;
    END IF;
    SELECT c.state, c.lease_token, c.retry_after_ms, c.renew_after_ms, c.max_completion_tokens, c.reason
      INTO state, lease_token, retry_after_ms, renew_after_ms, max_completion_tokens, reason
      FROM evergreen.claim_generation(p_content_type, cache_key, p_holder, p_seen[v_key.i], p_company_id, p_user_id, p_provider, p_model, p_now) AS c;
    IF state = 'claimed' THEN
      BEGIN
        v_question.input := v_inputs[v_key.i];
        prompt := evergreen.answer_prompt(v_question, v_policy, prompt_id);
      EXCEPTION WHEN SQLSTATE 'VG006' OR SQLSTATE 'VG007' THEN
        state := 'invalid';
        reason := SQLERRM;
      END;
      IF state = 'invalid' THEN
        PERFORM evergreen.release_lease(p_content_type, cache_key, lease_token, p_now);
        lease_token := NULL;
      END IF;
    END IF;
    RETURN NEXT;
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.claim_answers IS 'claim_generation() and prepare_answer() for up to 1,000 inputs asked in the same way, in one statement: a row each, in their order. p_seen: the seen of each lookup, or NULL. An input that stands twice is claimed once: the others are duplicate, of the ordinal in duplicate_of. invalid: its prompt cannot be made, reason says why, nothing is held. prompt is NULL unless claimed. Errors as lookup_answer(), nothing is claimed then.';
