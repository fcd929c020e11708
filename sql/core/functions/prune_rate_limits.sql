CREATE OR REPLACE FUNCTION evergreen.prune_rate_limits(p_batch_size integer, p_cursor text DEFAULT NULL, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
BEGIN
  DELETE FROM evergreen.rate_limits AS r
   USING (SELECT o.key_hash, o.window_ms FROM evergreen.rate_limits AS o
           WHERE o.taken[cardinality(o.taken)] < v_now - make_interval(secs => o.window_ms / 1000.0)
           ORDER BY o.key_hash, o.window_ms LIMIT p_batch_size FOR UPDATE SKIP LOCKED) AS old
   WHERE r.key_hash = old.key_hash AND r.window_ms = old.window_ms;
  GET DIAGNOSTICS done = ROW_COUNT;
  next_cursor := CASE WHEN done = p_batch_size THEN 'more' END;
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.prune_rate_limits(integer, text, timestamptz) IS 'Operator: deletes one batch of rate limits whose whole window has passed unused. A step of ai_daily_maintenance().';
