import { useDatabase } from '../../support/database.js';
import { call, expectRefusal, refusal, value } from './calls.js';

const database = useDatabase();

test('without pg_cron it says what to do instead', async () => {
  await expectRefusal(database.pool, 'schedule_maintenance', {}, 'VG002', 'pg_cron');
  expect(await refusal(call(database.pool, 'schedule_maintenance'))).toMatchObject({
    hint: expect.stringContaining('CALL evergreen.ai_daily_maintenance()'),
  });
});

test.each([[null], [' ']])('a schedule of %j is refused', (cron) =>
  expectRefusal(database.pool, 'schedule_maintenance', { cron }, 'VG007', 'blank'),
);

test('with pg_cron the job is one, however often it is scheduled, and it is audited', async () => {
  await database.query(`
    CREATE SCHEMA cron;
    CREATE TABLE cron.job (jobid serial, jobname text UNIQUE, schedule text, command text);
    CREATE FUNCTION cron.schedule(job_name text, schedule text, command text) RETURNS bigint LANGUAGE sql AS $$
      INSERT INTO cron.job (jobname, schedule, command) VALUES ($1, $2, $3)
      ON CONFLICT (jobname) DO UPDATE SET schedule = excluded.schedule RETURNING jobid $$`);
  expect(await value(database.pool, 'schedule_maintenance')).toBe('pg_cron job 1: 17 3 * * *');
  expect(await value(database.pool, 'schedule_maintenance', { cron: `0 5 * * '1'` })).toBe(`pg_cron job 1: 0 5 * * '1'`);
  expect(await database.query('SELECT jobname, schedule, command FROM cron.job')).toEqual([
    { jobname: 'evergreen_maintenance', schedule: `0 5 * * '1'`, command: 'CALL evergreen.ai_daily_maintenance()' },
  ]);
  expect(await database.query(`SELECT after FROM evergreen.audit_log WHERE action = 'schedule_maintenance' ORDER BY id`)).toEqual([
    { after: { cron: '17 3 * * *', job: 1 } },
    { after: { cron: `0 5 * * '1'`, job: 1 } },
  ]);
});
