/** Databases for suites: each a copy of a migrated template, owned by a plain role, dropped at the end. */
import { randomBytes } from 'node:crypto';
import { Pool, type QueryResultRow } from 'pg';
import { asSuperuser, currentRun, databaseUrl } from './server.js';

/** What a suite's database may be. */
export interface DatabaseOptions {
  /** With the minimal host tables of sql/host, attached. */
  readonly host?: boolean;
  /** Without anything in it: for suites about installing. */
  readonly empty?: boolean;
}

/** A database of a suite's own. */
export interface TestDatabase {
  readonly name: string;
  /** Connection string of its owner, a plain role. */
  readonly url: string;
  /** Connection string of the server's superuser, to this database. */
  readonly superuserUrl: string;
  /** Connections of the owner, 10 at most. */
  readonly pool: Pool;
  /** Runs one statement as the owner and answers its rows. */
  query<Row extends QueryResultRow = QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Runs one statement as the superuser and answers its rows. */
  superuserQuery<Row extends QueryResultRow = QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Makes a role that can log in and nothing else, removed with the database. */
  createRole(): Promise<{ name: string; url: string }>;
  /** Drops the database and its roles; keeps them when a test of the suite failed and KEEP_DATABASES is 1. */
  close(): Promise<void>;
}

/** Copies a template. Call `close` in `afterAll`, or let `useDatabase` do both. */
export async function createDatabase(options: DatabaseOptions = {}): Promise<TestDatabase> {
  const run = currentRun();
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = options.empty ? 'template0' : options.host ? run.templates.host : run.templates.bare;
  await asSuperuser((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${run.owner.name}`));
  const url = databaseUrl(run.url, name, run.owner);
  const superuserUrl = databaseUrl(run.url, name);
  const pool = new Pool({ connectionString: url, max: 10 });
  pool.on('error', () => undefined);
  const roles: string[] = [];
  return {
    name,
    url,
    superuserUrl,
    pool,
    async query<Row extends QueryResultRow>(text: string, values?: unknown[]) {
      return (await pool.query<Row>(text, values)).rows;
    },
    superuserQuery: <Row extends QueryResultRow>(text: string, values?: unknown[]) =>
      asSuperuser(async (client) => (await client.query<Row>(text, values)).rows, name),
    async createRole() {
      const role = { name: `role_${randomBytes(6).toString('hex')}`, password: 'role' };
      await asSuperuser((client) => client.query(`CREATE ROLE ${role.name} LOGIN PASSWORD '${role.password}'`));
      roles.push(role.name);
      return { name: role.name, url: databaseUrl(run.url, name, role) };
    },
    async close() {
      await pool.end();
      if (process.env.KEEP_DATABASES === '1' && (globalThis as { suiteFailed?: boolean }).suiteFailed) return;
      await asSuperuser(async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
        for (const role of roles) await client.query(`DROP ROLE ${role}`);
      });
    },
  };
}

/** A database from `beforeAll` to `afterAll` of the suite that calls this; its members can be used inside of tests and hooks. */
export function useDatabase(options: DatabaseOptions = {}): TestDatabase {
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await createDatabase(options);
  });
  afterAll(() => database?.close());
  return new Proxy({} as TestDatabase, {
    get(_, member) {
      if (!database) throw new Error('the database exists from beforeAll on: use it inside of a test or a hook');
      return Reflect.get(database, member);
    },
  });
}
