/**
 * The least number of calls of a provider that any cache could make which obeys a policy: computed from the trace of a run, by itself. It knows nothing of
 * leases, processes or the database; it walks through each key's requests with one memory that never fails and has no delays of its own.
 *
 * What it assumes, each time what needs the fewer calls:
 * - Content is asked for no sooner than somebody wants it, and is good for everybody until it is older than max_age. What is shown stale meanwhile
 *   (stale_while_revalidate) is refreshed, so it needs its call all the same, and what is shown after a failure (stale_if_error) needs none.
 * - A call lasts as long as the call lasted that the run made then; content ages, and a failure pauses its key, from the end of it. Who asks meanwhile waits.
 * - A request that ran across a change of its key may have been answered in any state that the key had meanwhile; one that ran across the end of its
 *   content's freshness, or of a pause, was answered before it.
 * - A call does what the call did that the run made then; one that the run did not make fails when all of it is in an outage.
 * - A failure pauses the key for everybody at once. That a cache may let one of those who wait try again without a pause is no excuse for another call.
 */

/** What is allowed, in ms. */
export interface Policy {
  /** How long content is fresh. */
  readonly maxAge: number;
  /** Pause of a key after a failed call, doubled by each further failure, up to the most. */
  readonly backoff: number;
  readonly backoffMost: number;
}

/** A request as it happened: when it began and ended, in ms. */
export interface Request {
  readonly key: string;
  readonly begun: number;
  readonly ended: number;
}

/** A period, in ms. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** A change of what a key's content is made of: under way from, seen by everybody to. */
export interface Change extends Period {
  readonly key: string;
}

/** A call that the run made, until its content began to age or its failure was noted. */
export interface Made extends Request {
  readonly ok: boolean;
}

export interface Least {
  readonly calls: number;
  /** Of them those that had to fail. */
  readonly failed: number;
  /** Requests that ran while their key changed. */
  readonly unsure: number;
  /** When the calls of each key are made. */
  readonly byKey: ReadonlyMap<string, readonly number[]>;
}

/** A call is made when a request comes and there is no content of the key's present state that is still fresh, unless the key pauses after a failure. */
export function leastCalls(
  requests: readonly Request[],
  changes: readonly Change[],
  outages: readonly Period[],
  policy: Policy,
  made: readonly Made[],
  /** How long a call lasts that the run did not make. */
  callMs: number,
): Least {
  const changesOf = grouped(changes);
  const madeOf = grouped(made);
  const byKey = new Map<string, number[]>();
  let calls = 0;
  let failed = 0;
  let unsure = 0;
  for (const [key, asked] of grouped(requests)) {
    const changed = [...(changesOf.get(key) ?? [])].sort((a, b) => a.from - b.from);
    const contents = new Map<number, State>();
    for (const { begun, ended } of [...asked].sort((a, b) => a.begun - b.begun)) {
      // Every state that it may have been answered in.
      const until = ended + callMs;
      const first = changed.filter(({ to }) => to < begun).length;
      const last = changed.filter(({ from }) => from <= ended).length;
      if (first < last) unsure += 1;
      const states = Array.from({ length: last - first + 1 }, (_, i) => memory(contents, first + i));
      if (states.some((state) => begun <= state.freshUntil || begun < state.pausedUntil)) continue;
      const ours = madeOf.get(key)?.find((call) => begun <= call.begun && call.begun <= until);
      const fails = ours ? !ours.ok : outages.some(({ from, to }) => from < begun && until < to);
      calls += 1;
      if (fails) failed += 1;
      byKey.set(key, [...(byKey.get(key) ?? []), begun]);
      const over = ours?.ended ?? begun + callMs;
      for (const state of states) {
        if (fails) state.pausedUntil = over + Math.min(policy.backoff * 2 ** state.failures, policy.backoffMost);
        else state.freshUntil = over + policy.maxAge;
        state.failures = fails ? state.failures + 1 : 0;
      }
    }
  }
  return { calls, failed, unsure, byKey };
}

/** What is known of one state of a key. */
interface State {
  freshUntil: number;
  failures: number;
  pausedUntil: number;
}

function memory(contents: Map<number, State>, index: number): State {
  let state = contents.get(index);
  if (!state) {
    state = { freshUntil: -1, failures: 0, pausedUntil: -1 };
    contents.set(index, state);
  }
  return state;
}

function grouped<T extends { key: string }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const group = groups.get(each.key);
    if (group) group.push(each);
    else groups.set(each.key, [each]);
  }
  return groups;
}
