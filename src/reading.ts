/**
 * Statements that stay prepared on a connection, as every hit sends them. node-postgres takes such objects in place of its own queries (so do pg-cursor
 * and pg-query-stream); beside a named query of its own, the server need not describe the columns anew with each answer, and nobody need read that.
 */
import type { Connection, Pool, PoolClient, Submittable } from 'pg';
import { DatabaseUnavailable } from './errors.js';
import { type Parser, types } from './values.js';

/** A statement that is sent often, its text and the order of its arguments worked out once. */
export interface Statement {
  text: string;
  /** Names of its arguments, in order. */
  parameters: string[];
  /** Under which a connection keeps it prepared. */
  name: string;
}

/** What is known of a connection. */
export interface Known {
  /** Statements that were read through it. */
  reads: number;
  /** Whether the server keeps prepared statements for it; undefined: it was not asked. */
  keeps: boolean | undefined;
  /** The columns of what is prepared on it, by the statement's name: they are the same as long as it is. */
  columns: Map<string, Column[]>;
}

interface Column {
  name: string;
  parse: Parser;
}

const connections = new WeakMap<PoolClient, Known>();

export function knownOf(client: PoolClient): Known {
  let known = connections.get(client);
  if (!known) {
    known = { reads: 0, keeps: undefined, columns: new Map() };
    connections.set(client, known);
  }
  return known;
}

/** Whether a `Read` can use it: PostgreSQL's protocol in its text form, an answer at a time, without a limit of the pool's own. */
export function isDirect(client: PoolClient): boolean {
  const { connection, pipeline, binary, connectionParameters } = client as {
    connection?: Partial<Connection>;
    pipeline?: boolean;
    binary?: boolean;
    connectionParameters?: { query_timeout?: unknown };
  };
  return typeof connection?.bind === 'function' && !pipeline && !binary && !connectionParameters?.query_timeout;
}

/** Values in PostgreSQL's text form; undefined when one of them is neither text, number nor boolean. */
export function textsOf(values: readonly unknown[]): (string | null)[] | undefined {
  const texts: (string | null)[] = [];
  for (const value of values) {
    if (typeof value === 'string') texts.push(value);
    else if (value === null || value === undefined) texts.push(null);
    else if (typeof value === 'number' || typeof value === 'boolean') texts.push(String(value));
    else return undefined;
  }
  return texts;
}

/** The connection is not one for a `Read`: the statement was not sent. */
export class NotDirect extends Error {}

/** What a `Read` takes while it lasts. */
interface Place {
  free(): void;
  giveUp(error: unknown): void;
}

/** Without a listener, a connection that breaks would end the process; the statement under way is told otherwise. */
const noticed = () => {};

/** One execution of a prepared statement on an idle connection of the pool. */
export class Read implements Submittable, Deadline {
  /** Read by node-postgres, which notes what is prepared on the connection. */
  readonly name: string;
  readonly text: string;
  due = 0;
  readonly #values: (string | null)[];
  readonly #place: Place;
  readonly #deadlines: Deadlines;
  readonly #broken: (error: unknown) => boolean;
  #resolve!: (rows: unknown[]) => void;
  #reject!: (error: unknown) => void;
  #client: PoolClient | undefined;
  #known!: Known;
  #columns: Column[] | undefined;
  #failure: unknown;
  #over = false;
  readonly #rows: unknown[] = [];

  /** `place` is given back at the end; a connection of which `broken` says so is not used again. */
  constructor(statement: Statement, values: (string | null)[], place: Place, deadlines: Deadlines, broken: (error: unknown) => boolean) {
    this.name = statement.name;
    this.text = statement.text;
    this.#values = values;
    this.#place = place;
    this.#deadlines = deadlines;
    this.#broken = broken;
  }

