-- Calls of models by day and type: how many, tokens, cost, failures. For roles of grant_analyst() too.
--   \i sql/analytics/usage.sql          the last 30 days; other ranges by \set days 7, or \set from 2026-10-01 and \set to 2026-11-01

\ir parts/range.sql
SELECT count(*) > 0 AS found FROM evergreen.get_ai_usage_stats(:'range_start', :'range_end') \gset

\qecho
\qecho 'Calls of models' :range_title
\if :found

SELECT u.day, u.generation_type AS type, u.generations_count AS calls, u.tokens_used AS tokens, u.cached_tokens AS cached,
       round(u.cost, 4) AS "USD", u.failures, u.success_rate AS "success %", u.avg_generation_time_ms AS "avg ms"
  FROM evergreen.get_ai_usage_stats(:'range_start', :'range_end') AS u
 ORDER BY u.day, u.generation_type
\g (footer=off null=- expanded=off)

\qecho 'In all'
SELECT COALESCE(u.generation_type, 'total') AS type, sum(u.generations_count) AS calls, sum(u.tokens_used) AS tokens, sum(u.cached_tokens) AS cached,
       round(sum(u.cost), 4) AS "USD", sum(u.failures) AS failures,
       round(100 * (1 - sum(u.failures) / sum(u.generations_count)), 2) AS "success %"
  FROM evergreen.get_ai_usage_stats(:'range_start', :'range_end') AS u
 GROUP BY GROUPING SETS ((u.generation_type), ())
 ORDER BY grouping(u.generation_type), u.generation_type
\g (footer=off null=- expanded=off)
\else
\qecho '  none'
\qecho
\endif
