import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../../src/build/catalogue.js';
import { migrate } from '../../src/migrate.js';
import { connected, emptyDatabase, folderOf, objectsOf, removeAll } from './empty-database.js';

const files = readdirSync(join(__dirname, '../../sql/migrations')).sort();
const one = { '0001_one.sql': 'CREATE TABLE evergreen.one ();' };
const three = { ...one, '0002_two.sql': 'CREATE TABLE evergreen.two ();', '0003_three.sql': 'CREATE TABLE evergreen.three ();' };
const psql = ['psql', '/usr/bin/psql'].find((name) => spawnSync(name, ['--version']).status === 0);

afterAll(removeAll);

describe('a dry run', () => {
  test('touches nothing, not even the schema', async () => {
    const database = await emptyDatabase();
    const before = await objectsOf(database);
    const result = await migrate({ databaseUrl: database.url }, { dryRun: true, withHostTables: true });
    expect(result).toMatchObject({ applied: [], alreadyApplied: 0, schemaVersion: 0, pending: files, host: [] });
    expect(await objectsOf(database)).toEqual(before);
  });

  test('works for a role that may only read', async () => {
    const database = await emptyDatabase();
    const result = await connected(database.url, async (client) => {
      await client.query('SET default_transaction_read_only = on');
      return migrate({ client }, { dryRun: true });
    });
    expect(result.pending).toEqual(files);
  });

  test('shows only what is pending, and nothing when nothing is', async () => {
    const database = await emptyDatabase();
    await migrate({ databaseUrl: database.url }, { directory: folderOf(one) });
    const result = await migrate({ databaseUrl: database.url }, { directory: folderOf(three), dryRun: true });
    expect(result).toMatchObject({ alreadyApplied: 1, schemaVersion: 1, pending: ['0002_two.sql', '0003_three.sql'] });
    expect(result.sql).toContain('CREATE TABLE evergreen.two');
    expect(result.sql).not.toContain('CREATE TABLE evergreen.one');
    expect(await migrate({ databaseUrl: database.url }, { directory: folderOf(one), dryRun: true })).toMatchObject({
      pending: [],
      sql: '',
    });
  });

  test('its script, run as it is, leaves the database as migrate does, so that migrate finds nothing to do', async () => {
    const database = await emptyDatabase();
    const { sql } = await migrate({ databaseUrl: database.url }, { dryRun: true });
    await connected(database.url, (client) => client.query(sql ?? ''));
    expect(await migrate({ databaseUrl: database.url })).toMatchObject({ applied: [], schemaVersion: files.length });

    const migrated = await emptyDatabase();
    await migrate({ databaseUrl: migrated.url });
    expect(await connected(database.url, catalogue)).toEqual(await connected(migrated.url, catalogue));
    const rows = 'SELECT id, name, hash FROM evergreen.migrations ORDER BY id';
    expect(await database.query(rows)).toEqual(await migrated.query(rows));
  });

  test('its script goes on from an earlier version', async () => {
    const database = await emptyDatabase();
    const directory = folderOf(three);
    await migrate({ databaseUrl: database.url }, { directory: folderOf(one) });
    const { sql } = await migrate({ databaseUrl: database.url }, { directory, dryRun: true });
    await connected(database.url, (client) => client.query(sql ?? ''));
    expect(await migrate({ databaseUrl: database.url }, { directory })).toMatchObject({ applied: [], schemaVersion: 3 });
  });

  // psql comes with a PostgreSQL client, which make test does not need.
  (psql ? test : test.skip)('psql runs its script, with statements that cannot run in a transaction too', async () => {
    const database = await emptyDatabase();
    const directory = folderOf({
      ...one,
      '0002_index.sql': '-- postgres-migrations disable-transaction\nCREATE INDEX CONCURRENTLY one_ctid ON evergreen.one ((1));',
    });
    const { sql } = await migrate({ databaseUrl: database.url }, { directory, dryRun: true });
    execFileSync(psql ?? '', ['--no-psqlrc', '--quiet', '-v', 'ON_ERROR_STOP=1', database.url], {
      input: sql,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    expect(await migrate({ databaseUrl: database.url }, { directory })).toMatchObject({ applied: [], schemaVersion: 2 });
  });
});
