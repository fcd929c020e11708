/** A process that asks a provider which tells it to come again in an hour, gives up after a moment, and has nothing else to do. */
import OpenAI from 'openai';
import { z } from 'zod';
import { complete } from '../../src/provider.js';

async function main(): Promise<void> {
  const fetch = async () => new Response('{}', { status: 429, headers: { 'retry-after': '3600' } });
  const openai = new OpenAI({ apiKey: 'none', maxRetries: 3, fetch });
  const answer = await complete(openai, { prompt: 'p', schema: z.object({ a: z.string() }), schemaName: 's', model: 'm', timeoutMs: 100 });
  console.log(answer.ok ? 'answered' : answer.code);
}

void main();
