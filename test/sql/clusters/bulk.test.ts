import type { QueryResultRow } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, expectRefusal, one, pidOf, stampede, states, untilBlocked, withConnections } from '../core/calls.js';
import { ask, claimAnswer, generate } from './asking.js';

const database = useDatabase();
const on = () => database.pool;
const asked = { content_type: 'cluster', model: 'metered', provider: 'test', now: at() };

interface Claimed extends QueryResultRow {
  ordinal: number;
  state: string;
  cache_key: string;
  lease_token: string;
  duplicate_of: number | null;
  prompt_id: string;
  prompt: string | null;
}

const inputs = (count: number, name = 'item') => Array.from({ length: count }, (_, i) => JSON.stringify([`${name} ${i}`]));
const find = (list: string[], args = {}) => call(on(), 'lookup_answers', { ...asked, inputs: list, ...args });
const claim = (list: string[], args = {}) =>
  call<Claimed>(on(), 'claim_answers', { ...asked, inputs: list, seen: null, holder: 'bulk', ...args });
const save = (claims: Claimed[], list: string[], results: (string | null)[], args = {}) =>
  call(on(), 'save_answers', {
    ...asked,
    inputs: claims.map(({ ordinal }) => list[ordinal - 1]),
    results: claims.map(({ ordinal }) => results[ordinal - 1]),
    lease_tokens: claims.map(({ lease_token }) => lease_token),
    details: JSON.stringify(
      claims.map(({ cache_key, prompt_id }) => ({ input_hash: cache_key, prompt_id, prompt_tokens: 100, model: 'metered' })),
    ),
    ...args,
  });

beforeAll(() =>
  call(on(), 'register_model', { provider: 'test', model: 'metered', prompt_price: 1, completion_price: 1, cached_price: 1 }),
);

test('1,000 inputs are found, claimed and saved in a statement each', async () => {
  const list = inputs(1000);
  expect(await find(list)).toHaveLength(1000);
  const claims = await claim(list);
  expect(states(claims)).toEqual({ claimed: 1000 });
  expect(new Set(claims.map(({ lease_token }) => lease_token)).size).toBe(1000);
  const saves = await save(claims, list, list);
  expect(states(saves as never)).toEqual({ saved: 1000 });
  const found = await find(list);
  expect(found.map(({ ordinal }) => ordinal)).toEqual(list.map((_, i) => i + 1));
  expect(found.map(({ freshness, content }) => [freshness, JSON.stringify(content.result)])).toEqual(list.map((input) => ['fresh', input]));
  expect(await one(on(), 'SELECT sum(cost)::float8 FROM evergreen.ai_generation_logs')).toBeCloseTo(0.1, 10);
});

test('a lookup in bulk answers as lookups one by one', async () => {
  await generate(on(), ['bulk hit'], 1);
  await generate(on(), ['bulk other model'], 2, { model: 'other' });
  const list = ['["bulk hit"]', '["bulk other model"]', '["bulk miss"]'];
  for (const after_failure of [false, true]) {
    const rows = await find(list, { after_failure });
    const single = await Promise.all(list.map((input) => ask(on(), input, { after_failure })));
    for (const [i, { ordinal, error_code, seen, ...row }] of rows.entries()) {
      expect([ordinal, error_code, seen === null]).toEqual([i + 1, null, single[i]?.seen === null]);
      expect(single[i]).toMatchObject(row);
    }
  }
});

test('a bad input spoils itself only', async () => {
  await generate(on(), ['good'], 1);
  expect(await find(['[]', '["good"]', 'nonsense', JSON.stringify(['x'.repeat(300000)]), '["\\u0000"]', '["missing"]'])).toMatchObject([
    { freshness: 'invalid', error_code: 'VG007', cache_key: null, content: null },
    { freshness: 'fresh', error_code: null, reason: 'hit' },
    { freshness: 'invalid', error_code: 'VG007', reason: expect.stringContaining('not valid JSON') },
    { freshness: 'invalid', error_code: 'VG006', content: null },
    { freshness: 'invalid', error_code: 'VG007' },
    { freshness: 'missing', error_code: null, reason: 'no_content' },
  ]);
});

