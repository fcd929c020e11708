import fc from 'fast-check';
import { useDatabase } from '../../support/database.js';
import { call, expectRefusal, row, value } from './calls.js';

const database = useDatabase();
beforeAll(() => call(database.pool, 'set_content_policy', { content_type: 'letter' }));

/** Publishes a template and renders it. */
async function rendered(template: string, variables: Record<string, unknown>): Promise<string> {
  await call(database.pool, 'publish_prompt', { prompt_type: 'letter', template, activate: true });
  return (await row<{ prompt: string }>(database.pool, 'render_prompt', { prompt_type: 'letter', variables })).prompt;
}

describe('each place is filled', () => {
  test('wherever it stands, however often, with or without spaces', async () => {
    expect(await rendered('{{a}}-{{ b }}-{{a}}{{b}}\n{{\tc_1 }}', { a: 'A', b: 'B', c_1: 'C' })).toBe('A-B-AB\nC');
  });

  test('strings as they are, other values as JSON, null as nothing', async () => {
    expect(
      await rendered('{{text}}|{{number}}|{{flag}}|{{list}}|{{object}}|{{nothing}}|{{empty}}', {
        text: 'two\nlines and "quotes"',
        number: 1.5,
        flag: true,
        list: ['a', 1],
        object: { key: 'value' },
        nothing: null,
        empty: '',
      }),
    ).toBe('two\nlines and "quotes"|1.5|true|["a", 1]|{"key": "value"}||');
  });

  test('and braces inside of a value are not places', async () => {
    expect(await rendered('{{a}} and {{b}}', { a: '{{b}}', b: '{{a}} {{c}} }}{{' })).toBe('{{b}} and {{a}} {{c}} }}{{');
  });

  test('nor is anything special to patterns', async () => {
    expect(await rendered('{{a}}', { a: String.raw`\1 \& $1 \\ ' " % %s` })).toBe(String.raw`\1 \& $1 \\ ' " % %s`);
  });

  test('single braces of a template stay as they are', async () => {
    expect(await rendered('{"title": {{title}}}', { title: 'x' })).toBe('{"title": x}');
    expect(await rendered('{{{title}}}', { title: 'x' })).toBe('{x}');
    expect(await rendered('} { {{title}} } {', { title: 'x' })).toBe('} { x } {');
  });

  test('and every other character too, in any template', async () => {
    const literal = fc
      .string({ unit: fc.constantFrom('{', '}', 'a', ' ', '\n', 'é', '"', '\\') })
      .filter((text) => !/\{\{|\}\}/.test(text));
    let templates = 0;
    await fc.assert(
      fc.asyncProperty(
        literal,
        literal,
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
        async (before, after, given) => {
          const template = `x${before}{{place}}${after}x`;
          fc.pre(!/\{\{|\}\}/.test(template.replace('{{place}}', '')));
          templates += 1;
          expect(await rendered(template, { place: given })).toBe(`x${before}${given}${after}x`);
        },
      ),
      { numRuns: 100 },
    );
    expect(templates).toBeGreaterThan(50);
  });
});

describe('refused is', () => {
  beforeAll(() => call(database.pool, 'publish_prompt', { prompt_type: 'letter', template: 'Dear {{name}}, {{text}}', activate: true }));

  test.each([
    ['a missing variable, which it names', { name: 'Ada' }, 'VG007', /missing text, unused none/],
    ['an unused variable, which it names', { name: 'Ada', text: 'hi', date: 'today' }, 'VG007', /missing none, unused date/],
    ['one of both', { name: 'Ada', date: 'today' }, 'VG007', /missing text, unused date/],
    ['no variables at all', {}, 'VG007', /missing name, text/],
    ['variables of NULL', null, 'VG007', /object/],
    ['a list', '["name"]', 'VG007', /object/],
    ['a prompt over what its policy allows', { name: 'Ada', text: 'x'.repeat(64_000) }, 'VG006', /64010 bytes, its policy allows 64000/],
  ])('%s', (_, variables, code, message) =>
    expectRefusal(database.pool, 'render_prompt', { prompt_type: 'letter', variables }, code, message),
  );

  test('a type without an active prompt', () =>
    expectRefusal(database.pool, 'render_prompt', { prompt_type: 'telegram', variables: {} }, 'VG002', `'telegram'`));

  test('a type of NULL', () => expectRefusal(database.pool, 'render_prompt', { prompt_type: null, variables: {} }, 'VG002', 'NULL'));

  test('and the hint names the variables of the template', async () => {
    await expect(row(database.pool, 'render_prompt', { prompt_type: 'letter', variables: {} })).rejects.toMatchObject({
      hint: 'The template uses name, text.',
    });
  });
});

test('a policy that allows more is obeyed at once', async () => {
  await call(database.pool, 'set_content_policy', { content_type: 'letter', max_prompt_tokens: 20 });
  await expect(rendered('{{a}}', { a: 'x'.repeat(81) })).rejects.toMatchObject({ code: 'VG006' });
  expect(await rendered('{{a}}', { a: 'x'.repeat(80) })).toHaveLength(80);
});

test('the variables of a template are told, each once and sorted', async () => {
  expect(await value(database.pool, 'prompt_variables', { template: '{{b}} {{ a }} {{b}} {c} {{a}}' })).toEqual(['a', 'b']);
  expect(await value(database.pool, 'prompt_variables', { template: 'none' })).toEqual([]);
});
