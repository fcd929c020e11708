import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, expectRefusal, stampede, withConnections } from '../core/calls.js';
import { analysis, get, keep, someone, tune } from './people.js';

const database = useDatabase();

const document = {
  summary: 'Calm',
  traits: [
    { name: 'openness', score: 80 },
    { name: 'on/off ~ly', score: 20 },
  ],
  interests: ['chess', 'go'],
  weights: [1, 2, 3],
  style: { formal: true, tone: { warmth: 0.5 } },
};
async function analysed(): Promise<string> {
  const user = someone();
  await keep(database.pool, user, document);
  return user;
}

test.each<[string, unknown, object]>([
  ['/traits/openness/score', 95, { traits: [{ name: 'openness', score: 95 }, document.traits[1]] }],
  ['/traits/on~1off ~0ly/score', 1, { traits: [document.traits[0], { name: 'on/off ~ly', score: 1 }] }],
  ['/summary', 'Wild', { summary: 'Wild' }],
  ['/interests', ['tea'], { interests: ['tea'] }],
  ['/interests/go', 'golf', { interests: ['chess', 'golf'] }],
  ['/weights/2', 9.5, { weights: [1, 2, 9.5] }],
  ['/style/formal', false, { style: { formal: false, tone: { warmth: 0.5 } } }],
  ['/style/tone', { warmth: 1, humour: 1 }, { style: { formal: true, tone: { warmth: 1, humour: 1 } } }],
])('%s is adjusted, the analysis stays', async (path, value, change) => {
  const user = await analysed();
  expect(await tune(database.pool, user, { [path]: value })).toEqual({
    state: 'saved',
    revision: 2,
    tuning: { [path]: value },
    personality: { ...document, ...change },
    updated_at: new Date(at(1)),
  });
  expect(await get(database.pool, user)).toMatchObject({ analysis: document, personality: { ...document, ...change } });
});

test('an empty step names the field without a name, and never the whole analysis', async () => {
  const user = await analysed();
  await expectRefusal(
    database.pool,
    'save_personality_tuning',
    { user_id: user, tuning: { '/': { taken: 'over' } } },
    'VG007',
    "nothing at '/'",
  );
  await expectRefusal(
    database.pool,
    'save_personality_tuning',
    { user_id: user, tuning: { '/style/': { taken: 'over' } } },
    'VG007',
    "nothing at '/style/'",
  );
  const other = someone();
  await keep(database.pool, other, { '': 1, inner: { '': 2 } });
  expect(await tune(database.pool, other, { '/': 8, '/inner/': 9 })).toMatchObject({
    tuning: { '/': 8, '/inner/': 9 },
    personality: { '': 8, inner: { '': 9 } },
  });
});

test('adjustments are added to those there; null takes one back; the same again is nothing new', async () => {
  const user = await analysed();
  await tune(database.pool, user, { '/summary': 'Wild', '/traits/openness/score': 1 });
  expect(await tune(database.pool, user, { '/traits/openness/score': 2 }, { now: at(2) })).toMatchObject({
    revision: 3,
    tuning: { '/summary': 'Wild', '/traits/openness/score': 2 },
  });
  expect(await tune(database.pool, user, { '/traits/openness/score': 2.0 }, { now: at(9) })).toMatchObject({
    state: 'unchanged',
    revision: 3,
    updated_at: new Date(at(2)),
  });
  expect(await tune(database.pool, user, { '/summary': null })).toMatchObject({ revision: 4, tuning: { '/traits/openness/score': 2 } });
  expect(await tune(database.pool, user, { '/nothing/such': null })).toMatchObject({ state: 'unchanged' });
});

test('its age is that of the analysis', async () => {
  const user = await analysed();
  await tune(database.pool, user, { '/summary': 'Wild' }, { now: at(1000) });
  expect(await get(database.pool, user, 2000)).toMatchObject({ age_ms: '2000000' });
});

test('adjustments that a new analysis dropped are said until the person adjusts again', async () => {
  const user = await analysed();
  await tune(database.pool, user, { '/traits/openness/score': 1, '/weights/0': 5 });
  await keep(database.pool, user, { ...document, weights: [] });
  expect(await get(database.pool, user)).toMatchObject({ tuning: { '/traits/openness/score': 1 }, dropped_tuning: { '/weights/0': 5 } });
  expect(await tune(database.pool, user, { '/traits/openness/score': 1 })).toMatchObject({ state: 'saved' });
  expect(await get(database.pool, user)).toMatchObject({ dropped_tuning: {} });
});

