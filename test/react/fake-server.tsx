/** A server that answers when the test says so, and the surroundings of a component. */
import { act } from '@testing-library/react';
import type { ReactNode } from 'react';
import { SWRConfig } from 'swr';
import type { CacheData, Fetcher } from '../../src/react/index.js';

/** A request that arrived. */
export interface FakeRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
  readonly init: Parameters<Fetcher>[1];
  /** Answers with data. */
  answer(data: unknown, headers?: Record<string, string>): Promise<void>;
  /** Answers with an error. */
  refuse(status: number, code?: string, error?: string, headers?: Record<string, string>): Promise<void>;
  /** Answers with this text and nothing of pg-evergreen. */
  say(status: number, text: string): Promise<void>;
  /** Never answers: the connection breaks. */
  lose(): Promise<void>;
}

/** Requests in the order of their arrival. */
export class FakeServer {
  readonly requests: FakeRequest[] = [];
  /** What its clock says, for the envelope. */
  now: () => number = Date.now;
  #waiting: { count: number; resolve: () => void }[] = [];

  /** Resolves with the n-th request, from 1, once it has arrived. */
  async request(n: number): Promise<FakeRequest> {
    await act(async () => {
      if (this.requests.length < n) await new Promise<void>((resolve) => this.#waiting.push({ count: n, resolve }));
    });
    return this.requests[n - 1] as FakeRequest;
  }

  readonly fetcher: Fetcher = (url, init) =>
    new Promise((resolve, reject) => {
      init.signal.addEventListener('abort', () => reject(init.signal.reason ?? new Error('aborted')));
      const respond = async (status: number, json: () => Promise<unknown>, headers: Record<string, string> = {}) => {
        await act(async () => {
          resolve({ status, ok: status >= 200 && status < 300, headers: { get: (name) => headers[name] ?? null }, json });
        });
      };
      const metadata = () => ({ timestamp: new Date(this.now()).toISOString(), requestId: `request-${this.requests.length}` });
      this.requests.push({
        url,
        init,
        method: init.method,
        headers: init.headers,
        body: init.body === undefined ? undefined : JSON.parse(init.body),
        answer: (data, headers) => respond(200, async () => ({ success: true, data, metadata: metadata() }), headers),
        refuse: (status, code = 'INTERNAL', error = 'internal error', headers) =>
          respond(status, async () => ({ success: false, error, metadata: { ...metadata(), code, hint: 'Do otherwise.' } }), headers),
        say: (status, text) => respond(status, async () => JSON.parse(text)),
        lose: () => act(async () => reject(new TypeError('Failed to fetch'))),
      });
      this.#waiting = this.#waiting.filter(({ count, resolve: arrived }) => {
        if (this.requests.length < count) return true;
        arrived();
        return false;
      });
    });
}

/** A cache of its own for each test; an error is not retried, unless told. */
export function surroundings(retry = false, more: object = {}): (props: { children: ReactNode }) => ReactNode {
  const cache = new Map();
  return ({ children }) => (
    <SWRConfig value={{ provider: () => cache, dedupingInterval: 0, ...(!retry && { onErrorRetry: () => undefined }), ...more }}>
      {children}
    </SWRConfig>
  );
}

/** The entity tag that the server would give a revision. */
export const tagOf = (revision: number | null) => (revision === null ? null : `"${revision}-1b9d6bcd-mi6a2k3w"`);

/** A personality as the server would answer it. */
export function personality(overrides: Partial<CacheData> = {}): CacheData {
  const analysis = { summary: 'Curious.', traits: [{ name: 'openness', score: 60 }] };
  return {
    username: 'ada',
    analysis,
    tuning: {},
    personality: analysis,
    freshness: 'fresh',
    ageMs: 60_000,
    freshUntil: null,
    generatedAt: '2026-01-01T12:00:00.000Z',
    updatedAt: '2026-01-01T12:00:00.000Z',
    revision: 3,
    etag: tagOf(overrides.revision === undefined ? 3 : overrides.revision),
    version: 1,
    isStale: false,
    model: 'simulated',
    ...overrides,
  };
}

/** The same with the score of its trait adjusted. */
export function tuned(score: number, overrides: Partial<CacheData> = {}): CacheData {
  const base = personality(overrides);
  return {
    ...base,
    tuning: { '/traits/openness/score': score },
    personality: { ...base.analysis, traits: [{ name: 'openness', score }] },
    ...overrides,
  };
}

/** The score that a personality shows. */
export const scoreOf = (data: CacheData | undefined) =>
  (data?.personality as { traits: { score: number }[] } | undefined)?.traits[0]?.score;
