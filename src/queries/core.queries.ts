/** Types generated for queries found in "src/queries/core.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

export type stringArray = (string)[];

/** 'ClaimGeneration' parameters type */
export interface ClaimGenerationParams {
  cacheKey: string;
  companyId?: string | null | void;
  contentType: string;
  holder: string;
  model?: string | null | void;
  provider?: string | null | void;
  seen?: string | null | void;
  userId?: string | null | void;
}

/** 'ClaimGeneration' return type */
export interface ClaimGenerationResult {
  lease_token: string | null;
  max_completion_tokens: number | null;
  reason: string | null;
  renew_after_ms: number | null;
  retry_after_ms: number | null;
  state: string;
}

/** 'ClaimGeneration' query type */
export interface ClaimGenerationQuery {
  params: ClaimGenerationParams;
  result: ClaimGenerationResult;
}

const claimGenerationIR: any = {"usedParamSet":{"contentType":true,"cacheKey":true,"holder":true,"seen":true,"companyId":true,"userId":true,"provider":true,"model":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":271,"b":283}]},{"name":"cacheKey","required":true,"transform":{"type":"scalar"},"locs":[{"a":301,"b":310}]},{"name":"holder","required":true,"transform":{"type":"scalar"},"locs":[{"a":325,"b":332}]},{"name":"seen","required":false,"transform":{"type":"scalar"},"locs":[{"a":345,"b":349}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":377,"b":386}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":402,"b":408}]},{"name":"provider","required":false,"transform":{"type":"scalar"},"locs":[{"a":425,"b":433}]},{"name":"model","required":false,"transform":{"type":"scalar"},"locs":[{"a":447,"b":452}]}],"statement":"SELECT state AS \"state!\", lease_token AS \"lease_token?\", retry_after_ms AS \"retry_after_ms?\", renew_after_ms AS \"renew_after_ms?\",\n       max_completion_tokens AS \"max_completion_tokens?\", reason AS \"reason?\"\n  FROM evergreen.claim_generation(\n         p_content_type => :contentType!, p_cache_key => :cacheKey!, p_holder => :holder!, p_seen => :seen,\n         p_company_id => :companyId, p_user_id => :userId, p_provider => :provider, p_model => :model)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", lease_token AS "lease_token?", retry_after_ms AS "retry_after_ms?", renew_after_ms AS "renew_after_ms?",
 *        max_completion_tokens AS "max_completion_tokens?", reason AS "reason?"
 *   FROM evergreen.claim_generation(
 *          p_content_type => :contentType!, p_cache_key => :cacheKey!, p_holder => :holder!, p_seen => :seen,
 *          p_company_id => :companyId, p_user_id => :userId, p_provider => :provider, p_model => :model)
 * ```
 */
export const claimGeneration = new PreparedQuery<ClaimGenerationParams,ClaimGenerationResult>(claimGenerationIR);


/** 'RenewLease' parameters type */
export interface RenewLeaseParams {
  cacheKey: string;
  contentType: string;
  leaseToken: string;
}

/** 'RenewLease' return type */
export interface RenewLeaseResult {
  expires_at: Date;
}

/** 'RenewLease' query type */
export interface RenewLeaseQuery {
  params: RenewLeaseParams;
  result: RenewLeaseResult;
}

const renewLeaseIR: any = {"usedParamSet":{"contentType":true,"cacheKey":true,"leaseToken":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":47,"b":59}]},{"name":"cacheKey","required":true,"transform":{"type":"scalar"},"locs":[{"a":77,"b":86}]},{"name":"leaseToken","required":true,"transform":{"type":"scalar"},"locs":[{"a":106,"b":117}]}],"statement":"SELECT evergreen.renew_lease(p_content_type => :contentType!, p_cache_key => :cacheKey!, p_lease_token => :leaseToken!) AS \"expires_at!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.renew_lease(p_content_type => :contentType!, p_cache_key => :cacheKey!, p_lease_token => :leaseToken!) AS "expires_at!"
 * ```
 */
export const renewLease = new PreparedQuery<RenewLeaseParams,RenewLeaseResult>(renewLeaseIR);


/** 'ReleaseLease' parameters type */
export interface ReleaseLeaseParams {
  cacheKey: string;
  contentType: string;
  leaseToken: string;
}

/** 'ReleaseLease' return type */
export interface ReleaseLeaseResult {
  released: boolean;
}

/** 'ReleaseLease' query type */
export interface ReleaseLeaseQuery {
  params: ReleaseLeaseParams;
  result: ReleaseLeaseResult;
}

const releaseLeaseIR: any = {"usedParamSet":{"contentType":true,"cacheKey":true,"leaseToken":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":49,"b":61}]},{"name":"cacheKey","required":true,"transform":{"type":"scalar"},"locs":[{"a":79,"b":88}]},{"name":"leaseToken","required":true,"transform":{"type":"scalar"},"locs":[{"a":108,"b":119}]}],"statement":"SELECT evergreen.release_lease(p_content_type => :contentType!, p_cache_key => :cacheKey!, p_lease_token => :leaseToken!) AS \"released!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.release_lease(p_content_type => :contentType!, p_cache_key => :cacheKey!, p_lease_token => :leaseToken!) AS "released!"
 * ```
 */
export const releaseLease = new PreparedQuery<ReleaseLeaseParams,ReleaseLeaseResult>(releaseLeaseIR);


/** 'RenewLeases' parameters type */
export interface RenewLeasesParams {
  cacheKeys: stringArray;
  contentType: string;
  leaseTokens: stringArray;
}

/** 'RenewLeases' return type */
export interface RenewLeasesResult {
  expires_at: Date;
}

/** 'RenewLeases' query type */
export interface RenewLeasesQuery {
  params: RenewLeasesParams;
  result: RenewLeasesResult;
}

const renewLeasesIR: any = {"usedParamSet":{"contentType":true,"cacheKeys":true,"leaseTokens":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":47,"b":59}]},{"name":"cacheKeys","required":true,"transform":{"type":"scalar"},"locs":[{"a":153,"b":163}]},{"name":"leaseTokens","required":true,"transform":{"type":"scalar"},"locs":[{"a":174,"b":186}]}],"statement":"SELECT evergreen.renew_lease(p_content_type => :contentType!, p_cache_key => l.cache_key, p_lease_token => l.lease_token) AS \"expires_at!\"\n  FROM unnest(:cacheKeys!::text[], :leaseTokens!::uuid[]) AS l (cache_key, lease_token)\n ORDER BY l.cache_key"};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.renew_lease(p_content_type => :contentType!, p_cache_key => l.cache_key, p_lease_token => l.lease_token) AS "expires_at!"
 *   FROM unnest(:cacheKeys!::text[], :leaseTokens!::uuid[]) AS l (cache_key, lease_token)
 *  ORDER BY l.cache_key
 * ```
 */
export const renewLeases = new PreparedQuery<RenewLeasesParams,RenewLeasesResult>(renewLeasesIR);


/** 'ReleaseLeases' parameters type */
export interface ReleaseLeasesParams {
  cacheKeys: stringArray;
  contentType: string;
  leaseTokens: stringArray;
}

/** 'ReleaseLeases' return type */
export interface ReleaseLeasesResult {
  released: boolean;
}

/** 'ReleaseLeases' query type */
export interface ReleaseLeasesQuery {
  params: ReleaseLeasesParams;
  result: ReleaseLeasesResult;
}

const releaseLeasesIR: any = {"usedParamSet":{"contentType":true,"cacheKeys":true,"leaseTokens":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":49,"b":61}]},{"name":"cacheKeys","required":true,"transform":{"type":"scalar"},"locs":[{"a":153,"b":163}]},{"name":"leaseTokens","required":true,"transform":{"type":"scalar"},"locs":[{"a":174,"b":186}]}],"statement":"SELECT evergreen.release_lease(p_content_type => :contentType!, p_cache_key => l.cache_key, p_lease_token => l.lease_token) AS \"released!\"\n  FROM unnest(:cacheKeys!::text[], :leaseTokens!::uuid[]) AS l (cache_key, lease_token)\n ORDER BY l.cache_key"};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.release_lease(p_content_type => :contentType!, p_cache_key => l.cache_key, p_lease_token => l.lease_token) AS "released!"
 *   FROM unnest(:cacheKeys!::text[], :leaseTokens!::uuid[]) AS l (cache_key, lease_token)
 *  ORDER BY l.cache_key
 * ```
 */
export const releaseLeases = new PreparedQuery<ReleaseLeasesParams,ReleaseLeasesResult>(releaseLeasesIR);


/** 'FailGeneration' parameters type */
export interface FailGenerationParams {
  cachedTokens?: number | null | void;
  cacheKey: string;
  companyId?: string | null | void;
  completionTokens?: number | null | void;
  contentType: string;
  errorCode: string;
  errorMessage?: string | null | void;
  generationTimeMs?: number | null | void;
  leaseToken: string;
  model?: string | null | void;
  promptId?: string | null | void;
  promptTokens?: number | null | void;
  provider?: string | null | void;
  requestId?: string | null | void;
  userId?: string | null | void;
}

/** 'FailGeneration' return type */
export interface FailGenerationResult {
  cost: number | null;
  retry_after_ms: number | null;
  state: string;
}

/** 'FailGeneration' query type */
export interface FailGenerationQuery {
  params: FailGenerationParams;
  result: FailGenerationResult;
}

const failGenerationIR: any = {"usedParamSet":{"contentType":true,"cacheKey":true,"leaseToken":true,"errorCode":true,"errorMessage":true,"provider":true,"model":true,"promptId":true,"promptTokens":true,"completionTokens":true,"cachedTokens":true,"generationTimeMs":true,"requestId":true,"companyId":true,"userId":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":148,"b":160}]},{"name":"cacheKey","required":true,"transform":{"type":"scalar"},"locs":[{"a":178,"b":187}]},{"name":"leaseToken","required":true,"transform":{"type":"scalar"},"locs":[{"a":207,"b":218}]},{"name":"errorCode","required":true,"transform":{"type":"scalar"},"locs":[{"a":246,"b":256}]},{"name":"errorMessage","required":false,"transform":{"type":"scalar"},"locs":[{"a":278,"b":290}]},{"name":"provider","required":false,"transform":{"type":"scalar"},"locs":[{"a":307,"b":315}]},{"name":"model","required":false,"transform":{"type":"scalar"},"locs":[{"a":329,"b":334}]},{"name":"promptId","required":false,"transform":{"type":"scalar"},"locs":[{"a":361,"b":369}]},{"name":"promptTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":391,"b":403}]},{"name":"completionTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":429,"b":445}]},{"name":"cachedTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":476,"b":488}]},{"name":"generationTimeMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":515,"b":531}]},{"name":"requestId","required":false,"transform":{"type":"scalar"},"locs":[{"a":550,"b":559}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":587,"b":596}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":612,"b":618}]}],"statement":"SELECT state AS \"state!\", retry_after_ms AS \"retry_after_ms?\", cost::float8 AS \"cost?\"\n  FROM evergreen.fail_generation(\n         p_content_type => :contentType!, p_cache_key => :cacheKey!, p_lease_token => :leaseToken!,\n         p_error_code => :errorCode!, p_error_message => :errorMessage, p_provider => :provider, p_model => :model,\n         p_prompt_id => :promptId, p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens,\n         p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs, p_request_id => :requestId,\n         p_company_id => :companyId, p_user_id => :userId)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", retry_after_ms AS "retry_after_ms?", cost::float8 AS "cost?"
 *   FROM evergreen.fail_generation(
 *          p_content_type => :contentType!, p_cache_key => :cacheKey!, p_lease_token => :leaseToken!,
 *          p_error_code => :errorCode!, p_error_message => :errorMessage, p_provider => :provider, p_model => :model,
 *          p_prompt_id => :promptId, p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens,
 *          p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs, p_request_id => :requestId,
 *          p_company_id => :companyId, p_user_id => :userId)
 * ```
 */
export const failGeneration = new PreparedQuery<FailGenerationParams,FailGenerationResult>(failGenerationIR);


/** 'LogGeneration' parameters type */
export interface LogGenerationParams {
  cachedTokens?: number | null | void;
  companyId?: string | null | void;
  completionTokens?: number | null | void;
  createdAt?: DateOrString | null | void;
  errorCode?: string | null | void;
  errorMessage?: string | null | void;
  generationTimeMs?: number | null | void;
  generationType: string;
  model: string;
  outcome: string;
  promptId?: string | null | void;
  promptTokens?: number | null | void;
  provider: string;
  requestId?: string | null | void;
  success: boolean;
  userId?: string | null | void;
}

/** 'LogGeneration' return type */
export interface LogGenerationResult {
  cost: number | null;
}

/** 'LogGeneration' query type */
export interface LogGenerationQuery {
  params: LogGenerationParams;
  result: LogGenerationResult;
}

const logGenerationIR: any = {"usedParamSet":{"generationType":true,"model":true,"success":true,"provider":true,"companyId":true,"userId":true,"promptId":true,"promptTokens":true,"completionTokens":true,"cachedTokens":true,"generationTimeMs":true,"outcome":true,"errorCode":true,"errorMessage":true,"requestId":true,"createdAt":true},"params":[{"name":"generationType","required":true,"transform":{"type":"scalar"},"locs":[{"a":63,"b":78}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":92,"b":98}]},{"name":"success","required":true,"transform":{"type":"scalar"},"locs":[{"a":114,"b":122}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":139,"b":148}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":176,"b":185}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":201,"b":207}]},{"name":"promptId","required":false,"transform":{"type":"scalar"},"locs":[{"a":225,"b":233}]},{"name":"promptTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":255,"b":267}]},{"name":"completionTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":302,"b":318}]},{"name":"cachedTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":340,"b":352}]},{"name":"generationTimeMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":379,"b":395}]},{"name":"outcome","required":true,"transform":{"type":"scalar"},"locs":[{"a":420,"b":428}]},{"name":"errorCode","required":false,"transform":{"type":"scalar"},"locs":[{"a":447,"b":456}]},{"name":"errorMessage","required":false,"transform":{"type":"scalar"},"locs":[{"a":478,"b":490}]},{"name":"requestId","required":false,"transform":{"type":"scalar"},"locs":[{"a":509,"b":518}]},{"name":"createdAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":546,"b":555}]}],"statement":"SELECT evergreen.log_generation(\n         p_generation_type => :generationType!, p_model => :model!, p_success => :success!, p_provider => :provider!,\n         p_company_id => :companyId, p_user_id => :userId, p_prompt_id => :promptId, p_prompt_tokens => :promptTokens,\n         p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs,\n         p_outcome => :outcome!, p_error_code => :errorCode, p_error_message => :errorMessage, p_request_id => :requestId,\n         p_created_at => :createdAt)::float8 AS \"cost?\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.log_generation(
 *          p_generation_type => :generationType!, p_model => :model!, p_success => :success!, p_provider => :provider!,
 *          p_company_id => :companyId, p_user_id => :userId, p_prompt_id => :promptId, p_prompt_tokens => :promptTokens,
 *          p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs,
 *          p_outcome => :outcome!, p_error_code => :errorCode, p_error_message => :errorMessage, p_request_id => :requestId,
 *          p_created_at => :createdAt)::float8 AS "cost?"
 * ```
 */
export const logGeneration = new PreparedQuery<LogGenerationParams,LogGenerationResult>(logGenerationIR);


/** 'RecordCacheLookups' parameters type */
export interface RecordCacheLookupsParams {
  lookups: string;
}

/** 'RecordCacheLookups' return type */
export interface RecordCacheLookupsResult {
  counted: number;
}

/** 'RecordCacheLookups' query type */
export interface RecordCacheLookupsQuery {
  params: RecordCacheLookupsParams;
  result: RecordCacheLookupsResult;
}

const recordCacheLookupsIR: any = {"usedParamSet":{"lookups":true},"params":[{"name":"lookups","required":true,"transform":{"type":"scalar"},"locs":[{"a":51,"b":59}]}],"statement":"SELECT evergreen.record_cache_lookups(p_lookups => :lookups!::text::jsonb) AS \"counted!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.record_cache_lookups(p_lookups => :lookups!::text::jsonb) AS "counted!"
 * ```
 */
