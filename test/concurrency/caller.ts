/** A process of its own with many callers of one client: started by `startProcess`, told what to do by messages. */
import OpenAI from 'openai';
import { Pool } from 'pg';
import { createEvergreen } from '../../src/index.js';

/** What one process is told. */
export interface Job {
  databaseUrl: string;
  providerUrl: string;
  companyId: string;
  callers: number;
}

/** What one process tells when all its callers have been answered. */
export interface Report {
  outcomes: Record<string, number>;
  errors: string[];
  cost: number;
  /** Ids of the recommendations that each caller got, once each. */
  contents: string[];
}

process.once('message', async (job: Job) => {
  const pool = new Pool({ connectionString: job.databaseUrl, max: 10 });
  const evergreen = createEvergreen({
    pool,
    openai: new OpenAI({ apiKey: 'none', baseURL: job.providerUrl, maxRetries: 0 }),
    holder: String(process.pid),
    databaseTimeoutMs: 20_000,
  });
  await pool.query('SELECT 1');
  process.send?.('ready');
  await new Promise((resolve) => process.once('message', resolve));
  const calls = Array.from({ length: job.callers }, () => evergreen.recommendations({ companyId: job.companyId }));
  process.send?.('called');
  const report: Report = { outcomes: {}, errors: [], cost: 0, contents: [] };
  const contents = new Set<string>();
  for (const call of await Promise.allSettled(calls)) {
    if (call.status === 'rejected') {
      report.errors.push(String(call.reason));
      continue;
    }
    const { outcome, cost, content } = call.value;
    report.outcomes[outcome] = (report.outcomes[outcome] ?? 0) + 1;
    report.cost += cost ?? 0;
    contents.add(content.map((each) => each.id).join());
  }
  report.contents = [...contents];
  await evergreen.close();
  await pool.end();
  process.send?.(report);
  process.disconnect();
});
