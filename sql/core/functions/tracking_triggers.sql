CREATE OR REPLACE FUNCTION evergreen.tracking_triggers(p_host_table text, p_relation regclass)
RETURNS TABLE (relation regclass, trigger_name text, definition text, firing text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_by_row boolean := (SELECT c.relkind = 'p' OR EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = c.oid) FROM pg_class AS c WHERE c.oid = p_relation);
  v_event text;
BEGIN
  relation := p_relation;
  FOREACH v_event IN ARRAY CASE p_host_table WHEN 'companies' THEN ARRAY['UPDATE', 'DELETE'] ELSE ARRAY['INSERT', 'UPDATE', 'DELETE'] END LOOP
    -- A row through a parent fires no trigger a statement of its partition, and neither does a row that replication applies.
    trigger_name := 'evergreen_row_' || lower(v_event);
    definition := format('AFTER %s ON %s FOR EACH ROW EXECUTE FUNCTION evergreen.track_changed_row(%L)', v_event, p_relation, p_host_table);
    firing := CASE WHEN v_by_row THEN 'ALWAYS' ELSE 'REPLICA' END;
    RETURN NEXT;
    CONTINUE WHEN v_by_row;
    trigger_name := 'evergreen_statement_' || lower(v_event);
    definition := format('AFTER %s ON %s REFERENCING%s%s FOR EACH STATEMENT EXECUTE FUNCTION evergreen.track_changed_rows(%L)', v_event, p_relation,
                         CASE WHEN v_event <> 'INSERT' THEN ' OLD TABLE AS old_rows' ELSE '' END,
                         CASE WHEN v_event <> 'DELETE' THEN ' NEW TABLE AS new_rows' ELSE '' END, p_host_table);
    firing := 'ORIGIN';
    RETURN NEXT;
  END LOOP;
  -- A TRUNCATE of one partition fires the triggers of that partition only.
  FOR relation IN SELECT p_relation UNION SELECT t.relid FROM pg_partition_tree(p_relation) AS t LOOP
    trigger_name := 'evergreen_truncate';
    definition := format('AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION evergreen.track_truncation(%L)', relation, p_host_table);
    firing := 'ALWAYS';
    RETURN NEXT;
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.tracking_triggers(text, regclass) IS 'Internal: the triggers that note the changes of one table of the application: name, what follows it in CREATE TRIGGER, and when it fires (ORIGIN, REPLICA, ALWAYS).';
