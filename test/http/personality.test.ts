import { useDatabase } from '../support/database.js';
import { type CallOptions, type Person, signInOperator, signUp, useHttp } from '../support/http.js';
import { useSimulation } from '../support/provider.js';
import { waitUntil } from '../support/wait-until.js';

const database = useDatabase({ host: true });
const simulation = useSimulation();
const http = useHttp(database, simulation);

const analysis = { summary: 'Curious.', traits: [{ name: 'openness', score: 70, evidence: 'Asks a lot.' }], interests: ['maps'] };
const posts = ['I took the long way home to see what is there.'];

let ada: Person;
let path: string;

beforeEach(async () => {
  ada = await signUp(database);
  path = `/api/personality/${ada.username}/cache`;
});
const get = (headers?: Record<string, string>) => http.call(path, { as: ada, headers });
const post = (json: unknown, headers?: CallOptions['headers']) => http.call(path, { as: ada, method: 'POST', json, headers });
const grow = (interval: string) =>
  database.query('UPDATE evergreen.personality_cache SET generated_at = generated_at - $2::interval WHERE user_id = $1', [
    ada.id,
    interval,
  ]);

describe('the envelope of the seed', () => {
  test('tells a panel everything about the age of what it shows, with times that a Date reads', async () => {
    await post({ analysis });
    const { status, body, headers } = await get();
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      data: {
        username: ada.username,
        analysis,
        tuning: {},
        droppedTuning: {},
        personality: analysis,
        freshness: 'fresh',
        ageMs: expect.any(Number),
        freshUntil: expect.any(String),
        generatedAt: expect.any(String),
        updatedAt: expect.any(String),
        revision: 1,
        etag: headers.get('ETag'),
        version: 1,
        isStale: false,
        model: null,
      },
      metadata: { timestamp: expect.any(String), requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    for (const time of [body.metadata.timestamp, body.data.updatedAt, body.data.generatedAt, body.data.freshUntil]) {
      expect(new Date(time).toISOString()).toBe(time);
    }
  });

  test('says in the same shape that there is nothing', async () => {
    const none = await get();
    expect(none.status).toBe(404);
    expect(none.body).toEqual({
      success: false,
      error: 'there is no personality of this user',
      metadata: { timestamp: expect.any(String), requestId: none.headers.get('X-Request-Id'), code: 'VG002' },
    });
  });
});

describe('posts', () => {
  test('are analysed once, and answered from what is kept until it is no longer fresh', async () => {
    const calls = simulation.calls;
    const first = await post({ posts });
    expect(first).toMatchObject({ status: 200, body: { data: { outcome: 'generated', revision: 1, freshness: 'fresh' } } });
    expect((await post({ posts })).body.data).toMatchObject({ outcome: 'fresh', revision: 1, analysis: first.body.data.analysis });
    expect((await get()).body.data.analysis).toEqual(first.body.data.analysis);
    expect(simulation.calls).toBe(calls + 1);
    await post({ posts, refresh: true });
    expect(simulation.calls).toBe(calls + 2);
  });

  test('are analysed anew after eight days, against the limit of seven', async () => {
    await post({ posts });
    await grow('8 days 1 hour');
    const old = await get();
    expect(old.body.data.freshness).not.toBe('fresh');
    expect(old.headers.get('Cache-Control')).toBe('private, no-cache');
    const calls = simulation.calls;
    expect((await post({ posts })).body.data).toMatchObject({ outcome: 'generated' });
    expect(simulation.calls).toBe(calls + 1);
  });

  test('cannot be analysed while the model is away: what is kept is answered, or else why not', async () => {
    simulation.setBehaviour('server_error');
    expect(await post({ posts })).toMatchObject({ status: 502, body: { success: false, metadata: { code: 'GENERATION_FAILED' } } });
    await post({ analysis });
    await http.call(path, { as: ada, method: 'DELETE' });
    expect((await post({ posts })).body.data).toMatchObject({ outcome: 'fallback', analysis });
  });
});

describe('adjustments', () => {
  test('lie beside the analysis, survive, and are taken back', async () => {
    await post({ analysis });
    const tuned = await post({ tuning: { '/traits/openness/score': 80 } });
    expect(tuned.body.data).toMatchObject({ tuning: { '/traits/openness/score': 80 }, analysis, revision: 2 });
    expect(tuned.body.data.personality.traits[0].score).toBe(80);
    expect((await get()).body.data.personality.traits[0].score).toBe(80);
    expect((await post({ reset: true })).body.data).toMatchObject({ tuning: {}, personality: analysis });
  });

  test('of what is not there are refused, and of nothing at all too', async () => {
    expect(await post({ tuning: { '/x': 1 } })).toMatchObject({ status: 404, body: { metadata: { code: 'VG002' } } });
    await post({ analysis });
    expect(await post({ tuning: { '/traits/courage/score': 80 } })).toMatchObject({ status: 422, body: { metadata: { code: 'VG007' } } });
    expect(await post({ tuning: { '/traits/openness/score': 'much' } })).toMatchObject({ status: 422 });
    expect((await get()).body.data.revision).toBe(1);
  });
});

test('DELETE makes it stale, and with purge deletes it', async () => {
  const remove = (query = '') => http.call(path + query, { as: ada, method: 'DELETE' });
  expect((await remove()).body.data).toEqual({ invalidated: false });
  await post({ analysis });
  expect((await remove()).body.data).toEqual({ invalidated: true });
  expect((await get()).body.data).toMatchObject({ isStale: true, analysis });
  expect((await remove('?purge=true')).body.data).toEqual({ deleted: true });
  expect((await remove('?purge=true')).body.data).toEqual({ deleted: false });
  expect((await get()).status).toBe(404);
});

describe('conditions', () => {
  beforeEach(() => post({ analysis }));

  const etag = async () => (await get()).headers.get('ETag') ?? '';

  test.each([['<tag>'], ['W/<tag>'], ['"0", <tag>'], ['W/"7" , <tag>,"x"'], ['*']])(
    'If-None-Match: %s is answered 304, without a body',
    async (condition) => {
      const tag = await etag();
      expect(tag).toMatch(/^"1-/);
      const answer = await get({ 'If-None-Match': condition.replace('<tag>', tag) });
      expect(answer).toMatchObject({ status: 304, text: '' });
      expect(answer.headers.get('ETag')).toBe(tag);
      expect(answer.headers.get('Age')).toBe('0');
    },
  );

  test.each([['"1"'], ['"2"'], ['"11"'], ['"1-stale"']])('If-None-Match: %s names another revision', async (tag) => {
    expect((await get({ 'If-None-Match': tag })).status).toBe(200);
  });

  test('nobody who kept the fresh one is told 304 once it is stale', async () => {
    const { headers } = await get();
    await http.call(path, { as: ada, method: 'DELETE' });
    const answer = await get({ 'If-None-Match': headers.get('ETag') as string });
    expect(answer).toMatchObject({ status: 200, body: { data: { isStale: true, revision: 1 } } });
    expect((await get({ 'If-None-Match': answer.headers.get('ETag') as string })).status).toBe(304);
  });

  test('nobody who kept what was deleted is told 304, or writes over what came after it, though revisions begin anew', async () => {
    const before = await etag();
    await http.call(`${path}?purge=true`, { as: ada, method: 'DELETE' });
    await post({ analysis: { summary: 'Another.' } });
    const after = await get({ 'If-None-Match': before });
    expect(after).toMatchObject({ status: 200, body: { data: { revision: 1, analysis: { summary: 'Another.' } } } });
    expect((await post({ tuning: { '/summary': 'Mine.' } }, { 'If-Match': before })).status).toBe(412);
    expect((await http.call(path, { as: ada, method: 'DELETE', headers: { 'If-Match': before } })).status).toBe(412);
    expect((await get()).body.data).toMatchObject({ tuning: {}, isStale: false });
    expect((await post({ tuning: { '/summary': 'Mine.' } }, { 'If-Match': await etag() })).status).toBe(200);
  });

  test('nobody is told 304 who would go on showing when it was analysed before: the same analysis saved again', async () => {
    const { headers, body } = await get();
    await post({ analysis });
    const again = await get({ 'If-None-Match': headers.get('ETag') as string });
    expect(again).toMatchObject({ status: 200, body: { data: { revision: 1 } } });
    expect(again.body.data.generatedAt).not.toBe(body.data.generatedAt);
    expect((await post({ tuning: { '/traits/openness/score': 80 } }, { 'If-Match': headers.get('ETag') as string })).status).toBe(200);
  });

  test('of two who adjust the same revision the second is told 412 and what it is now, and nothing of theirs is kept', async () => {
    const first = await post({ tuning: { '/traits/openness/score': 80 } }, { 'If-Match': '"1"' });
    expect(first.headers.get('ETag')).toMatch(/^"2-/);
    const second = await post({ tuning: { '/traits/openness/score': 10 } }, { 'If-Match': '"1"' });
    expect(second).toMatchObject({ status: 412, body: { success: false, metadata: { code: 'PRECONDITION_FAILED' } } });
    expect(second.headers.get('ETag')).toBe(first.headers.get('ETag'));
    expect((await get()).body.data.tuning).toEqual({ '/traits/openness/score': 80 });
  });

  test.each([
    ['If-Match', '"1"', 200],
    ['If-Match', '"1-stale"', 200],
    ['If-Match', '"7", "1"', 200],
    ['If-Match', '*', 200],
    ['If-Match', 'W/"1"', 412],
    ['If-Match', '"2"', 412],
    ['If-Match', '"0"', 412],
    ['If-Match', '"7", "8"', 412],
    ['If-Match', '"word"', 412],
    ['If-Match', 'word', 400],
    ['If-Match', '"', 400],
    ['If-None-Match', '*', 412],
    ['If-None-Match', '"1"', 412],
    ['If-None-Match', '"7"', 200],
    ['If-None-Match', '1', 400],
  ])('%s: %s on a write is answered %i', async (header, value, status) => {
    for (const json of [{ analysis: { ...analysis, summary: 'New.' } }, { posts }]) {
      await http.call(`${path}?purge=true`, { as: ada, method: 'DELETE' });
      await post({ analysis });
      expect((await post(json, { [header]: value })).status).toBe(status);
    }
  });

  /** Runs a write of somebody else's that ends only once the call waits for it. */
  async function meanwhile<Result>(statement: string, call: () => Promise<Result>): Promise<Result> {
    const other = await database.pool.connect();
    try {
      await other.query('BEGIN');
      await other.query(statement);
      const called = call();
      await waitUntil('the request waits for the other write', async () => {
        const [seen] = await database.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
        return seen !== undefined;
      });
      await other.query('COMMIT');
      return await called;
    } finally {
      await other.query('ROLLBACK');
      other.release();
    }
  }
  const remove = (query: string, headers: Record<string, string>) => http.call(path + query, { as: ada, method: 'DELETE', headers });
  const adjust = () => `SELECT evergreen.save_personality_tuning('${ada.id}', '{"/summary": "Theirs."}')`;
  const makeAnew = () =>
    `SELECT evergreen.delete_personality_cache('${ada.id}'); SELECT evergreen.save_personality_cache('${ada.id}', '{"summary": "Theirs."}')`;

  test.each([
    ['', 'the tag'],
    ['', '"1"'],
    ['?purge=true', 'the tag'],
    ['?purge=true', '"1"'],
  ])('DELETE%s with %s does nothing to what somebody adjusts at that moment', async (query, named) => {
    const tag = await etag();
    const answer = await meanwhile(adjust(), () => remove(query, { 'If-Match': named === 'the tag' ? tag : named }));
    expect(answer).toMatchObject({
      status: 412,
      body: { metadata: { code: 'PRECONDITION_FAILED', hint: expect.stringMatching(/revision 2/) } },
    });
    const { headers, body } = await get();
    expect(answer.headers.get('ETag')).toBe(headers.get('ETag'));
    expect(body.data).toMatchObject({ tuning: { '/summary': 'Theirs.' }, isStale: false });
  });

  test.each<[string, (tag: string) => ReturnType<typeof post>]>([
    ['DELETE', (tag) => remove('', { 'If-Match': tag })],
    ['DELETE with purge', (tag) => remove('?purge=true', { 'If-Match': tag })],
    ['an analysis', (tag) => post({ analysis }, { 'If-Match': tag })],
    ['an adjustment', (tag) => post({ tuning: { '/summary': 'Mine.' } }, { 'If-Match': tag })],
    ['a reset', (tag) => post({ reset: true }, { 'If-Match': tag })],
    ['any that exists', () => post({ analysis }, { 'If-Match': '*' })],
  ])('%s does nothing to what is made anew at that moment, though its revision is the same', async (_, write) => {
    const tag = await etag();
    const { status } = await meanwhile(makeAnew(), () => write(tag));
    // An adjustment has nothing to adjust when its row is gone by the time it gets there.
    expect([404, 412]).toContain(status);
    expect((await get()).body.data).toMatchObject({ analysis: { summary: 'Theirs.' }, tuning: {}, isStale: false, revision: 1 });
  });

  describe('with posts', () => {
    const analyse = async () => {
      simulation.setBehaviour(['hang', 'ok']);
      const calls = simulation.calls;
      const called = post({ posts, refresh: true }, { 'If-Match': await etag() });
      await simulation.arrived(calls + 1);
      const end = () => {
        simulation.release();
        return called;
      };
      return { end };
    };

    test('nothing is written over what somebody adjusted while the model was writing, and the call is billed', async () => {
      const { end } = await analyse();
      await database.query(adjust());
      const answer = await end();
      expect(answer).toMatchObject({ status: 412, body: { metadata: { code: 'PRECONDITION_FAILED' } } });
      const { headers, body } = await get();
      expect(answer.headers.get('ETag')).toBe(headers.get('ETag'));
      expect(body.data).toMatchObject({ revision: 2, analysis, tuning: { '/summary': 'Theirs.' } });
      expect(await database.query('SELECT outcome FROM evergreen.ai_generation_logs WHERE user_id = $1', [ada.id])).toEqual([
        { outcome: 'conflict' },
      ]);
    });

    test('nothing is written over what somebody made anew while the model was writing', async () => {
      const { end } = await analyse();
      await database.query(makeAnew());
      expect((await end()).status).toBe(412);
      expect((await get()).body.data).toMatchObject({ revision: 1, analysis: { summary: 'Theirs.' } });
    });

    test('nothing is put in the place of what somebody deleted while the model was writing', async () => {
      const { end } = await analyse();
      await database.query('SELECT evergreen.delete_personality_cache($1)', [ada.id]);
      expect((await end()).status).toBe(412);
      expect((await get()).status).toBe(404);
    });

    test('a caller without a condition who waits for one that fails by its own is answered all the same', async () => {
      const { end } = await analyse();
      const other = post({ posts, refresh: true });
      await database.query(adjust());
      expect((await end()).status).toBe(412);
      expect(await other).toMatchObject({ status: 200, body: { data: { outcome: 'generated', freshness: 'fresh' } } });
      expect((await get()).body.data.revision).toBeGreaterThan(2);
    });

    test('it is analysed when what is named is there to the end', async () => {
      const { end } = await analyse();
      expect(await end()).toMatchObject({ status: 200, body: { data: { outcome: 'generated', revision: 2 } } });
    });
  });

  test('If-None-Match: * writes where nothing is, and If-Match: * does not', async () => {
    await http.call(`${path}?purge=true`, { as: ada, method: 'DELETE' });
    expect((await post({ analysis }, { 'If-Match': '*' })).status).toBe(412);
    expect((await post({ analysis }, { 'If-Match': '"1"' })).status).toBe(412);
    expect((await post({ analysis }, { 'If-None-Match': '*' })).status).toBe(200);
    expect((await post({ analysis }, { 'If-None-Match': '*' })).status).toBe(412);
  });
});

describe('caches', () => {
  const parts = (header: string | null) => Object.fromEntries((header ?? '').split(', ').map((part) => part.split('=')));

  test('are told the age, and to ask again after a minute though it stays fresh for days', async () => {
    await post({ analysis });
    await grow('2 days');
    const { headers } = await get();
    const age = Number(headers.get('Age'));
    expect(age).toBeGreaterThanOrEqual(2 * 86_400);
    const control = parts(headers.get('Cache-Control'));
    expect(Number(control['max-age']) - age).toBe(60);
    expect(Number(control['max-age']) + Number(control['stale-while-revalidate'])).toBe(7 * 86_400);
    expect(headers.get('Cache-Control')).toMatch(/^private, /);
    expect(headers.get('Vary')).toMatch(/Authorization.*Cookie/);
    expect(new Date(headers.get('Last-Modified') as string).getTime()).not.toBeNaN();
  });

  test('are never told that it stays fresh longer than it does', async () => {
    await post({ analysis });
    await grow('6 days 23 hours 59 minutes 30 seconds');
    const { headers } = await get();
    expect(parts(headers.get('Cache-Control'))['max-age']).toBe(String(7 * 86_400));
  });

  test('keep no answer of a write, a refusal, or what is stale', async () => {
    expect((await get()).headers.get('Cache-Control')).toBe('no-store');
    expect((await post({ analysis })).headers.get('Cache-Control')).toBe('private, no-cache');
    await http.call(path, { as: ada, method: 'DELETE' });
    expect((await get()).headers.get('Cache-Control')).toBe('private, no-cache');
    expect((await http.call('/api/session', { as: ada })).headers.get('Cache-Control')).toBe('no-store');
  });
});

describe('sizes', () => {
  test('an analysis of a body over 1 MB is refused before it is looked at', async () => {
    const large = await post({ analysis: { summary: 'x'.repeat(1_048_576) } });
    expect(large).toMatchObject({ status: 413, body: { success: false, metadata: { code: 'VG006' } } });
    expect((await get()).status).toBe(404);
  });

  test('an analysis just under it is kept and comes back whole', async () => {
    const summary = 'x'.repeat(1_040_000);
    expect((await post({ analysis: { summary } })).status).toBe(200);
    expect((await get()).body.data.analysis.summary).toBe(summary);
  });
});

test.each([
  [{}],
  [{ posts: [] }],
  [{ posts: ['x'], analysis: {} }],
  [{ tuning: {}, reset: true }],
  [{ reset: false }],
  [{ analysis: [] }],
  [{ analysis: {} }],
  [{ posts: 'x' }],
  [{ posts: [1] }],
  [[]],
  ['x'],
  [null],
])('a body %j is refused', async (json) => {
  expect(await post(json)).toMatchObject({ status: 422, body: { success: false, metadata: { code: 'VG007' } } });
});

test('an operator reads and writes for anybody, and is told of an unknown name that there is none', async () => {
  const operator = await signInOperator(database);
  await http.call(path, { as: operator, method: 'POST', json: { analysis } });
  expect((await get()).body.data.analysis).toEqual(analysis);
  expect((await http.call(path, { as: operator })).body.data.username).toBe(ada.username);
  expect((await http.call('/api/personality/nobody/cache', { as: operator })).status).toBe(404);
});

test('a name with a slash, a percent sign and letters of another alphabet has a route too', async () => {
  const odd = await signUp(database, { username: 'Ада/100% ?#' });
  const url = `/api/personality/${encodeURIComponent(odd.username)}/cache`;
  expect((await http.call(url, { as: odd, method: 'POST', json: { analysis } })).status).toBe(200);
  expect((await http.call(url, { as: odd })).body.data.username).toBe(odd.username);
});
