import { Pool, types } from 'pg';
import { createEvergreen } from '../../src/index.js';
import * as queries from '../../src/queries/index.js';
import { typed } from '../../src/queries/index.js';
import { types as ours } from '../../src/values.js';
import { type Company, createCompany } from '../support/company.js';
import { useDatabase } from '../support/database.js';
import { useSimulation } from '../support/provider.js';

const database = useDatabase({ host: true });
const simulation = useSimulation();
const standard = new Map([16, 20, 23, 114, 701, 1009, 1184, 1700, 3802].map((oid) => [oid, types.getTypeParser(oid)]));

const hash = 'a'.repeat(64);
const day = new Date('2026-03-04T05:06:07.089Z');
let company: Company;

beforeAll(async () => {
  await database.query(`SELECT evergreen.register_model('openai', 'gpt', 1, 2, 0.5)`);
});
beforeEach(async () => {
  company = await createCompany(database);
});
afterEach(() => {
  for (const [oid, parser] of standard) types.setTypeParser(oid, parser);
});

/** What an application may do to pg: every value becomes something else. */
function makeHostile(): void {
  for (const oid of standard.keys()) types.setTypeParser(oid, (text) => `hostile ${text}`);
}

/** Claims a key and saves one recommendation under it. */
async function save(db: ReturnType<typeof typed>, item: object, expiresAt?: Date) {
  const [{ context_hash: contextHash, cache_key: cacheKey, seen }] = (await queries.lookupRecommendations.run(
    { companyId: company.id, limit: 3, afterFailure: false },
    db,
  )) as [queries.LookupRecommendationsResult];
  const [claim] = await queries.claimGeneration.run(
    { contentType: 'recommendation', cacheKey, holder: 'test', seen, companyId: company.id, provider: 'openai', model: 'gpt' },
    db,
  );
  const [saved] = await queries.saveRecommendations.run(
    {
      companyId: company.id,
      contextHash,
      recommendations: JSON.stringify([item]),
      leaseToken: claim?.lease_token as string,
      provider: 'openai',
      model: 'gpt',
      promptTokens: 1_000_000,
      completionTokens: 500_000,
      cachedTokens: 200_000,
      expiresAt,
    },
    db,
  );
  return { claim, saved };
}

