/** The one description of what comes in and goes out: it checks requests, and is the OpenAPI document. */
import { z } from '@hono/zod-openapi';
import { saysSomething } from '../personality.js';
import type { CacheData, CacheUpdate, SessionData } from './types.js';

/* Parts ------------------------------------------------------------------------------------------------- */

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const uuid = z.string().regex(UUID, 'must be a uuid').toLowerCase().openapi({ format: 'uuid' });
const time = z.string().openapi({ format: 'date-time' });
const object = z.record(z.string(), z.unknown()).openapi({ type: 'object', additionalProperties: true });
const count = (most: number) =>
  z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= 1 && value <= most, `must be from 1 to ${most}`)
    .openapi({ type: 'integer', minimum: 1, maximum: most });
/** A body of these fields and no others. */
const fields = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => {
  const names = Object.keys(shape);
  const known = `known ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`;
  return z.strictObject(shape, { error: ({ code }) => (code === 'unrecognized_keys' ? known : undefined) });
};
const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .openapi({ type: 'boolean' });

export const metadata = z
  .object({
    timestamp: time.openapi({ description: 'When it was answered.' }),
    requestId: z.string().openapi({ format: 'uuid', description: 'To quote to whoever reads the log of the server.' }),
  })
  .openapi('Metadata');

export const failure = z
  .object({
    success: z.literal(false),
    error: z.string().openapi({ description: 'What to tell a person.' }),
    metadata: metadata
      .extend({
        code: z
          .string()
          .openapi({ description: 'For programs: VG001 to VG011 as in the database, or a word in capitals.', example: 'VG007' }),
        hint: z.string().optional().openapi({ description: 'What would be right.' }),
      })
      .openapi('FailureMetadata'),
  })
  .openapi('Failure');

/** The body of a success. */
export const success = <Data extends z.ZodType>(data: Data) => z.object({ success: z.literal(true), data, metadata });

/* Sessions ---------------------------------------------------------------------------------------------- */

export const sessionBody = fields({
  token: z.string().min(1).max(100).openapi({ description: 'Of create_session() or `pg-evergreen session create`.' }),
}).openapi('SignIn');
export const sessionQuery = z.object({ everywhere: flag.optional().openapi({ description: 'Sign out of all sessions of this user.' }) });
export const sessionData = z
  .object({
    username: z.string(),
    role: z.enum(['user', 'operator']),
    companyIds: z.array(z.string()).openapi({ description: 'Companies whose content it may see; an operator sees all.' }),
    expiresAt: time,
  })
  .openapi('Session') satisfies z.ZodType<SessionData>;
export const signedOut = z
  .object({ revoked: z.int().openapi({ description: 'So many sessions are worth nothing any more.' }) })
  .openapi('SignedOut');

/* Personality ------------------------------------------------------------------------------------------- */

export const usernameParams = z.object({
  username: z.string().min(1).max(512).openapi({ description: 'Your own; an operator may name anybody.', example: 'ada' }),
});
export const purgeQuery = z.object({ purge: flag.optional().openapi({ description: 'Delete it instead of making it stale.' }) });
const posts = z
  .array(z.string().min(1).max(100_000))
  .min(1)
  .max(1_000)
  .refine((texts) => texts.every((text) => text === '') || texts.some(saysSomething), 'none of them says anything');
export const cacheUpdate = z
  .union(
    [
      fields({
        posts: posts.openapi({ description: 'Texts of the person: analysed, unless what is kept is fresh.' }),
        refresh: z.boolean().optional().openapi({ description: 'Analyse also when what is kept is fresh.' }),
      }),
      fields({ analysis: object.openapi({ description: 'An analysis of your own, saved.' }) }),
      fields({
        tuning: object.openapi({
          description: 'Adjustments, added to those there: `{"/traits/openness/score": 80}`; `null` takes one back.',
        }),
      }),
      fields({ reset: z.literal(true).openapi({ description: 'Back to the analysis.' }) }),
    ],
    'must have exactly one of posts (with or without refresh), analysis, tuning and reset',
  )
  .openapi('CacheUpdate') satisfies z.ZodType<CacheUpdate>;
export const cacheData = z
  .object({
    username: z.string(),
    analysis: object.openapi({ description: 'As the model wrote it.' }),
    tuning: object.openapi({ description: 'Adjustments of the person, by JSON Pointer.' }),
    droppedTuning: object.optional().openapi({ description: 'Adjustments that the latest analysis has no place for.' }),
    personality: object.openapi({ description: 'The analysis with the tuning applied.' }),
    freshness: z.enum(['fresh', 'stale', 'expired']),
    ageMs: z.number(),
    freshUntil: time.nullable().openapi({ description: 'null: for ever.' }),
    generatedAt: time,
    updatedAt: time,
    revision: z
      .int()
      .nullable()
      .openapi({ description: 'Counts changes, from 1; after a deletion it begins at 1 again. null: not saved.' }),
    etag: z.string().nullable().optional().openapi({
      description: 'To send as `If-Match` with a write, which then changes this and nothing else; null: not saved.',
      example: '"3-1b9d6bcd-mi6a2k3w"',
    }),
    version: z.int().nullable().openapi({ description: 'Of the schema of the analysis; null: not saved.' }),
    isStale: z.boolean().openapi({ description: 'Whether somebody invalidated it.' }),
    model: z.string().nullable().openapi({ description: 'Who wrote the analysis; null: the application itself.' }),
    outcome: z.string().optional().openapi({ description: 'After an analysis: how the answer came about.' }),
    reason: z.string().optional().openapi({ description: 'Why so.' }),
  })
  .openapi('CacheData') satisfies z.ZodType<CacheData>;
