/** Types generated for queries found in "src/queries/journey.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type DateOrString = Date | string;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type stringArray = (string)[];

/** 'HitRecommendations' parameters type */
export interface HitRecommendationsParams {
  companyId: string;
  limit: number;
}

/** 'HitRecommendations' return type */
export interface HitRecommendationsResult {
  content: Json;
  generated_at: Date;
  generation_model: string;
  generation_prompt_id: string | null;
  id: string;
  revision: number;
  status: string;
  step_id: string | null;
}

/** 'HitRecommendations' query type */
export interface HitRecommendationsQuery {
  params: HitRecommendationsParams;
  result: HitRecommendationsResult;
}

const hitRecommendationsIR: any = {"usedParamSet":{"companyId":true,"limit":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":294,"b":304}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":318,"b":324}]}],"statement":"SELECT id AS \"id!\", step_id AS \"step_id?\", status AS \"status!\", revision AS \"revision!\", generated_at AS \"generated_at!\",\n       generation_model AS \"generation_model!\", generation_prompt_id AS \"generation_prompt_id?\", content AS \"content!\"\n  FROM evergreen.hit_recommendations(p_company_id => :companyId!, p_limit => :limit!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!", step_id AS "step_id?", status AS "status!", revision AS "revision!", generated_at AS "generated_at!",
 *        generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?", content AS "content!"
 *   FROM evergreen.hit_recommendations(p_company_id => :companyId!, p_limit => :limit!)
 * ```
 */
export const hitRecommendations = new PreparedQuery<HitRecommendationsParams,HitRecommendationsResult>(hitRecommendationsIR);


/** 'HitInsights' parameters type */
export interface HitInsightsParams {
  companyId: string;
  domainId?: string | null | void;
  limit: number;
  stepId?: string | null | void;
}

/** 'HitInsights' return type */
export interface HitInsightsResult {
  author_profile: Json;
  content: string;
  domain_id: string | null;
  generated_at: Date;
  generation_model: string;
  generation_prompt_id: string | null;
  id: string;
  relevance_score: number;
  step_id: string | null;
}

/** 'HitInsights' query type */
export interface HitInsightsQuery {
  params: HitInsightsParams;
  result: HitInsightsResult;
}

const hitInsightsIR: any = {"usedParamSet":{"companyId":true,"domainId":true,"stepId":true,"limit":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":351,"b":361}]},{"name":"domainId","required":false,"transform":{"type":"scalar"},"locs":[{"a":379,"b":387}]},{"name":"stepId","required":false,"transform":{"type":"scalar"},"locs":[{"a":403,"b":409}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":423,"b":429}]}],"statement":"SELECT id AS \"id!\", domain_id AS \"domain_id?\", step_id AS \"step_id?\", relevance_score AS \"relevance_score!\", generated_at AS \"generated_at!\",\n       generation_model AS \"generation_model!\", generation_prompt_id AS \"generation_prompt_id?\", author_profile AS \"author_profile!\",\n       content AS \"content!\"\n  FROM evergreen.hit_insights(p_company_id => :companyId!, p_domain_id => :domainId, p_step_id => :stepId, p_limit => :limit!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!", domain_id AS "domain_id?", step_id AS "step_id?", relevance_score AS "relevance_score!", generated_at AS "generated_at!",
 *        generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?", author_profile AS "author_profile!",
 *        content AS "content!"
 *   FROM evergreen.hit_insights(p_company_id => :companyId!, p_domain_id => :domainId, p_step_id => :stepId, p_limit => :limit!)
 * ```
 */
export const hitInsights = new PreparedQuery<HitInsightsParams,HitInsightsResult>(hitInsightsIR);


/** 'HitHealthSummary' parameters type */
export interface HitHealthSummaryParams {
  companyId: string;
}

/** 'HitHealthSummary' return type */
export interface HitHealthSummaryResult {
  content: Json;
  generated_at: Date;
  generation_model: string;
  generation_prompt_id: string | null;
  id: string;
  revision: number;
}

/** 'HitHealthSummary' query type */
export interface HitHealthSummaryQuery {
  params: HitHealthSummaryParams;
  result: HitHealthSummaryResult;
}

