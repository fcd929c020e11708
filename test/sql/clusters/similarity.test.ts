import { useDatabase } from '../../support/database.js';
import { call, contents, expectRefusal, one, row } from '../core/calls.js';
import { ask, generate, makeCopy } from './asking.js';

const database = useDatabase();
const on = () => database.pool;
const asked = { content_type: 'faq', prompt: 'Answer {{input}}' };
const similar = (input: string, args = {}) =>
  call(on(), 'find_similar_answers', {
    ...asked,
    input: JSON.stringify(input),
    model: 'metered',
    provider: 'test',
    threshold: 0.3,
    ...args,
  });

beforeAll(() => makeCopy(on(), 'faq'));

describe('a similar input', () => {
  beforeAll(async () => {
    await generate(on(), '"How do I reset the password of my account?"', 'By the link.', asked);
    await generate(on(), '"How do I reset the password of my account?"', 'For Ann.', { ...asked, user_id: 'ann' });
    await generate(on(), '"How do I reset the password of my account?"', 'By m2.', { ...asked, model: 'm2' });
    await generate(on(), '"Where is the office?"', 'In Oslo.', asked);
  });

  test('does not answer unless it is asked for, and a threshold is set', async () => {
    const near = '"How do I reset my account password?"';
    expect(await ask(on(), near, asked)).toMatchObject({ freshness: 'missing', content: null, similarity: null });
    await expectRefusal(
      on(),
      'lookup_answer',
      { ...asked, input: near, model: 'metered', similar: true },
      'VG007',
      'similar inputs do not answer',
    );
    await expectRefusal(on(), 'find_similar_answers', { ...asked, input: near, model: 'metered' }, 'VG007', 'threshold NULL');
  });

  test('is said to be one, with its similarity, how it was measured, and the input it came from', async () => {
    const before = await contents(on());
    const found = await ask(on(), '"How do I reset my account password?"', {
      ...asked,
      similar: true,
      threshold: 0.5,
      checks: ['numbers', 'negations', 'entities'],
    });
    expect(found).toMatchObject({
      freshness: 'similar',
      reason: 'similar',
      similarity_method: 'trigram',
      similar_to: 'How do I reset the password of my account?',
      content: { result: 'By the link.' },
    });
    expect(found.similarity).toBeGreaterThan(0.5);
    expect(found.similarity).toBeLessThan(1);
    expect(await contents(on())).toEqual(before);
  });

  test('is one of the same owner, model, prompt and parameters, never another', async () => {
    const near = 'How do I reset the password of my account';
    expect((await similar(near)).map(({ result }) => result)).toEqual(['By the link.']);
    expect((await similar(near, { user_id: 'ann' })).map(({ result }) => result)).toEqual(['For Ann.']);
    expect(await similar(near, { user_id: 'bob' })).toEqual([]);
    expect(await similar(near, { parameters: '{"seed": 1}' })).toEqual([]);
    expect(await similar(near, { prompt: 'Say {{input}}' })).toEqual([]);
  });

  test('that is invalidated is listed as expired and does not answer', async () => {
    await call(on(), 'invalidate_answers', { content_type: 'faq', input: '"Where is the office?"' });
    expect(await similar('Where is our office?')).toMatchObject([{ freshness: 'expired', agrees: true }]);
    expect(await ask(on(), '"Where is our office?"', { ...asked, similar: true, threshold: 0.3 })).toMatchObject({ freshness: 'missing' });
  });

  test('keys and flags of an input must be the same', async () => {
    await generate(on(), { filter: { remote: true }, text: 'jobs for engineers' }, 'remote jobs', asked);
    const near = (input: unknown) =>
      call(on(), 'find_similar_answers', { ...asked, input: JSON.stringify(input), model: 'metered', provider: 'test', threshold: 0.3 });
    expect(await near({ filter: { remote: true }, text: 'jobs for an engineer' })).toMatchObject([{ agrees: true }]);
    expect(await near({ filter: { remote: false }, text: 'jobs for an engineer' })).toMatchObject([
      { agrees: false, disagreement: 'structure' },
    ]);
    expect(await near({ exclude: { remote: true }, text: 'jobs for an engineer' })).toMatchObject([
      { agrees: false, disagreement: 'structure' },
    ]);
  });
});

