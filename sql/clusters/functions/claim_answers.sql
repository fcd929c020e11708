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
  v_inputs jsonb[];
  v_prompt_id text;
  v_now timestamptz;
  v_claims evergreen.pending_claim[];
  v_estimate numeric;
  v_allowed integer;
  v_refused text;
BEGIN
  PERFORM evergreen.require_batch('inputs', p_inputs);
  PERFORM evergreen.require_holder(p_holder);
  PERFORM evergreen.require_user(p_user_id);
  PERFORM evergreen.require_time(p_now);
  IF p_seen IS NOT NULL AND cardinality(p_seen) <> cardinality(p_inputs) THEN
    RAISE EXCEPTION 'there are % inputs and % of p_seen', cardinality(p_inputs), cardinality(p_seen)
      USING ERRCODE = 'VG007', HINT = 'Pass the seen column of each lookup, in the order of the inputs.';
  END IF;
  PERFORM evergreen.saved_since('1'::xid8, s.seen) FROM (SELECT DISTINCT unnest(p_seen) AS seen) AS s;
  v_variant := evergreen.variant_of(v_policy, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id);
  v_prompt_id := COALESCE(v_variant.prompt_id, evergreen.remember_prompt(v_policy.prompt_type, v_variant.prompt));
  v_inputs := evergreen.read_inputs(v_policy, p_inputs);
  v_claims := ARRAY(
    SELECT ROW(q.ordinal, q.input_hash, NULLIF(min(q.ordinal) OVER (PARTITION BY q.input_hash), q.ordinal), v_inputs[q.ordinal],
               NULL, NULL, NULL, NULL, NULL)::evergreen.pending_claim
      FROM evergreen.questions_of(v_variant, v_inputs) AS q);

  -- LOCK: as lock_lease() does it: invalidations, then the rows, made where there are none, all of them in key order, then what claim_generation()
  -- locks after a lease: two batches never deadlock. A conflict locks the row, though nothing of it is updated.
  PERFORM pg_advisory_xact_lock_shared(evergreen.invalidation_lock(p_content_type, NULL));
  IF p_company_id IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(evergreen.invalidation_lock(p_content_type, p_company_id));
  END IF;
  INSERT INTO evergreen.generation_leases AS l (content_type, cache_key, company_id, user_id)
  SELECT p_content_type, c.cache_key, p_company_id, p_user_id FROM unnest(v_claims) AS c WHERE c.duplicate_of IS NULL ORDER BY c.cache_key
  ON CONFLICT ON CONSTRAINT generation_leases_pkey DO UPDATE SET holder = l.holder WHERE false;
  v_now := COALESCE(p_now, clock_timestamp());

  -- What claim_generation() would say of each, but for the budgets.
  WITH keys AS MATERIALIZED (
    SELECT c.ordinal, c.cache_key, c.duplicate_of, c.input, l.lease_token, l.holder, l.expires_at, l.retry_at, l.last_error,
           CASE WHEN c.duplicate_of IS NOT NULL THEN 'duplicate'
                WHEN l.saved_xid IS NOT NULL AND evergreen.saved_since(l.saved_xid, p_seen[c.ordinal]) THEN 'fresh'
                WHEN l.lease_token IS NOT NULL AND l.expires_at > v_now THEN 'busy'
                WHEN l.retry_at > v_now THEN 'backing_off'
                ELSE 'claimed' END AS state
      FROM unnest(v_claims) AS c
      LEFT JOIN LATERAL (SELECT g.* FROM evergreen.generation_leases AS g
                          WHERE g.content_type = p_content_type AND g.cache_key = c.cache_key AND c.duplicate_of IS NULL OFFSET 0) AS l ON true
  ), places AS (
    SELECT k.ordinal, row_number() OVER (ORDER BY k.ordinal) AS place FROM keys AS k WHERE k.state = 'claimed'
  ), prompts AS (
    SELECT w.ordinal, p.prompt, p.error
      FROM evergreen.answer_prompts(v_variant, v_policy, ARRAY(SELECT k.input FROM keys AS k WHERE k.state = 'claimed' ORDER BY k.ordinal), v_prompt_id) AS p
      JOIN places AS w ON w.place = p.ordinal
  )
  SELECT array_agg(ROW(k.ordinal, k.cache_key, k.duplicate_of, NULL, CASE WHEN p.error IS NOT NULL THEN 'invalid' ELSE k.state END,
                       CASE k.state WHEN 'busy' THEN 'held by ' || k.holder WHEN 'backing_off' THEN k.last_error ELSE p.error END,
                       CASE k.state WHEN 'busy' THEN evergreen.milliseconds(k.expires_at - v_now)
                                    WHEN 'backing_off' THEN evergreen.milliseconds(k.retry_at - v_now) END,
                       CASE WHEN k.state = 'claimed' THEN k.lease_token END, p.prompt)::evergreen.pending_claim ORDER BY k.ordinal)
    INTO v_claims
    FROM keys AS k LEFT JOIN prompts AS p ON p.ordinal = k.ordinal;

  -- Of what the budgets do not allow for all, the first are claimed.
  IF 'claimed' IN (SELECT c.state FROM unnest(v_claims) AS c) THEN
    SELECT r.estimate, r.allowed, r.refused INTO v_estimate, v_allowed, v_refused
      FROM evergreen.reserve_budget(p_company_id, p_user_id, p_provider, p_model, v_policy.max_prompt_tokens, v_policy.max_completion_tokens, v_now,
                                    (SELECT count(*)::integer FROM unnest(v_claims) AS c WHERE c.state = 'claimed')) AS r;
    IF v_refused IS NOT NULL THEN
      v_claims := ARRAY(
        SELECT CASE WHEN c.state = 'claimed' AND count(*) FILTER (WHERE c.state = 'claimed') OVER (ORDER BY c.ordinal) > v_allowed
                 THEN ROW(c.ordinal, c.cache_key, NULL, NULL, 'over_budget', v_refused,
                          evergreen.budget_retry_ms(v_now), NULL, NULL)::evergreen.pending_claim
                 ELSE ROW(c.*)::evergreen.pending_claim END
          FROM unnest(v_claims) AS c ORDER BY c.ordinal);
    END IF;
  END IF;

  INSERT INTO evergreen.lost_leases (lease_token, company_id, user_id, lost_at)
  SELECT l.lease_token, l.company_id, l.user_id, v_now
    FROM unnest(v_claims) AS c
    JOIN evergreen.generation_leases AS l ON l.content_type = p_content_type AND l.cache_key = c.cache_key
   WHERE c.state = 'claimed' AND c.lease_token IS NOT NULL
  ON CONFLICT DO NOTHING;
  WITH claimed AS (
    UPDATE evergreen.generation_leases AS l
       SET lease_token = gen_random_uuid(), holder = p_holder, acquired_at = v_now, expires_at = v_now + v_policy.lease_duration,
           reserved = COALESCE(v_estimate, 0), company_id = p_company_id, user_id = p_user_id, waited_for = false, invalidated = false, updated_at = v_now
      FROM unnest(v_claims) AS c
     WHERE c.state = 'claimed' AND l.content_type = p_content_type AND l.cache_key = c.cache_key
    RETURNING l.cache_key, l.lease_token
  ), awaited AS (
    UPDATE evergreen.generation_leases AS l SET waited_for = true
      FROM unnest(v_claims) AS c
     WHERE c.state = 'busy' AND l.content_type = p_content_type AND l.cache_key = c.cache_key AND NOT l.waited_for
  )
  SELECT array_agg(ROW(c.ordinal, c.cache_key, c.duplicate_of, NULL, c.state, c.reason, c.retry_after_ms, n.lease_token, c.prompt)::evergreen.pending_claim
                   ORDER BY c.ordinal)
    INTO v_claims
    FROM unnest(v_claims) AS c LEFT JOIN claimed AS n ON c.state = 'claimed' AND n.cache_key = c.cache_key;

  RETURN QUERY
  SELECT c.ordinal, c.cache_key, c.state, c.duplicate_of, c.lease_token, c.retry_after_ms,
         CASE c.state WHEN 'claimed' THEN GREATEST(evergreen.milliseconds(v_policy.lease_duration) / 3, 1) END,
         CASE c.state WHEN 'claimed' THEN v_policy.max_completion_tokens END, c.reason, v_prompt_id, c.prompt
    FROM unnest(v_claims) AS c;
END;
$$;
COMMENT ON FUNCTION evergreen.claim_answers IS 'claim_generation() and prepare_answer() for up to 1,000 inputs asked in the same way, in one statement: a row each, in their order. p_seen: the seen of each lookup, or NULL. An input that stands twice is claimed once: the others are duplicate, of the ordinal in duplicate_of. over_budget: the budgets allow those before it, in the order of the inputs. invalid: its prompt cannot be made, reason says why, nothing is held. prompt is NULL unless claimed. Errors as lookup_answer(), nothing is claimed then.';
