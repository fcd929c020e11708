import { Pool } from 'pg';
import { createEvergreen } from '../../../src/index.js';
import type { Row } from '../bench.js';
import { setUp } from '../content.js';
import { openHttpBench, VARIANTS, type Variant } from '../http.js';
import { inTurn, type Line, line } from '../measure.js';

/** As many as a route that counts requests needs to be counting many at once. */
const USERS = { full: 200, quick: 20, tiny: 5 };
const NAMES: Record<Exclude<Variant, 'constant'>, string> = {
  content: 'read from the database',
  authenticated: '... and the session looked up',
  limited: '... and the rate limit taken',
  route: 'GET /api/personality/:username/cache, no rate limit',
  'route, limited': 'GET /api/personality/:username/cache',
};

/** Row 13: a personality through HTTP. */
export const http: Row = {
  number: 13,
  title: 'a personality through HTTP',
  includes:
    'Requests a second to one process, over keep-alive connections of a client in the same process, each route doing what the one before does and one thing more, beside a ' +
    'route that answers the same 4 KB from memory. In: the client itself, so the ratios are kinder than those of a server alone.',
  async run(bench) {
    const rounds = bench.pick({ full: 3, quick: 1, tiny: 1 });
    const connections = bench.pick({ full: [1, 8, 64], quick: [1, 8], tiny: [2] });
    const requests = bench.pick({ full: 1_000, quick: 250, tiny: 20 });
    const users = bench.pick(USERS);
    const database = await bench.database('http', async (fresh) => {
      await setUp(fresh);
      await fresh.query(
        `INSERT INTO public.users (id, email, name)
         SELECT u.name, u.name || '@example.com', u.name
           FROM (SELECT 'bench-http' || CASE WHEN i > 0 THEN '-' || i ELSE '' END AS name FROM generate_series(0, $1::integer - 1) AS i) AS u`,
        [users],
      );
    });
    const pool = new Pool({ connectionString: database.url, max: 10 });
    const nobody = { chat: { completions: { create: () => Promise.reject(new Error('a hit asks no model')) } } };
    const evergreen = createEvergreen({ pool, openai: nobody as never });
    try {
      const opened = await openHttpBench({ pool, evergreen, users });
      try {
        const lines: Line[] = [];
        for (const count of connections) {
          for (const variant of VARIANTS) await opened.throughput(variant, count, Math.ceil(requests / 10));
          const sides = Object.fromEntries(VARIANTS.map((variant) => [variant, () => opened.throughput(variant, count, requests)]));
          const samples = (await inTurn(sides, rounds)) as Record<Variant, number[]>;
          for (const variant of VARIANTS) {
            if (variant === 'constant') continue;
            lines.push(
              line({
                what: `${NAMES[variant]}, ${count} connection${count === 1 ? '' : 's'}`,
                beside: 'a constant',
                unit: 'requests/s',
                ours: samples[variant],
                theirs: samples.constant,
              }),
            );
          }
        }
        return { lines, notes: [`${users} users in turn, a pool of 10 connections.`] };
      } finally {
        await opened.close();
      }
    } finally {
      await evergreen.close();
      await pool.end();
    }
  },
};
