-- The journey shelf: recommendations, peer insights and business health summaries of a company, and the
-- context they were generated from. Source of names and columns: seed 004_cba5aaa9e1a5292b.txt.

CREATE TABLE evergreen.ai_generated_recommendations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id uuid NOT NULL,
  step_id uuid,
  recommendation_key text NOT NULL,
  content jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object'),
  context_hash text NOT NULL CHECK (length(context_hash) = 64 AND context_hash !~ '[^0-9a-f]'),
  status text NOT NULL DEFAULT 'fresh' CHECK (status IN ('fresh', 'active', 'completed', 'stale')),
  generation_model text NOT NULL,
  generation_prompt_id text REFERENCES evergreen.ai_generation_prompts (id),
  generated_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  last_presented_at timestamptz,
  times_presented integer NOT NULL DEFAULT 0 CHECK (times_presented >= 0),
  user_feedback jsonb CHECK (jsonb_typeof(user_feedback) = 'object'),
  rank integer NOT NULL DEFAULT 1 CHECK (rank >= 1),
  revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
  instruction text,
  schema_version integer NOT NULL DEFAULT 1,
  UNIQUE (company_id, id),
  UNIQUE (company_id, recommendation_key, context_hash)
) WITH (fillfactor = 85);
CREATE INDEX ai_generated_recommendations_current ON evergreen.ai_generated_recommendations (company_id, context_hash, generated_at DESC, rank, id)
  WHERE status IN ('fresh', 'active');
CREATE INDEX ai_generated_recommendations_live ON evergreen.ai_generated_recommendations (company_id, generated_at DESC, rank, id)
  WHERE status IN ('fresh', 'active');
CREATE INDEX ai_generated_recommendations_company ON evergreen.ai_generated_recommendations (company_id, status, generated_at DESC);
CREATE INDEX ai_generated_recommendations_step ON evergreen.ai_generated_recommendations (step_id);
CREATE INDEX ai_generated_recommendations_prompt ON evergreen.ai_generated_recommendations (generation_prompt_id);
CREATE INDEX ai_generated_recommendations_generated ON evergreen.ai_generated_recommendations (generated_at, id);
COMMENT ON TABLE evergreen.ai_generated_recommendations IS 'Recommendations generated for a company, each for one state of the company (context_hash). Saving the same one again makes a new revision of its row. Source: seed 004_cba5aaa9e1a5292b.txt.';
COMMENT ON INDEX evergreen.ai_generated_recommendations_current IS 'The hit: what is live for a company in its present context, newest first. Staling: what is live on both sides of it.';
COMMENT ON INDEX evergreen.ai_generated_recommendations_live IS 'The fallback: what is live for a company in any context, newest first; staling.';
COMMENT ON INDEX evergreen.ai_generated_recommendations_company IS 'All of a company by status: fallback after a failure, deletion of the company.';
COMMENT ON INDEX evergreen.ai_generated_recommendations_step IS 'Foreign key to the application''s steps.';
COMMENT ON INDEX evergreen.ai_generated_recommendations_prompt IS 'Foreign key; what one prompt version made.';
COMMENT ON INDEX evergreen.ai_generated_recommendations_generated IS 'Staling of the oldest, row by row; retention.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.id IS 'Identifier.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.company_id IS 'Company it is for.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.step_id IS 'Step it recommends. NULL: a general one, or the step was deleted.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.recommendation_key IS 'What tells it from the others of the same company and context: step:<id>, or general:<title in lower case>. Filled in when left empty.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.content IS 'The whole recommendation: title, description, rationale, actions, ...';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.context_hash IS 'State of the company it was generated for: company_context_hash().';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.status IS 'fresh (not seen), active (seen, possibly started), completed, stale (outdated). Moves fresh to active to completed; fresh or active to stale.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.generation_model IS 'Model as the provider named it.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.generation_prompt_id IS 'Prompt version it was made with.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.generated_at IS 'When this revision was generated.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.expires_at IS 'Until when it is fresh. NULL: the policy''s max_age decides when it is read.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.last_presented_at IS 'When a person last saw it.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.times_presented IS 'How often a person saw it.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.user_feedback IS 'What people said of it: quality, relevance, comment, ...';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.rank IS 'Its place in the model''s answer; 1 is the best.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.revision IS 'Counts the times it was generated or refined; earlier ones are in ai_recommendation_revisions.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.instruction IS 'The instruction this revision was refined by. NULL: it was generated.';
COMMENT ON COLUMN evergreen.ai_generated_recommendations.schema_version IS 'The policy''s schema_version when it was saved.';

