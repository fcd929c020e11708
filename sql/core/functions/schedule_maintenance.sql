CREATE OR REPLACE FUNCTION evergreen.schedule_maintenance(p_cron text DEFAULT '17 3 * * *') RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_job bigint;
BEGIN
  IF p_cron IS NULL OR p_cron !~ E'\\S' THEN
    RAISE EXCEPTION 'the schedule is blank' USING ERRCODE = 'VG007', HINT = 'E.g. ''17 3 * * *'': every day at 3:17.';
  END IF;
  IF to_regprocedure('cron.schedule(text, text, text)') IS NULL THEN
    RAISE EXCEPTION 'pg_cron is not installed in this database'
      USING ERRCODE = 'VG002',
            HINT = 'Run "pg-evergreen maintain", or psql -c "CALL evergreen.ai_daily_maintenance()", from the scheduler of your operating system.';
  END IF;
  EXECUTE format('SELECT cron.schedule(%L, %L, %L)', 'evergreen_maintenance', p_cron, 'CALL evergreen.ai_daily_maintenance()') INTO v_job;
  PERFORM evergreen.audit('schedule_maintenance', 'evergreen_maintenance', NULL, jsonb_build_object('cron', p_cron, 'job', v_job));
  RETURN format('pg_cron job %s: %s', v_job, p_cron);
END;
$$;
COMMENT ON FUNCTION evergreen.schedule_maintenance(text) IS 'Operator: has pg_cron call ai_daily_maintenance(), by default at 3:17 every day; again to change the time. VG002 (with what to do instead) where pg_cron is not installed.';
