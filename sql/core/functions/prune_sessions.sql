CREATE OR REPLACE FUNCTION evergreen.prune_sessions(p_batch_size integer, p_cursor text DEFAULT NULL, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_cutoff timestamptz := evergreen.retention_cutoff('sessions', COALESCE(p_now, clock_timestamp()));
BEGIN
  DELETE FROM evergreen.sessions AS s
   WHERE s.id IN (SELECT o.id FROM evergreen.sessions AS o WHERE o.expires_at < v_cutoff ORDER BY o.expires_at, o.id LIMIT p_batch_size FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS done = ROW_COUNT;
  next_cursor := CASE WHEN done = p_batch_size THEN 'more' END;
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.prune_sessions(integer, text, timestamptz) IS 'Operator: deletes one batch of sessions that ended longer ago than their retention. A step of ai_daily_maintenance().';