CREATE TABLE evergreen.ai_recommendation_revisions (
  company_id uuid NOT NULL,
  recommendation_id uuid NOT NULL,
  revision integer NOT NULL,
  content jsonb NOT NULL,
  instruction text,
  generation_model text NOT NULL,
  generation_prompt_id text REFERENCES evergreen.ai_generation_prompts (id),
  generated_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, recommendation_id, revision),
  FOREIGN KEY (company_id, recommendation_id) REFERENCES evergreen.ai_generated_recommendations (company_id, id) ON DELETE CASCADE
);
CREATE INDEX ai_recommendation_revisions_prompt ON evergreen.ai_recommendation_revisions (generation_prompt_id);
COMMENT ON TABLE evergreen.ai_recommendation_revisions IS 'Earlier revisions of recommendations; the present one is in ai_generated_recommendations.';
COMMENT ON INDEX evergreen.ai_recommendation_revisions_prompt IS 'Foreign key.';
COMMENT ON COLUMN evergreen.ai_recommendation_revisions.company_id IS 'Company of the recommendation.';
COMMENT ON COLUMN evergreen.ai_recommendation_revisions.recommendation_id IS 'The recommendation.';
COMMENT ON COLUMN evergreen.ai_recommendation_revisions.revision IS '1, 2, 3, ...';
COMMENT ON COLUMN evergreen.ai_recommendation_revisions.content IS 'What it said.';
COMMENT ON COLUMN evergreen.ai_recommendation_revisions.instruction IS 'The instruction it was refined by. NULL: it was generated.';
COMMENT ON COLUMN evergreen.ai_recommendation_revisions.generation_model IS 'Model that wrote it.';
COMMENT ON COLUMN evergreen.ai_recommendation_revisions.generation_prompt_id IS 'Prompt version it was made with.';
COMMENT ON COLUMN evergreen.ai_recommendation_revisions.generated_at IS 'When it was generated.';

