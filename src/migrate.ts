import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientBase } from 'pg';
import { loadMigrationFiles, migrate as runMigrations } from 'postgres-migrations';
import { fromDatabaseError, MigrationFailed, MigrationRefused } from './errors.js';

/** Where to migrate: a database URL, or a connected client of your own (one connection, never a pool; it stays open). */
export type MigrationTarget = { databaseUrl: string } | { client: ClientBase };

/** Options of `migrate`. */
export interface MigrateOptions {
  /** Work out what would run, as one script, and touch nothing. */
  dryRun?: boolean;
  /** Afterwards make the minimal host tables in the schema public, where they are missing, and attach them. */
  withHostTables?: boolean;
  /** Called with one sentence at the beginning of each part of the work. */
  onProgress?: (message: string) => void;
  /** Directory of the compiled migrations; the package's own by default. */
  directory?: string;
  /** Milliseconds to wait for the connection; 10 seconds by default. */
  connectTimeoutMs?: number;
}

/** What `migrate` did. */
export interface MigrateResult {
  /** File names of the migrations that were applied now, in order. Empty for a dry run. */
  applied: string[];
  /** How many had been applied before. */
  alreadyApplied: number;
  /** Number of the newest migration in the database, 0 for none. */
  schemaVersion: number;
  /** File names of the migrations that are still to be applied: none, except after a dry run. */
  pending: string[];
  /** What `attach_host` did, one row each, when host tables were asked for. */
  host: Record<string, unknown>[];
  /** The script of a dry run: run with `psql -f` it leaves the database as `migrate` does, bookkeeping included. */
  sql?: string;
}

/** How far a database is, as `status` shows it. */
export interface SchemaState {
  /** Number of the newest migration in the database, 0 for none. */
  schemaVersion: number;
  /** How many migrations the database has. */
  applied: number;
  /** File names of this package's migrations that the database has not. */
  pending: string[];
}

interface AppliedMigration {
  id: number;
  name: string;
  hash: string;
}

type MigrationFile = Awaited<ReturnType<typeof loadMigrationFiles>>[number];

const sqlDirectory = path.join(__dirname, '..', 'sql');
const packageMigrations = path.join(sqlDirectory, 'migrations');
const hostTables = path.join(sqlDirectory, 'host', 'tables.sql');

const hintBySqlState: Record<string, string> = {
  '42501': 'Run migrate as the owner of the database, or GRANT CREATE ON DATABASE to this role; whoever migrated first must migrate again.',
  '25006': 'This server only reads (a standby?): migrate its primary.',
};

const oldestServer = 150000;
const lockKeys = "hashtext('pg-evergreen'), hashtext('migrate')";
const lockPause = 100;

// A view, because an application that uses postgres-migrations itself takes any table called "migrations", in any schema, for its own.
const bookkeeping = `CREATE SCHEMA IF NOT EXISTS evergreen;
CREATE TABLE IF NOT EXISTS evergreen.applied_migrations (
  id integer PRIMARY KEY,
  name varchar(100) UNIQUE NOT NULL,
  hash varchar(40) NOT NULL,
  executed_at timestamp DEFAULT current_timestamp
);
CREATE OR REPLACE VIEW evergreen.migrations AS SELECT id, name, hash, executed_at FROM evergreen.applied_migrations;
`;

/**
 * Installs or upgrades the schema `evergreen`. Safe to call any number of times, by any number of processes at once; an ordinary owner of the
 * database may do it. Refuses, changing nothing, what would end badly: see `MigrationRefused`. A file that fails is rolled back, those before it stay.
 */
export async function migrate(target: MigrationTarget, options: MigrateOptions = {}): Promise<MigrateResult> {
  return withClient(target, options, async (client) => {
    await requireSuitableServer(client);
    const files = await loadMigrationFiles(options.directory ?? packageMigrations);
    return options.dryRun ? plan(client, files, options) : await apply(client, files, target, options);
  });
}

/** Reads how far a database is. Changes nothing; throws `MigrationRefused` for a database that `migrate` would refuse. */
export async function schemaState(client: ClientBase, directory: string = packageMigrations): Promise<SchemaState> {
  const files = await loadMigrationFiles(directory);
  const applied = await readApplied(client, files);
  return { schemaVersion: newest(applied), applied: own(applied).length, pending: pendingOf(files, applied).map((file) => file.fileName) };
}

