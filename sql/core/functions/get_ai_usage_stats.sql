CREATE OR REPLACE FUNCTION evergreen.get_ai_usage_stats(p_start_date timestamptz, p_end_date timestamptz)
RETURNS TABLE (
  day date, generation_type text, generations_count bigint, tokens_used bigint, avg_generation_time_ms numeric,
  success_rate numeric, cost numeric, cached_tokens bigint, failures bigint
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Whole days and hours from what was rolled up, the two edges from the log: the same as a full scan of the log.
DECLARE
  v_first_hour timestamptz := date_trunc('hour', p_start_date, 'UTC');
  v_last_hour timestamptz := date_trunc('hour', p_end_date, 'UTC');
BEGIN
  IF p_start_date IS NULL OR p_end_date IS NULL OR p_end_date < p_start_date THEN
    RAISE EXCEPTION 'the range from % to % is none', COALESCE(p_start_date::text, 'NULL'), COALESCE(p_end_date::text, 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Give a start and a later end: the start counts, the end does not.';
  END IF;
  IF v_first_hour < p_start_date THEN
    v_first_hour := v_first_hour + interval '1 hour';
  END IF;
  -- A range inside of one hour has no whole hour: the log has it all.
  v_last_hour := GREATEST(v_last_hour, v_first_hour);

  RETURN QUERY
  WITH folded AS (
    SELECT d.day, d.day::timestamp AT TIME ZONE 'UTC' AS begins, (d.day + 1)::timestamp AT TIME ZONE 'UTC' AS ends
      FROM evergreen.ai_usage_days AS d
     WHERE d.day >= (v_first_hour AT TIME ZONE 'UTC')::date AND d.day < (v_last_hour AT TIME ZONE 'UTC')::date
       AND d.day::timestamp AT TIME ZONE 'UTC' >= v_first_hour
       AND NOT EXISTS (SELECT FROM evergreen.ai_usage_late AS l WHERE l.day = d.day)
  ), between_days AS (
    -- What lies between the days that were added up: hours.
    SELECT COALESCE(lag(f.ends) OVER (ORDER BY f.day), v_first_hour) AS begins, f.begins AS ends FROM folded AS f
    UNION ALL
    SELECT COALESCE((SELECT max(f.ends) FROM folded AS f), v_first_hour), v_last_hour
  ), counted AS (
    SELECT u.day, u.generation_type, u.generations, u.successes,
           u.prompt_tokens + u.completion_tokens AS tokens, u.cached_tokens, u.cost, u.unpriced, u.timed, u.total_time_ms
      FROM folded AS f JOIN evergreen.ai_usage_daily AS u ON u.day = f.day
    UNION ALL
    SELECT (u.hour AT TIME ZONE 'UTC')::date, u.generation_type, u.generations, u.successes,
           u.prompt_tokens + u.completion_tokens, u.cached_tokens, u.cost, u.unpriced, u.timed, u.total_time_ms
      FROM between_days AS b JOIN evergreen.ai_usage_hourly AS u ON u.hour >= b.begins AND u.hour < b.ends
     WHERE b.begins < b.ends
    UNION ALL
    SELECT (l.created_at AT TIME ZONE 'UTC')::date, l.generation_type, 1, l.success::integer,
           COALESCE(l.tokens_used, 0), COALESCE(l.cached_tokens, 0), COALESCE(l.cost, 0), (l.cost IS NULL)::integer,
           (l.generation_time_ms IS NOT NULL)::integer, COALESCE(l.generation_time_ms, 0)
      FROM evergreen.ai_generation_logs AS l
     WHERE (l.created_at >= p_start_date AND l.created_at < LEAST(v_first_hour, p_end_date))
        OR (l.created_at >= v_last_hour AND l.created_at < p_end_date)
  )
  SELECT c.day, c.generation_type,
         sum(c.generations)::bigint,
         sum(c.tokens)::bigint,
         round(sum(c.total_time_ms) / NULLIF(sum(c.timed), 0), 2),
         round(100 * sum(c.successes) / sum(c.generations), 2),
         CASE WHEN sum(c.unpriced) < sum(c.generations) THEN sum(c.cost) END,
         sum(c.cached_tokens)::bigint,
         (sum(c.generations) - sum(c.successes))::bigint
    FROM counted AS c
   GROUP BY c.day, c.generation_type
   ORDER BY c.day, c.generation_type;
END;
$$;
COMMENT ON FUNCTION evergreen.get_ai_usage_stats(timestamptz, timestamptz) IS 'Report: generations by day (UTC) and type in the half-open range [start, end): how many, tokens, average milliseconds of those that were timed, percent that gave a valid answer, USD (NULL: no price was known), tokens from the provider''s cache, failures. Any range, whole hours also after the log was pruned. VG007 for a range that is none. Source: seed 004_cba5aaa9e1a5292b.txt.';
