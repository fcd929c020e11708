import { z } from 'zod';
import { type ChatClient, createEvergreen, type Evergreen, InvalidInput } from '../../src/index.js';
import { useDatabase } from '../support/database.js';
import { useSimulation } from '../support/provider.js';

const database = useDatabase();
const simulation = useSimulation();
const schema = z.object({ title: z.string() });
const asked = { contentType: 'faq', schema, prompt: 'Answer this question: {{input}}' };
const known = 'How do I reset the password of my account?';
const near = 'How can I reset the password of my account?';

let evergreen: Evergreen;

beforeAll(async () => {
  await database.query(`SELECT evergreen.register_model('openai', 'simulated-text-embedding-3-small', 0.02)`);
  await database.query(`SELECT evergreen.set_content_policy('faq', p_similarity_threshold => 0.6, p_prompt_type => 'support_answer')`);
  await database.query(`SELECT evergreen.set_content_policy('strict')`);
});
afterEach(() => evergreen.close());

async function callsOf<T>(work: () => Promise<T>): Promise<[T, number]> {
  const before = simulation.calls;
  return [await work(), simulation.calls - before];
}

describe.each(['trigram', 'embedding'] as const)('similar inputs by %s', (by) => {
  const similar = { by };
  const userId = `user-${by}`;
  beforeEach(() => {
    evergreen = createEvergreen({
      pool: database.pool,
      openai: simulation.openai,
      ...(by === 'embedding' ? { embeddingModel: 'text-embedding-3-small', embeddingDimensions: 256 } : {}),
    });
  });

  test('are answered with what is there, and said to be similar', async () => {
    const first = await evergreen.answer({ ...asked, input: known, userId, similar });
    expect(first).toMatchObject({ outcome: 'generated' });
    expect(first).not.toHaveProperty('similar');

    const [answer, calls] = await callsOf(() => evergreen.answer({ ...asked, input: near, userId, similar }));
    expect(calls).toBe(0);
    expect(answer).toMatchObject({
      outcome: 'similar',
      reason: 'similar_input',
      id: first.id,
      content: first.content,
      cost: 0,
      similar: { id: first.id, input: known, method: by },
    });
    expect(answer.similar?.similarity).toBeGreaterThan(0.6);
    expect(answer.similar?.similarity).toBeLessThan(1);
    expect(await evergreen.answer({ ...asked, input: known, userId, similar })).toMatchObject({ outcome: 'fresh', id: first.id });
  });

  test.each([
    ['negated', 'How can I not reset the password of my account?'],
    ['with another number', 'How can I reset the password of my 2 accounts?'],
    ['about another name', 'How can I reset the password of my Google account?'],
  ])('%s are another question', async (_, input) => {
    await evergreen.answer({ ...asked, input: known, userId, similar });
    const [answer, calls] = await callsOf(() => evergreen.answer({ ...asked, input, userId, similar: { by, threshold: 0.1 } }));
    expect({ outcome: answer.outcome, calls }).toEqual({ outcome: 'generated', calls: 1 });
  });

  test('the caller sets which checks, and how similar', async () => {
    const lax = { by, threshold: 0.1, checks: ['entities'] as const };
    const input = 'How do I never reset the password of my account?';
    expect(await evergreen.answer({ ...asked, input, userId, similar: lax })).toMatchObject({
      outcome: 'similar',
      similar: { method: by },
    });
    expect((await evergreen.answer({ ...asked, input: `${near} Now.`, userId, similar: { by, threshold: 0.99 } })).outcome).toBe(
      'generated',
    );
  });

  test('are off unless asked for, and refused where nothing says how similar', async () => {
    await evergreen.answer({ ...asked, input: known, userId, similar });
    const input = by === 'trigram' ? 'How could I reset the password of my account?' : 'How would I reset the password of my account?';
    expect((await evergreen.answer({ ...asked, input, userId })).outcome).toBe('generated');
    await expect(evergreen.answer({ ...asked, contentType: 'strict', input: known, similar: true })).rejects.toThrow(InvalidInput);
    expect(
      (await evergreen.answer({ ...asked, contentType: 'strict', input: known, userId, similar: { by, threshold: 0.6 } })).outcome,
    ).toBe('generated');
  });

  test('another owner, model or prompt has none', async () => {
    await evergreen.answer({ ...asked, input: known, userId, similar });
    for (const other of [{ userId: `eve-${by}` }, { userId, model: 'gpt-4.1' }, { userId, prompt: 'Explain: {{input}}' }]) {
      expect((await evergreen.answer({ ...asked, input: near, ...other, similar })).outcome).toBe('generated');
    }
  });

  test('a verdict is recorded, and counted as a similar hit', async () => {
    const answer = await evergreen.answer({ ...asked, input: near, userId, similar });
    await evergreen.verdict({
      contentType: 'faq',
      input: near,
      similar: answer.similar as NonNullable<typeof answer.similar>,
      agreed: true,
      userId,
    });
    const [row] = await database.query('SELECT answer_id, method, agreed FROM evergreen.similarity_verdicts WHERE method = $1', [by]);
    expect(row).toEqual({ answer_id: answer.id, method: by, agreed: true });
    await evergreen.flush();
    const [stats] = await database.query(
      `SELECT similar_hits::integer AS hits FROM evergreen.get_cache_stats('-infinity', 'infinity', 'all') WHERE content_type = 'faq'`,
    );
    expect(stats?.hits).toBeGreaterThan(0);
  });
});

