import { createEvergreen } from '../../src/index.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { openaiFor, useSimulation } from '../support/provider.js';
import { removeFolders, runCli, startCli } from './run-cli.js';

const simulation = useSimulation();
let database: TestDatabase;

beforeEach(async () => {
  database = await createDatabase();
});
afterEach(() => database.close());
afterAll(removeFolders);

const warm = (...parameters: string[]): Parameters<typeof runCli> => [
  ['warm', '--database-url', database.url, ...parameters],
  { env: { OPENAI_BASE_URL: simulation.url } },
];

/** So many clusters that were used and soon expire, asked of the server that the CLI asks. */
async function used(count: number): Promise<void> {
  const { hostname } = new URL(simulation.url);
  await database.query('SELECT evergreen.register_model($1, $2, 0.4, 1.6, 0.1)', [hostname, 'simulated-gpt-4.1-mini']);
  const evergreen = createEvergreen({ pool: database.pool, openai: openaiFor(simulation.url), provider: hostname });
  const lists = Array.from({ length: count }, (_, index) => [`red thing ${index}`, `green thing ${index}`]);
  for (const _ of [1, 2]) await evergreen.clusters(lists);
  await evergreen.close();
  await database.query(`UPDATE evergreen.ai_answers SET generated_at = clock_timestamp() - interval '29 days'`);
}

const warmed = async () => (await database.query('SELECT id FROM evergreen.clusters WHERE revision = 2')).length;

test('generates anew what soon expires, within the limit, and goes on when run again', async () => {
  await used(5);
  const first = await runCli(...warm('--limit', '3'));
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/^3 of 3 warmed, 0\.\d{6} USD\n$/);
  expect(await warmed()).toBe(3);
  const second = await runCli(...warm());
  expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(/^2 of 2 warmed/) });
  expect(await warmed()).toBe(5);
});

test('--max-cost is kept, and said to be the reason', async () => {
  await used(3);
  const { code, stdout } = await runCli(...warm('--max-cost', '0.00000001', '--concurrency', '1'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/1 of 3 warmed.*\nThe next call might cost more than --max-cost allows\.\n$/);
});

test('Ctrl-C saves what is being written, begins nothing more, says so and exits with 130', async () => {
  await used(4);
  const before = simulation.calls;
  simulation.setBehaviour(['ok', 'hang']);
  const { child, done } = startCli(...warm('--concurrency', '1'));
  await simulation.arrived(before + 2);
  child.kill('SIGINT');
  // It says so as soon as it has heard, and stays alive as long as the answer is written.
  await new Promise<void>((resolve) => child.stderr?.on('data', (chunk) => String(chunk).includes('Finishing') && resolve()));
  expect(child.exitCode).toBeNull();
  simulation.setBehaviour('ok');
  simulation.release();
  const { code, stdout } = await done;
  expect(code).toBe(130);
  expect(stdout).toMatch(/2 of 4 warmed.*\nInterrupted; what was begun is saved\. Run it again for the rest\.\n$/);
  expect(simulation.calls).toBe(before + 2);
  expect(await warmed()).toBe(2);
  expect(await database.query('SELECT FROM evergreen.generation_leases WHERE lease_token IS NOT NULL')).toEqual([]);
  expect((await runCli(...warm())).stdout).toMatch(/^2 of 2 warmed/);
});

test('without a key it is a simulation, says so, and leaves the answers of a real provider alone', async () => {
  await used(2);
  const before = simulation.calls;
  const { code, stdout } = await runCli(['warm', '--database-url', database.url]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/SIMULATION/);
  expect(stdout).toMatch(/0 of 2 warmed, 2 left alone/);
  expect(simulation.calls).toBe(before);
  expect(await warmed()).toBe(0);
});

test.each([
  [['--limit', 'many'], /--limit is not a number/],
  [['--max-cost', '-1'], /max-cost/],
  [['--per-minute', 'x'], /--per-minute is not a number/],
])('%j is refused', async (parameters, message) => {
  const { code, stderr } = await runCli(...warm(...parameters));
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

test('a personality is not to be warmed without the posts, and it is said what can', async () => {
  const { code, stderr } = await runCli(...warm('--content-type', 'personality'));
  expect(code).toBe(2);
  expect(stderr).toMatch(/posts, which are not kept.*\n.*evergreen\.personality\(userId, \{ posts, refresh: true \}\)/);
});

test('a content type of the application needs the client', async () => {
  await database.query(`SELECT evergreen.set_content_policy('product_copy')`);
  const { code, stderr } = await runCli(...warm('--content-type', 'product_copy'));
  expect(code).toBe(1);
  expect(stderr).toMatch(/needs its schema/);
});
