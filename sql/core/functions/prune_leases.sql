CREATE OR REPLACE FUNCTION evergreen.prune_leases(p_batch_size integer, p_cursor text DEFAULT NULL, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_cutoff timestamptz := evergreen.retention_cutoff('generation_leases', COALESCE(p_now, clock_timestamp()));
  v_after text[] := COALESCE(p_cursor::text[], ARRAY['', '']);
BEGIN
  -- A lease that is held and ran out long ago belonged to a holder that died; nobody wants the key. In the order of the keys, each read once
  -- a day: an index by age would be written by every save.
  WITH idle AS MATERIALIZED (
    SELECT i.content_type, i.cache_key FROM evergreen.generation_leases AS i
     WHERE (i.content_type, i.cache_key) > (v_after[1], v_after[2]) AND i.updated_at < v_cutoff AND COALESCE(i.expires_at < v_cutoff, true)
     ORDER BY i.content_type, i.cache_key LIMIT p_batch_size FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM evergreen.generation_leases AS l USING idle
     WHERE l.content_type = idle.content_type AND l.cache_key = idle.cache_key RETURNING 1
  )
  SELECT (SELECT count(*) FROM gone),
         (SELECT ARRAY[i.content_type, i.cache_key]::text FROM idle AS i ORDER BY i.content_type DESC, i.cache_key DESC LIMIT 1)
    INTO done, next_cursor;
  IF done < p_batch_size THEN
    next_cursor := NULL;
  END IF;
  DELETE FROM evergreen.lost_leases AS l
   WHERE l.lease_token IN (SELECT o.lease_token FROM evergreen.lost_leases AS o WHERE o.lost_at < v_cutoff FOR UPDATE SKIP LOCKED);
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.prune_leases(integer, text, timestamptz) IS 'Operator: deletes one batch of lease rows nobody has touched within their retention. A step of ai_daily_maintenance().';
