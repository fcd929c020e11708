CREATE OR REPLACE FUNCTION evergreen.session_hash(p_token text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN p_token ~ '^evs_[A-Za-z0-9_-]{43}$' THEN sha256(p_token::bytea) END
$$;
COMMENT ON FUNCTION evergreen.session_hash(text) IS 'Internal: what is kept of a session''s token. NULL for what is not the form of one.';
