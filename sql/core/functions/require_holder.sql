CREATE OR REPLACE FUNCTION evergreen.require_holder(p_holder text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_holder IS NULL OR p_holder !~ E'\\S' THEN
    RAISE EXCEPTION 'the holder has no name' USING ERRCODE = 'VG007', HINT = 'Name who generates, e.g. host and process.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_holder(text) IS 'Internal: VG007 unless whoever claims a lease has a name.';
