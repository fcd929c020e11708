/**
 * The one orchestration of all shelves: look up, claim, call the model, save, fall back. What is fresh, who may generate, what it costs and what may be
 * shown is decided by SQL; this file acts on the words that SQL returns.
 */
import type { IDatabaseConnection } from '@pgtyped/runtime';
import type { z } from 'zod';
import type { Counters } from './counters.js';
import { type Database, isOutage, type Logger } from './database.js';
import {
  BudgetExceeded,
  DatabaseUnavailable,
  EvergreenError,
  fromDatabaseError,
  GenerationFailed,
  InvalidInput,
  LeaseLost,
  NotFound,
  TooLarge,
  UnknownContentType,
} from './errors.js';
import { type Listener, topicOf } from './listener.js';
import {
  type ChatClient,
  type Completion,
  type CompletionFailure,
  type CompletionSuccess,
  complete,
  type FailureCode,
  NO_USAGE,
} from './provider.js';
import {
  type ClaimGenerationResult,
  claimGeneration,
  failGeneration,
  releaseLease,
  releaseLeases,
  renewLease,
  renewLeases,
} from './queries/core.queries.js';

/** How an answer came about. */
export type Outcome = 'fresh' | 'stale' | 'similar' | 'generated' | 'fallback' | 'uncached';

/** Of which other input an answer is. */
export interface Similar {
  /** Id of the answer. */
  id: string;
  /** The input that was asked then. */
  input: unknown;
  /** From 0 to 1. */
  similarity: number;
  method: 'embedding' | 'trigram';
}

/** What is answered to a caller. */
export interface Answer<Content> {
  content: Content;
  /**
   * `fresh`: from the database. `stale`: from the database, being refreshed in the background. `similar`: the answer to a similar input, where that was
   * asked for. `generated`: by the model, for this call.
   * `fallback`: earlier content, because it could not be generated. `uncached`: by the model, not saved, because the database is away.
   */
  outcome: Outcome;
  /**
   * Why: `hit`, `waited` (another caller generated it), `revalidating`, `similar_input`; for `generated` why it was needed (`no_content`, `context_changed`, `expired`,
   * `schema_version`, `marked_stale`, `refresh`) or what became of it (`invalidated_meanwhile`, `lease_lost`); for `fallback` what failed (`provider_error`,
   * `timeout`, `refused`, `truncated`, `invalid`, `backing_off`, `over_budget`) or is missing (`no_posts`, of a stale answer too); `database_down`.
   */
  reason: string;
  generatedAt: Date;
  /** The model that wrote it. */
  model: string;
  /** The prompt it was written from; null when it was not one of the database's. */
  promptId: string | null;
  /** USD that this call cost: 0 when no model was asked for it, null when the price is not known. */
  cost: number | null;
  /** Where it was asked for a similar input, and only then. */
  similar?: Similar;
}

/** How long a caller waits. */
export interface CallOptions {
  /** Aborting rejects this call at once; a generation under way goes on for those who wait, and is saved. */
  signal?: AbortSignal | undefined;
  /** Milliseconds after which this call answers with earlier content, or fails. */
  deadlineMs?: number | undefined;
}

/** The row of every lookup. */
export interface Lookup {
  cache_key: string;
  freshness: string;
  reason: string;
  seen: string | null;
  content: unknown;
  generated_at: Date | null;
  generation_model: string | null;
  generation_prompt_id: string | null;
  context_hash: string;
  refresh_context?: boolean;
  base_revision?: number;
  company_id?: string;
  id?: string | null;
  similarity?: number | null;
  similar_to?: unknown;
  similarity_method?: string | null;
  /** Why nothing can be generated, e.g. `no_posts`: what there is is all that can be shown. */
  blocked?: string | null;
  /** Of an input that the database refuses: its SQLSTATE, the reason being its message. */
  error_code?: string | null;
}

/** What is answered at once: the database found it fresh, and says no more about it. */
export type Hit = Pick<Lookup, 'content' | 'generated_at' | 'generation_model' | 'generation_prompt_id'> & { cache_key?: undefined };

/** What every save is told of the generation. */
export interface Receipt {
  leaseToken: string;
  provider: string;
  model: string;
  promptId: string | null;
  promptTokens: number | null;
  completionTokens: number | null;
  cachedTokens: number | null;
  generationTimeMs: number;
  requestId: string | null;
}

/** A kind of content: its SQL functions, and the shape of the model's answer. */
export interface Shelf<Args, Draft, Content> {
  contentType: string;
  /** The prompt type under which its generations are logged; null: the one of the content type's policy. */
  generationType: string | null;
  schema: z.ZodType<Draft>;
  schemaName: string;
  /** Asked in place of the client's. */
  model?: string | undefined;
  /** Sent to the model as they are: temperature, seed, ... */
  parameters?: Record<string, unknown> | undefined;
  /** What an answer depends on, of the arguments. */
  identity(args: Args): string;
  /** Whether what a lookup or `hit` finds depends on nothing else, so that callers who ask it at the same time may share one. */
  sharesLookups?: boolean;
  /** Who pays. */
  payer(args: Args, found: Lookup | undefined): { companyId?: string | undefined; userId?: string | undefined };
  /**
   * Asked before the first lookup, in a statement that only hits are worth: undefined says nothing, and then `lookup` is asked. Not asked for a while where
   * that finds fresh what this does not, and says (`refresh_context`) that no hash could be put at hand for it.
   */
  hit?(db: Database, args: Args): Promise<Hit | undefined>;
  /** `earlier` is the previous lookup of the same call. */
  lookup(db: Database, args: Args, earlier: Lookup | undefined, afterFailure: boolean): Promise<Lookup[]>;
  prepare(
    db: IDatabaseConnection,
    args: Args,
    found: Lookup,
  ): Promise<{ state: string; prompt_id: string | null; prompt: string | null }[]>;
  save(db: IDatabaseConnection, args: Args, found: Lookup, draft: Draft, receipt: Receipt): Promise<Saved[]>;
  /** The content of an answer, of what the save returned. */
  saved(args: Args, content: Content): Content;
  /** The content of an answer that is in no table. */
  unsaved(args: Args, draft: Draft, at: Date): Content;
  /** Id of the row that was answered, where its uses are counted. */
  rowId?(content: Content): string | null;
  /** What to ask when the database is away and this process never asked it before; null when there is nothing sensible to ask. */
  uncachedPrompt(args: Args): string | null;
  /** The template is the database's: that no prompt can be made of it is no mistake of the caller. */
  promptIsOurs?: boolean;
}

