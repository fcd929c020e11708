/** The shelf of answers by their input: its SQL functions, one call or many, and the embeddings of inputs. */
import type { IDatabaseConnection } from '@pgtyped/runtime';
import type { z } from 'zod';
import type { AskOptions, SimilarOptions } from './asks.js';
import type { Counters } from './counters.js';
import { type Database, type Logger, often } from './database.js';
import { InvalidInput } from './errors.js';
import type { Generator } from './generate.js';
import { jsonOf } from './json.js';
import { type ChatClient, embed } from './provider.js';
import {
  type ClaimAnswersResult,
  claimAnswers,
  type HitAnswerParams,
  hitAnswer,
  hitAnswers,
  type LookupAnswerParams,
  lookupAnswer,
  lookupAnswers,
  prepareAnswer,
  saveAnswer,
  saveAnswers,
} from './queries/clusters.queries.js';
import { remember } from './remember.js';
import type { BulkShelf, Hit, Lookup, Receipt, Saved } from './shelf.js';

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
export interface Question {
  value: unknown;
  text: string;
}

/** One way of asking: all that belongs to the identity of an answer but the input. */
export interface Variant<T> extends AskOptions {
  contentType: string;
  schema: z.ZodType<T>;
  prompt?: string | undefined;
  parentId?: string | undefined;
  similar?: boolean | SimilarOptions | undefined;
  /** What to ask when the database is away; default: the prompt, filled in here. */
  uncachedPrompt?: ((input: unknown) => string) | undefined;
}

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
export class AnswerShelf<T> implements BulkShelf<Question, T, Stored<T>> {
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
