CREATE OR REPLACE FUNCTION evergreen.merge_tuning(p_analysis jsonb, p_tuning jsonb, p_given jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tuning jsonb := p_tuning;
  v_entry record;
  v_within record;
BEGIN
  FOR v_entry IN
    SELECT t.key, t.value, f.path, f.value AS analysed, f.beside
      FROM jsonb_each(p_given) AS t CROSS JOIN LATERAL evergreen.find_in_document(p_analysis, t.key) AS f ORDER BY t.key COLLATE "C"
  LOOP
    IF jsonb_typeof(v_entry.value) = 'null' THEN
      v_tuning := v_tuning - v_entry.key - COALESCE(v_entry.path, v_entry.key);
      CONTINUE;
    END IF;
    IF v_entry.path IS NULL THEN
      RAISE EXCEPTION 'the analysis has nothing at %', quote_literal(left(v_entry.key, 200))
        USING ERRCODE = 'VG007', HINT = COALESCE('There is: ' || array_to_string(NULLIF(v_entry.beside, '{}'), ', ') || '.', 'A path is a JSON Pointer, e.g. /traits/openness/score.');
    END IF;
    IF jsonb_typeof(v_entry.value) <> jsonb_typeof(v_entry.analysed) THEN
      RAISE EXCEPTION '% is analysed as %, not as %', quote_literal(left(v_entry.path, 200)), jsonb_typeof(v_entry.analysed), jsonb_typeof(v_entry.value)
        USING ERRCODE = 'VG007', HINT = 'An adjustment has the type of what it adjusts; null takes it back.';
    END IF;
    v_tuning := v_tuning || jsonb_build_object(v_entry.path, v_entry.value);
  END LOOP;

  SELECT o.key AS outer_path, i.key AS inner_path INTO v_within
    FROM jsonb_object_keys(v_tuning) AS o (key) JOIN jsonb_object_keys(v_tuning) AS i (key) ON starts_with(i.key, o.key || '/')
   ORDER BY 2, 1 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '% lies within %, which is adjusted as a whole', quote_literal(left(v_within.inner_path, 200)), quote_literal(left(v_within.outer_path, 200))
      USING ERRCODE = 'VG007', HINT = 'Adjust the one or the other; null takes an adjustment back.';
  END IF;
  IF octet_length(v_tuning::text) > 65536 OR (SELECT count(*) FROM jsonb_object_keys(v_tuning)) > 200 THEN
    RAISE EXCEPTION 'the tuning would have % adjustments of % bytes', (SELECT count(*) FROM jsonb_object_keys(v_tuning)), octet_length(v_tuning::text)
      USING ERRCODE = 'VG006', HINT = 'At most 200, of 65536 bytes together.';
  END IF;
  RETURN v_tuning;
END;
$$;
COMMENT ON FUNCTION evergreen.merge_tuning(jsonb, jsonb, jsonb) IS 'Internal: adjustments with those given added, each checked against the analysis; null takes one back.';
