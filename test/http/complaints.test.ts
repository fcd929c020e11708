/** A request with a wrong value is told which one it is, and what is right. */
import { useDatabase } from '../support/database.js';
import { type Person, signUp, useHttp } from '../support/http.js';
import { useSimulation } from '../support/provider.js';

const database = useDatabase({ host: true });
const simulation = useSimulation();
const http = useHttp(database, simulation);

const company = '00000000-0000-4000-8000-000000000001';
const recommendation = '00000000-0000-4000-8000-000000000002';
const ofCompany = `/api/recommendations/${company}`;

let ada: Person;
let personality: string;
beforeAll(async () => {
  await database.query("INSERT INTO public.companies (id, name) VALUES ($1, 'Ours')", [company]);
  ada = await signUp(database, { companyIds: [company] });
  personality = `/api/personality/${ada.username}/cache`;
});
const refusal = async (path: string, json?: unknown, method = json === undefined ? 'GET' : 'POST') => {
  const { status, body } = await http.call(path, { as: ada, method, json });
  expect({ status, body }).toMatchObject({
    status: 422,
    body: { success: false, metadata: { code: 'VG007', hint: expect.stringMatching(/\S/) } },
  });
  return { error: body.error, hint: body.metadata.hint };
};

const oneOfFour = 'body: must have exactly one of posts (with or without refresh), analysis, tuning and reset';

test.each<[unknown, string]>([
  [{}, oneOfFour],
  [{ post: ['x'] }, oneOfFour],
  [{ posts: ['x'], analysis: {} }, oneOfFour],
  [{ tuning: {}, reset: true }, oneOfFour],
  [[], 'body: must be an object, not a list'],
  ['x', 'body: must be an object, not a text'],
  [null, 'body: must be an object, not null'],
  [{ posts: 'x' }, 'posts: must be a list, not a text'],
  [{ posts: [] }, 'posts: must hold at least 1 item'],
  [{ posts: ['x', 1] }, 'posts[1]: must be a text, not a number'],
  [{ posts: [''] }, 'posts[0]: must have at least 1 character'],
  [{ posts: ['x'], refresh: 'yes' }, 'refresh: must be true or false, not a text'],
  [{ analysis: [] }, 'analysis: must be an object, not a list'],
  [{ tuning: null }, 'tuning: must be an object, not null'],
  [{ reset: false }, 'reset: must be true'],
])('of a personality: %j', async (json, error) => {
  expect((await refusal(personality, json)).error).toBe(error);
});

test.each<[string, unknown, string]>([
  ['/api/session', { token: 7 }, 'token: must be a text, not a number'],
  ['/api/session', {}, 'token: is missing: it must be a text'],
  ['/api/session', { token: 'x', user: 'y' }, 'user: is not known here: known is token'],
  ['/api/cluster', {}, 'input: is missing: it must be a list, an object or a text'],
  ['/api/cluster', { input: 3 }, 'input: must be a list, an object or a text, not a number'],
  ['/api/cluster', { input: ['x'], similar: 1 }, 'similar: must be true or false, not a number'],
  ['/api/cluster', { input: ['x'], companyId: 'ours' }, 'companyId: must be a uuid'],
  ['/api/cluster-goals', { clusterId: 'x' }, 'clusterId: must be a uuid'],
  [`${ofCompany}/presented`, { ids: ['x'] }, 'ids[0]: must be a uuid'],
  [`${ofCompany}/presented`, { ids: Array(101).fill(company) }, 'ids: must hold at most 100 items'],
  [`${ofCompany}/${recommendation}/status`, { status: 'done' }, 'status: must be one of "started", "completed", "dismissed"'],
  [`${ofCompany}/${recommendation}/status`, {}, 'status: is missing: it must be one of "started", "completed", "dismissed"'],
  [`${ofCompany}/${recommendation}/feedback`, {}, 'body: must have quality, relevance or comment'],
  [`${ofCompany}/${recommendation}/feedback`, { quality: 9 }, 'quality: must be at most 5'],
  [`${ofCompany}/${recommendation}/refine`, { instruction: ' ' }, 'instruction: must have at least 1 character'],
  [`${ofCompany}/${recommendation}/refine`, { instruction: 'x', revision: 1.5 }, 'revision: must be a whole number'],
])('%s %j', async (path, json, error) => {
  expect((await refusal(path, json)).error).toBe(error);
});

