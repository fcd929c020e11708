/** Ten thousand requests that nobody would send, over all routes of the OpenAPI document: none is answered by 500, none by somebody else's data. */
import fc from 'fast-check';
import { z } from 'zod';
import { failure, success } from '../../src/http/schemas.js';
import { type Company, createCompany } from '../support/company.js';
import { useDatabase } from '../support/database.js';
import { type Person, signUp, useHttp } from '../support/http.js';
import { useSimulation } from '../support/provider.js';

const SEED = Number(process.env.FUZZ_SEED ?? 20261122);
const BATCHES = 200;
const BATCH = 50;
const CANARY = 'canary-7f3a9c';

const database = useDatabase({ host: true });
const simulation = useSimulation();
const http = useHttp(database, simulation, { databaseTimeoutMs: 10_000 });

interface Operation {
  method: string;
  path: string;
  statuses: Set<number>;
}

interface Sent {
  operation: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  signsOut: boolean;
}

let ada: Person;
let grace: Person;
let mine: Company;
let hers: Company;
let recommendations: string[];
let operations: Operation[];

beforeAll(async () => {
  await database.query(`SELECT evergreen.register_model('openai', 'simulated-gpt-4.1-mini', 0.4, 1.6, 0.1)`);
  mine = await createCompany(database);
  hers = await createCompany(database);
  ada = await signUp(database, { username: 'ada', companyIds: [mine.id] });
  grace = await signUp(database, { username: 'grace', companyIds: [hers.id] });
  const post = (path: string, json: unknown) => http.call(path, { as: grace, method: 'POST', json });
  await post('/api/personality/grace/cache', { analysis: { summary: CANARY, traits: [{ name: 'openness', score: 1 }] } });
  await post('/api/personality/grace/cache', { tuning: { '/summary': `${CANARY}, tuned` } });
  const cluster = await post('/api/cluster', { input: [CANARY, 'b'] });
  const own = await http.call(`/api/recommendations/${mine.id}`, { as: ada });
  const others = await http.call(`/api/recommendations/${hers.id}`, { as: grace });
  await http.call(`/api/insights/${hers.id}`, { as: grace });
  await http.call(`/api/health-summary/${hers.id}`, { as: grace });
  await database.query(
    `UPDATE evergreen.ai_generated_recommendations SET content = content || jsonb_build_object('title', $2::text) WHERE company_id = $1`,
    [hers.id, CANARY],
  );
  await database.query(`UPDATE evergreen.ai_generated_insights SET content = $2 || id::text WHERE company_id = $1`, [hers.id, CANARY]);
  await database.query(
    `UPDATE evergreen.ai_business_health_summaries SET content = content || jsonb_build_object('headline', $2::text) WHERE company_id = $1`,
    [hers.id, CANARY],
  );
  recommendations = [own, others].map(({ body }) => body.data.content[0].id);
  recommendations.push(cluster.body.data.content.id);

  const { paths } = (await (await http.app.request('/openapi.json')).json()) as {
    paths: Record<string, Record<string, { responses: object }>>;
  };
  operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { responses }]) => ({
      method: method.toUpperCase(),
      path,
      statuses: new Set(Object.keys(responses).map(Number)),
    })),
  );
});

/** A half of a surrogate pair is no text that a request could carry. */
const wellFormed = (text: string) => Buffer.from(text).toString();

/** Text that finds its way into places where it should not. */
const nasty = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '..',
    '../..',
    '%00',
    '%',
    '%ff',
    '%2e%2e%2f',
    "' OR 1=1 --",
    '"; DROP TABLE users; --',
    '{{7*7}}',
    '<script>',
    '\u202e',
    '‮',
    '😀',
    'null',
    '__proto__',
    'constructor',
    'NaN',
    '-1',
    '1e9',
    'grace',
    'nobody',
    '*',
    'Infinity',
  ),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const names = () => [ada.username, 'grace', 'nobody', 'operator'];
const ids = () => [
  mine.id,
  hers.id,
  ...recommendations,
  mine.domainId,
  hers.steps[0] ?? '',
  '00000000-0000-4000-8000-000000000000',
  ada.id,
];

const headerText = fc.string({ maxLength: 60 }).map((text) => text.replace(/[^\x20-\x7e]/g, '?').trim());
const tag = fc.oneof(
  fc.constantFrom('"1"', '"2"', 'W/"1"', '*', '"1", "2"', '"1-stale"', '"', 'x', '""', ', ,', '"999999999999"'),
  headerText,
);

