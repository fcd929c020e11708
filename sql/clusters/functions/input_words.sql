CREATE OR REPLACE FUNCTION evergreen.input_words(p_input jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT COALESCE(string_agg(v.value #>> '{}', E'\n'), '')
    FROM jsonb_path_query(p_input, 'strict $.** ? (@.type() == "string" || @.type() == "number")') WITH ORDINALITY AS v (value, ordinality)
$$;
COMMENT ON FUNCTION evergreen.input_words(jsonb) IS 'Internal: the strings and numbers of an input, a line each.';
