/**
 * The example page and its sign-in, which signs in whoever asks: for a database without anything to protect. Nothing in `createHttp` leads here, so that no option
 * can turn it on in an application.
 */
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { createSession, createUserWithSession, findUser } from '../queries/sessions.queries.js';
import type { Env, Http, HttpOptions } from './context.js';
import { succeed } from './envelope.js';
import { assemble } from './index.js';
import { limitRate } from './rate-limit.js';
import { keepCookie, refuseOtherSites, sessionOf } from './sessions.js';
import type { SessionData } from './types.js';

const USERNAME = 'demo';
const LASTS = '1 day';

export interface ExampleOptions extends HttpOptions {
  /** Of the page's files, index.html among them. */
  directory: string;
}

/** The app of `createHttp` with the page at `/`, and `POST /example/session`. */
export function createExample({ directory, ...options }: ExampleOptions): Hono<Env> {
  const { app, http } = assemble(options);
  app.post('/example/session', async (c) => {
    refuseOtherSites(http, c);
    await limitRate(http, c, undefined);
    const session = await sessionOf(http, await signIn(http));
    if (!session) throw new Error('the session of the example is gone');
    keepCookie(http, c, session);
    const { username, role, companyIds, expiresAt } = session;
    return succeed<SessionData>(c, { username, role, companyIds, expiresAt: expiresAt.toISOString() });
  });

  const page = new Hono<Env>();
  for (const path of ['/api/*', '/example/*', '/openapi.json', '/healthz', '/readyz']) page.all(path, (c) => app.fetch(c.req.raw, c.env));
  page.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
      },
      strictTransportSecurity: false,
      xFrameOptions: 'DENY',
      referrerPolicy: 'no-referrer',
    }),
  );
  page.get('/*', serveStatic({ root: directory, onFound: (_, c) => c.header('Cache-Control', 'no-cache') }));
  page.all('/*', (c) => app.fetch(c.req.raw, c.env));
  return page;
}

/** A new session of the only user, who is made by the first. */
async function signIn({ db }: Http): Promise<string> {
  const [user] = await findUser.run({ username: USERNAME }, db);
  const [made] = user
    ? await createSession.run({ userId: user.user_id, lasts: LASTS }, db.writing)
    : await createUserWithSession.run({ username: USERNAME, email: `${USERNAME}@example.com` }, db.writing);
  return made?.token ?? '';
}
