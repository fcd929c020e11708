/** What is told to the database later and in batches: how callers were answered, what was presented, what unsaved answers used, whose context was computed. */
import { type Database, isOutage, type Logger } from './database.js';
import { recordAnswerUses } from './queries/clusters.queries.js';
import {
  type LogGenerationParams,
  logGeneration,
  type ReleaseLeaseParams,
  recordCacheLookups,
  releaseLease,
} from './queries/core.queries.js';
import { markPresented, refreshCompanyContexts } from './queries/journey.queries.js';

/** Callers who were answered alike, within an hour and after about the same time; 'failed' when not at all. */
interface Tally {
  contentType: string;
  outcome: 'fresh' | 'stale' | 'similar' | 'generated' | 'fallback' | 'uncached' | 'failed';
  /** When the latest of them was answered, in ms since the epoch. */
  at: number;
  lookups: number;
  totalMs: number;
}

interface Presentation {
  id: string;
  contentType: string;
}

const BATCH = 500;
/** How many answers there are before their uses are sent early, and how many are sent at a time. */
const ANSWERS = { early: 5_000, batch: 1_000 };
/** Each may take the database a while. */
const CONTEXTS = 5;
const INTERVAL_MS = 5_000;
const HOUR_MS = 3_600_000;
const MOST = { tallies: 5_000, presentations: 5_000, answers: 10_000, usage: 1_000, leases: 1_000, contexts: 1_000 };

/** Sends every few seconds, when there is much and at the end; keeps a bounded number while the database is away. */
export class Counters {
  readonly #db: Database;
  readonly #logger: Logger | undefined;
  readonly #tallies = new Map<string, Tally>();
  readonly #presentations: Presentation[] = [];
  /** How often each was used, by id. */
  readonly #answers = new Map<string, number>();
  readonly #usage: LogGenerationParams[] = [];
  readonly #leases: ReleaseLeaseParams[] = [];
  readonly #contexts: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #dropped = 0;

  constructor(db: Database, logger?: Logger) {
    this.#db = db;
    this.#logger = logger;
  }

  /** How one caller was answered, and how long it took. */
  lookup(contentType: string, outcome: Tally['outcome'], ms: number): void {
    this.#tally(contentType, outcome, Date.now(), 1, ms);
    if (this.#tallies.size >= BATCH && !this.#flushing) void this.flush();
    else this.#schedule();
  }

  presented(ids: readonly string[], contentType: string): void {
    this.#add(
      this.#presentations,
      ids.map((id) => ({ id, contentType })),
      MOST.presentations,
    );
  }

