CREATE OR REPLACE FUNCTION evergreen.copy_column_comments(p_from name, p_to name) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_column record;
BEGIN
  FOR v_column IN
    SELECT t.attname, col_description(f.attrelid, f.attnum) AS comment
      FROM pg_attribute AS t
      JOIN pg_attribute AS f ON f.attrelid = format('evergreen.%I', p_from)::regclass AND f.attname = t.attname AND NOT f.attisdropped
     WHERE t.attrelid = format('evergreen.%I', p_to)::regclass AND t.attnum > 0 AND NOT t.attisdropped
       AND col_description(t.attrelid, t.attnum) IS NULL AND col_description(f.attrelid, f.attnum) IS NOT NULL
  LOOP
    EXECUTE format('COMMENT ON COLUMN evergreen.%I.%I IS %L', p_to, v_column.attname, v_column.comment);
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.copy_column_comments(name, name) IS 'Internal: gives the columns of a partition or view that have no comment that of the column of the same name they come from.';
