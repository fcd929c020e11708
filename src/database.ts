/** Every call to PostgreSQL: bounded in time, with the types that the generated wrappers promise, its errors sorted into classes. */
import type { IDatabaseConnection } from '@pgtyped/runtime';
import type { Pool, PoolClient } from 'pg';
import { DatabaseUnavailable, EvergreenError, fromDatabaseError, InvalidInput } from './errors.js';

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
/** How values are written, whatever the role, the database or the connection string says. */
const READABLE = "SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 1";

/** The application's pool, as the client uses it. */
export class Database implements IDatabaseConnection {
  readonly #pool: Pool;
  readonly #timeoutMs: number;
  readonly #slots: Slots;
  readonly #onPoolError: (error: Error) => void;
  /** Whether times come in PostgreSQL's ISO form without being asked for, as they do unless somebody has set DateStyle. */
  #readable = true;

  constructor(pool: Pool, timeoutMs: number, logger?: Logger) {
    this.#pool = pool;
    this.#timeoutMs = timeoutMs;
    // Never more checkouts than the pool has connections: those that wait do so here, and leave nothing behind in the pool's queue.
    this.#slots = new Slots(pool.options?.max ?? 10);
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
    let expiry: Expiry | undefined;
    try {
      for (let attempt = 1; ; attempt += 1) {
        await this.#slots.take();
        expiry ??= new Expiry(timeoutMs);
        const alone = !limited && !this.#readable;
        try {
          return await this.#once(text, values, expiry, limited || alone ? timeoutMs : 0);
        } catch (error) {
          // Only what reads is sent without a transaction, so it can be sent again; from now on in one that sets how times are written.
          if (error instanceof UnreadableTime && !limited && !alone) this.#readable = false;
          else if (attempt >= ATTEMPTS || !REPEATABLE.has((error as { code?: string }).code ?? '')) throw error;
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
    this.#pool.removeListener('error', this.#onPoolError);
  }

  async #once(text: string, values: unknown[], expiry: Expiry, limitMs: number): Promise<{ rows: unknown[]; rowCount: number }> {
    const client = await this.#checkOut(expiry);
    let failure: unknown;
    // Without a listener, a connection that breaks between two events would end the process.
    const onError = (error: Error) => {
      failure ??= error;
    };
    client.on('error', onError);
    try {
      const send = <T>(answer: Promise<T>) => expiry.bound(answer, 'no answer from the database');
      const limit = Math.ceil(limitMs);
      if (limit > 0) {
        await send(client.query({ text: `BEGIN; SET LOCAL statement_timeout = ${limit}; SET LOCAL lock_timeout = ${limit}; ${READABLE}` }));
      }
      const { rows, rowCount } = await send(client.query({ text, values, types }));
      if (limit > 0) await send(client.query({ text: 'COMMIT' }));
      return { rows, rowCount: rowCount ?? 0 };
    } catch (error) {
      failure ??= error;
      throw error;
    } finally {
      let broken = failure !== undefined && sort(failure) instanceof DatabaseUnavailable;
      if (limitMs > 0 && failure !== undefined && !broken) {
        broken = await expiry.bound(client.query({ text: 'ROLLBACK' }), 'no answer from the database').then(
          () => false,
          () => true,
        );
      }
      if (broken && expiry.expired) this.#slots.giveUp(failure);
      client.release(broken ? (failure as Error) : undefined);
      client.removeListener('error', onError);
      this.#slots.free();
    }
  }

  async #checkOut(expiry: Expiry): Promise<PoolClient> {
    return new Promise((resolve, reject) => {
      const before = this.#pool.totalCount;
      const checkout = this.#pool.connect();
      const connecting = this.#pool.totalCount > before ? newest(this.#pool) : undefined;
      let expected = true;
      const forget = expiry.onExpire(() => {
        expected = false;
        // A connection that hangs while connecting would keep its place in the pool for ever.
        connecting?.connection?.stream?.destroy();
        const error = new DatabaseUnavailable(`no connection to the database within ${this.#timeoutMs} ms`);
        this.#slots.giveUp(error);
        reject(error);
      });
      checkout.then(
        (client) => {
          forget();
          if (expected) return resolve(client);
          client.release();
          this.#slots.free();
        },
        (error: unknown) => {
          forget();
          this.#slots.free();
          reject(error);
        },
      );
    });
  }
}

interface ConnectingClient {
  connection?: { stream?: { destroy(): void } };
}

/** The client that the pool made last; pg-pool has no public name for one that is still connecting. */
function newest(pool: Pool): ConnectingClient | undefined {
  return (pool as unknown as { _clients?: ConnectingClient[] })._clients?.at(-1);
}

/** One time limit over several steps. */
class Expiry {
  readonly #timeoutMs: number;
  readonly #listeners = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  #turn: NodeJS.Immediate | undefined;
  #expired = false;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    // One more turn of the event loop: where the application kept it busy, the answer lies there unread.
    this.#timer = setTimeout(() => {
      this.#turn = setImmediate(() => {
        this.#expired = true;
        for (const listener of [...this.#listeners]) listener();
        this.#listeners.clear();
      });
    }, timeoutMs);
  }

  get expired(): boolean {
    return this.#expired;
  }

  /** Calls the listener when the time is up; the result takes it back. */
  onExpire(listener: () => void): () => void {
    if (this.#expired) listener();
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  bound<T>(promise: Promise<T>, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const forget = this.onExpire(() => reject(new DatabaseUnavailable(`${what} within ${this.#timeoutMs} ms`)));
      promise.then(resolve, reject).finally(forget);
    });
  }

  cancel(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    this.#listeners.clear();
  }
}

