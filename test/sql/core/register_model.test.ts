import { useDatabase } from '../../support/database.js';
import { type Arguments, call, contents, expectRefusal, one, value } from './calls.js';

const database = useDatabase();

const register = (model: string, prompt_price: number, more: Arguments = {}) =>
  call(database.pool, 'register_model', { provider: 'test', model, prompt_price, completion_price: 0, ...more });

async function cost(model: string, at: string | null = null): Promise<number | null> {
  const usd = await value<string | null>(database.pool, 'generation_cost', {
    provider: 'test',
    model,
    prompt_tokens: 1_000_000,
    completion_tokens: 0,
    at,
  });
  return usd === null ? null : Number(usd);
}

test('the first price of a model holds from the beginning, a later one from now on', async () => {
  await register('new', 1);
  expect(await cost('new', '2000-01-01T00:00:00Z')).toBe(1);
  await register('new', 2);
  expect(await cost('new')).toBe(2);
  expect(await cost('new', '2026-01-01T00:00:00Z')).toBe(1);
});

test('a price that is announced for a day holds from that day on', async () => {
  await register('announced', 1);
  await register('announced', 5, { valid_from: '2100-01-01T00:00:00Z' });
  expect(await cost('announced')).toBe(1);
  expect(await cost('announced', '2100-01-01T00:00:00Z')).toBe(5);
});

test('a new price never changes what was logged before', async () => {
  await register('logged', 1);
  const log = () =>
    value(database.pool, 'log_generation', {
      generation_type: 'recommendation',
      provider: 'test',
      model: 'logged',
      success: true,
      prompt_tokens: 1_000_000,
    });
  expect(Number(await log())).toBe(1);
  await register('logged', 3);
  expect(Number(await log())).toBe(3);
  expect(await one(database.pool, `SELECT sum(cost)::float8 FROM evergreen.ai_generation_logs WHERE model_used = 'logged'`)).toBe(4);
});

test('the price that was entered wrong for a day is corrected in its place', async () => {
  await register('corrected', 1, { valid_from: '2026-01-01T00:00:00Z' });
  await register('corrected', 2, { valid_from: '2026-01-01T00:00:00Z' });
  expect(await cost('corrected', '2026-01-01T00:00:00Z')).toBe(2);
  expect(await one(database.pool, `SELECT count(*)::integer FROM evergreen.ai_models WHERE model = 'corrected'`)).toBe(1);
});

test('the price in force again changes nothing', async () => {
  await register('same', 1, { cached_price: 0.5 });
  const before = await contents(database.pool);
  await register('same', 1, { cached_price: 0.5 });
  await register('same', 1.0, { cached_price: 0.5, valid_from: '2030-01-01T00:00:00Z' });
  expect(await contents(database.pool)).toEqual(before);
});

test('a dated name gets a price of its own, although the name without the date has the same', async () => {
  await register('base', 1);
  await register('base-2026-01-01', 1);
  await register('base', 9);
  expect(await cost('base-2026-01-01')).toBe(1);
});

test('each price is audited with the one before', async () => {
  await register('audited', 1);
  await register('audited', 2);
  const audit = await database.query(`SELECT action, before, after FROM evergreen.audit_log WHERE subject = 'test/audited' ORDER BY id`);
  expect(audit).toEqual([
    { action: 'register_model', before: null, after: expect.objectContaining({ prompt_price: 1 }) },
    { action: 'register_model', before: expect.objectContaining({ prompt_price: 1 }), after: expect.objectContaining({ prompt_price: 2 }) },
  ]);
});

describe('bad input is refused', () => {
  test.each([
    ['no provider', { provider: null }, 'provider'],
    ['a blank provider', { provider: ' ' }, 'provider'],
    ['no model', { model: null }, 'model'],
    ['a blank model', { model: '' }, 'model'],
    ['no price', { prompt_price: null }, 'test/bad'],
    ['a negative price', { prompt_price: -1 }, 'test/bad'],
    ['a price that is no number', { prompt_price: 'NaN' }, 'test/bad'],
    ['a price without an end', { completion_price: 'Infinity' }, 'test/bad'],
    ['a negative cached price', { cached_price: -0.1 }, 'test/bad'],
    ['a cached price that is no number', { cached_price: 'NaN' }, 'test/bad'],
    ['a completion price of NULL', { completion_price: null }, 'test/bad'],
  ])('%s', (_, wrong, message) =>
    expectRefusal(database.pool, 'register_model', { provider: 'test', model: 'bad', prompt_price: 1, ...wrong }, 'VG007', message),
  );
});
