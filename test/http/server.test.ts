import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { type Listening, listen } from '../../src/http/server.js';
import { useDatabase } from '../support/database.js';
import { type Person, signUp, useHttp } from '../support/http.js';
import { useSimulation } from '../support/provider.js';
import { waitUntil } from '../support/wait-until.js';

const database = useDatabase({ host: true });
const simulation = useSimulation();
const http = useHttp(database, simulation);

let server: Listening;
let ada: Person;
let path: string;
beforeEach(async () => {
  ada = await signUp(database);
  path = `/api/personality/${ada.username}/cache`;
  server = await listen(http.app.fetch, { port: 0, graceMs: 1_000 });
});
afterEach(() => server.close());

const asAda = () => ({ Authorization: `Bearer ${ada.token}` });

/** Sends these bytes, and answers what came back until the server closed or said enough. */
async function send(text: string | Iterable<string>, enough: (said: string) => boolean): Promise<string> {
  const { port, hostname } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let said = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  socket.on('error', () => undefined);
  for (const part of typeof text === 'string' ? [text] : text) {
    if (socket.destroyed || enough(said)) break;
    if (!socket.write(part)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  }
  await waitUntil('the server has answered', () => socket.destroyed || enough(said));
  socket.destroy();
  return said;
}

/** A client with one connection, which it keeps. */
function keptAlive() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  return {
    ports,
    /** The status of an answer. */
    async ask(url: string): Promise<number | undefined> {
      const answer = await new Promise<IncomingMessage>((resolve) => {
        request(server.url + url, { agent, headers: asAda() }, resolve).end();
      });
      ports.add(answer.socket.localPort);
      answer.resume();
      await once(answer, 'end');
      return answer.statusCode;
    },
    close: () => agent.destroy(),
  };
}

test('a body that says it is over 1 MB is refused while none of it was sent', async () => {
  const said = await send(
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${ada.token}\r\nContent-Type: application/json\r\nContent-Length: 1048577\r\n\r\n`,
    (so) => so.includes('"success"'),
  );
  expect(said).toMatch(/^HTTP\/1\.1 413 /);
});

test('a body that grows over 1 MB is refused before its end, which never comes', async () => {
  let sent = 0;
  function* body() {
    yield `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${ada.token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    for (; sent < 3_000_000; sent += 65_536) yield `10000\r\n${'x'.repeat(65_536)}\r\n`;
  }
  expect(await send(body(), (so) => so.includes('"success"'))).toMatch(/^HTTP\/1\.1 413 /);
});

test('a body that comes in pieces is put together', async () => {
  const json = Buffer.from(JSON.stringify({ analysis: { summary: 'Ünïcödé '.repeat(1_000) } }));
  const answer = await new Promise<IncomingMessage>((resolve) => {
    const posting = request(server.url + path, { method: 'POST', headers: { ...asAda(), 'Content-Type': 'application/json' } }, resolve);
    for (let at = 0; at < json.length; at += 777) posting.write(json.subarray(at, at + 777));
    posting.end();
  });
  expect(answer.statusCode).toBe(200);
  answer.resume();
  expect((await http.call(path, { as: ada })).body.data.analysis.summary).toBe('Ünïcödé '.repeat(1_000));
});

test('what is no HTTP, or has headers without end, is refused by the server itself', async () => {
  expect(await send('NONSENSE\r\n\r\n', (so) => so !== '')).toMatch(/^HTTP\/1\.1 400 /);
  expect(await send(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, (so) => so !== '')).toMatch(/^HTTP\/1\.1 431 /);
});

test('a connection is used again, also after a refusal', async () => {
  const { ask, ports, close } = keptAlive();
  expect([await ask('/healthz'), await ask('/nowhere'), await ask('/api/session')]).toEqual([200, 404, 200]);
  expect(ports.size).toBe(1);
  close();
});

test('a token that is revoked opens nothing any more, on the connection that it had opened either', async () => {
  const { ask, ports, close } = keptAlive();
  expect([await ask('/api/session'), await ask(path)]).toEqual([200, 404]);
  await database.query('SELECT evergreen.revoke_session($1)', [ada.token]);
  expect([await ask('/api/session'), await ask(path)]).toEqual([401, 401]);
  expect(ports.size).toBe(1);
  close();
});

test('a 304 and a HEAD have no body on the wire', async () => {
  await http.call(path, { as: ada, method: 'POST', json: { analysis: { summary: 'x' } } });
  const head = await fetch(server.url + path, { method: 'HEAD', headers: asAda() });
  const tag = head.headers.get('ETag') ?? '';
  expect([head.status, await head.text(), tag]).toEqual([200, '', expect.stringMatching(/^"1-/)]);
  const unchanged = await fetch(server.url + path, { headers: { ...asAda(), 'If-None-Match': tag } });
  expect([unchanged.status, await unchanged.text(), unchanged.headers.get('ETag')]).toEqual([304, '', tag]);
});

describe('stopping', () => {
  test('finishes what is being answered, and accepts nothing more', async () => {
    simulation.setBehaviour('hang');
    const before = simulation.calls;
    const answer = fetch(server.url + path, {
      method: 'POST',
      headers: { ...asAda(), 'Content-Type': 'application/json' },
      body: JSON.stringify({ posts: ['x'] }),
    });
    await simulation.arrived(before + 1);
    expect(server.inFlight).toBe(1);
    const closed = server.close();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    simulation.setBehaviour('ok');
    simulation.release();
    expect(((await (await answer).json()) as { data: { outcome: string } }).data.outcome).toBe('generated');
    await closed;
  });

  test('does not wait for a connection that nobody uses, or for one that never ends', async () => {
    const agent = new Agent({ keepAlive: true });
    await new Promise<void>((resolve) => {
      request(`${server.url}/healthz`, { agent }, (answer) => answer.resume().once('end', resolve)).end();
    });
    const { port, hostname } = new URL(server.url);
    const slow = connect(Number(port), hostname);
    slow.on('error', () => undefined);
    slow.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${ada.token}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n`,
    );
    await waitUntil('the slow request is being answered', () => server.inFlight === 1);
    await server.close();
    agent.destroy();
    slow.destroy();
  });
});

test('a port that is taken is an error with a hint', async () => {
  const port = Number(new URL(server.url).port);
  await expect(listen(http.app.fetch, { port })).rejects.toMatchObject({
    code: 'NOT_LISTENING',
    hint: expect.stringContaining('another port'),
  });
});
