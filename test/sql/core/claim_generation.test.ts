import { useDatabase } from '../../support/database.js';
import {
  at,
  call,
  claim,
  claimFor,
  expectRefusal,
  fail,
  generating,
  look,
  one,
  pidOf,
  refusal,
  save,
  stampede,
  states,
  take,
  untilBlocked,
  withConnections,
} from './calls.js';

const database = useDatabase();
const CROWD = 30;
/** Every claim of a health summary needs this lock, whatever its key. */
const ALL_CLAIMS = `SELECT evergreen.invalidate_leases('health')`;

describe('of 30 connections that claim a key at once, exactly one is told to generate', () => {
  test('when nobody ever asked for the key', () =>
    withConnections(database, CROWD, async (clients) => {
      const claims = await stampede(database, clients, ALL_CLAIMS, (client) => claim(client, { cache_key: 'cold' }));
      expect(states(claims)).toEqual({ claimed: 1, busy: CROWD - 1 });
    }));

  test('when the key was generated before', () =>
    withConnections(database, CROWD, async (clients) => {
      const token = await take(database.pool, { cache_key: 'warm' });
      await call(database.pool, 'release_lease', { content_type: 'health', cache_key: 'warm', lease_token: token });
      const row = `SELECT FROM evergreen.generation_leases WHERE cache_key = 'warm' FOR UPDATE`;
      expect(states(await stampede(database, clients, row, (client) => claim(client, { cache_key: 'warm' })))).toEqual({
        claimed: 1,
        busy: CROWD - 1,
      });
    }));

  test('when the lease of a holder that died has just run out', () =>
    withConnections(database, CROWD, async (clients) => {
      const dead = await take(database.pool, { cache_key: 'abandoned', holder: 'dead' });
      const row = `SELECT FROM evergreen.generation_leases WHERE cache_key = 'abandoned' FOR UPDATE`;
      const claims = await stampede(database, clients, row, (client, index) =>
        claim(client, { cache_key: 'abandoned', holder: `heir ${index}`, now: at(60) }),
      );
      expect(states(claims)).toEqual({ claimed: 1, busy: CROWD - 1 });
      expect(claims.map(({ lease_token }) => lease_token)).not.toContain(dead);
      expect(claims.every(({ state, reason }) => state === 'claimed' || /^held by heir/.test(reason ?? ''))).toBe(true);
    }));
});

describe('who may generate', () => {
  test('the winner learns its token, when to renew and how long the answer may be', async () => {
    await call(database.pool, 'set_content_policy', { content_type: 'insight', lease_duration: '90 seconds', max_completion_tokens: 777 });
    expect(await claim(database.pool, { content_type: 'insight', cache_key: 'winner' })).toEqual({
      state: 'claimed',
      lease_token: expect.stringMatching(/^[0-9a-f-]{36}$/),
      retry_after_ms: null,
      renew_after_ms: 30_000,
      max_completion_tokens: 777,
      reason: null,
    });
    expect(await claim(database.pool, { content_type: 'insight', cache_key: 'winner', now: at(30) })).toMatchObject({
      retry_after_ms: 60_000,
    });
  });

  test('whoever comes while it is generated learns by whom and for how long at most, and gets no token', async () => {
    await take(database.pool, { cache_key: 'held', holder: 'web-1/4711' });
    expect(await claim(database.pool, { cache_key: 'held', now: at(20) })).toEqual({
      state: 'busy',
      lease_token: null,
      retry_after_ms: 40_000,
      renew_after_ms: null,
      max_completion_tokens: null,
      reason: 'held by web-1/4711',
    });
  });

  test('the lease holds until the moment it runs out, and not longer', async () => {
    await take(database.pool, { cache_key: 'edge' });
    expect(await claim(database.pool, { cache_key: 'edge', now: at(59.999) })).toMatchObject({ state: 'busy', retry_after_ms: 1 });
    expect(await claim(database.pool, { cache_key: 'edge', now: at(60) })).toMatchObject({ state: 'claimed' });
  });

  test('the same key of another content type is another key', async () => {
    await take(database.pool, { content_type: 'health', cache_key: 'shared' });
    expect(await claim(database.pool, { content_type: 'insight', cache_key: 'shared' })).toMatchObject({ state: 'claimed' });
  });

  test('without an injected clock the lease runs from now', async () => {
    await take(database.pool, { cache_key: 'real clock', now: null });
    expect(
      await one(
        database.pool,
        `SELECT expires_at BETWEEN clock_timestamp() + interval '50 seconds' AND clock_timestamp() + interval '60 seconds'
           FROM evergreen.generation_leases WHERE cache_key = 'real clock'`,
      ),
    ).toBe(true);
  });

  test('the view leases shows who generates what, and no token', async () => {
    const token = await take(database.pool, { cache_key: 'shown', holder: 'web-2', now: null });
    const [shown] = await database.query(`SELECT * FROM evergreen.leases WHERE cache_key = 'shown'`);
    expect(shown).toMatchObject({ content_type: 'health', holder: 'web-2', live: true, failures: 0 });
    expect(Object.values(shown ?? {})).not.toContain(token);
  });
});

