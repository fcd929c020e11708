import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { call, one, pidOf, untilBlocked, withConnections } from './calls.js';

const database = useDatabase();
const NOW = '2026-05-20T15:00:00Z';

const log = (created_at: string) =>
  call(database.pool, 'log_generation', { generation_type: 'recommendation', model: 'm', success: true, prompt_tokens: 1, created_at });

const prune = async (batchSize: number) => (await call(database.pool, 'prune_generation_logs', { batch_size: batchSize, now: NOW }))[0];

async function ensure(now: string): Promise<void> {
  let more = true;
  while (more) more = (await call(database.pool, 'ensure_log_partitions', { now }))[0]?.next_cursor !== null;
}

async function pruneAll(now: string): Promise<void> {
  let more = true;
  while (more) more = (await call(database.pool, 'prune_generation_logs', { batch_size: 100, now }))[0]?.next_cursor !== null;
}

const kept = async () =>
  (await database.query<{ at: Date }>('SELECT created_at AS at FROM evergreen.ai_generation_logs ORDER BY 1')).map(({ at }) =>
    at.toISOString(),
  );

test('whole months that are over go at once, the rest in batches, whole days of UTC are kept, and what was rolled up stays', async () => {
  await call(database.pool, 'set_retention', { subject: 'ai_generation_logs', retain_for: '65 days' });
  // The cutoff is 2026-03-16T00:00Z: January and February are over, March only in part.
  const old = ['2026-01-05T00:00:00Z', '2026-01-31T23:59:59Z', '2026-02-28T23:59:59Z'];
  const partly = ['2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z', '2026-03-15T10:00:00Z', '2026-03-15T23:59:59.999Z'];
  const recent = ['2026-03-16T00:00:00.000Z', '2026-05-20T14:59:00.000Z'];
  for (const at of [...old, ...partly, ...recent]) await log(at);
  await ensure(NOW);
  // A month without a partition, older than all.
  await log('2025-12-01T00:00:00Z');
  const stats = () => call(database.pool, 'get_ai_usage_stats', { start_date: '2025-01-01T00:00:00Z', end_date: '2027-01-01T00:00:00Z' });
  const before = await stats();

  expect(await prune(3)).toEqual({ done: 2, next_cursor: 'more' });
  expect(await one(database.pool, `SELECT to_regclass('evergreen.ai_generation_logs_2026_01')`)).toBeNull();
  expect(await prune(3)).toEqual({ done: 1, next_cursor: 'more' });
  expect(await one(database.pool, `SELECT to_regclass('evergreen.ai_generation_logs_2026_02')`)).toBeNull();
  expect(await prune(3)).toEqual({ done: 3, next_cursor: 'more' });
  expect(await prune(3)).toEqual({ done: 2, next_cursor: null });
  expect(await prune(3)).toEqual({ done: 0, next_cursor: null });
  expect(await kept()).toEqual(recent);
  expect(await one(database.pool, `SELECT to_regclass('evergreen.ai_generation_logs_2026_03') IS NOT NULL`)).toBe(true);
  expect(await stats()).toEqual(before);
});

test('a month is dropped from the moment on that its last day is past retention', async () => {
  await call(database.pool, 'set_retention', { subject: 'ai_generation_logs', retain_for: '10 days' });
  await log('2027-03-31T23:59:59Z');
  await ensure('2027-04-05T00:00:00Z');
  const march = `SELECT to_regclass('evergreen.ai_generation_logs_2027_03') IS NOT NULL`;
  const at = (now: string) => call(database.pool, 'prune_generation_logs', { batch_size: 100, now });
  await pruneAll('2027-04-10T23:59:59Z');
  expect(await one(database.pool, march)).toBe(true);
  expect(await at('2027-04-11T00:00:00Z')).toEqual([{ done: 1, next_cursor: 'more' }]);
  expect(await one(database.pool, march)).toBe(false);
});

test('of two who maintain at once, one drops the month and the other goes on', () =>
  withConnections(database, 2, async ([first, second]) => {
    await log('2028-03-25T00:00:00Z');
    await ensure('2028-04-05T00:00:00Z');
    await pruneAll('2028-04-01T00:00:00Z');
    const args = { batch_size: 100, now: '2028-05-01T00:00:00Z' };
    await first?.query('BEGIN');
    expect(await call(first as Client, 'prune_generation_logs', args)).toEqual([{ done: 1, next_cursor: 'more' }]);
    const other = call(second as Client, 'prune_generation_logs', args);
    other.catch(() => undefined);
    await untilBlocked(database, 1, [pidOf(second as Client)]);
    await first?.query('COMMIT');
    expect(await other).toEqual([{ done: 0, next_cursor: 'more' }]);
    expect(await one(database.pool, `SELECT to_regclass('evergreen.ai_generation_logs_2028_03')`)).toBeNull();
  }));
