import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { call, claim, claimFor, generating, look, pidOf, refusal, save, untilBlocked, withConnections } from './calls.js';

const database = useDatabase();

/** Runs `work` while an invalidation of a company stands in a transaction that is open; it is given what ends it. */
async function whileInvalidating<Result>(
  args: { company_id: string; content_type?: string },
  work: (clients: [Client, Client], end: (how: 'COMMIT' | 'ROLLBACK') => Promise<unknown>) => Promise<Result>,
): Promise<Result> {
  return withConnections(database, 3, async ([invalidator, one, two]) => {
    const client = invalidator as Client;
    await client.query('BEGIN');
    await call(client, 'invalidate_content', args);
    return await work([one as Client, two as Client], (how) => client.query(how));
  });
}

describe('an invalidation that is not committed yet', () => {
  test.each(['COMMIT', 'ROLLBACK'] as const)('has a claim for its company wait until its %s', async (how) => {
    const company = randomUUID();
    await whileInvalidating({ company_id: company }, async ([client], end) => {
      const lookup = await look(client, company);
      const claiming = claimFor(client, company, lookup);
      await untilBlocked(database, 1, [pidOf(client)]);
      await end(how);
      const { state, lease_token } = await claiming;
      expect(state).toBe('claimed');
      // What is claimed after it was asked for after it: it is fresh.
      expect(await save(client, company, lookup, lease_token as string, 'after it')).toMatchObject({ state: 'saved' });
    });
  });

  test('lets claims for other companies, for none, and of other content types pass', async () => {
    const company = randomUUID();
    await whileInvalidating({ company_id: company, content_type: 'health' }, async ([client]) => {
      const other = randomUUID();
      expect(await claimFor(client, other, await look(client, other))).toMatchObject({ state: 'claimed' });
      expect(await claim(client, { cache_key: 'of nobody' })).toMatchObject({ state: 'claimed' });
      expect(await claim(client, { content_type: 'insight', cache_key: company, company_id: company })).toMatchObject({ state: 'claimed' });
    });
  });

  test('lets other invalidations of the same company and of others pass', async () => {
    const company = randomUUID();
    await whileInvalidating({ company_id: company }, async ([one, two]) => {
      await one.query('BEGIN');
      await call(one, 'invalidate_content', { company_id: company });
      await call(two, 'invalidate_content', { company_id: randomUUID() });
      await one.query('COMMIT');
    });
  });

  test('marks what is generated in time: a save that waited for it is stale', async () => {
    const { company, lookup, token } = await generating(database.pool);
    await whileInvalidating({ company_id: company }, async ([client], end) => {
      const saving = save(client, company, lookup, token, 'outdated');
      await untilBlocked(database, 1, [pidOf(client)]);
      await end('COMMIT');
      expect(await saving).toMatchObject({ state: 'saved_stale' });
    });
  });

  test('that is rolled back marks nothing', async () => {
    const { company, lookup, token } = await generating(database.pool);
    await whileInvalidating({ company_id: company }, async ([client], end) => {
      const saving = save(client, company, lookup, token, 'still right');
      await untilBlocked(database, 1, [pidOf(client)]);
      await end('ROLLBACK');
      expect(await saving).toMatchObject({ state: 'saved' });
    });
  });
});

describe('a claim that is not committed yet', () => {
  test('has an invalidation of its company wait, which then marks it', () =>
    withConnections(database, 2, async ([claimer, invalidator]) => {
      const company = randomUUID();
      const lookup = await look(database.pool, company);
      await claimer?.query('BEGIN');
      const { lease_token } = await claimFor(claimer as Client, company, lookup);
      const invalidating = call(invalidator as Client, 'invalidate_content', { company_id: company });
      await untilBlocked(database, 1, [pidOf(invalidator as Client)]);
      await claimer?.query('COMMIT');
      await invalidating;
      expect(await save(database.pool, company, lookup, lease_token as string, 'outdated')).toMatchObject({ state: 'saved_stale' });
    }));
});

describe('of everything of a content type', () => {
  test('marks what any company generates, and has every claim wait', () =>
    withConnections(database, 2, async ([invalidator, claimer]) => {
      const one = await generating(database.pool);
      const two = await generating(database.pool);
      await invalidator?.query('BEGIN');
      const [marked] = (await invalidator?.query(`SELECT evergreen.invalidate_leases('health') AS count`))?.rows ?? [];
      expect(marked.count).toBeGreaterThanOrEqual(2);
      const claiming = claim(claimer as Client, { cache_key: 'of nobody yet' });
      await untilBlocked(database, 1, [pidOf(claimer as Client)]);
      await invalidator?.query('COMMIT');
      expect(await claiming).toMatchObject({ state: 'claimed' });
      for (const { company, lookup, token } of [one, two]) {
        expect(await save(database.pool, company, lookup, token, 'outdated')).toMatchObject({ state: 'saved_stale' });
      }
    }));

  test('or of some keys only', async () => {
    const one = await generating(database.pool);
    const two = await generating(database.pool);
    expect(await call(database.pool, 'invalidate_leases', { content_type: 'health', cache_keys: [one.lookup.cache_key] })).toEqual([
      { invalidate_leases: 1 },
    ]);
    expect(await save(database.pool, one.company, one.lookup, one.token, 'outdated')).toMatchObject({ state: 'saved_stale' });
    expect(await save(database.pool, two.company, two.lookup, two.token, 'right')).toMatchObject({ state: 'saved' });
  });
});

describe.each(['REPEATABLE READ', 'SERIALIZABLE'])('in a %s transaction, which does not see what is claimed meanwhile', (isolation) => {
  test.each([
    ['invalidate_content', { company_id: randomUUID() }, 'nothing can be invalidated'],
    ['invalidate_answers', { content_type: 'cluster', all: true }, 'nothing can be invalidated'],
    ['invalidate_personality_caches', {}, 'nothing can be invalidated'],
    ['forget_company', { company_id: randomUUID() }, 'nobody can be forgotten'],
  ] as const)('%s is refused', (name, args, what) =>
    withConnections(database, 1, async ([client]) => {
      await client?.query(`BEGIN ISOLATION LEVEL ${isolation}`);
      expect(await refusal(call(client as Client, name, args))).toEqual({
        code: 'VG007',
        message: `${what} in a ${isolation.toLowerCase()} transaction`,
        hint: expect.stringContaining('READ COMMITTED'),
      });
    }),
  );
});
