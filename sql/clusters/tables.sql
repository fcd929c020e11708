-- The clusters shelf: answers of a model by their input, whatever is asked. Clusters and their goals are two kinds of it, and any content
-- type an application makes with set_content_policy() is another. Source of names and columns: seed 000_88d03718946c83a1.txt.

CREATE TABLE evergreen.ai_answers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  content_type text NOT NULL REFERENCES evergreen.content_policies (content_type),
  input_hash text NOT NULL CHECK (octet_length(input_hash) BETWEEN 1 AND 512),
  variant_hash text NOT NULL,
  subject_hash text NOT NULL,
  parent_id uuid REFERENCES evergreen.ai_answers (id) ON DELETE CASCADE,
  company_id uuid,
  user_id text,
  input jsonb NOT NULL DEFAULT 'null',
  input_text text NOT NULL DEFAULT '',
  parameters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameters) = 'object'),
  result jsonb NOT NULL CHECK (jsonb_typeof(result) <> 'null'),
  provider text NOT NULL DEFAULT 'unknown',
  asked_model text NOT NULL DEFAULT 'unknown',
  generation_model text NOT NULL DEFAULT 'unknown',
  generation_prompt_id text REFERENCES evergreen.ai_generation_prompts (id),
  own_prompt boolean NOT NULL DEFAULT false,
  asked bytea,
  generated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz,
  invalidated_at timestamptz,
  schema_version integer NOT NULL DEFAULT 1,
  revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
  embedding_model text,
  embedding real[],
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (content_type, input_hash),
  CHECK ((embedding IS NULL) = (embedding_model IS NULL))
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05,
  toast.autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX ai_answers_asked ON evergreen.ai_answers (asked) WHERE asked IS NOT NULL;
