import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Pool } from 'pg';
import { catalogue } from '../../src/build/catalogue.js';
import { MigrationFailed } from '../../src/errors.js';
import { migrate, schemaState } from '../../src/migrate.js';
import { asSuperuser } from '../support/server.js';
import { waitUntil } from '../support/wait-until.js';
import { connected, emptyDatabase, folderOf, objectsOf, removeAll } from './empty-database.js';

const files = readdirSync(join(__dirname, '../../sql/migrations')).sort();

afterAll(removeAll);

const catalogueOf = (url: string) => connected(url, catalogue);

describe('migrate', () => {
  test('installs every migration of the package as an owner without special rights, and needs no extension', async () => {
    const database = await emptyDatabase();
    const result = await migrate({ databaseUrl: database.url });
    expect(result).toEqual({ applied: files, alreadyApplied: 0, schemaVersion: files.length, pending: [], host: [] });
    expect(await database.query('SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user')).toEqual([
      { rolsuper: false, rolcreatedb: false, rolcreaterole: false },
    ]);
    expect(await database.query("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'")).toEqual([]);
  });

  test('run again changes nothing', async () => {
    const database = await emptyDatabase();
    await migrate({ databaseUrl: database.url });
    const before = await catalogueOf(database.url);
    const result = await migrate({ databaseUrl: database.url });
    expect(result).toMatchObject({ applied: [], alreadyApplied: files.length, schemaVersion: files.length });
    expect(await catalogueOf(database.url)).toEqual(before);
  });

  test('20 at once, with host tables: each migration is applied by one of them, all succeed', async () => {
    const database = await emptyDatabase();
    const results = await Promise.all(Array.from({ length: 20 }, () => migrate({ databaseUrl: database.url }, { withHostTables: true })));
    expect(results.flatMap((result) => result.applied).sort()).toEqual(files);
    expect(results.map((result) => result.schemaVersion)).toEqual(Array(20).fill(files.length));
    expect(await database.query('SELECT id FROM evergreen.migrations ORDER BY id')).toHaveLength(files.length + 1);
  });

  test('while another migrates it waits, says so, and then has nothing left to do', async () => {
    const database = await emptyDatabase();
    const directory = folderOf({ '0001_one.sql': 'SELECT pg_catalog.pg_advisory_xact_lock(42);' });
    await connected(database.url, async (client) => {
      await client.query('SELECT pg_advisory_lock(42)');
      const messages: string[] = [];
      const first = migrate({ databaseUrl: database.url }, { directory, onProgress: (message) => messages.push(`first: ${message}`) });
      await waitUntil('the first is at work', () => messages.length > 0);
      const second = migrate({ databaseUrl: database.url }, { directory, onProgress: (message) => messages.push(`second: ${message}`) });
      await waitUntil('the second waits', () => messages.length > 1);
      await client.query('SELECT pg_advisory_unlock(42)');
      expect((await first).applied).toEqual(['0001_one.sql']);
      expect((await second).applied).toEqual([]);
      expect(messages).toEqual(['first: Applying 0001_one.sql', 'second: Waiting for another migration of this database']);
    });
  });

  test('applies only what is new after an upgrade of the package, and tells how far a database is', async () => {
    const database = await emptyDatabase();
    const first = { '0001_one.sql': 'CREATE TABLE evergreen.one ();' };
    const directory = folderOf({ ...first, '0002_two.sql': 'CREATE TABLE evergreen.two ();' });
    await migrate({ databaseUrl: database.url }, { directory: folderOf(first) });
    const state = () => connected(database.url, (client) => schemaState(client, directory));
    expect(await state()).toEqual({ schemaVersion: 1, applied: 1, pending: ['0002_two.sql'] });

    expect(await migrate({ databaseUrl: database.url }, { directory })).toMatchObject({
      applied: ['0002_two.sql'],
      alreadyApplied: 1,
      schemaVersion: 2,
    });
    expect(await state()).toEqual({ schemaVersion: 2, applied: 2, pending: [] });
  });

  test('leaves a client that it was given connected, with its own search_path, statement_timeout, isolation level and no lock', async () => {
    const database = await emptyDatabase();
    await connected(database.url, async (client) => {
      await client.query(
        `SET search_path = 'odd name', public; SET statement_timeout = '7s'; SET default_transaction_isolation = 'repeatable read'`,
      );
      const before = (await client.query('SHOW search_path')).rows;
      await migrate({ client });
      expect((await client.query('SHOW search_path')).rows).toEqual(before);
      expect((await client.query('SHOW statement_timeout')).rows).toEqual([{ statement_timeout: '7s' }]);
      expect((await client.query('SHOW transaction_isolation')).rows).toEqual([{ transaction_isolation: 'repeatable read' }]);
      expect((await client.query("SELECT * FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")).rows).toEqual([]);
    });
  });

  test("is not stopped by the role's statement_timeout", async () => {
    const database = await emptyDatabase();
    await asSuperuser((client) => client.query(`ALTER DATABASE ${database.name} SET statement_timeout = '50ms'`));
    const directory = folderOf({ '0001_slow.sql': 'SELECT pg_catalog.pg_sleep(0.2);' });
    expect(await migrate({ databaseUrl: database.url }, { directory })).toMatchObject({ applied: ['0001_slow.sql'] });
  });

  test('a migration that fails is rolled back alone; file, line, SQLSTATE and advice are told; the next run goes on there', async () => {
    const database = await emptyDatabase();
    const good = { '0001_one.sql': 'CREATE TABLE evergreen.one ();' };
    const broken = folderOf({
      ...good,
      '0002_two.sql': 'CREATE TABLE evergreen.two ();\n\nCREATE TABLE evergreen.three (\n  id uuid REFERENCES nowhere\n);\n',
    });
    const error = await migrate({ databaseUrl: database.url }, { directory: broken }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(MigrationFailed);
    expect(error).toMatchObject({ code: 'MIGRATION_FAILED', file: '0002_two.sql', sqlState: '42P01' });
    expect(error.message).toBe('0002_two.sql: relation "nowhere" does not exist');
    expect(await objectsOf(database)).toEqual(expect.arrayContaining(['evergreen.one r']));
    expect(await objectsOf(database)).not.toEqual(expect.arrayContaining(['evergreen.two r']));

    const mended = folderOf({ ...good, '0002_two.sql': 'CREATE TABLE evergreen.two ();' });
    expect(await migrate({ databaseUrl: database.url }, { directory: mended })).toMatchObject({ applied: ['0002_two.sql'] });
  });

  test('tells the line of a syntax error', async () => {
    const database = await emptyDatabase();
    const directory = folderOf({ '0001_one.sql': 'CREATE TABLE evergreen.one ();\n\nCREATE TABBLE evergreen.two ();\n' });
    const error = await migrate({ databaseUrl: database.url }, { directory }).catch((thrown) => thrown);
    expect(error).toMatchObject({ line: 3, sqlState: '42601' });
    expect(error.message).toBe('0001_one.sql:3: syntax error at or near "TABBLE"');
  });

  test('a role that may not create schemas is told what it needs', async () => {
    const database = await emptyDatabase();
    const { url } = await database.createRole();
    const error = await migrate({ databaseUrl: url }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'MIGRATION_FAILED', sqlState: '42501', hint: expect.stringContaining('owner of the database') });
  });

  test('a statement that cannot run in a transaction is applied outside of one', async () => {
    const database = await emptyDatabase();
    const directory = folderOf({
      '0001_one.sql': 'CREATE TABLE evergreen.one (id integer);',
      '0002_index.sql': '-- postgres-migrations disable-transaction\nCREATE INDEX CONCURRENTLY one_id ON evergreen.one (id);',
    });
    expect(await migrate({ databaseUrl: database.url }, { directory })).toMatchObject({ schemaVersion: 2 });
    expect(await objectsOf(database)).toContain('evergreen.one_id i');
  });

  test('reports its progress, one sentence a migration', async () => {
    const database = await emptyDatabase();
    const messages: string[] = [];
    await migrate({ databaseUrl: database.url }, { onProgress: (message) => messages.push(message) });
    expect(messages).toEqual(files.map((file) => `Applying ${file}`));
  });

  test('a connection that is cut in the middle is an error, and the next run completes', async () => {
    const database = await emptyDatabase();
    const directory = folderOf({ '0001_one.sql': 'CREATE TABLE evergreen.one (); SELECT pg_catalog.pg_sleep(60);' });
    const running = migrate({ databaseUrl: database.url }, { directory }).catch((thrown) => thrown);
    await asSuperuser((client) =>
      waitUntil('the migration sleeps', async () => {
        const { rowCount } = await client.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'PgSleep'",
          [database.name],
        );
        return rowCount === 1;
      }),
    );
    expect(await running).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await migrate({ databaseUrl: database.url }, { directory: folderOf({ '0001_one.sql': 'SELECT 1;' }) })).toMatchObject({
      schemaVersion: 1,
    });
  });
});