describe('the second check', () => {
  const agree = (a: string, b: string, checks?: string[]) => row(on(), 'inputs_agree', checks ? { a, b, checks } : { a, b });

  test.each([
    ['numbers', 'Plan a trip of 3 days', 'Plan a trip of 5 days'],
    ['numbers', 'Plan a trip of three days', 'Plan a trip of five days'],
    ['numbers', 'Version 1.2 is out', 'Version 1.12 is out'],
    ['negations', 'Is it safe to eat this mushroom', 'Is it not safe to eat this mushroom'],
    ['negations', 'I like the red one', "I don't like the red one"],
    ['negations', 'I like the red one', 'I don’t like the red one'],
    ['negations', 'Recipes with nuts', 'Recipes without nuts'],
    ['negations', 'Is the drug safe', 'Is the drug unsafe'],
    ['negations', 'profit organisations', 'non-profit organisations'],
    ['negations', 'How can I enable logging', 'How can I disable logging'],
    ['negations', 'shoes for men under 50', 'shoes for men over 50'],
    ['entities', 'Hotels in Paris near the river', 'Hotels in Rome near the river'],
    ['entities', 'Paris hotels', 'hotels'],
    ['order', 'flights from paris to rome', 'flights from rome to paris'],
    ['order', 'is tea better than coffee', 'is coffee better than tea'],
    ['order', 'convert euros into dollars', 'convert dollars into euros'],
  ])('%s: "%s" is not "%s"', async (disagreement, a, b) => {
    expect(await agree(a, b)).toEqual({ agrees: false, disagreement });
    expect(await agree(b, a)).toEqual({ agrees: false, disagreement });
    expect(await agree(a, b, [])).toEqual({ agrees: true, disagreement: null });
  });

  test.each([
    ['How do I reset my password', 'how do I reset my password please'],
    ['Hotels in Paris', 'hotels in paris, cheapest first'.replace(', cheapest first', '')],
    ['What is a lease', 'Please explain what is a lease'],
    ['3 ideas for the garden', 'ideas for the garden: 3'],
    ['red apples\ngreen pears', 'green pears\nred apples\nplums'],
  ])('"%s" may answer "%s"', async (a, b) => {
    expect(await agree(a, b)).toEqual({ agrees: true, disagreement: null });
  });

  test('keeps what is negated from answering although it is very similar', async () => {
    await generate(on(), '"Can I deduct the cost of my home office from my taxes this year?"', 'Yes.', asked);
    const negated = 'Can I not deduct the cost of my home office from my taxes this year?';
    const [found] = await similar(negated);
    expect(found).toMatchObject({ agrees: false, disagreement: 'negations' });
    expect(found?.similarity).toBeGreaterThan(0.8);
    expect(await ask(on(), JSON.stringify(negated), { ...asked, similar: true, threshold: 0.8 })).toMatchObject({
      freshness: 'missing',
      content: null,
    });
    expect(await ask(on(), JSON.stringify(negated), { ...asked, similar: true, threshold: 0.8, checks: ['numbers'] })).toMatchObject({
      freshness: 'similar',
    });
  });

  test('an unknown one is refused', () => expectRefusal(on(), 'inputs_agree', { a: 'a', b: 'b', checks: ['mood'] }, 'VG007', "'mood'"));
});