const hitHealthSummaryIR: any = {"usedParamSet":{"companyId":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":249,"b":259}]}],"statement":"SELECT id AS \"id!\", revision AS \"revision!\", generated_at AS \"generated_at!\", generation_model AS \"generation_model!\",\n       generation_prompt_id AS \"generation_prompt_id?\", content AS \"content!\"\n  FROM evergreen.hit_health_summary(p_company_id => :companyId!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!", revision AS "revision!", generated_at AS "generated_at!", generation_model AS "generation_model!",
 *        generation_prompt_id AS "generation_prompt_id?", content AS "content!"
 *   FROM evergreen.hit_health_summary(p_company_id => :companyId!)
 * ```
 */
export const hitHealthSummary = new PreparedQuery<HitHealthSummaryParams,HitHealthSummaryResult>(hitHealthSummaryIR);


/** 'LookupRecommendations' parameters type */
export interface LookupRecommendationsParams {
  afterFailure: boolean;
  companyId: string;
  limit: number;
}

/** 'LookupRecommendations' return type */
export interface LookupRecommendationsResult {
  cache_key: string;
  content: Json | null;
  context_hash: string;
  freshness: string;
  generated_at: Date | null;
  generation_model: string | null;
  generation_prompt_id: string | null;
  reason: string;
  refresh_context: boolean;
  seen: string | null;
}

/** 'LookupRecommendations' query type */
export interface LookupRecommendationsQuery {
  params: LookupRecommendationsParams;
  result: LookupRecommendationsResult;
}

const lookupRecommendationsIR: any = {"usedParamSet":{"companyId":true,"limit":true,"afterFailure":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":386,"b":396}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":410,"b":416}]},{"name":"afterFailure","required":true,"transform":{"type":"scalar"},"locs":[{"a":438,"b":451}]}],"statement":"SELECT cache_key AS \"cache_key!\", freshness AS \"freshness!\", reason AS \"reason!\", seen AS \"seen?\", content AS \"content?\",\n       generated_at AS \"generated_at?\", generation_model AS \"generation_model?\", generation_prompt_id AS \"generation_prompt_id?\",\n       context_hash AS \"context_hash!\", refresh_context AS \"refresh_context!\"\n  FROM evergreen.lookup_recommendations(p_company_id => :companyId!, p_limit => :limit!, p_after_failure => :afterFailure!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT cache_key AS "cache_key!", freshness AS "freshness!", reason AS "reason!", seen AS "seen?", content AS "content?",
 *        generated_at AS "generated_at?", generation_model AS "generation_model?", generation_prompt_id AS "generation_prompt_id?",
 *        context_hash AS "context_hash!", refresh_context AS "refresh_context!"
 *   FROM evergreen.lookup_recommendations(p_company_id => :companyId!, p_limit => :limit!, p_after_failure => :afterFailure!)
 * ```
 */
export const lookupRecommendations = new PreparedQuery<LookupRecommendationsParams,LookupRecommendationsResult>(lookupRecommendationsIR);


/** 'PrepareRecommendations' parameters type */
export interface PrepareRecommendationsParams {
  companyId: string;
  contextHash: string;
  limit: number;
}

/** 'PrepareRecommendations' return type */
export interface PrepareRecommendationsResult {
  prompt: string | null;
  prompt_id: string | null;
  state: string;
}

/** 'PrepareRecommendations' query type */
export interface PrepareRecommendationsQuery {
  params: PrepareRecommendationsParams;
  result: PrepareRecommendationsResult;
}

const prepareRecommendationsIR: any = {"usedParamSet":{"companyId":true,"limit":true,"contextHash":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":130,"b":140}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":154,"b":160}]},{"name":"contextHash","required":true,"transform":{"type":"scalar"},"locs":[{"a":181,"b":193}]}],"statement":"SELECT state AS \"state!\", prompt_id AS \"prompt_id?\", prompt AS \"prompt?\"\n  FROM evergreen.prepare_recommendations(p_company_id => :companyId!, p_limit => :limit!, p_context_hash => :contextHash!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", prompt_id AS "prompt_id?", prompt AS "prompt?"
 *   FROM evergreen.prepare_recommendations(p_company_id => :companyId!, p_limit => :limit!, p_context_hash => :contextHash!)
 * ```
 */
export const prepareRecommendations = new PreparedQuery<PrepareRecommendationsParams,PrepareRecommendationsResult>(prepareRecommendationsIR);


/** 'SaveRecommendations' parameters type */
export interface SaveRecommendationsParams {
  cachedTokens?: number | null | void;
  companyId: string;
  completionTokens?: number | null | void;
  contextHash: string;
  expiresAt?: DateOrString | null | void;
  generationTimeMs?: number | null | void;
  leaseToken: string;
  model: string;
  promptId?: string | null | void;
  promptTokens?: number | null | void;
  provider: string;
  recommendations: string;
  requestId?: string | null | void;
}

/** 'SaveRecommendations' return type */
export interface SaveRecommendationsResult {
  content: Json | null;
  cost: number | null;
  generated_at: Date | null;
  state: string;
}

/** 'SaveRecommendations' query type */
export interface SaveRecommendationsQuery {
  params: SaveRecommendationsParams;
  result: SaveRecommendationsResult;
}

const saveRecommendationsIR: any = {"usedParamSet":{"companyId":true,"contextHash":true,"recommendations":true,"leaseToken":true,"provider":true,"model":true,"promptId":true,"promptTokens":true,"completionTokens":true,"cachedTokens":true,"generationTimeMs":true,"requestId":true,"expiresAt":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":170,"b":180}]},{"name":"contextHash","required":true,"transform":{"type":"scalar"},"locs":[{"a":201,"b":213}]},{"name":"recommendations","required":true,"transform":{"type":"scalar"},"locs":[{"a":237,"b":253}]},{"name":"leaseToken","required":true,"transform":{"type":"scalar"},"locs":[{"a":295,"b":306}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":323,"b":332}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":346,"b":352}]},{"name":"promptId","required":false,"transform":{"type":"scalar"},"locs":[{"a":370,"b":378}]},{"name":"promptTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":409,"b":421}]},{"name":"completionTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":447,"b":463}]},{"name":"cachedTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":485,"b":497}]},{"name":"generationTimeMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":533,"b":549}]},{"name":"requestId","required":false,"transform":{"type":"scalar"},"locs":[{"a":568,"b":577}]},{"name":"expiresAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":596,"b":605}]}],"statement":"SELECT state AS \"state!\", content AS \"content?\", generated_at AS \"generated_at?\", cost::float8 AS \"cost?\"\n  FROM evergreen.save_recommendations(\n         p_company_id => :companyId!, p_context_hash => :contextHash!, p_recommendations => :recommendations!::text::jsonb,\n         p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!, p_prompt_id => :promptId,\n         p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,\n         p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?"
 *   FROM evergreen.save_recommendations(
 *          p_company_id => :companyId!, p_context_hash => :contextHash!, p_recommendations => :recommendations!::text::jsonb,
 *          p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!, p_prompt_id => :promptId,
 *          p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,
 *          p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt)
 * ```
 */
export const saveRecommendations = new PreparedQuery<SaveRecommendationsParams,SaveRecommendationsResult>(saveRecommendationsIR);


/** 'LookupInsights' parameters type */
export interface LookupInsightsParams {
  afterFailure: boolean;
  companyId: string;
  domainId?: string | null | void;
  limit: number;
  stepId?: string | null | void;
}

/** 'LookupInsights' return type */
export interface LookupInsightsResult {
  cache_key: string;
  content: Json | null;
  context_hash: string;
  freshness: string;
  generated_at: Date | null;
  generation_model: string | null;
  generation_prompt_id: string | null;
  reason: string;
  refresh_context: boolean;
  seen: string | null;
}

/** 'LookupInsights' query type */
export interface LookupInsightsQuery {
  params: LookupInsightsParams;
  result: LookupInsightsResult;
}

const lookupInsightsIR: any = {"usedParamSet":{"companyId":true,"domainId":true,"stepId":true,"limit":true,"afterFailure":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":389,"b":399}]},{"name":"domainId","required":false,"transform":{"type":"scalar"},"locs":[{"a":417,"b":425}]},{"name":"stepId","required":false,"transform":{"type":"scalar"},"locs":[{"a":441,"b":447}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":461,"b":467}]},{"name":"afterFailure","required":true,"transform":{"type":"scalar"},"locs":[{"a":489,"b":502}]}],"statement":"SELECT cache_key AS \"cache_key!\", freshness AS \"freshness!\", reason AS \"reason!\", seen AS \"seen?\", content AS \"content?\",\n       generated_at AS \"generated_at?\", generation_model AS \"generation_model?\", generation_prompt_id AS \"generation_prompt_id?\",\n       context_hash AS \"context_hash!\", refresh_context AS \"refresh_context!\"\n  FROM evergreen.lookup_insights(\n         p_company_id => :companyId!, p_domain_id => :domainId, p_step_id => :stepId, p_limit => :limit!, p_after_failure => :afterFailure!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT cache_key AS "cache_key!", freshness AS "freshness!", reason AS "reason!", seen AS "seen?", content AS "content?",
 *        generated_at AS "generated_at?", generation_model AS "generation_model?", generation_prompt_id AS "generation_prompt_id?",
 *        context_hash AS "context_hash!", refresh_context AS "refresh_context!"
 *   FROM evergreen.lookup_insights(
 *          p_company_id => :companyId!, p_domain_id => :domainId, p_step_id => :stepId, p_limit => :limit!, p_after_failure => :afterFailure!)
 * ```
 */
export const lookupInsights = new PreparedQuery<LookupInsightsParams,LookupInsightsResult>(lookupInsightsIR);


/** 'PrepareInsights' parameters type */
export interface PrepareInsightsParams {
  companyId: string;
  contextHash: string;
  domainId?: string | null | void;
  limit: number;
  stepId?: string | null | void;
}

/** 'PrepareInsights' return type */
export interface PrepareInsightsResult {
  prompt: string | null;
  prompt_id: string | null;
  state: string;
}

/** 'PrepareInsights' query type */
export interface PrepareInsightsQuery {
  params: PrepareInsightsParams;
  result: PrepareInsightsResult;
}

const prepareInsightsIR: any = {"usedParamSet":{"companyId":true,"domainId":true,"stepId":true,"limit":true,"contextHash":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":133,"b":143}]},{"name":"domainId","required":false,"transform":{"type":"scalar"},"locs":[{"a":161,"b":169}]},{"name":"stepId","required":false,"transform":{"type":"scalar"},"locs":[{"a":185,"b":191}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":205,"b":211}]},{"name":"contextHash","required":true,"transform":{"type":"scalar"},"locs":[{"a":232,"b":244}]}],"statement":"SELECT state AS \"state!\", prompt_id AS \"prompt_id?\", prompt AS \"prompt?\"\n  FROM evergreen.prepare_insights(\n         p_company_id => :companyId!, p_domain_id => :domainId, p_step_id => :stepId, p_limit => :limit!, p_context_hash => :contextHash!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", prompt_id AS "prompt_id?", prompt AS "prompt?"
 *   FROM evergreen.prepare_insights(
 *          p_company_id => :companyId!, p_domain_id => :domainId, p_step_id => :stepId, p_limit => :limit!, p_context_hash => :contextHash!)
 * ```
 */
