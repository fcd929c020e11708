CREATE OR REPLACE FUNCTION evergreen.reference_kind(p_our_table text, p_our_column text, p_relation regclass) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  -- Users are text with us, whatever they are there.
  SELECT CASE WHEN o.atttypid = 'text'::regtype AND h.atttypid NOT IN ('text'::regtype, 'varchar'::regtype) THEN 'trigger' ELSE 'foreign key' END
    FROM pg_attribute AS o, pg_attribute AS h
   WHERE o.attrelid = to_regclass(format('evergreen.%I', p_our_table)) AND o.attname = p_our_column
     AND h.attrelid = p_relation AND h.attname = 'id' AND NOT h.attisdropped
$$;
COMMENT ON FUNCTION evergreen.reference_kind(text, text, regclass) IS 'Internal: how a column of ours follows a table of the application: by a foreign key, or by a trigger where the types do not allow one.';
