/**
 * pg-mem with the SQL functions as JavaScript: for the order of calls only. It runs no plpgsql, so nothing about SQL is asserted on it.
 * A script says what each function answers; the pool can be told to refuse or to hang.
 */
import { EventEmitter } from 'node:events';
import type { Pool } from 'pg';
import { DataType, type IMemoryDb, newDb } from 'pg-mem';

type Args = Record<string, unknown>;
type Row = Record<string, unknown>;
/** What a function answers: a row or a scalar, several rows, null for none, or what is computed from the arguments and the number of the call (from 1). */
export type Script = unknown | ((args: Args, call: number) => unknown);

const LOOKUP =
  'cache_key text, freshness text, reason text, seen text, content jsonb, generated_at timestamptz, generation_model text, generation_prompt_id text, context_hash text';
const JOURNEY = `${LOOKUP}, refresh_context boolean`;
const PREPARED = 'state text, prompt_id text, prompt text';
const SAVED = 'state text, content jsonb, generated_at timestamptz, cost float';
const PERSONALITY = 'tuning jsonb, dropped_tuning jsonb, personality jsonb, revision int, version int';
const RECEIPT =
  'lease_token text, provider text, model text, prompt_id text, prompt_tokens int, completion_tokens int, cached_tokens int, generation_time_ms int, request_id text, expires_at timestamptz';
const LOGGED =
  'provider text, model text, prompt_id text, prompt_tokens int, completion_tokens int, cached_tokens int, generation_time_ms int, request_id text, company_id text, user_id text';

const WRITTEN = 'generated_at timestamptz, generation_model text, generation_prompt_id text';

/** Arguments in the order in which src/queries/*.sql names them, and what comes back. */
const functions: Record<string, [parameters: string, returns: string]> = {
  claim_generation: [
    'content_type text, cache_key text, holder text, seen text, company_id text, user_id text, provider text, model text',
    'state text, lease_token text, retry_after_ms int, renew_after_ms int, max_completion_tokens int, reason text',
  ],
  renew_lease: ['content_type text, cache_key text, lease_token text', 'timestamptz'],
  release_lease: ['content_type text, cache_key text, lease_token text', 'boolean'],
  fail_generation: [
    `content_type text, cache_key text, lease_token text, error_code text, error_message text, ${LOGGED}`,
    'state text, retry_after_ms int, cost float',
  ],
  log_generation: [
    'generation_type text, model text, success boolean, provider text, company_id text, user_id text, prompt_id text, prompt_tokens int, completion_tokens int, cached_tokens int, generation_time_ms int, outcome text, error_code text, error_message text, request_id text, created_at timestamptz',
    'float',
  ],
  record_cache_lookups: ['lookups jsonb', 'int'],
  mark_presented: ['ids text[], content_type text', 'int'],
  refresh_company_contexts: ['company_ids text[]', 'int'],
  hit_recommendations: ['company_id text, limit_ int', `id text, step_id text, status text, revision int, ${WRITTEN}, content jsonb`],
  hit_insights: [
    'company_id text, domain_id text, step_id text, limit_ int',
    `id text, domain_id text, step_id text, relevance_score float, ${WRITTEN}, author_profile jsonb, content text`,
  ],
  hit_health_summary: ['company_id text', `id text, revision int, ${WRITTEN}, content jsonb`],
  hit_personality: [
    'user_id text',
    `revision int, version int, ${WRITTEN}, analysis jsonb, tuning jsonb, dropped_tuning jsonb, personality jsonb`,
  ],
  lookup_recommendations: ['company_id text, limit_ int, after_failure boolean', JOURNEY],
  prepare_recommendations: ['company_id text, limit_ int, context_hash text', PREPARED],
  save_recommendations: [`company_id text, context_hash text, recommendations jsonb, ${RECEIPT}`, SAVED],
  lookup_insights: ['company_id text, domain_id text, step_id text, limit_ int, after_failure boolean', JOURNEY],
  prepare_insights: ['company_id text, domain_id text, step_id text, limit_ int, context_hash text', PREPARED],
  save_insights: [`company_id text, context_hash text, domain_id text, step_id text, insights jsonb, ${RECEIPT}`, SAVED],
  lookup_health_summary: ['company_id text, after_failure boolean', JOURNEY],
  prepare_health_summary: ['company_id text, context_hash text', PREPARED],
  save_health_summary: [`company_id text, context_hash text, content jsonb, ${RECEIPT}`, SAVED],
  lookup_refinement: ['recommendation_id text, instruction text, revision int, after_failure boolean', `${LOOKUP}, base_revision int`],
  prepare_refinement: ['recommendation_id text, instruction text, revision int', PREPARED],
  lookup_personality: [
    'user_id text, has_posts boolean, refresh boolean, after_failure boolean, revision int, id text',
    `${LOOKUP}, blocked text, ${PERSONALITY}`,
  ],
  prepare_personality: ['user_id text, posts text[]', PREPARED],
  save_personality: [
    `user_id text, analysis jsonb, lease_token text, provider text, model text, company_id text, ${RECEIPT.slice(RECEIPT.indexOf('prompt_id'))}, revision int, id text`,
    `${SAVED}, changes jsonb, ${PERSONALITY}`,
  ],
  save_refinement: [`recommendation_id text, instruction text, revision int, content jsonb, ${RECEIPT}`, SAVED],
};