CREATE TABLE evergreen.ai_generated_insights (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id uuid NOT NULL,
  domain_id uuid,
  step_id uuid,
  content text NOT NULL CHECK (content ~ E'\\S'),
  content_digest text NOT NULL GENERATED ALWAYS AS (md5(lower(regexp_replace(btrim(content, E' \t\r\n'), E'\\s+', ' ', 'g')))) STORED,
  asked_for text[] NOT NULL DEFAULT '{}',
  author_profile jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(author_profile) = 'object'),
  context_hash text NOT NULL CHECK (length(context_hash) = 64 AND context_hash !~ '[^0-9a-f]'),
  relevance_score double precision CHECK (relevance_score BETWEEN 0.5 AND 1.0),
  generation_model text NOT NULL,
  generation_prompt_id text REFERENCES evergreen.ai_generation_prompts (id),
  generated_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  last_presented_at timestamptz,
  times_presented integer NOT NULL DEFAULT 0 CHECK (times_presented >= 0),
  invalidated_at timestamptz,
  schema_version integer NOT NULL DEFAULT 1,
  UNIQUE (company_id, id),
  UNIQUE (company_id, content_digest)
) WITH (fillfactor = 85);
CREATE INDEX ai_generated_insights_best ON evergreen.ai_generated_insights (company_id, context_hash, relevance_score DESC NULLS LAST, times_presented, generated_at DESC, id);
CREATE INDEX ai_generated_insights_domain ON evergreen.ai_generated_insights (domain_id, company_id);
CREATE INDEX ai_generated_insights_step ON evergreen.ai_generated_insights (step_id, company_id);
CREATE INDEX ai_generated_insights_prompt ON evergreen.ai_generated_insights (generation_prompt_id);
CREATE INDEX ai_generated_insights_generated ON evergreen.ai_generated_insights (generated_at);
COMMENT ON TABLE evergreen.ai_generated_insights IS 'Peer insights generated for a company. The same text (but for case and white space) stands once: said again, its row moves to the new context. Source: seed 004_cba5aaa9e1a5292b.txt.';
COMMENT ON INDEX evergreen.ai_generated_insights_best IS 'The hit: insights of a company in its present context, best first, least shown first among equals.';
COMMENT ON INDEX evergreen.ai_generated_insights_domain IS 'Foreign key; insights of a domain.';
COMMENT ON INDEX evergreen.ai_generated_insights_step IS 'Foreign key; insights of a step.';
COMMENT ON INDEX evergreen.ai_generated_insights_prompt IS 'Foreign key; what one prompt version made.';
COMMENT ON INDEX evergreen.ai_generated_insights_generated IS 'Retention.';
COMMENT ON COLUMN evergreen.ai_generated_insights.id IS 'Identifier.';
COMMENT ON COLUMN evergreen.ai_generated_insights.company_id IS 'Company it is for.';
COMMENT ON COLUMN evergreen.ai_generated_insights.domain_id IS 'Domain it was last generated for. NULL: none, or it was deleted.';
COMMENT ON COLUMN evergreen.ai_generated_insights.step_id IS 'Step it was last generated for. NULL: none, or it was deleted.';
COMMENT ON COLUMN evergreen.ai_generated_insights.content IS 'The text of the insight.';
COMMENT ON COLUMN evergreen.ai_generated_insights.content_digest IS 'Digest of the text without regard to case and white space: the same text is not kept twice.';
COMMENT ON COLUMN evergreen.ai_generated_insights.asked_for IS 'Places (domain and step, see insight_place()) the text was generated for: it answers for each of them.';
COMMENT ON COLUMN evergreen.ai_generated_insights.author_profile IS 'The peer who speaks: name, company, role.';
COMMENT ON COLUMN evergreen.ai_generated_insights.context_hash IS 'State of the company it was generated for.';
COMMENT ON COLUMN evergreen.ai_generated_insights.relevance_score IS 'How relevant it is: 0.5 to 1.0.';
COMMENT ON COLUMN evergreen.ai_generated_insights.generation_model IS 'Model as the provider named it.';
COMMENT ON COLUMN evergreen.ai_generated_insights.generation_prompt_id IS 'Prompt version it was made with.';
COMMENT ON COLUMN evergreen.ai_generated_insights.generated_at IS 'When it was generated. Said again for another place while it is fresh, it keeps its age.';
COMMENT ON COLUMN evergreen.ai_generated_insights.expires_at IS 'Until when it is fresh. NULL: the policy''s max_age decides when it is read.';
COMMENT ON COLUMN evergreen.ai_generated_insights.last_presented_at IS 'When a person last saw it.';
COMMENT ON COLUMN evergreen.ai_generated_insights.times_presented IS 'How often a person saw it.';
COMMENT ON COLUMN evergreen.ai_generated_insights.invalidated_at IS 'When it was invalidated. NULL: it was not.';
COMMENT ON COLUMN evergreen.ai_generated_insights.schema_version IS 'The policy''s schema_version when it was saved.';

