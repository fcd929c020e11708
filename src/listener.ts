/**
 * Waiting for another process to finish a key. Waiters wake by LISTEN on one connection a process, opened when somebody first waits. The connection is
 * trusted once it has heard a notification that this process sent itself; until then, and where it never does (PgBouncer), waiters look again by the clock.
 */
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Pool } from 'pg';
import type { Database, Logger } from './database.js';

const CHANNEL = 'evergreen';
const POLL = { firstMs: 50, mostMs: 1_000 };
/** How often a waiter looks again although the listener is heard. */
const RECHECK_MS = 5_000;
const PROOF_MS = 2_000;
const RECONNECT = { firstMs: 1_000, mostMs: 60_000 };
/** Until another attempt where listening is accepted and nothing arrives. */
const DEAF_MS = 600_000;

/** The topic of a key, as the database notifies it. */
export function topicOf(contentType: string, cacheKey: string): string {
  return createHash('md5').update(`${contentType}:${cacheKey}`).digest('hex');
}

/** Somebody who waits for one key; sees every notification since it was made. */
export interface Waiter {
  /** Resolves when the key was notified, or when it is time to look again: after `mostMs` at the latest. */
  wait(mostMs: number): Promise<void>;
  /** Ends a wait that is under way. */
  wake(): void;
  close(): void;
}

export class Listener {
  readonly #db: Database;
  readonly #pool: Pool;
  readonly #logger: Logger | undefined;
  readonly #waiters = new Map<string, Set<() => void>>();
  readonly #proofs = new Map<string, () => void>();
  #client: Client | undefined;
  #heard = false;
  #opening = false;
  #proving = false;
  #closed = false;
  #failures = 0;
  #notBefore = 0;

  constructor(db: Database, pool: Pool, logger?: Logger) {
    this.#db = db;
    this.#pool = pool;
    this.#logger = logger;
  }

  /** Whether notifications are known to arrive. */
  get heard(): boolean {
    return this.#heard;
  }

  /** Call before the claim that may say busy, so that nothing is missed in between. */
  waiter(topic: string): Waiter {
    let notified = false;
    let resume: (() => void) | undefined;
    let rounds = 0;
    const onNotify = () => {
      notified = true;
      resume?.();
    };
    const waiters = this.#waiters.get(topic) ?? new Set();
    waiters.add(onNotify);
    this.#waiters.set(topic, waiters);
    return {
      wait: async (mostMs) => {
        this.#open().catch((error: unknown) => this.#logger?.warn({ err: error }, 'listening is not possible, waiting goes on by polling'));
        if (!notified) {
          const pause = this.#heard ? RECHECK_MS : Math.min(POLL.firstMs * 2 ** rounds, POLL.mostMs);
          rounds += 1;
          const woken = await new Promise<boolean>((resolve) => {
            const timer = setTimeout(() => resolve(false), Math.min(mostMs + 1, pause * (0.75 + Math.random() / 2)));
            resume = () => {
              clearTimeout(timer);
              resolve(true);
            };
          });
          resume = undefined;
          if (!woken && this.#heard) void this.#prove();
        }
        notified = false;
      },
      wake: onNotify,
      close: () => {
        waiters.delete(onNotify);
        if (waiters.size === 0 && this.#waiters.get(topic) === waiters) this.#waiters.delete(topic);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wakeAll();
    await this.#drop();
  }

  async #open(): Promise<void> {
    if (this.#client || this.#opening || this.#closed || !this.#pool.options || Date.now() < this.#notBefore) return;
    this.#opening = true;
    const options = this.#pool.options;
    // The pool hides its password from enumeration, so a copy needs it by name.
    const client = new Client({
      ...options,
      password: options.password,
      application_name: 'pg-evergreen listener',
      keepAlive: true,
      connectionTimeoutMillis: options.connectionTimeoutMillis || 5_000,
    });
    const lost = (error?: Error) => {
      if (this.#client !== client) return;
      if (!this.#closed) this.#logger?.warn({ err: error }, 'the listening connection was lost, waiting goes on by polling');
      this.#later(RECONNECT.firstMs, RECONNECT.mostMs);
      void this.#drop();
    };
    client.on('error', lost);
    client.on('notification', ({ payload }) => this.#notify(payload ?? ''));
    this.#client = client;
    try {
      unref(client);
      await client.connect();
      unref(client);
      await client.query(`LISTEN ${CHANNEL}`);
      await this.#prove();
    } catch (error) {
      lost(error as Error);
    } finally {
      this.#opening = false;
    }
  }

  /** Notifies itself through the pool and waits to hear it. */
  async #prove(): Promise<void> {
    const client = this.#client;
    if (!client || this.#proving) return;
    this.#proving = true;
    const id = randomUUID();
    try {
      const arrived = new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), PROOF_MS);
        timer.unref();
        this.#proofs.set(id, () => {
          clearTimeout(timer);
          resolve(true);
        });
      });
      await this.#db.query('SELECT pg_notify($1, $2)', [CHANNEL, `ping:${id}`]);
      const heard = await arrived;
      if (this.#client !== client || this.#closed) return;
      if (heard) {
        this.#failures = 0;
        if (!this.#heard) {
          this.#heard = true;
          // What was notified before listening began was not heard: everybody looks once more.
          this.#wakeAll();
        }
        return;
      }
      this.#logger?.debug?.({}, 'notifications do not arrive here (a pooler?), waiting goes on by polling');
      this.#notBefore = Date.now() + DEAF_MS;
      await this.#drop();
    } catch (error) {
      this.#logger?.debug?.({ err: error }, 'listening could not be proved');
      this.#later(RECONNECT.firstMs, RECONNECT.mostMs);
      await this.#drop();
    } finally {
      this.#proofs.delete(id);
      this.#proving = false;
    }
  }

  #notify(payload: string): void {
    if (payload.startsWith('ping:')) this.#proofs.get(payload.slice(5))?.();
    else for (const waiter of [...(this.#waiters.get(payload) ?? [])]) waiter();
  }

  #wakeAll(): void {
    for (const waiters of this.#waiters.values()) for (const waiter of [...waiters]) waiter();
  }

  #later(firstMs: number, mostMs: number): void {
    this.#notBefore = Date.now() + Math.min(firstMs * 2 ** Math.min(this.#failures, 16), mostMs);
    this.#failures += 1;
  }

  /** Gives the connection up; waiters that relied on it look again and poll from now on. */
  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (this.#heard) {
      this.#heard = false;
      this.#wakeAll();
    }
    if (!client) return;
    // A connection that no longer answers does not say goodbye either.
    await Promise.race([client.end().catch(() => {}), sleep(1_000, undefined, { ref: false })]);
  }
}

/** Waiting for notifications alone keeps no process running. */
function unref(client: Client): void {
  (client as unknown as { unref?: () => void }).unref?.();
}
