/* @name hitRecommendations */
SELECT id AS "id!", step_id AS "step_id?", status AS "status!", revision AS "revision!", generated_at AS "generated_at!",
       generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?", content AS "content!"
  FROM evergreen.hit_recommendations(p_company_id => :companyId!, p_limit => :limit!);

/* @name hitInsights */
SELECT id AS "id!", domain_id AS "domain_id?", step_id AS "step_id?", relevance_score AS "relevance_score!", generated_at AS "generated_at!",
       generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?", author_profile AS "author_profile!",
       content AS "content!"
  FROM evergreen.hit_insights(p_company_id => :companyId!, p_domain_id => :domainId, p_step_id => :stepId, p_limit => :limit!);

/* @name hitHealthSummary */
SELECT id AS "id!", revision AS "revision!", generated_at AS "generated_at!", generation_model AS "generation_model!",
       generation_prompt_id AS "generation_prompt_id?", content AS "content!"
  FROM evergreen.hit_health_summary(p_company_id => :companyId!);

/* @name lookupRecommendations */
SELECT cache_key AS "cache_key!", freshness AS "freshness!", reason AS "reason!", seen AS "seen?", content AS "content?",
       generated_at AS "generated_at?", generation_model AS "generation_model?", generation_prompt_id AS "generation_prompt_id?",
       context_hash AS "context_hash!", refresh_context AS "refresh_context!"
  FROM evergreen.lookup_recommendations(p_company_id => :companyId!, p_limit => :limit!, p_after_failure => :afterFailure!);

/* @name prepareRecommendations */
SELECT state AS "state!", prompt_id AS "prompt_id?", prompt AS "prompt?"
  FROM evergreen.prepare_recommendations(p_company_id => :companyId!, p_limit => :limit!, p_context_hash => :contextHash!);

/* @name saveRecommendations */
SELECT state AS "state!", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?"
  FROM evergreen.save_recommendations(
         p_company_id => :companyId!, p_context_hash => :contextHash!, p_recommendations => :recommendations!::text::jsonb,
         p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!, p_prompt_id => :promptId,
         p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,
         p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt);

/* @name lookupInsights */
SELECT cache_key AS "cache_key!", freshness AS "freshness!", reason AS "reason!", seen AS "seen?", content AS "content?",
       generated_at AS "generated_at?", generation_model AS "generation_model?", generation_prompt_id AS "generation_prompt_id?",
       context_hash AS "context_hash!", refresh_context AS "refresh_context!"
  FROM evergreen.lookup_insights(
         p_company_id => :companyId!, p_domain_id => :domainId, p_step_id => :stepId, p_limit => :limit!, p_after_failure => :afterFailure!);

/* @name prepareInsights */
SELECT state AS "state!", prompt_id AS "prompt_id?", prompt AS "prompt?"
  FROM evergreen.prepare_insights(
         p_company_id => :companyId!, p_domain_id => :domainId, p_step_id => :stepId, p_limit => :limit!, p_context_hash => :contextHash!);

/* @name saveInsights */
SELECT state AS "state!", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?"
  FROM evergreen.save_insights(
         p_company_id => :companyId!, p_context_hash => :contextHash!, p_domain_id => :domainId, p_step_id => :stepId,
         p_insights => :insights!::text::jsonb,
         p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!, p_prompt_id => :promptId,
         p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,
         p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt);

/* @name lookupHealthSummary */
SELECT cache_key AS "cache_key!", freshness AS "freshness!", reason AS "reason!", seen AS "seen?", content AS "content?",
       generated_at AS "generated_at?", generation_model AS "generation_model?", generation_prompt_id AS "generation_prompt_id?",
       context_hash AS "context_hash!", refresh_context AS "refresh_context!"
  FROM evergreen.lookup_health_summary(p_company_id => :companyId!, p_after_failure => :afterFailure!);

/* @name prepareHealthSummary */
SELECT state AS "state!", prompt_id AS "prompt_id?", prompt AS "prompt?"
  FROM evergreen.prepare_health_summary(p_company_id => :companyId!, p_context_hash => :contextHash!);

/* @name saveHealthSummary */
SELECT state AS "state!", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?"
  FROM evergreen.save_health_summary(
         p_company_id => :companyId!, p_context_hash => :contextHash!, p_content => :content!::text::jsonb,
         p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!, p_prompt_id => :promptId,
         p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,
         p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt);

/* @name lookupRefinement */
SELECT cache_key AS "cache_key!", freshness AS "freshness!", reason AS "reason!", seen AS "seen?", content AS "content?",
       generated_at AS "generated_at?", generation_model AS "generation_model?", generation_prompt_id AS "generation_prompt_id?",
       context_hash AS "context_hash!", base_revision AS "base_revision!",
       company_id AS "company_id!"
  FROM evergreen.lookup_refinement(
         p_recommendation_id => :recommendationId!, p_instruction => :instruction!, p_revision => :revision, p_after_failure => :afterFailure!);

/* @name prepareRefinement */
SELECT state AS "state!", prompt_id AS "prompt_id?", prompt AS "prompt?"
  FROM evergreen.prepare_refinement(p_recommendation_id => :recommendationId!, p_instruction => :instruction!, p_revision => :revision!);

/* @name saveRefinement */
SELECT state AS "state!", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?"
  FROM evergreen.save_refinement(
         p_recommendation_id => :recommendationId!, p_instruction => :instruction!, p_revision => :revision!,
         p_content => :content!::text::jsonb,
         p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!, p_prompt_id => :promptId,
         p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,
         p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt);