CREATE TABLE evergreen.ai_business_health_summaries (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id uuid NOT NULL,
  content jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object'),
  context_hash text NOT NULL CHECK (length(context_hash) = 64 AND context_hash !~ '[^0-9a-f]'),
  generation_model text NOT NULL,
  generation_prompt_id text REFERENCES evergreen.ai_generation_prompts (id),
  generated_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  last_presented_at timestamptz,
  times_presented integer NOT NULL DEFAULT 0 CHECK (times_presented >= 0),
  invalidated_at timestamptz,
  revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
  schema_version integer NOT NULL DEFAULT 1,
  UNIQUE (company_id, id),
  UNIQUE (company_id, context_hash)
);
CREATE INDEX ai_business_health_summaries_newest ON evergreen.ai_business_health_summaries (company_id, generated_at DESC);
CREATE INDEX ai_business_health_summaries_prompt ON evergreen.ai_business_health_summaries (generation_prompt_id);
CREATE INDEX ai_business_health_summaries_generated ON evergreen.ai_business_health_summaries (generated_at);
COMMENT ON TABLE evergreen.ai_business_health_summaries IS 'Business health of a company, one summary for each state of it. Source: seed 004_cba5aaa9e1a5292b.txt.';
COMMENT ON INDEX evergreen.ai_business_health_summaries_newest IS 'The fallback: newest of any context.';
COMMENT ON INDEX evergreen.ai_business_health_summaries_prompt IS 'Foreign key; what one prompt version made.';
COMMENT ON INDEX evergreen.ai_business_health_summaries_generated IS 'Retention.';
COMMENT ON COLUMN evergreen.ai_business_health_summaries.id IS 'Identifier.';
COMMENT ON COLUMN evergreen.ai_business_health_summaries.company_id IS 'Company it is about.';
COMMENT ON COLUMN evergreen.ai_business_health_summaries.content IS 'The whole summary: headline, score, strengths, risks, next steps.';
COMMENT ON COLUMN evergreen.ai_business_health_summaries.context_hash IS 'State of the company it was generated for.';
COMMENT ON COLUMN evergreen.ai_business_health_summaries.generation_model IS 'Model as the provider named it.';
COMMENT ON COLUMN evergreen.ai_business_health_summaries.generation_prompt_id IS 'Prompt version it was made with.';
COMMENT ON COLUMN evergreen.ai_business_health_summaries.generated_at IS 'When it was last generated.';
COMMENT ON COLUMN evergreen.ai_business_health_summaries.expires_at IS 'Until when it is fresh. NULL: the policy''s max_age decides when it is read.';
COMMENT ON COLUMN evergreen.ai_business_health_summaries.last_presented_at IS 'When a person last saw it.';
COMMENT ON COLUMN evergreen.ai_business_health_summaries.times_presented IS 'How often a person saw it.';
COMMENT ON COLUMN evergreen.ai_business_health_summaries.invalidated_at IS 'When it was invalidated. NULL: it was not.';
COMMENT ON COLUMN evergreen.ai_business_health_summaries.revision IS 'Counts the times it was generated for this state.';
COMMENT ON COLUMN evergreen.ai_business_health_summaries.schema_version IS 'The policy''s schema_version when it was saved.';

CREATE TABLE evergreen.ai_context_snapshots (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id uuid NOT NULL,
  context_hash text NOT NULL CHECK (length(context_hash) = 64 AND context_hash !~ '[^0-9a-f]'),
  context_data jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (company_id, id),
  UNIQUE (company_id, context_hash)
);
CREATE INDEX ai_context_snapshots_seen ON evergreen.ai_context_snapshots (last_seen_at, id);
COMMENT ON TABLE evergreen.ai_context_snapshots IS 'States of a company that content was generated for, each once, with when it was last seen: a state that returns is the same row again. Source: seed 004_cba5aaa9e1a5292b.txt.';
COMMENT ON INDEX evergreen.ai_context_snapshots_seen IS 'Retention.';
COMMENT ON COLUMN evergreen.ai_context_snapshots.id IS 'Identifier.';
COMMENT ON COLUMN evergreen.ai_context_snapshots.company_id IS 'Company.';
COMMENT ON COLUMN evergreen.ai_context_snapshots.context_hash IS 'company_context_hash() of this state.';
COMMENT ON COLUMN evergreen.ai_context_snapshots.context_data IS 'company_context() of this state, lists cut to the policy''s context_max_items (counts say how long they were).';
COMMENT ON COLUMN evergreen.ai_context_snapshots.created_at IS 'When it was first seen.';
COMMENT ON COLUMN evergreen.ai_context_snapshots.last_seen_at IS 'When it was last seen.';