test('an input that stands twice is claimed once, however it is spelled', async () => {
  const claims = await claim(['["a","b"]', '["c"]', '[" b","a"]', '["c"]', '{"items":["a","b"]}']);
  expect(claims.map(({ state, duplicate_of }) => [state, duplicate_of])).toEqual([
    ['claimed', null],
    ['claimed', null],
    ['duplicate', 1],
    ['duplicate', 2],
    ['duplicate', 1],
  ]);
  expect(claims.map(({ lease_token, prompt }) => [lease_token === null, prompt === null])).toEqual([
    [false, false],
    [false, false],
    [true, true],
    [true, true],
    [true, true],
  ]);
});

test('each is told its own state: saved since, busy, or claimed', async () => {
  const list = ['["seen"]', '["held"]', '["free"]'];
  const seen = (await find(list)).map((row) => row.seen);
  await generate(on(), ['seen'], 1);
  await claimAnswer(on(), await ask(on(), ['held']));
  expect((await claim(list, { seen })).map(({ state }) => state)).toEqual(['fresh', 'busy', 'claimed']);
});

test('an input whose prompt would be too large is held by nobody', async () => {
  await call(on(), 'set_content_policy', { content_type: 'small', max_prompt_tokens: 10 });
  const [small, large] = await claim(['"ok"', JSON.stringify('x'.repeat(100))], { content_type: 'small', prompt: '{{input}}' });
  expect(small).toMatchObject({ state: 'claimed', prompt: 'ok' });
  expect(large).toMatchObject({ state: 'invalid', lease_token: null, reason: expect.stringContaining('its policy allows 40') });
  expect(await one(on(), 'SELECT lease_token FROM evergreen.generation_leases WHERE cache_key = $1', [large?.cache_key])).toBeNull();
});

test('each answer settles by itself', async () => {
  const list = inputs(5, 'settle');
  const claims = await claim(list);
  const [, lost, , invalid] = claims as [Claimed, Claimed, Claimed, Claimed];
  const token = lost.lease_token;
  lost.lease_token = '00000000-0000-0000-0000-000000000009';
  await call(on(), 'invalidate_leases', { content_type: 'cluster', cache_keys: [claims[2]?.cache_key] });
  const saves = await save(claims, list, ['1', '2', '3', '"\\u0000"', 'null']);
  expect(saves).toMatchObject([
    { state: 'saved', id: expect.any(String), revision: 1, generated_at: new Date(asked.now), cost: '0.0001' },
    { state: 'lease_lost', id: null, revision: null, generated_at: null, cost: '0.0001' },
    { state: 'saved_stale', id: expect.any(String), revision: 1 },
    { state: 'invalid', id: null, cost: '0.0001', reason: expect.stringContaining('not valid JSON'), retry_after_ms: 5000 },
    { state: 'invalid', id: null, reason: expect.stringContaining('null') },
  ]);
  expect((await find(list)).map(({ freshness }) => freshness)).toEqual(['fresh', 'missing', 'expired', 'missing', 'missing']);
  expect(await one(on(), 'SELECT last_error FROM evergreen.generation_leases WHERE cache_key = $1', [invalid.cache_key])).toMatch(
    /^invalid: the result/,
  );
  expect(await one(on(), 'SELECT lease_token FROM evergreen.generation_leases WHERE cache_key = $1', [lost.cache_key])).toBe(token);
});

test('a result that is nested too deeply is not kept, though all else is right', async () => {
  const list = inputs(2, 'deep');
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(await save(await claim(list), list, [nested(65), nested(66)])).toMatchObject([
    { state: 'saved' },
    { state: 'invalid', reason: expect.stringContaining('nested too deeply') },
  ]);
});

test('an embedding that is none spoils its own answer only, unless the result did before', async () => {
  const list = inputs(5, 'embedded');
  const claims = await claim(list);
  const details = [
    { embedding: [3, 4], embedding_model: 'e' },
    { embedding: [0, 0], embedding_model: 'e' },
    { embedding: [3, 4] },
    { embedding: [0, 0], embedding_model: 'e' },
    { embedding: 'none', embedding_model: 'e' },
  ].map((each, i) => ({ input_hash: claims[i]?.cache_key, prompt_tokens: 100, model: 'metered', ...each }));
  expect(await save(claims, list, ['1', '2', '3', 'null', '5'], { details: JSON.stringify(details) })).toMatchObject([
    { state: 'saved', reason: null },
    { state: 'invalid', reason: expect.stringContaining('no direction') },
    { state: 'invalid', reason: expect.stringContaining('not named') },
    { state: 'invalid', reason: expect.stringContaining('null') },
    { state: 'saved', reason: null },
  ]);
  expect(
    await database.query(
      'SELECT a.embedding, a.embedding_model FROM evergreen.ai_answers AS a WHERE a.input_hash = ANY ($1) ORDER BY a.result',
      [claims.map(({ cache_key }) => cache_key)],
    ),
  ).toEqual([
    { embedding: [0.6, 0.8], embedding_model: 'e' },
    { embedding: null, embedding_model: null },
  ]);
});

