import { useDatabase } from '../../support/database.js';
import { at, call } from '../core/calls.js';
import { analysis, DAY, generate, get, keep, meter, someone, tune } from './people.js';

const database = useDatabase();
beforeAll(() => meter(database.pool));

test('no row for nobody, blank and NULL', async () => {
  for (const user of [someone(), '', null]) expect(await call(database.pool, 'get_personality_cache', { user_id: user })).toEqual([]);
});

test('all that a screen shows of it', async () => {
  const user = someone();
  await generate(database.pool, user);
  await tune(database.pool, user, { '/traits/calm/score': 70 });
  expect(await get(database.pool, user, 60.5)).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    user_id: user,
    analysis: analysis(),
    tuning: { '/traits/calm/score': 70 },
    dropped_tuning: {},
    personality: { ...analysis(), traits: [analysis().traits[0], { ...analysis().traits[1], score: 70 }] },
    freshness: 'fresh',
    age_ms: '60500',
    fresh_until: new Date(at(7 * DAY)),
    revision: 2,
    version: 1,
    is_stale: false,
    generated_at: new Date(at()),
    updated_at: new Date(at(1)),
    generation_model: 'metered',
    generation_prompt_id: null,
    bytes: expect.any(Number),
  });
});

test.each<[number, string]>([
  [7 * DAY - 1, 'fresh'],
  [7 * DAY, 'stale'],
  [8 * DAY - 1, 'stale'],
  [8 * DAY, 'expired'],
])('after %d s it is %s', async (seconds, freshness) => {
  const user = someone();
  await keep(database.pool, user);
  expect(await get(database.pool, user, seconds)).toMatchObject({ freshness });
});

test('its own expiry overrides the age', async () => {
  const user = someone();
  await keep(database.pool, user, analysis(), { expires_at: at(60) });
  expect(await get(database.pool, user, 59)).toMatchObject({ freshness: 'fresh', fresh_until: new Date(at(60)) });
  expect(await get(database.pool, user, 60)).toMatchObject({ freshness: 'stale' });
});

test('a clock that runs behind shows no negative age', async () => {
  const user = someone();
  await keep(database.pool, user);
  expect(await get(database.pool, user, -5)).toMatchObject({ freshness: 'fresh', age_ms: '0' });
});

test('one of another schema version is expired, whether older or newer', async () => {
  const [older, newer] = [someone(), someone()];
  await keep(database.pool, older);
  await keep(database.pool, newer, analysis(), { version: 2 });
  expect([(await get(database.pool, older)).freshness, (await get(database.pool, newer)).freshness]).toEqual(['fresh', 'expired']);
  await call(database.pool, 'set_content_policy', { content_type: 'personality', schema_version: 2 });
  expect([(await get(database.pool, older)).freshness, (await get(database.pool, newer)).freshness]).toEqual(['expired', 'fresh']);
  await call(database.pool, 'set_content_policy', { content_type: 'personality', schema_version: 1 });
});

test('it is one probe of one index among many', async () => {
  await database.query(
    `INSERT INTO evergreen.personality_cache (user_id, analysis_data) SELECT 'one of many ' || i, '{"a": 1}' FROM generate_series(1, 2000) AS i`,
  );
  await database.query('ANALYZE evergreen.personality_cache');
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    const scans = async () =>
      (
        await client.query(
          `SELECT s.seq_scan::integer AS sequential, s.idx_scan::integer AS by_index FROM pg_stat_xact_user_tables AS s WHERE s.relid = 'evergreen.personality_cache'::regclass`,
        )
      ).rows[0] as { sequential: number; by_index: number };
    for (const name of ['get_personality_cache', 'lookup_personality']) {
      const before = await scans();
      expect(await call(client, name, { user_id: 'one of many 77' })).toHaveLength(1);
      const after = await scans();
      expect({ name, probes: after.by_index - before.by_index, scans: after.sequential - before.sequential }).toEqual({
        name,
        probes: 1,
        scans: 0,
      });
    }
    await client.query('ROLLBACK');
  } finally {
    client.release();
  }
});
