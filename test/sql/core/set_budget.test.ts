import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { call, claim, expectRefusal, meter, one } from './calls.js';

const database = useDatabase();
beforeAll(() => meter(database.pool));

test('a budget holds from the next claim on, a changed one too, and NULL removes it', async () => {
  const ask = (cache_key: string) => claim(database.pool, { cache_key, provider: 'test', model: 'metered', user_id: 'ada' });
  const limit = (monthly_limit: number | null) => call(database.pool, 'set_budget', { scope: 'user', scope_id: 'ada', monthly_limit });
  await limit(0.001);
  expect(await ask('a')).toMatchObject({ state: 'over_budget' });
  await limit(0.002);
  expect(await ask('b')).toMatchObject({ state: 'claimed' });
  expect(await ask('c')).toMatchObject({ state: 'over_budget' });
  await limit(null);
  expect(await ask('d')).toMatchObject({ state: 'claimed' });
  expect(await call(database.pool, 'get_budget_status')).toEqual([]);
});

test('each change is audited: who, what was, what is', async () => {
  const company = randomUUID();
  const set = (monthly_limit: number | null) =>
    call(database.pool, 'set_budget', { scope: 'company', scope_id: company, monthly_limit, hard: false });
  await set(10);
  await set(20);
  await set(null);
  const audit = await database.query(`SELECT actor, action, before, after FROM evergreen.audit_log WHERE subject = $1 ORDER BY id`, [
    `company ${company}`,
  ]);
  const actor = await one(database.pool, 'SELECT session_user::text');
  const is = (monthly_limit: number) => expect.objectContaining({ scope: 'company', scope_id: company, monthly_limit, hard: false });
  expect(audit).toEqual([
    { actor, action: 'set_budget', before: null, after: is(10) },
    { actor, action: 'set_budget', before: is(10), after: is(20) },
    { actor, action: 'set_budget', before: is(20), after: null },
  ]);
});

test('the id of a company is one budget however it is written', async () => {
  const company = randomUUID();
  await call(database.pool, 'set_budget', { scope: 'company', scope_id: company.toUpperCase(), monthly_limit: 0 });
  await call(database.pool, 'set_budget', { scope: 'company', scope_id: company, monthly_limit: 0.001 });
  expect(await one(database.pool, `SELECT count(*)::integer FROM evergreen.budgets WHERE scope_id = $1`, [company])).toBe(1);
  expect(await claim(database.pool, { cache_key: 'e', company_id: company, provider: 'test', model: 'metered' })).toMatchObject({
    state: 'over_budget',
  });
});

describe('bad input is refused', () => {
  test.each([
    ['an unknown scope', { scope: 'team' }, 'VG007', `'team'`],
    ['a scope of NULL', { scope: null }, 'VG007', 'NULL'],
    ['a user without an id', { scope_id: null }, 'VG007', 'user'],
    ['a blank user', { scope_id: ' ' }, 'VG007', 'user'],
    ['a company that is no uuid', { scope: 'company', scope_id: 'ACME' }, 'VG007', `'ACME'`],
    ['a negative limit', { monthly_limit: -1 }, 'VG007', '-1'],
    ['a limit that is no number', { monthly_limit: 'NaN' }, 'VG007', 'NaN'],
    ['a limit without an end', { monthly_limit: 'Infinity' }, 'VG007', 'Infinity'],
    ['a warning at more than all of it', { alert_at: 1.1 }, 'VG007', '1.1'],
    ['a warning below nothing', { alert_at: -0.1 }, 'VG007', '-0.1'],
    ['a warning that is no number', { alert_at: 'NaN' }, 'VG007', 'NaN'],
    ['a warning of NULL', { alert_at: null }, 'VG007', 'makes no sense'],
    ['hard of NULL', { hard: null }, 'VG007', 'makes no sense'],
    ['removing what is not there', { monthly_limit: null }, 'VG002', 'user nobody'],
  ])('%s', (_, wrong, code, message) =>
    expectRefusal(database.pool, 'set_budget', { scope: 'user', scope_id: 'nobody', monthly_limit: 1, ...wrong }, code, message),
  );
});
