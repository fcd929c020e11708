/**
 * Statements that stay prepared on a connection, as every hit sends them. node-postgres takes such objects in place of its own queries (so do pg-cursor
 * and pg-query-stream); beside a named query of its own, the server need not describe the columns anew with each answer, and nobody need read that.
 */
import type { Connection, Pool, PoolClient, Submittable } from 'pg';
import { serialize } from 'pg-protocol';
import type { Deadline, Deadlines } from './deadlines.js';
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
  return typeof connection?.parse === 'function' && !pipeline && !binary && !connectionParameters?.query_timeout;
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
  /** `answered`: the database said something. */
  free(answered: boolean): void;
  /** It said nothing since. */
  giveUp(error: unknown, since: number): void;
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
      this.#place.free(false);
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
    this.#place.giveUp(error, this.due - this.#deadlines.ms);
    this.#end(error);
  }

  /** Gives back what was taken, and answers. A connection that has not come yet gives its place back when it does. */
  #end(error?: unknown): void {
    const client = this.#client;
    this.#client = undefined;
    if (client) {
      client.removeListener('error', noticed);
      const broken = error !== undefined && this.#broken(error);
      client.release(broken ? (error as Error) : undefined);
      this.#place.free(!broken);
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
    // It says so itself when it is closed.
    if (!wire.stream.writable) return;
    const prepared = wire.parsedStatements?.[name] !== undefined;
    this.#columns = prepared ? this.#known.columns.get(name) : undefined;
    const bind = serialize.bind({ statement: name, values: this.#values });
    // One write, where node-postgres makes one of each message.
    const execution = Buffer.concat(this.#columns ? [bind, EXECUTE_AND_SYNC] : [bind, DESCRIBE, EXECUTE_AND_SYNC]);
    if (!prepared) {
      wire.stream.cork();
      wire.parse({ name, text, types: [] });
    }
    wire.stream.write(execution);
    if (!prepared) wire.stream.uncork();
  }

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, parse: types.getTypeParser(dataTypeID) }));
    this.#known.columns.set(this.name, this.#columns);
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    if (this.#over) return;
    const row: Record<string, unknown> = {};
    const columns = this.#columns as Column[];
    try {
      for (let index = 0; index < columns.length; index += 1) {
        const { name, parse } = columns[index] as Column;
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
    this.#end(error);
  }
}

const DESCRIBE = serialize.describe({ type: 'P', name: '' });
const EXECUTE_AND_SYNC = Buffer.concat([serialize.execute({}), serialize.sync()]);

/** The connection as node-postgres makes it, which its types only know in an older form. */
interface Wire {
  stream: { writable: boolean; cork(): void; write(message: Buffer): unknown; uncork(): void };
  parsedStatements?: Record<string, string | undefined>;
  parse(message: { name: string; text: string; types: number[] }): void;
}
