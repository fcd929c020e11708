import { useDatabase } from '../../support/database.js';
import { call, expectRefusal, one, row } from '../core/calls.js';
import { ask, generate, makeCopy } from './asking.js';

const database = useDatabase({ host: true });
const on = () => database.pool;
const COMPANY = '00000000-0000-0000-0000-00000000000a';

beforeAll(async () => {
  await database.query(`INSERT INTO public.companies (id, name) VALUES ($1, 'Acme')`, [COMPANY]);
  await makeCopy(on());
});

const key = async (input: unknown, args = {}) => (await ask(on(), input, args)).cache_key;
const base = { content_type: 'product_copy', prompt: 'Write about {{input}}', parameters: '{"temperature": 0}' };

describe('what affects the answer is part of the hash', () => {
  test.each([
    ['content type', { content_type: 'other_copy' }],
    ['provider', { provider: 'azure' }],
    ['model', { model: 'metered-2' }],
    ['text of the prompt', { prompt: 'Write of {{input}}' }],
    ['parameters', { parameters: '{"temperature": 1}' }],
    ['one more parameter', { parameters: '{"temperature": 0, "seed": 1}' }],
    ['company', { company_id: COMPANY }],
    ['user', { user_id: 'ann' }],
  ])('%s', async (_, change) => {
    await makeCopy(on(), 'other_copy');
    expect(await key({ name: 'Lamp' }, { ...base, ...change })).not.toBe(await key({ name: 'Lamp' }, base));
  });

  test('the input', async () => {
    expect(await key({ name: 'Lamp' }, base)).not.toBe(await key({ name: 'lamp' }, base));
    expect(await key({ name: '1' }, base)).not.toBe(await key({ name: 1 }, base));
  });

  test('the parent, and what it says', async () => {
    const { id: first } = await generate(on(), ['a'], { clusters: 1 });
    const { id: second } = await generate(on(), ['b'], { clusters: 1 });
    const goals = (parent: string) => key({}, { content_type: 'cluster_goal', parent_id: parent });
    const before = await goals(first);
    expect(before).not.toBe(await goals(second));
    await database.query('UPDATE evergreen.clusters SET cluster_result = $2 WHERE id = $1', [first, '{"clusters": 2}']);
    expect(await goals(first)).not.toBe(before);
  });

  test('the active prompt by its text: the same text published again asks the same', async () => {
    const before = await key(['a']);
    const text = await one<string>(on(), `SELECT prompt_template FROM evergreen.ai_generation_prompts WHERE id = 'cluster_v1'`);
    const id = await one<string>(on(), 'SELECT evergreen.publish_prompt($1, $2, true)', ['cluster', text]);
    expect(await key(['a'])).toBe(before);
    expect(await key(['a'], { prompt: text })).toBe(before);
    await call(on(), 'publish_prompt', { prompt_type: 'cluster', template: `${text} Be brief.`, activate: true });
    expect(await key(['a'])).not.toBe(before);
    await call(on(), 'activate_prompt', { id });
    expect(await key(['a'])).toBe(before);
  });
});

describe('what does not affect the answer is not', () => {
  test('key order, white space, number spelling and Unicode form of input and parameters', async () => {
    expect(await key('{ "b": 1.0, "a": "e\u0301" }', { ...base, parameters: '{"temperature":0.0}' })).toBe(
      await key('{"a":"é","b":1}', { ...base, parameters: '{"temperature": 0}' }),
    );
  });

  test.each([
    ['another order', ['plums', 'apples', 'pears']],
    ['other spacing', ['  apples', 'pears ', 'pl\tums'.replace('\t', '')]],
    ['an object of them', { items: ['apples', 'pears', 'plums'] }],
  ])('of items to cluster: %s', async (_, input) => {
    expect(await key(input)).toBe(await key(['apples', 'pears', 'plums']));
  });

  test.each([
    ['a changed item', ['apples', 'pears', 'plum']],
    ['an item twice', ['apples', 'pears', 'plums', 'plums']],
    ['items run together', ['apples pears', 'plums']],
    ['an item as a number', ['apples', 'pears', 'plums', 1]],
    ['something beside the items', { items: ['apples', 'pears', 'plums'], purpose: 'a shop' }],
  ])('but it is with %s', async (_, input) => {
    expect(await key(input)).not.toBe(await key(['apples', 'pears', 'plums']));
  });

  test('the model is shown what was hashed', async () => {
    const { prompt } = await row<{ prompt: string }>(on(), 'prepare_answer', {
      content_type: 'cluster',
      input: '[" pears", "red   apples"]',
      model: 'metered',
    });
    expect(prompt).toContain('{"items": ["pears", "red apples"]}');
  });
});