export const prepareInsights = new PreparedQuery<PrepareInsightsParams,PrepareInsightsResult>(prepareInsightsIR);


/** 'SaveInsights' parameters type */
export interface SaveInsightsParams {
  cachedTokens?: number | null | void;
  companyId: string;
  completionTokens?: number | null | void;
  contextHash: string;
  domainId?: string | null | void;
  expiresAt?: DateOrString | null | void;
  generationTimeMs?: number | null | void;
  insights: string;
  leaseToken: string;
  model: string;
  promptId?: string | null | void;
  promptTokens?: number | null | void;
  provider: string;
  requestId?: string | null | void;
  stepId?: string | null | void;
}

/** 'SaveInsights' return type */
export interface SaveInsightsResult {
  content: Json | null;
  cost: number | null;
  generated_at: Date | null;
  state: string;
}

/** 'SaveInsights' query type */
export interface SaveInsightsQuery {
  params: SaveInsightsParams;
  result: SaveInsightsResult;
}

const saveInsightsIR: any = {"usedParamSet":{"companyId":true,"contextHash":true,"domainId":true,"stepId":true,"insights":true,"leaseToken":true,"provider":true,"model":true,"promptId":true,"promptTokens":true,"completionTokens":true,"cachedTokens":true,"generationTimeMs":true,"requestId":true,"expiresAt":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":163,"b":173}]},{"name":"contextHash","required":true,"transform":{"type":"scalar"},"locs":[{"a":194,"b":206}]},{"name":"domainId","required":false,"transform":{"type":"scalar"},"locs":[{"a":224,"b":232}]},{"name":"stepId","required":false,"transform":{"type":"scalar"},"locs":[{"a":248,"b":254}]},{"name":"insights","required":true,"transform":{"type":"scalar"},"locs":[{"a":280,"b":289}]},{"name":"leaseToken","required":true,"transform":{"type":"scalar"},"locs":[{"a":331,"b":342}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":359,"b":368}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":382,"b":388}]},{"name":"promptId","required":false,"transform":{"type":"scalar"},"locs":[{"a":406,"b":414}]},{"name":"promptTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":445,"b":457}]},{"name":"completionTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":483,"b":499}]},{"name":"cachedTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":521,"b":533}]},{"name":"generationTimeMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":569,"b":585}]},{"name":"requestId","required":false,"transform":{"type":"scalar"},"locs":[{"a":604,"b":613}]},{"name":"expiresAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":632,"b":641}]}],"statement":"SELECT state AS \"state!\", content AS \"content?\", generated_at AS \"generated_at?\", cost::float8 AS \"cost?\"\n  FROM evergreen.save_insights(\n         p_company_id => :companyId!, p_context_hash => :contextHash!, p_domain_id => :domainId, p_step_id => :stepId,\n         p_insights => :insights!::text::jsonb,\n         p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!, p_prompt_id => :promptId,\n         p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,\n         p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?"
 *   FROM evergreen.save_insights(
 *          p_company_id => :companyId!, p_context_hash => :contextHash!, p_domain_id => :domainId, p_step_id => :stepId,
 *          p_insights => :insights!::text::jsonb,
 *          p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!, p_prompt_id => :promptId,
 *          p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,
 *          p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt)
 * ```
 */
export const saveInsights = new PreparedQuery<SaveInsightsParams,SaveInsightsResult>(saveInsightsIR);


/** 'LookupHealthSummary' parameters type */
export interface LookupHealthSummaryParams {
  afterFailure: boolean;
  companyId: string;
}

/** 'LookupHealthSummary' return type */
export interface LookupHealthSummaryResult {
  cache_key: string;
  content: Json | null;
  context_hash: string;
  freshness: string;
  generated_at: Date | null;
  generation_model: string | null;
  generation_prompt_id: string | null;
  reason: string;
  refresh_context: boolean;
  seen: string | null;
}

/** 'LookupHealthSummary' query type */
export interface LookupHealthSummaryQuery {
  params: LookupHealthSummaryParams;
  result: LookupHealthSummaryResult;
}

const lookupHealthSummaryIR: any = {"usedParamSet":{"companyId":true,"afterFailure":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":385,"b":395}]},{"name":"afterFailure","required":true,"transform":{"type":"scalar"},"locs":[{"a":417,"b":430}]}],"statement":"SELECT cache_key AS \"cache_key!\", freshness AS \"freshness!\", reason AS \"reason!\", seen AS \"seen?\", content AS \"content?\",\n       generated_at AS \"generated_at?\", generation_model AS \"generation_model?\", generation_prompt_id AS \"generation_prompt_id?\",\n       context_hash AS \"context_hash!\", refresh_context AS \"refresh_context!\"\n  FROM evergreen.lookup_health_summary(p_company_id => :companyId!, p_after_failure => :afterFailure!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT cache_key AS "cache_key!", freshness AS "freshness!", reason AS "reason!", seen AS "seen?", content AS "content?",
 *        generated_at AS "generated_at?", generation_model AS "generation_model?", generation_prompt_id AS "generation_prompt_id?",
 *        context_hash AS "context_hash!", refresh_context AS "refresh_context!"
 *   FROM evergreen.lookup_health_summary(p_company_id => :companyId!, p_after_failure => :afterFailure!)
 * ```
 */
export const lookupHealthSummary = new PreparedQuery<LookupHealthSummaryParams,LookupHealthSummaryResult>(lookupHealthSummaryIR);


/** 'PrepareHealthSummary' parameters type */
export interface PrepareHealthSummaryParams {
  companyId: string;
  contextHash: string;
}

/** 'PrepareHealthSummary' return type */
export interface PrepareHealthSummaryResult {
  prompt: string | null;
  prompt_id: string | null;
  state: string;
}

/** 'PrepareHealthSummary' query type */
export interface PrepareHealthSummaryQuery {
  params: PrepareHealthSummaryParams;
  result: PrepareHealthSummaryResult;
}

const prepareHealthSummaryIR: any = {"usedParamSet":{"companyId":true,"contextHash":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":129,"b":139}]},{"name":"contextHash","required":true,"transform":{"type":"scalar"},"locs":[{"a":160,"b":172}]}],"statement":"SELECT state AS \"state!\", prompt_id AS \"prompt_id?\", prompt AS \"prompt?\"\n  FROM evergreen.prepare_health_summary(p_company_id => :companyId!, p_context_hash => :contextHash!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", prompt_id AS "prompt_id?", prompt AS "prompt?"
 *   FROM evergreen.prepare_health_summary(p_company_id => :companyId!, p_context_hash => :contextHash!)
 * ```
 */
export const prepareHealthSummary = new PreparedQuery<PrepareHealthSummaryParams,PrepareHealthSummaryResult>(prepareHealthSummaryIR);


/** 'SaveHealthSummary' parameters type */
export interface SaveHealthSummaryParams {
  cachedTokens?: number | null | void;
  companyId: string;
  completionTokens?: number | null | void;
  content: string;
  contextHash: string;
  expiresAt?: DateOrString | null | void;
  generationTimeMs?: number | null | void;
  leaseToken: string;
  model: string;
  promptId?: string | null | void;
  promptTokens?: number | null | void;
  provider: string;
  requestId?: string | null | void;
}

/** 'SaveHealthSummary' return type */
export interface SaveHealthSummaryResult {
  content: Json | null;
  cost: number | null;
  generated_at: Date | null;
  state: string;
}

/** 'SaveHealthSummary' query type */
export interface SaveHealthSummaryQuery {
  params: SaveHealthSummaryParams;
  result: SaveHealthSummaryResult;
}

const saveHealthSummaryIR: any = {"usedParamSet":{"companyId":true,"contextHash":true,"content":true,"leaseToken":true,"provider":true,"model":true,"promptId":true,"promptTokens":true,"completionTokens":true,"cachedTokens":true,"generationTimeMs":true,"requestId":true,"expiresAt":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":169,"b":179}]},{"name":"contextHash","required":true,"transform":{"type":"scalar"},"locs":[{"a":200,"b":212}]},{"name":"content","required":true,"transform":{"type":"scalar"},"locs":[{"a":228,"b":236}]},{"name":"leaseToken","required":true,"transform":{"type":"scalar"},"locs":[{"a":278,"b":289}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":306,"b":315}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":329,"b":335}]},{"name":"promptId","required":false,"transform":{"type":"scalar"},"locs":[{"a":353,"b":361}]},{"name":"promptTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":392,"b":404}]},{"name":"completionTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":430,"b":446}]},{"name":"cachedTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":468,"b":480}]},{"name":"generationTimeMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":516,"b":532}]},{"name":"requestId","required":false,"transform":{"type":"scalar"},"locs":[{"a":551,"b":560}]},{"name":"expiresAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":579,"b":588}]}],"statement":"SELECT state AS \"state!\", content AS \"content?\", generated_at AS \"generated_at?\", cost::float8 AS \"cost?\"\n  FROM evergreen.save_health_summary(\n         p_company_id => :companyId!, p_context_hash => :contextHash!, p_content => :content!::text::jsonb,\n         p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!, p_prompt_id => :promptId,\n         p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,\n         p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?"
 *   FROM evergreen.save_health_summary(
 *          p_company_id => :companyId!, p_context_hash => :contextHash!, p_content => :content!::text::jsonb,
 *          p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!, p_prompt_id => :promptId,
 *          p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,
 *          p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt)
 * ```
 */
export const saveHealthSummary = new PreparedQuery<SaveHealthSummaryParams,SaveHealthSummaryResult>(saveHealthSummaryIR);


/** 'LookupRefinement' parameters type */
export interface LookupRefinementParams {
  afterFailure: boolean;
  instruction: string;
  recommendationId: string;
  revision?: number | null | void;
}

/** 'LookupRefinement' return type */
export interface LookupRefinementResult {
  base_revision: number;
  cache_key: string;
  company_id: string;
  content: Json | null;
  context_hash: string;
  freshness: string;
  generated_at: Date | null;
  generation_model: string | null;
  generation_prompt_id: string | null;
  reason: string;
  seen: string | null;
}

/** 'LookupRefinement' query type */
export interface LookupRefinementQuery {
  params: LookupRefinementParams;
  result: LookupRefinementResult;
}

const lookupRefinementIR: any = {"usedParamSet":{"recommendationId":true,"instruction":true,"revision":true,"afterFailure":true},"params":[{"name":"recommendationId","required":true,"transform":{"type":"scalar"},"locs":[{"a":430,"b":447}]},{"name":"instruction","required":true,"transform":{"type":"scalar"},"locs":[{"a":467,"b":479}]},{"name":"revision","required":false,"transform":{"type":"scalar"},"locs":[{"a":496,"b":504}]},{"name":"afterFailure","required":true,"transform":{"type":"scalar"},"locs":[{"a":526,"b":539}]}],"statement":"SELECT cache_key AS \"cache_key!\", freshness AS \"freshness!\", reason AS \"reason!\", seen AS \"seen?\", content AS \"content?\",\n       generated_at AS \"generated_at?\", generation_model AS \"generation_model?\", generation_prompt_id AS \"generation_prompt_id?\",\n       context_hash AS \"context_hash!\", base_revision AS \"base_revision!\",\n       company_id AS \"company_id!\"\n  FROM evergreen.lookup_refinement(\n         p_recommendation_id => :recommendationId!, p_instruction => :instruction!, p_revision => :revision, p_after_failure => :afterFailure!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT cache_key AS "cache_key!", freshness AS "freshness!", reason AS "reason!", seen AS "seen?", content AS "content?",
 *        generated_at AS "generated_at?", generation_model AS "generation_model?", generation_prompt_id AS "generation_prompt_id?",
 *        context_hash AS "context_hash!", base_revision AS "base_revision!",
 *        company_id AS "company_id!"
 *   FROM evergreen.lookup_refinement(
 *          p_recommendation_id => :recommendationId!, p_instruction => :instruction!, p_revision => :revision, p_after_failure => :afterFailure!)
 * ```
 */
export const lookupRefinement = new PreparedQuery<LookupRefinementParams,LookupRefinementResult>(lookupRefinementIR);


/** 'PrepareRefinement' parameters type */
export interface PrepareRefinementParams {
  instruction: string;
  recommendationId: string;
  revision: number;
}

/** 'PrepareRefinement' return type */
export interface PrepareRefinementResult {
  prompt: string | null;
  prompt_id: string | null;
  state: string;
}

/** 'PrepareRefinement' query type */
export interface PrepareRefinementQuery {
  params: PrepareRefinementParams;
  result: PrepareRefinementResult;
}

const prepareRefinementIR: any = {"usedParamSet":{"recommendationId":true,"instruction":true,"revision":true},"params":[{"name":"recommendationId","required":true,"transform":{"type":"scalar"},"locs":[{"a":132,"b":149}]},{"name":"instruction","required":true,"transform":{"type":"scalar"},"locs":[{"a":169,"b":181}]},{"name":"revision","required":true,"transform":{"type":"scalar"},"locs":[{"a":198,"b":207}]}],"statement":"SELECT state AS \"state!\", prompt_id AS \"prompt_id?\", prompt AS \"prompt?\"\n  FROM evergreen.prepare_refinement(p_recommendation_id => :recommendationId!, p_instruction => :instruction!, p_revision => :revision!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", prompt_id AS "prompt_id?", prompt AS "prompt?"
 *   FROM evergreen.prepare_refinement(p_recommendation_id => :recommendationId!, p_instruction => :instruction!, p_revision => :revision!)
 * ```
 */
export const prepareRefinement = new PreparedQuery<PrepareRefinementParams,PrepareRefinementResult>(prepareRefinementIR);


/** 'SaveRefinement' parameters type */
export interface SaveRefinementParams {
  cachedTokens?: number | null | void;
  completionTokens?: number | null | void;
  content: string;
  expiresAt?: DateOrString | null | void;
  generationTimeMs?: number | null | void;
  instruction: string;
  leaseToken: string;
  model: string;
  promptId?: string | null | void;
  promptTokens?: number | null | void;
  provider: string;
  recommendationId: string;
  requestId?: string | null | void;
  revision: number;
}

/** 'SaveRefinement' return type */
export interface SaveRefinementResult {
  content: Json | null;
  cost: number | null;
  generated_at: Date | null;
  state: string;
}

/** 'SaveRefinement' query type */
export interface SaveRefinementQuery {
  params: SaveRefinementParams;
  result: SaveRefinementResult;
}

const saveRefinementIR: any = {"usedParamSet":{"recommendationId":true,"instruction":true,"revision":true,"content":true,"leaseToken":true,"provider":true,"model":true,"promptId":true,"promptTokens":true,"completionTokens":true,"cachedTokens":true,"generationTimeMs":true,"requestId":true,"expiresAt":true},"params":[{"name":"recommendationId","required":true,"transform":{"type":"scalar"},"locs":[{"a":172,"b":189}]},{"name":"instruction","required":true,"transform":{"type":"scalar"},"locs":[{"a":209,"b":221}]},{"name":"revision","required":true,"transform":{"type":"scalar"},"locs":[{"a":238,"b":247}]},{"name":"content","required":true,"transform":{"type":"scalar"},"locs":[{"a":272,"b":280}]},{"name":"leaseToken","required":true,"transform":{"type":"scalar"},"locs":[{"a":322,"b":333}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":350,"b":359}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":373,"b":379}]},{"name":"promptId","required":false,"transform":{"type":"scalar"},"locs":[{"a":397,"b":405}]},{"name":"promptTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":436,"b":448}]},{"name":"completionTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":474,"b":490}]},{"name":"cachedTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":512,"b":524}]},{"name":"generationTimeMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":560,"b":576}]},{"name":"requestId","required":false,"transform":{"type":"scalar"},"locs":[{"a":595,"b":604}]},{"name":"expiresAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":623,"b":632}]}],"statement":"SELECT state AS \"state!\", content AS \"content?\", generated_at AS \"generated_at?\", cost::float8 AS \"cost?\"\n  FROM evergreen.save_refinement(\n         p_recommendation_id => :recommendationId!, p_instruction => :instruction!, p_revision => :revision!,\n         p_content => :content!::text::jsonb,\n         p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!, p_prompt_id => :promptId,\n         p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,\n         p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?"
 *   FROM evergreen.save_refinement(
 *          p_recommendation_id => :recommendationId!, p_instruction => :instruction!, p_revision => :revision!,
 *          p_content => :content!::text::jsonb,
 *          p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!, p_prompt_id => :promptId,
 *          p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,
 *          p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt)
 * ```
 */
export const saveRefinement = new PreparedQuery<SaveRefinementParams,SaveRefinementResult>(saveRefinementIR);


/** 'MarkPresented' parameters type */
export interface MarkPresentedParams {
  contentType?: string | null | void;
  ids: stringArray;
}

/** 'MarkPresented' return type */
export interface MarkPresentedResult {
  presented: number;
}

/** 'MarkPresented' query type */
export interface MarkPresentedQuery {
  params: MarkPresentedParams;
  result: MarkPresentedResult;
}

const markPresentedIR: any = {"usedParamSet":{"ids":true,"contentType":true},"params":[{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":41,"b":45}]},{"name":"contentType","required":false,"transform":{"type":"scalar"},"locs":[{"a":83,"b":94}]}],"statement":"SELECT evergreen.mark_presented(p_ids => :ids!::uuid[], p_content_type => COALESCE(:contentType, 'recommendation')) AS \"presented!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.mark_presented(p_ids => :ids!::uuid[], p_content_type => COALESCE(:contentType, 'recommendation')) AS "presented!"
 * ```
 */
