import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, claim, expectRefusal, meter, pidOf, refusal, take, untilBlocked, value, withConnections } from './calls.js';

const database = useDatabase();

function renew(cacheKey: string, leaseToken: string | null, now: string): Promise<Date> {
  return value<Date>(database.pool, 'renew_lease', { content_type: 'health', cache_key: cacheKey, lease_token: leaseToken, now });
}

test('a renewed lease is held for another lease_duration, again and again', async () => {
  const token = await take(database.pool, { cache_key: 'slow' });
  expect(await renew('slow', token, at(50))).toEqual(new Date(at(110)));
  expect(await claim(database.pool, { cache_key: 'slow', now: at(109) })).toMatchObject({ state: 'busy', retry_after_ms: 1000 });
  expect(await renew('slow', token, at(100))).toEqual(new Date(at(160)));
  expect(await claim(database.pool, { cache_key: 'slow', now: at(159) })).toMatchObject({ state: 'busy' });
});

test('a lease that ran out, and that nobody took over, is renewed', async () => {
  const token = await take(database.pool, { cache_key: 'late' });
  expect(await renew('late', token, at(300))).toEqual(new Date(at(360)));
  expect(await claim(database.pool, { cache_key: 'late', now: at(301) })).toMatchObject({ state: 'busy' });
});

test('a lease that another took over is lost, and stays with the other', async () => {
  const first = await take(database.pool, { cache_key: 'taken', holder: 'first' });
  const second = await take(database.pool, { cache_key: 'taken', holder: 'second', now: at(60) });
  expect(await refusal(renew('taken', first, at(61)))).toEqual({
    code: 'VG004',
    message: expect.stringContaining(`'taken'`),
    hint: expect.stringMatching(/\S/),
  });
  expect(await claim(database.pool, { cache_key: 'taken', now: at(119) })).toMatchObject({ state: 'busy', reason: 'held by second' });
  expect(await renew('taken', second, at(61))).toEqual(new Date(at(121)));
});

test('a policy that changes meanwhile decides how long', async () => {
  const token = await take(database.pool, { content_type: 'recommendation', cache_key: 'key' });
  await value(database.pool, 'set_content_policy', { content_type: 'recommendation', lease_duration: '5 minutes' });
  expect(
    await value(database.pool, 'renew_lease', { content_type: 'recommendation', cache_key: 'key', lease_token: token, now: at(10) }),
  ).toEqual(new Date(at(310)));
});

test.each([
  ['an unknown content type', { content_type: 'horoscope' }, 'VG001', `'horoscope'`],
  ['a key that nobody claimed', { cache_key: 'never' }, 'VG004', `'never'`],
  ['a token that nobody was given', {}, 'VG004', `'held'`],
  ['a token of NULL', { lease_token: null }, 'VG004', `'held'`],
])('%s is refused', async (_, wrong, code, message) => {
  await claim(database.pool, { cache_key: 'held' });
  await expectRefusal(
    database.pool,
    'renew_lease',
    { content_type: 'health', cache_key: 'held', lease_token: randomUUID(), ...wrong },
    code,
    message,
  );
});

test('a lease that ran out does not take back what its budget has given to another since', async () => {
  await meter(database.pool);
  const company = randomUUID();
  const asked = { company_id: company, provider: 'test', model: 'metered' };
  await value(database.pool, 'set_budget', { scope: 'company', scope_id: company, monthly_limit: 0.003 });
  const late = await take(database.pool, { ...asked, cache_key: 'overdue' });
  const next = await take(database.pool, { ...asked, cache_key: 'next', now: at(60) });
  expect(await refusal(renew('overdue', late, at(61)))).toMatchObject({ code: 'VG005', message: expect.stringContaining(company) });
  await value(database.pool, 'release_lease', { content_type: 'health', cache_key: 'next', lease_token: next });
  expect(await renew('overdue', late, at(62))).toEqual(new Date(at(122)));
});

test('of a lease that ran out and a claim that come at once, the budget pays for one', () =>
  withConnections(database, 3, async ([first, renewing, claiming]) => {
    if (!first || !renewing || !claiming) throw new Error('three connections');
    await meter(database.pool);
    const company = randomUUID();
    const asked = { company_id: company, provider: 'test', model: 'metered', now: at(60) };
    await value(database.pool, 'set_budget', { scope: 'company', scope_id: company, monthly_limit: 0.003 });
    const late = await take(database.pool, { ...asked, cache_key: 'revived', now: at() });
    await first.query('BEGIN');
    await first.query('SELECT FROM evergreen.budgets WHERE scope_id = $1 FOR UPDATE', [company]);
    const renewal = value(renewing, 'renew_lease', { content_type: 'health', cache_key: 'revived', lease_token: late, now: at(61) });
    await untilBlocked(database, 1, [pidOf(renewing)]);
    const claimed = claim(claiming, { ...asked, cache_key: 'rival', now: at(61) });
    await untilBlocked(database, 2, [pidOf(renewing), pidOf(claiming)]);
    await first.query('COMMIT');
    expect(await renewal).toEqual(new Date(at(121)));
    expect(await claimed).toMatchObject({ state: 'over_budget' });
  }));
