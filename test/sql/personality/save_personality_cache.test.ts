import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, expectRefusal, refusal, stampede, untilBlocked, withConnections } from '../core/calls.js';
import { analysis, claim, DAY, get, keep, look, save, someone, tune } from './people.js';

const database = useDatabase();

test('the first save is revision 1, of the policy’s schema version', async () => {
  const user = someone();
  expect(await keep(database.pool, user, analysis(), { revision: 0, model: 'own-1' })).toEqual({
    state: 'saved',
    revision: 1,
    updated_at: new Date(at()),
    changes: [],
    dropped_tuning: {},
  });
  expect(await get(database.pool, user)).toMatchObject({ analysis: analysis(), version: 1, revision: 1, generation_model: 'own-1' });
});

test('one that says the same only begins the age anew: no revision, and the earlier text stays', async () => {
  const user = someone();
  await keep(database.pool, user);
  const same = { interests: ['go', ' chess'], traits: analysis({ calm: 41, openness: 79 }).traits, summary: 'Curious  and\ncalm' };
  expect(await keep(database.pool, user, same, { now: at(6 * DAY) })).toMatchObject({ state: 'unchanged', revision: 1, changes: [] });
  expect(await get(database.pool, user, 12 * DAY)).toMatchObject({
    freshness: 'fresh',
    analysis: analysis(),
    revision: 1,
    age_ms: String(6 * DAY * 1000),
  });
});

test('it takes a mark of staleness away, changed or not', async () => {
  const user = someone();
  await keep(database.pool, user);
  await database.query('SELECT evergreen.invalidate_personality_cache($1)', [user]);
  expect(await keep(database.pool, user, analysis(), { now: at(1) })).toMatchObject({ state: 'unchanged' });
  expect(await get(database.pool, user, 2)).toMatchObject({ freshness: 'fresh', is_stale: false });
});

test('one that says something else is a new revision, and says what', async () => {
  const user = someone();
  await keep(database.pool, user);
  const { state, revision, changes } = await keep(database.pool, user, analysis({ openness: 60, brave: 10 }));
  expect({ state, revision }).toEqual({ state: 'saved', revision: 2 });
  expect(changes).toEqual([
    { path: '/traits/brave', change: 'added', before: null, after: expect.objectContaining({ score: 10 }) },
    { path: '/traits/calm', change: 'removed', before: expect.objectContaining({ score: 40 }), after: null },
    { path: '/traits/openness/score', change: 'changed', before: 80, after: 60 },
  ]);
  expect(await get(database.pool, user)).toMatchObject({ analysis: analysis({ openness: 60, brave: 10 }) });
});

test('the same words in another schema version are a new revision', async () => {
  const user = someone();
  await keep(database.pool, user);
  expect(await keep(database.pool, user, analysis(), { version: 2 })).toMatchObject({ state: 'saved', revision: 2, changes: [] });
  expect(await get(database.pool, user)).toMatchObject({ version: 2, freshness: 'expired' });
});

test('a save that expects another revision writes nothing and says the present one', async () => {
  const user = someone();
  await keep(database.pool, user);
  await keep(database.pool, user, analysis({ openness: 1 }));
  const before = await get(database.pool, user);
  expect(await keep(database.pool, user, analysis({ openness: 99 }), { revision: 1, now: at(9) })).toMatchObject({
    state: 'conflict',
    revision: 2,
  });
  expect(await keep(database.pool, user, analysis({ openness: 99 }), { revision: 0, now: at(9) })).toMatchObject({
    state: 'conflict',
    revision: 2,
  });
  expect(await get(database.pool, user)).toEqual(before);
  expect(await keep(database.pool, someone(), analysis(), { revision: 3 })).toMatchObject({
    state: 'conflict',
    revision: 0,
    updated_at: null,
  });
});

test('of ten who save on the same revision at once, one does', async () => {
  const user = someone();
  await keep(database.pool, user);
  await withConnections(database, 10, async (clients) => {
    const saved = await stampede(
      database,
      clients,
      `SELECT FROM evergreen.personality_cache WHERE user_id = '${user}' FOR UPDATE`,
      (client, index) => keep(client as Client, user, analysis({ openness: index * 10 }), { revision: 1 }),
    );
    expect(saved.map(({ state }) => state).sort()).toEqual([...Array(9).fill('conflict'), 'saved']);
    const winner = saved.findIndex(({ state }) => state === 'saved');
    expect(await get(database.pool, user)).toMatchObject({ revision: 2, analysis: analysis({ openness: winner * 10 }) });
  });
});

