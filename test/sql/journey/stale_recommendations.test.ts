import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, type Connection, call, one, row, withConnections } from '../core/calls.js';
import { ELSEWHERE, insertRows, makeCompany, makeRecommendation, recommendation } from './world.js';

const database = useDatabase({ host: true });
afterEach(() => database.query('DELETE FROM public.companies'));

interface Batch extends Record<string, unknown> {
  done: number;
  next_cursor: string | null;
}

const step = (batch_size: number, cursor: string | null, on: Connection = database.pool) =>
  row<Batch>(on, 'stale_recommendations', { batch_size, cursor });

/** All batches of a run, as ai_daily_maintenance() does them. */
async function run(batch_size: number, on: Connection = database.pool): Promise<number[]> {
  const done: number[] = [];
  let cursor: string | null = null;
  do {
    const batch: Batch = await step(batch_size, cursor, on);
    done.push(batch.done);
    cursor = batch.next_cursor;
  } while (cursor !== null);
  return done;
}

/** That many live recommendations of each of these companies, for a state they are not in. */
async function outdate(companies: string[], count: number): Promise<void> {
  await insertRows(
    database.pool,
    'ai_generated_recommendations',
    companies.flatMap((company_id) =>
      Array.from({ length: count }, (_, n) => ({
        id: randomUUID(),
        company_id,
        recommendation_key: `general:${n}`,
        content: { title: `${n}` },
        context_hash: ELSEWHERE,
        status: 'fresh',
        generation_model: 'm',
        generated_at: at(n),
        times_presented: 0,
        rank: 1,
        revision: 1,
        schema_version: 1,
      })),
    ),
  );
}

const live = () =>
  one<number>(database.pool, `SELECT count(*)::integer FROM evergreen.ai_generated_recommendations WHERE status IN ('fresh', 'active')`);

test('looks at 100 companies a batch, each once a run, and ends', async () => {
  const companies = await Promise.all(Array.from({ length: 250 }, () => makeCompany(database.pool)));
  await outdate(companies, 1);
  expect(await run(1000)).toEqual([100, 100, 50, 0]);
  expect(await live()).toBe(0);
});

test('marks at most p_batch_size, the oldest of these companies first, and comes back to them until they are through', async () => {
  const companies = await Promise.all(Array.from({ length: 3 }, () => makeCompany(database.pool)));
  await outdate(companies, 10);
  expect((await step(7, null)).done).toBe(7);
  expect(await one(database.pool, `SELECT max(generated_at) FROM evergreen.ai_generated_recommendations WHERE status = 'stale'`)).toEqual(
    new Date(at(2)),
  );
  expect(await run(7)).toEqual([7, 7, 7, 2, 0]);
  expect(await live()).toBe(0);
});

test('rows that another holds are passed over, and the run ends all the same', async () => {
  const company = await makeCompany(database.pool);
  await outdate([company], 10);
  await withConnections(database, 1, async ([holder]) => {
    await holder?.query('BEGIN');
    await holder?.query(`SELECT FROM evergreen.ai_generated_recommendations ORDER BY generated_at LIMIT 4 FOR UPDATE`);
    expect((await run(3)).reduce((sum, done) => sum + done)).toBe(6);
    await (holder as Client).query('COMMIT');
  });
  expect(await live()).toBe(4);
  expect((await run(3)).reduce((sum, done) => sum + done)).toBe(4);
});

test('what is of the present state, completed or stale is left alone; nothing there is a run of nothing', async () => {
  expect(await run(10)).toEqual([0]);
  const { id } = await makeRecommendation(database.pool);
  expect(await run(10)).toEqual([0, 0]);
  expect(await recommendation(database.pool, id)).toMatchObject({ status: 'fresh' });
  await call(database.pool, 'track_recommendation_completion', { recommendation_id: id });
  expect(await run(10)).toEqual([0]);
});

test('those of a company that is gone, in an application that attached no companies, keep nobody from the rest', async () => {
  await database.query('ALTER TABLE evergreen.ai_generated_recommendations DROP CONSTRAINT ai_generated_recommendations_company_id_host');
  const [company, gone] = [await makeCompany(database.pool), randomUUID()];
  await outdate([company, gone], 2);
  expect(await run(10)).toEqual([2, 0]);
  await database.query('DELETE FROM evergreen.ai_generated_recommendations');
});
