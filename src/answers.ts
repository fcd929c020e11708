/** Answers by their input, of any content type that the database has a policy for; clusters and their goals are two of them (clusters.ts). */
import type { IDatabaseConnection } from '@pgtyped/runtime';
import { z } from 'zod';
import { check, userId } from './check.js';
import type { Counters } from './counters.js';
import { type Database, type Logger, often } from './database.js';
import { InvalidInput } from './errors.js';
import type { Generator } from './generate.js';
import { jsonOf } from './json.js';
import { inParallel } from './parallel.js';
import { type ChatClient, checkSendable, embed } from './provider.js';
import {
  type ClaimAnswersResult,
  claimAnswers,
  clustersToWarm,
  type HitAnswerParams,
  hitAnswer,
  hitAnswers,
  type LookupAnswerParams,
  lookupAnswer,
  lookupAnswers,
  prepareAnswer,
  recordSimilarityVerdict,
  saveAnswer,
  saveAnswers,
} from './queries/clusters.queries.js';
import { remember } from './remember.js';
import type { Answer, BulkShelf, CallOptions, Hit, Lookup, Receipt, Saved, Similar } from './shelf.js';

/* What callers ask -------------------------------------------------------------------------------------- */

export const SIMILARITY_CHECKS = ['numbers', 'negations', 'entities', 'order', 'structure'] as const;

/** What can be made to agree in two inputs: their numbers, negations, names, the order of what is around a "to", the shape of the JSON. */
export type SimilarityCheck = (typeof SIMILARITY_CHECKS)[number];

/** When the answer to another input will do. */
export interface SimilarOptions {
  /** From 0 to 1; default: the `similarity_threshold` of the policy. Without either it is an error: nothing is similar by itself. */
  threshold?: number | undefined;
  /** What must agree in both inputs, however similar they are; default: all of them. */
  checks?: readonly SimilarityCheck[] | undefined;
  /** Default: `embedding` where the client has an `embeddingModel`, else `trigram`: how many letters in a row both texts share. */
  by?: 'embedding' | 'trigram' | undefined;
}

/** Who owns an answer and how it is asked for: all of it belongs to its identity. */
export interface AskOptions {
  /** Default: the client's. */
  model?: string | undefined;
  /** Sent to the model as they are: temperature, top_p, seed, ... */
  parameters?: Record<string, unknown> | undefined;
  /** Owner and payer; without company and user an answer is shared by all. */
  companyId?: string | undefined;
  userId?: string | undefined;
}

export interface AnswerArgs<T> extends AskOptions, CallOptions {
  /** One that `set_content_policy` made. */
  contentType: string;
  /** Any JSON value. */
  input: unknown;
  /** What the model must answer: an object, without transformations. Another shape wants another `schema_version` in the policy. */
  schema: z.ZodType<T>;
  /** A template with `{{input}}`, `{{parent}}`, or the keys of an input object as places; default: the active prompt of the content type. */
  prompt?: string | undefined;
  /** Id of the answer that this one follows, as goals follow a cluster. */
  parentId?: string | undefined;
  /** Whether the answer to a similar input will do; default: no. */
  similar?: boolean | SimilarOptions | undefined;
}

export interface AnswersArgs<T> extends Omit<AnswerArgs<T>, 'input' | 'similar' | 'deadlineMs'> {
  inputs: readonly unknown[];
  /** How many the model is asked at a time; default 4. */
  concurrency?: number | undefined;
}

/** An answer and the id of its row; null when it is in no table. */
export interface KeptAnswer<T> extends Answer<T> {
  id: string | null;
}

export interface VerdictArgs extends Pick<AskOptions, 'companyId' | 'userId'> {
  /** Default `cluster`. */
  contentType?: string | undefined;
  /** What was asked. */
  input: unknown;
  /** `similar` of the answer that was given. */
  similar: Similar;
  /** Whether it was right. */
  agreed: boolean;
}

export interface WarmArgs extends Pick<CallOptions, 'signal'> {
  /** Default `cluster`. */
  contentType?: string | undefined;
  /** Needed for content types of the application. */
  schema?: z.ZodType | undefined;
  /** At most so many; default 100. */
  limit?: number | undefined;
  /** USD; no call is begun that may lead over it, judged by the dearest so far. */
  maxCost?: number | undefined;
  /** At most so many calls a minute. */
  perMinute?: number | undefined;
  /** How many at a time; default 4. */
  concurrency?: number | undefined;
  onProgress?: ((progress: WarmProgress) => void) | undefined;
}

