import { useDatabase } from '../../support/database.js';
import { at, call, one } from './calls.js';

const database = useDatabase();

test('lines past their retention go, batch by batch; those of the first day that is kept stay', async () => {
  await call(database.pool, 'set_retention', { subject: 'system_logs', retain_for: '10 days' });
  await database.query(`DELETE FROM evergreen.system_logs`);
  await database.query(
    `INSERT INTO evergreen.system_logs (created_at, component, message)
     SELECT t, 'test', t::text FROM unnest(ARRAY['2026-01-01Z', '2026-04-29 23:59Z', '2026-04-29 12:00Z', '2026-04-30 00:00Z', '2026-05-10Z']::timestamptz[]) t`,
  );
  const prune = () => call(database.pool, 'prune_system_logs', { batch_size: 2, now: at() });
  expect(await prune()).toEqual([{ done: 2, next_cursor: 'more' }]);
  expect(await prune()).toEqual([{ done: 1, next_cursor: null }]);
  expect(
    await one(database.pool, `SELECT array_agg(created_at AT TIME ZONE 'UTC' ORDER BY created_at)::text[] FROM evergreen.system_logs`),
  ).toEqual(['2026-04-30 00:00:00', '2026-05-10 00:00:00']);
});

test('runs of maintenance are kept as long', async () => {
  await database.query(`INSERT INTO evergreen.maintenance_runs (started_at) VALUES ('2026-01-01Z'), ('2026-05-01Z')`);
  await call(database.pool, 'prune_system_logs', { batch_size: 100, now: at() });
  expect(await one(database.pool, `SELECT count(*)::integer FROM evergreen.maintenance_runs`)).toBe(1);
});
