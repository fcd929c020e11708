/** What a row of the benchmark is given, and what it answers. */
import { randomBytes } from 'node:crypto';
import { Client, Pool, type QueryResultRow } from 'pg';
import { migrate } from '../../src/migrate.js';
import type { Load } from './load.js';
import type { Line } from './measure.js';

/** How much is measured: `full` for figures to publish, `quick` for a look, `tiny` to see that it works. */
export type Size = 'full' | 'quick' | 'tiny';

/** One row of the table: a claim, measured in one or more lines. */
export interface Row {
  readonly number: number;
  readonly title: string;
  /** What is and is not in the times, in sentences; published with the results. */
  readonly includes: string;
  run(bench: Bench): Promise<RowResult>;
}

/** What became of a row. */
export interface RowResult {
  readonly lines: readonly Line[];
  /** What there is to know of this run: sizes, checks, settings. */
  readonly notes?: readonly string[];
  /** What could not be measured, by name and reason: `personality: not in this build`. */
  readonly leftOut?: readonly string[];
}

/** A migrated database of the benchmark. */
export interface BenchDatabase {
  readonly name: string;
  /** Connection string of its owner, a plain role. */
  readonly url: string;
  /** Connection string of the superuser. */
  readonly superuserUrl: string;
  /** Connections of the owner, 10 at most. */
  readonly pool: Pool;
  query<R extends QueryResultRow = QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  superuserQuery<R extends QueryResultRow = QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
}

/** A server to measure on, and what rows share. */
export class Bench {
  /** Statistics, vacuum and a checkpoint of what was loaded come before the first measurement. */
  readonly #databases = new Map<string, Promise<BenchDatabase>>();
  readonly #suffix = randomBytes(4).toString('hex');
  readonly #owner = { name: `bench_${this.#suffix}`, password: randomBytes(9).toString('hex') };
  #template: Promise<string> | undefined;

  constructor(
    /** Connection string of the server's superuser. */
    readonly serverUrl: string,
    readonly size: Size,
    readonly load: Load,
    /** Says what is going on; not part of the results. */
    readonly say: (text: string) => void,
    /** Keeps a profile under a name; undefined when none is wanted. */
    readonly keepProfile?: (name: string, text: string) => void,
  ) {}

  /** The value for this run's size. */
  pick<T>(values: Readonly<Record<Size, T>>): T {
    return values[this.size];
  }

  /** The database of this name: made, filled, vacuumed and checkpointed when it is asked for first, kept for the rows that follow. */
  database(name: string, fill: (database: BenchDatabase) => Promise<void>): Promise<BenchDatabase> {
    let database = this.#databases.get(name);
    if (!database) {
      database = this.#make(name, fill);
      this.#databases.set(name, database);
    }
    return database;
  }

  /** A copy of a database that nobody is connected to but its own pool, which is ended. */
  async copy(source: BenchDatabase, name: string): Promise<BenchDatabase> {
    if (!source.pool.ended) await source.pool.end();
    const copy = await this.#create(name, source.name);
    this.#databases.set(name, Promise.resolve(copy));
    await copy.superuserQuery('CHECKPOINT');
    return copy;
  }

