/** The leases that this process holds: kept while the model writes, given back when nothing came of it. */
import type { Counters } from './counters.js';
import { type Database, isOutage, type Logger } from './database.js';
import { LeaseLost } from './errors.js';
import { releaseLease, releaseLeases, renewLease, renewLeases } from './queries/core.queries.js';

export interface Lease {
  contentType: string;
  cacheKey: string;
  leaseToken: string;
}

export class Leases {
  readonly #db: Database;
  readonly #counters: Counters;
  readonly #logger: Logger | undefined;

  /** `counters` tell of what cannot be given back now. */
  constructor(db: Database, counters: Counters, logger?: Logger) {
    this.#db = db;
    this.#counters = counters;
    this.#logger = logger;
  }

  /** Keeps a lease while the model writes, one renewal after the other. One that is lost is left to the save, which says so. */
  keep(lease: Lease, everyMs: number): { stop: () => void } {
    if (everyMs <= 0) return { stop: () => {} };
    let isUnderWay = false;
    const timer = setInterval(() => {
      if (isUnderWay) return;
      isUnderWay = true;
      renewLease
        .run(lease, this.#db)
        .catch((error: unknown) => {
          if (error instanceof LeaseLost) clearInterval(timer);
          else this.#logger?.warn({ err: error }, 'a lease could not be renewed');
        })
        .finally(() => {
          isUnderWay = false;
        });
    }, everyMs);
    return { stop: () => clearInterval(timer) };
  }

  async keepAll(leases: readonly Lease[]): Promise<void> {
    if (leases.length === 0) return;
    try {
      await renewLeases.run(columnsOf(leases), this.#db);
    } catch (error) {
      // One that is lost fails the statement for all: the others are renewed one by one.
      if (error instanceof LeaseLost) await Promise.allSettled(leases.map((lease) => renewLease.run(lease, this.#db)));
      else this.#logger?.warn({ err: error }, 'leases could not be renewed');
    }
  }

  /** Gives a lease back; when that cannot be told now, it is told later. */
  async release(lease: Lease): Promise<void> {
    try {
      await releaseLease.run(lease, this.#db.writing);
    } catch (error) {
      if (isOutage(error)) this.#counters.abandoned(lease);
      else this.#logger?.warn({ err: error }, 'a lease could not be released');
    }
  }

  /** Gives many back; those that cannot be told now are told later. */
  async releaseAll(leases: readonly Lease[]): Promise<void> {
    try {
      await releaseLeases.run(columnsOf(leases), this.#db);
    } catch (error) {
      for (const lease of leases) this.#counters.abandoned(lease);
      if (!isOutage(error)) this.#logger?.warn({ err: error }, 'leases could not be released');
    }
  }
}

function columnsOf(leases: readonly Lease[]): { contentType: string; cacheKeys: string[]; leaseTokens: string[] } {
  return {
    contentType: leases[0]?.contentType ?? '',
    cacheKeys: leases.map(({ cacheKey }) => cacheKey),
    leaseTokens: leases.map(({ leaseToken }) => leaseToken),
  };
}
