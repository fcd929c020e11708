CREATE OR REPLACE FUNCTION evergreen.input_shape(p_input jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT COALESCE(array_agg(DISTINCT s.part ORDER BY s.part), '{}')
    FROM (SELECT (m.pair ->> 'key') || CASE WHEN jsonb_typeof(m.pair -> 'value') IN ('boolean', 'null') THEN ':' || (m.pair -> 'value')::text ELSE '' END AS part
            FROM jsonb_path_query(p_input, 'strict $.** ? (@.type() == "object").keyvalue()') AS m (pair)) AS s
$$;
COMMENT ON FUNCTION evergreen.input_shape(jsonb) IS 'Internal: the keys of an input, at any depth, and the values of those that are true, false or null.';
