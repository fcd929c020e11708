/** Types generated for queries found in "src/queries/clusters.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type DateOrString = Date | string;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'HitAnswer' parameters type */
export interface HitAnswerParams {
  companyId?: string | null | void;
  contentType: string;
  input: string;
  model: string;
  parameters?: string | null | void;
  parentId?: string | null | void;
  prompt?: string | null | void;
  provider: string;
  userId?: string | null | void;
}

/** 'HitAnswer' return type */
export interface HitAnswerResult {
  generated_at: Date;
  generation_model: string;
  generation_prompt_id: string | null;
  id: string;
  result: Json;
}

/** 'HitAnswer' query type */
export interface HitAnswerQuery {
  params: HitAnswerParams;
  result: HitAnswerResult;
}

const hitAnswerIR: any = {"usedParamSet":{"contentType":true,"input":true,"model":true,"provider":true,"prompt":true,"parameters":true,"companyId":true,"userId":true,"parentId":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":226,"b":238}]},{"name":"input","required":true,"transform":{"type":"scalar"},"locs":[{"a":252,"b":258}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":272,"b":278}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":295,"b":304}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":319,"b":325}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":362,"b":372}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":398,"b":407}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":423,"b":429}]},{"name":"parentId","required":false,"transform":{"type":"scalar"},"locs":[{"a":447,"b":455}]}],"statement":"SELECT id AS \"id!\", result AS \"result!\", generated_at AS \"generated_at!\", generation_model AS \"generation_model!\",\n       generation_prompt_id AS \"generation_prompt_id?\"\n  FROM evergreen.hit_answer(\n         p_content_type => :contentType!, p_input => :input!, p_model => :model!, p_provider => :provider!, p_prompt => :prompt,\n         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!", result AS "result!", generated_at AS "generated_at!", generation_model AS "generation_model!",
 *        generation_prompt_id AS "generation_prompt_id?"
 *   FROM evergreen.hit_answer(
 *          p_content_type => :contentType!, p_input => :input!, p_model => :model!, p_provider => :provider!, p_prompt => :prompt,
 *          p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId)
 * ```
 */
export const hitAnswer = new PreparedQuery<HitAnswerParams,HitAnswerResult>(hitAnswerIR);


/** 'LookupAnswer' parameters type */
export interface LookupAnswerParams {
  afterFailure?: boolean | null | void;
  checks?: stringArray | null | void;
  companyId?: string | null | void;
  contentType: string;
  embedding?: numberArray | null | void;
  embeddingModel?: string | null | void;
  input: string;
  model: string;
  parameters?: string | null | void;
  parentId?: string | null | void;
  prompt?: string | null | void;
  provider: string;
  similar?: boolean | null | void;
  threshold?: number | null | void;
  userId?: string | null | void;
}

/** 'LookupAnswer' return type */
export interface LookupAnswerResult {
  cache_key: string;
  content: Json | null;
  context_hash: string;
  freshness: string;
  generated_at: Date | null;
  generation_model: string | null;
  generation_prompt_id: string | null;
  id: string | null;
  reason: string;
  seen: string | null;
  similar_to: Json | null;
  similarity: number | null;
  similarity_method: string | null;
}

/** 'LookupAnswer' query type */
export interface LookupAnswerQuery {
  params: LookupAnswerParams;
  result: LookupAnswerResult;
}

const lookupAnswerIR: any = {"usedParamSet":{"contentType":true,"input":true,"model":true,"provider":true,"prompt":true,"parameters":true,"companyId":true,"userId":true,"parentId":true,"afterFailure":true,"similar":true,"embedding":true,"embeddingModel":true,"threshold":true,"checks":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":464,"b":476}]},{"name":"input","required":true,"transform":{"type":"scalar"},"locs":[{"a":490,"b":496}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":510,"b":516}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":533,"b":542}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":557,"b":563}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":600,"b":610}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":636,"b":645}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":661,"b":667}]},{"name":"parentId","required":false,"transform":{"type":"scalar"},"locs":[{"a":685,"b":693}]},{"name":"afterFailure","required":false,"transform":{"type":"scalar"},"locs":[{"a":733,"b":745}]},{"name":"similar","required":false,"transform":{"type":"scalar"},"locs":[{"a":778,"b":785}]},{"name":"embedding","required":false,"transform":{"type":"scalar"},"locs":[{"a":811,"b":820}]},{"name":"embeddingModel","required":false,"transform":{"type":"scalar"},"locs":[{"a":861,"b":875}]},{"name":"threshold","required":false,"transform":{"type":"scalar"},"locs":[{"a":893,"b":902}]},{"name":"checks","required":false,"transform":{"type":"scalar"},"locs":[{"a":941,"b":947}]}],"statement":"SELECT cache_key AS \"cache_key!\", freshness AS \"freshness!\", reason AS \"reason!\", seen AS \"seen?\", content AS \"content?\",\n       generated_at AS \"generated_at?\", generation_model AS \"generation_model?\", generation_prompt_id AS \"generation_prompt_id?\",\n       context_hash AS \"context_hash!\", id AS \"id?\", similarity AS \"similarity?\", similar_to AS \"similar_to?\", similarity_method AS \"similarity_method?\"\n  FROM evergreen.lookup_answer(\n         p_content_type => :contentType!, p_input => :input!, p_model => :model!, p_provider => :provider!, p_prompt => :prompt,\n         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId,\n         p_after_failure => COALESCE(:afterFailure, false), p_similar => COALESCE(:similar, false), p_embedding => :embedding::real[],\n         p_embedding_model => :embeddingModel, p_threshold => :threshold::real,\n         p_checks => COALESCE(:checks::text[], '{numbers,negations,entities,order,structure}'))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT cache_key AS "cache_key!", freshness AS "freshness!", reason AS "reason!", seen AS "seen?", content AS "content?",
 *        generated_at AS "generated_at?", generation_model AS "generation_model?", generation_prompt_id AS "generation_prompt_id?",
 *        context_hash AS "context_hash!", id AS "id?", similarity AS "similarity?", similar_to AS "similar_to?", similarity_method AS "similarity_method?"
 *   FROM evergreen.lookup_answer(
 *          p_content_type => :contentType!, p_input => :input!, p_model => :model!, p_provider => :provider!, p_prompt => :prompt,
 *          p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId,
 *          p_after_failure => COALESCE(:afterFailure, false), p_similar => COALESCE(:similar, false), p_embedding => :embedding::real[],
 *          p_embedding_model => :embeddingModel, p_threshold => :threshold::real,
 *          p_checks => COALESCE(:checks::text[], '{numbers,negations,entities,order,structure}'))
 * ```
 */
export const lookupAnswer = new PreparedQuery<LookupAnswerParams,LookupAnswerResult>(lookupAnswerIR);


/** 'LookupAnswers' parameters type */
export interface LookupAnswersParams {
  companyId?: string | null | void;
  contentType: string;
  inputs: stringArray;
  model: string;
  parameters?: string | null | void;
  parentId?: string | null | void;
  prompt?: string | null | void;
  provider: string;
  userId?: string | null | void;
}

/** 'LookupAnswers' return type */
export interface LookupAnswersResult {
  cache_key: string;
  content: Json | null;
  context_hash: string;
  error_code: string | null;
  freshness: string;
  generated_at: Date | null;
  generation_model: string | null;
  generation_prompt_id: string | null;
  id: string | null;
  ordinal: number;
  reason: string;
  seen: string | null;
}

/** 'LookupAnswers' query type */
export interface LookupAnswersQuery {
  params: LookupAnswersParams;
  result: LookupAnswersResult;
}

