import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, call, contents, expectRefusal } from '../core/calls.js';
import { DAY, makeCompany, makeStep, saveHealth, setStatus } from './world.js';

const database = useDatabase({ host: true });

const find = (company: string, args: Record<string, unknown> = {}) =>
  call(database.pool, 'find_health_summary', { company_id: company, now: at(), ...args });

test('the one of the present state, with all about it; no row when there is none', async () => {
  const company = await makeCompany(database.pool);
  expect(await find(company)).toEqual([]);
  const { content } = await saveHealth(database.pool, company, { headline: 'Well' });
  expect(await find(company)).toMatchObject([
    { id: content.id, content: { headline: 'Well' }, match: 'current', freshness: 'fresh', revision: 1, times_presented: 0 },
  ]);
});

test('fresh, then stale, then none; its own expires_at overrules the policy, also one that never comes', async () => {
  const company = await makeCompany(database.pool);
  await saveHealth(database.pool, company);
  expect(await find(company, { now: at(7 * DAY - 1) })).toMatchObject([{ freshness: 'fresh' }]);
  expect(await find(company, { now: at(7 * DAY) })).toMatchObject([{ freshness: 'stale' }]);
  expect(await find(company, { now: at(8 * DAY) })).toEqual([]);
  await saveHealth(database.pool, company, { headline: 'For ever' }, { expires_at: 'infinity' });
  expect(await find(company, { now: at(4000 * DAY) })).toMatchObject([{ freshness: 'fresh' }]);
  await saveHealth(database.pool, company, { headline: 'Never' }, { expires_at: '-infinity' });
  expect(await find(company)).toEqual([]);
});

test('after a failure the newest of any state, within stale_if_error', async () => {
  const company = await makeCompany(database.pool);
  for (const [index, headline] of ['oldest', 'newest'].entries()) {
    await saveHealth(database.pool, company, { headline }, { now: at(index * DAY) });
    await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  }
  const now = at(2 * DAY);
  expect(await find(company, { now })).toEqual([]);
  expect(await find(company, { now, after_failure: true })).toMatchObject([
    { content: { headline: 'newest' }, match: 'other_context', freshness: 'expired' },
  ]);
  expect(await find(company, { now: at(31 * DAY), after_failure: true })).toEqual([]);
});

test('writes nothing', async () => {
  const company = await makeCompany(database.pool);
  await saveHealth(database.pool, company);
  const before = await contents(database.pool);
  await find(company);
  expect(await contents(database.pool)).toEqual(before);
});

test('bad input: a company that the application does not have, or NULL', async () => {
  const nobody = randomUUID();
  await expectRefusal(database.pool, 'find_health_summary', { company_id: nobody }, 'VG002', nobody);
  await expectRefusal(database.pool, 'find_health_summary', { company_id: null }, 'VG007', 'NULL');
});
