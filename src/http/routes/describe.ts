/** What the descriptions of all routes have in common. */
import { type RouteConfig, z } from '@hono/zod-openapi';
import { failure } from '../schemas.js';

const text = (description: string) => z.string().optional().openapi({ description });

const rateLimitHeaders = z.object({
  'RateLimit-Limit': text('Requests that are let through in a minute.'),
  'RateLimit-Remaining': text('How many more are free now.'),
  'RateLimit-Reset': text('Seconds until all are free again.'),
  'RateLimit-Policy': text('The same as a policy: `100;w=60`.'),
  'X-Request-Id': text('As in the metadata of the body.'),
});
const retryHeaders = rateLimitHeaders.extend({ 'Retry-After': text('Seconds to wait.') });
export const cacheHeaders = rateLimitHeaders.extend({
  ETag: text('`"<revision>-..."`: another one whenever what is kept, its age or its freshness changed.'),
  Age: text('Seconds since it was analysed.'),
  'Cache-Control': text('How long it may be shown again without asking; `no-cache` when it is not fresh.'),
  'Last-Modified': text('When analysis or tuning changed last.'),
  Vary: text('What identifies the caller.'),
});
export const conditionHeaders = z.object({
  'if-match': z.string().optional().openapi({
    description:
      'Write only over what has this `ETag` (or `etag` of the body), one of a list, or `*` for any that exists. A bare revision, `"3"`, is that revision of whatever is there now: after a deletion revisions begin at 1 again.',
  }),
  'if-none-match': z
    .string()
    .optional()
    .openapi({ description: '`*`: write only when there is none; otherwise only when it is none of these.' }),
});

const refusals = {
  400: 'The request cannot be read: not JSON, not UTF-8, too deep, a malformed header.',
  401: 'Nobody is signed in: no token, an unknown one, one that ran out or was revoked.',
  402: 'The budget for generated content is used up, and there is nothing earlier to show.',
  403: 'It is not yours, whether it exists or not; or a cookie came from a page of another site.',
  404: 'There is none.',
  409: 'Its state does not allow that.',
  412: 'It changed meanwhile: what is there is not what If-Match names. Nothing was written or deleted; ETag says what is there.',
  413: 'The body is over 1 MB, or the content over the limit of its policy.',
  415: 'The body is not application/json in UTF-8, or is compressed.',
  422: 'A value is missing, of the wrong shape or out of range.',
  429: 'Too many requests.',
  500: 'A defect of this server. Its log tells more under the requestId.',
  502: 'The model gave no usable answer, and there is nothing earlier to show.',
  503: 'The database or the model is away for a moment.',
} as const;

type Status = keyof typeof refusals;

/** Responses of a route: its success, and what can go wrong. */
export function responses<Data extends z.ZodType, Headers extends z.ZodObject = typeof rateLimitHeaders>(
  description: string,
  schema: Data,
  statuses: readonly Status[],
  headers?: Headers,
) {
  const success = {
    200: { description, headers: headers ?? rateLimitHeaders, content: { 'application/json': { schema } } },
  };
  const failures = Object.fromEntries(
    [...new Set<Status>([...statuses, 400, 429, 500, 503])]
      .sort((a, b) => a - b)
      .map((status) => [
        status,
        {
          description: refusals[status],
          headers: [402, 429, 502, 503].includes(status) ? retryHeaders : rateLimitHeaders,
          content: { 'application/json': { schema: failure } },
        },
      ]),
  );
  // What is refused is thrown, so handlers need to know the type of success alone.
  return { ...success, ...failures } as typeof success;
}

/** What every route that wants a session can answer. */
export const GUARDED = [401, 403] as const;
/** What every route with a body can answer besides. */
export const WITH_BODY = [413, 415, 422] as const;
/** What every route that may ask a model can answer besides. */
export const GENERATING = [402, 502] as const;

export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
});

/** Of those who are signed in. */
export const security: NonNullable<RouteConfig['security']> = [{ bearer: [] }, { cookie: [] }];