export const markPresented = new PreparedQuery<MarkPresentedParams,MarkPresentedResult>(markPresentedIR);


/** 'ExplainRegeneration' parameters type */
export interface ExplainRegenerationParams {
  companyId: string;
  contentType: string;
  contextHash?: string | null | void;
}

/** 'ExplainRegeneration' return type */
export interface ExplainRegenerationResult {
  detail: Json;
  reason: string;
  regenerate: boolean;
}

/** 'ExplainRegeneration' query type */
export interface ExplainRegenerationQuery {
  params: ExplainRegenerationParams;
  result: ExplainRegenerationResult;
}

const explainRegenerationIR: any = {"usedParamSet":{"companyId":true,"contentType":true,"contextHash":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":131,"b":141}]},{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":162,"b":174}]},{"name":"contextHash","required":false,"transform":{"type":"scalar"},"locs":[{"a":195,"b":206}]}],"statement":"SELECT regenerate AS \"regenerate!\", reason AS \"reason!\", detail AS \"detail!\"\n  FROM evergreen.explain_regeneration(p_company_id => :companyId!, p_content_type => :contentType!, p_context_hash => :contextHash)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT regenerate AS "regenerate!", reason AS "reason!", detail AS "detail!"
 *   FROM evergreen.explain_regeneration(p_company_id => :companyId!, p_content_type => :contentType!, p_context_hash => :contextHash)
 * ```
 */
export const explainRegeneration = new PreparedQuery<ExplainRegenerationParams,ExplainRegenerationResult>(explainRegenerationIR);


/** 'ShouldRegenerateContent' parameters type */
export interface ShouldRegenerateContentParams {
  companyId: string;
  contentType: string;
  contextHash?: string | null | void;
}

/** 'ShouldRegenerateContent' return type */
export interface ShouldRegenerateContentResult {
  regenerate: boolean;
}

/** 'ShouldRegenerateContent' query type */
export interface ShouldRegenerateContentQuery {
  params: ShouldRegenerateContentParams;
  result: ShouldRegenerateContentResult;
}

const shouldRegenerateContentIR: any = {"usedParamSet":{"companyId":true,"contentType":true,"contextHash":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":69,"b":79}]},{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":100,"b":112}]},{"name":"contextHash","required":false,"transform":{"type":"scalar"},"locs":[{"a":133,"b":144}]}],"statement":"SELECT evergreen.should_regenerate_content(\n         p_company_id => :companyId!, p_content_type => :contentType!, p_context_hash => :contextHash) AS \"regenerate!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.should_regenerate_content(
 *          p_company_id => :companyId!, p_content_type => :contentType!, p_context_hash => :contextHash) AS "regenerate!"
 * ```
 */
