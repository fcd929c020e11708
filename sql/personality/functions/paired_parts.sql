CREATE OR REPLACE FUNCTION evergreen.paired_parts(p_before jsonb, p_after jsonb) RETURNS TABLE (segment text, before jsonb, after jsonb)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp ROWS 10 AS $$
DECLARE
  v_naming text;
  v_other text;
BEGIN
  IF jsonb_typeof(p_before) = 'array' THEN
    v_naming := evergreen.element_naming(p_before);
    v_other := evergreen.element_naming(p_after);
    v_naming := CASE WHEN v_naming = v_other OR v_other IS NULL THEN v_naming WHEN v_naming IS NULL THEN v_other ELSE 'position' END;
  END IF;
  RETURN QUERY
  SELECT COALESCE(b.segment, a.segment), b.value, a.value
    FROM evergreen.document_parts(p_before, v_naming) AS b
    FULL JOIN evergreen.document_parts(p_after, v_naming) AS a ON a.segment = b.segment
   WHERE a.value IS DISTINCT FROM b.value;
END;
$$;
COMMENT ON FUNCTION evergreen.paired_parts(jsonb, jsonb) IS 'Internal: what of two JSON objects, or of two lists, is not the very same, side by side.';