/** A shelf whose calls can be made many at once, in one statement each. Rows carry the ordinal (from 1) of what they answer. */
export interface BulkShelf<Args, Draft, Content> extends Shelf<Args, Draft, Content> {
  lookupAll(db: Database, all: readonly Args[]): Promise<(Lookup & { ordinal: number })[]>;
  /** Claims and prepares; `invalid`: its prompt cannot be made. */
  claimAll(
    db: Database,
    all: readonly Args[],
    seen: readonly (string | null)[],
    holder: string,
  ): Promise<(ClaimGenerationResult & { ordinal: number; prompt_id: string | null; prompt: string | null })[]>;
  saveAll(
    db: Database,
    all: readonly { args: Args; found: Lookup; draft: Draft; receipt: Receipt }[],
  ): Promise<(Saved & { ordinal: number })[]>;
}

/** The row of every save. */
export interface Saved {
  state: string;
  content: unknown;
  generated_at: Date | null;
  cost: number | null;
  /** Of many: why it is `invalid`, which was billed and failed. */
  reason?: string | null;
  retry_after_ms?: number | null;
}

/** How a regeneration without a caller ended. */
export interface Regenerated {
  /** `skipped`: somebody else did it, or is at it. */
  state: 'saved' | 'failed' | 'refused' | 'skipped' | 'database_down';
  reason: string | null;
  cost: number | null;
}

export interface GeneratorOptions {
  db: Database;
  listener: Listener;
  counters: Counters;
  openai: ChatClient;
  provider: string;
  model: string;
  holder: string;
  databaseTimeoutMs: number;
  countLookups: boolean;
  generationTimeoutMs: number;
  logger?: Logger | undefined;
}

/** Rounds of look up, claim, wait for one call. */
const ROUNDS = 20;
/** How often a call starts over because what it is about changed between its lookup and its prompt. */
const MOVES = 5;
const REMEMBERED = 500;
/** While another process refreshes a key, this one does not ask to. */
const REFRESHING_MS = 1_000;

interface Generated {
  state: 'saved';
  content: unknown;
  generatedAt: Date;
  model: string;
  promptId: string | null;
  cost: number | null;
  reason: string;
}

/** How the work on one key ended, for its caller and for those who waited. */
type FlightEnd =
  | Generated
  | { state: 'lost'; completion: CompletionSuccess<unknown>; promptId: string | null; cost: number | null }
  | { state: 'look_again'; retryAfterMs?: number }
  | { state: 'moved' }
  | { state: 'conflict' }
  | { state: 'failed'; failure: CompletionFailure; retryAfterMs: number; cost: number | null }
  | { state: 'refused'; reason: 'backing_off' | 'over_budget'; why: string | null; retryAfterMs: number }
  | { state: 'outage'; unsaved?: { completion: CompletionSuccess<unknown>; promptId: string | null } }
  | { state: 'error'; error: unknown };

/** The work of this process on one key: claiming it or waiting for whoever has it, then generating. Bound to no caller. */
interface Flight {
  argsKey: string;
  callers: number;
  settled: Promise<FlightEnd>;
  /** Ends a wait for another process. */
  wake(): void;
}

interface Prompt {
  prompt: string;
  promptId: string | null;
}

interface Lease {
  contentType: string;
  cacheKey: string;
  leaseToken: string;
}

/** One claimed item of a call for many. */
interface Work<Args> {
  args: Args;
  found: Lookup;
  lease: Lease;
  prepared: Prompt;
  maxCompletionTokens: number | null;
}

export class Generator {
  readonly #options: GeneratorOptions;
  readonly #flights = new Map<string, Flight>();
  /** The first lookup that is not sent yet; its key is only worked out when there is another. */
  #first: { key(): string; found: Promise<Hit | Lookup> } | undefined;
  /** All lookups that are not sent yet, once they are more than one. */
  readonly #looks = new Map<string, Promise<Hit | Lookup>>();
  /** Which shelves are asked for hits. */
  readonly #hits = new HitTries();
  readonly #unsaved = new Map<string, Promise<Completion<unknown>>>();
  readonly #prompts = new Map<string, Prompt>();
  readonly #notBefore = new Map<string, number>();
  readonly #running = new Set<Promise<unknown>>();
  /** Calls under way of which no promise is kept. */
  #calls = 0;
  #onLastCall: (() => void) | undefined;
  #closing = false;

  constructor(options: GeneratorOptions) {
    this.#options = options;
  }