test('adjustments that still apply stay, the others are said and kept aside', async () => {
  const user = someone();
  await keep(database.pool, user, analysis({ openness: 80, calm: 40 }, { tone: 'dry', level: 3 }));
  await tune(database.pool, user, { '/traits/openness/score': 95, '/traits/calm/score': 1, '/tone': 'warm', '/level': 9 });
  const next = analysis({ openness: 20, brave: 5 }, { tone: 'sharp', level: 'three' });
  expect(await keep(database.pool, user, next)).toMatchObject({
    state: 'saved',
    revision: 3,
    dropped_tuning: { '/traits/calm/score': 1, '/level': 9 },
  });
  expect(await get(database.pool, user)).toMatchObject({
    tuning: { '/traits/openness/score': 95, '/tone': 'warm' },
    dropped_tuning: { '/traits/calm/score': 1, '/level': 9 },
    analysis: next,
    personality: {
      ...next,
      tone: 'warm',
      traits: [
        { name: 'openness', score: 95 },
        { name: 'brave', score: 5 },
      ],
    },
  });
});

test('a generation that runs meanwhile is billed and not kept, and whoever looked before is told to look again', async () => {
  const user = someone();
  const { seen } = await look(database.pool, user);
  const { lease_token } = await claim(database.pool, user, { seen });
  await keep(database.pool, user, analysis({ own: 1 }));
  expect(await save(database.pool, user, lease_token, analysis({ model: 1 }))).toMatchObject({ state: 'lease_lost', content: null });
  expect(await get(database.pool, user)).toMatchObject({ analysis: analysis({ own: 1 }) });
  expect(await claim(database.pool, user, { seen })).toMatchObject({ state: 'fresh' });
});

test('a conflict leaves a running generation alone', async () => {
  const user = someone();
  const { lease_token } = await claim(database.pool, user);
  expect(await keep(database.pool, user, analysis({ own: 1 }), { revision: 7 })).toMatchObject({ state: 'conflict' });
  expect(await save(database.pool, user, lease_token, analysis({ model: 1 }))).toMatchObject({ state: 'saved' });
});

test('the tolerance is the policy’s', async () => {
  const user = someone();
  await keep(database.pool, user, { score: 100 });
  await database.query(`SELECT evergreen.set_content_policy('personality', p_change_tolerance => 0.5)`);
  expect(await keep(database.pool, user, { score: 60 })).toMatchObject({ state: 'unchanged' });
  await database.query(`SELECT evergreen.set_content_policy('personality', p_change_tolerance => 0)`);
  expect(await keep(database.pool, user, { score: 100.01 })).toMatchObject({ state: 'saved' });
  expect(await refusal(database.query(`SELECT evergreen.set_content_policy('personality', p_change_tolerance => 1.5)`))).toMatchObject({
    code: 'VG007',
  });
  await database.query(`SELECT evergreen.set_content_policy('personality', p_change_tolerance => 0.05)`);
});

test.each<[string, Record<string, unknown>, string, string]>([
  ['NULL for the user', { user_id: null }, 'VG007', 'NULL'],
  ['a blank user', { user_id: ' ' }, 'VG007', "' '"],
  ['a user id of 513 bytes', { user_id: 'x'.repeat(513) }, 'VG007', '512'],
  ['NULL', { analysis: null }, 'VG007', 'analysis'],
  ['JSON null', { analysis: 'null' }, 'VG007', 'analysis'],
  ['a list', { analysis: '[{"a": 1}]' }, 'VG007', 'analysis'],
  ['an object without fields', { analysis: '{}' }, 'VG007', 'analysis'],
  ['more than the policy allows', { analysis: { a: 'x'.repeat(1_048_577) } }, 'VG006', '1048576'],
  ['version 0', { version: 0 }, 'VG007', 'version 0'],
  ['a time that cannot be', { now: 'infinity' }, 'VG007', 'infinity'],
])('refuses %s', (_, wrong, code, message) =>
  expectRefusal(database.pool, 'save_personality_cache', { user_id: 'ada', analysis: analysis(), ...wrong }, code, message),
);

describe('of a user of the application who is deleted at that moment', () => {
  const attached = useDatabase({ host: true });

  test.each<[string, (client: Client, user: string) => Promise<unknown>]>([
    ['save_personality_cache', (client, user) => keep(client, user)],
    ['save_personality', async (client, user) => save(client, user, (await claim(client, user)).lease_token)],
  ])('%s says that there is no such user, with a hint, and keeps nothing', async (_, first) => {
    const user = someone();
    await attached.query('INSERT INTO public.users (id, email, name) VALUES ($1, $1, $1)', [user]);
    await withConnections(attached, 2, async ([deleting, saving]) => {
      await (deleting as Client).query('BEGIN');
      await (deleting as Client).query('DELETE FROM public.users WHERE id = $1', [user]);
      const refused = refusal(first(saving as Client, user));
      await untilBlocked(attached, 1);
      await (deleting as Client).query('COMMIT');
      expect(await refused).toEqual({ code: 'VG002', message: `user '${user}' was deleted meanwhile`, hint: expect.stringMatching(/\S/) });
    });
    expect(await attached.query('SELECT FROM evergreen.personality_cache WHERE user_id = $1', [user])).toEqual([]);
  });
});
