import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { type Arguments, at, call, expectRefusal, generating, meter, one, save, spent, value } from './calls.js';

const database = useDatabase({ host: true });
beforeAll(() => meter(database.pool));

const log = (more: Arguments = {}) =>
  value<string | null>(database.pool, 'log_generation', {
    generation_type: 'recommendation',
    provider: 'test',
    model: 'metered',
    success: true,
    created_at: at(),
    ...more,
  });

async function line(requestId: string) {
  const rows = await database.query(`SELECT * FROM evergreen.ai_generation_logs WHERE request_id = $1`, [requestId]);
  expect(rows).toHaveLength(1);
  return rows[0];
}

test('a call is logged with all that is known of it, and costs what it costs', async () => {
  const company = randomUUID();
  expect(
    await log({
      company_id: company,
      user_id: 'ada',
      prompt_id: 'recommendation_v1',
      prompt_tokens: 1000,
      completion_tokens: 200,
      cached_tokens: 600,
      generation_time_ms: 1234,
      outcome: 'uncached',
      request_id: 'all of it',
    }),
  ).toBe('0.0009');
  expect(await line('all of it')).toMatchObject({
    company_id: company,
    user_id: 'ada',
    generation_type: 'recommendation',
    prompt_id: 'recommendation_v1',
    provider: 'test',
    model_used: 'metered',
    prompt_tokens: 1000,
    completion_tokens: 200,
    cached_tokens: 600,
    tokens_used: '1200',
    cost: '0.0009',
    generation_time_ms: 1234,
    success: true,
    outcome: 'uncached',
    error_code: null,
    created_at: new Date(at()),
  });
});

test('it counts at once: in the hour, in the month overall, of its company and of its user', async () => {
  const company = randomUUID();
  const before = await spent(database.pool, 'overall');
  await log({ company_id: company, user_id: 'bob', prompt_tokens: 1000, completion_tokens: 1000, created_at: '2026-03-01T10:59:59.999Z' });
  await log({ company_id: company, user_id: 'bob', success: false, outcome: 'failed', created_at: '2026-03-01T10:00:00Z' });
  expect(await spent(database.pool, 'overall')).toBeCloseTo(before + 0.002, 9);
  expect(await spent(database.pool, 'company', company)).toBe(0.002);
  expect(await spent(database.pool, 'user', 'bob')).toBe(0.002);
  const hours = await database.query(
    `SELECT * FROM evergreen.usage_hourly WHERE hour >= '2026-03-01 00:00Z' AND hour < '2026-03-02 00:00Z'`,
  );
  expect(hours).toEqual([
    {
      hour: new Date('2026-03-01T10:00:00Z'),
      generation_type: 'recommendation',
      provider: 'test',
      model_used: 'metered',
      generations: '2',
      failures: '1',
      prompt_tokens: '1000',
      completion_tokens: '1000',
      cached_tokens: '0',
      cost: '0.002',
      unpriced: '1',
      avg_generation_time_ms: null,
    },
  ]);
});

test('the hour is one of UTC, also for a session whose zone has half hours', async () => {
  const client = await database.pool.connect();
  await client.query(`SET TimeZone = 'Asia/Kolkata'`);
  await call(client, 'log_generation', {
    generation_type: 'recommendation',
    provider: 'test',
    model: 'half hours',
    success: true,
    created_at: '2026-03-05T10:20:00Z',
  });
  await client.query('RESET TimeZone');
  client.release();
  expect(await one(database.pool, `SELECT hour FROM evergreen.ai_usage_hourly WHERE model_used = 'half hours'`)).toEqual(
    new Date('2026-03-05T10:00:00Z'),
  );
});

describe('a model without a price', () => {
  test('is logged with a cost that is unknown, and the system log names it', async () => {
    expect(await log({ model: 'mystery', prompt_tokens: 10, request_id: 'unpriced' })).toBeNull();
    expect(await line('unpriced')).toMatchObject({ cost: null, tokens_used: '10' });
    const lines = await database.query(
      `SELECT level, message FROM evergreen.system_log WHERE component = 'generation_cost' AND message LIKE '%mystery%'`,
    );
    expect(lines).toEqual([{ level: 'warning', message: expect.stringContaining('test/mystery') }]);
  });

  test('is saved all the same, and the caller is told that the cost is unknown', async () => {
    const { company, lookup, token } = await generatingFor();
    expect(await save(database.pool, company, lookup, token, 'saved', { model: 'mystery' })).toMatchObject({ state: 'saved', cost: null });
  });
});

