import { existsSync } from 'node:fs';
import path from 'node:path';
import { Pool } from 'pg';
import type { Logger } from '../database.js';
import { EvergreenError } from '../errors.js';
import { createEvergreen, typed } from '../index.js';
import { migrate } from '../migrate.js';
import { findSession, registerModel } from '../queries/index.js';
import { type Command, type Context, UsageError } from './command.js';
import { type CommandDatabase, databaseHelp, databaseOption, withDatabase } from './database.js';
import { openProvider } from './demo/provider.js';

/** `pg-evergreen serve` */
export const serve: Command = {
  summary: 'serve the REST interface',
  usage: 'serve [--port N] [--host ADDRESS] [--example] [--database-url URL]',
  help: `Serves the REST interface of pg-evergreen/http until it is stopped: /openapi.json describes it. SIGTERM and Ctrl-C finish what
is being answered, for at most ten seconds, and end it with 143 and 130.

  --port N             8787 by default; 0 takes a free one
  --host ADDRESS       127.0.0.1 by default: this machine alone
  --model NAME         the model to ask; gpt-4.1-mini by default
  --rate-limit N       requests a minute and user, at most 1000; 100 by default
  --trust-proxy N      so many proxies of yours stand before it, and are believed about address, host and scheme
  --origin LIST        origins of other sites whose pages may call with a cookie, separated by commas
  --example            an example page at /, whose visitors are all signed in as the user demo. Only on the database of its
                       own and on this machine, and not where NODE_ENV is production
${databaseHelp}

Tokens are made by pg-evergreen session create, or by the application: SELECT * FROM evergreen.create_session('user id').
The provider is that of OPENAI_API_KEY, or of OPENAI_BASE_URL. Without them it is a local simulation, and says so.
It needs the packages hono, @hono/zod-openapi and @hono/node-server.`,
  options: {
    ...databaseOption,
    port: { type: 'string' },
    host: { type: 'string' },
    model: { type: 'string' },
    'rate-limit': { type: 'string' },
    'trust-proxy': { type: 'string' },
    origin: { type: 'string' },
    example: { type: 'boolean' },
  },
  async run(context) {
    const settings = settingsOf(context);
    const http = await loadHttp();
    const stop = new AbortController();
    let running: Promise<number> | undefined;
    const finished = async () => {
      stop.abort();
      await running?.catch(() => undefined);
    };
    context.onInterrupt(finished);
    // The database is still needed by what is being answered.
    const patient: Context = { ...context, onInterrupt: (cleanUp) => context.onInterrupt(() => finished().then(cleanUp)) };
    return withDatabase(patient, (database) => {
      running = work(patient, database, settings, http, stop.signal);
      return running;
    });
  },
};

type Settings = ReturnType<typeof settingsOf>;

function settingsOf(context: Context) {
  const values = context.values as Record<string, string | undefined>;
  const number = (name: string, most: number): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    if (!/^\d{1,5}$/.test(text) || Number(text) > most)
      throw new UsageError(`--${name} is not a number from 0 to ${most}: '${text}'`, 'pg-evergreen serve --help tells its options');
    return Number(text);
  };
  const host = values.host ?? '127.0.0.1';
  const local = ['127.0.0.1', 'localhost', '::1'].includes(host);
  const example = context.values.example === true;
  if (example) refuseExample(values['database-url'], local);
  return {
    port: number('port', 65_535) ?? 8_787,
    host,
    local,
    example,
    model: values.model,
    rateLimit: number('rate-limit', 1_000),
    trustProxy: number('trust-proxy', 10),
    origins: values.origin?.split(',').map((each) => each.trim()),
  };
}

/** It signs in whoever asks: never where there is something to protect. */
function refuseExample(databaseUrl: string | undefined, local: boolean): void {
  const why = (message: string, hint: string) => new UsageError(`--example signs in whoever asks, so ${message}`, hint);
  if (databaseUrl !== undefined || process.env.DATABASE_URL)
    throw why('it runs on the database of its own alone', 'Leave out --database-url and unset DATABASE_URL.');
  if (!local) throw why('it is for this machine alone', 'Leave out --host.');
  if (process.env.NODE_ENV === 'production') throw why('it is not for production', 'NODE_ENV is production.');
}

