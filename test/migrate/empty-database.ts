/** For suites about installing: databases with nothing in them, folders of migrations, and what a database consists of. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createDatabase, type TestDatabase } from '../support/database.js';

const databases: TestDatabase[] = [];
const folders: string[] = [];

/** An empty database that a plain role owns; `removeAll` drops it. */
export async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createDatabase({ empty: true });
  databases.push(database);
  return database;
}

/** A folder with these files, by name; `removeAll` removes it. */
export function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-migrations-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Runs `work` on a connection of its own. */
export async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Every schema, relation and function of the database outside of PostgreSQL's own schemas, one line each. */
export async function objectsOf(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ line: string }>(
    `SELECT format('%s.%s %s', n.nspname, c.relname, c.relkind) AS line FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
     UNION ALL
     SELECT format('%s.%s function', n.nspname, p.proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
     UNION ALL
     SELECT format('schema %s %s', nspname, nspacl) FROM pg_namespace
     ORDER BY 1`,
  );
  return rows.map((row) => row.line);
}

/** Removes what this suite made; for `afterAll`. */
export async function removeAll(): Promise<void> {
  for (const database of databases.splice(0)) await database.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
