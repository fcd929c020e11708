import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, call, expectRefusal } from '../core/calls.js';
import { bring, DAY, HOUR, item, makeRecommendation, recommendation, saveRecommendations } from './world.js';

const database = useDatabase({ host: true });

const start = (id: string, now: string) => call(database.pool, 'track_recommendation_start', { recommendation_id: id, now });
const complete = (id: string, now: string) => call(database.pool, 'track_recommendation_completion', { recommendation_id: id, now });
const effectivenessOf = (id: string) =>
  database.query('SELECT * FROM evergreen.ai_recommendation_effectiveness WHERE recommendation_id = $1', [id]);

test('keeps that it was completed and how long that took, and makes it completed', async () => {
  const { id } = await makeRecommendation(database.pool);
  await start(id, at(HOUR));
  await complete(id, at(3 * HOUR));
  expect(await effectivenessOf(id)).toMatchObject([
    { was_started: true, was_completed: true, time_to_start: { hours: 1 }, time_to_complete: { hours: 3 } },
  ]);
  expect(await recommendation(database.pool, id)).toMatchObject({ status: 'completed' });
});

test('completing a fresh one starts it too', async () => {
  const { id } = await makeRecommendation(database.pool);
  await complete(id, at(2 * HOUR));
  expect(await effectivenessOf(id)).toMatchObject([
    { was_started: true, was_completed: true, time_to_start: { hours: 2 }, time_to_complete: { hours: 2 } },
  ]);
});

test('again it changes nothing: the first time is kept', async () => {
  const { id } = await makeRecommendation(database.pool);
  await complete(id, at(HOUR));
  const before = await effectivenessOf(id);
  await complete(id, at(10 * HOUR));
  expect(await effectivenessOf(id)).toEqual(before);
});

test('generated again between start and completion, the start is kept and the completion never comes before it', async () => {
  const { id, company, step } = await makeRecommendation(database.pool);
  await start(id, at(2 * DAY));
  await saveRecommendations(database.pool, company, [item(step, 'again')], { now: at(14 * DAY) });
  await complete(id, at(15 * DAY));
  expect(await effectivenessOf(id)).toMatchObject([{ time_to_start: { days: 2 }, time_to_complete: { days: 15 } }]);
});

describe('bad input', () => {
  test('one that is stale', async () => {
    const { id } = await makeRecommendation(database.pool);
    await bring(database.pool, id, 'stale');
    await expectRefusal(database.pool, 'track_recommendation_completion', { recommendation_id: id }, 'VG003', `${id} is stale`);
  });

  test('a recommendation that is not there, or NULL', async () => {
    const nobody = randomUUID();
    await expectRefusal(database.pool, 'track_recommendation_completion', { recommendation_id: nobody }, 'VG002', nobody);
    await expectRefusal(database.pool, 'track_recommendation_completion', { recommendation_id: null }, 'VG007', 'NULL');
  });
});