  /** Answers one call. */
  async answer<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args, options: CallOptions = {}): Promise<Answer<Content>> {
    if (this.#closing) throw new EvergreenError('CLOSED', 'this client was closed');
    const { signal, deadlineMs } = options;
    signal?.throwIfAborted();
    const started = performance.now();
    const waits = signal !== undefined || deadlineMs !== undefined;
    this.#calls += 1;
    try {
      const answer = await (waits ? this.#whileWaiting(shelf, args, options) : this.#serve(shelf, args, undefined));
      this.#report(shelf, started, answer);
      return answer;
    } catch (error) {
      if (!signal?.aborted && !(error instanceof InvalidInput || error instanceof UnknownContentType))
        this.#report(shelf, started, 'failed');
      throw error;
    } finally {
      this.#calls -= 1;
      if (this.#calls === 0) this.#onLastCall?.();
    }
  }

  /**
   * Answers many calls: one statement each to look up, claim and save them, what is missing generated `concurrency` at a time. In the order of `all`.
   * Aborting stops asking for more; what the model is already writing is saved.
   */
  async answerAll<Args, Draft, Content>(
    shelf: BulkShelf<Args, Draft, Content>,
    all: readonly Args[],
    { signal, concurrency }: { signal?: AbortSignal | undefined; concurrency: number },
  ): Promise<PromiseSettledResult<Answer<Content>>[]> {
    if (this.#closing) throw new EvergreenError('CLOSED', 'this client was closed');
    signal?.throwIfAborted();
    const gone = new AbortController();
    const call = this.#track(this.#serveAll(shelf, all, concurrency, gone.signal));
    call.catch(() => {});
    let onAbort: (() => void) | undefined;
    try {
      return await new Promise((resolve, reject) => {
        onAbort = () => reject(signal?.reason);
        signal?.addEventListener('abort', onAbort, { once: true });
        call.then(resolve, reject);
      });
    } finally {
      if (onAbort) signal?.removeEventListener('abort', onAbort);
      gone.abort();
    }
  }

  /** Generates anew, however fresh it is, unless somebody else is at it. */
  async regenerate<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args): Promise<Regenerated> {
    if (this.#closing) throw new EvergreenError('CLOSED', 'this client was closed');
    try {
      const found = one(await shelf.lookup(this.#options.db, args, undefined, false));
      const key = `${shelf.contentType}:${found.cache_key}`;
      if (this.#flights.has(key)) return { state: 'skipped', reason: null, cost: 0 };
      const end = await this.#launch(key, shelf, args, found).settled;
      switch (end.state) {
        case 'saved':
          return { state: 'saved', reason: end.reason, cost: end.cost };
        case 'lost':
          return { state: 'skipped', reason: 'lease_lost', cost: end.cost };
        case 'failed':
          return { state: 'failed', reason: end.failure.code, cost: end.cost };
        case 'refused':
          return { state: 'refused', reason: end.why ?? end.reason, cost: 0 };
        case 'outage':
          return { state: 'database_down', reason: null, cost: end.unsaved ? null : 0 };
        case 'error':
          throw end.error;
        default:
          return { state: 'skipped', reason: null, cost: 0 };
      }
    } catch (error) {
      if (isOutage(error)) return { state: 'database_down', reason: null, cost: 0 };
      throw error;
    }
  }

  /** Takes no more calls and resolves when those under way, background refreshes included, have ended. */
  async close(): Promise<void> {
    this.#closing = true;
    while (this.#running.size > 0 || this.#calls > 0) {
      await Promise.allSettled(this.#running);
      if (this.#calls > 0) {
        await new Promise<void>((resolve) => {
          this.#onLastCall = resolve;
        });
      }
    }
  }

  /** The call, unless its caller leaves first: by its signal, or at its deadline with what there is. */
  #whileWaiting<Args, Draft, Content>(
    shelf: Shelf<Args, Draft, Content>,
    args: Args,
    { signal, deadlineMs }: CallOptions,
  ): Promise<Answer<Content>> {
    const gone = new AbortController();
    const call = this.#track(this.#serve(shelf, args, gone.signal));
    return new Promise((resolve, reject) => {
      const timers: NodeJS.Timeout[] = [];
      const end = () => {
        for (const timer of timers) clearTimeout(timer);
        unsubscribe();
      };
      const leave = () => {
        end();
        gone.abort();
      };
      const onAbort = () => {
        leave();
        reject(signal?.reason);
      };
      const unsubscribe = signal ? onceAborted(signal, onAbort) : () => {};
      if (deadlineMs !== undefined) {
        // What may be shown instead is fetched shortly before, so that the deadline holds even when the database is slow.
        let instead: Answer<Content> | undefined;
        const early = deadlineMs - Math.min(this.#options.databaseTimeoutMs, deadlineMs / 5);
        timers.push(
          setTimeout(() => {
            this.#track(this.#fallback(shelf, args, undefined, 'timeout', 0)).then(
              (answer) => {
                instead = answer;
              },
              () => {},
            );
          }, early),
          setTimeout(() => {
            leave();
            if (instead) resolve(instead);
            else reject(new GenerationFailed(`no answer within the deadline of ${deadlineMs} ms`, { reason: 'timeout' }));
          }, deadlineMs),
        );
      }
      call.then(resolve, reject).finally(end);
    });
  }

  /** `start`: what a call for many has done for this one already. */
  async #serve<Args, Draft, Content>(
    shelf: Shelf<Args, Draft, Content>,
    args: Args,
    gone: AbortSignal | undefined,
    start?: { found: Lookup; end?: FlightEnd | undefined },
  ): Promise<Answer<Content>> {
    let argsKey: string | undefined;
    let found: Lookup | undefined;
    let waited = false;
    let spent: number | null = 0;
    let moves = 0;
    let offered: Generated | undefined;

    for (let round = 1; round <= ROUNDS && moves < MOVES; round += 1) {
      const begun = round === 1 ? start : undefined;
      try {
        const looked: Hit | Lookup = begun?.found ?? (await this.#look(shelf, args, found));
        if (looked.cache_key === undefined) return answerOf(looked, 'fresh', 'hit', spent);
        found = looked;
        const { companyId } = shelf.payer(args, found);
        if (found.refresh_context && companyId) this.#options.counters.computed(companyId);
      } catch (error) {
        if (isOutage(error)) return this.#answerUnsaved(shelf, args);
        throw error;
      }
      if (found.freshness === 'fresh') return answerOf(found, 'fresh', waited ? 'waited' : 'hit', spent);
      if (found.freshness === 'similar') return answerOf(found, 'similar', 'similar_input', spent);
      if (found.freshness === 'stale') {
        if (!begun && !found.blocked) this.#refresh(shelf, args, found);
        return answerOf(found, 'stale', found.blocked ?? 'revalidating', spent);
      }
      if (found.blocked) return answerOf(found, 'fallback', found.blocked, spent);

      // Saved for this very question after it was asked, and not shown by a lookup all the same: it is not paid for again.
      if (offered) return this.#generated(shelf, args, offered, 'fresh', 'waited', spent);

      gone?.throwIfAborted();
      argsKey ??= keyOf(shelf, args);
      const key = `${shelf.contentType}:${found.cache_key}`;
      const joined = begun?.end ? undefined : this.#flights.get(key);
      const end = begun?.end ?? (await this.#ride(joined ?? this.#launch(key, shelf, args, found), gone));
      if (!joined && 'cost' in end) spent = add(spent, end.cost);

      switch (end.state) {
        case 'saved':
          if (!joined) return this.#generated(shelf, args, end, 'generated', end.reason, spent);
          if (joined.argsKey === argsKey && end.reason !== 'invalidated_meanwhile') offered = end;
          break;
        case 'lost': {
          if (joined) break;
          const newer = await this.#newer(shelf, args, found);
          if (newer) return answerOf(newer, 'fresh', 'lease_lost', spent);
          return this.#unsavedAnswer(shelf, args, end.completion, end.promptId, 'generated', 'lease_lost', spent);
        }
        case 'outage':
          if (end.unsaved && (!joined || joined.argsKey === argsKey)) {
            const { completion, promptId } = end.unsaved;
            return this.#unsavedAnswer(shelf, args, completion, promptId, 'uncached', 'database_down', joined ? 0 : null);
          }
          return this.#answerUnsaved(shelf, args);
        case 'failed':
          if (!joined || end.retryAfterMs > 0) {
            const fallback = await this.#fallback(shelf, args, found, end.failure.code, spent);
            if (fallback) return fallback;
            // Handed over to those who wait: this caller waits with them.
            if (end.retryAfterMs > 0) throw generationFailed(end.failure, end.retryAfterMs);
          }
          break;
        case 'refused': {
          const fallback = await this.#fallback(shelf, args, found, end.reason, spent);
          if (fallback) return fallback;
          throw refusal(end.reason, end.why, end.retryAfterMs);
        }
        case 'error':
          throw end.error;
        case 'moved':
          moves += 1;
          break;
        case 'conflict':
          // Nothing was saved: this call begins anew, and the one whose condition did not hold is told so by its lookup.
          found = undefined;
          break;
        case 'look_again':
          waited = true;
          break;
      }
      waited ||= joined !== undefined;
    }
    const fallback = await this.#fallback(shelf, args, found, 'context_changed', spent);
    if (fallback) return fallback;
    throw new GenerationFailed('what was asked about changed each time it was to be answered', { reason: 'context_changed' });
  }

  /** One lookup for all callers of this process who ask the same before it is sent; whoever asks later is answered by a later one. */
  #look<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args, earlier: Lookup | undefined): Promise<Hit | Lookup> {
    if (!shelf.sharesLookups) return this.#lookAlone(shelf, args, earlier);
    const first = this.#first;
    if (!first) {
      // What was asked for here is sent after the microtasks that are waiting now.
      queueMicrotask(this.#forgetLooks);
      const found = this.#lookAlone(shelf, args, earlier);
      this.#first = { key: () => keyOf(shelf, args), found };
      return found;
    }
    if (this.#looks.size === 0) this.#looks.set(first.key(), first.found);
    const key = keyOf(shelf, args);
    const shared = this.#looks.get(key);
    if (shared) return shared.then(withOwnContent);
    const own = this.#lookAlone(shelf, args, earlier);
    this.#looks.set(key, own);
    return own;
  }

  readonly #forgetLooks = () => {
    this.#first = undefined;
    if (this.#looks.size > 0) this.#looks.clear();
  };

  async #lookAlone<Args, Draft, Content>(
    shelf: Shelf<Args, Draft, Content>,
    args: Args,
    earlier: Lookup | undefined,
  ): Promise<Hit | Lookup> {
    const { db } = this.#options;
    const tried = !earlier && shelf.hit !== undefined && this.#hits.isTried(shelf.contentType);
    const hit = tried ? await shelf.hit?.(db, args) : undefined;
    if (hit) {
      this.#hits.found(shelf.contentType);
      return hit;
    }
    const found = one(await shelf.lookup(db, args, earlier, false));
    if (found.refresh_context) this.#hits.found(shelf.contentType);
    else if (tried && found.freshness === 'fresh' && found.refresh_context === false) this.#hits.missed(shelf.contentType);
    return found;
  }

  #generated<Args, Draft, Content>(
    shelf: Shelf<Args, Draft, Content>,
    args: Args,
    { content, generatedAt, model, promptId }: Generated,
    outcome: Outcome,
    reason: string,
    cost: number | null,
  ): Answer<Content> {
    return { content: shelf.saved(args, structuredClone(content) as Content), outcome, reason, generatedAt, model, promptId, cost };
  }

  /* Many ------------------------------------------------------------------------------------------------ */

  async #serveAll<Args, Draft, Content>(
    shelf: BulkShelf<Args, Draft, Content>,
    all: readonly Args[],
    concurrency: number,
    gone: AbortSignal,
  ): Promise<PromiseSettledResult<Answer<Content>>[]> {
    const started = performance.now();
    const founds: Lookup[] = [];
    let away = false;
    try {
      for (const row of await shelf.lookupAll(this.#options.db, all)) founds[row.ordinal - 1] = row;
    } catch (error) {
      if (!isOutage(error)) throw error;
      away = true;
    }

    const missing = firstOfEach(all, founds, (found) => found.freshness === 'missing' || found.freshness === 'expired');
    const ends = missing.length > 0 ? await this.#generateAll(shelf, missing, concurrency, gone) : new Map<string, FlightEnd>();
    const stale = firstOfEach(all, founds, (found) => found.freshness === 'stale');
    if (stale.length > 0 && !this.#closing) {
      const refresh = this.#track(this.#generateAll(shelf, stale, concurrency, new AbortController().signal));
      refresh.catch((error: unknown) => this.#options.logger?.warn({ err: error }, 'a background refresh of many failed'));
    }

    const first = new Map<string, Promise<PromiseSettledResult<Answer<Content>>>>();
    return inParallel(all, concurrency, async (args, index) => {
      const found = founds[index];
      const key = found?.cache_key ?? keyOf(shelf, args);
      const same = first.get(key);
      if (same) return again(await same);
      if (found?.freshness === 'invalid') return { status: 'rejected' as const, reason: refusedInput(found) };
      const serving = away ? this.#answerUnsaved(shelf, args) : this.#serve(shelf, args, gone, found && { found, end: ends.get(key) });
      const settled = serving.then(
        (value) => ({ status: 'fulfilled' as const, value }),
        (reason: unknown) => ({ status: 'rejected' as const, reason }),
      );
      first.set(key, settled);
      return settled;
    }).then((results) => {
      for (const result of results) this.#report(shelf, started, result.status === 'fulfilled' ? result.value : 'failed');
      return results;
    });
  }

  /** Claims all in one statement, asks the model for those that are ours, saves in one statement, or earlier when a third of the lease has gone by. */
  async #generateAll<Args, Draft, Content>(
    shelf: BulkShelf<Args, Draft, Content>,
    items: readonly { args: Args; found: Lookup }[],
    concurrency: number,
    gone: AbortSignal,
  ): Promise<Map<string, FlightEnd>> {
    const { db, holder } = this.#options;
    const ends = new Map<string, FlightEnd>();
    let claims: Awaited<ReturnType<typeof shelf.claimAll>>;
    try {
      claims = await shelf.claimAll(
        db,
        items.map(({ args }) => args),
        items.map(({ found }) => found.seen),
        holder,
      );
    } catch (error) {
      if (!isOutage(error)) throw error;
      for (const { found } of items) ends.set(found.cache_key, { state: 'outage' });
      return ends;
    }
    const held = new Map<string, Work<Args>>();
    let everyMs = 0;
    for (const claim of claims) {
      const item = items[claim.ordinal - 1];
      if (item && claim.state === 'invalid')
        ends.set(item.found.cache_key, {
          state: 'error',
          error: new InvalidInput(claim.reason ?? 'the prompt cannot be made', { hint: PROMPT_HINT }),
        });
      if (!item || claim.state !== 'claimed') continue;
      const { args, found } = item;
      const lease = { contentType: shelf.contentType, cacheKey: found.cache_key, leaseToken: claim.lease_token ?? '' };
      const prepared = { prompt: claim.prompt ?? '', promptId: claim.prompt_id };
      remember(this.#prompts, keyOf(shelf, args), prepared);
      held.set(found.cache_key, { args, found, lease, prepared, maxCompletionTokens: claim.max_completion_tokens });
      everyMs = claim.renew_after_ms ?? 0;
    }

    let finished: (Work<Args> & { completion: CompletionSuccess<Draft> })[] = [];
    const saveFinished = async () => {
      const batch = finished;
      finished = [];
      if (batch.length > 0) await this.#saveAll(shelf, batch, ends);
      for (const { found } of batch) held.delete(found.cache_key);
    };
    let keeping = Promise.resolve();
    const timer =
      everyMs > 0
        ? setInterval(() => {
            keeping = keeping.then(saveFinished).then(() => this.#renewAll([...held.values()].map(({ lease }) => lease)));
          }, everyMs)
        : undefined;
    try {
      await inParallel([...held.values()], concurrency, async (work) => {
        const { args, found, lease, prepared, maxCompletionTokens } = work;
        if (gone.aborted) return;
        const completion = await this.#ask(shelf, prepared.prompt, maxCompletionTokens);
        if (completion.ok) {
          finished.push({ ...work, completion });
          return;
        }
        held.delete(found.cache_key);
        ends.set(found.cache_key, await this.#fail(undefined, shelf, args, found, lease, completion, prepared.promptId).catch(failedToSay));
      });
    } finally {
      clearInterval(timer);
      await keeping;
      await saveFinished();
      if (held.size > 0) await this.#releaseAll([...held.values()].map(({ lease }) => lease));
    }
    return ends;
  }

  async #saveAll<Args, Draft, Content>(
    shelf: BulkShelf<Args, Draft, Content>,
    batch: readonly (Work<Args> & { completion: CompletionSuccess<Draft> })[],
    ends: Map<string, FlightEnd>,
  ): Promise<void> {
    try {
      const rows = await shelf.saveAll(
        this.#options.db,
        batch.map(({ args, found, lease, prepared, completion }) => ({
          args,
          found,
          draft: completion.value,
          receipt: this.#receipt(lease, completion, prepared.promptId),
        })),
      );
      for (const saved of rows) {
        const work = batch[saved.ordinal - 1];
        if (work) ends.set(work.found.cache_key, saveEnd(saved, work.found, work.completion, work.prepared.promptId));
      }
    } catch (error) {
      for (const { args, found, lease, prepared, completion } of batch) {
        const end = this.#unsaveable(undefined, shelf, args, found, lease, completion, prepared.promptId, error).catch(failedToSay);
        ends.set(found.cache_key, await end);
      }
    }
  }

  /* Flights --------------------------------------------------------------------------------------------- */

  #launch<Args, Draft, Content>(key: string, shelf: Shelf<Args, Draft, Content>, args: Args, found: Lookup): Flight {
    const waiter = this.#options.listener.waiter(topicOf(shelf.contentType, found.cache_key));
    const flight: Flight = { argsKey: keyOf(shelf, args), callers: 0, settled: undefined as never, wake: waiter.wake };
    const fly = async (): Promise<FlightEnd> => {
      try {
        for (;;) {
          const claim = await this.#claim(shelf, args, found);
          switch (claim.state) {
            case 'claimed':
              return await this.#generate(flight, shelf, args, found, claim);
            case 'fresh':
              return { state: 'look_again' };
            case 'busy':
              if (flight.callers === 0) return { state: 'look_again', retryAfterMs: REFRESHING_MS };
              await waiter.wait(claim.retry_after_ms ?? 0);
              if (flight.callers === 0) return { state: 'look_again' };
              break;
            case 'backing_off':
            case 'over_budget':
              return { state: 'refused', reason: claim.state, why: claim.reason, retryAfterMs: claim.retry_after_ms ?? 0 };
            default:
              throw new EvergreenError('UNKNOWN_STATE', `claim_generation said ${claim.state}`, {
                hint: 'The schema evergreen is newer than this client: upgrade the package.',
              });
          }
        }
      } catch (error) {
        return isOutage(error) ? { state: 'outage' } : { state: 'error', error };
      } finally {
        waiter.close();
        this.#flights.delete(key);
      }
    };
    this.#flights.set(key, flight);
    flight.settled = this.#track(fly());
    return flight;
  }

  /** Waits for a flight, unless the caller leaves. */
  async #ride(flight: Flight, gone: AbortSignal | undefined): Promise<FlightEnd> {
    flight.callers += 1;
    let onGone: (() => void) | undefined;
    try {
      return await new Promise<FlightEnd>((resolve, reject) => {
        onGone = () => reject(gone?.reason);
        gone?.addEventListener('abort', onGone, { once: true });
        flight.settled.then(resolve, reject);
      });
    } finally {
      if (onGone) gone?.removeEventListener('abort', onGone);
      flight.callers -= 1;
      if (flight.callers === 0) flight.wake();
    }
  }

  /** Generates in the background what was answered stale, unless that is under way or was told to pause. */
  #refresh<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args, found: Lookup): void {
    const key = `${shelf.contentType}:${found.cache_key}`;
    if (this.#closing || this.#flights.has(key) || (this.#notBefore.get(key) ?? 0) > Date.now()) return;
    void this.#launch(key, shelf, args, found).settled.then((end) => {
      if ('retryAfterMs' in end && end.retryAfterMs) remember(this.#notBefore, key, Date.now() + end.retryAfterMs);
      if (end.state === 'failed' || end.state === 'refused' || end.state === 'error' || end.state === 'outage') {
        const why = end.state === 'failed' ? end.failure.code : end.state === 'refused' ? end.reason : end.state;
        this.#options.logger?.warn(
          { contentType: shelf.contentType, cacheKey: found.cache_key, err: end.state === 'error' ? end.error : undefined },
          `a background refresh failed: ${why}`,
        );
      }
    });
  }

  async #claim<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args, found: Lookup): Promise<ClaimGenerationResult> {
    const { db, holder, provider } = this.#options;
    const model = shelf.model ?? this.#options.model;
    return one(
      await claimGeneration.run(
        {
          contentType: shelf.contentType,
          cacheKey: found.cache_key,
          holder,
          seen: found.seen,
          ...shelf.payer(args, found),
          provider,
          model,
        },
        db.writing,
      ),
    );
  }

  async #generate<Args, Draft, Content>(
    flight: Flight,
    shelf: Shelf<Args, Draft, Content>,
    args: Args,
    found: Lookup,
    claim: ClaimGenerationResult,
  ): Promise<FlightEnd> {
    const { db, model } = this.#options;
    const lease: Lease = { contentType: shelf.contentType, cacheKey: found.cache_key, leaseToken: claim.lease_token ?? '' };
    let prepared: Prompt;
    try {
      const row = one(await shelf.prepare(db, args, found));
      if (row.state !== 'ready') {
        await this.#release(lease);
        return { state: 'moved' };
      }
      prepared = { prompt: row.prompt ?? '', promptId: row.prompt_id };
    } catch (error) {
      // A prompt that cannot be made is a failed generation: earlier content is shown, and the key pauses.
      if (shelf.promptIsOurs && (error instanceof InvalidInput || error instanceof TooLarge)) {
        const failure = { ok: false as const, code: 'invalid' as const, message: error.message, model, usage: NO_USAGE, ms: 0 };
        return this.#fail(
          flight,
          shelf,
          args,
          found,
          lease,
          { ...failure, requestId: null, status: null, attempts: 0, cause: error },
          null,
        );
      }
      await this.#release(lease);
      throw error;
    }
    remember(this.#prompts, keyOf(shelf, args), prepared);

    const renewal = this.#renew(lease, claim.renew_after_ms ?? 0);
    const completion = await this.#ask(shelf, prepared.prompt, claim.max_completion_tokens).finally(renewal.stop);
    if (!completion.ok) return this.#fail(flight, shelf, args, found, lease, completion, prepared.promptId);

    try {
      const receipt = this.#receipt(lease, completion, prepared.promptId);
      return saveEnd(one(await shelf.save(db.writing, args, found, completion.value, receipt)), found, completion, prepared.promptId);
    } catch (error) {
      return this.#unsaveable(flight, shelf, args, found, lease, completion, prepared.promptId, error);
    }
  }

  #receipt(lease: Lease, { usage, model, ms, requestId }: CompletionSuccess<unknown>, promptId: string | null): Receipt {
    return { leaseToken: lease.leaseToken, provider: this.#options.provider, model, promptId, ...usage, generationTimeMs: ms, requestId };
  }

  /** What becomes of an answer that the database did not take. */
  async #unsaveable<Args, Draft, Content>(
    flight: Flight | undefined,
    shelf: Shelf<Args, Draft, Content>,
    args: Args,
    found: Lookup,
    lease: Lease,
    completion: CompletionSuccess<unknown>,
    promptId: string | null,
    error: unknown,
  ): Promise<FlightEnd> {
    if (isOutage(error)) {
      this.#options.counters.used(this.#usage(shelf, args, found, completion, promptId, 'uncached'));
      this.#options.counters.abandoned(lease);
      return { state: 'outage', unsaved: { completion, promptId } };
    }
    const message = error instanceof Error ? error.message : String(error);
    const failure = { ...completion, ok: false as const, code: 'invalid' as const, message, status: null, attempts: 1, cause: error };
    const end = await this.#fail(flight, shelf, args, found, lease, failure, promptId);
    // The answer's fault, not the call's: an unknown step, too many bytes. Were it the call's, the next lookup says so.
    if (error instanceof TooLarge || error instanceof InvalidInput || error instanceof NotFound) return end;
    throw error;
  }

  /** Ends a lease without an answer; what was used is logged whatever happens. */
  async #fail<Args, Draft, Content>(
    flight: Flight | undefined,
    shelf: Shelf<Args, Draft, Content>,
    args: Args,
    found: Lookup,
    lease: Lease,
    failure: CompletionFailure,
    promptId: string | null,
  ): Promise<FlightEnd> {
    const { db, counters, provider, logger } = this.#options;
    logger?.warn(
      { contentType: lease.contentType, cacheKey: lease.cacheKey, err: failure.cause },
      `generation failed: ${failure.code}: ${failure.message}`,
    );
    try {
      // Those who wait in this process never asked the database: one of them is announced to it now, as those of other processes are.
      if (flight && flight.callers > 1) await this.#announceWaiter(shelf, args, found);
      const ended = one(
        await failGeneration.run(
          {
            ...lease,
            errorCode: failure.code,
            errorMessage: failure.message,
            provider,
            model: failure.model,
            promptId,
            ...failure.usage,
            generationTimeMs: failure.ms,
            requestId: failure.requestId,
            ...shelf.payer(args, found),
          },
          db.writing,
        ),
      );
      return { state: 'failed', failure, retryAfterMs: ended.retry_after_ms ?? 0, cost: ended.cost };
    } catch (error) {
      if (!isOutage(error)) {
        await this.#release(lease);
        throw error;
      }
      counters.used(this.#usage(shelf, args, found, failure, promptId, 'failed'));
      counters.abandoned(lease);
      return { state: 'failed', failure, retryAfterMs: 1, cost: null };
    }
  }

  async #announceWaiter<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args, found: Lookup): Promise<void> {
    const claim = await this.#claim(shelf, args, found);
    if (claim.state === 'claimed') {
      await this.#release({ contentType: shelf.contentType, cacheKey: found.cache_key, leaseToken: claim.lease_token ?? '' });
    }
  }

  /** Gives a lease back; when that cannot be told now, it is told later. */
  async #release(lease: Lease): Promise<void> {
    try {
      await releaseLease.run(lease, this.#options.db.writing);
    } catch (error) {
      if (isOutage(error)) this.#options.counters.abandoned(lease);
      else this.#options.logger?.warn({ err: error }, 'a lease could not be released');
    }
  }

  /** Gives many back; those that cannot be told now are told later. */
  async #releaseAll(leases: readonly Lease[]): Promise<void> {
    try {
      await releaseLeases.run(columnsOf(leases), this.#options.db);
    } catch (error) {
      for (const lease of leases) this.#options.counters.abandoned(lease);
      if (!isOutage(error)) this.#options.logger?.warn({ err: error }, 'leases could not be released');
    }
  }

  async #renewAll(leases: readonly Lease[]): Promise<void> {
    if (leases.length === 0) return;
    try {
      await renewLeases.run(columnsOf(leases), this.#options.db);
    } catch (error) {
      // One that is lost fails the statement for all: the others are renewed one by one.
      if (error instanceof LeaseLost) await Promise.allSettled(leases.map((lease) => renewLease.run(lease, this.#options.db)));
      else this.#options.logger?.warn({ err: error }, 'leases could not be renewed');
    }
  }

  /** Keeps a lease while the model writes, one renewal after the other. One that is lost is left to the save, which says so. */
  #renew(lease: Lease, everyMs: number): { stop: () => void } {
    if (everyMs <= 0) return { stop: () => {} };
    let isUnderWay = false;
    const timer = setInterval(() => {
      if (isUnderWay) return;
      isUnderWay = true;
      renewLease
        .run(lease, this.#options.db)
        .catch((error: unknown) => {
          if (error instanceof LeaseLost) clearInterval(timer);
          else this.#options.logger?.warn({ err: error }, 'a lease could not be renewed');
        })
        .finally(() => {
          isUnderWay = false;
        });
    }, everyMs);
    return { stop: () => clearInterval(timer) };
  }

  #ask<Args, Draft, Content>(
    shelf: Shelf<Args, Draft, Content>,
    prompt: string,
    maxCompletionTokens: number | null,
  ): Promise<Completion<Draft>> {
    const { openai, generationTimeoutMs } = this.#options;
    const { schema, schemaName, parameters, model = this.#options.model } = shelf;
    return complete(openai, { prompt, schema, schemaName, model, parameters, maxCompletionTokens, timeoutMs: generationTimeoutMs });
  }

  /* Without the database -------------------------------------------------------------------------------- */

  /** Asks the model without a lease; callers of the same arguments share one call. */
  async #answerUnsaved<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args): Promise<Answer<Content>> {
    const known = this.#prompts.get(keyOf(shelf, args));
    const prompt = known?.prompt ?? shelf.uncachedPrompt(args);
    if (prompt === null) {
      throw new DatabaseUnavailable('the database is away, and nothing is known of what was asked for', {
        hint: 'Call again when the database answers, or pass what the model should know: `context`, `posts`, or the `prompt` of answer().',
      });
    }
    const promptId = known?.promptId ?? null;
    const key = `${keyOf(shelf, args)}\n${prompt}`;
    let call = this.#unsaved.get(key);
    if (!call) {
      this.#options.logger?.warn({ contentType: shelf.contentType }, 'the database is away: answering without it');
      call = this.#track(this.#ask(shelf, prompt, null)).then((completion) => {
        this.#unsaved.delete(key);
        this.#options.counters.used(this.#usage(shelf, args, undefined, completion, promptId, completion.ok ? 'uncached' : 'failed'));
        return completion;
      });
      this.#unsaved.set(key, call);
    }
    const completion = await call;
    if (!completion.ok) throw generationFailed(completion, undefined);
    return this.#unsavedAnswer(shelf, args, completion, promptId, 'uncached', 'database_down', null);
  }

  #unsavedAnswer<Args, Draft, Content>(
    shelf: Shelf<Args, Draft, Content>,
    args: Args,
    completion: CompletionSuccess<unknown>,
    promptId: string | null,
    outcome: Outcome,
    reason: string,
    cost: number | null,
  ): Answer<Content> {
    const generatedAt = new Date();
    const content = shelf.unsaved(args, structuredClone(completion.value) as Draft, generatedAt);
    return { content, outcome, reason, generatedAt, model: completion.model, promptId, cost };
  }

  #usage<Args, Draft, Content>(
    shelf: Shelf<Args, Draft, Content>,
    args: Args,
    found: Lookup | undefined,
    completion: Completion<unknown>,
    promptId: string | null,
    outcome: 'uncached' | 'failed',
  ) {
    return {
      generationType: shelf.generationType ?? shelf.contentType,
      model: completion.model,
      success: completion.ok,
      provider: this.#options.provider,
      ...shelf.payer(args, found),
      promptId,
      ...completion.usage,
      generationTimeMs: completion.ms,
      outcome,
      errorCode: completion.ok ? null : completion.code,
      errorMessage: completion.ok ? null : completion.message,
      requestId: completion.requestId,
      createdAt: new Date().toISOString(),
    };
  }

  /* Earlier content ------------------------------------------------------------------------------------- */

  /** What may be shown after a failure; undefined when there is nothing, or no database to ask. */
  async #fallback<Args, Draft, Content>(
    shelf: Shelf<Args, Draft, Content>,
    args: Args,
    found: Lookup | undefined,
    reason: string,
    cost: number | null,
  ): Promise<Answer<Content> | undefined> {
    try {
      const last = one(await shelf.lookup(this.#options.db, args, found, true));
      if (last.freshness === 'fresh') return answerOf(last, 'fresh', 'waited', cost);
      return last.content === null ? undefined : answerOf(last, 'fallback', reason, cost);
    } catch (error) {
      if (isOutage(error)) return undefined;
      throw error;
    }
  }

  async #newer<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args, found: Lookup): Promise<Lookup | undefined> {
    try {
      const last = one(await shelf.lookup(this.#options.db, args, found, false));
      return last.freshness === 'fresh' ? last : undefined;
    } catch (error) {
      if (isOutage(error)) return undefined;
      throw error;
    }
  }

  /** Notes how a caller was answered, and which row was used. */
  #report<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, started: number, answer: Answer<Content> | 'failed'): void {
    const { counters, countLookups } = this.#options;
    if (!countLookups) return;
    counters.lookup(shelf.contentType, answer === 'failed' ? answer : answer.outcome, performance.now() - started);
    if (answer === 'failed' || answer.outcome === 'generated') return;
    const id = shelf.rowId?.(answer.content);
    if (id) counters.answered(id);
  }

  #track<T>(promise: Promise<T>): Promise<T> {
    this.#running.add(promise);
    const done = () => this.#running.delete(promise);
    promise.then(done, done);
    return promise;
  }
}

