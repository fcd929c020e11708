CREATE OR REPLACE FUNCTION evergreen.release_lease(p_content_type text, p_cache_key text, p_lease_token uuid, p_now timestamptz DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_waited_for boolean;
BEGIN
  PERFORM evergreen.policy(p_content_type);
  SELECT l.waited_for INTO v_waited_for FROM evergreen.generation_leases AS l
   WHERE l.content_type = p_content_type AND l.cache_key = p_cache_key AND (l.lease_token = p_lease_token) IS TRUE FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE evergreen.generation_leases AS l
     SET lease_token = NULL, holder = NULL, reserved = 0, waited_for = false, updated_at = COALESCE(p_now, clock_timestamp())
   WHERE l.content_type = p_content_type AND l.cache_key = p_cache_key;
  IF v_waited_for THEN
    PERFORM evergreen.notify_waiters(p_content_type, p_cache_key);
  END IF;
  RETURN true;
END;
$$;
COMMENT ON FUNCTION evergreen.release_lease(text, text, uuid, timestamptz) IS 'Gives a lease back unfinished, as neither success nor failure; those who wait are notified. false when the token no longer holds it. VG001 unknown type.';
