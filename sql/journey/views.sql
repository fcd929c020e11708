-- What analysts and pg-evergreen status read of the journey.

CREATE VIEW evergreen.content_freshness AS
SELECT c.content_type, c.freshness, count(*) AS items, min(c.generated_at) AS oldest, max(c.generated_at) AS newest
  FROM (
    SELECT 'recommendation' AS content_type, r.generated_at,
           CASE WHEN r.status = 'completed' THEN 'completed' WHEN r.status = 'stale' THEN 'marked stale'
                ELSE evergreen.freshness(r.generated_at, r.expires_at, r.schema_version = p.schema_version, p.max_age, p.stale_while_revalidate, now()) END AS freshness
      FROM evergreen.ai_generated_recommendations AS r JOIN evergreen.content_policies AS p ON p.content_type = 'recommendation'
    UNION ALL
    SELECT 'insight', i.generated_at,
           CASE WHEN i.invalidated_at IS NOT NULL THEN 'marked stale'
                ELSE evergreen.freshness(i.generated_at, i.expires_at, i.schema_version = p.schema_version, p.max_age, p.stale_while_revalidate, now()) END
      FROM evergreen.ai_generated_insights AS i JOIN evergreen.content_policies AS p ON p.content_type = 'insight'
    UNION ALL
    SELECT 'health', h.generated_at,
           CASE WHEN h.invalidated_at IS NOT NULL THEN 'marked stale'
                ELSE evergreen.freshness(h.generated_at, h.expires_at, h.schema_version = p.schema_version, p.max_age, p.stale_while_revalidate, now()) END
      FROM evergreen.ai_business_health_summaries AS h JOIN evergreen.content_policies AS p ON p.content_type = 'health'
  ) AS c
 GROUP BY c.content_type, c.freshness;
COMMENT ON VIEW evergreen.content_freshness IS 'How much content there is, by kind and freshness: fresh, stale, expired (by age or schema version), marked stale, completed. Whether a company has moved on since is known when it is read or staled.';
COMMENT ON COLUMN evergreen.content_freshness.items IS 'Number of rows.';

CREATE VIEW evergreen.recommendation_outcomes AS
SELECT r.generated_at, r.generation_prompt_id, r.generation_model, r.status, r.revision, r.times_presented,
       COALESCE(e.was_started, false) AS was_started, COALESCE(e.was_completed, false) AS was_completed, e.time_to_start, e.time_to_complete,
       r.user_feedback IS NOT NULL AS has_feedback
  FROM evergreen.ai_generated_recommendations AS r
  LEFT JOIN evergreen.ai_recommendation_effectiveness AS e ON e.company_id = r.company_id AND e.recommendation_id = r.id;
COMMENT ON VIEW evergreen.recommendation_outcomes IS 'What became of each recommendation, without what it says and to whom.';
