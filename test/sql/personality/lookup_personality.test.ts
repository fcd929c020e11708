import { useDatabase } from '../../support/database.js';
import { at, call, contents, expectRefusal } from '../core/calls.js';
import { analysis, DAY, keep, look, someone, tune } from './people.js';

const database = useDatabase({ host: true });

async function signUp(): Promise<string> {
  const user = someone();
  await database.query('INSERT INTO public.users (id, email, name) VALUES ($1, $1, $1)', [user]);
  return user;
}

test('nothing yet: missing, with a key to claim', async () => {
  const user = await signUp();
  expect(await look(database.pool, user)).toMatchObject({
    cache_key: user,
    freshness: 'missing',
    reason: 'no_content',
    content: null,
    blocked: null,
    seen: expect.stringMatching(/^\d+:\d+:/),
  });
});

test('a hit has all of it, and writes nothing', async () => {
  const user = await signUp();
  await keep(database.pool, user);
  const before = await contents(database.pool);
  expect(await look(database.pool, user)).toMatchObject({
    freshness: 'fresh',
    reason: 'hit',
    content: analysis(),
    personality: null,
    revision: 1,
    version: 1,
    generated_at: new Date(at()),
    seen: null,
  });
  expect(await contents(database.pool)).toEqual(before);
  await tune(database.pool, user, { '/summary': 'Bold' });
  expect(await look(database.pool, user)).toMatchObject({
    content: analysis(),
    personality: { summary: 'Bold' },
    tuning: { '/summary': 'Bold' },
    revision: 2,
  });
});

test('in time it is stale and shown, then expired and not', async () => {
  const user = await signUp();
  await keep(database.pool, user);
  expect(await look(database.pool, user, { now: at(7 * DAY) })).toMatchObject({
    freshness: 'stale',
    reason: 'expired',
    content: analysis(),
  });
  expect(await look(database.pool, user, { now: at(8 * DAY) })).toMatchObject({
    freshness: 'expired',
    reason: 'expired',
    content: null,
    generated_at: null,
  });
  expect(await look(database.pool, user, { now: at(8 * DAY), after_failure: true })).toMatchObject({
    freshness: 'expired',
    content: analysis(),
  });
  expect(await look(database.pool, user, { now: at(30 * DAY), after_failure: true })).toMatchObject({
    freshness: 'expired',
    content: null,
  });
});

test('why it must be generated: marked, another schema version, asked for', async () => {
  const [marked, other, asked] = [await signUp(), await signUp(), await signUp()];
  for (const user of [marked, asked]) await keep(database.pool, user);
  await keep(database.pool, other, analysis(), { version: 9 });
  await call(database.pool, 'invalidate_personality_cache', { user_id: marked });
  expect(await look(database.pool, marked)).toMatchObject({ freshness: 'expired', reason: 'marked_stale', content: null });
  expect(await look(database.pool, other)).toMatchObject({ freshness: 'expired', reason: 'schema_version', content: null });
  expect(await look(database.pool, asked, { refresh: true })).toMatchObject({ freshness: 'expired', reason: 'refresh', content: null });
  expect(await look(database.pool, asked, { refresh: true, after_failure: true })).toMatchObject({
    freshness: 'expired',
    content: analysis(),
  });
  // What another version wrote is not shown even after a failure: nobody could read it.
  expect(await look(database.pool, other, { after_failure: true })).toMatchObject({ content: null });
});

test('without posts what is there is all that can be shown', async () => {
  const user = await signUp();
  await keep(database.pool, user);
  expect(await look(database.pool, user, { has_posts: false })).toMatchObject({ freshness: 'fresh', blocked: null });
  expect(await look(database.pool, user, { has_posts: false, now: at(7 * DAY) })).toMatchObject({
    freshness: 'stale',
    blocked: 'no_posts',
    content: analysis(),
  });
  expect(await look(database.pool, user, { has_posts: false, now: at(20 * DAY) })).toMatchObject({
    freshness: 'expired',
    blocked: 'no_posts',
    content: analysis(),
  });
  await expectRefusal(
    database.pool,
    'lookup_personality',
    { user_id: user, has_posts: false, now: at(40 * DAY) },
    'VG007',
    'no posts to analyse',
  );
  await expectRefusal(database.pool, 'lookup_personality', { user_id: user, has_posts: false, refresh: true }, 'VG007', 'without posts');
  await expectRefusal(database.pool, 'lookup_personality', { user_id: await signUp(), has_posts: false }, 'VG007', 'no posts to analyse');
});

test.each<[string, string | null, string, string]>([
  ['a user that the application does not have', 'nobody', 'VG002', "'nobody'"],
  ['NULL', null, 'VG007', 'NULL'],
  ['a blank user', '  ', 'VG007', "'  '"],
])('refuses %s', (_, user_id, code, message) => expectRefusal(database.pool, 'lookup_personality', { user_id }, code, message));

test('hit_personality: what the lookup answers as fresh, no row in any other case, for anybody', async () => {
  const user = await signUp();
  const hit = (args: object = {}) => call(database.pool, 'hit_personality', { user_id: user, now: at(), ...args });
  expect(await hit()).toEqual([]);
  await keep(database.pool, user);
  for (const tuned of [false, true]) {
    if (tuned) await tune(database.pool, user, { '/summary': 'Bold' });
    const { content, tuning, dropped_tuning, personality, revision, version, generated_at, generation_model, generation_prompt_id } =
      await look(database.pool, user);
    expect(await hit()).toEqual([
      { revision, version, generated_at, generation_model, generation_prompt_id, analysis: content, tuning, dropped_tuning, personality },
    ]);
  }
  expect(await hit({ now: at(7 * DAY) })).toEqual([]);
  expect(await hit({ user_id: null })).toEqual([]);
  await call(database.pool, 'set_content_policy', { content_type: 'personality', schema_version: 2 });
  expect(await hit()).toEqual([]);
  await call(database.pool, 'set_content_policy', { content_type: 'personality', schema_version: 1 });
  expect(await hit()).toHaveLength(1);
  await call(database.pool, 'invalidate_personality_cache', { user_id: user });
  expect(await hit()).toEqual([]);
});
