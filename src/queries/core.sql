/* @name claimGeneration */
SELECT state AS "state!", lease_token AS "lease_token?", retry_after_ms AS "retry_after_ms?", renew_after_ms AS "renew_after_ms?",
       max_completion_tokens AS "max_completion_tokens?", reason AS "reason?"
  FROM evergreen.claim_generation(
         p_content_type => :contentType!, p_cache_key => :cacheKey!, p_holder => :holder!, p_seen => :seen,
         p_company_id => :companyId, p_user_id => :userId, p_provider => :provider, p_model => :model);

/* @name renewLease */
SELECT evergreen.renew_lease(p_content_type => :contentType!, p_cache_key => :cacheKey!, p_lease_token => :leaseToken!) AS "expires_at!";

/* @name releaseLease */
SELECT evergreen.release_lease(p_content_type => :contentType!, p_cache_key => :cacheKey!, p_lease_token => :leaseToken!) AS "released!";

/* @name renewLeases */
SELECT evergreen.renew_lease(p_content_type => :contentType!, p_cache_key => l.cache_key, p_lease_token => l.lease_token) AS "expires_at!"
  FROM unnest(:cacheKeys!::text[], :leaseTokens!::uuid[]) AS l (cache_key, lease_token)
 ORDER BY l.cache_key;

/* @name releaseLeases */
SELECT evergreen.release_lease(p_content_type => :contentType!, p_cache_key => l.cache_key, p_lease_token => l.lease_token) AS "released!"
  FROM unnest(:cacheKeys!::text[], :leaseTokens!::uuid[]) AS l (cache_key, lease_token)
 ORDER BY l.cache_key;

/* @name failGeneration */
SELECT state AS "state!", retry_after_ms AS "retry_after_ms?", cost::float8 AS "cost?"
  FROM evergreen.fail_generation(
         p_content_type => :contentType!, p_cache_key => :cacheKey!, p_lease_token => :leaseToken!,
         p_error_code => :errorCode!, p_error_message => :errorMessage, p_provider => :provider, p_model => :model,
         p_prompt_id => :promptId, p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens,
         p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs, p_request_id => :requestId,
         p_company_id => :companyId, p_user_id => :userId);

/* @name logGeneration */
SELECT evergreen.log_generation(
         p_generation_type => :generationType!, p_model => :model!, p_success => :success!, p_provider => :provider!,
         p_company_id => :companyId, p_user_id => :userId, p_prompt_id => :promptId, p_prompt_tokens => :promptTokens,
         p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs,
         p_outcome => :outcome!, p_error_code => :errorCode, p_error_message => :errorMessage, p_request_id => :requestId,
         p_created_at => :createdAt)::float8 AS "cost?";

/* @name recordCacheLookups */
SELECT evergreen.record_cache_lookups(p_lookups => :lookups!::text::jsonb) AS "counted!";

/* @name renderPrompt */
SELECT prompt_id AS "prompt_id!", prompt AS "prompt!"
  FROM evergreen.render_prompt(p_prompt_type => :promptType!, p_variables => :variables!::text::jsonb);

/* @name publishPrompt */
SELECT evergreen.publish_prompt(p_prompt_type => :promptType!, p_template => :template!, p_activate => COALESCE(:activate, false)) AS "prompt_id!";

/* @name activatePrompt */
SELECT evergreen.activate_prompt(p_id => :promptId!)::text AS "done?";

/* @name contentHash */
SELECT evergreen.content_hash(p_value => :value!::text::jsonb) AS "hash!";

/* @name generationCost */
SELECT evergreen.generation_cost(
         p_provider => :provider!, p_model => :model!, p_prompt_tokens => :promptTokens!, p_completion_tokens => :completionTokens!,
         p_cached_tokens => COALESCE(:cachedTokens, 0), p_at => :at)::float8 AS "cost?";

/* @name registerModel */
SELECT evergreen.register_model(
         p_provider => :provider!, p_model => :model!, p_prompt_price => :promptPrice!, p_completion_price => COALESCE(:completionPrice::numeric, 0),
         p_cached_price => :cachedPrice, p_valid_from => :validFrom)::text AS "done?";