export interface WarmProgress {
  /** Answers to warm. */
  total: number;
  /** Generated and saved. */
  warmed: number;
  failed: number;
  /** Left to whoever is at them. */
  skipped: number;
  /** USD. */
  cost: number;
}

export interface WarmResult extends WarmProgress {
  /** Why it ended. */
  stopped: 'done' | 'max_cost' | 'aborted' | 'refused' | 'unknown_price' | 'database_down';
  /** What was refused, where it was. */
  reason: string | null;
}

const name = z.string().refine((text) => text.trim() !== '', 'must not be blank');
const uuid = z.string().regex(/^(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}$/i, 'must be a uuid');
const OURS = ['model', 'messages', 'response_format', 'max_completion_tokens', 'max_tokens', 'n', 'stream', 'tools', 'tool_choice'];

const ask = {
  model: name.optional(),
  parameters: z
    .record(z.string(), z.unknown())
    .refine((given) => !OURS.some((key) => key in given), `must not hold ${OURS.join(', ')}`)
    .optional(),
  companyId: uuid.optional(),
  userId: userId.optional(),
  signal: z.custom<AbortSignal>((signal) => signal instanceof AbortSignal, 'must be an AbortSignal').optional(),
  deadlineMs: z.number().positive().max(2_147_483_647).optional(),
};
const similarSchema = z.union([
  z.boolean(),
  z.strictObject({
    threshold: z.number().min(0).max(1).optional(),
    checks: z.array(z.enum(SIMILARITY_CHECKS)).optional(),
    by: z.enum(['embedding', 'trigram']).optional(),
  }),
]);
const contentType = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be the name of a content type');
const zodSchema = z.custom<z.ZodType>(
  (schema) => typeof (schema as z.ZodType | undefined)?.safeParse === 'function',
  'must be a zod schema',
);
const concurrency = z.int().min(1).max(100).default(4);

/** The checks of these arguments; SQL decides about the rest. */
export const answerArgs = {
  ask: z.strictObject({ ...ask, similar: similarSchema.optional() }),
  answer: z.strictObject({
    ...ask,
    contentType,
    input: z.unknown(),
    schema: zodSchema,
    prompt: name.optional(),
    parentId: uuid.optional(),
    similar: similarSchema.optional(),
  }),
  answers: z
    .strictObject({
      ...ask,
      contentType,
      inputs: z.array(z.unknown()),
      schema: zodSchema,
      prompt: name.optional(),
      parentId: uuid.optional(),
      concurrency,
    })
    .omit({ deadlineMs: true }),
  many: z.strictObject({ ...ask, concurrency }).omit({ deadlineMs: true }),
  warm: z.strictObject({
    contentType: contentType.default('cluster'),
    schema: zodSchema.optional(),
    limit: z.int().min(1).max(1000).default(100),
    maxCost: z.number().min(0).optional(),
    perMinute: z.number().positive().optional(),
    concurrency,
    signal: ask.signal,
    onProgress: z.custom<(progress: WarmProgress) => void>((value) => typeof value === 'function', 'must be a function').optional(),
  }),
  verdict: z.strictObject({
    contentType: contentType.default('cluster'),
    input: z.unknown(),
    companyId: ask.companyId,
    userId: ask.userId,
    similar: z.object({ id: uuid, similarity: z.number(), method: z.enum(['embedding', 'trigram']), input: z.unknown() }),
    agreed: z.boolean(),
  }),
  id: uuid,
};

/* The shelf --------------------------------------------------------------------------------------------- */

/** What the answers need of the client. */
export interface AnswersOptions {
  db: Database;
  generator: Generator;
  counters: Counters;
  openai: ChatClient;
  provider: string;
  model: string;
  embeddingModel?: string | undefined;
  embeddingDimensions?: number | undefined;
  generationTimeoutMs: number;
  deadlineMs?: number | undefined;
  logger?: Logger | undefined;
  /** The latest embeddings, by text. */
  vectors: Map<string, Promise<number[] | undefined>>;
}

/** An answer as it is stored. */
export interface Stored<T> {
  id: string | null;
  result: T;
}

/** One input: its value, and its JSON text as the database reads it. */
interface Question {
  value: unknown;
  text: string;
}

