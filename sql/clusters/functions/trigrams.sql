CREATE OR REPLACE FUNCTION evergreen.trigrams(p_text text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT COALESCE(array_agg(DISTINCT substr(w.word, i, 3)), '{}')
    FROM (SELECT '  ' || m[1] || ' ' AS word FROM regexp_matches(lower(p_text), '([[:alnum:]]+)', 'g') AS m) AS w
   CROSS JOIN LATERAL generate_series(1, length(w.word) - 2) AS i
$$;
COMMENT ON FUNCTION evergreen.trigrams(text) IS 'Internal: the trigrams of a text as pg_trgm makes them: of each word in lower case, with two spaces before and one behind, each once. What a letter is beyond ASCII the database''s collation says.';
