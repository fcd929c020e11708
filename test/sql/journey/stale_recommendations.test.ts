import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, type Connection, call, one, row, untilBlocked, withConnections } from '../core/calls.js';
import {
  contextHash,
  ELSEWHERE,
  insertRows,
  item,
  makeCompany,
  makeRecommendation,
  makeStep,
  recommendation,
  saveRecommendations,
  setStatus,
} from './world.js';

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
async function outdate(companies: string[], count: number, context_hash = ELSEWHERE): Promise<void> {
  await insertRows(
    database.pool,
    'ai_generated_recommendations',
    companies.flatMap((company_id) =>
      Array.from({ length: count }, (_, n) => ({
        id: randomUUID(),
        company_id,
        recommendation_key: `general:${n}`,
        content: { title: `${n}` },
        context_hash,
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

test('a batch that is full because there were no more goes on with the next companies', async () => {
  const companies = (await Promise.all(Array.from({ length: 101 }, () => makeCompany(database.pool)))).sort();
  await outdate(companies.slice(0, 5), 2);
  await outdate(companies.slice(100), 2);
  for (const company of companies.slice(5, 100)) await outdate([company], 1, await contextHash(database.pool, company));
  expect(await step(10, null)).toEqual({ done: 10, next_cursor: companies[99] });
  expect(await step(10, companies[99] as string)).toEqual({ done: 2, next_cursor: companies[100] });
  expect(await live()).toBe(95);
});

test('hashes greater and smaller than that of the present state are outdated', async () => {
  const company = await makeCompany(database.pool);
  const present = await contextHash(database.pool, company);
  for (const hash of ['0'.repeat(64), 'f'.repeat(64), present]) await outdate([company], 1, hash);
  expect((await step(10, null)).done).toBe(2);
  expect(await database.query(`SELECT context_hash FROM evergreen.ai_generated_recommendations WHERE status = 'fresh'`)).toEqual([
    { context_hash: present },
  ]);
});

test('a row that is completed while the batch waits for nobody is passed over, and left completed', async () => {
  const { id, company } = await makeRecommendation(database.pool);
  await outdate([company], 1);
  await database.query(`UPDATE evergreen.ai_generated_recommendations SET context_hash = $2 WHERE id = $1`, [id, ELSEWHERE]);
  await withConnections(database, 1, async ([person]) => {
    await person?.query('BEGIN');
    await call(person as Client, 'track_recommendation_completion', { recommendation_id: id });
    expect((await step(10, null)).done).toBe(1);
    await person?.query('COMMIT');
  });
  expect((await run(10)).reduce((sum, done) => sum + done)).toBe(0);
  expect(await recommendation(database.pool, id)).toMatchObject({ status: 'completed' });
});

test('a row that is completed after the batch has begun to look and before it locks the row is passed over, and left completed', async () => {
  const { id, company } = await makeRecommendation(database.pool);
  await outdate([company], 1);
  await database.query(`UPDATE evergreen.ai_generated_recommendations SET context_hash = $2 WHERE id = $1`, [id, ELSEWHERE]);
  await withConnections(database, 2, async ([host, batch]) => {
    // Without tracking a batch reads the company's steps, between its snapshot and the first row it locks.
    await host?.query('BEGIN');
    await host?.query('LOCK TABLE public.company_journey_steps IN ACCESS EXCLUSIVE MODE');
    const marking = step(10, null, batch);
    await untilBlocked(database, 1);
    await call(database.pool, 'track_recommendation_completion', { recommendation_id: id });
    await host?.query('COMMIT');
    expect((await marking).done).toBe(1);
  });
  expect(await recommendation(database.pool, id)).toMatchObject({ status: 'completed' });
  expect(await live()).toBe(0);
});

test('what is saved again for another state after the batch has begun to look is left alone', async () => {
  const { id, company } = await makeRecommendation(database.pool);
  const present = await contextHash(database.pool, company);
  await database.query(`UPDATE evergreen.ai_generated_recommendations SET context_hash = $2 WHERE id = $1`, [id, ELSEWHERE]);
  await withConnections(database, 2, async ([host, batch]) => {
    await host?.query('BEGIN');
    await host?.query('LOCK TABLE public.company_journey_steps IN ACCESS EXCLUSIVE MODE');
    const marking = step(10, null, batch);
    await untilBlocked(database, 1);
    await database.query(`UPDATE evergreen.ai_generated_recommendations SET context_hash = $2 WHERE id = $1`, [id, present]);
    await host?.query('COMMIT');
    expect((await marking).done).toBe(0);
  });
  expect(await recommendation(database.pool, id)).toMatchObject({ status: 'fresh' });
});

test('where changes are tracked, the hashes of what it looks at are at hand afterwards, and hide no change', async () => {
  await call(database.pool, 'attach_host', { track_changes: true });
  await call(database.pool, 'refresh_company_contexts', { company_ids: [] });
  const companies = await Promise.all(Array.from({ length: 3 }, () => makeCompany(database.pool)));
  for (const company of companies) await saveRecommendations(database.pool, company, [item(null)]);
  expect((await step(10, null)).done).toBe(0);
  const kept = () =>
    one<number>(database.pool, 'SELECT count(*)::integer FROM evergreen.company_context_hashes WHERE company_id = ANY ($1)', [companies]);
  expect(await kept()).toBe(3);
  await setStatus(database.pool, companies[1] as string, await makeStep(database.pool), 'completed');
  expect((await step(10, null)).done).toBe(1);
  expect(await one(database.pool, 'SELECT count(*)::integer FROM evergreen.company_changes')).toBe(0);
  await call(database.pool, 'attach_host', { track_changes: false });
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

test('more than are looked at together are all marked, also where another holds all that are looked at first', async () => {
  const company = await makeCompany(database.pool);
  await outdate([company], 1200);
  const hold = (count: number) => `SELECT FROM evergreen.ai_generated_recommendations ORDER BY generated_at DESC LIMIT ${count} FOR UPDATE`;
  await withConnections(database, 1, async ([holder]) => {
    await holder?.query('BEGIN');
    await holder?.query(hold(1000));
    expect((await step(70, null)).done).toBe(70);
    await holder?.query('ROLLBACK');
    await holder?.query('BEGIN');
    await holder?.query(hold(980));
    expect((await run(70)).reduce((sum, done) => sum + done)).toBe(150);
    await (holder as Client).query('ROLLBACK');
  });
  expect(Math.max(...(await run(70)))).toBe(70);
  expect(await live()).toBe(0);
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
