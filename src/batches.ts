/** Many generations of one shelf: claimed in one statement, saved in one. */
import { isOutage } from './database.js';
import { InvalidInput } from './errors.js';
import { type End, failedToSay, type GenerationOptions, type Generations, type Held, saveEnd } from './generation.js';
import type { Leases } from './leases.js';
import { inParallel } from './parallel.js';
import type { CompletionSuccess } from './provider.js';
import type { BulkShelf, Lookup } from './shelf.js';

/** One claimed item of a call for many. */
interface Work<Args> extends Held<Args> {
  prompt: string;
  maxCompletionTokens: number | null;
}

/** What the model gave for it. */
interface Finished<Args, Draft> extends Work<Args> {
  completion: CompletionSuccess<Draft>;
}

export class Batches {
  readonly #options: Pick<GenerationOptions, 'db' | 'holder'>;
  readonly #generations: Generations;
  readonly #leases: Leases;

  constructor(options: Pick<GenerationOptions, 'db' | 'holder'>, generations: Generations, leases: Leases) {
    this.#options = options;
    this.#generations = generations;
    this.#leases = leases;
  }

  /** Claims all in one statement, asks the model for those that are ours, saves in one statement, or earlier when a third of the lease has gone by. */
  async run<Args, Draft, Content>(
    shelf: BulkShelf<Args, Draft, Content>,
    items: readonly { args: Args; found: Lookup }[],
    concurrency: number,
    gone: AbortSignal,
  ): Promise<Map<string, End>> {
    const { db, holder } = this.#options;
    const ends = new Map<string, End>();
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
      const cacheKey = item.found.cache_key;
      const lease = { contentType: shelf.contentType, cacheKey, leaseToken: claim.lease_token ?? '' };
      const prepared = { prompt: claim.prompt ?? '', promptId: claim.prompt_id };
      this.#generations.prepared(shelf, item.args, prepared);
      held.set(cacheKey, { ...item, lease, ...prepared, maxCompletionTokens: claim.max_completion_tokens });
      everyMs = claim.renew_after_ms ?? 0;
    }

    let finished: Finished<Args, Draft>[] = [];
    const saveFinished = async () => {
      const batch = finished;
      finished = [];
      if (batch.length > 0) await this.#save(shelf, batch, ends);
      for (const { found } of batch) held.delete(found.cache_key);
    };
    let keeping = Promise.resolve();
    const timer =
      everyMs > 0
        ? setInterval(() => {
            keeping = keeping.then(saveFinished).then(() => this.#leases.keepAll([...held.values()].map(({ lease }) => lease)));
          }, everyMs)
        : undefined;
    try {
      await inParallel([...held.values()], concurrency, async (work) => {
        if (gone.aborted) return;
        const completion = await this.#generations.ask(shelf, work.prompt, work.maxCompletionTokens);
        if (completion.ok) {
          finished.push({ ...work, completion });
          return;
        }
        held.delete(work.found.cache_key);
        ends.set(work.found.cache_key, await this.#generations.fail(shelf, work, completion).catch(failedToSay));
      });
    } finally {
      clearInterval(timer);
      await keeping;
      await saveFinished();
      if (held.size > 0) await this.#leases.releaseAll([...held.values()].map(({ lease }) => lease));
    }
    return ends;
  }

  async #save<Args, Draft, Content>(
    shelf: BulkShelf<Args, Draft, Content>,
    batch: readonly Finished<Args, Draft>[],
    ends: Map<string, End>,
  ): Promise<void> {
    try {
      const rows = await shelf.saveAll(
        this.#options.db,
        batch.map((work) => ({
          args: work.args,
          found: work.found,
          draft: work.completion.value,
          receipt: this.#generations.receipt(work, work.completion),
        })),
      );
      for (const saved of rows) {
        const work = batch[saved.ordinal - 1];
        if (work) ends.set(work.found.cache_key, saveEnd(saved, work, work.completion));
      }
    } catch (error) {
      for (const work of batch) {
        ends.set(work.found.cache_key, await this.#generations.unsaveable(shelf, work, work.completion, error).catch(failedToSay));
      }
    }
  }
}

/** Of a prompt of many that cannot be made; of one the database says more. */
const PROMPT_HINT =
  'A template has places for {{input}}, {{parent}} and the keys of an input that is an object, and together they stay below the limit.';
