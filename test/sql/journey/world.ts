/** An application's companies, steps and levels, and the rounds its backend makes for them, as the suites of the journey need them. */
import { randomUUID } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import { type Arguments, at, type Claim, type Connection, call, row, type Save, value } from '../core/calls.js';

export const DAY = 86_400;
export const HOUR = 3_600;
/** A well-formed context hash that no state has. */
export const ELSEWHERE = 'e'.repeat(64);

export async function makeCompany(on: Connection, name = 'Acme'): Promise<string> {
  const id = randomUUID();
  await on.query('INSERT INTO public.companies (id, name) VALUES ($1, $2)', [id, name]);
  return id;
}

export async function makeDomain(on: Connection, name = 'Finance'): Promise<string> {
  const id = randomUUID();
  await on.query('INSERT INTO public.journey_domains (id, name) VALUES ($1, $2)', [id, name]);
  return id;
}

export async function makeSteps(on: Connection, count: number): Promise<string[]> {
  const domain = await makeDomain(on);
  const ids = Array.from({ length: count }, () => randomUUID());
  await on.query(
    `INSERT INTO public.journey_steps (id, domain_id, name) SELECT i, $2, 'Step ' || n FROM unnest($1::uuid[]) WITH ORDINALITY AS s (i, n)`,
    [ids, domain],
  );
  return ids;
}

export async function makeStep(on: Connection): Promise<string> {
  return (await makeSteps(on, 1))[0] as string;
}

/** Where a company stands with a step; null takes the row away. */
export async function setStatus(on: Connection, company: string, step: string, status: string | null): Promise<void> {
  if (status === null) await on.query('DELETE FROM public.company_journey_steps WHERE company_id = $1 AND step_id = $2', [company, step]);
  else {
    await on.query(
      `INSERT INTO public.company_journey_steps (company_id, step_id, status) VALUES ($1, $2, $3)
       ON CONFLICT (company_id, step_id) DO UPDATE SET status = excluded.status`,
      [company, step, status],
    );
  }
}

/** How mature a company is in a domain; null is a level that is not assessed. */
export async function setLevel(on: Connection, company: string, domain: string, level: string | null): Promise<void> {
  await on.query(
    `INSERT INTO public.company_domain_progress (company_id, domain_id, maturity_level) VALUES ($1, $2, $3)
     ON CONFLICT (company_id, domain_id) DO UPDATE SET maturity_level = excluded.maturity_level`,
    [company, domain, level],
  );
}

export async function click(on: Connection, company: string, time = at()): Promise<void> {
  await on.query('INSERT INTO public.step_activity (company_id, last_activity_timestamp) VALUES ($1, $2)', [company, time]);
}

export function contextHash(on: Connection, company: string, contentType = 'recommendation'): Promise<string> {
  return value<string>(on, 'company_context_hash', { company_id: company, content_type: contentType });
}

export interface Element {
  id: string;
  step_id: string | null;
  status: string;
  match: string;
  revision: number;
  generated_at: string;
  content: Record<string, unknown>;
}

export interface Insight {
  id: string;
  domain_id: string | null;
  step_id: string | null;
  content: string;
  author_profile: Record<string, unknown>;
  relevance_score: number | null;
  generated_at: string;
}

export interface Lookup<Content = Element[]> extends QueryResultRow {
  cache_key: string;
  freshness: 'fresh' | 'stale' | 'expired' | 'missing';
  reason: string;
  seen: string | null;
  content: Content | null;
  generated_at: Date | null;
  generation_model: string | null;
  generation_prompt_id: string | null;
  context_hash: string;
}

export interface Saved<Content = Element[]> extends Save {
  content: Content;
}

export interface Recommendation extends QueryResultRow {
  id: string;
  company_id: string;
  step_id: string | null;
  recommendation_key: string;
  content: Record<string, unknown>;
  context_hash: string;
  status: string;
  generation_prompt_id: string | null;
  generated_at: Date;
  expires_at: Date | null;
  last_presented_at: Date | null;
  times_presented: number;
  user_feedback: Record<string, unknown> | null;
  revision: number;
  instruction: string | null;
}

/** One answer of a model, as the client hands it over. */
export function item(step: string | null, title = 'Do this'): Record<string, unknown> {
  return {
    step_id: step,
    title,
    description: 'In two sentences.',
    rationale: 'Because.',
    actions: ['Begin'],
    effort: 'low',
    impact: 'high',
  };
}

export function insight(content: string, relevance = 0.8): Record<string, unknown> {
  return { content, author_profile: { name: 'Ada', company: 'Peer', role: 'CEO' }, relevance_score: relevance };
}

/** What every save ends in: a model that costs, and when. */
export const RECEIPT: Arguments = {
  provider: 'openai',
  model: 'gpt-4o-mini',
  prompt_tokens: 1000,
  completion_tokens: 500,
  generation_time_ms: 900,
};

/** Claims a key that must be free, and answers the token. */
export async function claim(on: Connection, contentType: string, key: string, company: string, now = at()): Promise<string> {
  const claimed = await row<Claim>(on, 'claim_generation', {
    content_type: contentType,
    cache_key: key,
    holder: 'tester',
    company_id: company,
    now,
  });
  expect(claimed).toMatchObject({ state: 'claimed' });
  return claimed.lease_token as string;
}

