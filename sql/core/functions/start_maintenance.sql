CREATE OR REPLACE FUNCTION evergreen.start_maintenance() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run bigint;
BEGIN
  INSERT INTO evergreen.maintenance_runs DEFAULT VALUES RETURNING id INTO v_run;
  RETURN v_run;
END;
$$;
COMMENT ON FUNCTION evergreen.start_maintenance() IS 'Internal: notes that a maintenance run begins; returns its number.';
