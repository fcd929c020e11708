import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import {
  type Arguments,
  at,
  type Claim,
  call,
  claim,
  claimFor,
  fail,
  generating,
  look,
  meter,
  one,
  pidOf,
  refusal,
  save,
  spent,
  stampede,
  states,
  take,
  untilBlocked,
  withConnections,
} from './calls.js';

const database = useDatabase();
const METERED = { provider: 'test', model: 'metered' };
/** What a claim of test/metered reserves: 1000 prompt and 1000 completion tokens. */
const RESERVED = 0.002;
const ALL_BUDGETS = 'SELECT FROM evergreen.budgets ORDER BY scope, scope_id FOR UPDATE';

beforeAll(() => meter(database.pool));
beforeEach(async () => {
  await database.query('DELETE FROM evergreen.budgets');
  await database.query('DELETE FROM evergreen.ai_spend_monthly');
  await database.query('DELETE FROM evergreen.generation_leases');
  await database.query(`DELETE FROM evergreen.system_logs WHERE component = 'budget'`);
});

const budget = (scope: string, scopeId: string | null, limit: number, more: Arguments = {}) =>
  call(database.pool, 'set_budget', { scope, scope_id: scopeId, monthly_limit: limit, ...more });

/** The reasons of those who were refused, each once. */
const reasons = (claims: Claim[]) => [...new Set(claims.filter(({ state }) => state === 'over_budget').map(({ reason }) => reason))];

describe('50 connections that claim at once against a budget for 10', () => {
  const company = randomUUID();
  const others = Array.from({ length: 5 }, () => randomUUID());

  test.each<[string, () => Promise<unknown>, (index: number) => Arguments, string]>([
    ['overall', () => budget('overall', null, 10 * RESERVED), (index) => ({ company_id: others[index % 5] }), 'overall'],
    ['of a company', () => budget('company', company, 10 * RESERVED), () => ({ company_id: company }), 'company'],
    ['of a user', () => budget('user', 'ada', 10 * RESERVED), (index) => ({ company_id: others[index % 5], user_id: 'ada' }), 'user ada'],
    [
      'of a user, within larger ones overall and of the company',
      async () => {
        await budget('overall', null, 40 * RESERVED);
        await budget('company', company, 20 * RESERVED);
        await budget('user', 'ada', 10 * RESERVED);
      },
      () => ({ company_id: company, user_id: 'ada' }),
      'user ada',
    ],
  ])('%s: exactly 10 are claimed', async (_, set, who, name) => {
    await set();
    await withConnections(database, 50, async (clients) => {
      const claims = await stampede(database, clients, ALL_BUDGETS, (client, index) =>
        claim(client, { cache_key: `key ${index}`, ...METERED, ...who(index) }),
      );
      expect(states(claims)).toEqual({ claimed: 10, over_budget: 40 });
      expect(reasons(claims)).toEqual([expect.stringContaining(`the ${name}`)]);
      expect(claims.find(({ state }) => state === 'over_budget')).toMatchObject({ lease_token: null, retry_after_ms: 3_600_000 });
    });
  });

  test('and 50 saves settle what was reserved: in the end nothing is overspent and the rest is there again', async () => {
    await budget('company', company, 10 * RESERVED);
    await budget('user', 'ada', 10 * RESERVED);
    await withConnections(database, 50, async (clients) => {
      const spenders = await Promise.all(
        clients.map(async (client) => {
          const lookup = await look(client, company);
          return { client, lookup: { ...lookup, context_hash: randomHash() } };
        }),
      );
      const keyOf = (hash: string) => ({ cache_key: `${company}:${hash}` });
      const claims = await stampede(database, clients, ALL_BUDGETS, (client, index) =>
        claim(client, { ...keyOf(spenders[index]?.lookup.context_hash as string), ...METERED, company_id: company, user_id: 'ada' }),
      );
      expect(states(claims)).toEqual({ claimed: 10, over_budget: 40 });
      // Each uses a quarter of what it reserved.
      await Promise.all(
        claims.map(async ({ state, lease_token }, index) => {
          const spender = spenders[index];
          if (state !== 'claimed' || !spender) return;
          const saved = await save(spender.client, company, spender.lookup, lease_token as string, 'x', {
            prompt_tokens: 400,
            completion_tokens: 100,
          });
          expect(saved).toMatchObject({ state: 'saved', cost: '0.0005' });
        }),
      );
      expect(await spent(database.pool, 'company', company)).toBeCloseTo(10 * 0.0005, 9);
      expect(await spent(database.pool, 'user', 'ada')).toBeCloseTo(10 * 0.0005, 9);
      expect(await call(database.pool, 'get_budget_status', { now: at() })).toEqual(
        ['company', 'user'].map((scope) => expect.objectContaining({ scope, reserved: expect.stringMatching(/^0(\.0+)?$/) })),
      );
      // 0.020 - 0.005 = room for 7 more.
      const more = await stampede(database, clients, ALL_BUDGETS, (client, index) =>
        claim(client, { cache_key: `more ${index}`, ...METERED, company_id: company, user_id: 'ada' }),
      );
      expect(states(more)).toEqual({ claimed: 7, over_budget: 43 });
    });
  });
});

