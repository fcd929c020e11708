/** A process that asks for one answer with many callers at once, when it is told to by a line on standard input; prints how each was answered. */
import { createInterface } from 'node:readline';
import OpenAI from 'openai';
import { Pool } from 'pg';
import { z } from 'zod';
import { createEvergreen } from '../../src/index.js';

const { url, baseURL, callers, call, bulk } = JSON.parse(process.argv[2] ?? '{}') as {
  url: string;
  baseURL: string;
  callers: number;
  call: { contentType: string; input: unknown; prompt: string };
  bulk: boolean;
};
const pool = new Pool({ connectionString: url, max: 4 });
const evergreen = createEvergreen({ pool, openai: new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0 }), databaseTimeoutMs: 10_000 });
const schema = z.object({ title: z.string(), description: z.string() });

async function ask() {
  const { input, ...rest } = call;
  if (!bulk) return Promise.all(Array.from({ length: callers }, () => evergreen.answer({ ...rest, input, schema })));
  const settled = await evergreen.answers({ ...rest, inputs: Array.from({ length: callers }, () => input), schema });
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

createInterface({ input: process.stdin }).once('line', async () => {
  const answers = await ask();
  console.log(JSON.stringify(answers.map(({ id, outcome, content }) => ({ id, outcome, content }))));
  await evergreen.close();
  await pool.end();
  process.exit(0);
});

// Connected first, so that all processes ask at the same time.
void pool.query('SELECT 1').then(() => console.log('ready'));
