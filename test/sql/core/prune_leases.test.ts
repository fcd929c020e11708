import { useDatabase } from '../../support/database.js';
import { at, call, claim, fail, one, take } from './calls.js';

const database = useDatabase();
const DAY = 86_400;

test('a key that nobody has touched for its retention goes, batch by batch; what is held or was touched stays', async () => {
  await call(database.pool, 'set_retention', { subject: 'generation_leases', retain_for: '7 days' });
  for (const key of ['dead 1', 'dead 2', 'dead 3']) await take(database.pool, { cache_key: key, now: at(-9 * DAY) });
  await fail(database.pool, await take(database.pool, { cache_key: 'failed', now: at(-9 * DAY) }), {
    cache_key: 'failed',
    now: at(-9 * DAY),
  });
  await fail(database.pool, await take(database.pool, { cache_key: 'failed since', now: at(-9 * DAY) }), {
    cache_key: 'failed since',
    now: at(-DAY),
  });
  const renewed = await take(database.pool, { cache_key: 'renewed', now: at(-9 * DAY) });
  await call(database.pool, 'renew_lease', { content_type: 'health', cache_key: 'renewed', lease_token: renewed, now: at() });
  await take(database.pool, { cache_key: 'recent', now: at(-6 * DAY) });

  const prune = (cursor: unknown) => call(database.pool, 'prune_leases', { batch_size: 3, cursor, now: at() });
  const [first] = await prune(null);
  expect(first).toEqual({ done: 3, next_cursor: expect.any(String) });
  expect(await prune(first?.next_cursor)).toEqual([{ done: 1, next_cursor: null }]);
  expect(await one(database.pool, 'SELECT array_agg(cache_key::text ORDER BY cache_key) FROM evergreen.generation_leases')).toEqual([
    'failed since',
    'recent',
    'renewed',
  ]);
  expect(await claim(database.pool, { cache_key: 'renewed', now: at(1) })).toMatchObject({ state: 'busy' });
  expect(await claim(database.pool, { cache_key: 'dead 1' })).toMatchObject({ state: 'claimed' });
});

test('a row that somebody works on now is left out, and nobody waits', async () => {
  await take(database.pool, { cache_key: 'locked', now: at(-30 * DAY) });
  const client = await database.pool.connect();
  await client.query('BEGIN');
  await client.query(`SELECT FROM evergreen.generation_leases WHERE cache_key = 'locked' FOR UPDATE`);
  expect(await call(database.pool, 'prune_leases', { batch_size: 10, now: at() })).toEqual([{ done: 0, next_cursor: null }]);
  await client.query('COMMIT');
  client.release();
  expect(await call(database.pool, 'prune_leases', { batch_size: 10, now: at() })).toEqual([{ done: 1, next_cursor: null }]);
});

test('a key of any letters ends a batch, and the next one begins after it', async () => {
  const keys = ['{a,"b"}', "it's \\", 'NULL', 'ü,{}'];
  for (const key of keys) await take(database.pool, { cache_key: key, now: at(-9 * DAY) });
  expect(await call(database.pool, 'prune_leases', { batch_size: 9, cursor: '{zzz,zzz}', now: at() })).toEqual([
    { done: 0, next_cursor: null },
  ]);
  let cursor: unknown = null;
  const left: string[][] = [];
  for (let i = 0; i < keys.length; i += 1) {
    const [batch]: Record<string, unknown>[] = await call(database.pool, 'prune_leases', { batch_size: 1, cursor, now: at() });
    expect(batch?.done).toBe(1);
    cursor = batch?.next_cursor;
    left.push(
      await one(database.pool, 'SELECT array_agg(cache_key::text) FROM evergreen.generation_leases WHERE cache_key = ANY ($1)', [keys]),
    );
  }
  expect(left.map((each) => each?.length)).toEqual([3, 2, 1, undefined]);
  expect(await call(database.pool, 'prune_leases', { batch_size: 1, cursor, now: at() })).toEqual([{ done: 0, next_cursor: null }]);
});
