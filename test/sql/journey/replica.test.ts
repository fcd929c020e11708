/** R23: what only reads runs in a read-only transaction and on a hot standby, and answers there as it does on the primary. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { type Server, startServer } from '../../../src/build/server.js';
import { migrate } from '../../../src/migrate.js';
import { waitUntil } from '../../support/wait-until.js';
import { type Arguments, at, type Claim, call, refusal, row } from '../core/calls.js';
import { type Standby, startStandby } from './standby.js';
import {
  bring,
  DAY,
  insight,
  item,
  type Lookup,
  makeCompany,
  makeDomain,
  makeStep,
  saveHealth,
  saveInsights,
  saveRecommendations,
  setLevel,
  setStatus,
} from './world.js';

let server: Server;
let standby: Standby;
let primary: Client;
let replica: Client;
let company: string;
let recommendation: string;

beforeAll(async () => {
  server = await startServer();
  await migrate({ databaseUrl: server.url }, { withHostTables: true });
  standby = await startStandby(server);
  primary = new Client({ connectionString: server.url });
  replica = new Client({ connectionString: standby.url });
  await Promise.all([primary.connect(), replica.connect()]);
  company = await makeCompany(primary);
  await setStatus(primary, company, await makeStep(primary), 'completed');
  await setLevel(primary, company, await makeDomain(primary), 'low');
  const { content } = await saveRecommendations(primary, company, [item(null, 'a'), item(null, 'b')]);
  recommendation = content[0]?.id as string;
  await bring(primary, content[1]?.id as string, 'completed');
  await saveInsights(primary, company, [insight('Text.')]);
  await saveHealth(primary, company);
  await replayed();
});
afterAll(async () => {
  await replica?.end();
  await primary?.end();
  await standby?.stop();
  await server?.stop();
});

/** Waits until the standby has all that the primary has committed. */
async function replayed(): Promise<void> {
  const { rows } = await primary.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn');
  await waitUntil('the standby has replayed it', async () => {
    const seen = await replica.query<{ done: boolean }>('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS done', [rows[0]?.lsn]);
    return seen.rows[0]?.done;
  });
}

/** Every function of the journey that reads, with arguments for a hit and for a miss. */
function readers(): [string, Arguments][] {
  const hit = { company_id: company, now: at() };
  const miss = { company_id: company, now: at(100 * DAY) };
  return [
    ['company_context', { company_id: company }],
    ['company_context_hash', { company_id: company }],
    ...['recommendation', 'insight', 'health'].flatMap((content_type): [string, Arguments][] => [
      ['explain_regeneration', { ...hit, content_type }],
      ['explain_regeneration', { ...miss, content_type }],
      ['should_regenerate_content', { company_id: company, content_type }],
    ]),
    ...['find_recommendations', 'find_insights', 'find_health_summary', 'get_recommendations_with_fallback'].flatMap(
      (name): [string, Arguments][] => [
        [name, hit],
        [name, { ...miss, after_failure: true }],
      ],
    ),
    ...['lookup_recommendations', 'lookup_insights', 'lookup_health_summary'].flatMap((name): [string, Arguments][] => [
      [name, hit],
      [name, miss],
      [name, { ...miss, after_failure: true }],
    ]),
    ['lookup_refinement', { recommendation_id: recommendation, instruction: 'shorter', now: at() }],
    ['lookup_refinement', { recommendation_id: recommendation, instruction: 'shorter', now: at(), after_failure: true }],
    ['get_recommendation_effectiveness', {}],
  ];
}

/** The rows without the snapshot that a lookup looked at. */
const without = (rows: Record<string, unknown>[]) => rows.map(({ seen, ...rest }) => rest);

test('no function that looks something up is VOLATILE, and those of the journey are tried here', async () => {
  const { rows } = await primary.query<{ name: string; volatility: string }>(
    `SELECT proname AS name, provolatile AS volatility FROM pg_proc
      WHERE pronamespace = 'evergreen'::regnamespace AND (proname ~ '^(lookup|explain|should|find)_' OR proname ~ '^get_recommendation' OR proname ~ '^company_context')`,
  );
  expect(rows.filter(({ volatility }) => volatility === 'v')).toEqual([]);
  const ofTheJourney = rows.filter(({ name }) => existsSync(join(__dirname, `../../../sql/journey/functions/${name}.sql`)));
  expect([...new Set(readers().map(([name]) => name))].sort()).toEqual(ofTheJourney.map(({ name }) => name).sort());
});

test('in a read-only transaction each answers as outside of it', async () => {
  for (const [name, args] of readers()) {
    const outside = await call(primary, name, args);
    await primary.query('BEGIN READ ONLY');
    expect([name, without(await call(primary, name, args))]).toEqual([name, without(outside)]);
    await primary.query('COMMIT');
  }
});

test('on a hot standby each answers as on the primary', async () => {
  expect((await replica.query('SELECT pg_is_in_recovery() AS it')).rows).toEqual([{ it: true }]);
  for (const [name, args] of readers())
    expect([name, without(await call(replica, name, args))]).toEqual([name, without(await call(primary, name, args))]);
});

test('on a hot standby bad input is the same error', async () => {
  for (const [name, args, code] of [
    ['lookup_recommendations', { company_id: null }, 'VG007'],
    ['find_insights', { company_id: company, limit: 0 }, 'VG007'],
    ['explain_regeneration', { company_id: company, content_type: 'x' }, 'VG001'],
  ] as const)
    expect(await refusal(call(replica, name, args))).toMatchObject({ code });
});

test("the seed's function that keeps a snapshot writes, and says so there", async () => {
  expect(await refusal(call(replica, 'generate_company_context_hash', { company_id: company }))).toMatchObject({ code: '25006' });
});

test('follows the application: what it changed on the primary is another state on the standby', async () => {
  const other = await makeCompany(primary);
  await saveHealth(primary, other);
  await replayed();
  const look = () => row<Lookup>(replica, 'lookup_health_summary', { company_id: other, now: at() });
  expect(await look()).toMatchObject({ freshness: 'fresh' });
  await setStatus(primary, other, await makeStep(primary), 'completed');
  await replayed();
  expect(await look()).toMatchObject({ freshness: 'expired', reason: 'context_changed' });
});

test('a standby that lags costs no second generation: the claim knows what the lookup there could not see', async () => {
  const other = await makeCompany(primary);
  await replayed();
  await replica.query('SELECT pg_wal_replay_pause()');
  await waitUntil('it is paused', async () => (await replica.query(`SELECT pg_get_wal_replay_pause_state() = 'paused' AS it`)).rows[0].it);
  await saveRecommendations(primary, other, [item(null)]);
  const looked = await row<Lookup>(replica, 'lookup_recommendations', { company_id: other, now: at() });
  expect(looked).toMatchObject({ freshness: 'missing' });
  const claim = (seen: string | null) =>
    row<Claim>(primary, 'claim_generation', {
      content_type: 'recommendation',
      cache_key: looked.cache_key,
      holder: 'h',
      company_id: other,
      seen,
      now: at(),
    });
  expect((await claim(looked.seen)).state).toBe('fresh');
  await replica.query('SELECT pg_wal_replay_resume()');
  await replayed();
  expect(await row<Lookup>(replica, 'lookup_recommendations', { company_id: other, now: at() })).toMatchObject({ freshness: 'fresh' });
  const expired = await row<Lookup>(replica, 'lookup_recommendations', { company_id: other, now: at(50 * DAY) });
  expect((await claim(expired.seen)).state).toBe('claimed');
});
