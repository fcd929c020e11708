CREATE OR REPLACE FUNCTION evergreen.get_cache_stats(p_start timestamptz, p_end timestamptz, p_by text DEFAULT 'hour')
RETURNS TABLE (
  period timestamptz, content_type text, lookups bigint, hits bigint, stale_hits bigint, similar_hits bigint, misses bigint,
  fallbacks bigint, uncached bigint, failed bigint, hit_rate numeric, calls_avoided bigint, money_avoided numeric,
  avg_ms numeric, p50_ms numeric, p95_ms numeric
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_start IS NULL OR p_end IS NULL OR p_end < p_start THEN
    RAISE EXCEPTION 'the range from % to % is none', COALESCE(p_start::text, 'NULL'), COALESCE(p_end::text, 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Give a start and a later end: the start counts, the end does not.';
  END IF;
  IF p_by IS NULL OR p_by NOT IN ('hour', 'day', 'all') THEN
    RAISE EXCEPTION 'lookups are not counted by %', COALESCE(quote_literal(p_by), 'NULL') USING ERRCODE = 'VG007', HINT = 'Use hour, day or all.';
  END IF;

  RETURN QUERY
  WITH counted AS (
    SELECT CASE p_by WHEN 'all' THEN p_start ELSE date_trunc(p_by, s.hour, 'UTC') END AS period,
           s.content_type, s.outcome, s.latency_bucket, sum(s.lookups) AS n, sum(s.total_ms) AS ms
      FROM evergreen.cache_lookups_hourly AS s
     WHERE s.hour >= date_trunc('hour', p_start, 'UTC') AND s.hour < p_end
     GROUP BY 1, 2, 3, 4
  ), totals AS (
    SELECT c.period, c.content_type, sum(c.n) AS n, sum(c.ms) AS ms,
           COALESCE(sum(c.n) FILTER (WHERE c.outcome = 'fresh'), 0) AS fresh,
           COALESCE(sum(c.n) FILTER (WHERE c.outcome = 'stale'), 0) AS stale,
           COALESCE(sum(c.n) FILTER (WHERE c.outcome = 'similar'), 0) AS similar,
           COALESCE(sum(c.n) FILTER (WHERE c.outcome = 'generated'), 0) AS generated,
           COALESCE(sum(c.n) FILTER (WHERE c.outcome = 'fallback'), 0) AS fallback,
           COALESCE(sum(c.n) FILTER (WHERE c.outcome = 'uncached'), 0) AS uncached,
           COALESCE(sum(c.n) FILTER (WHERE c.outcome = 'failed'), 0) AS failed
      FROM counted AS c
     GROUP BY c.period, c.content_type
  ), cumulated AS (
    SELECT b.period, b.content_type, b.latency_bucket,
           sum(b.n) OVER (PARTITION BY b.period, b.content_type ORDER BY b.latency_bucket) AS up_to,
           sum(b.n) OVER (PARTITION BY b.period, b.content_type) AS of_all
      FROM (SELECT c.period, c.content_type, c.latency_bucket, sum(c.n) AS n FROM counted AS c GROUP BY 1, 2, 3) AS b
  ), percentiles AS (
    SELECT q.period, q.content_type,
           0.1 * power(2, min(q.latency_bucket) FILTER (WHERE q.up_to >= 0.50 * q.of_all) / 2.0) AS p50,
           0.1 * power(2, min(q.latency_bucket) FILTER (WHERE q.up_to >= 0.95 * q.of_all) / 2.0) AS p95
      FROM cumulated AS q
     GROUP BY q.period, q.content_type
  ), call_cost AS (
    SELECT p.content_type, sum(u.cost) / NULLIF(sum(u.generations - u.unpriced), 0) AS average
      FROM evergreen.content_policies AS p
      JOIN evergreen.ai_usage_hourly AS u ON u.generation_type = p.prompt_type
     WHERE u.hour < p_end
     GROUP BY p.content_type
  )
  SELECT t.period, t.content_type, t.n::bigint, (t.fresh + t.stale + t.similar)::bigint, t.stale::bigint, t.similar::bigint,
         t.generated::bigint, t.fallback::bigint, t.uncached::bigint, t.failed::bigint,
         round(100 * (t.fresh + t.stale + t.similar) / t.n, 2),
         (t.fresh + t.stale + t.similar)::bigint,
         round((t.fresh + t.stale + t.similar) * k.average, 6),
         round((t.ms / t.n::double precision)::numeric, 2), round(q.p50::numeric, 2), round(q.p95::numeric, 2)
    FROM totals AS t
    JOIN percentiles AS q ON q.period = t.period AND q.content_type = t.content_type
    LEFT JOIN call_cost AS k ON k.content_type = t.content_type
   ORDER BY t.period, t.content_type;
END;
$$;
COMMENT ON FUNCTION evergreen.get_cache_stats(timestamptz, timestamptz, text) IS 'Report: how callers were answered in the hours of [start, end), by content type and p_by (hour, day or all; UTC): lookups, hits (fresh, stale and similar together), of those stale and similar, misses (generated), fallbacks, uncached, failed, percent of hits, calls of a model avoided and the USD they would have cost on average, average and 50th and 95th percentile of milliseconds (upper edge of a bucket, at most 41 % too high).';