test('an answer that stands twice is saved once: the second comes too late, and is billed as if it came alone', async () => {
  const list = ['["twice"]', '["twice"]', '["thrice"]', '["thrice"]', '["thrice"]'];
  const [twice, , thrice] = (await claim(list, { user_id: 'twice' })) as [Claimed, Claimed, Claimed];
  const claims = [twice, { ...twice, ordinal: 2 }, ...[3, 4, 5].map((ordinal) => ({ ...thrice, ordinal }))];
  const saves = await save(claims, list, ['"first"', '"second"', 'null', '"first valid"', '"late"'], { user_id: 'twice' });
  expect(saves.map(({ state }) => state)).toEqual(['saved', 'lease_lost', 'lease_lost', 'saved', 'lease_lost']);
  expect(saves[2]?.reason).toContain('null');
  expect((await find([list[0] as string, list[2] as string], { user_id: 'twice' })).map(({ content }) => content.result)).toEqual([
    'first',
    'first valid',
  ]);
  expect(saves.map(({ cost }) => cost)).toEqual(Array.from({ length: 5 }, () => '0.0001'));
  expect(
    await database.query(
      `SELECT outcome, count(*)::integer AS lines FROM evergreen.ai_generation_logs AS l WHERE l.user_id = 'twice' GROUP BY 1 ORDER BY 1`,
    ),
  ).toEqual([
    { outcome: 'failed', lines: 1 },
    { outcome: 'generated', lines: 2 },
    { outcome: 'lease_lost', lines: 2 },
  ]);
});

describe('an answer whose lease was lost is billed as one that is saved alone', () => {
  const company = '00000000-0000-0000-0000-00000000000c';
  const lost: [string, string, string | null, string | null][] = [
    ['taken over: to whoever asked', '', company, 'lost'],
    ['of a company that was forgotten: not to it', `SELECT evergreen.forget_company('${company}')`, null, 'lost'],
    ['of a user who was forgotten: not to them', `SELECT evergreen.forget_user('lost')`, company, null],
  ];
  test.each(lost)('%s', async (what, forget, company_id, user_id) => {
    const [first, other] = inputs(2, what) as [string, string];
    const claims = await claim([first, other], { company_id: company, user_id: 'lost' });
    if (forget) await database.query(forget);
    else await claim([first, other], { company_id: company, user_id: 'lost', now: at(86_400) });
    const [alone, inBulk] = claims as [Claimed, Claimed];
    await call(on(), 'save_answer', {
      ...asked,
      company_id: company,
      user_id: 'lost',
      input: first,
      result: '1',
      lease_token: alone.lease_token,
      input_hash: alone.cache_key,
      prompt_tokens: 100,
      request_id: `${what} alone`,
    });
    expect(
      await call(on(), 'save_answers', {
        ...asked,
        company_id: company,
        user_id: 'lost',
        inputs: [other],
        results: ['1'],
        lease_tokens: [inBulk.lease_token],
        details: JSON.stringify([{ input_hash: inBulk.cache_key, prompt_tokens: 100, request_id: `${what} in bulk` }]),
      }),
    ).toMatchObject([{ state: 'lease_lost', cost: '0.0001' }]);
    const line = { outcome: 'lease_lost', company_id, user_id, cost: '0.0001' };
    expect(
      await database.query(
        'SELECT outcome, company_id, user_id, cost FROM evergreen.ai_generation_logs WHERE starts_with(request_id, $1) ORDER BY request_id',
        [what],
      ),
    ).toEqual([line, line]);
  });
});

