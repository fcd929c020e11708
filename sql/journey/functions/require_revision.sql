CREATE OR REPLACE FUNCTION evergreen.require_revision(p_revision integer) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_revision IS NULL THEN
    RAISE EXCEPTION 'the revision is NULL' USING ERRCODE = 'VG007', HINT = 'Pass the base_revision of the lookup.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_revision(integer) IS 'Internal: VG007 for NULL.';
