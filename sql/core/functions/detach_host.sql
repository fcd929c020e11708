CREATE OR REPLACE FUNCTION evergreen.detach_host() RETURNS TABLE (object text, action text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_key record;
  v_host record;
BEGIN
  FOR v_key IN
    SELECT r.our_table, r.our_column, c.conname
      FROM evergreen.host_references AS r
      JOIN pg_constraint AS c ON c.conrelid = format('evergreen.%I', r.our_table)::regclass
                             AND c.conname = r.our_table || '_' || r.our_column || '_host'
     ORDER BY r.our_table, r.our_column
  LOOP
    EXECUTE format('ALTER TABLE evergreen.%I DROP CONSTRAINT %I', v_key.our_table, v_key.conname);
    object := format('foreign key evergreen.%s (%s)', v_key.our_table, v_key.our_column);
    action := 'dropped';
    RETURN NEXT;
  END LOOP;
  RETURN QUERY
  SELECT t.* FROM evergreen.context_tables() AS h (host_table)
   CROSS JOIN LATERAL evergreen.track_host_table(h.host_table, NULL, false) AS t;
  FOR v_key IN
    SELECT g.tgname, g.tgrelid::regclass AS relation FROM pg_trigger AS g
     WHERE g.tgfoid = 'evergreen.delete_with_host()'::regprocedure ORDER BY 2, 1
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', v_key.tgname, v_key.relation);
    object := format('trigger %s on %s', v_key.tgname, v_key.relation);
    action := 'dropped';
    RETURN NEXT;
  END LOOP;
  FOR v_host IN SELECT a.host_table FROM evergreen.host_attachments AS a ORDER BY a.host_table LOOP
    CONTINUE WHEN evergreen.host_view_is_own(v_host.host_table);
    EXECUTE format('CREATE OR REPLACE VIEW evergreen.%I AS %s', 'host_' || v_host.host_table, evergreen.host_view_query(v_host.host_table, NULL));
    object := 'view evergreen.host_' || v_host.host_table;
    action := 'emptied';
    RETURN NEXT;
  END LOOP;
  DELETE FROM evergreen.host_attachments;
  IF FOUND THEN
    IF EXISTS (SELECT FROM evergreen.company_context_hashes) THEN
      PERFORM evergreen.reset_company_contexts();
    END IF;
    PERFORM evergreen.audit('detach_host', 'host', NULL, NULL);
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.detach_host() IS 'Operator: undoes attach_host(): drops the foreign keys, removes the triggers and empties the host_* views. Content stays, and so do views that you have defined yourself. Returns what it did, a row an object.';
