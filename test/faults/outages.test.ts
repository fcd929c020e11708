import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pool } from 'pg';
import { type Server, startServer } from '../../src/build/server.js';
import { serverAccount } from '../../src/embedded/binaries.js';
import { migrate } from '../../src/migrate.js';
import { createCompany } from '../support/company.js';
import { useSimulation } from '../support/provider.js';
import { startProxy, type TcpProxy } from '../support/proxy.js';
import { waitUntil } from '../support/wait-until.js';
import type { Job, Report } from './traffic.js';

const DATABASE_TIMEOUT = 1_000;
/** How late a call may be on a busy machine, the model's answer included: far below what any hang would take. */
const SLACK = 6_000;

const simulation = useSimulation();
let server: Server;
let proxy: TcpProxy;
let pool: Pool;
let port: number;
let folder: string;
let companyIds: string[];
let traffic: ChildProcess;

// A server of its own, since it is killed.
beforeAll(async () => {
  server = await startServer();
  await migrate({ databaseUrl: server.url }, { withHostTables: true });
  port = Number(new URL(server.url).port);
  pool = new Pool({ connectionString: server.url, connectionTimeoutMillis: 5_000 });
  pool.on('error', () => undefined);
  folder = (await pool.query('SHOW data_directory')).rows[0].data_directory;
  const database = { query: async <Row>(text: string, values?: unknown[]) => (await pool.query(text, values)).rows as Row[] };
  companyIds = [];
  for (let i = 0; i < 3; i += 1) companyIds.push((await createCompany(database)).id);
  proxy = await startProxy(port);
}, 60_000);
afterAll(async () => {
  await proxy?.close();
  await pool?.end();
  await server?.stop();
});
afterEach(() => {
  traffic?.kill('SIGKILL');
});

/** Starts a process of callers, through the proxy, and waits until they are answered from the database. */
async function startTraffic(poolSize = 5): Promise<void> {
  const url = new URL(server.url);
  url.port = String(proxy.port);
  traffic = fork(join(__dirname, 'traffic.ts'), { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  traffic.send({
    databaseUrl: url.href,
    providerUrl: simulation.url,
    companyIds,
    callers: 10,
    databaseTimeoutMs: DATABASE_TIMEOUT,
    poolSize,
  } satisfies Job);
  await once(traffic, 'message');
  await until('answers come from the database', onlyFresh);
}

async function ask(message: 'report' | 'end'): Promise<Report> {
  const answer = once(traffic, 'message');
  traffic.send(message);
  return (await answer)[0] as Report;
}

/** Asks until the callers fare so; meanwhile nobody may hang, fail or break the process. */
async function until(what: string, fares: (report: Report) => boolean): Promise<void> {
  await waitUntil(
    what,
    async () => {
      const report = await ask('report');
      expect(report).toMatchObject({ errors: [], uncaught: [] });
      expect(report.longestMs).toBeLessThan(DATABASE_TIMEOUT + SLACK);
      return fares(report);
    },
    60_000,
  );
}

const only = (outcome: string) => (report: Report) => report.latest.length === 50 && report.latest.every((each) => each === outcome);
const onlyUncached = only('uncached');
const onlyFresh = only('fresh');

async function endTraffic(): Promise<void> {
  expect(await ask('end')).toMatchObject({ errors: [], uncaught: [] });
  await once(traffic, 'exit');
}

const uncachedLogged = async () =>
  Number((await pool.query(`SELECT count(*) FROM evergreen.ai_generation_logs WHERE outcome = 'uncached'`)).rows[0].count);

test('PostgreSQL is killed in the middle of traffic: answers keep coming, caching resumes when it is back, what was used is logged', async () => {
  const before = await uncachedLogged();
  await startTraffic();
  await pool.query('CHECKPOINT');
  process.kill(Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
  await until('answers come without the database', onlyUncached);
  await restart();
  await until('answers come from the database again', onlyFresh);
  await endTraffic();
  expect(await uncachedLogged()).toBeGreaterThan(before);
}, 120_000);

test('connections are terminated by an administrator: nobody notices for long', async () => {
  await startTraffic();
  await pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()');
  await until('answers come from the database again', onlyFresh);
  await endTraffic();
}, 120_000);

test('the database hangs: nobody waits longer than the time allowed and the model; caching resumes when it goes on', async () => {
  await startTraffic();
  proxy.freeze();
  await until('answers come without the database', onlyUncached);
  proxy.thaw();
  await until('answers come from the database again', onlyFresh);
  await endTraffic();
}, 120_000);

test('connections hang for ever, also while connecting: new ones take their place', async () => {
  await startTraffic(2);
  proxy.freeze();
  const accepted = proxy.accepted;
  await until('answers come without the database', onlyUncached);
  expect(proxy.accepted).toBeGreaterThan(accepted);
  proxy.replace();
  await until('answers come from the database again', onlyFresh);
  await endTraffic();
}, 120_000);

/** Starts the killed server again, once the processes that it left have gone. */
async function restart(): Promise<void> {
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=`;
  await waitUntil(
    'the server is up again',
    () => {
      try {
        execFileSync(join(server.bin, 'pg_ctl'), ['-D', folder, '-l', join(folder, '../log'), '-o', options, '-w', 'start'], {
          ...serverAccount(),
          cwd: '/',
          stdio: 'ignore',
        });
        return true;
      } catch {
        return false;
      }
    },
    60_000,
  );
}