  /** Removes one database before the end, for the room it takes. */
  async drop(database: BenchDatabase): Promise<void> {
    for (const [name, other] of this.#databases) if ((await other).name === database.name) this.#databases.delete(name);
    await this.#drop(database);
  }

  /** Removes everything this made on the server. */
  async close(): Promise<void> {
    for (const database of await Promise.allSettled(this.#databases.values())) {
      if (database.status === 'fulfilled') await this.#drop(database.value);
    }
    this.#databases.clear();
    if (!this.#template) return;
    await this.#superuser('postgres', async (client) => {
      await client.query(`DROP DATABASE IF EXISTS bench_template_${this.#suffix} WITH (FORCE)`);
      await client.query(`DROP ROLE IF EXISTS ${this.#owner.name}`);
    });
  }

  /** Keeps the plans of a statement and of all statements inside of the functions it calls, as they are once the session is warm. */
  async profile(name: string, database: BenchDatabase, text: string, values: unknown[] = []): Promise<void> {
    if (!this.keepProfile) return;
    const client = new Client({ connectionString: database.superuserUrl });
    const plans: string[] = [];
    client.on('notice', (notice) => plans.push(notice.message ?? ''));
    await client.connect();
    try {
      for (let i = 0; i < 10; i += 1)
        await client
          .query('BEGIN')
          .then(() => client.query(text, values))
          .then(() => client.query('ROLLBACK'));
      await client.query(`LOAD 'auto_explain'`);
      for (const setting of ['min_duration = 0', 'nested_statements = on', 'analyze = on', 'buffers = on', 'level = notice']) {
        await client.query(`SET auto_explain.log_${setting}`);
      }
      await client.query('BEGIN');
      plans.length = 0;
      await client.query(text, values);
      const seen = plans.join('\n\n');
      await client.query('ROLLBACK');
      this.keepProfile(name, `${text}\n${values.length > 0 ? `${JSON.stringify(values).slice(0, 500)}\n` : ''}\n${seen}\n`);
    } finally {
      await client.end();
    }
  }

  async #make(name: string, fill: (database: BenchDatabase) => Promise<void>): Promise<BenchDatabase> {
    this.#template ??= this.#makeTemplate();
    const database = await this.#create(name, await this.#template);
    const begun = performance.now();
    await fill(database);
    await database.superuserQuery('VACUUM (ANALYZE)');
    await database.superuserQuery('CHECKPOINT');
    this.say(`filled the database ${name} in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    return database;
  }

  async #makeTemplate(): Promise<string> {
    const name = `bench_template_${this.#suffix}`;
    await this.#superuser('postgres', async (client) => {
      await client.query(`CREATE ROLE ${this.#owner.name} LOGIN PASSWORD '${this.#owner.password}'`);
      // The seed cuts days in the session's time zone.
      await client.query(`ALTER ROLE ${this.#owner.name} SET timezone = 'UTC'`);
      await client.query(`CREATE DATABASE ${name} OWNER ${this.#owner.name} TEMPLATE template0`);
    });
    await migrate({ databaseUrl: this.#url(name, this.#owner) }, { withHostTables: true });
    await this.#superuser(name, async (client) => {
      if (await tracksChanges((text) => client.query(text).then(({ rows }) => rows))) {
        await client.query(`SELECT * FROM evergreen.attach_host('public', p_track_changes => true)`);
      }
      await client.query(`CREATE SCHEMA bench AUTHORIZATION ${this.#owner.name}`);
    });
    return name;
  }

  async #create(name: string, template: string): Promise<BenchDatabase> {
    const fullName = `bench_${this.#suffix}_${name}`;
    await this.#superuser('postgres', (client) =>
      client.query(`CREATE DATABASE ${fullName} OWNER ${this.#owner.name} TEMPLATE ${template} STRATEGY file_copy`),
    );
    const url = this.#url(fullName, this.#owner);
    const pool = new Pool({ connectionString: url, max: 10 });
    pool.on('error', () => undefined);
    return {
      name: fullName,
      url,
      superuserUrl: this.#url(fullName),
      pool,
      query: async <R extends QueryResultRow>(text: string, values?: unknown[]) => (await pool.query<R>(text, values)).rows,
      superuserQuery: <R extends QueryResultRow>(text: string, values?: unknown[]) =>
        this.#superuser(fullName, async (client) => (await client.query<R>(text, values)).rows),
    };
  }

  async #drop(database: BenchDatabase): Promise<void> {
    if (!database.pool.ended) await database.pool.end();
    await this.#superuser('postgres', (client) => client.query(`DROP DATABASE IF EXISTS ${database.name} WITH (FORCE)`));
  }

  #url(database: string, role?: { name: string; password: string }): string {
    const url = new URL(this.serverUrl);
    url.pathname = `/${database}`;
    if (role) Object.assign(url, { username: role.name, password: role.password });
    return url.href;
  }

  async #superuser<T>(database: string, work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ connectionString: this.#url(database) });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
}

/** Whether this build can keep the hash of a company's state at hand, from triggers on the application's tables. */
export async function tracksChanges(query: (text: string) => Promise<QueryResultRow[]>): Promise<boolean> {
  const [found] = await query(
    `SELECT FROM pg_proc WHERE pronamespace = 'evergreen'::regnamespace AND proname = 'attach_host' AND 'p_track_changes' = ANY (proargnames)`,
  );
  return found !== undefined;
}

/** Whether this build has a function, by its name without the schema. */
export async function hasFunction(database: BenchDatabase, name: string): Promise<boolean> {
  const rows = await database.query(`SELECT FROM pg_proc WHERE pronamespace = 'evergreen'::regnamespace AND proname = $1`, [name]);
  return rows.length > 0;
}
