/** `pg-evergreen/http`: the REST interface as one Hono app, for a server of its own, a Next.js route, or any that speaks `fetch`. */
import { randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import { cors } from 'hono/cors';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { secureHeaders } from 'hono/secure-headers';
import type { Pool } from 'pg';
import { z } from 'zod';
import { check } from '../check.js';
import { complain } from '../complaints.js';
import { Database, type Logger } from '../database.js';
import type { Evergreen } from '../index.js';
import type { Env, Http, HttpOptions } from './context.js';
import { answerError, refuse } from './envelope.js';
import { Refusal } from './errors.js';
import { limitRequest, limitTime } from './limits.js';
import { documentOf } from './openapi.js';
import { addClusterRoutes } from './routes/clusters.js';
import { addJourneyRoutes } from './routes/journey.js';
import { addPersonalityRoutes } from './routes/personality.js';
import { addServiceRoutes } from './routes/service.js';
import { addSessionRoutes } from './routes/session.js';

export type { Env, HttpOptions } from './context.js';
export { COOKIE } from './sessions.js';
export type * from './types.js';

const milliseconds = z.number().positive().max(2_147_483_647);
const optionsSchema = z.strictObject({
  evergreen: z.custom<Evergreen>(
    (value) => typeof (value as Evergreen | undefined)?.recommendations === 'function',
    'must be of createEvergreen',
  ),
  pool: z.custom<Pool>((pool) => typeof (pool as Pool | undefined)?.connect === 'function', 'must be a Pool of pg'),
  rateLimit: z.union([z.int().min(1).max(1_000), z.literal(false)]).default(100),
  trustProxy: z
    .union([z.boolean(), z.int().min(0).max(10)])
    .default(false)
    .transform(Number),
  origins: z.array(z.string().refine(isOrigin, 'must be an origin, e.g. https://app.example.com')).default([]),
  hosts: z.array(z.string()).optional(),
  maxBodyBytes: z.int().min(1).max(1_048_576).default(1_048_576),
  requestTimeoutMs: milliseconds.default(70_000),
  databaseTimeoutMs: milliseconds.default(1_000),
  maxAgeSeconds: z.int().min(0).max(31_536_000).default(60),
  logger: z
    .custom<Logger>((logger) => typeof (logger as Logger | undefined)?.warn === 'function', 'must be a logger with warn and error')
    .optional(),
});

function isOrigin(text: string): boolean {
  try {
    return /^https?:/.test(text) && new URL(text).origin === text;
  } catch {
    return false;
  }
}

/** Makes the app. It holds nothing that must be closed: the client and the pool stay yours. */
export function createHttp(options: HttpOptions): OpenAPIHono<Env> {
  return assemble(options).app;
}

/** The app, and what its parts share. */
export function assemble(options: HttpOptions): { app: OpenAPIHono<Env>; http: Http } {
  const { pool, trustProxy, databaseTimeoutMs, ...settings } = check(optionsSchema, options, 'createHttp');
  const http: Http = {
    ...settings,
    hosts: settings.hosts,
    logger: settings.logger,
    proxies: trustProxy,
    db: new Database(pool, databaseTimeoutMs, settings.logger),
  };
  const { logger } = http;

  const app = new OpenAPIHono<Env>({
    defaultHook(result, c) {
      if (result.success) return undefined;
      // What was given; the type does not tell.
      const { data } = result as { data?: unknown };
      const { message, hint } = complain(result.error.issues, result.target === 'json' ? 'body' : result.target, data);
      return refuse(c, new Refusal(422, 'VG007', message, { hint }));
    },
  });

  app.use(async (c, next) => {
    const requestId = randomUUID();
    const start = performance.now();
    c.set('requestId', requestId);
    c.header('X-Request-Id', requestId);
    c.header('Cache-Control', 'no-store');
    await next();
    const ms = Math.round((performance.now() - start) * 10) / 10;
    logger?.info?.({ requestId, method: c.req.method, path: c.req.path, status: c.res.status, ms }, 'request');
  });
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
      strictTransportSecurity: 'max-age=15552000',
      xFrameOptions: 'DENY',
      referrerPolicy: 'no-referrer',
    }),
  );
  if (http.origins.length > 0) {
    app.use(
      cors({
        origin: [...http.origins],
        credentials: true,
        allowMethods: ['GET', 'POST', 'DELETE'],
        allowHeaders: ['Authorization', 'Content-Type', 'If-Match', 'If-None-Match'],
        exposeHeaders: [
          'ETag',
          'Age',
          'Last-Modified',
          'Retry-After',
          'X-Request-Id',
          'RateLimit-Limit',
          'RateLimit-Remaining',
          'RateLimit-Reset',
        ],
        maxAge: 600,
      }),
    );
  }
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) =>
        refuse(c, new Refusal(405, 'METHOD_NOT_ALLOWED', 'this cannot be done here', { headers: { Allow: methods.join(', ') } })),
    }),
  );
  app.use(limitRequest(http));
  app.use(limitTime(http));

  addServiceRoutes(app, http);
  addSessionRoutes(app, http);
  addPersonalityRoutes(app, http);
  addJourneyRoutes(app, http);
  addClusterRoutes(app, http);
  const document = documentOf(app);
  app.get('/openapi.json', (c) => c.json(document));

  app.notFound((c) => refuse(c, new Refusal(404, 'NOT_FOUND', 'there is nothing here')));
  app.onError((error, c) =>
    answerError(c, error, (err) => {
      logger?.error({ err, requestId: c.get('requestId'), method: c.req.method, path: c.req.path }, 'a request failed');
    }),
  );
  return { app, http };
}