/** They are optional peers: who wants SQL and the client alone does not have them. */
async function loadHttp() {
  try {
    const [app, server, example] = await Promise.all([
      import('../http/index.js'),
      import('../http/server.js'),
      import('../http/example.js'),
    ]);
    return { ...app, ...server, ...example };
  } catch (error) {
    if (!/^(ERR_)?MODULE_NOT_FOUND$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new EvergreenError('PACKAGES_MISSING', 'serve needs packages that are not installed', {
      hint: 'npm install hono @hono/zod-openapi @hono/node-server',
      cause: error,
    });
  }
}

async function work(
  context: Context,
  database: CommandDatabase,
  settings: Settings,
  http: Awaited<ReturnType<typeof loadHttp>>,
  stop: AbortSignal,
): Promise<number> {
  const directory = path.join(__dirname, '..', 'example');
  if (settings.example && !existsSync(path.join(directory, 'index.html'))) {
    throw new EvergreenError('NO_EXAMPLE', 'this copy of pg-evergreen was built without the example page', { hint: 'Run: npm run build' });
  }
  if (database.own) await migrate({ databaseUrl: database.url }, { withHostTables: true, onProgress: context.progress });
  const provider = await openProvider(settings.model);
  const pool = new Pool({
    connectionString: database.url,
    application_name: 'pg-evergreen serve',
    max: 10,
    connectionTimeoutMillis: 10_000,
  });
  pool.on('error', () => undefined);
  const evergreen = createEvergreen({ pool, openai: provider.client, provider: provider.provider, model: provider.model, logger });
  try {
    await requireMigrated(pool);
    if (provider.simulated && database.own) await registerPrice(pool, provider);
    const { port, host, local, example, rateLimit, trustProxy = 0, origins } = settings;
    const options = {
      evergreen,
      pool,
      logger,
      rateLimit,
      trustProxy,
      origins,
      // Pages of others, whose name they make point to this machine, are none of its callers.
      hosts: local && trustProxy === 0 ? ['127.0.0.1', 'localhost', '[::1]'] : undefined,
    };
    const app = example ? http.createExample({ ...options, directory }) : http.createHttp(options);
    const server = await http.listen(app.fetch, { port, host });
    context.print(`Listening on ${server.url}, database ${database.name}`);
    if (example) context.print('The example page signs in every visitor as the user demo.');
    if (provider.simulated)
      context.print(
        'The provider is a SIMULATION on this machine: no OPENAI_API_KEY or OPENAI_BASE_URL is set. Its answers are templates.',
      );
    await stopped(stop);
    if (server.inFlight > 0) process.stderr.write(`Finishing ${server.inFlight} under way; again ends at once.\n`);
    await server.close();
    return 0;
  } finally {
    await evergreen.close();
    await pool.end();
    await provider.close();
  }
}

async function requireMigrated(pool: Pool): Promise<void> {
  await findSession.run({ token: '' }, typed(pool));
}

async function registerPrice(pool: Pool, { provider, model }: { provider: string; model: string }): Promise<void> {
  await registerModel.run({ provider, model, promptPrice: 0.4, completionPrice: 1.6, cachedPrice: 0.1 }, typed(pool));
}

const stopped = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** One line on standard error for what an operator should know. */
const log = (level: string) => (facts: object, message: string) => {
  const { err, requestId, method, path: of } = facts as Record<string, unknown>;
  const parts = [new Date().toISOString(), level, message, method, of, requestId && `requestId=${requestId}`, err && describe(err)];
  process.stderr.write(`${parts.filter(Boolean).join(' ')}\n`);
};
const describe = (error: unknown) => `(${String((error as Error).message ?? error).replace(/\s+/g, ' ')})`;
const logger: Logger = { warn: log('warning'), error: log('error') };