const lookupAnswersIR: any = {"usedParamSet":{"contentType":true,"inputs":true,"model":true,"provider":true,"prompt":true,"parameters":true,"companyId":true,"userId":true,"parentId":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":430,"b":442}]},{"name":"inputs","required":true,"transform":{"type":"scalar"},"locs":[{"a":457,"b":464}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":486,"b":492}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":509,"b":518}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":533,"b":539}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":576,"b":586}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":612,"b":621}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":637,"b":643}]},{"name":"parentId","required":false,"transform":{"type":"scalar"},"locs":[{"a":661,"b":669}]}],"statement":"SELECT ordinal AS \"ordinal!\", COALESCE(cache_key, '') AS \"cache_key!\", freshness AS \"freshness!\", reason AS \"reason!\", seen AS \"seen?\", content AS \"content?\",\n       generated_at AS \"generated_at?\", generation_model AS \"generation_model?\", generation_prompt_id AS \"generation_prompt_id?\",\n       context_hash AS \"context_hash!\", id AS \"id?\", error_code AS \"error_code?\"\n  FROM evergreen.lookup_answers(\n         p_content_type => :contentType!, p_inputs => :inputs!::text[], p_model => :model!, p_provider => :provider!, p_prompt => :prompt,\n         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT ordinal AS "ordinal!", COALESCE(cache_key, '') AS "cache_key!", freshness AS "freshness!", reason AS "reason!", seen AS "seen?", content AS "content?",
 *        generated_at AS "generated_at?", generation_model AS "generation_model?", generation_prompt_id AS "generation_prompt_id?",
 *        context_hash AS "context_hash!", id AS "id?", error_code AS "error_code?"
 *   FROM evergreen.lookup_answers(
 *          p_content_type => :contentType!, p_inputs => :inputs!::text[], p_model => :model!, p_provider => :provider!, p_prompt => :prompt,
 *          p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId)
 * ```
 */
export const lookupAnswers = new PreparedQuery<LookupAnswersParams,LookupAnswersResult>(lookupAnswersIR);


/** 'HitAnswers' parameters type */
export interface HitAnswersParams {
  companyId?: string | null | void;
  contentType: string;
  inputs: stringArray;
  model: string;
  parameters?: string | null | void;
  parentId?: string | null | void;
  prompt?: string | null | void;
  provider: string;
  userId?: string | null | void;
}

/** 'HitAnswers' return type */
export interface HitAnswersResult {
  cache_key: string;
  generated_at: Date;
  generation_model: string;
  generation_prompt_id: string | null;
  id: string;
  ordinal: number;
  result: Json;
}

/** 'HitAnswers' query type */
export interface HitAnswersQuery {
  params: HitAnswersParams;
  result: HitAnswersResult;
}

const hitAnswersIR: any = {"usedParamSet":{"contentType":true,"inputs":true,"model":true,"provider":true,"prompt":true,"parameters":true,"companyId":true,"userId":true,"parentId":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":278,"b":290}]},{"name":"inputs","required":true,"transform":{"type":"scalar"},"locs":[{"a":305,"b":312}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":334,"b":340}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":357,"b":366}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":381,"b":387}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":424,"b":434}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":460,"b":469}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":485,"b":491}]},{"name":"parentId","required":false,"transform":{"type":"scalar"},"locs":[{"a":509,"b":517}]}],"statement":"SELECT ordinal AS \"ordinal!\", input_hash AS \"cache_key!\", id AS \"id!\", result AS \"result!\", generated_at AS \"generated_at!\",\n       generation_model AS \"generation_model!\", generation_prompt_id AS \"generation_prompt_id?\"\n  FROM evergreen.hit_answers(\n         p_content_type => :contentType!, p_inputs => :inputs!::text[], p_model => :model!, p_provider => :provider!, p_prompt => :prompt,\n         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT ordinal AS "ordinal!", input_hash AS "cache_key!", id AS "id!", result AS "result!", generated_at AS "generated_at!",
 *        generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?"
 *   FROM evergreen.hit_answers(
 *          p_content_type => :contentType!, p_inputs => :inputs!::text[], p_model => :model!, p_provider => :provider!, p_prompt => :prompt,
 *          p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId)
 * ```
 */
export const hitAnswers = new PreparedQuery<HitAnswersParams,HitAnswersResult>(hitAnswersIR);


/** 'PrepareAnswer' parameters type */
export interface PrepareAnswerParams {
  companyId?: string | null | void;
  contentType: string;
  input: string;
  inputHash?: string | null | void;
  model: string;
  parameters?: string | null | void;
  parentId?: string | null | void;
  prompt?: string | null | void;
  provider: string;
  userId?: string | null | void;
}

/** 'PrepareAnswer' return type */
export interface PrepareAnswerResult {
  prompt: string | null;
  prompt_id: string | null;
  state: string;
}

/** 'PrepareAnswer' query type */
export interface PrepareAnswerQuery {
  params: PrepareAnswerParams;
  result: PrepareAnswerResult;
}

const prepareAnswerIR: any = {"usedParamSet":{"contentType":true,"input":true,"model":true,"provider":true,"prompt":true,"parameters":true,"companyId":true,"userId":true,"parentId":true,"inputHash":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":133,"b":145}]},{"name":"input","required":true,"transform":{"type":"scalar"},"locs":[{"a":159,"b":165}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":179,"b":185}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":202,"b":211}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":226,"b":232}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":269,"b":279}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":305,"b":314}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":330,"b":336}]},{"name":"parentId","required":false,"transform":{"type":"scalar"},"locs":[{"a":354,"b":362}]},{"name":"inputHash","required":false,"transform":{"type":"scalar"},"locs":[{"a":390,"b":399}]}],"statement":"SELECT state AS \"state!\", prompt_id AS \"prompt_id?\", prompt AS \"prompt?\"\n  FROM evergreen.prepare_answer(\n         p_content_type => :contentType!, p_input => :input!, p_model => :model!, p_provider => :provider!, p_prompt => :prompt,\n         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId,\n         p_input_hash => :inputHash)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", prompt_id AS "prompt_id?", prompt AS "prompt?"
 *   FROM evergreen.prepare_answer(
 *          p_content_type => :contentType!, p_input => :input!, p_model => :model!, p_provider => :provider!, p_prompt => :prompt,
 *          p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId,
 *          p_input_hash => :inputHash)
 * ```
 */
export const prepareAnswer = new PreparedQuery<PrepareAnswerParams,PrepareAnswerResult>(prepareAnswerIR);


/** 'ClaimAnswers' parameters type */
export interface ClaimAnswersParams {
  companyId?: string | null | void;
  contentType: string;
  holder: string;
  inputs: stringArray;
  model: string;
  parameters?: string | null | void;
  parentId?: string | null | void;
  prompt?: string | null | void;
  provider: string;
  seen: stringArray;
  userId?: string | null | void;
}

/** 'ClaimAnswers' return type */
export interface ClaimAnswersResult {
  cache_key: string;
  lease_token: string | null;
  max_completion_tokens: number | null;
  ordinal: number;
  prompt: string | null;
  prompt_id: string | null;
  reason: string | null;
  renew_after_ms: number | null;
  retry_after_ms: number | null;
  state: string;
}

/** 'ClaimAnswers' query type */
export interface ClaimAnswersQuery {
  params: ClaimAnswersParams;
  result: ClaimAnswersResult;
}

const claimAnswersIR: any = {"usedParamSet":{"contentType":true,"inputs":true,"seen":true,"holder":true,"model":true,"provider":true,"prompt":true,"parameters":true,"companyId":true,"userId":true,"parentId":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":373,"b":385}]},{"name":"inputs","required":true,"transform":{"type":"scalar"},"locs":[{"a":400,"b":407}]},{"name":"seen","required":true,"transform":{"type":"scalar"},"locs":[{"a":428,"b":433}]},{"name":"holder","required":true,"transform":{"type":"scalar"},"locs":[{"a":456,"b":463}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":486,"b":492}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":509,"b":518}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":533,"b":539}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":567,"b":577}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":612,"b":621}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":637,"b":643}]},{"name":"parentId","required":false,"transform":{"type":"scalar"},"locs":[{"a":661,"b":669}]}],"statement":"SELECT ordinal AS \"ordinal!\", cache_key AS \"cache_key!\", state AS \"state!\", lease_token AS \"lease_token?\", retry_after_ms AS \"retry_after_ms?\",\n       renew_after_ms AS \"renew_after_ms?\", max_completion_tokens AS \"max_completion_tokens?\", reason AS \"reason?\",\n       prompt_id AS \"prompt_id?\", prompt AS \"prompt?\"\n  FROM evergreen.claim_answers(\n         p_content_type => :contentType!, p_inputs => :inputs!::text[], p_seen => :seen!::text[], p_holder => :holder!,\n         p_model => :model!, p_provider => :provider!, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'),\n         p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT ordinal AS "ordinal!", cache_key AS "cache_key!", state AS "state!", lease_token AS "lease_token?", retry_after_ms AS "retry_after_ms?",
 *        renew_after_ms AS "renew_after_ms?", max_completion_tokens AS "max_completion_tokens?", reason AS "reason?",
 *        prompt_id AS "prompt_id?", prompt AS "prompt?"
 *   FROM evergreen.claim_answers(
 *          p_content_type => :contentType!, p_inputs => :inputs!::text[], p_seen => :seen!::text[], p_holder => :holder!,
 *          p_model => :model!, p_provider => :provider!, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'),
 *          p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId)
 * ```
 */