export const shouldRegenerateContent = new PreparedQuery<ShouldRegenerateContentParams,ShouldRegenerateContentResult>(shouldRegenerateContentIR);


/** 'GetRecommendationsWithFallback' parameters type */
export interface GetRecommendationsWithFallbackParams {
  afterFailure?: boolean | null | void;
  companyId: string;
  limit: number;
}

/** 'GetRecommendationsWithFallback' return type */
export interface GetRecommendationsWithFallbackResult {
  company_id: string;
  content: Json;
  context_hash: string;
  expires_at: Date | null;
  generated_at: Date;
  generation_model: string;
  generation_prompt_id: string | null;
  id: string;
  last_presented_at: Date | null;
  revision: number;
  status: string;
  step_id: string | null;
  times_presented: number;
  user_feedback: Json | null;
}

/** 'GetRecommendationsWithFallback' query type */
export interface GetRecommendationsWithFallbackQuery {
  params: GetRecommendationsWithFallbackParams;
  result: GetRecommendationsWithFallbackResult;
}

const getRecommendationsWithFallbackIR: any = {"usedParamSet":{"companyId":true,"limit":true,"afterFailure":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":540,"b":550}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":564,"b":570}]},{"name":"afterFailure","required":false,"transform":{"type":"scalar"},"locs":[{"a":601,"b":613}]}],"statement":"SELECT id AS \"id!\", company_id AS \"company_id!\", step_id AS \"step_id?\", content AS \"content!\", context_hash AS \"context_hash!\",\n       status AS \"status!\", revision AS \"revision!\", generation_model AS \"generation_model!\", generation_prompt_id AS \"generation_prompt_id?\",\n       generated_at AS \"generated_at!\", expires_at AS \"expires_at?\", last_presented_at AS \"last_presented_at?\",\n       times_presented AS \"times_presented!\", user_feedback AS \"user_feedback?\"\n  FROM evergreen.get_recommendations_with_fallback(\n         p_company_id => :companyId!, p_limit => :limit!, p_after_failure => COALESCE(:afterFailure, false))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!", company_id AS "company_id!", step_id AS "step_id?", content AS "content!", context_hash AS "context_hash!",
 *        status AS "status!", revision AS "revision!", generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?",
 *        generated_at AS "generated_at!", expires_at AS "expires_at?", last_presented_at AS "last_presented_at?",
 *        times_presented AS "times_presented!", user_feedback AS "user_feedback?"
 *   FROM evergreen.get_recommendations_with_fallback(
 *          p_company_id => :companyId!, p_limit => :limit!, p_after_failure => COALESCE(:afterFailure, false))
 * ```
 */
export const getRecommendationsWithFallback = new PreparedQuery<GetRecommendationsWithFallbackParams,GetRecommendationsWithFallbackResult>(getRecommendationsWithFallbackIR);


/** 'FindRecommendations' parameters type */
export interface FindRecommendationsParams {
  afterFailure?: boolean | null | void;
  companyId: string;
  limit: number;
}

/** 'FindRecommendations' return type */
export interface FindRecommendationsResult {
  content: Json;
  context_hash: string;
  expires_at: Date | null;
  freshness: string;
  generated_at: Date;
  generation_model: string;
  generation_prompt_id: string | null;
  id: string;
  match: string;
  revision: number;
  status: string;
  step_id: string | null;
  times_presented: number;
}

/** 'FindRecommendations' query type */
export interface FindRecommendationsQuery {
  params: FindRecommendationsParams;
  result: FindRecommendationsResult;
}

const findRecommendationsIR: any = {"usedParamSet":{"companyId":true,"limit":true,"afterFailure":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":459,"b":469}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":483,"b":489}]},{"name":"afterFailure","required":false,"transform":{"type":"scalar"},"locs":[{"a":520,"b":532}]}],"statement":"SELECT id AS \"id!\", step_id AS \"step_id?\", content AS \"content!\", status AS \"status!\", match AS \"match!\", freshness AS \"freshness!\",\n       revision AS \"revision!\", generated_at AS \"generated_at!\", expires_at AS \"expires_at?\", context_hash AS \"context_hash!\",\n       generation_model AS \"generation_model!\", generation_prompt_id AS \"generation_prompt_id?\", times_presented AS \"times_presented!\"\n  FROM evergreen.find_recommendations(\n         p_company_id => :companyId!, p_limit => :limit!, p_after_failure => COALESCE(:afterFailure, false))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!", step_id AS "step_id?", content AS "content!", status AS "status!", match AS "match!", freshness AS "freshness!",
 *        revision AS "revision!", generated_at AS "generated_at!", expires_at AS "expires_at?", context_hash AS "context_hash!",
 *        generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?", times_presented AS "times_presented!"
 *   FROM evergreen.find_recommendations(
 *          p_company_id => :companyId!, p_limit => :limit!, p_after_failure => COALESCE(:afterFailure, false))
 * ```
 */
