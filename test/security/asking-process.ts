/** A process of its own with the REST interface, which asks itself: started by a test, told what to do by messages. */
import OpenAI from 'openai';
import { Pool } from 'pg';
import { createHttp } from '../../src/http/index.js';
import { createEvergreen } from '../../src/index.js';

export interface Job {
  databaseUrl: string;
  token: string;
  requests: number;
}

export interface Report {
  /** How often each was answered. */
  statuses: Record<number, number>;
}

process.once('message', async ({ databaseUrl, token, requests }: Job) => {
  const pool = new Pool({ connectionString: databaseUrl, max: 5 });
  const evergreen = createEvergreen({ pool, openai: new OpenAI({ apiKey: 'none' }), databaseTimeoutMs: 20_000 });
  const app = createHttp({ evergreen, pool, databaseTimeoutMs: 20_000 });
  await pool.query('SELECT 1');
  process.send?.('ready');
  await new Promise((resolve) => process.once('message', resolve));
  const statuses: Report['statuses'] = {};
  await Promise.all(
    Array.from({ length: requests }, async () => {
      const { status } = await app.request('/api/session', { headers: { Authorization: `Bearer ${token}` } });
      statuses[status] = (statuses[status] ?? 0) + 1;
    }),
  );
  process.send?.({ statuses });
  await evergreen.close();
  await pool.end();
  process.disconnect();
});
