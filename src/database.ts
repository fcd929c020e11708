/** Every call to PostgreSQL: bounded in time, with the types that the generated wrappers promise, its errors sorted into classes. */
import { createHash } from 'node:crypto';
import type { IDatabaseConnection } from '@pgtyped/runtime';
import type { Pool, PoolClient } from 'pg';
import { Deadlines, Expiry } from './deadlines.js';
import { DatabaseUnavailable, EvergreenError, fromDatabaseError, InvalidInput } from './errors.js';
import { isDirect, type Known, knownOf, NotDirect, Read, type Statement, textsOf } from './reading.js';
import { types, UnreadableTime } from './values.js';

/** What is used of a logger; a pino logger fits. */
export interface Logger {
  debug?(facts: object, message: string): void;
  info?(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** A pool or client of pg, as far as `typed` needs it. */
export interface Queryable {
  query(config: { text: string; values: unknown[]; types: typeof types }): Promise<{ rows: unknown[]; rowCount: number | null }>;
}

/**
 * A connection for the wrappers of `pg-evergreen/queries` whose results have the types that they promise,
 * whatever type parsers the application has set on pg; those are neither used nor changed.
 * Throws (`UNREADABLE_TIME`) rather than answer a wrong date where somebody has set another DateStyle than ISO.
 */
export function typed(client: Queryable): IDatabaseConnection {
  return {
    async query(text, values) {
      const { rows, rowCount } = await client.query({ text, values, types });
      return { rows, rowCount: rowCount ?? 0 };
    },
  };
}

/**
 * Whether this error means that the database cannot be reached or does not answer, so that an answer without it is better than none.
 * A refused login or a missing database is a mistake to be told, not an outage.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof DatabaseUnavailable)) return false;
  const { code, errors } = (error.cause ?? {}) as { code?: unknown; errors?: { code?: unknown }[] };
  return !/^(28|3D)/.test(String(code ?? errors?.[0]?.code ?? ''));
}

/** Statements cut by serialization or deadlock are safe to send again: each is a transaction of its own. */
const REPEATABLE = new Set(['40001', '40P01']);
const ATTEMPTS = 3;
/** A connection that was cut, as the server, the system and node-postgres say it; not one that could not be made. */
const CUT = /^(57P01|57P02|ECONNRESET|EPIPE)$/;
const DRIVER_SAYS_CUT = /^(Connection terminated( unexpectedly)?$|Client has encountered a connection error|Client was closed)/;
/** The connection has lost what it had prepared, or the result of it has changed with the schema. */
const UNPREPARED = /^(26000|42P05|0A000)$/;
/** How values are written, whatever the role, the database or the connection string says. */
const READABLE = "SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 1";

/** A generated wrapper whose statement only reads. */
interface Wrapper<Params, Row> {
  run(params: Params, connection: IDatabaseConnection): Promise<Row[]>;
}

/** The same wrapper for what every hit sends: the wrapper itself works its text out anew at each call, and renames the columns of each row. `moreMs` as in `patient`. */
export function often<Params extends object, Row>(
  wrapper: Wrapper<Params, Row>,
): { run(params: Params, db: Database, moreMs?: number): Promise<Row[]> } {
  let statement: Statement | undefined;
  return {
    run(params, db, moreMs) {
      statement ??= statementOf(wrapper);
      const given = params as Record<string, unknown>;
      return db.read(
        statement,
        statement.parameters.map((parameter) => given[parameter]),
        moreMs,
      ) as Promise<Row[]>;
    },
  };
}

/** What a wrapper would send, told by itself: its arguments are their own names. */
function statementOf<Params, Row>(wrapper: Wrapper<Params, Row>): Statement {
  let statement: Statement | undefined;
  const names = new Proxy({}, { get: (_, name) => name });
  void wrapper.run(names as Params, {
    async query(hinted, values) {
      const text = hinted.replaceAll(/ AS "(\w+)[!?]"/g, ' AS "$1"');
      const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
      statement = { text, parameters: values as string[], name: `evergreen_${hash}` };
      return { rows: [], rowCount: 0 };
    },
  });
  if (!statement) throw new EvergreenError('NO_STATEMENT', 'a generated wrapper sent nothing');
  return statement;
}

/** A connection is asked whether it leads straight to the server once it has proved to live longer than so many statements. */
const READS_BEFORE_PREPARING = 2;

/** Refuses text that would arrive as another: two halves of surrogate pairs are both sent as U+FFFD, and what is asked for by one would answer the other. */
function requireWhole(value: unknown): void {
  if (Array.isArray(value)) value.forEach(requireWhole);
  if (typeof value !== 'string' || (value.isWellFormed() && !value.includes('\0'))) return;
  throw new InvalidInput(`a text holds the character 0 or half a surrogate pair: ${JSON.stringify(value.slice(0, 80))}`, {
    hint: 'Pass whole Unicode characters, other than U+0000: PostgreSQL has no others. toWellFormed() makes them of any text.',
  });
}

/** The application's pool, as the client uses it. */
export class Database implements IDatabaseConnection {
  readonly #pool: Pool;
  readonly #timeoutMs: number;
  readonly #slots: Slots;
  readonly #onPoolError: (error: Error) => void;
  readonly #prepares: boolean;
  /** Whether times come in PostgreSQL's ISO form without being asked for, as they do unless somebody has set DateStyle. */
  #readable = true;
  /** Whether a connection was found that a `Read` can use. */
  #direct = false;
  readonly #deadlines: Deadlines;

  constructor(pool: Pool, timeoutMs: number, logger?: Logger, prepares = true) {
    this.#pool = pool;
    this.#timeoutMs = timeoutMs;
    this.#prepares = prepares;
    this.#deadlines = new Deadlines(timeoutMs);
    // Never more checkouts than the pool has connections: those that wait do so here, and leave nothing behind in the pool's queue.
    this.#slots = Slots.of(pool);
    this.#onPoolError = (error) => logger?.warn({ err: error }, 'an idle database connection was lost');
    pool.on('error', this.#onPoolError);
  }

  /** The same database, with so much more time for each statement: for those that carry many items. */
  patient(moreMs: number): IDatabaseConnection {
    return { query: (text, values) => this.query(text, values, this.#timeoutMs + moreMs) };
  }

  /**
   * The same database, for statements that claim, save or bill: each is a transaction that the server gives up when this client does,
   * so that what was answered otherwise here does not happen there later.
   */
  get writing(): IDatabaseConnection {
    return { query: (text, values) => this.query(text, values, this.#timeoutMs, true) };
  }

  /** One statement on a connection of the pool, answered or given up within the time allowed, connecting included. */
  async query(
    text: string,
    values: unknown[] = [],
    timeoutMs = this.#timeoutMs,
    limited = false,
  ): Promise<{ rows: unknown[]; rowCount: number }> {
    for (const value of values) requireWhole(value);
    const { rows, rowCount } = await this.#send({ text }, values, timeoutMs, limited);
    return { rows, rowCount: rowCount ?? 0 };
  }

  /**
   * The rows of a statement that only reads. Connections that lead straight to the server keep it prepared; behind a pooler, where the next statement
   * may reach another server process, nothing is prepared. When its connection is cut it is sent once more on another, within the same time.
   * `moreMs` as in `patient`.
   */
  async read(statement: Statement, values: unknown[], moreMs = 0): Promise<unknown[]> {
    for (const value of values) requireWhole(value);
    try {
      const turn = this.#slots.take();
      if (turn) await turn;
      // One that waits for a connection that is yet to be made is not a `Read`, which could not give it up.
      const idle = this.#pool.idleCount > this.#pool.waitingCount;
      const texts = this.#direct && this.#readable && idle && moreMs === 0 ? textsOf(values) : undefined;
      if (!texts) return (await this.#send(statement, values, this.#timeoutMs + moreMs, false, { placed: true, again: true })).rows;
      const read = new Read(statement, texts, this.#slots, this.#deadlines, breaks);
      try {
        return await read.of(this.#pool);
      } catch (error) {
        if (error instanceof UnreadableTime) this.#readable = false;
        else if (!(error instanceof NotDirect || REPEATABLE.has(codeOf(error)) || UNPREPARED.test(codeOf(error)) || isCut(error)))
          throw error;
        return (await this.#send(statement, values, Math.max(1, read.due - performance.now()), false, { again: !isCut(error) })).rows;
      }
    } catch (error) {
      throw sort(error);
    }
  }

  async #send(
    statement: Statement | { text: string; name?: undefined },
    values: unknown[],
    timeoutMs: number,
    limited: boolean,
    { placed = false, again = false }: { placed?: boolean; again?: boolean } = {},
  ): Promise<Result> {
    let expiry: Expiry | undefined;
    let resent = !again;
    try {
      for (let attempt = 1; ; attempt += 1) {
        const turn = placed && attempt === 1 ? undefined : this.#slots.take();
        if (turn) await turn;
        expiry ??= new Expiry(timeoutMs === this.#timeoutMs ? this.#deadlines : new Deadlines(timeoutMs));
        const alone = !limited && !this.#readable;
        try {
          return await this.#once(statement, values, expiry, limited || alone ? timeoutMs : 0);
        } catch (error) {
          // Only what reads is sent without a transaction, so it can be sent again; from now on in one that sets how times are written.
          if (error instanceof UnreadableTime && !limited && !alone) this.#readable = false;
          else if (!resent && isCut(error)) resent = true;
          else if (attempt >= ATTEMPTS || !REPEATABLE.has(codeOf(error))) throw error;
        }
      }
    } catch (error) {
      throw sort(error);
    } finally {
      expiry?.cancel();
    }
  }

  /** Takes its listener off the pool, which stays open. */
  close(): void {
    this.#deadlines.stop();
    this.#pool.removeListener('error', this.#onPoolError);
  }

  async #once({ text, name }: { text: string; name?: string }, values: unknown[], expiry: Expiry, limitMs: number): Promise<Result> {
    const client = await this.#checkOut(expiry);
    let failure: unknown;
    // Without a listener, a connection that breaks between two events would end the process.
    const onError = (error: Error) => {
      failure ??= error;
    };
    client.on('error', onError);
    const send = (config: { text: string; name?: string; values?: unknown[]; types?: typeof types }): Promise<Result> =>
      inTime(expiry, client.query(config));
    const limit = Math.ceil(limitMs);
    try {
      if (name !== undefined && this.#prepares && limit === 0) {
        const known = knownOf(client);
        const keeps = known.keeps ?? (known.reads < READS_BEFORE_PREPARING ? false : await this.#ask(client, known, send));
        known.reads += 1;
        if (keeps) {
          this.#direct ||= isDirect(client);
          try {
            return await send({ name, text, values, types });
          } catch (error) {
            if (!UNPREPARED.test(codeOf(error))) throw error;
            known.keeps = false;
          }
        }
      }
      if (limit > 0) await send({ text: `BEGIN; SET LOCAL statement_timeout = ${limit}; SET LOCAL lock_timeout = ${limit}; ${READABLE}` });
      const result = await send({ text, values, types });
      if (limit > 0) await send({ text: 'COMMIT' });
      return result;
    } catch (error) {
      failure ??= error;
      throw error;
    } finally {
      let broken = failure !== undefined && sort(failure) instanceof DatabaseUnavailable;
      if (limitMs > 0 && failure !== undefined && !broken) {
        broken = await send({ text: 'ROLLBACK' }).then(
          () => false,
          () => true,
        );
      }
      if (broken && expiry.expired) this.#slots.giveUp(failure, expiry.since);
      client.release(broken ? (failure as Error) : undefined);
      client.removeListener('error', onError);
      this.#slots.free(!broken);
    }
  }

  /** A pooler gives its clients a process id of its own making. */
  async #ask(client: PoolClient, known: Known, send: (config: { text: string; types: typeof types }) => Promise<Result>): Promise<boolean> {
    const { processID } = client as { processID?: unknown };
    if (typeof processID !== 'number') known.keeps = false;
    else {
      const [row] = (await send({ text: 'SELECT pg_backend_pid() AS pid', types })).rows as { pid: number }[];
      known.keeps = row?.pid === processID;
    }
    return known.keeps;
  }

  async #checkOut(expiry: Expiry): Promise<PoolClient> {
    // The pool serves its queue in the next tick; before that nobody knows whether a connection is made for this one.
    while (this.#pool.idleCount > 0 && this.#pool.idleCount <= this.#pool.waitingCount) await new Promise<void>(process.nextTick);
    return new Promise((resolve, reject) => {
      const before = this.#pool.totalCount;
      const checkout = this.#pool.connect();
      const connecting = this.#pool.totalCount > before ? newest(this.#pool) : undefined;
      let expected = true;
      expiry.onExpire(() => {
        expected = false;
        // A connection that hangs while connecting would keep its place in the pool for ever.
        connecting?.connection?.stream?.destroy();
        const error = new DatabaseUnavailable(`no connection to the database within ${expiry.ms} ms`);
        this.#slots.giveUp(error, expiry.since);
        reject(error);
      });
      checkout.then(
        (client) => {
          if (expected) {
            expiry.onExpire(undefined);
            return resolve(client);
          }
          client.release();
          this.#slots.free(false);
        },
        (error: unknown) => {
          if (expected) expiry.onExpire(undefined);
          this.#slots.free(false);
          reject(error);
        },
      );
    });
  }
}

interface Result {
  rows: unknown[];
  rowCount: number | null;
}

interface ConnectingClient {
  connection?: { stream?: { destroy(): void } };
}

/** The client that the pool made last; pg-pool has no public name for one that is still connecting. */
function newest(pool: Pool): ConnectingClient | undefined {
  return (pool as unknown as { _clients?: ConnectingClient[] })._clients?.at(-1);
}

/** What a statement answers, unless the time is up before. */
function inTime<T>(expiry: Expiry, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    expiry.onExpire(() => reject(new DatabaseUnavailable(`no answer from the database within ${expiry.ms} ms`)));
    answer.then(resolve, reject);
  });
}

/**
 * Who waits for a connection of the pool waits as long as the database answers others, and gives up with the first who was not answered in time
 * while nobody else was: a statement that is slow by itself, such as a write on a busy disk, is no outage for those who wait behind it.
 */
class Slots {
  static readonly #ofPools = new WeakMap<Pool, Slots>();

  /** Those of a pool, shared by all that use it through this file. */
  static of(pool: Pool): Slots {
    let slots = Slots.#ofPools.get(pool);
    if (!slots) {
      slots = new Slots(pool.options?.max ?? 10);
      Slots.#ofPools.set(pool, slots);
    }
    return slots;
  }

  #left: number;
  /** When the database last said something. */
  #answeredAt = Number.NEGATIVE_INFINITY;
  #queue: { resolve: () => void; reject: (error: unknown) => void }[] = [];

  constructor(count: number) {
    this.#left = Math.max(1, count);
  }

  /** Undefined: at once. */
  take(): Promise<void> | undefined {
    if (this.#left > 0) {
      this.#left -= 1;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ resolve, reject });
    });
  }

  free(answered: boolean): void {
    if (answered) this.#answeredAt = performance.now();
    const next = this.#queue.shift();
    if (next) next.resolve();
    else this.#left += 1;
  }

  giveUp(error: unknown, since: number): void {
    if (this.#answeredAt > since) return;
    const waiting = this.#queue;
    this.#queue = [];
    for (const { reject } of waiting) reject(error);
  }
}

/* Errors ------------------------------------------------------------------------------------------------ */

/** On top of the connection errors that `fromDatabaseError` knows: out of resources, cancelled, waiting for a lock, made a standby. */
const NOT_SERVING = /^(53...|57014|57P0.|55P03|25006)$/;
/** What a standby, which a primary may have become, says of a table that is not logged: its code is that of anything not supported, its words are translated. */
const isOfStandby = ({ code, routine }: { code?: string; routine?: string }) => code === '0A000' && routine === 'get_relation_info';
/** A value that PostgreSQL cannot read as the parameter's type, a number out of its range, a NUL character. */
const UNREADABLE: Record<string, string> = {
  '22P02': 'Pass each value in the form of its type: JSON, a uuid, a number, a time with its zone.',
  '22P05': 'Pass text of characters that the encoding of the database has.',
  '22003': 'Pass a number within the range of its type, such as an integer of 32 bits.',
  '22007': 'Pass times in the form 2026-01-31T12:00:00Z.',
  '22008': 'Pass a time that there is, in the form 2026-01-31T12:00:00Z.',
  '22021': 'Pass whole Unicode characters, other than U+0000.',
  '22023': 'Pass a value within the range of its argument.',
};

const codeOf = (error: unknown) => (error as { code?: string }).code ?? '';

/** The one row of a function that returns one. */
export function one<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new EvergreenError('NO_ROW', 'a function of the schema evergreen returned no row');
  return row;
}

/** Whether the connection on which this happened was cut. That says nothing about the database, unless another cannot be made. */
const isCut = (error: unknown) => CUT.test(codeOf(error)) || DRIVER_SAYS_CUT.test((error as Error).message);

/** Whether the connection on which this happened is not to be used again. */
const breaks = (error: unknown) => sort(error) instanceof DatabaseUnavailable;

function sort(error: unknown): Error {
  if (error instanceof EvergreenError) return error;
  const { code, severity, syscall, hint, detail } = error as Record<
    'code' | 'severity' | 'syscall' | 'hint' | 'detail',
    string | undefined
  >;
  const known = fromDatabaseError(error);
  if (known instanceof EvergreenError) return known;
  const details = { hint, detail, cause: error };
  if (
    NOT_SERVING.test(code ?? '') ||
    isOfStandby(error as { code?: string; routine?: string }) ||
    syscall !== undefined ||
    (severity === 'FATAL' && !/^(28|3D)/.test(code ?? ''))
  ) {
    return new DatabaseUnavailable(known.message, details);
  }
  const right = UNREADABLE[code ?? ''];
  if (right) return new InvalidInput(known.message, { ...details, hint: hint ?? right });
  if (code === '42501') {
    return new EvergreenError('PERMISSION_DENIED', known.message, {
      ...details,
      hint: "The role of this connection lacks a grant; as the schema's owner run: SELECT evergreen.grant_app('<role>')",
    });
  }
  return known;
}
