/** Who asks: the session of a request, by its bearer token or its cookie. */
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { often } from '../database.js';
import { findSession } from '../queries/sessions.queries.js';
import type { Env, Http, Middleware, Session } from './context.js';
import { forbidden, Refusal, unauthorized } from './errors.js';
import { originOf } from './proxies.js';
import { limitRate } from './rate-limit.js';

export const COOKIE = 'evergreen_session';

/** Longer ones are none of ours, and are not sent to the database. */
const LONGEST_TOKEN = 100;
/** Browsers take no longer life of a cookie. */
const LONGEST_COOKIE_S = 400 * 24 * 3600;

const findKnown = often(findSession);

/** Lets through who is signed in, within the rate limit. */
export function requireSession(http: Http): Middleware {
  return async (c, next) => {
    const bearer = bearerToken(c);
    const token = bearer ?? getCookie(c, COOKIE);
    if (bearer === undefined && token !== undefined) refuseOtherSites(http, c);
    const session = token === undefined ? undefined : await sessionOf(http, token);
    await limitRate(http, c, session);
    if (!session) throw unauthorized();
    c.set('session', session);
    await next();
  };
}

/** The session of a token; one round trip, nothing written. */
export async function sessionOf({ db }: Http, token: string): Promise<Session | undefined> {
  if (token.length > LONGEST_TOKEN) return undefined;
  const [found] = await findKnown.run({ token }, db);
  if (!found) return undefined;
  return {
    token,
    userId: found.user_id,
    username: found.username,
    role: found.role === 'operator' ? 'operator' : 'user',
    companyIds: found.company_ids,
    expiresAt: found.expires_at,
  };
}

function bearerToken(c: Context<Env>): string | undefined {
  return /^bearer +(\S+) *$/i.exec(c.req.header('Authorization') ?? '')?.[1];
}

/**
 * A cookie comes along with whatever page made the browser ask. What changes something must come from a page of this origin, or of one that was
 * configured; browsers say so in every such request, so one that says nothing is none of theirs.
 */
export function refuseOtherSites(http: Http, c: Context<Env>, silence: 'refused' | 'allowed' = 'refused'): void {
  if (['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)) return;
  const site = c.req.header('Sec-Fetch-Site');
  const origin = c.req.header('Origin');
  if (origin !== undefined && http.origins.includes(origin)) return;
  if (site === undefined && origin === undefined && silence === 'allowed') return;
  const same = site === undefined ? origin === originOf(http, c) : site === 'same-origin';
  if (!same) {
    throw new Refusal(403, 'CROSS_SITE', 'a cookie is not enough from here', {
      hint: 'Call from a page of the same origin, or send Authorization: Bearer.',
    });
  }
}

/** Keeps the token in the browser, where scripts cannot read it. */
export function keepCookie(http: Http, c: Context<Env>, { token, expiresAt }: Session): void {
  const maxAge = Math.floor((expiresAt.getTime() - Date.now()) / 1000);
  setCookie(c, COOKIE, token, { ...attributes(http, c), maxAge: Math.min(Math.max(maxAge, 0), LONGEST_COOKIE_S) });
}

export function clearCookie(http: Http, c: Context<Env>): void {
  deleteCookie(c, COOKIE, attributes(http, c));
}

function attributes(http: Http, c: Context<Env>) {
  const { hostname } = new URL(originOf(http, c));
  const local = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return { httpOnly: true, sameSite: 'Lax', secure: !local, path: '/' } as const;
}

/** Whose data it is about: the caller's own name, or, for an operator, any. Of others nothing is asked, so nothing tells whether they exist. */
export function requireOwn(session: Session, username: string): void {
  if (session.role !== 'operator' && username !== session.username) throw forbidden();
}

/** The companies of the session, or, for an operator, any. */
export function requireCompany(session: Session, companyId: string): Session {
  if (session.role !== 'operator' && !session.companyIds.includes(companyId)) throw forbidden();
  return session;
}
