/** pg-evergreen: AI-generated content kept in PostgreSQL. `createEvergreen({ pool, openai })`, then ask for content. */
import { hostname } from 'node:os';
import type { Pool } from 'pg';
import { z } from 'zod';
import { makeAnswers } from './answers.js';
import type { AnswerArgs, AnswersArgs, AskOptions, KeptAnswer, VerdictArgs, WarmArgs, WarmResult } from './asks.js';
import { check } from './check.js';
import {
  type Cluster,
  type ClusterGoals,
  type ClusterOptions,
  type ClustersOptions,
  type ClusterTool,
  type ClusterToolOptions,
  makeClusters,
} from './clusters.js';
import { Counters } from './counters.js';
import { Database, type Logger } from './database.js';
import { Generator } from './generate.js';
import {
  type CompanyArgs,
  type HealthSummary,
  healthSummary,
  type Insight,
  type InsightsArgs,
  insights,
  journeyArgs,
  type Recommendation,
  type RecommendationsArgs,
  type RefineArgs,
  recommendations,
  refinement,
} from './journey.js';
import { Listener } from './listener.js';
import { type Personality, type PersonalityOptions, personality, personalityArgs } from './personality.js';
import type { ChatClient } from './provider.js';
import type { Answer, CallOptions, Shelf } from './shelf.js';

export type {
  AnswerArgs,
  AnswersArgs,
  AskOptions,
  KeptAnswer,
  SimilarityCheck,
  SimilarOptions,
  VerdictArgs,
  WarmArgs,
  WarmProgress,
  WarmResult,
} from './asks.js';
export type { Cluster, ClusterGoals, ClusterOptions, ClustersOptions, ClusterTool, ClusterToolOptions } from './clusters.js';
export { isOutage, type Logger, type Queryable, typed } from './database.js';
export * from './errors.js';
export type {
  CompanyArgs,
  HealthSummary,
  Insight,
  InsightsArgs,
  Recommendation,
  RecommendationContent,
  RecommendationsArgs,
  RefineArgs,
} from './journey.js';
export { type Personality, type PersonalityAnalysis, type PersonalityOptions, personalityAnalysis } from './personality.js';
export type { ChatClient } from './provider.js';
export type { Answer, CallOptions, Outcome, Similar } from './shelf.js';

/** What `createEvergreen` takes. */
export interface EvergreenOptions {
  /** The application's pool; it stays the application's to end. */
  pool: Pool;
  /** `new OpenAI(...)`, for OpenAI or any server that speaks its protocol. */
  openai: ChatClient;
  /** Default `gpt-4.1-mini`. */
  model?: string | undefined;
  /** Name under which prices are registered and calls are logged; default `openai`. */
  provider?: string | undefined;
  /** For similar inputs, e.g. `text-embedding-3-small`; without one they are compared by their letters. */
  embeddingModel?: string | undefined;
  /** Default: as many as the embedding model has. */
  embeddingDimensions?: number | undefined;
  /** After this, a database call counts as failed; default 1,000. */
  databaseTimeoutMs?: number | undefined;
  /**
   * Whether it is counted how callers were answered, and how often each answer was, sent in batches; default true. Without, `get_cache_stats` knows
   * nothing of this client, and nothing it uses is warmed for being used. How callers were answered is sent every 5 seconds; a process that is killed
   * loses what it has not sent.
   */
  countLookups?: boolean | undefined;
  /**
   * After how long it is sent how often each answer was used, by which `warm` chooses: one row is written for each answer that was used since; default
   * 60,000. Sent earlier when 20,000 answers were used, by `flush`, `warm` and `close`. While the database is away the uses of 40,000 answers are kept,
   * some 4 MB; a process that is killed loses what it has not sent.
   */
  usesEveryMs?: number | undefined;
  /** For one generation, the SDK's retries included; default 60,000. */
  generationTimeoutMs?: number | undefined;
  /**
   * Whether connections keep the lookups prepared: by default those that lead straight to the server, never those of a pooler such as PgBouncer.
   * False: none.
   */
  preparedStatements?: boolean | undefined;
  /** For callers that name none of their own; default: none. */
  deadlineMs?: number | undefined;
  /** Who holds a lease, for people who look; default host and process id. */
  holder?: string | undefined;
  /** Nothing is logged without one. */
  logger?: Logger | undefined;
}

