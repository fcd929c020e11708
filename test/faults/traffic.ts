/** A process of its own that calls without end, and tells on demand how its callers fared: started by `startTraffic`. */
import OpenAI from 'openai';
import { Pool } from 'pg';
import { createEvergreen } from '../../src/index.js';

/** What it is told first. */
export interface Job {
  databaseUrl: string;
  providerUrl: string;
  companyIds: string[];
  callers: number;
  databaseTimeoutMs: number;
  poolSize: number;
}

/** How callers fared. */
export interface Report {
  /** How the latest 50 calls were answered, oldest first. */
  latest: string[];
  /** What was thrown since it was asked last. */
  errors: string[];
  /** Longest call that was answered since, from its start to its answer. */
  longestMs: number;
  /** Errors that nobody caught. */
  uncaught: string[];
}

const report: Report = { latest: [], errors: [], longestMs: 0, uncaught: [] };
process.on('unhandledRejection', (reason) => report.uncaught.push(`rejection: ${String(reason)}`));
process.on('uncaughtException', (error) => report.uncaught.push(`exception: ${error.stack}`));

process.once('message', (job: Job) => {
  const pool = new Pool({ connectionString: job.databaseUrl, max: job.poolSize });
  const evergreen = createEvergreen({
    pool,
    openai: new OpenAI({ apiKey: 'none', baseURL: job.providerUrl, maxRetries: 0 }),
    databaseTimeoutMs: job.databaseTimeoutMs,
  });
  let ending = false;
  const callers = Array.from({ length: job.callers }, async (_, index) => {
    for (let call = 0; !ending; call += 1) {
      const companyId = job.companyIds[(index + call) % job.companyIds.length] ?? '';
      const started = performance.now();
      try {
        const { outcome } = await evergreen.recommendations({ companyId });
        report.latest = [...report.latest.slice(-49), outcome];
      } catch (error) {
        report.errors.push(String(error));
      }
      report.longestMs = Math.max(report.longestMs, performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  process.on('message', async (message: string) => {
    if (message === 'report') {
      process.send?.(report);
      Object.assign(report, { errors: [], longestMs: 0 });
      return;
    }
    ending = true;
    await Promise.all(callers);
    await evergreen.close();
    await pool.end();
    process.send?.(report);
    process.disconnect();
  });
  process.send?.('running');
});