/** A scripted database. */
export class Memory {
  /** Pass it as a pg Pool. */
  readonly pool: Pool;
  /** Names of the functions called, in order, without those that only count and hits that there were none of. */
  readonly calls: string[] = [];
  /** All calls, with their arguments. */
  readonly log: { name: string; args: Args }[] = [];
  /** `serve`, or fail as a server that is down, or never answer. */
  mode: 'serve' | 'refuse' | 'hang' | 'hang_at_connect' = 'serve';
  readonly #scripts = new Map<string, Script>();
  readonly #counts = new Map<string, number>();
  /** What scripts threw, by what came out of pg-mem. */
  readonly #thrown = new WeakMap<object, Error>();

  constructor(scripts: Record<string, Script> = {}) {
    this.script({
      renew_lease: new Date(),
      release_lease: true,
      log_generation: null,
      record_cache_lookups: 0,
      mark_presented: 1,
      refresh_company_contexts: 1,
      hit_recommendations: null,
      hit_insights: null,
      hit_health_summary: null,
      hit_personality: null,
      ...scripts,
    });
    this.pool = this.#makePool(this.#makeDatabase());
  }

  script(scripts: Record<string, Script>): void {
    for (const [name, script] of Object.entries(scripts)) this.#scripts.set(name, script);
  }

  /** Arguments of the calls of one function. */
  argsOf(name: string): Args[] {
    return this.log.filter((call) => call.name === name).map((call) => call.args);
  }

  #makeDatabase(): IMemoryDb {
    const db = newDb();
    db.registerLanguage(
      'js',
      ({ code }) =>
        (...values: unknown[]) =>
          this.#call(code.trim(), values) as never,
    );
    db.public.none('CREATE SCHEMA evergreen');
    for (const [name, [parameters, returns]] of Object.entries(functions)) {
      const result = returns.includes(' ') ? `TABLE (${returns})` : returns;
      db.public.none(
        `CREATE FUNCTION evergreen.${name}(${parameters.replaceAll(/(\w+) (text\[\]|\w+)/g, 'p_$1 $2')}) RETURNS ${result} AS $$${name}$$ LANGUAGE js CALLED ON NULL INPUT`,
      );
    }
    db.public.registerFunction({
      name: 'pg_notify',
      args: [DataType.text, DataType.text],
      returns: DataType.text,
      implementation: () => '',
    });
    return db;
  }

  #call(name: string, values: unknown[]): unknown {
    const [parameters, returns] = functions[name] as [string, string];
    const names = parameters.split(', ').map((parameter) => parameter.split(' ')[0]?.replace(/_$/, '') ?? '');
    const args = Object.fromEntries(names.map((parameter, index) => [parameter, values[index] ?? null]));
    this.log.push({ name, args });
    const place = this.calls.length;
    if (name !== 'record_cache_lookups') this.calls.push(name);
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    const script = this.#scripts.get(name);
    try {
      if (script === undefined) throw new Error(`the script has no ${name}`);
      const answer = typeof script === 'function' ? script(args, count) : script;
      if (!returns.includes(' ')) return answer;
      const columns = returns.split(', ').map((column) => column.split(' ')[0] ?? '');
      if (answer === null) {
        this.calls.splice(place, 1);
        return [];
      }
      return [answer].flat().map((row) => identified(Object.fromEntries(columns.map((column) => [column, (row as Row)[column] ?? null]))));
    } catch (error) {
      // pg-mem writes its own advice into the message.
      this.#thrown.set(error as Error, Object.assign(new Error((error as Error).message), error));
      throw error;
    }
  }

  #makePool(db: IMemoryDb): Pool {
    const mem = new (db.adapters.createPg().Pool)();
    const pool = new EventEmitter() as EventEmitter & { connect: () => Promise<unknown>; totalCount: number };
    pool.totalCount = 0;
    pool.connect = async () => {
      if (this.mode === 'hang_at_connect') return new Promise(() => {});
      if (this.mode === 'refuse')
        throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED', syscall: 'connect' });
      const client = new EventEmitter() as EventEmitter & { query: unknown; release: () => void };
      client.release = () => {};
      client.query = async ({ text, values }: { text: string; values: unknown[] }) => {
        if (this.mode === 'hang') return new Promise(() => {});
        if (this.mode === 'refuse') throw new Error('Connection terminated unexpectedly');
        // A statement is all there is to pg-mem's transactions.
        if (/^(BEGIN|COMMIT|ROLLBACK)\b/.test(text)) return { rows: [], rowCount: null };
        try {
          return await mem.query(
            text
              .replaceAll(/\bp_\w+ => /g, '')
              .replaceAll('::float8', '::float')
              .replaceAll('::uuid[]', '::text[]'),
            values,
          );
        } catch (error) {
          throw this.#thrown.get(error as Error) ?? error;
        }
      };
      return client;
    };
    return pool as unknown as Pool;
  }
}

/** pg-mem wants rows to carry an identifier under a symbol of its own, which functions cannot know. */
function identified(row: Row): Row {
  return new Proxy(row, {
    get: (target, key) => (typeof key === 'symbol' && key.description === '_id' ? 'row' : Reflect.get(target, key)),
  });
}
