import type { Pool } from 'pg';
import { createSession, typed } from '../../src/queries/index.js';
import { countingPool } from '../support/counting-pool.js';
import { useDatabase } from '../support/database.js';
import { createTestHttp, type Person, signInOperator, signUp, useHttp } from '../support/http.js';
import { useSimulation } from '../support/provider.js';

const database = useDatabase({ host: true });
const simulation = useSimulation();
const http = useHttp(database, simulation, { origins: ['https://app.example.com'] });

let ada: Person;
let path: string;
beforeEach(async () => {
  ada = await signUp(database);
  path = `/api/personality/${ada.username}/cache`;
});
const signIn = (token: string, headers: Record<string, string> = {}) =>
  http.call('/api/session', { method: 'POST', json: { token }, headers });
const cookieOf = (headers: Headers) => headers.get('Set-Cookie')?.split(';')[0] ?? '';

/** The interface on a pool that writes down what is called, ended after the test. */
const counting: { pool: Pool; close(): Promise<void> }[] = [];
function count() {
  const pool = countingPool(database.url);
  const counted = createTestHttp(database, simulation.openai, { pool });
  counting.push({ pool, close: () => counted.evergreen.close() });
  return { counted, called: pool.called };
}
afterEach(async () => {
  for (const { pool, close } of counting.splice(0)) {
    await close();
    await pool.end();
  }
});

describe('a session', () => {
  test.each([
    ['none', {}],
    ['an unknown one', { Authorization: `Bearer evs_${'A'.repeat(43)}` }],
    ['a malformed one', { Authorization: 'Bearer evs_short' }],
    ['a very long one', { Authorization: `Bearer ${'A'.repeat(6_000)}` }],
    ['another scheme', { Authorization: 'Basic YWRhOmFkYQ==' }],
    ['an unknown cookie', { Cookie: `evergreen_session=evs_${'A'.repeat(43)}` }],
  ])('is needed: %s is 401, always with the same body', async (_, headers) => {
    for (const url of ['/api/session', path, '/api/personality/nobody/cache']) {
      const refused = await http.call(url, { headers });
      expect(refused).toMatchObject({ status: 401, body: { success: false, error: 'sign in first', metadata: { code: 'UNAUTHORIZED' } } });
      expect(refused.headers.get('WWW-Authenticate')).toContain('Bearer');
    }
  });

  test('is never taken from the address', async () => {
    expect((await http.call(`/api/session?token=${ada.token}&evergreen_session=${ada.token}`)).status).toBe(401);
  });

  test('is kept by the browser where no script and no other site can read it', async () => {
    const signed = await signIn(ada.token);
    expect(signed.body.data).toMatchObject({ username: ada.username, role: 'user' });
    const cookie = signed.headers.get('Set-Cookie');
    for (const attribute of ['HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=']) expect(cookie).toContain(attribute);
    expect(signed.headers.get('Cache-Control')).toBe('no-store');
    expect((await http.call('/api/session', { headers: { Cookie: cookieOf(signed.headers) } })).body.data.username).toBe(ada.username);
  });

  test.each([
    ['http://localhost/api/session', false],
    ['http://127.0.0.1:8787/api/session', false],
    ['https://evergreen.example.com/api/session', true],
    ['http://evergreen.example.com/api/session', true],
  ])('at %s its cookie is Secure: %s', async (url, secure) => {
    const cookie = (await http.call(url, { method: 'POST', json: { token: ada.token } })).headers.get('Set-Cookie') ?? '';
    expect(cookie.includes('Secure')).toBe(secure);
  });

  test('that was planted is not adopted: signing in replaces it, and a wrong token sets none', async () => {
    const wrong = await signIn(`evs_${'B'.repeat(43)}`);
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('Set-Cookie')).toBeNull();
    const mallory = await signUp(database);
    const planted = { Cookie: `evergreen_session=${mallory.token}`, 'Sec-Fetch-Site': 'same-origin' };
    expect(cookieOf((await signIn(ada.token, planted)).headers)).toBe(`evergreen_session=${ada.token}`);
  });

  test('ends when it is signed out, everywhere when that is asked', async () => {
    const [second] = await createSession.run({ userId: ada.id }, typed(database.pool));
    const elsewhere = { ...ada, token: second?.token ?? '' };
    const out = await http.call('/api/session', { as: ada, method: 'DELETE' });
    expect(out.body.data).toEqual({ revoked: 1 });
    expect(out.headers.get('Set-Cookie')).toMatch(/evergreen_session=;.*Max-Age=0/);
    expect((await http.call('/api/session', { as: ada })).status).toBe(401);
    expect((await signIn(ada.token)).status).toBe(401);
    const [third] = await createSession.run({ userId: ada.id }, typed(database.pool));
    expect((await http.call('/api/session?everywhere=true', { as: elsewhere, method: 'DELETE' })).body.data).toEqual({ revoked: 2 });
    expect((await http.call('/api/session', { as: { ...ada, token: third?.token ?? '' } })).status).toBe(401);
  });

  test('ends when its time is up', async () => {
    await database.query(
      `UPDATE evergreen.sessions SET created_at = now() - interval '31 days', expires_at = now() - interval '1 second' WHERE user_id = $1`,
      [ada.id],
    );
    expect((await http.call('/api/session', { as: ada })).status).toBe(401);
  });

  test('costs one question to the database', async () => {
    const { counted, called } = count();
    await counted.call('/api/session', { as: ada });
    expect(called).toEqual(['find_session']);
  });
});

