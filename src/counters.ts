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
const ANSWERS = { early: 20_000, batch: 1_000 };
/** Each may take the database a while. */
const CONTEXTS = 5;
const INTERVAL_MS = 5_000;
const HOUR_MS = 3_600_000;
/** Some 100 bytes each. */
const MOST = { tallies: 5_000, presentations: 5_000, answers: 40_000, usage: 1_000, leases: 1_000, contexts: 1_000 };

/** Sends every few seconds, when there is much and at the end; keeps a bounded number while the database is away. */
export class Counters {
  readonly #db: Database;
  readonly #usesEveryMs: number;
  readonly #logger: Logger | undefined;
  readonly #tallies = new Tallies();
  readonly #presentations: Presentation[] = [];
  /** How often each was used, by id. */
  readonly #answers = new Map<string, number>();
  readonly #usage: LogGenerationParams[] = [];
  readonly #leases: ReleaseLeaseParams[] = [];
  readonly #contexts: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** When uses are next sent, as performance.now() counts. */
  #usesDue: number;
  #flushing: Promise<void> | undefined;
  /** Whether the database was away when it was last tried. */
  #away = false;
  #dropped = 0;

  /** `usesEveryMs`: how often uses of answers are sent, of which each is a row that is written. */
  constructor(db: Database, usesEveryMs: number, logger?: Logger) {
    this.#db = db;
    this.#usesEveryMs = usesEveryMs;
    this.#usesDue = performance.now() + usesEveryMs;
    this.#logger = logger;
  }

  /** How one caller was answered, and how long it took. */
  lookup(contentType: string, outcome: Tally['outcome'], ms: number): void {
    this.#dropped += this.#tallies.add(contentType, outcome, Date.now(), 1, ms);
    if (this.#tallies.size >= BATCH) this.#hurry(false);
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
    if (this.#answers.size >= ANSWERS.early) this.#hurry(true);
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

  /** Sends all that was counted before. Never rejects: what the database does not take now is kept, what it refuses is dropped with a warning. */
  flush(): Promise<void> {
    return this.#begin(true);
  }

  /** Sends the rest, in one attempt. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
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
    if (list.length >= BATCH && list.length - entries.length < BATCH) this.#hurry(false);
    else this.#schedule();
  }

  #use(id: string, times: number): void {
    const uses = this.#answers.get(id);
    if (uses !== undefined || this.#answers.size < MOST.answers) this.#answers.set(id, (uses ?? 0) + times);
    else this.#dropped += times;
  }

  #schedule(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.#begin(performance.now() >= this.#usesDue);
      },
      Math.min(INTERVAL_MS, this.#usesEveryMs),
    );
    this.#timer.unref();
  }

  /** Before its time, unless that has just been tried in vain. */
  #hurry(uses: boolean): void {
    if (this.#flushing || this.#away) this.#schedule();
    else void this.#begin(uses);
  }

  /** Sends after those who are sending. */
  #begin(uses: boolean): Promise<void> {
    const sent = (this.#flushing ? this.#flushing.then(() => this.#send(uses)) : this.#send(uses)).then(() => {
      if (this.#flushing === sent) this.#flushing = undefined;
    });
    this.#flushing = sent;
    return sent;
  }

  async #send(uses: boolean): Promise<void> {
    const done =
      (await this.#each(this.#leases, 1, ([lease]) => releaseLease.run(lease as ReleaseLeaseParams, this.#db))) &&
      (await this.#each(this.#usage, 1, ([usage]) => logGeneration.run(usage as LogGenerationParams, this.#db))) &&
      (await this.#sendTallies()) &&
      (!uses || (await this.#sendUses())) &&
      (await this.#each(this.#presentations, BATCH, (batch) => this.#present(batch))) &&
      (await this.#each(this.#contexts, CONTEXTS, (companyIds) => refreshCompanyContexts.run({ companyIds }, this.#db)));
    this.#away = !done;
    if (done) this.#warnOfDropped();
    if (!done || this.#answers.size > 0) this.#schedule();
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
    this.#usesDue = performance.now() + this.#usesEveryMs;
    const uses = [...this.#answers];
    this.#answers.clear();
    const sent = await this.#each(uses, ANSWERS.batch, (batch) =>
      recordAnswerUses.run({ ids: batch.map(([id]) => id), uses: batch.map(([, times]) => times) }, this.#db),
    );
    for (const [id, times] of uses) this.#use(id, times);
    return sent;
  }

  async #sendTallies(): Promise<boolean> {
    const tallies = this.#tallies.take();
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
    for (const { contentType, outcome, at, lookups, totalMs } of tallies)
      this.#dropped += this.#tallies.add(contentType, outcome, at, lookups, totalMs);
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

/** Sums of callers who were answered alike. Found by one part of what they have in common after the other: a key of all of it would be made anew with each hit. */
class Tallies {
  #byType = new Map<string, Map<Tally['outcome'], Map<number, Tally>>>();
  size = 0;

  /** How many could not be added, since there are too many different ones. */
  add(contentType: string, outcome: Tally['outcome'], at: number, lookups: number, totalMs: number): number {
    // Half powers of two, as the database's own buckets; less than 128 of them.
    const about = Math.ceil(2 * Math.log2(Math.max(totalMs / lookups, 0.1)));
    const key = Math.floor(at / HOUR_MS) * 128 + about;
    const known = this.#byType.get(contentType)?.get(outcome)?.get(key);
    if (known) {
      known.at = at;
      known.lookups += lookups;
      known.totalMs += totalMs;
      return 0;
    }
    if (this.size >= MOST.tallies) return lookups;
    const byOutcome = this.#byType.get(contentType) ?? new Map<Tally['outcome'], Map<number, Tally>>();
    const alike = byOutcome.get(outcome) ?? new Map<number, Tally>();
    this.#byType.set(contentType, byOutcome.set(outcome, alike.set(key, { contentType, outcome, at, lookups, totalMs })));
    this.size += 1;
    return 0;
  }

  /** All of them, which are forgotten here. */
  take(): Tally[] {
    const taken = [...this.#byType.values()].flatMap((byOutcome) => [...byOutcome.values()].flatMap((alike) => [...alike.values()]));
    this.#byType = new Map();
    this.size = 0;
    return taken;
  }
}
