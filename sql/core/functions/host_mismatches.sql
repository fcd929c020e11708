CREATE OR REPLACE FUNCTION evergreen.host_mismatches(p_schema text) RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_reference record;
  v_orphans bigint;
BEGIN
  IF NOT has_schema_privilege(p_schema, 'USAGE') THEN
    RETURN NEXT format('%s may not use the schema: grant it USAGE', quote_ident(current_user));
    RETURN;
  END IF;

  RETURN QUERY
  SELECT CASE
           WHEN a.attname IS NULL THEN format('%s has no column %s', t.relation, h.column_name)
           ELSE format('%s.%s is %s, not %s', t.relation, h.column_name, format_type(a.atttypid, a.atttypmod), h.kind)
         END
    FROM evergreen.host_columns() AS h
   CROSS JOIN LATERAL (SELECT to_regclass(format('%I.%I', p_schema, h.host_table)) AS relation) AS t
    LEFT JOIN pg_attribute AS a ON a.attrelid = t.relation AND a.attname = h.column_name AND a.attnum > 0 AND NOT a.attisdropped
   WHERE t.relation IS NOT NULL AND NOT evergreen.host_view_is_own(h.host_table)
     AND CASE WHEN a.attname IS NULL THEN h.required
              WHEN h.kind = 'uuid' THEN a.atttypid <> 'uuid'::regtype
              WHEN h.kind = 'timestamptz' THEN a.atttypid NOT IN ('timestamptz'::regtype, 'timestamp'::regtype)
              ELSE false END
   ORDER BY h.host_table, h.ordinal;

  RETURN QUERY
  SELECT format('%s may not %s: grant it %s', quote_ident(current_user), n.verb || ' ' || t.relation, n.privilege)
    FROM (SELECT DISTINCT c.host_table FROM evergreen.host_columns() AS c) AS h
   CROSS JOIN LATERAL (SELECT to_regclass(format('%I.%I', p_schema, h.host_table)) AS relation) AS t
   CROSS JOIN (VALUES ('read', 'SELECT'), ('refer to', 'REFERENCES'), ('follow', 'TRIGGER')) AS n (verb, privilege)
   WHERE t.relation IS NOT NULL AND NOT evergreen.host_view_is_own(h.host_table) AND NOT has_table_privilege(t.relation, n.privilege)
     AND (n.privilege = 'SELECT' OR EXISTS (
       SELECT FROM evergreen.host_references AS r
        WHERE r.host_table = h.host_table
          AND n.privilege = CASE evergreen.reference_kind(r.our_table, r.our_column, t.relation) WHEN 'trigger' THEN 'TRIGGER' ELSE 'REFERENCES' END));

  FOR v_reference IN
    SELECT r.our_table, r.our_column, r.host_table, t.relation,
           EXISTS (SELECT FROM pg_attribute AS a
                    WHERE a.attrelid = t.relation AND a.attname = 'id' AND NOT a.attisdropped
                      AND a.atttypid IN ('uuid'::regtype, 'text'::regtype, 'varchar'::regtype)
                      AND evergreen.reference_kind(r.our_table, r.our_column, t.relation) = 'foreign key') AS has_id,
           EXISTS (SELECT FROM pg_index AS i
                     JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                    WHERE i.indrelid = t.relation AND i.indisunique AND i.indimmediate AND i.indpred IS NULL AND i.indnkeyatts = 1 AND a.attname = 'id') AS id_is_unique,
           (SELECT c.relkind FROM pg_class AS c WHERE c.oid = t.relation) IN ('r', 'p') AS is_table
      FROM evergreen.host_references AS r
     CROSS JOIN LATERAL (SELECT to_regclass(format('%I.%I', p_schema, r.host_table)) AS relation) AS t
     WHERE t.relation IS NOT NULL AND NOT evergreen.host_view_is_own(r.host_table)
     ORDER BY r.host_table, r.our_table, r.our_column
  LOOP
    CONTINUE WHEN NOT v_reference.has_id OR NOT v_reference.is_table OR NOT has_table_privilege(v_reference.relation, 'SELECT');
    IF NOT v_reference.id_is_unique THEN
      RETURN NEXT format('%s.id is not unique, so %s.%s cannot refer to it', v_reference.relation, v_reference.our_table, v_reference.our_column);
    END IF;
    EXECUTE format('SELECT count(DISTINCT o.%1$I) FROM evergreen.%2$I AS o WHERE o.%1$I IS NOT NULL AND NOT EXISTS (SELECT FROM %3$s AS h WHERE h.id = o.%1$I)',
                   v_reference.our_column, v_reference.our_table, v_reference.relation) INTO v_orphans;
    IF v_orphans > 0 THEN
      RETURN NEXT format('%s.%s has %s ids that %s does not have', v_reference.our_table, v_reference.our_column, v_orphans, v_reference.relation);
    END IF;
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.host_mismatches(text) IS 'Internal: everything that keeps the tables of a schema from being attached, a line each.';