interface Variant<T> extends AskOptions {
  contentType: string;
  schema: z.ZodType<T>;
  prompt?: string | undefined;
  parentId?: string | undefined;
  similar?: boolean | SimilarOptions | undefined;
  /** What to ask when the database is away; default: the prompt, filled in here. */
  uncachedPrompt?: ((input: unknown) => string) | undefined;
}

/** Bulk calls carry at most so many. */
const BATCH = 1_000;
/** Time that each item of a call for many adds to the limit of its statements. */
const MS_PER_ITEM = 10;

const findHit = often(hitAnswer);
const findAnswer = often(lookupAnswer);
const findHits = often(hitAnswers);
const findAnswers = often(lookupAnswers);

const stored = <T>(content: unknown): Stored<T> => {
  const { id, result } = content as { id: string; result: T };
  return { id, result };
};
const readable = <R extends { content: unknown }>(row: R): R => ({ ...row, content: row.content === null ? null : stored(row.content) });
/** What a hit says nothing of. */
const HIT = { freshness: 'fresh', reason: 'hit', seen: null, context_hash: '' };
const textsOf = (all: readonly Question[]) => all.map(({ text }) => text);
const patient = (db: Database, items: number) => db.patient(items * MS_PER_ITEM);

/** The shelf of one way of asking. */
class AnswerShelf<T> implements BulkShelf<Question, T, Stored<T>> {
  readonly contentType: string;
  readonly generationType = null;
  readonly schema: z.ZodType<T>;
  readonly schemaName: string;
  readonly model: string;
  readonly parameters: Record<string, unknown> | undefined;
  readonly sharesLookups: boolean;
  readonly #options: AnswersOptions;
  readonly #variant: Variant<T>;
  /** What all statements about this way of asking say of it. */
  readonly #common: Omit<HitAnswerParams, 'input'>;
  readonly #near: SimilarOptions | undefined;
  readonly #by: SimilarOptions['by'];
  #words: string | undefined;
  #vectors: Map<string, Promise<number[] | undefined>> | undefined;

