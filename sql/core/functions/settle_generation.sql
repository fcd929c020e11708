CREATE OR REPLACE FUNCTION evergreen.settle_generation(
  p_state text, p_content_type text, p_cache_key text, p_lease_token uuid, p_company_id uuid, p_user_id text,
  p_provider text, p_model text, p_prompt_id text, p_prompt_tokens integer, p_completion_tokens integer,
  p_cached_tokens integer, p_generation_time_ms integer, p_request_id text, p_now timestamptz
) RETURNS numeric
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Last thing of every save: end the lease, log and bill the answer, wake those who wait.
DECLARE
  v_prompt_type text;
  v_waited_for boolean := false;
  v_company_id uuid := p_company_id;
  v_user_id text := p_user_id;
  v_reserved numeric;
  v_cost numeric;
BEGIN
  IF p_state = 'lease_lost' THEN
    v_prompt_type := (SELECT c.prompt_type FROM evergreen.content_policies AS c WHERE c.content_type = p_content_type);
    SELECT l.p_company_id, l.p_user_id INTO v_company_id, v_user_id FROM evergreen.payer_of_lost(p_lease_token, p_company_id, p_user_id) AS l;
  ELSE
    -- The row was locked by begin_save. Who reserved pays.
    UPDATE evergreen.generation_leases AS l
       SET lease_token = NULL, holder = NULL, reserved = 0, waited_for = false, invalidated = false,
           saved_xid = CASE p_state WHEN 'saved' THEN pg_current_xact_id() ELSE l.saved_xid END,
           failures = 0, retry_at = NULL, last_error = NULL, updated_at = p_now
      FROM evergreen.generation_leases AS held, evergreen.content_policies AS c
     WHERE l.content_type = p_content_type AND l.cache_key = p_cache_key
       AND held.content_type = p_content_type AND held.cache_key = p_cache_key AND c.content_type = p_content_type
    RETURNING held.waited_for, COALESCE(p_user_id, held.user_id), held.reserved, c.prompt_type
      INTO v_waited_for, v_user_id, v_reserved, v_prompt_type;
  END IF;
  v_cost := evergreen.write_log(v_prompt_type, p_provider, p_model, true,
    CASE p_state WHEN 'saved' THEN 'generated' ELSE p_state END, v_company_id, v_user_id, p_prompt_id,
    p_prompt_tokens, p_completion_tokens, p_cached_tokens, p_generation_time_ms, NULL, NULL, p_request_id, p_now, v_reserved);
  IF v_waited_for THEN
    PERFORM evergreen.notify_waiters(p_content_type, p_cache_key);
  END IF;
  RETURN v_cost;
END;
$$;
COMMENT ON FUNCTION evergreen.settle_generation IS 'Internal: writes the log and the usage of a generation that was answered, ends its lease, notifies those who wait; returns its cost in USD (NULL: unknown price).';
