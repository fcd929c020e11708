import { createHash, randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { waitUntil } from '../../support/wait-until.js';
import { call, claim, claimFor, fail, generating, look, save, take, withConnections } from './calls.js';

const database = useDatabase();

/** What a backend that listens hears of the work. A message of its own at the end says that there is no more to come. */
async function heard(work: () => Promise<unknown>): Promise<string[]> {
  return withConnections(database, 1, async ([listener]) => {
    const client = listener as Client;
    const payloads: string[] = [];
    client.on('notification', ({ channel, payload }) => payloads.push(`${channel} ${payload}`));
    await client.query('LISTEN evergreen');
    await work();
    const end = randomUUID();
    await database.query(`SELECT pg_notify('evergreen', $1)`, [end]);
    await waitUntil('the end is heard', () => payloads.at(-1) === `evergreen ${end}`);
    return payloads.slice(0, -1);
  });
}

const payload = (cacheKey: string) => `evergreen ${createHash('md5').update(`health:${cacheKey}`).digest('hex')}`;

test('a save wakes those who were told busy', async () => {
  const { company, lookup, token } = await generating(database.pool);
  expect(await claimFor(database.pool, company, lookup)).toMatchObject({ state: 'busy' });
  expect(await heard(() => save(database.pool, company, lookup, token, 'saved'))).toEqual([payload(lookup.cache_key)]);
});

test('a save that is stale by the time it comes wakes them too', async () => {
  const { company, lookup, token } = await generating(database.pool);
  expect(await claimFor(database.pool, company, lookup)).toMatchObject({ state: 'busy' });
  await call(database.pool, 'invalidate_content', { company_id: company });
  expect(await heard(() => save(database.pool, company, lookup, token, 'outdated'))).toEqual([payload(lookup.cache_key)]);
});

test('a failure wakes them', async () => {
  const token = await take(database.pool, { cache_key: 'failing' });
  expect(await claim(database.pool, { cache_key: 'failing' })).toMatchObject({ state: 'busy' });
  expect(await heard(() => fail(database.pool, token, { cache_key: 'failing' }))).toEqual([payload('failing')]);
});

test('a lease given back wakes them', async () => {
  const token = await take(database.pool, { cache_key: 'released' });
  expect(await claim(database.pool, { cache_key: 'released' })).toMatchObject({ state: 'busy' });
  expect(
    await heard(() => call(database.pool, 'release_lease', { content_type: 'health', cache_key: 'released', lease_token: token })),
  ).toEqual([payload('released')]);
});

test('many who wait for one key are woken by one message', async () => {
  const { company, lookup, token } = await generating(database.pool);
  for (let waiter = 0; waiter < 5; waiter += 1) await claimFor(database.pool, company, lookup);
  expect(await heard(() => save(database.pool, company, lookup, token, 'saved'))).toHaveLength(1);
});

test('nobody is woken when nobody was told busy', async () => {
  expect(
    await heard(async () => {
      const saved = await generating(database.pool);
      await save(database.pool, saved.company, saved.lookup, saved.token, 'saved');
      await look(database.pool, saved.company);
      await fail(database.pool, await take(database.pool, { cache_key: 'alone' }), { cache_key: 'alone' });
      const token = await take(database.pool, { cache_key: 'alone too' });
      await call(database.pool, 'release_lease', { content_type: 'health', cache_key: 'alone too', lease_token: token });
    }),
  ).toEqual([]);
});

test('those who waited once are not woken again', async () => {
  const { company, lookup, token } = await generating(database.pool);
  await claimFor(database.pool, company, lookup);
  await save(database.pool, company, lookup, token, 'saved');
  expect(
    await heard(async () => {
      const again = await take(database.pool, { cache_key: lookup.cache_key, company_id: company });
      await save(database.pool, company, lookup, again, 'saved again');
    }),
  ).toEqual([]);
});

test('a save that is rolled back wakes nobody', async () => {
  const { company, lookup, token } = await generating(database.pool);
  await claimFor(database.pool, company, lookup);
  expect(
    await heard(() =>
      withConnections(database, 1, async ([client]) => {
        await client?.query('BEGIN');
        await save(client as Client, company, lookup, token, 'never');
        await client?.query('ROLLBACK');
      }),
    ),
  ).toEqual([]);
});
