import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, expectRefusal, row, untilBlocked, value, withConnections } from '../core/calls.js';
import { bring, contextHash, item, lookRecommendations, makeRecommendation, recommendation, saveRecommendations } from './world.js';

const database = useDatabase({ host: true });

const say = (id: string, feedback: Record<string, unknown>, dismiss?: boolean) =>
  value<Record<string, unknown>>(database.pool, 'record_recommendation_feedback', {
    recommendation_id: id,
    feedback,
    ...(dismiss === undefined ? {} : { dismiss }),
  });

test('keeps what is said; fields said again replace those said before; the answer is all of it', async () => {
  const { id } = await makeRecommendation(database.pool);
  expect(await say(id, { quality: 4, comment: 'it\'s "fine"' })).toEqual({ quality: 4, comment: 'it\'s "fine"' });
  expect(await say(id, { quality: 5, relevance: 2 })).toEqual({ quality: 5, relevance: 2, comment: 'it\'s "fine"' });
  expect(await recommendation(database.pool, id)).toMatchObject({ status: 'fresh', user_feedback: { quality: 5, relevance: 2 } });
});

test('the next prompt tells the model', async () => {
  const { id, company } = await makeRecommendation(database.pool);
  await say(id, { comment: 'too vague' });
  const { prompt } = await row<{ prompt: string }>(database.pool, 'prepare_recommendations', {
    company_id: company,
    limit: 3,
    context_hash: await contextHash(database.pool, company),
  });
  expect(prompt).toContain('- Do this: {"comment": "too vague"}');
});

test('dismissed, it is stale and no longer shown, nor after a failure forgotten that it was said', async () => {
  const { id, company } = await makeRecommendation(database.pool);
  await saveRecommendations(database.pool, company, [item(null, 'Another')], { now: at(1) });
  await say(id, { comment: 'not for us' }, true);
  expect(await recommendation(database.pool, id)).toMatchObject({ status: 'stale', user_feedback: { comment: 'not for us' } });
  expect((await lookRecommendations(database.pool, company, { now: at(2) })).content?.map(({ content }) => content.title)).toEqual([
    'Another',
  ]);
});

test('all dismissed: they are generated anew', async () => {
  const { id, company } = await makeRecommendation(database.pool);
  await say(id, { comment: 'no' }, true);
  expect(await lookRecommendations(database.pool, company)).toMatchObject({ freshness: 'expired', reason: 'marked_stale' });
});

test.each([['active'], ['completed'], ['stale']])('one that is %s takes feedback and stays so', async (status) => {
  const { id } = await makeRecommendation(database.pool);
  await bring(database.pool, id, status);
  await say(id, { quality: 1 });
  expect(await recommendation(database.pool, id)).toMatchObject({ status, user_feedback: { quality: 1 } });
});

test('dismissing a stale one again changes nothing but what is said', async () => {
  const { id } = await makeRecommendation(database.pool);
  await say(id, { quality: 1 }, true);
  expect(await say(id, { quality: 2 }, true)).toEqual({ quality: 2 });
  expect(await recommendation(database.pool, id)).toMatchObject({ status: 'stale' });
});

test('of two who say something at once, neither is lost', async () => {
  const { id } = await makeRecommendation(database.pool);
  await withConnections(database, 2, async ([first, second]) => {
    await first?.query('BEGIN');
    await call(first as Client, 'record_recommendation_feedback', { recommendation_id: id, feedback: { quality: 4 } });
    const late = call(second as Client, 'record_recommendation_feedback', { recommendation_id: id, feedback: { relevance: 3 } });
    await untilBlocked(database, 1);
    await first?.query('COMMIT');
    await late;
  });
  expect(await recommendation(database.pool, id)).toMatchObject({ user_feedback: { quality: 4, relevance: 3 } });
});

describe('bad input', () => {
  test.each<[string, unknown]>([
    ['NULL', null],
    ['an array', '[1]'],
    ['a string', '"good"'],
    ['a number', '5'],
    ['no field', '{}'],
  ])('%s for the feedback', async (_, feedback) => {
    const { id } = await makeRecommendation(database.pool);
    await expectRefusal(database.pool, 'record_recommendation_feedback', { recommendation_id: id, feedback }, 'VG007', 'feedback');
  });

  test('10 MB, and too much over time', async () => {
    const { id } = await makeRecommendation(database.pool);
    const feedback = { comment: 'x'.repeat(10_000_000) };
    await expectRefusal(database.pool, 'record_recommendation_feedback', { recommendation_id: id, feedback }, 'VG006', 'bytes');
    await say(id, { first: 'x'.repeat(10_000) });
    await expectRefusal(
      database.pool,
      'record_recommendation_feedback',
      { recommendation_id: id, feedback: { second: 'x'.repeat(10_000) } },
      'VG006',
      'bytes',
    );
  });

  test('dismissing what is completed', async () => {
    const { id } = await makeRecommendation(database.pool);
    await bring(database.pool, id, 'completed');
    await expectRefusal(
      database.pool,
      'record_recommendation_feedback',
      { recommendation_id: id, feedback: { a: 1 }, dismiss: true },
      'VG003',
      `${id} is completed`,
    );
  });

  test('a recommendation that is not there, or NULL', async () => {
    const nobody = randomUUID();
    await expectRefusal(
      database.pool,
      'record_recommendation_feedback',
      { recommendation_id: nobody, feedback: { a: 1 } },
      'VG002',
      nobody,
    );
    await expectRefusal(database.pool, 'record_recommendation_feedback', { recommendation_id: null, feedback: { a: 1 } }, 'VG007', 'NULL');
  });
});
