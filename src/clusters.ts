/** The clusters' shelf: items grouped by a model, and the goals of such a cluster. Both are answers by input (answers.ts). */
import { z } from 'zod';
import type { Stored } from './answer-shelf.js';
import type { Answers } from './answers.js';
import { type AskOptions, answerArgs, type SimilarOptions, type WarmArgs, type WarmResult } from './asks.js';
import { check } from './check.js';
import { InvalidInput, TooLarge } from './errors.js';
import { functionTool } from './provider.js';
import type { Answer, CallOptions } from './shelf.js';

/* What the model writes --------------------------------------------------------------------------------- */

const words = z.string().refine((text) => text.trim() !== '', 'must not be blank');

const clusterDraft = z.object({
  clusters: z
    .array(
      z.object({
        name: words.describe('Short name of the group'),
        description: words.describe('What its items have in common'),
        items: z.array(z.string()).describe('The items of this group, copied exactly'),
      }),
    )
    .min(1),
});
const goalsDraft = z.object({
  goals: z.array(z.object({ title: words, description: words, measure: words.describe('How one sees that it is reached') })).min(1),
});

/* What callers get -------------------------------------------------------------------------------------- */

/** Items in groups. `id` is null in an answer that is not saved. */
export interface Cluster extends z.infer<typeof clusterDraft> {
  id: string | null;
}

/** The goals of a cluster. `id` is null in an answer that is not saved. */
export interface ClusterGoals extends z.infer<typeof goalsDraft> {
  id: string | null;
}

export interface ClusterOptions extends AskOptions, CallOptions {
  /** Whether the clusters of similar items will do; default: no. */
  similar?: boolean | SimilarOptions | undefined;
}

export interface ClustersOptions extends AskOptions, Pick<CallOptions, 'signal'> {
  /** How many the model is asked at a time; default 4. */
  concurrency?: number | undefined;
}

export interface ClusterToolOptions extends AskOptions {
  /** Default `cluster_items`. */
  name?: string | undefined;
  /** What the model is told about it. */
  description?: string | undefined;
}

/* Calls ------------------------------------------------------------------------------------------------- */

const flat = <T extends object>({ content, ...answer }: Answer<Stored<T>>): Answer<T & { id: string | null }> => ({
  ...answer,
  content: { id: content.id, ...content.result },
});

const cluster = {
  contentType: 'cluster',
  schema: clusterDraft,
  uncachedPrompt: (input: unknown) =>
    `Group these items into clusters of what belongs together. Put each item into exactly one cluster and copy it exactly.\n\n${JSON.stringify(Array.isArray(input) ? { items: input } : input)}`,
};
const goals = { contentType: 'cluster_goal', schema: goalsDraft };
const schemas: Record<string, z.ZodType> = { cluster: clusterDraft, cluster_goal: goalsDraft };

/** The calls of this shelf. */
export function makeClusters(answers: Answers) {
  async function clusterOf(input: unknown, options: ClusterOptions = {}): Promise<Answer<Cluster>> {
    const { signal, deadlineMs, ...asked } = check(answerArgs.ask, options, 'cluster');
    return flat(await answers.one({ ...cluster, ...asked }, input, 'input', { signal, deadlineMs }));
  }

  return {
    cluster: clusterOf,
    async clusters(inputs: readonly unknown[], options: ClustersOptions = {}): Promise<PromiseSettledResult<Answer<Cluster>>[]> {
      const { signal, concurrency, ...asked } = check(answerArgs.many, options, 'clusters');
      const settled = await answers.many({ ...cluster, ...asked }, check(z.array(z.unknown()), inputs, 'clusters'), {
        signal,
        concurrency,
      });
      return settled.map((result) => (result.status === 'fulfilled' ? { ...result, value: flat(result.value) } : result));
    },
    async clusterGoals(clusterId: string, options: AskOptions & CallOptions = {}): Promise<Answer<ClusterGoals>> {
      const { signal, deadlineMs, ...asked } = check(answerArgs.ask.omit({ similar: true }), options, 'clusterGoals');
      const parentId = check(answerArgs.id, clusterId, 'clusterGoals: id');
      return flat(await answers.one({ ...goals, ...asked, parentId }, {}, 'input', { signal, deadlineMs }));
    },
    warm: (args: WarmArgs = {}): Promise<WarmResult> =>
      answers.warm((schema) => {
        const known = schema ?? schemas[args.contentType ?? 'cluster'];
        if (known) return known;
        throw new InvalidInput(`warm: the content type ${args.contentType} needs its schema`, {
          hint: 'Pass the schema that answer() is called with.',
        });
      }, args),
    clusterTool({
      name = 'cluster_items',
      description = 'Groups items into named clusters of what belongs together.',
      ...asked
    }: ClusterToolOptions = {}) {
      return functionTool({
        name,
        description,
        parameters: z.object({ items: z.array(z.string()).describe('What to group, one text an item') }),
        async call({ items }) {
          try {
            return (await clusterOf({ items }, asked)).content;
          } catch (error) {
            // What the model asked wrongly it can ask again.
            if (error instanceof InvalidInput || error instanceof TooLarge) return { error: error.message, hint: error.hint };
            throw error;
          }
        },
      });
    },
  };
}

/** What `clusterTool` makes. */
export type ClusterTool = ReturnType<ReturnType<typeof makeClusters>['clusterTool']>;
