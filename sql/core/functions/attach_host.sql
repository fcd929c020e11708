CREATE OR REPLACE FUNCTION evergreen.attach_host(p_schema text DEFAULT 'public', p_track_changes boolean DEFAULT NULL) RETURNS TABLE (object text, action text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_mismatches text[];
  v_host record;
  v_query text;
  v_track boolean := COALESCE(p_track_changes, EXISTS (SELECT FROM evergreen.host_attachments AS a WHERE a.tracked));
  v_before text := (SELECT string_agg(a::text, ',' ORDER BY a.host_table) FROM evergreen.host_attachments AS a);
BEGIN
  IF p_schema IS NULL OR NOT EXISTS (SELECT FROM pg_namespace AS n WHERE n.nspname = p_schema) THEN
    RAISE EXCEPTION 'there is no schema %', COALESCE(quote_literal(p_schema), 'NULL')
      USING ERRCODE = 'VG002', HINT = 'Name the schema that holds the application''s tables.';
  END IF;
  SELECT array_agg(DISTINCT m ORDER BY m) INTO v_mismatches FROM evergreen.host_mismatches(p_schema) AS m;
  IF v_mismatches IS NOT NULL THEN
    RAISE EXCEPTION E'the tables of schema % cannot be attached:\n  %', quote_ident(p_schema), array_to_string(v_mismatches, E'\n  ')
      USING ERRCODE = 'VG010', HINT = 'Nothing was changed. Mend what is listed, or define the views evergreen.host_* over your own tables.';
  END IF;

  FOR v_host IN
    SELECT h.host_table, to_regclass(format('%I.%I', p_schema, h.host_table)) AS relation, a.attached_to, a.definition
      FROM (SELECT DISTINCT c.host_table FROM evergreen.host_columns() AS c) AS h
      LEFT JOIN evergreen.host_attachments AS a ON a.host_table = h.host_table
     ORDER BY h.host_table
  LOOP
    object := 'view evergreen.host_' || v_host.host_table;
    IF evergreen.host_view_is_own(v_host.host_table) THEN
      action := 'unchanged: a view of your own';
      RETURN NEXT;
      CONTINUE;
    END IF;
    IF v_host.relation IS NULL THEN
      action := CASE WHEN v_host.attached_to IS NULL THEN 'left empty: the schema has no table ' || v_host.host_table
                     ELSE 'unchanged: reads ' || v_host.attached_to END;
      RETURN NEXT;
      CONTINUE;
    END IF;
    v_query := evergreen.host_view_query(v_host.host_table, v_host.relation);
    IF v_host.definition = v_query AND v_host.attached_to = v_host.relation AND evergreen.host_view_is_current(v_host.host_table, v_host.relation) THEN
      action := 'unchanged';
      RETURN NEXT;
    ELSE
      EXECUTE format('CREATE OR REPLACE VIEW evergreen.%I AS %s', 'host_' || v_host.host_table, v_query);
      INSERT INTO evergreen.host_attachments AS a (host_table, attached_to, definition)
      VALUES (v_host.host_table, v_host.relation, v_query)
      ON CONFLICT (host_table) DO UPDATE SET attached_to = excluded.attached_to, definition = excluded.definition, attached_at = now();
      action := 'reads ' || v_host.relation;
      RETURN NEXT;
    END IF;
    RETURN QUERY SELECT * FROM evergreen.attach_references(v_host.host_table, v_host.relation);
  END LOOP;

  -- All that a context is read from, or nothing: a hash that holds only for a part of it is none.
  IF v_track THEN
    RETURN QUERY
    SELECT 'tracking of ' || COALESCE(a.attached_to::text, 'evergreen.host_' || h.host_table), 'refused: ' || t.refusal || '; every hit computes the hash'
      FROM evergreen.context_tables() AS h (host_table)
      LEFT JOIN evergreen.host_attachments AS a ON a.host_table = h.host_table
     CROSS JOIN LATERAL evergreen.tracking_refusal(h.host_table, a.attached_to) AS t (refusal)
     WHERE t.refusal IS NOT NULL;
    v_track := NOT FOUND;
  END IF;
  RETURN QUERY
  SELECT t.* FROM evergreen.context_tables() AS h (host_table)
    LEFT JOIN evergreen.host_attachments AS a ON a.host_table = h.host_table
   CROSS JOIN LATERAL evergreen.track_host_table(h.host_table, a.attached_to, v_track) AS t;
  IF v_before IS DISTINCT FROM (SELECT string_agg(a::text, ',' ORDER BY a.host_table) FROM evergreen.host_attachments AS a) THEN
    IF EXISTS (SELECT FROM evergreen.company_context_hashes) THEN
      PERFORM evergreen.reset_company_contexts();
    END IF;
    PERFORM evergreen.audit('attach_host', p_schema, NULL,
                            (SELECT jsonb_object_agg(a.host_table, a.attached_to || CASE WHEN a.tracked THEN ', tracked' ELSE '' END) FROM evergreen.host_attachments AS a));
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.attach_host(text, boolean) IS 'Operator: points the host_* views at the application''s tables in a schema and adds the foreign keys of our tables to them, or where their ids are of another type than ours (users) a trigger that does the same; tables it does not have are left out, and so are those whose host_* view you have defined yourself. p_track_changes true: triggers on the tables that a company''s context is read from note which companies change, so that a hit need not read them; false: no longer; NULL: as it is. Returns what it did, a row an object; run again it changes nothing. VG010 lists everything that does not fit, and then nothing was changed.';