test.each([
  [`${ofCompany}?limit=0`, 'limit: must be from 1 to 20'],
  [`${ofCompany}?limit=many`, 'limit: must be a whole number'],
  [`${ofCompany}?limit=1&limit=2`, 'limit: must be given once'],
  [`/api/insights/${company}?domainId=x`, 'domainId: must be a uuid'],
  ['/api/health-summary/ours', 'companyId: must be a uuid'],
  [`/api/personality/${'x'.repeat(513)}/cache`, 'username: must have at most 512 characters'],
])('%s', async (path, error) => {
  expect((await refusal(path)).error).toBe(error);
});

test.each([
  ['DELETE', '/api/session?everywhere=yes', 'everywhere: must be one of "true", "false"'],
  ['DELETE', '/api/personality/ada/cache?purge=1', 'purge: must be one of "true", "false"'],
])('%s %s', async (method, path, error) => {
  expect((await refusal(path, undefined, method)).error).toBe(error);
});

test('whatever else is wrong is said too, and where all of it is described', async () => {
  const { error, hint } = await refusal(`${ofCompany}/${recommendation}/feedback`, { quality: 'good', relevance: 0, stars: 5 });
  expect(error).toBe('quality: must be a number, not a text');
  expect(hint).toBe(
    'Besides, relevance: must be at least 1; stars: is not known here: known are quality, relevance, comment. GET /openapi.json describes what is taken here.',
  );
});

test('a name as long as a body is cut', async () => {
  expect((await refusal('/api/session', { token: 'x', ['y'.repeat(100_000)]: 1 })).error?.length).toBeLessThan(200);
});

describe('posts of which none says anything', () => {
  const nothing = { posts: [' ', '\n\t', '\u00a0', '\u200b', '\u0085'] };
  test('are refused alike whether there is nothing, something fresh, or something stale', async () => {
    const refused = await refusal(personality, nothing);
    expect(refused.error).toBe('posts: none of them says anything');
    await http.call(personality, { as: ada, method: 'POST', json: { analysis: { summary: 'Kept.' } } });
    expect(await refusal(personality, nothing)).toEqual(refused);
    await http.call(personality, { as: ada, method: 'DELETE' });
    expect(await refusal(personality, nothing)).toEqual(refused);
  });

  test('are passed over beside one that does', async () => {
    const { status, body } = await http.call(personality, { as: ada, method: 'POST', json: { posts: [...nothing.posts, 'I like tea.'] } });
    expect({ status, outcome: body.data.outcome }).toEqual({ status: 200, outcome: 'generated' });
  });
});

describe('the Content-Type', () => {
  const send = (type: string) =>
    http.call(personality, { as: ada, method: 'POST', json: { analysis: { summary: 'Kept.' } }, headers: { 'Content-Type': type } });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;Charset="UTF-8"',
    'application/json; charset=utf8 ; x=y',
  ])('%s is read', async (type) => {
    expect((await send(type)).status).toBe(200);
  });

  test.each([
    'application/json; charset=utf-16',
    'application/json;charset=iso-8859-1',
    'application/json; x=y; charset="utf-16le"',
    'application/json; charset=',
    'application/json; charset',
    'application/jsonp',
    'text/plain; charset=utf-8',
  ])('%s is refused, and it is said what is right', async (type) => {
    const { status, body } = await send(type);
    expect({ status, body }).toMatchObject({
      status: 415,
      body: { metadata: { code: 'NOT_JSON', hint: expect.stringMatching(/application\/json, in UTF-8/) } },
    });
  });
});
