CREATE OR REPLACE FUNCTION evergreen.require_known_user(p_user_id text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_user_id IS NULL THEN
    RAISE EXCEPTION 'the user is NULL' USING ERRCODE = 'VG007', HINT = 'Pass the id of a user.';
  END IF;
  PERFORM evergreen.require_user(p_user_id);
  IF evergreen.host_has_users() AND NOT EXISTS (SELECT FROM evergreen.host_user(p_user_id)) THEN
    RAISE EXCEPTION 'there is no user %', quote_literal(left(p_user_id, 80))
      USING ERRCODE = 'VG002', HINT = 'It is not in evergreen.host_users, the application''s users.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_known_user(text) IS 'Internal: VG007 for NULL or a blank id, VG002 for a user that the attached application does not have.';
