import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import pg, { type ClientConfig, Pool } from 'pg';
import { Database } from '../../src/database.js';
import { createEvergreen, type Evergreen } from '../../src/index.js';
import { Listener, topicOf } from '../../src/listener.js';
import { createCompany } from '../support/company.js';
import { useDatabase } from '../support/database.js';
import { pgbouncer, startPooler } from '../support/pooler.js';
import { openaiFor, useSimulation } from '../support/provider.js';
import { waitUntil } from '../support/wait-until.js';

const database = useDatabase({ host: true });
const simulation = useSimulation();
const HOUR = 3_600_000;

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  simulation.release();
  for (const close of closing.splice(0).reverse()) await close();
});

function listenerOn(pool: Pool): Listener {
  const db = new Database(pool, 10_000);
  const listener = new Listener(db, pool);
  closing.push(async () => {
    await listener.close();
    db.close();
  });
  return listener;
}

const notify = (topic: string) => database.query('SELECT pg_notify($1, $2)', ['evergreen', topic]);
const listeners = async () =>
  (
    await database.superuserQuery<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pg-evergreen listener'`,
    )
  ).map((row) => row.pid);

/** The clients that are made, not those of pools, from now to the end of the test. */
function watchClients(): { config: ClientConfig | undefined; ended: boolean }[] {
  const { Client } = pg;
  const made: { config: ClientConfig | undefined; ended: boolean }[] = [];
  pg.Client = class extends Client {
    constructor(config?: ClientConfig) {
      super(config);
      const entry = { config, ended: false };
      made.push(entry);
      this.on('end', () => {
        entry.ended = true;
      });
    }
  } as typeof Client;
  closing.push(() => {
    pg.Client = Client;
  });
  return made;
}

/** Resolves with the time that a wait took, in milliseconds. */
async function timed(wait: Promise<void>): Promise<number> {
  const started = performance.now();
  await wait;
  return performance.now() - started;
}

/** Waits until the listener has proved itself, and the wake-up that everybody gets then is over. */
async function heard(listener: Listener): Promise<void> {
  const waiter = listener.waiter('anything');
  await waitUntil('the listener is heard', async () => {
    await waiter.wait(20);
    return listener.heard;
  });
  waiter.close();
}

describe('waiting', () => {
  test('the topic is what the database notifies', async () => {
    const [row] = await database.query(`SELECT md5('recommendation' || ':' || 'ключ:1') AS topic`);
    expect(topicOf('recommendation', 'ключ:1')).toBe(row?.topic);
  });

  test('ends by a notification, of one’s own key only', async () => {
    const listener = listenerOn(database.pool);
    await heard(listener);
    const [mine, other] = [listener.waiter('mine'), listener.waiter('other')];
    const waits = [timed(mine.wait(HOUR)), timed(other.wait(HOUR))] as const;
    await notify('mine');
    // Without the notification both would look again after 3.75 to 6.25 s.
    expect(await waits[0]).toBeLessThan(3_500);
    expect(await waits[1]).toBeGreaterThan(3_500);
    expect(await listeners()).toHaveLength(1);
  });

  test('misses nothing that is notified between the claim and the wait', async () => {
    const listener = listenerOn(database.pool);
    await heard(listener);
    const waiter = listener.waiter('early');
    const other = listener.waiter('early');
    const wait = other.wait(HOUR);
    await notify('early');
    await wait;
    expect(await timed(waiter.wait(HOUR))).toBeLessThan(3_500);
  });

  test('goes by the clock until the connection has proved itself, and then everybody looks once more', async () => {
    const listener = listenerOn(database.pool);
    const [waiter, bystander] = [listener.waiter('key'), listener.waiter('other')];
    expect(listener.heard).toBe(false);
    expect(await timed(waiter.wait(HOUR))).toBeLessThan(1_500);
    await waitUntil('the listener is heard', () => listener.heard);
    expect(await timed(bystander.wait(HOUR))).toBeLessThan(1_500);
  });

  test('is never longer than it is told', async () => {
    const listener = listenerOn(database.pool);
    await heard(listener);
    expect(await timed(listener.waiter('key').wait(30))).toBeLessThan(1_500);
  });

  test('survives the loss of the connection, which is opened again', async () => {
    const listener = listenerOn(database.pool);
    await heard(listener);
    const waiter = listener.waiter('key');
    const wait = timed(waiter.wait(HOUR));
    const [pid] = await listeners();
    await database.superuserQuery('SELECT pg_terminate_backend($1)', [pid]);
    expect(await wait).toBeLessThan(3_500);
    await waitUntil('another connection is heard', async () => {
      await waiter.wait(20);
      return listener.heard && (await listeners())[0] !== pid;
    });
  });

  test('listens with the settings of the pool, its password included', async () => {
    const { hostname, port, username, password, pathname } = new URL(database.url);
    const settings = { host: hostname, port: Number(port), user: username, database: pathname.slice(1) };
    const pool = new Pool({ ...settings, password });
    closing.push(() => pool.end());
    const made = watchClients();
    await heard(listenerOn(pool));
    expect(made).toMatchObject([{ config: { ...settings, password, application_name: 'pg-evergreen listener' } }]);
  });

  test('ends with close', async () => {
    const listener = listenerOn(database.pool);
    await heard(listener);
    const wait = timed(listener.waiter('key').wait(HOUR));
    await listener.close();
    expect(await wait).toBeLessThan(3_500);
    await waitUntil('its connection is gone', async () => (await listeners()).length === 0);
  });

  test('a process whose work is done ends, although its listener was never closed', () => {
    const script = join(__dirname, '../support/listening-process.ts');
    const child = spawnSync(process.execPath, ['--import', 'tsx', script, database.url], { encoding: 'utf8', timeout: 60_000 });
    expect(child).toMatchObject({ status: 0, stdout: 'heard\n', signal: null });
  }, 90_000);
});

