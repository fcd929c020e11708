CREATE OR REPLACE FUNCTION evergreen.revoke_session(p_token text, p_now timestamptz DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_hash bytea := evergreen.session_hash(p_token);
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
BEGIN
  UPDATE evergreen.sessions AS s SET revoked_at = v_now, expires_at = LEAST(s.expires_at, v_now)
   WHERE s.token_hash = v_hash AND s.revoked_at IS NULL AND s.expires_at > v_now;
  RETURN FOUND;
END;
$$;
COMMENT ON FUNCTION evergreen.revoke_session(text, timestamptz) IS 'Signs out: the token is worth nothing from now on. false when it was worth nothing before.';