  constructor(options: AnswersOptions, variant: Variant<T>) {
    const { contentType, schema, prompt, parameters, companyId, userId, parentId, similar } = variant;
    this.#options = options;
    this.#variant = variant;
    this.contentType = contentType;
    this.schema = schema;
    this.schemaName = contentType;
    this.model = variant.model ?? options.model;
    this.parameters = parameters;
    this.#common = {
      contentType,
      model: this.model,
      provider: options.provider,
      prompt,
      parameters: parameters && jsonOf(parameters, 'parameters'),
      companyId,
      userId,
      parentId,
    };
    this.#near = similar === true ? {} : similar || undefined;
    this.#by = this.#near && (this.#near.by ?? (options.embeddingModel ? 'embedding' : 'trigram'));
    this.sharesLookups = !this.#near;
    if (this.#by === 'embedding' && (!options.embeddingModel || !options.openai.embeddings)) {
      throw new InvalidInput('similar: by: embeddings need an embeddingModel, and an OpenAI client that makes them', {
        hint: "Pass embeddingModel to createEvergreen, or by: 'trigram'.",
      });
    }
  }

  identity({ text }: Question): string {
    this.#words ??= JSON.stringify(this.#common);
    return `${this.#words} ${text}`;
  }

  payer(): { companyId: string | undefined; userId: string | undefined } {
    const { companyId, userId } = this.#variant;
    return { companyId, userId };
  }

  async hit(db: Database, { text }: Question): Promise<Hit | undefined> {
    const { contentType, model, provider, prompt, parameters, companyId, userId, parentId } = this.#common;
    // Not spread: this is on the way of every hit, where that takes several times as long.
    const asked = { contentType, input: text, model, provider, prompt, parameters, companyId, userId, parentId };
    const [row] = await findHit.run(asked, db);
    if (!row) return undefined;
    const { id, result, generated_at, generation_model, generation_prompt_id } = row;
    return { content: { id, result }, generated_at, generation_model, generation_prompt_id };
  }

  async lookup(db: Database, question: Question, _: Lookup | undefined, afterFailure: boolean): Promise<Lookup[]> {
    const asked: LookupAnswerParams = {
      ...this.#common,
      input: question.text,
      afterFailure,
      similar: this.#by === 'trigram',
      threshold: this.#near?.threshold,
      checks: this.#near?.checks?.slice(),
    };
    const rows = await findAnswer.run(asked, db);
    const missing = rows[0]?.freshness === 'missing' || rows[0]?.freshness === 'expired';
    if (this.#by !== 'embedding' || !missing || afterFailure) return rows.map(readable);
    const embedding = await this.#vectorOf(question);
    if (!embedding) return rows.map(readable);
    const { embeddingModel } = this.#options;
    return (await findAnswer.run({ ...asked, similar: true, embedding, embeddingModel }, db)).map(readable);
  }

  prepare(db: IDatabaseConnection, { text }: Question, { cache_key }: Lookup): ReturnType<typeof prepareAnswer.run> {
    return prepareAnswer.run({ ...this.#common, input: text, inputHash: cache_key }, db);
  }

  async save(db: IDatabaseConnection, question: Question, { cache_key }: Lookup, draft: T, receipt: Receipt): Promise<Saved[]> {
    const params = {
      ...this.#common,
      ...receipt,
      askedModel: this.model,
      input: question.text,
      inputHash: cache_key,
      result: jsonOf(draft, 'the answer'),
      ...(await this.#embeddingOf(question)),
    };
    return (await saveAnswer.run(params, db)).map(readable);
  }

  async lookupAll(db: Database, all: readonly Question[]): Promise<(Lookup & { ordinal: number })[]> {
    const inputs = textsOf(all);
    const found: (Lookup & { ordinal: number })[] = [];
    const rest = new Set(inputs.keys());
    for (const { ordinal, id, result, ...row } of await findHits.run({ ...this.#common, inputs }, db, inputs.length * MS_PER_ITEM)) {
      found.push({ ...HIT, ...row, ordinal, id, content: { id, result } });
      rest.delete(ordinal - 1);
    }
    if (rest.size === 0) return found;
    const places = [...rest];
    const asked = { ...this.#common, inputs: places.map((place) => inputs[place] as string) };
    for (const row of await findAnswers.run(asked, db, places.length * MS_PER_ITEM)) {
      found.push({ ...readable(row), ordinal: (places[row.ordinal - 1] as number) + 1 });
    }
    return found;
  }

  claimAll(db: Database, all: readonly Question[], seen: readonly (string | null)[], holder: string): Promise<ClaimAnswersResult[]> {
    return claimAnswers.run({ ...this.#common, inputs: textsOf(all), seen: seen as string[], holder }, patient(db, all.length));
  }

  async saveAll(
    db: Database,
    all: readonly { args: Question; found: Lookup; draft: T; receipt: Receipt }[],
  ): Promise<(Saved & { ordinal: number })[]> {
    const results = all.map(({ draft }) => jsonOf(draft, 'the answer'));
    const saved = {
      ...this.#common,
      inputs: all.map(({ args }) => args.text),
      results,
      leaseTokens: all.map(({ receipt }) => receipt.leaseToken),
      details: JSON.stringify(all.map(({ found, receipt }) => ({ input_hash: found.cache_key, ...columns(receipt) }))),
    };
    const rows = await saveAnswers.run(saved, patient(db, all.length));
    return rows.map(({ id, ...row }) => ({
      ...row,
      content: id === null ? null : { id, result: JSON.parse(results[row.ordinal - 1] as string) },
    }));
  }

  saved(_: Question, content: Stored<T>): Stored<T> {
    return content;
  }

  unsaved(_: Question, draft: T): Stored<T> {
    return { id: null, result: draft };
  }

  rowId({ id }: Stored<T>): string | null {
    return id;
  }

  uncachedPrompt({ value }: Question): string | null {
    const { uncachedPrompt, prompt } = this.#variant;
    return uncachedPrompt?.(value) ?? (prompt === undefined ? null : filled(prompt, value));
  }

  /** The vector of an input, asked for once; undefined when there is none, and then only the very same input is found. */
  #vectorOf({ value, text }: Question): Promise<number[] | undefined> {
    const { openai, provider, counters, logger, embeddingModel, embeddingDimensions, generationTimeoutMs, vectors } = this.#options;
    const { contentType, companyId, userId } = this.#variant;
    let vector = this.#vectors?.get(text) ?? vectors.get(text);
    if (!vector) {
      vector = embed(openai, {
        text: typeof value === 'string' ? value : text,
        model: embeddingModel ?? '',
        dimensions: embeddingDimensions,
        timeoutMs: generationTimeoutMs,
      }).then((made) => {
        counters.used({
          generationType: contentType,
          model: made.model,
          success: made.ok,
          provider,
          companyId,
          userId,
          ...made.usage,
          generationTimeMs: made.ms,
          outcome: made.ok ? 'embedded' : 'failed',
          errorCode: made.ok ? null : made.code,
          errorMessage: made.ok ? null : made.message,
          requestId: made.requestId,
          createdAt: new Date().toISOString(),
        });
        if (made.ok) return made.vector;
        vectors.delete(text);
        logger?.warn({ err: made.cause, contentType }, `an input has no embedding: ${made.message}`);
        return undefined;
      });
      remember(vectors, text, vector);
    }
    this.#vectors ??= new Map();
    this.#vectors.set(text, vector);
    return vector;
  }

  async #embeddingOf(question: Question): Promise<{ embedding: number[]; embeddingModel: string | undefined } | undefined> {
    const embedding = this.#by === 'embedding' ? await this.#vectors?.get(question.text) : undefined;
    return embedding && { embedding, embeddingModel: this.#options.embeddingModel };
  }
}

const columns = (receipt: Receipt) => ({
  model: receipt.model,
  prompt_id: receipt.promptId,
  prompt_tokens: receipt.promptTokens,
  completion_tokens: receipt.completionTokens,
  cached_tokens: receipt.cachedTokens,
  generation_time_ms: receipt.generationTimeMs,
  request_id: receipt.requestId,
});

/** A prompt without the database, its places filled in as the database would; null when the database alone knows what belongs there. */
function filled(template: string, input: unknown): string | null {
  const values: Record<string, unknown> =
    typeof input === 'object' && input !== null && !Array.isArray(input) ? { ...input, input } : { input };
  let complete = true;
  const text = template.replace(/\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g, (_, place: string) => {
    const value = values[place];
    if (value === undefined) complete = false;
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
  return complete ? text : null;
}

/* The calls --------------------------------------------------------------------------------------------- */

export type Answers = ReturnType<typeof makeAnswers>;

/** The calls of all content types that are asked by input. */
export function makeAnswers(given: Omit<AnswersOptions, 'vectors'>) {
  const options: AnswersOptions = { ...given, vectors: new Map() };
  const { db, generator, deadlineMs } = options;
  const sendable = new WeakSet<z.ZodType>();

  function checked(schema: z.ZodType, type: string): void {
    if (sendable.has(schema)) return;
    try {
      checkSendable(schema, type);
    } catch (error) {
      throw new InvalidInput(`schema: cannot be sent to a model: ${(error as Error).message}`, {
        hint: 'Use a z.object of plain properties; .nullable() in place of .optional(), no z.record, no transformations.',
        cause: error,
      });
    }
    sendable.add(schema);
  }

  function one<T>(variant: Variant<T>, input: unknown, what: string, call: CallOptions): Promise<Answer<Stored<T>>> {
    const question = { value: input, text: jsonOf(input, what) };
    return generator.answer(new AnswerShelf(options, variant), question, {
      signal: call.signal,
      deadlineMs: call.deadlineMs ?? deadlineMs,
    });
  }

  /** An input that cannot be written as JSON is refused alone. */
  async function many<T>(
    variant: Variant<T>,
    given: readonly unknown[],
    call: { signal?: AbortSignal | undefined; concurrency: number },
  ): Promise<PromiseSettledResult<Answer<Stored<T>>>[]> {
    const shelf = new AnswerShelf(options, variant);
    const results: PromiseSettledResult<Answer<Stored<T>>>[] = [];
    const questions: (Question & { index: number })[] = [];
    given.forEach((value, index) => {
      try {
        questions.push({ value, text: jsonOf(value, `input ${index + 1}`), index });
      } catch (reason) {
        results[index] = { status: 'rejected', reason };
      }
    });
    for (let start = 0; start < questions.length; start += BATCH) {
      const batch = questions.slice(start, start + BATCH);
      const settled = await generator.answerAll(shelf, batch, call);
      settled.forEach((result, place) => {
        results[batch[place]?.index ?? 0] = result;
      });
    }
    return results;
  }

  async function warm(variantOf: (schema: z.ZodType | undefined) => z.ZodType, args: WarmArgs): Promise<WarmResult> {
    const call = check(answerArgs.warm, args, 'warm');
    const schema = variantOf(call.schema);
    checked(schema, call.contentType);
    await options.counters.flush();
    const rows = await clustersToWarm.run({ contentType: call.contentType, limit: call.limit }, db);
    const progress: WarmProgress = { total: rows.length, warmed: 0, failed: 0, skipped: 0, cost: 0 };
    const result: WarmResult = { ...progress, stopped: 'done', reason: null };
    let dearest = 0;
    let running = 0;
    let slot = performance.now();
    call.onProgress?.({ ...progress });

    await inParallel(rows, call.concurrency, async (row) => {
      if (call.perMinute !== undefined && result.stopped === 'done') {
        const wait = slot - performance.now();
        slot = Math.max(slot, performance.now()) + 60_000 / call.perMinute;
        await pause(wait, call.signal);
      }
      if (call.signal?.aborted && result.stopped === 'done') result.stopped = 'aborted';
      if (call.maxCost !== undefined && result.stopped === 'done' && progress.cost + dearest * (running + 1) > call.maxCost)
        result.stopped = 'max_cost';
      if (call.maxCost === 0 && result.stopped === 'done') result.stopped = 'max_cost';
      if (result.stopped !== 'done') return;
      if (row.provider !== options.provider) {
        progress.skipped += 1;
        call.onProgress?.({ ...progress });
        return;
      }
      running += 1;
      const ended = await generator
        .regenerate(
          new AnswerShelf(options, {
            contentType: call.contentType,
            schema,
            model: row.model,
            prompt: row.prompt ?? undefined,
            parameters: JSON.parse(row.parameters) as Record<string, unknown>,
            companyId: row.company_id ?? undefined,
            userId: row.user_id ?? undefined,
            parentId: row.parent_id ?? undefined,
          }),
          { value: JSON.parse(row.input), text: row.input },
        )
        .finally(() => {
          running -= 1;
        });
      progress.cost += ended.cost ?? 0;
      dearest = Math.max(dearest, ended.cost ?? 0);
      if (ended.state === 'saved') progress.warmed += 1;
      else if (ended.state === 'failed') progress.failed += 1;
      else progress.skipped += 1;
      if (ended.state === 'refused' && result.stopped === 'done') {
        result.stopped = 'refused';
        result.reason = ended.reason;
      }
      if (ended.state === 'database_down') result.stopped = 'database_down';
      if (ended.cost === null && call.maxCost !== undefined && result.stopped === 'done') result.stopped = 'unknown_price';
      call.onProgress?.({ ...progress });
    });
    return { ...result, ...progress };
  }

  return {
    one,
    many,
    warm,
    async answer<T>(args: AnswerArgs<T>): Promise<KeptAnswer<T>> {
      const { input, signal, deadlineMs: within, ...variant } = check(answerArgs.answer, args, 'answer');
      checked(variant.schema, variant.contentType);
      return kept(await one(variant as Variant<T>, input, 'input', { signal, deadlineMs: within }));
    },
    async answers<T>(args: AnswersArgs<T>): Promise<PromiseSettledResult<KeptAnswer<T>>[]> {
      const { inputs, signal, concurrency: atATime, ...variant } = check(answerArgs.answers, args, 'answers');
      checked(variant.schema, variant.contentType);
      const settled = await many(variant as Variant<T>, inputs, { signal, concurrency: atATime });
      return settled.map((result) => (result.status === 'fulfilled' ? { ...result, value: kept(result.value) } : result));
    },
    async verdict(args: VerdictArgs): Promise<void> {
      const { input, similar, ...rest } = check(answerArgs.verdict, args, 'verdict');
      await recordSimilarityVerdict.run(
        { ...rest, input: jsonOf(input, 'input'), answerId: similar.id, similarity: similar.similarity, method: similar.method },
        db,
      );
    },
  };
}

function kept<T>({ content, outcome, reason, generatedAt, model, promptId, cost, similar }: Answer<Stored<T>>): KeptAnswer<T> {
  const answer: KeptAnswer<T> = { id: content.id, content: content.result, outcome, reason, generatedAt, model, promptId, cost };
  if (similar) answer.similar = similar;
  return answer;
}

/** So long, unless it is aborted before. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms <= 0 || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
