import { Client } from 'pg';
import { startSimulation } from '../../../src/simulation.js';
import type { Bench, BenchDatabase, Row } from '../bench.js';
import { type MadeCall, OURS, type PlannedRequest, type ReplayedRequest, type Reply } from '../caller.js';
import { startCallers } from '../callers.js';
import { clusterInputs, fillJourney, setUp } from '../content.js';
import { line, mulberry32, quantile } from '../measure.js';
import { type Change, leastCalls, type Made, type Period, type Policy } from '../oracle.js';

const DAYS = 30;
const SEED = 20_261_122;

/** In days of the month. The first two are what the product sets by itself, for recommendations and clusters; failures pause longer, so that a scaled pause is more than a call. */
const MAX_AGE = { recommendation: 14, cluster: 30 };
const STALE_WHILE_REVALIDATE = 1;
const STALE_IF_ERROR = 30;
const BACKOFF = 4 / 24;
const BACKOFF_MOST = 16 / 24;
const OUTAGE = 12 / 24;
/** Of each process: each has its plans to make before it is quick. */
const CONNECTIONS = 2;
/** Companies and inputs that are asked for before the month begins, and never in it. */
const WARM_UP = 4;

interface Plan {
  readonly requests: readonly PlannedRequest[];
  readonly warmUp: readonly PlannedRequest[];
  /** When (ms after the start), whose. */
  readonly changes: readonly { at: number; companyId: string }[];
  readonly outages: readonly Period[];
}

/** Row 11: what a month of traffic costs. */
export const month: Row = {
  number: 11,
  title: 'a month of traffic, 8 processes, on a compressed clock',
  includes:
    'Calls that reached the provider, failed ones included, each noted with its key and time, beside the least number that any cache obeying the same policy could make, computed from the trace as it happened by an algorithm of its own ' +
    '(test/bench/oracle.ts says what it assumes): a call for each request that finds no content of its present context within max_age and no pause after a failure; of a request across a change of its company, ' +
    'what needs fewer calls is taken; a call lasts as long as it did. The month is compressed by scaling the intervals of the policies, not so far that the milliseconds of a call become days: the provider and the server are not faster than they are. ' +
    'Traffic: keys by Zipf, more by day than by night, less on weekends, changes of companies, outages of the provider; the same seed each time. Processes have asked for other keys before, as those of a service have. ' +
    'Each answer is checked against its policy: nothing fresh may be older than max_age, nothing stale than that and stale_while_revalidate, nothing shown after a failure than stale_if_error.',
  async run(bench) {
    const seconds = bench.pick({ full: 200, quick: 8, tiny: 1.5 });
    const processes = bench.pick({ full: 8, quick: 8, tiny: 2 });
    const dayMs = (seconds * 1000) / DAYS;
    const database = await bench.database('month', async (made) => {
      await setUp(made);
      await fillJourney(made, WARM_UP + bench.pick({ full: 150, quick: 20, tiny: 5 }));
      await setPolicies(made, dayMs);
    });
    const plan = await planned(bench, database, dayMs);
    const simulation = await startSimulation();
    const workers = startCallers(processes);
    const host = new Client({ connectionString: database.url });
    try {
      await host.connect();
      const stores = { postgresUrl: database.url };
      await workers.tell(() => ({
        order: 'open',
        kind: OURS,
        databaseUrl: database.url,
        stores,
        providerUrl: simulation.url,
        connections: CONNECTIONS,
      }));
      // What a process that has run for a while has behind it: connections, plans, compiled code. Of companies and inputs that the month does not ask for.
      await workers.tell(() => ({ order: 'replay', startAt: 0, requests: plan.warmUp }));
      const startAt = performance.timeOrigin + performance.now() + 500;
      const until = (at: number) =>
        new Promise((resolve) => setTimeout(resolve, Math.max(0, startAt + at - performance.timeOrigin - performance.now())));
      const now = () => performance.timeOrigin + performance.now();
      const outages: Period[] = [];
      const changes: Change[] = [];
      const failing = (async () => {
        for (const { from, to } of plan.outages) {
          await until(from);
          simulation.setBehaviour('server_error');
          const begun = now();
          await until(to);
          simulation.setBehaviour('ok');
          outages.push({ from: begun, to: now() });
        }
      })();
      const changing = (async () => {
        for (const { at, companyId } of plan.changes) {
          await until(at);
          const from = now();
          await host.query(NEXT_STEP, [companyId]);
          changes.push({ key: companyId, from, to: now() });
        }
      })();
      const replies = await workers.tell<Extract<Reply, { replayed: ReplayedRequest[] }>>((place) => ({
        order: 'replay',
        startAt,
        requests: plan.requests.filter((_, i) => (Math.imul(i, 2_654_435_761) >>> 8) % processes === place),
      }));
      await Promise.all([failing, changing]);
      const ended = await workers.tell<Extract<Reply, { made: MadeCall[] }>>(() => ({ order: 'close' }));
      const all = ended.flatMap((reply) => reply.made);
      if (all.length !== simulation.calls)
        throw new Error(`the provider was called ${simulation.calls} times, the processes say ${all.length}`);
      const warm = new Set(plan.warmUp.map(({ key }) => key));
      const made = all.filter(({ key }) => !warm.has(key));
      const happened = replies.flatMap(({ replayed }) => replayed);
      return result(bench, happened, changes, outages, made, { dayMs, seconds, processes });
    } finally {
      workers.stop();
      await host.end();
      await simulation.close();
    }
  },
};

