/* @name hitAnswer */
SELECT id AS "id!", result AS "result!", generated_at AS "generated_at!", generation_model AS "generation_model!",
       generation_prompt_id AS "generation_prompt_id?"
  FROM evergreen.hit_answer(
         p_content_type => :contentType!, p_input => :input!, p_model => :model!, p_provider => :provider!, p_prompt => :prompt,
         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId);

/* @name lookupAnswer */
SELECT cache_key AS "cache_key!", freshness AS "freshness!", reason AS "reason!", seen AS "seen?", content AS "content?",
       generated_at AS "generated_at?", generation_model AS "generation_model?", generation_prompt_id AS "generation_prompt_id?",
       context_hash AS "context_hash!", id AS "id?", similarity AS "similarity?", similar_to AS "similar_to?", similarity_method AS "similarity_method?"
  FROM evergreen.lookup_answer(
         p_content_type => :contentType!, p_input => :input!, p_model => :model!, p_provider => :provider!, p_prompt => :prompt,
         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId,
         p_after_failure => COALESCE(:afterFailure, false), p_similar => COALESCE(:similar, false), p_embedding => :embedding::real[],
         p_embedding_model => :embeddingModel, p_threshold => :threshold::real,
         p_checks => COALESCE(:checks::text[], '{numbers,negations,entities,order,structure}'));

/* @name lookupAnswers */
SELECT ordinal AS "ordinal!", COALESCE(cache_key, '') AS "cache_key!", freshness AS "freshness!", reason AS "reason!", seen AS "seen?", content AS "content?",
       generated_at AS "generated_at?", generation_model AS "generation_model?", generation_prompt_id AS "generation_prompt_id?",
       context_hash AS "context_hash!", id AS "id?", error_code AS "error_code?"
  FROM evergreen.lookup_answers(
         p_content_type => :contentType!, p_inputs => :inputs!::text[], p_model => :model!, p_provider => :provider!, p_prompt => :prompt,
         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId);

/* @name hitAnswers */
SELECT ordinal AS "ordinal!", input_hash AS "cache_key!", id AS "id!", result AS "result!", generated_at AS "generated_at!",
       generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?"
  FROM evergreen.hit_answers(
         p_content_type => :contentType!, p_inputs => :inputs!::text[], p_model => :model!, p_provider => :provider!, p_prompt => :prompt,
         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId);

/* @name prepareAnswer */
SELECT state AS "state!", prompt_id AS "prompt_id?", prompt AS "prompt?"
  FROM evergreen.prepare_answer(
         p_content_type => :contentType!, p_input => :input!, p_model => :model!, p_provider => :provider!, p_prompt => :prompt,
         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId,
         p_input_hash => :inputHash);

/* @name claimAnswers */
SELECT ordinal AS "ordinal!", cache_key AS "cache_key!", state AS "state!", lease_token AS "lease_token?", retry_after_ms AS "retry_after_ms?",
       renew_after_ms AS "renew_after_ms?", max_completion_tokens AS "max_completion_tokens?", reason AS "reason?",
       prompt_id AS "prompt_id?", prompt AS "prompt?"
  FROM evergreen.claim_answers(
         p_content_type => :contentType!, p_inputs => :inputs!::text[], p_seen => :seen!::text[], p_holder => :holder!,
         p_model => :model!, p_provider => :provider!, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'),
         p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId);

/* @name saveAnswer */
SELECT state AS "state!", id AS "id?", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?"
  FROM evergreen.save_answer(
         p_content_type => :contentType!, p_input => :input!, p_result => :result!, p_lease_token => :leaseToken!, p_provider => :provider!,
         p_model => :model!, p_asked_model => :askedModel, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'),
         p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId, p_input_hash => :inputHash, p_prompt_id => :promptId,
         p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,
         p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_embedding => :embedding::real[],
         p_embedding_model => :embeddingModel, p_expires_at => :expiresAt);

/* @name saveAnswers */
SELECT ordinal AS "ordinal!", state AS "state!", id AS "id?", revision AS "revision?", generated_at AS "generated_at?", cost::float8 AS "cost?",
       reason AS "reason?", retry_after_ms AS "retry_after_ms?"
  FROM evergreen.save_answers(
         p_content_type => :contentType!, p_inputs => :inputs!::text[], p_results => :results!::text[], p_lease_tokens => :leaseTokens!::uuid[],
         p_model => :model!, p_provider => :provider!, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId,
         p_user_id => :userId, p_parent_id => :parentId, p_details => :details::text::jsonb);

/* @name recordAnswerUses */
SELECT evergreen.record_answer_uses(p_ids => :ids!::uuid[], p_uses => :uses::integer[]) AS "counted!";

/* @name findAnswer */
SELECT id AS "id!", result AS "result!", freshness AS "freshness!", reason AS "reason!", generated_at AS "generated_at!",
       fresh_until AS "fresh_until?", generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?",
       revision AS "revision!", input_hash AS "input_hash!"
  FROM evergreen.find_answer(
         p_content_type => :contentType!, p_input => :input!, p_model => :model, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,
         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId);

/* @name findCluster */
SELECT id AS "id!", result AS "result!", freshness AS "freshness!", reason AS "reason!", generated_at AS "generated_at!",
       fresh_until AS "fresh_until?", generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?",
       revision AS "revision!", input_hash AS "input_hash!"
  FROM evergreen.find_cluster(
         p_input => :input!, p_model => :model, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,
         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId);

