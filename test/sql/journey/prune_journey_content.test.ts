import { useDatabase } from '../../support/database.js';
import { at, call, one, row } from '../core/calls.js';
import { bring, DAY, insight, item, makeCompany, saveHealth, saveInsights, saveRecommendations } from './world.js';

const database = useDatabase({ host: true });
afterEach(() => database.query('DELETE FROM public.companies'));

interface Batch extends Record<string, unknown> {
  done: number;
  next_cursor: string | null;
}

/** All batches of a run, as ai_daily_maintenance() does them. */
async function run(batch_size: number, now: string): Promise<number[]> {
  const done: number[] = [];
  let cursor: string | null = null;
  do {
    const batch: Batch = await row<Batch>(database.pool, 'prune_journey_content', { batch_size, cursor, now });
    done.push(batch.done);
    cursor = batch.next_cursor;
  } while (cursor !== null);
  return done;
}

const counts = async () =>
  Promise.all(
    ['ai_generated_recommendations', 'ai_generated_insights', 'ai_business_health_summaries'].map((table) =>
      one<number>(database.pool, `SELECT count(*)::integer FROM evergreen.${table}`),
    ),
  );

/** A company with three recommendations, two insights and a summary. */
async function full(now: string): Promise<string> {
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null, 'a'), item(null, 'b'), item(null, 'c')], { now });
  await saveInsights(database.pool, company, [insight('One.'), insight('Two.')], { now });
  await saveHealth(database.pool, company, { headline: 'Well' }, { now });
  return company;
}

test('deletes what was generated longer ago than its retain_for, a year, and keeps the rest', async () => {
  await full(at());
  await full(at(1));
  expect(await run(100, at(365 * DAY))).toEqual([0]);
  await run(100, at(365 * DAY + 1));
  expect(await counts()).toEqual([3, 2, 1]);
  await run(100, at(366 * DAY));
  expect(await counts()).toEqual([0, 0, 0]);
});

test('at most p_batch_size a batch, until nothing is left', async () => {
  await full(at());
  expect(await run(2, at(400 * DAY))).toEqual([1, 2, 2, 1, 0]);
});

test('takes what became of a recommendation with it, and leaves what it cost', async () => {
  const company = await full(at());
  const id = await one<string>(database.pool, 'SELECT id FROM evergreen.ai_generated_recommendations LIMIT 1');
  await bring(database.pool, id, 'completed');
  await saveRecommendations(database.pool, company, [item(null, 'a')], { now: at(1) });
  await run(100, at(400 * DAY));
  for (const table of ['ai_recommendation_effectiveness', 'ai_recommendation_revisions'])
    expect(await one(database.pool, `SELECT count(*)::integer FROM evergreen.${table}`)).toBe(0);
  expect(await one(database.pool, 'SELECT count(*)::integer FROM evergreen.ai_generation_logs WHERE company_id = $1', [company])).toBe(4);
});

test('another retain_for works at once, and without one nothing is deleted', async () => {
  await full(at());
  await call(database.pool, 'set_content_policy', { content_type: 'insight', retain_for: '10 days' });
  await call(database.pool, 'set_content_policy', { content_type: 'health', reset: ['retain_for'] });
  await run(100, at(11 * DAY));
  expect(await counts()).toEqual([3, 0, 1]);
  await run(100, at(9999 * DAY));
  expect(await counts()).toEqual([0, 0, 1]);
  for (const content_type of ['insight', 'health'])
    await call(database.pool, 'set_content_policy', { content_type, retain_for: '365 days' });
});

test('what another holds is passed over, and the run ends all the same', async () => {
  await full(at());
  const holder = await database.pool.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM evergreen.ai_generated_recommendations LIMIT 1 FOR UPDATE');
  await run(100, at(400 * DAY));
  expect(await counts()).toEqual([1, 0, 0]);
  await holder.query('COMMIT');
  holder.release();
});
