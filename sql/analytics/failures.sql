-- Why generations fail. For roles of grant_analyst() too.
--   \i sql/analytics/failures.sql       the last 30 days; other ranges by \set days 7, or \set from 2026-10-01 and \set to 2026-11-01

\ir parts/range.sql
SELECT count(*) > 0 AS found FROM evergreen.generation_failures AS f WHERE f.created_at >= :'range_start' AND f.created_at < :'range_end' \gset
SELECT count(*) > 0 AS warnings_found FROM evergreen.system_log AS s
 WHERE s.level <> 'info' AND s.created_at >= :'range_start' AND s.created_at < :'range_end' \gset

\qecho
\qecho 'Calls of models without a valid answer' :range_title
\if :found

SELECT k.generation_type AS type, k.model_used AS model, k.error_code AS reason, k.failures, round(100.0 * k.failures / k.calls, 1) AS "% of its calls",
       round(k.cost, 4) AS "USD spent on them", to_char(k.last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS "last (UTC)"
  FROM (SELECT g.generation_type, g.model_used, g.error_code, count(*) FILTER (WHERE NOT g.success) AS failures, sum(g.cost) AS cost, max(g.created_at) AS last_at,
               sum(count(*)) OVER (PARTITION BY g.generation_type, g.model_used) AS calls
          FROM evergreen.generation_log AS g
         WHERE g.created_at >= :'range_start' AND g.created_at < :'range_end'
         GROUP BY g.generation_type, g.model_used, g.error_code) AS k
 WHERE k.failures > 0
 ORDER BY k.failures DESC, 1, 2, 3
\g (footer=off null=- expanded=off)

\qecho 'The latest 10'
SELECT to_char(f.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS "at (UTC)", f.generation_type AS type, f.model_used AS model, f.error_code AS reason,
       f.error_status AS "HTTP status", f.request_id AS "request id"
  FROM evergreen.generation_failures AS f
 WHERE f.created_at >= :'range_start' AND f.created_at < :'range_end'
 ORDER BY f.created_at DESC LIMIT 10
\g (footer=off null=- expanded=off)
\else
\qecho '  none'
\qecho
\endif

\qecho 'What the database warned of'
\if :warnings_found

SELECT s.component, count(*) AS times, to_char(max(s.created_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS "last (UTC)", left(s.message, 100) AS message
  FROM evergreen.system_log AS s
 WHERE s.level <> 'info' AND s.created_at >= :'range_start' AND s.created_at < :'range_end'
 GROUP BY s.component, left(s.message, 100)
 ORDER BY max(s.created_at) DESC LIMIT 20
\g (footer=off null=- expanded=off)
\else
\qecho '  none'
\qecho
\endif
