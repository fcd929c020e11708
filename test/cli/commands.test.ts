import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase, type DatabaseOptions, type TestDatabase } from '../support/database.js';
import { removeFolders, runCli } from './run-cli.js';

const files = readdirSync(join(__dirname, '../../sql/migrations')).sort();
const databases: TestDatabase[] = [];

afterAll(async () => {
  for (const database of databases) await database.close();
  removeFolders();
});

async function newDatabase(options: DatabaseOptions): Promise<TestDatabase> {
  const database = await createDatabase(options);
  databases.push(database);
  return database;
}

const on = (database: TestDatabase, ...parameters: string[]) => runCli([...parameters, '--database-url', database.url]);

describe('migrate', () => {
  test('says what it applied, then that there is nothing to do', async () => {
    const database = await newDatabase({ empty: true });
    const first = await on(database, 'migrate');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout.split('\n').slice(0, files.length)).toEqual(files.map((file) => `Applied ${file}`));
    expect(first.stdout).toMatch(new RegExp(`${database.name} on .* is at schema version ${files.length}\n$`));

    const second = await on(database, 'migrate');
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toMatch(/is at schema version \d+: nothing to do\n$/);
  });

  test('several processes at once all succeed', async () => {
    const database = await newDatabase({ empty: true });
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => on(database, 'migrate')));
    expect(outcomes.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array(4).fill({ code: 0, stderr: '' }));
    expect(outcomes.flatMap(({ stdout }) => stdout.match(/^Applied .*$/gm) ?? []).sort()).toEqual(files.map((file) => `Applied ${file}`));
  });

  test('--dry-run prints the script and touches nothing', async () => {
    const database = await newDatabase({ empty: true });
    const { code, stdout, stderr } = await on(database, 'migrate', '--dry-run', '--with-host-tables');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const file of files) expect(stdout).toContain(`-- ${file}\n`);
    expect(stdout).toContain('CREATE TABLE IF NOT EXISTS public.companies');
    expect(await database.query("SELECT nspname FROM pg_namespace WHERE nspname = 'evergreen'")).toEqual([]);
    expect(await database.query("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")).toEqual([]);
  });

  test('--dry-run on a migrated database prints a comment, which psql accepts', async () => {
    const { stdout } = await on(await newDatabase({}), 'migrate', '--dry-run');
    expect(stdout).toMatch(/^-- Nothing to do: .*\n$/);
  });

  test('--with-host-tables makes and attaches them, and lists what was done', async () => {
    const database = await newDatabase({ empty: true });
    const { code, stdout } = await on(database, 'migrate', '--with-host-tables');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Host tables\n.*\n.*\n.*public\.companies/);
    expect(await database.query('SELECT id FROM evergreen.host_companies')).toEqual([]);
  });

  test('a newer database is refused with an exit code of its own, by status too', async () => {
    const database = await newDatabase({});
    await database.query(`INSERT INTO evergreen.migrations (id, name, hash) VALUES (${files.length + 1}, 'from_the_future', 'abc')`);
    for (const command of ['migrate', 'status']) {
      const { code, stdout, stderr } = await on(database, command);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toContain(`it has 000${files.length + 1}_from_the_future`);
      expect(stderr).toContain('HINT: Upgrade the package');
    }
  });

  test('a changed migration is refused, and named', async () => {
    const database = await newDatabase({});
    await database.query("UPDATE evergreen.migrations SET hash = 'another' WHERE id = 1");
    const { code, stderr } = await on(database, 'migrate');
    expect(code).toBe(1);
    expect(stderr).toContain(`${files[0]} was changed after it had been applied`);
  });
});