describe('what counts against a hard budget', () => {
  const company = randomUUID();

  test('what is being generated and what was spent, to the last cent', async () => {
    await budget('company', company, 2 * RESERVED);
    await call(database.pool, 'log_generation', {
      generation_type: 'health_summary',
      model: 'metered',
      success: true,
      provider: 'test',
      company_id: company,
      prompt_tokens: 2000,
      created_at: at(),
    });
    expect(await claim(database.pool, { cache_key: 'a', company_id: company, ...METERED })).toMatchObject({ state: 'claimed' });
    expect(await claim(database.pool, { cache_key: 'b', company_id: company, ...METERED })).toMatchObject({
      state: 'over_budget',
      reason: `the company ${company} budget of 0.004 USD a month has 0.000 USD left, this generation may cost 0.002`,
    });
  });

  test('not what others spend and generate', async () => {
    await budget('company', company, RESERVED);
    await budget('user', 'ada', RESERVED);
    await take(database.pool, { cache_key: 'a', company_id: randomUUID(), user_id: 'bob', ...METERED });
    await take(database.pool, { cache_key: 'b', ...METERED });
    expect(await claim(database.pool, { cache_key: 'c', company_id: company, user_id: 'ada', ...METERED })).toMatchObject({
      state: 'claimed',
    });
  });

  test('not what a holder reserved that died: it is there again when the lease has run out', async () => {
    await budget('overall', null, RESERVED);
    await take(database.pool, { cache_key: 'dead', ...METERED });
    expect(await claim(database.pool, { cache_key: 'other', now: at(59), ...METERED })).toMatchObject({ state: 'over_budget' });
    expect(await claim(database.pool, { cache_key: 'other', now: at(60), ...METERED })).toMatchObject({ state: 'claimed' });
  });

  test('not twice the key itself: who takes it over reserves in its place', async () => {
    await budget('overall', null, RESERVED);
    await take(database.pool, { cache_key: 'same', ...METERED });
    expect(await claim(database.pool, { cache_key: 'same', now: at(60), ...METERED })).toMatchObject({ state: 'claimed' });
  });

  test('no longer what a failure or a release gave back', async () => {
    await budget('overall', null, RESERVED);
    await fail(database.pool, await take(database.pool, { cache_key: 'a', ...METERED }), { cache_key: 'a' });
    const token = await take(database.pool, { cache_key: 'b', ...METERED });
    await call(database.pool, 'release_lease', { content_type: 'health', cache_key: 'b', lease_token: token });
    expect(await claim(database.pool, { cache_key: 'c', ...METERED })).toMatchObject({ state: 'claimed' });
  });

  test('what a policy allows now: a longer answer reserves more', async () => {
    await budget('overall', null, 3 * RESERVED);
    await call(database.pool, 'set_content_policy', { content_type: 'insight', max_prompt_tokens: 1000, max_completion_tokens: 5000 });
    expect(await claim(database.pool, { content_type: 'insight', ...METERED })).toMatchObject({ state: 'claimed' });
    await call(database.pool, 'set_content_policy', {
      content_type: 'recommendation',
      max_prompt_tokens: 1000,
      max_completion_tokens: 5001,
    });
    await call(database.pool, 'release_lease', {
      content_type: 'insight',
      cache_key: 'key',
      lease_token: await one(database.pool, 'SELECT lease_token FROM evergreen.generation_leases'),
    });
    expect(await claim(database.pool, { content_type: 'recommendation', ...METERED })).toMatchObject({ state: 'over_budget' });
  });

  test('a refused claim holds nothing: the key is free as soon as there is money', async () => {
    await budget('overall', null, 0);
    expect(await claim(database.pool, METERED)).toMatchObject({ state: 'over_budget', lease_token: null });
    await budget('overall', null, 1);
    expect(await claim(database.pool, METERED)).toMatchObject({ state: 'claimed' });
  });
});

