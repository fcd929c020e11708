import OpenAI from 'openai';
import { Pool } from 'pg';
import { z } from 'zod';
import { createEvergreen, type Evergreen, type EvergreenOptions, type Outcome } from '../../../src/index.js';
import type { BenchDatabase, Row } from '../bench.js';
import { contentDatabase, OWN_TYPE } from '../content.js';
import { callByCall, type Line, line, quantile } from '../measure.js';

const RECOMMENDATION = 'id, step_id, content, status, revision, generated_at, generation_model, generation_prompt_id, context_hash';
const ANSWER = 'id, input_hash, result, revision, generated_at, generation_model, generation_prompt_id';

/** What `articleResult` of the content is. */
export const articleSchema = z.object({ summary: z.string(), keywords: z.array(z.string()), points: z.array(z.string()) });

/** A client whose provider is nowhere: it can only answer from the database. */
export function hitsOnly(pool: Pool, options: Pick<EvergreenOptions, 'countLookups'> = {}): Evergreen {
  return createEvergreen({ ...options, pool, openai: new OpenAI({ apiKey: 'none', baseURL: 'http://127.0.0.1:1/v1', maxRetries: 0 }) });
}

interface Hit {
  readonly what: string;
  /** Rows of a key for ours, and one for the bare read. */
  readonly keys: string;
  /** What a caller of ours has at hand. */
  asked(key: string): unknown;
  ours(evergreen: Evergreen, asked: unknown): Promise<{ outcome: Outcome }>;
  readonly bare: { name: string; text: string };
}

const HITS: readonly Hit[] = [
  {
    what: 'recommendations(), 3 rows',
    keys: `SELECT r.company_id::text AS ours, array_agg(r.id)::text AS bare FROM evergreen.ai_generated_recommendations AS r GROUP BY r.company_id`,
    asked: (companyId) => companyId,
    ours: (evergreen, companyId) => evergreen.recommendations({ companyId: companyId as string }),
    bare: {
      name: 'bare_recommendations',
      text: `SELECT ${RECOMMENDATION} FROM evergreen.ai_generated_recommendations WHERE id = ANY ($1::uuid[])`,
    },
  },
  {
    what: 'cluster()',
    keys: `SELECT i.input AS ours, i.id::text AS bare FROM bench.inputs AS i WHERE i.content_type = 'cluster'`,
    asked: (input) => JSON.parse(input),
    ours: (evergreen, input) => evergreen.cluster(input),
    bare: { name: 'bare_cluster', text: `SELECT ${ANSWER} FROM evergreen.ai_answers WHERE id = $1` },
  },
  {
    what: 'answer(), a content type of the application',
    keys: `SELECT i.input AS ours, i.id::text AS bare FROM bench.inputs AS i WHERE i.content_type = '${OWN_TYPE}'`,
    asked: (input) => JSON.parse(input),
    ours: (evergreen, input) => evergreen.answer({ contentType: OWN_TYPE, input, schema: articleSchema }),
    bare: { name: 'bare_answer', text: `SELECT ${ANSWER} FROM evergreen.ai_answers WHERE id = $1` },
  },
];

/** Row 2: what a hit through the TypeScript client costs. */
export const clientHits: Row = {
  number: 2,
  title: 'a hit through the TypeScript client, one call at a time',
  includes:
    'Times of the calls of a client beside pool.query of a SELECT of the same rows by their primary key, prepared by name, through another pool of the same settings; ' +
    'random keys, one caller, one process, a call of each in turn, by chance which of them first, so that what disturbs the machine disturbs both. In: the check of the arguments, the JSON ' +
    'of the input, the lookup, the content as JavaScript values, the counting of lookups and of answers and its sending, which goes on beside the calls of either. Not in: connecting, the first ' +
    'calls of each, reading the input from the text that the benchmark keeps it as. ',
  async run(bench) {
    const database = await contentDatabase(bench);
    const rounds = bench.pick({ full: 5, quick: 3, tiny: 1 });
    const calls = bench.pick({ full: 6_000, quick: 1_200, tiny: 20 });
    const lines: Line[] = [];
    for (const hit of HITS) lines.push(...(await compare(database, hit, rounds, calls)));
    return {
      lines,
      notes: [`${rounds} rounds of ${calls.toLocaleString('en-US')} calls a side; each answer was looked at: all were fresh.`],
    };
  },
};

async function compare(database: BenchDatabase, hit: Hit, rounds: number, calls: number): Promise<Line[]> {
  const found = await database.query<{ ours: string; bare: string }>(`SELECT * FROM (${hit.keys}) AS k ORDER BY random() LIMIT 10000`);
  const keys = found.map(({ ours, bare }) => ({ asked: hit.asked(ours), bare }));
  const pools = {
    ours: new Pool({ connectionString: database.url, max: 10 }),
    bare: new Pool({ connectionString: database.url, max: 10 }),
  };
  const evergreen = hitsOnly(pools.ours);
  let done = 0;
  const keyOf = (call: number) => keys[(done + call) % keys.length] as (typeof keys)[number];
  const sides = {
    ours: async (call: number) => {
      const { outcome } = await hit.ours(evergreen, keyOf(call).asked);
      if (outcome !== 'fresh') throw new Error(`${hit.what} answered ${outcome}`);
    },
    bare: async (call: number) => {
      const { rows } = await pools.bare.query({ ...hit.bare, values: [keyOf(call).bare] });
      if (rows.length === 0) throw new Error(`${hit.what}: the bare read found nothing`);
    },
  };
  try {
    await callByCall(sides, Math.min(calls, 1_000));
    const p50: Record<'ours' | 'bare', number[]> = { ours: [], bare: [] };
    const p99: Record<'ours' | 'bare', number[]> = { ours: [], bare: [] };
    for (let round = 0; round < rounds; round += 1, done += calls) {
      const taken = await callByCall(sides, calls);
      for (const side of ['ours', 'bare'] as const) {
        p50[side].push(quantile(taken[side], 0.5));
        p99[side].push(quantile(taken[side], 0.99));
      }
    }
    const beside = 'pool.query by primary key';
    return [
      line({ what: `${hit.what}, p50`, beside, unit: 'ms', ours: p50.ours, theirs: p50.bare, reach: { most: 1.15 } }),
      line({ what: `${hit.what}, p99`, beside, unit: 'ms', ours: p99.ours, theirs: p99.bare, reach: { most: 1.5 } }),
    ];
  } finally {
    await evergreen.close();
    await Promise.all([pools.ours.end(), pools.bare.end()]);
  }
}
