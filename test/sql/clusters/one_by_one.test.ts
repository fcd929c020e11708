/** What is done to many at once leaves and answers what is done to each alone. */
import fc from 'fast-check';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, one, withConnections } from '../core/calls.js';
import { claimAnswer, generate, makeCopy } from './asking.js';

const database = useDatabase();
const COMPANY = '00000000-0000-0000-0000-00000000000c';
const asked = { content_type: 'note', model: 'metered', provider: 'test' };

beforeAll(async () => {
  const on = database.pool;
  await call(on, 'register_model', { provider: 'test', model: 'metered', prompt_price: 1, completion_price: 2, cached_price: 0.5 });
  await makeCopy(on, 'note', { max_age: '1 hour', stale_while_revalidate: '1 hour', stale_if_error: '1 day', max_bytes: 400 });
  const prompt = await one<string>(on, `SELECT evergreen.publish_prompt('note', 'Note {{input}}')`);
  await call(on, 'activate_prompt', { id: prompt });
});

/** What `work` answers, all it wrote undone. */
async function undone<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('BEGIN');
  try {
    return await work();
  } finally {
    await client.query('ROLLBACK');
  }
}

const input = fc.oneof(
  fc.constantFrom('"a"', '"b"', ' "b"', '{"x":1,"yy":"2"}', '{"yy": "2", "x": 1.0}', '{"é":"e\\u0301"}', '[]', '{}', '1e2', 'null'),
  fc
    .dictionary(fc.string({ maxLength: 4 }), fc.oneof(fc.string({ maxLength: 6 }), fc.integer(), fc.boolean(), fc.double({ noNaN: true })))
    .map((value) => JSON.stringify(value).replace(/\\u0000/g, '')),
  fc.json({ maxDepth: 2 }).map((text) => text.replace(/\\u0000/g, '')),
);
/** What has no number that could be too long. */
const short = input.filter((text) => !/e[+-]?\d{3}/i.test(text));
const badInput = fc.constantFrom(
  'nonsense',
  '',
  ' ',
  '1e400',
  '"\\u0000"',
  JSON.stringify('x'.repeat(500)),
  `${'['.repeat(70)}${']'.repeat(70)}`,
);

test('values are hashed as each alone', () =>
  fc.assert(
    fc.asyncProperty(fc.array(input, { minLength: 1, maxLength: 8 }), async (values) => {
      const hashes = await one<string[]>(database.pool, 'SELECT evergreen.content_hashes($1::text[]::jsonb[])', [values]);
      expect(hashes).toEqual(
        await one<string[]>(
          database.pool,
          'SELECT array_agg(evergreen.content_hash(v.value::jsonb) ORDER BY v.n) FROM unnest($1::text[]) WITH ORDINALITY AS v (value, n)',
          [values],
        ),
      );
    }),
    { numRuns: 100 },
  ));

test('inputs are read as each alone, for every kind of content', () =>
  fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.tuple(fc.constant('note'), fc.array(short, { minLength: 1, maxLength: 6 })),
        fc.tuple(
          fc.constant('cluster'),
          fc.array(
            fc.array(fc.constantFrom(' a', 'b  c', 'é', '1'), { minLength: 1, maxLength: 4 }).map((list) => JSON.stringify(list)),
            { minLength: 1, maxLength: 6 },
          ),
        ),
      ),
      async ([content_type, inputs]) => {
        const [row] = await database.query<{ many: unknown; each: unknown }>(
          `WITH asked AS MATERIALIZED (SELECT p, evergreen.variant_of(p, 'm', 'test', 'Say {{input}}', '{}', NULL, NULL, NULL) AS v
                                         FROM evergreen.content_policies AS p WHERE p.content_type = $1)
           SELECT (SELECT jsonb_agg(to_jsonb(q) - 'ordinal' || jsonb_build_object('input', i.read[q.ordinal]) ORDER BY q.ordinal)
                     FROM asked AS a, evergreen.read_inputs(a.p, $2) AS i (read), evergreen.questions_of(a.v, i.read) AS q) AS many,
                  (SELECT jsonb_agg(jsonb_build_object('input', (q.q).input, 'input_hash', (q.q).input_hash, 'subject_hash', (q.q).subject_hash) ORDER BY q.n)
                     FROM (SELECT evergreen.question_of(a.v, a.p, i.input) AS q, i.n FROM asked AS a, unnest($2) WITH ORDINALITY AS i (input, n) OFFSET 0) AS q) AS each`,
          [content_type, inputs],
        );
        expect(row?.many).toEqual(row?.each);
      },
    ),
    { numRuns: 40 },
  ));

