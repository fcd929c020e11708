CREATE OR REPLACE FUNCTION evergreen.claim_generation(
  p_content_type text,
  p_cache_key text,
  p_holder text,
  p_seen text DEFAULT NULL,
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_provider text DEFAULT NULL,
  p_model text DEFAULT NULL,
  p_now timestamptz DEFAULT NULL,
  OUT state text,
  OUT lease_token uuid,
  OUT retry_after_ms integer,
  OUT renew_after_ms integer,
  OUT max_completion_tokens integer,
  OUT reason text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Single-flight: of all who ask for a key at once, one is told claimed.
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_lease evergreen.generation_leases;
  v_now timestamptz;
  v_estimate numeric;
BEGIN
  IF p_cache_key IS NULL OR octet_length(p_cache_key) NOT BETWEEN 1 AND 512 THEN
    RAISE EXCEPTION 'cache key % must have 1 to 512 bytes', COALESCE(quote_literal(left(p_cache_key, 80)), 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Pass the cache_key of the lookup.';
  END IF;
  PERFORM evergreen.require_holder(p_holder);
  PERFORM evergreen.require_user(p_user_id);
  PERFORM evergreen.require_time(p_now);

  -- LOCK: the row of this key; after that lines, what is read is the latest.
  v_lease := evergreen.lock_lease(p_content_type, p_cache_key, p_company_id, p_user_id);
  v_now := COALESCE(p_now, clock_timestamp());

  IF evergreen.saved_since(v_lease.saved_xid, p_seen) THEN
    state := 'fresh';
    RETURN;
  END IF;

  IF v_lease.lease_token IS NOT NULL AND v_lease.expires_at > v_now THEN
    state := 'busy';
    reason := 'held by ' || v_lease.holder;
    retry_after_ms := evergreen.milliseconds(v_lease.expires_at - v_now);
    IF NOT v_lease.waited_for THEN
      UPDATE evergreen.generation_leases AS l SET waited_for = true
       WHERE l.content_type = p_content_type AND l.cache_key = p_cache_key;
    END IF;
    RETURN;
  END IF;

  IF v_lease.retry_at > v_now THEN
    state := 'backing_off';
    reason := v_lease.last_error;
    retry_after_ms := evergreen.milliseconds(v_lease.retry_at - v_now);
    RETURN;
  END IF;

  SELECT r.estimate, r.refused INTO v_estimate, reason
    FROM evergreen.reserve_budget(p_company_id, p_user_id, p_provider, p_model, v_policy.max_prompt_tokens, v_policy.max_completion_tokens, v_now) AS r;
  IF reason IS NOT NULL THEN
    state := 'over_budget';
    retry_after_ms := evergreen.budget_retry_ms(v_now);
    RETURN;
  END IF;

  IF v_lease.lease_token IS NOT NULL THEN
    INSERT INTO evergreen.lost_leases (lease_token, company_id, user_id, lost_at)
    VALUES (v_lease.lease_token, v_lease.company_id, v_lease.user_id, v_now) ON CONFLICT DO NOTHING;
  END IF;
  state := 'claimed';
  lease_token := gen_random_uuid();
  renew_after_ms := GREATEST(evergreen.milliseconds(v_policy.lease_duration) / 3, 1);
  max_completion_tokens := v_policy.max_completion_tokens;
  UPDATE evergreen.generation_leases AS l
     SET lease_token = claim_generation.lease_token, holder = p_holder, acquired_at = v_now,
         expires_at = v_now + v_policy.lease_duration, reserved = COALESCE(v_estimate, 0),
         company_id = p_company_id, user_id = p_user_id,
         waited_for = false, invalidated = false, updated_at = v_now
   WHERE l.content_type = p_content_type AND l.cache_key = p_cache_key;
END;
$$;
COMMENT ON FUNCTION evergreen.claim_generation IS 'Who generates this key? claimed: the caller, with a lease_token to save or fail by, to renew every renew_after_ms. fresh: somebody saved it since p_seen (the seen of the lookup): look up again. busy: another holds it for at most retry_after_ms more: wait for NOTIFY evergreen, then look up again. backing_off: it failed, try after retry_after_ms. over_budget: reason says which budget; look again after retry_after_ms. The most that p_model may cost by the policy is reserved from the budgets until the lease ends. VG001 unknown type, VG007 bad key or holder.';