describe('a save since the lookup, told by snapshots and not by clocks', () => {
  test('that committed after the lookup: fresh, so nobody generates twice', async () => {
    const { company, lookup, token } = await generating(database.pool);
    const late = await look(database.pool, company);
    await save(database.pool, company, lookup, token, 'saved');
    expect(await claimFor(database.pool, company, late)).toEqual({
      state: 'fresh',
      lease_token: null,
      retry_after_ms: null,
      renew_after_ms: null,
      max_completion_tokens: null,
      reason: null,
    });
    expect(await look(database.pool, company)).toMatchObject({ freshness: 'fresh', content: { content: { headline: 'saved' } } });
  });

  test('that the lookup saw already: claimed, although clocks call the save newer', async () => {
    const { company, lookup, token } = await generating(database.pool);
    await save(database.pool, company, lookup, token, 'of the future', { now: at(3600) });
    const aged = await look(database.pool, company, at(30 * 86_400));
    expect(aged.freshness).toBe('expired');
    expect(await claimFor(database.pool, company, aged)).toMatchObject({ state: 'claimed' });
  });

  test('that a clock calls older than the lookup: fresh all the same', async () => {
    const { company, lookup, token } = await generating(database.pool);
    const late = await look(database.pool, company, at(3600));
    await save(database.pool, company, lookup, token, 'by a slow clock', { now: at(-3600) });
    expect(await claimFor(database.pool, company, late, { now: at(3600) })).toMatchObject({ state: 'fresh' });
  });

  test('that began before the lookup and commits after it: the claim waits for it, then fresh', () =>
    withConnections(database, 2, async ([saver, caller]) => {
      if (!saver || !caller) throw new Error('two connections');
      const { company, lookup, token } = await generating(database.pool);
      await saver.query('BEGIN');
      await save(saver, company, lookup, token, 'not yet committed');
      // Others commit meanwhile: the open transaction is no longer the newest.
      await call(database.pool, 'set_retention', { subject: 'system_logs', retain_for: '365 days' });
      const late = await look(caller, company);
      expect(late.freshness).toBe('missing');
      const claiming = claimFor(caller, company, late);
      await untilBlocked(database, 1, [pidOf(caller)]);
      await saver.query('COMMIT');
      expect(await claiming).toMatchObject({ state: 'fresh' });
    }));

  test('that is rolled back: the caller that waited for it is not told fresh', () =>
    withConnections(database, 2, async ([saver, caller]) => {
      if (!saver || !caller) throw new Error('two connections');
      const { company, lookup, token } = await generating(database.pool);
      await saver.query('BEGIN');
      await save(saver, company, lookup, token, 'never committed');
      const claiming = claimFor(caller, company, await look(caller, company));
      await untilBlocked(database, 1, [pidOf(caller)]);
      await saver.query('ROLLBACK');
      expect(await claiming).toMatchObject({ state: 'busy' });
      expect(await save(database.pool, company, lookup, token, 'at last')).toMatchObject({ state: 'saved' });
    }));

  test('does not count for a caller that names no lookup', async () => {
    const { company, lookup, token } = await generating(database.pool);
    await save(database.pool, company, lookup, token, 'saved');
    expect(await claimFor(database.pool, company, lookup, { seen: null })).toMatchObject({ state: 'claimed' });
  });

  test('does not count when an invalidation made it stale', async () => {
    const { company, lookup, token } = await generating(database.pool);
    const late = await look(database.pool, company);
    await call(database.pool, 'invalidate_content', { company_id: company });
    expect(await save(database.pool, company, lookup, token, 'outdated')).toMatchObject({ state: 'saved_stale' });
    expect(await claimFor(database.pool, company, late)).toMatchObject({ state: 'claimed' });
  });

  test('is not a failure', async () => {
    const { company, lookup, token } = await generating(database.pool);
    const late = await look(database.pool, company);
    await fail(database.pool, token, { cache_key: lookup.cache_key });
    expect(await claimFor(database.pool, company, late, { now: at(3600) })).toMatchObject({ state: 'claimed' });
  });

  test('by a transaction id of the future, from before a restore, is none', async () => {
    const { company, lookup, token } = await generating(database.pool);
    await save(database.pool, company, lookup, token, 'saved');
    await database.query(`UPDATE evergreen.generation_leases SET saved_xid = '4611686018427387904' WHERE cache_key = $1`, [
      lookup.cache_key,
    ]);
    expect(await claimFor(database.pool, company, lookup)).toMatchObject({ state: 'claimed' });
  });

  test('is not asked of a snapshot that is none', async () => {
    const { company, lookup, token } = await generating(database.pool);
    await expectRefusal(
      database.pool,
      'claim_generation',
      { content_type: 'health', cache_key: lookup.cache_key, holder: 'tester', seen: 'yesterday' },
      'VG007',
      `'yesterday'`,
    );
    await save(database.pool, company, lookup, token, 'saved');
    await expectRefusal(
      database.pool,
      'claim_generation',
      { content_type: 'health', cache_key: lookup.cache_key, holder: 'tester', seen: '9:1:' },
      'VG007',
      `'9:1:'`,
    );
  });
});

