import { setTimeout } from 'node:timers/promises';

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/**
 * Observes again and again until the observation is truthy, and answers it. For what another connection or process does: the observation must be of
 * the thing itself (a row of pg_stat_activity, a counter), and the bound is only there to fail a broken test.
 */
export async function waitUntil<T>(what: string, observe: () => Promise<T> | T, timeoutMs = 15_000): Promise<Truthy<T>> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const seen = await observe();
    if (seen) return seen as Truthy<T>;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain until ${what}; last seen: ${JSON.stringify(seen)}`);
    await setTimeout(5);
  }
}