export const findRecommendations = new PreparedQuery<FindRecommendationsParams,FindRecommendationsResult>(findRecommendationsIR);


/** 'FindInsights' parameters type */
export interface FindInsightsParams {
  afterFailure?: boolean | null | void;
  companyId: string;
  domainId?: string | null | void;
  limit: number;
  stepId?: string | null | void;
}

/** 'FindInsights' return type */
export interface FindInsightsResult {
  author_profile: Json;
  content: string;
  context_hash: string;
  domain_id: string | null;
  expires_at: Date | null;
  freshness: string;
  generated_at: Date;
  generation_model: string;
  generation_prompt_id: string | null;
  id: string;
  match: string;
  relevance_score: number;
  step_id: string | null;
  times_presented: number;
}

/** 'FindInsights' query type */
export interface FindInsightsQuery {
  params: FindInsightsParams;
  result: FindInsightsResult;
}

const findInsightsIR: any = {"usedParamSet":{"companyId":true,"domainId":true,"stepId":true,"limit":true,"afterFailure":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":516,"b":526}]},{"name":"domainId","required":false,"transform":{"type":"scalar"},"locs":[{"a":544,"b":552}]},{"name":"stepId","required":false,"transform":{"type":"scalar"},"locs":[{"a":568,"b":574}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":588,"b":594}]},{"name":"afterFailure","required":false,"transform":{"type":"scalar"},"locs":[{"a":634,"b":646}]}],"statement":"SELECT id AS \"id!\", domain_id AS \"domain_id?\", step_id AS \"step_id?\", content AS \"content!\", author_profile AS \"author_profile!\",\n       relevance_score AS \"relevance_score!\", match AS \"match!\", freshness AS \"freshness!\", generated_at AS \"generated_at!\",\n       expires_at AS \"expires_at?\", context_hash AS \"context_hash!\", generation_model AS \"generation_model!\",\n       generation_prompt_id AS \"generation_prompt_id?\", times_presented AS \"times_presented!\"\n  FROM evergreen.find_insights(\n         p_company_id => :companyId!, p_domain_id => :domainId, p_step_id => :stepId, p_limit => :limit!,\n         p_after_failure => COALESCE(:afterFailure, false))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!", domain_id AS "domain_id?", step_id AS "step_id?", content AS "content!", author_profile AS "author_profile!",
 *        relevance_score AS "relevance_score!", match AS "match!", freshness AS "freshness!", generated_at AS "generated_at!",
 *        expires_at AS "expires_at?", context_hash AS "context_hash!", generation_model AS "generation_model!",
 *        generation_prompt_id AS "generation_prompt_id?", times_presented AS "times_presented!"
 *   FROM evergreen.find_insights(
 *          p_company_id => :companyId!, p_domain_id => :domainId, p_step_id => :stepId, p_limit => :limit!,
 *          p_after_failure => COALESCE(:afterFailure, false))
 * ```
 */
export const findInsights = new PreparedQuery<FindInsightsParams,FindInsightsResult>(findInsightsIR);


/** 'FindHealthSummary' parameters type */
export interface FindHealthSummaryParams {
  afterFailure?: boolean | null | void;
  companyId: string;
}

/** 'FindHealthSummary' return type */
export interface FindHealthSummaryResult {
  content: Json;
  context_hash: string;
  expires_at: Date | null;
  freshness: string;
  generated_at: Date;
  generation_model: string;
  generation_prompt_id: string | null;
  id: string;
  match: string;
  revision: number;
  times_presented: number;
}

/** 'FindHealthSummary' query type */
export interface FindHealthSummaryQuery {
  params: FindHealthSummaryParams;
  result: FindHealthSummaryResult;
}

const findHealthSummaryIR: any = {"usedParamSet":{"companyId":true,"afterFailure":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":404,"b":414}]},{"name":"afterFailure","required":false,"transform":{"type":"scalar"},"locs":[{"a":445,"b":457}]}],"statement":"SELECT id AS \"id!\", content AS \"content!\", match AS \"match!\", freshness AS \"freshness!\", revision AS \"revision!\",\n       generated_at AS \"generated_at!\", expires_at AS \"expires_at?\", context_hash AS \"context_hash!\",\n       generation_model AS \"generation_model!\", generation_prompt_id AS \"generation_prompt_id?\", times_presented AS \"times_presented!\"\n  FROM evergreen.find_health_summary(p_company_id => :companyId!, p_after_failure => COALESCE(:afterFailure, false))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!", content AS "content!", match AS "match!", freshness AS "freshness!", revision AS "revision!",
 *        generated_at AS "generated_at!", expires_at AS "expires_at?", context_hash AS "context_hash!",
 *        generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?", times_presented AS "times_presented!"
 *   FROM evergreen.find_health_summary(p_company_id => :companyId!, p_after_failure => COALESCE(:afterFailure, false))
 * ```
 */
export const findHealthSummary = new PreparedQuery<FindHealthSummaryParams,FindHealthSummaryResult>(findHealthSummaryIR);


