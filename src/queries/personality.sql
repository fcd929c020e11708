/* @name hitPersonality */
SELECT revision AS "revision!", version AS "version!", generated_at AS "generated_at!", generation_model AS "generation_model!",
       generation_prompt_id AS "generation_prompt_id?", analysis AS "analysis!", tuning AS "tuning!", dropped_tuning AS "dropped_tuning!",
       personality AS "personality?"
  FROM evergreen.hit_personality(p_user_id => :userId!);

/* @name lookupPersonality */
SELECT cache_key AS "cache_key!", freshness AS "freshness!", reason AS "reason!", seen AS "seen?", content AS "content?",
       generated_at AS "generated_at?", generation_model AS "generation_model?", generation_prompt_id AS "generation_prompt_id?",
       context_hash AS "context_hash!", blocked AS "blocked?", tuning AS "tuning?", dropped_tuning AS "dropped_tuning?", personality AS "personality?",
       revision AS "revision?", version AS "version?"
  FROM evergreen.lookup_personality(
         p_user_id => :userId!, p_has_posts => :hasPosts!, p_refresh => :refresh!, p_after_failure => :afterFailure!,
         p_revision => :revision, p_id => :id);

/* @name preparePersonality */
SELECT state AS "state!", prompt_id AS "prompt_id?", prompt AS "prompt?"
  FROM evergreen.prepare_personality(p_user_id => :userId!, p_posts => :posts!::text[]);

/* @name savePersonality */
SELECT state AS "state!", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?", changes AS "changes?",
       tuning AS "tuning?", dropped_tuning AS "dropped_tuning?", personality AS "personality?",
       revision AS "revision?", version AS "version?"
  FROM evergreen.save_personality(
         p_user_id => :userId!, p_analysis => :analysis!::text::jsonb, p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!,
         p_company_id => :companyId, p_prompt_id => :promptId, p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens,
         p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt,
         p_revision => :revision, p_id => :id);

/* @name getPersonalityCache */
SELECT user_id AS "user_id!", analysis AS "analysis!", tuning AS "tuning!", personality AS "personality!", freshness AS "freshness!",
       age_ms::float8 AS "age_ms!", fresh_until AS "fresh_until?", revision AS "revision!", version AS "version!", is_stale AS "is_stale!",
       generated_at AS "generated_at!", updated_at AS "updated_at!", generation_model AS "generation_model!",
       generation_prompt_id AS "generation_prompt_id?", dropped_tuning AS "dropped_tuning!", bytes AS "bytes!", id AS "id!"
  FROM evergreen.get_personality_cache(p_user_id => :userId!);

/* @name savePersonalityCache */
SELECT state AS "state!", revision AS "revision!", updated_at AS "updated_at?", changes AS "changes!", dropped_tuning AS "dropped_tuning!"
  FROM evergreen.save_personality_cache(
         p_user_id => :userId!, p_analysis => :analysis!::text::jsonb, p_version => :version, p_revision => :revision, p_id => :id,
         p_model => :model, p_expires_at => :expiresAt);

/* @name savePersonalityTuning */
SELECT state AS "state!", revision AS "revision!", tuning AS "tuning!", personality AS "personality!", updated_at AS "updated_at!"
  FROM evergreen.save_personality_tuning(p_user_id => :userId!, p_tuning => :tuning!::text::jsonb, p_revision => :revision, p_id => :id);

/* @name resetPersonalityTuning */
SELECT state AS "state!", revision AS "revision!", tuning AS "tuning!", personality AS "personality!", updated_at AS "updated_at!"
  FROM evergreen.reset_personality_tuning(p_user_id => :userId!, p_revision => :revision, p_id => :id);

/* @name invalidatePersonalityCache */
SELECT evergreen.invalidate_personality_cache(p_user_id => :userId!, p_revision => :revision, p_id => :id) AS "invalidated!";

/* @name deletePersonalityCache */
SELECT evergreen.delete_personality_cache(p_user_id => :userId!, p_revision => :revision, p_id => :id) AS "deleted!";

/* @name hasSignificantChanges */
SELECT evergreen.has_significant_changes(
         p_current => :current::text::jsonb, p_updated => :updated::text::jsonb, p_tolerance => :tolerance) AS "significant!";

/* @name explainChanges */
SELECT path AS "path!", change AS "change!", before AS "before?", after AS "after?"
  FROM evergreen.explain_changes(p_current => :current::text::jsonb, p_updated => :updated::text::jsonb, p_tolerance => :tolerance);
