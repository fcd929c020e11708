import { handle } from 'hono/vercel';
import { Pool } from 'pg';
import { createHttp } from '../../src/http/index.js';
import { useDatabase } from '../support/database.js';
import { createTestHttp, type Person, read, signInOperator, signUp, useHttp } from '../support/http.js';
import { useSimulation } from '../support/provider.js';

const database = useDatabase({ host: true });
const empty = useDatabase({ empty: true });
const simulation = useSimulation();
const http = useHttp(database, simulation);

interface Operation {
  summary?: string;
  tags?: string[];
  security?: object[];
  responses: Record<
    string,
    {
      description: string;
      headers?: Record<string, { description?: string; schema?: object }>;
      content?: Record<string, { schema: object }>;
    }
  >;
}

let ada: Person;
beforeAll(async () => {
  ada = await signUp(database);
});

describe('the OpenAPI document', () => {
  // biome-ignore lint/suspicious/noExplicitAny: a document of any shape
  let document: any;
  let operations: [route: string, operation: Operation][];
  beforeAll(async () => {
    document = JSON.parse((await read(await http.app.request('/openapi.json'))).text);
    operations = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as [string, Operation]),
    );
  });

  test('is of version 3.1 and names every route that the app has, and no other', () => {
    expect(document.openapi).toBe('3.1.0');
    const routes = http.app.routes
      .filter(({ method, path }) => method !== 'ALL' && path !== '/openapi.json')
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(operations.map(([route]) => route).sort()).toEqual([...new Set(routes)].sort());
  });

  test('describes every route, every status and every header', () => {
    for (const [route, { summary, tags, responses }] of operations) {
      expect([route, summary, tags?.length]).toEqual([route, expect.stringMatching(/\w/), 1]);
      for (const [status, { description, headers, content }] of Object.entries(responses)) {
        expect([route, status, description]).toEqual([route, status, expect.stringMatching(/\w/)]);
        expect([route, status, Object.keys(headers ?? {}).length > 0]).toEqual([route, status, true]);
        for (const [name, header] of Object.entries(headers ?? {})) {
          expect([route, status, name, header.description ?? header]).toEqual([route, status, name, expect.stringMatching(/\w/)]);
        }
        if (status !== '304') expect(Object.keys(content ?? {})).toEqual(['application/json']);
      }
    }
  });

  test('leads nowhere: every reference is in it, every parameter of a path is declared', () => {
    const text = JSON.stringify(document);
    for (const [, pointer = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = pointer.split('/').reduce((node, part) => node?.[part], document);
      expect([pointer, typeof found]).toEqual([pointer, 'object']);
    }
    for (const [path, item] of Object.entries<Record<string, { parameters?: { name: string; in: string }[] }>>(document.paths)) {
      for (const operation of Object.values(item)) {
        const declared = (operation.parameters ?? []).filter((each) => each.in === 'path').map(({ name }) => name);
        expect([path, declared.sort()]).toEqual([path, [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()]);
      }
    }
  });

  test('says truly which routes want a session', async () => {
    for (const [route, { security }] of operations) {
      const [method = '', path = ''] = route.split(' ');
      const url = path.replace('{username}', ada.username).replace(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000');
      const { status } = await http.call(url, { method, json: method === 'POST' ? { token: 'evs_x' } : undefined });
      expect([route, status === 401]).toEqual([route, security !== undefined || route === 'POST /api/session']);
    }
  });
});

describe('as a route of Next.js, in one line', () => {
  test('it answers requests as they come there', async () => {
    const GET = handle(http.app);
    const POST = GET;
    const url = `https://app.example.com/api/personality/${ada.username}/cache`;
    const headers = { Authorization: `Bearer ${ada.token}`, 'Content-Type': 'application/json' };
    const saved = await POST(new Request(url, { method: 'POST', headers, body: JSON.stringify({ analysis: { summary: 'From Next.' } }) }));
    expect(saved.status).toBe(200);
    const found = await read(await GET(new Request(url, { headers })));
    expect(found.body.data.analysis).toEqual({ summary: 'From Next.' });
    expect(found.headers.get('ETag')).toMatch(/^"1-/);
    expect((await GET(new Request(url))).status).toBe(401);
  });
});

describe('every answer', () => {
  test.each(['/healthz', '/nowhere', '/api/session'])('of %s has headers that keep browsers from mischief', async (path) => {
    const { headers } = await http.call(path);
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('X-Frame-Options')).toBe('DENY');
    expect(headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.get('X-Powered-By')).toBeNull();
  });

  test('is in the envelope also where there is no route, or not for this method', async () => {
    expect(await http.call('/nowhere', { as: ada })).toMatchObject({
      status: 404,
      body: { success: false, metadata: { code: 'NOT_FOUND' } },
    });
    const wrong = await http.call('/api/session', { as: ada, method: 'PUT' });
    expect(wrong).toMatchObject({ status: 405, body: { success: false, metadata: { code: 'METHOD_NOT_ALLOWED' } } });
    expect(wrong.headers.get('Allow')?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD', 'POST']);
  });

  test('has a number of its own, which no caller chooses', async () => {
    const [first, second] = [await http.call('/healthz', { headers: { 'X-Request-Id': 'mine' } }), await http.call('/healthz')];
    expect(first.body.metadata.requestId).not.toBe('mine');
    expect(first.headers.get('X-Request-Id')).toBe(first.body.metadata.requestId);
    expect(second.body.metadata.requestId).not.toBe(first.body.metadata.requestId);
  });
});

describe('a body', () => {
  const send = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    read(
      await http.app.request(`/api/personality/${ada.username}/cache`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${ada.token}`, 'Content-Type': 'application/json', ...headers },
        body,
      }),
    );
  const deep = (levels: number) => `{"analysis":${'{"a":'.repeat(levels - 1)}1${'}'.repeat(levels - 1)}}`;

  test.each([
    ['nothing', ''],
    ['half a document', '{"analysis":'],
    ['two documents', '{} {}'],
    ['a NUL', '{"analysis":{"a":"\\u0000"}}'],
    ['a NUL in a key', '{"analysis":{"\\u0000":1}}'],
    ['half a surrogate pair', '{"analysis":{"a":"\\ud800"}}'],
    ['the other half', '{"analysis":{"a":"x\\udc00"}}'],
    ['a number without end', '{"analysis":{"a":1e999}}'],
    ['levels without end', `{"analysis":${'['.repeat(500_000)}`],
    ['65 levels', deep(65)],
    ['a prototype', '{"analysis":{"__proto__":{"a":1}}}'],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])],
  ])('of %s is 400 with a sentence', async (_, body) => {
    expect(await send(body)).toMatchObject({
      status: 400,
      body: { success: false, error: expect.stringContaining('body'), metadata: { code: 'BAD_REQUEST' } },
    });
  });

  test('of 64 levels, of emoji and of long numbers is kept', async () => {
    expect((await send(deep(64))).status).toBe(200);
    expect((await send('{"analysis":{"a":"\\ud83d\\ude00","n":1e300}}')).body.data.analysis).toEqual({ a: '😀', n: 1e300 });
  });

  test('that is compressed is not unpacked', async () => {
    expect((await send('{}', { 'Content-Encoding': 'gzip' })).status).toBe(415);
  });

  test.each(['/api/personality/%00/cache', '/api/personality/%ff/cache', '/api/personality/%/cache', '/api/session?everywhere=%00'])(
    'may be fine, and the address %s not',
    async (path) => {
      expect((await http.call(path, { as: ada })).status).toBe(400);
    },
  );

  test('may be fine, and the address too long', async () => {
    expect((await http.call(`/api/session?x=${'x'.repeat(9_000)}`, { as: ada })).status).toBe(414);
  });
});

describe('when something is wrong inside', () => {
  const SECRETS = /SELECT|FROM |plpgsql|evergreen\.|node_modules|\/src\/|at \w+ \(|127\.0\.0\.1|password|[0-9a-f]{64}/;

  test('with the database away, everything says so at once, but for the process itself', async () => {
    const pool = new Pool({ connectionString: 'postgresql://secret-user:password@127.0.0.1:9/secret-database' });
    const away = createTestHttp(database, simulation.openai, { pool });
    for (const path of ['/readyz', '/api/session', `/api/personality/${ada.username}/cache`]) {
      const answer = await away.call(path, { as: ada });
      expect(answer).toMatchObject({ status: 503, body: { success: false, metadata: { code: 'DATABASE_UNAVAILABLE' } } });
      expect(answer.headers.get('Retry-After')).toMatch(/^\d+$/);
      expect(answer.text).not.toMatch(SECRETS);
      expect(answer.text).not.toMatch(/secret|ECONN/);
    }
    expect((await away.call('/healthz')).status).toBe(200);
    await away.evergreen.close();
    await pool.end();
  });

  test('with a database that nobody migrated, it is not ready', async () => {
    const bare = createTestHttp(empty, simulation.openai);
    expect((await bare.call('/readyz')).body).toMatchObject({ success: false, metadata: { code: 'NOT_MIGRATED' } });
    expect((await bare.call('/api/session', { as: ada })).status).toBe(503);
    await bare.evergreen.close();
    expect((await http.call('/readyz')).status).toBe(200);
  });

  test('a defect is told as a number, and the rest to the log', async () => {
    const broken = createTestHttp(database, simulation.openai, {
      evergreen: {
        ...http.evergreen,
        personality: () => Promise.reject(new Error('SELECT secret FROM evergreen.sessions WHERE password')),
      },
    });
    const failed = await broken.call(`/api/personality/${ada.username}/cache`, { as: ada, method: 'POST', json: { posts: ['x'] } });
    expect(failed).toMatchObject({ status: 500, body: { success: false, error: 'internal error', metadata: { code: 'INTERNAL' } } });
    expect(failed.text).not.toMatch(SECRETS);
    expect(broken.errors).toEqual([
      { message: 'a request failed', facts: expect.objectContaining({ requestId: failed.body.metadata.requestId, method: 'POST' }) },
    ]);
  });

  test('a role without rights is a defect too, and names no table', async () => {
    const { url } = await database.createRole();
    const pool = new Pool({ connectionString: url });
    const refused = createTestHttp(database, simulation.openai, { pool });
    const answer = await refused.call('/api/session', { as: ada });
    expect(answer).toMatchObject({ status: 500, body: { error: 'internal error' } });
    expect(answer.text).not.toMatch(SECRETS);
    expect(refused.errors).toHaveLength(1);
    await refused.evergreen.close();
    await pool.end();
  });

  test('what takes too long is answered all the same', async () => {
    simulation.setBehaviour('hang');
    const hasty = createTestHttp(database, simulation.openai, { requestTimeoutMs: 300 });
    const grace = await signUp(database);
    const late = await hasty.call(`/api/personality/${grace.username}/cache`, { as: grace, method: 'POST', json: { posts: ['x'] } });
    expect(late).toMatchObject({ status: 503, body: { success: false } });
    simulation.setBehaviour('ok');
    simulation.release();
    await hasty.evergreen.close();
  });
});

test('the role that grant_app gives its rights to can serve everything', async () => {
  const role = await database.createRole();
  await database.query('SELECT evergreen.grant_app($1)', [role.name]);
  const pool = new Pool({ connectionString: role.url });
  const app = createTestHttp(database, simulation.openai, { pool, rateLimit: 100 });
  const operator = await signInOperator(database);
  const path = `/api/personality/${ada.username}/cache`;
  for (const [method, json] of [
    ['POST', { analysis: { summary: 'x', n: 1 } }],
    ['POST', { tuning: { '/n': 2 } }],
    ['POST', { reset: true }],
    ['POST', { posts: ['x'], refresh: true }],
    ['GET', undefined],
    ['DELETE', undefined],
  ] as const) {
    expect([method, json, (await app.call(path, { as: operator, method, json })).status]).toEqual([method, json, 200]);
  }
  await app.evergreen.close();
  await pool.end();
});

test.each([
  [{ rateLimit: 0 }, 'rateLimit'],
  [{ origins: ['https://app.example.com/'] }, 'origins'],
  [{ trustProxy: -1 }, 'trustProxy'],
  [{ maxBodyBytes: 5_000_000 }, 'maxBodyBytes'],
  [{ unknown: 1 }, 'unknown'],
])('options %j are refused when the app is made', (options, name) => {
  expect(() => createHttp({ evergreen: http.evergreen, pool: database.pool, ...options })).toThrow(name);
});