/** 'UpdateRecommendationStatus' parameters type */
export interface UpdateRecommendationStatusParams {
  newStatus: string;
  recommendationId: string;
}

/** 'UpdateRecommendationStatus' return type */
export interface UpdateRecommendationStatusResult {
  done: string | null;
}

/** 'UpdateRecommendationStatus' query type */
export interface UpdateRecommendationStatusQuery {
  params: UpdateRecommendationStatusParams;
  result: UpdateRecommendationStatusResult;
}

const updateRecommendationStatusIR: any = {"usedParamSet":{"recommendationId":true,"newStatus":true},"params":[{"name":"recommendationId","required":true,"transform":{"type":"scalar"},"locs":[{"a":69,"b":86}]},{"name":"newStatus","required":true,"transform":{"type":"scalar"},"locs":[{"a":105,"b":115}]}],"statement":"SELECT evergreen.update_recommendation_status(p_recommendation_id => :recommendationId!, p_new_status => :newStatus!)::text AS \"done?\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.update_recommendation_status(p_recommendation_id => :recommendationId!, p_new_status => :newStatus!)::text AS "done?"
 * ```
 */
export const updateRecommendationStatus = new PreparedQuery<UpdateRecommendationStatusParams,UpdateRecommendationStatusResult>(updateRecommendationStatusIR);


/** 'TrackRecommendationStart' parameters type */
export interface TrackRecommendationStartParams {
  recommendationId: string;
}

/** 'TrackRecommendationStart' return type */
export interface TrackRecommendationStartResult {
  done: string | null;
}

/** 'TrackRecommendationStart' query type */
export interface TrackRecommendationStartQuery {
  params: TrackRecommendationStartParams;
  result: TrackRecommendationStartResult;
}

const trackRecommendationStartIR: any = {"usedParamSet":{"recommendationId":true},"params":[{"name":"recommendationId","required":true,"transform":{"type":"scalar"},"locs":[{"a":67,"b":84}]}],"statement":"SELECT evergreen.track_recommendation_start(p_recommendation_id => :recommendationId!)::text AS \"done?\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.track_recommendation_start(p_recommendation_id => :recommendationId!)::text AS "done?"
 * ```
 */
export const trackRecommendationStart = new PreparedQuery<TrackRecommendationStartParams,TrackRecommendationStartResult>(trackRecommendationStartIR);


/** 'TrackRecommendationCompletion' parameters type */
export interface TrackRecommendationCompletionParams {
  recommendationId: string;
}

/** 'TrackRecommendationCompletion' return type */
export interface TrackRecommendationCompletionResult {
  done: string | null;
}

/** 'TrackRecommendationCompletion' query type */
export interface TrackRecommendationCompletionQuery {
  params: TrackRecommendationCompletionParams;
  result: TrackRecommendationCompletionResult;
}

const trackRecommendationCompletionIR: any = {"usedParamSet":{"recommendationId":true},"params":[{"name":"recommendationId","required":true,"transform":{"type":"scalar"},"locs":[{"a":72,"b":89}]}],"statement":"SELECT evergreen.track_recommendation_completion(p_recommendation_id => :recommendationId!)::text AS \"done?\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.track_recommendation_completion(p_recommendation_id => :recommendationId!)::text AS "done?"
 * ```
 */
export const trackRecommendationCompletion = new PreparedQuery<TrackRecommendationCompletionParams,TrackRecommendationCompletionResult>(trackRecommendationCompletionIR);


/** 'CompanyRecommendations' parameters type */
export interface CompanyRecommendationsParams {
  companyId: string;
  ids: stringArray;
}

/** 'CompanyRecommendations' return type */
export interface CompanyRecommendationsResult {
  id: string;
}

/** 'CompanyRecommendations' query type */
export interface CompanyRecommendationsQuery {
  params: CompanyRecommendationsParams;
  result: CompanyRecommendationsResult;
}

const companyRecommendationsIR: any = {"usedParamSet":{"companyId":true,"ids":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":74,"b":84}]},{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":96,"b":100}]}],"statement":"SELECT id AS \"id!\" FROM evergreen.company_recommendations(p_company_id => :companyId!, p_ids => :ids!::uuid[]) AS c (id)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!" FROM evergreen.company_recommendations(p_company_id => :companyId!, p_ids => :ids!::uuid[]) AS c (id)
 * ```
 */
export const companyRecommendations = new PreparedQuery<CompanyRecommendationsParams,CompanyRecommendationsResult>(companyRecommendationsIR);


/** 'RecordRecommendationFeedback' parameters type */
export interface RecordRecommendationFeedbackParams {
  dismiss?: boolean | null | void;
  feedback: string;
  recommendationId: string;
}

/** 'RecordRecommendationFeedback' return type */
export interface RecordRecommendationFeedbackResult {
  feedback: Json;
}

/** 'RecordRecommendationFeedback' query type */
export interface RecordRecommendationFeedbackQuery {
  params: RecordRecommendationFeedbackParams;
  result: RecordRecommendationFeedbackResult;
}

const recordRecommendationFeedbackIR: any = {"usedParamSet":{"recommendationId":true,"feedback":true,"dismiss":true},"params":[{"name":"recommendationId","required":true,"transform":{"type":"scalar"},"locs":[{"a":81,"b":98}]},{"name":"feedback","required":true,"transform":{"type":"scalar"},"locs":[{"a":115,"b":124}]},{"name":"dismiss","required":false,"transform":{"type":"scalar"},"locs":[{"a":162,"b":169}]}],"statement":"SELECT evergreen.record_recommendation_feedback(\n         p_recommendation_id => :recommendationId!, p_feedback => :feedback!::text::jsonb, p_dismiss => COALESCE(:dismiss, false)) AS \"feedback!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.record_recommendation_feedback(
 *          p_recommendation_id => :recommendationId!, p_feedback => :feedback!::text::jsonb, p_dismiss => COALESCE(:dismiss, false)) AS "feedback!"
 * ```
 */
export const recordRecommendationFeedback = new PreparedQuery<RecordRecommendationFeedbackParams,RecordRecommendationFeedbackResult>(recordRecommendationFeedbackIR);


/** 'MarkStaleRecommendationsBatch' parameters type */
export interface MarkStaleRecommendationsBatchParams {
  batchSize?: number | null | void;
}

/** 'MarkStaleRecommendationsBatch' return type */
export interface MarkStaleRecommendationsBatchResult {
  marked: number;
}

/** 'MarkStaleRecommendationsBatch' query type */
export interface MarkStaleRecommendationsBatchQuery {
  params: MarkStaleRecommendationsBatchParams;
  result: MarkStaleRecommendationsBatchResult;
}

const markStaleRecommendationsBatchIR: any = {"usedParamSet":{"batchSize":true},"params":[{"name":"batchSize","required":false,"transform":{"type":"scalar"},"locs":[{"a":75,"b":84}]}],"statement":"SELECT evergreen.mark_stale_recommendations_batch(p_batch_size => COALESCE(:batchSize, 1000)) AS \"marked!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.mark_stale_recommendations_batch(p_batch_size => COALESCE(:batchSize, 1000)) AS "marked!"
 * ```
 */
export const markStaleRecommendationsBatch = new PreparedQuery<MarkStaleRecommendationsBatchParams,MarkStaleRecommendationsBatchResult>(markStaleRecommendationsBatchIR);


/** 'InvalidateContent' parameters type */
export interface InvalidateContentParams {
  companyId: string;
  contentType?: string | null | void;
}

/** 'InvalidateContent' return type */
export interface InvalidateContentResult {
  content_type: string;
  generating: number;
  invalidated: number;
}

/** 'InvalidateContent' query type */
export interface InvalidateContentQuery {
  params: InvalidateContentParams;
  result: InvalidateContentResult;
}

const invalidateContentIR: any = {"usedParamSet":{"companyId":true,"contentType":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":151,"b":161}]},{"name":"contentType","required":false,"transform":{"type":"scalar"},"locs":[{"a":182,"b":193}]}],"statement":"SELECT content_type AS \"content_type!\", invalidated AS \"invalidated!\", generating AS \"generating!\"\n  FROM evergreen.invalidate_content(p_company_id => :companyId!, p_content_type => :contentType)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT content_type AS "content_type!", invalidated AS "invalidated!", generating AS "generating!"
 *   FROM evergreen.invalidate_content(p_company_id => :companyId!, p_content_type => :contentType)
 * ```
 */
export const invalidateContent = new PreparedQuery<InvalidateContentParams,InvalidateContentResult>(invalidateContentIR);


/** 'CompanyContext' parameters type */
export interface CompanyContextParams {
  companyId: string;
}

/** 'CompanyContext' return type */
export interface CompanyContextResult {
  context: Json;
}

/** 'CompanyContext' query type */
export interface CompanyContextQuery {
  params: CompanyContextParams;
  result: CompanyContextResult;
}

const companyContextIR: any = {"usedParamSet":{"companyId":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":49,"b":59}]}],"statement":"SELECT evergreen.company_context(p_company_id => :companyId!) AS \"context!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.company_context(p_company_id => :companyId!) AS "context!"
 * ```
 */
export const companyContext = new PreparedQuery<CompanyContextParams,CompanyContextResult>(companyContextIR);


/** 'CompanyContextHash' parameters type */
export interface CompanyContextHashParams {
  companyId: string;
  contentType?: string | null | void;
}

/** 'CompanyContextHash' return type */
export interface CompanyContextHashResult {
  context_hash: string;
}

/** 'CompanyContextHash' query type */
export interface CompanyContextHashQuery {
  params: CompanyContextHashParams;
  result: CompanyContextHashResult;
}

const companyContextHashIR: any = {"usedParamSet":{"companyId":true,"contentType":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":54,"b":64}]},{"name":"contentType","required":false,"transform":{"type":"scalar"},"locs":[{"a":94,"b":105}]}],"statement":"SELECT evergreen.company_context_hash(p_company_id => :companyId!, p_content_type => COALESCE(:contentType, 'recommendation')) AS \"context_hash!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.company_context_hash(p_company_id => :companyId!, p_content_type => COALESCE(:contentType, 'recommendation')) AS "context_hash!"
 * ```
 */
export const companyContextHash = new PreparedQuery<CompanyContextHashParams,CompanyContextHashResult>(companyContextHashIR);


/** 'GenerateCompanyContextHash' parameters type */
export interface GenerateCompanyContextHashParams {
  companyId: string;
}

/** 'GenerateCompanyContextHash' return type */
export interface GenerateCompanyContextHashResult {
  context_hash: string;
}

/** 'GenerateCompanyContextHash' query type */
export interface GenerateCompanyContextHashQuery {
  params: GenerateCompanyContextHashParams;
  result: GenerateCompanyContextHashResult;
}

const generateCompanyContextHashIR: any = {"usedParamSet":{"companyId":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":63,"b":73}]}],"statement":"SELECT evergreen.generate_company_context_hash(p_company_id => :companyId!) AS \"context_hash!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.generate_company_context_hash(p_company_id => :companyId!) AS "context_hash!"
 * ```
 */
export const generateCompanyContextHash = new PreparedQuery<GenerateCompanyContextHashParams,GenerateCompanyContextHashResult>(generateCompanyContextHashIR);


/** 'GetRecommendationEffectiveness' parameters type */
export interface GetRecommendationEffectivenessParams {
  end?: DateOrString | null | void;
  start?: DateOrString | null | void;
}

/** 'GetRecommendationEffectiveness' return type */
export interface GetRecommendationEffectivenessResult {
  average_quality: number | null;
  average_relevance: number | null;
  completed: number;
  completion_rate: number | null;
  dismissed: number;
  generated: number;
  median_seconds_to_complete: number | null;
  median_seconds_to_start: number | null;
  model: string | null;
  presented: number;
  prompt_id: string | null;
  start_rate: number | null;
  started: number;
  with_feedback: number;
}

/** 'GetRecommendationEffectiveness' query type */
export interface GetRecommendationEffectivenessQuery {
  params: GetRecommendationEffectivenessParams;
  result: GetRecommendationEffectivenessResult;
}

const getRecommendationEffectivenessIR: any = {"usedParamSet":{"start":true,"end":true},"params":[{"name":"start","required":false,"transform":{"type":"scalar"},"locs":[{"a":710,"b":715}]},{"name":"end","required":false,"transform":{"type":"scalar"},"locs":[{"a":727,"b":730}]}],"statement":"SELECT prompt_id AS \"prompt_id?\", model AS \"model?\", generated::float8 AS \"generated!\", presented::float8 AS \"presented!\",\n       started::float8 AS \"started!\", completed::float8 AS \"completed!\", dismissed::float8 AS \"dismissed!\",\n       start_rate::float8 AS \"start_rate?\", completion_rate::float8 AS \"completion_rate?\",\n       extract(epoch FROM median_time_to_start)::float8 AS \"median_seconds_to_start?\",\n       extract(epoch FROM median_time_to_complete)::float8 AS \"median_seconds_to_complete?\",\n       with_feedback::float8 AS \"with_feedback!\", average_quality::float8 AS \"average_quality?\", average_relevance::float8 AS \"average_relevance?\"\n  FROM evergreen.get_recommendation_effectiveness(p_start => :start, p_end => :end)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT prompt_id AS "prompt_id?", model AS "model?", generated::float8 AS "generated!", presented::float8 AS "presented!",
 *        started::float8 AS "started!", completed::float8 AS "completed!", dismissed::float8 AS "dismissed!",
 *        start_rate::float8 AS "start_rate?", completion_rate::float8 AS "completion_rate?",
 *        extract(epoch FROM median_time_to_start)::float8 AS "median_seconds_to_start?",
 *        extract(epoch FROM median_time_to_complete)::float8 AS "median_seconds_to_complete?",
 *        with_feedback::float8 AS "with_feedback!", average_quality::float8 AS "average_quality?", average_relevance::float8 AS "average_relevance?"
 *   FROM evergreen.get_recommendation_effectiveness(p_start => :start, p_end => :end)
 * ```
 */
export const getRecommendationEffectiveness = new PreparedQuery<GetRecommendationEffectivenessParams,GetRecommendationEffectivenessResult>(getRecommendationEffectivenessIR);


/** 'RefreshCompanyContexts' parameters type */
export interface RefreshCompanyContextsParams {
  companyIds: stringArray;
}

/** 'RefreshCompanyContexts' return type */
export interface RefreshCompanyContextsResult {
  computed: number;
}

/** 'RefreshCompanyContexts' query type */
export interface RefreshCompanyContextsQuery {
  params: RefreshCompanyContextsParams;
  result: RefreshCompanyContextsResult;
}

const refreshCompanyContextsIR: any = {"usedParamSet":{"companyIds":true},"params":[{"name":"companyIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":59,"b":70}]}],"statement":"SELECT evergreen.refresh_company_contexts(p_company_ids => :companyIds!::uuid[]) AS \"computed!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.refresh_company_contexts(p_company_ids => :companyIds!::uuid[]) AS "computed!"
 * ```
 */
export const refreshCompanyContexts = new PreparedQuery<RefreshCompanyContextsParams,RefreshCompanyContextsResult>(refreshCompanyContextsIR);


