import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { call, expectRefusal, untilBlocked, value, withConnections } from '../core/calls.js';
import { analysis, claim, generate, get, keep, look, save, someone, tune } from './people.js';

const database = useDatabase();
const invalidate = (user: string) => value<boolean>(database.pool, 'invalidate_personality_cache', { user_id: user });

test('what is invalidated is analysed anew, shown only after a failure, and keeps its adjustments', async () => {
  const [user, other] = [someone(), someone()];
  await keep(database.pool, user);
  await keep(database.pool, other);
  await tune(database.pool, user, { '/summary': 'Mine' });
  expect(await invalidate(user)).toBe(true);
  expect(await look(database.pool, user)).toMatchObject({ freshness: 'expired', reason: 'marked_stale', content: null });
  expect(await look(database.pool, user, { after_failure: true })).toMatchObject({ content: analysis(), personality: { summary: 'Mine' } });
  expect(await get(database.pool, user)).toMatchObject({ is_stale: true, revision: 2, tuning: { '/summary': 'Mine' } });
  expect(await get(database.pool, other)).toMatchObject({ is_stale: false, freshness: 'fresh' });
});

test('says whether there was something; twice is the same; it is audited', async () => {
  const user = someone();
  expect(await invalidate(user)).toBe(false);
  await keep(database.pool, user);
  expect([await invalidate(user), await invalidate(user)]).toEqual([true, true]);
  expect(await database.query('SELECT action, after FROM evergreen.audit_log WHERE subject = $1', [user])).toEqual([
    { action: 'invalidate_personality_cache', after: { present: true, generating: false } },
    { action: 'invalidate_personality_cache', after: { present: true, generating: false } },
  ]);
});

test('the audit’s lost invalidation: read, invalidated, saved: it stays stale', async () => {
  const user = someone();
  await generate(database.pool, user);
  const { lease_token } = await claim(database.pool, user);
  expect(await invalidate(user)).toBe(true);
  await save(database.pool, user, lease_token, analysis());
  expect(await get(database.pool, user)).toMatchObject({ is_stale: true });
});

test('the first analysis that is being generated is marked too', async () => {
  const user = someone();
  const { lease_token } = await claim(database.pool, user);
  expect(await invalidate(user)).toBe(true);
  expect(await save(database.pool, user, lease_token)).toMatchObject({ state: 'saved_stale' });
});

test('one that waits for a claim that is not committed yet marks it', async () => {
  const user = someone();
  await withConnections(database, 2, async ([claiming, invalidating]) => {
    await (claiming as Client).query('BEGIN');
    const { lease_token } = await claim(claiming as Client, user);
    const invalidation = call(invalidating as Client, 'invalidate_personality_cache', { user_id: user });
    await untilBlocked(database, 1);
    await (claiming as Client).query('COMMIT');
    expect(await invalidation).toEqual([{ invalidate_personality_cache: true }]);
    expect(await save(database.pool, user, lease_token)).toMatchObject({ state: 'saved_stale' });
  });
});

test('one that waits for a save that is not committed yet marks what it saved', async () => {
  const user = someone();
  await withConnections(database, 2, async ([saving, invalidating]) => {
    const { lease_token } = await claim(database.pool, user);
    await (saving as Client).query('BEGIN');
    await save(saving as Client, user, lease_token);
    const invalidation = call(invalidating as Client, 'invalidate_personality_cache', { user_id: user });
    await untilBlocked(database, 1);
    await (saving as Client).query('COMMIT');
    await invalidation;
    expect(await get(database.pool, user)).toMatchObject({ is_stale: true });
  });
});

test.each([[null], [' ']])('refuses %p', (user_id) =>
  expectRefusal(database.pool, 'invalidate_personality_cache', { user_id }, 'VG007', /NULL|' '/),
);
