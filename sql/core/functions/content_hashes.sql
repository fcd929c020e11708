CREATE OR REPLACE FUNCTION evergreen.content_hashes(p_values jsonb[]) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
-- An object of plain scalars, which most inputs are, has its canonical text written here, for all of them in one statement.
BEGIN
  RETURN ARRAY(
    SELECT CASE WHEN octet_length(c.canonical) = char_length(c.canonical) AND (strpos(c.canonical, '.') = 0 OR c.canonical !~ E'\\.[0-9]*0([^0-9]|$)')
             THEN encode(sha256(convert_to(c.canonical, 'UTF8')), 'hex') ELSE evergreen.content_hash(v.value) END
      FROM unnest(p_values) WITH ORDINALITY AS v (value, ordinality)
      LEFT JOIN LATERAL (
        SELECT '{' || string_agg(to_json(m.key)::text || ':' || m.value::text, ',' ORDER BY m.key COLLATE "C") || '}' AS canonical
          FROM jsonb_each(CASE jsonb_typeof(v.value) WHEN 'object' THEN v.value ELSE '{}' END) AS m
        HAVING bool_and(jsonb_typeof(m.value) NOT IN ('object', 'array'))) AS c ON true
     ORDER BY v.ordinality);
END;
$$;
COMMENT ON FUNCTION evergreen.content_hashes(jsonb[]) IS 'Internal: content_hash() of each of some values.';
