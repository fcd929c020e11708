import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { useDatabase } from '../../support/database.js';
import { expectRefusal, one } from './calls.js';

const database = useDatabase();

/** The hash of a JSON text, as it is written. */
const hash = (text: string) => one<string>(database.pool, 'SELECT evergreen.content_hash($1::jsonb)', [text]);
const canonical = (text: string) => one<string>(database.pool, 'SELECT evergreen.canonical_json($1::jsonb)', [text]);

describe('the same value has the same hash', () => {
  test.each([
    ['whatever the order of its keys', '{"a":1,"b":{"c":2,"d":3}}', '{"b":{"d":3,"c":2},"a":1}'],
    ['whatever the white space', '{"a":[1,2]}', ' {\n\t"a" : [ 1 , 2 ] } '],
    ['as 1, 1.0 and 1e0', '[1,10,0.5,0]', '[1.0,1e1,5e-1,-0.0]'],
    ['as 1e2 and 100', '{"n":1e2}', '{"n":100.000}'],
    ['composed or not, in values', '["\u00e9"]', '["e\u0301"]'],
    ['composed or not, in keys', '{"\u00e9":1}', '{"e\u0301":1}'],
    ['composed or not, alone', '"\u1e9b\u0323"', '"\u017f\u0323\u0307"'],
    ['escaped or not', '"caf\u00e9/\\u000a"', '"caf\\u00e9\\/\\n"'],
    ['with a key said twice, of which the last counts', '{"a":2}', '{"a":1,"a":2}'],
    ['as a number alone', '7', '7.00'],
  ])('%s', async (_, one, other) => {
    expect(await hash(one)).toBe(await hash(other));
  });
});

describe('different values have different hashes', () => {
  test.each([
    ['text and number', '{"a":"1"}', '{"a":1}'],
    ['two strings and one that looks like two', '["ab"]', '["a","b"]'],
    ['strings with delimiters in them', '["a,b"]', '["a","b"]'],
    ['strings with quotes in them', String.raw`["a\",\"b"]`, '["a","b"]'],
    ['orders of a list', '[1,2]', '[2,1]'],
    ['null and the text null', '[null]', '["null"]'],
    ['null and nothing', '{"a":null}', '{}'],
    ['an empty list and an empty object', '[]', '{}'],
    ['a list and what it holds', '[1]', '1'],
    ['true and the text true', 'true', '"true"'],
    ['nesting', '[[1],2]', '[1,[2]]'],
    ['capitals', '{"A":1}', '{"a":1}'],
    ['spaces in a string', '"a b"', '"a  b"'],
    ['key and value', '{"a":"b"}', '{"b":"a"}'],
    ['digits beyond those of a double', '0.1234567890123456789', '0.1234567890123456788'],
    ['characters that only look alike', '"\u212b"', '"A"'],
    ['a ligature and its letters', '"\ufb01"', '"fi"'],
  ])('%s', async (_, one, other) => {
    expect(await hash(one)).not.toBe(await hash(other));
  });
});

test('it is 64 hex digits: the sha256 of the canonical text', async () => {
  const text = '{ "b": [1.50, "é"], "a": null }';
  expect(await canonical(text)).toBe('{"a":null,"b":[1.5,"é"]}');
  expect(await hash(text)).toBe(createHash('sha256').update('{"a":null,"b":[1.5,"é"]}').digest('hex'));
});

test('keys stand in code point order, whatever the database’s collation', async () => {
  expect(await canonical('{"b":1,"a":1,"B":1,"é":1,"_":1,"10":1,"9":1,"\u{1F600}":1,"\uff5e":1}')).toBe(
    '{"10":1,"9":1,"B":1,"_":1,"a":1,"b":1,"é":1,"\uff5e":1,"\u{1F600}":1}',
  );
});

