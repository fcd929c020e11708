import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, call, contents, expectRefusal, withConnections } from '../core/calls.js';
import {
  DAY,
  ELSEWHERE,
  insertRows,
  item,
  makeCompany,
  makeStep,
  makeSteps,
  type Recommendation,
  saveRecommendations,
  setStatus,
} from './world.js';

const database = useDatabase({ host: true });

const get = (company: string, args: Record<string, unknown> = {}) =>
  call<Recommendation>(database.pool, 'get_recommendations_with_fallback', { company_id: company, now: at(), ...args });

const titles = (rows: Recommendation[]) => rows.map(({ content }) => content.title);

test('called as the seed calls it, it answers rows of the table, three when nothing is said', async () => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(
    database.pool,
    company,
    ['a', 'b', 'c', 'd'].map((title) => item(null, title)),
    { now: new Date().toISOString() },
  );
  const rows = await database.query<Recommendation>('SELECT * FROM evergreen.get_recommendations_with_fallback($1)', [company]);
  expect(titles(rows)).toEqual(['a', 'b', 'c']);
  expect(rows).toEqual((await database.query('SELECT * FROM evergreen.ai_generated_recommendations ORDER BY rank')).slice(0, 3));
});

test('this context first, then others newest first, then, only after a failure, what is stale or expired', async () => {
  const company = await makeCompany(database.pool);
  const turn = await makeSteps(database.pool, 4);
  // Each answer is for the state before the next step begins.
  for (const [title, days] of [
    ['expired', 20],
    ['staled', 10],
    ['older', 5],
    ['newer', 3],
  ] as const) {
    await saveRecommendations(database.pool, company, [item(null, title)], { now: at(-days * DAY) });
    await setStatus(database.pool, company, turn.pop() as string, 'in_progress');
  }
  await saveRecommendations(database.pool, company, [item(null, 'current')], { now: at(-4 * DAY) });
  await database.query(`UPDATE evergreen.ai_generated_recommendations SET status = 'stale' WHERE content ->> 'title' = 'staled'`);
  expect(titles(await get(company, { limit: 10 }))).toEqual(['current', 'newer', 'older']);
  expect(titles(await get(company, { limit: 10, after_failure: true }))).toEqual(['current', 'newer', 'older', 'staled', 'expired']);
  expect(titles(await get(company, { limit: 2, after_failure: true }))).toEqual(['current', 'newer']);
});

test('R20: each step once and none that is completed, where the seed showed one completed step three times', async () => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  await insertRows(
    database.pool,
    'ai_generated_recommendations',
    ['1', '2', '3'].map((digit) => ({
      id: randomUUID(),
      company_id: company,
      step_id: step,
      recommendation_key: '',
      content: item(step),
      context_hash: digit.repeat(64),
      status: 'fresh',
      generation_model: 'm',
      generated_at: at(-Number(digit)),
      times_presented: 0,
      rank: 1,
      revision: 1,
      schema_version: 1,
    })),
  );
  expect((await get(company)).map(({ context_hash }) => context_hash)).toEqual(['1'.repeat(64)]);
  await setStatus(database.pool, company, step, 'completed');
  expect(await get(company)).toEqual([]);
  expect(await get(company, { after_failure: true })).toEqual([]);
});

test('R20: two general recommendations of one title, for two states, are one', async () => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null, 'Know  your Numbers')], { now: at(-2) });
  await setStatus(database.pool, company, await makeStep(database.pool), 'skipped');
  await saveRecommendations(database.pool, company, [item(null, 'know your numbers'), item(null, 'Another')], { now: at(-1) });
  expect(titles(await get(company))).toEqual(['know your numbers', 'Another']);
});

test("never shows another company's, though both are in the same state", async () => {
  const [mine, other] = [await makeCompany(database.pool), await makeCompany(database.pool)];
  await saveRecommendations(database.pool, other, [item(null, 'theirs')]);
  for (const after_failure of [false, true]) expect(await get(mine, { after_failure })).toEqual([]);
});

test('R21: after the daily maintenance it still has something for a failed generation', async () => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(
    database.pool,
    company,
    ['a', 'b', 'c'].map((title) => item(null, title)),
  );
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  expect(await get(company)).toHaveLength(3);
  await database.query('CALL evergreen.ai_daily_maintenance()');
  expect(await get(company)).toHaveLength(0);
  expect(await get(company, { after_failure: true })).toHaveLength(3);
});

test('what was made for another state is shown while it is fresh, not a second longer', async () => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null)]);
  await database.query('UPDATE evergreen.ai_generated_recommendations SET context_hash = $1 WHERE company_id = $2', [ELSEWHERE, company]);
  expect(await get(company, { now: at(14 * DAY - 1) })).toHaveLength(1);
  expect(await get(company, { now: at(14 * DAY) })).toHaveLength(0);
});

test('R23: runs in a read-only transaction and writes nothing', async () => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null)]);
  const before = await contents(database.pool);
  await withConnections(database, 1, async ([client]) => {
    await client?.query('BEGIN READ ONLY');
    expect(
      (await client?.query('SELECT * FROM evergreen.get_recommendations_with_fallback($1, 3, false, $2)', [company, at()]))?.rowCount,
    ).toBe(1);
    await client?.query('COMMIT');
  });
  expect(await contents(database.pool)).toEqual(before);
});

describe('bad input', () => {
  test('R22: a limit that is NULL, negative, zero or over 100 is an error that says so, not an empty answer', async () => {
    const company = await makeCompany(database.pool);
    for (const limit of [null, -1, 0])
      await expectRefusal(
        database.pool,
        'get_recommendations_with_fallback',
        { company_id: company, limit },
        'VG007',
        `${limit ?? 'NULL'}`,
      );
    await expectRefusal(database.pool, 'get_recommendations_with_fallback', { company_id: company, limit: 101 }, 'VG006', '101');
  });

  test('R24: a company that the application does not have', async () => {
    const nobody = randomUUID();
    await expectRefusal(database.pool, 'get_recommendations_with_fallback', { company_id: nobody }, 'VG002', nobody);
  });

  test('NULL for the company', () =>
    expectRefusal(database.pool, 'get_recommendations_with_fallback', { company_id: null }, 'VG007', 'NULL'));
});
