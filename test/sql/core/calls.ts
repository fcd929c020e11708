/** Calls of the SQL functions as a user writes them, and what the suites of the core look at besides the answer. */
import { randomUUID } from 'node:crypto';
import { Client, type ClientBase, type Pool, type QueryResultRow } from 'pg';
import type { TestDatabase } from '../../support/database.js';
import { waitUntil } from '../../support/wait-until.js';

/** What a call goes over: the pool of a suite's database, or one connection. */
export type Connection = Pool | ClientBase;
/** Arguments without their `p_`; an object is sent as JSON, an array as an array. */
export type Arguments = Record<string, unknown>;

/** Calls `evergreen.<name>` with named arguments and answers its rows. */
export async function call<Row extends QueryResultRow = QueryResultRow>(
  on: Connection,
  name: string,
  args: Arguments = {},
): Promise<Row[]> {
  const names = Object.keys(args);
  const list = names.map((argument, index) => `p_${argument} => $${index + 1}`).join(', ');
  return (await on.query<Row>(`SELECT * FROM evergreen.${name}(${list})`, Object.values(args))).rows;
}

/** The one row that a function answers. */
export async function row<Row extends QueryResultRow = QueryResultRow>(on: Connection, name: string, args: Arguments = {}): Promise<Row> {
  const rows = await call<Row>(on, name, args);
  if (rows.length !== 1) throw new Error(`evergreen.${name} answered ${rows.length} rows`);
  return rows[0] as Row;
}

/** The one value that a function answers. */
export async function value<Value = unknown>(on: Connection, name: string, args: Arguments = {}): Promise<Value> {
  return Object.values(await row(on, name, args))[0] as Value;
}

/** The one value that a query finds. */
export async function one<Value = unknown>(on: Connection, query: string, values: unknown[] = []): Promise<Value> {
  const { rows } = await on.query({ text: query, values, rowMode: 'array' });
  if (rows.length !== 1) throw new Error(`${rows.length} rows: ${query}`);
  return (rows[0] as unknown[])[0] as Value;
}

/** USD that stand in ai_spend_monthly for a company, a user, or overall (the empty id). */
export function spent(on: Connection, scope: 'overall' | 'company' | 'user', id = ''): Promise<number> {
  return one<number>(on, 'SELECT coalesce(sum(spent), 0)::float8 FROM evergreen.ai_spend_monthly WHERE scope = $1 AND scope_id = $2', [
    scope,
    id,
  ]);
}

/** A moment on a Sunday noon, and others that many seconds after it: the clock that is injected. */
export function at(seconds = 0): string {
  return new Date(Date.UTC(2026, 4, 10, 12) + seconds * 1000).toISOString();
}

/** The price of `test/metered`: 1 USD for 1,000,000 tokens, half of that for cached ones. A claim by `meter`'s policy reserves 0.002 USD. */
export async function meter(on: Connection): Promise<void> {
  await call(on, 'register_model', { provider: 'test', model: 'metered', prompt_price: 1, completion_price: 1, cached_price: 0.5 });
  await call(on, 'set_content_policy', { content_type: 'health', max_prompt_tokens: 1000, max_completion_tokens: 1000 });
}

export interface Claim extends QueryResultRow {
  state: 'claimed' | 'fresh' | 'busy' | 'backing_off' | 'over_budget';
  lease_token: string | null;
  retry_after_ms: number | null;
  renew_after_ms: number | null;
  max_completion_tokens: number | null;
  reason: string | null;
}

/** Claims a key of `health` at the injected noon, unless told otherwise. */
export function claim(on: Connection, args: Arguments = {}): Promise<Claim> {
  return row<Claim>(on, 'claim_generation', { content_type: 'health', cache_key: 'key', holder: 'tester', now: at(), ...args });
}

/** Claims what must be free, and answers the token. */
export async function take(on: Connection, args: Arguments = {}): Promise<string> {
  const claimed = await claim(on, args);
  expect(claimed).toMatchObject({ state: 'claimed' });
  return claimed.lease_token as string;
}

export interface Failure extends QueryResultRow {
  state: 'failed' | 'lease_lost';
  retry_after_ms: number | null;
  cost: string | null;
}

/** Fails a generation of `claim`'s key. */
export function fail(on: Connection, leaseToken: string, args: Arguments = {}): Promise<Failure> {
  return row<Failure>(on, 'fail_generation', {
    content_type: 'health',
    cache_key: 'key',
    lease_token: leaseToken,
    error_code: 'timeout',
    error_message: 'no answer in 60 s',
    now: at(),
    ...args,
  });
}

export interface Lookup extends QueryResultRow {
  cache_key: string;
  context_hash: string;
  freshness: 'fresh' | 'stale' | 'expired' | 'missing';
  reason: string;
  seen: string | null;
  content: { content: Record<string, unknown> } | null;
}

/** Looks up the business health of a company. */
export function look(on: Connection, companyId: string, now = at()): Promise<Lookup> {
  return row<Lookup>(on, 'lookup_health_summary', { company_id: companyId, now });
}

/** Claims the business health of a company after a lookup. */
export function claimFor(on: Connection, companyId: string, lookup: Lookup, args: Arguments = {}): Promise<Claim> {
  return claim(on, { cache_key: lookup.cache_key, seen: lookup.seen, company_id: companyId, ...args });
}

export interface Save extends QueryResultRow {
  state: 'saved' | 'saved_stale' | 'lease_lost';
  content: unknown;
  generated_at: Date | null;
  cost: string | null;
}

