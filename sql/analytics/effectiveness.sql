-- What became of recommendations, by the prompt version and by the model that made them. For roles of grant_analyst() too.
--   \i sql/analytics/effectiveness.sql  generated in the last 30 days; other ranges by \set days 7, or \set from 2026-10-01 and \set to 2026-11-01
-- started %: of those that were shown or started. completed %: of those started. Quality and relevance: averages of those fields of the feedback.

\ir parts/range.sql
SELECT count(*) > 0 AS found FROM evergreen.recommendation_outcomes AS o WHERE o.generated_at >= :'range_start' AND o.generated_at < :'range_end' \gset
SELECT count(*) > 0 AS content_found FROM evergreen.content_ages AS a WHERE a.generated_at >= :'range_start' AND a.generated_at < :'range_end' \gset

\qecho
\qecho 'Recommendations generated' :range_title
\if :found

\qecho 'By prompt version'
SELECT o.generation_prompt_id AS prompt, count(*) AS generated, count(*) FILTER (WHERE o.times_presented > 0) AS shown,
       count(*) FILTER (WHERE o.was_started) AS started, count(*) FILTER (WHERE o.was_completed) AS completed,
       round(100.0 * count(*) FILTER (WHERE o.was_started) / NULLIF(count(*) FILTER (WHERE o.times_presented > 0 OR o.was_started), 0), 1) AS "started %",
       round(100.0 * count(*) FILTER (WHERE o.was_completed) / NULLIF(count(*) FILTER (WHERE o.was_started), 0), 1) AS "completed %",
       date_trunc('second', percentile_cont(0.5) WITHIN GROUP (ORDER BY o.time_to_start)) AS "median to start",
       date_trunc('second', percentile_cont(0.5) WITHIN GROUP (ORDER BY o.time_to_complete)) AS "median to completion",
       count(*) FILTER (WHERE o.has_feedback) AS feedback, round(avg(o.quality), 2) AS quality, round(avg(o.relevance), 2) AS relevance
  FROM evergreen.recommendation_outcomes AS o
 WHERE o.generated_at >= :'range_start' AND o.generated_at < :'range_end'
 GROUP BY o.generation_prompt_id
 ORDER BY "started %" DESC NULLS LAST, 1
\g (footer=off null=- expanded=off)

\qecho 'By model'
SELECT o.generation_model AS model, count(*) AS generated, count(*) FILTER (WHERE o.times_presented > 0) AS shown,
       count(*) FILTER (WHERE o.was_started) AS started, count(*) FILTER (WHERE o.was_completed) AS completed,
       round(100.0 * count(*) FILTER (WHERE o.was_started) / NULLIF(count(*) FILTER (WHERE o.times_presented > 0 OR o.was_started), 0), 1) AS "started %",
       round(100.0 * count(*) FILTER (WHERE o.was_completed) / NULLIF(count(*) FILTER (WHERE o.was_started), 0), 1) AS "completed %",
       date_trunc('second', percentile_cont(0.5) WITHIN GROUP (ORDER BY o.time_to_start)) AS "median to start",
       date_trunc('second', percentile_cont(0.5) WITHIN GROUP (ORDER BY o.time_to_complete)) AS "median to completion",
       count(*) FILTER (WHERE o.has_feedback) AS feedback, round(avg(o.quality), 2) AS quality, round(avg(o.relevance), 2) AS relevance
  FROM evergreen.recommendation_outcomes AS o
 WHERE o.generated_at >= :'range_start' AND o.generated_at < :'range_end'
 GROUP BY o.generation_model
 ORDER BY "started %" DESC NULLS LAST, 1
\g (footer=off null=- expanded=off)
\else
\qecho '  none'
\qecho
\endif

\qecho 'How much of what was generated is shown to anybody'
\if :content_found

SELECT a.content_type AS content, a.generation_prompt_id AS prompt, count(*) AS pieces, count(*) FILTER (WHERE a.times_presented > 0) AS shown,
       round(100.0 * count(*) FILTER (WHERE a.times_presented > 0) / count(*), 1) AS "shown %", sum(a.times_presented) AS "times shown"
  FROM evergreen.content_ages AS a
 WHERE a.generated_at >= :'range_start' AND a.generated_at < :'range_end'
 GROUP BY a.content_type, a.generation_prompt_id
 ORDER BY 1, 2
\g (footer=off null=- expanded=off)
\else
\qecho '  none'
\qecho
\endif