/** The company completes one more step. */
const NEXT_STEP = `INSERT INTO public.company_journey_steps (company_id, step_id, status)
  SELECT $1, s.id, 'completed' FROM public.journey_steps AS s
   WHERE NOT EXISTS (SELECT FROM public.company_journey_steps AS c WHERE c.company_id = $1 AND c.step_id = s.id) ORDER BY s.id LIMIT 1`;

async function setPolicies(database: BenchDatabase, dayMs: number): Promise<void> {
  for (const [type, maxAge] of Object.entries(MAX_AGE)) {
    await database.query(
      `SELECT evergreen.set_content_policy($1, p_max_age => $2::float8 * $3::float8 * interval '1 ms', p_stale_while_revalidate => $2::float8 * $4::float8 * interval '1 ms',
         p_stale_if_error => $2::float8 * $5::float8 * interval '1 ms', p_failure_backoff => $2::float8 * $6::float8 * interval '1 ms', p_failure_backoff_max => $2::float8 * $7::float8 * interval '1 ms')`,
      [type, dayMs, maxAge, STALE_WHILE_REVALIDATE, STALE_IF_ERROR, BACKOFF, BACKOFF_MOST],
    );
  }
}

/** The same for the same seed, but for the ids of companies. */
async function planned(bench: Bench, database: BenchDatabase, dayMs: number): Promise<Plan> {
  const random = mulberry32(SEED);
  const companies = await database.query<{ id: string }>('SELECT c.id FROM public.companies AS c ORDER BY c.name');
  const inputs = clusterInputs(companies.length);
  const kinds: Pick<PlannedRequest, 'type' | 'key'>[][] = [
    companies.map(({ id }) => ({ type: 'recommendation' as const, key: id })),
    inputs.map((key) => ({ type: 'cluster' as const, key })),
  ];
  const keys = kinds.flatMap((all) => all.slice(WARM_UP));
  const warmUp = kinds.flatMap((all) => all.slice(0, WARM_UP)).map((each) => ({ ...each, at: 0 }));
  for (let i = keys.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [keys[i], keys[j]] = [keys[j] as (typeof keys)[number], keys[i] as (typeof keys)[number]];
  }
  let total = 0;
  const cumulated = keys.map((_, rank) => {
    total += 1 / (rank + 1);
    return total;
  });
  const zipf = () => {
    const at = random() * total;
    let [low, high] = [0, cumulated.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulated[middle] as number) < at) low = middle + 1;
      else high = middle;
    }
    return keys[low] as (typeof keys)[number];
  };
  const count = bench.pick({ full: 24_000, quick: 1_000, tiny: 150 });
  const requests: PlannedRequest[] = [];
  while (requests.length < count) {
    const day = random() * DAYS;
    const busy = (1 - 0.85 * Math.cos(2 * Math.PI * (day % 1))) * (Math.floor(day) % 7 >= 5 ? 0.4 : 1);
    if (random() * 1.85 < busy) requests.push({ at: day * dayMs, ...zipf() });
  }
  requests.sort((a, b) => a.at - b.at);
  const changed = companies
    .slice(WARM_UP)
    .flatMap(({ id }) => Array.from({ length: Math.floor(random() * 3) }, () => ({ at: random() * DAYS * dayMs, companyId: id })));
  return {
    requests,
    // Often enough for each of a process's connections.
    warmUp: Array.from({ length: 10 }, () => warmUp).flat(),
    changes: changed.sort((a, b) => a.at - b.at),
    outages: [6.4, 13.5, 21.6].map((day) => ({ from: day * dayMs, to: (day + OUTAGE) * dayMs })),
  };
}

