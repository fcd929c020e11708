import { z } from 'zod';
import { createEvergreen, type Evergreen, InvalidInput, type WarmProgress } from '../../src/index.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { useSimulation } from '../support/provider.js';

const simulation = useSimulation();
let database: TestDatabase;
let evergreen: Evergreen;

beforeEach(async () => {
  database = await createDatabase();
  await database.query(`SELECT evergreen.register_model('openai', 'simulated-gpt-4.1-mini', 0.4, 1.6, 0.1)`);
  evergreen = createEvergreen({ pool: database.pool, openai: simulation.openai });
});
afterEach(async () => {
  await evergreen.close();
  await database.close();
});

const lists = (count: number) => Array.from({ length: count }, (_, index) => [`red thing ${index}`, `green thing ${index}`]);
const soon = () => database.query(`UPDATE evergreen.ai_answers SET generated_at = clock_timestamp() - interval '29 days', revision = 1`);

/** So many clusters that were used and soon expire. */
async function used(count: number, options = {}): Promise<string[]> {
  for (const _ of [1, 2]) await evergreen.clusters(lists(count), options);
  await evergreen.flush();
  await soon();
  return (await database.query('SELECT id FROM evergreen.clusters ORDER BY id')).map((row) => row.id as string);
}

const warmed = async () => (await database.query('SELECT id FROM evergreen.ai_answers WHERE revision = 2')).length;

test('what is used and soon to expire is generated anew, in its own way of being asked', async () => {
  await used(2, { model: 'gpt-4.1', parameters: { temperature: 0.5 }, userId: 'ada' });
  await evergreen.cluster(['never', 'used again']);
  await database.query(`UPDATE evergreen.ai_answers SET generated_at = clock_timestamp() - interval '29 days'`);
  const before = simulation.calls;
  const progress: WarmProgress[] = [];
  const result = await evergreen.warm({ onProgress: (each) => progress.push(each) });
  expect(result).toMatchObject({ total: 2, warmed: 2, failed: 0, skipped: 0, stopped: 'done' });
  expect(progress.map((each) => each.warmed)).toEqual([0, 1, 2]);
  expect(simulation.received.slice(-2).map((call) => call.model)).toEqual(['gpt-4.1', 'gpt-4.1']);
  expect(simulation.calls).toBe(before + 2);
  expect(await database.query('SELECT count(*)::integer AS rows FROM evergreen.clusters')).toEqual([{ rows: 3 }]);
  expect((await evergreen.cluster(lists(1)[0], { model: 'gpt-4.1', parameters: { temperature: 0.5 }, userId: 'ada' })).outcome).toBe(
    'fresh',
  );

  // Warm, it is not named again.
  expect(await evergreen.warm()).toMatchObject({ total: 0, stopped: 'done' });
  expect(simulation.calls).toBe(before + 2);
});

test('it stays within the budget, and goes on from there when run again', async () => {
  await used(6);
  const one = await evergreen.warm({ limit: 1 });
  expect(one.cost).toBeGreaterThan(0);
  const result = await evergreen.warm({ maxCost: one.cost * 2.5, concurrency: 1 });
  expect(result).toMatchObject({ stopped: 'max_cost', warmed: 2 });
  expect(result.cost).toBeLessThanOrEqual(one.cost * 2.5);
  expect(await warmed()).toBe(3);
  expect(await evergreen.warm({ maxCost: 0 })).toMatchObject({ stopped: 'max_cost', warmed: 0 });
  expect(await evergreen.warm()).toMatchObject({ stopped: 'done', warmed: 3 });
  expect(await warmed()).toBe(6);
});

test('without a price no budget can be kept', async () => {
  await used(3);
  await database.query('DELETE FROM evergreen.ai_models');
  expect(await evergreen.warm({ maxCost: 1, concurrency: 1 })).toMatchObject({ stopped: 'unknown_price', warmed: 1 });
});

test('a budget of the database stops it', async () => {
  await used(3, { userId: 'ada' });
  await database.query(`SELECT evergreen.set_budget('user', 'ada', 0.000001)`);
  const result = await evergreen.warm({ concurrency: 1 });
  expect(result).toMatchObject({ stopped: 'refused', warmed: 0 });
  expect(result.reason).toMatch(/budget|ada/);
});

test('it keeps to the rate', async () => {
  await used(3);
  const started = performance.now();
  expect((await evergreen.warm({ perMinute: 300, concurrency: 3 })).warmed).toBe(3);
  expect(performance.now() - started).toBeGreaterThan(390);
});

test('when it is aborted, what was begun is saved and nothing more is begun', async () => {
  await used(5);
  const before = simulation.calls;
  simulation.setBehaviour('hang');
  const controller = new AbortController();
  const warming = evergreen.warm({ concurrency: 2, signal: controller.signal });
  await simulation.arrived(before + 2);
  controller.abort();
  simulation.release();
  expect(await warming).toMatchObject({ stopped: 'aborted', warmed: 2, total: 5 });
  expect(simulation.calls).toBe(before + 2);
  expect(await warmed()).toBe(2);
});

test('failures are counted, and what somebody else is at is left to them', async () => {
  await used(2);
  const other = createEvergreen({ pool: database.pool, openai: simulation.openai });
  await database.query(`SELECT evergreen.invalidate_answers(p_content_type => 'cluster', p_input => $1)`, [JSON.stringify(lists(1)[0])]);
  const before = simulation.calls;
  simulation.setBehaviour(['hang', 'refuse']);
  const asking = other.cluster(lists(1)[0]);
  await simulation.arrived(before + 1);
  expect(await evergreen.warm({ concurrency: 1 })).toMatchObject({ warmed: 0, skipped: 1, failed: 1 });
  simulation.release();
  expect((await asking).outcome).toBe('generated');
  await other.close();
});

test('answers asked of another provider are left alone', async () => {
  await used(1);
  const other = createEvergreen({ pool: database.pool, openai: simulation.openai, provider: 'simulation' });
  const before = simulation.calls;
  expect(await other.warm()).toMatchObject({ total: 1, warmed: 0, skipped: 1 });
  expect(simulation.calls).toBe(before);
  await other.close();
});

test('goals, and with their schema content types of the application, are warmed too', async () => {
  const schema = z.object({ title: z.string() });
  await database.query(`SELECT evergreen.set_content_policy('product_copy')`);
  const { content } = await evergreen.cluster(['a thing', 'b thing']);
  for (const _ of [1, 2]) {
    await evergreen.clusterGoals(content.id as string);
    await evergreen.answer({ contentType: 'product_copy', input: 'Lamp', schema, prompt: 'Write about {{input}}' });
  }
  await evergreen.flush();
  await soon();
  expect(await evergreen.warm({ contentType: 'cluster_goal' })).toMatchObject({ warmed: 1 });
  await expect(evergreen.warm({ contentType: 'product_copy' })).rejects.toThrow(InvalidInput);
  expect(await evergreen.warm({ contentType: 'product_copy', schema })).toMatchObject({ warmed: 1 });
  expect(simulation.received.at(-1)?.prompt).toBe('Write about Lamp');
  expect(await database.query(`SELECT revision FROM evergreen.ai_answers WHERE content_type = 'product_copy'`)).toEqual([{ revision: 2 }]);
});
