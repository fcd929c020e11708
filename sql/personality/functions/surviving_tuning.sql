CREATE OR REPLACE FUNCTION evergreen.surviving_tuning(p_tuning jsonb, p_analysis jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_tuning = '{}' THEN
    RETURN p_tuning;
  END IF;
  RETURN (SELECT COALESCE(jsonb_object_agg(t.key, t.value), '{}')
            FROM jsonb_each(p_tuning) AS t CROSS JOIN LATERAL evergreen.find_in_document(p_analysis, t.key) AS f
           WHERE f.path = t.key AND jsonb_typeof(f.value) = jsonb_typeof(t.value));
END;
$$;
COMMENT ON FUNCTION evergreen.surviving_tuning(jsonb, jsonb) IS 'Internal: the adjustments that still apply to an analysis: their path is there and leads to a value of the same type.';
