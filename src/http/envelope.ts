/** The shape of every answer. */
import type { Context, TypedResponse } from 'hono';
import type { JSONParsed } from 'hono/utils/types';
import type { Ctx, Env } from './context.js';
import { type Refusal, refusalOf } from './errors.js';
import type { Envelope } from './types.js';

const metadata = (c: Context<Env>) => ({ timestamp: new Date().toISOString(), requestId: c.get('requestId') });

/** An answer with data. */
export function succeed<Data>(c: Context<Env>, data: Data): Success<Data> {
  const body: Body<Data> = { success: true, data, metadata: metadata(c) };
  return c.json(body as object, 200) as Success<Data>;
}

interface Body<Data> {
  success: true;
  data: Data;
  metadata: { timestamp: string; requestId: string };
}
type Success<Data> = Response & TypedResponse<JSONParsed<Body<Data>>, 200, 'json'>;

/** An answer that says why not. */
export function refuse(c: Ctx, refusal: Refusal): Response {
  const { status, code, message, hint, headers } = refusal;
  const body: Envelope = { success: false, error: message, metadata: { ...metadata(c), code, hint } };
  c.header('Cache-Control', 'no-store');
  for (const name of ['ETag', 'Age', 'Last-Modified']) c.header(name, undefined);
  return c.json(body, status, headers);
}

/** What was thrown, as an answer; the rest goes to the log. */
export function answerError(c: Ctx, error: unknown, log: (error: unknown) => void): Response {
  const { refusal, internal } = refusalOf(error);
  if (internal) log(error);
  return refuse(c, refusal);
}
