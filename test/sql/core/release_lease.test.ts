import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, claim, contents, expectRefusal, fail, one, take, value } from './calls.js';

const database = useDatabase();

function release(cacheKey: string | null, leaseToken: string | null): Promise<boolean> {
  return value<boolean>(database.pool, 'release_lease', {
    content_type: 'health',
    cache_key: cacheKey,
    lease_token: leaseToken,
    now: at(1),
  });
}

test('a lease given back is free at once, without a pause, a log line or a cost', async () => {
  const token = await take(database.pool, { cache_key: 'given back' });
  expect(await release('given back', token)).toBe(true);
  expect(await one(database.pool, 'SELECT count(*)::integer FROM evergreen.ai_generation_logs')).toBe(0);
  expect(await claim(database.pool, { cache_key: 'given back', now: at(1) })).toMatchObject({ state: 'claimed' });
});

test('it is no success either: failures before it still count', async () => {
  await fail(database.pool, await take(database.pool, { cache_key: 'unlucky' }), { cache_key: 'unlucky' });
  await release('unlucky', await take(database.pool, { cache_key: 'unlucky', now: at(5) }));
  const again = await take(database.pool, { cache_key: 'unlucky', now: at(5) });
  expect(await fail(database.pool, again, { cache_key: 'unlucky', now: at(5) })).toMatchObject({ retry_after_ms: 10_000 });
});

test('who has not, or no longer, the lease gives nothing back', async () => {
  const token = await take(database.pool, { cache_key: 'held', holder: 'first' });
  const before = await contents(database.pool);
  expect(await release('held', randomUUID())).toBe(false);
  expect(await release('held', null)).toBe(false);
  expect(await release('never claimed', token)).toBe(false);
  expect(await contents(database.pool)).toEqual(before);

  await take(database.pool, { cache_key: 'held', holder: 'second', now: at(60) });
  expect(await release('held', token)).toBe(false);
  expect(await claim(database.pool, { cache_key: 'held', now: at(61) })).toMatchObject({ state: 'busy', reason: 'held by second' });
});

test('twice is once', async () => {
  const token = await take(database.pool, { cache_key: 'twice' });
  expect(await release('twice', token)).toBe(true);
  expect(await release('twice', token)).toBe(false);
});

test('an unknown content type is refused', () =>
  expectRefusal(
    database.pool,
    'release_lease',
    { content_type: 'horoscope', cache_key: 'key', lease_token: randomUUID() },
    'VG001',
    `'horoscope'`,
  ));
