CREATE OR REPLACE FUNCTION evergreen.find_session(p_token text, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (session_id uuid, user_id text, username text, role text, company_ids uuid[], created_at timestamptz, expires_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1 AS $$
DECLARE
  v_hash bytea := evergreen.session_hash(p_token);
BEGIN
  RETURN QUERY
  SELECT s.id, s.user_id, s.username, s.role, s.company_ids, s.created_at, s.expires_at
    FROM evergreen.sessions AS s
   WHERE s.token_hash = v_hash AND s.expires_at > COALESCE(p_now, clock_timestamp()) AND s.revoked_at IS NULL;
END;
$$;
COMMENT ON FUNCTION evergreen.find_session(text, timestamptz) IS 'Who this token signs in: one row, or none for a token that is unknown, malformed, run out or revoked, all alike. Reads one row by its index and writes nothing: it can be asked on a standby.';
