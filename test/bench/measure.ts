/** Samples, their medians and spread, and the lines that are made of them. */

/** The middle of some samples, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What a ratio should be; a line without one only says what it is. */
export type Reach = { readonly least: number } | { readonly most: number };

/** A side of a comparison: a sample a round. */
export interface Side {
  readonly samples: readonly number[];
  readonly spread: Spread;
}

/** One comparison. */
export interface Line {
  readonly what: string;
  readonly beside: string;
  /** Of both sides: `calls/s`, `ms`, `rows/s`, `MB`, ... */
  readonly unit: string;
  readonly ours: Side;
  readonly theirs: Side;
  /** A ratio a round, of what was measured in that round. */
  readonly ratio: Side;
  /** How the ratio is made: `ours / theirs`, or `theirs / ours` when it says how many times faster ours is. */
  readonly ratioOf: 'ours / theirs' | 'theirs / ours';
  readonly reach?: Reach | undefined;
}

/** Median, least and greatest. */
export function spread(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new Error('there is nothing to take a median of');
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
  return { median, min: sorted[0] as number, max: sorted[sorted.length - 1] as number };
}

/** The value that a share of the samples does not exceed: `quantile(times, 0.99)`. */
export function quantile(samples: ArrayLike<number>, share: number): number {
  if (samples.length === 0) throw new Error('there is nothing to take a quantile of');
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number;
}

/** Measures each side once a round, in turn (ABAB...), so that what disturbs the machine disturbs both. */
export async function inTurn<Name extends string>(
  sides: Readonly<Record<Name, () => Promise<number>>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(sides) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round += 1) for (const name of names) samples[name].push(await sides[name]());
  return samples;
}

/**
 * Milliseconds of each call of two sides, one call at a time: a call of each, which of them first by chance, and again. So what disturbs the machine, or this
 * process, for a few milliseconds disturbs both alike, which rounds of one side after rounds of the other do not see to.
 */
export async function callByCall<Name extends string>(
  sides: Readonly<Record<Name, (call: number) => Promise<unknown>>>,
  calls: number,
): Promise<Record<Name, Float64Array>> {
  const names = Object.keys(sides) as Name[];
  const taken = Object.fromEntries(names.map((name) => [name, new Float64Array(calls)])) as Record<Name, Float64Array>;
  for (let call = 0; call < calls; call += 1) {
    const first = Math.floor(Math.random() * names.length);
    for (let i = 0; i < names.length; i += 1) {
      const name = names[(first + i) % names.length] as Name;
      const begun = performance.now();
      await sides[name](call);
      taken[name][call] = performance.now() - begun;
    }
  }
  return taken;
}

/** Makes a line of what was measured round by round. */
export function line(parts: {
  what: string;
  beside: string;
  unit: string;
  ours: readonly number[];
  theirs: readonly number[];
  ratioOf?: Line['ratioOf'];
  reach?: Reach | undefined;
}): Line {
  const { ours, theirs, ratioOf = 'ours / theirs', ...rest } = parts;
  const ratios = ours.map((sample, i) => {
    const other = theirs[i] as number;
    return ratioOf === 'ours / theirs' ? sample / other : other / sample;
  });
  return { ...rest, ratioOf, ours: side(ours), theirs: side(theirs), ratio: side(ratios) };
}

/** Whether the median ratio is what it should be; undefined when nothing is asked of it. */
export function reached({ ratio, reach }: Pick<Line, 'ratio' | 'reach'>): boolean | undefined {
  if (!reach) return undefined;
  return 'least' in reach ? ratio.spread.median >= reach.least : ratio.spread.median <= reach.most;
}

/** Milliseconds that some work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function side(samples: readonly number[]): Side {
  return { samples, spread: spread(samples) };
}

/** Numbers from 0 to 1, the same for the same seed. */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
