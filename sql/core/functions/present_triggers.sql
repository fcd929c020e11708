CREATE OR REPLACE FUNCTION evergreen.present_triggers(p_host_table text)
RETURNS TABLE (relation regclass, trigger_name text, firing text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.tgrelid::regclass, t.tgname::text, CASE t.tgenabled WHEN 'O' THEN 'ORIGIN' WHEN 'R' THEN 'REPLICA' WHEN 'A' THEN 'ALWAYS' ELSE 'NEVER' END
    FROM pg_trigger AS t
   WHERE t.tgfoid IN ('evergreen.track_changed_row()'::regprocedure, 'evergreen.track_changed_rows()'::regprocedure, 'evergreen.track_truncation()'::regprocedure)
     AND t.tgparentid = 0 AND t.tgargs = convert_to(p_host_table, 'UTF8') || E'\\x00'
$$;
COMMENT ON FUNCTION evergreen.present_triggers(text) IS 'Internal: our triggers that there are for one table of the application, on whatever table they stand.';