describe.each([
  ['with the parsers of pg', () => {}],
  ['with parsers that the application has set', makeHostile],
])('%s', (_, prepare) => {
  let db: ReturnType<typeof typed>;
  beforeEach(() => {
    prepare();
    db = typed(database.pool);
  });

  test('what was saved comes back: JSON of every shape, times, numbers, null', async () => {
    const item = { step_id: null, title: 'A "quoted" title, with {braces}', tags: ['a', 'b,c', ''], deep: { n: 1.5, no: null, yes: true } };
    const { claim, saved } = await save(db, item, day);
    expect(claim).toEqual({
      state: 'claimed',
      lease_token: expect.stringMatching(/^[0-9a-f-]{36}$/),
      retry_after_ms: null,
      renew_after_ms: expect.any(Number),
      max_completion_tokens: expect.any(Number),
      reason: null,
    });
    expect(saved).toMatchObject({ state: 'saved', generated_at: expect.any(Date), cost: 1.9 });
    expect(saved?.content).toMatchObject([{ step_id: null, revision: 1, content: item }]);

    const [row] = await queries.getRecommendationsWithFallback.run({ companyId: company.id, limit: 5, afterFailure: true }, db);
    expect(row).toMatchObject({
      company_id: company.id,
      step_id: null,
      content: item,
      status: 'fresh',
      expires_at: day,
      generated_at: saved?.generated_at,
      last_presented_at: null,
      times_presented: 0,
      user_feedback: null,
    });
    const id = row?.id as string;
    const feedback = { quality: 4, words: ['good', 'short'] };
    expect(await queries.recordRecommendationFeedback.run({ recommendationId: id, feedback: JSON.stringify(feedback) }, db)).toEqual([
      { feedback },
    ]);
    expect(await queries.markPresented.run({ ids: [id, id] }, db)).toEqual([{ presented: 1 }]);
    const [found] = await queries.findRecommendations.run({ companyId: company.id, limit: 5, afterFailure: true }, db);
    expect(found).toMatchObject({ id, content: item, times_presented: 2, status: 'active', expires_at: day });
  });

  test.each([
    ['an object', { b: 1, a: [null, true] }],
    ['an array', [1, 'two', { three: 3 }]],
    ['a string', 'just text with "quotes"'],
    ['a number', 12.5],
    ['null', null],
  ])('JSON parameters: %s', async (__, value) => {
    const text = JSON.stringify(value);
    const [row] = await queries.contentHash.run({ value: text }, db);
    const [same] = await database.query('SELECT evergreen.content_hash($1::text::jsonb) AS hash', [text]);
    expect(row?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(same?.hash).toMatch(new RegExp(`${row?.hash}$`));
  });

  test('sums beyond 32 bits, money and rates are numbers, days are days', async () => {
    for (let i = 0; i < 3; i += 1) {
      await queries.logGeneration.run(
        {
          generationType: 'recommendation',
          model: 'gpt',
          success: i > 0,
          provider: 'openai',
          outcome: 'generated',
          companyId: company.id,
          promptTokens: 2_000_000_000,
          completionTokens: 0,
          createdAt: day,
        },
        db,
      );
    }
    const [stats] = await queries.getAiUsageStats.run({ startDate: '2026-03-04T00:00:00Z', endDate: '2026-03-05T00:00:00Z' }, db);
    expect(stats).toMatchObject({ day: '2026-03-04', generation_type: 'recommendation', avg_generation_time_ms: null, cached_tokens: 0 });
    expect(stats?.tokens_used).toBe((stats?.generations_count ?? 0) * 2_000_000_000);
    expect(stats?.tokens_used).toBeGreaterThan(2 ** 32);
    expect(stats?.cost).toBeCloseTo((stats?.generations_count ?? 0) * 2_000, 6);
    expect(stats?.success_rate).toBeGreaterThan(66);
    expect(stats?.failures).toBe((stats?.generations_count ?? 0) / 3);
  });

  test('intervals are their text, flags are booleans, arrays of text can be passed', async () => {
    const [policy] = await queries.setContentPolicy.run(
      {
        contentType: 'recommendation',
        maxAge: '3 days 4 hours',
        retainFor: '400 days',
        similarityThreshold: 0.5,
        reset: ['activity_granularity'],
      },
      db,
    );
    expect(policy).toMatchObject({
      max_age: '3 days 04:00:00',
      retain_for: '400 days',
      similarity_threshold: 0.5,
      max_bytes: 262144,
      activity_granularity: null,
    });
    const [explained] = await queries.explainRegeneration.run({ companyId: company.id, contentType: 'recommendation' }, db);
    expect(explained).toMatchObject({ regenerate: true, reason: 'no_content', detail: expect.any(Object) });
    expect(await queries.shouldRegenerateContent.run({ companyId: company.id, contentType: 'health', contextHash: hash }, db)).toEqual([
      { regenerate: true },
    ]);
  });

  test('budgets are numbers, of one company or of all', async () => {
    await queries.setBudget.run({ scope: 'company', scopeId: company.id, monthlyLimit: 12.5 }, db);
    const rows = await queries.getBudgetStatus.run(undefined, db);
    expect(rows.find((row) => row.scope_id === company.id)).toEqual({
      scope: 'company',
      scope_id: company.id,
      monthly_limit: 12.5,
      spent: 0,
      reserved: 0,
      share: 0,
      alert_at: 0.8,
      hard: true,
      status: 'within',
    });
  });
});

test('every type that the wrappers use, and arrays of them, read by our own parsers', async () => {
  makeHostile();
  const { rows } = await typed(database.pool).query(
    `SELECT true AS t, false AS f, 7::int2 AS i2, -7::int4 AS i4, 9007199254740993::int8 AS i8, 1.50::numeric AS n, 0.25::float4 AS f4, 1e300::float8 AS f8,
            'x'::text AS x, '{"a": [1]}'::jsonb AS j, '[]'::json AS js, 'null'::jsonb AS jn, NULL::int AS nil,
            timestamptz '2026-03-04 05:06:07.089+00' AS tz, timestamptz 'infinity' AS inf, date '2026-03-04' AS d, timestamp '2026-03-04 05:06:07' AS ts,
            ARRAY['a', 'b,c', 'd"e', '', NULL, '{f}', 'NULL', 'back\\slash', E'new\nline'] AS xs, ARRAY[1, NULL, -3] AS i4s, ARRAY[1.5, 2]::float8[] AS f8s,
            ARRAY[9007199254740993] AS i8s, ARRAY['{"a": "b,c"}'::jsonb, '[1]'] AS js2, ARRAY[true, false] AS bs, '{}'::text[] AS none,
            ARRAY['a0000000-0000-0000-0000-000000000001'::uuid] AS us, ARRAY[timestamptz '2026-03-04 05:06:07.089+05:30'] AS tzs, ARRAY[1.10::numeric] AS ns`,
    [],
  );
  expect(rows).toEqual([
    {
      t: true,
      f: false,
      i2: 7,
      i4: -7,
      i8: '9007199254740993',
      n: '1.50',
      f4: 0.25,
      f8: 1e300,
      x: 'x',
      j: { a: [1] },
      js: [],
      jn: null,
      nil: null,
      tz: day,
      inf: new Date(8.64e15),
      d: new Date('2026-03-04T00:00:00Z'),
      ts: new Date('2026-03-04T05:06:07Z'),
      xs: ['a', 'b,c', 'd"e', '', null, '{f}', 'NULL', 'back\\slash', 'new\nline'],
      i4s: [1, null, -3],
      f8s: [1.5, 2],
      i8s: ['9007199254740993'],
      js2: [{ a: 'b,c' }, [1]],
      bs: [true, false],
      none: [],
      us: ['a0000000-0000-0000-0000-000000000001'],
      tzs: [new Date('2026-03-03T23:36:07.089Z')],
      ns: ['1.10'],
    },
  ]);
});

test.each([
  ['2026-11-22 09:41:12+00', '2026-11-22T09:41:12.000Z'],
  ['2026-11-22 09:41:12.5+00', '2026-11-22T09:41:12.500Z'],
  ['2026-11-22 09:41:12.05+00', '2026-11-22T09:41:12.050Z'],
  ['2026-11-22 09:41:12.999999+00', '2026-11-22T09:41:12.999Z'],
  ['0100-01-01 00:00:00+00', '0100-01-01T00:00:00.000Z'],
  ['0099-12-31 23:59:59+00', '0099-12-31T23:59:59.000Z'],
])('%s is read as it is', (text, iso) => {
  expect((ours.getTypeParser(1184)(text) as Date).toISOString()).toBe(iso);
});

test('the client reads right too, and leaves the parsers of the application as they are', async () => {
  makeHostile();
  const hostile = [...standard.keys()].map((oid) => types.getTypeParser(oid));
  const evergreen = createEvergreen({ pool: database.pool, openai: simulation.openai });
  const generated = await evergreen.recommendations({ companyId: company.id });
  const hit = await evergreen.recommendations({ companyId: company.id });
  await evergreen.close();
  expect(generated).toMatchObject({ outcome: 'generated', generatedAt: expect.any(Date), content: expect.any(Array) });
  expect(hit).toMatchObject({ outcome: 'fresh', generatedAt: generated.generatedAt, content: generated.content });
  expect([...standard.keys()].map((oid) => types.getTypeParser(oid))).toEqual(hostile);
  expect((await database.pool.query('SELECT 1::int4 AS n')).rows).toEqual([{ n: 'hostile 1' }]);
});

describe('whatever the session says of dates, zones and digits', () => {
  test.each([
    ['Asia/Kolkata', 'ISO, DMY'],
    ['America/St_Johns', 'ISO, MDY'],
    ['UTC', 'ISO, YMD'],
    ['<+00:53>-00:53', 'ISO, MDY'],
  ])('a wrapper reads times right: %s, %s', async (zone, style) => {
    const client = await database.pool.connect();
    try {
      await client.query(`SELECT set_config('TimeZone', $1, false), set_config('DateStyle', $2, false)`, [zone, style]);
      const times = [day, new Date('0044-03-15T12:00:00Z'), new Date('-000043-03-15T12:00:00Z'), new Date('+012026-01-02T03:04:05.678Z')];
      const written = ['2026-03-04T05:06:07.089Z', '0044-03-15T12:00:00Z', '0044-03-15T12:00:00Z BC', '12026-01-02T03:04:05.678Z'];
      const { rows } = await typed(client).query('SELECT at FROM unnest($1::text[]::timestamptz[]) AS at', [written]);
      expect(rows).toEqual(times.map((at) => ({ at })));
    } finally {
      client.release(true);
    }
  });

  test.each(['SQL, DMY', 'SQL, MDY', 'Postgres, DMY', 'German'])('a wrapper refuses rather than answer a wrong time: %s', async (style) => {
    const client = await database.pool.connect();
    try {
      await client.query(`SELECT set_config('DateStyle', $1, false)`, [style]);
      const read = () => queries.findSession.run({ token }, typed(client));
      const [{ token }] = (await queries.createSession.run({ userId: 'somebody', role: 'operator' }, typed(database.pool))) as [
        queries.CreateSessionResult,
      ];
      await expect(read()).rejects.toMatchObject({ code: 'UNREADABLE_TIME', hint: expect.stringContaining('SET DateStyle') });
      await client.query(`SET DateStyle = 'ISO'`);
      expect(await read()).toMatchObject([{ expires_at: expect.any(Date) }]);
    } finally {
      client.release(true);
    }
  });

  test.each(['SQL, DMY', 'Postgres, MDY', 'German', 'ISO, DMY'])('the client reads and writes right: %s', async (style) => {
    const settings = {
      DateStyle: style,
      IntervalStyle: 'iso_8601',
      TimeZone: 'America/St_Johns',
      extra_float_digits: '-15',
      bytea_output: 'escape',
    };
    const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value.replace(' ', '')}`);
    const pool = new Pool({ connectionString: database.url, options: options.join(' ') });
    const [odd, plain] = [pool, database.pool].map((each) => createEvergreen({ pool: each, openai: simulation.openai }));
    try {
      const asked = { companyId: company.id };
      const generated = await odd?.recommendations(asked);
      expect(generated).toMatchObject({ outcome: 'generated', generatedAt: expect.any(Date) });
      const known = await plain?.recommendations(asked);
      expect(generated).toMatchObject({ generatedAt: known?.generatedAt, content: known?.content });
      expect(await odd?.recommendations(asked)).toEqual(known);
      expect(await odd?.recommendations(asked)).toEqual(known);
      // A cost of many digits, not of one.
      const [{ cost }] = (await database.query<{ cost: number }>(
        `SELECT cost::float8 AS cost FROM evergreen.ai_generation_logs WHERE company_id = $1`,
        [company.id],
      )) as [{ cost: number }];
      expect(generated?.cost).toBe(cost);
      expect((await pool.query('SHOW DateStyle')).rows).toEqual([{ DateStyle: expect.stringContaining(style.split(',')[0] as string) }]);
    } finally {
      await Promise.all([odd?.close(), plain?.close()]);
      await pool.end();
    }
  });

  test('a policy is answered in one form of intervals, a day of the statistics in one form of dates', async () => {
    const client = await database.pool.connect();
    try {
      await client.query(`SET IntervalStyle = 'sql_standard'; SET DateStyle = 'German'`);
      const db = typed(client);
      expect(await queries.setContentPolicy.run({ contentType: 'health', maxAge: '8 days 02:00' }, db)).toMatchObject([
        { max_age: '8 days 02:00:00' },
      ]);
      await queries.logGeneration.run(
        { generationType: 'recommendation', model: 'gpt', success: true, provider: 'openai', outcome: 'generated', createdAt: day },
        db,
      );
      const range = { startDate: '2026-03-04', endDate: '2026-03-05' };
      expect(await queries.getAiUsageStats.run(range, db)).toMatchObject([{ day: '2026-03-04' }]);
    } finally {
      client.release(true);
    }
  });
});

test('pg-evergreen/queries has a wrapper for every public function', async () => {
  const functions = await database.superuserQuery<{ proname: string }>(
    `SELECT p.proname FROM pg_proc AS p
      WHERE p.pronamespace = 'evergreen'::regnamespace AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype
        AND obj_description(p.oid, 'pg_proc') !~ '^(Internal|Operator):'`,
  );
  const camel = (name: string) => name.replace(/_([a-z])/g, (__, letter: string) => letter.toUpperCase());
  // Parts of others, granted because they do no harm.
  const parts = [
    'canonicalJson',
    'contextDifference',
    'freshness',
    'freshUntil',
    'intervalText',
    'modelPrice',
    'policy',
    'promptVariables',
    'secondsPastFresh',
  ];
  const missing = functions.map((row) => camel(row.proname)).filter((name) => !(name in queries) && !parts.includes(name));
  expect(missing).toEqual([]);
});
