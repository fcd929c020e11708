import { z } from 'zod';
import { complete } from '../../src/provider.js';
import { useSimulation } from '../support/provider.js';

const simulation = useSimulation();

const STEPS = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
const prompt = `You advise Acme.

Candidate steps:
- ${STEPS[0]}: Hire a head of sales
- ${STEPS[1]}: Talk to ten customers

Recommend 2 next steps, the most valuable first.`;

const item = z.object({
  step_id: z.string().nullable(),
  title: z.string(),
  actions: z.array(z.string()),
  effort: z.enum(['low', 'high']),
  share: z.number().min(0.5).max(1),
  days: z.int().min(3).max(9),
});
const schema = z.object({ recommendations: z.array(item) });
const ask = async (text = prompt) => {
  const answer = await complete(simulation.openai, { prompt: text, schema, schemaName: 'r', model: 'gpt-4.1', timeoutMs: 20_000 });
  if (!answer.ok) throw new Error(answer.message);
  return answer.value.recommendations;
};

test('answers by the schema of the request, as many as the prompt asks for, about the steps that it lists', async () => {
  const items = await ask();
  expect(items.map((each) => each.step_id).sort()).toEqual(STEPS);
  for (const each of items) {
    expect(each.title).toContain(each.step_id === STEPS[0] ? 'Hire a head of sales' : 'Talk to ten customers');
    expect(new Set(each.actions).size).toBe(each.actions.length);
    expect(each.share).toBeGreaterThanOrEqual(0.5);
    expect(each.share).toBeLessThanOrEqual(1);
    expect([3, 4, 5, 6, 7, 8, 9]).toContain(each.days);
  }
});

test('names no step where the prompt lists none', async () => {
  expect((await ask('Recommend 4 next steps.')).map((each) => each.step_id)).toEqual([null, null, null, null]);
});

test('the same prompt gives the same answer, another prompt another', async () => {
  expect(await ask()).toEqual(await ask());
  expect(await ask('Recommend 2 next steps for Acme.')).not.toEqual(await ask('Recommend 2 next steps for Bolt.'));
});

test('says everywhere that it is a simulation', async () => {
  for (const each of await ask()) for (const text of [each.title, ...each.actions]) expect(text).toContain('simulated');
  const response = await fetch(`${simulation.url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  expect(response.headers.get('x-simulation')).toBe('true');
  expect(await response.json()).toMatchObject({
    model: 'simulated-gpt-4.1',
    system_fingerprint: 'simulation',
    choices: [{ message: { content: expect.stringContaining('simulated') } }],
  });
  const { data } = await simulation.openai.models.list();
  for (const { id } of data) expect(id).toMatch(/^simulated-/);
});

test('a list of behaviours is used up call by call, and the last one stays', async () => {
  simulation.setBehaviour(['server_error', 'refuse', 'ok']);
  await expect(ask()).rejects.toThrow('simulated server error');
  await expect(ask()).rejects.toThrow('simulated refusal');
  await ask();
  await ask();
});

test('embeds deterministically: texts with common words are nearer than others', async () => {
  const embed = async (input: string) =>
    (await simulation.openai.embeddings.create({ model: 'text-embedding-3-small', input, dimensions: 256 })).data[0]?.embedding ?? [];
  const [a, again, near, far] = await Promise.all(
    ['hire a head of sales', 'hire a head of sales', 'hire a sales person', 'cash flow forecast'].map(embed),
  );
  const dot = (x: number[] = [], y: number[] = []) => x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  expect(a).toHaveLength(256);
  expect(a).toEqual(again);
  expect(dot(a, a)).toBeCloseTo(1, 5);
  expect(dot(a, near)).toBeGreaterThan(dot(a, far));
});

test('what it does not know is an error of the protocol', async () => {
  expect((await fetch(`${simulation.url}/audio/speech`, { method: 'POST' })).status).toBe(404);
  expect((await fetch(`${simulation.url}/chat/completions`, { method: 'POST', body: 'no JSON' })).status).toBe(400);
  expect((await fetch(`${simulation.url}/embeddings`, { method: 'POST', body: '{"input":[1]}' })).status).toBe(400);
});
