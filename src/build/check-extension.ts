/**
 * Proves the extension on a server that has its files (`make install-extension`): `make check-extension`. A plain owner creates it, it has the
 * catalogue that migrate gives, and its rows survive pg_dump and pg_restore.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate } from '../migrate.js';
import { catalogue } from './catalogue.js';
import { type Server, startServer } from './server.js';

const OWNER = 'evergreen_owner';
/** An extension has no monthly partitions: pg_dump cannot restore partitions of a table that belongs to one. */
const MONTH = /ai_generation_logs_\d{4}_\d{2}/;
/** What follows CREATE EXTENSION, and attaching what follows pg_restore. */
const SETUP = 'SELECT evergreen.setup_ai_persistence_schema()';
const ATTACH = `SELECT evergreen.attach_host('public')`;
/** Rows of several kinds, in tables with sequences and partitions too. */
const USE = `
SELECT evergreen.register_model('openai', 'checked', 1, 2, 0.5);
SELECT evergreen.publish_prompt('recommendation', 'Hello {{name}}');
SELECT evergreen.set_budget('company', '00000000-0000-4000-8000-000000000001', 5);
SELECT evergreen.log_generation('recommendation', 'checked', true, p_prompt_tokens => 10, p_completion_tokens => 5);
SELECT evergreen.log_generation('recommendation', 'checked', true, p_prompt_tokens => 10, p_created_at => now() - interval '3 months');`;

async function connected<T>(server: Server, database: string, user: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: urlOf(server, database, user) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(server: Server, database: string, user: string): string {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  url.username = user;
  return url.href;
}

/** Every table with its rows, as text. */
async function contents(client: Client): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(`
    SELECT oid::regclass::text AS name FROM pg_class
    WHERE relnamespace = 'evergreen'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'host_attachments' ORDER BY 1`);
  const lines: string[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ONLY ${name} AS t ORDER BY 1`);
    lines.push(`${name}: ${rows.length} rows`, ...rows.map(({ row }) => `${name}: ${row}`));
  }
  return lines;
}

function run(server: Server, program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(join(server.bin, program), args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed:\n${stderr}`);
}

function expectSame(what: string, actual: readonly string[], expected: readonly string[]): void {
  const surplus = actual.filter((line) => !expected.includes(line)).map((line) => `  only in the first: ${line}`);
  const missing = expected.filter((line) => !actual.includes(line)).map((line) => `  only in the second: ${line}`);
  if (surplus.length + missing.length > 0) throw new Error(`${what}:\n${[...surplus, ...missing].join('\n')}`);
  console.log(`${what}: equal (${expected.length} lines)`);
}

async function check(server: Server, scratch: string): Promise<void> {
  await connected(server, 'postgres', 'postgres', async (client) => {
    await client.query(`CREATE ROLE ${OWNER} LOGIN`);
    for (const name of ['extension', 'migrated', 'restored']) await client.query(`CREATE DATABASE ${name} OWNER ${OWNER}`);
  });
  await migrate({ databaseUrl: urlOf(server, 'migrated', OWNER) }, { withHostTables: true });
  const expected = (await connected(server, 'migrated', OWNER, catalogue)).filter((line) => !MONTH.test(line));
  const before = await connected(server, 'extension', OWNER, async (client) => {
    await client.query('CREATE EXTENSION evergreen');
    await client.query(readFileSync(join(__dirname, '../../sql/host/tables.sql'), 'utf8'));
    await client.query(SETUP);
    await client.query(ATTACH);
    expectSame('catalogue of the extension and of migrate', await catalogue(client), expected);
    await client.query(USE);
    return await contents(client);
  });
  const dump = join(scratch, 'dump');
  run(server, 'pg_dump', ['-Fc', '-f', dump, urlOf(server, 'extension', OWNER)]);
  run(server, 'pg_restore', ['--exit-on-error', '-d', urlOf(server, 'restored', OWNER), dump]);
  await connected(server, 'restored', OWNER, async (client) => {
    expectSame('rows after pg_restore and before pg_dump', await contents(client), before);
    await client.query(SETUP);
    expectSame('rows after setup once more and before pg_dump', await contents(client), before);
    await client.query(ATTACH);
    expectSame('catalogue after pg_restore and of migrate', await catalogue(client), expected);
    await client.query(USE);
  });
}

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'evergreen-extension-'));
  const server = await startServer();
  try {
    await check(server, scratch);
  } finally {
    await server.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