describe('a model without a price', () => {
  const unpriced = { provider: 'test', model: 'mystery' };

  test('is refused by a hard budget, which says so', async () => {
    await budget('overall', null, 1_000_000);
    expect(await claim(database.pool, unpriced)).toMatchObject({
      state: 'over_budget',
      reason: 'the overall budget is hard and test/mystery has no price',
    });
    expect(await claim(database.pool, {})).toMatchObject({
      state: 'over_budget',
      reason: expect.stringContaining('the model was not named'),
    });
  });

  test('is generated under one that only warns, and without one', async () => {
    await budget('overall', null, 0, { hard: false });
    expect(await claim(database.pool, { cache_key: 'a', ...unpriced })).toMatchObject({ state: 'claimed' });
    await budget('overall', null, null as never);
    expect(await claim(database.pool, { cache_key: 'b', ...unpriced })).toMatchObject({ state: 'claimed' });
  });
});

test('a budget that only warns never refuses', async () => {
  await budget('overall', null, 0, { hard: false });
  for (const cache_key of ['a', 'b', 'c'])
    expect(await claim(database.pool, { cache_key, ...METERED })).toMatchObject({ state: 'claimed' });
});

describe.each(['America/Los_Angeles', 'Pacific/Auckland'])('for a session in %s', (zone) => {
  test('the month begins and ends in UTC', () =>
    withConnections(database, 1, async ([connection]) => {
      const client = connection as Client;
      await client.query(`SET TimeZone = '${zone}'`);
      await budget('overall', null, RESERVED);
      const log = (created_at: string) =>
        call(client, 'log_generation', {
          generation_type: 'health_summary',
          model: 'metered',
          success: true,
          provider: 'test',
          prompt_tokens: 1500,
          created_at,
        });
      await log('2026-05-31T23:59:59.999Z');
      expect(await claim(client, { cache_key: 'june', now: '2026-06-01T00:00:00Z', ...METERED })).toMatchObject({ state: 'claimed' });
      expect(await claim(client, { cache_key: 'may', now: '2026-05-31T23:59:50Z', ...METERED })).toMatchObject({
        state: 'over_budget',
        retry_after_ms: 10_000,
      });
      await log('2026-06-01T00:00:00Z');
      expect(await one(client, `SELECT json_object_agg(month, spent::float8) FROM evergreen.ai_spend_monthly`)).toEqual({
        '2026-05-01': 0.0015,
        '2026-06-01': 0.0015,
      });
      expect(await claim(client, { cache_key: 'end of june', now: '2026-06-30T23:00:00Z', ...METERED })).toMatchObject({
        state: 'over_budget',
        retry_after_ms: 3_600_000,
      });
    }));
});

describe.each(['REPEATABLE READ', 'SERIALIZABLE'])('in a %s transaction', (isolation) => {
  test('a budget cannot be held, and the claim is refused with what to do', () =>
    withConnections(database, 1, async ([connection]) => {
      const client = connection as Client;
      await budget('company', randomUUID(), 1);
      await budget('overall', null, 1);
      await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
      expect(await refusal(claim(client, METERED))).toEqual({
        code: 'VG007',
        message: expect.stringContaining(isolation.toLowerCase()),
        hint: expect.stringContaining('READ COMMITTED'),
      });
      await client.query('ROLLBACK');
    }));

  test('a claim that no budget pays for is as good as any', () =>
    withConnections(database, 1, async ([connection]) => {
      const client = connection as Client;
      await budget('company', randomUUID(), 1);
      await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
      expect(await claim(client, METERED)).toMatchObject({ state: 'claimed' });
      await client.query('COMMIT');
    }));
});

