import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { type Connection, call, one, pidOf, untilBlocked, withConnections } from './calls.js';

const database = useDatabase();

/** Calls it until nothing is left to do, and answers how many it made. */
async function ensure(now: string, on: Connection = database.pool): Promise<number> {
  let made = 0;
  for (;;) {
    const [step] = await call<{ done: number; next_cursor: string | null }>(on, 'ensure_log_partitions', { now });
    made += step?.done ?? 0;
    if (!step?.next_cursor) return made;
  }
}

const log = (on: Connection, created_at: string, request_id: string | null = null) =>
  call(on, 'log_generation', { generation_type: 'recommendation', model: 'm', success: true, prompt_tokens: 10, created_at, request_id });

/** Name of the partition that holds the one line of a request. */
const partitionOf = (requestId: string) =>
  one<string>(database.pool, `SELECT tableoid::regclass::text FROM evergreen.ai_generation_logs WHERE request_id = $1`, [requestId]);

const partitions = async () =>
  (
    await database.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'evergreen.ai_generation_logs'::regclass ORDER BY 1`,
    )
  ).map(({ name }) => name);

test('a fresh installation has a partition for this month and the next three', async () => {
  const expected = await database.query<{ name: string }>(
    `SELECT 'ai_generation_logs_' || to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month', 'YYYY_MM') AS name FROM generate_series(0, 3) n`,
  );
  expect(await partitions()).toEqual([...expected.map(({ name }) => name), 'ai_generation_logs_default'].sort());
});

test('run again it changes nothing; a month later it makes one more', async () => {
  const now = await one<Date>(database.pool, 'SELECT now()');
  expect(await ensure(now.toISOString())).toBe(0);
  const inFourMonths = await one<Date>(
    database.pool,
    `SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month 10 days') AT TIME ZONE 'UTC'`,
  );
  expect(await ensure(inFourMonths.toISOString())).toBe(1);
  expect(await ensure(inFourMonths.toISOString())).toBe(0);
});

test.each(['America/Los_Angeles', 'Pacific/Auckland'])('made by a session in %s, a month begins and ends in UTC', (zone) =>
  withConnections(database, 1, async ([connection]) => {
    const client = connection as Client;
    const year = zone.startsWith('America') ? 2035 : 2036;
    await client.query(`SET TimeZone = '${zone}'`);
    await client.query(`SET DateStyle = 'German'`);
    await ensure(`${year}-05-31T23:30:00Z`, client);
    expect(await partitions()).toEqual(expect.arrayContaining([`ai_generation_logs_${year}_05`, `ai_generation_logs_${year}_08`]));
    expect(await partitions()).not.toContain(`ai_generation_logs_${year}_09`);
    await log(client, `${year}-04-30T23:59:59.999Z`, `${zone} april`);
    await log(client, `${year}-05-01T00:00:00Z`, `${zone} may`);
    await log(client, `${year}-06-30T23:59:59.999Z`, `${zone} june`);
    await log(client, `${year}-07-01T00:00:00Z`, `${zone} july`);
    expect(await partitionOf(`${zone} april`)).toBe('evergreen.ai_generation_logs_default');
    expect(await partitionOf(`${zone} may`)).toBe(`evergreen.ai_generation_logs_${year}_05`);
    expect(await partitionOf(`${zone} june`)).toBe(`evergreen.ai_generation_logs_${year}_06`);
    expect(await partitionOf(`${zone} july`)).toBe(`evergreen.ai_generation_logs_${year}_07`);
  }),
);

