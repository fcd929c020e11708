import path from 'node:path';
import { Client } from 'pg';
import { startOwnDatabase } from '../embedded.js';
import { fromDatabaseError } from '../errors.js';
import { type Context, UsageError } from './command.js';

/** The database that a command works on. */
export interface CommandDatabase {
  url: string;
  /** What to call it when speaking to people; never holds a password. */
  name: string;
  /** Whether it is the database of its own. */
  own: boolean;
  /** Ends the use of it. Close connections first. */
  release(): Promise<void>;
  /** Leaves the database of its own running after release; does nothing for others. */
  keep(): Promise<void>;
}

/** The option that names the database, for every command that works on one. */
export const databaseOption = { 'database-url': { type: 'string' } } as const;

/** The same for its `--help`. */
export const databaseHelp = `  --database-url URL   postgresql://user:password@host:5432/name; else DATABASE_URL; else a
                       PostgreSQL of its own in ./.evergreen, made and started on demand`;

/** The database that was named, or the one of its own, started. */
export async function openDatabase(context: Context): Promise<CommandDatabase> {
  const option = context.values['database-url'] as string | undefined;
  const url = option ?? (process.env.DATABASE_URL || undefined);
  if (url !== undefined) {
    const name = checkUrl(url, option === undefined ? 'DATABASE_URL' : '--database-url');
    return { url, name, own: false, release: async () => undefined, keep: async () => undefined };
  }
  const starting = startOwnDatabase({ onProgress: context.progress });
  const release = context.onInterrupt(async () => (await starting).release());
  const own = await starting;
  context.progress();
  return { url: own.url, name: `./${path.relative('', own.directory)}`, own: true, release, keep: () => own.keep() };
}

/** Runs `work` on the database that was named or the one of its own, and ends the use of it afterwards. */
export async function withDatabase<T>(context: Context, work: (database: CommandDatabase) => Promise<T>): Promise<T> {
  const database = await openDatabase(context);
  try {
    return await work(database);
  } finally {
    await database.release();
  }
}

/** Runs `work` on a connection to that database. Errors of the database come out as the classes of src/errors.ts. */
export async function withClient<T>(context: Context, work: (client: Client, database: CommandDatabase) => Promise<T>): Promise<T> {
  return withDatabase(context, async (database) => {
    const client = new Client({ connectionString: database.url, application_name: 'pg-evergreen', connectionTimeoutMillis: 10_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await work(client, database);
    } catch (error) {
      throw fromDatabaseError(error);
    } finally {
      await client.end().catch(() => undefined);
    }
  });
}

function checkUrl(url: string, from: string): string {
  const hint = 'It should look like postgresql://user:password@host:5432/name';
  if (!/^(postgres(ql)?|socket):\/\//i.test(url)) throw new UsageError(`${from} is not the URL of a PostgreSQL database`, hint);
  try {
    const { host, port, database } = new Client({ connectionString: url });
    return `${database} on ${host}:${port}`;
  } catch (error) {
    throw new UsageError(`${from} is not the URL of a PostgreSQL database: ${(error as Error).message}`, hint);
  }
}
