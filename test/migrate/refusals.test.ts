import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { MigrationRefused } from '../../src/errors.js';
import { migrate } from '../../src/migrate.js';
import type { TestDatabase } from '../support/database.js';
import { connected, emptyDatabase, folderOf, objectsOf, removeAll } from './empty-database.js';

const released = {
  '0001_one.sql': 'CREATE TABLE evergreen.one ();',
  '0002_two.sql': 'CREATE TABLE evergreen.two ();',
  '0003_three.sql': 'CREATE TABLE evergreen.three ();',
};

afterAll(removeAll);

/** Migrates and answers the refusal, after having seen that nothing was changed. */
async function refusal(database: TestDatabase, directory?: string): Promise<MigrationRefused> {
  const before = await objectsOf(database);
  const attempt = (dryRun: boolean) =>
    migrate({ databaseUrl: database.url }, { dryRun, ...(directory && { directory }) }).then(
      () => expect('refused').toBe('accepted'),
      (error) => error,
    );
  const refused = await attempt(false);
  expect(refused).toBeInstanceOf(MigrationRefused);
  expect((await attempt(true)).message).toBe(refused.message);
  expect(await objectsOf(database)).toEqual(before);
  return refused;
}

describe('migrate refuses', () => {
  test('a database newer than the package, and names what it does not know', async () => {
    const database = await emptyDatabase();
    await migrate({ databaseUrl: database.url }, { directory: folderOf(released) });
    const refused = await refusal(database, folderOf({ '0001_one.sql': released['0001_one.sql'] }));
    expect(refused).toMatchObject({ code: 'MIGRATION_REFUSED', reason: 'database_newer', migrations: ['0002_two', '0003_three'] });
    expect(refused.message).toBe(
      'the database is newer than this package: it has 0002_two, 0003_three, this package ends with 0001_one.sql',
    );
    expect(refused.hint).toContain('npm install pg-evergreen@latest');
  });

  test.each([
    ['its statements', '0002_two.sql', 'CREATE TABLE evergreen.two (id integer);'],
    ['a comment', '0002_two.sql', `-- better\n${released['0002_two.sql']}`],
    ['its line ends', '0002_two.sql', `${released['0002_two.sql']}\r\n`],
  ])('a migration that was applied and then changed in %s, and says which', async (_, file, text) => {
    const database = await emptyDatabase();
    await migrate({ databaseUrl: database.url }, { directory: folderOf(released) });
    const refused = await refusal(database, folderOf({ ...released, [file]: text }));
    expect(refused).toMatchObject({ reason: 'text_changed', migrations: [file] });
    expect(refused.message).toBe(`${file} was changed after it had been applied to this database`);
  });

  test('a migration that was renamed', async () => {
    const database = await emptyDatabase();
    await migrate({ databaseUrl: database.url }, { directory: folderOf(released) });
    const { '0003_three.sql': text, ...others } = released;
    expect(await refusal(database, folderOf({ ...others, '0003_drei.sql': text }))).toMatchObject({ migrations: ['0003_drei.sql'] });
  });

  test('a history with a hole in it', async () => {
    const database = await emptyDatabase();
    const directory = folderOf(released);
    await migrate({ databaseUrl: database.url }, { directory });
    await database.query('DELETE FROM evergreen.migrations WHERE id = 2');
    expect(await refusal(database, directory)).toMatchObject({
      reason: 'history_broken',
      message: expect.stringContaining('no row for migration 2'),
    });
  });

  test('a database where the files were run with psql -f; its advice, followed, hands over to migrate', async () => {
    const database = await emptyDatabase();
    const folder = join(__dirname, '../../sql/migrations');
    const files = readdirSync(folder).sort();
    for (const file of files) await database.query(readFileSync(join(folder, file), 'utf8'));
    const refused = await refusal(database);
    expect(refused).toMatchObject({ reason: 'not_installed_by_migrate', hint: expect.stringContaining('psql -f') });

    const advice = /INSERT INTO .* VALUES .*\)(?=;)/.exec(refused.hint ?? '')?.[0];
    await database.query(advice ?? '');
    expect(await migrate({ databaseUrl: database.url })).toMatchObject({ applied: [], schemaVersion: files.length });
  });

  test("a schema evergreen that is somebody else's", async () => {
    const database = await emptyDatabase();
    await database.query('CREATE SCHEMA evergreen; CREATE TABLE evergreen.trees (id integer)');
    expect(await refusal(database)).toMatchObject({ reason: 'not_installed_by_migrate' });
  });

  test('a PostgreSQL older than 15', async () => {
    const database = await emptyDatabase();
    await connected(database.url, async (client) => {
      const old = answering(client, /server_version_num/, { number: 140019, version: '14.19', encoding: 'UTF8' });
      await expect(migrate({ client: old })).rejects.toMatchObject({
        reason: 'server_too_old',
        message: 'PostgreSQL 14.19 is too old: pg-evergreen needs 15 or newer',
      });
    });
    expect(await objectsOf(database)).not.toContainEqual(expect.stringContaining('evergreen'));
  });

  test('a database that is not encoded in UTF8', async () => {
    const database = await emptyDatabase();
    await connected(database.url, async (client) => {
      const latin = answering(client, /server_version_num/, { number: 180000, version: '18.0', encoding: 'LATIN1' });
      await expect(migrate({ client: latin })).rejects.toMatchObject({
        reason: 'wrong_encoding',
        message: expect.stringContaining('LATIN1'),
      });
    });
  });
});

/** The client, except that one of its queries is answered so. */
function answering(client: Client, query: RegExp, row: Record<string, unknown>): Client {
  return new Proxy(client, {
    get(target, member) {
      const value = Reflect.get(target, member);
      if (typeof value !== 'function') return value;
      if (member !== 'query') return value.bind(target);
      return (text: string, values?: unknown[]) => (query.test(text) ? Promise.resolve({ rows: [row] }) : target.query(text, values));
    },
  });
}
