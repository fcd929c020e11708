/** What analysts read of personalities. */
import { useDatabase } from '../../support/database.js';
import { call } from '../core/calls.js';
import { analysis, keep, tune } from './people.js';

const database = useDatabase();

test('ages and sizes, without what it says and of whom; counted among all content', async () => {
  await keep(database.pool, 'ada', analysis(), { now: undefined });
  await tune(database.pool, 'ada', { '/summary': 'Mine', '/traits/calm/score': 1 }, { now: undefined });
  await keep(database.pool, 'bob', analysis({ openness: 1 }), { now: undefined });
  await call(database.pool, 'invalidate_personality_cache', { user_id: 'bob' });
  const rows = await database.query('SELECT * FROM evergreen.personality_ages ORDER BY freshness');
  expect(rows).toMatchObject([
    { content_type: 'personality', freshness: 'fresh', revision: 2, version: 1, adjustments: '2', dropped_adjustments: '0' },
    { content_type: 'personality', freshness: 'marked stale', revision: 1, adjustments: '0' },
  ]);
  expect(JSON.stringify(rows)).not.toMatch(/ada|bob|Curious/);
  expect(
    await database.query(`SELECT freshness, items::integer FROM evergreen.content_freshness WHERE content_type = 'personality' ORDER BY 1`),
  ).toEqual([
    { freshness: 'fresh', items: 1 },
    { freshness: 'marked stale', items: 1 },
  ]);
});

test('10 MB of a user are an alert, whatever they are made of', async () => {
  await call(database.pool, 'set_content_policy', { content_type: 'personality', max_bytes: 5_242_880 });
  await keep(database.pool, 'big', { text: 'x'.repeat(5_242_000) });
  const size = () => database.query(`SELECT items::integer, bytes::integer, alert FROM evergreen.user_sizes WHERE user_id = 'big'`);
  expect(await size()).toEqual([{ items: 1, bytes: expect.any(Number), alert: false }]);
  await database.query(
    `INSERT INTO evergreen.ai_answers (content_type, input_hash, user_id, result) SELECT 'cluster', 'hash ' || i, 'big', to_jsonb(repeat('y', 2622000)) FROM generate_series(1, 2) AS i`,
  );
  expect(await size()).toEqual([{ items: 3, bytes: 5_242_012 + 4 + 2 * (2_622_002 + 4), alert: true }]);
});