export const claimAnswers = new PreparedQuery<ClaimAnswersParams,ClaimAnswersResult>(claimAnswersIR);


/** 'SaveAnswer' parameters type */
export interface SaveAnswerParams {
  askedModel?: string | null | void;
  cachedTokens?: number | null | void;
  companyId?: string | null | void;
  completionTokens?: number | null | void;
  contentType: string;
  embedding?: numberArray | null | void;
  embeddingModel?: string | null | void;
  expiresAt?: DateOrString | null | void;
  generationTimeMs?: number | null | void;
  input: string;
  inputHash?: string | null | void;
  leaseToken: string;
  model: string;
  parameters?: string | null | void;
  parentId?: string | null | void;
  prompt?: string | null | void;
  promptId?: string | null | void;
  promptTokens?: number | null | void;
  provider: string;
  requestId?: string | null | void;
  result: string;
  userId?: string | null | void;
}

/** 'SaveAnswer' return type */
export interface SaveAnswerResult {
  content: Json | null;
  cost: number | null;
  generated_at: Date | null;
  id: string | null;
  state: string;
}

/** 'SaveAnswer' query type */
export interface SaveAnswerQuery {
  params: SaveAnswerParams;
  result: SaveAnswerResult;
}

const saveAnswerIR: any = {"usedParamSet":{"contentType":true,"input":true,"result":true,"leaseToken":true,"provider":true,"model":true,"askedModel":true,"prompt":true,"parameters":true,"companyId":true,"userId":true,"parentId":true,"inputHash":true,"promptId":true,"promptTokens":true,"completionTokens":true,"cachedTokens":true,"generationTimeMs":true,"requestId":true,"embedding":true,"embeddingModel":true,"expiresAt":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":176,"b":188}]},{"name":"input","required":true,"transform":{"type":"scalar"},"locs":[{"a":202,"b":208}]},{"name":"result","required":true,"transform":{"type":"scalar"},"locs":[{"a":223,"b":230}]},{"name":"leaseToken","required":true,"transform":{"type":"scalar"},"locs":[{"a":250,"b":261}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":278,"b":287}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":310,"b":316}]},{"name":"askedModel","required":false,"transform":{"type":"scalar"},"locs":[{"a":336,"b":346}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":361,"b":367}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":395,"b":405}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":440,"b":449}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":465,"b":471}]},{"name":"parentId","required":false,"transform":{"type":"scalar"},"locs":[{"a":489,"b":497}]},{"name":"inputHash","required":false,"transform":{"type":"scalar"},"locs":[{"a":516,"b":525}]},{"name":"promptId","required":false,"transform":{"type":"scalar"},"locs":[{"a":543,"b":551}]},{"name":"promptTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":582,"b":594}]},{"name":"completionTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":620,"b":636}]},{"name":"cachedTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":658,"b":670}]},{"name":"generationTimeMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":706,"b":722}]},{"name":"requestId","required":false,"transform":{"type":"scalar"},"locs":[{"a":741,"b":750}]},{"name":"embedding","required":false,"transform":{"type":"scalar"},"locs":[{"a":768,"b":777}]},{"name":"embeddingModel","required":false,"transform":{"type":"scalar"},"locs":[{"a":818,"b":832}]},{"name":"expiresAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":851,"b":860}]}],"statement":"SELECT state AS \"state!\", id AS \"id?\", content AS \"content?\", generated_at AS \"generated_at?\", cost::float8 AS \"cost?\"\n  FROM evergreen.save_answer(\n         p_content_type => :contentType!, p_input => :input!, p_result => :result!, p_lease_token => :leaseToken!, p_provider => :provider!,\n         p_model => :model!, p_asked_model => :askedModel, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'),\n         p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId, p_input_hash => :inputHash, p_prompt_id => :promptId,\n         p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,\n         p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_embedding => :embedding::real[],\n         p_embedding_model => :embeddingModel, p_expires_at => :expiresAt)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", id AS "id?", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?"
 *   FROM evergreen.save_answer(
 *          p_content_type => :contentType!, p_input => :input!, p_result => :result!, p_lease_token => :leaseToken!, p_provider => :provider!,
 *          p_model => :model!, p_asked_model => :askedModel, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'),
 *          p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId, p_input_hash => :inputHash, p_prompt_id => :promptId,
 *          p_prompt_tokens => :promptTokens, p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens,
 *          p_generation_time_ms => :generationTimeMs, p_request_id => :requestId, p_embedding => :embedding::real[],
 *          p_embedding_model => :embeddingModel, p_expires_at => :expiresAt)
 * ```
 */
export const saveAnswer = new PreparedQuery<SaveAnswerParams,SaveAnswerResult>(saveAnswerIR);


/** 'SaveAnswers' parameters type */
export interface SaveAnswersParams {
  companyId?: string | null | void;
  contentType: string;
  details?: string | null | void;
  inputs: stringArray;
  leaseTokens: stringArray;
  model: string;
  parameters?: string | null | void;
  parentId?: string | null | void;
  prompt?: string | null | void;
  provider: string;
  results: stringArray;
  userId?: string | null | void;
}

/** 'SaveAnswers' return type */
export interface SaveAnswersResult {
  cost: number | null;
  generated_at: Date | null;
  id: string | null;
  ordinal: number;
  reason: string | null;
  retry_after_ms: number | null;
  revision: number | null;
  state: string;
}

/** 'SaveAnswers' query type */
export interface SaveAnswersQuery {
  params: SaveAnswersParams;
  result: SaveAnswersResult;
}

const saveAnswersIR: any = {"usedParamSet":{"contentType":true,"inputs":true,"results":true,"leaseTokens":true,"model":true,"provider":true,"prompt":true,"parameters":true,"companyId":true,"userId":true,"parentId":true,"details":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":267,"b":279}]},{"name":"inputs","required":true,"transform":{"type":"scalar"},"locs":[{"a":294,"b":301}]},{"name":"results","required":true,"transform":{"type":"scalar"},"locs":[{"a":325,"b":333}]},{"name":"leaseTokens","required":true,"transform":{"type":"scalar"},"locs":[{"a":362,"b":374}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":405,"b":411}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":428,"b":437}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":452,"b":458}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":486,"b":496}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":522,"b":531}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":556,"b":562}]},{"name":"parentId","required":false,"transform":{"type":"scalar"},"locs":[{"a":580,"b":588}]},{"name":"details","required":false,"transform":{"type":"scalar"},"locs":[{"a":604,"b":611}]}],"statement":"SELECT ordinal AS \"ordinal!\", state AS \"state!\", id AS \"id?\", revision AS \"revision?\", generated_at AS \"generated_at?\", cost::float8 AS \"cost?\",\n       reason AS \"reason?\", retry_after_ms AS \"retry_after_ms?\"\n  FROM evergreen.save_answers(\n         p_content_type => :contentType!, p_inputs => :inputs!::text[], p_results => :results!::text[], p_lease_tokens => :leaseTokens!::uuid[],\n         p_model => :model!, p_provider => :provider!, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId,\n         p_user_id => :userId, p_parent_id => :parentId, p_details => :details::text::jsonb)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT ordinal AS "ordinal!", state AS "state!", id AS "id?", revision AS "revision?", generated_at AS "generated_at?", cost::float8 AS "cost?",
 *        reason AS "reason?", retry_after_ms AS "retry_after_ms?"
 *   FROM evergreen.save_answers(
 *          p_content_type => :contentType!, p_inputs => :inputs!::text[], p_results => :results!::text[], p_lease_tokens => :leaseTokens!::uuid[],
 *          p_model => :model!, p_provider => :provider!, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId,
 *          p_user_id => :userId, p_parent_id => :parentId, p_details => :details::text::jsonb)
 * ```
 */
