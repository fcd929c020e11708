/** What callers ask of answers.ts, and the checks of it; SQL decides about the rest. */
import { z } from 'zod';
import { userId } from './check.js';
import type { Answer, CallOptions, Similar } from './shelf.js';

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
