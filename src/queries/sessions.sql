/* @name createSession */
SELECT session_id AS "session_id!", token AS "token!", expires_at AS "expires_at!"
  FROM evergreen.create_session(
         p_user_id => :userId!, p_company_ids => COALESCE(:companyIds::uuid[], '{}'), p_role => COALESCE(:role, 'user'),
         p_lasts => COALESCE(:lasts::text::interval, '30 days'));

/* @name findSession */
SELECT session_id AS "session_id!", user_id AS "user_id!", username AS "username!", role AS "role!", company_ids AS "company_ids!",
       created_at AS "created_at!", expires_at AS "expires_at!"
  FROM evergreen.find_session(p_token => :token!);

/* @name revokeSession */
SELECT evergreen.revoke_session(p_token => :token!) AS "revoked!";

/* @name revokeUserSessions */
SELECT evergreen.revoke_user_sessions(p_user_id => :userId!) AS "revoked!";

/* @name createUserWithSession */
SELECT user_id AS "user_id!", session_id AS "session_id!", token AS "token!", expires_at AS "expires_at!"
  FROM evergreen.create_user_with_session(
         p_username => :username!, p_email => :email, p_name => :name, p_company_ids => COALESCE(:companyIds::uuid[], '{}'));

/* @name findUser */
SELECT user_id AS "user_id!", username AS "username!"
  FROM evergreen.find_user(p_username => :username!);

/* @name takeRateLimit */
SELECT allowed AS "allowed!", request_limit AS "limit!", remaining AS "remaining!", reset_after_ms AS "reset_after_ms!", retry_after_ms AS "retry_after_ms!"
  FROM evergreen.take_rate_limit(p_key => :key!, p_limit => COALESCE(:limit, 100), p_window => COALESCE(:window::text::interval, '1 minute'));