describe('the client', () => {
  test('opens no connection of its own until somebody waits', async () => {
    const pool = new Pool({ connectionString: database.url, max: 4 });
    const evergreen = createEvergreen({ pool, openai: simulation.openai });
    closing.push(
      () => pool.end(),
      () => evergreen.close(),
    );
    const company = await createCompany(database);
    await evergreen.recommendations({ companyId: company.id });
    await evergreen.recommendations({ companyId: company.id });
    expect(await listeners()).toHaveLength(0);
  });

  test('is woken by another process’s save', async () => {
    const company = await createCompany(database);
    const [one, two] = [client(database.url), client(database.url)];
    const [first, second] = await race(one, two, company.id);
    expect([first.outcome, second.outcome].sort()).toEqual(['fresh', 'generated']);
  });
});

test('a caller who leaves ends the wait for another process at once', async () => {
  const company = await createCompany(database);
  const [one, two] = [client(database.url), client(database.url)];
  simulation.setBehaviour('hang');
  const before = simulation.calls;
  const first = one.recommendations({ companyId: company.id });
  await simulation.arrived(before + 1);
  const controller = new AbortController();
  const second = two.recommendations({ companyId: company.id, signal: controller.signal });
  const claims = async () =>
    (await database.query(`SELECT waited_for FROM evergreen.generation_leases WHERE company_id = $1`, [company.id]))[0]?.waited_for;
  await waitUntil('the second waits, and listens', async () => (await claims()) && (await listeners()).length === 1);
  controller.abort();
  await expect(second).rejects.toMatchObject({ name: 'AbortError' });
  expect(await timed(two.close())).toBeLessThan(3_500);
  simulation.release();
  expect((await first).outcome).toBe('generated');
});

function client(url: string): Evergreen {
  const pool = new Pool({ connectionString: url, max: 4 });
  const evergreen = createEvergreen({ pool, openai: openaiFor(simulation.url), databaseTimeoutMs: 10_000 });
  closing.push(
    () => pool.end(),
    () => evergreen.close(),
  );
  return evergreen;
}

/** Two clients on one cold key; the second comes while the first one's model writes. */
async function race(one: Evergreen, two: Evergreen, companyId: string) {
  simulation.setBehaviour('hang');
  const before = simulation.calls;
  const first = one.recommendations({ companyId });
  await simulation.arrived(before + 1);
  simulation.setBehaviour('ok');
  const second = two.recommendations({ companyId });
  await waitUntil('the second waits', async () => {
    const [lease] = await database.superuserQuery('SELECT waited_for FROM evergreen.generation_leases WHERE company_id = $1', [companyId]);
    return lease?.waited_for;
  });
  simulation.release();
  const answers = await Promise.all([first, second]);
  expect(simulation.calls).toBe(before + 1);
  return answers;
}

(pgbouncer ? describe : describe.skip)('through PgBouncer (runs where it is installed)', () => {
  test.each(['transaction', 'session'])('pooling by %s: everything works, waiting too', async (mode) => {
    const pooler = await startPooler(database.url, { pool_mode: mode, default_pool_size: '5', server_round_robin: '1' });
    closing.push(() => pooler.stop());
    const company = await createCompany(database);
    const [one, two] = [client(pooler.url), client(pooler.url)];
    const answers = await race(one, two, company.id);
    expect(answers.map((answer) => answer.outcome).sort()).toEqual(['fresh', 'generated']);
    expect((await one.recommendations({ companyId: company.id })).reason).toBe('hit');
    const id = answers[0]?.content[0]?.id as string;
    expect(await two.refine({ id, instruction: 'Make it shorter' })).toMatchObject({ outcome: 'generated', content: { revision: 2 } });
    one.markPresented(id);
    await one.flush();
    const [row] = await database.query('SELECT times_presented FROM evergreen.ai_generated_recommendations WHERE id = $1', [id]);
    expect(row?.times_presented).toBe(1);
  });

  test('notifications that never arrive are noticed: nobody relies on them', async () => {
    const pooler = await startPooler(database.url, { pool_mode: 'transaction', default_pool_size: '5', server_round_robin: '1' });
    closing.push(() => pooler.stop());
    const pool = new Pool({ connectionString: pooler.url, max: 4 });
    closing.push(() => pool.end());
    const made = watchClients();
    const listener = listenerOn(pool);
    const waiter = listener.waiter('key');
    await waitUntil('the listener gives up', async () => {
      expect(await timed(waiter.wait(HOUR))).toBeLessThan(3_500);
      return made[0]?.ended;
    });
    for (let i = 0; i < 3; i += 1) await waiter.wait(HOUR);
    expect(listener.heard).toBe(false);
    expect(made).toHaveLength(1);
  }, 60_000);
});
