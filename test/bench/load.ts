/** Many connections that call as fast as they can, or at a steady rate: pgbench where there is one, else processes of Node. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchDatabase } from './bench.js';
import type { LoadJob, LoadResult } from './load-worker.js';

/** A prepared statement and what it is called with. */
export interface Calls {
  /** With $1, $2, ... */
  readonly sql: string;
  /** A query of one text column a parameter, a row a call; rows are used in a random order, again and again. */
  readonly keys: string;
}

/** A call that was made at a steady rate. */
export interface TimedCall {
  /** Milliseconds from when it was due to its last row. */
  readonly ms: number;
  /** When it ended, as Date.now(). */
  readonly at: number;
}

/** Calls that are ready to be made. */
export interface ReadyCalls {
  /** Calls a second on so many connections once they are warm: the first second left out, of a second the first 0.3. */
  throughput(options: { connections: number; seconds: number }): Promise<number>;
}

/** Makes the calls. */
export interface Load {
  /** As the table names it. */
  readonly name: string;
  prepare(database: BenchDatabase, calls: Calls): Promise<ReadyCalls>;
  /** Calls a second when each key is used once, shared out among so many connections; what does not fill a batch of each is not used. */
  once(database: BenchDatabase, calls: Calls, connections: number): Promise<number>;
  /**
   * Calls, made at a steady rate of so many a second in all. A statement has no parameters here: at most 100 statements, used in turn.
   * A call that could not begin when it was due has waited: that is part of its time.
   */
  latencies(
    database: BenchDatabase,
    statements: readonly string[],
    options: { connections: number; seconds: number; rate: number },
  ): Promise<TimedCall[]>;
  /** Ends what is under way. */
  stop(): void;
}

/** Calls a transaction, each with a key of its own: all keys of a transaction are read in one row first, of at most so many columns. */
const BATCH = 25;
const COLUMNS = 80;

/** Reading the keys is not what is measured: its share is taken off. In a run so short that it seems to have been nearly all, nine tenths of it are. */
const withoutKeys = (rate: number, fetchRate: number) => 1 / (1 / rate - Math.min(1 / fetchRate, 0.9 / rate));

/** pgbench in the newest Debian folder or in PATH, else Node. */
export function findLoad(): Load {
  const debian = '/usr/lib/postgresql';
  const folders = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  for (const program of [...folders.map((folder) => join(debian, folder, 'bin/pgbench')), 'pgbench']) {
    const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
    const version = /\(PostgreSQL\) (\S+)/.exec(stdout ?? '')?.[1];
    if (status === 0 && version) return new PgbenchLoad(program, `pgbench ${version} -M prepared`);
  }
  return new NodeLoad();
}

/** pgbench, prepared protocol. */
class PgbenchLoad implements Load {
  readonly #running = new Set<ChildProcess>();
  readonly #program: string;
  readonly name: string;
  #tables = 0;

  constructor(program: string, name: string) {
    this.#program = program;
    this.name = name;
  }