CREATE INDEX ai_answers_parent ON evergreen.ai_answers (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX ai_answers_prompt ON evergreen.ai_answers (generation_prompt_id);
CREATE INDEX ai_answers_subject ON evergreen.ai_answers (content_type, subject_hash);
CREATE INDEX ai_answers_variant ON evergreen.ai_answers (variant_hash, generated_at DESC);
CREATE INDEX ai_answers_age ON evergreen.ai_answers (content_type, invalidated_at, generated_at);
CREATE INDEX ai_answers_company ON evergreen.ai_answers (company_id) WHERE company_id IS NOT NULL;
CREATE INDEX ai_answers_user ON evergreen.ai_answers (user_id) WHERE user_id IS NOT NULL;
COMMENT ON TABLE evergreen.ai_answers IS 'Answers of a model, one row a content type and input_hash: clusters, their goals, and any content type of the application. Written by save_answer(); clusters and cluster_goals are views of it. Source: seed 000_88d03718946c83a1.txt.';
COMMENT ON INDEX evergreen.ai_answers_asked IS 'The one probe of a hit: the same question in the same spelling.';
COMMENT ON INDEX evergreen.ai_answers_parent IS 'Foreign key; the goals of a cluster.';
COMMENT ON INDEX evergreen.ai_answers_prompt IS 'Foreign key; what one prompt version made.';
COMMENT ON INDEX evergreen.ai_answers_subject IS 'The same question asked of any model or prompt: fallback after a failure, invalidation by input.';
COMMENT ON INDEX evergreen.ai_answers_variant IS 'Answers that a similar input may be given: same model, prompt, parameters and owner, newest first.';
COMMENT ON INDEX evergreen.ai_answers_age IS 'What is valid, oldest first: invalidation, warming, retention.';
COMMENT ON INDEX evergreen.ai_answers_company IS 'Answers of one company: forget_company().';
COMMENT ON INDEX evergreen.ai_answers_user IS 'Answers of one user: forget_user().';
COMMENT ON COLUMN evergreen.ai_answers.id IS 'Identifier.';
COMMENT ON COLUMN evergreen.ai_answers.content_type IS 'Kind of content: cluster, cluster_goal, or one that set_content_policy() made.';
COMMENT ON COLUMN evergreen.ai_answers.input_hash IS 'Hash of all that affects the answer: content type, input, provider, asked model, text of the prompt, parameters, company, user, parent and its result. See question_of().';
COMMENT ON COLUMN evergreen.ai_answers.variant_hash IS 'Hash of the same without the input: who was asked, how and for whom.';
COMMENT ON COLUMN evergreen.ai_answers.subject_hash IS 'Hash of content type, input and parent: the same question, whoever was asked, how and for whom.';
COMMENT ON COLUMN evergreen.ai_answers.parent_id IS 'Answer that this one follows, e.g. the cluster of goals; it goes when that goes.';
COMMENT ON COLUMN evergreen.ai_answers.company_id IS 'Company that owns it and pays for it. NULL: none.';
COMMENT ON COLUMN evergreen.ai_answers.user_id IS 'User who owns it and pays for it. NULL: none. Without company and user it is shared by all.';
COMMENT ON COLUMN evergreen.ai_answers.input IS 'What was asked, as the model was shown it.';
COMMENT ON COLUMN evergreen.ai_answers.input_text IS 'The words of the input, for similarity.';
COMMENT ON COLUMN evergreen.ai_answers.parameters IS 'Parameters of the model: temperature, seed, ...';
COMMENT ON COLUMN evergreen.ai_answers.result IS 'The answer.';
COMMENT ON COLUMN evergreen.ai_answers.provider IS 'Who ran the model. unknown: written by hand.';
COMMENT ON COLUMN evergreen.ai_answers.asked_model IS 'Model that was asked for.';
COMMENT ON COLUMN evergreen.ai_answers.generation_model IS 'Model as the provider named it.';
COMMENT ON COLUMN evergreen.ai_answers.generation_prompt_id IS 'Prompt version it was made with.';
COMMENT ON COLUMN evergreen.ai_answers.own_prompt IS 'Whether the caller gave the prompt, instead of using the active one.';
COMMENT ON COLUMN evergreen.ai_answers.asked IS 'SHA-256 of the question as its last saver spelled it (asked_as()): who asks the same in the same words is answered without reading the words. NULL: never by this way.';
COMMENT ON COLUMN evergreen.ai_answers.generated_at IS 'When it was last generated.';
COMMENT ON COLUMN evergreen.ai_answers.expires_at IS 'Until when it is fresh. NULL: the policy''s max_age decides when it is read.';
COMMENT ON COLUMN evergreen.ai_answers.invalidated_at IS 'When it was invalidated. NULL: it was not.';
COMMENT ON COLUMN evergreen.ai_answers.schema_version IS 'The policy''s schema_version when it was saved.';
COMMENT ON COLUMN evergreen.ai_answers.revision IS 'Counts the times it was generated.';
COMMENT ON COLUMN evergreen.ai_answers.embedding_model IS 'Model that made the embedding; only embeddings of one model are compared.';
COMMENT ON COLUMN evergreen.ai_answers.embedding IS 'Embedding of the input, of length 1.';
COMMENT ON COLUMN evergreen.ai_answers.created_at IS 'When the row was made.';
COMMENT ON COLUMN evergreen.ai_answers.updated_at IS 'When it last changed.';

-- Apart from the answers, so that counting writes a few bytes and not whole answers anew.
CREATE TABLE evergreen.ai_answer_uses (
  answer_id uuid PRIMARY KEY REFERENCES evergreen.ai_answers (id) ON DELETE CASCADE,
  uses bigint NOT NULL CHECK (uses > 0),
  last_used_at timestamptz NOT NULL
) WITH (fillfactor = 70);
COMMENT ON TABLE evergreen.ai_answer_uses IS 'How often answers were given, as clients report it in batches: record_answer_uses(). What was never given is not in here.';
COMMENT ON COLUMN evergreen.ai_answer_uses.answer_id IS 'The answer.';
COMMENT ON COLUMN evergreen.ai_answer_uses.uses IS 'How often it was answered.';
COMMENT ON COLUMN evergreen.ai_answer_uses.last_used_at IS 'When it was last answered, as reported: clients send their sums every minute or so.';

CREATE TYPE evergreen.question AS (
  content_type text,
  input jsonb,
  provider text,
  model text,
  prompt_id text,
  prompt text,
  own_prompt boolean,
  parameters jsonb,
  company_id uuid,
  user_id text,
  parent_id uuid,
  parent_result jsonb,
  parent_updated_at timestamptz,
  variant_hash text,
  subject_hash text,
  input_hash text
);
COMMENT ON TYPE evergreen.question IS 'What is asked, checked, with the hashes it is kept under; made by question_of() and passed between the functions of the shelf.';
COMMENT ON COLUMN evergreen.question.content_type IS 'Kind of content.';
COMMENT ON COLUMN evergreen.question.input IS 'The input as the model is shown it.';
COMMENT ON COLUMN evergreen.question.provider IS 'Who runs the model.';
COMMENT ON COLUMN evergreen.question.model IS 'Model that is asked.';
COMMENT ON COLUMN evergreen.question.prompt_id IS 'Prompt version. NULL: the caller''s template is not kept yet.';
COMMENT ON COLUMN evergreen.question.prompt IS 'Template of the prompt.';
COMMENT ON COLUMN evergreen.question.own_prompt IS 'Whether the caller gave the template.';
COMMENT ON COLUMN evergreen.question.parameters IS 'Parameters of the model.';
COMMENT ON COLUMN evergreen.question.company_id IS 'Company that owns and pays.';
COMMENT ON COLUMN evergreen.question.user_id IS 'User who owns and pays.';
COMMENT ON COLUMN evergreen.question.parent_id IS 'Answer that is followed.';
COMMENT ON COLUMN evergreen.question.parent_result IS 'Its result.';
COMMENT ON COLUMN evergreen.question.parent_updated_at IS 'When its row last changed.';
COMMENT ON COLUMN evergreen.question.variant_hash IS 'As in ai_answers.';
COMMENT ON COLUMN evergreen.question.subject_hash IS 'As in ai_answers.';
COMMENT ON COLUMN evergreen.question.input_hash IS 'As in ai_answers.';

CREATE TABLE evergreen.similarity_verdicts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  content_type text NOT NULL REFERENCES evergreen.content_policies (content_type) ON DELETE CASCADE,
  answer_id uuid NOT NULL REFERENCES evergreen.ai_answers (id) ON DELETE CASCADE,
  asked_hash text NOT NULL,
  asked text NOT NULL,
  similarity real NOT NULL CHECK (similarity BETWEEN 0 AND 1),
  method text NOT NULL CHECK (method IN ('embedding', 'trigram')),
  agreed boolean NOT NULL,
  company_id uuid,
  user_id text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (answer_id, asked_hash, method)
);
CREATE INDEX similarity_verdicts_rate ON evergreen.similarity_verdicts (content_type, method, similarity);
COMMENT ON TABLE evergreen.similarity_verdicts IS 'Whether an answer that was given to a similar input was right, as callers said it: what the false-hit rate of a threshold is computed from. Goes with its answer.';
COMMENT ON INDEX evergreen.similarity_verdicts_rate IS 'Foreign key; rates by threshold.';
COMMENT ON COLUMN evergreen.similarity_verdicts.id IS 'Identifier.';
COMMENT ON COLUMN evergreen.similarity_verdicts.content_type IS 'Kind of content.';
COMMENT ON COLUMN evergreen.similarity_verdicts.answer_id IS 'The answer that was given.';
COMMENT ON COLUMN evergreen.similarity_verdicts.asked_hash IS 'Hash of what was asked: a later verdict of the same replaces the earlier.';
COMMENT ON COLUMN evergreen.similarity_verdicts.asked IS 'Words of what was asked.';
COMMENT ON COLUMN evergreen.similarity_verdicts.similarity IS 'Similarity of what was asked and the input of the answer, 0 to 1.';
COMMENT ON COLUMN evergreen.similarity_verdicts.method IS 'How it was measured: embedding or trigram.';
COMMENT ON COLUMN evergreen.similarity_verdicts.agreed IS 'Whether the answer was right for what was asked.';
COMMENT ON COLUMN evergreen.similarity_verdicts.company_id IS 'Company that asked. NULL: none.';
COMMENT ON COLUMN evergreen.similarity_verdicts.user_id IS 'User who asked. NULL: none.';
COMMENT ON COLUMN evergreen.similarity_verdicts.created_at IS 'When the verdict was given.';

