CREATE OR REPLACE FUNCTION evergreen.fail_generation(
  p_content_type text,
  p_cache_key text,
  p_lease_token uuid,
  p_error_code text,
  p_error_message text,
  p_provider text DEFAULT NULL,
  p_model text DEFAULT NULL,
  p_prompt_id text DEFAULT NULL,
  p_prompt_tokens integer DEFAULT NULL,
  p_completion_tokens integer DEFAULT NULL,
  p_cached_tokens integer DEFAULT NULL,
  p_generation_time_ms integer DEFAULT NULL,
  p_request_id text DEFAULT NULL,
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_now timestamptz DEFAULT NULL,
  OUT state text,
  OUT retry_after_ms integer,
  OUT cost numeric
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_lease evergreen.generation_leases;
  v_now timestamptz;
  v_pause interval;
  v_company_id uuid;
  v_user_id text;
BEGIN
  IF p_lease_token IS NULL OR p_cache_key IS NULL THEN
    RAISE EXCEPTION 'only a claimed generation can fail' USING ERRCODE = 'VG007', HINT = 'Pass the cache_key and lease_token of the claim.';
  END IF;
  IF p_error_code IS NULL OR p_error_code NOT IN ('provider_error', 'timeout', 'refused', 'truncated', 'invalid', 'aborted') THEN
    RAISE EXCEPTION 'error code % is not known', COALESCE(quote_literal(p_error_code), 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Use provider_error, timeout, refused, truncated, invalid or aborted.';
  END IF;
  PERFORM evergreen.require_provider(p_provider);

  SELECT * INTO v_lease FROM evergreen.generation_leases AS l
   WHERE l.content_type = p_content_type AND l.cache_key = p_cache_key AND (l.lease_token = p_lease_token) IS TRUE FOR NO KEY UPDATE;
  v_now := COALESCE(p_now, clock_timestamp());
  v_company_id := COALESCE(v_lease.company_id, p_company_id);
  v_user_id := COALESCE(v_lease.user_id, p_user_id);
  IF v_lease.lease_token IS NULL THEN
    SELECT l.p_company_id, l.p_user_id INTO v_company_id, v_user_id FROM evergreen.payer_of_lost(p_lease_token, v_company_id, v_user_id) AS l;
  END IF;
  cost := evergreen.write_log(v_policy.prompt_type, COALESCE(p_provider, 'openai'), COALESCE(p_model, 'unknown'), false, 'failed',
    v_company_id, v_user_id, p_prompt_id,
    p_prompt_tokens, p_completion_tokens, p_cached_tokens, p_generation_time_ms, p_error_code, p_error_message, p_request_id, v_now,
    CASE WHEN p_error_code IN ('refused', 'truncated', 'invalid') THEN v_lease.reserved END);
  IF v_lease.lease_token IS NULL THEN
    state := 'lease_lost';
    RETURN;
  END IF;

  -- The first failure hands over to those who wait; whoever comes after a second one must pause.
  v_pause := CASE
    WHEN v_lease.failures = 0 AND v_lease.waited_for THEN interval '0'
    ELSE evergreen.failure_pause(v_policy, v_lease.failures)
  END;
  state := 'failed';
  retry_after_ms := evergreen.milliseconds(v_pause);
  UPDATE evergreen.generation_leases AS l
     SET lease_token = NULL, holder = NULL, reserved = 0, waited_for = false, invalidated = false,
         failures = l.failures + 1, retry_at = v_now + v_pause,
         last_error = left(p_error_code || COALESCE(': ' || p_error_message, ''), 500), updated_at = v_now
   WHERE l.content_type = p_content_type AND l.cache_key = p_cache_key;
  IF v_lease.waited_for THEN
    PERFORM evergreen.notify_waiters(p_content_type, p_cache_key);
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.fail_generation IS 'Ends a generation that gave no valid answer: logs and bills what it used, releases the lease at once, and starts the back-off (failure_backoff, doubled by each failure in a row, at most failure_backoff_max; none for a first failure that others wait for: one of them takes over). state lease_lost: another holds it already, nothing but the log was written. VG007 for an unknown error code.';
