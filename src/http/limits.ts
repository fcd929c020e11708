/** What is refused before anybody looks at it: too long, too large, too deep, not JSON. */
import { bodyLimit } from 'hono/body-limit';
import { timeout } from 'hono/timeout';
import type { Http, Middleware } from './context.js';
import { notJson, Refusal, tooLarge, unreadable } from './errors.js';

const LONGEST_URL = 8_192;
const DEEPEST = 64;

/** The URL, and the name by which the server is called. */
export function limitRequest({ hosts }: Http): Middleware {
  return async (c, next) => {
    if (c.req.url.length > LONGEST_URL) throw new Refusal(414, 'BAD_REQUEST', 'the URL of this request is too long');
    const { hostname, pathname, search } = new URL(c.req.url);
    if (hosts && !hosts.includes(hostname)) throw new Refusal(421, 'WRONG_HOST', 'there is no such server here');
    if (!isText(pathname) || !isText(search)) throw unreadable('the URL of this request is not valid UTF-8');
    await next();
  };
}

/** Percent signs that spell text: no NUL, nothing that is not UTF-8. */
function isText(part: string): boolean {
  try {
    return !decodeURIComponent(part).includes('\0');
  } catch {
    return false;
  }
}

/** A request that takes longer is answered all the same; what it began goes on. */
export const limitTime = ({ requestTimeoutMs }: Http): Middleware =>
  timeout(requestTimeoutMs, () => new Refusal(503, 'TIMEOUT', 'this took too long', { headers: { 'Retry-After': '5' } }) as never);

/** A body within its limit, refused by its stated length where it states one; JSON that PostgreSQL can keep. */
export function requireJson({ maxBodyBytes }: Http): [Middleware, Middleware] {
  const limit: Middleware = bodyLimit({
    maxSize: maxBodyBytes,
    onError() {
      throw tooLarge();
    },
  });
  return [
    limit,
    async (c, next) => {
      if (!isJson(c.req.header('Content-Type') ?? '')) throw notJson();
      if (!/^(identity)?$/i.test(c.req.header('Content-Encoding') ?? '')) throw notJson();
      const bytes = await c.req.arrayBuffer().catch(() => {
        throw unreadable('the body of this request ended early');
      });
      if (bytes.byteLength > maxBodyBytes) throw tooLarge();
      checkJson(bytes);
      await next();
    },
  ];
}

/** JSON has one encoding between systems (RFC 8259, section 8.1); who names another means what is not read here. */
function isJson(type: string): boolean {
  const [name = '', ...parameters] = type.split(';').map((part) => part.trim().toLowerCase());
  return name === 'application/json' && parameters.every((each) => !each.startsWith('charset') || /^charset="?utf-?8"?$/.test(each));
}

function checkJson(bytes: ArrayBuffer): void {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('the body of this request is not UTF-8');
  }
  if (depthOf(text) > DEEPEST) throw unreadable(`the body of this request is nested more than ${DEEPEST} levels deep`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable('the body of this request is not valid JSON');
  }
  checkValue(value);
}

/** Levels of lists and objects, counted without building them. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (quoted) {
      if (character === 92) index += 1;
      else if (character === 34) quoted = false;
    } else if (character === 34) quoted = true;
    else if (character === 91 || character === 123) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (character === 93 || character === 125) depth -= 1;
  }
  return deepest;
}

const OUTSIDE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

function checkValue(value: unknown): void {
  if (typeof value === 'string') checkText(value);
  else if (typeof value === 'number' && !Number.isFinite(value)) throw unreadable('the body of this request holds a number out of range');
  else if (Array.isArray(value)) for (const each of value) checkValue(each);
  else if (value !== null && typeof value === 'object') {
    for (const [key, each] of Object.entries(value)) {
      if (key === '__proto__') throw unreadable('the body of this request has a key __proto__');
      checkText(key);
      checkValue(each);
    }
  }
}

function checkText(text: string): void {
  if (OUTSIDE.test(text)) throw unreadable('the body of this request holds a NUL character or half a surrogate pair');
}
