/** So many requests a minute, counted in the database for all processes together. */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { takeRateLimit } from '../queries/sessions.queries.js';
import type { Env, Http, Session } from './context.js';
import { Refusal } from './errors.js';
import { addressOf } from './proxies.js';

const WINDOW_S = 60;
const LONGEST_KEY_BYTES = 256;

/** Counts a request for its user or, where nobody is signed in, for its address; 429 when it is one too many. */
export async function limitRate(http: Http, c: Context<Env>, session: Session | undefined): Promise<void> {
  if (http.rateLimit === false) return;
  const key = session ? `user:${session.userId}` : `address:${addressOf(http, c)}`;
  const [taken] = await takeRateLimit.run({ key: bounded(key), limit: http.rateLimit }, http.db);
  if (!taken) return;
  const seconds = (ms: number) => String(Math.ceil(ms / 1000));
  c.header('RateLimit-Policy', `${taken.limit};w=${WINDOW_S}`);
  c.header('RateLimit-Limit', String(taken.limit));
  c.header('RateLimit-Remaining', String(taken.remaining));
  c.header('RateLimit-Reset', seconds(taken.reset_after_ms));
  if (!taken.allowed) {
    const wait = seconds(taken.retry_after_ms);
    throw new Refusal(429, 'VG008', 'too many requests', { hint: `Try again in ${wait} s.`, headers: { 'Retry-After': wait } });
  }
}

const bounded = (key: string) => (Buffer.byteLength(key) <= LONGEST_KEY_BYTES ? key : createHash('sha256').update(key).digest('hex'));
