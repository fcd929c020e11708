import { Pool } from 'pg';
import { z } from 'zod';
import { createEvergreen } from '../../../src/index.js';
import type { BenchDatabase, Row } from '../bench.js';
import { contentDatabase, MODEL, OWN_TYPE } from '../content.js';
import { inTurn, line } from '../measure.js';

const schema = z.object({ summary: z.string(), keywords: z.array(z.string()), points: z.array(z.string()) });

/** Row 4: what counting costs. */
export const counting: Row = {
  number: 4,
  title: 'counting of lookups, through the client',
  includes:
    'Hits of the TypeScript client, 8 at a time over 8 connections in one process, with countLookups true (outcome, time and use of each are counted and sent in batches, ' +
    'which is in the time) and false.',
  async run(bench) {
    const rounds = bench.pick({ full: 7, quick: 3, tiny: 1 });
    const seconds = bench.pick({ full: 4, quick: 1.1, tiny: 0.1 });
    const database = await contentDatabase(bench);
    const inputs = (
      await database.query<{ input: string }>('SELECT i.input FROM bench.inputs AS i WHERE i.content_type = $1', [OWN_TYPE])
    ).map(({ input }) => JSON.parse(input) as unknown);
    const side =
      (countLookups: boolean, lasting = seconds) =>
      () =>
        hitsASecond(database, inputs, countLookups, lasting);
    // Both sides are warm before the first round.
    for (const counted of [true, false]) await side(counted, seconds / 3)();
    const samples = await inTurn({ on: side(true), off: side(false) }, rounds);
    return {
      lines: [
        line({
          what: 'hits, counted',
          beside: 'not counted',
          unit: 'hits/s',
          ours: samples.on,
          theirs: samples.off,
          reach: { least: 0.95 },
        }),
      ],
    };
  },
};

async function hitsASecond(database: BenchDatabase, inputs: readonly unknown[], countLookups: boolean, seconds: number): Promise<number> {
  const pool = new Pool({ connectionString: database.url, max: 8 });
  const nobody = { chat: { completions: { create: () => Promise.reject(new Error('a hit asks no model')) } } };
  const evergreen = createEvergreen({ pool, openai: nobody as never, model: MODEL, countLookups });
  const ask = () => evergreen.answer({ contentType: OWN_TYPE, input: inputs[Math.floor(Math.random() * inputs.length)], schema });
  try {
    await Promise.all(Array.from({ length: 8 }, ask));
    const from = performance.now();
    let hits = 0;
    const caller = async () => {
      while (performance.now() - from < seconds * 1000) {
        const { outcome } = await ask();
        if (outcome !== 'fresh') throw new Error(`what should be a hit is ${outcome}`);
        hits += 1;
      }
    };
    await Promise.all(Array.from({ length: 8 }, caller));
    // What is counted but not sent yet is part of the cost.
    await evergreen.flush();
    return hits / ((performance.now() - from) / 1000);
  } finally {
    await evergreen.close();
    await pool.end();
  }
}
