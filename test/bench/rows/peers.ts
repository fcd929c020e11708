import { Pool } from 'pg';
import type { BenchDatabase, Row } from '../bench.js';
import { articleResult, contentDatabase, OWN_TYPE } from '../content.js';
import { callByCall, type Line, line, quantile } from '../measure.js';
import { PEERS, type Peer, type PeerKind, type Stores, startRedis, versions } from '../peers.js';
import { articleSchema, hitsOnly } from './client.js';

/** Caches of a key that the caller makes; the others only cache what they make themselves. */
const KINDS = [
  'keyv on PostgreSQL',
  'cache-manager on PostgreSQL',
  'bentocache on PostgreSQL (knex)',
  'keyv on Redis',
  'bentocache on Redis',
];
const IN_PROCESS = 'bentocache on PostgreSQL, with its in-process tier';

/** Row 3: a hit beside caches from npm on the same server. */
export const peerHits: Row = {
  number: 3,
  title: 'the same hit beside caches from npm, one call at a time',
  includes:
    'Times of answer() beside get() of the same 1,200 characters of content by its key, a call of each in turn, by chance which of them first, so that what disturbs the machine disturbs both. In: for ours the check of the arguments, the hash of the input, freshness by policy, counting; ' +
    'for the others what they do with a key that is at hand, since they leave making it of the input to their caller. Nobody keeps entries in the process, except in the line that says so: ' +
    'there the others asks no server at all, and would not see what another process changed or invalidated. PostgreSQL is the same server for all. Not in: connecting, the first calls, reading the input from the text that the benchmark keeps it as.',
  async run(bench) {
    const content = await contentDatabase(bench);
    const keys = bench.pick({ full: 10_000, quick: 1_000, tiny: 20 });
    const rounds = bench.pick({ full: 5, quick: 2, tiny: 1 });
    const calls = bench.pick({ full: 3_000, quick: 800, tiny: 20 });
    const database = await bench.database('peers', async () => {});
    const redis = await startRedis();
    const stores: Stores = { postgresUrl: database.url, redisPort: redis?.port };
    const lines: Line[] = [];
    const leftOut: string[] = [];
    const notes = [`${keys.toLocaleString('en-US')} entries, ${rounds} rounds of ${calls.toLocaleString('en-US')} calls a side.`];
    if (redis) notes.push(`Redis ${redis.version}, nothing kept on disk.`);
    try {
      for (const kind of PEERS.filter(({ name }) => KINDS.includes(name) || name === IN_PROCESS)) {
        if (kind.needsRedis && !redis) {
          leftOut.push(`${kind.name}: redis-server is not installed`);
          continue;
        }
        let peer: Peer | undefined;
        try {
          peer = await kind.open(stores);
          await fill(peer, keys);
        } catch (error) {
          leftOut.push(`${kind.name} (${versions(kind.packages)}): ${String(error).split('\n')[0]}`);
          await peer?.close().catch(() => {});
          continue;
        }
        lines.push(...(await compare(content, kind, peer, { keys, rounds, calls }).finally(() => peer.close())));
        notes.push(`${kind.name}: ${versions(kind.packages)}.`);
      }
    } finally {
      await redis?.stop();
    }
    return { lines, leftOut, notes };
  },
};

async function fill(peer: Peer, keys: number): Promise<void> {
  for (let from = 0; from < keys; from += 8) {
    await Promise.all(Array.from({ length: Math.min(8, keys - from) }, (_, i) => peer.set(`answer-${from + i}`, articleResult(from + i))));
  }
}

async function compare(
  content: BenchDatabase,
  kind: PeerKind,
  peer: Peer,
  { keys, rounds, calls }: { keys: number; rounds: number; calls: number },
): Promise<Line[]> {
  const found = await content.query<{ input: string }>(
    `SELECT i.input FROM bench.inputs AS i WHERE i.content_type = $1 ORDER BY random() LIMIT $2`,
    [OWN_TYPE, keys],
  );
  const inputs = found.map(({ input }) => JSON.parse(input) as unknown);
  const theirKeys = Array.from({ length: keys }, (_, i) => `answer-${(i * 7919) % keys}`);
  const pool = new Pool({ connectionString: content.url, max: 10 });
  const evergreen = hitsOnly(pool);
  let done = 0;
  const sides = {
    ours: async (call: number) => {
      const input = inputs[(done + call) % inputs.length];
      const { outcome } = await evergreen.answer({ contentType: OWN_TYPE, input, schema: articleSchema });
      if (outcome !== 'fresh') throw new Error(`answer() answered ${outcome}`);
    },
    theirs: async (call: number) => {
      const key = theirKeys[(done + call) % keys] as string;
      if (!(await peer.get(key))) throw new Error(`${kind.name} has lost ${key}`);
    },
  };
  try {
    await callByCall(sides, Math.min(calls, 1_000));
    const p50: Record<'ours' | 'theirs', number[]> = { ours: [], theirs: [] };
    const p99: Record<'ours' | 'theirs', number[]> = { ours: [], theirs: [] };
    for (let round = 0; round < rounds; round += 1, done += calls) {
      const taken = await callByCall(sides, calls);
      for (const side of ['ours', 'theirs'] as const) {
        p50[side].push(quantile(taken[side], 0.5));
        p99[side].push(quantile(taken[side], 0.99));
      }
    }
    const reach = kind.needsRedis || kind.inProcess ? undefined : { least: 1 };
    const common = { beside: kind.name, unit: 'ms', ratioOf: 'theirs / ours' as const, reach };
    return [
      line({ ...common, what: 'answer(), p50', ours: p50.ours, theirs: p50.theirs }),
      line({ ...common, what: 'answer(), p99', ours: p99.ours, theirs: p99.theirs }),
    ];
  } finally {
    await evergreen.close();
    await pool.end();
  }
}
