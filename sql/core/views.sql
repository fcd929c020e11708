-- What analysts and pg-evergreen status read. No content and no secret stands in them.

CREATE VIEW evergreen.policies AS
SELECT p.content_type, p.prompt_type, p.max_age, p.stale_while_revalidate, p.stale_if_error, p.lease_duration, p.failure_backoff,
       p.failure_backoff_max, p.max_bytes, p.retain_for, p.schema_version, a.id AS active_prompt, p.updated_at
  FROM evergreen.content_policies AS p
  LEFT JOIN evergreen.ai_generation_prompts AS a ON a.prompt_type = p.prompt_type AND a.active;
COMMENT ON VIEW evergreen.policies IS 'How each kind of content is kept, and the prompt that is active for it.';
COMMENT ON COLUMN evergreen.policies.active_prompt IS 'Id of the prompt version in use.';

CREATE VIEW evergreen.leases AS
SELECT l.content_type, l.cache_key, l.holder, l.acquired_at, l.expires_at,
       l.lease_token IS NOT NULL AND l.expires_at > clock_timestamp() AS live,
       l.failures, l.retry_at, split_part(l.last_error, ':', 1) AS last_error, l.reserved
  FROM evergreen.generation_leases AS l
 WHERE l.lease_token IS NOT NULL OR l.failures > 0;
COMMENT ON VIEW evergreen.leases IS 'What is being generated now, and what failed lately. Tokens are not shown.';
COMMENT ON COLUMN evergreen.leases.last_error IS 'Code of why the last attempt failed; what was said is in generation_leases, for operators, for it may quote the answer.';
COMMENT ON COLUMN evergreen.leases.live IS 'Whether the lease is held and has not run out.';

CREATE VIEW evergreen.spend_this_month AS
SELECT COALESCE(b.scope, s.scope) AS scope, COALESCE(b.scope_id, s.scope_id) AS scope_id,
       COALESCE(s.spent, 0) AS spent,
       COALESCE(s.generations, 0) AS generations,
       COALESCE(r.reserved, 0) AS reserved,
       b.monthly_limit AS budget,
       round((COALESCE(s.spent, 0) + COALESCE(r.reserved, 0)) / NULLIF(b.monthly_limit, 0), 4) AS share,
       b.hard,
       CASE WHEN b.scope IS NULL THEN 'no budget'
            WHEN COALESCE(s.spent, 0) + COALESCE(r.reserved, 0) >= b.monthly_limit THEN 'over'
            WHEN COALESCE(s.spent, 0) + COALESCE(r.reserved, 0) >= b.monthly_limit * b.alert_at THEN 'approaching'
            ELSE 'within' END AS status
  FROM (SELECT m.scope, m.scope_id, sum(m.spent) AS spent, sum(m.generations) AS generations
          FROM evergreen.ai_spend_monthly AS m
         WHERE m.month = date_trunc('month', now() AT TIME ZONE 'UTC')::date
         GROUP BY m.scope, m.scope_id
        UNION ALL
        SELECT 'overall', '', 0, 0
         WHERE NOT EXISTS (SELECT FROM evergreen.ai_spend_monthly AS m
                            WHERE m.scope = 'overall' AND m.month = date_trunc('month', now() AT TIME ZONE 'UTC')::date)) AS s
  FULL JOIN evergreen.budgets AS b ON b.scope = s.scope AND b.scope_id = s.scope_id
  LEFT JOIN LATERAL (
    SELECT sum(l.reserved) AS reserved FROM evergreen.generation_leases AS l
     WHERE l.lease_token IS NOT NULL AND l.expires_at > clock_timestamp()
       AND CASE COALESCE(b.scope, s.scope) WHEN 'overall' THEN true
                WHEN 'company' THEN l.company_id::text = COALESCE(b.scope_id, s.scope_id)
                ELSE l.user_id = COALESCE(b.scope_id, s.scope_id) END) AS r ON true;
COMMENT ON VIEW evergreen.spend_this_month IS 'USD spent and reserved in this month (UTC): overall (always one row), by company, by user, beside the budget where there is one.';
COMMENT ON COLUMN evergreen.spend_this_month.budget IS 'USD that may be spent in the month. NULL: no budget is set.';
COMMENT ON COLUMN evergreen.spend_this_month.reserved IS 'USD that running generations may cost at most.';
COMMENT ON COLUMN evergreen.spend_this_month.share IS 'Spent and reserved as a share of the budget.';
COMMENT ON COLUMN evergreen.spend_this_month.status IS 'no budget, within, approaching (from alert_at) or over.';

CREATE VIEW evergreen.usage_hourly AS
SELECT u.hour, u.generation_type, u.provider, u.model_used,
       sum(u.generations)::bigint AS generations, sum(u.generations - u.successes)::bigint AS failures,
       sum(u.prompt_tokens)::bigint AS prompt_tokens, sum(u.completion_tokens)::bigint AS completion_tokens,
       sum(u.cached_tokens)::bigint AS cached_tokens,
       CASE WHEN sum(u.unpriced) < sum(u.generations) THEN sum(u.cost) END AS cost,
       sum(u.unpriced)::bigint AS unpriced,
       round(sum(u.total_time_ms) / NULLIF(sum(u.timed), 0), 2) AS avg_generation_time_ms
  FROM evergreen.ai_usage_hourly AS u
 GROUP BY u.hour, u.generation_type, u.provider, u.model_used;