describe('bad input is refused in words', () => {
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  test.each([
    ['an empty list', '[]', 'VG007', 'no items'],
    ['no items', '{"things": ["a"]}', 'VG007', 'no items'],
    ['a string', '"apples"', 'VG007', 'no items'],
    ['null', 'null', 'VG007', 'no items'],
    ['a blank item', '["a", "  "]', 'VG007', 'item 2 is blank'],
    ['a null item', '["a", null]', 'VG007', 'item 2 is blank'],
    ['too many items', JSON.stringify(Array.from({ length: 1001 }, (_, i) => i)), 'VG006', '1001 items'],
    ['too many bytes', JSON.stringify(['x'.repeat(262144)]), 'VG006', '262148 bytes'],
    ['NaN', '[NaN]', 'VG007', 'not valid JSON'],
    ['Infinity', '[-Infinity]', 'VG007', 'not valid JSON'],
    ['a number over all bounds', '[1e400000]', 'VG007', 'a number beyond'],
    ['a number over the bounds of a double', '[1e309]', 'VG007', 'a number beyond'],
    ['a number that would be long when written out', '[1e-16383]', 'VG007', 'a number beyond'],
    ['1,000 levels', deep(1000), 'VG007', 'nested too deeply'],
    ['100,000 levels', deep(100000), 'VG007', 'nested too deeply'],
    ['65 levels of objects', `${'{"a":'.repeat(66)}1${'}'.repeat(66)}`, 'VG007', 'nested too deeply'],
    ['half a surrogate pair', '["\\ud800"]', 'VG007', 'not valid JSON'],
    ['halves in the wrong order', '["\\udc00\\ud800"]', 'VG007', 'not valid JSON'],
    ['a NUL', '["a\\u0000b"]', 'VG007', 'not valid JSON'],
    ['no JSON', 'apples, pears', 'VG007', 'not valid JSON'],
    ['nothing', '', 'VG007', 'is empty'],
    ['blanks', ' \n ', 'VG007', 'is empty'],
    ['NULL', null, 'VG007', 'is empty'],
  ])('%s', (_, input, code, message) =>
    expectRefusal(on(), 'lookup_answer', { content_type: 'cluster', input, model: 'm' }, code, message),
  );

  test.each([
    ['NaN', '{"temperature": NaN}', 'not valid JSON'],
    ['a NUL', '{"stop": "\\u0000"}', 'not valid JSON'],
    ['a list', '[1]', 'not a JSON object'],
  ])('parameters: %s', (_, parameters, message) =>
    expectRefusal(on(), 'lookup_answer', { content_type: 'cluster', input: '["a"]', model: 'm', parameters }, 'VG007', message),
  );

  test('numbers that a double holds, 64 levels, and e308 in a string are fine', async () => {
    await ask(on(), `[1.7e308, "1e999999", ${deep(60)}]`);
    await ask(on(), deep(65), base);
  });

  test.each([
    ['an unknown content type', { content_type: 'nothing' }, 'VG001', 'nothing'],
    ['no model', { model: ' ' }, 'VG007', 'must be named'],
    ['no provider', { provider: null }, 'VG007', 'must be named'],
    ['a blank prompt', { prompt: ' ' }, 'VG007', 'the prompt is blank'],
    ['a blank user', { user_id: '' }, 'VG007', 'the user is blank'],
    ['a content type without a prompt', { content_type: 'product_copy' }, 'VG002', 'no active prompt'],
    ['an unknown company', { company_id: '00000000-0000-0000-0000-0000000000ff' }, 'VG002', '0000000000ff'],
    ['an unknown parent', { parent_id: '00000000-0000-0000-0000-0000000000ff' }, 'VG002', '0000000000ff'],
    ['goals of nothing', { content_type: 'cluster_goal', input: '{}' }, 'VG007', 'need a cluster'],
  ])('%s', (_, args, code, message) =>
    expectRefusal(on(), 'lookup_answer', { content_type: 'cluster', input: '["a"]', model: 'm', ...args }, code, message),
  );
});
