import { useDatabase } from '../../support/database.js';
import { at, expectRefusal, row } from '../core/calls.js';
import { analysis, claim, get, keep, save, someone } from './people.js';

const database = useDatabase();
interface Batch {
  invalidated: number;
  generating: number;
  before: Date;
}
const invalidate = (args: object = {}) =>
  row<Batch & Record<string, unknown>>(database.pool, 'invalidate_personality_caches', { now: at(60), ...args });
const users = (count: number) => Array.from({ length: count }, () => someone());

beforeEach(() => database.query('DELETE FROM evergreen.personality_cache'));

test('all of one schema version, and no other', async () => {
  const [old, present] = [users(3), users(2)];
  for (const user of old) await keep(database.pool, user, analysis(), { version: 3 });
  for (const user of present) await keep(database.pool, user);
  expect(await invalidate({ version: 3 })).toEqual({ invalidated: 3, generating: 0, before: new Date(at(60)) });
  expect(await invalidate({ version: 3 })).toMatchObject({ invalidated: 0 });
  expect((await get(database.pool, old[0] as string)).is_stale).toBe(true);
  expect((await get(database.pool, present[0] as string)).is_stale).toBe(false);
  expect(await invalidate()).toMatchObject({ invalidated: 2 });
});

test('in batches, which leave alone what is analysed meanwhile', async () => {
  const all = users(5);
  for (const user of all) await keep(database.pool, user);
  const { before, invalidated } = await invalidate({ batch_size: 3 });
  expect(invalidated).toBe(3);
  const [again] = await database.query<{ user_id: string }>('SELECT user_id FROM evergreen.personality_cache WHERE is_stale LIMIT 1');
  await keep(database.pool, again?.user_id as string, analysis(), { now: at(61) });
  expect(await invalidate({ batch_size: 3, before, now: at(62) })).toMatchObject({ invalidated: 2 });
  expect(await invalidate({ batch_size: 3, before, now: at(63) })).toMatchObject({ invalidated: 0 });
  expect((await get(database.pool, again?.user_id as string)).is_stale).toBe(false);
});

test('what is being generated is saved as stale, unless it began after', async () => {
  const [running, later] = users(2) as [string, string];
  const first = await claim(database.pool, running);
  expect(await invalidate()).toMatchObject({ invalidated: 0, generating: 1 });
  const second = await claim(database.pool, later, { now: at(61) });
  expect(await invalidate({ before: at(60), now: at(62) })).toMatchObject({ generating: 0 });
  expect(await save(database.pool, running, first.lease_token)).toMatchObject({ state: 'saved_stale' });
  expect(await save(database.pool, later, second.lease_token)).toMatchObject({ state: 'saved' });
});

test('all means also what was analysed before the clock was set back', async () => {
  for (const user of users(3)) await keep(database.pool, user, analysis(), { now: at(3600) });
  const { invalidated, before } = await invalidate({ batch_size: 2 });
  expect([invalidated, before]).toEqual([2, new Date(at(3600))]);
  expect(await invalidate({ batch_size: 2, before })).toMatchObject({ invalidated: 1 });
});

test('of another version nothing is being generated', async () => {
  const user = someone();
  const { lease_token } = await claim(database.pool, user);
  expect(await invalidate({ version: 7 })).toMatchObject({ generating: 0 });
  expect(await save(database.pool, user, lease_token)).toMatchObject({ state: 'saved' });
});

test('the procedure goes on until nothing is left, and says how many', async () => {
  for (const user of users(5)) await keep(database.pool, user);
  expect((await database.pool.query('CALL evergreen.invalidate_all_personality_caches(p_batch_size => 2)')).rows).toEqual([
    { p_invalidated: '5' },
  ]);
  expect(await database.query('SELECT FROM evergreen.personality_cache WHERE NOT is_stale')).toEqual([]);
});

test('it finds them by the index, not by reading all', async () => {
  await database.query(
    `INSERT INTO evergreen.personality_cache (user_id, analysis_data, version) SELECT 'one of many ' || i, '{"a": 1}', CASE WHEN i % 1000 = 0 THEN 2 ELSE 1 END FROM generate_series(1, 5000) AS i`,
  );
  await database.query('ANALYZE evergreen.personality_cache');
  const client = await database.pool.connect();
  try {
    // What the session has done before and not reported yet is counted too.
    const scans = async () =>
      (
        await client.query<{ scans: number }>(
          `SELECT seq_scan::integer AS scans FROM pg_stat_xact_user_tables WHERE relid = 'evergreen.personality_cache'::regclass`,
        )
      ).rows[0]?.scans;
    await client.query('BEGIN');
    const before = await scans();
    expect((await client.query('SELECT invalidated FROM evergreen.invalidate_personality_caches(2)')).rows).toEqual([{ invalidated: 5 }]);
    expect(await scans()).toBe(before);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});

test('refuses a batch of 0 or over 100,000', async () => {
  await expectRefusal(database.pool, 'invalidate_personality_caches', { batch_size: 0 }, 'VG007', 'p_batch_size');
  await expectRefusal(database.pool, 'invalidate_personality_caches', { batch_size: 100_001 }, 'VG006', '100001');
});
