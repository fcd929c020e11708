-- The seed's tables, as views that can be written to, and what analysts read. The owner writes to them; applications call functions.

CREATE VIEW evergreen.clusters AS
SELECT a.id, a.input_hash, a.result AS cluster_result, a.created_at, a.updated_at, a.content_type, a.input, a.company_id, a.user_id,
       a.asked_model, a.generation_model, a.generation_prompt_id, a.generated_at, a.expires_at, a.invalidated_at, a.revision,
       COALESCE((SELECT u.uses FROM evergreen.ai_answer_uses AS u WHERE u.answer_id = a.id), 0) AS uses,
       (SELECT u.last_used_at FROM evergreen.ai_answer_uses AS u WHERE u.answer_id = a.id) AS last_used_at
  FROM evergreen.ai_answers AS a
 WHERE a.content_type = 'cluster'
  WITH CHECK OPTION;
ALTER VIEW evergreen.clusters ALTER COLUMN content_type SET DEFAULT 'cluster';
COMMENT ON VIEW evergreen.clusters IS 'Content: results of clustering by the hash of their input: a view of ai_answers that can be inserted into, updated and deleted from. Source: seed 000_88d03718946c83a1.txt.';
COMMENT ON COLUMN evergreen.clusters.id IS 'Identifier.';
COMMENT ON COLUMN evergreen.clusters.input_hash IS 'Hash of all that affects the answer, see ai_answers; unique. The applications own, where it writes rows by hand.';
COMMENT ON COLUMN evergreen.clusters.cluster_result IS 'The clusters.';
COMMENT ON COLUMN evergreen.clusters.created_at IS 'When the row was made.';
COMMENT ON COLUMN evergreen.clusters.updated_at IS 'When it last changed.';
COMMENT ON COLUMN evergreen.clusters.content_type IS 'Always cluster.';
COMMENT ON COLUMN evergreen.clusters.input IS 'What was asked, as the model was shown it.';
COMMENT ON COLUMN evergreen.clusters.company_id IS 'Company that owns it. NULL: none.';
COMMENT ON COLUMN evergreen.clusters.user_id IS 'User who owns it. NULL: none.';
COMMENT ON COLUMN evergreen.clusters.asked_model IS 'Model that was asked for. unknown: written by hand.';
COMMENT ON COLUMN evergreen.clusters.generation_model IS 'Model as the provider named it.';
COMMENT ON COLUMN evergreen.clusters.generation_prompt_id IS 'Prompt version it was made with.';
COMMENT ON COLUMN evergreen.clusters.generated_at IS 'When it was last generated.';
COMMENT ON COLUMN evergreen.clusters.expires_at IS 'Until when it is fresh. NULL: the policys max_age decides when it is read.';
COMMENT ON COLUMN evergreen.clusters.invalidated_at IS 'When it was invalidated. NULL: it was not.';
COMMENT ON COLUMN evergreen.clusters.revision IS 'Counts the times it was generated.';
COMMENT ON COLUMN evergreen.clusters.uses IS 'How often it was answered.';
COMMENT ON COLUMN evergreen.clusters.last_used_at IS 'When it was last answered.';

CREATE VIEW evergreen.cluster_goals AS
SELECT a.id, a.parent_id AS cluster_id, a.result AS goal, a.created_at, a.updated_at, a.content_type, a.input_hash, a.company_id, a.user_id,
       a.asked_model, a.generation_model, a.generation_prompt_id, a.generated_at, a.expires_at, a.invalidated_at, a.revision,
       COALESCE((SELECT u.uses FROM evergreen.ai_answer_uses AS u WHERE u.answer_id = a.id), 0) AS uses,
       (SELECT u.last_used_at FROM evergreen.ai_answer_uses AS u WHERE u.answer_id = a.id) AS last_used_at
  FROM evergreen.ai_answers AS a
 WHERE a.content_type = 'cluster_goal'
  WITH CHECK OPTION;
ALTER VIEW evergreen.cluster_goals ALTER COLUMN content_type SET DEFAULT 'cluster_goal';
COMMENT ON VIEW evergreen.cluster_goals IS 'Content: goals of clusters, which go when their cluster goes: a view of ai_answers that can be inserted into, updated and deleted from. Source: seed 000_88d03718946c83a1.txt.';
COMMENT ON COLUMN evergreen.cluster_goals.id IS 'Identifier.';
COMMENT ON COLUMN evergreen.cluster_goals.cluster_id IS 'The cluster.';
COMMENT ON COLUMN evergreen.cluster_goals.goal IS 'The goals.';
COMMENT ON COLUMN evergreen.cluster_goals.created_at IS 'When the row was made.';
COMMENT ON COLUMN evergreen.cluster_goals.updated_at IS 'When it last changed.';
COMMENT ON COLUMN evergreen.cluster_goals.content_type IS 'Always cluster_goal.';
COMMENT ON COLUMN evergreen.cluster_goals.input_hash IS 'Hash of all that affects the answer, see ai_answers; unique. The applications own, where it writes rows by hand.';
COMMENT ON COLUMN evergreen.cluster_goals.company_id IS 'Company that owns it. NULL: none.';
COMMENT ON COLUMN evergreen.cluster_goals.user_id IS 'User who owns it. NULL: none.';
COMMENT ON COLUMN evergreen.cluster_goals.asked_model IS 'Model that was asked for. unknown: written by hand.';
COMMENT ON COLUMN evergreen.cluster_goals.generation_model IS 'Model as the provider named it.';
COMMENT ON COLUMN evergreen.cluster_goals.generation_prompt_id IS 'Prompt version it was made with.';
COMMENT ON COLUMN evergreen.cluster_goals.generated_at IS 'When it was last generated.';
COMMENT ON COLUMN evergreen.cluster_goals.expires_at IS 'Until when it is fresh. NULL: the policys max_age decides when it is read.';
COMMENT ON COLUMN evergreen.cluster_goals.invalidated_at IS 'When it was invalidated. NULL: it was not.';
COMMENT ON COLUMN evergreen.cluster_goals.revision IS 'Counts the times it was generated.';
COMMENT ON COLUMN evergreen.cluster_goals.uses IS 'How often it was answered.';
COMMENT ON COLUMN evergreen.cluster_goals.last_used_at IS 'When it was last answered.';

