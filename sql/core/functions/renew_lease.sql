CREATE OR REPLACE FUNCTION evergreen.renew_lease(p_content_type text, p_cache_key text, p_lease_token uuid, p_now timestamptz DEFAULT NULL) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_expires_at timestamptz;
BEGIN
  UPDATE evergreen.generation_leases AS l
     SET expires_at = COALESCE(p_now, clock_timestamp()) + v_policy.lease_duration
   WHERE l.content_type = p_content_type AND l.cache_key = p_cache_key AND l.lease_token = p_lease_token
  RETURNING l.expires_at INTO v_expires_at;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the lease of % % is no longer held by this token', p_content_type, quote_literal(p_cache_key)
      USING ERRCODE = 'VG004', HINT = 'It ran out and another took over, or the server restarted. Look up again.';
  END IF;
  RETURN v_expires_at;
END;
$$;
COMMENT ON FUNCTION evergreen.renew_lease(text, text, uuid, timestamptz) IS 'Keeps a lease for another lease_duration and returns when it expires. A lease that ran out can be renewed while nobody has taken it over. VG004 when it has passed to another.';