COMMENT ON VIEW evergreen.usage_hourly IS 'Calls of a model by hour, type and model: how many, failed, tokens, USD, average milliseconds. Kept when the log is pruned.';
COMMENT ON COLUMN evergreen.usage_hourly.failures IS 'Calls that gave no valid answer.';
COMMENT ON COLUMN evergreen.usage_hourly.cost IS 'USD of the calls whose price was known. NULL: none was.';
COMMENT ON COLUMN evergreen.usage_hourly.avg_generation_time_ms IS 'Average milliseconds of the calls that say how long they took.';
COMMENT ON COLUMN evergreen.usage_hourly.unpriced IS 'Calls whose cost is unknown; cost is NULL when that is all of them.';

CREATE VIEW evergreen.cache_hourly AS
SELECT s.hour, s.content_type, s.outcome, sum(s.lookups)::bigint AS lookups,
       round((sum(s.total_ms) / sum(s.lookups)::double precision)::numeric, 2) AS avg_ms
  FROM evergreen.cache_lookups_hourly AS s
 GROUP BY s.hour, s.content_type, s.outcome;
COMMENT ON VIEW evergreen.cache_hourly IS 'How callers were answered, by hour, content type and outcome.';
COMMENT ON COLUMN evergreen.cache_hourly.avg_ms IS 'Average time to the answer, in milliseconds.';

CREATE VIEW evergreen.generation_failures AS
SELECT l.created_at, l.generation_type, l.provider, l.model_used, l.prompt_id, l.error_code,
       CASE WHEN l.error_code = 'provider_error' THEN substring(l.error_message FROM E'^([1-5]\\d\\d)\\M')::integer END AS error_status, l.request_id, l.cost
  FROM evergreen.ai_generation_logs AS l
 WHERE NOT l.success;
COMMENT ON VIEW evergreen.generation_failures IS 'Calls that gave no valid answer, as long as the log is kept. What was said of them is in ai_generation_logs, for operators, for it may quote the answer.';
COMMENT ON COLUMN evergreen.generation_failures.error_status IS 'HTTP status that the provider answered with. NULL: none is known.';

CREATE VIEW evergreen.generation_log AS
SELECT l.created_at, l.generation_type, l.prompt_id, l.provider, l.model_used, l.prompt_tokens, l.completion_tokens, l.cached_tokens,
       l.tokens_used, l.cost, l.generation_time_ms, l.success, l.outcome, l.error_code
  FROM evergreen.ai_generation_logs AS l;
COMMENT ON VIEW evergreen.generation_log IS 'Each call of a model, without who it was for.';

CREATE VIEW evergreen.system_log AS
SELECT l.created_at, l.level, l.component, l.message, l.detail FROM evergreen.system_logs AS l;
COMMENT ON VIEW evergreen.system_log IS 'What the database did or found by itself.';

CREATE VIEW evergreen.spend_monthly AS
SELECT m.month, m.scope, m.scope_id, sum(m.spent) AS spent, sum(m.generations)::bigint AS generations
  FROM evergreen.ai_spend_monthly AS m
 GROUP BY m.month, m.scope, m.scope_id;
COMMENT ON VIEW evergreen.spend_monthly IS 'USD spent and calls of a model by month (UTC): overall, by company, by user.';

CREATE VIEW evergreen.maintenance_history AS
SELECT r.id AS run, r.started_at, r.finished_at,
       CASE WHEN r.finished_at IS NOT NULL THEN 'done'
            WHEN EXISTS (SELECT FROM pg_stat_activity AS a WHERE a.pid = r.backend_pid
                          AND (a.query ILIKE '%ai_daily_maintenance%' OR a.query = '<insufficient privilege>')) THEN 'running'
            ELSE 'stopped' END AS status,
       r.detail
  FROM evergreen.maintenance_runs AS r;
COMMENT ON VIEW evergreen.maintenance_history IS 'Runs of ai_daily_maintenance(): done, running or stopped, and what each finished step did.';
COMMENT ON COLUMN evergreen.maintenance_history.run IS 'Number of the run.';
COMMENT ON COLUMN evergreen.maintenance_history.status IS 'done, running, or stopped: call it again.';
COMMENT ON COLUMN evergreen.maintenance_history.detail IS 'Rows by finished step.';

CREATE VIEW evergreen.last_maintenance AS
SELECT h.started_at, h.finished_at, h.status, h.detail
  FROM evergreen.maintenance_history AS h
 ORDER BY h.run DESC
 LIMIT 1;
COMMENT ON VIEW evergreen.last_maintenance IS 'The last run of maintenance_history. No row before the first run.';