export const recordCacheLookups = new PreparedQuery<RecordCacheLookupsParams,RecordCacheLookupsResult>(recordCacheLookupsIR);


/** 'RenderPrompt' parameters type */
export interface RenderPromptParams {
  promptType: string;
  variables: string;
}

/** 'RenderPrompt' return type */
export interface RenderPromptResult {
  prompt: string;
  prompt_id: string;
}

/** 'RenderPrompt' query type */
export interface RenderPromptQuery {
  params: RenderPromptParams;
  result: RenderPromptResult;
}

const renderPromptIR: any = {"usedParamSet":{"promptType":true,"variables":true},"params":[{"name":"promptType","required":true,"transform":{"type":"scalar"},"locs":[{"a":102,"b":113}]},{"name":"variables","required":true,"transform":{"type":"scalar"},"locs":[{"a":131,"b":141}]}],"statement":"SELECT prompt_id AS \"prompt_id!\", prompt AS \"prompt!\"\n  FROM evergreen.render_prompt(p_prompt_type => :promptType!, p_variables => :variables!::text::jsonb)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT prompt_id AS "prompt_id!", prompt AS "prompt!"
 *   FROM evergreen.render_prompt(p_prompt_type => :promptType!, p_variables => :variables!::text::jsonb)
 * ```
 */
export const renderPrompt = new PreparedQuery<RenderPromptParams,RenderPromptResult>(renderPromptIR);


/** 'PublishPrompt' parameters type */
export interface PublishPromptParams {
  activate?: boolean | null | void;
  promptType: string;
  template: string;
}

/** 'PublishPrompt' return type */
export interface PublishPromptResult {
  prompt_id: string;
}

/** 'PublishPrompt' query type */
export interface PublishPromptQuery {
  params: PublishPromptParams;
  result: PublishPromptResult;
}

const publishPromptIR: any = {"usedParamSet":{"promptType":true,"template":true,"activate":true},"params":[{"name":"promptType","required":true,"transform":{"type":"scalar"},"locs":[{"a":49,"b":60}]},{"name":"template","required":true,"transform":{"type":"scalar"},"locs":[{"a":77,"b":86}]},{"name":"activate","required":false,"transform":{"type":"scalar"},"locs":[{"a":112,"b":120}]}],"statement":"SELECT evergreen.publish_prompt(p_prompt_type => :promptType!, p_template => :template!, p_activate => COALESCE(:activate, false)) AS \"prompt_id!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.publish_prompt(p_prompt_type => :promptType!, p_template => :template!, p_activate => COALESCE(:activate, false)) AS "prompt_id!"
 * ```
 */
export const publishPrompt = new PreparedQuery<PublishPromptParams,PublishPromptResult>(publishPromptIR);


/** 'ActivatePrompt' parameters type */
export interface ActivatePromptParams {
  promptId: string;
}

/** 'ActivatePrompt' return type */
export interface ActivatePromptResult {
  done: string | null;
}

/** 'ActivatePrompt' query type */
export interface ActivatePromptQuery {
  params: ActivatePromptParams;
  result: ActivatePromptResult;
}

const activatePromptIR: any = {"usedParamSet":{"promptId":true},"params":[{"name":"promptId","required":true,"transform":{"type":"scalar"},"locs":[{"a":41,"b":50}]}],"statement":"SELECT evergreen.activate_prompt(p_id => :promptId!)::text AS \"done?\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.activate_prompt(p_id => :promptId!)::text AS "done?"
 * ```
 */
export const activatePrompt = new PreparedQuery<ActivatePromptParams,ActivatePromptResult>(activatePromptIR);


/** 'ContentHash' parameters type */
export interface ContentHashParams {
  value: string;
}

/** 'ContentHash' return type */
export interface ContentHashResult {
  hash: string;
}

/** 'ContentHash' query type */
export interface ContentHashQuery {
  params: ContentHashParams;
  result: ContentHashResult;
}

const contentHashIR: any = {"usedParamSet":{"value":true},"params":[{"name":"value","required":true,"transform":{"type":"scalar"},"locs":[{"a":41,"b":47}]}],"statement":"SELECT evergreen.content_hash(p_value => :value!::text::jsonb) AS \"hash!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.content_hash(p_value => :value!::text::jsonb) AS "hash!"
 * ```
 */
export const contentHash = new PreparedQuery<ContentHashParams,ContentHashResult>(contentHashIR);


/** 'GenerationCost' parameters type */
export interface GenerationCostParams {
  at?: DateOrString | null | void;
  cachedTokens?: number | null | void;
  completionTokens: number;
  model: string;
  promptTokens: number;
  provider: string;
}

/** 'GenerationCost' return type */
export interface GenerationCostResult {
  cost: number | null;
}

/** 'GenerationCost' query type */
export interface GenerationCostQuery {
  params: GenerationCostParams;
  result: GenerationCostResult;
}

const generationCostIR: any = {"usedParamSet":{"provider":true,"model":true,"promptTokens":true,"completionTokens":true,"cachedTokens":true,"at":true},"params":[{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":57,"b":66}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":80,"b":86}]},{"name":"promptTokens","required":true,"transform":{"type":"scalar"},"locs":[{"a":108,"b":121}]},{"name":"completionTokens","required":true,"transform":{"type":"scalar"},"locs":[{"a":147,"b":164}]},{"name":"cachedTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":204,"b":216}]},{"name":"at","required":false,"transform":{"type":"scalar"},"locs":[{"a":231,"b":233}]}],"statement":"SELECT evergreen.generation_cost(\n         p_provider => :provider!, p_model => :model!, p_prompt_tokens => :promptTokens!, p_completion_tokens => :completionTokens!,\n         p_cached_tokens => COALESCE(:cachedTokens, 0), p_at => :at)::float8 AS \"cost?\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.generation_cost(
 *          p_provider => :provider!, p_model => :model!, p_prompt_tokens => :promptTokens!, p_completion_tokens => :completionTokens!,
 *          p_cached_tokens => COALESCE(:cachedTokens, 0), p_at => :at)::float8 AS "cost?"
 * ```
 */
export const generationCost = new PreparedQuery<GenerationCostParams,GenerationCostResult>(generationCostIR);


/** 'RegisterModel' parameters type */
export interface RegisterModelParams {
  cachedPrice?: NumberOrString | null | void;
  completionPrice?: NumberOrString | null | void;
  model: string;
  promptPrice: NumberOrString;
  provider: string;
  validFrom?: DateOrString | null | void;
}

/** 'RegisterModel' return type */
export interface RegisterModelResult {
  done: string | null;
}

/** 'RegisterModel' query type */
export interface RegisterModelQuery {
  params: RegisterModelParams;
  result: RegisterModelResult;
}

const registerModelIR: any = {"usedParamSet":{"provider":true,"model":true,"promptPrice":true,"completionPrice":true,"cachedPrice":true,"validFrom":true},"params":[{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":56,"b":65}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":79,"b":85}]},{"name":"promptPrice","required":true,"transform":{"type":"scalar"},"locs":[{"a":106,"b":118}]},{"name":"completionPrice","required":false,"transform":{"type":"scalar"},"locs":[{"a":152,"b":167}]},{"name":"cachedPrice","required":false,"transform":{"type":"scalar"},"locs":[{"a":210,"b":221}]},{"name":"validFrom","required":false,"transform":{"type":"scalar"},"locs":[{"a":240,"b":249}]}],"statement":"SELECT evergreen.register_model(\n         p_provider => :provider!, p_model => :model!, p_prompt_price => :promptPrice!, p_completion_price => COALESCE(:completionPrice::numeric, 0),\n         p_cached_price => :cachedPrice, p_valid_from => :validFrom)::text AS \"done?\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.register_model(
 *          p_provider => :provider!, p_model => :model!, p_prompt_price => :promptPrice!, p_completion_price => COALESCE(:completionPrice::numeric, 0),
 *          p_cached_price => :cachedPrice, p_valid_from => :validFrom)::text AS "done?"
 * ```
 */