  async prepare(database: BenchDatabase, calls: Calls): Promise<ReadyCalls> {
    const { rows, batch, fetch, script } = await this.#scripts(database, calls);
    const pick = `\\set n random(0, ${rows - 1})\n${fetch}`;
    const fetchRates = new Map<number, number>();
    return {
      throughput: async ({ connections, seconds }) => {
        if (!fetchRates.has(connections)) {
          const count = ['-t', seconds < 1 ? '1' : '200'];
          fetchRates.set(connections, transactionRate(await this.#run(database, [pick], connections, count)));
        }
        const rate = await this.#rate(database, [pick + script], connections, seconds);
        return batch * withoutKeys(rate, fetchRates.get(connections) as number);
      },
    };
  }

  async once(database: BenchDatabase, calls: Calls, connections: number): Promise<number> {
    const { rows, batch, fetch, script } = await this.#scripts(database, calls);
    const each = Math.floor(rows / connections);
    if (each === 0) throw new Error(`${rows * batch} keys are too few for ${connections} connections`);
    const rate = async (calling: string) => {
      const turn = `\\set n :client_id * ${each} + :turn\n${fetch}${calling}\\set turn :turn + 1\n`;
      return transactionRate(await this.#run(database, [turn], connections, ['-t', String(each), '-D', 'turn=0']));
    };
    return batch * withoutKeys(await rate(script), await rate(''));
  }

  async latencies(
    database: BenchDatabase,
    statements: readonly string[],
    { connections, seconds, rate }: { connections: number; seconds: number; rate: number },
  ): Promise<TimedCall[]> {
    const times: TimedCall[] = [];
    const texts = statements.map((statement) => `${statement};\n`);
    await this.#run(database, texts, connections, ['-T', String(seconds), '-R', String(rate), ...LOGGED], (dir) =>
      times.push(...logged(dir)),
    );
    return times;
  }

  stop(): void {
    for (const child of this.#running) child.kill('SIGTERM');
  }

  /** Statements that read 50 keys at a place :n, and those that are called with them. */
  async #scripts(database: BenchDatabase, calls: Calls): Promise<{ rows: number; batch: number; fetch: string; script: string }> {
    this.#tables += 1;
    const table = `bench.keys_${process.pid}_${this.#tables}`;
    const { rows, batch, parameters } = await keyTable(database, table, calls.keys);
    const names = Array.from({ length: batch }, (_, i) => Array.from({ length: parameters }, (__, p) => `k${i}_${p + 1}`));
    const fetch = `SELECT ${names.flat().join(', ')} FROM ${table} WHERE n = :n \\gset\n`;
    const script = names.map((each) => `${calls.sql.replace(/\$(\d+)/g, (_, p: string) => `:${each[Number(p) - 1]}`)};\n`).join('');
    return { rows, batch, fetch, script };
  }

  /** Transactions a second once the connections are warm; of one transaction each, when less than a second is asked for. */
  async #rate(database: BenchDatabase, scripts: readonly string[], connections: number, seconds: number): Promise<number> {
    if (seconds < 1) return transactionRate(await this.#run(database, scripts, connections, ['-t', '1']));
    const warmUpMs = seconds > 1 ? 1000 : 300;
    let warm: TimedCall[] = [];
    const duration = ['-T', String(Math.ceil(seconds + (seconds > 1 ? 1 : 0))), ...LOGGED];
    const output = await this.#run(database, scripts, connections, duration, (dir) => {
      const all = logged(dir);
      const from = all.reduce((first, { at, ms }) => Math.min(first, at - ms), Number.POSITIVE_INFINITY) + warmUpMs;
      warm = all.filter(({ at, ms }) => at - ms >= from);
    });
    if (warm.length === 0) return transactionRate(output);
    // A connection that calls without a pause makes as many transactions a second as fit into it: that is exact where counting those that ended is not.
    return (connections * 1000 * warm.length) / warm.reduce((sum, { ms }) => sum + ms, 0);
  }

  async #run(
    database: BenchDatabase,
    scripts: readonly string[],
    connections: number,
    options: readonly string[],
    read?: (dir: string) => void,
  ): Promise<string> {
    const dir = mkdtempSync(join(tmpdir(), 'evergreen-load-'));
    try {
      const files = scripts.flatMap((script, i) => {
        writeFileSync(join(dir, `script${i}.sql`), script);
        return ['-f', join(dir, `script${i}.sql`)];
      });
      const { hostname, port, pathname, username, password } = new URL(database.url);
      const threads = Math.min(connections, availableParallelism());
      const parameters = ['-n', '-M', 'prepared', '-c', String(connections), '-j', String(threads), ...options, ...files];
      const child = spawn(this.#program, parameters, {
        cwd: dir,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env.PATH,
          LC_ALL: 'C',
          PGHOST: hostname,
          PGPORT: port,
          PGUSER: username,
          PGPASSWORD: password,
          PGDATABASE: pathname.slice(1),
        },
      });
      this.#running.add(child);
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      this.#running.delete(child);
      if (code !== 0) throw new Error(`pgbench failed:\n${output}`);
      read?.(dir);
      return output;
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
}

/** Processes of Node with pg: their own cost hides a part of the difference, so the table says that it was they. */
export class NodeLoad implements Load {
  readonly name = 'Node.js with pg (no pgbench was found; its own cost hides a part of the difference)';
  readonly #running = new Set<ChildProcess>();

