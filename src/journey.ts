/** The journey's shelf: recommendations, peer insights and health summaries of a company, and refinements of a recommendation. */
import { z } from 'zod';
import { userId } from './check.js';
import { often } from './database.js';
import {
  type HitHealthSummaryResult,
  type HitInsightsResult,
  type HitRecommendationsResult,
  hitHealthSummary,
  hitInsights,
  hitRecommendations,
  lookupHealthSummary,
  lookupInsights,
  lookupRecommendations,
  lookupRefinement,
  prepareHealthSummary,
  prepareInsights,
  prepareRecommendations,
  prepareRefinement,
  saveHealthSummary,
  saveInsights,
  saveRecommendations,
  saveRefinement,
} from './queries/journey.queries.js';
import type { CallOptions, Hit, Shelf } from './shelf.js';

/* What the model writes --------------------------------------------------------------------------------- */

const words = z.string().refine((text) => text.trim() !== '', 'must not be blank');
const level = z.enum(['low', 'medium', 'high']);

const recommendationItem = z.object({
  step_id: z.string().nullable().describe('Id of one of the candidate steps, copied exactly; null for a general recommendation'),
  title: words,
  description: words,
  rationale: words.describe('Why this, for this company, now'),
  actions: z.array(words).describe('First actions, in order'),
  effort: level,
  impact: level,
});
const recommendationsDraft = z.object({ recommendations: z.array(recommendationItem).min(1) });

const insightItem = z.object({
  content: words.describe('What a peer would tell from experience'),
  author_profile: z.object({ name: words, company: words, role: words }),
  relevance_score: z.number().min(0.5).max(1),
});
const insightsDraft = z.object({ insights: z.array(insightItem).min(1) });

const healthDraft = z.object({
  headline: words,
  score: z.number().min(0).max(100),
  strengths: z.array(words),
  risks: z.array(words),
  next_steps: z.array(words),
});

/* What callers get -------------------------------------------------------------------------------------- */

/** What one recommendation says. */
export type RecommendationContent = z.infer<typeof recommendationItem>;

/** One recommendation. `id`, `status` and `revision` are null in an answer that is not saved. */
export interface Recommendation {
  id: string | null;
  step_id: string | null;
  status: 'fresh' | 'active' | 'completed' | 'stale' | null;
  /** `current` is of the company's present state; other words say why it is shown all the same; `unsaved` is in no table. */
  match: string;
  revision: number | null;
  /** ISO 8601. */
  generated_at: string;
  content: RecommendationContent;
}

/** One peer insight. `id` is null in an answer that is not saved. */
export interface Insight extends z.infer<typeof insightItem> {
  id: string | null;
  domain_id: string | null;
  step_id: string | null;
  /** ISO 8601. */
  generated_at: string;
}

/** The health of a company's business. `id` and `revision` are null in an answer that is not saved. */
export interface HealthSummary {
  id: string | null;
  /** As of a recommendation. */
  match: string;
  revision: number | null;
  /** ISO 8601. */
  generated_at: string;
  content: z.infer<typeof healthDraft>;
}

/* What callers ask -------------------------------------------------------------------------------------- */

/** As PostgreSQL reads a uuid. */
const uuid = z.string().regex(/^(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}$/i, 'must be a uuid');
const common = {
  companyId: uuid,
  userId: userId.optional(),
  context: z.string().optional(),
};

/** Arguments of all calls about a company. */
export interface CompanyArgs extends CallOptions {
  companyId: string;
  /** Who asked, for budgets by user. */
  userId?: string | undefined;
  /** What the model should know of the company should the database be away. */
  context?: string | undefined;
}

export interface RecommendationsArgs extends CompanyArgs {
  /** Default 3. */
  limit?: number | undefined;
}

export interface InsightsArgs extends CompanyArgs {
  domainId?: string | undefined;
  stepId?: string | undefined;
  /** Default 5. */
  limit?: number | undefined;
}

export interface RefineArgs extends CallOptions {
  /** Id of the recommendation. */
  id: string;
  /** How it should change, in plain words. */
  instruction: string;
  /** Revision that the caller saw; default: the latest. */
  revision?: number | undefined;
  userId?: string | undefined;
  /** What the model should know of the recommendation should the database be away. */
  context?: string | undefined;
}

/** The checks of these arguments; SQL decides about ranges and existence. */
export const journeyArgs = {
  recommendations: z.object({ ...common, limit: z.int().default(3) }),
  insights: z.object({ ...common, domainId: uuid.optional(), stepId: uuid.optional(), limit: z.int().default(5) }),
  healthSummary: z.object(common),
  refine: z.object({
    id: uuid,
    instruction: z.string(),
    revision: z.int().optional(),
    userId: userId.optional(),
    context: z.string().optional(),
  }),
};

