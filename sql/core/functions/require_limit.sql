CREATE OR REPLACE FUNCTION evergreen.require_limit(p_name text, p_limit integer, p_most integer) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_limit IS NULL OR p_limit < 1 THEN
    RAISE EXCEPTION '% must be at least 1, not %', p_name, COALESCE(p_limit::text, 'NULL')
      USING ERRCODE = 'VG007', HINT = format('Give a number from 1 to %s.', p_most);
  END IF;
  IF p_limit > p_most THEN
    RAISE EXCEPTION '% is %, at most % are allowed', p_name, p_limit, p_most
      USING ERRCODE = 'VG006', HINT = format('Give a number from 1 to %s.', p_most);
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_limit(text, integer, integer) IS 'Internal: VG007 for a limit that is NULL or below 1, VG006 for one over the bound.';