function requests(): fc.Arbitrary<Sent> {
  const parameter = (name: string) =>
    name === 'username'
      ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...names()) }, { weight: 1, arbitrary: nasty })
      : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...ids()) }, { weight: 1, arbitrary: fc.uuid() }, { weight: 1, arbitrary: nasty });
  const pathOf = (template: string) => {
    const parameters = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
    return fc.tuple(fc.tuple(...parameters.map(parameter)), fc.boolean()).map(([values, encoded]) =>
      parameters.reduce((path, name, index) => {
        const value = (values as string[])[index] ?? '';
        return path.replace(`{${name}}`, () => (encoded ? encodeURIComponent(wellFormed(value)) : value));
      }, template),
    );
  };
  const query = fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    {
      weight: 2,
      arbitrary: fc
        .array(
          fc.tuple(
            fc.constantFrom('limit', 'purge', 'everywhere', 'domainId', 'stepId', 'x', 'limit'),
            fc.oneof(fc.constantFrom('1', '20', 'true', 'false', mine.domainId, hers.steps[0] ?? ''), nasty),
          ),
          {
            maxLength: 3,
          },
        )
        .map((pairs) => `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(wellFormed(value))}`).join('&')}`),
    },
    { weight: 1, arbitrary: nasty.map((text) => `?${text}`) },
  );
  const text = fc.oneof(fc.constantFrom('a', 'late parcels', CANARY.slice(0, 3)), fc.string({ maxLength: 30 }));
  const fields: Record<string, fc.Arbitrary<unknown>> = {
    posts: fc.oneof(fc.constant(['I like maps.']), fc.array(text, { maxLength: 3 }), fc.jsonValue()),
    refresh: fc.constantFrom(false, 1),
    analysis: fc.oneof(fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }), fc.jsonValue()),
    tuning: fc.oneof(
      fc.dictionary(fc.constantFrom('/summary', '/traits/0/score', '', '/', 'x', '/~2'), fc.jsonValue({ maxDepth: 1 })),
      text,
    ),
    reset: fc.constantFrom(true, false, 'true'),
    token: fc.oneof(fc.constant(ada.token), text, fc.jsonValue()),
    ids: fc.oneof(fc.array(fc.constantFrom(...ids()), { maxLength: 4 }), text),
    status: fc.oneof(fc.constantFrom('started', 'completed', 'dismissed', 'fresh'), text),
    quality: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.double(), text),
    comment: text,
    instruction: text,
    revision: fc.oneof(fc.integer(), fc.double()),
    input: fc.oneof(fc.constant(['a', 'b']), fc.array(text, { maxLength: 3 }), fc.jsonValue({ maxDepth: 3 })),
    clusterId: fc.constantFrom(...ids()),
    companyId: fc.constantFrom(...ids()),
    similar: fc.oneof(fc.boolean(), text),
  };
  const fieldsOf: [route: RegExp, names: string[]][] = [
    [/personality/, ['posts', 'refresh', 'analysis', 'tuning', 'reset']],
    [/presented/, ['ids']],
    [/status/, ['status']],
    [/feedback/, ['quality', 'comment']],
    [/refine/, ['instruction', 'revision']],
    [/cluster$/, ['input', 'similar', 'companyId']],
    [/goals/, ['clusterId', 'companyId']],
    [/session/, ['token']],
  ];
  const document = (names: string[]) =>
    fc
      .array(
        fc.constantFrom(...names).chain((name) => fc.tuple(fc.constant(name), fields[name] ?? text)),
        { maxLength: 2 },
      )
      .map((entries) => JSON.stringify(Object.fromEntries(entries)));
  const garbage = fc.oneof(
    { weight: 2, arbitrary: document(Object.keys(fields)) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: nasty },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '{"analysis":{"a":"\\u0000"}}',
        '{"posts":["\\ud800"]}',
        `${'['.repeat(2_000)}`,
        '{"__proto__":1}',
        '{"input":[1e999]}',
        '\ufeff{}',
      ),
    },
  );
  const documents = fieldsOf.map(
    ([route, names]) => [route, fc.oneof({ weight: 3, arbitrary: document(names) }, { weight: 1, arbitrary: garbage })] as const,
  );
  const headers = fc.record({
    authorization: fc.oneof(
      { weight: 8, arbitrary: fc.constant(`Bearer ${ada.token}`) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('', 'Bearer', `Bearer evs_${'x'.repeat(43)}`, `bearer   ${ada.token}  `, `Basic ${ada.token}`),
      },
      { weight: 1, arbitrary: headerText },
    ),
    cookie: fc.option(fc.oneof(fc.constant(`evergreen_session=${ada.token}`), headerText), { freq: 5 }),
    contentType: fc.oneof(
      { weight: 6, arbitrary: fc.constant('application/json') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'text/plain',
          'application/json; charset=utf-16',
          'multipart/form-data',
          'application/x-www-form-urlencoded',
        ),
      },
    ),
    'If-Match': fc.option(tag, { freq: 6 }),
    'If-None-Match': fc.option(tag, { freq: 6 }),
    Origin: fc.option(fc.constantFrom('http://localhost', 'https://evil.example', 'null', ''), { freq: 6 }),
    'Sec-Fetch-Site': fc.option(fc.constantFrom('same-origin', 'cross-site', 'x'), { freq: 8 }),
    'X-Forwarded-For': fc.option(headerText, { freq: 10 }),
    'Accept-Language': fc.option(headerText, { freq: 20 }),
  });
  return fc.integer({ min: 0, max: operations.length - 1 }).chain((operation) => {
    const { method, path } = operations[operation] as Operation;
    return fc
      .record({
        method: fc.oneof(
          { weight: 12, arbitrary: fc.constant(method) },
          { weight: 1, arbitrary: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND') },
        ),
        path: fc.oneof(
          { weight: 15, arbitrary: pathOf(path) },
          { weight: 1, arbitrary: nasty.map((garbage) => `/${garbage}`) },
          { weight: 1, arbitrary: nasty.map((garbage) => `/api/${garbage}`) },
        ),
        query,
        headers,
        body: documents.find(([route]) => route.test(path))?.[1] ?? garbage,
      })
      .map(({ query: asked, headers: { authorization, contentType, cookie, ...more }, ...request }) => ({
        operation,
        method: request.method,
        path: request.path + asked,
        headers: Object.fromEntries(
          Object.entries({ Authorization: authorization, 'Content-Type': contentType, Cookie: cookie, ...more }).filter(
            ([, value]) => value,
          ),
        ) as Record<string, string>,
        body: ['GET', 'HEAD'].includes(request.method) ? undefined : request.body,
        signsOut: path === '/api/session' && request.method === 'DELETE',
      }));
  });
}

const anyEnvelope = z.union([success(z.unknown()), failure]);
/** Of requests that are not what their route expects: no route, another method, an address too long. */
const ELSEWHERE = [404, 405, 414];

async function ask({ operation, method, path, headers, body, signsOut }: Sent): Promise<void> {
  // Signing out would leave nothing to find for those who come after.
  const own = signsOut ? Object.fromEntries(Object.entries(headers).filter(([name]) => !/authorization|cookie/i.test(name))) : headers;
  const started = performance.now();
  const response = await http.app.request(`http://localhost${path}`, {
    method,
    headers: own,
    body: body === undefined ? undefined : wellFormed(body),
  });
  const text = await response.text();
  expect(performance.now() - started).toBeLessThan(15_000);
  expect(response.status).toBeLessThan(500);
  expect(text).not.toContain(CANARY);
  expect(text).not.toContain(grace.token);
  expect(text).not.toContain(grace.id);
  expect(JSON.stringify([...response.headers])).not.toMatch(/canary|evs_(?!x)[\w-]{43}.*grace/);

  const { pathname } = new URL(`http://localhost${path}`);
  const empty = method === 'HEAD' || response.status === 304 || response.status === 204;
  if (empty) expect(text).toBe('');
  else if (pathname !== '/openapi.json') {
    const { metadata, success: succeeded } = anyEnvelope.parse(JSON.parse(text));
    expect(metadata.requestId).toBe(response.headers.get('X-Request-Id'));
    expect(succeeded).toBe(response.status === 200);
  }
  const expected = operations[operation] as Operation;
  if (
    method === expected.method &&
    !ELSEWHERE.includes(response.status) &&
    pathname.split('/').length === expected.path.split('/').length
  ) {
    if (pathname.startsWith(expected.path.split('{')[0] ?? '')) expect([...expected.statuses]).toContain(response.status);
  }
}

test(`10,000 requests, seed ${SEED}, are answered in the envelope, with no 5xx and nothing of somebody else`, async () => {
  const seen = new Set<string>();
  const failures: { request: Sent; error: string }[] = [];
  const all = fc.sample(requests(), { seed: SEED, numRuns: BATCHES * BATCH });
  for (let start = 0; start < all.length && failures.length === 0; start += BATCH) {
    await Promise.all(
      all.slice(start, start + BATCH).map((request) => {
        seen.add(operations[request.operation]?.path ?? '');
        return ask(request).catch((error: unknown) => failures.push({ request, error: String(error) }));
      }),
    );
  }
  expect(failures).toEqual([]);
  expect(seen.size).toBe(new Set(operations.map(({ path }) => path)).size);
  expect(http.errors).toEqual([]);
  expect((await http.call('/api/session', { as: ada })).status).toBe(200);
  expect((await http.call('/api/personality/grace/cache', { as: grace })).body.data).toMatchObject({
    revision: 2,
    isStale: false,
    analysis: { summary: CANARY },
  });
}, 300_000);
