import OpenAI from 'openai';
import { type Simulation, startSimulation } from '../../../src/simulation.js';
import type { Row } from '../bench.js';
import { type Asked, OURS, type Reply } from '../caller.js';
import { type Callers, startCallers } from '../callers.js';
import { setUp } from '../content.js';
import { type Line, line, timed } from '../measure.js';
import { PEERS, startRedis, versions } from '../peers.js';

/** Beyond the provider's time, for the slowest caller. */
const ALLOWED_MS = 50;

interface Fared {
  calls: number[];
  slowest: number[];
}

/** Row 6: many callers of many processes ask for what nobody has. */
export const coldKey: Row = {
  number: 6,
  title: 'a cold key, asked for by all callers of all processes at once',
  includes:
    'Calls that reached the provider (a local server that speaks the OpenAI protocol and waits before it answers, asked by the real SDK) and the time until the slowest caller of all processes had its answer. ' +
    'Each cache makes what is missing in its own way; keyv has none: look, make, set. In: the provider, waiting for other processes, saving. Not in: connecting, a first key for each that is not counted. ' +
    'The slowest caller is measured beside one bare call of the SDK in the same round.',
  async run(bench) {
    const database = await bench.database('cold', setUp);
    const rounds = bench.pick({ full: 9, quick: 3, tiny: 1 });
    const peerRounds = bench.pick({ full: 5, quick: 1, tiny: 1 });
    const processes = bench.pick({ full: 4, quick: 4, tiny: 2 });
    const callers = bench.pick({ full: 50, quick: 50, tiny: 5 });
    const latencyMs = bench.pick({ full: 300, quick: 300, tiny: 100 });
    const simulation = await startSimulation({ latencyMs });
    const redis = await startRedis();
    const workers = startCallers(processes);
    const leftOut: string[] = [];
    const notes = [
      `${processes} processes of ${callers} callers, ${rounds} keys of ours, ${peerRounds} of each other, provider ${latencyMs} ms.`,
    ];
    try {
      const openai = new OpenAI({ apiKey: 'none', baseURL: simulation.url, maxRetries: 0 });
      const bare: number[] = [];
      for (let round = 0; round <= rounds; round += 1) {
        const call = { model: 'gpt-4.1-mini', messages: [{ role: 'user' as const, content: 'Summarise.' }] };
        const taken = await timed(() => openai.chat.completions.create(call));
        if (round > 0) bare.push(taken);
      }
      const fare = async (kind: string, keys: number): Promise<Fared> => {
        const stores = { postgresUrl: database.url, redisPort: redis?.port };
        await workers.tell(() => ({ order: 'open', kind, databaseUrl: database.url, stores, providerUrl: simulation.url }));
        try {
          return await measure(kind, workers, simulation, keys, callers);
        } finally {
          await workers.tell(() => ({ order: 'close' }));
        }
      };
      const ours = await fare(OURS, rounds);
      const lines: Line[] = [
        line({
          what: 'calls of the provider',
          beside: 'one',
          unit: 'calls',
          ours: ours.calls,
          theirs: bare.map(() => 1),
          reach: { most: 1 },
        }),
        line({
          what: 'slowest caller',
          beside: `one bare call + ${ALLOWED_MS} ms`,
          unit: 'ms',
          ours: ours.slowest,
          theirs: bare.map((ms) => ms + ALLOWED_MS),
          reach: { most: 1 },
        }),
      ];
      for (const { name, packages, needsRedis } of bench.pick({ full: PEERS, quick: PEERS, tiny: PEERS.slice(0, 1) })) {
        if (needsRedis && !redis) {
          leftOut.push(`${name}: redis-server is not installed`);
          continue;
        }
        try {
          const theirs = await fare(name, peerRounds);
          const common = { beside: name, ratioOf: 'theirs / ours' as const };
          // So many of ours as of theirs, spread over the rounds of ours.
          const some = (all: readonly number[]) => theirs.calls.map((_, i) => all[Math.floor((i * rounds) / peerRounds)] as number);
          lines.push(
            line({ ...common, what: 'calls of the provider', unit: 'calls', ours: some(ours.calls), theirs: theirs.calls }),
            line({ ...common, what: 'slowest caller', unit: 'ms', ours: some(ours.slowest), theirs: theirs.slowest }),
          );
          notes.push(`${name}: ${versions(packages)}.`);
        } catch (error) {
          leftOut.push(`${name} (${versions(packages)}): ${String(error)}`);
        }
      }
      return { lines, leftOut, notes };
    } finally {
      workers.stop();
      await redis?.stop();
      await simulation.close();
    }
  },
};

async function measure(kind: string, workers: Callers, simulation: Simulation, rounds: number, callers: number): Promise<Fared> {
  const fared: Fared = { calls: [], slowest: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const before = simulation.calls;
    const key = `${kind}, key ${round}`;
    const replies = await workers.tell<Extract<Reply, { asked: Asked }>>(() => ({ order: 'ask', key, callers }));
    const errors = replies.flatMap(({ asked }) => asked.errors);
    if (errors.length > 0) throw new Error(`${errors.length} callers were not answered: ${errors[0]}`);
    if (round === 0) continue;
    fared.calls.push(simulation.calls - before);
    fared.slowest.push(Math.max(...replies.map(({ asked }) => asked.slowestMs)));
  }
  return fared;
}