/** Who waits for a connection of the pool waits as long as the database answers others, and gives up with the first it does not answer. */
class Slots {
  #left: number;
  #queue: { resolve: () => void; reject: (error: unknown) => void }[] = [];

  constructor(count: number) {
    this.#left = Math.max(1, count);
  }

  take(): Promise<void> {
    if (this.#left > 0) {
      this.#left -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ resolve, reject });
    });
  }

  free(): void {
    const next = this.#queue.shift();
    if (next) next.resolve();
    else this.#left += 1;
  }

  giveUp(error: unknown): void {
    const waiting = this.#queue;
    this.#queue = [];
    for (const { reject } of waiting) reject(error);
  }
}

/* Errors ------------------------------------------------------------------------------------------------ */

/** On top of the connection errors that `fromDatabaseError` knows: out of resources, cancelled, waiting for a lock, made a standby. */
const NOT_SERVING = /^(53...|57014|57P0.|55P03|25006)$/;
/** A value that PostgreSQL cannot read as the parameter's type, a number out of its range, a NUL character. */
const UNREADABLE = /^(22P02|22P05|22003|22007|22008|22021|22023)$/;

function sort(error: unknown): Error {
  if (error instanceof EvergreenError) return error;
  const { code, severity, syscall, hint, detail } = error as Record<
    'code' | 'severity' | 'syscall' | 'hint' | 'detail',
    string | undefined
  >;
  const known = fromDatabaseError(error);
  if (known instanceof EvergreenError) return known;
  const details = { hint, detail, cause: error };
  if (NOT_SERVING.test(code ?? '') || syscall !== undefined || (severity === 'FATAL' && !/^(28|3D)/.test(code ?? ''))) {
    return new DatabaseUnavailable(known.message, details);
  }
  if (UNREADABLE.test(code ?? '')) return new InvalidInput(known.message, details);
  if (code === '42501') {
    return new EvergreenError('PERMISSION_DENIED', known.message, {
      ...details,
      hint: "The role of this connection lacks a grant; as the schema's owner run: SELECT evergreen.grant_app('<role>')",
    });
  }
  return known;
}

/** A time that PostgreSQL wrote in another form than ISO: no longer exact, and not always the same day for every reader. */
class UnreadableTime extends EvergreenError {
  constructor(text: string) {
    super('UNREADABLE_TIME', `a time came as ${JSON.stringify(text)}, not in ISO form`, {
      hint: "DateStyle is set for this role, database or connection. Before using the wrappers on it, run: SET DateStyle = 'ISO'",
    });
  }
}

/* Types ------------------------------------------------------------------------------------------------- */

type Parser = (text: string) => unknown;

const toText: Parser = (text) => text;
const toNumber: Parser = (text) => Number(text);

/** PostgreSQL's ISO form; what a Date cannot hold (infinity too) becomes the last or first instant that it can. */
function toDate(text: string): Date {
  if (text === 'infinity') return new Date(LAST);
  if (text === '-infinity') return new Date(-LAST);
  const parts = /^(\d{4,7})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d(?:\.\d{1,6})?)(?:([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?)?( BC)?$/.exec(
    text,
  );
  if (!parts) throw new UnreadableTime(text);
  const [, year, month, day, hours = 0, minutes = 0, seconds = 0, sign, zoneHours = 0, zoneMinutes = 0, zoneSeconds = 0, before] = parts;
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60 + Number(zoneSeconds);
  // Not Date.UTC of all of it: that takes the years 0 to 99 for those of the 20th century.
  const midnight = new Date(0).setUTCFullYear(before ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  const second = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds) - (sign === '-' ? -zone : zone);
  return new Date(Number.isNaN(midnight) ? (before ? -LAST : LAST) : midnight + Math.floor(second * 1000 + 1e-6));
}

/** The last instant that a Date can hold. */
const LAST = 8.64e15;

/** The text form of a one-dimensional array. */
function toArray(parse: Parser): Parser {
  return (text) => {
    const items: unknown[] = [];
    const item = /\s*(?:"((?:[^"\\]|\\.)*)"|([^,{}"]+))\s*(?:,|\}$)/gy;
    item.lastIndex = text.indexOf('{') + 1;
    for (let match = item.exec(text); match; match = item.exec(text)) {
      const [, quoted, plain] = match;
      if (quoted !== undefined) items.push(parse(quoted.replace(/\\(.)/gs, '$1')));
      else items.push(plain === 'NULL' ? null : parse(plain ?? ''));
    }
    return items;
  };
}

/** By type oid: the type, then its array. Everything else stays text, as the generated wrappers say (bigint and numeric too). */
const scalars: [oid: number, arrayOid: number, parse: Parser][] = [
  [16, 1000, (text) => text === 't'],
  [21, 1005, toNumber],
  [23, 1007, toNumber],
  [26, 1028, toNumber],
  [700, 1021, toNumber],
  [701, 1022, toNumber],
  [20, 1016, toText],
  [1700, 1231, toText],
  [25, 1009, toText],
  [1043, 1015, toText],
  [2950, 2951, toText],
  [114, 199, (text) => JSON.parse(text)],
  [3802, 3807, (text) => JSON.parse(text)],
  [1082, 1182, toDate],
  [1114, 1115, toDate],
  [1184, 1185, toDate],
];
const parsers = new Map<number, Parser>(
  scalars.flatMap(
    ([oid, arrayOid, parse]) =>
      [
        [oid, parse],
        [arrayOid, toArray(parse)],
      ] as const,
  ),
);

/** Passed with each query, so that nothing global is read or set. */
const types = {
  getTypeParser(oid: number): Parser {
    return parsers.get(oid) ?? toText;
  },
};
