CREATE OR REPLACE FUNCTION evergreen.require_batch(p_name text, p_values text[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_values IS NULL OR cardinality(p_values) = 0 OR array_ndims(p_values) <> 1 OR array_lower(p_values, 1) <> 1 THEN
    RAISE EXCEPTION 'there are no %', p_name USING ERRCODE = 'VG007', HINT = 'Give a list of 1 to 1000.';
  END IF;
  IF cardinality(p_values) > 1000 THEN
    RAISE EXCEPTION 'there are % %', cardinality(p_values), p_name USING ERRCODE = 'VG006', HINT = 'At most 1000 a call.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_batch(text, text[]) IS 'Internal: VG007 for a list that is empty, VG006 for one of more than 1,000.';