/* @name markPresented */
SELECT evergreen.mark_presented(p_ids => :ids!::uuid[], p_content_type => COALESCE(:contentType, 'recommendation')) AS "presented!";

/* @name explainRegeneration */
SELECT regenerate AS "regenerate!", reason AS "reason!", detail AS "detail!"
  FROM evergreen.explain_regeneration(p_company_id => :companyId!, p_content_type => :contentType!, p_context_hash => :contextHash);

/* @name shouldRegenerateContent */
SELECT evergreen.should_regenerate_content(
         p_company_id => :companyId!, p_content_type => :contentType!, p_context_hash => :contextHash) AS "regenerate!";

/* @name getRecommendationsWithFallback */
SELECT id AS "id!", company_id AS "company_id!", step_id AS "step_id?", content AS "content!", context_hash AS "context_hash!",
       status AS "status!", revision AS "revision!", generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?",
       generated_at AS "generated_at!", expires_at AS "expires_at?", last_presented_at AS "last_presented_at?",
       times_presented AS "times_presented!", user_feedback AS "user_feedback?"
  FROM evergreen.get_recommendations_with_fallback(
         p_company_id => :companyId!, p_limit => :limit!, p_after_failure => COALESCE(:afterFailure, false));

/* @name findRecommendations */
SELECT id AS "id!", step_id AS "step_id?", content AS "content!", status AS "status!", match AS "match!", freshness AS "freshness!",
       revision AS "revision!", generated_at AS "generated_at!", expires_at AS "expires_at?", context_hash AS "context_hash!",
       generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?", times_presented AS "times_presented!"
  FROM evergreen.find_recommendations(
         p_company_id => :companyId!, p_limit => :limit!, p_after_failure => COALESCE(:afterFailure, false));

/* @name findInsights */
SELECT id AS "id!", domain_id AS "domain_id?", step_id AS "step_id?", content AS "content!", author_profile AS "author_profile!",
       relevance_score AS "relevance_score!", match AS "match!", freshness AS "freshness!", generated_at AS "generated_at!",
       expires_at AS "expires_at?", context_hash AS "context_hash!", generation_model AS "generation_model!",
       generation_prompt_id AS "generation_prompt_id?", times_presented AS "times_presented!"
  FROM evergreen.find_insights(
         p_company_id => :companyId!, p_domain_id => :domainId, p_step_id => :stepId, p_limit => :limit!,
         p_after_failure => COALESCE(:afterFailure, false));

/* @name findHealthSummary */
SELECT id AS "id!", content AS "content!", match AS "match!", freshness AS "freshness!", revision AS "revision!",
       generated_at AS "generated_at!", expires_at AS "expires_at?", context_hash AS "context_hash!",
       generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?", times_presented AS "times_presented!"
  FROM evergreen.find_health_summary(p_company_id => :companyId!, p_after_failure => COALESCE(:afterFailure, false));

/* @name updateRecommendationStatus */
SELECT evergreen.update_recommendation_status(p_recommendation_id => :recommendationId!, p_new_status => :newStatus!)::text AS "done?";

/* @name trackRecommendationStart */
SELECT evergreen.track_recommendation_start(p_recommendation_id => :recommendationId!)::text AS "done?";

/* @name trackRecommendationCompletion */
SELECT evergreen.track_recommendation_completion(p_recommendation_id => :recommendationId!)::text AS "done?";

/* @name companyRecommendations */
SELECT id AS "id!" FROM evergreen.company_recommendations(p_company_id => :companyId!, p_ids => :ids!::uuid[]) AS c (id);

/* @name recordRecommendationFeedback */
SELECT evergreen.record_recommendation_feedback(
         p_recommendation_id => :recommendationId!, p_feedback => :feedback!::text::jsonb, p_dismiss => COALESCE(:dismiss, false)) AS "feedback!";

/* @name markStaleRecommendationsBatch */
SELECT evergreen.mark_stale_recommendations_batch(p_batch_size => COALESCE(:batchSize, 1000)) AS "marked!";

/* @name invalidateContent */
SELECT content_type AS "content_type!", invalidated AS "invalidated!", generating AS "generating!"
  FROM evergreen.invalidate_content(p_company_id => :companyId!, p_content_type => :contentType);

/* @name companyContext */
SELECT evergreen.company_context(p_company_id => :companyId!) AS "context!";

/* @name companyContextHash */
SELECT evergreen.company_context_hash(p_company_id => :companyId!, p_content_type => COALESCE(:contentType, 'recommendation')) AS "context_hash!";

/* @name generateCompanyContextHash */
SELECT evergreen.generate_company_context_hash(p_company_id => :companyId!) AS "context_hash!";

/* @name getRecommendationEffectiveness */
SELECT prompt_id AS "prompt_id?", model AS "model?", generated::float8 AS "generated!", presented::float8 AS "presented!",
       started::float8 AS "started!", completed::float8 AS "completed!", dismissed::float8 AS "dismissed!",
       start_rate::float8 AS "start_rate?", completion_rate::float8 AS "completion_rate?",
       extract(epoch FROM median_time_to_start)::float8 AS "median_seconds_to_start?",
       extract(epoch FROM median_time_to_complete)::float8 AS "median_seconds_to_complete?",
       with_feedback::float8 AS "with_feedback!", average_quality::float8 AS "average_quality?", average_relevance::float8 AS "average_relevance?"
  FROM evergreen.get_recommendation_effectiveness(p_start => :start, p_end => :end);

/* @name refreshCompanyContexts */
SELECT evergreen.refresh_company_contexts(p_company_ids => :companyIds!::uuid[]) AS "computed!";