/* @name findClusterGoals */
SELECT id AS "id!", result AS "result!", freshness AS "freshness!", reason AS "reason!", generated_at AS "generated_at!",
       fresh_until AS "fresh_until?", generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?",
       revision AS "revision!", input_hash AS "input_hash!"
  FROM evergreen.find_cluster_goals(
         p_cluster_id => :clusterId!, p_model => :model, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,
         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId);

/* @name findSimilarAnswers */
SELECT id AS "id!", similarity AS "similarity!", method AS "method!", input AS "input!", result AS "result!", freshness AS "freshness!",
       agrees AS "agrees!", disagreement AS "disagreement?"
  FROM evergreen.find_similar_answers(
         p_content_type => :contentType!, p_input => :input!, p_model => :model!, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,
         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId,
         p_embedding => :embedding::real[], p_embedding_model => :embeddingModel, p_threshold => :threshold::real,
         p_checks => COALESCE(:checks::text[], '{numbers,negations,entities,order,structure}'), p_limit => COALESCE(:limit, 5));

/* @name invalidateAnswers */
SELECT invalidated AS "invalidated!", generating AS "generating!", before::text AS "before!"
  FROM evergreen.invalidate_answers(
         p_content_type => :contentType!, p_input => :input, p_model => :model, p_prompt_id => :promptId,
         p_older_than => :olderThan::text::interval, p_id => :id, p_all => COALESCE(:all, false), p_batch_size => COALESCE(:batchSize, 1000),
         p_before => :before::text::timestamptz);

/* @name clustersToWarm */
SELECT id AS "id!", input AS "input!", model AS "model!", provider AS "provider!", prompt AS "prompt?", parameters AS "parameters!",
       company_id AS "company_id?", user_id AS "user_id?", parent_id AS "parent_id?", uses::float8 AS "uses!",
       last_used_at AS "last_used_at?", fresh_until AS "fresh_until?", reason AS "reason!"
  FROM evergreen.clusters_to_warm(
         p_limit => COALESCE(:limit, 100), p_content_type => COALESCE(:contentType, 'cluster'),
         p_within => COALESCE(:within::text::interval, interval '3 days'));

/* @name recordSimilarityVerdict */
SELECT evergreen.record_similarity_verdict(
         p_content_type => :contentType!, p_input => :input!, p_answer_id => :answerId!, p_similarity => :similarity!::real,
         p_method => :method!, p_agreed => :agreed!, p_company_id => :companyId, p_user_id => :userId) AS "id!";

/* @name suggestSimilarityThreshold */
SELECT threshold AS "threshold?", verdicts::float8 AS "verdicts!", error_rate::float8 AS "error_rate?"
  FROM evergreen.suggest_similarity_threshold(
         p_max_error_rate => :maxErrorRate!, p_content_type => COALESCE(:contentType, 'cluster'), p_method => COALESCE(:method, 'trigram'));

/* @name findSimilarClusters */
SELECT id AS "id!", similarity AS "similarity!", method AS "method!", input AS "input!", result AS "result!", freshness AS "freshness!",
       agrees AS "agrees!", disagreement AS "disagreement?"
  FROM evergreen.find_similar_clusters(
         p_input => :input!, p_model => :model!, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,
         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId,
         p_embedding => :embedding::real[], p_embedding_model => :embeddingModel, p_threshold => :threshold::real,
         p_checks => COALESCE(:checks::text[], '{numbers,negations,entities,order,structure}'), p_limit => COALESCE(:limit, 5));

/* @name inputsAgree */
SELECT agrees AS "agrees!", disagreement AS "disagreement?"
  FROM evergreen.inputs_agree(p_a => :a!, p_b => :b!, p_checks => COALESCE(:checks::text[], '{numbers,negations,entities,order}'));

/* @name invalidateClusters */
SELECT invalidated AS "invalidated!", generating AS "generating!", before::text AS "before!"
  FROM evergreen.invalidate_clusters(
         p_input => :input, p_model => :model, p_prompt_id => :promptId, p_older_than => :olderThan::text::interval, p_id => :id,
         p_all => COALESCE(:all, false), p_batch_size => COALESCE(:batchSize, 1000), p_before => :before::text::timestamptz);

/* @name saveCluster */
SELECT state AS "state!", id AS "id?", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?"
  FROM evergreen.save_cluster(
         p_input => :input!, p_cluster_result => :clusterResult!, p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!,
         p_asked_model => :askedModel, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId,
         p_user_id => :userId, p_input_hash => :inputHash, p_prompt_id => :promptId, p_prompt_tokens => :promptTokens,
         p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs,
         p_request_id => :requestId, p_expires_at => :expiresAt);

/* @name saveClusterGoals */
SELECT state AS "state!", id AS "id?", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?"
  FROM evergreen.save_cluster_goals(
         p_cluster_id => :clusterId!, p_goal => :goal!, p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!,
         p_asked_model => :askedModel, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId,
         p_user_id => :userId, p_input_hash => :inputHash, p_prompt_id => :promptId, p_prompt_tokens => :promptTokens,
         p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs,
         p_request_id => :requestId, p_expires_at => :expiresAt);
