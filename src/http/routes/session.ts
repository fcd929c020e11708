/** Signing in a browser, and out. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { revokeSession, revokeUserSessions } from '../../queries/sessions.queries.js';
import type { Env, Http, Session } from '../context.js';
import { succeed } from '../envelope.js';
import { unauthorized } from '../errors.js';
import { requireJson } from '../limits.js';
import { limitRate } from '../rate-limit.js';
import { sessionBody, sessionData, sessionQuery, signedOut, success } from '../schemas.js';
import { clearCookie, keepCookie, refuseOtherSites, requireSession, sessionOf } from '../sessions.js';
import type { SessionData } from '../types.js';
import { GUARDED, jsonBody, responses, security, WITH_BODY } from './describe.js';

const dataOf = ({ username, role, companyIds, expiresAt }: Session): SessionData => ({
  username,
  role,
  companyIds,
  expiresAt: expiresAt.toISOString(),
});

export function addSessionRoutes(app: OpenAPIHono<Env>, http: Http): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/api/session',
      tags: ['session'],
      summary: 'Sign in: keep a token in the browser',
      description:
        'Sets the cookie `evergreen_session` (HttpOnly, SameSite=Lax, Secure but on localhost). Tokens are made by `create_session()` in the database.',
      middleware: [
        async (c, next) => {
          // A page of another site must not sign its visitors in as somebody else.
          refuseOtherSites(http, c, 'allowed');
          await limitRate(http, c, undefined);
          await next();
        },
        ...requireJson(http),
      ],
      request: { body: jsonBody(sessionBody) },
      responses: responses('Whose session it is.', success(sessionData), [...GUARDED, ...WITH_BODY]),
    }),
    async (c) => {
      const session = await sessionOf(http, c.req.valid('json').token);
      if (!session) throw unauthorized();
      keepCookie(http, c, session);
      return succeed(c, dataOf(session));
    },
  );

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/session',
      tags: ['session'],
      summary: 'Who is signed in',
      security,
      middleware: [requireSession(http)],
      responses: responses('Whose session it is.', success(sessionData), GUARDED),
    }),
    (c) => succeed(c, dataOf(c.get('session'))),
  );

  app.openapi(
    createRoute({
      method: 'delete',
      path: '/api/session',
      tags: ['session'],
      summary: 'Sign out',
      description: 'The token is worth nothing from now on, and the cookie is cleared.',
      security,
      middleware: [requireSession(http)],
      request: { query: sessionQuery },
      responses: responses('Signed out.', success(signedOut), [...GUARDED, 422]),
    }),
    async (c) => {
      const { token, userId } = c.get('session');
      const db = http.db.writing;
      const everywhere = c.req.valid('query').everywhere;
      const revoked = everywhere
        ? (await revokeUserSessions.run({ userId }, db))[0]?.revoked
        : Number((await revokeSession.run({ token }, db))[0]?.revoked);
      clearCookie(http, c);
      return succeed(c, { revoked: revoked ?? 0 });
    },
  );
}