CREATE TABLE evergreen.ai_recommendation_effectiveness (
  recommendation_id uuid PRIMARY KEY,
  company_id uuid NOT NULL,
  was_started boolean NOT NULL DEFAULT false,
  was_completed boolean NOT NULL DEFAULT false,
  time_to_start interval,
  time_to_complete interval,
  created_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (company_id, recommendation_id) REFERENCES evergreen.ai_generated_recommendations (company_id, id) ON DELETE CASCADE
);
CREATE INDEX ai_recommendation_effectiveness_company ON evergreen.ai_recommendation_effectiveness (company_id, recommendation_id);
COMMENT ON TABLE evergreen.ai_recommendation_effectiveness IS 'What became of a recommendation: one row once it is started or completed, first times kept. Source: seed 004_cba5aaa9e1a5292b.txt.';
COMMENT ON INDEX evergreen.ai_recommendation_effectiveness_company IS 'Foreign key; effectiveness of one company.';
COMMENT ON COLUMN evergreen.ai_recommendation_effectiveness.recommendation_id IS 'The recommendation.';
COMMENT ON COLUMN evergreen.ai_recommendation_effectiveness.company_id IS 'Its company.';
COMMENT ON COLUMN evergreen.ai_recommendation_effectiveness.was_started IS 'Whether it was started.';
COMMENT ON COLUMN evergreen.ai_recommendation_effectiveness.was_completed IS 'Whether it was completed.';
COMMENT ON COLUMN evergreen.ai_recommendation_effectiveness.time_to_start IS 'From generation to the first start.';
COMMENT ON COLUMN evergreen.ai_recommendation_effectiveness.time_to_complete IS 'From the generation that was started to completion.';
COMMENT ON COLUMN evergreen.ai_recommendation_effectiveness.created_at IS 'When it was first started or completed.';

-- UNLOGGED: it holds no row longer than a statement.
CREATE UNLOGGED TABLE evergreen.host_holds (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company_id uuid,
  domain_id uuid,
  step_id uuid
);
CREATE INDEX host_holds_company ON evergreen.host_holds (company_id) WHERE company_id IS NOT NULL;
CREATE INDEX host_holds_domain ON evergreen.host_holds (domain_id) WHERE domain_id IS NOT NULL;
CREATE INDEX host_holds_step ON evergreen.host_holds (step_id) WHERE step_id IS NOT NULL;
COMMENT ON TABLE evergreen.host_holds IS 'How hold_host() locks rows of the application without a right to: the foreign keys of a row that is gone again at once do. Always empty.';
COMMENT ON INDEX evergreen.host_holds_company IS 'Foreign key to the application''s companies.';
COMMENT ON INDEX evergreen.host_holds_domain IS 'Foreign key to the application''s domains.';
COMMENT ON INDEX evergreen.host_holds_step IS 'Foreign key to the application''s steps.';
COMMENT ON COLUMN evergreen.host_holds.id IS 'Identifier.';
COMMENT ON COLUMN evergreen.host_holds.company_id IS 'Company that is not to be deleted before the transaction ends.';
COMMENT ON COLUMN evergreen.host_holds.domain_id IS 'Domain that is not to be deleted.';
COMMENT ON COLUMN evergreen.host_holds.step_id IS 'Step that is not to be deleted.';

-- Rows that belong to a recommendation go with it: a key of their own to the company would only be one more lock.
INSERT INTO evergreen.host_references (our_table, our_column, host_table, on_delete) VALUES
  ('ai_generated_recommendations', 'company_id', 'companies', 'CASCADE'),
  ('ai_generated_recommendations', 'step_id', 'journey_steps', 'SET NULL'),
  ('ai_generated_insights', 'company_id', 'companies', 'CASCADE'),
  ('ai_generated_insights', 'domain_id', 'journey_domains', 'SET NULL'),
  ('ai_generated_insights', 'step_id', 'journey_steps', 'SET NULL'),
  ('ai_business_health_summaries', 'company_id', 'companies', 'CASCADE'),
  ('ai_context_snapshots', 'company_id', 'companies', 'CASCADE'),
  ('host_holds', 'company_id', 'companies', 'CASCADE'),
  ('host_holds', 'domain_id', 'journey_domains', 'CASCADE'),
  ('host_holds', 'step_id', 'journey_steps', 'CASCADE');
