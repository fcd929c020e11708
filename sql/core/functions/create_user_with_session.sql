CREATE OR REPLACE FUNCTION evergreen.create_user_with_session(
  p_username text,
  p_email text DEFAULT NULL,
  p_name text DEFAULT NULL,
  p_company_ids uuid[] DEFAULT '{}',
  p_now timestamptz DEFAULT NULL,
  OUT user_id text,
  OUT session_id uuid,
  OUT token text,
  OUT expires_at timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_users regclass;
  v_command text;
BEGIN
  IF p_username IS NULL OR p_username !~ E'\\S' OR octet_length(p_username) > 512 THEN
    RAISE EXCEPTION 'username % must have 1 to 512 bytes', COALESCE(quote_literal(left(p_username, 80)), 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Pass the name that stands for the user in addresses.';
  END IF;
  IF evergreen.host_view_is_own('users') THEN
    RAISE EXCEPTION 'users cannot be made through evergreen.host_users, a view of your own'
      USING ERRCODE = 'VG010', HINT = 'Insert the user where the view reads it, then call evergreen.create_session() in the same transaction.';
  END IF;
  SELECT a.attached_to INTO v_users FROM evergreen.host_attachments AS a WHERE a.host_table = 'users';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no users table is attached'
      USING ERRCODE = 'VG002', HINT = 'Attach the application''s with evergreen.attach_host(), or call evergreen.create_session() with the id of a user that you keep yourself.';
  END IF;
  v_command := evergreen.new_user_command(v_users, p_email IS NOT NULL, p_name IS NOT NULL);

  -- LOCK: of two who ask for one name at once, the second finds it taken, also where the table has no constraint that says so.
  PERFORM pg_advisory_xact_lock(hashtextextended('evergreen.username:' || p_username, 0));
  IF EXISTS (SELECT FROM evergreen.host_users AS u WHERE u.username = p_username) THEN
    RAISE EXCEPTION 'the username % is taken', quote_literal(p_username) USING ERRCODE = 'VG007', HINT = 'Choose another.';
  END IF;
  BEGIN
    EXECUTE v_command INTO user_id USING p_username, p_email, p_name;
  EXCEPTION
    WHEN integrity_constraint_violation OR data_exception THEN
      RAISE EXCEPTION '% refuses the user %: %', v_users, quote_literal(p_username), SQLERRM
        USING ERRCODE = 'VG007', HINT = 'Nothing was made. Give what the table demands.';
    WHEN insufficient_privilege THEN
      RAISE EXCEPTION '% may not insert into %', quote_ident(current_user), v_users
        USING ERRCODE = 'VG010', HINT = format('GRANT INSERT ON %s TO %I', v_users, current_user);
  END;
  IF user_id IS NULL THEN
    RAISE EXCEPTION '% did not take the user %', v_users, quote_literal(p_username)
      USING ERRCODE = 'VG010', HINT = 'A trigger or rule of the table suppresses the row.';
  END IF;
  SELECT s.session_id, s.token, s.expires_at INTO session_id, token, expires_at
    FROM evergreen.create_session(user_id, p_company_ids, p_now => p_now) AS s;
END;
$$;
COMMENT ON FUNCTION evergreen.create_user_with_session(text, text, text, uuid[], timestamptz) IS 'Makes a user in the application''s attached table and signs them in for 30 days: both, or neither. The id is what the table gives; a text or uuid without a default gets a random one. VG007 for a name that is taken, a value that the table refuses or has no column for; VG002 when no users table is attached, VG010 when it cannot be written.';
