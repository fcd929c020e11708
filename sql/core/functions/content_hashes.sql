CREATE OR REPLACE FUNCTION evergreen.content_hashes(p_values jsonb[]) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
-- An object of plain scalars, which most inputs are, has its canonical text written here, for all of them in one statement.
BEGIN
  RETURN ARRAY(
    SELECT CASE WHEN c.canonical IS NULL THEN evergreen.content_hash(v.value) ELSE encode(sha256(convert_to(c.canonical, 'UTF8')), 'hex') END
      FROM (SELECT u.value, u.ordinality, u.value::text AS written FROM unnest(p_values) WITH ORDINALITY AS u (value, ordinality) OFFSET 0) AS v
      LEFT JOIN LATERAL (
        SELECT '{' || string_agg(to_json(m.key)::text || ':' || m.value::text, ',' ORDER BY m.key COLLATE "C") || '}' AS canonical
          FROM jsonb_each(CASE WHEN jsonb_typeof(v.value) = 'object' AND octet_length(v.written) = char_length(v.written)
                                AND (strpos(v.written, '.') = 0 OR v.written !~ E'\\.[0-9]*0([^0-9]|$)') THEN v.value ELSE '{}' END) AS m
        HAVING bool_and(jsonb_typeof(m.value) NOT IN ('object', 'array'))) AS c ON true
     ORDER BY v.ordinality);
END;
$$;
COMMENT ON FUNCTION evergreen.content_hashes(jsonb[]) IS 'Internal: content_hash() of each of some values.';
