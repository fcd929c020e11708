/**
 * The one orchestration of all shelves: look up, claim, call the model, save, fall back. What is fresh, who may generate, what it costs and what may be
 * shown is decided by SQL; this file acts on the words that SQL returns.
 */
import { Batches } from './batches.js';
import { isOutage, one } from './database.js';
import { BudgetExceeded, EvergreenError, fromDatabaseError, GenerationFailed, InvalidInput, UnknownContentType } from './errors.js';
import { type End, type Generated, type GenerationOptions, Generations } from './generation.js';
import { Leases } from './leases.js';
import { type Listener, topicOf } from './listener.js';
import { Looks } from './looks.js';
import { inParallel } from './parallel.js';
import type { CompletionFailure, CompletionSuccess, FailureCode } from './provider.js';
import { remember } from './remember.js';
import {
  type Answer,
  type BulkShelf,
  type CallOptions,
  type Hit,
  keyOf,
  type Lookup,
  type Outcome,
  type Shelf,
  type Similar,
} from './shelf.js';

/** How a regeneration without a caller ended. */
export interface Regenerated {
  /** `skipped`: somebody else did it, or is at it. */
  state: 'saved' | 'failed' | 'refused' | 'skipped' | 'database_down';
  reason: string | null;
  cost: number | null;
}

export interface GeneratorOptions extends GenerationOptions {
  listener: Listener;
  databaseTimeoutMs: number;
  countLookups: boolean;
}

/** Rounds of look up, claim, wait for one call. */
const ROUNDS = 20;
/** How often a call starts over because what it is about changed between its lookup and its prompt. */
const MOVES = 5;
/** While another process refreshes a key, this one does not ask to. */
const REFRESHING_MS = 1_000;

/** The work of this process on one key: claiming it or waiting for whoever has it, then generating. Bound to no caller. */
interface Flight {
  argsKey: string;
  callers: number;
  settled: Promise<End>;
  /** Ends a wait for another process. */
  wake(): void;
}

export class Generator {
  readonly #options: GeneratorOptions;
  readonly #looks: Looks;
  readonly #generations: Generations;
  readonly #batches: Batches;
  readonly #flights = new Map<string, Flight>();
  readonly #notBefore = new Map<string, number>();
  readonly #running = new Set<Promise<unknown>>();
  /** Calls under way of which no promise is kept. */
  #calls = 0;
  #onLastCall: (() => void) | undefined;
  #closing = false;

  constructor(options: GeneratorOptions) {
    const leases = new Leases(options.db, options.counters, options.logger);
    this.#options = options;
    this.#looks = new Looks(options.db);
    this.#generations = new Generations(options, leases);
    this.#batches = new Batches(options, this.#generations, leases);
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
    start?: { found: Lookup; end?: End | undefined },
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
        const looked: Hit | Lookup = begun?.found ?? (await this.#looks.look(shelf, args, found));
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
    const ends = missing.length > 0 ? await this.#batches.run(shelf, missing, concurrency, gone) : new Map<string, End>();
    const stale = firstOfEach(all, founds, (found) => found.freshness === 'stale');
    if (stale.length > 0 && !this.#closing) {
      const refresh = this.#track(this.#batches.run(shelf, stale, concurrency, new AbortController().signal));
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

  /* Flights --------------------------------------------------------------------------------------------- */

  #launch<Args, Draft, Content>(key: string, shelf: Shelf<Args, Draft, Content>, args: Args, found: Lookup): Flight {
    const waiter = this.#options.listener.waiter(topicOf(shelf.contentType, found.cache_key));
    const flight: Flight = { argsKey: keyOf(shelf, args), callers: 0, settled: undefined as never, wake: waiter.wake };
    const fly = async (): Promise<End> => {
      try {
        for (;;) {
          const claim = await this.#generations.claim(shelf, args, found);
          switch (claim.state) {
            case 'claimed':
              return await this.#generations.run(flight, shelf, args, found, claim);
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
  async #ride(flight: Flight, gone: AbortSignal | undefined): Promise<End> {
    flight.callers += 1;
    let onGone: (() => void) | undefined;
    try {
      return await new Promise<End>((resolve, reject) => {
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

  /* Without the database -------------------------------------------------------------------------------- */

  /** Asks the model without a lease, and saves nothing. */
  async #answerUnsaved<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args): Promise<Answer<Content>> {
    const { completion, promptId } = await this.#generations.unsaved(shelf, args);
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

function refusedInput({ reason, error_code }: Lookup): Error {
  const hint =
    error_code === 'VG006'
      ? 'Pass a smaller input (of a cluster at most 1,000 items), or raise max_bytes of its content type with set_content_policy.'
      : 'Pass what JSON and PostgreSQL both hold, at most 64 levels deep: numbers up to 1.7e308, whole characters other than U+0000; to a cluster, items that are not blank.';
  return fromDatabaseError(Object.assign(new Error(reason), { code: error_code, hint }));
}

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

const add = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);