describe('a page of another site', () => {
  const write = (headers: Record<string, string>) =>
    http.call(path, {
      method: 'POST',
      json: { analysis: { summary: 'Mine now.' } },
      headers: { Cookie: `evergreen_session=${ada.token}`, ...headers },
    });

  test.each([
    ['a foreign origin', { Origin: 'https://evil.example' }, 403],
    ['a foreign origin that the browser calls same-site', { Origin: 'http://other.localhost', 'Sec-Fetch-Site': 'same-site' }, 403],
    ['a foreign page', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['the address bar', { 'Sec-Fetch-Site': 'none' }, 403],
    ['an opaque origin', { Origin: 'null' }, 403],
    ['a similar origin', { Origin: 'http://localhost.evil.example' }, 403],
    ['another port', { Origin: 'http://localhost:81' }, 403],
    ['nobody says where', {}, 403],
    ['its own origin', { Origin: 'http://localhost' }, 200],
    ['its own page', { Origin: 'http://localhost', 'Sec-Fetch-Site': 'same-origin' }, 200],
    ['an origin that was configured', { Origin: 'https://app.example.com', 'Sec-Fetch-Site': 'cross-site' }, 200],
  ])('cannot write with the cookie: from %s it is answered as it should', async (_, headers, status) => {
    expect((await write(headers)).status).toBe(status);
    expect((await http.call(path, { as: ada })).status).toBe(status === 200 ? 200 : 404);
  });

  test('cannot delete, invalidate or sign out with the cookie', async () => {
    await write({ Origin: 'http://localhost' });
    const foreign = { Cookie: `evergreen_session=${ada.token}`, Origin: 'https://evil.example' };
    for (const url of [path, `${path}?purge=true`, '/api/session']) {
      expect((await http.call(url, { method: 'DELETE', headers: foreign })).status).toBe(403);
    }
    expect((await http.call(path, { as: ada })).body.data.isStale).toBe(false);
  });

  test('cannot sign its visitors in as somebody else', async () => {
    const refused = await signIn(ada.token, { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('Set-Cookie')).toBeNull();
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp', ''])(
    'cannot send JSON under the name of %j, as forms can without asking',
    async (type) => {
      const refused = await http.app.request(path, {
        method: 'POST',
        headers: { Authorization: `Bearer ${ada.token}`, 'Content-Type': type },
        body: JSON.stringify({ analysis: { summary: 'x' } }),
      });
      expect(refused.status).toBe(415);
    },
  );

  test('is told by CORS to stay away, but for the origins that were configured', async () => {
    const preflight = (origin: string) =>
      http.app.request(path, { method: 'OPTIONS', headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' } });
    expect((await preflight('https://evil.example')).headers.get('Access-Control-Allow-Origin')).toBeNull();
    const allowed = await preflight('https://app.example.com');
    expect(allowed.headers.get('Access-Control-Allow-Origin')).toBe('https://app.example.com');
    expect(allowed.headers.get('Access-Control-Allow-Credentials')).toBe('true');
    const closed = createTestHttp(database, simulation.openai);
    const answer = await closed.app.request(path, { headers: { Origin: 'https://app.example.com' } });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    await closed.evergreen.close();
  });

  test('cannot do without a cookie what a bearer token may do from anywhere', async () => {
    const json = { analysis: { summary: 'x' } };
    expect((await http.call(path, { as: ada, method: 'POST', json, headers: { Origin: 'https://evil.example' } })).status).toBe(200);
    expect((await http.call(path, { method: 'POST', json, headers: { Origin: 'http://localhost' } })).status).toBe(401);
  });
});

describe('behind a proxy', () => {
  const proxied = { 'X-Forwarded-Host': 'app.example.org', 'X-Forwarded-Proto': 'https' };
  const write = async (trustProxy: boolean) => {
    const own = createTestHttp(database, simulation.openai, { trustProxy });
    const { status } = await own.call(path, {
      method: 'POST',
      json: { analysis: { summary: 'x' } },
      headers: { Cookie: `evergreen_session=${ada.token}`, Origin: 'https://app.example.org', ...proxied },
    });
    await own.evergreen.close();
    return status;
  };
  test('that is trusted, its word on the origin counts', async () => expect(await write(true)).toBe(200));
  test('that is not, it does not', async () => expect(await write(false)).toBe(403));
});

describe('somebody else', () => {
  test('is refused alike whether they exist or not, without a question to the database', async () => {
    const grace = await signUp(database);
    await http.call(`/api/personality/${grace.username}/cache`, { as: grace, method: 'POST', json: { analysis: { summary: 'Canary.' } } });
    const ask = async (name: string, method: string, json?: unknown) => {
      const { status, body, headers, text } = await http.call(`/api/personality/${encodeURIComponent(name)}/cache`, {
        as: ada,
        method,
        json,
      });
      expect(text).not.toContain('Canary');
      const shape = [...headers.keys()].filter((key) => key !== 'x-request-id').sort();
      return { status, error: body.error, code: body.metadata.code, shape };
    };
    for (const [method, json] of [
      ['GET', undefined],
      ['DELETE', undefined],
      ['POST', { analysis: { summary: 'x' } }],
      ['POST', { tuning: {} }],
      ['POST', { posts: ['x'] }],
      ['POST', { reset: true }],
    ] as const) {
      const existing = await ask(grace.username, method, json);
      expect(existing).toMatchObject({ status: 403, code: 'VG009' });
      for (const name of ['nobody', grace.id, `${ada.username} `, ada.username.toUpperCase(), `${grace.username}' OR 1=1 --`]) {
        expect(await ask(name, method, json)).toEqual(existing);
      }
    }
    expect((await http.call(`/api/personality/${grace.username}/cache`, { as: grace })).body.data).toMatchObject({
      revision: 1,
      isStale: false,
    });
  });

  test('costs the same questions to the database whether they exist or not', async () => {
    const grace = await signUp(database);
    const { counted, called } = count();
    for (const name of [grace.username, 'nobody']) await counted.call(`/api/personality/${name}/cache`, { as: ada });
    expect(called).toEqual(['find_session', 'find_session']);
  });

  test('is nobody an operator becomes by asking: the role is in the session', async () => {
    const refused = await http.call('/api/personality/nobody/cache', {
      as: ada,
      headers: { 'X-Role': 'operator', 'X-User': 'nobody', Cookie: 'role=operator' },
    });
    expect(refused.status).toBe(403);
  });

  test('shares no cluster: not by its id, and not by asking for the same', async () => {
    await database.query(`SELECT evergreen.register_model('openai', 'simulated-gpt-4.1-mini', 0.4, 1.6, 0.1)`);
    const grace = await signUp(database);
    const input = ['late parcels', 'rude driver'];
    const post = (url: string, as: Person, json: unknown) => http.call(url, { as, method: 'POST', json });
    const hers = await post('/api/cluster', grace, { input });
    expect(hers.body.data.outcome).toBe('generated');
    expect((await post('/api/cluster', grace, { input: [...input].reverse() })).body.data.outcome).toBe('fresh');
    expect((await post('/api/cluster', ada, { input })).body.data.outcome).toBe('generated');
    const { id } = hers.body.data.content;
    expect((await post('/api/cluster-goals', grace, { clusterId: id })).body.data.outcome).toBe('generated');
    const foreign = await post('/api/cluster-goals', ada, { clusterId: id });
    const none = await post('/api/cluster-goals', ada, { clusterId: '00000000-0000-4000-8000-000000000000' });
    expect(foreign).toMatchObject({ status: 404, body: { error: 'there is no such cluster' } });
    expect(none).toMatchObject({ status: 404, body: { error: 'there is no such cluster' } });
  });

  test('has companies that are not shared either', async () => {
    const [company] = await database.query<{ id: string }>(`INSERT INTO companies (name) VALUES ('Acme') RETURNING id`);
    const grace = await signUp(database, { companyIds: [company?.id ?? ''] });
    const ask = (as: Person) => http.call('/api/cluster', { as, method: 'POST', json: { input: ['a', 'b'], companyId: company?.id } });
    expect((await ask(grace)).status).toBe(200);
    expect((await ask(ada)).status).toBe(403);
    expect((await ask(await signInOperator(database))).body.data.outcome).toBe('fresh');
  });
});