CREATE TYPE evergreen.pending_save AS (
  ordinal integer,
  cache_key text,
  input_hash text,
  subject_hash text,
  asked bytea,
  error text,
  lease_token uuid,
  model text,
  prompt_id text,
  prompt_tokens integer,
  completion_tokens integer,
  cached_tokens integer,
  generation_time_ms integer,
  request_id text,
  embedding real[],
  embedding_model text,
  expires_at timestamptz
);
COMMENT ON TYPE evergreen.pending_save IS 'One element of save_answers(), read and on its way to its row, but for its input and result.';
COMMENT ON COLUMN evergreen.pending_save.ordinal IS 'Its place in the list, from 1.';
COMMENT ON COLUMN evergreen.pending_save.cache_key IS 'Key of its lease.';
COMMENT ON COLUMN evergreen.pending_save.input_hash IS 'Key of what was asked, as it would be asked now.';
COMMENT ON COLUMN evergreen.pending_save.subject_hash IS 'As in ai_answers.';
COMMENT ON COLUMN evergreen.pending_save.asked IS 'As in ai_answers. NULL: its key is that of an earlier question.';
COMMENT ON COLUMN evergreen.pending_save.error IS 'Why it cannot be kept.';
COMMENT ON COLUMN evergreen.pending_save.lease_token IS 'Token of its lease.';
COMMENT ON COLUMN evergreen.pending_save.model IS 'Model as the provider named it.';
COMMENT ON COLUMN evergreen.pending_save.prompt_id IS 'Prompt version.';
COMMENT ON COLUMN evergreen.pending_save.prompt_tokens IS 'As in the log.';
COMMENT ON COLUMN evergreen.pending_save.completion_tokens IS 'As in the log.';
COMMENT ON COLUMN evergreen.pending_save.cached_tokens IS 'As in the log.';
COMMENT ON COLUMN evergreen.pending_save.generation_time_ms IS 'As in the log.';
COMMENT ON COLUMN evergreen.pending_save.request_id IS 'As in the log.';
COMMENT ON COLUMN evergreen.pending_save.embedding IS 'Embedding of the input.';
COMMENT ON COLUMN evergreen.pending_save.embedding_model IS 'Model of the embedding.';
COMMENT ON COLUMN evergreen.pending_save.expires_at IS 'As in ai_answers.';

