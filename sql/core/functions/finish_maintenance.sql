CREATE OR REPLACE FUNCTION evergreen.finish_maintenance(p_run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE evergreen.maintenance_runs AS r SET finished_at = clock_timestamp() WHERE r.id = p_run;
END;
$$;
COMMENT ON FUNCTION evergreen.finish_maintenance(bigint) IS 'Internal: notes that a maintenance run is through.';
