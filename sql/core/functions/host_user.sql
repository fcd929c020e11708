CREATE OR REPLACE FUNCTION evergreen.host_user(p_user_id text) RETURNS SETOF evergreen.host_users
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1 AS $$
-- The view has ids as text, which no index of the application serves: where it is ours, the id is compared in its own type.
DECLARE
  v_query text;
  v_type regtype;
BEGIN
  SELECT a.definition, c.atttypid::regtype INTO v_query, v_type
    FROM evergreen.host_attachments AS a
    JOIN pg_attribute AS c ON c.attrelid = a.attached_to AND c.attname = 'id'
   WHERE a.host_table = 'users' AND NOT evergreen.host_view_is_own('users');
  IF NOT FOUND THEN
    RETURN QUERY SELECT u.* FROM evergreen.host_users AS u WHERE u.id = p_user_id LIMIT 1;
    RETURN;
  END IF;
  RETURN QUERY EXECUTE format('%s WHERE id = $1::%s LIMIT 1', v_query, v_type) USING p_user_id;
EXCEPTION WHEN invalid_text_representation OR numeric_value_out_of_range OR invalid_parameter_value THEN
  -- Not an id of this application.
  RETURN;
END;
$$;
COMMENT ON FUNCTION evergreen.host_user(text) IS 'Internal: the application''s user of this id, by its index; no row when there is none.';
