import fc from 'fast-check';
import { useDatabase } from '../../support/database.js';
import { call, expectRefusal } from '../core/calls.js';

const database = useDatabase();

interface Change {
  path: string;
  change: 'added' | 'removed' | 'retyped' | 'changed';
  before: unknown;
  after: unknown;
}
const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
const explain = (current: unknown, updated: unknown, tolerance?: number) =>
  call<Change & Record<string, unknown>>(database.pool, 'explain_changes', { current: json(current), updated: json(updated), tolerance });
const paths = async (current: unknown, updated: unknown, tolerance?: number) =>
  (await explain(current, updated, tolerance)).map(({ path, change }) => `${change} ${path}`);

test.each<[string, unknown, unknown, string[]]>([
  ['key order', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, []],
  ['the spelling of a number', { a: 1 }, { a: 1.0 }, []],
  ['a number within 5 %', { a: 100 }, { a: 105.2 }, []],
  ['a number further off', { a: 100 }, { a: 106 }, ['changed /a']],
  ['zero and something', { a: 0 }, { a: 0.001 }, ['changed /a']],
  ['the sign', { a: 1 }, { a: -1 }, ['changed /a']],
  ['white space', { a: 'x  y\n' }, { a: ' x y' }, []],
  ['the Unicode form of a text', { a: 'é' }, { a: 'e\u0301' }, []],
  ['case', { a: 'X' }, { a: 'x' }, ['changed /a']],
  ['a boolean', { a: true }, { a: false }, ['changed /a']],
  ['another type', { a: 1 }, { a: '1' }, ['retyped /a']],
  ['null and something', { a: null }, { a: 1 }, ['retyped /a']],
  ['null and nothing', { a: null }, {}, ['removed /a']],
  ['an object for a list', { a: {} }, { a: [] }, ['retyped /a']],
  ['added and removed', { a: 1 }, { b: 1 }, ['removed /a', 'added /b']],
  ['deep down', { a: { b: { c: [{ d: 1 }] } } }, { a: { b: { c: [{ d: 2 }] } } }, ['changed /a/b/c/0/d']],
  ['keys that a pointer must escape', { 'a/b': { '~': 1 } }, { 'a/b': { '~': 2 } }, ['changed /a~1b/~0']],
  [
    'the order of traits',
    {
      t: [
        { name: 'x', s: 1 },
        { name: 'y', s: 2 },
      ],
    },
    {
      t: [
        { name: 'y', s: 2 },
        { name: 'x', s: 1 },
      ],
    },
    [],
  ],
  ['a trait more', { t: [{ name: 'x' }] }, { t: [{ name: 'y' }, { name: 'x' }] }, ['added /t/y']],
  ['a trait less', { t: [{ name: 'y' }, { name: 'x' }] }, { t: [{ name: 'x' }] }, ['removed /t/y']],
  [
    'a trait’s score',
    {
      t: [
        { name: 'x', s: 10 },
        { name: 'y', s: 2 },
      ],
    },
    {
      t: [
        { name: 'y', s: 2 },
        { name: 'x', s: 50 },
      ],
    },
    ['changed /t/x/s'],
  ],
  ['a trait’s type', { t: [{ name: 'x', s: 10 }] }, { t: [{ name: 'x', s: 'ten' }] }, ['retyped /t/x/s']],
  [
    'names that are not unique: by position',
    {
      t: [
        { name: 'x', s: 1 },
        { name: 'x', s: 2 },
      ],
    },
    {
      t: [
        { name: 'x', s: 2 },
        { name: 'x', s: 1 },
      ],
    },
    ['changed /t/0/s', 'changed /t/1/s'],
  ],
  ['the order of texts', { i: ['a', 'b'] }, { i: ['b', 'a'] }, []],
  ['a text that is there twice', { i: ['a', 'a'] }, { i: ['a'] }, []],
  ['another text', { i: ['a', 'b'] }, { i: ['a', 'c'] }, ['removed /i/b', 'added /i/c']],
  ['the order of numbers', { n: [1, 2] }, { n: [2, 1] }, ['changed /n/0', 'changed /n/1']],
  ['a list that was empty', { n: [] }, { n: [1] }, ['added /n/0']],
  ['texts that become numbers', { n: ['1'] }, { n: [1] }, ['retyped /n/0']],
  ['scalars at the top', 1, 2, ['changed ']],
  ['no document before', undefined, { a: 1 }, ['added ']],
  ['no document after', { a: 1 }, undefined, ['removed ']],
  ['no document at all', undefined, undefined, []],
])('%s', async (_, current, updated, expected) => {
  expect(await paths(current, updated)).toEqual(expected);
});

