import { useDatabase } from '../../support/database.js';
import { at, call, expectRefusal, one, row, spent, value } from '../core/calls.js';
import { type AnswerSave, ask, claimAnswer, generate, makeCopy } from './asking.js';

const database = useDatabase();
const on = () => database.pool;

beforeAll(() =>
  call(on(), 'register_model', { provider: 'test', model: 'metered', prompt_price: 1, completion_price: 1, cached_price: 0.5 }),
);

const saving = (input: string, lease_token: string, args = {}) => ({
  content_type: 'cluster',
  input,
  result: '[]',
  lease_token,
  provider: 'test',
  model: 'metered',
  now: at(),
  ...args,
});

describe('saving', () => {
  test('writes answer, log, usage and the end of the lease, and says what it cost', async () => {
    const before = await spent(on(), 'overall');
    const saved = await generate(on(), ['one'], { clusters: ['c'] }, {}, { prompt_id: 'cluster_v1', request_id: 'req-1' });
    expect(saved).toMatchObject({ state: 'saved', cost: '0.00015', content: { revision: 1, result: { clusters: ['c'] } } });
    expect(await spent(on(), 'overall')).toBeCloseTo(before + 0.00015, 10);
    expect(
      await database.query(
        `SELECT generation_type, outcome, prompt_id, tokens_used FROM evergreen.ai_generation_logs WHERE request_id = 'req-1'`,
      ),
    ).toEqual([{ generation_type: 'cluster', outcome: 'generated', prompt_id: 'cluster_v1', tokens_used: '150' }]);
    expect(
      await one(on(), 'SELECT lease_token FROM evergreen.generation_leases WHERE cache_key = $1', [saved.content.input_hash]),
    ).toBeNull();
  });

  test('the same question again is the next revision of its row, and takes back an invalidation', async () => {
    const first = await generate(on(), ['again'], 1);
    await call(on(), 'invalidate_answers', { content_type: 'cluster', id: first.id, now: at(1) });
    const second = await generate(on(), ['again'], 2, { now: at(60) });
    expect(second.content).toEqual({ ...first.content, revision: 2, result: 2, generated_at: at(60) });
    expect(await ask(on(), ['again'], { now: at(61) })).toMatchObject({ freshness: 'fresh', content: { result: 2 } });
  });

  test('a model that names itself otherwise is found by the name that was asked for', async () => {
    await generate(on(), ['named'], 1, {}, { model: 'metered-2026-01-01', asked_model: 'metered' });
    expect(await ask(on(), ['named'])).toMatchObject({ freshness: 'fresh', generation_model: 'metered-2026-01-01' });
  });

  test('who claims after the lookup of a miss and before the save commits is told that it is there', async () => {
    const early = await ask(on(), ['raced']);
    await generate(on(), ['raced'], 1);
    expect(
      await row(on(), 'claim_generation', { content_type: 'cluster', cache_key: early.cache_key, holder: 'late', seen: early.seen }),
    ).toMatchObject({ state: 'fresh' });
  });

  test('without the lease it is billed and not kept', async () => {
    const found = await ask(on(), ['lost']);
    const token = await claimAnswer(on(), found);
    const saved = await row<AnswerSave>(
      on(),
      'save_answer',
      saving('["lost"]', '00000000-0000-0000-0000-000000000001', { prompt_tokens: 10 }),
    );
    expect(saved).toMatchObject({ state: 'lease_lost', content: null, id: null, cost: '0.00001' });
    expect(await ask(on(), ['lost'])).toMatchObject({ freshness: 'missing' });
    await call(on(), 'release_lease', { content_type: 'cluster', cache_key: found.cache_key, lease_token: token });
  });

  test('an invalidation that came meanwhile makes it stale', async () => {
    const token = await claimAnswer(on(), await ask(on(), ['meanwhile']));
    expect(await row(on(), 'invalidate_answers', { content_type: 'cluster', input: '["meanwhile"]', now: at(1) })).toMatchObject({
      invalidated: 0,
      generating: 1,
    });
    expect(await row(on(), 'save_answer', saving('["meanwhile"]', token, { now: at(2) }))).toMatchObject({
      state: 'saved_stale',
      content: { result: [] },
    });
    expect(await ask(on(), ['meanwhile'], { now: at(2) })).toMatchObject({ freshness: 'expired', reason: 'marked_stale' });
  });

  test('another active prompt in the meantime does not lose it: it stands under the prompt it was asked with', async () => {
    const found = await ask(on(), ['moving']);
    const token = await claimAnswer(on(), found);
    const text = await one<string>(on(), `SELECT prompt_template FROM evergreen.ai_generation_prompts WHERE id = 'cluster_v1'`);
    await call(on(), 'publish_prompt', { prompt_type: 'cluster', template: `${text} Be brief.`, activate: true });
    expect(
      await row(on(), 'prepare_answer', {
        content_type: 'cluster',
        input: '["moving"]',
        model: 'metered',
        provider: 'test',
        input_hash: found.cache_key,
      }),
    ).toEqual({
      state: 'context_moved',
      prompt_id: null,
      prompt: null,
    });
    expect(
      await row(on(), 'save_answer', saving('["moving"]', token, { prompt_id: 'cluster_v1', input_hash: found.cache_key })),
    ).toMatchObject({ state: 'saved' });
    await call(on(), 'activate_prompt', { id: 'cluster_v1' });
    expect(await ask(on(), ['moving'])).toMatchObject({ freshness: 'fresh' });
  });

  test('goals of a cluster that was generated anew in the meantime are kept as stale', async () => {
    const { id } = await generate(on(), ['parent'], 'first');
    const goals = { content_type: 'cluster_goal', parent_id: id };
    const found = await ask(on(), {}, goals);
    const token = await claimAnswer(on(), found, { content_type: 'cluster_goal' });
    await call(on(), 'invalidate_answers', { content_type: 'cluster', id, now: at(1) });
    await generate(on(), ['parent'], 'second', { now: at(2) });
    const saved = await row<AnswerSave>(on(), 'save_answer', saving('{}', token, { ...goals, input_hash: found.cache_key, now: at(3) }));
    expect(saved).toMatchObject({ state: 'saved_stale', content: { parent_id: id } });
    expect(await ask(on(), {}, { ...goals, now: at(4) })).toMatchObject({ freshness: 'expired', reason: 'context_changed', content: null });
  });

  test.each([
    ['null', 'null', 'VG007', 'is null'],
    ['nothing', null, 'VG007', 'is empty'],
    ['a NUL', '"a\\u0000"', 'VG007', 'not valid JSON'],
    ['half a surrogate pair', '"\\udead"', 'VG007', 'not valid JSON'],
    ['too much', JSON.stringify('x'.repeat(262144)), 'VG006', 'result has 262146 bytes'],
  ])('a result that cannot be kept is refused: %s', async (name, result, code, message) => {
    const token = await claimAnswer(on(), await ask(on(), [name]));
    await expectRefusal(on(), 'save_answer', saving(JSON.stringify([name]), token, { result }), code, message);
  });

  test.each([
    ['no lease', { lease_token: null }, 'VG007', 'without a lease'],
    ['an unknown prompt', { prompt_id: 'cluster_v99' }, 'VG002', 'cluster_v99'],
    ['a key that is none', { input_hash: 'mine' }, 'VG007', "'mine'"],
    ['an embedding of nobody', { embedding: [1, 0] }, 'VG007', 'not named'],
    ['an embedding without direction', { embedding: [0, 0], embedding_model: 'e' }, 'VG007', 'no direction'],
  ])('%s is refused', async (name, args, code, message) => {
    const token = await claimAnswer(on(), await ask(on(), [`refused ${name}`]));
    await expectRefusal(on(), 'save_answer', saving(JSON.stringify([`refused ${name}`]), token, args), code, message);
  });
});

