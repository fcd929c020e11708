/** One generation: claimed, prepared, asked of the model, and saved, or ended without. */
import type { Counters } from './counters.js';
import { type Database, isOutage, type Logger, one } from './database.js';
import { DatabaseUnavailable, InvalidInput, NotFound, TooLarge } from './errors.js';
import type { Lease, Leases } from './leases.js';
import { type ChatClient, type Completion, type CompletionFailure, type CompletionSuccess, complete, NO_USAGE } from './provider.js';
import { type ClaimGenerationResult, claimGeneration, failGeneration } from './queries/core.queries.js';
import { remember } from './remember.js';
import { keyOf, type Lookup, type Receipt, type Saved, type Shelf } from './shelf.js';

export interface GenerationOptions {
  db: Database;
  counters: Counters;
  openai: ChatClient;
  provider: string;
  /** Asked where the shelf names none. */
  model: string;
  /** Who holds the leases. */
  holder: string;
  generationTimeoutMs: number;
  logger?: Logger | undefined;
}

/** Content that was generated, and saved. */
export interface Generated {
  state: 'saved';
  content: unknown;
  generatedAt: Date;
  model: string;
  promptId: string | null;
  cost: number | null;
  reason: string;
}

/** How the work on one key ended, for its caller and for those who waited. */
export type End =
  | Generated
  | { state: 'lost'; completion: CompletionSuccess<unknown>; promptId: string | null; cost: number | null }
  | { state: 'look_again'; retryAfterMs?: number }
  | { state: 'moved' }
  | { state: 'conflict' }
  | { state: 'failed'; failure: CompletionFailure; retryAfterMs: number; cost: number | null }
  | { state: 'refused'; reason: 'backing_off' | 'over_budget'; why: string | null; retryAfterMs: number }
  | { state: 'outage'; unsaved?: { completion: CompletionSuccess<unknown>; promptId: string | null } }
  | { state: 'error'; error: unknown };

/** What the model is asked. */
export interface Prompt {
  prompt: string;
  promptId: string | null;
}

/** What is being generated under a lease. */
export interface Held<Args> {
  args: Args;
  found: Lookup;
  lease: Lease;
  /** Of which version its prompt was made; null: of none of the database's, or not made yet. */
  promptId: string | null;
}

/** What callers of this process wait for. */
export interface Waited {
  readonly callers: number;
}

export class Generations {
  readonly #options: GenerationOptions;
  readonly #leases: Leases;
  readonly #unsaved = new Map<string, Promise<Completion<unknown>>>();
  readonly #prompts = new Map<string, Prompt>();

  constructor(options: GenerationOptions, leases: Leases) {
    this.#options = options;
    this.#leases = leases;
  }