/**
 * Which content types are worth asking for a hit. Where hashes are not at hand (changes are not tracked, or the policy looks at activity) it is in vain, and
 * a round trip more for each fresh answer: after such a one the next 2 lookups do without, after the next such 4, and so on up to 256, until there is a hit
 * or a hash that can be put at hand.
 */
class HitTries {
  readonly #inVain = new Map<string, { times: number; left: number }>();

  isTried(contentType: string): boolean {
    const inVain = this.#inVain.size > 0 ? this.#inVain.get(contentType) : undefined;
    if (!inVain || inVain.left === 0) return true;
    inVain.left -= 1;
    return false;
  }

  found(contentType: string): void {
    if (this.#inVain.size > 0) this.#inVain.delete(contentType);
  }

  missed(contentType: string): void {
    const inVain = this.#inVain.get(contentType) ?? { times: 0, left: 0 };
    // Several that were asked at the same time are one try.
    if (inVain.left > 0) return;
    inVain.times = Math.min(inVain.times + 1, 8);
    inVain.left = 2 ** inVain.times;
    this.#inVain.set(contentType, inVain);
  }
}

function answerOf<Content>(found: Hit | Lookup, outcome: Outcome, reason: string, cost: number | null): Answer<Content> {
  const answer: Answer<Content> = {
    content: found.content as Content,
    outcome,
    reason,
    generatedAt: found.generated_at ?? new Date(),
    model: found.generation_model ?? '',
    promptId: found.generation_prompt_id,
    cost,
  };
  if (outcome === 'similar') answer.similar = similarOf(found as Lookup);
  return answer;
}

const similarOf = ({ id, similar_to, similarity, similarity_method }: Lookup): Similar => ({
  id: id ?? '',
  input: similar_to,
  similarity: similarity ?? 0,
  method: similarity_method as Similar['method'],
});

/** For one of several callers who share a lookup: what one does to its content is not seen by the others. */
const withOwnContent = <Found extends Hit | Lookup>(found: Found): Found => ({ ...found, content: structuredClone(found.content) });

function refusedInput({ reason, error_code }: Lookup): Error {
  const hint =
    error_code === 'VG006'
      ? 'Pass a smaller input (of a cluster at most 1,000 items), or raise max_bytes of its content type with set_content_policy.'
      : 'Pass what JSON and PostgreSQL both hold, at most 64 levels deep: numbers up to 1.7e308, whole characters other than U+0000; to a cluster, items that are not blank.';
  return fromDatabaseError(Object.assign(new Error(reason), { code: error_code, hint }));
}

/** Of a prompt of many that cannot be made; of one the database says more. */
const PROMPT_HINT =
  'A template has places for {{input}}, {{parent}} and the keys of an input that is an object, and together they stay below the limit.';

function saveEnd(saved: Saved, found: Lookup, completion: CompletionSuccess<unknown>, promptId: string | null): FlightEnd {
  if (saved.state === 'invalid') {
    const failure = { ...completion, ok: false as const, code: 'invalid' as const, message: saved.reason ?? '', status: null, attempts: 1 };
    return { state: 'failed', failure, retryAfterMs: saved.retry_after_ms ?? 0, cost: saved.cost };
  }
  if (saved.state === 'conflict') return { state: 'conflict' };
  if (saved.state === 'lease_lost') return { state: 'lost', completion, promptId, cost: saved.cost };
  return {
    state: 'saved',
    content: saved.content,
    generatedAt: saved.generated_at ?? new Date(),
    model: completion.model,
    promptId,
    cost: saved.cost,
    reason: saved.state === 'saved_stale' ? 'invalidated_meanwhile' : found.reason,
  };
}

const failedToSay = (error: unknown): FlightEnd => (isOutage(error) ? { state: 'outage' } : { state: 'error', error });

/** The first of all with each key, of those whose lookup is as wanted. */
function firstOfEach<Args>(
  all: readonly Args[],
  founds: readonly Lookup[],
  wanted: (found: Lookup) => boolean,
): { args: Args; found: Lookup }[] {
  const first = new Map<string, { args: Args; found: Lookup }>();
  all.forEach((args, index) => {
    const found = founds[index];
    if (found && wanted(found) && !first.has(found.cache_key)) first.set(found.cache_key, { args, found });
  });
  return [...first.values()];
}

/** What one of the same call gets of the first one's answer: it cost nothing more. */
function again<Content>(result: PromiseSettledResult<Answer<Content>>): PromiseSettledResult<Answer<Content>> {
  if (result.status === 'rejected') return result;
  const { content, outcome, reason } = result.value;
  const generated = outcome === 'generated';
  return {
    status: 'fulfilled',
    value: {
      ...result.value,
      content: structuredClone(content),
      outcome: generated ? 'fresh' : outcome,
      reason: generated ? 'waited' : reason,
      cost: 0,
    },
  };
}

/** So many at a time; results in order. */
export async function inParallel<T, R>(items: readonly T[], most: number, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}

function columnsOf(leases: readonly Lease[]): { contentType: string; cacheKeys: string[]; leaseTokens: string[] } {
  return {
    contentType: leases[0]?.contentType ?? '',
    cacheKeys: leases.map(({ cacheKey }) => cacheKey),
    leaseTokens: leases.map(({ leaseToken }) => leaseToken),
  };
}

function generationFailed(failure: CompletionFailure, retryAfterMs: number | undefined): GenerationFailed {
  return new GenerationFailed(`the model gave no usable answer: ${failure.message}`, {
    reason: failure.code satisfies FailureCode,
    status: failure.status ?? undefined,
    requestId: failure.requestId ?? undefined,
    attempts: failure.attempts ?? undefined,
    hint: retryAfterMs ? tryAgain(retryAfterMs) : undefined,
    retryAfterMs: retryAfterMs || undefined,
    cause: failure.cause,
  });
}

function refusal(reason: 'backing_off' | 'over_budget', why: string | null, retryAfterMs: number): EvergreenError {
  const hint = tryAgain(retryAfterMs);
  if (reason === 'over_budget')
    return new BudgetExceeded(why ?? 'a budget is used up', { hint: `Raise it with set_budget, or wait. ${hint}` });
  return new GenerationFailed(`generation failed a moment ago${why ? ` (${why})` : ''} and is not tried yet`, {
    reason,
    hint,
    retryAfterMs: Math.max(1, retryAfterMs),
  });
}

const aborts = new WeakMap<AbortSignal, Set<() => void>>();

/** One listener a signal, however many calls it stands for: Node.js warns of more than ten. */
function onceAborted(signal: AbortSignal, callback: () => void): () => void {
  let callbacks = aborts.get(signal);
  if (!callbacks) {
    const added = new Set<() => void>();
    const onAbort = () => {
      for (const each of added) each();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    aborts.set(signal, added);
    callbacks = added;
  }
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

const tryAgain = (ms: number) => `Try again in ${Math.max(1, Math.ceil(ms / 1000))} s.`;

function one<T>(rows: T[]): T {
  const [row] = rows;
  if (row === undefined) throw new EvergreenError('NO_ROW', 'a function of the schema evergreen returned no row');
  return row;
}

const add = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);

function keyOf<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args): string {
  return `${shelf.schemaName}:${shelf.identity(args)}`;
}

/** Keeps the latest entries only. */
export function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > REMEMBERED) map.delete(map.keys().next().value as string);
}