/** Saves `headline` as the business health of a company: 100 prompt tokens and 50 completion tokens of test/metered. */
export function save(
  on: Connection,
  companyId: string,
  lookup: Lookup,
  leaseToken: string,
  headline: string,
  args: Arguments = {},
): Promise<Save> {
  return row<Save>(on, 'save_health_summary', {
    company_id: companyId,
    context_hash: lookup.context_hash,
    content: { headline },
    lease_token: leaseToken,
    provider: 'test',
    model: 'metered',
    prompt_tokens: 100,
    completion_tokens: 50,
    now: at(),
    ...args,
  });
}

/** What a database answered instead of a result. */
export interface Refusal {
  code: string;
  message: string;
  hint: string | undefined;
}

/** The error of a call that must fail. */
export async function refusal(work: Promise<unknown>): Promise<Refusal> {
  try {
    await work;
  } catch (error) {
    const { code, message, hint } = error as Refusal;
    return { code, message, hint };
  }
  throw new Error('it was not refused');
}

/** Expects a call to be refused with that SQLSTATE, a message that names what is wrong, a hint, and nothing written. */
export async function expectRefusal(on: Connection, name: string, args: Arguments, code: string, message: string | RegExp): Promise<void> {
  const before = await contents(on);
  const refused = await refusal(call(on, name, args));
  expect(refused).toEqual({
    code,
    message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
    hint: expect.stringMatching(/\S/),
  });
  expect(await contents(on)).toEqual(before);
}

/** Number of rows and digest of every table of the schema, by name: equal when nothing was written in between. */
export async function contents(on: Connection): Promise<Record<string, string>> {
  const { rows: tables } = await on.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'evergreen'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  );
  const { rows } = await on.query<{ name: string; content: string }>(
    tables
      .map(
        ({ name }) =>
          `SELECT '${name}' AS name, count(*) || ' rows ' || md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) AS content FROM evergreen.${name} t`,
      )
      .join(' UNION ALL '),
  );
  return Object.fromEntries(rows.map(({ name, content }) => [name, content]));
}

/** Runs `work` with that many connections of their own. */
export async function withConnections<Result>(
  database: TestDatabase,
  count: number,
  work: (clients: Client[]) => Promise<Result>,
): Promise<Result> {
  const clients = Array.from({ length: count }, () => new Client({ connectionString: database.url }));
  try {
    await Promise.all(clients.map((client) => client.connect()));
    return await work(clients);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

/** Process id of a connection on the server, as in pg_stat_activity. */
export function pidOf(client: ClientBase): number {
  return (client as ClientBase & { processID: number }).processID;
}

/** A company whose health somebody generates now: the lookup before it, and that somebody's token. */
export async function generating(
  on: Connection,
  args: Arguments = {},
  company: string = randomUUID(),
): Promise<{ company: string; lookup: Lookup; token: string }> {
  const lookup = await look(on, company);
  return { company, lookup, token: await take(on, { cache_key: lookup.cache_key, seen: lookup.seen, company_id: company, ...args }) };
}

/** Runs `work` as the role of a connection string. */
export async function as<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Waits until that many connections of the database stand at a lock, or those of the given processes do. */
export async function untilBlocked(database: TestDatabase, count: number, pids?: number[]): Promise<void> {
  await waitUntil(`${count} connections wait for a lock`, async () => {
    const [seen] = await database.query<{ waiting: number }>(
      `SELECT count(*)::integer AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND ($1::integer[] IS NULL OR pid = ANY ($1))`,
      [pids ?? null],
    );
    return seen?.waiting === count;
  });
}

/**
 * Has all connections do the same at once: they pile up behind `gate`, a statement whose locks they need, and go when all of them stand there.
 */
export async function stampede<Result>(
  database: TestDatabase,
  clients: Client[],
  gate: string,
  work: (client: Client, index: number) => Promise<Result>,
): Promise<Result[]> {
  const keeper = await database.pool.connect();
  try {
    await keeper.query('BEGIN');
    await keeper.query(gate);
    const running = Promise.all(clients.map(work));
    running.catch(() => undefined);
    await untilBlocked(database, clients.length);
    await keeper.query('COMMIT');
    return await running;
  } finally {
    await keeper.query('ROLLBACK');
    keeper.release();
  }
}

/**
 * Has one after the other come to stand at a lock, the first ones at rows that `gate` holds, then opens the gate. Answers what all answered: a
 * deadlock is an error of one of them. Who does not wait goes on to its end before the next begins.
 */
export async function inTurn(
  database: TestDatabase,
  gate: (keeper: Client) => Promise<unknown>,
  works: ((client: Client) => Promise<unknown>)[],
): Promise<unknown[]> {
  return withConnections(database, works.length + 1, async ([keeper, ...clients]) => {
    if (!keeper) throw new Error('no connection');
    await keeper.query('BEGIN');
    await gate(keeper);
    const running: Promise<unknown>[] = [];
    for (const [i, work] of works.entries()) {
      const client = clients[i] as Client;
      let ended = false;
      const end = () => {
        ended = true;
      };
      const answer = work(client);
      answer.then(end, end);
      running.push(answer);
      await waitUntil('it stands at a lock or has ended', async () => ended || (await isWaiting(database, pidOf(client))));
    }
    await keeper.query('COMMIT');
    return Promise.all(running);
  });
}

/** Whether a process stands at a lock. */
export async function isWaiting(database: TestDatabase, pid: number): Promise<boolean> {
  const [seen] = await database.query<{ waits: boolean }>(`SELECT wait_event_type = 'Lock' AS waits FROM pg_stat_activity WHERE pid = $1`, [
    pid,
  ]);
  return seen?.waits === true;
}

/** How many answers there are of each state. */
export function states(answers: readonly { state: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of answers) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
