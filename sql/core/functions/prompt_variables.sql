CREATE OR REPLACE FUNCTION evergreen.prompt_variables(p_template text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT COALESCE(array_agg(DISTINCT m[1] ORDER BY m[1]), '{}')
            FROM regexp_matches(p_template, E'\\{\\{\\s*([a-z][a-z0-9_]*)\\s*\\}\\}', 'g') AS m);
END;
$$;
COMMENT ON FUNCTION evergreen.prompt_variables(text) IS 'Names of the {{variables}} of a template, sorted, each once.';
