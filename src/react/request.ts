/** One request to the personality routes, and what can come of it. */
import type { CacheData, Envelope } from '../http/types.js';

/** What of `fetch` is used. */
export type Fetcher = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string;
    credentials: RequestCredentials;
    cache: RequestCache;
    keepalive: boolean;
    signal: AbortSignal;
  },
) => Promise<{ status: number; ok: boolean; headers: { get(name: string): string | null }; json(): Promise<unknown> }>;

/** How the server is reached. */
export interface ConnectionOptions {
  /** Before `/api/...`; default '': the page's own origin. */
  baseUrl?: string | undefined;
  /** Default: the global `fetch`. */
  fetcher?: Fetcher | undefined;
  /** Further headers, or a function that makes them for each request. */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>) | undefined;
  /** A session token (`evs_...`); without one the session's cookie is sent. */
  token?: string | undefined;
  /** Default `same-origin`. */
  credentials?: RequestCredentials | undefined;
  /** After this a request counts as failed; default 75,000: a generation may take a minute. */
  timeoutMs?: number | undefined;
}

/**
 * What went wrong. `code` is stable: the server's own (`VG007`, ...), or `NETWORK` (no answer), `TIMEOUT`, `BAD_ANSWER` (not from pg-evergreen),
 * `CONFLICT` (changed meanwhile by somebody else; what is there now has been loaded), `NO_USERNAME`.
 */
export class PersonalityCacheError extends Error {
  readonly code: string;
  /** HTTP status; null without an answer. */
  readonly status: number | null;
  /** What would be right. */
  readonly hint?: string;
  /** To quote to whoever runs the server. */
  readonly requestId?: string;
  /** When the server asked to wait. */
  readonly retryAfterMs?: number;

  constructor(
    code: string,
    message: string,
    details: { status?: number; hint?: string; requestId?: string; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PersonalityCacheError';
    this.code = code;
    this.status = details.status ?? null;
    if (details.hint) this.hint = details.hint;
    if (details.requestId) this.requestId = details.requestId;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }

  /** Whether the same request may succeed later. */
  get temporary(): boolean {
    return this.status === null || this.status >= 500 || this.status === 429;
  }
}

/** What is known of a user's personality, and when it was learnt. */
export interface Known {
  /** Null: there is none. */
  data: CacheData | null;
  /** The server's clock minus this machine's, in milliseconds, when it answered. */
  clockOffsetMs: number;
  /** By this machine's clock. */
  receivedAt: number;
}

/** A request to make. */
export interface CacheRequest {
  method: 'GET' | 'POST' | 'DELETE';
  query?: string;
  body?: unknown;
  /** What the page knows: refuse when something else is there; null: when there is anything. */
  before?: CacheData | null | undefined;
}

/** The largest body that browsers send to its end when the page is left. */
const KEEPALIVE_BYTES = 60_000;

const conflict = 'It was changed elsewhere meanwhile, so this was not saved. What is there now has been loaded.';

/** By the entity tag, which no later one has. Data of a server that gives none in its body has its revision, which another row may have after a deletion. */
function conditionOf(before: CacheData | null | undefined): Record<string, string> {
  if (before === undefined) return {};
  if (before === null) return { 'If-None-Match': '*' };
  if (before.etag) return { 'If-Match': before.etag };
  return before.revision === null ? {} : { 'If-Match': `"${before.revision}"` };
}

/** The route of a user's personality. */
export function cacheUrl(baseUrl: string | undefined, username: string): string {
  return `${(baseUrl ?? '').replace(/\/+$/, '')}/api/personality/${encodeURIComponent(username)}/cache`;
}

/** Asks the server. Answers null for a GET of what is not there; throws only PersonalityCacheError. */
export async function ask<Data = CacheData>(
  url: string,
  request: CacheRequest,
  options: ConnectionOptions,
): Promise<{ data: Data | null; clockOffsetMs: number; receivedAt: number }> {
  const fetcher = options.fetcher ?? (globalThis.fetch as Fetcher);
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), options.timeoutMs ?? 75_000);
  let response: Awaited<ReturnType<Fetcher>>;
  let envelope: Partial<Envelope<Data>> | null;
  try {
    const more = typeof options.headers === 'function' ? await options.headers() : options.headers;
    response = await fetcher(url + (request.query ?? ''), {
      method: request.method,
      headers: {
        Accept: 'application/json',
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...conditionOf(request.before),
        ...(options.token !== undefined && { Authorization: `Bearer ${options.token}` }),
        ...more,
      },
      ...(body !== undefined && { body }),
      credentials: options.credentials ?? 'same-origin',
      cache: 'no-store',
      keepalive: request.method !== 'GET' && (body?.length ?? 0) < KEEPALIVE_BYTES,
      signal: controller.signal,
    });
    envelope = (await response.json().catch((error: unknown) => {
      if (controller.signal.aborted) throw error;
      return null;
    })) as typeof envelope;
  } catch (cause) {
    if (controller.signal.aborted) throw new PersonalityCacheError('TIMEOUT', 'The server did not answer in time.', { cause });
    throw new PersonalityCacheError('NETWORK', 'The server could not be reached.', {
      cause,
      hint: 'Check the connection, then try again.',
    });
  } finally {
    clearTimeout(timer);
  }

  const receivedAt = Date.now();
  const metadata = envelope?.metadata;
  const serverTime = Date.parse(metadata?.timestamp ?? '');
  const known = { clockOffsetMs: Number.isNaN(serverTime) ? 0 : serverTime - receivedAt, receivedAt };
  if (response.ok && envelope?.success && envelope.data !== undefined) return { data: envelope.data, ...known };
  if (response.status === 404 && request.method === 'GET' && metadata) return { data: null, ...known };

  const retryAfter = Number.parseFloat(response.headers.get('Retry-After') ?? '');
  const details = {
    status: response.status,
    ...(metadata?.hint && { hint: metadata.hint }),
    ...(metadata?.requestId && { requestId: metadata.requestId }),
    ...(!Number.isNaN(retryAfter) && { retryAfterMs: retryAfter * 1_000 }),
  };
  if (response.status === 412) throw new PersonalityCacheError('CONFLICT', conflict, details);
  if (!metadata || envelope?.success) {
    throw new PersonalityCacheError('BAD_ANSWER', `The server answered ${response.status} in a form that is not pg-evergreen's.`, details);
  }
  throw new PersonalityCacheError(
    metadata.code ?? `HTTP_${response.status}`,
    envelope?.error ?? `The server answered ${response.status}.`,
    details,
  );
}
