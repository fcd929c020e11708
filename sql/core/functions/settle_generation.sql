CREATE OR REPLACE FUNCTION evergreen.settle_generation(
  p_save evergreen.open_save, p_prompt_type text, p_company_id uuid, p_user_id text,
  p_provider text, p_model text, p_prompt_id text, p_prompt_tokens integer, p_completion_tokens integer,
  p_cached_tokens integer, p_generation_time_ms integer, p_request_id text, p_now timestamptz
) RETURNS numeric
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Last thing of every save: log and bill the answer, wake those who wait.
DECLARE
  v_company_id uuid := p_company_id;
  v_user_id text := COALESCE(p_user_id, p_save.user_id);
  v_outcome text := p_save.state;
BEGIN
  IF v_outcome = 'saved' THEN
    v_outcome := 'generated';
  ELSIF v_outcome = 'lease_lost' THEN
    SELECT l.p_company_id, l.p_user_id INTO v_company_id, v_user_id FROM evergreen.payer_of_lost(p_save.lease_token, p_company_id, p_user_id) AS l;
  END IF;
  IF p_save.waited_for THEN
    PERFORM evergreen.notify_waiters(p_save.content_type, p_save.cache_key);
  END IF;
  RETURN evergreen.write_log(p_prompt_type, p_provider, p_model, true, v_outcome, v_company_id, v_user_id, p_prompt_id,
    p_prompt_tokens, p_completion_tokens, p_cached_tokens, p_generation_time_ms, NULL, NULL, p_request_id, p_now, p_save.reserved);
END;
$$;
COMMENT ON FUNCTION evergreen.settle_generation IS 'Internal: writes the log and the usage of a generation that was answered and notifies those who wait for it; whoever reserved pays. Returns its cost in USD (NULL: unknown price).';
