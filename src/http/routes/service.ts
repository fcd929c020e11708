/** The server itself: is it there, is it ready, what does it offer. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { findSession } from '../../queries/sessions.queries.js';
import type { Env, Http } from '../context.js';
import { succeed } from '../envelope.js';
import { health, success } from '../schemas.js';
import { responses } from './describe.js';

const READY_FOR_MS = 1_000;

export function addServiceRoutes(app: OpenAPIHono<Env>, http: Http): void {
  /** Asked once a second, however often somebody asks. */
  let ready: { asked: Promise<unknown>; until: number } | undefined;
  function askDatabase(): Promise<unknown> {
    if (!ready || performance.now() > ready.until) {
      const asked = findSession.run({ token: '' }, http.db);
      ready = { asked, until: performance.now() + READY_FOR_MS };
    }
    return ready.asked;
  }

  app.openapi(
    createRoute({
      method: 'get',
      path: '/healthz',
      tags: ['service'],
      summary: 'Whether the process answers',
      responses: responses('It does.', success(health), []),
    }),
    (c) => succeed(c, { status: 'ok' as const }),
  );

  app.openapi(
    createRoute({
      method: 'get',
      path: '/readyz',
      tags: ['service'],
      summary: 'Whether the database answers and is migrated',
      responses: responses('Both.', success(health), []),
    }),
    async (c) => {
      await askDatabase();
      return succeed(c, { status: 'ok' as const });
    },
  );
}
