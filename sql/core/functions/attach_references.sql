CREATE OR REPLACE FUNCTION evergreen.attach_references(p_host_table text, p_relation regclass) RETURNS TABLE (object text, action text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_reference evergreen.host_references;
  v_constraint name;
  v_present regclass;
  v_trigger name;
BEGIN
  IF (SELECT c.relkind FROM pg_class AS c WHERE c.oid = p_relation) NOT IN ('r', 'p') THEN
    RETURN;
  END IF;
  FOR v_reference IN
    SELECT r.* FROM evergreen.host_references AS r WHERE r.host_table = p_host_table ORDER BY r.our_table, r.our_column
  LOOP
    v_constraint := v_reference.our_table || '_' || v_reference.our_column || '_host';
    v_trigger := 'evergreen_' || v_constraint;
    IF evergreen.reference_kind(v_reference.our_table, v_reference.our_column, p_relation) = 'trigger' THEN
      FOR v_present IN
        SELECT g.tgrelid FROM pg_trigger AS g WHERE g.tgname = v_trigger AND g.tgfoid = 'evergreen.delete_with_host()'::regprocedure AND g.tgrelid <> p_relation
      LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', v_trigger, v_present);
      END LOOP;
      object := format('trigger %s on %s', v_trigger, p_relation);
      action := 'unchanged';
      IF NOT EXISTS (SELECT FROM pg_trigger AS g WHERE g.tgrelid = p_relation AND g.tgname = v_trigger) THEN
        EXECUTE format('CREATE TRIGGER %I AFTER DELETE ON %s FOR EACH ROW EXECUTE FUNCTION evergreen.delete_with_host(%L, %L)',
                       v_trigger, p_relation, v_reference.our_table, v_reference.our_column);
        action := format('deletes of evergreen.%s (%s) what is of a deleted row', v_reference.our_table, v_reference.our_column);
      END IF;
      RETURN NEXT;
      CONTINUE;
    END IF;
    object := format('foreign key evergreen.%s (%s)', v_reference.our_table, v_reference.our_column);
    SELECT c.confrelid INTO v_present FROM pg_constraint AS c
     WHERE c.conname = v_constraint AND c.conrelid = format('evergreen.%I', v_reference.our_table)::regclass;
    IF v_present = p_relation THEN
      action := 'unchanged';
      RETURN NEXT;
      CONTINUE;
    ELSIF v_present IS NOT NULL THEN
      EXECUTE format('ALTER TABLE evergreen.%I DROP CONSTRAINT %I', v_reference.our_table, v_constraint);
    END IF;
    EXECUTE format('ALTER TABLE evergreen.%I ADD CONSTRAINT %I FOREIGN KEY (%I) REFERENCES %s (id) ON DELETE %s NOT VALID',
                   v_reference.our_table, v_constraint, v_reference.our_column, p_relation, v_reference.on_delete);
    EXECUTE format('ALTER TABLE evergreen.%I VALIDATE CONSTRAINT %I', v_reference.our_table, v_constraint);
    action := format('refers to %s on delete %s', p_relation, lower(v_reference.on_delete));
    RETURN NEXT;
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.attach_references(text, regclass) IS 'Internal: adds our foreign keys to one table of the application, and triggers where its ids are of another type.';