test('lookups: fresh, stale, expired, invalidated, of others, of other models, malformed, twice', async () => {
  const on = database.pool;
  const kept: [input: string, ...args: Record<string, unknown>[]][] = [
    ['"fresh"', {}],
    ['{"fresh": 1, "too": "yes"}', {}],
    ['"stale"', { now: at(-5400) }],
    ['"expired"', { now: at(-9000) }],
    ['"long gone"', { now: at(-200_000) }],
    ['"other model"', { model: 'other' }],
    ['"of a company"', { company_id: COMPANY }],
    ['"of a user"', { user_id: 'ann' }],
    ['"invalidated"', {}],
  ];
  for (const [each, args] of kept)
    await generate(on, each, { said: each }, { content_type: 'note', ...args }, { company_id: args?.company_id ?? null });
  await on.query(`UPDATE evergreen.ai_answers SET invalidated_at = $1 WHERE input = '"invalidated"'`, [at()]);
  const spelled = ['{"too":"yes","fresh":1}', ' "fresh"', '"unknown"', ...kept.map(([each]) => each)];
  await withConnections(database, 1, ([client]) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...spelled) }, { weight: 1, arbitrary: badInput }), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.record({
          after_failure: fc.boolean(),
          company_id: fc.constantFrom(null, null, COMPANY),
          user_id: fc.constantFrom(null, null, 'ann'),
        }),
        async (inputs, args) => {
          // One snapshot, so that seen is the same.
          await (client as Client).query('BEGIN ISOLATION LEVEL REPEATABLE READ');
          const many = await call(client as Client, 'lookup_answers', { ...asked, ...args, inputs, now: at() });
          const each = [];
          for (const [i, one] of inputs.entries()) {
            await (client as Client).query('SAVEPOINT one');
            const alone = await call(client as Client, 'lookup_answer', { ...asked, ...args, input: one, now: at() }).then(
              ([found]) => {
                const { similarity, similarity_method, similar_to, ...row } = found ?? {};
                return { ordinal: i + 1, ...row, error_code: null };
              },
              ({ code, message }) => ({
                ordinal: i + 1,
                freshness: 'invalid',
                reason: message,
                error_code: code,
                content: null,
                cache_key: null,
                seen: null,
                id: null,
              }),
            );
            await (client as Client).query('ROLLBACK TO SAVEPOINT one');
            each.push(alone);
          }
          await (client as Client).query('ROLLBACK');
          expect(many).toMatchObject(each);
          expect(many).toHaveLength(each.length);
        },
      ),
      { numRuns: 60 },
    ),
  );
});

/** What saves write, without ids and moments of their own; a lease that ended says nothing of what it had reserved. */
const LEFT = `SELECT jsonb_build_object(
  'answers', (SELECT jsonb_agg(a ORDER BY a ->> 'input_hash') FROM (SELECT to_jsonb(a) - '{id,created_at,updated_at}'::text[] AS a FROM evergreen.ai_answers AS a) AS a),
  'leases', (SELECT jsonb_agg(l ORDER BY l ->> 'cache_key') FROM (SELECT to_jsonb(l) - '{reserved,waited_for,invalidated,saved_xid}'::text[]
       || jsonb_build_object('saved', l.saved_xid = pg_current_xact_id(), 'holds', CASE WHEN l.lease_token IS NOT NULL THEN l.reserved END) AS l FROM evergreen.generation_leases AS l) AS l),
  'log', (SELECT jsonb_agg(l ORDER BY l::text) FROM (SELECT to_jsonb(l) - 'id' AS l FROM evergreen.ai_generation_logs AS l) AS l),
  'hours', (SELECT jsonb_agg(h ORDER BY h::text) FROM (SELECT to_jsonb(h) AS h FROM evergreen.ai_usage_hourly AS h) AS h),
  'spend', (SELECT jsonb_agg(s ORDER BY s::text) FROM (SELECT to_jsonb(s) AS s FROM evergreen.ai_spend_monthly AS s) AS s))`;