describe('embeddings', () => {
  const fresh = (openai: ChatClient) =>
    createEvergreen({ pool: database.pool, openai, embeddingModel: 'text-embedding-3-small', embeddingDimensions: 256 });

  test('are asked for on a miss only, once for all who ask at the same time, and billed', async () => {
    let asking = 0;
    const counting = {
      chat: simulation.openai.chat,
      embeddings: {
        create: (...call: Parameters<typeof simulation.openai.embeddings.create>) => {
          asking += 1;
          return simulation.openai.embeddings.create(...call);
        },
      },
    } as unknown as ChatClient;
    evergreen = fresh(counting);
    const input = 'Where is the invoice of May?';
    await Promise.all(Array.from({ length: 10 }, () => evergreen.answer({ ...asked, input, similar: true, userId: 'billed' })));
    expect(asking).toBe(1);
    await evergreen.answer({ ...asked, input, similar: true, userId: 'billed' });
    expect(asking).toBe(1);
    await evergreen.flush();
    const [row] = await database.query(
      `SELECT generation_type, outcome, cost > 0 AS billed FROM evergreen.ai_generation_logs WHERE user_id = 'billed' AND model_used LIKE '%embedding%'`,
    );
    expect(row).toEqual({ generation_type: 'support_answer', outcome: 'embedded', billed: true });
    const [spend] = await database.query(
      `SELECT spent > 0 AS spent FROM evergreen.spend_this_month WHERE scope = 'user' AND scope_id = 'billed'`,
    );
    expect(spend).toEqual({ spent: true });
  });

  test('that fail leave the exact lookup', async () => {
    const failing: ChatClient = {
      chat: simulation.openai.chat,
      embeddings: { create: () => Promise.reject(new Error('no embeddings today')) },
    };
    const warnings: string[] = [];
    const logger = { warn: (_: object, message: string) => warnings.push(message), error: () => undefined };
    evergreen = createEvergreen({ pool: database.pool, openai: failing, embeddingModel: 'text-embedding-3-small', logger });
    const ask = () => evergreen.answer({ ...asked, input: 'Where is the invoice of June?', similar: true });
    expect((await ask()).outcome).toBe('generated');
    expect((await ask()).outcome).toBe('fresh');
    expect(warnings).toEqual(['an input has no embedding: no embeddings today']);
  });

  test('need a model and a client that makes them', async () => {
    evergreen = createEvergreen({ pool: database.pool, openai: { chat: simulation.openai.chat } });
    await expect(evergreen.answer({ ...asked, input: known, similar: { by: 'embedding' } })).rejects.toThrow(/embeddingModel/);
  });
});