export function lookRecommendations(on: Connection, company: string, args: Arguments = {}): Promise<Lookup> {
  return row<Lookup>(on, 'lookup_recommendations', { company_id: company, now: at(), ...args });
}

export function lookInsights(on: Connection, company: string, args: Arguments = {}): Promise<Lookup<Insight[]>> {
  return row<Lookup<Insight[]>>(on, 'lookup_insights', { company_id: company, now: at(), ...args });
}

export function lookHealth(on: Connection, company: string, args: Arguments = {}): Promise<Lookup<Element>> {
  return row<Lookup<Element>>(on, 'lookup_health_summary', { company_id: company, now: at(), ...args });
}

/** Looks up, claims and saves recommendations for a company, as a client does whose model answered `items`. */
export async function saveRecommendations(
  on: Connection,
  company: string,
  items: Record<string, unknown>[],
  { now = at(), ...args }: Arguments & { now?: string } = {},
): Promise<Saved> {
  const looked = await lookRecommendations(on, company, { now });
  return row<Saved>(on, 'save_recommendations', {
    company_id: company,
    context_hash: looked.context_hash,
    recommendations: JSON.stringify(items),
    lease_token: await claim(on, 'recommendation', looked.cache_key, company, now),
    ...RECEIPT,
    now,
    ...args,
  });
}

/** The same for insights about a place. */
export async function saveInsights(
  on: Connection,
  company: string,
  items: Record<string, unknown>[],
  { now = at(), domain_id = null, step_id = null, ...args }: Arguments & { now?: string } = {},
): Promise<Saved<Insight[]>> {
  const looked = await lookInsights(on, company, { now, domain_id, step_id });
  return row<Saved<Insight[]>>(on, 'save_insights', {
    company_id: company,
    context_hash: looked.context_hash,
    domain_id,
    step_id,
    insights: JSON.stringify(items),
    lease_token: await claim(on, 'insight', looked.cache_key, company, now),
    ...RECEIPT,
    now,
    ...args,
  });
}

/** The same for the health summary. */
export async function saveHealth(
  on: Connection,
  company: string,
  content: Record<string, unknown> = { headline: 'Well' },
  { now = at(), ...args }: Arguments & { now?: string } = {},
): Promise<Saved<Element>> {
  const looked = await lookHealth(on, company, { now });
  return row<Saved<Element>>(on, 'save_health_summary', {
    company_id: company,
    context_hash: looked.context_hash,
    content: JSON.stringify(content),
    lease_token: await claim(on, 'health', looked.cache_key, company, now),
    ...RECEIPT,
    now,
    ...args,
  });
}

/** A saved recommendation of a company of its own, for suites about what becomes of one. */
export async function makeRecommendation(
  on: Connection,
  { now = at() }: { now?: string } = {},
): Promise<{ company: string; step: string; id: string }> {
  const company = await makeCompany(on);
  const step = await makeStep(on);
  const { content } = await saveRecommendations(on, company, [item(step)], { now });
  return { company, step, id: content[0]?.id as string };
}

export async function recommendation(on: Connection, id: string): Promise<Recommendation> {
  const { rows } = await on.query<Recommendation>('SELECT * FROM evergreen.ai_generated_recommendations WHERE id = $1', [id]);
  if (!rows[0]) throw new Error(`there is no recommendation ${id}`);
  return rows[0];
}

export async function recommendationsOf(on: Connection, company: string): Promise<Recommendation[]> {
  const { rows } = await on.query<Recommendation>(
    'SELECT * FROM evergreen.ai_generated_recommendations WHERE company_id = $1 ORDER BY generated_at, rank, id',
    [company],
  );
  return rows;
}

/** Writes rows of a table past the functions, for states that would take weeks or thousands of saves to come about. */
export async function insertRows(on: Connection, table: string, rows: Record<string, unknown>[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0] as object);
  await on.query(
    `INSERT INTO evergreen.${table} (${columns.join(', ')})
     SELECT ${columns.map((column) => `r.${column}`).join(', ')} FROM jsonb_populate_recordset(NULL::evergreen.${table}, $1) AS r`,
    [JSON.stringify(rows)],
  );
}

/** Moves a recommendation by the functions to a status. */
export async function bring(on: Connection, id: string, status: string, now = at()): Promise<void> {
  await call(on, 'update_recommendation_status', { recommendation_id: id, new_status: status, now });
}

/** The line of a server's notices with that SQLSTATE, while `work` runs on a connection of its own. */
export async function noticesOf(
  client: import('pg').ClientBase,
  work: () => Promise<unknown>,
): Promise<{ code: string | undefined; message: string | undefined }[]> {
  const seen: { code: string | undefined; message: string | undefined }[] = [];
  const listen = ({ code, message }: { code?: string | undefined; message?: string | undefined }) => seen.push({ code, message });
  client.on('notice', listen);
  try {
    await work();
  } finally {
    client.off('notice', listen);
  }
  return seen;
}