function result(
  bench: Bench,
  happened: readonly ReplayedRequest[],
  changes: readonly Change[],
  outages: readonly Period[],
  calls: readonly MadeCall[],
  { dayMs, seconds, processes }: { dayMs: number; seconds: number; processes: number },
) {
  const made = [...calls]
    .sort((a, b) => a.begun - b.begun)
    .map((call, i, sorted) => ({ ...call, ended: noted(call, sorted.slice(i + 1), happened) }));
  const callMs = quantile(
    made.map(({ begun, ended }) => ended - begun),
    0.5,
  );
  const least = { calls: 0, failed: 0, unsure: 0 };
  const differing: string[] = [];
  for (const type of ['recommendation', 'cluster'] as const) {
    const policy: Policy = { maxAge: MAX_AGE[type] * dayMs, backoff: BACKOFF * dayMs, backoffMost: BACKOFF_MOST * dayMs };
    const requests = happened.filter((each) => each.type === type);
    const changed = type === 'recommendation' ? changes : [];
    const ours = made.filter((each) => each.type === type);
    const of = leastCalls(requests, changed, outages, policy, ours, callMs);
    least.calls += of.calls;
    least.failed += of.failed;
    least.unsure += of.unsure;
    for (const key of new Set(requests.map((each) => each.key))) {
      const [mine, needed] = [ours.filter((each) => each.key === key), of.byKey.get(key) ?? []];
      if (mine.length !== needed.length) differing.push(story(type, key, mine, needed, requests, changed, outages));
    }
  }
  bench.keepProfile?.('11-calls', differing.join('\n\n'));
  const tooOld = happened.filter(({ type, outcome, begun, generatedAt }) => {
    const limit = { fresh: MAX_AGE[type], stale: MAX_AGE[type] + STALE_WHILE_REVALIDATE, fallback: STALE_IF_ERROR }[outcome];
    return limit !== undefined && generatedAt !== null && begun - generatedAt > limit * dayMs;
  });
  const outcomes = new Map<string, number>();
  for (const { outcome } of happened) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const failures = [...new Set(happened.flatMap(({ error }) => (error ? [error.replace(/\d+/g, 'n')] : [])))];
  const number = (value: number) => value.toLocaleString('en-US');
  return {
    lines: [
      line({
        what: 'calls of the provider',
        beside: 'least possible',
        unit: 'calls',
        ours: [calls.length],
        theirs: [least.calls],
        reach: { most: 1.01 },
      }),
      line({
        what: 'requests answered without a call',
        beside: 'requests',
        unit: 'requests',
        ours: [happened.length - calls.length],
        theirs: [happened.length],
        reach: { least: 0.9 },
      }),
      line({
        what: 'answers within their policy',
        beside: 'answers',
        unit: 'answers',
        ours: [happened.length - tooOld.length],
        theirs: [happened.length],
        reach: { least: 1 },
      }),
    ],
    notes: [
      `${number(happened.length)} requests in ${seconds} s for ${DAYS} days: one day is ${(dayMs / 1000).toFixed(2)} s; ${processes} processes; seed ${SEED}.`,
      `${number(changes.length)} changes of companies, ${outages.length} outages of ${OUTAGE * 24} hours; ${calls.filter(({ ok }) => !ok).length} calls failed, of the least ${least.failed}; ${least.unsure} requests ran across a change; ${differing.length} keys needed more or fewer calls than the least.`,
      `A call and its saving took ${callMs.toFixed(0)} ms in the middle, ${((callMs / dayMs) * 24 * 60).toFixed(0)} minutes of the month.`,
      `Answers: ${[...outcomes].map(([outcome, n]) => `${number(n)} ${outcome}`).join(', ')}${failures.length > 0 ? ` (failed: ${failures.slice(0, 3).join('; ')})` : ''}.`,
    ],
  };
}

/** When what a call gave was saved, so that it began to age; of one that failed, when that was known. */
function noted(call: MadeCall, later: readonly MadeCall[], happened: readonly ReplayedRequest[]): number {
  if (!call.ok) return call.ended;
  const next = later.find(({ key }) => key === call.key)?.ended ?? Number.POSITIVE_INFINITY;
  const saved = happened
    .filter(
      ({ key, generatedAt }) => key === call.key && generatedAt !== null && generatedAt >= Math.floor(call.ended) && generatedAt < next,
    )
    .map(({ generatedAt }) => generatedAt as number);
  return saved.length > 0 ? Math.max(call.ended, Math.min(...saved)) : call.ended;
}

/** What happened to one key: to see where calls came from. */
function story(
  type: string,
  key: string,
  mine: readonly Made[],
  needed: readonly number[],
  requests: readonly ReplayedRequest[],
  changes: readonly Change[],
  outages: readonly Period[],
): string {
  const events = [
    ...mine.map(({ begun, ended, ok }) => ({ at: begun, text: `call until ${ended.toFixed(1)} ${ok ? 'ok' : 'failed'}` })),
    ...needed.map((at) => ({ at: at - 0.001, text: 'needed' })),
    ...requests
      .filter((each) => each.key === key)
      .map(({ begun, ended, outcome, generatedAt }) => ({
        at: begun,
        text: `asked until ${ended.toFixed(1)}: ${outcome}, of ${generatedAt}`,
      })),
    ...changes.filter((each) => each.key === key).map(({ from, to }) => ({ at: from, text: `changed until ${to.toFixed(1)}` })),
    ...outages.map(({ from, to }) => ({ at: from, text: `outage until ${to.toFixed(1)}` })),
  ].sort((a, b) => a.at - b.at);
  return [
    `${type} ${key.slice(0, 40)}: ${mine.length} calls, least ${needed.length}`,
    ...events.map(({ at, text }) => `${at.toFixed(1)} ${text}`),
  ].join('\n');
}