/** The client. */
export interface Evergreen {
  /** Recommendations of what a company should do next. */
  recommendations(args: RecommendationsArgs): Promise<Answer<Recommendation[]>>;
  /** What peers would say, for a company, one of its domains or one step. */
  insights(args: InsightsArgs): Promise<Answer<Insight[]>>;
  /** How healthy a company's business is. */
  healthSummary(args: CompanyArgs): Promise<Answer<HealthSummary>>;
  /** Another revision of a recommendation, changed as instructed. */
  refine(args: RefineArgs): Promise<Answer<Recommendation>>;
  /** An answer of any content type that `set_content_policy` made, kept by its input. */
  answer<T>(args: AnswerArgs<T>): Promise<KeptAnswer<T>>;
  /** The same for many inputs, each settled by itself, in their order; the same input twice is generated once. */
  answers<T>(args: AnswersArgs<T>): Promise<PromiseSettledResult<KeptAnswer<T>>[]>;
  /** Items in groups: a list of texts, or an object with such `items`. Order and spacing of the items do not matter. */
  cluster(input: unknown, options?: ClusterOptions): Promise<Answer<Cluster>>;
  /** The same for many inputs. */
  clusters(inputs: readonly unknown[], options?: ClustersOptions): Promise<PromiseSettledResult<Answer<Cluster>>[]>;
  /** The goals of a cluster. */
  clusterGoals(clusterId: string, options?: AskOptions & CallOptions): Promise<Answer<ClusterGoals>>;
  /** A function that a model may call, for `tools` of `openai.chat.completions.runTools`. */
  clusterTool(options?: ClusterToolOptions): ClusterTool;
  /**
   * The personality of a user, analysed by their posts and adjusted by the person. Without posts only what is there is answered: InvalidInput when there
   * is nothing. NotFound when the application has no such user.
   */
  personality(userId: string, options?: PersonalityOptions): Promise<Answer<Personality>>;
  /** Generates anew what is much used and soon to expire. Aborting begins nothing more, and resolves when what was begun is saved. */
  warm(args?: WarmArgs): Promise<WarmResult>;
  /** Notes whether a similar answer was right for this input, from which `suggest_similarity_threshold` learns. */
  verdict(args: VerdictArgs): Promise<void>;
  /** Notes that these were shown to somebody; sent to the database in batches. */
  markPresented(ids: string | readonly string[], contentType?: 'recommendation' | 'insight' | 'health'): void;
  /** Sends counters and presentations now; never rejects. */
  flush(): Promise<void>;
  /** Waits for calls and background refreshes under way, sends what is left, and lets go of the pool. */
  close(): Promise<void>;
}

const milliseconds = z.number().positive().max(2_147_483_647);
const name = z.string().refine((text) => text.trim() !== '', 'must not be blank');
const method = (path: string) => `must be ${path}`;

const optionsSchema = z.strictObject({
  pool: z.custom<Pool>((pool) => typeof (pool as Pool | undefined)?.connect === 'function', method('a Pool of pg')),
  openai: z.custom<ChatClient>(
    (client) => typeof (client as ChatClient | undefined)?.chat?.completions?.create === 'function',
    method('an OpenAI client'),
  ),
  model: name.default('gpt-4.1-mini'),
  provider: name.default('openai'),
  embeddingModel: name.optional(),
  embeddingDimensions: z.int().min(1).max(16_000).optional(),
  databaseTimeoutMs: milliseconds.default(1_000),
  countLookups: z.boolean().default(true),
  usesEveryMs: milliseconds.default(60_000),
  generationTimeoutMs: milliseconds.default(60_000),
  preparedStatements: z.boolean().default(true),
  deadlineMs: milliseconds.optional(),
  holder: name.default(() => `${hostname()}:${process.pid}`),
  logger: z
    .custom<Logger>((logger) => typeof (logger as Logger | undefined)?.warn === 'function', method('a logger with warn and error'))
    .optional(),
});

const callOptions = z.object({
  signal: z
    .custom<AbortSignal>((signal) => typeof (signal as AbortSignal | undefined)?.throwIfAborted === 'function', method('an AbortSignal'))
    .optional(),
  deadlineMs: milliseconds.optional(),
});

const NO_OPTIONS: CallOptions = {};

const presentation = z.object({
  ids: z.array(z.guid()),
  contentType: z.enum(['recommendation', 'insight', 'health']),
});

/** Makes a client on the application's own pool. Nothing is sent and nothing is migrated by making it. */
export function createEvergreen(options: EvergreenOptions): Evergreen {
  const { pool, deadlineMs, logger, preparedStatements, ...settings } = check(optionsSchema, options, 'createEvergreen');
  const db = new Database(pool, settings.databaseTimeoutMs, logger, preparedStatements);
  const listener = new Listener(db, pool, logger);
  const counters = new Counters(db, settings.usesEveryMs, logger);
  const generator = new Generator({ ...settings, db, listener, counters, logger });
  const byInput = makeAnswers({ ...settings, db, generator, counters, deadlineMs, logger });
  let closing: Promise<void> | undefined;

  async function answer<Args, Draft, Content>(
    shelf: Shelf<Args, Draft, Content>,
    schema: z.ZodType<Args>,
    args: CallOptions,
    what: string,
  ): Promise<Answer<Content>> {
    const { signal, deadlineMs: within } = args?.signal || args?.deadlineMs !== undefined ? check(callOptions, args, what) : NO_OPTIONS;
    return generator.answer(shelf, check(schema, args, what), { signal, deadlineMs: within ?? deadlineMs });
  }

  return {
    recommendations: (args) => answer(recommendations, journeyArgs.recommendations, args, 'recommendations'),
    insights: (args) => answer(insights, journeyArgs.insights, args, 'insights'),
    healthSummary: (args) => answer(healthSummary, journeyArgs.healthSummary, args, 'healthSummary'),
    refine: (args) => answer(refinement, journeyArgs.refine, args, 'refine'),
    answer: byInput.answer,
    answers: byInput.answers,
    verdict: byInput.verdict,
    ...makeClusters(byInput),
    personality: (userId, options = {}) => {
      const args = { ...options, userId };
      return answer(personality, personalityArgs, args, 'personality');
    },
    markPresented(ids, contentType = 'recommendation') {
      const shown = check(presentation, { ids: typeof ids === 'string' ? [ids] : ids, contentType }, 'markPresented');
      counters.presented(shown.ids, shown.contentType);
    },
    flush: () => counters.flush(),
    close() {
      closing ??= (async () => {
        await generator.close();
        await counters.close();
        await listener.close();
        db.close();
      })();
      return closing;
    },
  };
}
