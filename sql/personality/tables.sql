-- The personality shelf: one analysis of a user's personality, with the adjustments the person made to it. Source of names and columns:
-- seed 001_9b8056624fff263c.txt. Earlier revisions are not kept: nobody needs what was once thought of a person.

CREATE TABLE evergreen.personality_cache (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id text NOT NULL UNIQUE CHECK (user_id ~ E'\\S' AND octet_length(user_id) <= 512),
  analysis_data jsonb NOT NULL CHECK (jsonb_typeof(analysis_data) = 'object'),
  tuning jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(tuning) = 'object'),
  dropped_tuning jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(dropped_tuning) = 'object'),
  tuned_at timestamptz,
  version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
  is_stale boolean NOT NULL DEFAULT false,
  generated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz,
  generation_model text NOT NULL DEFAULT 'unknown',
  generation_prompt_id text REFERENCES evergreen.ai_generation_prompts (id),
  bytes integer NOT NULL CHECK (bytes <= 5242880),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 80);
CREATE INDEX personality_cache_version ON evergreen.personality_cache (version, user_id) WHERE NOT is_stale;
CREATE INDEX personality_cache_prompt ON evergreen.personality_cache (generation_prompt_id);
COMMENT ON TABLE evergreen.personality_cache IS 'The personality of a user as it was last analysed, one row a user, and what the person adjusted. Earlier revisions are not kept. No index names a column that an ordinary save changes, so that saves are HOT updates. Source: seed 001_9b8056624fff263c.txt.';
COMMENT ON INDEX evergreen.personality_cache_version IS 'What is not marked stale, by schema version: invalidation of a version, or of all.';
COMMENT ON INDEX evergreen.personality_cache_prompt IS 'Foreign key; what one prompt version made.';
COMMENT ON COLUMN evergreen.personality_cache.id IS 'Identifier: another one after the row was deleted and made anew.';
COMMENT ON COLUMN evergreen.personality_cache.user_id IS 'Whose it is: one row a user.';
COMMENT ON COLUMN evergreen.personality_cache.analysis_data IS 'The analysis, as the model or the application gave it.';
COMMENT ON COLUMN evergreen.personality_cache.tuning IS 'What the person adjusted: {path: value}, see save_personality_tuning(). Survives a new analysis where it still applies.';
COMMENT ON COLUMN evergreen.personality_cache.dropped_tuning IS 'Adjustments that a new analysis had no place for any more, until the person adjusts or resets again.';
COMMENT ON COLUMN evergreen.personality_cache.tuned_at IS 'When the person last adjusted or reset it. NULL: never.';
COMMENT ON COLUMN evergreen.personality_cache.version IS 'Schema version of the analysis. One of another version than the policy''s schema_version is stale.';
COMMENT ON COLUMN evergreen.personality_cache.revision IS 'Counts the changes of analysis and tuning: the ETag, and what saves are guarded by. An analysis that says the same does not raise it.';
COMMENT ON COLUMN evergreen.personality_cache.is_stale IS 'Whether it was invalidated since it was last analysed. Age is no part of it: see freshness().';
COMMENT ON COLUMN evergreen.personality_cache.generated_at IS 'When it was last analysed, also to the same result: its age counts from here.';
COMMENT ON COLUMN evergreen.personality_cache.expires_at IS 'Until when it is fresh. NULL: the policy''s max_age decides when it is read.';
COMMENT ON COLUMN evergreen.personality_cache.generation_model IS 'Model that wrote this analysis, as the provider named it. unknown: the application saved it itself.';
COMMENT ON COLUMN evergreen.personality_cache.generation_prompt_id IS 'Prompt version it was made with.';
COMMENT ON COLUMN evergreen.personality_cache.bytes IS 'Size of the analysis in bytes of its JSON text; filled in by itself. At most 5 MB, and what the policy allows.';
COMMENT ON COLUMN evergreen.personality_cache.created_at IS 'When the row was made.';
COMMENT ON COLUMN evergreen.personality_cache.updated_at IS 'When the row was last changed in any way; moves by itself.';

INSERT INTO evergreen.host_references (our_table, our_column, host_table, on_delete) VALUES
  ('personality_cache', 'user_id', 'users', 'CASCADE');

CREATE TRIGGER touch_personality BEFORE UPDATE ON evergreen.personality_cache
  FOR EACH ROW WHEN (OLD.updated_at = NEW.updated_at) EXECUTE FUNCTION evergreen.touch_updated_at();
COMMENT ON TRIGGER touch_personality ON evergreen.personality_cache IS 'Moves updated_at, unless the statement did.';
