/** What the REST interface costs over a socket: the same personality by routes that do more and more of what a request does. */
import { Agent, request } from 'node:http';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Pool } from 'pg';
import { Database, often } from '../../src/database.js';
import { createHttp } from '../../src/http/index.js';
import { listen } from '../../src/http/server.js';
import type { Evergreen } from '../../src/index.js';
import { createSession, findSession, getPersonalityCache, savePersonalityCache, takeRateLimit } from '../../src/queries/index.js';

/** How a request is answered. Each does what the one before does, and one thing more. */
export type Variant =
  /** The same bytes every time, from memory. */
  | 'constant'
  /** The personality from the database, whoever asks. */
  | 'content'
  /** For who is signed in. */
  | 'authenticated'
  /** Within a limit of requests, which is never reached. */
  | 'limited'
  /** The route of `createHttp` without its limit. */
  | 'route'
  /** With it: by `users` users in turn, as the limit has it. */
  | 'route, limited';

export const VARIANTS: readonly Variant[] = ['constant', 'content', 'authenticated', 'limited', 'route', 'route, limited'];

export interface HttpBench {
  /** Asks from so many connections for so many requests together; requests a second. */
  throughput(variant: Variant, connections: number, requests: number): Promise<number>;
  close(): Promise<void>;
}

const findKept = often(getPersonalityCache);
const sessionOf = often(findSession);

const USER = 'bench-http';
/** A minute and user: the largest that take_rate_limit() knows, so that it is never reached. */
const LIMIT = 1_000;

/** An analysis of about this many bytes. */
const analysisOf = (bytes: number) => ({
  summary: 'x'.repeat(Math.max(1, bytes - 600)),
  traits: ['openness', 'conscientiousness', 'extraversion', 'agreeableness', 'stability'].map((name, index) => ({
    name,
    score: index * 20,
    evidence: 'Several posts show it.',
  })),
});

/** Serves all variants from this process. The database is migrated and has no users table, or a user named `bench-http`. */
export async function openHttpBench({
  pool,
  evergreen,
  bytes = 4_000,
  users = 200,
}: {
  pool: Pool;
  evergreen: Evergreen;
  bytes?: number;
  users?: number;
}): Promise<HttpBench> {
  const db = new Database(pool, 20_000);
  const tokens: { token: string; path: string }[] = [];
  for (let index = 0; index < users; index += 1) {
    const userId = index === 0 ? USER : `${USER}-${index}`;
    await savePersonalityCache.run({ userId, analysis: JSON.stringify(analysisOf(bytes)) }, db);
    const [session] = await createSession.run({ userId }, db);
    tokens.push({ token: session?.token ?? '', path: `/api/personality/${userId}/cache` });
  }

  const find = async (userId: string) => (await findKept.run({ userId }, db))[0];
  const constant = await find(USER);
  const plain = new Hono();
  plain.use(secureHeaders());
  const tokenOf = (header: string | undefined) => header?.slice('Bearer '.length) ?? '';
  plain.get('/constant', (c) => c.json({ success: true, data: constant }));
  plain.get('/content', async (c) => c.json({ success: true, data: await find(USER) }));
  plain.get('/authenticated', async (c) => {
    const [session] = await sessionOf.run({ token: tokenOf(c.req.header('Authorization')) }, db);
    return session ? c.json({ success: true, data: await find(session.user_id) }) : c.json({ success: false }, 401);
  });
  let turn = 0;
  plain.get('/limited', async (c) => {
    const [session] = await sessionOf.run({ token: tokenOf(c.req.header('Authorization')) }, db);
    if (!session) return c.json({ success: false }, 401);
    turn += 1;
    await takeRateLimit.run({ key: `bench:${turn % users}`, limit: LIMIT }, db);
    return c.json({ success: true, data: await find(session.user_id) });
  });

  const options = { evergreen, pool, databaseTimeoutMs: 20_000 };
  const servers = {
    plain: await listen(plain.fetch, { port: 0 }),
    route: await listen(createHttp({ ...options, rateLimit: false }).fetch, { port: 0 }),
    limited: await listen(createHttp({ ...options, rateLimit: LIMIT }).fetch, { port: 0 }),
  };
  const urlOf = (variant: Variant, { path }: { path: string }) => {
    if (variant === 'route') return servers.route.url + path;
    if (variant === 'route, limited') return servers.limited.url + path;
    return `${servers.plain.url}/${variant}`;
  };

  let next = 0;
  async function throughput(variant: Variant, connections: number, requests: number): Promise<number> {
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    let left = requests;
    const start = performance.now();
    const caller = async () => {
      while (left > 0) {
        left -= 1;
        next += 1;
        const who = tokens[variant === 'route, limited' ? next % tokens.length : 0] ?? { token: '', path: '' };
        await get(urlOf(variant, who), who.token, agent);
      }
    };
    try {
      await Promise.all(Array.from({ length: connections }, caller));
      return (requests * 1_000) / (performance.now() - start);
    } finally {
      agent.destroy();
    }
  }

  return {
    throughput,
    async close() {
      await Promise.all(Object.values(servers).map((server) => server.close()));
      db.close();
    },
  };
}

function get(url: string, token: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { agent, headers: { Authorization: `Bearer ${token}` } }, (answer) => {
      answer.resume();
      answer.once('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${url} answered ${answer.statusCode}`))));
    });
    asking.once('error', reject);
    asking.end();
  });
}
