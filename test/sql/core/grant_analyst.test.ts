import { useDatabase } from '../../support/database.js';
import { as, call, fail, generating, one, refusal, save, take } from './calls.js';

const database = useDatabase();
let role: { name: string; url: string };

beforeAll(async () => {
  role = await database.createRole();
  await call(database.pool, 'grant_analyst', { role: role.name });
  const { company, lookup, token } = await generating(database.pool);
  await save(database.pool, company, lookup, token, 'a secret of the company', { now: null });
  await generating(database.pool, { now: null });
  const failing = await take(database.pool, { cache_key: 'failing', now: null });
  await fail(database.pool, failing, {
    cache_key: 'failing',
    now: null,
    error_code: 'invalid',
    error_message: 'the answer is not JSON: "a secret of the company"',
    request_id: 'req-1',
  });
});

const names = async (query: string) => (await database.query<{ name: string }>(query)).map(({ name }) => name);
const RELATIONS = `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'evergreen'::regnamespace`;
const SEEN = `${RELATIONS} AND c.relkind = 'v' AND c.relname !~ '^host_' AND c.relname NOT IN ('clusters', 'cluster_goals') ORDER BY 1`;

test('an analyst reads every view but those of the host and of content', async () => {
  const views = await names(SEEN);
  expect(views).toEqual(
    expect.arrayContaining(['leases', 'policies', 'usage_hourly', 'cache_hourly', 'generation_log', 'content_freshness']),
  );
  await as(role.url, async (analyst) => {
    for (const view of views) await analyst.query(`SELECT * FROM evergreen.${view}`);
    expect(await one(analyst, `SELECT items FROM evergreen.content_freshness WHERE content_type = 'health'`)).toBe('1');
  });
});

test('no table, no sequence, no view of the host or of content', async () => {
  const others = await names(
    `${RELATIONS} AND (c.relkind IN ('r', 'p', 'S') OR c.relname ~ '^host_' OR c.relname IN ('clusters', 'cluster_goals')) AND c.relkind <> 'i' ORDER BY 1`,
  );
  expect(others.length).toBeGreaterThan(20);
  await as(role.url, async (analyst) => {
    for (const name of others) {
      const { code } = await refusal(analyst.query(`SELECT * FROM evergreen.${name}`));
      expect([name, code]).toEqual([name, '42501']);
    }
  });
});

test('writes nothing, not even through a view', async () => {
  const [rights] = await database.query(
    `SELECT coalesce(array_agg(c.relname::text), '{}') AS relations FROM pg_class c
      WHERE c.relnamespace = 'evergreen'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND has_table_privilege($1, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')`,
    [role.name],
  );
  expect(rights?.relations).toEqual([]);
});

test('calls the reports, and no other function but those that views are made of', async () => {
  const mine = await database.query(
    `SELECT p.proname AS name FROM pg_proc p WHERE p.pronamespace = 'evergreen'::regnamespace AND has_function_privilege($1, p.oid, 'EXECUTE')
        AND p.proname NOT IN ('freshness', 'seconds_past_fresh', 'is_fresh') ORDER BY 1`,
    [role.name],
  );
  expect(mine.map(({ name }) => name)).toEqual(
    await names(
      `SELECT proname AS name FROM pg_proc WHERE pronamespace = 'evergreen'::regnamespace AND obj_description(oid, 'pg_proc') ~ '^Report:' ORDER BY 1`,
    ),
  );
  await as(role.url, async (analyst) => {
    expect(await call(analyst, 'get_ai_usage_stats', { start_date: '2020-01-01', end_date: '2100-01-01' })).toHaveLength(1);
    expect(await call(analyst, 'get_budget_status')).toEqual([]);
    expect(await call(analyst, 'get_cache_stats', { start: '2020-01-01', end: '2100-01-01' })).toEqual([]);
  });
});

test('sees that and how a generation failed, not what was said of it: that may quote the answer', async () => {
  await call(database.pool, 'log_generation', {
    generation_type: 'health_summary',
    model: 'gpt-4.1',
    success: false,
    outcome: 'failed',
    error_code: 'provider_error',
    error_message: '429 slow down',
  });
  await as(role.url, async (analyst) => {
    expect(await one(analyst, `SELECT last_error FROM evergreen.leases WHERE cache_key = 'failing'`)).toBe('invalid');
    const failures = await analyst.query(
      'SELECT error_code, error_status, request_id FROM evergreen.generation_failures ORDER BY created_at',
    );
    expect(failures.rows).toEqual([
      { error_code: 'invalid', error_status: null, request_id: 'req-1' },
      { error_code: 'provider_error', error_status: 429, request_id: null },
    ]);
  });
  expect(await one(database.pool, `SELECT last_error FROM evergreen.generation_leases WHERE cache_key = 'failing'`)).toContain('secret');
});

test('sees neither what was generated nor a lease’s token', async () => {
  const views = await names(SEEN);
  const tokens = await names('SELECT lease_token::text AS name FROM evergreen.generation_leases WHERE lease_token IS NOT NULL');
  expect(tokens).toHaveLength(1);
  await as(role.url, async (analyst) => {
    for (const view of views) {
      const text = await one<string>(analyst, `SELECT coalesce(string_agg(v::text, ' '), '') FROM evergreen.${view} v`);
      for (const secret of ['secret of the company', ...tokens]) expect([view, text.includes(secret)]).toEqual([view, false]);
    }
  });
});
