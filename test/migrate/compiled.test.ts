import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { catalogue } from '../../src/build/catalogue.js';
import { differences } from '../../src/build/compile-migrations.js';
import { createDatabase, type TestDatabase, useDatabase } from '../support/database.js';

const ROOT = join(__dirname, '../..');
const FILES = readdirSync(join(ROOT, 'sql/migrations'))
  .sort()
  .map((file) => join(ROOT, 'sql/migrations', file));
const PSQL = [process.env.TEST_POSTGRES_BIN, ...(process.env.PATH ?? '').split(':')]
  .map((folder) => join(folder ?? '', 'psql'))
  .find((path) => existsSync(path));

const migrated = useDatabase();
let empty: TestDatabase;

beforeEach(async () => {
  empty = await createDatabase({ empty: true });
});
afterEach(() => empty.close());

test('the compiled migrations are what their sources say', () => {
  expect(differences(ROOT)).toEqual([]);
});

test('the files alone, run in order, give the same catalogue as migrate', async () => {
  const client = new Client({ connectionString: empty.url });
  await client.connect();
  for (const file of FILES) await client.query(readFileSync(file, 'utf8'));
  await client.end();
  expect(await catalogue(empty.pool)).toEqual(await catalogue(migrated.pool));
});

// psql comes with a PostgreSQL client, which make test does not need; .ci/run has one and counts a skipped test as failed.
(PSQL ? test : test.skip)('psql -f of the files, in order, gives the same catalogue as migrate', async () => {
  for (const file of FILES) {
    await promisify(execFile)(PSQL as string, ['--no-psqlrc', '--quiet', '-v', 'ON_ERROR_STOP=1', '-d', empty.url, '-f', file]);
  }
  expect(await catalogue(empty.pool)).toEqual(await catalogue(migrated.pool));
});