test.each(['company', 'user'])(
  'a save that warns and a claim that both wait for the budget of a %s do not wait for each other then',
  (first) =>
    withConnections(database, 3, async ([keeper, saver, claimer]) => {
      const { company, lookup, token } = await generating(database.pool, { user_id: 'ada' });
      for (const [scope, id] of [
        ['overall', null],
        ['company', company],
        ['user', 'ada'],
      ] as const)
        await budget(scope, id, 1, { alert_at: 0 });
      await keeper?.query('BEGIN');
      await keeper?.query('SELECT FROM evergreen.budgets WHERE scope = $1 FOR UPDATE', [first]);
      const saving = save(saver as Client, company, lookup, token, 'saved');
      saving.catch(() => undefined);
      await untilBlocked(database, 1, [pidOf(saver as Client)]);
      const claiming = claim(claimer as Client, { cache_key: 'next', company_id: company, user_id: 'ada', ...METERED });
      claiming.catch(() => undefined);
      await untilBlocked(database, 1, [pidOf(claimer as Client)]);
      await keeper?.query('COMMIT');
      expect(await saving).toMatchObject({ state: 'saved' });
      expect(await claiming).toMatchObject({ state: 'claimed' });
    }),
);

test('20 connections that claim, save, fail and log against several budgets never deadlock, and nothing is lost', async () => {
  const companies = [randomUUID(), randomUUID(), randomUUID()];
  const users = ['ada', 'bob'];
  // Warnings are written at once, so that saves lock the budgets too.
  await budget('overall', null, 1, { alert_at: 0 });
  for (const company of companies) await budget('company', company, 1, { alert_at: 0.001 });
  for (const user of users) await budget('user', user, 1, { alert_at: 0.001, hard: false });
  let calls = 0;
  await withConnections(database, 20, (clients) =>
    Promise.all(
      clients.map(async (client, worker) => {
        for (let turn = 0; turn < 12; turn += 1) {
          const company = companies[(worker + turn) % 3] as string;
          const who = { company_id: company, user_id: users[(worker * turn) % 2] };
          const lookup = { ...(await look(client, company)), context_hash: randomHash() };
          lookup.cache_key = `${company}:${lookup.context_hash}`;
          if (turn % 4 === 3) await budget('company', company, 1, { alert_at: 0.001 });
          if (turn % 5 === 4) {
            await call(client, 'log_generation', {
              generation_type: 'health_summary',
              model: 'metered',
              provider: 'test',
              success: true,
              prompt_tokens: 100,
              completion_tokens: 50,
              ...who,
            });
          } else {
            const { state, lease_token } = await claimFor(client, company, lookup, { ...METERED, ...who, now: null });
            expect(state).toBe('claimed');
            if (turn % 3 === 0) {
              const used = { ...METERED, prompt_tokens: 100, completion_tokens: 50, now: null };
              await fail(client, lease_token as string, { cache_key: lookup.cache_key, ...used });
            } else await save(client, company, lookup, lease_token as string, 'x', { now: null });
          }
          calls += 1;
        }
      }),
    ),
  );
  expect(calls).toBe(240);
  expect(await spent(database.pool, 'overall')).toBeCloseTo(240 * 0.00015, 9);
  expect(await one(database.pool, `SELECT sum(spent)::float8 FROM evergreen.ai_spend_monthly WHERE scope = 'company'`)).toBeCloseTo(
    240 * 0.00015,
    9,
  );
  expect(await one(database.pool, `SELECT sum(spent)::float8 FROM evergreen.ai_spend_monthly WHERE scope = 'user'`)).toBeCloseTo(
    240 * 0.00015,
    9,
  );
  expect(
    await one(database.pool, `SELECT coalesce(sum(reserved), 0)::float8 FROM evergreen.generation_leases WHERE lease_token IS NOT NULL`),
  ).toBe(0);
});

function randomHash(): string {
  return (randomUUID() + randomUUID()).replaceAll('-', '');
}
