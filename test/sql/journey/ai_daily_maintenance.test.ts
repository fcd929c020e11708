/** What the daily maintenance does to the journey; how it runs its steps is in ../core/ai_daily_maintenance.test.ts. */
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { waitUntil } from '../../support/wait-until.js';
import { at, call, one, pidOf, row, untilBlocked, value, withConnections } from '../core/calls.js';
import {
  contextHash,
  ELSEWHERE,
  insertRows,
  insight,
  item,
  lookRecommendations,
  makeCompany,
  makeStep,
  saveHealth,
  saveInsights,
  saveRecommendations,
  setStatus,
} from './world.js';

const database = useDatabase({ host: true });
beforeEach(async () => {
  await database.query('DELETE FROM public.companies');
  await database.query('TRUNCATE evergreen.system_logs');
});

const maintain = (client?: Client) => (client ?? database.pool).query('CALL evergreen.ai_daily_maintenance()');
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
const staled = () =>
  one<number>(database.pool, `SELECT count(*)::integer FROM evergreen.ai_generated_recommendations WHERE status = 'stale'`);
const lines = () =>
  database.query<{ message: string; detail: { rows: number } }>(
    `SELECT message, detail FROM evergreen.system_logs WHERE component = 'ai_maintenance' AND detail ->> 'step' = 'stale_recommendations' ORDER BY id`,
  );

/** That many outdated recommendations of a new company, by title: `0` (the oldest), `1`, ... */
async function outdate(count: number, prefix = ''): Promise<string> {
  const company = await makeCompany(database.pool);
  await insertRows(
    database.pool,
    'ai_generated_recommendations',
    Array.from({ length: count }, (_, n) => ({
      id: randomUUID(),
      company_id: company,
      recommendation_key: `general:${n}`,
      content: { title: `${prefix}${n}` },
      context_hash: ELSEWHERE,
      status: 'fresh',
      generation_model: 'm',
      generated_at: at(n),
      times_presented: 0,
      rank: 1,
      revision: 1,
      schema_version: 1,
    })),
  );
  return company;
}

test('R27: marks what is outdated until nothing is left, and says so in system_logs in the words of the seed', async () => {
  await outdate(23);
  await maintain();
  expect(await staled()).toBe(23);
  expect((await lines()).map(({ message }) => message)).toEqual(['Marked 23 recommendations as stale']);
});

test('nothing to do is said too', async () => {
  await maintain();
  expect((await lines()).map(({ message }) => message)).toEqual(['Marked 0 recommendations as stale']);
});

test('R26: keeps the snapshot of the present state of a company that has been quiet for 200 days, and prunes its others', async () => {
  const company = await makeCompany(database.pool);
  await value(database.pool, 'generate_company_context_hash', { company_id: company });
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  const present = await value<string>(database.pool, 'generate_company_context_hash', { company_id: company });
  await database.query(
    `UPDATE evergreen.ai_context_snapshots SET created_at = now() - interval '200 days', last_seen_at = now() - interval '200 days'`,
  );
  await maintain();
  expect(await database.query('SELECT context_hash FROM evergreen.ai_context_snapshots WHERE company_id = $1', [company])).toEqual([
    { context_hash: present },
  ]);
});

test('prunes by policy: content of over a year, the log of over 90 days; what they cost stays in the statistics', async () => {
  const company = await makeCompany(database.pool);
  for (const now of [daysAgo(366), daysAgo(200), daysAgo(1)]) {
    await saveRecommendations(database.pool, company, [item(null, now)], { now });
    await saveInsights(database.pool, company, [insight(now)], { now });
    await saveHealth(database.pool, company, { headline: now }, { now });
  }
  const usage = () =>
    call(database.pool, 'get_ai_usage_stats', {
      start_date: daysAgo(400).replace(/T.*/, 'T00:00:00Z'),
      end_date: daysAgo(-1).replace(/T.*/, 'T00:00:00Z'),
    });
  const before = await usage();
  await maintain();
  const counts = await Promise.all(
    ['ai_generated_recommendations', 'ai_generated_insights', 'ai_business_health_summaries', 'ai_generation_logs'].map((table) =>
      one<number>(database.pool, `SELECT count(*)::integer FROM evergreen.${table}`),
    ),
  );
  // The summary of one state is one row, generated again a day ago.
  expect(counts).toEqual([2, 2, 1, 3]);
  expect(await usage()).toEqual(before);
  expect(before.length).toBe(9);
});

test('makes the partitions of the log for the three months to come', async () => {
  const ahead = () =>
    one<number>(
      database.pool,
      `SELECT count(*)::integer FROM pg_class WHERE relname = 'ai_generation_logs_' || to_char(now() AT TIME ZONE 'UTC' + interval '2 months', 'YYYY_MM')`,
    );
  await database.query(
    `DO $$ BEGIN EXECUTE format('DROP TABLE evergreen.ai_generation_logs_%s', to_char(now() AT TIME ZONE 'UTC' + interval '2 months', 'YYYY_MM')); END $$`,
  );
  expect(await ahead()).toBe(0);
  await maintain();
  expect(await ahead()).toBe(1);
});

