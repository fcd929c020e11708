/** Types generated for queries found in "src/queries/personality.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type DateOrString = Date | string;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type stringArray = (string)[];

/** 'HitPersonality' parameters type */
export interface HitPersonalityParams {
  userId: string;
}

/** 'HitPersonality' return type */
export interface HitPersonalityResult {
  analysis: Json;
  dropped_tuning: Json;
  generated_at: Date;
  generation_model: string;
  generation_prompt_id: string | null;
  personality: Json | null;
  revision: number;
  tuning: Json;
  version: number;
}

/** 'HitPersonality' query type */
export interface HitPersonalityQuery {
  params: HitPersonalityParams;
  result: HitPersonalityResult;
}

const hitPersonalityIR: any = {"usedParamSet":{"userId":true},"params":[{"name":"userId","required":true,"transform":{"type":"scalar"},"locs":[{"a":351,"b":358}]}],"statement":"SELECT revision AS \"revision!\", version AS \"version!\", generated_at AS \"generated_at!\", generation_model AS \"generation_model!\",\n       generation_prompt_id AS \"generation_prompt_id?\", analysis AS \"analysis!\", tuning AS \"tuning!\", dropped_tuning AS \"dropped_tuning!\",\n       personality AS \"personality?\"\n  FROM evergreen.hit_personality(p_user_id => :userId!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT revision AS "revision!", version AS "version!", generated_at AS "generated_at!", generation_model AS "generation_model!",
 *        generation_prompt_id AS "generation_prompt_id?", analysis AS "analysis!", tuning AS "tuning!", dropped_tuning AS "dropped_tuning!",
 *        personality AS "personality?"
 *   FROM evergreen.hit_personality(p_user_id => :userId!)
 * ```
 */
export const hitPersonality = new PreparedQuery<HitPersonalityParams,HitPersonalityResult>(hitPersonalityIR);


/** 'LookupPersonality' parameters type */
export interface LookupPersonalityParams {
  afterFailure: boolean;
  hasPosts: boolean;
  id?: string | null | void;
  refresh: boolean;
  revision?: number | null | void;
  userId: string;
}

/** 'LookupPersonality' return type */
export interface LookupPersonalityResult {
  blocked: string | null;
  cache_key: string;
  content: Json | null;
  context_hash: string;
  dropped_tuning: Json | null;
  freshness: string;
  generated_at: Date | null;
  generation_model: string | null;
  generation_prompt_id: string | null;
  personality: Json | null;
  reason: string;
  revision: number | null;
  seen: string | null;
  tuning: Json | null;
  version: number | null;
}

/** 'LookupPersonality' query type */
export interface LookupPersonalityQuery {
  params: LookupPersonalityParams;
  result: LookupPersonalityResult;
}

const lookupPersonalityIR: any = {"usedParamSet":{"userId":true,"hasPosts":true,"refresh":true,"afterFailure":true,"revision":true,"id":true},"params":[{"name":"userId","required":true,"transform":{"type":"scalar"},"locs":[{"a":517,"b":524}]},{"name":"hasPosts","required":true,"transform":{"type":"scalar"},"locs":[{"a":542,"b":551}]},{"name":"refresh","required":true,"transform":{"type":"scalar"},"locs":[{"a":567,"b":575}]},{"name":"afterFailure","required":true,"transform":{"type":"scalar"},"locs":[{"a":597,"b":610}]},{"name":"revision","required":false,"transform":{"type":"scalar"},"locs":[{"a":636,"b":644}]},{"name":"id","required":false,"transform":{"type":"scalar"},"locs":[{"a":655,"b":657}]}],"statement":"SELECT cache_key AS \"cache_key!\", freshness AS \"freshness!\", reason AS \"reason!\", seen AS \"seen?\", content AS \"content?\",\n       generated_at AS \"generated_at?\", generation_model AS \"generation_model?\", generation_prompt_id AS \"generation_prompt_id?\",\n       context_hash AS \"context_hash!\", blocked AS \"blocked?\", tuning AS \"tuning?\", dropped_tuning AS \"dropped_tuning?\", personality AS \"personality?\",\n       revision AS \"revision?\", version AS \"version?\"\n  FROM evergreen.lookup_personality(\n         p_user_id => :userId!, p_has_posts => :hasPosts!, p_refresh => :refresh!, p_after_failure => :afterFailure!,\n         p_revision => :revision, p_id => :id)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT cache_key AS "cache_key!", freshness AS "freshness!", reason AS "reason!", seen AS "seen?", content AS "content?",
 *        generated_at AS "generated_at?", generation_model AS "generation_model?", generation_prompt_id AS "generation_prompt_id?",
 *        context_hash AS "context_hash!", blocked AS "blocked?", tuning AS "tuning?", dropped_tuning AS "dropped_tuning?", personality AS "personality?",
 *        revision AS "revision?", version AS "version?"
 *   FROM evergreen.lookup_personality(
 *          p_user_id => :userId!, p_has_posts => :hasPosts!, p_refresh => :refresh!, p_after_failure => :afterFailure!,
 *          p_revision => :revision, p_id => :id)
 * ```
 */
export const lookupPersonality = new PreparedQuery<LookupPersonalityParams,LookupPersonalityResult>(lookupPersonalityIR);


/** 'PreparePersonality' parameters type */
export interface PreparePersonalityParams {
  posts: stringArray;
  userId: string;
}

/** 'PreparePersonality' return type */
export interface PreparePersonalityResult {
  prompt: string | null;
  prompt_id: string | null;
  state: string;
}

/** 'PreparePersonality' query type */
export interface PreparePersonalityQuery {
  params: PreparePersonalityParams;
  result: PreparePersonalityResult;
}

const preparePersonalityIR: any = {"usedParamSet":{"userId":true,"posts":true},"params":[{"name":"userId","required":true,"transform":{"type":"scalar"},"locs":[{"a":123,"b":130}]},{"name":"posts","required":true,"transform":{"type":"scalar"},"locs":[{"a":144,"b":150}]}],"statement":"SELECT state AS \"state!\", prompt_id AS \"prompt_id?\", prompt AS \"prompt?\"\n  FROM evergreen.prepare_personality(p_user_id => :userId!, p_posts => :posts!::text[])"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", prompt_id AS "prompt_id?", prompt AS "prompt?"
 *   FROM evergreen.prepare_personality(p_user_id => :userId!, p_posts => :posts!::text[])
 * ```
 */
export const preparePersonality = new PreparedQuery<PreparePersonalityParams,PreparePersonalityResult>(preparePersonalityIR);


/** 'SavePersonality' parameters type */
export interface SavePersonalityParams {
  analysis: string;
  cachedTokens?: number | null | void;
  companyId?: string | null | void;
  completionTokens?: number | null | void;
  expiresAt?: DateOrString | null | void;
  generationTimeMs?: number | null | void;
  id?: string | null | void;
  leaseToken: string;
  model: string;
  promptId?: string | null | void;
  promptTokens?: number | null | void;
  provider: string;
  requestId?: string | null | void;
  revision?: number | null | void;
  userId: string;
}

/** 'SavePersonality' return type */
export interface SavePersonalityResult {
  changes: Json | null;
  content: Json | null;
  cost: number | null;
  dropped_tuning: Json | null;
  generated_at: Date | null;
  personality: Json | null;
  revision: number | null;
  state: string;
  tuning: Json | null;
  version: number | null;
}

/** 'SavePersonality' query type */
export interface SavePersonalityQuery {
  params: SavePersonalityParams;
  result: SavePersonalityResult;
}

const savePersonalityIR: any = {"usedParamSet":{"userId":true,"analysis":true,"leaseToken":true,"provider":true,"model":true,"companyId":true,"promptId":true,"promptTokens":true,"completionTokens":true,"cachedTokens":true,"generationTimeMs":true,"requestId":true,"expiresAt":true,"revision":true,"id":true},"params":[{"name":"userId","required":true,"transform":{"type":"scalar"},"locs":[{"a":337,"b":344}]},{"name":"analysis","required":true,"transform":{"type":"scalar"},"locs":[{"a":361,"b":370}]},{"name":"leaseToken","required":true,"transform":{"type":"scalar"},"locs":[{"a":403,"b":414}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":431,"b":440}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":454,"b":460}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":488,"b":497}]},{"name":"promptId","required":false,"transform":{"type":"scalar"},"locs":[{"a":515,"b":523}]},{"name":"promptTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":545,"b":557}]},{"name":"completionTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":583,"b":599}]},{"name":"cachedTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":630,"b":642}]},{"name":"generationTimeMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":669,"b":685}]},{"name":"requestId","required":false,"transform":{"type":"scalar"},"locs":[{"a":704,"b":713}]},{"name":"expiresAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":732,"b":741}]},{"name":"revision","required":false,"transform":{"type":"scalar"},"locs":[{"a":767,"b":775}]},{"name":"id","required":false,"transform":{"type":"scalar"},"locs":[{"a":786,"b":788}]}],"statement":"SELECT state AS \"state!\", content AS \"content?\", generated_at AS \"generated_at?\", cost::float8 AS \"cost?\", changes AS \"changes?\",\n       tuning AS \"tuning?\", dropped_tuning AS \"dropped_tuning?\", personality AS \"personality?\",\n       revision AS \"revision?\", version AS \"version?\"\n  FROM evergreen.save_personality(\n         p_user_id => :userId!, p_analysis => :analysis!::text::jsonb, p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!,\n         p_company_id => :companyId, p_prompt_id => :promptId, p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens,\n         p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt,\n         p_revision => :revision, p_id => :id)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?", changes AS "changes?",
 *        tuning AS "tuning?", dropped_tuning AS "dropped_tuning?", personality AS "personality?",
 *        revision AS "revision?", version AS "version?"
 *   FROM evergreen.save_personality(
 *          p_user_id => :userId!, p_analysis => :analysis!::text::jsonb, p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!,
 *          p_company_id => :companyId, p_prompt_id => :promptId, p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens,
 *          p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_expires_at => :expiresAt,
 *          p_revision => :revision, p_id => :id)
 * ```
 */
export const savePersonality = new PreparedQuery<SavePersonalityParams,SavePersonalityResult>(savePersonalityIR);


/** 'GetPersonalityCache' parameters type */
export interface GetPersonalityCacheParams {
  userId: string;
}

/** 'GetPersonalityCache' return type */
export interface GetPersonalityCacheResult {
  age_ms: number;
  analysis: Json;
  bytes: number;
  dropped_tuning: Json;
  fresh_until: Date | null;
  freshness: string;
  generated_at: Date;
  generation_model: string;
  generation_prompt_id: string | null;
  id: string;
  is_stale: boolean;
  personality: Json;
  revision: number;
  tuning: Json;
  updated_at: Date;
  user_id: string;
  version: number;
}

/** 'GetPersonalityCache' query type */
export interface GetPersonalityCacheQuery {
  params: GetPersonalityCacheParams;
  result: GetPersonalityCacheResult;
}

const getPersonalityCacheIR: any = {"usedParamSet":{"userId":true},"params":[{"name":"userId","required":true,"transform":{"type":"scalar"},"locs":[{"a":560,"b":567}]}],"statement":"SELECT user_id AS \"user_id!\", analysis AS \"analysis!\", tuning AS \"tuning!\", personality AS \"personality!\", freshness AS \"freshness!\",\n       age_ms::float8 AS \"age_ms!\", fresh_until AS \"fresh_until?\", revision AS \"revision!\", version AS \"version!\", is_stale AS \"is_stale!\",\n       generated_at AS \"generated_at!\", updated_at AS \"updated_at!\", generation_model AS \"generation_model!\",\n       generation_prompt_id AS \"generation_prompt_id?\", dropped_tuning AS \"dropped_tuning!\", bytes AS \"bytes!\", id AS \"id!\"\n  FROM evergreen.get_personality_cache(p_user_id => :userId!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT user_id AS "user_id!", analysis AS "analysis!", tuning AS "tuning!", personality AS "personality!", freshness AS "freshness!",
 *        age_ms::float8 AS "age_ms!", fresh_until AS "fresh_until?", revision AS "revision!", version AS "version!", is_stale AS "is_stale!",
 *        generated_at AS "generated_at!", updated_at AS "updated_at!", generation_model AS "generation_model!",
 *        generation_prompt_id AS "generation_prompt_id?", dropped_tuning AS "dropped_tuning!", bytes AS "bytes!", id AS "id!"
 *   FROM evergreen.get_personality_cache(p_user_id => :userId!)
 * ```
 */
export const getPersonalityCache = new PreparedQuery<GetPersonalityCacheParams,GetPersonalityCacheResult>(getPersonalityCacheIR);


/** 'SavePersonalityCache' parameters type */
export interface SavePersonalityCacheParams {
  analysis: string;
  expiresAt?: DateOrString | null | void;
  id?: string | null | void;
  model?: string | null | void;
  revision?: number | null | void;
  userId: string;
  version?: number | null | void;
}

/** 'SavePersonalityCache' return type */
export interface SavePersonalityCacheResult {
  changes: Json;
  dropped_tuning: Json;
  revision: number;
  state: string;
  updated_at: Date | null;
}

/** 'SavePersonalityCache' query type */
export interface SavePersonalityCacheQuery {
  params: SavePersonalityCacheParams;
  result: SavePersonalityCacheResult;
}

const savePersonalityCacheIR: any = {"usedParamSet":{"userId":true,"analysis":true,"version":true,"revision":true,"id":true,"model":true,"expiresAt":true},"params":[{"name":"userId","required":true,"transform":{"type":"scalar"},"locs":[{"a":202,"b":209}]},{"name":"analysis","required":true,"transform":{"type":"scalar"},"locs":[{"a":226,"b":235}]},{"name":"version","required":false,"transform":{"type":"scalar"},"locs":[{"a":264,"b":271}]},{"name":"revision","required":false,"transform":{"type":"scalar"},"locs":[{"a":288,"b":296}]},{"name":"id","required":false,"transform":{"type":"scalar"},"locs":[{"a":307,"b":309}]},{"name":"model","required":false,"transform":{"type":"scalar"},"locs":[{"a":332,"b":337}]},{"name":"expiresAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":356,"b":365}]}],"statement":"SELECT state AS \"state!\", revision AS \"revision!\", updated_at AS \"updated_at?\", changes AS \"changes!\", dropped_tuning AS \"dropped_tuning!\"\n  FROM evergreen.save_personality_cache(\n         p_user_id => :userId!, p_analysis => :analysis!::text::jsonb, p_version => :version, p_revision => :revision, p_id => :id,\n         p_model => :model, p_expires_at => :expiresAt)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", revision AS "revision!", updated_at AS "updated_at?", changes AS "changes!", dropped_tuning AS "dropped_tuning!"
 *   FROM evergreen.save_personality_cache(
 *          p_user_id => :userId!, p_analysis => :analysis!::text::jsonb, p_version => :version, p_revision => :revision, p_id => :id,
 *          p_model => :model, p_expires_at => :expiresAt)
 * ```
 */
export const savePersonalityCache = new PreparedQuery<SavePersonalityCacheParams,SavePersonalityCacheResult>(savePersonalityCacheIR);


/** 'SavePersonalityTuning' parameters type */
export interface SavePersonalityTuningParams {
  id?: string | null | void;
  revision?: number | null | void;
  tuning: string;
  userId: string;
}

/** 'SavePersonalityTuning' return type */
export interface SavePersonalityTuningResult {
  personality: Json;
  revision: number;
  state: string;
  tuning: Json;
  updated_at: Date;
}

/** 'SavePersonalityTuning' query type */
export interface SavePersonalityTuningQuery {
  params: SavePersonalityTuningParams;
  result: SavePersonalityTuningResult;
}

const savePersonalityTuningIR: any = {"usedParamSet":{"userId":true,"tuning":true,"revision":true,"id":true},"params":[{"name":"userId","required":true,"transform":{"type":"scalar"},"locs":[{"a":185,"b":192}]},{"name":"tuning","required":true,"transform":{"type":"scalar"},"locs":[{"a":207,"b":214}]},{"name":"revision","required":false,"transform":{"type":"scalar"},"locs":[{"a":244,"b":252}]},{"name":"id","required":false,"transform":{"type":"scalar"},"locs":[{"a":263,"b":265}]}],"statement":"SELECT state AS \"state!\", revision AS \"revision!\", tuning AS \"tuning!\", personality AS \"personality!\", updated_at AS \"updated_at!\"\n  FROM evergreen.save_personality_tuning(p_user_id => :userId!, p_tuning => :tuning!::text::jsonb, p_revision => :revision, p_id => :id)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", revision AS "revision!", tuning AS "tuning!", personality AS "personality!", updated_at AS "updated_at!"
 *   FROM evergreen.save_personality_tuning(p_user_id => :userId!, p_tuning => :tuning!::text::jsonb, p_revision => :revision, p_id => :id)
 * ```
 */
export const savePersonalityTuning = new PreparedQuery<SavePersonalityTuningParams,SavePersonalityTuningResult>(savePersonalityTuningIR);


/** 'ResetPersonalityTuning' parameters type */
export interface ResetPersonalityTuningParams {
  id?: string | null | void;
  revision?: number | null | void;
  userId: string;
}

/** 'ResetPersonalityTuning' return type */
export interface ResetPersonalityTuningResult {
  personality: Json;
  revision: number;
  state: string;
  tuning: Json;
  updated_at: Date;
}

/** 'ResetPersonalityTuning' query type */
export interface ResetPersonalityTuningQuery {
  params: ResetPersonalityTuningParams;
  result: ResetPersonalityTuningResult;
}

const resetPersonalityTuningIR: any = {"usedParamSet":{"userId":true,"revision":true,"id":true},"params":[{"name":"userId","required":true,"transform":{"type":"scalar"},"locs":[{"a":186,"b":193}]},{"name":"revision","required":false,"transform":{"type":"scalar"},"locs":[{"a":210,"b":218}]},{"name":"id","required":false,"transform":{"type":"scalar"},"locs":[{"a":229,"b":231}]}],"statement":"SELECT state AS \"state!\", revision AS \"revision!\", tuning AS \"tuning!\", personality AS \"personality!\", updated_at AS \"updated_at!\"\n  FROM evergreen.reset_personality_tuning(p_user_id => :userId!, p_revision => :revision, p_id => :id)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", revision AS "revision!", tuning AS "tuning!", personality AS "personality!", updated_at AS "updated_at!"
 *   FROM evergreen.reset_personality_tuning(p_user_id => :userId!, p_revision => :revision, p_id => :id)
 * ```
 */
export const resetPersonalityTuning = new PreparedQuery<ResetPersonalityTuningParams,ResetPersonalityTuningResult>(resetPersonalityTuningIR);


/** 'InvalidatePersonalityCache' parameters type */
export interface InvalidatePersonalityCacheParams {
  id?: string | null | void;
  revision?: number | null | void;
  userId: string;
}

/** 'InvalidatePersonalityCache' return type */
export interface InvalidatePersonalityCacheResult {
  invalidated: boolean;
}

/** 'InvalidatePersonalityCache' query type */
export interface InvalidatePersonalityCacheQuery {
  params: InvalidatePersonalityCacheParams;
  result: InvalidatePersonalityCacheResult;
}

const invalidatePersonalityCacheIR: any = {"usedParamSet":{"userId":true,"revision":true,"id":true},"params":[{"name":"userId","required":true,"transform":{"type":"scalar"},"locs":[{"a":59,"b":66}]},{"name":"revision","required":false,"transform":{"type":"scalar"},"locs":[{"a":83,"b":91}]},{"name":"id","required":false,"transform":{"type":"scalar"},"locs":[{"a":102,"b":104}]}],"statement":"SELECT evergreen.invalidate_personality_cache(p_user_id => :userId!, p_revision => :revision, p_id => :id) AS \"invalidated!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.invalidate_personality_cache(p_user_id => :userId!, p_revision => :revision, p_id => :id) AS "invalidated!"
 * ```
 */
export const invalidatePersonalityCache = new PreparedQuery<InvalidatePersonalityCacheParams,InvalidatePersonalityCacheResult>(invalidatePersonalityCacheIR);


/** 'DeletePersonalityCache' parameters type */
export interface DeletePersonalityCacheParams {
  id?: string | null | void;
  revision?: number | null | void;
  userId: string;
}

/** 'DeletePersonalityCache' return type */
export interface DeletePersonalityCacheResult {
  deleted: boolean;
}

/** 'DeletePersonalityCache' query type */
export interface DeletePersonalityCacheQuery {
  params: DeletePersonalityCacheParams;
  result: DeletePersonalityCacheResult;
}

const deletePersonalityCacheIR: any = {"usedParamSet":{"userId":true,"revision":true,"id":true},"params":[{"name":"userId","required":true,"transform":{"type":"scalar"},"locs":[{"a":55,"b":62}]},{"name":"revision","required":false,"transform":{"type":"scalar"},"locs":[{"a":79,"b":87}]},{"name":"id","required":false,"transform":{"type":"scalar"},"locs":[{"a":98,"b":100}]}],"statement":"SELECT evergreen.delete_personality_cache(p_user_id => :userId!, p_revision => :revision, p_id => :id) AS \"deleted!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.delete_personality_cache(p_user_id => :userId!, p_revision => :revision, p_id => :id) AS "deleted!"
 * ```
 */
export const deletePersonalityCache = new PreparedQuery<DeletePersonalityCacheParams,DeletePersonalityCacheResult>(deletePersonalityCacheIR);


/** 'HasSignificantChanges' parameters type */
export interface HasSignificantChangesParams {
  current?: string | null | void;
  tolerance?: number | null | void;
  updated?: string | null | void;
}

/** 'HasSignificantChanges' return type */
export interface HasSignificantChangesResult {
  significant: boolean;
}

/** 'HasSignificantChanges' query type */
export interface HasSignificantChangesQuery {
  params: HasSignificantChangesParams;
  result: HasSignificantChangesResult;
}

const hasSignificantChangesIR: any = {"usedParamSet":{"current":true,"updated":true,"tolerance":true},"params":[{"name":"current","required":false,"transform":{"type":"scalar"},"locs":[{"a":64,"b":71}]},{"name":"updated","required":false,"transform":{"type":"scalar"},"locs":[{"a":100,"b":107}]},{"name":"tolerance","required":false,"transform":{"type":"scalar"},"locs":[{"a":138,"b":147}]}],"statement":"SELECT evergreen.has_significant_changes(\n         p_current => :current::text::jsonb, p_updated => :updated::text::jsonb, p_tolerance => :tolerance) AS \"significant!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.has_significant_changes(
 *          p_current => :current::text::jsonb, p_updated => :updated::text::jsonb, p_tolerance => :tolerance) AS "significant!"
 * ```
 */
export const hasSignificantChanges = new PreparedQuery<HasSignificantChangesParams,HasSignificantChangesResult>(hasSignificantChangesIR);


/** 'ExplainChanges' parameters type */
export interface ExplainChangesParams {
  current?: string | null | void;
  tolerance?: number | null | void;
  updated?: string | null | void;
}

/** 'ExplainChanges' return type */
export interface ExplainChangesResult {
  after: Json | null;
  before: Json | null;
  change: string;
  path: string;
}

/** 'ExplainChanges' query type */
export interface ExplainChangesQuery {
  params: ExplainChangesParams;
  result: ExplainChangesResult;
}

const explainChangesIR: any = {"usedParamSet":{"current":true,"updated":true,"tolerance":true},"params":[{"name":"current","required":false,"transform":{"type":"scalar"},"locs":[{"a":130,"b":137}]},{"name":"updated","required":false,"transform":{"type":"scalar"},"locs":[{"a":166,"b":173}]},{"name":"tolerance","required":false,"transform":{"type":"scalar"},"locs":[{"a":204,"b":213}]}],"statement":"SELECT path AS \"path!\", change AS \"change!\", before AS \"before?\", after AS \"after?\"\n  FROM evergreen.explain_changes(p_current => :current::text::jsonb, p_updated => :updated::text::jsonb, p_tolerance => :tolerance)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT path AS "path!", change AS "change!", before AS "before?", after AS "after?"
 *   FROM evergreen.explain_changes(p_current => :current::text::jsonb, p_updated => :updated::text::jsonb, p_tolerance => :tolerance)
 * ```
 */
export const explainChanges = new PreparedQuery<ExplainChangesParams,ExplainChangesResult>(explainChangesIR);


