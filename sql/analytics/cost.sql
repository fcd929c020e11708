-- What models cost: by model, by company and user, against the budgets, and where the month will end. For roles of grant_analyst() too.
--   \i sql/analytics/cost.sql           by model: the last 30 days; other ranges by \set days 7, or \set from 2026-10-01 and \set to 2026-11-01

\ir parts/range.sql
SELECT count(*) > 0 AS found FROM evergreen.usage_hourly AS u WHERE u.hour >= :'range_start' AND u.hour < :'range_end' \gset
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM') AS month,
       count(*) FILTER (WHERE s.scope = 'company' AND s.generations > 0) > 0 AS companies_found,
       count(*) FILTER (WHERE s.scope = 'user' AND s.generations > 0) > 0 AS users_found,
       count(s.budget) > 0 AS budgets_found
  FROM evergreen.spend_this_month AS s \gset

\qecho
\qecho 'Cost by model' :range_title
\if :found

SELECT u.provider, u.model_used AS model, sum(u.generations) AS calls, sum(u.prompt_tokens + u.completion_tokens) AS tokens,
       round(sum(u.cost), 4) AS "USD", round(100 * sum(u.cost) / NULLIF(sum(sum(u.cost)) OVER (), 0), 1) AS "share %",
       round(1000 * sum(u.cost) / NULLIF(sum(u.generations - u.unpriced), 0), 4) AS "USD / 1000 calls", sum(u.unpriced) AS "cost unknown"
  FROM evergreen.usage_hourly AS u
 WHERE u.hour >= :'range_start' AND u.hour < :'range_end'
 GROUP BY u.provider, u.model_used
 ORDER BY sum(u.cost) DESC NULLS LAST, calls DESC, 1, 2
\g (footer=off null=- expanded=off)
\else
\qecho '  none'
\qecho
\endif

\qecho 'Month' :month '(UTC): the 10 companies that cost most'
\if :companies_found

SELECT s.scope_id AS company, s.generations AS calls, round(s.spent, 4) AS "USD", round(s.reserved, 4) AS reserved,
       round(100 * s.spent / NULLIF((SELECT o.spent FROM evergreen.spend_this_month AS o WHERE o.scope = 'overall'), 0), 1) AS "share %"
  FROM evergreen.spend_this_month AS s
 WHERE s.scope = 'company' AND s.generations > 0
 ORDER BY s.spent DESC, s.scope_id LIMIT 10
\g (footer=off null=- expanded=off)
\else
\qecho '  none'
\qecho
\endif

\qecho 'Month' :month '(UTC): the 10 users who cost most'
\if :users_found

SELECT s.scope_id AS "user", s.generations AS calls, round(s.spent, 4) AS "USD", round(s.reserved, 4) AS reserved,
       round(100 * s.spent / NULLIF((SELECT o.spent FROM evergreen.spend_this_month AS o WHERE o.scope = 'overall'), 0), 1) AS "share %"
  FROM evergreen.spend_this_month AS s
 WHERE s.scope = 'user' AND s.generations > 0
 ORDER BY s.spent DESC, s.scope_id LIMIT 10
\g (footer=off null=- expanded=off)
\else
\qecho '  none'
\qecho
\endif

\qecho 'Month' :month '(UTC): budgets, nearest to their limit first'
\if :budgets_found

SELECT s.scope, NULLIF(s.scope_id, '') AS id, s.budget AS "budget USD", round(s.spent, 4) AS spent, round(s.reserved, 4) AS reserved,
       round(100 * s.share, 1) AS "used %", round(s.spent / p.elapsed, 4) AS "month end at this pace",
       CASE WHEN s.hard THEN 'refuses' ELSE 'warns' END AS "at its limit", s.status
  FROM evergreen.spend_this_month AS s
 CROSS JOIN (SELECT extract(epoch FROM now() - date_trunc('month', now(), 'UTC'))
                    / extract(epoch FROM (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC' - date_trunc('month', now(), 'UTC')) AS elapsed) AS p
 WHERE s.budget IS NOT NULL
 ORDER BY s.share DESC NULLS FIRST, s.scope, s.scope_id
\g (footer=off null=- expanded=off)
\else
\qecho '  none'
\qecho
\endif

\qecho 'Months (UTC)'
SELECT to_char(m.month, 'YYYY-MM') AS month, COALESCE(s.generations, 0) AS calls, round(COALESCE(s.spent, 0), 4) AS "USD",
       CASE WHEN m.month = date_trunc('month', now() AT TIME ZONE 'UTC')
            THEN round(COALESCE(s.spent, 0) * extract(epoch FROM interval '1 day') * extract(day FROM m.month + interval '1 month' - interval '1 day')
                       / extract(epoch FROM (now() AT TIME ZONE 'UTC') - m.month), 4) END AS "month end at this pace"
  FROM generate_series(date_trunc('month', now() AT TIME ZONE 'UTC') - interval '5 months', date_trunc('month', now() AT TIME ZONE 'UTC'), interval '1 month') AS m (month)
  LEFT JOIN evergreen.spend_monthly AS s ON s.month = m.month::date AND s.scope = 'overall'
 WHERE s.generations > 0 OR m.month = date_trunc('month', now() AT TIME ZONE 'UTC')
 ORDER BY m.month
\g (footer=off null=- expanded=off)
