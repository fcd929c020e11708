import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { newFolder, removeFolders, runCli } from './run-cli.js';

// psql comes with a PostgreSQL client, which make test does not need.
const hasPsql = spawnSync('psql', ['--version']).status === 0;

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase();
});
afterAll(async () => {
  await database.close();
  removeFolders();
});

(hasPsql ? describe : describe.skip)('psql', () => {
  test('opens the database with the schema evergreen in its search_path', async () => {
    const { code, stdout, stderr } = await runCli([
      'psql',
      '--database-url',
      database.url,
      '-AtX',
      '-c',
      'SELECT count(*) > 0 FROM policies',
    ]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 't\n', stderr: '' });
  });

  test('takes the database from DATABASE_URL, statements from standard input', async () => {
    const { code, stdout } = await runCli(['psql', '-AtX'], { env: { DATABASE_URL: database.url }, input: 'SELECT current_database();' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${database.name}\n` });
  });

  test("passes psql's own options and exit code on", async () => {
    const parameters = ['psql', '-X', '-v', 'ON_ERROR_STOP=1', '-v', 'x=--help', `--database-url=${database.url}`];
    const { code, stderr } = await runCli(parameters, { input: 'SELECT * FROM nowhere;' });
    expect(code).toBe(3);
    expect(stderr).toContain('relation "nowhere" does not exist');
  });

  test('the password stands in no command line', async () => {
    const { stdout } = await runCli(['psql', '-X', '--database-url', database.url], { input: "\\! tr '\\0' ' ' < /proc/$PPID/cmdline" });
    expect(stdout).toContain('psql');
    expect(stdout).not.toContain(`:${new URL(database.url).password}@`);
  });

  test('a setting of PGOPTIONS is kept', async () => {
    const { stdout } = await runCli(['psql', '-AtX', '--database-url', database.url, '-c', 'SHOW work_mem', '-c', 'SHOW search_path'], {
      env: { PGOPTIONS: '-c work_mem=7MB' },
    });
    expect(stdout).toBe('7MB\n"$user",public,evergreen\n');
  });
});

test('without psql on the machine one line says how to get it', async () => {
  const bin = join(newFolder(), 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
  const { code, stdout, stderr } = await runCli(['psql', '--database-url', database.url], {
    env: { PATH: [bin, '/nowhere'].join(delimiter) },
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^pg-evergreen: psql is not installed on this machine\nHINT: .*apt-get install postgresql-client/);
});
