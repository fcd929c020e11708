import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, expectRefusal, row, spent } from '../core/calls.js';
import { analysis, claim, DAY, generate, get, look, meter, RECEIPT, save, someone, tune } from './people.js';

const database = useDatabase();
beforeAll(() => meter(database.pool));

const logOf = (user: string) =>
  database.query(
    'SELECT generation_type, outcome, success, cost::float8, company_id FROM evergreen.ai_generation_logs WHERE user_id = $1',
    [user],
  );

test('keeps the analysis with where it comes from; logs, bills the user, ends the lease', async () => {
  const user = someone();
  const { lease_token } = await claim(database.pool, user);
  expect(await save(database.pool, user, lease_token, analysis(), { prompt_id: 'personality_v1' })).toEqual({
    state: 'saved',
    content: analysis(),
    generated_at: new Date(at()),
    cost: '0.00015',
    changes: [],
    tuning: {},
    dropped_tuning: {},
    personality: null,
    revision: 1,
    version: 1,
  });
  expect(await get(database.pool, user)).toMatchObject({
    analysis: analysis(),
    generation_model: 'metered',
    generation_prompt_id: 'personality_v1',
  });
  expect(await logOf(user)).toEqual([
    { generation_type: 'personality', outcome: 'generated', success: true, cost: 0.00015, company_id: null },
  ]);
  expect(await spent(database.pool, 'user', user)).toBeCloseTo(0.00015, 9);
  expect(await claim(database.pool, user)).toMatchObject({ state: 'claimed' });
});

test('a company may pay beside the user, and owns nothing of it', async () => {
  const [user, company_id] = [someone(), randomUUID()];
  const { lease_token } = await claim(database.pool, user, { company_id });
  await save(database.pool, user, lease_token, analysis(), { company_id });
  expect(await spent(database.pool, 'company', company_id)).toBeCloseTo(0.00015, 9);
  await database.query('SELECT evergreen.forget_company($1)', [company_id]);
  expect(await get(database.pool, user)).toMatchObject({ analysis: analysis() });
});

test('a new analysis that says the same costs, begins the age anew, and is no revision', async () => {
  const user = someone();
  await generate(database.pool, user);
  const next = await generate(database.pool, user, analysis({ openness: 81, calm: 40 }), 7 * DAY);
  expect(next).toMatchObject({
    state: 'saved',
    cost: '0.00015',
    revision: 1,
    content: analysis(),
    changes: [],
    generated_at: new Date(at(7 * DAY)),
  });
  expect(await get(database.pool, user, 13 * DAY)).toMatchObject({ freshness: 'fresh', revision: 1, analysis: analysis() });
});

test('an adjustment made while it was generated is not lost', async () => {
  const user = someone();
  await generate(database.pool, user);
  const { lease_token } = await claim(database.pool, user);
  await tune(database.pool, user, { '/traits/openness/score': 99, '/traits/calm/score': 98 });
  const next = analysis({ openness: 10 });
  expect(await save(database.pool, user, lease_token, next)).toMatchObject({
    state: 'saved',
    revision: 3,
    content: next,
    tuning: { '/traits/openness/score': 99 },
    dropped_tuning: { '/traits/calm/score': 98 },
    personality: { traits: [{ name: 'openness', score: 99 }] },
  });
});

test.each([
  ['says the same', analysis()],
  ['says something else', analysis({ openness: 3 })],
])('an invalidation that came while it was generated is not lost when it %s', async (_, document) => {
  const user = someone();
  await generate(database.pool, user);
  const { lease_token } = await claim(database.pool, user);
  await database.query('SELECT evergreen.invalidate_personality_cache($1)', [user]);
  expect(await save(database.pool, user, lease_token, document, { now: at(5) })).toMatchObject({ state: 'saved_stale' });
  expect(await get(database.pool, user, 6)).toMatchObject({ analysis: document, is_stale: true, freshness: 'expired' });
  await generate(database.pool, user, document, 7);
  expect(await get(database.pool, user, 8)).toMatchObject({ is_stale: false, freshness: 'fresh' });
});

test('whoever looked before the save is told to look again', async () => {
  const user = someone();
  const { seen } = await look(database.pool, user);
  await generate(database.pool, user);
  expect(await claim(database.pool, user, { seen })).toMatchObject({ state: 'fresh' });
});

test('without the lease it is billed, not kept', async () => {
  const user = someone();
  expect(await save(database.pool, user, randomUUID())).toMatchObject({ state: 'lease_lost', content: null, cost: '0.00015' });
  expect(await database.query('SELECT FROM evergreen.personality_cache WHERE user_id = $1', [user])).toEqual([]);
  expect(await logOf(user)).toMatchObject([{ outcome: 'lease_lost' }]);
});

test('the user’s budget is kept', async () => {
  const user = someone();
  await row(database.pool, 'set_budget', { scope: 'user', scope_id: user, monthly_limit: 0.0001 });
  expect(await claim(database.pool, user, { provider: 'test', model: 'metered' })).toMatchObject({
    state: 'over_budget',
    lease_token: null,
  });
});

describe('bad input', () => {
  const user = someone();
  let lease: string | null;
  beforeAll(async () => {
    lease = (await claim(database.pool, user)).lease_token;
  });
  test.each<[string, Record<string, unknown>, string, string]>([
    ['NULL for the user', { user_id: null }, 'VG007', 'NULL'],
    ['no lease', { lease_token: null }, 'VG007', 'lease'],
    ['a blank model', { model: ' ' }, 'VG007', 'model'],
    ['a prompt that is not there', { prompt_id: 'no_such' }, 'VG002', "'no_such'"],
    ['a list', { analysis: '[1]' }, 'VG007', 'analysis'],
    ['nothing', { analysis: null }, 'VG007', 'analysis'],
    ['12.8 MB', { analysis: { a: 'x'.repeat(12_800_000) } }, 'VG006', 'bytes'],
  ])('%s', (_, wrong, code, message) =>
    expectRefusal(
      database.pool,
      'save_personality',
      { user_id: user, analysis: analysis(), lease_token: lease, ...RECEIPT, now: at(), ...wrong },
      code,
      message,
    ),
  );

  test('leaves the lease to be used for what is right', async () => {
    expect(await save(database.pool, user, lease)).toMatchObject({ state: 'saved' });
  });
});
