CREATE OR REPLACE FUNCTION evergreen.require_user(p_user_id text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_user_id !~ E'\\S' OR octet_length(p_user_id) > 512 THEN
    RAISE EXCEPTION 'user id % must have 1 to 512 bytes', quote_literal(left(p_user_id, 80))
      USING ERRCODE = 'VG007', HINT = 'Pass the id of the user, or NULL where there is none.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_user(text) IS 'Internal: VG007 for a user id that is blank or longer than 512 bytes; NULL is none.';
