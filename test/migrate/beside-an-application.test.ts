import { migrate as migrateApplication } from 'postgres-migrations';
import { migrate } from '../../src/migrate.js';
import type { TestDatabase } from '../support/database.js';
import { connected, emptyDatabase, folderOf, objectsOf, removeAll } from './empty-database.js';

const first = { '0001_shop.sql': 'CREATE TABLE public.shop ();' };
const both = { ...first, '0002_shelf.sql': 'CREATE TABLE public.shelf ();' };

const application = (database: TestDatabase, files: Record<string, string>) =>
  connected(database.url, (client) => migrateApplication({ client }, folderOf(files)));

const evergreen = (database: TestDatabase) => migrate({ databaseUrl: database.url });

afterAll(removeAll);

describe('beside an application that uses postgres-migrations itself', () => {
  test('evergreen comes second: both go on migrating', async () => {
    const database = await emptyDatabase();
    await application(database, first);
    const { schemaVersion } = await evergreen(database);
    expect(await application(database, both)).toHaveLength(1);
    expect(await evergreen(database)).toMatchObject({ applied: [], schemaVersion });
    expect(await database.query('SELECT id FROM public.migrations ORDER BY id')).toEqual([{ id: 0 }, { id: 1 }, { id: 2 }]);
    expect(await database.query('SELECT max(id) FROM evergreen.migrations')).toEqual([{ max: schemaVersion }]);
  });

  test('evergreen comes first: the application can still begin', async () => {
    const database = await emptyDatabase();
    const { schemaVersion } = await evergreen(database);
    expect(await application(database, both)).toHaveLength(3);
    expect(await evergreen(database)).toMatchObject({ applied: [], schemaVersion });
    expect(await database.query('SELECT count(*)::integer FROM public.migrations')).toEqual([{ count: 3 }]);
  });

  test('both at once', async () => {
    const database = await emptyDatabase();
    const [{ schemaVersion }, files] = await Promise.all([evergreen(database), application(database, both)]);
    expect(files).toHaveLength(3);
    expect(await evergreen(database)).toMatchObject({ applied: [], schemaVersion });
  });
});

test.each([
  ['a table of another shape', 'CREATE TABLE public.migrations (version text PRIMARY KEY, dirty boolean)'],
  ['a view', 'CREATE VIEW public.migrations AS SELECT 1 AS one'],
  ['a partitioned table', 'CREATE TABLE public.migrations (id integer) PARTITION BY RANGE (id)'],
  ['a table in a third schema', 'CREATE SCHEMA third; CREATE TABLE third.migrations (id integer, name text, hash text)'],
  ['a sequence', 'CREATE SEQUENCE public.migrations'],
])('a foreign "migrations" that is %s does not matter, and stays as it is', async (_, statements) => {
  const database = await emptyDatabase();
  await database.query(statements);
  const others = async () => (await objectsOf(database)).filter((line) => /^(public|third)\./.test(line));
  const before = await others();
  const { schemaVersion } = await evergreen(database);
  expect(await evergreen(database)).toMatchObject({ applied: [], schemaVersion });
  expect(await others()).toEqual(before);
});
