/** Answers by their input, of any content type that the database has a policy for; clusters and their goals are two of them (clusters.ts). */
import type { z } from 'zod';
import { AnswerShelf, type AnswersOptions, type Question, type Stored, type Variant } from './answer-shelf.js';
import {
  type AnswerArgs,
  type AnswersArgs,
  answerArgs,
  type KeptAnswer,
  type VerdictArgs,
  type WarmArgs,
  type WarmResult,
} from './asks.js';
import { check } from './check.js';
import { InvalidInput } from './errors.js';
import { jsonOf } from './json.js';
import { checkSendable } from './provider.js';
import { recordSimilarityVerdict } from './queries/clusters.queries.js';
import type { Answer, CallOptions } from './shelf.js';
import { warm } from './warm.js';

/** Bulk calls carry at most so many. */
const BATCH = 1_000;

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

  return {
    one,
    many,
    /** Content types of the application bring their schema, or `schemaOf` knows it. */
    async warm(schemaOf: (given: z.ZodType | undefined) => z.ZodType, args: WarmArgs): Promise<WarmResult> {
      const call = check(answerArgs.warm, args, 'warm');
      const schema = schemaOf(call.schema);
      checked(schema, call.contentType);
      return warm(options, schema, call);
    },
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