describe('attach', () => {
  test('attaches the tables of a schema and lists what it did', async () => {
    const database = await newDatabase({});
    await database.query('CREATE SCHEMA shop; CREATE TABLE shop.companies (id uuid PRIMARY KEY, name text NOT NULL)');
    const { code, stdout, stderr } = await on(database, 'attach', '--schema', 'shop');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/host_companies.*shop\.companies/);
  });

  test('wrong columns are listed all at once', async () => {
    const database = await newDatabase({});
    await database.query('CREATE TABLE public.companies (id integer PRIMARY KEY, name text); CREATE TABLE public.users (email text)');
    const { code, stdout, stderr } = await on(database, 'attach');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/companies/);
    expect(stderr).toMatch(/users/);
    expect(stderr).toMatch(/^HINT: /m);
  });

  test('a schema that does not exist is one clear line', async () => {
    const { code, stderr } = await on(await newDatabase({}), 'attach', '--schema', 'nowhere');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pg-evergreen: .*nowhere/);
  });
});

describe('status', () => {
  test('shows versions, policies, content, leases, spend and maintenance', async () => {
    const { code, stdout, stderr } = await on(await newDatabase({ host: true }), 'status');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^PostgreSQL {10}\d+\.\d+/m);
    expect(stdout).toMatch(new RegExp(`^schema version {6}${files.length}$`, 'm'));
    expect(stdout).toMatch(/^pending migrations {2}none$/m);
    for (const title of ['Policies', 'Content', 'Leases held', 'Spend this month (UTC)', 'Last maintenance']) {
      expect(stdout).toContain(`\n${title}\n`);
    }
    expect(stdout).toMatch(/^ {2}recommendation +14 days/m);
  });

  test('shows a budget, and a lease that is held', async () => {
    const database = await newDatabase({ host: true });
    await database.query("SELECT evergreen.set_budget('overall', NULL, 25)");
    const [company] = await database.query<{ id: string }>("INSERT INTO public.companies (name) VALUES ('Acme') RETURNING id");
    const [lookup] = await database.query<{ cache_key: string; seen: string }>(
      'SELECT cache_key, seen FROM evergreen.lookup_recommendations(p_company_id => $1)',
      [company?.id],
    );
    const claim = await database.query(
      `SELECT state FROM evergreen.claim_generation(p_content_type => 'recommendation', p_cache_key => $1, p_holder => 'worker-7', p_seen => $2,
                                                    p_company_id => $3, p_provider => 'openai', p_model => 'gpt-4o-mini')`,
      [lookup?.cache_key, lookup?.seen, company?.id],
    );
    expect(claim).toEqual([{ state: 'claimed' }]);
    const { stdout } = await on(database, 'status');
    expect(stdout).toMatch(/Leases held\n.*\n.*\n {2}recommendation .*worker-7/);
    expect(stdout).toMatch(/Spend this month \(UTC\)\n.*\n.*\n {2}overall .*\b25\b/);
  });

  test('--json is one object with the same', async () => {
    const { code, stdout } = await on(await newDatabase({}), 'status', '--json');
    expect(code).toBe(0);
    const status = JSON.parse(stdout);
    expect(status).toMatchObject({ schema_version: files.length, pending_migrations: [], content: [], leases: [] });
    expect(status.policies.map((policy: { content_type: string }) => policy.content_type)).toContain('health');
  });

  test('names pending migrations', async () => {
    const database = await newDatabase({});
    await database.query(`DELETE FROM evergreen.migrations WHERE id = ${files.length}`);
    const { code, stdout } = await on(database, 'status');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^pending migrations {2}${files.at(-1)}$`, 'm'));
  });

  test('without the schema it says what to do', async () => {
    const { code, stdout, stderr } = await on(await newDatabase({ empty: true }), 'status');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^pg-evergreen: the schema evergreen is not installed in test_\w+ on .*\nHINT: Run: pg-evergreen migrate/);
  });
});

describe('maintain', () => {
  test('runs the maintenance, says what each step did, and status shows it', async () => {
    const database = await newDatabase({});
    const { code, stdout, stderr } = await on(database, 'maintain');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ {2}info +\w/m);
    expect((await on(database, 'status')).stdout).toMatch(/Last maintenance\n.*\n.*\n.*Z +done\n/);
  });

  test('without the schema it says what to do', async () => {
    const { code, stderr } = await on(await newDatabase({ empty: true }), 'maintain');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pg-evergreen: .*\nHINT: Run: npx pg-evergreen migrate\n$/);
  });
});
