CREATE OR REPLACE FUNCTION evergreen.input_words(p_input jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT COALESCE(string_agg(v.value #>> '{}', E'\n'), '')
            FROM jsonb_path_query(p_input, 'strict $.** ? (@.type() == "string" || @.type() == "number")') AS v (value));
END;
$$;
COMMENT ON FUNCTION evergreen.input_words(jsonb) IS 'Internal: the strings and numbers of an input, a line each.';