test('who waits for one of many is told when it is saved', async () => {
  const list = inputs(3, 'waited for');
  const claims = await claim(list);
  await claim([list[1] as string]);
  const told = await withConnections(database, 1, async ([client]) => {
    const payloads: (string | undefined)[] = [];
    client?.on('notification', ({ payload }) => payloads.push(payload));
    await client?.query('LISTEN evergreen');
    await save(claims, list, list);
    await client?.query('SELECT');
    return payloads;
  });
  expect(told).toEqual([await one(on(), 'SELECT md5($1)', [`cluster:${claims[1]?.cache_key}`])]);
});

test('batches of the same inputs in other orders neither deadlock nor generate twice', async () => {
  const list = inputs(60, 'crossed');
  await call(on(), 'set_budget', { scope: 'overall', scope_id: null, monthly_limit: 1000, hard: false });
  const answers = await withConnections(database, 4, (clients) =>
    stampede(database, clients, `SELECT evergreen.invalidate_leases('cluster')`, (client, i) => {
      const order = i % 2 ? [...list].reverse() : list;
      return call<Claimed>(client, 'claim_answers', { ...asked, inputs: order, seen: null, holder: `bulk ${i}` });
    }),
  );
  expect(states(answers.flat())).toEqual({ claimed: 60, busy: 180 });
});

test('a save in bulk and a claim in bulk of the same keys do not deadlock, whatever their order', async () => {
  const list = inputs(20, 'both');
  const claims = await claim(list, { now: null });
  const keys = claims.map(({ cache_key }) => cache_key).sort();
  const backwards = [...claims].sort((a, b) => (a.cache_key < b.cache_key ? 1 : -1));
  await withConnections(database, 3, async ([holder, claimer, saver]) => {
    if (!holder || !claimer || !saver) throw new Error('three connections');
    // The claimer stands in the middle of the keys when the saver comes.
    await holder.query('BEGIN');
    await holder.query('SELECT FROM evergreen.generation_leases WHERE cache_key = $1 FOR UPDATE', [keys[10]]);
    const claiming = call<Claimed>(claimer, 'claim_answers', { ...asked, inputs: list, seen: null, holder: 'second', now: null });
    await untilBlocked(database, 1, [pidOf(claimer)]);
    const saving = call(saver, 'save_answers', {
      ...asked,
      inputs: backwards.map(({ ordinal }) => list[ordinal - 1]),
      results: backwards.map(() => '1'),
      lease_tokens: backwards.map(({ lease_token }) => lease_token),
      details: JSON.stringify(backwards.map(({ cache_key }) => ({ input_hash: cache_key }))),
    });
    await untilBlocked(database, 2, [pidOf(claimer), pidOf(saver)]);
    await holder.query('COMMIT');
    expect(states(await claiming)).toEqual({ busy: 20 });
    expect(states((await saving) as never)).toEqual({ saved: 20 });
  });
});

test('what comes late for somebody who was forgotten names nobody in what is spent', async () => {
  const list = inputs(2, 'late');
  const claims = await claim(list, { user_id: 'forgotten' });
  await call(on(), 'forget_user', { user_id: 'forgotten' });
  expect(states((await save(claims, list, list, { user_id: 'forgotten' })) as never)).toEqual({ lease_lost: 2 });
  expect(await database.query(`SELECT FROM evergreen.ai_spend_monthly WHERE scope_id = 'forgotten' OR generations = 0`)).toEqual([]);
});

test('goals of clusters that were generated anew in the meantime are kept as stale', async () => {
  const { id } = await generate(on(), ['bulk parent'], 'first');
  const goals = { content_type: 'cluster_goal', parent_id: id };
  const claims = await claim(['{}'], goals);
  await database.query(`UPDATE evergreen.clusters SET cluster_result = '"second"' WHERE id = $1`, [id]);
  expect(await save(claims, ['{}'], ['["goal"]'], goals)).toMatchObject([{ state: 'saved_stale', id: expect.any(String) }]);
});

test('bulk saves, a single save, uses and an invalidation of the same rows do not deadlock', async () => {
  const list = inputs(50, 'saved together');
  const claims = await claim(list);
  const { rows } = await on().query('SELECT cache_key FROM evergreen.generation_leases WHERE lease_token IS NOT NULL');
  expect(rows.length).toBeGreaterThanOrEqual(50);
  const half = [claims.filter((_, i) => i % 2), claims.filter((_, i) => i % 2 === 0).reverse()] as const;
  const ids = (await call<{ id: string }>(on(), 'lookup_answers', { ...asked, inputs: inputs(1000) })).map(({ id }) => id);
  const results = await Promise.all([
    save([...half[0]], list, list),
    save([...half[1]], list, list),
    call(on(), 'record_answer_uses', { ids: ids.reverse() }),
    call(on(), 'invalidate_answers', { content_type: 'cluster', all: true, batch_size: 500 }),
    call(on(), 'record_answer_uses', { ids }),
  ]);
  expect(results[0].length + results[1].length).toBe(50);
});

