-- The core: what every shelf asks for. Policies, prompts, prices, leases, the generation log and what is
-- rolled up from it, budgets, lookup statistics, audit, system log, and the views onto the host application.

CREATE SCHEMA IF NOT EXISTS evergreen;
COMMENT ON SCHEMA evergreen IS 'AI-generated content of the application: when it is fresh, who regenerates it, what it cost.';

-- What migrate applied; made here too so that psql -f gives the same catalogue. A view carries the name that postgres-migrations
-- insists on: it would take a table of that name, in any schema, for the application's own.
CREATE TABLE IF NOT EXISTS evergreen.applied_migrations (
  id integer PRIMARY KEY,
  name varchar(100) UNIQUE NOT NULL,
  hash varchar(40) NOT NULL,
  executed_at timestamp DEFAULT current_timestamp
);
COMMENT ON TABLE evergreen.applied_migrations IS 'Migrations applied by pg-evergreen migrate. Empty when the files were run with psql -f.';
COMMENT ON COLUMN evergreen.applied_migrations.id IS 'Number at the start of the file name.';
COMMENT ON COLUMN evergreen.applied_migrations.name IS 'Rest of the file name.';
COMMENT ON COLUMN evergreen.applied_migrations.hash IS 'SHA-1 of file name and text: a released migration never changes.';
COMMENT ON COLUMN evergreen.applied_migrations.executed_at IS 'When it was applied, in the session''s time zone (the library''s own column).';

CREATE OR REPLACE VIEW evergreen.migrations AS SELECT id, name, hash, executed_at FROM evergreen.applied_migrations;
COMMENT ON VIEW evergreen.migrations IS 'The same under the name that postgres-migrations writes to; a view, because an application that uses that library too would take a table of this name, in any schema, for its own.';
COMMENT ON COLUMN evergreen.migrations.id IS 'Number at the start of the file name.';
COMMENT ON COLUMN evergreen.migrations.name IS 'Rest of the file name.';
COMMENT ON COLUMN evergreen.migrations.hash IS 'SHA-1 of file name and text: a released migration never changes.';
COMMENT ON COLUMN evergreen.migrations.executed_at IS 'When it was applied, in the session''s time zone (the library''s own column).';

-- Policies ------------------------------------------------------------------------------------------------

CREATE TABLE evergreen.content_policies (
  content_type text PRIMARY KEY CHECK (content_type ~ '^[a-z][a-z0-9_]{0,62}$'),
  prompt_type text NOT NULL CHECK (prompt_type ~ '^[a-z][a-z0-9_]{0,62}$'),
  active_prompt_id text,
  max_age interval CHECK (max_age > interval '0'),
  stale_while_revalidate interval NOT NULL DEFAULT interval '0' CHECK (stale_while_revalidate >= interval '0'),
  stale_if_error interval NOT NULL DEFAULT interval '30 days' CHECK (stale_if_error >= interval '0'),
  lease_duration interval NOT NULL DEFAULT interval '1 minute' CHECK (lease_duration > interval '0'),
  failure_backoff interval NOT NULL DEFAULT interval '5 seconds' CHECK (failure_backoff > interval '0'),
  failure_backoff_max interval NOT NULL DEFAULT interval '10 minutes',
  max_bytes integer NOT NULL DEFAULT 262144 CHECK (max_bytes BETWEEN 1 AND 5242880),
  retain_for interval CHECK (retain_for > interval '0'),
  schema_version integer NOT NULL DEFAULT 1 CHECK (schema_version >= 1),
  similarity_threshold real CHECK (similarity_threshold BETWEEN 0 AND 1),
  change_tolerance real NOT NULL DEFAULT 0.05 CHECK (change_tolerance BETWEEN 0 AND 1),
  activity_granularity interval CHECK (activity_granularity > interval '0'),
  context_max_items integer NOT NULL DEFAULT 200 CHECK (context_max_items BETWEEN 1 AND 10000),
  max_prompt_tokens integer NOT NULL DEFAULT 16000 CHECK (max_prompt_tokens >= 1),
  max_completion_tokens integer NOT NULL DEFAULT 4000 CHECK (max_completion_tokens >= 1),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (failure_backoff_max >= failure_backoff)
);
COMMENT ON TABLE evergreen.content_policies IS 'How each kind of content is kept: one row a content type, changed with set_content_policy(), effective at once. Words as in RFC 9111 and RFC 5861.';
COMMENT ON COLUMN evergreen.content_policies.content_type IS 'Name of the kind of content: recommendation, insight, health, ...';
COMMENT ON COLUMN evergreen.content_policies.prompt_type IS 'Name under which its prompts and its log rows stand: recommendation, peer_insight, health_summary, ...';
COMMENT ON COLUMN evergreen.content_policies.active_prompt_id IS 'The active prompt of its type, kept here by triggers so that a hit need not look for it. NULL: none is active.';
COMMENT ON COLUMN evergreen.content_policies.max_age IS 'How long content is fresh after it was generated. NULL: it never ages.';
COMMENT ON COLUMN evergreen.content_policies.stale_while_revalidate IS 'How long after max_age aged content is still answered while it is refreshed in the background. Forgives age only: content of another context, schema version or before an invalidation is never served so.';
COMMENT ON COLUMN evergreen.content_policies.stale_if_error IS 'How old, counted from its generation, content may be that is shown because a generation failed.';
COMMENT ON COLUMN evergreen.content_policies.lease_duration IS 'How long one holder may generate a key before another may take over, unless it renews.';
COMMENT ON COLUMN evergreen.content_policies.failure_backoff IS 'Pause after a failed generation; doubles with each further failure of the same key.';
COMMENT ON COLUMN evergreen.content_policies.failure_backoff_max IS 'Longest pause between attempts.';
COMMENT ON COLUMN evergreen.content_policies.max_bytes IS 'Largest content of one row in bytes of its JSON text; more is refused with VG006. At most 5 MB.';
COMMENT ON COLUMN evergreen.content_policies.retain_for IS 'Maintenance deletes content generated longer ago than this. NULL: kept for ever.';
COMMENT ON COLUMN evergreen.content_policies.schema_version IS 'Version of the shape of the content. Content of another version is regenerated.';
COMMENT ON COLUMN evergreen.content_policies.similarity_threshold IS 'Similarity (0 to 1) from which content of a similar input may answer. NULL: only the same input does.';
COMMENT ON COLUMN evergreen.content_policies.change_tolerance IS 'How far apart two numbers of an analysis may be, as a share (0 to 1) of the larger, to count as the same: content that says the same as before is no new revision. Used by personalities.';
COMMENT ON COLUMN evergreen.content_policies.activity_granularity IS 'When set, the company''s last activity, truncated to this interval, is part of the context hash. NULL: activity alone changes nothing.';
COMMENT ON COLUMN evergreen.content_policies.context_max_items IS 'Longest list (steps, domains) that a prompt or a context snapshot holds.';
COMMENT ON COLUMN evergreen.content_policies.max_prompt_tokens IS 'Largest prompt, in tokens; reserved from the budget while generating. A prompt of more than 4 bytes a token is refused with VG006.';
COMMENT ON COLUMN evergreen.content_policies.max_completion_tokens IS 'Largest answer, in tokens: sent to the model as its limit, and reserved from the budget while generating.';
COMMENT ON COLUMN evergreen.content_policies.created_at IS 'When the policy was made.';
COMMENT ON COLUMN evergreen.content_policies.updated_at IS 'When it was last changed.';

