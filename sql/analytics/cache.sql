-- How callers were answered, and what that saved. For roles of grant_analyst() too.
--   \i sql/analytics/cache.sql          the last 30 days; other ranges by \set days 7, or \set from 2026-10-01 and \set to 2026-11-01
-- A hit is an answer without a call of a model that is not a fallback; money avoided is what those calls would have cost on average.
-- p50 and p95: half of the callers, and 95 of 100, were answered within so many milliseconds (at most 41 % too high).

\ir parts/range.sql
SELECT count(*) > 0 AS found FROM evergreen.get_cache_stats(:'range_start', :'range_end', 'all') \gset

\qecho
\qecho 'Callers' :range_title
\if :found

SELECT COALESCE(c.content_type, 'total') AS content, sum(c.lookups) AS callers, sum(c.hits) AS hits, round(100 * sum(c.hits) / sum(c.lookups), 1) AS "hit %",
       sum(c.stale_hits) AS "of them stale", sum(c.misses) AS generated, sum(c.fallbacks) AS fallback, sum(c.uncached) AS uncached, sum(c.failed) AS failed,
       CASE grouping(c.content_type) WHEN 0 THEN max(c.p50_ms) END AS "p50 ms", CASE grouping(c.content_type) WHEN 0 THEN max(c.p95_ms) END AS "p95 ms",
       sum(c.calls_avoided) AS "calls avoided", round(sum(c.money_avoided), 4) AS "USD avoided"
  FROM evergreen.get_cache_stats(:'range_start', :'range_end', 'all') AS c
 GROUP BY GROUPING SETS ((c.content_type), ())
 ORDER BY grouping(c.content_type), c.content_type
\g (footer=off null=- expanded=off)

\qecho 'By day (UTC)'
SELECT (c.period AT TIME ZONE 'UTC')::date AS day, sum(c.lookups) AS callers, sum(c.hits) AS hits, round(100 * sum(c.hits) / sum(c.lookups), 1) AS "hit %",
       sum(c.fallbacks) AS fallback, sum(c.failed) AS failed, sum(c.calls_avoided) AS "calls avoided", round(sum(c.money_avoided), 4) AS "USD avoided"
  FROM evergreen.get_cache_stats(:'range_start', :'range_end', 'day') AS c
 GROUP BY c.period
 ORDER BY c.period
\g (footer=off null=- expanded=off)
\else
\qecho '  none counted (clients report what they answered every few seconds)'
\qecho
\endif
