import { createEvergreen, type Evergreen } from '../../src/index.js';
import { useDatabase } from '../support/database.js';
import { useSimulation } from '../support/provider.js';

const database = useDatabase();
const simulation = useSimulation();
let evergreen: Evergreen;

beforeEach(() => {
  evergreen = createEvergreen({ pool: database.pool, openai: simulation.openai });
});
afterEach(() => evergreen.close());

/** A conversation in which the model calls the tool; answers what the tool told it. */
async function talk(question: string, options?: Parameters<Evergreen['clusterTool']>[0]) {
  const runner = simulation.openai.chat.completions.runTools({
    model: 'gpt-4.1-mini',
    messages: [{ role: 'user', content: question }],
    tools: [evergreen.clusterTool(options)],
  });
  const final = await runner.finalContent();
  const call = runner.messages.find((message) => message.role === 'assistant' && 'tool_calls' in message && message.tool_calls);
  const told = runner.messages.find((message) => message.role === 'tool');
  return { final, call, told: JSON.parse(String(told?.content)) };
}

test('a model that calls the tool is answered from the cache, after the first time', async () => {
  const question = 'Please group these:\n- red apple\n- green apple\n- moon';
  const before = simulation.calls;
  const first = await talk(question);
  expect(first.call).toMatchObject({ tool_calls: [{ type: 'function', function: { name: 'cluster_items' } }] });
  expect(first.told.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(first.told.clusters.flatMap((cluster: { items: string[] }) => cluster.items).sort()).toEqual(['green apple', 'moon', 'red apple']);
  expect(first.final).toContain('simulated');
  // The question, the clusters, and what it makes of them.
  expect(simulation.calls).toBe(before + 3);

  const second = await talk('Please group these:\n- moon\n- green  apple\n- red apple');
  expect(second.told).toEqual(first.told);
  expect(simulation.calls).toBe(before + 5);
  expect(await database.query('SELECT id FROM evergreen.clusters')).toEqual([{ id: first.told.id }]);
});

test('the model is told its name, what it does and its parameters', () => {
  expect(evergreen.clusterTool({ name: 'sort_notes', description: 'Sorts notes.' })).toMatchObject({
    type: 'function',
    function: {
      name: 'sort_notes',
      description: 'Sorts notes.',
      strict: true,
      parameters: {
        type: 'object',
        properties: { items: { type: 'array', items: { type: 'string' } } },
        required: ['items'],
        additionalProperties: false,
      },
    },
  });
});

test('the owner and the model of its answers are those it was made with', async () => {
  await talk('Please group these:\n- red boat\n- green boat', { userId: 'ada', model: 'gpt-4.1' });
  const [row] = await database.query(`SELECT user_id, asked_model FROM evergreen.ai_answers WHERE input_text LIKE '%boat%'`);
  expect(row).toEqual({ user_id: 'ada', asked_model: 'gpt-4.1' });
});

test('what the model asks wrongly it is told, so that it can ask again', async () => {
  const told = await (evergreen.clusterTool().$callback as (args: { items: string[] }) => Promise<unknown>)({ items: ['apple', ' '] });
  expect(told).toEqual({ error: 'item 2 is blank', hint: expect.any(String) });
});

test('a failure is the conversation’s', async () => {
  const tool = evergreen.clusterTool().$callback as (args: { items: string[] }) => Promise<unknown>;
  simulation.setBehaviour('server_error');
  await expect(tool({ items: ['lonely'] })).rejects.toMatchObject({ code: 'GENERATION_FAILED' });
});