CREATE TABLE evergreen.retention_policies (
  subject text PRIMARY KEY,
  retain_for interval NOT NULL CHECK (retain_for >= interval '0'),
  updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE evergreen.retention_policies IS 'How long maintenance keeps what is not content: logs, snapshots, idle leases. Changed with set_retention(). Source: seed 004, 90 days for logs and snapshots.';
COMMENT ON COLUMN evergreen.retention_policies.subject IS 'Name of the table that is pruned.';
COMMENT ON COLUMN evergreen.retention_policies.retain_for IS 'Rows older than this are deleted, in whole days of UTC.';
COMMENT ON COLUMN evergreen.retention_policies.updated_at IS 'When it was last changed.';


-- Prompts -------------------------------------------------------------------------------------------------

CREATE TABLE evergreen.ai_generation_prompts (
  id text PRIMARY KEY,
  prompt_type text NOT NULL CHECK (prompt_type ~ '^[a-z][a-z0-9_]{0,62}$'),
  prompt_template text NOT NULL CHECK (prompt_template ~ E'\\S'),
  created_at timestamptz NOT NULL DEFAULT now(),
  active boolean NOT NULL DEFAULT false,
  version integer NOT NULL CHECK (version >= 1),
  UNIQUE (prompt_type, version)
);
CREATE UNIQUE INDEX ai_generation_prompts_one_active ON evergreen.ai_generation_prompts (prompt_type) WHERE active;
COMMENT ON TABLE evergreen.ai_generation_prompts IS 'Versioned prompt templates: which version made which content. At most one version of a type is active. Source: seed 004_cba5aaa9e1a5292b.txt.';
COMMENT ON INDEX evergreen.ai_generation_prompts_one_active IS 'One active prompt a type.';
COMMENT ON COLUMN evergreen.ai_generation_prompts.id IS 'Type and version, e.g. recommendation_v1.';
COMMENT ON COLUMN evergreen.ai_generation_prompts.prompt_type IS 'What it generates: recommendation, peer_insight, health_summary, ...';
COMMENT ON COLUMN evergreen.ai_generation_prompts.prompt_template IS 'Text with {{variable}} places, filled in by render_prompt().';
COMMENT ON COLUMN evergreen.ai_generation_prompts.created_at IS 'When it was published.';
COMMENT ON COLUMN evergreen.ai_generation_prompts.active IS 'Whether render_prompt() uses it; moved by activate_prompt().';
COMMENT ON COLUMN evergreen.ai_generation_prompts.version IS '1, 2, 3, ... within its type.';
ALTER TABLE evergreen.content_policies ADD FOREIGN KEY (active_prompt_id) REFERENCES evergreen.ai_generation_prompts (id) ON DELETE SET NULL;
CREATE INDEX content_policies_active_prompt ON evergreen.content_policies (active_prompt_id);
COMMENT ON INDEX evergreen.content_policies_active_prompt IS 'Foreign key.';


-- Models and what they cost -------------------------------------------------------------------------------

CREATE TABLE evergreen.ai_models (
  provider text NOT NULL CHECK (provider ~ E'\\S'),
  model text NOT NULL CHECK (model ~ E'\\S'),
  valid_from timestamptz NOT NULL DEFAULT '-infinity',
  prompt_price numeric NOT NULL CHECK (prompt_price >= 0 AND prompt_price < 'Infinity'),
  completion_price numeric NOT NULL CHECK (completion_price >= 0 AND completion_price < 'Infinity'),
  cached_price numeric NOT NULL CHECK (cached_price >= 0 AND cached_price < 'Infinity'),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (provider, model, valid_from)
);
COMMENT ON TABLE evergreen.ai_models IS 'What a model costs, from when: one row a price. Changed with register_model(); a new price never changes what was logged before.';
COMMENT ON COLUMN evergreen.ai_models.provider IS 'Who runs the model: openai, ...';
COMMENT ON COLUMN evergreen.ai_models.model IS 'Name of the model. A dated name (gpt-4o-2024-08-06) without a row of its own has the price of the name without the date.';
COMMENT ON COLUMN evergreen.ai_models.valid_from IS 'From when this price holds; -infinity: from the beginning.';
COMMENT ON COLUMN evergreen.ai_models.prompt_price IS 'USD for 1,000,000 prompt tokens that were not read from the provider''s cache.';
COMMENT ON COLUMN evergreen.ai_models.completion_price IS 'USD for 1,000,000 completion tokens.';
COMMENT ON COLUMN evergreen.ai_models.cached_price IS 'USD for 1,000,000 prompt tokens read from the provider''s cache.';
COMMENT ON COLUMN evergreen.ai_models.created_at IS 'When the price was entered.';


-- Leases --------------------------------------------------------------------------------------------------

-- Domains, here and below, not CHECKs of the tables: a table's are read anew from the catalogue by every statement, a quarter of what ending a lease costs.
CREATE DOMAIN evergreen.cache_key AS text CHECK (octet_length(VALUE) BETWEEN 1 AND 512);
COMMENT ON DOMAIN evergreen.cache_key IS 'What a generation is claimed for: 1 to 512 bytes.';

-- UNLOGGED: a crash of the server empties it, which costs at most one more generation a key, never content or money.
CREATE UNLOGGED TABLE evergreen.generation_leases (
  content_type text NOT NULL,
  cache_key evergreen.cache_key NOT NULL,
  company_id uuid,
  user_id text,
  lease_token uuid,
  holder text,
  acquired_at timestamptz,
  expires_at timestamptz,
  reserved numeric NOT NULL DEFAULT 0,
  waited_for boolean NOT NULL DEFAULT false,
  invalidated boolean NOT NULL DEFAULT false,
  saved_xid xid8,
  failures integer NOT NULL DEFAULT 0,
  retry_at timestamptz,
  last_error text,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (content_type, cache_key)
) WITH (fillfactor = 70);
CREATE INDEX generation_leases_held ON evergreen.generation_leases (expires_at) WHERE lease_token IS NOT NULL;
CREATE INDEX generation_leases_company ON evergreen.generation_leases (company_id, content_type) WHERE company_id IS NOT NULL;
COMMENT ON TABLE evergreen.generation_leases IS 'Who generates which key now: single-flight across processes. A row also remembers failures (back-off) and the last save. UNLOGGED: empty after a crash.';
COMMENT ON INDEX evergreen.generation_leases_held IS 'The few leases that are held: budgets sum what they reserve, status lists them.';
COMMENT ON INDEX evergreen.generation_leases_company IS 'Keys of one company: invalidation and forget_company().';
COMMENT ON COLUMN evergreen.generation_leases.content_type IS 'Kind of content.';
COMMENT ON COLUMN evergreen.generation_leases.cache_key IS 'What is generated, e.g. company and context hash; at most 512 bytes.';
COMMENT ON COLUMN evergreen.generation_leases.company_id IS 'Tenant it is generated for, where there is one; its budget pays.';
COMMENT ON COLUMN evergreen.generation_leases.user_id IS 'User it is generated for, where there is one; their budget pays.';
COMMENT ON COLUMN evergreen.generation_leases.lease_token IS 'Secret of the present holder, checked by every save (fencing). NULL: nobody generates it.';
COMMENT ON COLUMN evergreen.generation_leases.holder IS 'Name the holder gave itself, e.g. host and process.';
COMMENT ON COLUMN evergreen.generation_leases.acquired_at IS 'When the lease was claimed.';
COMMENT ON COLUMN evergreen.generation_leases.expires_at IS 'From when another may take it over.';
COMMENT ON COLUMN evergreen.generation_leases.reserved IS 'USD kept back from the budgets until the lease is settled. Means nothing without a token.';
COMMENT ON COLUMN evergreen.generation_leases.waited_for IS 'Somebody was told busy: the end of this lease is notified, and its first failure hands over instead of backing off. Means nothing without a token.';
COMMENT ON COLUMN evergreen.generation_leases.invalidated IS 'An invalidation came while it was generated: the answer is saved as stale. Means nothing without a token.';
COMMENT ON COLUMN evergreen.generation_leases.saved_xid IS 'Transaction of the last save: whoever looked before it committed is told to look again.';
COMMENT ON COLUMN evergreen.generation_leases.failures IS 'Failures in a row; a save sets it to 0.';
COMMENT ON COLUMN evergreen.generation_leases.retry_at IS 'Until when claims are told backing_off.';
COMMENT ON COLUMN evergreen.generation_leases.last_error IS 'Why the last attempt failed.';
COMMENT ON COLUMN evergreen.generation_leases.updated_at IS 'Last change of this row.';

CREATE UNLOGGED TABLE evergreen.lost_leases (
  lease_token uuid PRIMARY KEY,
  company_id uuid,
  user_id text,
  company_forgotten boolean NOT NULL DEFAULT false,
  user_forgotten boolean NOT NULL DEFAULT false,
  lost_at timestamptz NOT NULL
);
CREATE INDEX lost_leases_company ON evergreen.lost_leases (company_id) WHERE company_id IS NOT NULL;
CREATE INDEX lost_leases_user ON evergreen.lost_leases (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX lost_leases_lost ON evergreen.lost_leases (lost_at);
COMMENT ON TABLE evergreen.lost_leases IS 'Leases that were taken over, or whose company or user was forgotten, while somebody was generating: who pays for an answer that comes late. UNLOGGED: empty after a crash.';
COMMENT ON INDEX evergreen.lost_leases_company IS 'forget_company().';
COMMENT ON INDEX evergreen.lost_leases_user IS 'forget_user().';
COMMENT ON INDEX evergreen.lost_leases_lost IS 'Pruning.';
COMMENT ON COLUMN evergreen.lost_leases.lease_token IS 'Token of the holder who lost it.';
COMMENT ON COLUMN evergreen.lost_leases.company_id IS 'Company it was generated for. NULL: none, or forgotten.';
COMMENT ON COLUMN evergreen.lost_leases.user_id IS 'User it was generated for, who reserved and pays. NULL: none, or forgotten.';
COMMENT ON COLUMN evergreen.lost_leases.company_forgotten IS 'What it cost is logged without the company.';
COMMENT ON COLUMN evergreen.lost_leases.user_forgotten IS 'What it cost is logged without the user.';
COMMENT ON COLUMN evergreen.lost_leases.lost_at IS 'When it was taken over or forgotten.';

CREATE TYPE evergreen.open_save AS (
  state text,
  company_id uuid,
  user_id text,
  reserved numeric,
  waited_for boolean
);
COMMENT ON TYPE evergreen.open_save IS 'A save between begin_save(), which ends its lease, and write_log(), which bills it.';
COMMENT ON COLUMN evergreen.open_save.state IS 'saved, saved_stale, lease_lost or conflict.';
COMMENT ON COLUMN evergreen.open_save.company_id IS 'Company that pays.';
COMMENT ON COLUMN evergreen.open_save.user_id IS 'User who pays.';
COMMENT ON COLUMN evergreen.open_save.reserved IS 'USD that the lease had reserved.';
COMMENT ON COLUMN evergreen.open_save.waited_for IS 'Whether others waited for the key.';


-- Generation log and usage --------------------------------------------------------------------------------

CREATE DOMAIN evergreen.whole_number AS integer CHECK (VALUE >= 0);
CREATE DOMAIN evergreen.usd AS numeric CHECK (VALUE >= 0);
CREATE DOMAIN evergreen.payer AS text CHECK (VALUE IN ('overall', 'company', 'user'));
COMMENT ON DOMAIN evergreen.whole_number IS 'Tokens or milliseconds that were counted: 0 or more.';
COMMENT ON DOMAIN evergreen.usd IS 'Money in USD: 0 or more.';
COMMENT ON DOMAIN evergreen.payer IS 'Whose budget pays: overall, company or user.';

CREATE TABLE evergreen.ai_generation_logs (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  company_id uuid,
  user_id text,
  generation_type text NOT NULL,
  prompt_id text REFERENCES evergreen.ai_generation_prompts (id),
  provider text NOT NULL,
  model_used text NOT NULL,
  prompt_tokens evergreen.whole_number,
  completion_tokens evergreen.whole_number,
  cached_tokens evergreen.whole_number,
  tokens_used bigint GENERATED ALWAYS AS (COALESCE(prompt_tokens::bigint + completion_tokens, prompt_tokens, completion_tokens)) STORED,
  cost evergreen.usd,
  generation_time_ms evergreen.whole_number,
  success boolean NOT NULL,
  outcome text NOT NULL,
  error_code text,
  error_message text,
  request_id text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE TABLE evergreen.ai_generation_logs_default PARTITION OF evergreen.ai_generation_logs DEFAULT;
CREATE INDEX ai_generation_logs_created ON evergreen.ai_generation_logs (created_at);
CREATE INDEX ai_generation_logs_company ON evergreen.ai_generation_logs (company_id, created_at);
CREATE INDEX ai_generation_logs_user ON evergreen.ai_generation_logs (user_id, created_at) WHERE user_id IS NOT NULL;
CREATE INDEX ai_generation_logs_failures ON evergreen.ai_generation_logs (generation_type, created_at) WHERE NOT success;
CREATE INDEX ai_generation_logs_prompt ON evergreen.ai_generation_logs (prompt_id, created_at);
COMMENT ON TABLE evergreen.ai_generation_logs IS 'One row a call of a model, failed ones too. Partitioned by month of UTC; pruned by retention after ai_usage_hourly has taken it up. Keeps ids of companies and users without a foreign key: what was spent outlives them. Source: seed 004_cba5aaa9e1a5292b.txt.';
COMMENT ON TABLE evergreen.ai_generation_logs_default IS 'Rows of months that have no partition yet; ensure_log_partitions() moves them to one.';
COMMENT ON INDEX evergreen.ai_generation_logs_created IS 'Edges of a range of statistics, and pruning.';
COMMENT ON INDEX evergreen.ai_generation_logs_company IS 'What was generated for one company.';
COMMENT ON INDEX evergreen.ai_generation_logs_user IS 'What was generated for one user.';
COMMENT ON INDEX evergreen.ai_generation_logs_failures IS 'Failures of one type, newest first.';
COMMENT ON INDEX evergreen.ai_generation_logs_prompt IS 'Foreign key; what one prompt version made.';
COMMENT ON COLUMN evergreen.ai_generation_logs.id IS 'Identifier; unique together with created_at.';
COMMENT ON COLUMN evergreen.ai_generation_logs.company_id IS 'Company it was generated for. NULL: none, or forgotten.';
COMMENT ON COLUMN evergreen.ai_generation_logs.user_id IS 'User it was generated for. NULL: none, or forgotten.';
COMMENT ON COLUMN evergreen.ai_generation_logs.generation_type IS 'The policy''s prompt_type: recommendation, peer_insight, health_summary, ...';
COMMENT ON COLUMN evergreen.ai_generation_logs.prompt_id IS 'Prompt version used.';
COMMENT ON COLUMN evergreen.ai_generation_logs.provider IS 'Who ran the model.';
COMMENT ON COLUMN evergreen.ai_generation_logs.model_used IS 'Model as the provider named it.';
COMMENT ON COLUMN evergreen.ai_generation_logs.prompt_tokens IS 'Tokens of the prompt, cached ones included. NULL: the provider did not say.';
COMMENT ON COLUMN evergreen.ai_generation_logs.completion_tokens IS 'Tokens of the answer.';
COMMENT ON COLUMN evergreen.ai_generation_logs.cached_tokens IS 'Those of prompt_tokens that the provider read from its cache.';
COMMENT ON COLUMN evergreen.ai_generation_logs.tokens_used IS 'Prompt and completion tokens together.';
COMMENT ON COLUMN evergreen.ai_generation_logs.cost IS 'USD, computed once by generation_cost() at the price of created_at. NULL: the price or the tokens are unknown.';
COMMENT ON COLUMN evergreen.ai_generation_logs.generation_time_ms IS 'How long the model took, in milliseconds.';
COMMENT ON COLUMN evergreen.ai_generation_logs.success IS 'Whether a valid answer came.';
COMMENT ON COLUMN evergreen.ai_generation_logs.outcome IS 'What became of the answer: generated (saved), saved_stale, lease_lost, conflict (somebody changed what it was for), uncached (database was down), failed.';
COMMENT ON COLUMN evergreen.ai_generation_logs.error_code IS 'provider_error, timeout, refused, truncated, invalid, aborted. NULL on success.';
COMMENT ON COLUMN evergreen.ai_generation_logs.error_message IS 'What the provider or the validation said; at most 2,000 characters.';
COMMENT ON COLUMN evergreen.ai_generation_logs.request_id IS 'The provider''s id of the request, for its support.';
COMMENT ON COLUMN evergreen.ai_generation_logs.created_at IS 'When the generation ended.';

CREATE TYPE evergreen.log_line AS (
  outcome text,
  user_id text,
  prompt_id text,
  model_used text,
  prompt_tokens integer,
  completion_tokens integer,
  cached_tokens integer,
  cost numeric,
  generation_time_ms integer,
  request_id text,
  reserved numeric
);
COMMENT ON TYPE evergreen.log_line IS 'One answered call of a model on its way to ai_generation_logs, in a batch; see write_logs().';
COMMENT ON COLUMN evergreen.log_line.outcome IS 'As in the log.';
COMMENT ON COLUMN evergreen.log_line.user_id IS 'As in the log.';
COMMENT ON COLUMN evergreen.log_line.prompt_id IS 'As in the log.';
COMMENT ON COLUMN evergreen.log_line.model_used IS 'As in the log.';
COMMENT ON COLUMN evergreen.log_line.prompt_tokens IS 'As in the log.';
COMMENT ON COLUMN evergreen.log_line.completion_tokens IS 'As in the log.';
COMMENT ON COLUMN evergreen.log_line.cached_tokens IS 'As in the log.';
COMMENT ON COLUMN evergreen.log_line.cost IS 'As in the log.';
COMMENT ON COLUMN evergreen.log_line.generation_time_ms IS 'As in the log.';
COMMENT ON COLUMN evergreen.log_line.request_id IS 'As in the log.';
COMMENT ON COLUMN evergreen.log_line.reserved IS 'What the budgets are charged when the cost is unknown.';

CREATE TABLE evergreen.ai_usage_hourly (
  hour timestamptz NOT NULL,
  generation_type text NOT NULL,
  provider text NOT NULL,
  model_used text NOT NULL,
  slot smallint NOT NULL,
  generations bigint NOT NULL,
  successes bigint NOT NULL,
  prompt_tokens bigint NOT NULL,
  completion_tokens bigint NOT NULL,
  cached_tokens bigint NOT NULL,
  cost numeric NOT NULL,
  unpriced bigint NOT NULL,
  timed bigint NOT NULL,
  total_time_ms bigint NOT NULL,
  PRIMARY KEY (hour, generation_type, provider, model_used, slot)
) WITH (fillfactor = 70);
COMMENT ON TABLE evergreen.ai_usage_hourly IS 'The log, added up by hour as it is written, and kept when the log is pruned. Each count is spread over slots so that saves at the same time do not queue for one row: sum them.';
COMMENT ON COLUMN evergreen.ai_usage_hourly.hour IS 'Start of the hour.';
COMMENT ON COLUMN evergreen.ai_usage_hourly.generation_type IS 'As in the log.';
COMMENT ON COLUMN evergreen.ai_usage_hourly.provider IS 'As in the log.';
COMMENT ON COLUMN evergreen.ai_usage_hourly.model_used IS 'As in the log.';
COMMENT ON COLUMN evergreen.ai_usage_hourly.slot IS '0 to 7, by the writing backend.';
COMMENT ON COLUMN evergreen.ai_usage_hourly.generations IS 'Calls of a model, failed ones included.';
COMMENT ON COLUMN evergreen.ai_usage_hourly.successes IS 'Those that gave a valid answer.';
COMMENT ON COLUMN evergreen.ai_usage_hourly.prompt_tokens IS 'Prompt tokens, cached ones included.';
COMMENT ON COLUMN evergreen.ai_usage_hourly.completion_tokens IS 'Completion tokens.';
COMMENT ON COLUMN evergreen.ai_usage_hourly.cached_tokens IS 'Prompt tokens read from the provider''s cache.';
COMMENT ON COLUMN evergreen.ai_usage_hourly.cost IS 'USD of the calls whose price was known.';
COMMENT ON COLUMN evergreen.ai_usage_hourly.unpriced IS 'Calls whose cost is unknown.';
COMMENT ON COLUMN evergreen.ai_usage_hourly.timed IS 'Calls that say how long they took.';
COMMENT ON COLUMN evergreen.ai_usage_hourly.total_time_ms IS 'Sum of their times, in milliseconds.';

CREATE TABLE evergreen.ai_usage_days (
  day date PRIMARY KEY
);
COMMENT ON TABLE evergreen.ai_usage_days IS 'Which days ai_usage_daily has: those that are over, once fold_usage() has added them up. A day of ai_usage_late is to be added up anew.';
COMMENT ON COLUMN evergreen.ai_usage_days.day IS 'Day of UTC.';

-- Not a row a day: who logs late only ever adds, and waits for nobody.
CREATE TABLE evergreen.ai_usage_late (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  day date NOT NULL
);
CREATE INDEX ai_usage_late_day ON evergreen.ai_usage_late (day);
COMMENT ON TABLE evergreen.ai_usage_late IS 'Days of which a call was logged after they were over, a row a call, until fold_usage() adds the day up (anew).';
COMMENT ON INDEX evergreen.ai_usage_late_day IS 'Whether a day is complete.';
COMMENT ON COLUMN evergreen.ai_usage_late.id IS 'Number of the row.';
COMMENT ON COLUMN evergreen.ai_usage_late.day IS 'Day of UTC.';

CREATE TABLE evergreen.ai_usage_daily (
  day date NOT NULL REFERENCES evergreen.ai_usage_days (day) ON DELETE CASCADE,
  generation_type text NOT NULL,
  provider text NOT NULL,
  model_used text NOT NULL,
  generations bigint NOT NULL,
  successes bigint NOT NULL,
  prompt_tokens bigint NOT NULL,
  completion_tokens bigint NOT NULL,
  cached_tokens bigint NOT NULL,
  cost numeric NOT NULL,
  unpriced bigint NOT NULL,
  timed bigint NOT NULL,
  total_time_ms bigint NOT NULL,
  PRIMARY KEY (day, generation_type, provider, model_used)
);
COMMENT ON TABLE evergreen.ai_usage_daily IS 'ai_usage_hourly, added up by day once the day is over: what statistics of long ranges read. Written by fold_usage().';
COMMENT ON COLUMN evergreen.ai_usage_daily.day IS 'Day of UTC.';
COMMENT ON COLUMN evergreen.ai_usage_daily.generation_type IS 'As in the log.';
COMMENT ON COLUMN evergreen.ai_usage_daily.provider IS 'As in the log.';
COMMENT ON COLUMN evergreen.ai_usage_daily.model_used IS 'As in the log.';
COMMENT ON COLUMN evergreen.ai_usage_daily.generations IS 'Calls of a model, failed ones included.';
COMMENT ON COLUMN evergreen.ai_usage_daily.successes IS 'Those that gave a valid answer.';
COMMENT ON COLUMN evergreen.ai_usage_daily.prompt_tokens IS 'Prompt tokens, cached ones included.';
COMMENT ON COLUMN evergreen.ai_usage_daily.completion_tokens IS 'Completion tokens.';
COMMENT ON COLUMN evergreen.ai_usage_daily.cached_tokens IS 'Prompt tokens read from the provider''s cache.';
COMMENT ON COLUMN evergreen.ai_usage_daily.cost IS 'USD of the calls whose price was known.';
COMMENT ON COLUMN evergreen.ai_usage_daily.unpriced IS 'Calls whose cost is unknown.';
COMMENT ON COLUMN evergreen.ai_usage_daily.timed IS 'Calls that say how long they took.';
COMMENT ON COLUMN evergreen.ai_usage_daily.total_time_ms IS 'Sum of their times, in milliseconds.';

CREATE TABLE evergreen.ai_spend_monthly (
  month date NOT NULL,
  scope evergreen.payer NOT NULL,
  scope_id text NOT NULL,
  slot smallint NOT NULL,
  spent numeric NOT NULL,
  generations bigint NOT NULL,
  PRIMARY KEY (scope, scope_id, month, slot)
) WITH (fillfactor = 70);
COMMENT ON TABLE evergreen.ai_spend_monthly IS 'What was spent in a month of UTC: overall, by company, by user. Written with the log; what budgets are checked against.';
COMMENT ON COLUMN evergreen.ai_spend_monthly.month IS 'First day of the month, UTC.';
COMMENT ON COLUMN evergreen.ai_spend_monthly.scope IS 'overall, company or user.';
COMMENT ON COLUMN evergreen.ai_spend_monthly.scope_id IS 'Id of the company or user; empty for overall.';
COMMENT ON COLUMN evergreen.ai_spend_monthly.slot IS '0 to 7 for overall, by the writing backend, so that saves do not queue; 0 otherwise.';
COMMENT ON COLUMN evergreen.ai_spend_monthly.spent IS 'USD.';
COMMENT ON COLUMN evergreen.ai_spend_monthly.generations IS 'Calls of a model.';

CREATE TABLE evergreen.budgets (
  scope text NOT NULL CHECK (scope IN ('overall', 'company', 'user')),
  scope_id text NOT NULL,
  monthly_limit numeric NOT NULL CHECK (monthly_limit >= 0 AND monthly_limit < 'Infinity'),
  alert_at numeric NOT NULL DEFAULT 0.8 CHECK (alert_at BETWEEN 0 AND 1),
  hard boolean NOT NULL DEFAULT true,
  alerted_month date,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scope, scope_id),
  CHECK ((scope = 'overall') = (scope_id = ''))
);
COMMENT ON TABLE evergreen.budgets IS 'What may be spent in a month of UTC: overall, by one company, by one user. Set with set_budget(). Source: seed 002 (50.00 a user).';
COMMENT ON COLUMN evergreen.budgets.scope IS 'overall, company or user.';
COMMENT ON COLUMN evergreen.budgets.scope_id IS 'Id of the company or user; empty for overall.';
COMMENT ON COLUMN evergreen.budgets.monthly_limit IS 'USD a month.';
COMMENT ON COLUMN evergreen.budgets.alert_at IS 'Share of the limit (0 to 1) from which the budget counts as approaching its limit and system_logs says so.';
COMMENT ON COLUMN evergreen.budgets.hard IS 'true: no generation is claimed that could overspend it. false: it only warns.';
COMMENT ON COLUMN evergreen.budgets.alerted_month IS 'Month for which the warning was written: once a month.';
COMMENT ON COLUMN evergreen.budgets.updated_at IS 'When it was last set.';


-- Lookups -------------------------------------------------------------------------------------------------

CREATE TABLE evergreen.cache_lookups_hourly (
  hour timestamptz NOT NULL,
  content_type text NOT NULL REFERENCES evergreen.content_policies (content_type) ON DELETE CASCADE,
  outcome text NOT NULL CHECK (outcome IN ('fresh', 'stale', 'similar', 'generated', 'fallback', 'uncached', 'failed')),
  latency_bucket smallint NOT NULL CHECK (latency_bucket BETWEEN 0 AND 40),
  slot smallint NOT NULL,
  lookups bigint NOT NULL,
  total_ms double precision NOT NULL,
  PRIMARY KEY (hour, content_type, outcome, latency_bucket, slot)
) WITH (fillfactor = 70);
CREATE INDEX cache_lookups_hourly_type ON evergreen.cache_lookups_hourly (content_type, hour);
COMMENT ON TABLE evergreen.cache_lookups_hourly IS 'How callers were answered, by hour: written in batches by record_cache_lookups(), read by get_cache_stats(). A hit itself writes nothing.';
COMMENT ON INDEX evergreen.cache_lookups_hourly_type IS 'Foreign key; one content type over time.';
COMMENT ON COLUMN evergreen.cache_lookups_hourly.hour IS 'Start of the hour.';
COMMENT ON COLUMN evergreen.cache_lookups_hourly.content_type IS 'Kind of content.';
COMMENT ON COLUMN evergreen.cache_lookups_hourly.outcome IS 'fresh and stale are hits, similar a hit of a similar input, generated a miss, fallback earlier content after a failure, uncached an answer without the database, failed none.';
COMMENT ON COLUMN evergreen.cache_lookups_hourly.latency_bucket IS 'Time to the answer: bucket b holds those of at most 0.1 ms times the b-th power of the square root of 2.';
COMMENT ON COLUMN evergreen.cache_lookups_hourly.slot IS '0 to 7, by the writing backend.';
COMMENT ON COLUMN evergreen.cache_lookups_hourly.lookups IS 'Number of callers.';
COMMENT ON COLUMN evergreen.cache_lookups_hourly.total_ms IS 'Sum of their times, in milliseconds.';


-- Audit and system log ------------------------------------------------------------------------------------

CREATE TABLE evergreen.audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor text NOT NULL DEFAULT session_user,
  action text NOT NULL,
  subject text NOT NULL,
  before jsonb,
  after jsonb
);
CREATE INDEX audit_log_at ON evergreen.audit_log (at);
COMMENT ON TABLE evergreen.audit_log IS 'Who changed what a policy, price, prompt, budget, grant or attachment says, who invalidated and who was forgotten. Only ever added to.';
COMMENT ON INDEX evergreen.audit_log_at IS 'Newest first, and pruning.';
COMMENT ON COLUMN evergreen.audit_log.id IS 'Identifier, in order of writing.';
COMMENT ON COLUMN evergreen.audit_log.at IS 'When.';
COMMENT ON COLUMN evergreen.audit_log.actor IS 'Role that was logged in.';
COMMENT ON COLUMN evergreen.audit_log.action IS 'Function that did it.';
COMMENT ON COLUMN evergreen.audit_log.subject IS 'What was changed.';
COMMENT ON COLUMN evergreen.audit_log.before IS 'The row before. NULL: there was none.';
COMMENT ON COLUMN evergreen.audit_log.after IS 'The row after, or what was done. NULL: it is gone.';

CREATE TABLE evergreen.system_logs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  level text NOT NULL DEFAULT 'info' CHECK (level IN ('info', 'warning', 'error')),
  component text NOT NULL,
  message text NOT NULL,
  detail jsonb
);
CREATE INDEX system_logs_created ON evergreen.system_logs (created_at);
CREATE INDEX system_logs_component ON evergreen.system_logs (component, created_at);
COMMENT ON TABLE evergreen.system_logs IS 'What the database did or found by itself: maintenance runs, unknown prices, budgets near their limit. Source: seed 004_cba5aaa9e1a5292b.txt.';
COMMENT ON INDEX evergreen.system_logs_created IS 'Newest first, and pruning.';
COMMENT ON INDEX evergreen.system_logs_component IS 'Last line of one component.';
COMMENT ON COLUMN evergreen.system_logs.id IS 'Identifier, in order of writing.';
COMMENT ON COLUMN evergreen.system_logs.created_at IS 'When.';
COMMENT ON COLUMN evergreen.system_logs.level IS 'info, warning or error.';
COMMENT ON COLUMN evergreen.system_logs.component IS 'Who says it: ai_maintenance, generation_cost, budget, journey, ...';
COMMENT ON COLUMN evergreen.system_logs.message IS 'One sentence for a person.';
COMMENT ON COLUMN evergreen.system_logs.detail IS 'The same for a program.';


