/**
 * The least number of calls of a provider that any cache could make which obeys a policy: computed from the trace of a run, by itself. It knows nothing of
 * leases, processes or the database; it walks through each key's requests with one memory that never fails and has no delays of its own.
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

export interface Least {
  readonly calls: number;
  /** Of them those that had to fail. */
  readonly failed: number;
  /** Requests that ran while their key changed or an outage began or ended: of what they may have met, what needs the fewest calls is taken. */
  readonly unsure: number;
}

/**
 * A call is made when a request comes and there is no content of the key's present state that is still fresh, unless the key pauses after a failure; a call
 * during an outage fails. Each call is over `callMs` after its request began: only then its content begins to age, and its failure to pause the key.
 */
export function leastCalls(
  requests: readonly Request[],
  changes: readonly Change[],
  outages: readonly Period[],
  policy: Policy,
  callMs: number,
): Least {
  const changesOf = grouped(changes);
  let calls = 0;
  let failed = 0;
  let unsure = 0;
  for (const [key, asked] of grouped(requests)) {
    const changed = [...(changesOf.get(key) ?? [])].sort((a, b) => a.from - b.from);
    const contents = new Map<number, State>();
    for (const { begun, ended } of [...asked].sort((a, b) => a.begun - b.begun)) {
      // Every state that it may have been answered in.
      const first = changed.filter(({ to }) => to < begun).length;
      const last = changed.filter(({ from }) => from <= ended).length;
      const fails = outages.some(({ from, to }) => from < begun && ended < to);
      const atAnEdge = !fails && outages.some(({ from, to }) => begun <= to && from <= ended);
      if (first < last || atAnEdge) unsure += 1;
      const states = Array.from({ length: last - first + 1 }, (_, i) => memory(contents, first + i));
      if (states.some((state) => begun <= state.freshUntil || begun < state.pausedUntil)) continue;
      calls += 1;
      if (fails) failed += 1;
      const over = begun + callMs;
      for (const state of states) {
        if (fails) state.pausedUntil = over + Math.min(policy.backoff * 2 ** state.failures, policy.backoffMost);
        else state.freshUntil = over + policy.maxAge;
        state.failures = fails ? state.failures + 1 : 0;
      }
    }
  }
  return { calls, failed, unsure };
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