CREATE TYPE evergreen.settled_save AS (
  ordinal integer,
  cache_key text,
  lease_token uuid,
  state text,
  error text,
  model text,
  prompt_id text,
  payer text,
  reserved numeric,
  waited_for boolean,
  prompt_tokens integer,
  completion_tokens integer,
  cached_tokens integer,
  generation_time_ms integer,
  request_id text,
  cost numeric,
  id uuid,
  revision integer,
  retry_after_ms integer
);
COMMENT ON TYPE evergreen.settled_save IS 'One element of save_answers(), kept or not, on its way to the log and to its caller.';
COMMENT ON COLUMN evergreen.settled_save.ordinal IS 'As in pending_save.';
COMMENT ON COLUMN evergreen.settled_save.cache_key IS 'As in pending_save.';
COMMENT ON COLUMN evergreen.settled_save.lease_token IS 'As in pending_save.';
COMMENT ON COLUMN evergreen.settled_save.state IS 'saved, saved_stale, lease_lost or invalid.';
COMMENT ON COLUMN evergreen.settled_save.error IS 'As in pending_save.';
COMMENT ON COLUMN evergreen.settled_save.model IS 'As in pending_save.';
COMMENT ON COLUMN evergreen.settled_save.prompt_id IS 'As in pending_save.';
COMMENT ON COLUMN evergreen.settled_save.payer IS 'User who pays: of the call, else of the lease.';
COMMENT ON COLUMN evergreen.settled_save.reserved IS 'What its lease had reserved.';
COMMENT ON COLUMN evergreen.settled_save.waited_for IS 'Whether somebody waits for its lease to end.';
COMMENT ON COLUMN evergreen.settled_save.prompt_tokens IS 'As in the log.';
COMMENT ON COLUMN evergreen.settled_save.completion_tokens IS 'As in the log.';
COMMENT ON COLUMN evergreen.settled_save.cached_tokens IS 'As in the log.';
COMMENT ON COLUMN evergreen.settled_save.generation_time_ms IS 'As in pending_save.';
COMMENT ON COLUMN evergreen.settled_save.request_id IS 'As in the log.';
COMMENT ON COLUMN evergreen.settled_save.cost IS 'USD. NULL: unknown price.';
COMMENT ON COLUMN evergreen.settled_save.id IS 'Row that keeps it. NULL: none.';
COMMENT ON COLUMN evergreen.settled_save.revision IS 'Of that row.';
COMMENT ON COLUMN evergreen.settled_save.retry_after_ms IS 'As fail_generation().';