describe('prompts', () => {
  beforeAll(() => makeCopy(on()));
  const prepare = (input: unknown, prompt: string | null, args = {}) =>
    row<{ state: string; prompt_id: string; prompt: string }>(on(), 'prepare_answer', {
      content_type: 'product_copy',
      input: JSON.stringify(input),
      model: 'm',
      prompt,
      ...args,
    });

  test('take the input, and its keys; a template is kept once, not active', async () => {
    const first = await prepare({ name: 'Lamp', tags: ['a'] }, 'Write about {{name}} ({{tags}}): {{input}}');
    expect(first).toEqual({
      state: 'ready',
      prompt_id: 'product_copy_v1',
      prompt: 'Write about Lamp (["a"]): {"name": "Lamp", "tags": ["a"]}',
    });
    expect(await prepare({ name: 'Desk', tags: 1 }, 'Write about {{name}} ({{tags}}): {{input}}')).toMatchObject({
      prompt_id: 'product_copy_v1',
    });
    expect(await prepare({ name: 'Desk' }, 'Write on {{name}}')).toMatchObject({ prompt_id: 'product_copy_v2' });
    expect(
      await one(on(), `SELECT count(*)::integer FROM evergreen.ai_generation_prompts WHERE prompt_type = 'product_copy' AND active`),
    ).toBe(0);
    expect(await value(on(), 'publish_prompt', { prompt_type: 'product_copy', template: 'Active: {{input}}' })).toBe('product_copy_v3');
    expect(await prepare('Lamp', null)).toMatchObject({ prompt_id: 'product_copy_v3', prompt: 'Active: Lamp' });
  });

  test.each([
    ['never shows the input', 'Write something', 'never shows the input'],
    ['names what is not there', 'Write about {{name}} and {{price}}', 'missing price'],
    ['has braces that are no place', 'Write about {{name}} {{Price}}', 'braces'],
  ])('a template that %s is refused', (_, prompt, message) =>
    expectRefusal(
      on(),
      'prepare_answer',
      { content_type: 'product_copy', input: '{"name": "Lamp"}', model: 'm', prompt },
      'VG007',
      message,
    ),
  );

  test('one that has grown too large is refused', () =>
    expectRefusal(
      on(),
      'prepare_answer',
      { content_type: 'product_copy', input: JSON.stringify('x'.repeat(64000)), model: 'm', prompt: '{{input}}{{input}}' },
      'VG006',
      'its policy allows 64000',
    ));
});
