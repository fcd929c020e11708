/** A server of its own for the app, on Node.js. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { EvergreenError } from '../errors.js';

// biome-ignore lint/suspicious/noExplicitAny: what the server lends an app is the app's to type
type Fetch = (request: Request, env?: any) => Response | Promise<Response>;

export interface ListenOptions {
  /** 0: a free one. */
  port: number;
  /** Default 127.0.0.1: this machine alone. */
  host?: string | undefined;
  /** How long `close` waits for requests in flight; default 10,000. */
  graceMs?: number | undefined;
}

export interface Listening {
  /** Where. */
  readonly url: string;
  /** Requests being answered. */
  readonly inFlight: number;
  /** Accepts nothing more, and resolves when what is in flight is answered or cut off. */
  close(): Promise<void>;
}

/** Who sends slower than this is not waited for. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;

export async function listen(fetch: Fetch, { port, host = '127.0.0.1', graceMs = 10_000 }: ListenOptions): Promise<Listening> {
  const server = createAdaptorServer({
    fetch,
    serverOptions: { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: 5_000, connectionsCheckingInterval: 5_000 },
  }) as Server;
  let inFlight = 0;
  let closing: Promise<void> | undefined;
  server.prependListener('request', (_, response) => {
    inFlight += 1;
    if (closing) response.setHeader('Connection', 'close');
    response.once('close', () => {
      inFlight -= 1;
      // A connection is idle only when everybody who listens has heard of it.
      if (closing) setImmediate(() => server.closeIdleConnections());
    });
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw notListening(error as NodeJS.ErrnoException, host, port);
  }
  const address = server.address() as AddressInfo;

  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    get inFlight() {
      return inFlight;
    },
    close() {
      closing ??= new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      });
      return closing;
    },
  };
}

function notListening(error: NodeJS.ErrnoException, host: string, port: number): EvergreenError {
  const hints: Record<string, string> = {
    EADDRINUSE: 'Something listens there already: choose another port.',
    EACCES: 'Ports below 1024 are for root: choose another.',
    EADDRNOTAVAIL: 'This machine has no such address.',
    ENOTFOUND: 'There is no such host.',
  };
  return new EvergreenError('NOT_LISTENING', `cannot listen on ${host}, port ${port}: ${error.code ?? error.message}`, {
    hint: hints[error.code ?? ''] ?? '',
    cause: error,
  });
}