const hitOfRecommendations = often(hitRecommendations);
const hitOfInsights = often(hitInsights);
const hitOfHealthSummary = often(hitHealthSummary);
const findRecommendations = often(lookupRecommendations);
const findInsights = often(lookupInsights);
const findHealthSummary = often(lookupHealthSummary);
const findRefinement = often(lookupRefinement);

/* Shelves ----------------------------------------------------------------------------------------------- */

function withoutState(task: string, context: string | undefined): string {
  const known = context?.trim()
    ? `What is known about the company:\n${context.trim()}`
    : 'Nothing is known about the company at this moment: keep to advice that holds for any growing company, and do not invent facts about it.';
  return `You advise growing companies on their business journey.\n${task}\n\n${known}`;
}

/**
 * What was generated together is as old as its newest part, and was written by what wrote that. Fewer rows than are `needed` are no hit: the lookup may
 * find more.
 */
function hitOf<Row extends Omit<Hit, 'content'>>(
  rows: readonly Row[],
  needed: number,
  content: (rows: readonly Row[]) => unknown,
): Hit | undefined {
  let newest = rows[0];
  if (!newest || rows.length < needed) return undefined;
  for (const row of rows) if ((row.generated_at ?? 0) > (newest.generated_at ?? 0)) newest = row;
  const { generated_at, generation_model, generation_prompt_id } = newest;
  return { content: content(rows), generated_at, generation_model, generation_prompt_id };
}

const recommendationsOf = (rows: readonly HitRecommendationsResult[]): Recommendation[] =>
  rows.map(({ id, step_id, status, revision, generated_at, content }) => ({
    id,
    step_id,
    status: status as Recommendation['status'],
    match: 'current',
    revision,
    generated_at: generated_at.toISOString(),
    content: content as unknown as RecommendationContent,
  }));

const insightsOf = (rows: readonly HitInsightsResult[]): Insight[] =>
  rows.map(({ id, domain_id, step_id, content, author_profile, relevance_score, generated_at }) => ({
    id,
    domain_id,
    step_id,
    content,
    author_profile: author_profile as Insight['author_profile'],
    relevance_score,
    generated_at: generated_at.toISOString(),
  }));

const healthSummaryOf = ([row]: readonly HitHealthSummaryResult[]): HealthSummary | undefined =>
  row && {
    id: row.id,
    match: 'current',
    revision: row.revision,
    generated_at: row.generated_at.toISOString(),
    content: row.content as unknown as HealthSummary['content'],
  };

const atLeastOne = (limit: number) => Math.min(Math.max(limit, 1), 20);

const unsavedRecommendation = (item: RecommendationContent, at: Date): Recommendation => ({
  id: null,
  step_id: item.step_id,
  status: null,
  match: 'unsaved',
  revision: null,
  generated_at: at.toISOString(),
  content: item,
});

type RecommendationsQuery = z.infer<typeof journeyArgs.recommendations>;

export const recommendations: Shelf<RecommendationsQuery, z.infer<typeof recommendationsDraft>, Recommendation[]> = {
  contentType: 'recommendation',
  generationType: 'recommendation',
  schema: recommendationsDraft,
  schemaName: 'recommendations',
  identity: ({ companyId, limit }) => `${companyId} ${limit}`,
  sharesLookups: true,
  payer: ({ companyId, userId }) => ({ companyId, userId }),
  hit: async (db, { companyId, limit }) => hitOf(await hitOfRecommendations.run({ companyId, limit }, db), limit, recommendationsOf),
  lookup: (db, { companyId, limit }, _, afterFailure) => findRecommendations.run({ companyId, limit, afterFailure }, db),
  prepare: (db, { companyId, limit }, { context_hash }) => prepareRecommendations.run({ companyId, limit, contextHash: context_hash }, db),
  save: (db, { companyId }, { context_hash }, draft, receipt) =>
    saveRecommendations.run(
      { companyId, contextHash: context_hash, recommendations: JSON.stringify(draft.recommendations), ...receipt },
      db,
    ),
  saved: ({ limit }, content) => content.slice(0, limit),
  unsaved: ({ limit }, draft, at) => draft.recommendations.slice(0, limit).map((item) => unsavedRecommendation(item, at)),
  promptIsOurs: true,
  uncachedPrompt: ({ limit, context }) =>
    withoutState(
      `Give ${atLeastOne(limit)} recommendations for what the company should do next, most important first. Set step_id to null: the steps are not known.`,
      context,
    ),
};

type InsightsQuery = z.infer<typeof journeyArgs.insights>;