export const registerModel = new PreparedQuery<RegisterModelParams,RegisterModelResult>(registerModelIR);


/** 'SetContentPolicy' parameters type */
export interface SetContentPolicyParams {
  activityGranularity?: string | null | void;
  changeTolerance?: number | null | void;
  contentType: string;
  contextMaxItems?: number | null | void;
  failureBackoff?: string | null | void;
  failureBackoffMax?: string | null | void;
  leaseDuration?: string | null | void;
  maxAge?: string | null | void;
  maxBytes?: number | null | void;
  maxCompletionTokens?: number | null | void;
  maxPromptTokens?: number | null | void;
  promptType?: string | null | void;
  reset?: stringArray | null | void;
  retainFor?: string | null | void;
  schemaVersion?: number | null | void;
  similarityThreshold?: number | null | void;
  staleIfError?: string | null | void;
  staleWhileRevalidate?: string | null | void;
}

/** 'SetContentPolicy' return type */
export interface SetContentPolicyResult {
  activity_granularity: string | null;
  change_tolerance: number;
  content_type: string;
  context_max_items: number;
  failure_backoff: string;
  failure_backoff_max: string;
  lease_duration: string;
  max_age: string | null;
  max_bytes: number;
  max_completion_tokens: number;
  max_prompt_tokens: number;
  prompt_type: string;
  retain_for: string | null;
  schema_version: number;
  similarity_threshold: number | null;
  stale_if_error: string;
  stale_while_revalidate: string;
}