test('a save that expects another revision writes nothing and shows the present one', async () => {
  const user = await analysed();
  await tune(database.pool, user, { '/summary': 'Mine' });
  expect(await tune(database.pool, user, { '/summary': 'Theirs' }, { revision: 1 })).toMatchObject({
    state: 'conflict',
    revision: 2,
    tuning: { '/summary': 'Mine' },
    personality: { summary: 'Mine' },
  });
});

test('of two tabs that adjust at once, none loses the other’s; guarded by revision, one is told', async () => {
  const user = await analysed();
  const gate = `SELECT FROM evergreen.personality_cache WHERE user_id = '${user}' FOR UPDATE`;
  await withConnections(database, 2, async (clients) => {
    const tabs = [{ '/summary': 'Left' }, { '/traits/openness/score': 7 }];
    await stampede(database, clients, gate, (client, index) => tune(client as Client, user, tabs[index] as object));
    expect(await get(database.pool, user)).toMatchObject({ revision: 3, tuning: { '/summary': 'Left', '/traits/openness/score': 7 } });
    const guarded = await stampede(database, clients, gate, (client, index) =>
      tune(client as Client, user, { '/summary': `tab ${index}` }, { revision: 3 }),
    );
    expect(guarded.map(({ state }) => state).sort()).toEqual(['conflict', 'saved']);
  });
});

test.each<[string, unknown, string, string | RegExp]>([
  ['a path that leads nowhere', { '/traits/courage/score': 5 }, 'VG007', "nothing at '/traits/courage/score'"],
  ['a trait by its place', { '/traits/0/score': 5 }, 'VG007', "nothing at '/traits/0/score'"],
  ['a path through a number', { '/traits/openness/score/x': 5 }, 'VG007', 'nothing at'],
  ['an index past the end', { '/weights/3': 5 }, 'VG007', 'nothing at'],
  ['an index from behind', { '/weights/-1': 5 }, 'VG007', 'nothing at'],
  ['no pointer', { summary: 'x' }, 'VG007', "nothing at 'summary'"],
  ['the whole document', { '': {} }, 'VG007', "nothing at ''"],
  ['a pointer with a lone tilde', { '/style~': 1 }, 'VG007', 'nothing at'],
  ['a string for a number', { '/traits/openness/score': '95' }, 'VG007', 'analysed as number, not as string'],
  ['a number for an object', { '/style': 1 }, 'VG007', 'analysed as object, not as number'],
  ['one within another', { '/style': {}, '/style/formal': false }, 'VG007', "'/style/formal' lies within '/style'"],
  ['a list', '[]', 'VG007', 'not a JSON object'],
  ['JSON null', 'null', 'VG007', 'not a JSON object'],
  ['NULL', null, 'VG007', 'not a JSON object'],
  ['over 64 KB', { '/summary': 'x'.repeat(65_600) }, 'VG006', '1 adjustments of 65'],
])('refuses %s', async (_, tuning, code, message) => {
  await expectRefusal(database.pool, 'save_personality_tuning', { user_id: await analysed(), tuning }, code, message);
});

test('refuses more than 200', async () => {
  const user = someone();
  const wide = Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`k${i}`, i]));
  await keep(database.pool, user, wide);
  const tuning = Object.fromEntries(Object.keys(wide).map((key) => [`/${key}`, 0]));
  await expectRefusal(database.pool, 'save_personality_tuning', { user_id: user, tuning }, 'VG006', '201 adjustments');
});

test('the hint of a wrong path says what there is', async () => {
  const user = await analysed();
  await expect(
    call(database.pool, 'save_personality_tuning', { user_id: user, tuning: { '/traits/opennes/score': 5 } }),
  ).rejects.toMatchObject({
    hint: 'There is: on/off ~ly, openness.',
  });
});

test('refuses a user without an analysis, and no user', async () => {
  await expectRefusal(database.pool, 'save_personality_tuning', { user_id: 'nobody', tuning: {} }, 'VG002', "'nobody'");
  await expectRefusal(database.pool, 'save_personality_tuning', { user_id: null, tuning: {} }, 'VG007', 'NULL');
});

test('an adjustment to the default analysis of a model works by the name of its trait', async () => {
  const user = someone();
  await keep(database.pool, user);
  expect(await tune(database.pool, user, { '/traits/openness/score': 5 })).toMatchObject({
    personality: { traits: [{ ...analysis().traits[0], score: 5 }, analysis().traits[1]] },
  });
});