export const insights: Shelf<InsightsQuery, z.infer<typeof insightsDraft>, Insight[]> = {
  contentType: 'insight',
  generationType: 'peer_insight',
  schema: insightsDraft,
  schemaName: 'insights',
  identity: ({ companyId, domainId, stepId, limit }) => `${companyId} ${domainId} ${stepId} ${limit}`,
  sharesLookups: true,
  payer: ({ companyId, userId }) => ({ companyId, userId }),
  hit: async (db, { companyId, domainId, stepId, limit }) =>
    hitOf(await hitOfInsights.run({ companyId, domainId, stepId, limit }, db), 1, insightsOf),
  lookup: (db, { companyId, domainId, stepId, limit }, _, afterFailure) =>
    findInsights.run({ companyId, domainId, stepId, limit, afterFailure }, db),
  prepare: (db, { companyId, domainId, stepId, limit }, { context_hash }) =>
    prepareInsights.run({ companyId, domainId, stepId, limit, contextHash: context_hash }, db),
  save: (db, { companyId, domainId, stepId }, { context_hash }, draft, receipt) =>
    saveInsights.run({ companyId, domainId, stepId, contextHash: context_hash, insights: JSON.stringify(draft.insights), ...receipt }, db),
  saved: ({ limit }, content) => content.slice(0, limit),
  unsaved: ({ domainId = null, stepId = null, limit }, draft, at) =>
    draft.insights
      .slice(0, limit)
      .map((item) => ({ id: null, domain_id: domainId, step_id: stepId, ...item, generated_at: at.toISOString() })),
  promptIsOurs: true,
  uncachedPrompt: ({ limit, context }) =>
    withoutState(
      `Write ${atLeastOne(limit)} insights as experienced peers would give them, each with a plausible author and a relevance_score from 0.5 to 1.`,
      context,
    ),
};

type HealthQuery = z.infer<typeof journeyArgs.healthSummary>;

export const healthSummary: Shelf<HealthQuery, z.infer<typeof healthDraft>, HealthSummary> = {
  contentType: 'health',
  generationType: 'health_summary',
  schema: healthDraft,
  schemaName: 'health_summary',
  identity: ({ companyId }) => companyId,
  sharesLookups: true,
  payer: ({ companyId, userId }) => ({ companyId, userId }),
  hit: async (db, { companyId }) => hitOf(await hitOfHealthSummary.run({ companyId }, db), 1, healthSummaryOf),
  lookup: (db, { companyId }, _, afterFailure) => findHealthSummary.run({ companyId, afterFailure }, db),
  prepare: (db, { companyId }, { context_hash }) => prepareHealthSummary.run({ companyId, contextHash: context_hash }, db),
  save: (db, { companyId }, { context_hash }, draft, receipt) =>
    saveHealthSummary.run({ companyId, contextHash: context_hash, content: JSON.stringify(draft), ...receipt }, db),
  saved: (_, content) => content,
  unsaved: (_, draft, at) => ({ id: null, match: 'unsaved', revision: null, generated_at: at.toISOString(), content: draft }),
  promptIsOurs: true,
  uncachedPrompt: ({ context }) =>
    withoutState('Summarise the health of the business: a headline, a score from 0 to 100, strengths, risks, and next steps.', context),
};

type RefineQuery = z.infer<typeof journeyArgs.refine>;

export const refinement: Shelf<RefineQuery, RecommendationContent, Recommendation> = {
  contentType: 'refinement',
  generationType: 'refinement',
  schema: recommendationItem,
  schemaName: 'recommendation',
  identity: ({ id, instruction, revision }) => `${id} ${revision} ${instruction}`,
  payer: ({ userId }, found) => ({ companyId: found?.company_id, userId }),
  lookup: (db, { id, instruction, revision }, earlier, afterFailure) =>
    findRefinement.run({ recommendationId: id, instruction, revision: earlier?.base_revision ?? revision, afterFailure }, db),
  prepare: (db, { id, instruction }, { base_revision = 0 }) =>
    prepareRefinement.run({ recommendationId: id, instruction, revision: base_revision }, db),
  save: (db, { id, instruction }, { base_revision = 0 }, draft, receipt) =>
    saveRefinement.run({ recommendationId: id, instruction, revision: base_revision, content: JSON.stringify(draft), ...receipt }, db),
  saved: (_, content) => content,
  unsaved: (_, draft, at) => unsavedRecommendation(draft, at),
  // Without the recommendation's text there is nothing to improve.
  promptIsOurs: true,
  uncachedPrompt: ({ instruction, context }) =>
    context?.trim() ? `Improve this recommendation to a company:\n${context.trim()}\n\nHow it should change: ${instruction}` : null,
};