/** 'SetContentPolicy' query type */
export interface SetContentPolicyQuery {
  params: SetContentPolicyParams;
  result: SetContentPolicyResult;
}

const setContentPolicyIR: any = {"usedParamSet":{"contentType":true,"promptType":true,"maxAge":true,"staleWhileRevalidate":true,"staleIfError":true,"leaseDuration":true,"failureBackoff":true,"failureBackoffMax":true,"maxBytes":true,"retainFor":true,"schemaVersion":true,"similarityThreshold":true,"activityGranularity":true,"contextMaxItems":true,"maxPromptTokens":true,"maxCompletionTokens":true,"changeTolerance":true,"reset":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":988,"b":1000}]},{"name":"promptType","required":false,"transform":{"type":"scalar"},"locs":[{"a":1020,"b":1030}]},{"name":"maxAge","required":false,"transform":{"type":"scalar"},"locs":[{"a":1046,"b":1052}]},{"name":"staleWhileRevalidate","required":false,"transform":{"type":"scalar"},"locs":[{"a":1108,"b":1128}]},{"name":"staleIfError","required":false,"transform":{"type":"scalar"},"locs":[{"a":1167,"b":1179}]},{"name":"leaseDuration","required":false,"transform":{"type":"scalar"},"locs":[{"a":1227,"b":1240}]},{"name":"failureBackoff","required":false,"transform":{"type":"scalar"},"locs":[{"a":1280,"b":1294}]},{"name":"failureBackoffMax","required":false,"transform":{"type":"scalar"},"locs":[{"a":1347,"b":1364}]},{"name":"maxBytes","required":false,"transform":{"type":"scalar"},"locs":[{"a":1398,"b":1406}]},{"name":"retainFor","required":false,"transform":{"type":"scalar"},"locs":[{"a":1425,"b":1434}]},{"name":"schemaVersion","required":false,"transform":{"type":"scalar"},"locs":[{"a":1482,"b":1495}]},{"name":"similarityThreshold","required":false,"transform":{"type":"scalar"},"locs":[{"a":1524,"b":1543}]},{"name":"activityGranularity","required":false,"transform":{"type":"scalar"},"locs":[{"a":1581,"b":1600}]},{"name":"contextMaxItems","required":false,"transform":{"type":"scalar"},"locs":[{"a":1642,"b":1657}]},{"name":"maxPromptTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":1692,"b":1707}]},{"name":"maxCompletionTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":1737,"b":1756}]},{"name":"changeTolerance","required":false,"transform":{"type":"scalar"},"locs":[{"a":1790,"b":1805}]},{"name":"reset","required":false,"transform":{"type":"scalar"},"locs":[{"a":1828,"b":1833}]}],"statement":"SELECT content_type AS \"content_type!\", prompt_type AS \"prompt_type!\", evergreen.interval_text(max_age) AS \"max_age?\",\n       evergreen.interval_text(stale_while_revalidate) AS \"stale_while_revalidate!\", evergreen.interval_text(stale_if_error) AS \"stale_if_error!\",\n       evergreen.interval_text(lease_duration) AS \"lease_duration!\", evergreen.interval_text(failure_backoff) AS \"failure_backoff!\",\n       evergreen.interval_text(failure_backoff_max) AS \"failure_backoff_max!\", max_bytes AS \"max_bytes!\", evergreen.interval_text(retain_for) AS \"retain_for?\",\n       schema_version AS \"schema_version!\", similarity_threshold AS \"similarity_threshold?\",\n       evergreen.interval_text(activity_granularity) AS \"activity_granularity?\", context_max_items AS \"context_max_items!\",\n       max_prompt_tokens AS \"max_prompt_tokens!\", max_completion_tokens AS \"max_completion_tokens!\",\n       change_tolerance AS \"change_tolerance!\"\n  FROM evergreen.set_content_policy(\n         p_content_type => :contentType!, p_prompt_type => :promptType, p_max_age => :maxAge::text::interval,\n         p_stale_while_revalidate => :staleWhileRevalidate::text::interval, p_stale_if_error => :staleIfError::text::interval,\n         p_lease_duration => :leaseDuration::text::interval, p_failure_backoff => :failureBackoff::text::interval,\n         p_failure_backoff_max => :failureBackoffMax::text::interval, p_max_bytes => :maxBytes, p_retain_for => :retainFor::text::interval,\n         p_schema_version => :schemaVersion, p_similarity_threshold => :similarityThreshold,\n         p_activity_granularity => :activityGranularity::text::interval, p_context_max_items => :contextMaxItems,\n         p_max_prompt_tokens => :maxPromptTokens, p_max_completion_tokens => :maxCompletionTokens,\n         p_change_tolerance => :changeTolerance, p_reset => COALESCE(:reset::text[], '{}'))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT content_type AS "content_type!", prompt_type AS "prompt_type!", evergreen.interval_text(max_age) AS "max_age?",
 *        evergreen.interval_text(stale_while_revalidate) AS "stale_while_revalidate!", evergreen.interval_text(stale_if_error) AS "stale_if_error!",
 *        evergreen.interval_text(lease_duration) AS "lease_duration!", evergreen.interval_text(failure_backoff) AS "failure_backoff!",
 *        evergreen.interval_text(failure_backoff_max) AS "failure_backoff_max!", max_bytes AS "max_bytes!", evergreen.interval_text(retain_for) AS "retain_for?",
 *        schema_version AS "schema_version!", similarity_threshold AS "similarity_threshold?",
 *        evergreen.interval_text(activity_granularity) AS "activity_granularity?", context_max_items AS "context_max_items!",
 *        max_prompt_tokens AS "max_prompt_tokens!", max_completion_tokens AS "max_completion_tokens!",
 *        change_tolerance AS "change_tolerance!"
 *   FROM evergreen.set_content_policy(
 *          p_content_type => :contentType!, p_prompt_type => :promptType, p_max_age => :maxAge::text::interval,
 *          p_stale_while_revalidate => :staleWhileRevalidate::text::interval, p_stale_if_error => :staleIfError::text::interval,
 *          p_lease_duration => :leaseDuration::text::interval, p_failure_backoff => :failureBackoff::text::interval,
 *          p_failure_backoff_max => :failureBackoffMax::text::interval, p_max_bytes => :maxBytes, p_retain_for => :retainFor::text::interval,
 *          p_schema_version => :schemaVersion, p_similarity_threshold => :similarityThreshold,
 *          p_activity_granularity => :activityGranularity::text::interval, p_context_max_items => :contextMaxItems,
 *          p_max_prompt_tokens => :maxPromptTokens, p_max_completion_tokens => :maxCompletionTokens,
 *          p_change_tolerance => :changeTolerance, p_reset => COALESCE(:reset::text[], '{}'))
 * ```
 */
export const setContentPolicy = new PreparedQuery<SetContentPolicyParams,SetContentPolicyResult>(setContentPolicyIR);


/** 'SetRetention' parameters type */
export interface SetRetentionParams {
  retainFor: string;
  subject: string;
}

/** 'SetRetention' return type */
export interface SetRetentionResult {
  done: string | null;
}

/** 'SetRetention' query type */
export interface SetRetentionQuery {
  params: SetRetentionParams;
  result: SetRetentionResult;
}

const setRetentionIR: any = {"usedParamSet":{"subject":true,"retainFor":true},"params":[{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":44,"b":52}]},{"name":"retainFor","required":true,"transform":{"type":"scalar"},"locs":[{"a":71,"b":81}]}],"statement":"SELECT evergreen.set_retention(p_subject => :subject!, p_retain_for => :retainFor!::text::interval)::text AS \"done?\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.set_retention(p_subject => :subject!, p_retain_for => :retainFor!::text::interval)::text AS "done?"
 * ```
 */
export const setRetention = new PreparedQuery<SetRetentionParams,SetRetentionResult>(setRetentionIR);


/** 'SetBudget' parameters type */
export interface SetBudgetParams {
  alertAt?: NumberOrString | null | void;
  hard?: boolean | null | void;
  monthlyLimit?: NumberOrString | null | void;
  scope: string;
  scopeId?: string | null | void;
}

/** 'SetBudget' return type */
export interface SetBudgetResult {
  done: string | null;
}

/** 'SetBudget' query type */
export interface SetBudgetQuery {
  params: SetBudgetParams;
  result: SetBudgetResult;
}

const setBudgetIR: any = {"usedParamSet":{"scope":true,"scopeId":true,"monthlyLimit":true,"alertAt":true,"hard":true},"params":[{"name":"scope","required":true,"transform":{"type":"scalar"},"locs":[{"a":49,"b":55}]},{"name":"scopeId","required":false,"transform":{"type":"scalar"},"locs":[{"a":72,"b":79}]},{"name":"monthlyLimit","required":false,"transform":{"type":"scalar"},"locs":[{"a":101,"b":113}]},{"name":"alertAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":139,"b":146}]},{"name":"hard","required":false,"transform":{"type":"scalar"},"locs":[{"a":183,"b":187}]}],"statement":"SELECT evergreen.set_budget(\n         p_scope => :scope!, p_scope_id => :scopeId, p_monthly_limit => :monthlyLimit, p_alert_at => COALESCE(:alertAt, 0.8),\n         p_hard => COALESCE(:hard, true))::text AS \"done?\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.set_budget(
 *          p_scope => :scope!, p_scope_id => :scopeId, p_monthly_limit => :monthlyLimit, p_alert_at => COALESCE(:alertAt, 0.8),
 *          p_hard => COALESCE(:hard, true))::text AS "done?"
 * ```
 */
export const setBudget = new PreparedQuery<SetBudgetParams,SetBudgetResult>(setBudgetIR);


/** 'GetBudgetStatus' parameters type */
export type GetBudgetStatusParams = void;

/** 'GetBudgetStatus' return type */
export interface GetBudgetStatusResult {
  alert_at: number;
  hard: boolean;
  monthly_limit: number;
  reserved: number;
  scope: string;
  scope_id: string;
  share: number | null;
  spent: number;
  status: string;
}

/** 'GetBudgetStatus' query type */
export interface GetBudgetStatusQuery {
  params: GetBudgetStatusParams;
  result: GetBudgetStatusResult;
}

const getBudgetStatusIR: any = {"usedParamSet":{},"params":[],"statement":"SELECT scope AS \"scope!\", scope_id AS \"scope_id!\", monthly_limit::float8 AS \"monthly_limit!\", spent::float8 AS \"spent!\",\n       reserved::float8 AS \"reserved!\", share::float8 AS \"share?\", alert_at::float8 AS \"alert_at!\", hard AS \"hard!\", status AS \"status!\"\n  FROM evergreen.get_budget_status()"};

/**
 * Query generated from SQL:
 * ```
 * SELECT scope AS "scope!", scope_id AS "scope_id!", monthly_limit::float8 AS "monthly_limit!", spent::float8 AS "spent!",
 *        reserved::float8 AS "reserved!", share::float8 AS "share?", alert_at::float8 AS "alert_at!", hard AS "hard!", status AS "status!"
 *   FROM evergreen.get_budget_status()
 * ```
 */
export const getBudgetStatus = new PreparedQuery<GetBudgetStatusParams,GetBudgetStatusResult>(getBudgetStatusIR);


/** 'GetAiUsageStats' parameters type */
export interface GetAiUsageStatsParams {
  endDate: DateOrString;
  startDate: DateOrString;
}

/** 'GetAiUsageStats' return type */
export interface GetAiUsageStatsResult {
  avg_generation_time_ms: number | null;
  cached_tokens: number;
  cost: number | null;
  day: string;
  failures: number;
  generation_type: string;
  generations_count: number;
  success_rate: number;
  tokens_used: number;
}

/** 'GetAiUsageStats' query type */
export interface GetAiUsageStatsQuery {
  params: GetAiUsageStatsParams;
  result: GetAiUsageStatsResult;
}

const getAiUsageStatsIR: any = {"usedParamSet":{"startDate":true,"endDate":true},"params":[{"name":"startDate","required":true,"transform":{"type":"scalar"},"locs":[{"a":449,"b":459}]},{"name":"endDate","required":true,"transform":{"type":"scalar"},"locs":[{"a":476,"b":484}]}],"statement":"SELECT to_char(day, 'YYYY-MM-DD') AS \"day!\", generation_type AS \"generation_type!\", generations_count::float8 AS \"generations_count!\",\n       tokens_used::float8 AS \"tokens_used!\", avg_generation_time_ms::float8 AS \"avg_generation_time_ms?\",\n       success_rate::float8 AS \"success_rate!\", cost::float8 AS \"cost?\", cached_tokens::float8 AS \"cached_tokens!\",\n       failures::float8 AS \"failures!\"\n  FROM evergreen.get_ai_usage_stats(p_start_date => :startDate!, p_end_date => :endDate!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT to_char(day, 'YYYY-MM-DD') AS "day!", generation_type AS "generation_type!", generations_count::float8 AS "generations_count!",
 *        tokens_used::float8 AS "tokens_used!", avg_generation_time_ms::float8 AS "avg_generation_time_ms?",
 *        success_rate::float8 AS "success_rate!", cost::float8 AS "cost?", cached_tokens::float8 AS "cached_tokens!",
 *        failures::float8 AS "failures!"
 *   FROM evergreen.get_ai_usage_stats(p_start_date => :startDate!, p_end_date => :endDate!)
 * ```
 */
