import { useDatabase } from '../../support/database.js';
import { at, expectRefusal, row } from '../core/calls.js';
import { analysis, get, keep, someone, type Tuned, tune } from './people.js';

const database = useDatabase();
const reset = (user: string, more: object = {}) =>
  row<Tuned>(database.pool, 'reset_personality_tuning', { user_id: user, now: at(2), ...more });

test('returns to what was analysed, dropped adjustments included', async () => {
  const user = someone();
  await keep(database.pool, user, analysis({ openness: 80, calm: 40 }));
  await tune(database.pool, user, { '/traits/openness/score': 1, '/traits/calm/score': 2 });
  await keep(database.pool, user, analysis({ openness: 50 }));
  expect(await reset(user)).toEqual({
    state: 'saved',
    revision: 4,
    tuning: {},
    personality: analysis({ openness: 50 }),
    updated_at: new Date(at(2)),
  });
  expect(await get(database.pool, user)).toMatchObject({ tuning: {}, dropped_tuning: {}, personality: analysis({ openness: 50 }) });
});

test('with nothing adjusted it changes nothing', async () => {
  const user = someone();
  await keep(database.pool, user);
  expect(await reset(user)).toMatchObject({ state: 'unchanged', revision: 1 });
});

test('a reset that expects another revision writes nothing', async () => {
  const user = someone();
  await keep(database.pool, user);
  await tune(database.pool, user, { '/summary': 'Mine' });
  expect(await reset(user, { revision: 1 })).toMatchObject({ state: 'conflict', revision: 2, tuning: { '/summary': 'Mine' } });
  expect(await reset(user, { revision: 2 })).toMatchObject({ state: 'saved', revision: 3, tuning: {} });
});

test('refuses a user without an analysis', () =>
  expectRefusal(database.pool, 'reset_personality_tuning', { user_id: 'nobody' }, 'VG002', "'nobody'"));
