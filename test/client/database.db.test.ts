import type { Socket } from 'node:net';
import { Pool, type PoolClient } from 'pg';
import { Database, often } from '../../src/database.js';
import { isOutage } from '../../src/index.js';
import { lookupRecommendations } from '../../src/queries/journey.queries.js';
import { createCompany } from '../support/company.js';
import { useDatabase } from '../support/database.js';
import { pgbouncer, startPooler } from '../support/pooler.js';
import { startProxy, type TcpProxy } from '../support/proxy.js';
import { waitUntil } from '../support/wait-until.js';

const database = useDatabase({ host: true });
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function open(timeoutMs: number, url = database.url, max = 2): { db: Database; pool: Pool } {
  const pool = new Pool({ connectionString: url, max });
  const db = new Database(pool, timeoutMs);
  closing.push(
    () => pool.end(),
    () => db.close(),
  );
  return { db, pool };
}

/** Has what the server says to the one connection of a pool received in another way. */
async function intercept(
  pool: Pool,
  deliver: (chunk: Buffer, receive: (piece: Buffer) => void, stream: Socket) => void,
): Promise<PoolClient> {
  const client = await pool.connect();
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const [receive] = stream.listeners('data') as [(piece: Buffer) => void];
  stream.removeListener('data', receive);
  stream.on('data', (chunk: Buffer) => deliver(chunk, receive, stream));
  client.release();
  return client;
}

async function throughProxy(): Promise<{ url: string; proxy: TcpProxy }> {
  const url = new URL(database.url);
  const proxy = await startProxy(Number(url.port));
  closing.push(() => proxy.close());
  url.port = String(proxy.port);
  return { url: url.href, proxy };
}

test('an answer that lies unread while the application is busy is no outage', async () => {
  const { db } = open(150);
  await db.query('SELECT 1');
  const answer = db.query('SELECT pg_sleep(0.02), 7 AS n');
  // Two turns, so that the statement is on its way.
  for (let i = 0; i < 2; i += 1) await new Promise(setImmediate);
  const end = performance.now() + 400;
  while (performance.now() < end);
  expect((await answer).rows).toMatchObject([{ n: 7 }]);
});

test('a statement that takes too long is an outage, and its connection is not used again', async () => {
  const { db, pool } = open(100);
  const [before] = (await db.query('SELECT pg_backend_pid() AS pid')).rows as { pid: number }[];
  expect(isOutage(await db.query('SELECT pg_sleep(60)').catch((error: unknown) => error))).toBe(true);
  const [after] = (await db.query('SELECT pg_backend_pid() AS pid')).rows as { pid: number }[];
  expect(after?.pid).not.toBe(before?.pid);
  expect(pool.totalCount).toBe(1);
});