CREATE VIEW evergreen.similarity_verdict_rates AS
SELECT v.content_type, v.method, t.threshold, count(*) AS verdicts, count(*) FILTER (WHERE NOT v.agreed) AS wrong,
       round(count(*) FILTER (WHERE NOT v.agreed)::numeric / count(*), 4) AS error_rate
  FROM (SELECT (i / 100.0)::numeric(3, 2) AS threshold FROM generate_series(50, 100) AS i) AS t
  JOIN evergreen.similarity_verdicts AS v ON v.similarity >= t.threshold::real
 GROUP BY v.content_type, v.method, t.threshold;
COMMENT ON VIEW evergreen.similarity_verdict_rates IS 'How often answers to similar inputs were wrong, by callers'' verdicts, had the threshold been so high.';
COMMENT ON COLUMN evergreen.similarity_verdict_rates.content_type IS 'Kind of content.';
COMMENT ON COLUMN evergreen.similarity_verdict_rates.method IS 'embedding or trigram.';
COMMENT ON COLUMN evergreen.similarity_verdict_rates.threshold IS 'Similarity, 0.50 to 1.00.';
COMMENT ON COLUMN evergreen.similarity_verdict_rates.verdicts IS 'Verdicts on answers that were at least so similar.';
COMMENT ON COLUMN evergreen.similarity_verdict_rates.wrong IS 'Those that say the answer was not right.';
COMMENT ON COLUMN evergreen.similarity_verdict_rates.error_rate IS 'Their share.';

CREATE VIEW evergreen.answer_ages AS
SELECT a.content_type, a.generated_at, a.generation_prompt_id, a.generation_model, COALESCE(u.uses, 0) AS uses, u.last_used_at, a.revision,
       evergreen.fresh_until(a.generated_at, a.expires_at, p.max_age) AS fresh_until,
       CASE WHEN a.invalidated_at IS NOT NULL THEN 'marked stale'
            ELSE evergreen.freshness(a.generated_at, a.expires_at, a.schema_version = p.schema_version, p.max_age, p.stale_while_revalidate, now()) END AS freshness
  FROM evergreen.ai_answers AS a
  JOIN evergreen.content_policies AS p ON p.content_type = a.content_type
  LEFT JOIN evergreen.ai_answer_uses AS u ON u.answer_id = a.id;
COMMENT ON VIEW evergreen.answer_ages IS 'Every answer by its age and use, without what it says, to what and to whom.';
COMMENT ON COLUMN evergreen.answer_ages.content_type IS 'Kind of content.';
COMMENT ON COLUMN evergreen.answer_ages.generated_at IS 'When it was last generated.';
COMMENT ON COLUMN evergreen.answer_ages.generation_prompt_id IS 'Prompt version it was made with.';
COMMENT ON COLUMN evergreen.answer_ages.generation_model IS 'Model as the provider named it.';
COMMENT ON COLUMN evergreen.answer_ages.uses IS 'How often it was answered.';
COMMENT ON COLUMN evergreen.answer_ages.last_used_at IS 'When it was last answered.';
COMMENT ON COLUMN evergreen.answer_ages.revision IS 'How often it was generated.';
COMMENT ON COLUMN evergreen.answer_ages.fresh_until IS 'Until when its age allows to answer it as it is. NULL: for ever.';
COMMENT ON COLUMN evergreen.answer_ages.freshness IS 'fresh, stale, expired (by age or schema version), marked stale.';

CREATE OR REPLACE VIEW evergreen.content_ages AS
SELECT j.content_type, j.generated_at, j.generation_prompt_id, j.generation_model, j.times_presented, j.fresh_until, j.freshness
  FROM evergreen.journey_ages AS j
UNION ALL
SELECT a.content_type, a.generated_at, a.generation_prompt_id, a.generation_model, LEAST(a.uses, 2147483647)::integer, a.fresh_until, a.freshness
  FROM evergreen.answer_ages AS a;
