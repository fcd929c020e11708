CREATE OR REPLACE FUNCTION evergreen.has_lost_columns(p_host_table text, p_relation oid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM evergreen.host_columns() AS h
                  WHERE h.host_table = p_host_table AND h.required
                    AND NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = p_relation AND a.attname = h.column_name));
END;
$$;
COMMENT ON FUNCTION evergreen.has_lost_columns(text, oid) IS 'Internal: whether a table of the application has no longer, under its name, each column that it must have.';
