CREATE OR REPLACE FUNCTION evergreen.report_maintenance(p_run bigint, p_step text, p_report text, p_total bigint, p_error text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM evergreen.system_log(
    CASE WHEN p_error IS NULL THEN 'info' ELSE 'warning' END, 'ai_maintenance',
    format(p_report, p_total) || COALESCE(', then stopped: ' || p_error, ''),
    jsonb_build_object('step', p_step, 'rows', p_total, 'error', p_error));
  UPDATE evergreen.maintenance_runs AS r SET detail = r.detail || jsonb_build_object(p_step, p_total) WHERE r.id = p_run;
END;
$$;
COMMENT ON FUNCTION evergreen.report_maintenance(bigint, text, text, bigint, text) IS 'Internal: the line that a maintenance step leaves in system_logs, and its count in maintenance_runs.';
