-- What the daily maintenance did last, and how large the tables are. For roles of grant_analyst() too.
--   \i sql/analytics/maintenance.sql

SELECT count(*) > 0 AS found FROM evergreen.maintenance_history \gset

\qecho
\qecho 'Last runs of the maintenance'
\if :found

SELECT to_char(h.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS "started (UTC)", date_trunc('milliseconds', h.finished_at - h.started_at) AS took, h.status,
       (SELECT string_agg(d.key || ' ' || d.value, ', ' ORDER BY d.key) FROM jsonb_each_text(h.detail) AS d WHERE d.value <> '0') AS "rows by step"
  FROM evergreen.maintenance_history AS h
 ORDER BY h.run DESC LIMIT 7
\g (footer=off null=- expanded=off)

\qecho 'What every step said last'
SELECT to_char(l.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS "at (UTC)", l.step, l.rows, l.level, l.message
  FROM (SELECT DISTINCT ON (s.detail ->> 'step') s.created_at, s.detail ->> 'step' AS step, (s.detail ->> 'rows')::bigint AS rows, s.level, s.message
          FROM evergreen.system_log AS s
         WHERE s.component = 'ai_maintenance'
         ORDER BY s.detail ->> 'step', s.created_at DESC) AS l
 ORDER BY l.created_at
\g (footer=off null=- expanded=off)
\else
\qecho '  never run: CALL evergreen.ai_daily_maintenance(), or evergreen.schedule_maintenance() where pg_cron is installed'
\qecho
\endif

\qecho 'Tables, largest first (rows as last estimated)'
SELECT t.relname AS "table", t.n_live_tup AS rows, t.n_dead_tup AS dead, round(100.0 * t.n_dead_tup / NULLIF(t.n_live_tup + t.n_dead_tup, 0), 1) AS "dead %",
       pg_table_size(t.relid) / 1024 AS "size kB", pg_indexes_size(t.relid) / 1024 AS "indexes kB",
       to_char(GREATEST(t.last_vacuum, t.last_autovacuum) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS "vacuumed (UTC)",
       to_char(GREATEST(t.last_analyze, t.last_autoanalyze) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS "analyzed (UTC)"
  FROM pg_catalog.pg_stat_user_tables AS t
  JOIN pg_catalog.pg_class AS c ON c.oid = t.relid AND c.relkind = 'r'
 WHERE t.schemaname = 'evergreen'
 ORDER BY pg_total_relation_size(t.relid) DESC, t.relname
\g (footer=off null=- expanded=off)