test('saves: first and again, invalidated, lost, malformed, twice, of every spelling', async () => {
  const inputs = ['"one"', '"two"', '{"three": 3, "b": "x"}', '["four", {"d": 4.50}]', '"fünf"', '"six e1234"'];
  const claim = (user_id: string | null) =>
    call(database.pool, 'claim_answers', { ...asked, inputs, seen: null, holder: 'test', user_id, now: at() });
  // Some are there already, so that they are a new revision.
  for (const each of inputs.slice(0, 2)) {
    const [lookup] = await call(database.pool, 'lookup_answer', { ...asked, input: each, now: at() });
    const token = await claimAnswer(database.pool, lookup as never, { content_type: 'note' });
    await call(database.pool, 'save_answer', { ...asked, input: each, result: '"old"', lease_token: token, now: at() });
  }
  const claims = await claim(null);
  await call(database.pool, 'invalidate_leases', { content_type: 'note', cache_keys: [claims[2]?.cache_key] });
  await call(database.pool, 'set_budget', { scope: 'overall', scope_id: null, monthly_limit: 1000, hard: false });
  await withConnections(database, 1, async ([connection]) => {
    const client = connection as Client;
    const count = fc.option(fc.integer({ min: -5, max: 2000 }), { nil: undefined });
    const answer = fc.record({
      of: fc.nat(inputs.length - 1),
      lost: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      keyed: fc.boolean(),
      result: fc.oneof(
        { weight: 8, arbitrary: input.filter((text) => text !== 'null') },
        { weight: 1, arbitrary: fc.constantFrom('null', 'nonsense', '', '1e400', JSON.stringify('x'.repeat(500))) },
        { weight: 1, arbitrary: fc.constant(JSON.stringify(Array.from({ length: 70 }, () => [1]))) },
      ),
      prompt_tokens: count,
      completion_tokens: count,
      cached_tokens: count,
      generation_time_ms: count,
      model: fc.constantFrom(undefined, 'metered-2026-01-01', 'mystery'),
      request_id: fc.constantFrom(undefined, 'r'),
      expires_at: fc.constantFrom(undefined, at(60)),
      embedding: fc.constantFrom(undefined, undefined, undefined, [3, 4]),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 7 }), async (answers) => {
        const token = (of: number, lost: boolean) => (lost ? '00000000-0000-0000-0000-000000000009' : (claims[of]?.lease_token as string));
        // Alone, a later save of a key comes when its lease has ended: so does the valid one that stands after a bad one, in bulk not. That is not compared.
        const seen = new Set<number>();
        const list = answers.filter(({ of }) => !seen.has(of) && seen.add(of));
        const many = await undone(client, async () => {
          const rows = await call(client, 'save_answers', {
            ...asked,
            now: at(1),
            inputs: list.map(({ of }) => inputs[of]),
            results: list.map(({ result }) => result),
            lease_tokens: list.map(({ of, lost }) => token(of, lost)),
            details: JSON.stringify(
              list.map(({ of, lost, keyed, result, embedding, ...each }) => ({
                ...(keyed ? { input_hash: claims[of]?.cache_key } : {}),
                ...each,
                ...(embedding ? { embedding, embedding_model: 'e' } : {}),
              })),
            ),
          });
          return {
            rows: rows.map(({ ordinal, state, cost, reason, revision }) => ({ ordinal, state, cost, reason, revision })),
            left: await one(client, LEFT),
          };
        });
        const each = await undone(client, async () => {
          const rows = [];
          for (const [i, { of, lost, result, model, keyed, embedding, ...rest }] of list.entries()) {
            const args = {
              ...asked,
              lease_token: token(of, lost),
              model: model ?? 'metered',
              ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
              now: at(1),
            };
            await client.query('SAVEPOINT one');
            try {
              const [row] = await call(client, 'save_answer', {
                ...args,
                input: inputs[of],
                result,
                asked_model: 'metered',
                ...(keyed ? { input_hash: claims[of]?.cache_key } : {}),
                ...(embedding ? { embedding, embedding_model: 'e' } : {}),
              });
              rows.push({
                ordinal: i + 1,
                state: row?.state,
                cost: row?.cost,
                reason: null,
                revision: row?.content?.revision ?? null,
              });
            } catch (error) {
              await client.query('ROLLBACK TO SAVEPOINT one');
              const { expires_at, prompt_tokens, completion_tokens, cached_tokens, generation_time_ms, ...failed } = args as Record<
                string,
                unknown
              >;
              const reason = (error as Error).message;
              const clamped = { prompt_tokens, completion_tokens, cached_tokens, generation_time_ms };
              const known = Object.fromEntries(Object.entries(clamped).filter(([, value]) => value !== undefined));
              const [row] = await call(client, 'fail_generation', {
                ...failed,
                ...known,
                cache_key: claims[of]?.cache_key,
                error_code: 'invalid',
                error_message: reason,
              });
              rows.push({
                ordinal: i + 1,
                state: row?.state === 'failed' ? 'invalid' : row?.state,
                cost: row?.cost,
                reason,
                revision: null,
              });
            }
          }
          return { rows, left: await one(client, LEFT) };
        });
        expect(many).toEqual(each);
      }),
      { numRuns: 60 },
    );
  });
});

