CREATE OR REPLACE FUNCTION evergreen.host_view_is_current(p_host_table text, p_table regclass) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT NOT EXISTS (
    SELECT FROM evergreen.host_columns() AS h
     WHERE h.host_table = p_host_table AND h.required
       AND NOT EXISTS (
         SELECT FROM pg_rewrite AS w
           JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p_table
           JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
          WHERE w.ev_class = to_regclass(format('evergreen.%I', 'host_' || p_host_table)) AND a.attname = h.column_name))
$$;
COMMENT ON FUNCTION evergreen.host_view_is_current(text, regclass) IS 'Internal: whether a host_* view reads the columns of a table that have their names now: a view follows a column that is renamed, our triggers do not.';
