CREATE OR REPLACE FUNCTION evergreen.read_results(p_results text[], p_max_bytes integer, OUT results jsonb[], OUT errors text[])
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
-- All at once when nothing is wrong; else one by one, so that what is wrong is said of its answer.
BEGIN
  BEGIN
    results := evergreen.read_jsons('result', p_results, p_max_bytes);
    IF NOT 'null'::jsonb = ANY (results) THEN
      RETURN;
    END IF;
  EXCEPTION WHEN SQLSTATE 'VG006' OR SQLSTATE 'VG007' THEN
    NULL;
  END;
  FOR n IN 1 .. cardinality(p_results) LOOP
    BEGIN
      results[n] := evergreen.read_result(p_results[n], p_max_bytes);
    EXCEPTION WHEN SQLSTATE 'VG006' OR SQLSTATE 'VG007' THEN
      errors[n] := SQLERRM;
    END;
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.read_results(text[], integer) IS 'Internal: read_result() of each of some answers; at the place of one that cannot be kept, in errors, why.';
