import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { useDatabase } from '../support/database.js';
import { type Called, createTestHttp, signUp, type TestHttp, useHttp } from '../support/http.js';
import { useSimulation } from '../support/provider.js';
import type { Job, Report } from './asking-process.js';

const database = useDatabase({ host: true });
const simulation = useSimulation();
const http = useHttp(database, simulation, { rateLimit: 5 });

const from = (address: string, app: TestHttp, path: string, headers: Record<string, string> = {}) =>
  app.app.request(path, { headers }, { incoming: { socket: { remoteAddress: address } } });
const limitOf = ({ headers }: Pick<Called, 'headers'>) =>
  ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Policy'].map((name) => headers.get(name));

test('a user is told how many requests are left, and when to come back', async () => {
  const ada = await signUp(database);
  for (const left of ['4', '3', '2', '1', '0']) {
    const answer = await http.call('/api/session', { as: ada });
    expect(answer.status).toBe(200);
    expect(limitOf(answer)).toEqual(['5', left, '5;w=60']);
    expect(Number(answer.headers.get('RateLimit-Reset'))).toBeLessThanOrEqual(60);
  }
  const refused = await http.call(`/api/personality/${ada.username}/cache`, { as: ada });
  expect(refused).toMatchObject({ status: 429, body: { success: false, error: 'too many requests', metadata: { code: 'VG008' } } });
  expect(limitOf(refused)).toEqual(['5', '0', '5;w=60']);
  const wait = Number(refused.headers.get('Retry-After'));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(60);
});

test('users have a limit each, whatever session they use', async () => {
  const [ada, grace] = [await signUp(database), await signUp(database)];
  const [second] = await database.query<{ token: string }>('SELECT token FROM evergreen.create_session($1)', [ada.id]);
  const ask = async (token: string) => (await http.call('/api/session', { headers: { Authorization: `Bearer ${token}` } })).status;
  const statuses: number[] = [];
  for (let i = 0; i < 3; i += 1) statuses.push(await ask(ada.token), await ask(second?.token ?? ''));
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  expect(await ask(grace.token)).toBe(200);
});

test('the longest id that a user can have is limited like any other, also of characters that take several bytes', async () => {
  const [session] = await database.query<{ token: string }>('SELECT token FROM evergreen.create_session($1, $2, $3)', [
    `${'語'.repeat(170)}ab`,
    [],
    'operator',
  ]);
  const answer = await http.call('/api/session', { headers: { Authorization: `Bearer ${session?.token}` } });
  expect([answer.status, ...limitOf(answer)]).toEqual([200, '5', '4', '5;w=60']);
});

test('who is not signed in is limited by address, so that tokens cannot be tried out; the signed in behind it are not', async () => {
  const ada = await signUp(database);
  const guess = async (i: number) =>
    (await from('203.0.113.7', http, '/api/session', { Authorization: `Bearer evs_${String(i).padStart(43, 'x')}` })).status;
  for (let i = 0; i < 5; i += 1) expect(await guess(i)).toBe(401);
  expect(await guess(5)).toBe(429);
  expect((await from('203.0.113.7', http, '/api/session', { Authorization: `Bearer ${ada.token}` })).status).toBe(200);
  expect((await from('203.0.113.8', http, '/api/session')).status).toBe(401);
});

test('addresses of one IPv6 network count as one, and an IPv4 one is the same in both spellings', async () => {
  for (let i = 0; i < 5; i += 1) await from(`2001:db8::${i}:1`, http, '/api/session');
  expect((await from('2001:0db8:0:0:ffff::1', http, '/api/session')).status).toBe(429);
  expect((await from('2001:db8:0:1::1', http, '/api/session')).status).toBe(401);
  for (let i = 0; i < 5; i += 1) await from('198.51.100.1', http, '/api/session');
  expect((await from('::ffff:198.51.100.1', http, '/api/session')).status).toBe(429);
});

test('X-Forwarded-For counts as far as proxies are trusted, and no further', async () => {
  const forged = (i: number) => ({ 'X-Forwarded-For': `10.0.0.${i}, 192.0.2.1` });
  for (let i = 0; i < 5; i += 1) await from('127.0.0.9', http, '/api/session', forged(i));
  expect((await from('127.0.0.9', http, '/api/session', forged(9))).status).toBe(429);

  const behindOne = createTestHttp(database, simulation.openai, { rateLimit: 5, trustProxy: 1 });
  for (let i = 0; i < 5; i += 1) expect((await from('127.0.0.10', behindOne, '/api/session', forged(i))).status).toBe(401);
  expect((await from('127.0.0.10', behindOne, '/api/session', forged(7))).status).toBe(429);
  expect((await from('127.0.0.10', behindOne, '/api/session', { 'X-Forwarded-For': '192.0.2.1, 192.0.2.2' })).status).toBe(401);
  expect((await from('127.0.0.10', behindOne, '/api/session', { 'X-Forwarded-For': 'x'.repeat(4_000) })).status).toBe(401);
  await behindOne.evergreen.close();
});

test('four processes behind one database let through a hundred requests together, not four hundred', async () => {
  const ada = await signUp(database);
  const processes = Array.from({ length: 4 }, () =>
    fork(join(__dirname, 'asking-process.ts'), { execArgv: ['--import', 'tsx'], env: { PATH: process.env.PATH } }),
  );
  try {
    const job: Job = { databaseUrl: database.url, token: ada.token, requests: 60 };
    await Promise.all(
      processes.map(async (each) => {
        each.send(job);
        await once(each, 'message');
      }),
    );
    const reports = await Promise.all(
      processes.map(async (each) => {
        const report = once(each, 'message');
        each.send('go');
        return (await report)[0] as Report;
      }),
    );
    const total = (status: number) => reports.reduce((sum, { statuses }) => sum + (statuses[status] ?? 0), 0);
    expect({ ok: total(200), refused: total(429) }).toEqual({ ok: 100, refused: 140 });
  } finally {
    for (const each of processes) each.kill();
  }
});
