/** Types generated for queries found in "src/queries/sessions.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type stringArray = (string)[];

/** 'CreateSession' parameters type */
export interface CreateSessionParams {
  companyIds?: stringArray | null | void;
  lasts?: string | null | void;
  role?: string | null | void;
  userId: string;
}

/** 'CreateSession' return type */
export interface CreateSessionResult {
  expires_at: Date;
  session_id: string;
  token: string;
}

/** 'CreateSession' query type */
export interface CreateSessionQuery {
  params: CreateSessionParams;
  result: CreateSessionResult;
}

const createSessionIR: any = {"usedParamSet":{"userId":true,"companyIds":true,"role":true,"lasts":true},"params":[{"name":"userId","required":true,"transform":{"type":"scalar"},"locs":[{"a":138,"b":145}]},{"name":"companyIds","required":false,"transform":{"type":"scalar"},"locs":[{"a":174,"b":184}]},{"name":"role","required":false,"transform":{"type":"scalar"},"locs":[{"a":221,"b":225}]},{"name":"lasts","required":false,"transform":{"type":"scalar"},"locs":[{"a":266,"b":271}]}],"statement":"SELECT session_id AS \"session_id!\", token AS \"token!\", expires_at AS \"expires_at!\"\n  FROM evergreen.create_session(\n         p_user_id => :userId!, p_company_ids => COALESCE(:companyIds::uuid[], '{}'), p_role => COALESCE(:role, 'user'),\n         p_lasts => COALESCE(:lasts::text::interval, '30 days'))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT session_id AS "session_id!", token AS "token!", expires_at AS "expires_at!"
 *   FROM evergreen.create_session(
 *          p_user_id => :userId!, p_company_ids => COALESCE(:companyIds::uuid[], '{}'), p_role => COALESCE(:role, 'user'),
 *          p_lasts => COALESCE(:lasts::text::interval, '30 days'))
 * ```
 */
export const createSession = new PreparedQuery<CreateSessionParams,CreateSessionResult>(createSessionIR);


/** 'FindSession' parameters type */
export interface FindSessionParams {
  token: string;
}

/** 'FindSession' return type */
export interface FindSessionResult {
  company_ids: stringArray;
  created_at: Date;
  expires_at: Date;
  role: string;
  session_id: string;
  user_id: string;
  username: string;
}

/** 'FindSession' query type */
export interface FindSessionQuery {
  params: FindSessionParams;
  result: FindSessionResult;
}

const findSessionIR: any = {"usedParamSet":{"token":true},"params":[{"name":"token","required":true,"transform":{"type":"scalar"},"locs":[{"a":237,"b":243}]}],"statement":"SELECT session_id AS \"session_id!\", user_id AS \"user_id!\", username AS \"username!\", role AS \"role!\", company_ids AS \"company_ids!\",\n       created_at AS \"created_at!\", expires_at AS \"expires_at!\"\n  FROM evergreen.find_session(p_token => :token!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT session_id AS "session_id!", user_id AS "user_id!", username AS "username!", role AS "role!", company_ids AS "company_ids!",
 *        created_at AS "created_at!", expires_at AS "expires_at!"
 *   FROM evergreen.find_session(p_token => :token!)
 * ```
 */
export const findSession = new PreparedQuery<FindSessionParams,FindSessionResult>(findSessionIR);


/** 'RevokeSession' parameters type */
export interface RevokeSessionParams {
  token: string;
}

/** 'RevokeSession' return type */
export interface RevokeSessionResult {
  revoked: boolean;
}

/** 'RevokeSession' query type */
export interface RevokeSessionQuery {
  params: RevokeSessionParams;
  result: RevokeSessionResult;
}

const revokeSessionIR: any = {"usedParamSet":{"token":true},"params":[{"name":"token","required":true,"transform":{"type":"scalar"},"locs":[{"a":43,"b":49}]}],"statement":"SELECT evergreen.revoke_session(p_token => :token!) AS \"revoked!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.revoke_session(p_token => :token!) AS "revoked!"
 * ```
 */
export const revokeSession = new PreparedQuery<RevokeSessionParams,RevokeSessionResult>(revokeSessionIR);


/** 'RevokeUserSessions' parameters type */
export interface RevokeUserSessionsParams {
  userId: string;
}

/** 'RevokeUserSessions' return type */
export interface RevokeUserSessionsResult {
  revoked: number;
}

/** 'RevokeUserSessions' query type */
export interface RevokeUserSessionsQuery {
  params: RevokeUserSessionsParams;
  result: RevokeUserSessionsResult;
}

const revokeUserSessionsIR: any = {"usedParamSet":{"userId":true},"params":[{"name":"userId","required":true,"transform":{"type":"scalar"},"locs":[{"a":51,"b":58}]}],"statement":"SELECT evergreen.revoke_user_sessions(p_user_id => :userId!) AS \"revoked!\""};

/**
 * Query generated from SQL:
 * ```
 * SELECT evergreen.revoke_user_sessions(p_user_id => :userId!) AS "revoked!"
 * ```
 */
export const revokeUserSessions = new PreparedQuery<RevokeUserSessionsParams,RevokeUserSessionsResult>(revokeUserSessionsIR);


/** 'CreateUserWithSession' parameters type */
export interface CreateUserWithSessionParams {
  companyIds?: stringArray | null | void;
  email?: string | null | void;
  name?: string | null | void;
  username: string;
}

/** 'CreateUserWithSession' return type */
export interface CreateUserWithSessionResult {
  expires_at: Date;
  session_id: string;
  token: string;
  user_id: string;
}

/** 'CreateUserWithSession' query type */
export interface CreateUserWithSessionQuery {
  params: CreateUserWithSessionParams;
  result: CreateUserWithSessionResult;
}

const createUserWithSessionIR: any = {"usedParamSet":{"username":true,"email":true,"name":true,"companyIds":true},"params":[{"name":"username","required":true,"transform":{"type":"scalar"},"locs":[{"a":172,"b":181}]},{"name":"email","required":false,"transform":{"type":"scalar"},"locs":[{"a":195,"b":200}]},{"name":"name","required":false,"transform":{"type":"scalar"},"locs":[{"a":213,"b":217}]},{"name":"companyIds","required":false,"transform":{"type":"scalar"},"locs":[{"a":246,"b":256}]}],"statement":"SELECT user_id AS \"user_id!\", session_id AS \"session_id!\", token AS \"token!\", expires_at AS \"expires_at!\"\n  FROM evergreen.create_user_with_session(\n         p_username => :username!, p_email => :email, p_name => :name, p_company_ids => COALESCE(:companyIds::uuid[], '{}'))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT user_id AS "user_id!", session_id AS "session_id!", token AS "token!", expires_at AS "expires_at!"
 *   FROM evergreen.create_user_with_session(
 *          p_username => :username!, p_email => :email, p_name => :name, p_company_ids => COALESCE(:companyIds::uuid[], '{}'))
 * ```
 */
export const createUserWithSession = new PreparedQuery<CreateUserWithSessionParams,CreateUserWithSessionResult>(createUserWithSessionIR);


/** 'FindUser' parameters type */
export interface FindUserParams {
  username: string;
}

/** 'FindUser' return type */
export interface FindUserResult {
  user_id: string;
  username: string;
}

/** 'FindUser' query type */
export interface FindUserQuery {
  params: FindUserParams;
  result: FindUserResult;
}

const findUserIR: any = {"usedParamSet":{"username":true},"params":[{"name":"username","required":true,"transform":{"type":"scalar"},"locs":[{"a":95,"b":104}]}],"statement":"SELECT user_id AS \"user_id!\", username AS \"username!\"\n  FROM evergreen.find_user(p_username => :username!)"};

/**
 * Query generated from SQL:
 * ```
 * SELECT user_id AS "user_id!", username AS "username!"
 *   FROM evergreen.find_user(p_username => :username!)
 * ```
 */
export const findUser = new PreparedQuery<FindUserParams,FindUserResult>(findUserIR);


/** 'TakeRateLimit' parameters type */
export interface TakeRateLimitParams {
  key: string;
  limit?: number | null | void;
  window?: string | null | void;
}

/** 'TakeRateLimit' return type */
export interface TakeRateLimitResult {
  allowed: boolean;
  limit: number;
  remaining: number;
  reset_after_ms: number;
  retry_after_ms: number;
}

/** 'TakeRateLimit' query type */
export interface TakeRateLimitQuery {
  params: TakeRateLimitParams;
  result: TakeRateLimitResult;
}

const takeRateLimitIR: any = {"usedParamSet":{"key":true,"limit":true,"window":true},"params":[{"name":"key","required":true,"transform":{"type":"scalar"},"locs":[{"a":199,"b":203}]},{"name":"limit","required":false,"transform":{"type":"scalar"},"locs":[{"a":226,"b":231}]},{"name":"window","required":false,"transform":{"type":"scalar"},"locs":[{"a":261,"b":267}]}],"statement":"SELECT allowed AS \"allowed!\", request_limit AS \"limit!\", remaining AS \"remaining!\", reset_after_ms AS \"reset_after_ms!\", retry_after_ms AS \"retry_after_ms!\"\n  FROM evergreen.take_rate_limit(p_key => :key!, p_limit => COALESCE(:limit, 100), p_window => COALESCE(:window::text::interval, '1 minute'))"};

/**
 * Query generated from SQL:
 * ```
 * SELECT allowed AS "allowed!", request_limit AS "limit!", remaining AS "remaining!", reset_after_ms AS "reset_after_ms!", retry_after_ms AS "retry_after_ms!"
 *   FROM evergreen.take_rate_limit(p_key => :key!, p_limit => COALESCE(:limit, 100), p_window => COALESCE(:window::text::interval, '1 minute'))
 * ```
 */
export const takeRateLimit = new PreparedQuery<TakeRateLimitParams,TakeRateLimitResult>(takeRateLimitIR);