test('says what it was and what it is', async () => {
  expect(await explain({ a: { b: 1 } }, { a: { b: [2] }, c: null })).toEqual([
    { path: '/a/b', change: 'retyped', before: 1, after: [2] },
    { path: '/c', change: 'added', before: null, after: null },
  ]);
});

test('a tolerance of its own', async () => {
  expect(await paths({ a: 100 }, { a: 60 }, 0.4)).toEqual([]);
  expect(await paths({ a: 100 }, { a: 59 }, 0.4)).toEqual(['changed /a']);
  expect(await paths({ a: 100 }, { a: 100.0001 }, 0)).toEqual(['changed /a']);
});

test('100 levels deep, and beyond 64 as a whole', async () => {
  const deep = (levels: number, leaf: unknown): unknown => (levels === 0 ? leaf : { a: deep(levels - 1, leaf) });
  expect(await paths(deep(50, 100), deep(50, 101))).toEqual([]);
  expect(await paths(deep(50, 1), deep(50, 2))).toEqual([`changed ${'/a'.repeat(50)}`]);
  expect(await paths(deep(100, 100), deep(100, 100))).toEqual([]);
  expect(await paths(deep(100, 100), deep(100, 101))).toEqual([`changed ${'/a'.repeat(64)}`]);
});

test('numbers as large and as fine as JSON has them', async () => {
  expect(await call(database.pool, 'explain_changes', { current: '{"a": 1e300}', updated: '{"a": 1.01e300}' })).toEqual([]);
  expect(await call(database.pool, 'explain_changes', { current: '{"a": 1e-300}', updated: '{"a": 2e-300}' })).toHaveLength(1);
});

test.each([-0.1, 1.1])('refuses a tolerance of %p', (tolerance) =>
  expectRefusal(database.pool, 'explain_changes', { current: '{}', updated: '{}', tolerance }, 'VG007', String(tolerance)),
);

describe('for any two documents', () => {
  const text = fc.string({ maxLength: 6 }).map((value) => value.replaceAll('\0', '').replaceAll(/[\ud800-\udfff]/g, ''));
  const document = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, false, 0, 1, 100, 103, -5, 0.25),
      text,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.record({ name: fc.constantFrom('x', 'y', 'z'), score: fc.integer({ min: 0, max: 100 }) }), { maxLength: 3 }),
      fc.array(fc.constantFrom('a', 'b', 'c', 'a '), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', 'traits'), text), tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  const options = { numRuns: 150 };

  /** The same with its keys the other way round. */
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, each]) => [key, turned(each)]),
    );
  };
  /** The same with every number 3 % larger. */
  const nudged = (value: unknown): unknown => {
    if (typeof value === 'number') return value * 1.03;
    if (Array.isArray(value)) return value.map(nudged);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, nudged(each)]));
  };

  test('itself, its keys turned round and its numbers within the tolerance say the same', () =>
    fc.assert(
      fc.asyncProperty(document, async (one) => {
        expect(await explain(one, one)).toEqual([]);
        expect(await explain(one, turned(one))).toEqual([]);
        expect(await explain(one, nudged(one))).toEqual([]);
      }),
      options,
    ));

  test('it is symmetric: what was added is removed the other way round', () =>
    fc.assert(
      fc.asyncProperty(document, document, async (one, other) => {
        const mirror = { added: 'removed', removed: 'added', retyped: 'retyped', changed: 'changed' } as const;
        const back = (await explain(other, one)).map(({ path, change, before, after }) => ({
          path,
          change: mirror[change],
          before: after,
          after: before,
        }));
        expect(await explain(one, other)).toEqual(back);
      }),
      options,
    ));

  test('a member more is added, and nothing else is said', () =>
    fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom('a', 'b', 'c'), document), document, async (one, more) => {
        expect(await paths(one, { ...one, 'new one': more })).toEqual(['added /new one']);
      }),
      options,
    ));
});
