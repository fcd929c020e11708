import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Company, createCompany } from '../support/company.js';
import { useDatabase } from '../support/database.js';
import { useSimulation } from '../support/provider.js';
import { waitUntil } from '../support/wait-until.js';
import type { Job, Report } from './caller.js';

const PROCESSES = 4;
const CALLERS = 50;

const database = useDatabase({ host: true });
const simulation = useSimulation();
let company: Company;
let children: ChildProcess[] = [];

beforeAll(async () => {
  await database.query(`SELECT evergreen.register_model('openai', 'simulated-gpt-4.1-mini', 1, 1)`);
});
beforeEach(async () => {
  company = await createCompany(database);
  simulation.setBehaviour('hang');
  children = await Promise.all(Array.from({ length: PROCESSES }, startProcess));
}, 60_000);
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

async function startProcess(): Promise<ChildProcess> {
  const child = fork(join(__dirname, 'caller.ts'), { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send({ databaseUrl: database.url, providerUrl: simulation.url, companyId: company.id, callers: CALLERS } satisfies Job);
  const [message] = await once(child, 'message');
  expect(message).toBe('ready');
  return child;
}

/** Lets all callers of all processes call at once; the result has the report of each process that lives to tell it. */
async function callAll(): Promise<Promise<Report | undefined>[]> {
  const reports = children.map(async (child) => {
    for (;;) {
      const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])])) as [unknown];
      if (message !== 'called') return message as Report | undefined;
    }
  });
  const called = children.map((child) => once(child, 'message'));
  for (const child of children) child.send('go');
  await Promise.all(called);
  return reports;
}

const lease = async () =>
  (
    await database.query('SELECT holder, waited_for FROM evergreen.generation_leases WHERE company_id = $1 AND lease_token IS NOT NULL', [
      company.id,
    ])
  )[0];

/** One process has asked the model and at least one other was told to wait; who asked. */
async function othersWait(callsBefore: number): Promise<{ holder: string }> {
  await simulation.arrived(callsBefore + 1);
  return waitUntil('others wait', async () => {
    const row = await lease();
    return row?.waited_for ? (row as { holder: string }) : undefined;
  });
}

function sum(reports: (Report | undefined)[]) {
  const outcomes: Record<string, number> = {};
  for (const report of reports) {
    for (const [outcome, count] of Object.entries(report?.outcomes ?? {})) outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
  }
  return {
    outcomes,
    errors: reports.flatMap((report) => report?.errors ?? []),
    contents: new Set(reports.flatMap((report) => report?.contents ?? [])).size,
  };
}

test('4 processes with 50 callers each on one cold key: one call of the model, everybody answered', async () => {
  const before = simulation.calls;
  const reports = await callAll();
  await othersWait(before);
  simulation.release();
  expect(sum(await Promise.all(reports))).toEqual({
    outcomes: { generated: 1, fresh: PROCESSES * CALLERS - 1 },
    errors: [],
    contents: 1,
  });
  expect(simulation.calls).toBe(before + 1);
}, 90_000);

test('the winner’s provider fails: the next takes over at once, everybody answered', async () => {
  // A takeover that waited for the lease would not come within this test.
  await database.query(`SELECT evergreen.set_content_policy('recommendation', p_lease_duration => '1 hour')`);
  const before = simulation.calls;
  const reports = await callAll();
  await othersWait(before);
  simulation.setBehaviour('ok');
  simulation.release('server_error');
  expect(sum(await Promise.all(reports))).toEqual({
    outcomes: { generated: 1, fresh: PROCESSES * CALLERS - 1 },
    errors: [],
    contents: 1,
  });
  expect(simulation.calls).toBe(before + 2);
}, 90_000);

test('the winner is killed: one more call after its lease, everybody else answered', async () => {
  await database.query(`SELECT evergreen.set_content_policy('recommendation', p_lease_duration => '3 seconds')`);
  const before = simulation.calls;
  const reports = await callAll();
  const { holder } = await othersWait(before);
  simulation.setBehaviour('ok');
  process.kill(Number(holder), 'SIGKILL');
  expect(sum(await Promise.all(reports))).toEqual({
    outcomes: { generated: 1, fresh: (PROCESSES - 1) * CALLERS - 1 },
    errors: [],
    contents: 1,
  });
  expect(simulation.calls).toBe(before + 2);
}, 90_000);
