/** The REST interface of a suite, called without a socket: `app.request` with the headers of a session. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { createHttp, type Env, type Envelope, type HttpOptions } from '../../src/http/index.js';
import { createEvergreen, type Evergreen, type EvergreenOptions } from '../../src/index.js';
import { createSession, createUserWithSession, typed } from '../../src/queries/index.js';
import type { TestDatabase } from './database.js';

/** A person with a session. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly token: string;
}

export interface CallOptions {
  /** Whose bearer token is sent. */
  as?: Person | undefined;
  method?: string | undefined;
  /** Sent as JSON. */
  json?: unknown;
  headers?: Record<string, string> | undefined;
}

/** An answer, its body read. */
export interface Called {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came
  body: Envelope<any>;
}

export interface TestHttp {
  readonly app: OpenAPIHono<Env>;
  readonly evergreen: Evergreen;
  /** What was logged as an error. */
  readonly errors: { facts: object; message: string }[];
  call(path: string, options?: CallOptions): Promise<Called>;
}

/** The interface on this database and this provider. Without a limit of requests, unless options say one. */
export function createTestHttp(
  database: TestDatabase,
  openai: EvergreenOptions['openai'],
  { databaseTimeoutMs = 5_000, pool = database.pool, ...options }: Partial<HttpOptions> = {},
): TestHttp {
  const evergreen = options.evergreen ?? createEvergreen({ pool, openai, databaseTimeoutMs });
  const errors: { facts: object; message: string }[] = [];
  const logger = { warn() {}, error: (facts: object, message: string) => void errors.push({ facts, message }) };
  const app = createHttp({ rateLimit: false, logger, ...options, databaseTimeoutMs, pool, evergreen });
  return {
    app,
    evergreen,
    errors,
    async call(path, { as, method = 'GET', json, headers = {} } = {}) {
      const response = await app.request(path, {
        method,
        headers: {
          ...(as ? { Authorization: `Bearer ${as.token}` } : {}),
          ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        body: json === undefined ? undefined : JSON.stringify(json),
      });
      return read(response);
    },
  };
}

export async function read(response: Response): Promise<Called> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text === '' ? undefined : JSON.parse(text) };
}

/** The interface of a suite, from `beforeAll` to `afterAll`. */
export function useHttp(
  database: TestDatabase,
  provider: { openai: EvergreenOptions['openai'] },
  options: Partial<HttpOptions> = {},
): TestHttp {
  let http: TestHttp | undefined;
  beforeAll(() => {
    http = createTestHttp(database, provider.openai, options);
  });
  afterAll(() => http?.evergreen.close());
  return new Proxy({} as TestHttp, {
    get(_, member) {
      if (!http) throw new Error('the interface exists from beforeAll on: use it inside of a test or a hook');
      return Reflect.get(http, member);
    },
  });
}

let made = 0;

/** A new user of the host's, signed in. */
export async function signUp(database: TestDatabase, { username = `user-${++made}`, companyIds = [] as string[] } = {}): Promise<Person> {
  const [user] = await createUserWithSession.run({ username, companyIds, email: `${username}@example.com` }, typed(database.pool));
  if (!user) throw new Error('no user was made');
  return { id: user.user_id, username, token: user.token };
}

/** An operator, signed in. */
export async function signInOperator(database: TestDatabase, username = 'operator'): Promise<Person> {
  const [session] = await createSession.run({ userId: username, role: 'operator' }, typed(database.pool));
  if (!session) throw new Error('no session was made');
  return { id: username, username, token: session.token };
}