/** What claims write, without tokens of their own; a lease that nobody holds says nothing of a holder. */
const HELD = `SELECT jsonb_build_object(
  'leases', (SELECT jsonb_agg(jsonb_build_object('key', l.cache_key, 'failures', l.failures, 'retry_at', l.retry_at, 'error', l.last_error, 'xid', l.saved_xid,
       'holds', CASE WHEN l.lease_token IS NOT NULL THEN jsonb_build_array(l.holder, l.acquired_at, l.expires_at, l.reserved, l.waited_for, l.invalidated,
                                                                         l.company_id, l.user_id) END) ORDER BY l.cache_key)
     FROM evergreen.generation_leases AS l WHERE l.content_type = 'claimed'),
  'lost', (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.lease_token) FROM evergreen.lost_leases AS l))`;

test('claims: free, held, run out, pausing, saved since, twice, over a budget, of too large a prompt', async () => {
  const on = database.pool;
  const content_type = 'claimed';
  await call(on, 'set_content_policy', {
    content_type,
    max_prompt_tokens: 20,
    max_completion_tokens: 100,
    lease_duration: '1 minute',
    failure_backoff: '1 hour',
    failure_backoff_max: '1 hour',
  });
  const prompt = await one<string>(on, `SELECT evergreen.publish_prompt('claimed', 'Say {{x}} of {{input}}')`);
  await call(on, 'activate_prompt', { id: prompt });
  const of = (x: unknown, more = {}) => JSON.stringify({ x, ...more });
  const LARGE = of('large', { more: 'x'.repeat(80) });
  const inputs = [
    of('free'),
    of(1.5),
    of('held'),
    of('held by us'),
    of('run out'),
    of('pausing'),
    of('saved'),
    of(null),
    of({ x: ['{{x}}'] }),
  ];
  const way = { content_type, model: 'metered', provider: 'test' };
  await withConnections(database, 1, async ([connection]) => {
    const client = connection as Client;
    const claimAll = (list: string[], args = {}) =>
      call(client, 'claim_answers', { ...way, inputs: list, seen: null, holder: 'h', ...args });
    const payers = [null, COMPANY].flatMap((company_id) => [null, 'ann'].map((user_id) => ({ company_id, user_id })));
    const snapshots = new Map<object, string>();
    for (const payer of payers) {
      // Committed, each in a transaction of its own: what is seen since is a matter of these.
      const [seen] = await call(client, 'lookup_answers', { ...way, ...payer, inputs: [of('saved')], now: at() });
      snapshots.set(payer, seen?.seen);
      const [saved] = await claimAll([of('saved')], { ...payer, now: at(-20) });
      const save = { ...way, ...payer, input: of('saved'), result: '1', lease_token: saved?.lease_token, now: at(-15) };
      await call(client, 'save_answer', save);
    }
    /** Every other input in its state, for whoever asks. */
    const prepare = async (payer: object) => {
      await claimAll([of('held'), of('held by us')], { ...payer, now: at(-10), holder: 'another' });
      await claimAll([of('run out')], { ...payer, now: at(-600), holder: 'gone' });
      const [pausing] = await claimAll([of('pausing')], { ...payer, now: at(-20) });
      const failed = { content_type, cache_key: pausing?.cache_key, lease_token: pausing?.lease_token };
      await call(client, 'fail_generation', {
        ...failed,
        error_code: 'timeout',
        error_message: 'slow',
        ...payer,
        provider: 'test',
        now: at(-15),
      });
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...inputs) }, { weight: 1, arbitrary: fc.constant(LARGE) }), {
          minLength: 1,
          maxLength: 10,
        }),
        fc.constantFrom(...payers),
        fc.boolean(),
        fc.record({
          // How many generations each allows, and a bit: one may cost 0.00022.
          overall: fc.option(fc.integer({ min: -10, max: 120 })),
          user: fc.option(fc.integer({ min: 0, max: 80 })),
          soft: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
          priced: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
        }),
        async (picked, payer, looked, { overall, user, soft, priced }) => {
          const limited = overall !== null || user !== null;
          // Alone, a prompt that is too large is found out after its budget was asked.
          const list = limited ? picked.filter((each) => each !== LARGE) : picked;
          if (list.length === 0) return;
          await undone(client, async () => {
            await prepare(payer);
            const spent = (await one<number>(client, `SELECT evergreen.budget_use('overall', '', $1)::float8`, [at()])) as number;
            for (const [scope, scope_id, limit] of [
              ['overall', null, overall],
              ['user', 'ann', user],
            ] as const)
              if (limit !== null)
                await call(client, 'set_budget', { scope, scope_id, monthly_limit: Math.max(0, spent + limit * 0.000022), hard: !soft });
            const args = { ...payer, now: at() };
            const seen = looked ? list.map((_, i) => (i % 2 ? null : (snapshots.get(payer) ?? null))) : null;
            const asking = { ...way, model: priced ? 'metered' : 'unpriced' };
            // The keys are those of the priced model, whose states were prepared.
            await client.query('SAVEPOINT many');
            const many = await call(client, 'claim_answers', { ...asking, ...args, inputs: list, seen, holder: 'h' });
            const left = await one(client, HELD);
            await client.query('ROLLBACK TO SAVEPOINT many');
            const keys = new Map<string, number>();
            const each: Record<string, unknown>[] = [];
            for (const [i, input] of list.entries()) {
              const key = many[i]?.cache_key as string;
              const before = keys.get(key);
              if (before !== undefined) {
                each.push({ state: 'duplicate', duplicate_of: before, prompt: null });
                continue;
              }
              keys.set(key, i + 1);
              const claim = {
                ...args,
                content_type,
                cache_key: key,
                seen: seen?.[i] ?? null,
                holder: 'h',
                provider: 'test',
                model: asking.model,
              };
              const [claimed] = await call(client, 'claim_generation', claim);
              const { lease_token, ...row } = claimed as Record<string, unknown>;
              let made: string | null = null;
              if (row.state === 'claimed') {
                await client.query('SAVEPOINT prepared');
                try {
                  const [prepared] = await call(client, 'prepare_answer', { ...asking, ...payer, input, input_hash: key });
                  made = prepared?.prompt;
                } catch (error) {
                  await client.query('ROLLBACK TO SAVEPOINT prepared');
                  await call(client, 'release_lease', { content_type, cache_key: key, lease_token });
                  Object.assign(row, {
                    state: 'invalid',
                    reason: (error as Error).message,
                    renew_after_ms: null,
                    max_completion_tokens: null,
                  });
                }
              }
              each.push({ ...row, duplicate_of: null, prompt: made });
            }
            expect(many).toMatchObject(each.map((row, i) => ({ ordinal: i + 1, prompt_id: prompt, ...row })));
            expect(many.map((row) => row.lease_token !== null)).toEqual(many.map((row) => row.state === 'claimed'));
            expect(left).toEqual(await one(client, HELD));
          });
        },
      ),
      { numRuns: 50 },
    );
  });
});