/* @name setContentPolicy */
SELECT content_type AS "content_type!", prompt_type AS "prompt_type!", evergreen.interval_text(max_age) AS "max_age?",
       evergreen.interval_text(stale_while_revalidate) AS "stale_while_revalidate!", evergreen.interval_text(stale_if_error) AS "stale_if_error!",
       evergreen.interval_text(lease_duration) AS "lease_duration!", evergreen.interval_text(failure_backoff) AS "failure_backoff!",
       evergreen.interval_text(failure_backoff_max) AS "failure_backoff_max!", max_bytes AS "max_bytes!", evergreen.interval_text(retain_for) AS "retain_for?",
       schema_version AS "schema_version!", similarity_threshold AS "similarity_threshold?",
       evergreen.interval_text(activity_granularity) AS "activity_granularity?", context_max_items AS "context_max_items!",
       max_prompt_tokens AS "max_prompt_tokens!", max_completion_tokens AS "max_completion_tokens!",
       change_tolerance AS "change_tolerance!"
  FROM evergreen.set_content_policy(
         p_content_type => :contentType!, p_prompt_type => :promptType, p_max_age => :maxAge::text::interval,
         p_stale_while_revalidate => :staleWhileRevalidate::text::interval, p_stale_if_error => :staleIfError::text::interval,
         p_lease_duration => :leaseDuration::text::interval, p_failure_backoff => :failureBackoff::text::interval,
         p_failure_backoff_max => :failureBackoffMax::text::interval, p_max_bytes => :maxBytes, p_retain_for => :retainFor::text::interval,
         p_schema_version => :schemaVersion, p_similarity_threshold => :similarityThreshold,
         p_activity_granularity => :activityGranularity::text::interval, p_context_max_items => :contextMaxItems,
         p_max_prompt_tokens => :maxPromptTokens, p_max_completion_tokens => :maxCompletionTokens,
         p_change_tolerance => :changeTolerance, p_reset => COALESCE(:reset::text[], '{}'));

/* @name setRetention */
SELECT evergreen.set_retention(p_subject => :subject!, p_retain_for => :retainFor!::text::interval)::text AS "done?";

/* @name setBudget */
SELECT evergreen.set_budget(
         p_scope => :scope!, p_scope_id => :scopeId, p_monthly_limit => :monthlyLimit, p_alert_at => COALESCE(:alertAt, 0.8),
         p_hard => COALESCE(:hard, true))::text AS "done?";

/* @name getBudgetStatus */
SELECT scope AS "scope!", scope_id AS "scope_id!", monthly_limit::float8 AS "monthly_limit!", spent::float8 AS "spent!",
       reserved::float8 AS "reserved!", share::float8 AS "share?", alert_at::float8 AS "alert_at!", hard AS "hard!", status AS "status!"
  FROM evergreen.get_budget_status();

/* @name getAiUsageStats */
SELECT to_char(day, 'YYYY-MM-DD') AS "day!", generation_type AS "generation_type!", generations_count::float8 AS "generations_count!",
       tokens_used::float8 AS "tokens_used!", avg_generation_time_ms::float8 AS "avg_generation_time_ms?",
       success_rate::float8 AS "success_rate!", cost::float8 AS "cost?", cached_tokens::float8 AS "cached_tokens!",
       failures::float8 AS "failures!"
  FROM evergreen.get_ai_usage_stats(p_start_date => :startDate!, p_end_date => :endDate!);

/* @name getCacheStats */
SELECT period AS "period!", content_type AS "content_type!", lookups::float8 AS "lookups!", hits::float8 AS "hits!",
       stale_hits::float8 AS "stale_hits!", similar_hits::float8 AS "similar_hits!", misses::float8 AS "misses!",
       fallbacks::float8 AS "fallbacks!", uncached::float8 AS "uncached!", failed::float8 AS "failed!", hit_rate::float8 AS "hit_rate?",
       calls_avoided::float8 AS "calls_avoided!", money_avoided::float8 AS "money_avoided?", avg_ms::float8 AS "avg_ms?",
       p50_ms::float8 AS "p50_ms?", p95_ms::float8 AS "p95_ms?"
  FROM evergreen.get_cache_stats(p_start => :start!, p_end => :end!, p_by => COALESCE(:by, 'hour'));

/* @name forgetCompany */
SELECT object AS "object!", action AS "action!", rows_changed::float8 AS "rows_changed!"
  FROM evergreen.forget_company(p_company_id => :companyId!);

/* @name forgetUser */
SELECT object AS "object!", action AS "action!", rows_changed::float8 AS "rows_changed!"
  FROM evergreen.forget_user(p_user_id => :userId!);