async function plan(client: ClientBase, files: MigrationFile[], options: MigrateOptions): Promise<MigrateResult> {
  const applied = await readApplied(client, files);
  const pending = pendingOf(files, applied);
  const rowOfTable = applied.length === 0 ? files.slice(0, 1) : [];
  const parts = pending.length === 0 ? [] : [inTransaction(bookkeeping + rowOfTable.map(bookkeepingRow).join(''))];
  for (const file of pending) {
    const own = `-- ${file.fileName}\n${ended(file.sql)}${bookkeepingRow(file)}`;
    parts.push(runsInTransaction(file) ? inTransaction(own) : own);
  }
  if (options.withHostTables) {
    parts.push(
      inTransaction(`-- host/tables.sql\n${ended(await readFile(hostTables, 'utf8'))}SELECT * FROM evergreen.attach_host('public');\n`),
    );
  }
  return {
    applied: [],
    alreadyApplied: own(applied).length,
    schemaVersion: newest(applied),
    pending: pending.map((file) => file.fileName),
    host: [],
    sql: parts.join('\n'),
  };
}

async function apply(client: ClientBase, files: MigrationFile[], target: MigrationTarget, options: MigrateOptions): Promise<MigrateResult> {
  const progress = options.onProgress ?? (() => undefined);
  if ('databaseUrl' in target) await refuseTransactionPooling(client, target.databaseUrl, options);

  await lock(client, progress);
  const restore = await prepareSession(client);
  try {
    const alreadyApplied = own(await readApplied(client, files)).length;
    await createBookkeeping(client);
    const applied = await runFiles(client, files, options.directory ?? packageMigrations, progress);
    const host = options.withHostTables ? await makeHost(client, progress) : [];
    return {
      applied,
      alreadyApplied,
      schemaVersion: newest(await readApplied(client, files)),
      pending: [],
      host,
    };
  } finally {
    // A connection that broke took its lock and settings with it.
    await client.query(restore).catch(() => undefined);
    await client.query(`SELECT pg_advisory_unlock(${lockKeys})`).catch(() => undefined);
  }
}

async function withClient<T>(target: MigrationTarget, options: MigrateOptions, work: (client: ClientBase) => Promise<T>): Promise<T> {
  if ('client' in target) {
    if ('totalCount' in target.client) {
      throw new MigrationRefused('not_a_client', 'migrate was given a pool, which spreads its statements over several connections', {
        hint: 'Pass one client of it (await pool.connect()), or a databaseUrl.',
      });
    }
    if (!['I', null].includes(target.client.getTransactionStatus())) {
      throw new MigrationRefused('in_transaction', 'the client given to migrate is inside a transaction', {
        hint: 'COMMIT or ROLLBACK first.',
      });
    }
    return await told(() => work(target.client));
  }
  const client = new Client({
    connectionString: target.databaseUrl,
    application_name: 'pg-evergreen migrate',
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
  });
  // A connection that breaks fails the query under way; without a listener it would end the process as well.
  client.on('error', () => undefined);
  try {
    await told(() => client.connect());
    return await told(() => work(client));
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = fromDatabaseError(error);
    const { code } = known as { code?: string };
    const hint = hintBySqlState[code ?? ''];
    throw hint ? new MigrationFailed('evergreen.migrations', known.message, { hint, sqlState: code, cause: error }) : known;
  }
}

async function requireSuitableServer(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string; encoding: string }>(
    `SELECT current_setting('server_version_num')::integer AS number, current_setting('server_version') AS version,
            current_setting('server_encoding') AS encoding`,
  );
  const server = rows[0];
  if (server && server.number < oldestServer) {
    throw new MigrationRefused('server_too_old', `PostgreSQL ${server.version} is too old: pg-evergreen needs 15 or newer`, {
      hint: 'Upgrade the server; 15, 16, 17 and 18 are supported.',
    });
  }
  if (server && server.encoding !== 'UTF8') {
    throw new MigrationRefused('wrong_encoding', `the database is encoded in ${server.encoding}: pg-evergreen needs UTF8`, {
      hint: "Use a database made by: CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0",
    });
  }
}

/**
 * A pooler that hands out a connection per transaction loses session locks and settings between statements. It shows itself by a cancellation key
 * that is not its backend's, and then by giving two sessions the same backend, or one session two.
 */
