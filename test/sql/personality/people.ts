/** People whose personality is analysed, and the rounds an application's backend makes for them. */
import { randomUUID } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import { type Arguments, at, type Connection, call, row } from '../core/calls.js';

export const DAY = 86_400;
/** Tokens as the provider counts them; 1 USD for 1,000,000 of them. */
export const RECEIPT = { provider: 'test', model: 'metered', prompt_tokens: 100, completion_tokens: 50 };

/** An id nobody has yet. */
export const someone = (): string => `user ${randomUUID()}`;

/** An analysis as a model writes it, with these scores. */
export const analysis = (scores: Record<string, number> = { openness: 80, calm: 40 }, more: object = {}) => ({
  summary: 'Curious and calm',
  traits: Object.entries(scores).map(([name, score]) => ({ name, score, evidence: `posts show ${name}` })),
  interests: ['chess', 'go'],
  ...more,
});

export interface Kept extends QueryResultRow {
  state: 'saved' | 'unchanged' | 'conflict';
  revision: number;
  updated_at: Date | null;
  changes: { path: string; change: string }[];
  dropped_tuning: Record<string, unknown>;
}

/** Saves an analysis of the application's own. */
export const keep = (on: Connection, user: string, document: object = analysis(), args: Arguments = {}): Promise<Kept> =>
  row<Kept>(on, 'save_personality_cache', { user_id: user, analysis: document, now: at(), ...args });

export interface Tuned extends QueryResultRow {
  state: 'saved' | 'unchanged' | 'conflict';
  revision: number;
  tuning: Record<string, unknown>;
  personality: Record<string, unknown>;
  updated_at: Date;
}

export const tune = (on: Connection, user: string, tuning: object, args: Arguments = {}): Promise<Tuned> =>
  row<Tuned>(on, 'save_personality_tuning', { user_id: user, tuning, now: at(1), ...args });

export interface Got extends QueryResultRow {
  user_id: string;
  analysis: Record<string, unknown>;
  tuning: Record<string, unknown>;
  personality: Record<string, unknown>;
  freshness: 'fresh' | 'stale' | 'expired';
  age_ms: string;
  fresh_until: Date | null;
  revision: number;
  version: number;
  is_stale: boolean;
}

/** What there is of a user at noon, or so many seconds later. */
export const get = (on: Connection, user: string, seconds = 0): Promise<Got> =>
  row<Got>(on, 'get_personality_cache', { user_id: user, now: at(seconds) });

export interface Looked extends QueryResultRow {
  cache_key: string;
  freshness: string;
  reason: string;
  seen: string | null;
  content: Record<string, unknown> | null;
  personality: Record<string, unknown> | null;
  revision: number | null;
  blocked: string | null;
}

export const look = (on: Connection, user: string, args: Arguments = {}): Promise<Looked> =>
  row<Looked>(on, 'lookup_personality', { user_id: user, now: at(), ...args });

/** Claims the analysis of a user, and answers what claim_generation said. */
export const claim = (on: Connection, user: string, args: Arguments = {}) =>
  row<{ state: string; lease_token: string | null }>(on, 'claim_generation', {
    content_type: 'personality',
    cache_key: user,
    holder: 'tester',
    user_id: user,
    now: at(),
    ...args,
  });

export interface Saved extends QueryResultRow {
  state: 'saved' | 'saved_stale' | 'lease_lost';
  content: Record<string, unknown> | null;
  generated_at: Date | null;
  cost: string | null;
  revision: number | null;
  tuning: Record<string, unknown> | null;
}

/** Saves what a model gave for a user whose lease is held. */
export const save = (
  on: Connection,
  user: string,
  lease: string | null,
  document: object = analysis(),
  args: Arguments = {},
): Promise<Saved> =>
  row<Saved>(on, 'save_personality', { user_id: user, analysis: document, lease_token: lease, ...RECEIPT, now: at(), ...args });

/** Claims and saves, at noon or so many seconds later. */
export async function generate(on: Connection, user: string, document: object = analysis(), seconds = 0): Promise<Saved> {
  const { lease_token } = await claim(on, user, { now: at(seconds) });
  return save(on, user, lease_token, document, { now: at(seconds) });
}

/** Makes the price of RECEIPT known. */
export const meter = (on: Connection) =>
  call(on, 'register_model', { provider: 'test', model: 'metered', prompt_price: 1, completion_price: 1, cached_price: 0.5 });
