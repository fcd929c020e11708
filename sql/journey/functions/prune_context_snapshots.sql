CREATE OR REPLACE FUNCTION evergreen.prune_context_snapshots(p_batch_size integer, p_cursor text DEFAULT NULL, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_old uuid[];
BEGIN
  SELECT array_agg(o.id) INTO v_old FROM (
    SELECT s.id FROM evergreen.ai_context_snapshots AS s
     WHERE s.last_seen_at < evergreen.retention_cutoff('ai_context_snapshots', v_now)
     ORDER BY s.last_seen_at, s.id LIMIT p_batch_size FOR UPDATE SKIP LOCKED) AS o;
  -- A company that has been quiet all the while is still in the state of its last snapshot: that is seen again now.
  UPDATE evergreen.ai_context_snapshots AS s SET last_seen_at = v_now
   WHERE s.id = ANY (v_old) AND evergreen.company_exists(s.company_id)
     AND s.context_hash = evergreen.company_context_hash(s.company_id, 'recommendation');
  DELETE FROM evergreen.ai_context_snapshots AS s
   WHERE s.id = ANY (v_old) AND s.last_seen_at < evergreen.retention_cutoff('ai_context_snapshots', v_now);
  GET DIAGNOSTICS done = ROW_COUNT;
  next_cursor := CASE WHEN cardinality(v_old) = p_batch_size THEN 'more' END;
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.prune_context_snapshots(integer, text, timestamptz) IS 'Operator: deletes one batch of snapshots not seen within their retention, never the one of a company''s present state. A step of ai_daily_maintenance().';