describe('in the middle of staling', () => {
  /** Stops at a recommendation until the advisory lock 42 is free. */
  beforeAll(() =>
    database.query(`
      CREATE FUNCTION public.pause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NEW; END $$;
      CREATE TRIGGER pause BEFORE UPDATE ON evergreen.ai_generated_recommendations FOR EACH ROW
        WHEN (NEW.status = 'stale' AND NEW.content ->> 'title' = '12') EXECUTE FUNCTION public.pause();
      UPDATE evergreen.maintenance_steps SET batch_size = 5 WHERE step = 'stale_recommendations'`),
  );
  afterAll(() => database.query('DROP FUNCTION public.pause() CASCADE'));

  /** Runs `work` while a run stands in its third batch of five. */
  async function paused(work: (runner: Client, running: Promise<unknown>) => Promise<void>): Promise<void> {
    await withConnections(database, 2, async ([keeper, runner]) => {
      await keeper?.query('SELECT pg_advisory_lock(42)');
      const running = (runner as Client).query('CALL evergreen.ai_daily_maintenance()').catch((error) => error);
      await untilBlocked(database, 1, [pidOf(runner as Client)]);
      await work(runner as Client, running);
      await keeper?.query('SELECT pg_advisory_unlock(42)');
      await running;
    });
  }

  test('what its earlier batches did is committed: others see it, and their rows are free', async () => {
    const company = await outdate(20);
    await paused(async () => {
      expect(await staled()).toBe(10);
      const first = await one<string>(
        database.pool,
        `SELECT id FROM evergreen.ai_generated_recommendations WHERE company_id = $1 AND content ->> 'title' = '0'`,
        [company],
      );
      await database.query(
        `SET lock_timeout = '1s'; SELECT FROM evergreen.ai_generated_recommendations WHERE id = '${first}' FOR UPDATE; RESET lock_timeout`,
      );
    });
    expect(await staled()).toBe(20);
    expect((await lines()).map(({ message }) => message)).toEqual(['Marked 20 recommendations as stale']);
  });

  test('killed there, it keeps what was done, and run again it finishes the rest', async () => {
    await outdate(20);
    await withConnections(database, 1, async ([keeper]) => {
      await keeper?.query('SELECT pg_advisory_lock(42)');
      const { Client: Connection } = await import('pg');
      const runner = new Connection({ connectionString: database.url });
      runner.on('error', () => undefined);
      await runner.connect();
      const running = maintain(runner).catch((error) => error);
      await untilBlocked(database, 1, [pidOf(runner)]);
      await database.query('SELECT pg_terminate_backend($1)', [pidOf(runner)]);
      expect(await running).toBeInstanceOf(Error);
      await runner.end().catch(() => undefined);
      await waitUntil(
        'it is gone',
        async () => (await database.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pidOf(runner)])).length === 0,
      );
    });
    expect(await staled()).toBe(10);
    expect(await lines()).toEqual([]);
    await maintain();
    expect(await staled()).toBe(20);
    expect((await lines()).map(({ message }) => message)).toEqual(['Marked 10 recommendations as stale']);
  });

  test('called a second time meanwhile, the two share the work: the second passes over what the first holds and finishes', async () => {
    const [first, second] = [await outdate(20), await outdate(20, 'other ')];
    await paused(async () => {
      await maintain();
      const done = await staled();
      expect(done).toBeGreaterThanOrEqual(35);
      expect(done).toBeLessThan(40);
    });
    expect(await staled()).toBe(40);
    const reported = (await lines()).map(({ detail }) => detail.rows);
    expect(reported).toHaveLength(2);
    expect(reported.reduce((sum, rows) => sum + rows)).toBe(40);
    for (const company of [first, second])
      expect(await lookRecommendations(database.pool, company)).toMatchObject({ freshness: 'expired' });
  });

  test('saves for the same company go on', async () => {
    const company = await outdate(20);
    await paused(async () => {
      expect(await saveRecommendations(database.pool, company, [item(null, 'meanwhile')])).toMatchObject({ state: 'saved' });
    });
    expect(await row(database.pool, 'lookup_recommendations', { company_id: company, now: at() })).toMatchObject({
      freshness: 'fresh',
      context_hash: await contextHash(database.pool, company),
    });
  });
});

test('inside of a transaction block it is refused, and nothing was done', async () => {
  await outdate(3);
  await withConnections(database, 1, async ([client]) => {
    await client?.query('BEGIN');
    await expect(maintain(client)).rejects.toMatchObject({ code: '2D000' });
    await client?.query('ROLLBACK');
  });
  expect(await staled()).toBe(0);
  expect(await lines()).toEqual([]);
});
