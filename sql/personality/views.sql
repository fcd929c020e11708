-- What analysts and pg-evergreen status read of personalities.

CREATE VIEW evergreen.personality_ages AS
SELECT 'personality' AS content_type, c.generated_at, c.generation_prompt_id, c.generation_model, c.version, c.revision, c.bytes,
       (SELECT count(*) FROM jsonb_object_keys(c.tuning)) AS adjustments,
       (SELECT count(*) FROM jsonb_object_keys(c.dropped_tuning)) AS dropped_adjustments, c.tuned_at,
       evergreen.fresh_until(c.generated_at, c.expires_at, p.max_age) AS fresh_until,
       CASE WHEN c.is_stale THEN 'marked stale'
            ELSE evergreen.freshness(c.generated_at, c.expires_at, c.version = p.schema_version, p.max_age, p.stale_while_revalidate, now()) END AS freshness
  FROM evergreen.personality_cache AS c
  JOIN evergreen.content_policies AS p ON p.content_type = 'personality';
COMMENT ON VIEW evergreen.personality_ages IS 'Every personality by its age and size, without what it says and of whom.';
COMMENT ON COLUMN evergreen.personality_ages.content_type IS 'personality.';
COMMENT ON COLUMN evergreen.personality_ages.generated_at IS 'When it was last analysed.';
COMMENT ON COLUMN evergreen.personality_ages.generation_prompt_id IS 'Prompt version it was made with.';
COMMENT ON COLUMN evergreen.personality_ages.generation_model IS 'Model as the provider named it. unknown: the application saved it itself.';
COMMENT ON COLUMN evergreen.personality_ages.version IS 'Schema version.';
COMMENT ON COLUMN evergreen.personality_ages.revision IS 'How often analysis or tuning changed.';
COMMENT ON COLUMN evergreen.personality_ages.bytes IS 'Size of the analysis.';
COMMENT ON COLUMN evergreen.personality_ages.adjustments IS 'How many the person made.';
COMMENT ON COLUMN evergreen.personality_ages.dropped_adjustments IS 'How many a new analysis had no place for.';
COMMENT ON COLUMN evergreen.personality_ages.tuned_at IS 'When the person last adjusted or reset it.';
COMMENT ON COLUMN evergreen.personality_ages.fresh_until IS 'Until when its age allows to answer it as it is. NULL: for ever.';
COMMENT ON COLUMN evergreen.personality_ages.freshness IS 'fresh, stale, expired (by age or schema version), marked stale.';

CREATE OR REPLACE VIEW evergreen.content_ages AS
SELECT j.content_type, j.generated_at, j.generation_prompt_id, j.generation_model, j.times_presented, j.fresh_until, j.freshness
  FROM evergreen.journey_ages AS j
UNION ALL
SELECT a.content_type, a.generated_at, a.generation_prompt_id, a.generation_model, LEAST(a.uses, 2147483647)::integer, a.fresh_until, a.freshness
  FROM evergreen.answer_ages AS a
UNION ALL
SELECT p.content_type, p.generated_at, p.generation_prompt_id, p.generation_model, NULL, p.fresh_until, p.freshness
  FROM evergreen.personality_ages AS p;

-- Every shelf that keeps content of a user adds its own to this view.
CREATE VIEW evergreen.user_sizes AS
SELECT s.user_id, count(*) AS items, sum(s.bytes) AS bytes, sum(s.bytes) >= 10485760 AS alert
  FROM (
    SELECT c.user_id, c.bytes + octet_length(c.tuning::text) + octet_length(c.dropped_tuning::text) AS bytes
      FROM evergreen.personality_cache AS c
    UNION ALL
    SELECT a.user_id, octet_length(a.input::text) + octet_length(a.result::text)
      FROM evergreen.ai_answers AS a WHERE a.user_id IS NOT NULL
  ) AS s
 GROUP BY s.user_id;
COMMENT ON VIEW evergreen.user_sizes IS 'How much content is kept of each user. Source: seed 001_9b8056624fff263c.txt (10 MB a user).';
COMMENT ON COLUMN evergreen.user_sizes.user_id IS 'The user.';
COMMENT ON COLUMN evergreen.user_sizes.items IS 'Pieces of content.';
COMMENT ON COLUMN evergreen.user_sizes.bytes IS 'Their size in bytes of JSON text.';
COMMENT ON COLUMN evergreen.user_sizes.alert IS 'Whether they are 10 MB or more.';