export const saveAnswers = new PreparedQuery<SaveAnswersParams,SaveAnswersResult>(saveAnswersIR);


/** 'RecordAnswerUses' parameters type */
export interface RecordAnswerUsesParams {
  ids: stringArray;
  uses?: numberArray | null | void;
}

/** 'RecordAnswerUses' return type */
export interface RecordAnswerUsesResult {
  counted: number;
}

/** 'RecordAnswerUses' query type */
export interface RecordAnswerUsesQuery {
  params: RecordAnswerUsesParams;
  result: RecordAnswerUsesResult;
}

const recordAnswerUsesIR: any = {"usedParamSet":{"ids":true,"uses":true},"params":[{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":49}]},{"name":"uses","required":false,"transform":{"type":"scalar"},"locs":[{"a":70,"b":74}]}],"statement":"SELECT evergreen.record_answer_uses(p_ids => :ids!::uuid[], p_uses => :uses::integer[]) AS \"counted!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.record_answer_uses(p_ids => :ids!::uuid[], p_uses => :uses::integer[]) AS "counted!"
 * ```
 */
export const recordAnswerUses = new PreparedQuery<RecordAnswerUsesParams,RecordAnswerUsesResult>(recordAnswerUsesIR);


/** 'FindAnswer' parameters type */
export interface FindAnswerParams {
  companyId?: string | null | void;
  contentType: string;
  input: string;
  model?: string | null | void;
  parameters?: string | null | void;
  parentId?: string | null | void;
  prompt?: string | null | void;
  provider?: string | null | void;
  userId?: string | null | void;
}

/** 'FindAnswer' return type */
export interface FindAnswerResult {
  fresh_until: Date | null;
  freshness: string;
  generated_at: Date;
  generation_model: string;
  generation_prompt_id: string | null;
  id: string;
  input_hash: string;
  reason: string;
  result: Json;
  revision: number;
}

/** 'FindAnswer' query type */
export interface FindAnswerQuery {
  params: FindAnswerParams;
  result: FindAnswerResult;
}

const findAnswerIR: any = {"usedParamSet":{"contentType":true,"input":true,"model":true,"provider":true,"prompt":true,"parameters":true,"companyId":true,"userId":true,"parentId":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":367,"b":379}]},{"name":"input","required":true,"transform":{"type":"scalar"},"locs":[{"a":393,"b":399}]},{"name":"model","required":false,"transform":{"type":"scalar"},"locs":[{"a":413,"b":418}]},{"name":"provider","required":false,"transform":{"type":"scalar"},"locs":[{"a":444,"b":452}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":478,"b":484}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":521,"b":531}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":557,"b":566}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":582,"b":588}]},{"name":"parentId","required":false,"transform":{"type":"scalar"},"locs":[{"a":606,"b":614}]}],"statement":"SELECT id AS \"id!\", result AS \"result!\", freshness AS \"freshness!\", reason AS \"reason!\", generated_at AS \"generated_at!\",\n       fresh_until AS \"fresh_until?\", generation_model AS \"generation_model!\", generation_prompt_id AS \"generation_prompt_id?\",\n       revision AS \"revision!\", input_hash AS \"input_hash!\"\n  FROM evergreen.find_answer(\n         p_content_type => :contentType!, p_input => :input!, p_model => :model, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,\n         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!", result AS "result!", freshness AS "freshness!", reason AS "reason!", generated_at AS "generated_at!",
 *        fresh_until AS "fresh_until?", generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?",
 *        revision AS "revision!", input_hash AS "input_hash!"
 *   FROM evergreen.find_answer(
 *          p_content_type => :contentType!, p_input => :input!, p_model => :model, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,
 *          p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId)
 * ```
 */
export const findAnswer = new PreparedQuery<FindAnswerParams,FindAnswerResult>(findAnswerIR);


/** 'FindCluster' parameters type */
export interface FindClusterParams {
  companyId?: string | null | void;
  input: string;
  model?: string | null | void;
  parameters?: string | null | void;
  prompt?: string | null | void;
  provider?: string | null | void;
  userId?: string | null | void;
}

/** 'FindCluster' return type */
export interface FindClusterResult {
  fresh_until: Date | null;
  freshness: string;
  generated_at: Date;
  generation_model: string;
  generation_prompt_id: string | null;
  id: string;
  input_hash: string;
  reason: string;
  result: Json;
  revision: number;
}

/** 'FindCluster' query type */
export interface FindClusterQuery {
  params: FindClusterParams;
  result: FindClusterResult;
}

const findClusterIR: any = {"usedParamSet":{"input":true,"model":true,"provider":true,"prompt":true,"parameters":true,"companyId":true,"userId":true},"params":[{"name":"input","required":true,"transform":{"type":"scalar"},"locs":[{"a":361,"b":367}]},{"name":"model","required":false,"transform":{"type":"scalar"},"locs":[{"a":381,"b":386}]},{"name":"provider","required":false,"transform":{"type":"scalar"},"locs":[{"a":412,"b":420}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":446,"b":452}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":489,"b":499}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":525,"b":534}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":550,"b":556}]}],"statement":"SELECT id AS \"id!\", result AS \"result!\", freshness AS \"freshness!\", reason AS \"reason!\", generated_at AS \"generated_at!\",\n       fresh_until AS \"fresh_until?\", generation_model AS \"generation_model!\", generation_prompt_id AS \"generation_prompt_id?\",\n       revision AS \"revision!\", input_hash AS \"input_hash!\"\n  FROM evergreen.find_cluster(\n         p_input => :input!, p_model => :model, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,\n         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!", result AS "result!", freshness AS "freshness!", reason AS "reason!", generated_at AS "generated_at!",
 *        fresh_until AS "fresh_until?", generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?",
 *        revision AS "revision!", input_hash AS "input_hash!"
 *   FROM evergreen.find_cluster(
 *          p_input => :input!, p_model => :model, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,
 *          p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId)
 * ```
 */
export const findCluster = new PreparedQuery<FindClusterParams,FindClusterResult>(findClusterIR);


/** 'FindClusterGoals' parameters type */
export interface FindClusterGoalsParams {
  clusterId: string;
  companyId?: string | null | void;
  model?: string | null | void;
  parameters?: string | null | void;
  prompt?: string | null | void;
  provider?: string | null | void;
  userId?: string | null | void;
}

/** 'FindClusterGoals' return type */
export interface FindClusterGoalsResult {
  fresh_until: Date | null;
  freshness: string;
  generated_at: Date;
  generation_model: string;
  generation_prompt_id: string | null;
  id: string;
  input_hash: string;
  reason: string;
  result: Json;
  revision: number;
}

/** 'FindClusterGoals' query type */
export interface FindClusterGoalsQuery {
  params: FindClusterGoalsParams;
  result: FindClusterGoalsResult;
}

const findClusterGoalsIR: any = {"usedParamSet":{"clusterId":true,"model":true,"provider":true,"prompt":true,"parameters":true,"companyId":true,"userId":true},"params":[{"name":"clusterId","required":true,"transform":{"type":"scalar"},"locs":[{"a":372,"b":382}]},{"name":"model","required":false,"transform":{"type":"scalar"},"locs":[{"a":396,"b":401}]},{"name":"provider","required":false,"transform":{"type":"scalar"},"locs":[{"a":427,"b":435}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":461,"b":467}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":504,"b":514}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":540,"b":549}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":565,"b":571}]}],"statement":"SELECT id AS \"id!\", result AS \"result!\", freshness AS \"freshness!\", reason AS \"reason!\", generated_at AS \"generated_at!\",\n       fresh_until AS \"fresh_until?\", generation_model AS \"generation_model!\", generation_prompt_id AS \"generation_prompt_id?\",\n       revision AS \"revision!\", input_hash AS \"input_hash!\"\n  FROM evergreen.find_cluster_goals(\n         p_cluster_id => :clusterId!, p_model => :model, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,\n         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!", result AS "result!", freshness AS "freshness!", reason AS "reason!", generated_at AS "generated_at!",
 *        fresh_until AS "fresh_until?", generation_model AS "generation_model!", generation_prompt_id AS "generation_prompt_id?",
 *        revision AS "revision!", input_hash AS "input_hash!"
 *   FROM evergreen.find_cluster_goals(
 *          p_cluster_id => :clusterId!, p_model => :model, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,
 *          p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId)
 * ```
 */
export const findClusterGoals = new PreparedQuery<FindClusterGoalsParams,FindClusterGoalsResult>(findClusterGoalsIR);


/** 'FindSimilarAnswers' parameters type */
export interface FindSimilarAnswersParams {
  checks?: stringArray | null | void;
  companyId?: string | null | void;
  contentType: string;
  embedding?: numberArray | null | void;
  embeddingModel?: string | null | void;
  input: string;
  limit?: number | null | void;
  model: string;
  parameters?: string | null | void;
  parentId?: string | null | void;
  prompt?: string | null | void;
  provider?: string | null | void;
  threshold?: number | null | void;
  userId?: string | null | void;
}

/** 'FindSimilarAnswers' return type */
export interface FindSimilarAnswersResult {
  agrees: boolean;
  disagreement: string | null;
  freshness: string;
  id: string;
  input: Json;
  method: string;
  result: Json;
  similarity: number;
}

/** 'FindSimilarAnswers' query type */
export interface FindSimilarAnswersQuery {
  params: FindSimilarAnswersParams;
  result: FindSimilarAnswersResult;
}

const findSimilarAnswersIR: any = {"usedParamSet":{"contentType":true,"input":true,"model":true,"provider":true,"prompt":true,"parameters":true,"companyId":true,"userId":true,"parentId":true,"embedding":true,"embeddingModel":true,"threshold":true,"checks":true,"limit":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":263,"b":275}]},{"name":"input","required":true,"transform":{"type":"scalar"},"locs":[{"a":289,"b":295}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":309,"b":315}]},{"name":"provider","required":false,"transform":{"type":"scalar"},"locs":[{"a":341,"b":349}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":375,"b":381}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":418,"b":428}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":454,"b":463}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":479,"b":485}]},{"name":"parentId","required":false,"transform":{"type":"scalar"},"locs":[{"a":503,"b":511}]},{"name":"embedding","required":false,"transform":{"type":"scalar"},"locs":[{"a":538,"b":547}]},{"name":"embeddingModel","required":false,"transform":{"type":"scalar"},"locs":[{"a":579,"b":593}]},{"name":"threshold","required":false,"transform":{"type":"scalar"},"locs":[{"a":611,"b":620}]},{"name":"checks","required":false,"transform":{"type":"scalar"},"locs":[{"a":659,"b":665}]},{"name":"limit","required":false,"transform":{"type":"scalar"},"locs":[{"a":745,"b":750}]}],"statement":"SELECT id AS \"id!\", similarity AS \"similarity!\", method AS \"method!\", input AS \"input!\", result AS \"result!\", freshness AS \"freshness!\",\n       agrees AS \"agrees!\", disagreement AS \"disagreement?\"\n  FROM evergreen.find_similar_answers(\n         p_content_type => :contentType!, p_input => :input!, p_model => :model!, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,\n         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId,\n         p_embedding => :embedding::real[], p_embedding_model => :embeddingModel, p_threshold => :threshold::real,\n         p_checks => COALESCE(:checks::text[], '{numbers,negations,entities,order,structure}'), p_limit => COALESCE(:limit, 5))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!", similarity AS "similarity!", method AS "method!", input AS "input!", result AS "result!", freshness AS "freshness!",
 *        agrees AS "agrees!", disagreement AS "disagreement?"
 *   FROM evergreen.find_similar_answers(
 *          p_content_type => :contentType!, p_input => :input!, p_model => :model!, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,
 *          p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId, p_parent_id => :parentId,
 *          p_embedding => :embedding::real[], p_embedding_model => :embeddingModel, p_threshold => :threshold::real,
 *          p_checks => COALESCE(:checks::text[], '{numbers,negations,entities,order,structure}'), p_limit => COALESCE(:limit, 5))
 * ```
 */
export const findSimilarAnswers = new PreparedQuery<FindSimilarAnswersParams,FindSimilarAnswersResult>(findSimilarAnswersIR);


/** 'InvalidateAnswers' parameters type */
export interface InvalidateAnswersParams {
  all?: boolean | null | void;
  batchSize?: number | null | void;
  before?: string | null | void;
  contentType: string;
  id?: string | null | void;
  input?: string | null | void;
  model?: string | null | void;
  olderThan?: string | null | void;
  promptId?: string | null | void;
}

/** 'InvalidateAnswers' return type */
export interface InvalidateAnswersResult {
  before: string;
  generating: number;
  invalidated: number;
}

/** 'InvalidateAnswers' query type */
export interface InvalidateAnswersQuery {
  params: InvalidateAnswersParams;
  result: InvalidateAnswersResult;
}

const invalidateAnswersIR: any = {"usedParamSet":{"contentType":true,"input":true,"model":true,"promptId":true,"olderThan":true,"id":true,"all":true,"batchSize":true,"before":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":157,"b":169}]},{"name":"input","required":false,"transform":{"type":"scalar"},"locs":[{"a":183,"b":188}]},{"name":"model","required":false,"transform":{"type":"scalar"},"locs":[{"a":202,"b":207}]},{"name":"promptId","required":false,"transform":{"type":"scalar"},"locs":[{"a":225,"b":233}]},{"name":"olderThan","required":false,"transform":{"type":"scalar"},"locs":[{"a":261,"b":270}]},{"name":"id","required":false,"transform":{"type":"scalar"},"locs":[{"a":297,"b":299}]},{"name":"all","required":false,"transform":{"type":"scalar"},"locs":[{"a":320,"b":323}]},{"name":"batchSize","required":false,"transform":{"type":"scalar"},"locs":[{"a":359,"b":368}]},{"name":"before","required":false,"transform":{"type":"scalar"},"locs":[{"a":399,"b":405}]}],"statement":"SELECT invalidated AS \"invalidated!\", generating AS \"generating!\", before::text AS \"before!\"\n  FROM evergreen.invalidate_answers(\n         p_content_type => :contentType!, p_input => :input, p_model => :model, p_prompt_id => :promptId,\n         p_older_than => :olderThan::text::interval, p_id => :id, p_all => COALESCE(:all, false), p_batch_size => COALESCE(:batchSize, 1000),\n         p_before => :before::text::timestamptz)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT invalidated AS "invalidated!", generating AS "generating!", before::text AS "before!"
 *   FROM evergreen.invalidate_answers(
 *          p_content_type => :contentType!, p_input => :input, p_model => :model, p_prompt_id => :promptId,
 *          p_older_than => :olderThan::text::interval, p_id => :id, p_all => COALESCE(:all, false), p_batch_size => COALESCE(:batchSize, 1000),
 *          p_before => :before::text::timestamptz)
 * ```
 */
