/** What only reads runs on a hot standby, and answers there as it does on the primary. */
import { Client, Pool } from 'pg';
import { type Server, startServer } from '../../../src/build/server.js';
import { createEvergreen } from '../../../src/index.js';
import { migrate } from '../../../src/migrate.js';
import { useSimulation } from '../../support/provider.js';
import { waitUntil } from '../../support/wait-until.js';
import { type Arguments, at, call, refusal } from '../core/calls.js';
import { type Standby, startStandby } from '../journey/standby.js';
import { generate } from './asking.js';

let server: Server;
let standby: Standby;
let primary: Client;
let replica: Client;
let cluster: string;
const simulation = useSimulation();

beforeAll(async () => {
  server = await startServer();
  await migrate({ databaseUrl: server.url });
  standby = await startStandby(server);
  primary = new Client({ connectionString: server.url });
  replica = new Client({ connectionString: standby.url });
  await Promise.all([primary.connect(), replica.connect()]);
  cluster = (await generate(primary, ['apples', 'pears'], 1, {}, { embedding: [1, 0], embedding_model: 'e' })).id;
  await generate(primary, {}, 'goals', { content_type: 'cluster_goal', parent_id: cluster });
  const { rows } = await primary.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn');
  await waitUntil('the standby has replayed it', async () => {
    const seen = await replica.query<{ done: boolean }>('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS done', [rows[0]?.lsn]);
    return seen.rows[0]?.done;
  });
});
afterAll(async () => {
  await replica?.end();
  await primary?.end();
  await standby?.stop();
  await server?.stop();
});

/** Every function of the shelf that reads, with arguments for a hit and for a miss. */
function readers(): [string, Arguments][] {
  const asked = { model: 'metered', provider: 'test', now: at() };
  const words = '["apples","pears"]';
  const hit = '["pears", "apples"]';
  const near = '["pears", "apples", "plums"]';
  return [
    ['lookup_answer', { content_type: 'cluster', input: hit, ...asked }],
    ['lookup_answer', { content_type: 'cluster', input: near, ...asked, similar: true, threshold: 0.1 }],
    [
      'lookup_answer',
      { content_type: 'cluster', input: near, ...asked, similar: true, threshold: 0.1, embedding: [1, 1], embedding_model: 'e' },
    ],
    ['lookup_answer', { content_type: 'cluster', input: hit, ...asked, model: 'other', after_failure: true }],
    ['hit_answer', { content_type: 'cluster', input: words, ...asked }],
    ['hit_answers', { content_type: 'cluster', inputs: [near, words], ...asked }],
    ['lookup_answers', { content_type: 'cluster', inputs: [hit, near, '[]'], ...asked }],
    ['find_answer', { content_type: 'cluster', input: hit, now: at() }],
    ['find_cluster', { input: hit, now: at() }],
    ['find_cluster_goals', { cluster_id: cluster, now: at() }],
    ['find_similar_answers', { content_type: 'cluster', input: near, ...asked, threshold: 0.1 }],
    ['find_similar_clusters', { input: near, ...asked, threshold: 0.1 }],
    ['clusters_to_warm', { limit: 1 }],
    ['inputs_agree', { a: 'a', b: 'b' }],
    ['suggest_similarity_threshold', { max_error_rate: 0.1 }],
  ];
}

test('on a hot standby each answers as on the primary', async () => {
  expect((await replica.query('SELECT pg_is_in_recovery() AS it')).rows).toEqual([{ it: true }]);
  const without = (rows: Record<string, unknown>[]) => rows.map(({ seen, ...rest }) => rest);
  for (const [name, args] of readers()) {
    const there = without(await call(replica, name, args));
    expect([name, there]).toEqual([name, without(await call(primary, name, args))]);
    if (name !== 'clusters_to_warm') expect([name, there.length > 0]).toEqual([name, true]);
  }
});

test('on a hot standby bad input is the same error', async () => {
  for (const [input, code] of [
    ['["\\u0000"]', 'VG007'],
    ['['.repeat(100_000), 'VG007'],
    [JSON.stringify('x'.repeat(300_000)), 'VG006'],
  ] as const)
    expect(await refusal(call(replica, 'lookup_answer', { content_type: 'cluster', input, model: 'm' }))).toMatchObject({ code });
});

test('the client answers there what is missing as when a database cannot be written to: uncached', async () => {
  const pool = new Pool({ connectionString: standby.url });
  const evergreen = createEvergreen({ pool, openai: simulation.openai });
  expect(await evergreen.cluster(['not', 'there', 'yet'])).toMatchObject({ outcome: 'uncached', reason: 'database_down' });
  await evergreen.close();
  await pool.end();
});
