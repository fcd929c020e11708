/** Where a request came from, and where it went to, as far as the proxies in between can be believed. */
import { isIP } from 'node:net';
import type { Context } from 'hono';
import type { Env, Http } from './context.js';

/** The n-th value from the right of a header that each proxy appends to. */
function appended(c: Context<Env>, header: string, proxies: number): string | undefined {
  if (proxies === 0) return undefined;
  const values = (c.req.header(header) ?? '').split(',').map((value) => value.trim());
  return values.at(-Math.min(proxies, values.length)) || undefined;
}

/** The address of the client; of IPv6 the /64, which one client has to itself. `unknown` where the server does not tell. */
export function addressOf({ proxies }: Http, c: Context<Env>): string {
  const address = appended(c, 'X-Forwarded-For', proxies) ?? c.env?.incoming?.socket?.remoteAddress ?? '';
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIP(plain) === 4) return plain;
  if (isIP(plain) === 6) return network(plain);
  return 'unknown';
}

function network(address: string): string {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - groups.length - rest.length }, () => '0');
  return `${[...groups, ...zeros, ...rest].slice(0, 4).join(':')}::/64`;
}

/** Scheme, host and port under which the client called. */
export function originOf({ proxies }: Http, c: Context<Env>): string {
  const { protocol, host } = new URL(c.req.url);
  const scheme = appended(c, 'X-Forwarded-Proto', proxies) ?? protocol.slice(0, -1);
  try {
    return new URL(`${scheme}://${appended(c, 'X-Forwarded-Host', proxies) ?? host}`).origin;
  } catch {
    return new URL(c.req.url).origin;
  }
}
