CREATE OR REPLACE FUNCTION evergreen.new_user_command(p_users regclass, p_has_email boolean, p_has_name boolean) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  -- The column that the view host_users takes for the username: see host_columns().
  v_username name := (SELECT a.attname FROM evergreen.host_columns() AS h
                        JOIN pg_attribute AS a ON a.attrelid = p_users AND a.attname = ANY (h.sources) AND NOT a.attisdropped
                       WHERE h.host_table = 'users' AND h.column_name = 'username'
                       ORDER BY array_position(h.sources, a.attname::text) LIMIT 1);
  v_column record;
  v_columns text[] := ARRAY[]::text[];
  v_values text[] := ARRAY[]::text[];
  v_value text;
BEGIN
  -- Without its length: a cast to varchar(10) would cut what the table itself refuses.
  FOR v_column IN
    SELECT w.name, w.given, a.attname IS NOT NULL AS present, format_type(a.atttypid, -1) AS type, a.atttypid,
           a.atthasdef OR a.attidentity <> '' AS fills_itself, a.attnotnull AND NOT a.atthasdef AS demanded, w.place
      FROM (VALUES ('id', false, 0), ('username', true, 1), ('email', p_has_email, 2), ('name', p_has_name, 3)) AS w (name, given, place)
      LEFT JOIN pg_attribute AS a ON a.attrelid = p_users AND a.attname = w.name AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY w.place
  LOOP
    v_value := CASE
      WHEN v_column.name = v_username THEN '$1'
      WHEN v_column.name = 'id' AND v_column.fills_itself THEN NULL
      WHEN v_column.name = 'id' AND v_column.atttypid IN ('text'::regtype, 'varchar'::regtype, 'uuid'::regtype) THEN 'gen_random_uuid()'
      WHEN v_column.present AND v_column.given THEN '$' || v_column.place
      WHEN v_column.name = 'name' AND v_column.demanded THEN '$1' END;
    IF v_column.name = 'id' AND v_value IS NULL AND NOT v_column.fills_itself THEN
      RAISE EXCEPTION '%.id is %, without a default: nobody knows what it should be', p_users, v_column.type
        USING ERRCODE = 'VG010', HINT = 'Give the column a default, or make it an identity.';
    ELSIF v_column.name <> 'username' AND v_column.given AND (NOT v_column.present OR v_column.name = v_username) THEN
      RAISE EXCEPTION '% has no place for the %', p_users, v_column.name
        USING ERRCODE = 'VG007',
              HINT = CASE WHEN v_column.present THEN format('It has no column username: its %s is the username. Leave p_%s out.', v_column.name, v_column.name)
                          ELSE format('It has no column %s. Leave p_%s out.', v_column.name, v_column.name) END;
    ELSIF v_value IS NOT NULL THEN
      v_columns := v_columns || quote_ident(v_column.name);
      v_values := v_values || format('%s::%s', v_value, v_column.type);
    END IF;
  END LOOP;
  RETURN format('INSERT INTO %s (%s) VALUES (%s) RETURNING id::text', p_users, array_to_string(v_columns, ', '), array_to_string(v_values, ', '));
END;
$$;
COMMENT ON FUNCTION evergreen.new_user_command(regclass, boolean, boolean) IS 'Internal: the INSERT of a user into the application''s table, with username, email and name as $1 to $3, as far as it has columns for them. VG007 for a value without a column, VG010 for an id that nobody fills.';