describe('a batch is refused as a whole', () => {
  const token = '00000000-0000-0000-0000-000000000009';
  const saves = (list: string[]) => ({ inputs: list, results: list.map(() => '1'), lease_tokens: list.map(() => token) });
  test.each([
    ['that is empty', 'lookup_answers', { inputs: [] }, 'VG007', 'no inputs'],
    ['of more than 1,000', 'lookup_answers', { inputs: inputs(1001) }, 'VG006', '1001 inputs'],
    ['of more than 1,000 hits', 'hit_answers', { inputs: inputs(1001) }, 'VG006', '1001 inputs'],
    ['of no hits', 'hit_answers', { inputs: [] }, 'VG007', 'no inputs'],
    ['of more than 1,000 claims', 'claim_answers', { inputs: inputs(1001), holder: 'h', seen: null }, 'VG006', '1001 inputs'],
    [
      'with as many seen as it has not inputs',
      'claim_answers',
      { inputs: inputs(2), holder: 'h', seen: ['1:1:'] },
      'VG007',
      '2 inputs and 1',
    ],
    ['with a seen that is none', 'claim_answers', { inputs: inputs(2), holder: 'h', seen: [null, 'x'] }, 'VG007', 'not the snapshot'],
    ['for nobody', 'claim_answers', { inputs: inputs(1), holder: ' ', seen: null }, 'VG007', 'no name'],
    [
      'for a user without a name',
      'claim_answers',
      { inputs: inputs(1), holder: 'h', seen: null, user_id: 'x'.repeat(513) },
      'VG007',
      'user id',
    ],
    [
      'for a time that none can have',
      'claim_answers',
      { inputs: inputs(1), holder: 'h', seen: null, now: 'infinity' },
      'VG007',
      'at infinity',
    ],
    ['with a bad input to claim', 'claim_answers', { inputs: ['["refused"]', '[]'], holder: 'h', seen: null }, 'VG007', 'no items'],
    ['of more than 1,000 saves', 'save_answers', saves(inputs(1001)), 'VG006', '1001 inputs'],
    ['of fewer results than inputs', 'save_answers', { ...saves(['[1]']), results: [] }, 'VG007', '1 inputs, 0 results and 1 lease tokens'],
    ['of saves without tokens', 'save_answers', { ...saves(['[1]']), lease_tokens: null }, 'VG007', '1 results and <NULL> lease tokens'],
    ['of a save without a lease', 'save_answers', { ...saves(['[1]']), lease_tokens: [null] }, 'VG007', 'without a lease'],
    ['of details that are no list', 'save_answers', { ...saves(['[1]']), details: '{}' }, 'VG007', 'not a JSON array of 1'],
    ['of too few details', 'save_answers', { ...saves(['[1]', '[2]']), details: '[{}]' }, 'VG007', 'not a JSON array of 2'],
    [
      'of details that are no object',
      'save_answers',
      { ...saves(['[1]']), details: '[1]' },
      'VG007',
      'details of answer 1 are not an object',
    ],
    [
      'of a count that is none',
      'save_answers',
      { ...saves(['[1]', '[2]']), details: '[{}, {"prompt_tokens": "x"}]' },
      'VG007',
      'details of answer 2 are malformed',
    ],
    [
      'of an embedding with a word in it',
      'save_answers',
      { ...saves(['[1]', '[2]']), details: '[{}, {"embedding": ["x"], "embedding_model": "e"}]' },
      'VG007',
      'details of answer 2 are malformed',
    ],
    [
      'of tokens that are counted from 0',
      'save_answers',
      { ...saves(['[1]']), lease_tokens: `[0:0]={${token}}` },
      'VG007',
      '1 lease tokens',
    ],
    ['of results that are counted from 0', 'save_answers', { ...saves(['[1]']), results: '[0:0]={1}' }, 'VG007', '1 results'],
  ])('%s', (_, name, args, code, message) => expectRefusal(on(), name, { ...asked, ...args }, code, message));
});