export const getAiUsageStats = new PreparedQuery<GetAiUsageStatsParams,GetAiUsageStatsResult>(getAiUsageStatsIR);


/** 'GetCacheStats' parameters type */
export interface GetCacheStatsParams {
  by?: string | null | void;
  end: DateOrString;
  start: DateOrString;
}

/** 'GetCacheStats' return type */
export interface GetCacheStatsResult {
  avg_ms: number | null;
  calls_avoided: number;
  content_type: string;
  failed: number;
  fallbacks: number;
  hit_rate: number | null;
  hits: number;
  lookups: number;
  misses: number;
  money_avoided: number | null;
  p50_ms: number | null;
  p95_ms: number | null;
  period: Date;
  similar_hits: number;
  stale_hits: number;
  uncached: number;
}

/** 'GetCacheStats' query type */
export interface GetCacheStatsQuery {
  params: GetCacheStatsParams;
  result: GetCacheStatsResult;
}

const getCacheStatsIR: any = {"usedParamSet":{"start":true,"end":true,"by":true},"params":[{"name":"start","required":true,"transform":{"type":"scalar"},"locs":[{"a":598,"b":604}]},{"name":"end","required":true,"transform":{"type":"scalar"},"locs":[{"a":616,"b":620}]},{"name":"by","required":false,"transform":{"type":"scalar"},"locs":[{"a":640,"b":642}]}],"statement":"SELECT period AS \"period!\", content_type AS \"content_type!\", lookups::float8 AS \"lookups!\", hits::float8 AS \"hits!\",\n       stale_hits::float8 AS \"stale_hits!\", similar_hits::float8 AS \"similar_hits!\", misses::float8 AS \"misses!\",\n       fallbacks::float8 AS \"fallbacks!\", uncached::float8 AS \"uncached!\", failed::float8 AS \"failed!\", hit_rate::float8 AS \"hit_rate?\",\n       calls_avoided::float8 AS \"calls_avoided!\", money_avoided::float8 AS \"money_avoided?\", avg_ms::float8 AS \"avg_ms?\",\n       p50_ms::float8 AS \"p50_ms?\", p95_ms::float8 AS \"p95_ms?\"\n  FROM evergreen.get_cache_stats(p_start => :start!, p_end => :end!, p_by => COALESCE(:by, 'hour'))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT period AS "period!", content_type AS "content_type!", lookups::float8 AS "lookups!", hits::float8 AS "hits!",
 *        stale_hits::float8 AS "stale_hits!", similar_hits::float8 AS "similar_hits!", misses::float8 AS "misses!",
 *        fallbacks::float8 AS "fallbacks!", uncached::float8 AS "uncached!", failed::float8 AS "failed!", hit_rate::float8 AS "hit_rate?",
 *        calls_avoided::float8 AS "calls_avoided!", money_avoided::float8 AS "money_avoided?", avg_ms::float8 AS "avg_ms?",
 *        p50_ms::float8 AS "p50_ms?", p95_ms::float8 AS "p95_ms?"
 *   FROM evergreen.get_cache_stats(p_start => :start!, p_end => :end!, p_by => COALESCE(:by, 'hour'))
 * ```
 */
export const getCacheStats = new PreparedQuery<GetCacheStatsParams,GetCacheStatsResult>(getCacheStatsIR);


/** 'ForgetCompany' parameters type */
export interface ForgetCompanyParams {
  companyId: string;
}

/** 'ForgetCompany' return type */
export interface ForgetCompanyResult {
  action: string;
  object: string;
  rows_changed: number;
}

/** 'ForgetCompany' query type */
export interface ForgetCompanyQuery {
  params: ForgetCompanyParams;
  result: ForgetCompanyResult;
}

const forgetCompanyIR: any = {"usedParamSet":{"companyId":true},"params":[{"name":"companyId","required":true,"transform":{"type":"scalar"},"locs":[{"a":137,"b":147}]}],"statement":"SELECT object AS \"object!\", action AS \"action!\", rows_changed::float8 AS \"rows_changed!\"\n  FROM evergreen.forget_company(p_company_id => :companyId!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT object AS "object!", action AS "action!", rows_changed::float8 AS "rows_changed!"
 *   FROM evergreen.forget_company(p_company_id => :companyId!)
 * ```
 */
export const forgetCompany = new PreparedQuery<ForgetCompanyParams,ForgetCompanyResult>(forgetCompanyIR);


/** 'ForgetUser' parameters type */
export interface ForgetUserParams {
  userId: string;
}

/** 'ForgetUser' return type */
export interface ForgetUserResult {
  action: string;
  object: string;
  rows_changed: number;
}

/** 'ForgetUser' query type */
export interface ForgetUserQuery {
  params: ForgetUserParams;
  result: ForgetUserResult;
}

const forgetUserIR: any = {"usedParamSet":{"userId":true},"params":[{"name":"userId","required":true,"transform":{"type":"scalar"},"locs":[{"a":131,"b":138}]}],"statement":"SELECT object AS \"object!\", action AS \"action!\", rows_changed::float8 AS \"rows_changed!\"\n  FROM evergreen.forget_user(p_user_id => :userId!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT object AS "object!", action AS "action!", rows_changed::float8 AS "rows_changed!"
 *   FROM evergreen.forget_user(p_user_id => :userId!)
 * ```
 */
export const forgetUser = new PreparedQuery<ForgetUserParams,ForgetUserResult>(forgetUserIR);