test('lines of months that had no partition move to one, and nothing is lost or changed', async () => {
  await log(database.pool, '2019-02-28T23:59:59Z', 'february');
  await log(database.pool, '2019-03-01T00:00:00Z', 'march');
  await log(database.pool, '2019-03-31T12:00:00Z', 'march too');
  const lines = `SELECT jsonb_agg(l ORDER BY l.request_id) FROM evergreen.ai_generation_logs l WHERE l.created_at < '2020-01-01'`;
  const before = await one(database.pool, lines);
  expect(await partitionOf('march')).toBe('evergreen.ai_generation_logs_default');
  await ensure('2035-05-01T00:00:00Z');
  expect(await partitionOf('february')).toBe('evergreen.ai_generation_logs_2019_02');
  expect(await partitionOf('march')).toBe('evergreen.ai_generation_logs_2019_03');
  expect(await partitionOf('march too')).toBe('evergreen.ai_generation_logs_2019_03');
  expect(await one(database.pool, lines)).toEqual(before);
  expect(await one(database.pool, 'SELECT count(*)::integer FROM evergreen.ai_generation_logs_default')).toBe(0);
  await log(database.pool, '2019-03-15T00:00:00Z', 'march later');
  expect(await partitionOf('march later')).toBe('evergreen.ai_generation_logs_2019_03');
});

test('a line that is written while its month moves goes along, one that comes meanwhile waits for the partition', () =>
  withConnections(database, 3, async ([writer, second, maintenance]) => {
    await log(database.pool, '2018-01-10T00:00:00Z');
    await writer?.query('BEGIN');
    await log(writer as Client, '2018-01-20T00:00:00Z', 'meanwhile');
    const moving = call(maintenance as Client, 'ensure_log_partitions', { now: '2035-05-01T00:00:00Z' });
    moving.catch(() => undefined);
    await untilBlocked(database, 1, [pidOf(maintenance as Client)]);
    const waiting = log(second as Client, '2018-01-25T00:00:00Z', 'right after');
    await untilBlocked(database, 1, [pidOf(second as Client)]);
    await writer?.query('COMMIT');
    expect(await moving).toEqual([{ done: 1, next_cursor: 'more' }]);
    await waiting;
    expect(await partitionOf('meanwhile')).toBe('evergreen.ai_generation_logs_2018_01');
    expect(await partitionOf('right after')).toBe('evergreen.ai_generation_logs_2018_01');
    expect(await one(database.pool, `SELECT count(*)::integer FROM evergreen.ai_generation_logs_2018_01`)).toBe(3);
  }));

test('of two who maintain at once, both succeed and each month is made once', () =>
  withConnections(database, 2, async ([first, second]) => {
    await first?.query('BEGIN');
    expect(await call(first as Client, 'ensure_log_partitions', { now: '2040-01-01T00:00:00Z' })).toEqual([
      { done: 1, next_cursor: 'more' },
    ]);
    const other = call(second as Client, 'ensure_log_partitions', { now: '2040-01-01T00:00:00Z' });
    other.catch(() => undefined);
    await untilBlocked(database, 1, [pidOf(second as Client)]);
    await first?.query('COMMIT');
    expect(await other).toEqual([{ done: 1, next_cursor: 'more' }]);
    expect(await partitions()).toEqual(expect.arrayContaining(['ai_generation_logs_2040_01', 'ai_generation_logs_2040_02']));
  }));

test('two who both wait for one who writes do not wait for each other then', () =>
  withConnections(database, 3, async ([writer, ...pair]) => {
    await log(database.pool, '2017-05-10T00:00:00Z');
    await writer?.query('BEGIN');
    await log(writer as Client, '2017-05-20T00:00:00Z');
    const both = Promise.all(pair.map((client) => ensure('2040-01-01T00:00:00Z', client)));
    both.catch(() => undefined);
    await untilBlocked(database, 2);
    await writer?.query('COMMIT');
    const [one, other] = (await both) as [number, number];
    expect(one + other).toBeGreaterThanOrEqual(1);
    expect(await partitions()).toContain('ai_generation_logs_2017_05');
  }));

test('every partition has the indexes, the checks and the comments of the log', async () => {
  const [wrong] = await database.query(`
    SELECT coalesce(array_agg(c.relname::text), '{}') AS names FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'evergreen.ai_generation_logs'::regclass
       AND ((SELECT count(*) FROM pg_index x WHERE x.indrelid = c.oid) <> (SELECT count(*) FROM pg_index x WHERE x.indrelid = i.inhparent)
         OR (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('c', 'f', 'p'))
            <> (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = i.inhparent AND k.contype IN ('c', 'f', 'p'))
         OR obj_description(c.oid, 'pg_class') IS NULL
         OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL))`);
  expect(wrong?.names).toEqual([]);
});
