import { useDatabase } from '../../support/database.js';
import { at, row } from '../core/calls.js';
import { DAY, keep, tune } from './people.js';

const database = useDatabase();
beforeEach(() => database.query('DELETE FROM evergreen.personality_cache'));
const prune = (batch_size: number, cursor: string | null, seconds: number) =>
  row<{ done: number; next_cursor: string | null }>(database.pool, 'prune_personalities', { batch_size, cursor, now: at(seconds) });
const left = async () => (await database.query('SELECT user_id FROM evergreen.personality_cache ORDER BY 1')).map(({ user_id }) => user_id);

test('deletes what was neither analysed nor adjusted for a year, batch by batch to the end', async () => {
  for (const user of ['a', 'b', 'c', 'd', 'e']) await keep(database.pool, user);
  await keep(database.pool, 'b', { a: 1 }, { now: at(10 * DAY) });
  await tune(database.pool, 'd', { '/summary': 'Mine' }, { now: at(10 * DAY) });
  expect(await prune(2, null, 366 * DAY)).toEqual({ done: 1, next_cursor: 'b' });
  expect(await prune(2, 'b', 366 * DAY)).toEqual({ done: 1, next_cursor: 'd' });
  expect(await prune(2, 'd', 366 * DAY)).toEqual({ done: 1, next_cursor: 'e' });
  expect(await prune(2, 'e', 366 * DAY)).toEqual({ done: 0, next_cursor: null });
  expect(await left()).toEqual(['b', 'd']);
});

test('keeps all for ever when the policy says so', async () => {
  await keep(database.pool, 'a');
  await database.query(`SELECT evergreen.set_content_policy('personality', p_reset => ARRAY['retain_for'])`);
  expect(await prune(10, null, 9999 * DAY)).toEqual({ done: 0, next_cursor: null });
  await database.query(`SELECT evergreen.set_content_policy('personality', p_retain_for => '365 days')`);
  expect(await left()).toEqual(['a']);
});

test('is a step of the daily maintenance', async () => {
  await keep(database.pool, 'old', { a: 1 }, { now: '2020-01-01T00:00:00Z' });
  await keep(database.pool, 'new', { a: 1 }, { now: undefined });
  await database.query('CALL evergreen.ai_daily_maintenance()');
  expect(await left()).toEqual(['new']);
  expect(await database.query(`SELECT message FROM evergreen.system_logs WHERE message LIKE '%personalities%'`)).toEqual([
    { message: 'Deleted 1 personalities past their retention' },
  ]);
});
