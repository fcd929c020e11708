import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, expectRefusal, untilBlocked, withConnections } from '../core/calls.js';
import { bring, HOUR, makeRecommendation, recommendation } from './world.js';

const database = useDatabase({ host: true });

const start = (id: string, now = at()) => call(database.pool, 'track_recommendation_start', { recommendation_id: id, now });
const effectivenessOf = (id: string) =>
  database.query('SELECT * FROM evergreen.ai_recommendation_effectiveness WHERE recommendation_id = $1', [id]);

test('keeps that it was started and how long that took, and makes it active, without counting a presentation', async () => {
  const { id, company } = await makeRecommendation(database.pool);
  await start(id, at(HOUR));
  expect(await effectivenessOf(id)).toMatchObject([
    { company_id: company, was_started: true, was_completed: false, time_to_start: { hours: 1 }, time_to_complete: null },
  ]);
  expect(await recommendation(database.pool, id)).toMatchObject({ status: 'active', times_presented: 0, last_presented_at: null });
});

test('R29: the first time is kept: started after 1 hour, again after 10', async () => {
  const { id } = await makeRecommendation(database.pool);
  await start(id, at(HOUR));
  await start(id, at(10 * HOUR));
  expect(await effectivenessOf(id)).toMatchObject([{ time_to_start: { hours: 1 } }]);
});

test('one that was seen is started too', async () => {
  const { id } = await makeRecommendation(database.pool);
  await bring(database.pool, id, 'active');
  await start(id, at(HOUR));
  expect(await effectivenessOf(id)).toMatchObject([{ was_started: true }]);
  expect(await recommendation(database.pool, id)).toMatchObject({ status: 'active', times_presented: 1 });
});

test('called as the seed calls it, the time is now', async () => {
  const { id } = await makeRecommendation(database.pool, { now: new Date(Date.now() - 3_600_000).toISOString() });
  await database.query('SELECT evergreen.track_recommendation_start($1)', [id]);
  const [{ minutes }] = (await database.query(
    `SELECT extract(epoch FROM time_to_start)::integer / 60 AS minutes FROM evergreen.ai_recommendation_effectiveness
    WHERE recommendation_id = $1`,
    [id],
  )) as [{ minutes: number }];
  expect(minutes).toBe(60);
});

test('of two who start it at once, both succeed and the first time is kept', async () => {
  const { id } = await makeRecommendation(database.pool);
  await withConnections(database, 2, async ([first, second]) => {
    await first?.query('BEGIN');
    await call(first as Client, 'track_recommendation_start', { recommendation_id: id, now: at(HOUR) });
    const late = call(second as Client, 'track_recommendation_start', { recommendation_id: id, now: at(2 * HOUR) });
    await untilBlocked(database, 1);
    await first?.query('COMMIT');
    await late;
  });
  expect(await effectivenessOf(id)).toMatchObject([{ time_to_start: { hours: 1 } }]);
});

describe('bad input', () => {
  test.each(['completed', 'stale'])('R29: one that is %s cannot be started, and stays what it is', async (status) => {
    const { id } = await makeRecommendation(database.pool);
    await bring(database.pool, id, status);
    await expectRefusal(database.pool, 'track_recommendation_start', { recommendation_id: id }, 'VG003', `${id} is ${status}`);
  });

  test('R29: a recommendation that is not there, or NULL', async () => {
    const nobody = randomUUID();
    await expectRefusal(database.pool, 'track_recommendation_start', { recommendation_id: nobody }, 'VG002', nobody);
    await expectRefusal(database.pool, 'track_recommendation_start', { recommendation_id: null }, 'VG007', 'NULL');
  });
});