  /** The rows. */
  of(pool: Pool): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#deadlines.add(this);
      pool.connect((error, client) => this.#begin(error, client));
    });
  }

  #begin(error: Error | undefined, client: PoolClient | undefined): void {
    if (!client || this.#over) {
      client?.release();
      this.#place.free();
      this.#end(error);
      return;
    }
    this.#client = client;
    client.on('error', noticed);
    this.#known = knownOf(client);
    if (!this.#known.keeps || !isDirect(client)) this.#end(new NotDirect());
    else client.query(this);
  }

  expire(): void {
    const what = this.#client ? 'no answer from the database' : 'no connection to the database';
    const error = new DatabaseUnavailable(`${what} within ${this.#deadlines.ms} ms`);
    this.#place.giveUp(error);
    this.#end(error);
  }

  /** Gives back what was taken, and answers. A connection that has not come yet gives its place back when it does. */
  #end(error?: unknown): void {
    const client = this.#client;
    this.#client = undefined;
    if (client) {
      client.removeListener('error', noticed);
      client.release(error !== undefined && this.#broken(error) ? (error as Error) : undefined);
      this.#place.free();
    }
    if (this.#over) return;
    this.#over = true;
    this.#deadlines.remove(this);
    if (error === undefined) this.#resolve(this.#rows);
    else this.#reject(error);
  }

  /* What node-postgres calls ---------------------------------------------------------------------------- */

  submit(connection: Connection): void {
    const { name, text } = this;
    const wire = connection as unknown as Wire;
    this.#columns = this.#known.columns.get(name);
    wire.stream.cork();
    if (wire.parsedStatements?.[name] === undefined) {
      this.#columns = undefined;
      wire.parse({ name, text, types: [] });
    }
    wire.bind({ statement: name, values: this.#values });
    if (!this.#columns) wire.describe({ type: 'P', name: '' });
    wire.execute({});
    wire.sync();
    wire.stream.uncork();
  }

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, parse: types.getTypeParser(dataTypeID) }));
    this.#known.columns.set(this.name, this.#columns);
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    if (this.#failure !== undefined || this.#over) return;
    const row: Record<string, unknown> = {};
    try {
      for (const [index, { name, parse }] of (this.#columns as Column[]).entries()) {
        const text = fields[index] as string | null;
        row[name] = text === null ? null : parse(text);
      }
    } catch (error) {
      this.#failure = error;
    }
    this.#rows.push(row);
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#end(this.#failure);
  }

  handleError(error: Error): void {
    const { code } = error as { code?: string };
    if (code !== undefined && UNPREPARED.test(code)) this.#known.keeps = false;
    this.#end(error);
  }
}

/** The connection has lost what it had prepared, or the result of it has changed with the schema. */
export const UNPREPARED = /^(26000|42P05|0A000)$/;

/** The protocol as node-postgres sends it, which its types only know in an older form. */
interface Wire {
  stream: { cork(): void; uncork(): void };
  parsedStatements?: Record<string, string | undefined>;
  parse(message: { name: string; text: string; types: number[] }): void;
  bind(message: { statement: string; values: (string | null)[] }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: object): void;
  sync(): void;
}

/** What ends at a time unless it has ended before. */
interface Deadline {
  due: number;
  expire(): void;
}

/** Deadlines that are all the same time away, so that one timer is enough for them. */
export class Deadlines {
  readonly ms: number;
  readonly #waiting = new Set<Deadline>();
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.ms = ms;
  }

  add(deadline: Deadline): void {
    deadline.due = performance.now() + this.ms;
    this.#waiting.add(deadline);
    if (!this.#timer) this.#arm(this.ms);
  }

  remove(deadline: Deadline): void {
    this.#waiting.delete(deadline);
  }

  /** Who waits has a connection that keeps the process alive; the timer alone does not. */
  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      const now = performance.now();
      // One more turn of the event loop: where the application kept it busy, the answer lies there unread.
      setImmediate(() => this.#expire(now));
    }, ms);
    this.#timer.unref();
  }

  #expire(now: number): void {
    this.#timer = undefined;
    for (const deadline of this.#waiting) {
      // A timer may come a little early.
      if (deadline.due > now + 1) {
        this.#arm(Math.max(1, deadline.due - performance.now()));
        return;
      }
      this.#waiting.delete(deadline);
      deadline.expire();
    }
  }

  /** Lets go of the timer. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