describe('for any value', () => {
  /** Text without the two things that PostgreSQL's JSON cannot hold: the character 0 and half a surrogate pair. */
  const text = fc
    .string({
      unit: fc.oneof(
        fc.constantFrom('a', '"', '\\', ',', ':', '{', '\u00e9', 'e', '\u0301', '\n', '\u{1F600}'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
    })
    .filter((s) => !s.includes('\0'));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, false),
      fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })),
      text,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4 }),
    ),
  }));

  /** The same value, spelled otherwise: keys in another order, white space, numbers with zeros. */
  function respelled(json: unknown): string {
    if (Array.isArray(json)) return `[ ${json.map(respelled).join(' ,\n')} ]`;
    if (json !== null && typeof json === 'object') {
      return `{ ${Object.entries(json)
        .reverse()
        .map(([key, member]) => `${JSON.stringify(key)} :${respelled(member)}`)
        .join(' , ')}\t}`;
    }
    if (typeof json === 'number' && Number.isInteger(json)) return `${JSON.stringify(json)}.00e0`.replace(/e\+?(\d+)\.00e0$/, '.00e$1');
    return JSON.stringify(json);
  }

  test('its spelling does not matter', () =>
    fc.assert(
      fc.asyncProperty(value, async (json) => {
        expect(await hash(respelled(json))).toBe(await hash(JSON.stringify(json)));
      }),
      { numRuns: 120 },
    ));

  /** The same value with all its text composed; none when two keys of an object become one by that. */
  function composed(json: unknown): unknown {
    if (typeof json === 'string') return json.normalize('NFC');
    if (Array.isArray(json)) return json.map(composed);
    if (json === null || typeof json !== 'object') return json;
    const members = Object.entries(json).map(([key, member]) => [key.normalize('NFC'), composed(member)] as const);
    fc.pre(new Set(members.map(([key]) => key)).size === members.length);
    return Object.fromEntries(members);
  }

  test('its canonical text is that value again (but for Unicode’s form), so that different values never agree', () =>
    fc.assert(
      fc.asyncProperty(value, async (json) => {
        const text = await canonical(JSON.stringify(json));
        expect(await one(database.pool, 'SELECT $1::jsonb = $2::jsonb', [text, JSON.stringify(composed(json))])).toBe(true);
        expect(await canonical(text)).toBe(text);
      }),
      { numRuns: 120 },
    ));

  /** A value as somebody may write it, and as its canonical text must be. */
  type Spelled = { written: string; expected: string };
  const words = fc.oneof(
    text,
    fc.string({ unit: fc.constantFrom('a', 'B', ' ', '"', ':', ',', '.', '0', '[', '}', '\\', '\u007f', '\t'), maxLength: 6 }),
    fc.constantFrom('": ', ': ', '1.0', '.0', ' ', ''),
  );
  const digits = fc.string({ unit: fc.constantFrom('0', '1', '9'), maxLength: 4 });
  const number = fc.tuple(fc.constantFrom('', '-'), fc.nat(100), fc.option(digits)).map(([sign, whole, decimals]) => {
    const significant = decimals?.replace(/0+$/, '');
    const expected = significant ? `${sign}${whole}.${significant}` : `${sign}${whole}`;
    return { written: `${sign}${whole}${decimals ? `.${decimals}` : ''}`, expected: expected === '-0' ? '0' : expected };
  });
  const spelled = fc.letrec<{ any: Spelled; list: Spelled; object: Spelled }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('null', 'true', 'false').map((word) => ({ written: word, expected: word })),
      number,
      words.map((word) => ({ written: JSON.stringify(word), expected: JSON.stringify(word.normalize('NFC')) })),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('any'), { maxLength: 4 }).map((items) => ({
      written: `[ ${items.map(({ written }) => written).join(' , ')}]`,
      expected: `[${items.map(({ expected }) => expected).join(',')}]`,
    })),
    object: fc.uniqueArray(fc.tuple(words, tie('any')), { maxLength: 3, selector: ([key]) => key.normalize('NFC') }).map((members) => ({
      written: `{${members.map(([key, { written }]) => `${JSON.stringify(key)} : ${written}`).join(', ')} }`,
      expected: `{${members
        .map(([key, { expected }]) => [key.normalize('NFC'), expected] as const)
        .sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
        .map(([key, expected]) => `${JSON.stringify(key)}:${expected}`)
        .join(',')}}`,
    })),
  })).any;

  test('its canonical text is the one that its parts make, whichever way is taken to it', async () => {
    const values = fc.sample(spelled, 4000);
    const { rows } = await database.pool.query<{ canonical: string }>(
      `SELECT evergreen.canonical_json(v.written::jsonb) AS canonical FROM unnest($1::text[]) WITH ORDINALITY AS v (written, ordinality) ORDER BY v.ordinality`,
      [values.map(({ written }) => written)],
    );
    const wrong = values
      .map((each, i) => ({ ...each, canonical: rows[i]?.canonical }))
      .filter(({ expected, canonical: got }) => got !== expected);
    expect(wrong).toEqual([]);
    // Both ways were taken, and the short one with and without keys.
    for (const kind of [/^\P{ASCII}*\p{ASCII}*\P{ASCII}/u, /\.[0-9]*0[,\]}]/, /^\[[\p{ASCII}]*":/u, /^[^"]+$/]) {
      expect(values.some(({ written }) => kind.test(written))).toBe(true);
    }
  });

  test('two values agree exactly when they are equal', () =>
    fc.assert(
      fc.asyncProperty(value, value, async (a, b) => {
        const [left, right] = [JSON.stringify(composed(a)), JSON.stringify(composed(b))];
        const equal = await one<boolean>(database.pool, 'SELECT $1::jsonb = $2::jsonb', [left, right]);
        expect((await hash(left)) === (await hash(right))).toBe(equal);
      }),
      { numRuns: 60 },
    ));
});

test('NULL is refused: JSON null is a value, SQL NULL is none', async () => {
  await expectRefusal(database.pool, 'content_hash', { value: null }, 'VG007', 'NULL');
  expect(await hash('null')).toMatch(/^[0-9a-f]{64}$/);
});
