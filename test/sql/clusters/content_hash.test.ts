import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { useDatabase } from '../../support/database.js';
import { expectRefusal, one } from '../core/calls.js';

const database = useDatabase();

const canonical = (text: string) => one<string>(database.pool, 'SELECT evergreen.canonical_json($1::jsonb)', [text]);
const hash = (text: string) => one<string>(database.pool, 'SELECT evergreen.content_hash($1::jsonb)', [text]);

/** JSON values that PostgreSQL can hold: no NUL, whole surrogate pairs. */
const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((s) => !s.includes('\u0000'));
const { value: anyJson } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
    text,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(text, tie('value'), { maxKeys: 5 }),
  ),
}));

/** The same value spelled otherwise: keys in reverse order, white space, decomposed letters, numbers with an exponent. */
function respell(value: unknown): string {
  if (Array.isArray(value)) return `[ ${value.map(respell).join(' ,\n')} ]`;
  if (typeof value === 'string') return JSON.stringify(value.normalize('NFD'));
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}.000` : `${value}`.includes('e') ? `${value}` : `${value}e0`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).reverse();
    return `{\t${entries.map(([key, member]) => `${JSON.stringify(key.normalize('NFD'))} : ${respell(member)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** What a value is, but for its spelling: keys of one Unicode form, -0 as 0. */
function meaning(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meaning);
  if (typeof value === 'string') return value.normalize('NFC');
  if (typeof value === 'number') return value === 0 ? 0 : value;
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, member]) => [key.normalize('NFC'), meaning(member)] as const)
        .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    );
  }
  return value;
}
const sameMeaning = (a: unknown, b: unknown) => JSON.stringify(meaning(a)) === JSON.stringify(meaning(b));

describe('the canonical form of RFC 8785', () => {
  test.each([
    // Section 3.2.4 of the RFC, without the two numbers that it writes with an exponent.
    [
      '{"numbers":[333333333.33333329,4.50],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
      '{"literals":[null,true,false],"numbers":[333333333.33333329,4.5],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    ],
    // The test data of its reference implementation: arrays, structures, french, unicode, values.
    ['[56,{"d":true,"10":null,"1":[]}]', '[56,{"1":[],"10":null,"d":true}]'],
    [
      '{"1":{"f":{"f":"hi","F":5},"\\n":56.0},"10":{},"":"empty","a":{},"111":[{"e":"yes","E":"no"}],"A":{}}',
      '{"":"empty","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}',
    ],
    [
      '{"peach":"This sorting order","péché":"is wrong according to French","pêche":"but canonicalization MUST","sin":"ignore locale"}',
      '{"peach":"This sorting order","péché":"is wrong according to French","pêche":"but canonicalization MUST","sin":"ignore locale"}',
    ],
    [
      '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","1":"One","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}',
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign"}',
    ],
  ])('%s', async (given, expected) => {
    expect(await canonical(given)).toBe(expected);
    expect(await hash(given)).toBe(createHash('sha256').update(expected, 'utf8').digest('hex'));
  });

  test('where the rules differ: long numbers are written out, exactly, and letters composed', async () => {
    expect(await canonical('[1e21, 1e-7, 333333333.333333333, "e\u0301"]')).toBe(
      '[1000000000000000000000,0.0000001,333333333.333333333,"é"]',
    );
  });
});

describe('content_hash', () => {
  test('agrees for every spelling of the same value', async () => {
    await fc.assert(
      fc.asyncProperty(anyJson, async (value) => {
        // Two keys that become one key in NFC are not one value any more.
        fc.pre(respell(value).normalize('NFC').length > 0 && keysStayApart(value));
        expect(await hash(respell(value))).toBe(await hash(JSON.stringify(value)));
      }),
      { numRuns: 200 },
    );
  });

  test('differs for different values', async () => {
    await fc.assert(
      fc.asyncProperty(anyJson, anyJson, async (a, b) => {
        fc.pre(keysStayApart(a) && keysStayApart(b));
        expect((await hash(JSON.stringify(a))) === (await hash(JSON.stringify(b)))).toBe(sameMeaning(a, b));
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['{"a":"1"}', '{"a":1}'],
    ['["ab"]', '["a","b"]'],
    ['["a,b"]', '["a","b"]'],
    ['[[],[]]', '[[[]]]'],
    ['{"a":{"b":1}}', '{"a":1,"b":1}'],
    ['[1,2]', '[2,1]'],
    ['{"a":null}', '{}'],
    ['"null"', 'null'],
    ['"true"', 'true'],
    ['[]', '{}'],
    ['"a"', '"A"'],
    ['1', '1.0000000000000000000000001'],
    ['9007199254740992', '9007199254740993'],
  ])('%s is not %s', async (a, b) => {
    expect(await hash(a)).not.toBe(await hash(b));
  });

  test('NULL is refused', () => expectRefusal(database.pool, 'content_hash', { value: null }, 'VG007', 'nothing to hash'));
});

function keysStayApart(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(keysStayApart);
  if (value === null || typeof value !== 'object') return true;
  const keys = Object.keys(value);
  return new Set(keys.map((key) => key.normalize('NFC'))).size === keys.length && Object.values(value).every(keysStayApart);
}