describe('a provider that reports nonsense', () => {
  test.each<[string, Arguments, Record<string, unknown>]>([
    [
      'negative counts',
      { prompt_tokens: -1, completion_tokens: -2, cached_tokens: -3 },
      { prompt_tokens: 0, completion_tokens: 0, cached_tokens: 0, cost: '0' },
    ],
    [
      'more cached than prompt tokens',
      { prompt_tokens: 10, completion_tokens: 0, cached_tokens: 1000 },
      { prompt_tokens: 10, cached_tokens: 10, cost: '0.000005' },
    ],
    [
      'cached tokens of no prompt',
      { prompt_tokens: null, completion_tokens: 5, cached_tokens: 7 },
      { prompt_tokens: null, cached_tokens: null, cost: null, tokens_used: '5' },
    ],
    ['a negative time', { generation_time_ms: -1 }, { generation_time_ms: 0 }],
    ['no counts', { prompt_tokens: null, completion_tokens: null }, { tokens_used: null, cost: null }],
    [
      'the largest counts',
      { prompt_tokens: 2_147_483_647, completion_tokens: 2_147_483_647 },
      { tokens_used: '4294967294', cost: '4294.967294' },
    ],
    ['an endless request id', { request_id: 'i'.repeat(100_000) }, { request_id: 'i'.repeat(200) }],
  ])('does not keep an answer from being saved: %s', async (_, nonsense, logged) => {
    const { company, lookup, token } = await generatingFor();
    expect(await save(database.pool, company, lookup, token, 'saved', nonsense)).toMatchObject({ state: 'saved' });
    const [seen] = await database.query(`SELECT * FROM evergreen.ai_generation_logs WHERE company_id = $1`, [company]);
    expect(seen).toMatchObject(logged);
  });
});

test('what was spent outlives the company that spent it', async () => {
  const { company, lookup, token } = await generatingFor();
  await save(database.pool, company, lookup, token, 'saved');
  const stats = () => call(database.pool, 'get_ai_usage_stats', { start_date: at(-3600), end_date: at(3600) });
  const before = await stats();
  const money = await spent(database.pool, 'overall');
  await database.query('DELETE FROM public.companies WHERE id = $1', [company]);
  expect(
    await one(database.pool, 'SELECT count(*)::integer FROM evergreen.ai_business_health_summaries WHERE company_id = $1', [company]),
  ).toBe(0);
  expect(await stats()).toEqual(before);
  expect(await spent(database.pool, 'overall')).toBe(money);
});

describe('bad input is refused', () => {
  test.each([
    ['an unknown type', { generation_type: 'horoscope' }, 'VG001', `'horoscope'`],
    ['a type of NULL', { generation_type: null }, 'VG001', 'NULL'],
    ['no model', { model: null }, 'VG007', 'model'],
    ['a blank model', { model: ' ' }, 'VG007', 'model'],
    ['a blank provider', { provider: '' }, 'VG007', 'provider'],
    ['success of NULL', { success: null }, 'VG007', 'success'],
    ['an unknown outcome', { outcome: 'wonderful' }, 'VG007', `'wonderful'`],
    ['an outcome of NULL', { outcome: null }, 'VG007', 'outcome'],
    ['negative prompt tokens', { prompt_tokens: -1 }, 'VG007', 'negative'],
    ['negative completion tokens', { completion_tokens: -1 }, 'VG007', 'negative'],
    ['negative cached tokens', { cached_tokens: -1 }, 'VG007', 'negative'],
    ['a negative time', { generation_time_ms: -1 }, 'VG007', 'negative'],
    ['an unknown prompt', { prompt_id: 'recommendation_v99' }, 'VG002', `'recommendation_v99'`],
    ['a time that never comes', { created_at: 'infinity' }, 'VG007', 'infinity'],
    ['a time before all others', { created_at: '-infinity' }, 'VG007', 'infinity'],
  ])('%s', (_, wrong, code, message) =>
    expectRefusal(
      database.pool,
      'log_generation',
      { generation_type: 'recommendation', model: 'metered', success: true, ...wrong },
      code,
      message,
    ),
  );
});

/** As `generating`, for a company that the host knows. */
async function generatingFor() {
  const company = await one<string>(database.pool, `INSERT INTO public.companies (name) VALUES ('ACME') RETURNING id`);
  return generating(database.pool, {}, company);
}

test('a report that is sent again is logged and billed once, another one of the same request is not lost', async () => {
  const company = randomUUID();
  const report = { company_id: company, prompt_tokens: 1000, completion_tokens: 0, request_id: 'sent again' };
  expect(await log(report)).toBe('0.001');
  expect(await Promise.all([log(report), log(report), log(report)])).toEqual(['0.001', '0.001', '0.001']);
  await line('sent again');
  expect(await spent(database.pool, 'company', company)).toBeCloseTo(0.001, 10);
  for (const other of [
    { created_at: at(1) },
    { provider: 'other' },
    { outcome: 'embedded' },
    { request_id: 'sent next' },
    { request_id: null },
    { created_at: null },
  ]) {
    await log({ ...report, ...other });
  }
  expect(await one(database.pool, 'SELECT count(*)::integer FROM evergreen.ai_generation_logs WHERE company_id = $1', [company])).toBe(7);
});
