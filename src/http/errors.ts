/** What an error becomes on the wire: a status, a code and a sentence; never what happened inside. */
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { EvergreenError, GenerationFailed } from '../errors.js';

/** An answer other than success. */
export class Refusal extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly hint: string | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: ContentfulStatusCode,
    code: string,
    message: string,
    { hint, headers = {} }: { hint?: string | undefined; headers?: Record<string, string> | undefined } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.headers = headers;
  }
}

/** Nobody is signed in: without, with a wrong, a run out and a revoked token alike. */
export const unauthorized = () =>
  new Refusal(401, 'UNAUTHORIZED', 'sign in first', {
    hint: 'Send Authorization: Bearer with the token of a session, or its cookie.',
    headers: { 'WWW-Authenticate': 'Bearer realm="pg-evergreen"' },
  });

/** It is somebody else's, or it would be if it existed. */
export const forbidden = () => new Refusal(403, 'VG009', 'this is not yours to see or change');

export const notFound = (message: string) => new Refusal(404, 'VG002', message);

export const internalError = () => new Refusal(500, 'INTERNAL', 'internal error');

const statuses: Record<string, ContentfulStatusCode> = {
  VG001: 404,
  VG002: 404,
  VG003: 409,
  VG004: 409,
  VG005: 402,
  VG006: 413,
  VG007: 422,
  VG008: 429,
  VG009: 403,
  VG011: 412,
};

/** Said in place of the error's own words, which speak of budgets, providers and hosts. */
const ours: Record<string, { status: ContentfulStatusCode; message: string; retryAfter?: number }> = {
  VG001: { status: 404, message: 'there is no such kind of content' },
  VG005: { status: 402, message: 'the budget for generated content is used up' },
  VG008: { status: 429, message: 'too many requests', retryAfter: 60 },
  VG009: { status: 403, message: 'this is not yours to see or change' },
  DATABASE_UNAVAILABLE: { status: 503, message: 'the database is away for a moment', retryAfter: 2 },
  NOT_MIGRATED: { status: 503, message: 'this server is being set up', retryAfter: 60 },
  CLOSED: { status: 503, message: 'this server is shutting down', retryAfter: 2 },
};

/** The answer to whatever was thrown; `internal` when nobody expected it, so that it must be logged. */
export function refusalOf(error: unknown): { refusal: Refusal; internal: boolean } {
  if (error instanceof Refusal) return { refusal: error, internal: false };
  if (error instanceof HTTPException) return { refusal: ofHono(error), internal: error.status >= 500 };
  if (error instanceof GenerationFailed) return { refusal: ofGeneration(error), internal: false };
  if (!(error instanceof EvergreenError)) return { refusal: internalError(), internal: true };

  const known = ours[error.code];
  if (known) {
    const headers = known.retryAfter === undefined ? undefined : { 'Retry-After': String(retryAfter(error) ?? known.retryAfter) };
    return { refusal: new Refusal(known.status, error.code, known.message, { headers }), internal: known.status === 503 };
  }
  const status = statuses[error.code];
  if (status === undefined) return { refusal: internalError(), internal: true };
  const { code, severity } = (error.cause ?? {}) as { code?: string; severity?: string };
  // Words of PostgreSQL itself name its types and functions.
  const foreign = severity !== undefined && !code?.startsWith('VG');
  const message = foreign ? 'the database cannot read a value of this request' : error.message;
  const hint = error.hint !== undefined && !foreign && !/evergreen|\(\)|p_|::|=>/.test(error.hint) ? error.hint : undefined;
  return { refusal: new Refusal(status, error.code, message, { hint }), internal: false };
}

function ofHono(error: HTTPException): Refusal {
  switch (error.status) {
    case 413:
      return tooLarge();
    case 415:
      return notJson();
    case 503:
      return new Refusal(503, 'TIMEOUT', 'this took too long', { headers: { 'Retry-After': '5' } });
    default:
      return error.status >= 500 ? internalError() : new Refusal(400, 'BAD_REQUEST', 'the request cannot be read');
  }
}

function ofGeneration(error: GenerationFailed): Refusal {
  const later = ['backing_off', 'timeout', 'context_changed', 'aborted'].includes(error.reason);
  return new Refusal(later ? 503 : 502, error.code, 'the content could not be generated, and there is nothing earlier to show', {
    hint: 'Try again later.',
    headers: { 'Retry-After': String(retryAfter(error) ?? 5) },
  });
}

/** Seconds to wait, where the error tells. */
function retryAfter(error: EvergreenError): number | undefined {
  return error instanceof GenerationFailed && error.retryAfterMs ? Math.ceil(error.retryAfterMs / 1000) : undefined;
}

export const tooLarge = () => new Refusal(413, 'VG006', 'the body of this request is too large');
export const notJson = () =>
  new Refusal(415, 'NOT_JSON', 'the body of this request is not JSON in UTF-8', {
    hint: 'Send Content-Type: application/json, in UTF-8 and not compressed.',
  });
export const unreadable = (message: string) => new Refusal(400, 'BAD_REQUEST', message);