async function refuseTransactionPooling(client: ClientBase, databaseUrl: string, options: MigrateOptions): Promise<void> {
  const backendOf = async (each: ClientBase) => (await each.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
  const announced = (client as ClientBase & { processID?: number }).processID;
  const first = await backendOf(client);
  if (announced === undefined || announced === first) return;

  const other = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000 });
  other.on('error', () => undefined);
  try {
    await other.connect();
    const ownBackend = async () => {
      await other.query('BEGIN');
      const kept = (await backendOf(other)) !== first && (await backendOf(client)) === first;
      await other.query('ROLLBACK');
      return kept;
    };
    // A pooler that hands out a connection per statement refuses BEGIN.
    if (await ownBackend().catch(() => false)) return;
  } finally {
    await other.end().catch(() => undefined);
  }
  throw new MigrationRefused('transaction_pooling', 'this connection goes through a pooler that changes the backend between transactions', {
    hint: "Give migrate a URL that leads straight to PostgreSQL, or to the pooler's session mode.",
  });
}

async function lock(client: ClientBase, progress: (message: string) => void): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { rows } = await client.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${lockKeys}) AS locked`);
    if (rows[0]?.locked) return;
    if (attempt === 0) progress('Waiting for another migration of this database');
    await sleep(lockPause / 2 + Math.random() * lockPause);
  }
}

/** Sets what the migrations need on this connection and returns the statement that sets it back. */
async function prepareSession(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ restore: string }>(
    `SELECT string_agg(format('SET %I = %s', name, CASE name WHEN 'search_path' THEN setting ELSE quote_literal(setting) END), '; ') AS restore
       FROM pg_catalog.pg_settings WHERE name IN ('search_path', 'statement_timeout', 'default_transaction_isolation')`,
  );
  // postgres-migrations calls its table plainly "migrations"; a role's statement_timeout is meant for its queries; policies are made in READ COMMITTED only.
  await client.query(`SET search_path = evergreen; SET statement_timeout = 0; SET default_transaction_isolation = 'read committed'`);
  return rows[0]?.restore ?? '';
}

async function createBookkeeping(client: ClientBase): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(`SELECT pg_advisory_xact_lock(${lockKeys})`);
    const { rows } = await client.query<{ missing: boolean }>("SELECT to_regclass('evergreen.migrations') IS NULL AS missing");
    if (rows[0]?.missing) await client.query(bookkeeping);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function readApplied(client: ClientBase, files: MigrationFile[]): Promise<AppliedMigration[]> {
  const { rows: found } = await client.query<{ history: boolean; objects: number }>(
    `SELECT to_regclass('evergreen.migrations') IS NOT NULL AS history,
            (SELECT count(*)::integer FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              WHERE n.nspname = 'evergreen' AND c.relname NOT IN ('applied_migrations', 'migrations') AND c.relkind IN ('r', 'p', 'v'))
            + (SELECT count(*)::integer FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
                WHERE n.nspname = 'evergreen') AS objects`,
  );
  const applied = found[0]?.history
    ? (await client.query<AppliedMigration>('SELECT id, name, hash FROM evergreen.migrations ORDER BY id')).rows
    : [];
  if (applied.length === 0 && (found[0]?.objects ?? 0) > 0) refuseForeignInstallation(files);
  refuseBrokenHistory(applied);
  refuseNewerDatabase(files, applied);
  refuseChangedText(files, applied);
  return applied;
}

function refuseForeignInstallation(files: MigrationFile[]): never {
  const rows = files.map((file) => `(${file.id}, '${file.name}', '${file.hash}')`).join(', ');
  throw new MigrationRefused(
    'not_installed_by_migrate',
    'the schema evergreen has objects in it, but evergreen.migrations does not say which migrations made them',
    {
      hint:
        'If the files were run with psql -f, either go on so (psql -f of each newer file), or hand over to migrate by telling it which ones ran: ' +
        `INSERT INTO evergreen.migrations (id, name, hash) VALUES ${rows}; leave out files that did not run. ` +
        'The script of migrate --dry-run keeps these rows itself.',
    },
  );
}

function refuseBrokenHistory(applied: AppliedMigration[]): void {
  const gap = applied.findIndex((row, index) => row.id !== index);
  if (gap === -1) return;
  throw new MigrationRefused('history_broken', `evergreen.migrations has no row for migration ${gap}, but later ones`, {
    hint: 'Somebody deleted or added rows there: restore them from a backup of evergreen.migrations.',
  });
}

function refuseNewerDatabase(files: MigrationFile[], applied: AppliedMigration[]): void {
  const unknown = applied.slice(files.length).map((row) => `${String(row.id).padStart(4, '0')}_${row.name}`);
  if (unknown.length === 0) return;
  throw new MigrationRefused(
    'database_newer',
    `the database is newer than this package: it has ${unknown.join(', ')}, this package ends with ${files.at(-1)?.fileName}`,
    { migrations: unknown, hint: 'Upgrade the package: npm install pg-evergreen@latest' },
  );
}

function refuseChangedText(files: MigrationFile[], applied: AppliedMigration[]): void {
  const changed = files.filter((file, index) => applied[index] && applied[index].hash !== file.hash).map((file) => file.fileName);
  if (changed.length === 0) return;
  throw new MigrationRefused('text_changed', `${changed.join(', ')} was changed after it had been applied to this database`, {
    migrations: changed,
    hint: 'Restore the released text (name, comments and line ends count too), and put the change into a new migration.',
  });
}

async function runFiles(
  client: ClientBase,
  files: MigrationFile[],
  directory: string,
  progress: (message: string) => void,
): Promise<string[]> {
  let running: MigrationFile | undefined;
  let failure: unknown;
  // The library keeps only the message of a database error: note the error itself, and which file it came from.
  const observed = {
    query: async (query: string | { text: string }) => {
      // It looks for a table called "migrations" in any schema; ours is a view, and is there.
      if (typeof query !== 'string' && query.text.includes('pg_catalog.pg_class')) return { rows: [{ exists: true }] };
      try {
        return await client.query(query);
      } catch (error) {
        failure ??= error;
        throw error;
      }
    },
  };
  const logger = (message: string) => {
    const started = /^Starting migration: (\d+) /.exec(message);
    if (!started) return;
    running = files[Number(started[1])];
    if (running && running.id > 0) progress(`Applying ${running.fileName}`);
  };
  try {
    const done = await runMigrations({ client: observed as unknown as Client }, directory, { logger });
    return done.filter((file) => file.id > 0).map((file) => file.fileName);
  } catch (error) {
    throw running ? failed(running.fileName, running.sql, failure ?? error) : (failure ?? error);
  }
}

async function makeHost(client: ClientBase, progress: (message: string) => void): Promise<Record<string, unknown>[]> {
  const sql = await readFile(hostTables, 'utf8');
  progress('Making the minimal host tables in the schema public');
  await client.query('BEGIN');
  try {
    await client.query(sql).catch((error) => {
      throw failed('host/tables.sql', sql, error);
    });
    const { rows } = await client.query("SELECT * FROM evergreen.attach_host('public')");
    await client.query('COMMIT');
    return rows;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function failed(file: string, sql: string, error: unknown): Error {
  const known = fromDatabaseError(error);
  if ('code' in known && known.code === 'DATABASE_UNAVAILABLE') return known;
  const {
    code = '',
    position,
    hint,
    detail,
    where,
  } = known as Error & Record<'code' | 'position' | 'hint' | 'detail' | 'where', string | undefined>;
  const line = position ? sql.slice(0, Number(position)).split('\n').length : undefined;
  return new MigrationFailed(file, `${file}${line ? `:${line}` : ''}: ${known.message}`, {
    line,
    sqlState: code || undefined,
    hint: hint ?? hintBySqlState[code],
    detail: detail ?? where,
    cause: error,
  });
}

const own = (applied: AppliedMigration[]) => applied.filter((row) => row.id > 0);
const newest = (applied: AppliedMigration[]) => applied.at(-1)?.id ?? 0;
const pendingOf = (files: MigrationFile[], applied: AppliedMigration[]) => files.filter((file) => file.id > 0 && !applied[file.id]);

const runsInTransaction = (file: MigrationFile) => !file.sql.includes('-- postgres-migrations disable-transaction');
const ended = (sql: string) => (sql.endsWith('\n') ? sql : `${sql}\n`);
const inTransaction = (sql: string) => `BEGIN;\n${sql}COMMIT;\n`;
const bookkeepingRow = (file: MigrationFile) =>
  `INSERT INTO evergreen.migrations (id, name, hash) VALUES (${file.id}, '${file.name.replaceAll("'", "''")}', '${file.hash}');\n`;
