import { Pool } from 'pg';
import type { Evergreen } from '../../../src/index.js';
import type { Row } from '../bench.js';
import { contentDatabase, OWN_TYPE } from '../content.js';
import { line } from '../measure.js';
import { articleSchema, hitsOnly } from './client.js';

const SIDES = ['on', 'off'] as const;
type Side = (typeof SIDES)[number];
/** Seconds of one side before the other has its turn. */
const SLICE = 0.25;

/** Row 4: what counting costs. */
export const counting: Row = {
  number: 4,
  title: 'counting of lookups, through the client',
  includes:
    'Hits of the TypeScript client, 8 at a time over 8 connections in one process, with countLookups true (outcome, time and use of each are counted and sent in batches) and false, ' +
    'a quarter of a second of each in turn, by chance which of them first, so that what disturbs the machine disturbs both. All that was counted is sent at the end, and each round bears ' +
    'its share of that time: uses of answers are sent once a minute by default, and the rounds together are shorter.',
  async run(bench) {
    const rounds = bench.pick({ full: 7, quick: 3, tiny: 1 });
    const seconds = bench.pick({ full: 4, quick: 1, tiny: 0.1 });
    const database = await contentDatabase(bench);
    const inputs = (
      await database.query<{ input: string }>('SELECT i.input FROM bench.inputs AS i WHERE i.content_type = $1', [OWN_TYPE])
    ).map(({ input }) => JSON.parse(input) as unknown);
    const counted: { done: Record<Side, number>; took: Record<Side, number> }[] = [];
    let sending = 0;
    const pools = { on: new Pool({ connectionString: database.url, max: 8 }), off: new Pool({ connectionString: database.url, max: 8 }) };
    const clients = { on: hitsOnly(pools.on, { countLookups: true }), off: hitsOnly(pools.off, { countLookups: false }) };
    try {
      // Both sides are warm before the first round.
      for (const side of SIDES) await hits(clients[side], inputs, seconds / 3);
      await clients.on.flush();
      for (let round = 0; round < rounds; round += 1) {
        const done = { on: 0, off: 0 };
        const took = { on: 0, off: 0 };
        for (let slice = 0; slice < Math.ceil(seconds / SLICE); slice += 1) {
          for (const side of Math.random() < 0.5 ? SIDES : [...SIDES].reverse()) {
            const begun = performance.now();
            done[side] += await hits(clients[side], inputs, Math.min(seconds, SLICE));
            took[side] += performance.now() - begun;
          }
        }
        counted.push({ done, took });
      }
      const begun = performance.now();
      await clients.on.flush();
      sending = (performance.now() - begun) / rounds;
    } finally {
      for (const side of SIDES) {
        await clients[side].close();
        await pools[side].end();
      }
    }
    return {
      lines: [
        line({
          what: 'hits, counted',
          beside: 'not counted',
          unit: 'hits/s',
          ours: counted.map(({ done, took }) => (done.on / (took.on + sending)) * 1000),
          theirs: counted.map(({ done, took }) => (done.off / took.off) * 1000),
          reach: { least: 0.95 },
        }),
      ],
    };
  },
};

/** How many hits 8 callers have in so many seconds. */
async function hits(evergreen: Evergreen, inputs: readonly unknown[], seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let done = 0;
  const caller = async () => {
    while (performance.now() < end) {
      const input = inputs[Math.floor(Math.random() * inputs.length)];
      const { outcome } = await evergreen.answer({ contentType: OWN_TYPE, input, schema: articleSchema });
      if (outcome !== 'fresh') throw new Error(`what should be a hit is ${outcome}`);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, caller));
  return done;
}
