CREATE OR REPLACE FUNCTION evergreen.find_user(p_username text) RETURNS TABLE (user_id text, username text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1 AS $$
DECLARE
  v_ids text[];
BEGIN
  IF p_username IS NULL OR p_username !~ E'\\S' OR octet_length(p_username) > 512 THEN
    RETURN;
  END IF;
  -- A name that two have names nobody: better no one than the other.
  v_ids := ARRAY(SELECT u.id FROM evergreen.host_users AS u WHERE u.username = p_username LIMIT 2);
  IF cardinality(v_ids) = 0 AND NOT evergreen.host_has_users() THEN
    v_ids := ARRAY[p_username];
  END IF;
  IF cardinality(v_ids) = 1 THEN
    user_id := v_ids[1];
    username := p_username;
    RETURN NEXT;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.find_user(text) IS 'The user of this name: one row, or none for a name that nobody has, that several have, or that is none. Without a users table (see attach_host) the name is the user id.';
