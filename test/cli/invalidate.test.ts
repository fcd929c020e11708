import { createEvergreen } from '../../src/index.js';
import { createCompany } from '../support/company.js';
import { useDatabase } from '../support/database.js';
import { useSimulation } from '../support/provider.js';
import { removeFolders, runCli } from './run-cli.js';

const database = useDatabase({ host: true });
const simulation = useSimulation();
const apples = ['red apple', 'green apple'];
const boats = ['red boat', 'green boat'];

beforeEach(async () => {
  await database.query('DELETE FROM evergreen.ai_answers');
  await database.query('DELETE FROM evergreen.generation_leases');
  const evergreen = createEvergreen({ pool: database.pool, openai: simulation.openai });
  await evergreen.cluster(apples);
  await evergreen.cluster(boats);
  await evergreen.cluster(apples, { model: 'gpt-4.1' });
  await evergreen.close();
});
afterAll(removeFolders);

const invalidate = (...parameters: string[]) => runCli(['invalidate', '--database-url', database.url, ...parameters]);
const rest = async () =>
  (
    await database.query(
      `SELECT asked_model || ' ' || (input->'items'->>0) AS name FROM evergreen.ai_answers WHERE invalidated_at IS NULL ORDER BY name`,
    )
  ).map((row) => row.name);

test.each<[string, string[], number, string[]]>([
  ['one input, whatever its order, model and spacing', ['--input', '["red   apple", "green apple"]'], 2, ['gpt-4.1-mini green boat']],
  ['one model', ['--model', 'gpt-4.1'], 1, ['gpt-4.1-mini green apple', 'gpt-4.1-mini green boat']],
  [
    'one input of one model',
    ['--input', '["green apple", "red apple"]', '--model', 'gpt-4.1-mini'],
    1,
    ['gpt-4.1 green apple', 'gpt-4.1-mini green boat'],
  ],
  ['one prompt version', ['--prompt-id', 'cluster_v1'], 3, []],
  [
    'those that are older, of which there are none',
    ['--older-than', '1 hour'],
    0,
    ['gpt-4.1 green apple', 'gpt-4.1-mini green apple', 'gpt-4.1-mini green boat'],
  ],
  ['all', ['--all'], 3, []],
])('%s', async (_, parameters, count, left) => {
  const { code, stdout, stderr } = await invalidate('--content-type', 'cluster', ...parameters);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(`${count} cluster ${count === 1 ? 'answer is' : 'answers are'} invalidated\n`);
  expect(await rest()).toEqual(left);
  expect((await database.query('SELECT FROM evergreen.ai_answers')).length).toBe(3);
});

test('one answer by its id', async () => {
  const [row] = await database.query('SELECT id FROM evergreen.ai_answers LIMIT 1');
  expect(await invalidate('--content-type', 'cluster', '--id', row?.id)).toMatchObject({
    code: 0,
    stdout: '1 cluster answer is invalidated\n',
  });
  expect(await rest()).toHaveLength(2);
});

test('more than a batch', async () => {
  await database.query(
    `INSERT INTO evergreen.clusters (input_hash, cluster_result) SELECT 'h' || i, '{}' FROM generate_series(1, 2500) AS i`,
  );
  expect((await invalidate('--content-type', 'cluster', '--all')).stdout).toBe('2503 cluster answers are invalidated\n');
  expect(await rest()).toEqual([]);
});

test('what was generated for a company', async () => {
  const company = await createCompany(database);
  const evergreen = createEvergreen({ pool: database.pool, openai: simulation.openai });
  await evergreen.healthSummary({ companyId: company.id });
  const { code, stdout } = await invalidate('--company', company.id);
  expect(code).toBe(0);
  expect(stdout).toMatch(/health +1 +0/);
  expect((await evergreen.healthSummary({ companyId: company.id })).outcome).toBe('generated');
  await evergreen.close();
  expect(await rest()).toHaveLength(3);
});

test.each([
  [['--all'], 2, /--content-type is missing/],
  [['--content-type', 'cluster'], 2, /nothing says which answers/],
  [['--content-type', 'cluster', '--all', '--model', 'x'], 2, /--all and --model do not go together/],
  [['--company', '00000000-0000-0000-0000-000000000001', '--all'], 2, /--company and --all do not go together/],
  [['--content-type', 'cluster', '--input', '[1,'], 1, /JSON/],
  [['--content-type', 'unheard_of', '--all'], 1, /unheard_of/],
  [['--company', '00000000-0000-0000-0000-000000000001'], 1, /00000000-0000-0000-0000-000000000001/],
])('%j is refused', async (parameters, code, message) => {
  const outcome = await invalidate(...parameters);
  expect(outcome.code).toBe(code);
  expect(outcome.stderr).toMatch(message);
  expect(await rest()).toHaveLength(3);
});

describe('personalities', () => {
  const keep = (user: string, version: number) =>
    database.query(`SELECT evergreen.save_personality_cache($1, '{"a": 1}', p_version => $2)`, [user, version]);
  beforeEach(async () => {
    await database.query('DELETE FROM evergreen.personality_cache');
    await database.query(
      `INSERT INTO public.users (id, email, name) SELECT u, u, u FROM unnest(ARRAY['ada', 'bob', 'eve']) AS u ON CONFLICT DO NOTHING`,
    );
    await keep('ada', 1);
    await keep('bob', 1);
    await keep('eve', 2);
  });
  const fresh = async () =>
    (await database.query('SELECT user_id FROM evergreen.personality_cache WHERE NOT is_stale ORDER BY 1')).map(({ user_id }) => user_id);

  test.each<[string, string[], string, string[]]>([
    ['of one user', ['--user', 'ada'], 'the personality of this user is invalidated\n', ['bob', 'eve']],
    ['of a schema version', ['--schema-version', '2'], '1 personality is invalidated\n', ['ada', 'bob']],
    ['all', ['--all'], '3 personalities are invalidated\n', []],
  ])('%s', async (_, parameters, stdout, left) => {
    expect(await invalidate('--content-type', 'personality', ...parameters)).toEqual({ code: 0, stderr: '', stdout });
    expect(await fresh()).toEqual(left);
  });

  test.each<[string, string[], RegExp]>([
    ['nothing that says which', [], /which personalities/],
    ['two that do', ['--user', 'ada', '--all'], /which personalities/],
    ['a version that is no number', ['--schema-version', 'two'], /not a number: 'two'/],
    ['what belongs to answers', ['--model', 'm'], /--model does not go with/],
    ['a user that is not there', ['--user', 'nobody'], /there is no user 'nobody'/],
  ])('refuses %s', async (_, parameters, message) => {
    const { code, stderr } = await invalidate('--content-type', 'personality', ...parameters);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(message);
    expect(await fresh()).toEqual(['ada', 'bob', 'eve']);
  });

  test('--user without --content-type personality is a mistake', async () => {
    expect(await invalidate('--content-type', 'cluster', '--user', 'ada')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--user goes with'),
    });
  });
});
