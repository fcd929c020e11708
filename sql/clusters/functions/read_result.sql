CREATE OR REPLACE FUNCTION evergreen.read_result(p_result text, p_max_bytes integer) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_result jsonb := evergreen.read_json('result', p_result, p_max_bytes);
BEGIN
  IF jsonb_typeof(v_result) = 'null' THEN
    RAISE EXCEPTION 'the result is null' USING ERRCODE = 'VG007', HINT = 'An answer without content is a failed generation: call fail_generation().';
  END IF;
  RETURN v_result;
END;
$$;
COMMENT ON FUNCTION evergreen.read_result(text, integer) IS 'Internal: the answer of a model as JSON. VG006 too large, VG007 malformed or null.';