  /** An answer that was used, by its id. */
  answered(id: string): void {
    this.#use(id, 1);
    if (this.#answers.size >= ANSWERS.early && !this.#flushing) void this.flush();
    else this.#schedule();
  }

  /** Tokens of an answer that no save reports. */
  used(generation: LogGenerationParams): void {
    this.#add(this.#usage, [generation], MOST.usage);
  }

  /** A lease whose end could not be told to the database. */
  abandoned(lease: ReleaseLeaseParams): void {
    this.#add(this.#leases, [lease], MOST.leases);
  }

  /** A company whose context a lookup had to compute. */
  computed(companyId: string): void {
    if (!this.#contexts.includes(companyId)) this.#add(this.#contexts, [companyId], MOST.contexts);
  }

  /** Sends what there is. Never rejects: what the database does not take now is kept, what it refuses is dropped with a warning. */
  flush(): Promise<void> {
    this.#flushing ??= this.#send().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  /** Sends the rest, in one attempt. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#flushing;
    await this.flush();
    clearTimeout(this.#timer);
    this.#dropped += this.#size();
    this.#warnOfDropped();
  }

  #size(): number {
    return this.#tallies.size + this.#presentations.length + this.#answers.size + this.#usage.length + this.#leases.length;
  }

  #add<T>(list: T[], entries: readonly T[], most: number): void {
    list.push(...entries);
    if (list.length > most) this.#dropped += list.splice(0, list.length - most).length;
    if (list.length >= BATCH && list.length - entries.length < BATCH) void this.flush();
    else this.#schedule();
  }

  #use(id: string, times: number): void {
    const uses = this.#answers.get(id);
    if (uses !== undefined || this.#answers.size < MOST.answers) this.#answers.set(id, (uses ?? 0) + times);
    else this.#dropped += times;
  }

  #tally(contentType: string, outcome: Tally['outcome'], at: number, lookups: number, totalMs: number): void {
    // Half powers of two, as the database's own buckets.
    const about = Math.ceil(2 * Math.log2(Math.max(totalMs / lookups, 0.1)));
    const key = `${contentType} ${outcome} ${Math.floor(at / HOUR_MS)} ${about}`;
    const tally = this.#tallies.get(key);
    if (tally) {
      tally.at = at;
      tally.lookups += lookups;
      tally.totalMs += totalMs;
    } else if (this.#tallies.size < MOST.tallies) this.#tallies.set(key, { contentType, outcome, at, lookups, totalMs });
    else this.#dropped += lookups;
  }

  #schedule(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.flush();
    }, INTERVAL_MS);
    this.#timer.unref();
  }

  async #send(): Promise<void> {
    const done =
      (await this.#each(this.#leases, 1, ([lease]) => releaseLease.run(lease as ReleaseLeaseParams, this.#db))) &&
      (await this.#each(this.#usage, 1, ([usage]) => logGeneration.run(usage as LogGenerationParams, this.#db))) &&
      (await this.#sendTallies()) &&
      (await this.#sendUses()) &&
      (await this.#each(this.#presentations, BATCH, (batch) => this.#present(batch))) &&
      (await this.#each(this.#contexts, CONTEXTS, (companyIds) => refreshCompanyContexts.run({ companyIds }, this.#db)));
    if (done) this.#warnOfDropped();
    else this.#schedule();
  }

  /** Sends a list batch by batch; false when the database is away. */
  async #each<T>(list: T[], size: number, send: (batch: T[]) => Promise<unknown>): Promise<boolean> {
    while (list.length > 0) {
      const batch = list.splice(0, size);
      try {
        await send(batch);
      } catch (error) {
        if (isOutage(error)) {
          list.unshift(...batch);
          return false;
        }
        this.#logger?.warn({ err: error, entries: batch.length }, 'the database refused counters, they are dropped');
      }
    }
    return true;
  }

  async #sendUses(): Promise<boolean> {
    const uses = [...this.#answers];
    this.#answers.clear();
    const sent = await this.#each(uses, ANSWERS.batch, (batch) =>
      recordAnswerUses.run({ ids: batch.map(([id]) => id), uses: batch.map(([, times]) => times) }, this.#db),
    );
    for (const [id, times] of uses) this.#use(id, times);
    return sent;
  }

  async #sendTallies(): Promise<boolean> {
    const tallies = [...this.#tallies.values()];
    this.#tallies.clear();
    const sent = await this.#each(tallies, BATCH, (batch) => {
      const entries = batch.map(({ contentType, outcome, at, lookups, totalMs }) => ({
        content_type: contentType,
        outcome,
        duration_ms: Math.round((totalMs / lookups) * 1000) / 1000,
        at: new Date(at).toISOString(),
        lookups,
      }));
      return recordCacheLookups.run({ lookups: JSON.stringify(entries) }, this.#db);
    });
    for (const { contentType, outcome, at, lookups, totalMs } of tallies) this.#tally(contentType, outcome, at, lookups, totalMs);
    return sent;
  }

  async #present(batch: Presentation[]): Promise<void> {
    for (const contentType of new Set(batch.map((each) => each.contentType))) {
      const ids = batch.filter((each) => each.contentType === contentType).map((each) => each.id);
      await markPresented.run({ ids, contentType }, this.#db);
    }
  }

  #warnOfDropped(): void {
    if (this.#dropped === 0) return;
    this.#logger?.warn({ entries: this.#dropped }, 'counters were dropped: the database was away for too long');
    this.#dropped = 0;
  }
}