describe('how it is measured', () => {
  // Beyond ASCII pg_trgm asks the server's locale what a letter is, and that of the tests is C.
  const TEXTS = [
    'apples and pears',
    'Apples, pears & plums',
    '',
    '12 monkeys',
    'a',
    'aa aa aa',
    'the quick brown fox',
    'x_y-z',
    'apples and pears and apples',
  ];

  test('trigrams as pg_trgm has them', async () => {
    const ours =
      'SELECT a, b, evergreen.trigram_similarity(evergreen.trigrams(a), b) AS similarity FROM unnest($1::text[]) AS a, unnest($1::text[]) AS b ORDER BY 1, 2';
    const own = await database.query(ours, [TEXTS]);
    await database.superuserQuery('CREATE EXTENSION pg_trgm');
    const theirs = await database.query(ours.replace('evergreen.trigram_similarity(evergreen.trigrams(a), b)', 'public.similarity(a, b)'), [
      TEXTS,
    ]);
    expect(own).toEqual(theirs);
  });

  test('the same answers with pg_trgm and without', async () => {
    await database.superuserQuery('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    const near = 'How to reset the password of an account?';
    const withExtension = await similar(near, { threshold: 0.1 });
    await database.superuserQuery('DROP EXTENSION pg_trgm');
    expect(await similar(near, { threshold: 0.1 })).toEqual(withExtension);
    expect(withExtension.length).toBeGreaterThan(0);
  });

  test('embeddings by their cosine, of one model and one length only', async () => {
    await makeCopy(on(), 'vectors');
    const vectors = { content_type: 'vectors', prompt: '{{input}}' };
    const put = (input: string, embedding: number[], embedding_model = 'e1') =>
      generate(on(), JSON.stringify(input), input, vectors, { embedding, embedding_model });
    await put('east', [2, 0, 0]);
    await put('north east', [1, 1, 0]);
    await put('west', [-3, 0, 0]);
    await put('east of another model', [1, 0, 0], 'e2');
    await put('east, shorter', [1, 0]);
    const found = await call(on(), 'find_similar_answers', {
      ...vectors,
      input: '"?"',
      model: 'metered',
      provider: 'test',
      embedding: [7, 0, 0],
      embedding_model: 'e1',
      threshold: 0,
      checks: [],
    });
    expect(found.map(({ result, similarity, method }) => [result, Number(similarity).toFixed(4), method])).toEqual([
      ['east', '1.0000', 'embedding'],
      ['north east', '0.7071', 'embedding'],
      ['west', '0.0000', 'embedding'],
    ]);
    expect(
      await ask(on(), '"?"', { ...vectors, similar: true, embedding: [7, 1, 0], embedding_model: 'e1', threshold: 0.9 }),
    ).toMatchObject({
      freshness: 'similar',
      similarity_method: 'embedding',
      similar_to: 'east',
    });
    expect(
      await ask(on(), '"?"', { ...vectors, similar: true, embedding: [0, 0, 1], embedding_model: 'e1', threshold: 0.9 }),
    ).toMatchObject({ freshness: 'missing' });
  });

  test('an index of vectors needs the extension', () => expectRefusal(on(), 'enable_answer_vectors', { dimensions: 3 }, 'VG002', 'vector'));
});

describe('verdicts', () => {
  test('give the rate of false hits for each threshold, and the threshold for a rate', async () => {
    const { id } = await generate(on(), ['verdicts'], 1);
    const say = (input: string, similarity: number, agreed: boolean) =>
      call(on(), 'record_similarity_verdict', {
        content_type: 'cluster',
        input: JSON.stringify([input]),
        answer_id: id,
        similarity,
        method: 'trigram',
        agreed,
      });
    expect(await row(on(), 'suggest_similarity_threshold', { max_error_rate: 0.1 })).toEqual({
      threshold: null,
      verdicts: null,
      error_rate: null,
    });
    for (const [i, [similarity, agreed]] of (
      [
        [0.99, true],
        [0.95, true],
        [0.9, false],
        [0.9, true],
        [0.8, true],
        [0.7, false],
        [0.6, false],
      ] as const
    ).entries()) {
      await say(`asked ${i}`, similarity, agreed);
    }
    await say('asked 6', 0.6, false);
    expect(
      await database.query(
        `SELECT threshold::text, verdicts::integer, wrong::integer, error_rate::text FROM evergreen.similarity_verdict_rates
        WHERE content_type = 'cluster' AND threshold IN (0.60, 0.70, 0.80, 0.90, 0.95) ORDER BY threshold`,
      ),
    ).toEqual([
      { threshold: '0.60', verdicts: 7, wrong: 3, error_rate: '0.4286' },
      { threshold: '0.70', verdicts: 6, wrong: 2, error_rate: '0.3333' },
      { threshold: '0.80', verdicts: 5, wrong: 1, error_rate: '0.2000' },
      { threshold: '0.90', verdicts: 4, wrong: 1, error_rate: '0.2500' },
      { threshold: '0.95', verdicts: 2, wrong: 0, error_rate: '0.0000' },
    ]);
    const suggest = (rate: number) => row(on(), 'suggest_similarity_threshold', { max_error_rate: rate });
    expect(await suggest(0)).toMatchObject({ threshold: 0.95, verdicts: '2', error_rate: '0.0000' });
    expect(await suggest(0.2)).toMatchObject({ threshold: 0.8, verdicts: '5', error_rate: '0.2000' });
    expect(await suggest(1)).toMatchObject({ threshold: 0.6, verdicts: '7' });
    await say('asked 6', 0.6, true);
    expect(await suggest(0.29)).toMatchObject({ threshold: 0.6, verdicts: '7', error_rate: '0.2857' });
    expect(await one(on(), 'SELECT count(*)::integer FROM evergreen.similarity_verdicts')).toBe(7);
  });

  test.each([
    ['of an unknown answer', { answer_id: '00000000-0000-0000-0000-0000000000ff' }, 'VG002'],
    ['of a similarity over 1', { similarity: 1.1 }, 'VG007'],
    ['without a verdict', { agreed: null }, 'VG007'],
    ['by another method', { method: 'guess' }, 'VG007'],
    ['of an answer of another user', {}, 'VG009'],
  ])('%s are refused', async (_, args, code) => {
    const { id } = await generate(on(), ['refused verdict'], 1, { user_id: code === 'VG009' ? 'ann' : null });
    await expectRefusal(
      on(),
      'record_similarity_verdict',
      { content_type: 'cluster', input: '["x"]', answer_id: id, similarity: 0.9, method: 'trigram', agreed: true, ...args },
      code,
      /./,
    );
  });
});
