CREATE OR REPLACE FUNCTION evergreen.prune_generation_logs(p_batch_size integer, p_cursor text DEFAULT NULL, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
-- A month that is over for all its rows goes as a whole; the rest in batches.
DECLARE
  v_cutoff timestamptz := evergreen.retention_cutoff('ai_generation_logs', COALESCE(p_now, clock_timestamp()));
  v_partition name;
BEGIN
  SELECT c.relname INTO v_partition
    FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
   WHERE i.inhparent = 'evergreen.ai_generation_logs'::regclass AND c.relname ~ E'^ai_generation_logs_\\d{4}_\\d{2}$'
     AND (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= v_cutoff
   ORDER BY c.relname LIMIT 1;
  IF FOUND THEN
    -- LOCK: of two who maintain at once, one drops it; for the other it is gone by now.
    PERFORM pg_advisory_xact_lock(hashtextextended('evergreen.prune_generation_logs', 0));
    done := 0;
    IF to_regclass(format('evergreen.%I', v_partition)) IS NOT NULL THEN
      EXECUTE format('SELECT count(*)::integer FROM evergreen.%I', v_partition) INTO done;
      EXECUTE format('DROP TABLE evergreen.%I', v_partition);
    END IF;
    next_cursor := 'more';
    RETURN NEXT;
    RETURN;
  END IF;

  DELETE FROM evergreen.ai_generation_logs AS l
   USING (SELECT o.id, o.created_at FROM evergreen.ai_generation_logs AS o
           WHERE o.created_at < v_cutoff ORDER BY o.created_at, o.id LIMIT p_batch_size FOR UPDATE SKIP LOCKED) AS old
   WHERE l.id = old.id AND l.created_at = old.created_at;
  GET DIAGNOSTICS done = ROW_COUNT;
  next_cursor := CASE WHEN done = p_batch_size THEN 'more' END;
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.prune_generation_logs(integer, text, timestamptz) IS 'Operator: drops one month of the log, or deletes one batch of lines, older than its retention, in whole days of UTC; what was rolled up stays. A step of ai_daily_maintenance().';
