CREATE OR REPLACE FUNCTION evergreen.save_answers(
  p_content_type text,
  p_inputs text[],
  p_results text[],
  p_lease_tokens uuid[],
  p_model text,
  p_provider text DEFAULT 'openai',
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_parent_id uuid DEFAULT NULL,
  p_prompt_id text DEFAULT NULL,
  p_details jsonb DEFAULT NULL,
  p_now timestamptz DEFAULT NULL
) RETURNS TABLE (ordinal integer, state text, id uuid, revision integer, generated_at timestamptz, cost numeric, reason text, retry_after_ms integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
-- What differs stands in lists and is taken by its place; a plan made for the lists of one call would be a copy of them.
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_variant evergreen.question;
  v_inputs jsonb[];
  v_results jsonb[];
  v_errors text[];
  v_saves evergreen.pending_save[];
  v_leases evergreen.generation_leases[];
  v_settled evergreen.settled_save[];
  v_lines evergreen.log_line[];
  v_save evergreen.settled_save;
  v_payers text[];
  v_is_held boolean;
BEGIN
  PERFORM evergreen.require_batch('inputs', p_inputs);
  IF cardinality(p_results) IS DISTINCT FROM cardinality(p_inputs) OR cardinality(p_lease_tokens) IS DISTINCT FROM cardinality(p_inputs)
     OR array_ndims(p_results) <> 1 OR array_ndims(p_lease_tokens) <> 1 OR array_lower(p_results, 1) <> 1 OR array_lower(p_lease_tokens, 1) <> 1 THEN
    RAISE EXCEPTION 'there are % inputs, % results and % lease tokens', cardinality(p_inputs), cardinality(p_results), cardinality(p_lease_tokens)
      USING ERRCODE = 'VG007', HINT = 'Pass one of each for each answer, in the same order.';
  END IF;
  IF p_details IS NOT NULL AND (jsonb_typeof(p_details) <> 'array' OR jsonb_array_length(p_details) <> cardinality(p_inputs)) THEN
    RAISE EXCEPTION 'the details are not a JSON array of %', cardinality(p_inputs)
      USING ERRCODE = 'VG007', HINT = 'Pass an object for each answer, in the same order, e.g. [{"prompt_tokens": 100}, {}], or NULL.';
  END IF;
  v_variant := evergreen.variant_of(v_policy, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id, p_prompt_id);
  v_inputs := evergreen.read_inputs(v_policy, p_inputs);
  SELECT r.results, r.errors INTO v_results, v_errors FROM evergreen.read_results(p_results, v_policy.max_bytes) AS r;
  v_saves := evergreen.read_saves(p_inputs, v_inputs, v_errors, p_lease_tokens, p_details, v_variant, p_model, p_parameters, p_prompt_id);
  -- Once for all that say the same of where they come from; what was hashed here stands for every other.
  PERFORM evergreen.require_generation(g.cache_key, p_provider, g.model, g.prompt_id)
     FROM (SELECT DISTINCT CASE WHEN s.cache_key = s.input_hash THEN v_variant.variant_hash ELSE s.cache_key END AS cache_key, s.model, s.prompt_id
             FROM unnest(v_saves) AS s) AS g;

  -- LOCK: leases, the answer that is followed, then answers, all in key order, then what the log writes; as a single save does it.
  v_leases := ARRAY(
    SELECT l FROM evergreen.generation_leases AS l
     WHERE l.content_type = p_content_type AND l.cache_key = ANY (ARRAY(SELECT s.cache_key FROM unnest(v_saves) AS s))
     ORDER BY l.cache_key FOR NO KEY UPDATE);
  IF p_parent_id IS NOT NULL THEN
    PERFORM evergreen.hold_parent(p_parent_id);
  END IF;

  -- A key that stands twice is saved by the first: its lease has ended then.
  WITH prices AS MATERIALIZED (
    SELECT m.model, p AS price FROM (SELECT DISTINCT left(s.model, 200) AS model FROM unnest(v_saves) AS s) AS m
     CROSS JOIN LATERAL evergreen.model_price(p_provider, m.model, v_now) AS p
  ), settled AS MATERIALIZED (
    SELECT s.*, COALESCE(p_user_id, l.user_id) AS payer, l.reserved, l.waited_for,
           -- What a provider reports must not make a paid answer impossible to save.
           CASE WHEN s.prompt_tokens < 0 THEN 0 ELSE s.prompt_tokens END AS prompt_count,
           CASE WHEN s.completion_tokens < 0 THEN 0 ELSE s.completion_tokens END AS completion_count,
           CASE WHEN s.prompt_tokens IS NOT NULL AND s.cached_tokens IS NOT NULL
             THEN LEAST(GREATEST(s.cached_tokens, 0), GREATEST(s.prompt_tokens, 0)) END AS cached_count,
           CASE WHEN s.error IS NOT NULL THEN 'invalid'
                WHEN l.cache_key IS NULL OR s.ordinal > min(s.ordinal) FILTER (WHERE s.error IS NULL) OVER (PARTITION BY s.cache_key, s.lease_token) THEN 'lease_lost'
                WHEN l.invalidated OR s.cache_key <> s.input_hash THEN 'saved_stale'
                ELSE 'saved' END AS state
      FROM unnest(v_saves) AS s
      LEFT JOIN unnest(v_leases) AS l ON l.cache_key = s.cache_key AND l.lease_token = s.lease_token
  ), kept AS (
    INSERT INTO evergreen.ai_answers AS a
      (content_type, input_hash, variant_hash, subject_hash, parent_id, company_id, user_id, input, input_text, parameters, result, provider,
       asked_model, generation_model, generation_prompt_id, own_prompt, asked, generated_at, expires_at, invalidated_at, schema_version,
       embedding_model, embedding)
    SELECT p_content_type, s.cache_key, v_variant.variant_hash, s.subject_hash, p_parent_id, p_company_id, p_user_id,
           v_inputs[s.ordinal], w.words, v_variant.parameters, v_results[s.ordinal], p_provider,
           p_model, s.model, s.prompt_id, v_variant.own_prompt, s.asked, v_now, s.expires_at, CASE s.state WHEN 'saved_stale' THEN v_now END,
           v_policy.schema_version, CASE WHEN s.embedding IS NOT NULL THEN s.embedding_model END, s.embedding
      FROM settled AS s
     CROSS JOIN LATERAL (
       -- input_words(), in place.
       SELECT COALESCE(string_agg(v.value #>> '{}', E'\n'), '') AS words
         FROM jsonb_path_query(v_inputs[s.ordinal], 'strict $.** ? (@.type() == "string" || @.type() == "number")') AS v (value)) AS w
     WHERE s.state IN ('saved', 'saved_stale')
     ORDER BY s.cache_key
    ON CONFLICT (content_type, input_hash) DO UPDATE SET
      result = excluded.result, generation_model = excluded.generation_model, generation_prompt_id = excluded.generation_prompt_id,
      asked = excluded.asked, generated_at = excluded.generated_at, expires_at = excluded.expires_at, invalidated_at = excluded.invalidated_at,
      schema_version = excluded.schema_version, revision = a.revision + 1,
      embedding_model = COALESCE(excluded.embedding_model, a.embedding_model), embedding = COALESCE(excluded.embedding, a.embedding)
    RETURNING a.id, a.input_hash, a.revision
  ), ended AS (
    UPDATE evergreen.generation_leases AS l
       SET lease_token = NULL, holder = NULL, reserved = 0, waited_for = false, invalidated = false,
           saved_xid = CASE s.state WHEN 'saved' THEN pg_current_xact_id() ELSE l.saved_xid END,
           failures = 0, retry_at = NULL, last_error = NULL, updated_at = v_now
      FROM settled AS s
     WHERE s.state IN ('saved', 'saved_stale') AND l.content_type = p_content_type AND l.cache_key = s.cache_key
  )
  SELECT array_agg(ROW(s.ordinal, s.cache_key, s.lease_token, s.state, s.error, s.model, s.prompt_id, s.payer, s.reserved, s.waited_for,
             s.prompt_count, s.completion_count, s.cached_count, s.generation_time_ms, s.request_id,
             CASE WHEN s.error IS NULL THEN evergreen.price_of(p.price, s.prompt_count, s.completion_count, s.cached_count) END,
             k.id, k.revision, NULL)::evergreen.settled_save ORDER BY s.ordinal) INTO v_settled
    FROM settled AS s
    LEFT JOIN prices AS p ON p.model = left(s.model, 200)
    LEFT JOIN kept AS k ON k.input_hash = s.cache_key AND s.state IN ('saved', 'saved_stale');

  -- Few, and who pays for each is another question.
  v_payers := ARRAY(SELECT DISTINCT s.payer FROM unnest(v_settled) AS s);
  v_is_held := cardinality(v_payers) > 1 OR EXISTS (SELECT FROM unnest(v_settled) AS s WHERE s.state IN ('invalid', 'lease_lost'));
  IF v_is_held THEN
    PERFORM evergreen.hold_bills(v_policy.prompt_type, p_provider, ARRAY(SELECT s.model FROM unnest(v_settled) AS s), p_company_id, v_payers, v_now);
  END IF;
  FOR v_save IN SELECT s.* FROM unnest(v_settled) AS s WHERE s.state IN ('invalid', 'lease_lost') ORDER BY s.ordinal LOOP
    IF v_save.state = 'invalid' THEN
      SELECT CASE f.state WHEN 'failed' THEN 'invalid' ELSE f.state END, f.retry_after_ms, f.cost
        INTO v_save.state, v_save.retry_after_ms, v_save.cost
        FROM evergreen.fail_generation(p_content_type, v_save.cache_key, v_save.lease_token, 'invalid', v_save.error, p_provider, v_save.model,
               v_save.prompt_id, v_save.prompt_tokens, v_save.completion_tokens, v_save.cached_tokens, v_save.generation_time_ms, v_save.request_id,
               p_company_id, p_user_id, v_now) AS f;
    ELSE
      SELECT evergreen.write_log(v_policy.prompt_type, p_provider, v_save.model, true, o.state, o.company_id, o.user_id, v_save.prompt_id,
               v_save.prompt_tokens, v_save.completion_tokens, v_save.cached_tokens, v_save.generation_time_ms, NULL, NULL, v_save.request_id, v_now, o.reserved)
        INTO v_save.cost FROM evergreen.begin_save(p_content_type, v_save.cache_key, v_save.lease_token, p_company_id, p_user_id, v_now) AS o;
    END IF;
    v_settled[v_save.ordinal] := v_save;
  END LOOP;

  PERFORM evergreen.notify_waiters(p_content_type, s.cache_key) FROM unnest(v_settled) AS s WHERE s.id IS NOT NULL AND s.waited_for;
  v_lines := ARRAY(
    SELECT ROW(CASE s.state WHEN 'saved' THEN 'generated' ELSE s.state END, s.payer, s.prompt_id, left(s.model, 200),
               s.prompt_tokens, s.completion_tokens, s.cached_tokens, s.cost, CASE WHEN s.generation_time_ms IS NOT NULL THEN GREATEST(s.generation_time_ms, 0) END,
               s.request_id, s.reserved)::evergreen.log_line
      FROM unnest(v_settled) AS s WHERE s.id IS NOT NULL);
  IF cardinality(v_lines) > 0 THEN
    PERFORM evergreen.write_logs(v_policy.prompt_type, p_provider, p_company_id, v_lines, v_now);
  END IF;
  IF v_is_held THEN
    PERFORM evergreen.drop_empty_bills(p_company_id, v_payers, v_now);
  END IF;
  RETURN QUERY
  SELECT s.ordinal, s.state, s.id, s.revision, CASE WHEN s.id IS NOT NULL THEN v_now END, s.cost, s.error, s.retry_after_ms
    FROM unnest(v_settled) AS s;
END;
$$;
COMMENT ON FUNCTION evergreen.save_answers IS 'save_answer() for up to 1,000 answers that were asked in the same way, in one statement. p_model is the model that was asked. Of each answer the input (text), the result (JSON as text) and the lease_token stand at the same place of their lists; what else is known of it in an object at that place of p_details: "input_hash" (the cache_key), "model" (as the provider named it), "prompt_id", "prompt_tokens", "completion_tokens", "cached_tokens", "generation_time_ms", "request_id", "expires_at", "embedding", "embedding_model"; each may be missing. A row each, in their order, without what was given: the id and revision of what is kept. Each settles by itself: saved, saved_stale, lease_lost (also the second of a key that stands twice), or invalid (the result is malformed or too large: billed and failed, reason says why, retry_after_ms as fail_generation()). Errors of the call itself as save_answer(): nothing is kept then.';