-- The host application ------------------------------------------------------------------------------------

CREATE TABLE evergreen.host_attachments (
  host_table text PRIMARY KEY,
  attached_to regclass NOT NULL,
  definition text NOT NULL,
  tracked boolean NOT NULL DEFAULT false,
  attached_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE evergreen.host_attachments IS 'Which host_* view reads which table of the application; written by attach_host().';
COMMENT ON COLUMN evergreen.host_attachments.host_table IS 'Name of the table as DESIGN and the seeds have it: companies, journey_steps, ...';
COMMENT ON COLUMN evergreen.host_attachments.attached_to IS 'The application''s table.';
COMMENT ON COLUMN evergreen.host_attachments.definition IS 'Query of the view.';
COMMENT ON COLUMN evergreen.host_attachments.tracked IS 'Whether triggers of ours on that table note in company_changes which companies changed.';
COMMENT ON COLUMN evergreen.host_attachments.attached_at IS 'When it was attached.';

CREATE TABLE evergreen.host_references (
  our_table text NOT NULL,
  our_column text NOT NULL,
  host_table text NOT NULL,
  on_delete text NOT NULL CHECK (on_delete IN ('CASCADE', 'SET NULL')),
  PRIMARY KEY (our_table, our_column)
);
COMMENT ON TABLE evergreen.host_references IS 'The foreign keys to the application''s tables that attach_host() adds; each shelf lists its own.';
COMMENT ON COLUMN evergreen.host_references.our_table IS 'Table in this schema.';
COMMENT ON COLUMN evergreen.host_references.our_column IS 'Its column.';
COMMENT ON COLUMN evergreen.host_references.host_table IS 'Table of the application, by its name in the seeds; its column id is referenced.';
COMMENT ON COLUMN evergreen.host_references.on_delete IS 'What the deletion of the application''s row does to ours.';

CREATE VIEW evergreen.host_companies AS SELECT NULL::uuid AS id, NULL::text AS name WHERE false;
CREATE VIEW evergreen.host_journey_domains AS SELECT NULL::uuid AS id, NULL::text AS name WHERE false;
CREATE VIEW evergreen.host_journey_steps AS SELECT NULL::uuid AS id, NULL::uuid AS domain_id, NULL::text AS name WHERE false;
CREATE VIEW evergreen.host_company_journey_steps AS SELECT NULL::uuid AS company_id, NULL::uuid AS step_id, NULL::text AS status WHERE false;
CREATE VIEW evergreen.host_company_domain_progress AS SELECT NULL::uuid AS company_id, NULL::uuid AS domain_id, NULL::text AS maturity_level WHERE false;
CREATE VIEW evergreen.host_step_activity AS SELECT NULL::uuid AS company_id, NULL::timestamptz AS last_activity_timestamp WHERE false;
CREATE VIEW evergreen.host_users AS SELECT NULL::text AS id, NULL::text AS username, NULL::text AS email, NULL::text AS name WHERE false;
COMMENT ON VIEW evergreen.host_companies IS 'The application''s companies. Empty until attach_host(), or replaced by a view of your own with these columns.';
COMMENT ON VIEW evergreen.host_journey_domains IS 'The application''s domains of the journey. Empty until attach_host(), or replaced by a view of your own.';
COMMENT ON VIEW evergreen.host_journey_steps IS 'The application''s steps of the journey. Empty until attach_host(), or replaced by a view of your own.';
COMMENT ON VIEW evergreen.host_company_journey_steps IS 'Where each company stands with each step. Empty until attach_host(), or replaced by a view of your own.';
COMMENT ON VIEW evergreen.host_company_domain_progress IS 'How mature each company is in each domain. Empty until attach_host(), or replaced by a view of your own.';
COMMENT ON VIEW evergreen.host_step_activity IS 'When a company last worked on a step. Empty until attach_host(), or replaced by a view of your own.';
COMMENT ON VIEW evergreen.host_users IS 'The application''s users. Empty until attach_host(), or replaced by a view of your own.';
COMMENT ON COLUMN evergreen.host_companies.id IS 'Id of the company.';
COMMENT ON COLUMN evergreen.host_companies.name IS 'Its name, for prompts. NULL: the application keeps none.';
COMMENT ON COLUMN evergreen.host_journey_domains.id IS 'Id of the domain.';
COMMENT ON COLUMN evergreen.host_journey_domains.name IS 'Its name, for prompts.';
COMMENT ON COLUMN evergreen.host_journey_steps.id IS 'Id of the step.';
COMMENT ON COLUMN evergreen.host_journey_steps.domain_id IS 'Domain it belongs to.';
COMMENT ON COLUMN evergreen.host_journey_steps.name IS 'Its name, for prompts.';
COMMENT ON COLUMN evergreen.host_company_journey_steps.company_id IS 'Id of the company.';
COMMENT ON COLUMN evergreen.host_company_journey_steps.step_id IS 'Id of the step.';
COMMENT ON COLUMN evergreen.host_company_journey_steps.status IS 'completed, in_progress, or another word of the application.';
COMMENT ON COLUMN evergreen.host_company_domain_progress.company_id IS 'Id of the company.';
COMMENT ON COLUMN evergreen.host_company_domain_progress.domain_id IS 'Id of the domain.';
COMMENT ON COLUMN evergreen.host_company_domain_progress.maturity_level IS 'Level as the application writes it.';
COMMENT ON COLUMN evergreen.host_step_activity.company_id IS 'Id of the company.';
COMMENT ON COLUMN evergreen.host_step_activity.last_activity_timestamp IS 'When it last worked on a step.';
COMMENT ON COLUMN evergreen.host_users.id IS 'Id of the user, as text.';
COMMENT ON COLUMN evergreen.host_users.username IS 'Name in addresses: the host''s username, else its name, else its id.';
COMMENT ON COLUMN evergreen.host_users.email IS 'Address of the user.';
COMMENT ON COLUMN evergreen.host_users.name IS 'Name for people.';

-- Only ever added to by the application's writers, and without a key of its own meaning or a reference: they never wait for each other here.
CREATE TABLE evergreen.company_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company_id uuid NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX company_changes_company ON evergreen.company_changes (company_id);
COMMENT ON TABLE evergreen.company_changes IS 'Companies whose state the application has changed since its hash was last computed: written by triggers on the attached tables (attach_host(p_track_changes => true)), taken away when the hash is computed again.';
COMMENT ON INDEX evergreen.company_changes_company IS 'The hit: whether the hash at hand is of the company as it is now.';
COMMENT ON COLUMN evergreen.company_changes.id IS 'Identifier.';
COMMENT ON COLUMN evergreen.company_changes.company_id IS 'Company that changed; 00000000-0000-0000-0000-000000000000 stands for all of them (TRUNCATE, attach_host(), reset_company_contexts()).';
COMMENT ON COLUMN evergreen.company_changes.changed_at IS 'When it was written; its transaction may have committed later.';

CREATE TABLE evergreen.company_context_hashes (
  company_id uuid PRIMARY KEY,
  context_hash text NOT NULL CHECK (length(context_hash) = 64 AND context_hash !~ '[^0-9a-f]'),
  computed_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 70);
COMMENT ON TABLE evergreen.company_context_hashes IS 'The hash at hand: of each company''s state without its last activity. Holds for whoever sees no row of that company (or of all) in company_changes; otherwise the hash is computed from the application''s tables.';
COMMENT ON COLUMN evergreen.company_context_hashes.company_id IS 'Company.';
COMMENT ON COLUMN evergreen.company_context_hashes.context_hash IS 'company_context_hash() of it when computed.';
COMMENT ON COLUMN evergreen.company_context_hashes.computed_at IS 'When it was computed.';


-- Maintenance ---------------------------------------------------------------------------------------------

CREATE TABLE evergreen.maintenance_steps (
  step text PRIMARY KEY CHECK (step ~ '^[a-z][a-z0-9_]{0,62}$'),
  ordinal integer NOT NULL,
  batch_size integer NOT NULL CHECK (batch_size >= 1),
  report text NOT NULL
);
COMMENT ON TABLE evergreen.maintenance_steps IS 'What ai_daily_maintenance() does, in order. Each step is a function evergreen.<step>(p_batch_size integer, p_cursor text) that does one bounded batch and returns how much it did and where the next begins (NULL: finished).';
COMMENT ON COLUMN evergreen.maintenance_steps.step IS 'Name of the function.';
COMMENT ON COLUMN evergreen.maintenance_steps.ordinal IS 'Place in the order; shelves start at 100.';
COMMENT ON COLUMN evergreen.maintenance_steps.batch_size IS 'Rows (or companies) a batch: one short transaction each.';
COMMENT ON COLUMN evergreen.maintenance_steps.report IS 'Sentence for system_logs; %s stands for the count.';

CREATE TABLE evergreen.maintenance_runs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  backend_pid integer NOT NULL DEFAULT pg_backend_pid(),
  detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX maintenance_runs_started ON evergreen.maintenance_runs (started_at);
COMMENT ON TABLE evergreen.maintenance_runs IS 'Runs of ai_daily_maintenance(), those that were stopped too; kept as long as system_logs.';
COMMENT ON INDEX evergreen.maintenance_runs_started IS 'The last run, and pruning.';
COMMENT ON COLUMN evergreen.maintenance_runs.id IS 'Identifier, in order.';
COMMENT ON COLUMN evergreen.maintenance_runs.started_at IS 'When it began.';
COMMENT ON COLUMN evergreen.maintenance_runs.finished_at IS 'When it was through. NULL: it is running, or was stopped.';
COMMENT ON COLUMN evergreen.maintenance_runs.backend_pid IS 'Process of the server that runs it.';
COMMENT ON COLUMN evergreen.maintenance_runs.detail IS 'What each finished step did: {step: rows}.';


-- Roles ---------------------------------------------------------------------------------------------------

CREATE TABLE evergreen.granted_roles (
  role_name name NOT NULL,
  kind text NOT NULL CHECK (kind IN ('app', 'analyst')),
  granted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (role_name, kind)
);
COMMENT ON TABLE evergreen.granted_roles IS 'Roles that grant_app() and grant_analyst() have served: a migration grants them what it adds.';
COMMENT ON COLUMN evergreen.granted_roles.role_name IS 'Name of the role.';
COMMENT ON COLUMN evergreen.granted_roles.kind IS 'app: calls the public functions. analyst: reads the views and calls the reports.';
COMMENT ON COLUMN evergreen.granted_roles.granted_at IS 'When it was first granted.';


-- Sessions and rate limits --------------------------------------------------------------------------------

CREATE TABLE evergreen.sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  user_id text NOT NULL CHECK (octet_length(user_id) BETWEEN 1 AND 512),
  username text NOT NULL,
  role text NOT NULL CHECK (role IN ('user', 'operator')),
  company_ids uuid[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  UNIQUE (user_id, id)
);
CREATE INDEX sessions_expires ON evergreen.sessions (expires_at);
COMMENT ON TABLE evergreen.sessions IS 'Who is signed in, by the hash of a token that only its holder has. Source: seed 001_9b8056624fff263c.txt (sessions).';
COMMENT ON INDEX evergreen.sessions_expires IS 'Those that have ended, for pruning.';
COMMENT ON COLUMN evergreen.sessions.id IS 'Identifier; no secret.';
COMMENT ON COLUMN evergreen.sessions.token_hash IS 'SHA-256 of the token. The token itself is kept nowhere.';
COMMENT ON COLUMN evergreen.sessions.user_id IS 'User who is signed in.';
COMMENT ON COLUMN evergreen.sessions.username IS 'Their name in addresses when the session was made; a user who is renamed signs in again.';
COMMENT ON COLUMN evergreen.sessions.role IS 'user: their own content and that of their companies. operator: that of others too.';
COMMENT ON COLUMN evergreen.sessions.company_ids IS 'Companies whose content the session may see.';
COMMENT ON COLUMN evergreen.sessions.created_at IS 'When it was made.';
COMMENT ON COLUMN evergreen.sessions.expires_at IS 'From when it is no longer valid; moved forward by revoke_session().';
COMMENT ON COLUMN evergreen.sessions.revoked_at IS 'When it was revoked. NULL: it was not.';

-- UNLOGGED: a crash of the server empties it, which allows some callers a few more requests than their limit.
CREATE UNLOGGED TABLE evergreen.rate_limits (
  key_hash bytea NOT NULL CHECK (octet_length(key_hash) = 32),
  window_ms bigint NOT NULL CHECK (window_ms > 0),
  taken timestamptz[] NOT NULL,
  PRIMARY KEY (key_hash, window_ms)
) WITH (fillfactor = 50);
COMMENT ON TABLE evergreen.rate_limits IS 'When each caller was last let through, as many times as their limit counts: what take_rate_limit() decides by. UNLOGGED: empty after a crash.';
COMMENT ON COLUMN evergreen.rate_limits.key_hash IS 'SHA-256 of the key, so that no name or address of a caller stands here.';
COMMENT ON COLUMN evergreen.rate_limits.window_ms IS 'Length of the window in milliseconds: one key may have several, each with its own count.';
COMMENT ON COLUMN evergreen.rate_limits.taken IS 'When it was last allowed, newest last; as many as the limit of that call, and never decreasing.';
