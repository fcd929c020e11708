-- Answers given to similar inputs: how often, how often wrong by threshold, and which threshold that suggests. Needs a role of grant_analyst().
--   \i sql/analytics/similarity.sql     lookups of the last 30 days; other ranges by \set days 7, or \set from 2026-10-01 and \set to 2026-11-01
--                                       the rate of wrong answers to bear: \set max_error_rate 0.05 (default 0.01)
-- Verdicts are what callers said with record_similarity_verdict(); a threshold is only as good as they are many.

\ir parts/range.sql
\if :{?max_error_rate}
\else
  \set max_error_rate 0.01
\endif
SELECT COALESCE(sum(c.similar_hits), 0) > 0 AS hits_found FROM evergreen.get_cache_stats(:'range_start', :'range_end', 'all') AS c \gset
SELECT count(*) > 0 AS verdicts_found FROM evergreen.similarity_verdict_rates \gset

\qecho
\qecho 'Answered from similar inputs' :range_title
\if :hits_found

SELECT c.content_type AS content, c.lookups AS callers, c.hits, c.similar_hits AS "of them similar", round(100.0 * c.similar_hits / c.lookups, 1) AS "similar %"
  FROM evergreen.get_cache_stats(:'range_start', :'range_end', 'all') AS c
 WHERE c.similar_hits > 0
 ORDER BY c.similar_hits DESC, c.content_type
\g (footer=off null=- expanded=off)
\else
\qecho '  none'
\qecho
\endif

\qecho 'Wrong answers by threshold, as callers judged them'
\if :verdicts_found

SELECT r.content_type AS content, r.method, r.threshold, r.verdicts, r.wrong, round(100 * r.error_rate, 1) AS "wrong %"
  FROM evergreen.similarity_verdict_rates AS r
 WHERE r.threshold * 100 % 5 = 0
 ORDER BY r.content_type, r.method, r.threshold
\g (footer=off null=- expanded=off)

\qecho 'Lowest threshold with at most' :max_error_rate 'of the answers wrong'
SELECT k.content_type AS content, k.method, s.threshold, s.verdicts, round(100 * s.error_rate, 1) AS "wrong %"
  FROM (SELECT DISTINCT r.content_type, r.method FROM evergreen.similarity_verdict_rates AS r) AS k
 CROSS JOIN LATERAL evergreen.suggest_similarity_threshold(:'max_error_rate', k.content_type, k.method) AS s
 ORDER BY k.content_type, k.method
\g (footer=off null=none expanded=off)
\else
\qecho '  no verdicts'
\qecho
\endif
