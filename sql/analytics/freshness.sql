-- How fresh the content is, what is being generated, and what will expire. For roles of grant_analyst() too.
--   \i sql/analytics/freshness.sql      looks 7 days ahead; \set ahead 30 looks further

\if :{?ahead}
\set ahead_days :ahead
\else
\set ahead_days 7
\endif
SELECT count(*) > 0 AS content_found,
       count(*) FILTER (WHERE a.freshness = 'fresh' AND a.fresh_until < now() + :'ahead_days'::integer * interval '24 hours') > 0 AS ending_found
  FROM evergreen.content_ages AS a \gset
SELECT count(*) FILTER (WHERE l.live) > 0 AS held_found, count(*) FILTER (WHERE l.retry_at > now()) > 0 AS pausing_found FROM evergreen.leases AS l \gset

\qecho
\qecho 'Content by freshness (of its age; whether its company has moved on is known when it is read)'
\if :content_found

SELECT f.content_type AS content, sum(f.items) AS pieces,
       COALESCE(sum(f.items) FILTER (WHERE f.freshness = 'fresh'), 0) AS fresh,
       COALESCE(sum(f.items) FILTER (WHERE f.freshness = 'stale'), 0) AS stale,
       COALESCE(sum(f.items) FILTER (WHERE f.freshness = 'expired'), 0) AS expired,
       COALESCE(sum(f.items) FILTER (WHERE f.freshness = 'marked stale'), 0) AS "marked stale",
       COALESCE(sum(f.items) FILTER (WHERE f.freshness = 'completed'), 0) AS completed,
       to_char(min(f.oldest) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS "oldest (UTC)",
       to_char(max(f.newest) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS "newest (UTC)"
  FROM evergreen.content_freshness AS f
 GROUP BY f.content_type
 ORDER BY f.content_type
\g (footer=off null=- expanded=off)
\else
\qecho '  none'
\qecho
\endif

\qecho 'Being generated now'
\if :held_found

SELECT l.content_type AS content, l.cache_key AS key, l.holder, date_trunc('second', now() - l.acquired_at) AS since,
       date_trunc('second', l.expires_at - now()) AS "another may take over in", round(l.reserved, 4) AS "reserved USD"
  FROM evergreen.leases AS l
 WHERE l.live
 ORDER BY l.acquired_at LIMIT 20
\g (footer=off null=- expanded=off)
\else
\qecho '  none'
\qecho
\endif

\qecho 'Pausing after failures'
\if :pausing_found

SELECT l.content_type AS content, l.cache_key AS key, l.failures AS "failures in a row", date_trunc('second', l.retry_at - now()) AS "next try in",
       l.last_error AS "last error"
  FROM evergreen.leases AS l
 WHERE l.retry_at > now()
 ORDER BY l.failures DESC, l.retry_at LIMIT 20
\g (footer=off null=- expanded=off)
\else
\qecho '  none'
\qecho
\endif

\qecho 'Fresh content that will reach its age within' :ahead_days 'days, by day (UTC)'
\if :ending_found

SELECT (a.fresh_until AT TIME ZONE 'UTC')::date AS day,
       count(*) FILTER (WHERE a.content_type = 'recommendation') AS recommendations,
       count(*) FILTER (WHERE a.content_type = 'insight') AS insights,
       count(*) FILTER (WHERE a.content_type = 'health') AS "health summaries",
       count(*) AS "in all"
  FROM evergreen.content_ages AS a
 WHERE a.freshness = 'fresh' AND a.fresh_until < now() + :'ahead_days'::integer * interval '24 hours'
 GROUP BY 1
 ORDER BY 1
\g (footer=off null=- expanded=off)
\else
\qecho '  none'
\qecho
\endif
