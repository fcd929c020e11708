CREATE OR REPLACE FUNCTION evergreen.require_analysis(p_analysis jsonb, p_max_bytes integer) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_bytes integer := octet_length(p_analysis::text);
BEGIN
  IF p_analysis IS NULL OR jsonb_typeof(p_analysis) <> 'object' OR p_analysis = '{}' THEN
    RAISE EXCEPTION 'the analysis is not an object with fields'
      USING ERRCODE = 'VG007', HINT = format('It is %s.', CASE WHEN p_analysis = '{}' THEN 'empty' ELSE COALESCE(jsonb_typeof(p_analysis), 'NULL') END);
  END IF;
  IF v_bytes > p_max_bytes THEN
    RAISE EXCEPTION 'the analysis has % bytes, its policy allows %', v_bytes, p_max_bytes
      USING ERRCODE = 'VG006', HINT = 'Raise max_bytes of personality with evergreen.set_content_policy(), at most to 5242880.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_analysis(jsonb, integer) IS 'Internal: VG007 unless it is an object with fields, VG006 over max_bytes.';
