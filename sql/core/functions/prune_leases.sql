CREATE OR REPLACE FUNCTION evergreen.prune_leases(p_batch_size integer, p_cursor text DEFAULT NULL, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_cutoff timestamptz := evergreen.retention_cutoff('generation_leases', COALESCE(p_now, clock_timestamp()));
BEGIN
  -- A lease that is held and ran out long ago belonged to a holder that died; nobody wants the key.
  DELETE FROM evergreen.generation_leases AS l
   USING (SELECT i.content_type, i.cache_key FROM evergreen.generation_leases AS i
           WHERE i.updated_at < v_cutoff AND COALESCE(i.expires_at < v_cutoff, true)
           ORDER BY i.content_type, i.cache_key LIMIT p_batch_size FOR UPDATE SKIP LOCKED) AS idle
   WHERE l.content_type = idle.content_type AND l.cache_key = idle.cache_key;
  GET DIAGNOSTICS done = ROW_COUNT;
  DELETE FROM evergreen.lost_leases AS l WHERE l.lost_at < v_cutoff;
  next_cursor := CASE WHEN done = p_batch_size THEN 'more' END;
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.prune_leases(integer, text, timestamptz) IS 'Operator: deletes one batch of lease rows nobody has touched within their retention. A step of ai_daily_maintenance().';