  /** Asks the database whether this process is to generate, and for the lease. */
  async claim<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args, found: Lookup): Promise<ClaimGenerationResult> {
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

  /** Generates what was claimed, for those who wait for the flight. */
  async run<Args, Draft, Content>(
    flight: Waited,
    shelf: Shelf<Args, Draft, Content>,
    args: Args,
    found: Lookup,
    claim: ClaimGenerationResult,
  ): Promise<End> {
    const { db, model } = this.#options;
    const lease = { contentType: shelf.contentType, cacheKey: found.cache_key, leaseToken: claim.lease_token ?? '' };
    const held: Held<Args> = { args, found, lease, promptId: null };
    let prompt: string;
    try {
      const row = one(await shelf.prepare(db, args, found));
      if (row.state !== 'ready') {
        await this.#leases.release(lease);
        return { state: 'moved' };
      }
      prompt = row.prompt ?? '';
      held.promptId = row.prompt_id;
    } catch (error) {
      // A prompt that cannot be made is a failed generation: earlier content is shown, and the key pauses.
      if (shelf.promptIsOurs && (error instanceof InvalidInput || error instanceof TooLarge)) {
        const failure = { ok: false as const, code: 'invalid' as const, message: error.message, model, usage: NO_USAGE, ms: 0 };
        return this.fail(shelf, held, { ...failure, requestId: null, status: null, attempts: 0, cause: error }, flight);
      }
      await this.#leases.release(lease);
      throw error;
    }
    this.prepared(shelf, args, { prompt, promptId: held.promptId });

    const renewal = this.#leases.keep(lease, claim.renew_after_ms ?? 0);
    const completion = await this.ask(shelf, prompt, claim.max_completion_tokens).finally(renewal.stop);
    if (!completion.ok) return this.fail(shelf, held, completion, flight);

    try {
      return saveEnd(one(await shelf.save(db.writing, args, found, completion.value, this.receipt(held, completion))), held, completion);
    } catch (error) {
      return this.unsaveable(shelf, held, completion, error, flight);
    }
  }

  /** What is remembered to be asked again when the database is away. */
  prepared<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args, prompt: Prompt): void {
    remember(this.#prompts, keyOf(shelf, args), prompt);
  }

  ask<Args, Draft, Content>(
    shelf: Shelf<Args, Draft, Content>,
    prompt: string,
    maxCompletionTokens: number | null,
  ): Promise<Completion<Draft>> {
    const { openai, generationTimeoutMs } = this.#options;
    const { schema, schemaName, parameters, model = this.#options.model } = shelf;
    return complete(openai, { prompt, schema, schemaName, model, parameters, maxCompletionTokens, timeoutMs: generationTimeoutMs });
  }

  receipt({ lease, promptId }: Held<unknown>, { usage, model, ms, requestId }: CompletionSuccess<unknown>): Receipt {
    return { leaseToken: lease.leaseToken, provider: this.#options.provider, model, promptId, ...usage, generationTimeMs: ms, requestId };
  }

  /** What becomes of an answer that the database did not take. */
  async unsaveable<Args, Draft, Content>(
    shelf: Shelf<Args, Draft, Content>,
    held: Held<Args>,
    completion: CompletionSuccess<unknown>,
    error: unknown,
    flight?: Waited,
  ): Promise<End> {
    if (isOutage(error)) {
      const { args, found, lease, promptId } = held;
      this.#options.counters.used(this.#usage(shelf, args, found, completion, promptId, 'uncached'));
      this.#options.counters.abandoned(lease);
      return { state: 'outage', unsaved: { completion, promptId } };
    }
    const message = error instanceof Error ? error.message : String(error);
    const failure = { ...completion, ok: false as const, code: 'invalid' as const, message, status: null, attempts: 1, cause: error };
    const end = await this.fail(shelf, held, failure, flight);
    // The answer's fault, not the call's: an unknown step, too many bytes. Were it the call's, the next lookup says so.
    if (error instanceof TooLarge || error instanceof InvalidInput || error instanceof NotFound) return end;
    throw error;
  }

  /** Ends a lease without an answer; what was used is logged whatever happens. */
  async fail<Args, Draft, Content>(
    shelf: Shelf<Args, Draft, Content>,
    { args, found, lease, promptId }: Held<Args>,
    failure: CompletionFailure,
    flight?: Waited,
  ): Promise<End> {
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
        await this.#leases.release(lease);
        throw error;
      }
      counters.used(this.#usage(shelf, args, found, failure, promptId, 'failed'));
      counters.abandoned(lease);
      return { state: 'failed', failure, retryAfterMs: 1, cost: null };
    }
  }

  async #announceWaiter<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args, found: Lookup): Promise<void> {
    const claim = await this.claim(shelf, args, found);
    if (claim.state === 'claimed') {
      await this.#leases.release({ contentType: shelf.contentType, cacheKey: found.cache_key, leaseToken: claim.lease_token ?? '' });
    }
  }

  /** Asks the model without a lease; callers of the same arguments share one call. */
  async unsaved<Args, Draft, Content>(
    shelf: Shelf<Args, Draft, Content>,
    args: Args,
  ): Promise<{ completion: Completion<unknown>; promptId: string | null }> {
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
      call = this.ask(shelf, prompt, null).then((completion) => {
        this.#unsaved.delete(key);
        this.#options.counters.used(this.#usage(shelf, args, undefined, completion, promptId, completion.ok ? 'uncached' : 'failed'));
        return completion;
      });
      this.#unsaved.set(key, call);
    }
    return { completion: await call, promptId };
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
}

/** What a save says of how the generation ended. */
export function saveEnd(saved: Saved, { found, promptId }: Held<unknown>, completion: CompletionSuccess<unknown>): End {
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

/** How it ended where even that could not be said. */
export const failedToSay = (error: unknown): End => (isOutage(error) ? { state: 'outage' } : { state: 'error', error });
