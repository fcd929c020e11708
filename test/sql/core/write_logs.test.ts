/** The log of a batch leaves what the logs of its lines, one by one, leave. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { call, meter, one, withConnections } from './calls.js';

const database = useDatabase();
const COMPANY = randomUUID();

/** What both write to, without ids and moments of their own; an alert says how much was spent by then, which a batch adds up. */
const LEFT = `SELECT jsonb_build_object(
  'log', (SELECT jsonb_agg(l ORDER BY l::text) FROM (SELECT to_jsonb(l) - 'id' AS l FROM evergreen.ai_generation_logs AS l) AS l),
  'hours', (SELECT jsonb_agg(h ORDER BY h::text) FROM (SELECT to_jsonb(h) AS h FROM evergreen.ai_usage_hourly AS h) AS h),
  'late', (SELECT jsonb_agg(DISTINCT d.day ORDER BY d.day) FROM evergreen.ai_usage_late AS d),
  'spend', (SELECT jsonb_agg(s ORDER BY s::text) FROM (SELECT to_jsonb(s) AS s FROM evergreen.ai_spend_monthly AS s) AS s),
  'budgets', (SELECT jsonb_agg(b ORDER BY b::text) FROM (SELECT to_jsonb(b) - 'updated_at' AS b FROM evergreen.budgets AS b) AS b),
  'warnings', (SELECT jsonb_agg(w ORDER BY w::text) FROM (SELECT jsonb_build_array(w.level, w.component, w.detail - 'spent') AS w FROM evergreen.system_logs AS w) AS w))`;

const ONE_BY_ONE = `SELECT evergreen.write_log('cluster', 'test', l.model_used, true, l.outcome, $1, l.user_id, NULL, l.prompt_tokens, l.completion_tokens,
    l.cached_tokens, l.generation_time_ms, NULL, NULL, l.request_id, $2, l.reserved)
  FROM jsonb_to_recordset($3) AS l (outcome text, user_id text, model_used text, prompt_tokens integer, completion_tokens integer, cached_tokens integer,
    generation_time_ms integer, request_id text, reserved numeric)`;
const AT_ONCE = `SELECT evergreen.write_logs('cluster', 'test', $1, ARRAY(
    SELECT ROW(l.outcome, l.user_id, NULL, l.model_used, l.prompt_tokens, l.completion_tokens, l.cached_tokens,
               evergreen.generation_cost('test', l.model_used, l.prompt_tokens, l.completion_tokens, l.cached_tokens, $2), l.generation_time_ms,
               l.request_id, l.reserved)::evergreen.log_line
      FROM jsonb_to_recordset($3) AS l (outcome text, user_id text, model_used text, prompt_tokens integer, completion_tokens integer,
        cached_tokens integer, generation_time_ms integer, request_id text, reserved numeric)), $2)`;

beforeAll(async () => {
  await meter(database.pool);
  const budgets: [string, string | null][] = [
    ['overall', null],
    ['company', COMPANY],
    ['user', 'ann'],
  ];
  for (const [scope, scope_id] of budgets) {
    await call(database.pool, 'set_budget', { scope, scope_id, monthly_limit: 0.004, alert_at: 0.5, hard: false });
  }
});

/** What `statement` leaves, all of it undone. */
async function left(client: Client, statement: string, values: unknown[]): Promise<unknown> {
  await client.query('BEGIN');
  await client.query(statement, values);
  const seen = await one(client, LEFT);
  await client.query('ROLLBACK');
  return seen;
}

const count = (most: number) => fc.option(fc.nat(most));
const line = fc
  .record({
    outcome: fc.constantFrom('generated', 'saved_stale'),
    user_id: fc.constantFrom('ann', 'bob', null),
    model_used: fc.constantFrom('metered', 'mystery', 'riddle'),
    prompt_tokens: count(2000),
    completion_tokens: count(2000),
    cached_tokens: count(2000),
    generation_time_ms: count(60_000),
    request_id: fc.constantFrom('r', 'r'.repeat(250), null),
    reserved: fc.option(fc.integer({ min: 0, max: 20 }).map((n) => n / 10_000)),
  })
  .map((each) => ({
    ...each,
    cached_tokens: each.prompt_tokens === null || each.cached_tokens === null ? null : Math.min(each.prompt_tokens, each.cached_tokens),
  }));
const moment = fc.constantFrom(new Date().toISOString(), '2026-05-10T12:34:56.789Z', '2026-04-30T23:59:59.999Z', '2026-05-01T00:00:00Z');

test('any lines, of any day, whoever pays', () =>
  withConnections(database, 1, async ([connection]) => {
    const client = connection as Client;
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 8 }),
        moment,
        fc.constantFrom(COMPANY, null),
        async (lines, at, company) => {
          const values = [company, at, JSON.stringify(lines)];
          expect(await left(client, AT_ONCE, values)).toEqual(await left(client, ONE_BY_ONE, values));
        },
      ),
      { numRuns: 100 },
    );
  }));

test('a model without a price is warned of once an hour, however many batches there are', async () => {
  const batch = JSON.stringify([{ outcome: 'generated', model_used: 'mystery', prompt_tokens: 1 }]);
  for (let i = 0; i < 3; i += 1) await database.query(AT_ONCE, [null, new Date().toISOString(), batch]);
  expect(await one(database.pool, `SELECT count(*)::integer FROM evergreen.system_logs WHERE component = 'generation_cost'`)).toBe(1);
});

test('a batch of a day that was added up counts in it', async () => {
  const at = '2026-05-10T12:00:00Z';
  const batch = JSON.stringify([{ outcome: 'generated', model_used: 'metered', prompt_tokens: 1 }]);
  const counted = () =>
    one<number>(
      database.pool,
      `SELECT sum(generations_count)::integer FROM evergreen.get_ai_usage_stats('2026-05-10T00:00:00Z', '2026-05-11T00:00:00Z')`,
    );
  const fold = async () => {
    while ((await call(database.pool, 'fold_usage', { now: '2026-05-12T00:00:00Z' }))[0]?.next_cursor);
  };
  await database.query(AT_ONCE, [null, at, batch]);
  await fold();
  expect(await counted()).toBe(1);
  await database.query(AT_ONCE, [null, at, batch]);
  expect(await counted()).toBe(2);
  await fold();
  expect(await counted()).toBe(2);
});
