import fc from 'fast-check';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { waitUntil } from '../../support/wait-until.js';
import { type Connection, call, expectRefusal, meter, one, withConnections } from './calls.js';

const database = useDatabase();
const ZONES = ['UTC', 'America/Los_Angeles', 'Pacific/Auckland', 'Asia/Kolkata', 'America/St_Johns', 'Africa/Casablanca'];
const FIRST = Date.UTC(2026, 1, 1);
const DAYS = 120;
/** A copy of the whole log, made before anything is pruned: what a full scan reads. */
const FULL_SCAN = `
  SELECT (l.created_at AT TIME ZONE 'UTC')::date AS day, l.generation_type, count(*) AS generations_count, coalesce(sum(l.tokens_used), 0)::bigint AS tokens_used,
         round(avg(l.generation_time_ms), 2) AS avg_generation_time_ms, round(100.0 * count(*) FILTER (WHERE l.success) / count(*), 2) AS success_rate,
         sum(l.cost) AS cost, coalesce(sum(l.cached_tokens), 0)::bigint AS cached_tokens, count(*) FILTER (WHERE NOT l.success) AS failures
    FROM public.whole_log l WHERE l.created_at >= $1 AND l.created_at < $2 GROUP BY 1, 2`;

const LOCK_WAITERS = `SELECT count(*)::integer FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;

const stats = (start: string, end: string, on: Connection = database.pool) =>
  call(on, 'get_ai_usage_stats', { start_date: start, end_date: end });

/** The days of a range, as text, with how many generations each has. */
const days = async (start: string, end: string, on: Connection = database.pool) =>
  (
    await on.query(
      `SELECT day::text, sum(generations_count)::integer AS n FROM evergreen.get_ai_usage_stats($1, $2) GROUP BY 1 ORDER BY 1`,
      [start, end],
    )
  ).rows;

async function log(on: Connection, lines: Record<string, unknown>[]): Promise<void> {
  await on.query(
    `SELECT evergreen.log_generation(l.type, l.model, l.success, l.provider, p_prompt_tokens => l.prompt, p_completion_tokens => l.completion,
            p_cached_tokens => l.cached, p_generation_time_ms => l.ms, p_created_at => l.at, p_outcome => CASE WHEN l.success THEN 'generated' ELSE 'failed' END)
       FROM jsonb_to_recordset($1) AS l (type text, model text, success boolean, provider text, prompt integer, completion integer, cached integer, ms integer, at timestamptz)`,
    [JSON.stringify(lines)],
  );
}

describe('the seed’s cases', () => {
  test('R30: a row at the end of one day is counted in that of the next, once', async () => {
    await log(database.pool, [{ type: 'recommendation', model: 'm', provider: 'p', success: true, at: '2030-01-02T00:00:00Z' }]);
    expect(await days('2030-01-01T00:00:00Z', '2030-01-02T00:00:00Z')).toEqual([]);
    expect(await days('2030-01-02T00:00:00Z', '2030-01-03T00:00:00Z')).toEqual([{ day: '2030-01-02', n: 1 }]);
    expect(await days('2030-01-01T00:00:00Z', '2030-01-03T00:00:00Z')).toEqual([{ day: '2030-01-02', n: 1 }]);
  });

  test.each(ZONES)('R31: days are those of UTC for a session in %s', (zone) =>
    withConnections(database, 1, async ([connection]) => {
      const client = connection as Client;
      await client.query(`SET TimeZone = '${zone}'`);
      await log(client, [
        { type: 'recommendation', model: 'm', provider: 'p', success: true, at: '2031-01-01T23:30:00Z' },
        { type: 'recommendation', model: 'm', provider: 'p', success: true, at: '2031-01-02T00:30:00Z' },
      ]);
      const n = await one<number>(
        client,
        `SELECT count(*)::integer FROM evergreen.ai_generation_logs WHERE created_at = '2031-01-01T23:30:00Z'`,
      );
      expect(await days('2031-01-01T00:00:00Z', '2031-01-03T00:00:00Z', client)).toEqual([
        { day: '2031-01-01', n },
        { day: '2031-01-02', n },
      ]);
    }),
  );

  test('R32: twice two thousand million tokens are four thousand million', async () => {
    const huge = {
      type: 'recommendation',
      model: 'm',
      provider: 'p',
      success: true,
      prompt: 1_000_000_000,
      completion: 1_000_000_000,
      cached: 1_000_000_000,
    };
    await log(database.pool, [
      { ...huge, at: '2032-01-01T10:10:00Z' },
      { ...huge, at: '2032-01-01T10:20:00Z' },
      { ...huge, prompt: 2_000_000_000, cached: 2_000_000_000, at: '2032-01-01T10:30:00Z' },
    ]);
    const expected = [expect.objectContaining({ generations_count: '3', tokens_used: '7000000000', cached_tokens: '4000000000' })];
    expect(await stats('2032-01-01T00:00:00Z', '2032-01-02T00:00:00Z')).toEqual(expected);
    expect(await stats('2032-01-01T10:10:00Z', '2032-01-01T10:30:01Z')).toEqual(expected);
  });
});

describe('what a line of it says', () => {
  test('two successes of three, their average time, what was priced, what came from the cache', async () => {
    await meter(database.pool);
    const at = '2033-01-01T10:10:00Z';
    await log(database.pool, [
      {
        type: 'recommendation',
        model: 'metered',
        provider: 'test',
        success: true,
        prompt: 1000,
        completion: 500,
        cached: 200,
        ms: 1000,
        at,
      },
      { type: 'recommendation', model: 'metered', provider: 'test', success: true, prompt: 1000, completion: 0, ms: 1001, at },
      { type: 'recommendation', model: 'mystery', provider: 'test', success: false, prompt: 7, at },
      { type: 'peer_insight', model: 'mystery', provider: 'test', success: false, at },
      { type: 'peer_insight', model: 'mystery', provider: 'test', success: false, prompt: 5, at },
    ]);
    expect(await stats('2033-01-01T00:00:00Z', '2033-01-02T00:00:00Z')).toEqual([
      {
        day: expect.any(Date),
        generation_type: 'peer_insight',
        generations_count: '2',
        tokens_used: '5',
        avg_generation_time_ms: null,
        success_rate: '0.00',
        cost: null,
        cached_tokens: '0',
        failures: '2',
      },
      {
        day: expect.any(Date),
        generation_type: 'recommendation',
        generations_count: '3',
        tokens_used: '2507',
        avg_generation_time_ms: '1000.50',
        success_rate: '66.67',
        cost: '0.0024',
        cached_tokens: '200',
        failures: '1',
      },
    ]);
  });

  test('nothing, for a range of nothing', async () => {
    expect(await stats('2033-01-01T10:10:00Z', '2033-01-01T10:10:00Z')).toEqual([]);
    expect(await stats('1999-01-01T00:00:00Z', '1999-01-02T00:00:00Z')).toEqual([]);
  });
});

describe('over a random log of four months', () => {
  /** A moment as milliseconds, with a weight on the edges of hours, days and months. */
  const moment = fc
    .tuple(fc.nat(DAYS * 24), fc.oneof(fc.constantFrom(0, 0, 1, 3_599_999), fc.nat(3_600_000)))
    .map(([hour, ms]) => FIRST + hour * 3_600_000 + ms);
  const line = fc.record({
    type: fc.constantFrom('recommendation', 'peer_insight', 'health_summary'),
    model: fc.constantFrom('metered', 'mystery', 'metered-2026-02-03'),
    provider: fc.constant('test'),
    success: fc.boolean(),
    prompt: fc.option(fc.nat(2_000_000_000)),
    completion: fc.option(fc.nat(2_000_000_000)),
    cached: fc.option(fc.nat(3000)),
    ms: fc.option(fc.nat(600_000)),
    at: moment.map((ms) => new Date(ms).toISOString()),
  });
  const range = fc
    .tuple(moment, moment)
    .map(([a, b]) => [new Date(Math.min(a, b)).toISOString(), new Date(Math.max(a, b)).toISOString()] as const);

  beforeAll(async () => {
    await meter(database.pool);
    const lines = fc.sample(line, { numRuns: 800, seed: 20260510 });
    // Over several connections, so that what is rolled up is spread over their slots.
    await withConnections(database, 4, (clients) =>
      Promise.all(clients.map((client, index) => log(client, lines.slice(index * 200, index * 200 + 200)))),
    );
    await database.query('CREATE TABLE public.whole_log AS SELECT * FROM evergreen.ai_generation_logs');
  });

  /** Expects the function to say what the full scan says, in a session of any zone. */
  async function expectEqual(client: Client, zone: string, start: string, end: string): Promise<void> {
    await client.query(`SET TimeZone = '${zone}'`);
    const { rows } = await client.query(
      `SELECT CASE WHEN d.stats IS DISTINCT FROM d.scan THEN to_jsonb(d) END AS difference
         FROM (SELECT (SELECT jsonb_agg(s ORDER BY s.day, s.generation_type) FROM evergreen.get_ai_usage_stats($1, $2) s) AS stats,
                      (SELECT jsonb_agg(s ORDER BY s.day, s.generation_type) FROM (${FULL_SCAN}) s) AS scan OFFSET 0) d`,
      [start, end],
    );
    expect(rows).toEqual([{ difference: null }]);
  }

  /** Adds up what is over at a time, as the daily maintenance does it. */
  async function fold(now: string): Promise<void> {
    for (let more: unknown = 'more'; more; )
      [{ next_cursor: more }] = (await call(database.pool, 'fold_usage', { batch_size: 1, now })) as [{ next_cursor: unknown }];
  }

  test('the log and its roll-up are spread over several slots and months', async () => {
    expect(await one(database.pool, 'SELECT count(DISTINCT slot)::integer FROM evergreen.ai_usage_hourly')).toBeGreaterThan(1);
    expect(await one(database.pool, 'SELECT count(*)::integer FROM public.whole_log')).toBeGreaterThan(800);
  });

  test('300 random ranges equal a full scan, whatever the session’s zone', () =>
    withConnections(database, 1, async ([client]) => {
      await fc.assert(
        fc.asyncProperty(range, fc.constantFrom(...ZONES), ([start, end], zone) => expectEqual(client as Client, zone, start, end)),
        { numRuns: 300, seed: 1 },
      );
    }));

  test('ranges inside of one hour do too', () =>
    withConnections(database, 1, async ([client]) => {
      const moments = await database.query<{ at: Date }>(
        `SELECT created_at AS at FROM public.whole_log WHERE created_at < '2027-01-01' LIMIT 40`,
      );
      for (const { at } of moments) {
        await expectEqual(client as Client, 'UTC', at.toISOString(), new Date(at.getTime() + 1).toISOString());
        await expectEqual(client as Client, 'UTC', new Date(at.getTime() - 1).toISOString(), at.toISOString());
      }
    }));

  test('after days of it were added up, 60 random ranges still do', () =>
    withConnections(database, 1, async ([client]) => {
      // Days up to the middle, so that ranges have some that are added up and some that are not.
      const middle = new Date(FIRST + (DAYS / 2) * 86_400_000).toISOString();
      await fold(middle);
      expect(await one(database.pool, 'SELECT count(*)::integer FROM evergreen.ai_usage_days')).toBeGreaterThan(30);
      await fc.assert(
        fc.asyncProperty(range, fc.constantFrom(...ZONES), ([start, end], zone) => expectEqual(client as Client, zone, start, end)),
        { numRuns: 60, seed: 3 },
      );
    }));

  test('a line that is logged late counts at once, and after its day was added up anew', () =>
    withConnections(database, 1, async ([client]) => {
      const [day] = await database.query<{ day: string }>('SELECT day::text FROM evergreen.ai_usage_days ORDER BY day OFFSET 10 LIMIT 1');
      const at = `${day?.day}T12:34:56Z`;
      await log(database.pool, [{ type: 'recommendation', model: 'metered', provider: 'test', success: true, prompt: 10, ms: 7, at }]);
      await database.query('INSERT INTO public.whole_log SELECT * FROM evergreen.ai_generation_logs AS l WHERE l.created_at = $1', [at]);
      const whole = [new Date(FIRST).toISOString(), new Date(FIRST + DAYS * 86_400_000).toISOString()] as const;
      await expectEqual(client as Client, 'UTC', ...whole);
      await fold(new Date(FIRST + (DAYS / 2) * 86_400_000).toISOString());
      expect(await one(database.pool, 'SELECT count(*)::integer FROM evergreen.ai_usage_late WHERE day = $1', [day?.day])).toBe(0);
      await expectEqual(client as Client, 'UTC', ...whole);
    }));

  test('a day is added up once who is logging has ended', () =>
    withConnections(database, 1, async ([client]) => {
      const writer = client as Client;
      await writer.query('BEGIN');
      const late = '2026-02-01T01:02:03.000456Z';
      await log(writer, [{ type: 'recommendation', model: 'metered', provider: 'test', success: true, prompt: 10, at: late }]);
      const folding = fold(new Date(FIRST + 5 * 86_400_000).toISOString());
      await waitUntil('adding up waits for who is logging', async () => (await one<number>(database.pool, LOCK_WAITERS)) > 0);
      await writer.query('COMMIT');
      await folding;
      await database.query('INSERT INTO public.whole_log SELECT * FROM evergreen.ai_generation_logs AS l WHERE l.created_at = $1', [late]);
      await expectEqual(writer, 'UTC', new Date(FIRST).toISOString(), new Date(FIRST + DAYS * 86_400_000).toISOString());
    }));

  test('after the log was pruned, 150 random ranges of whole hours still do', () =>
    withConnections(database, 1, async ([client]) => {
      await call(database.pool, 'set_retention', { subject: 'ai_generation_logs', retain_for: '30 days' });
      const now = new Date(FIRST + DAYS * 86_400_000).toISOString();
      let more: unknown = 'more';
      while (more)
        [{ next_cursor: more }] = (await call(database.pool, 'prune_generation_logs', { batch_size: 50, now })) as [
          { next_cursor: unknown },
        ];
      expect(await one(database.pool, 'SELECT min(created_at) FROM evergreen.ai_generation_logs')).toEqual(expect.any(Date));
      expect(
        await one(database.pool, `SELECT count(*)::integer FROM evergreen.ai_generation_logs WHERE created_at < '2026-05-02T00:00:00Z'`),
      ).toBe(0);

      const hour = fc.nat(DAYS * 24).map((hours) => FIRST + hours * 3_600_000);
      const hours = fc
        .tuple(hour, hour)
        .map(([a, b]) => [new Date(Math.min(a, b)).toISOString(), new Date(Math.max(a, b)).toISOString()] as const);
      await fc.assert(
        fc.asyncProperty(hours, fc.constantFrom(...ZONES), ([start, end], zone) => expectEqual(client as Client, zone, start, end)),
        { numRuns: 150, seed: 2 },
      );
      // What is still in the log is counted at any edge.
      await expectEqual(client as Client, 'UTC', '2026-05-02T00:00:00.001Z', '2026-05-20T17:17:17Z');
    }));
});

describe('a range that is none is refused', () => {
  test.each([
    ['without a start', { start_date: null }, 'NULL'],
    ['without an end', { end_date: null }, 'NULL'],
    ['with its end first', { start_date: '2026-03-01T00:00:00Z' }, 'is none'],
  ])('%s', (_, wrong, message) =>
    expectRefusal(
      database.pool,
      'get_ai_usage_stats',
      { start_date: '2026-01-01T00:00:00Z', end_date: '2026-02-01T00:00:00Z', ...wrong },
      'VG007',
      message,
    ),
  );
});
