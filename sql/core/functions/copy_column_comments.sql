CREATE OR REPLACE FUNCTION evergreen.comment_partition(p_partition name) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_column record;
BEGIN
  FOR v_column IN
    SELECT a.attname, col_description('evergreen.ai_generation_logs'::regclass, p.attnum) AS comment
      FROM pg_attribute AS a
      JOIN pg_attribute AS p ON p.attrelid = 'evergreen.ai_generation_logs'::regclass AND p.attname = a.attname
     WHERE a.attrelid = format('evergreen.%I', p_partition)::regclass AND a.attnum > 0 AND NOT a.attisdropped
  LOOP
    EXECUTE format('COMMENT ON COLUMN evergreen.%I.%I IS %L', p_partition, v_column.attname, v_column.comment);
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.comment_partition(name) IS 'Internal: gives the columns of a partition of the log the comments of the log.';
