/** What the parts of the REST interface share. */
import type { Context, MiddlewareHandler } from 'hono';
import type { Pool } from 'pg';
import type { Database, Logger } from '../database.js';
import type { Evergreen } from '../index.js';

/** What `createHttp` takes. */
export interface HttpOptions {
  /** The client that answers. */
  evergreen: Evergreen;
  /** The application's pool, for sessions and the rate limit; the same as the client's will do. */
  pool: Pool;
  /** Requests a minute, by user and, of those who are not signed in, by address; default 100. `false`: no limit. */
  rateLimit?: number | false | undefined;
  /**
   * How many proxies of yours stand before this server, each adding an address to `X-Forwarded-For`; `true` is 1, default 0. They are believed about
   * address, host and scheme, so say no more than there are.
   */
  trustProxy?: boolean | number | undefined;
  /** Origins of other sites (`https://app.example.com`) whose pages may call with credentials; default: none, and no CORS header is sent. */
  origins?: readonly string[] | undefined;
  /** Names by which it may be called, ports aside; others get 421. Default: any. */
  hosts?: readonly string[] | undefined;
  /** Largest body of a request, in bytes; default 1,048,576. */
  maxBodyBytes?: number | undefined;
  /** After this a request is answered with 503; content is, a little before, with what there is. Default 70,000: a generation may take a minute. */
  requestTimeoutMs?: number | undefined;
  /** After this, a database call counts as failed; default 1,000. */
  databaseTimeoutMs?: number | undefined;
  /** How long a browser may show a personality again without asking, in seconds, however long it stays fresh; default 60. */
  maxAgeSeconds?: number | undefined;
  /** Nothing is logged without one. */
  logger?: Logger | undefined;
}

/** The same, complete. */
export interface Http {
  evergreen: Evergreen;
  db: Database;
  rateLimit: number | false;
  proxies: number;
  origins: readonly string[];
  hosts: readonly string[] | undefined;
  maxBodyBytes: number;
  requestTimeoutMs: number;
  maxAgeSeconds: number;
  logger: Logger | undefined;
}

/** Who asks. */
export interface Session {
  token: string;
  userId: string;
  username: string;
  role: 'user' | 'operator';
  companyIds: string[];
  expiresAt: Date;
}

/** Of the app: what the server lends it, and what its parts tell each other. */
export interface Env {
  Bindings: { incoming?: { socket?: { remoteAddress?: string } } } | undefined;
  Variables: { requestId: string; session: Session };
}

export type Ctx = Context<Env>;
export type Middleware = MiddlewareHandler<Env>;
