/** Warming: what is much used is generated again before it expires, within a sum and a rate. */
import type { z } from 'zod';
import { AnswerShelf, type AnswersOptions } from './answer-shelf.js';
import type { answerArgs, WarmProgress, WarmResult } from './asks.js';
import { inParallel } from './parallel.js';
import { clustersToWarm } from './queries/clusters.queries.js';

/** What the caller said, checked. */
type WarmCall = z.output<typeof answerArgs.warm>;

/** Generates anew what is used and soon expires. */
export async function warm(options: AnswersOptions, schema: z.ZodType, call: WarmCall): Promise<WarmResult> {
  const { db, generator, counters } = options;
  await counters.flush();
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
