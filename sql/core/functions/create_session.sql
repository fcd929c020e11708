CREATE OR REPLACE FUNCTION evergreen.create_session(
  p_user_id text,
  p_company_ids uuid[] DEFAULT '{}',
  p_role text DEFAULT 'user',
  p_lasts interval DEFAULT '30 days',
  p_now timestamptz DEFAULT NULL,
  OUT session_id uuid,
  OUT token text,
  OUT expires_at timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_username text;
  v_company_ids uuid[];
BEGIN
  IF p_user_id IS NULL THEN
    RAISE EXCEPTION 'a session needs a user' USING ERRCODE = 'VG007', HINT = 'Pass the id of the user who signs in.';
  END IF;
  PERFORM evergreen.require_user(p_user_id);
  PERFORM evergreen.require_time(p_now);
  IF p_role IS NULL OR p_role NOT IN ('user', 'operator') THEN
    RAISE EXCEPTION 'role % is not known', COALESCE(quote_literal(left(p_role, 80)), 'NULL') USING ERRCODE = 'VG007', HINT = 'Use user or operator.';
  END IF;
  IF p_lasts IS NULL OR p_lasts <= interval '0' OR p_lasts > interval '366 days' THEN
    RAISE EXCEPTION 'a session cannot last %', COALESCE(quote_literal(p_lasts), 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Give an interval of at most 366 days, e.g. interval ''30 days''.';
  END IF;
  v_company_ids := evergreen.session_companies(p_company_ids);
  SELECT u.username INTO v_username FROM evergreen.host_user(p_user_id) AS u;
  IF NOT FOUND AND p_role = 'user' AND evergreen.host_has_users() THEN
    RAISE EXCEPTION 'there is no user %', quote_literal(left(p_user_id, 80))
      USING ERRCODE = 'VG002', HINT = 'It is not in evergreen.host_users, the application''s users. Only an operator may be somebody else.';
  END IF;

  -- Each UUID has 122 random bits of the server's strong generator: three are more than the 256 that are kept of them.
  token := 'evs_' || translate(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'), '+/=', '-_');
  expires_at := v_now + make_interval(secs => extract(epoch FROM p_lasts)::double precision);
  INSERT INTO evergreen.sessions (token_hash, user_id, username, role, company_ids, created_at, expires_at)
  VALUES (evergreen.session_hash(token), p_user_id, COALESCE(v_username, p_user_id), p_role, v_company_ids, v_now, create_session.expires_at)
  RETURNING id INTO session_id;
  IF p_role = 'operator' THEN
    PERFORM evergreen.audit('create_session', p_user_id, NULL, jsonb_build_object('role', p_role, 'expires_at', evergreen.json_time(expires_at)));
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.create_session(text, uuid[], text, interval, timestamptz) IS 'Signs a user in: a token of 256 random bits, shown this once and kept only as its SHA-256, and when it expires (after p_lasts, at most 366 days). p_company_ids: the companies whose content the session may see. p_role operator may see all, need not be a user of the application, and is audited. VG002 for an unknown user or company, VG007 for a wrong value.';
