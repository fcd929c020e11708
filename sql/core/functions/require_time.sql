CREATE OR REPLACE FUNCTION evergreen.require_time(p_at timestamptz) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_at < '2000-01-01 00:00:00+00' OR p_at >= '2200-01-01 00:00:00+00' THEN
    RAISE EXCEPTION 'nothing is generated at %', p_at USING ERRCODE = 'VG007', HINT = 'Pass a time from 2000 to 2199, or NULL for now.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_time(timestamptz) IS 'Internal: VG007 for a time that no generation can have, infinity among them. A p_now within is believed, also in the future: it stands for the clock in tests and where content is carried over with its age; whoever may save may also say p_expires_at.';