describe('migrate with host tables', () => {
  test('makes the minimal host tables, attaches them, and says what it did; run again it changes nothing', async () => {
    const database = await emptyDatabase();
    const result = await migrate({ databaseUrl: database.url }, { withHostTables: true });
    expect(result.host.length).toBeGreaterThan(0);
    const tables = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname";
    expect((await database.query(tables)).map((row) => row.relname)).toEqual([
      'companies',
      'company_domain_progress',
      'company_journey_steps',
      'journey_domains',
      'journey_steps',
      'step_activity',
      'users',
    ]);
    const before = [await catalogueOf(database.url), await objectsOf(database)];
    await migrate({ databaseUrl: database.url }, { withHostTables: true });
    expect([await catalogueOf(database.url), await objectsOf(database)]).toEqual(before);
  });

  test('every foreign key of the host tables has an index, every table and column a comment', async () => {
    const database = await emptyDatabase();
    await migrate({ databaseUrl: database.url }, { withHostTables: true });
    const unindexed = `
      SELECT conrelid::regclass::text, conname FROM pg_constraint
       WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS (
         SELECT FROM pg_index WHERE indrelid = conrelid AND (indkey::smallint[])[0:cardinality(conkey) - 1] = conkey)`;
    expect(await database.query(unindexed)).toEqual([]);
    const uncommented = `
      SELECT attrelid::regclass::text, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
       WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
         AND (col_description(attrelid, attnum) IS NULL OR obj_description(attrelid, 'pg_class') IS NULL)`;
    expect(await database.query(uncommented)).toEqual([]);
  });

  test("leaves an application's own tables as they are", async () => {
    const database = await emptyDatabase();
    await database.query('CREATE TABLE public.companies (id uuid PRIMARY KEY, name text, vat_number text)');
    await migrate({ databaseUrl: database.url }, { withHostTables: true });
    expect(await database.query('SELECT id, name, vat_number FROM public.companies')).toEqual([]);
  });
});

describe('what may be given to migrate', () => {
  test('a pool is refused', async () => {
    const database = await emptyDatabase();
    const pool = new Pool({ connectionString: database.url });
    await expect(migrate({ client: pool as never })).rejects.toMatchObject({ code: 'MIGRATION_REFUSED', reason: 'not_a_client' });
    const client = await pool.connect();
    expect(await migrate({ client })).toMatchObject({ schemaVersion: files.length });
    client.release();
    await pool.end();
  });

  test('a client inside a transaction is refused, which stays as it is', async () => {
    const database = await emptyDatabase();
    await connected(database.url, async (client) => {
      await client.query('BEGIN; CREATE TABLE public.mine ()');
      await expect(migrate({ client })).rejects.toMatchObject({ reason: 'in_transaction' });
      await client.query('COMMIT');
    });
    expect(await objectsOf(database)).toContain('public.mine r');
  });

  test('an unreachable database is DatabaseUnavailable', async () => {
    await expect(migrate({ databaseUrl: 'postgresql://nobody@127.0.0.1:1/nothing' })).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
    });
  });
});