describe('bad input is refused', () => {
  const good = { content_type: 'health', cache_key: 'refused', holder: 'tester' };
  test.each([
    ['an unknown content type', { content_type: 'horoscope' }, 'VG001', `'horoscope'`],
    ['a content type of NULL', { content_type: null }, 'VG001', 'NULL'],
    ['a key of NULL', { cache_key: null }, 'VG007', 'NULL'],
    ['an empty key', { cache_key: '' }, 'VG007', `''`],
    ['a key of more than 512 bytes', { cache_key: `k${'é'.repeat(256)}` }, 'VG007', '512 bytes'],
    ['a holder of NULL', { holder: null }, 'VG007', 'holder'],
    ['a blank holder', { holder: ' \t' }, 'VG007', 'holder'],
  ])('%s', (_, wrong, code, message) => expectRefusal(database.pool, 'claim_generation', { ...good, ...wrong }, code, message));

  test('and the hint of an unknown content type lists those that are known', async () => {
    await expect(claim(database.pool, { content_type: 'horoscope' })).rejects.toMatchObject({
      hint: expect.stringContaining('health, insight'),
    });
  });

  test('but a key of 512 bytes is a key', async () => {
    expect(await claim(database.pool, { cache_key: 'k'.repeat(512) })).toMatchObject({ state: 'claimed' });
  });

  test('and a key that no claim takes cannot be written past the function either', async () => {
    const insert = `INSERT INTO evergreen.generation_leases (content_type, cache_key) VALUES ('health', $1)`;
    expect(await refusal(database.query(insert, [`k${'é'.repeat(256)}`]))).toMatchObject({ code: '23514' });
    expect(await refusal(database.query(insert, ['']))).toMatchObject({ code: '23514' });
  });
});
