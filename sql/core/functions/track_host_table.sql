CREATE OR REPLACE FUNCTION evergreen.track_host_table(p_host_table text, p_relation regclass, p_track boolean) RETURNS TABLE (object text, action text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_wanted text[] := ARRAY(SELECT format('%s %s %s', t.relation, t.trigger_name, t.firing)
                             FROM evergreen.tracking_triggers(p_host_table, p_relation) AS t WHERE p_track AND p_relation IS NOT NULL ORDER BY 1);
  v_present text[] := ARRAY(SELECT format('%s %s %s', t.relation, t.trigger_name, t.firing) FROM evergreen.present_triggers(p_host_table) AS t ORDER BY 1);
  v_trigger record;
BEGIN
  UPDATE evergreen.host_attachments AS a SET tracked = p_track WHERE a.host_table = p_host_table AND a.tracked <> p_track;
  IF v_wanted = v_present THEN
    IF cardinality(v_wanted) > 0 THEN
      object := 'tracking of ' || p_relation;
      action := 'unchanged';
      RETURN NEXT;
    END IF;
    RETURN;
  END IF;
  FOR v_trigger IN SELECT t.* FROM evergreen.present_triggers(p_host_table) AS t LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', v_trigger.trigger_name, v_trigger.relation);
    object := 'tracking of ' || v_trigger.relation;
  END LOOP;
  action := 'removed';
  IF cardinality(v_wanted) > 0 THEN
    FOR v_trigger IN SELECT t.* FROM evergreen.tracking_triggers(p_host_table, p_relation) AS t LOOP
      EXECUTE format('CREATE TRIGGER %I %s', v_trigger.trigger_name, v_trigger.definition);
      IF v_trigger.firing <> 'ORIGIN' THEN
        EXECUTE format('ALTER TABLE %s ENABLE %s TRIGGER %I', v_trigger.relation, v_trigger.firing, v_trigger.trigger_name);
      END IF;
      EXECUTE format('COMMENT ON TRIGGER %I ON %s IS %L', v_trigger.trigger_name, v_trigger.relation,
                     'Notes in evergreen.company_changes which companies changed. Made by evergreen.attach_host(), removed by evergreen.detach_host().');
    END LOOP;
    object := 'tracking of ' || p_relation;
    action := 'by triggers';
  END IF;
  PERFORM evergreen.reset_company_contexts();
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.track_host_table(text, regclass, boolean) IS 'Internal: makes or removes the triggers that note the changes of one table of the application, and says so.';
