/** A process of the load that is made without pgbench: told its job over IPC, answers once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { TimedCall } from './load.js';

/** What to do. */
export interface LoadJob {
  readonly url: string;
  readonly statements: readonly string[];
  readonly keys: readonly (readonly string[])[];
  readonly connections: number;
  readonly warmUpMs: number;
  readonly seconds: number;
  /** Calls a second, over all connections; as fast as they go without one. */
  readonly rate?: number;
  /** Each key once, however long it takes. */
  readonly once?: boolean;
}

/** What was done. */
export interface LoadResult {
  readonly calls: number;
  /** How long that took. */
  readonly seconds: number;
  /** Each call, when there is a rate. */
  readonly times: readonly TimedCall[];
}

async function work(job: LoadJob): Promise<LoadResult> {
  const counted = { calls: 0, times: [] as TimedCall[] };
  const clients = await Promise.all(
    Array.from({ length: job.connections }, async () => {
      const client = new Client({ connectionString: job.url });
      await client.connect();
      return client;
    }),
  );
  const from = performance.now() + job.warmUpMs;
  const until = job.once ? Number.POSITIVE_INFINITY : from + job.seconds * 1000;
  const interval = job.rate === undefined ? 0 : (1000 * job.connections) / job.rate;
  let next = 0;
  await Promise.all(
    clients.map(async (client, c) => {
      for (let n = 0; performance.now() < until; n += 1) {
        const due = from + interval * (n + c / job.connections);
        if (job.rate !== undefined && due > performance.now()) await sleep(due - performance.now());
        const statement = (n + c) % job.statements.length;
        const values = job.keys[job.once ? next++ : Math.floor(Math.random() * job.keys.length)];
        if (!values) break;
        await client.query({ name: `s${statement}`, text: job.statements[statement] as string, values: [...values] });
        const now = performance.now();
        if (now >= from && now <= until) counted.calls += 1;
        if (job.rate !== undefined) counted.times.push({ ms: now - due, at: Date.now() });
      }
    }),
  );
  const seconds = (performance.now() - from) / 1000;
  await Promise.all(clients.map((client) => client.end()));
  return { ...counted, seconds };
}

process.once('message', (job) => {
  work(job as LoadJob).then(
    (result) => process.send?.(result, () => process.disconnect()),
    (error: Error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
});
