-- What analysts and pg-evergreen status read of the journey.

CREATE VIEW evergreen.journey_ages AS
SELECT c.content_type, c.generated_at, c.generation_prompt_id, c.generation_model, c.times_presented,
       COALESCE(c.expires_at, c.generated_at + extract(epoch FROM p.max_age) * interval '1 second') AS fresh_until,
       CASE WHEN c.ended IS NOT NULL THEN c.ended
            ELSE evergreen.freshness(c.generated_at, c.expires_at, c.schema_version = p.schema_version, p.max_age, p.stale_while_revalidate, now()) END AS freshness
  FROM (
    SELECT 'recommendation' AS content_type, r.generated_at, r.expires_at, r.schema_version, r.generation_prompt_id, r.generation_model, r.times_presented,
           CASE r.status WHEN 'completed' THEN 'completed' WHEN 'stale' THEN 'marked stale' END AS ended
      FROM evergreen.ai_generated_recommendations AS r
    UNION ALL
    SELECT 'insight', i.generated_at, i.expires_at, i.schema_version, i.generation_prompt_id, i.generation_model, i.times_presented,
           CASE WHEN i.invalidated_at IS NOT NULL THEN 'marked stale' END
      FROM evergreen.ai_generated_insights AS i
    UNION ALL
    SELECT 'health', h.generated_at, h.expires_at, h.schema_version, h.generation_prompt_id, h.generation_model, h.times_presented,
           CASE WHEN h.invalidated_at IS NOT NULL THEN 'marked stale' END
      FROM evergreen.ai_business_health_summaries AS h
  ) AS c
  JOIN evergreen.content_policies AS p ON p.content_type = c.content_type;
COMMENT ON VIEW evergreen.journey_ages IS 'Every piece of content of the journey by its age, without what it says and to whom. Whether a company has moved on since is known when it is read or staled.';
COMMENT ON COLUMN evergreen.journey_ages.content_type IS 'recommendation, insight or health.';
COMMENT ON COLUMN evergreen.journey_ages.generated_at IS 'When it was last generated.';
COMMENT ON COLUMN evergreen.journey_ages.generation_prompt_id IS 'Prompt version it was made with.';
COMMENT ON COLUMN evergreen.journey_ages.generation_model IS 'Model as the provider named it.';
COMMENT ON COLUMN evergreen.journey_ages.times_presented IS 'How often a person saw it.';
COMMENT ON COLUMN evergreen.journey_ages.fresh_until IS 'Until when its age allows to answer it as it is. NULL: for ever.';
COMMENT ON COLUMN evergreen.journey_ages.freshness IS 'fresh, stale, expired (by age or schema version), marked stale, completed.';

-- Every shelf adds its own ages to this view, and the reports need not know how many there are.
CREATE VIEW evergreen.content_ages AS
SELECT j.content_type, j.generated_at, j.generation_prompt_id, j.generation_model, j.times_presented, j.fresh_until, j.freshness
  FROM evergreen.journey_ages AS j;
COMMENT ON VIEW evergreen.content_ages IS 'Every piece of content of every shelf by its age, without what it says and to whom.';
COMMENT ON COLUMN evergreen.content_ages.content_type IS 'Kind of content.';
COMMENT ON COLUMN evergreen.content_ages.generated_at IS 'When it was last generated.';
COMMENT ON COLUMN evergreen.content_ages.generation_prompt_id IS 'Prompt version it was made with.';
COMMENT ON COLUMN evergreen.content_ages.generation_model IS 'Model as the provider named it.';
COMMENT ON COLUMN evergreen.content_ages.times_presented IS 'How often it was shown or answered.';
COMMENT ON COLUMN evergreen.content_ages.fresh_until IS 'Until when its age allows to answer it as it is. NULL: for ever.';
COMMENT ON COLUMN evergreen.content_ages.freshness IS 'fresh, stale, expired (by age or schema version), marked stale, completed.';

CREATE VIEW evergreen.content_freshness AS
SELECT c.content_type, c.freshness, count(*) AS items, min(c.generated_at) AS oldest, max(c.generated_at) AS newest
  FROM evergreen.content_ages AS c
 GROUP BY c.content_type, c.freshness;
COMMENT ON VIEW evergreen.content_freshness IS 'How much content there is, by kind and freshness: see content_ages.';
COMMENT ON COLUMN evergreen.content_freshness.content_type IS 'Kind of content.';
COMMENT ON COLUMN evergreen.content_freshness.freshness IS 'See content_ages.';
COMMENT ON COLUMN evergreen.content_freshness.items IS 'Number of rows.';
COMMENT ON COLUMN evergreen.content_freshness.oldest IS 'When the oldest of them was generated.';
COMMENT ON COLUMN evergreen.content_freshness.newest IS 'When the newest of them was generated.';

CREATE VIEW evergreen.recommendation_outcomes AS
SELECT r.generated_at, r.generation_prompt_id, r.generation_model, r.status, r.revision, r.times_presented,
       COALESCE(e.was_started, false) AS was_started, COALESCE(e.was_completed, false) AS was_completed, e.time_to_start, e.time_to_complete,
       r.user_feedback IS NOT NULL AS has_feedback,
       CASE WHEN jsonb_typeof(r.user_feedback -> 'quality') = 'number' THEN (r.user_feedback ->> 'quality')::numeric END AS quality,
       CASE WHEN jsonb_typeof(r.user_feedback -> 'relevance') = 'number' THEN (r.user_feedback ->> 'relevance')::numeric END AS relevance
  FROM evergreen.ai_generated_recommendations AS r
  LEFT JOIN evergreen.ai_recommendation_effectiveness AS e ON e.company_id = r.company_id AND e.recommendation_id = r.id;
COMMENT ON VIEW evergreen.recommendation_outcomes IS 'What became of each recommendation, without what it says and to whom.';
COMMENT ON COLUMN evergreen.recommendation_outcomes.has_feedback IS 'Whether somebody said something of it.';
COMMENT ON COLUMN evergreen.recommendation_outcomes.quality IS 'Field quality of the feedback, where it is a number.';
COMMENT ON COLUMN evergreen.recommendation_outcomes.relevance IS 'Field relevance of the feedback, where it is a number.';
