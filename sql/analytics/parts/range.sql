-- The range of a report, in UTC: from :from up to :to, which does not count; else the last :days days, today included; else the last 30.
\if :{?to}
SELECT :'to'::timestamp AT TIME ZONE 'UTC' AS range_end \gset
\else
SELECT now() AS range_end \gset
\endif
\if :{?from}
SELECT :'from'::timestamp AT TIME ZONE 'UTC' AS range_start \gset
\else
\if :{?days}
\set range_days :days
\else
\set range_days 30
\endif
SELECT date_trunc('day', :'range_end'::timestamptz - interval '1 microsecond', 'UTC') - (:'range_days'::integer - 1) * interval '24 hours' AS range_start \gset
\endif
SELECT format('from %s to %s UTC', to_char(:'range_start'::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
              to_char(:'range_end'::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')) AS range_title \gset