test('connections of the pool that the application keeps are an outage, and those who waited leave nothing in the queue', async () => {
  const { db, pool } = open(100);
  const kept = [await pool.connect(), await pool.connect()];
  const failures = await Promise.allSettled(Array.from({ length: 30 }, () => db.query('SELECT 1')));
  for (const failure of failures) expect(failure.status === 'rejected' && isOutage(failure.reason)).toBe(true);
  expect(pool.waitingCount).toBeLessThanOrEqual(2);
  for (const client of kept) client.release();
  expect((await db.query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
  expect(pool.waitingCount).toBe(0);
});

test('connections that hang while connecting give their places back', async () => {
  const { url, proxy } = await throughProxy();
  const { db, pool } = open(100, url);
  proxy.freeze();
  for (let i = 0; i < 3; i += 1) {
    const failures = await Promise.allSettled([db.query('SELECT 1'), db.query('SELECT 1'), db.query('SELECT 1')]);
    for (const failure of failures) expect(failure.status === 'rejected' && isOutage(failure.reason)).toBe(true);
  }
  await waitUntil('the places are free', () => pool.totalCount === 0);
  proxy.replace();
  await waitUntil('it is answered', () =>
    db.query('SELECT 1').then(
      () => true,
      () => false,
    ),
  );
});

test('an application that is connecting at the same time is left alone', async () => {
  const { url, proxy } = await throughProxy();
  const { db, pool } = open(100, url);
  proxy.freeze();
  const theirs = pool.connect();
  await expect(db.query('SELECT 1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  proxy.thaw();
  (await theirs).release();
});

test('those who wait behind a statement that is slow by itself are told of no outage while others are answered', async () => {
  const { db } = open(800);
  const slow = db.query('SELECT pg_sleep(60)').catch((error: unknown) => error);
  const others = await Promise.all(Array.from({ length: 10 }, (_, n) => db.query(`SELECT ${n} AS n FROM pg_sleep(0.12)`)));
  expect(others.map(({ rows: [row] }) => (row as { n: number }).n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(isOutage(await slow)).toBe(true);
});

test('a mistake in a statement leaves the connection in the pool', async () => {
  const { db } = open(5_000);
  const [before] = (await db.query('SELECT pg_backend_pid() AS pid')).rows as { pid: number }[];
  await expect(db.query('SELECT 1/0')).rejects.toMatchObject({ code: '22012' });
  const [after] = (await db.query('SELECT pg_backend_pid() AS pid')).rows as { pid: number }[];
  expect(after?.pid).toBe(before?.pid);
});

test('statements wait for a free connection, in order, and never use more than the pool has', async () => {
  const { db, pool } = open(20_000);
  const { rows } = await db.query('SELECT 1 AS n');
  expect(rows).toEqual([{ n: 1 }]);
  const pids = await Promise.all(Array.from({ length: 20 }, () => db.query('SELECT pg_backend_pid() AS pid')));
  expect(new Set(pids.map(({ rows: [row] }) => (row as { pid: number }).pid)).size).toBeLessThanOrEqual(2);
  expect(pool.totalCount).toBeLessThanOrEqual(2);
});

test.each([
  ['a server that is not there', 'postgres://x:y@127.0.0.1:1/x', true],
  ['a host that does not exist', 'postgres://x:y@host.invalid:5432/x', true],
  ['a database that does not exist', undefined, false],
])('%s', async (_, url, outage) => {
  const wrong = new URL(database.url);
  wrong.pathname = '/no_such_database';
  const { db } = open(10_000, url ?? wrong.href);
  const error = await db.query('SELECT 1').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE', hint: expect.any(String) });
  expect(isOutage(error)).toBe(outage);
});

test.each([
  ['statement_timeout', `SET LOCAL statement_timeout = 20; SELECT pg_sleep(60)`],
  ['an administrator', 'SELECT pg_terminate_backend(pg_backend_pid())'],
  ['a server that crashed', `DO $$ BEGIN RAISE SQLSTATE '57P02'; END $$`],
  ['no memory', `DO $$ BEGIN RAISE SQLSTATE '53200'; END $$`],
  ['a standby', `DO $$ BEGIN RAISE SQLSTATE '25006'; END $$`],
])('a statement that %s ended is an outage', async (_, statement) => {
  const { db } = open(10_000);
  const error = await db.query(statement).catch((thrown: unknown) => thrown);
  expect(isOutage(error)).toBe(true);
  expect((await db.query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
});

test.each([
  ["SELECT 'x'::uuid", /form of its type/],
  ["SELECT '9'::integer * 1000000000", /range of its type/],
  ["SELECT '2026-02-30'::date", /time that there is/],
])('%s: a value that PostgreSQL cannot read is an error of the caller, and says what it can', async (statement, hint) => {
  const { db } = open(10_000);
  const error = await db.query(statement).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'InvalidInput', code: 'VG007', hint: expect.stringMatching(hint) });
});

describe('what is read often', () => {
  const find = often(lookupRecommendations);
  let companyId: string;
  beforeAll(async () => {
    companyId = (await createCompany(database)).id;
  });
  const read = (db: Database) => find.run({ companyId, limit: 3, afterFailure: false }, db);
  const prepared = async (db: Database) =>
    (await db.query(`SELECT count(*)::integer AS n FROM pg_prepared_statements WHERE statement LIKE '%lookup_recommendations%'`)).rows;

  test('answers as the generated wrapper does, and stays prepared on a connection that is used again', async () => {
    const { db } = open(10_000, database.url, 1);
    const [expected] = await lookupRecommendations.run({ companyId, limit: 3, afterFailure: false }, db);
    for (let i = 0; i < 5; i += 1) expect(await read(db)).toEqual([{ ...expected, seen: expect.any(String) }]);
    expect(await prepared(db)).toEqual([{ n: 1 }]);
  });

  test('is not prepared where that is not wanted', async () => {
    const pool = new Pool({ connectionString: database.url, max: 1 });
    const db = new Database(pool, 10_000, undefined, false);
    closing.push(
      () => pool.end(),
      () => db.close(),
    );
    for (let i = 0; i < 5; i += 1) await read(db);
    expect(await prepared(db)).toEqual([{ n: 0 }]);
  });

  test.each(['DEALLOCATE ALL', 'DISCARD ALL'])(
    'is answered when %s has thrown away what the connection had prepared',
    async (statement) => {
      const { db, pool } = open(10_000, database.url, 1);
      for (let i = 0; i < 5; i += 1) await read(db);
      const client = await pool.connect();
      let refused = 0;
      (client as unknown as { connection: NodeJS.EventEmitter }).connection.on('errorMessage', () => {
        refused += 1;
      });
      client.release();
      await db.query(statement);
      for (let i = 0; i < 5; i += 1) expect(await read(db)).toMatchObject([{ freshness: 'missing' }]);
      // By the first of them only, which is sent again.
      expect(refused).toBeLessThanOrEqual(2);
    },
  );

  test('is answered when a migration has changed what it returns', async () => {
    const text = 'SELECT changing.n AS "n!" FROM changing';
    const changing = often<object, { n: unknown }>({ run: async (_, connection) => (await connection.query(text, [])).rows });
    const { db } = open(10_000, database.url, 1);
    await database.query('CREATE VIEW changing AS SELECT 1 AS n');
    for (let i = 0; i < 5; i += 1) expect(await changing.run({}, db)).toEqual([{ n: 1 }]);
    await database.query(`DROP VIEW changing; CREATE VIEW changing AS SELECT 'one' AS n`);
    for (let i = 0; i < 5; i += 1) expect(await changing.run({}, db)).toEqual([{ n: 'one' }]);
  });

  test('is answered when a migration has put its columns in another order', async () => {
    const turning = often<object, object>({ run: async (_, connection) => (await connection.query('SELECT * FROM turning()', [])).rows });
    const { db } = open(10_000, database.url, 1);
    await database.query(`CREATE FUNCTION turning() RETURNS TABLE (a text, b text) LANGUAGE sql AS $$ SELECT 'a', 'b' $$`);
    for (let i = 0; i < 5; i += 1) expect(await turning.run({}, db)).toEqual([{ a: 'a', b: 'b' }]);
    await database.query(`DROP FUNCTION turning;
      CREATE FUNCTION turning() RETURNS TABLE (b text, a text) LANGUAGE sql AS $$ SELECT 'b', 'a' $$`);
    for (let i = 0; i < 5; i += 1) expect(await turning.run({}, db)).toEqual([{ a: 'a', b: 'b' }]);
  });

  describe('once its columns are known', () => {
    const sleepy = often<{ ms: number }, { pid: number; at: Date; n: number }>({
      run: async ({ ms }, connection) =>
        (await connection.query('SELECT pg_backend_pid() AS "pid!", now() AS "at!", 8 AS "n!" FROM pg_sleep($1::float8 / 1000)', [ms]))
          .rows as never,
    });
    const warm = async (db: Database) => {
      for (let i = 0; i < 5; i += 1) await sleepy.run({ ms: 0 }, db);
    };
    const outage = async (read: Promise<unknown>) => isOutage(await read.catch((error: unknown) => error));

    test('is answered without their being described again, and leaves no listener behind', async () => {
      const { db, pool } = open(10_000, database.url, 1);
      await warm(db);
      const client = await pool.connect();
      let described = 0;
      (client as unknown as { connection: NodeJS.EventEmitter }).connection.on('rowDescription', () => {
        described += 1;
      });
      client.release();
      const listeners = client.listenerCount('error');
      for (let i = 0; i < 3; i += 1)
        expect(await sleepy.run({ ms: 0 }, db)).toEqual([{ pid: expect.any(Number), at: expect.any(Date), n: 8 }]);
      expect(described).toBe(0);
      expect(client.listenerCount('error')).toBe(listeners);
    });

    test('a read that takes too long is an outage, and its connection is not used again', async () => {
      const { db, pool } = open(150, database.url, 1);
      await warm(db);
      const [before] = await sleepy.run({ ms: 0 }, db);
      expect(await outage(sleepy.run({ ms: 60_000 }, db))).toBe(true);
      const [after] = await sleepy.run({ ms: 0 }, db);
      expect(after?.pid).not.toBe(before?.pid);
      expect(pool.totalCount).toBe(1);
    });

    test('who waits for a connection that the application took is told in time, and gives it back when it comes', async () => {
      const { db, pool } = open(150, database.url, 1);
      await warm(db);
      const taken = pool.connect();
      // Those who wait behind the first are told with it.
      const reads = Array.from({ length: 3 }, () => outage(sleepy.run({ ms: 0 }, db)));
      expect(await Promise.all(reads)).toEqual([true, true, true]);
      (await taken).release();
      expect(await sleepy.run({ ms: 0 }, db)).toMatchObject([{ n: 8 }]);
      expect(pool.waitingCount).toBe(0);
      expect(pool.idleCount).toBe(1);
    });

    test('an answer that lies unread while the application is busy is no outage', async () => {
      const { db } = open(150, database.url, 1);
      await warm(db);
      const answer = sleepy.run({ ms: 20 }, db);
      for (let i = 0; i < 2; i += 1) await new Promise(setImmediate);
      const end = performance.now() + 400;
      while (performance.now() < end);
      expect(await answer).toMatchObject([{ n: 8 }]);
    });

    test.each([
      ['pg_terminate_backend', 2],
      ['pg_cancel_backend', 1],
    ])(
      'a read that %s ends is an outage, when its connection is lost for the second time, and the next has another',
      async (end, times) => {
        const url = new URL(database.url);
        url.searchParams.set('application_name', end);
        const { db } = open(10_000, url.href, 1);
        await warm(db);
        const read = sleepy.run({ ms: 60_000 }, db);
        let last: unknown = 0;
        for (let time = 0; time < times; time += 1) {
          last = await waitUntil('it reads', async () => {
            const [found] = await database.superuserQuery(
              `SELECT pid, ${end}(pid) FROM pg_stat_activity
              WHERE application_name = $1 AND state = 'active' AND query LIKE '%pg_sleep%' AND pid <> $2`,
              [end, last],
            );
            return found?.pid;
          });
        }
        expect(await outage(read)).toBe(true);
        expect(await sleepy.run({ ms: 0 }, db)).toMatchObject([{ n: 8 }]);
      },
    );

    test.each([0, 5])('a read whose connection is cut is sent once more, what may write is not (after %i reads)', async (reads) => {
      const { db } = open(10_000, database.url, 1);
      for (let i = 0; i < reads; i += 1) await sleepy.run({ ms: 0 }, db);
      await database.query('DROP SEQUENCE IF EXISTS sent; CREATE SEQUENCE sent');
      const text = `SELECT nextval('sent'), pg_terminate_backend(pg_backend_pid())`;
      const sent = async () => (await database.query<{ n: number }>('SELECT last_value::integer AS n FROM sent'))[0]?.n;
      expect(await outage(db.query(text))).toBe(true);
      expect(await sent()).toBe(1);
      expect(await outage(db.writing.query(text, []))).toBe(true);
      expect(await sent()).toBe(2);
      for (let i = 0; i < reads; i += 1) await sleepy.run({ ms: 0 }, db);
      expect(await outage(db.read({ text, parameters: [], name: 'cut' }, []))).toBe(true);
      expect(await sent()).toBe(4);
    });

    test('who reads after all connections were cut is answered', async () => {
      const url = new URL(database.url);
      url.searchParams.set('application_name', 'cut');
      const { db } = open(10_000, url.href, 3);
      const three = () => Promise.all([1, 2, 3].map(() => sleepy.run({ ms: 0 }, db)));
      for (let round = 0; round < 4; round += 1) await three();
      for (let round = 0; round < 10; round += 1) {
        await database.superuserQuery(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut'`);
        expect(await three()).toMatchObject([[{ n: 8 }], [{ n: 8 }], [{ n: 8 }]]);
      }
    });

    test('an answer of which the connection ends in the middle comes on another', async () => {
      const { db, pool } = open(10_000, database.url, 1);
      await warm(db);
      await intercept(pool, (chunk, receive, stream) => {
        receive(chunk.subarray(0, 20));
        stream.destroy();
      });
      expect(await sleepy.run({ ms: 0 }, db)).toMatchObject([{ n: 8 }]);
    });

    test('an answer is whole that comes byte by byte, with notices and notifications in between, and larger than a packet', async () => {
      await database.query(`CREATE FUNCTION talking() RETURNS SETOF text LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM pg_notify('talking', 'heard');
          RETURN NEXT 'ä';
          RAISE NOTICE 'one moment';
          RETURN NEXT repeat('ö', 300000);
        END; $$`);
      const talking = often<object, { said: string }>({
        run: async (_, connection) => (await connection.query('SELECT said AS "said!" FROM talking() AS said', [])).rows as never,
      });
      const { db, pool } = open(10_000, database.url, 1);
      for (let i = 0; i < 5; i += 1) await talking.run({}, db);
      await db.query('LISTEN talking');
      const heard: unknown[] = [];
      const client = await intercept(pool, (chunk, receive) => {
        for (let at = 0; at < chunk.length; at += 1) receive(chunk.subarray(at, at + 1));
      });
      client.on('notice', ({ message }) => heard.push(message));
      client.on('notification', ({ payload }) => heard.push(payload));
      for (let i = 0; i < 2; i += 1) expect(await talking.run({}, db)).toEqual([{ said: 'ä' }, { said: 'ö'.repeat(300_000) }]);
      expect(heard).toEqual(['one moment', 'heard', 'one moment', 'heard']);
    });

    test('arguments arrive as they are: long, of many bytes a letter, empty, NULL, numbers', async () => {
      const { db } = open(10_000, database.url, 1);
      const statement = { text: 'SELECT $1::text AS a, $2::text AS b, $3::text AS c, $4::integer AS d', parameters: [], name: 'echo' };
      for (let i = 0; i < 6; i += 1) {
        const a = '\u{1f600}é"\n'.repeat(1 + 20_000 * i);
        expect(await db.read(statement, [a, '', null, -7])).toEqual([{ a, b: '', c: null, d: -7 }]);
      }
    });

    test('a read that statement_timeout ended is an outage, and the next is answered', async () => {
      const { db } = open(10_000, database.url, 1);
      await warm(db);
      await db.query('SET statement_timeout = 100');
      expect(await outage(sleepy.run({ ms: 60_000 }, db))).toBe(true);
      expect(await sleepy.run({ ms: 0 }, db)).toMatchObject([{ n: 8 }]);
    });

    test('a connection that hangs while it is made for a second read gives its place back', async () => {
      const { url, proxy } = await throughProxy();
      const { db, pool } = open(150, url);
      await warm(db);
      proxy.freeze();
      expect(await Promise.all([outage(sleepy.run({ ms: 0 }, db)), outage(sleepy.run({ ms: 0 }, db))])).toEqual([true, true]);
      await waitUntil('the places are free', () => pool.totalCount === 0);
    });

    test('a mistake of the caller leaves the connection in the pool', async () => {
      const { db, pool } = open(10_000, database.url, 1);
      await warm(db);
      for (let i = 0; i < 3; i += 1) await read(db);
      await expect(find.run({ companyId, limit: -1, afterFailure: false }, db)).rejects.toMatchObject({ code: 'VG007' });
      expect(pool.idleCount).toBe(1);
      expect(await read(db)).toMatchObject([{ freshness: 'missing' }]);
    });

    test('times are read whatever the DateStyle has become', async () => {
      const { db } = open(10_000, database.url, 1);
      await warm(db);
      await db.query("SET DateStyle = 'German'");
      const [row] = await sleepy.run({ ms: 0 }, db);
      expect(Math.abs(Date.now() - Number(row?.at))).toBeLessThan(3_600_000);
    });

    test('more callers than connections are all answered', async () => {
      const { db, pool } = open(10_000, database.url, 2);
      await Promise.all([warm(db), warm(db)]);
      const rows = await Promise.all(Array.from({ length: 50 }, () => sleepy.run({ ms: 1 }, db)));
      expect(rows.flat()).toHaveLength(50);
      expect(pool.totalCount).toBeLessThanOrEqual(2);
    });
  });

  (pgbouncer ? test : test.skip)('is not prepared behind a pooler, whatever server process comes next', async () => {
    const pooler = await startPooler(database.url, { pool_mode: 'transaction', server_round_robin: '1' });
    closing.push(() => pooler.stop());
    const { db } = open(10_000, pooler.url);
    for (let i = 0; i < 10; i += 1) {
      await Promise.all(Array.from({ length: 4 }, async () => expect(await read(db)).toMatchObject([{ freshness: 'missing' }])));
    }
    expect(await prepared(db)).toEqual([{ n: 0 }]);
  });
});
