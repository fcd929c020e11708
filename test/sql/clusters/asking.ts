/** Questions as a user asks them: look up, claim, save. */
import type { QueryResultRow } from 'pg';
import { type Arguments, at, type Connection, call, row } from '../core/calls.js';

export interface AnswerLookup extends QueryResultRow {
  cache_key: string;
  freshness: string;
  reason: string;
  seen: string | null;
  content: { id: string; input_hash: string; parent_id: string | null; revision: number; generated_at: string; result: unknown } | null;
  context_hash: string;
  id: string | null;
  similarity: number | null;
  similarity_method: string | null;
  similar_to: unknown;
}

export interface AnswerSave extends QueryResultRow {
  state: string;
  content: NonNullable<AnswerLookup['content']>;
  generated_at: Date | null;
  cost: string | null;
  id: string;
}

/** Input as it is sent: JSON as text, strings as they are. */
export function json(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input);
}

/** Looks up clusters of `input` asked of test/metered at the injected noon, unless told otherwise. */
export function ask(on: Connection, input: unknown, args: Arguments = {}): Promise<AnswerLookup> {
  return row<AnswerLookup>(on, 'lookup_answer', {
    content_type: 'cluster',
    input: json(input),
    model: 'metered',
    provider: 'test',
    now: at(),
    ...args,
  });
}

/** Claims what was looked up and answers the token. */
export async function claimAnswer(on: Connection, lookup: AnswerLookup, args: Arguments = {}): Promise<string> {
  const claimed = await row<{ state: string; lease_token: string }>(on, 'claim_generation', {
    content_type: 'cluster',
    cache_key: lookup.cache_key,
    holder: 'tester',
    now: at(),
    ...args,
  });
  expect(claimed).toMatchObject({ state: 'claimed' });
  return claimed.lease_token;
}

const OF_THE_CLAIM = ['content_type', 'company_id', 'user_id', 'now'];

/** Generates `result` for `input`, from the lookup to the save, all at one moment. */
export async function generate(
  on: Connection,
  input: unknown,
  result: unknown,
  args: Arguments = {},
  saving: Arguments = {},
): Promise<AnswerSave> {
  const lookup = await ask(on, input, args);
  const token = await claimAnswer(on, lookup, Object.fromEntries(Object.entries(args).filter(([name]) => OF_THE_CLAIM.includes(name))));
  const { model, ...asked } = args;
  return row<AnswerSave>(on, 'save_answer', {
    content_type: 'cluster',
    input: json(input),
    result: JSON.stringify(result),
    lease_token: token,
    provider: 'test',
    model: model ?? 'metered',
    prompt_tokens: 100,
    completion_tokens: 50,
    now: at(),
    ...asked,
    ...saving,
  });
}

/** A content type of the application's own. */
export async function makeCopy(on: Connection, name = 'product_copy', args: Arguments = {}): Promise<void> {
  await call(on, 'set_content_policy', { content_type: name, ...args });
}
