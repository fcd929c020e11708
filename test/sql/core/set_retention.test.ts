import { useDatabase } from '../../support/database.js';
import { call, expectRefusal, one } from './calls.js';

const database = useDatabase();

const cutoff = (now: string) => one<Date>(database.pool, `SELECT evergreen.retention_cutoff('ai_generation_logs', $1)`, [now]);

test('it holds from the next maintenance on, and is audited', async () => {
  await call(database.pool, 'set_retention', { subject: 'ai_generation_logs', retain_for: '10 days' });
  expect(await cutoff('2026-05-20T15:00:00Z')).toEqual(new Date('2026-05-10T00:00:00Z'));
  const [audit] = await database.query(`SELECT action, before, after FROM evergreen.audit_log WHERE subject = 'ai_generation_logs'`);
  expect(audit).toEqual({
    action: 'set_retention',
    before: expect.objectContaining({ retain_for: '90 days' }),
    after: expect.objectContaining({ retain_for: '10 days' }),
  });
});

test('whole days of UTC are kept, also over a change of clocks', async () => {
  await call(database.pool, 'set_retention', { subject: 'ai_generation_logs', retain_for: '1 day' });
  expect(await cutoff('2026-03-09T02:30:00Z')).toEqual(new Date('2026-03-08T00:00:00Z'));
  expect(await cutoff('2026-03-10T00:00:00Z')).toEqual(new Date('2026-03-09T00:00:00Z'));
});

describe('bad input is refused', () => {
  test.each([
    ['an unknown subject', { subject: 'companies' }, 'VG002', `'companies'`],
    ['a subject of NULL', { subject: null }, 'VG002', 'NULL'],
    ['an interval of NULL', { retain_for: null }, 'VG007', 'NULL'],
    ['a negative interval', { retain_for: '-1 day' }, 'VG007', '-1 day'],
  ])('%s', (_, wrong, code, message) =>
    expectRefusal(database.pool, 'set_retention', { subject: 'system_logs', retain_for: '1 day', ...wrong }, code, message),
  );
});
