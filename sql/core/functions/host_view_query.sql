CREATE OR REPLACE FUNCTION evergreen.host_view_query(p_host_table text, p_table regclass) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  -- A timestamp without zone is read as UTC; a missing optional column is NULL; without a table the view is empty.
  SELECT 'SELECT ' || string_agg(
           CASE WHEN s.attname IS NULL THEN format('NULL::%s', h.kind)
                WHEN h.kind = 'timestamptz' AND s.atttypid = 'timestamp'::regtype THEN format('%I AT TIME ZONE ''UTC''', s.attname)
                ELSE format('%I::%s', s.attname, h.kind)
                     -- The view's columns keep their collation, whatever table they are read from.
                     || CASE WHEN h.kind = 'text' AND s.attcollation NOT IN (0, 'pg_catalog."default"'::regcollation) THEN ' COLLATE "default"' ELSE '' END END
           || format(' AS %I', h.column_name), ', ' ORDER BY h.ordinal)
         || COALESCE(' FROM ' || p_table::text, ' WHERE false')
    FROM evergreen.host_columns() AS h
    LEFT JOIN LATERAL (
      SELECT a.attname, a.atttypid, a.attcollation FROM pg_attribute AS a
       WHERE a.attrelid = p_table AND a.attname = ANY (h.sources) AND a.attnum > 0 AND NOT a.attisdropped
       ORDER BY array_position(h.sources, a.attname::text) LIMIT 1) AS s ON true
   WHERE h.host_table = p_host_table
$$;
COMMENT ON FUNCTION evergreen.host_view_query(text, regclass) IS 'Internal: the query of a host_* view over a table of the application, or the empty one for NULL.';
