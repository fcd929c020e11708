CREATE OR REPLACE FUNCTION evergreen.revoke_user_sessions(p_user_id text, p_now timestamptz DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_count integer;
BEGIN
  IF p_user_id IS NULL THEN
    RAISE EXCEPTION 'the user is NULL' USING ERRCODE = 'VG007', HINT = 'Pass the id of the user to sign out.';
  END IF;
  -- LOCK: by id, as forget_company().
  PERFORM FROM evergreen.sessions AS s WHERE s.user_id = p_user_id ORDER BY s.id FOR NO KEY UPDATE;
  UPDATE evergreen.sessions AS s SET revoked_at = v_now, expires_at = LEAST(s.expires_at, v_now)
   WHERE s.user_id = p_user_id AND s.revoked_at IS NULL AND s.expires_at > v_now;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END;
$$;
COMMENT ON FUNCTION evergreen.revoke_user_sessions(text, timestamptz) IS 'Signs a user out everywhere, e.g. after a change of password, name or companies; returns of how many sessions. VG007 for NULL.';
