/** How routes ask the client, and what they make of its answer. */
import type { Answer } from '../../index.js';
import type { Ctx, Http } from '../context.js';

/** An answer as JSON. */
export function written<Content>({ generatedAt, ...answer }: Answer<Content>) {
  return { ...answer, generatedAt: generatedAt.toISOString() };
}

/** Within the time of the request, and as long as somebody waits for it. */
export const patience = ({ requestTimeoutMs }: Http, c: Ctx) => ({ signal: c.req.raw.signal, deadlineMs: requestTimeoutMs * 0.9 });
