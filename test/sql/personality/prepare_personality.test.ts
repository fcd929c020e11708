import { useDatabase } from '../../support/database.js';
import { call, expectRefusal, row } from '../core/calls.js';
import { analysis, keep, someone } from './people.js';

const database = useDatabase({ host: true });
let user: string;
beforeEach(async () => {
  user = someone();
  await database.query('INSERT INTO public.users (id, email, name) VALUES ($1, $1, $1)', [user]);
});
const prepare = (posts: string[]) =>
  row<{ state: string; prompt_id: string; prompt: string }>(database.pool, 'prepare_personality', { user_id: user, posts });

test('has the posts, one a line, and the names of the traits that are known', async () => {
  const first = await prepare(['I like tea.\n\n  And  maps.', ' ', 'Second']);
  expect(first).toMatchObject({ state: 'ready', prompt_id: 'personality_v1' });
  expect(first.prompt).toContain('\n- I like tea. And maps.\n- Second\n');
  expect(first.prompt).toMatch(/named so again where they still fit:\n- none\n/);
  await keep(database.pool, user, analysis({ courage: 3, calm: 4 }));
  expect((await prepare(['x'])).prompt).toMatch(/named so again where they still fit:\n- courage\n- calm\n/);
});

test('an analysis of another shape names no traits', async () => {
  await keep(database.pool, user, { traits: { a: 1 } });
  expect((await prepare(['x'])).prompt).toContain('- none');
});

test('is bounded: newest first, so many as the policy allows, each cut', async () => {
  const posts = Array.from({ length: 1000 }, (_, i) => `post ${i}`);
  const { prompt } = await prepare(posts);
  expect(prompt).toContain('- post 199\n');
  expect(prompt).not.toContain('- post 200');
  const long = await prepare(['y'.repeat(500_000), 'z'.repeat(400_000)]);
  expect(long.prompt).toContain(`- ${'y'.repeat(2000)}\n- ${'z'.repeat(2000)}\n`);
  const many = await prepare(Array.from({ length: 200 }, () => 'ü'.repeat(2000)));
  expect(Buffer.byteLength(many.prompt)).toBeLessThan(64_000);
});

test.each<[string, string[], string, string]>([
  ['no posts', [], 'VG007', 'without posts'],
  ['posts that say nothing', ['', ' \n'], 'VG007', 'without posts'],
  ['1,001 posts', Array(1001).fill('x'), 'VG006', '1001 posts'],
  ['over 1 MB', ['x'.repeat(1_048_577)], 'VG006', '1048577 bytes'],
])('refuses %s', (_, posts, code, message) => expectRefusal(database.pool, 'prepare_personality', { user_id: user, posts }, code, message));

test('refuses a user that is not there, and a prompt that is not active', async () => {
  await expectRefusal(database.pool, 'prepare_personality', { user_id: 'nobody', posts: ['x'] }, 'VG002', "'nobody'");
  await database.query(`UPDATE evergreen.ai_generation_prompts SET active = false WHERE prompt_type = 'personality'`);
  await expectRefusal(database.pool, 'prepare_personality', { user_id: user, posts: ['x'] }, 'VG002', "'personality'");
  await call(database.pool, 'activate_prompt', { id: 'personality_v1' });
});
