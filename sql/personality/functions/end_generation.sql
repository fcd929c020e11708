CREATE OR REPLACE FUNCTION evergreen.end_generation(p_user_id text, p_saved boolean, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_waited_for boolean;
BEGIN
  SELECT l.waited_for INTO v_waited_for FROM evergreen.generation_leases AS l WHERE l.content_type = 'personality' AND l.cache_key = p_user_id FOR NO KEY UPDATE;
  UPDATE evergreen.generation_leases AS l
     SET lease_token = NULL, holder = NULL, reserved = 0, waited_for = false, invalidated = false,
         saved_xid = CASE WHEN p_saved THEN pg_current_xact_id() ELSE l.saved_xid END,
         failures = CASE WHEN p_saved THEN 0 ELSE l.failures END, retry_at = CASE WHEN NOT p_saved THEN l.retry_at END, updated_at = p_now
   WHERE l.content_type = 'personality' AND l.cache_key = p_user_id;
  IF v_waited_for THEN
    PERFORM evergreen.notify_waiters('personality', p_user_id);
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.end_generation(text, boolean, timestamptz) IS 'Internal: takes the lease of a user''s personality from whoever generates it: their answer will be billed, not kept. p_saved: newer content is there, and whoever looked before is told to look again.';
