CREATE OR REPLACE FUNCTION evergreen.report_maintenance(p_step text, p_report text, p_total bigint, p_error text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT evergreen.system_log(
    CASE WHEN p_error IS NULL THEN 'info' ELSE 'warning' END, 'ai_maintenance',
    format(p_report, p_total) || COALESCE(', then stopped: ' || p_error, ''),
    jsonb_build_object('step', p_step, 'rows', p_total, 'error', p_error))
$$;
COMMENT ON FUNCTION evergreen.report_maintenance(text, text, bigint, text) IS 'Internal: the line that a maintenance step leaves in system_logs.';