export const invalidated = z
  .union([
    z.object({ invalidated: z.boolean().openapi({ description: 'Whether there was something that was not stale.' }) }),
    z.object({ deleted: z.boolean().openapi({ description: 'Whether there was something.' }) }),
  ])
  .openapi('Invalidated');

/* Answers of the journey and of clusters ---------------------------------------------------------------- */

const similar = z.object({
  id: z.string(),
  input: z.unknown(),
  similarity: z.number(),
  method: z.enum(['embedding', 'trigram']),
});
const answerOf = <Content extends z.ZodType>(content: Content) =>
  z.object({
    content,
    outcome: z.enum(['fresh', 'stale', 'similar', 'generated', 'fallback', 'uncached']).openapi({ description: 'How it came about.' }),
    reason: z.string().openapi({ description: 'Why so.' }),
    generatedAt: time,
    model: z.string(),
    promptId: z.string().nullable(),
    cost: z.number().nullable().openapi({ description: 'USD that this call cost; null: not known.' }),
    similar: similar.optional(),
  });

export const companyParams = z.object({ companyId: uuid });
export const recommendationParams = z.object({ companyId: uuid, recommendationId: uuid });
export const recommendationsQuery = z.object({ limit: count(20).optional() });
export const insightsQuery = z.object({ domainId: uuid.optional(), stepId: uuid.optional(), limit: count(20).optional() });

const level = z.enum(['low', 'medium', 'high']);
const recommendation = z
  .object({
    id: z.string().nullable(),
    step_id: z.string().nullable(),
    status: z.enum(['fresh', 'active', 'completed', 'stale']).nullable(),
    match: z.string(),
    revision: z.number().nullable(),
    generated_at: time,
    content: z.object({
      step_id: z.string().nullable(),
      title: z.string(),
      description: z.string(),
      rationale: z.string(),
      actions: z.array(z.string()),
      effort: level,
      impact: level,
    }),
  })
  .openapi('Recommendation');
export const recommendations = answerOf(z.array(recommendation)).openapi('Recommendations');
export const refined = answerOf(recommendation).openapi('RefinedRecommendation');
export const insights = answerOf(
  z.array(
    z.object({
      id: z.string().nullable(),
      domain_id: z.string().nullable(),
      step_id: z.string().nullable(),
      generated_at: time,
      content: z.string(),
      author_profile: z.object({ name: z.string(), company: z.string(), role: z.string() }),
      relevance_score: z.number(),
    }),
  ),
).openapi('Insights');
export const healthSummary = answerOf(
  z.object({
    id: z.string().nullable(),
    match: z.string(),
    revision: z.number().nullable(),
    generated_at: time,
    content: z.object({
      headline: z.string(),
      score: z.number(),
      strengths: z.array(z.string()),
      risks: z.array(z.string()),
      next_steps: z.array(z.string()),
    }),
  }),
).openapi('HealthSummary');

export const presentedBody = fields({ ids: z.array(uuid).min(1).max(100) }).openapi('Presented');
export const presented = z.object({ presented: z.int().openapi({ description: 'So many of them are recommendations of the company.' }) });
export const statusBody = fields({ status: z.enum(['started', 'completed', 'dismissed']) }).openapi('Progress');
export const progress = z.object({ id: z.string(), status: z.enum(['started', 'completed', 'dismissed']) });
export const feedbackBody = fields({
  quality: z.number().min(1).max(5).optional(),
  relevance: z.number().min(1).max(5).optional(),
  comment: z.string().max(4_000).optional(),
})
  .refine((given) => Object.keys(given).length > 0, 'must have quality, relevance or comment')
  .openapi('Feedback');
export const feedback = z.object({ id: z.string(), feedback: object.openapi({ description: 'All that was said so far.' }) });
export const refineBody = fields({
  instruction: z.string().trim().min(1).max(2_000),
  revision: z.int().min(1).max(1_000_000).optional(),
}).openapi('Refinement');

const owner = uuid.optional().openapi({ description: 'Shared with those who may see this company; default: your own.' });
export const clusterBody = fields({
  input: z.union([z.array(z.unknown()), object, z.string()]).openapi({
    description: 'A list of texts, or an object with such `items`. Order and spacing do not matter.',
    example: ['late parcels', 'rude driver'],
  }),
  companyId: owner,
  similar: z.boolean().optional().openapi({ description: 'Whether the clusters of similar items will do.' }),
}).openapi('ClusterInput');
export const cluster = answerOf(
  z.object({
    id: z.string().nullable(),
    clusters: z.array(z.object({ name: z.string(), description: z.string(), items: z.array(z.string()) })),
  }),
).openapi('Cluster');
export const clusterGoalsBody = fields({ clusterId: uuid, companyId: owner }).openapi('ClusterGoalsInput');
export const clusterGoals = answerOf(
  z.object({
    id: z.string().nullable(),
    goals: z.array(z.object({ title: z.string(), description: z.string(), measure: z.string() })),
  }),
).openapi('ClusterGoals');

/* The server itself ------------------------------------------------------------------------------------- */

export const health = z.object({ status: z.literal('ok') });