export const invalidateAnswers = new PreparedQuery<InvalidateAnswersParams,InvalidateAnswersResult>(invalidateAnswersIR);


/** 'ClustersToWarm' parameters type */
export interface ClustersToWarmParams {
  contentType?: string | null | void;
  limit?: number | null | void;
  within?: string | null | void;
}

/** 'ClustersToWarm' return type */
export interface ClustersToWarmResult {
  company_id: string | null;
  fresh_until: Date | null;
  id: string;
  input: string;
  last_used_at: Date | null;
  model: string;
  parameters: string;
  parent_id: string | null;
  prompt: string | null;
  provider: string;
  reason: string;
  user_id: string | null;
  uses: number;
}

/** 'ClustersToWarm' query type */
export interface ClustersToWarmQuery {
  params: ClustersToWarmParams;
  result: ClustersToWarmResult;
}

const clustersToWarmIR: any = {"usedParamSet":{"limit":true,"contentType":true,"within":true},"params":[{"name":"limit","required":false,"transform":{"type":"scalar"},"locs":[{"a":399,"b":404}]},{"name":"contentType","required":false,"transform":{"type":"scalar"},"locs":[{"a":440,"b":451}]},{"name":"within","required":false,"transform":{"type":"scalar"},"locs":[{"a":496,"b":502}]}],"statement":"SELECT id AS \"id!\", input AS \"input!\", model AS \"model!\", provider AS \"provider!\", prompt AS \"prompt?\", parameters AS \"parameters!\",\n       company_id AS \"company_id?\", user_id AS \"user_id?\", parent_id AS \"parent_id?\", uses::float8 AS \"uses!\",\n       last_used_at AS \"last_used_at?\", fresh_until AS \"fresh_until?\", reason AS \"reason!\"\n  FROM evergreen.clusters_to_warm(\n         p_limit => COALESCE(:limit, 100), p_content_type => COALESCE(:contentType, 'cluster'),\n         p_within => COALESCE(:within::text::interval, interval '3 days'))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!", input AS "input!", model AS "model!", provider AS "provider!", prompt AS "prompt?", parameters AS "parameters!",
 *        company_id AS "company_id?", user_id AS "user_id?", parent_id AS "parent_id?", uses::float8 AS "uses!",
 *        last_used_at AS "last_used_at?", fresh_until AS "fresh_until?", reason AS "reason!"
 *   FROM evergreen.clusters_to_warm(
 *          p_limit => COALESCE(:limit, 100), p_content_type => COALESCE(:contentType, 'cluster'),
 *          p_within => COALESCE(:within::text::interval, interval '3 days'))
 * ```
 */
export const clustersToWarm = new PreparedQuery<ClustersToWarmParams,ClustersToWarmResult>(clustersToWarmIR);


/** 'RecordSimilarityVerdict' parameters type */
export interface RecordSimilarityVerdictParams {
  agreed: boolean;
  answerId: string;
  companyId?: string | null | void;
  contentType: string;
  input: string;
  method: string;
  similarity: number;
  userId?: string | null | void;
}

/** 'RecordSimilarityVerdict' return type */
export interface RecordSimilarityVerdictResult {
  id: string;
}

/** 'RecordSimilarityVerdict' query type */
export interface RecordSimilarityVerdictQuery {
  params: RecordSimilarityVerdictParams;
  result: RecordSimilarityVerdictResult;
}

const recordSimilarityVerdictIR: any = {"usedParamSet":{"contentType":true,"input":true,"answerId":true,"similarity":true,"method":true,"agreed":true,"companyId":true,"userId":true},"params":[{"name":"contentType","required":true,"transform":{"type":"scalar"},"locs":[{"a":71,"b":83}]},{"name":"input","required":true,"transform":{"type":"scalar"},"locs":[{"a":97,"b":103}]},{"name":"answerId","required":true,"transform":{"type":"scalar"},"locs":[{"a":121,"b":130}]},{"name":"similarity","required":true,"transform":{"type":"scalar"},"locs":[{"a":149,"b":160}]},{"name":"method","required":true,"transform":{"type":"scalar"},"locs":[{"a":190,"b":197}]},{"name":"agreed","required":true,"transform":{"type":"scalar"},"locs":[{"a":212,"b":219}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":238,"b":247}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":263,"b":269}]}],"statement":"SELECT evergreen.record_similarity_verdict(\n         p_content_type => :contentType!, p_input => :input!, p_answer_id => :answerId!, p_similarity => :similarity!::real,\n         p_method => :method!, p_agreed => :agreed!, p_company_id => :companyId, p_user_id => :userId) AS \"id!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.record_similarity_verdict(
 *          p_content_type => :contentType!, p_input => :input!, p_answer_id => :answerId!, p_similarity => :similarity!::real,
 *          p_method => :method!, p_agreed => :agreed!, p_company_id => :companyId, p_user_id => :userId) AS "id!"
 * ```
 */
export const recordSimilarityVerdict = new PreparedQuery<RecordSimilarityVerdictParams,RecordSimilarityVerdictResult>(recordSimilarityVerdictIR);


/** 'SuggestSimilarityThreshold' parameters type */
export interface SuggestSimilarityThresholdParams {
  contentType?: string | null | void;
  maxErrorRate: NumberOrString;
  method?: string | null | void;
}

/** 'SuggestSimilarityThreshold' return type */
export interface SuggestSimilarityThresholdResult {
  error_rate: number | null;
  threshold: number | null;
  verdicts: number;
}

/** 'SuggestSimilarityThreshold' query type */
export interface SuggestSimilarityThresholdQuery {
  params: SuggestSimilarityThresholdParams;
  result: SuggestSimilarityThresholdResult;
}

const suggestSimilarityThresholdIR: any = {"usedParamSet":{"maxErrorRate":true,"contentType":true,"method":true},"params":[{"name":"maxErrorRate","required":true,"transform":{"type":"scalar"},"locs":[{"a":179,"b":192}]},{"name":"contentType","required":false,"transform":{"type":"scalar"},"locs":[{"a":222,"b":233}]},{"name":"method","required":false,"transform":{"type":"scalar"},"locs":[{"a":269,"b":275}]}],"statement":"SELECT threshold AS \"threshold?\", verdicts::float8 AS \"verdicts!\", error_rate::float8 AS \"error_rate?\"\n  FROM evergreen.suggest_similarity_threshold(\n         p_max_error_rate => :maxErrorRate!, p_content_type => COALESCE(:contentType, 'cluster'), p_method => COALESCE(:method, 'trigram'))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT threshold AS "threshold?", verdicts::float8 AS "verdicts!", error_rate::float8 AS "error_rate?"
 *   FROM evergreen.suggest_similarity_threshold(
 *          p_max_error_rate => :maxErrorRate!, p_content_type => COALESCE(:contentType, 'cluster'), p_method => COALESCE(:method, 'trigram'))
 * ```
 */
export const suggestSimilarityThreshold = new PreparedQuery<SuggestSimilarityThresholdParams,SuggestSimilarityThresholdResult>(suggestSimilarityThresholdIR);


/** 'FindSimilarClusters' parameters type */
export interface FindSimilarClustersParams {
  checks?: stringArray | null | void;
  companyId?: string | null | void;
  embedding?: numberArray | null | void;
  embeddingModel?: string | null | void;
  input: string;
  limit?: number | null | void;
  model: string;
  parameters?: string | null | void;
  prompt?: string | null | void;
  provider?: string | null | void;
  threshold?: number | null | void;
  userId?: string | null | void;
}

/** 'FindSimilarClusters' return type */
export interface FindSimilarClustersResult {
  agrees: boolean;
  disagreement: string | null;
  freshness: string;
  id: string;
  input: Json;
  method: string;
  result: Json;
  similarity: number;
}

/** 'FindSimilarClusters' query type */
export interface FindSimilarClustersQuery {
  params: FindSimilarClustersParams;
  result: FindSimilarClustersResult;
}

const findSimilarClustersIR: any = {"usedParamSet":{"input":true,"model":true,"provider":true,"prompt":true,"parameters":true,"companyId":true,"userId":true,"embedding":true,"embeddingModel":true,"threshold":true,"checks":true,"limit":true},"params":[{"name":"input","required":true,"transform":{"type":"scalar"},"locs":[{"a":257,"b":263}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":277,"b":283}]},{"name":"provider","required":false,"transform":{"type":"scalar"},"locs":[{"a":309,"b":317}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":343,"b":349}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":386,"b":396}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":422,"b":431}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":447,"b":453}]},{"name":"embedding","required":false,"transform":{"type":"scalar"},"locs":[{"a":480,"b":489}]},{"name":"embeddingModel","required":false,"transform":{"type":"scalar"},"locs":[{"a":521,"b":535}]},{"name":"threshold","required":false,"transform":{"type":"scalar"},"locs":[{"a":553,"b":562}]},{"name":"checks","required":false,"transform":{"type":"scalar"},"locs":[{"a":601,"b":607}]},{"name":"limit","required":false,"transform":{"type":"scalar"},"locs":[{"a":687,"b":692}]}],"statement":"SELECT id AS \"id!\", similarity AS \"similarity!\", method AS \"method!\", input AS \"input!\", result AS \"result!\", freshness AS \"freshness!\",\n       agrees AS \"agrees!\", disagreement AS \"disagreement?\"\n  FROM evergreen.find_similar_clusters(\n         p_input => :input!, p_model => :model!, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,\n         p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId,\n         p_embedding => :embedding::real[], p_embedding_model => :embeddingModel, p_threshold => :threshold::real,\n         p_checks => COALESCE(:checks::text[], '{numbers,negations,entities,order,structure}'), p_limit => COALESCE(:limit, 5))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT id AS "id!", similarity AS "similarity!", method AS "method!", input AS "input!", result AS "result!", freshness AS "freshness!",
 *        agrees AS "agrees!", disagreement AS "disagreement?"
 *   FROM evergreen.find_similar_clusters(
 *          p_input => :input!, p_model => :model!, p_provider => COALESCE(:provider, 'openai'), p_prompt => :prompt,
 *          p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId, p_user_id => :userId,
 *          p_embedding => :embedding::real[], p_embedding_model => :embeddingModel, p_threshold => :threshold::real,
 *          p_checks => COALESCE(:checks::text[], '{numbers,negations,entities,order,structure}'), p_limit => COALESCE(:limit, 5))
 * ```
 */
export const findSimilarClusters = new PreparedQuery<FindSimilarClustersParams,FindSimilarClustersResult>(findSimilarClustersIR);


/** 'InputsAgree' parameters type */
export interface InputsAgreeParams {
  a: string;
  b: string;
  checks?: stringArray | null | void;
}

/** 'InputsAgree' return type */
export interface InputsAgreeResult {
  agrees: boolean;
  disagreement: string | null;
}

/** 'InputsAgree' query type */
export interface InputsAgreeQuery {
  params: InputsAgreeParams;
  result: InputsAgreeResult;
}

const inputsAgreeIR: any = {"usedParamSet":{"a":true,"b":true,"checks":true},"params":[{"name":"a","required":true,"transform":{"type":"scalar"},"locs":[{"a":97,"b":99}]},{"name":"b","required":true,"transform":{"type":"scalar"},"locs":[{"a":109,"b":111}]},{"name":"checks","required":false,"transform":{"type":"scalar"},"locs":[{"a":135,"b":141}]}],"statement":"SELECT agrees AS \"agrees!\", disagreement AS \"disagreement?\"\n  FROM evergreen.inputs_agree(p_a => :a!, p_b => :b!, p_checks => COALESCE(:checks::text[], '{numbers,negations,entities,order}'))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT agrees AS "agrees!", disagreement AS "disagreement?"
 *   FROM evergreen.inputs_agree(p_a => :a!, p_b => :b!, p_checks => COALESCE(:checks::text[], '{numbers,negations,entities,order}'))
 * ```
 */
export const inputsAgree = new PreparedQuery<InputsAgreeParams,InputsAgreeResult>(inputsAgreeIR);


/** 'InvalidateClusters' parameters type */
export interface InvalidateClustersParams {
  all?: boolean | null | void;
  batchSize?: number | null | void;
  before?: string | null | void;
  id?: string | null | void;
  input?: string | null | void;
  model?: string | null | void;
  olderThan?: string | null | void;
  promptId?: string | null | void;
}

/** 'InvalidateClusters' return type */
export interface InvalidateClustersResult {
  before: string;
  generating: number;
  invalidated: number;
}

/** 'InvalidateClusters' query type */
export interface InvalidateClustersQuery {
  params: InvalidateClustersParams;
  result: InvalidateClustersResult;
}

const invalidateClustersIR: any = {"usedParamSet":{"input":true,"model":true,"promptId":true,"olderThan":true,"id":true,"all":true,"batchSize":true,"before":true},"params":[{"name":"input","required":false,"transform":{"type":"scalar"},"locs":[{"a":151,"b":156}]},{"name":"model","required":false,"transform":{"type":"scalar"},"locs":[{"a":170,"b":175}]},{"name":"promptId","required":false,"transform":{"type":"scalar"},"locs":[{"a":193,"b":201}]},{"name":"olderThan","required":false,"transform":{"type":"scalar"},"locs":[{"a":220,"b":229}]},{"name":"id","required":false,"transform":{"type":"scalar"},"locs":[{"a":256,"b":258}]},{"name":"all","required":false,"transform":{"type":"scalar"},"locs":[{"a":288,"b":291}]},{"name":"batchSize","required":false,"transform":{"type":"scalar"},"locs":[{"a":327,"b":336}]},{"name":"before","required":false,"transform":{"type":"scalar"},"locs":[{"a":358,"b":364}]}],"statement":"SELECT invalidated AS \"invalidated!\", generating AS \"generating!\", before::text AS \"before!\"\n  FROM evergreen.invalidate_clusters(\n         p_input => :input, p_model => :model, p_prompt_id => :promptId, p_older_than => :olderThan::text::interval, p_id => :id,\n         p_all => COALESCE(:all, false), p_batch_size => COALESCE(:batchSize, 1000), p_before => :before::text::timestamptz)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT invalidated AS "invalidated!", generating AS "generating!", before::text AS "before!"
 *   FROM evergreen.invalidate_clusters(
 *          p_input => :input, p_model => :model, p_prompt_id => :promptId, p_older_than => :olderThan::text::interval, p_id => :id,
 *          p_all => COALESCE(:all, false), p_batch_size => COALESCE(:batchSize, 1000), p_before => :before::text::timestamptz)
 * ```
 */
export const invalidateClusters = new PreparedQuery<InvalidateClustersParams,InvalidateClustersResult>(invalidateClustersIR);


/** 'SaveCluster' parameters type */
export interface SaveClusterParams {
  askedModel?: string | null | void;
  cachedTokens?: number | null | void;
  clusterResult: string;
  companyId?: string | null | void;
  completionTokens?: number | null | void;
  expiresAt?: DateOrString | null | void;
  generationTimeMs?: number | null | void;
  input: string;
  inputHash?: string | null | void;
  leaseToken: string;
  model: string;
  parameters?: string | null | void;
  prompt?: string | null | void;
  promptId?: string | null | void;
  promptTokens?: number | null | void;
  provider: string;
  requestId?: string | null | void;
  userId?: string | null | void;
}

/** 'SaveCluster' return type */
export interface SaveClusterResult {
  content: Json | null;
  cost: number | null;
  generated_at: Date | null;
  id: string | null;
  state: string;
}

/** 'SaveCluster' query type */
export interface SaveClusterQuery {
  params: SaveClusterParams;
  result: SaveClusterResult;
}

const saveClusterIR: any = {"usedParamSet":{"input":true,"clusterResult":true,"leaseToken":true,"provider":true,"model":true,"askedModel":true,"prompt":true,"parameters":true,"companyId":true,"userId":true,"inputHash":true,"promptId":true,"promptTokens":true,"completionTokens":true,"cachedTokens":true,"generationTimeMs":true,"requestId":true,"expiresAt":true},"params":[{"name":"input","required":true,"transform":{"type":"scalar"},"locs":[{"a":170,"b":176}]},{"name":"clusterResult","required":true,"transform":{"type":"scalar"},"locs":[{"a":199,"b":213}]},{"name":"leaseToken","required":true,"transform":{"type":"scalar"},"locs":[{"a":233,"b":244}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":261,"b":270}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":284,"b":290}]},{"name":"askedModel","required":false,"transform":{"type":"scalar"},"locs":[{"a":319,"b":329}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":344,"b":350}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":378,"b":388}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":414,"b":423}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":448,"b":454}]},{"name":"inputHash","required":false,"transform":{"type":"scalar"},"locs":[{"a":473,"b":482}]},{"name":"promptId","required":false,"transform":{"type":"scalar"},"locs":[{"a":500,"b":508}]},{"name":"promptTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":530,"b":542}]},{"name":"completionTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":577,"b":593}]},{"name":"cachedTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":615,"b":627}]},{"name":"generationTimeMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":654,"b":670}]},{"name":"requestId","required":false,"transform":{"type":"scalar"},"locs":[{"a":698,"b":707}]},{"name":"expiresAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":726,"b":735}]}],"statement":"SELECT state AS \"state!\", id AS \"id?\", content AS \"content?\", generated_at AS \"generated_at?\", cost::float8 AS \"cost?\"\n  FROM evergreen.save_cluster(\n         p_input => :input!, p_cluster_result => :clusterResult!, p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!,\n         p_asked_model => :askedModel, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId,\n         p_user_id => :userId, p_input_hash => :inputHash, p_prompt_id => :promptId, p_prompt_tokens => :promptTokens,\n         p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs,\n         p_request_id => :requestId, p_expires_at => :expiresAt)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", id AS "id?", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?"
 *   FROM evergreen.save_cluster(
 *          p_input => :input!, p_cluster_result => :clusterResult!, p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!,
 *          p_asked_model => :askedModel, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId,
 *          p_user_id => :userId, p_input_hash => :inputHash, p_prompt_id => :promptId, p_prompt_tokens => :promptTokens,
 *          p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs,
 *          p_request_id => :requestId, p_expires_at => :expiresAt)
 * ```
 */
export const saveCluster = new PreparedQuery<SaveClusterParams,SaveClusterResult>(saveClusterIR);


/** 'SaveClusterGoals' parameters type */
export interface SaveClusterGoalsParams {
  askedModel?: string | null | void;
  cachedTokens?: number | null | void;
  clusterId: string;
  companyId?: string | null | void;
  completionTokens?: number | null | void;
  expiresAt?: DateOrString | null | void;
  generationTimeMs?: number | null | void;
  goal: string;
  inputHash?: string | null | void;
  leaseToken: string;
  model: string;
  parameters?: string | null | void;
  prompt?: string | null | void;
  promptId?: string | null | void;
  promptTokens?: number | null | void;
  provider: string;
  requestId?: string | null | void;
  userId?: string | null | void;
}

/** 'SaveClusterGoals' return type */
export interface SaveClusterGoalsResult {
  content: Json | null;
  cost: number | null;
  generated_at: Date | null;
  id: string | null;
  state: string;
}

/** 'SaveClusterGoals' query type */
export interface SaveClusterGoalsQuery {
  params: SaveClusterGoalsParams;
  result: SaveClusterGoalsResult;
}

const saveClusterGoalsIR: any = {"usedParamSet":{"clusterId":true,"goal":true,"leaseToken":true,"provider":true,"model":true,"askedModel":true,"prompt":true,"parameters":true,"companyId":true,"userId":true,"inputHash":true,"promptId":true,"promptTokens":true,"completionTokens":true,"cachedTokens":true,"generationTimeMs":true,"requestId":true,"expiresAt":true},"params":[{"name":"clusterId","required":true,"transform":{"type":"scalar"},"locs":[{"a":181,"b":191}]},{"name":"goal","required":true,"transform":{"type":"scalar"},"locs":[{"a":204,"b":209}]},{"name":"leaseToken","required":true,"transform":{"type":"scalar"},"locs":[{"a":229,"b":240}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":257,"b":266}]},{"name":"model","required":true,"transform":{"type":"scalar"},"locs":[{"a":280,"b":286}]},{"name":"askedModel","required":false,"transform":{"type":"scalar"},"locs":[{"a":315,"b":325}]},{"name":"prompt","required":false,"transform":{"type":"scalar"},"locs":[{"a":340,"b":346}]},{"name":"parameters","required":false,"transform":{"type":"scalar"},"locs":[{"a":374,"b":384}]},{"name":"companyId","required":false,"transform":{"type":"scalar"},"locs":[{"a":410,"b":419}]},{"name":"userId","required":false,"transform":{"type":"scalar"},"locs":[{"a":444,"b":450}]},{"name":"inputHash","required":false,"transform":{"type":"scalar"},"locs":[{"a":469,"b":478}]},{"name":"promptId","required":false,"transform":{"type":"scalar"},"locs":[{"a":496,"b":504}]},{"name":"promptTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":526,"b":538}]},{"name":"completionTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":573,"b":589}]},{"name":"cachedTokens","required":false,"transform":{"type":"scalar"},"locs":[{"a":611,"b":623}]},{"name":"generationTimeMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":650,"b":666}]},{"name":"requestId","required":false,"transform":{"type":"scalar"},"locs":[{"a":694,"b":703}]},{"name":"expiresAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":722,"b":731}]}],"statement":"SELECT state AS \"state!\", id AS \"id?\", content AS \"content?\", generated_at AS \"generated_at?\", cost::float8 AS \"cost?\"\n  FROM evergreen.save_cluster_goals(\n         p_cluster_id => :clusterId!, p_goal => :goal!, p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!,\n         p_asked_model => :askedModel, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId,\n         p_user_id => :userId, p_input_hash => :inputHash, p_prompt_id => :promptId, p_prompt_tokens => :promptTokens,\n         p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs,\n         p_request_id => :requestId, p_expires_at => :expiresAt)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT state AS "state!", id AS "id?", content AS "content?", generated_at AS "generated_at?", cost::float8 AS "cost?"
 *   FROM evergreen.save_cluster_goals(
 *          p_cluster_id => :clusterId!, p_goal => :goal!, p_lease_token => :leaseToken!, p_provider => :provider!, p_model => :model!,
 *          p_asked_model => :askedModel, p_prompt => :prompt, p_parameters => COALESCE(:parameters, '{}'), p_company_id => :companyId,
 *          p_user_id => :userId, p_input_hash => :inputHash, p_prompt_id => :promptId, p_prompt_tokens => :promptTokens,
 *          p_completion_tokens => :completionTokens, p_cached_tokens => :cachedTokens, p_generation_time_ms => :generationTimeMs,
 *          p_request_id => :requestId, p_expires_at => :expiresAt)
 * ```
 */
export const saveClusterGoals = new PreparedQuery<SaveClusterGoalsParams,SaveClusterGoalsResult>(saveClusterGoalsIR);