  async once(database: BenchDatabase, calls: Calls, connections: number): Promise<number> {
    const keys = await readKeys(database, calls.keys);
    let taken = 0;
    const results = await this.#fork(connections, (share) => {
      const own = keys.slice(taken, taken + Math.floor((keys.length * share) / connections));
      taken += own.length;
      return { url: database.url, statements: [calls.sql], keys: own, connections: share, warmUpMs: 0, seconds: 0, once: true };
    });
    return results.reduce((sum, result) => sum + result.calls / result.seconds, 0);
  }

  async prepare(database: BenchDatabase, calls: Calls): Promise<ReadyCalls> {
    const keys = await readKeys(database, calls.keys);
    return {
      throughput: async ({ connections, seconds }) => {
        const results = await this.#fork(connections, (share) => ({
          url: database.url,
          statements: [calls.sql],
          keys,
          connections: share,
          warmUpMs: seconds < 1 ? 0 : 1000,
          seconds,
        }));
        return results.reduce((sum, result) => sum + result.calls, 0) / seconds;
      },
    };
  }

  async latencies(
    database: BenchDatabase,
    statements: readonly string[],
    { connections, seconds, rate }: { connections: number; seconds: number; rate: number },
  ): Promise<TimedCall[]> {
    const results = await this.#fork(connections, (share) => ({
      url: database.url,
      statements: [...statements],
      keys: [[]],
      connections: share,
      warmUpMs: 0,
      seconds,
      rate: (rate * share) / connections,
    }));
    return results.flatMap((result) => result.times);
  }

  stop(): void {
    for (const child of this.#running) child.kill('SIGTERM');
  }

  async #fork(connections: number, job: (connections: number) => LoadJob): Promise<LoadResult[]> {
    const processes = Math.min(connections, availableParallelism());
    return Promise.all(
      Array.from({ length: processes }, (_, i) => {
        const share = Math.floor(connections / processes) + (i < connections % processes ? 1 : 0);
        const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'load-worker.ts')], {
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        });
        this.#running.add(child);
        return new Promise<LoadResult>((resolve, reject) => {
          child.once('error', reject);
          child.once('message', (result) => resolve(result as LoadResult));
          child.once('close', (code) => {
            this.#running.delete(child);
            reject(new Error(`a process that makes calls ended early, with code ${code}`));
          });
          child.send(job(share));
        });
      }),
    );
  }
}

/** Has pgbench write down each transaction. */
const LOGGED = ['--log', '--log-prefix=times'];

/** The transactions that pgbench wrote down. */
function logged(dir: string): TimedCall[] {
  return readdirSync(dir)
    .filter((name) => name.startsWith('times.'))
    .flatMap((file) => readFileSync(join(dir, file), 'utf8').split('\n'))
    .map((text) => text.split(' ').map(Number))
    .flatMap(([, , time, , seconds, microseconds]) =>
      time === undefined ? [] : [{ ms: time / 1000, at: Number(seconds) * 1000 + Number(microseconds) / 1000 }],
    );
}

/** What pgbench says at the end. */
function transactionRate(output: string): number {
  const rate = Number(/^tps = ([\d.]+)/m.exec(output)?.[1]);
  if (!(rate > 0)) throw new Error(`pgbench did not say how many calls it made:\n${output}`);
  return rate;
}

async function readKeys(database: BenchDatabase, keys: string): Promise<string[][]> {
  const rows = await database.query<Record<string, string>>(keys);
  if (rows.length === 0) throw new Error(`there are no keys: ${keys}`);
  return rows.map((row) => Object.values(row));
}

/** Writes all keys, in a random order, into rows of as many as a transaction uses. */
async function keyTable(
  database: BenchDatabase,
  table: string,
  keys: string,
): Promise<{ rows: number; batch: number; parameters: number }> {
  const { fields } = await database.pool.query(`SELECT * FROM (${keys}) AS k LIMIT 0`);
  const batch = Math.min(BATCH, Math.floor(COLUMNS / fields.length));
  const wide = Array.from({ length: batch }, (_, i) =>
    fields.map(({ name }, p) => `max("${name}") FILTER (WHERE i = ${i}) AS k${i}_${p + 1}`),
  );
  await database.query(`CREATE TABLE ${table} AS
    SELECT n, ${wide.flat().join(', ')}
      FROM (SELECT k.*, (row_number() OVER () - 1) / ${batch} AS n, (row_number() OVER () - 1) % ${batch} AS i
              FROM (SELECT * FROM (${keys}) AS k ORDER BY random()) AS k) AS k
     GROUP BY n HAVING count(*) = ${batch}`);
  await database.query(`ALTER TABLE ${table} ADD PRIMARY KEY (n)`);
  const [count] = await database.query<{ rows: number }>(`SELECT count(*)::integer AS rows FROM ${table}`);
  if (!count || count.rows === 0) throw new Error(`at least ${batch} keys are needed: ${keys}`);
  return { rows: count.rows, batch, parameters: fields.length };
}
