CREATE OR REPLACE FUNCTION evergreen.apply_tuning(p_analysis jsonb, p_tuning jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_document jsonb := p_analysis;
  v_entry record;
BEGIN
  -- Places are those of the analysis: no adjustment lies within another.
  FOR v_entry IN
    SELECT f.place, t.value FROM jsonb_each(p_tuning) AS t CROSS JOIN LATERAL evergreen.find_in_document(p_analysis, t.key) AS f
     WHERE f.path IS NOT NULL
  LOOP
    v_document := jsonb_set(v_document, v_entry.place, v_entry.value, false);
  END LOOP;
  RETURN v_document;
END;
$$;
COMMENT ON FUNCTION evergreen.apply_tuning(jsonb, jsonb) IS 'Internal: an analysis with a person''s adjustments in it; those that have no place in it are left out.';
