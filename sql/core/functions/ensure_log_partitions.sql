CREATE OR REPLACE FUNCTION evergreen.ensure_log_partitions(p_batch_size integer DEFAULT 1, p_cursor text DEFAULT NULL, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
-- One month a call: this one, the three to come, and any month that has rows in the default partition.
DECLARE
  v_month timestamp;
  v_name name;
  v_from text;
  v_to text;
BEGIN
  done := 0;
  -- LOCK: of two who maintain at once, the second sees what the first has made.
  PERFORM pg_advisory_xact_lock(hashtextextended('evergreen.ensure_log_partitions', 0));
  SELECT m.month INTO v_month FROM (
      SELECT generate_series(date_trunc('month', COALESCE(p_now, clock_timestamp()) AT TIME ZONE 'UTC'),
                             date_trunc('month', COALESCE(p_now, clock_timestamp()) AT TIME ZONE 'UTC') + interval '3 months', interval '1 month') AS month
      UNION
      SELECT DISTINCT date_trunc('month', l.created_at AT TIME ZONE 'UTC') FROM evergreen.ai_generation_logs_default AS l
       WHERE isfinite(l.created_at)) AS m
   WHERE to_regclass(format('evergreen.ai_generation_logs_%s', to_char(m.month, 'YYYY_MM'))) IS NULL
     -- pg_dump cannot restore a partition of a table that CREATE EXTENSION made: there the default partition holds all.
     AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = 'evergreen.ai_generation_logs'::regclass AND d.deptype = 'e')
   ORDER BY m.month LIMIT 1;
  IF NOT FOUND THEN
    RETURN NEXT;
    RETURN;
  END IF;

  v_name := 'ai_generation_logs_' || to_char(v_month, 'YYYY_MM');
  v_from := to_char(v_month, 'YYYY-MM-DD') || ' 00:00:00+00';
  v_to := to_char(v_month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00';
  -- LOCK: whoever writes a line of this month meanwhile waits before it is routed, and then finds the partition.
  IF v_month <= clock_timestamp() AT TIME ZONE 'UTC'
     OR EXISTS (SELECT FROM evergreen.ai_generation_logs_default AS l WHERE date_trunc('month', l.created_at AT TIME ZONE 'UTC') = v_month) THEN
    LOCK TABLE ONLY evergreen.ai_generation_logs IN SHARE ROW EXCLUSIVE MODE;
  END IF;
  EXECUTE format('CREATE TABLE evergreen.%I (LIKE evergreen.ai_generation_logs INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED)', v_name);
  EXECUTE format('COMMENT ON TABLE evergreen.%I IS %L', v_name, format('ai_generation_logs of %s (UTC).', to_char(v_month, 'YYYY-MM')));
  EXECUTE format(
    'WITH moved AS (DELETE FROM evergreen.ai_generation_logs_default AS l WHERE l.created_at >= %L AND l.created_at < %L RETURNING l.*)
     INSERT INTO evergreen.%I (id, company_id, user_id, generation_type, prompt_id, provider, model_used, prompt_tokens, completion_tokens,
                               cached_tokens, cost, generation_time_ms, success, outcome, error_code, error_message, request_id, created_at)
     SELECT id, company_id, user_id, generation_type, prompt_id, provider, model_used, prompt_tokens, completion_tokens,
            cached_tokens, cost, generation_time_ms, success, outcome, error_code, error_message, request_id, created_at FROM moved',
    v_from, v_to, v_name);
  EXECUTE format('ALTER TABLE evergreen.ai_generation_logs ATTACH PARTITION evergreen.%I FOR VALUES FROM (%L) TO (%L)', v_name, v_from, v_to);
  PERFORM evergreen.copy_column_comments('ai_generation_logs', v_name);
  done := 1;
  next_cursor := 'more';
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.ensure_log_partitions(integer, text, timestamptz) IS 'Operator: makes the partition of one month of ai_generation_logs that is missing (this month, the next three, or one whose rows stand in the default partition; bounds in UTC) and moves its rows there. A step of ai_daily_maintenance().';