CREATE TYPE evergreen.pending_claim AS (
  ordinal integer,
  cache_key text,
  duplicate_of integer,
  input jsonb,
  state text,
  reason text,
  retry_after_ms integer,
  lease_token uuid,
  prompt text
);
COMMENT ON TYPE evergreen.pending_claim IS 'One input of claim_answers(), on its way to its lease.';
COMMENT ON COLUMN evergreen.pending_claim.ordinal IS 'Its place in the list, from 1.';
COMMENT ON COLUMN evergreen.pending_claim.cache_key IS 'Key of its lease.';
COMMENT ON COLUMN evergreen.pending_claim.duplicate_of IS 'Place of the same question before it. NULL: it is the first.';
COMMENT ON COLUMN evergreen.pending_claim.input IS 'What is asked, as the model is shown it.';
COMMENT ON COLUMN evergreen.pending_claim.state IS 'As claim_answers().';
COMMENT ON COLUMN evergreen.pending_claim.reason IS 'As claim_answers().';
COMMENT ON COLUMN evergreen.pending_claim.retry_after_ms IS 'As claim_answers().';
COMMENT ON COLUMN evergreen.pending_claim.lease_token IS 'Token of the lease: of whoever let it run out, then of the caller.';
COMMENT ON COLUMN evergreen.pending_claim.prompt IS 'What the model is to be asked.';

CREATE TYPE evergreen.answer_match AS (
  freshness text,
  reason text,
  answer evergreen.ai_answers
);
COMMENT ON TYPE evergreen.answer_match IS 'What there is for a question; made by match_answer().';
COMMENT ON COLUMN evergreen.answer_match.freshness IS 'fresh, stale, expired or missing.';
COMMENT ON COLUMN evergreen.answer_match.reason IS 'Why.';
COMMENT ON COLUMN evergreen.answer_match.answer IS 'The row that may be shown. NULL: none.';

CREATE TRIGGER touch_answer BEFORE UPDATE ON evergreen.ai_answers
  FOR EACH ROW EXECUTE FUNCTION evergreen.touch_updated_at();
COMMENT ON TRIGGER touch_answer ON evergreen.ai_answers IS 'Moves updated_at.';
