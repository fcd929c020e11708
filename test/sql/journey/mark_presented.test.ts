import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, expectRefusal, untilBlocked, value, withConnections } from '../core/calls.js';
import {
  bring,
  HOUR,
  insight,
  item,
  makeCompany,
  makeRecommendation,
  recommendation,
  saveHealth,
  saveInsights,
  saveRecommendations,
} from './world.js';

const database = useDatabase({ host: true });

const present = (ids: string[], args: Record<string, unknown> = {}) =>
  value<number>(database.pool, 'mark_presented', { ids, now: at(HOUR), ...args });

async function several(count: number): Promise<string[]> {
  const items = Array.from({ length: count }, (_, n) => item(null, `Title ${n}`));
  return (await saveRecommendations(database.pool, await makeCompany(database.pool), items)).content.map(({ id }) => id);
}

test('counts a batch, keeps when, moves fresh to active, and answers how many rows there were', async () => {
  const ids = await several(3);
  expect(await present(ids.slice(0, 2))).toBe(2);
  for (const id of ids.slice(0, 2))
    expect(await recommendation(database.pool, id)).toMatchObject({
      status: 'active',
      times_presented: 1,
      last_presented_at: new Date(at(HOUR)),
    });
  expect(await recommendation(database.pool, ids[2] as string)).toMatchObject({
    status: 'fresh',
    times_presented: 0,
    last_presented_at: null,
  });
});

test('an id given twice counts twice', async () => {
  const [a, b] = (await several(2)) as [string, string];
  expect(await present([a, b, a, a])).toBe(2);
  expect(await recommendation(database.pool, a)).toMatchObject({ times_presented: 3 });
  expect(await recommendation(database.pool, b)).toMatchObject({ times_presented: 1 });
});

test.each(['active', 'completed', 'stale'])('one that is %s stays so and is counted', async (status) => {
  const { id } = await makeRecommendation(database.pool);
  await bring(database.pool, id, status);
  const { times_presented } = await recommendation(database.pool, id);
  await present([id]);
  expect(await recommendation(database.pool, id)).toMatchObject({ status, times_presented: times_presented + 1 });
});

test('a batch that comes late does not move back when it was last seen', async () => {
  const { id } = await makeRecommendation(database.pool);
  await present([id], { now: at(2 * HOUR) });
  await present([id], { now: at(HOUR) });
  expect(await recommendation(database.pool, id)).toMatchObject({ times_presented: 2, last_presented_at: new Date(at(2 * HOUR)) });
});

test('insights and health summaries are counted too', async () => {
  const company = await makeCompany(database.pool);
  const shown = (await saveInsights(database.pool, company, [insight('Text.')])).content.map(({ id }) => id);
  const summary = (await saveHealth(database.pool, company)).content.id;
  expect(await present(shown, { content_type: 'insight' })).toBe(1);
  expect(await present([summary], { content_type: 'health' })).toBe(1);
  for (const table of ['ai_generated_insights', 'ai_business_health_summaries'])
    expect(
      await database.query(`SELECT times_presented, last_presented_at FROM evergreen.${table} WHERE company_id = $1`, [company]),
    ).toEqual([{ times_presented: 1, last_presented_at: new Date(at(HOUR)) }]);
});

test('ids that are gone are passed over, and an empty batch is none', async () => {
  const { id } = await makeRecommendation(database.pool);
  expect(await present([randomUUID(), id])).toBe(1);
  expect(await present([])).toBe(0);
});

test('two batches of the same rows in opposite order, at once: neither deadlocks and nothing is lost', async () => {
  const ids = await several(50);
  await withConnections(database, 2, async ([first, second]) => {
    await first?.query('BEGIN');
    await call(first as Client, 'mark_presented', { ids });
    const late = value<number>(second as Client, 'mark_presented', { ids: [...ids].reverse() });
    await untilBlocked(database, 1);
    await first?.query('COMMIT');
    expect(await late).toBe(50);
  });
  const counts = await database.query(
    'SELECT DISTINCT times_presented, status FROM evergreen.ai_generated_recommendations WHERE id = ANY ($1)',
    [ids],
  );
  expect(counts).toEqual([{ times_presented: 2, status: 'active' }]);
});

test('completed while the batch waits for the row: counted, and stays completed', async () => {
  const { id } = await makeRecommendation(database.pool);
  await withConnections(database, 2, async ([person, backend]) => {
    await person?.query('BEGIN');
    await call(person as Client, 'track_recommendation_completion', { recommendation_id: id });
    const late = value<number>(backend as Client, 'mark_presented', { ids: [id] });
    await untilBlocked(database, 1);
    await person?.query('COMMIT');
    expect(await late).toBe(1);
  });
  expect(await recommendation(database.pool, id)).toMatchObject({ status: 'completed', times_presented: 1 });
});

describe('bad input', () => {
  const id = randomUUID();
  test.each<[string, Record<string, unknown>, string, string]>([
    ['NULL for the ids', { ids: null }, 'VG007', 'NULL'],
    ['NULL among the ids', { ids: [id, null] }, 'VG007', 'NULL'],
    ['over 10,000 ids', { ids: Array(10_001).fill(id) }, 'VG006', '10001'],
    ['an unknown content type', { ids: [id], content_type: 'peer_insight' }, 'VG001', "'peer_insight'"],
    ['NULL for the content type', { ids: [id], content_type: null }, 'VG001', 'NULL'],
    ['a content type that is not presented', { ids: [id], content_type: 'refinement' }, 'VG001', 'refinement'],
  ])('%s', (_, args, code, message) => expectRefusal(database.pool, 'mark_presented', args, code, message));
});
