/** The hash at hand: when it is used, who puts it there, and that no change is ever lost between a commit and a look. */
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, type Connection, call, expectRefusal, one, refusal, row, untilBlocked, value, withConnections } from '../core/calls.js';
import {
  click,
  contextHash,
  insight,
  item,
  lookHealth,
  lookInsights,
  lookRecommendations,
  makeCompany,
  makeStep,
  makeSteps,
  saveHealth,
  saveInsights,
  saveRecommendations,
  setStatus,
} from './world.js';

const EVERYBODY = '00000000-0000-0000-0000-000000000000';
const database = useDatabase({ host: true });
beforeAll(async () => {
  await call(database.pool, 'attach_host', { track_changes: true });
  await refresh([]);
});
afterEach(() => database.query('DELETE FROM public.companies'));

const refresh = (company_ids: unknown, on: Connection = database.pool) => value<number>(on, 'refresh_company_contexts', { company_ids });
/** Computed from the application's tables, in one look with the hash that is served. */
const COMPARED = `SELECT evergreen.company_context_hash($1) AS served,
  evergreen.content_hash(to_jsonb((evergreen.company_context($1) - 'last_activity')::text)) AS computed`;
const compare = async (company: string, on: Connection = database.pool) =>
  (await on.query<{ served: string; computed: string }>(COMPARED, [company])).rows[0] as { served: string; computed: string };
/** What is served, which must be what the application's tables say. */
async function served(company: string, on?: Connection): Promise<string> {
  const seen = await compare(company, on);
  expect(seen.served).toBe(seen.computed);
  return seen.served;
}
/** The row at hand, whether it holds or not. */
const kept = async (company: string) =>
  (
    await database.query<{ context_hash: string }>('SELECT context_hash FROM evergreen.company_context_hashes WHERE company_id = $1', [
      company,
    ])
  )[0]?.context_hash;
const changes = (company: string) =>
  one<number>(database.pool, 'SELECT count(*)::integer FROM evergreen.company_changes WHERE company_id = $1', [company]);
/** A hash that is wrong shows who uses it. */
const forge = (company: string) =>
  database.query(`UPDATE evergreen.company_context_hashes SET context_hash = repeat('0', 64) WHERE company_id = $1`, [company]);

test('what is at hand is used until the company changes, and from the same commit on no more', async () => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  await setStatus(database.pool, company, step, 'in_progress');
  expect(await refresh([company])).toBe(1);
  expect(await kept(company)).toBe(await served(company));
  expect(await changes(company)).toBe(0);
  await forge(company);
  expect(await contextHash(database.pool, company)).toBe('0'.repeat(64));
  await click(database.pool, company);
  expect(await contextHash(database.pool, company)).toBe('0'.repeat(64));
  await setStatus(database.pool, company, step, 'completed');
  await served(company);
  expect(await refresh([company])).toBe(1);
  expect(await kept(company)).toBe(await served(company));
  expect(await refresh([company])).toBe(0);
});

test('a change of one company leaves the others at hand', async () => {
  const [a, b] = [await makeCompany(database.pool), await makeCompany(database.pool)];
  await refresh([a, b]);
  await forge(a);
  await setStatus(database.pool, b, await makeStep(database.pool), 'completed');
  expect(await contextHash(database.pool, a)).toBe('0'.repeat(64));
  await served(b);
});

test('a policy that counts activity computes, whatever is at hand', async () => {
  const company = await makeCompany(database.pool);
  await click(database.pool, company);
  await refresh([company]);
  await forge(company);
  await call(database.pool, 'set_content_policy', { content_type: 'health', activity_granularity: '1 day' });
  expect(await contextHash(database.pool, company, 'health')).not.toBe('0'.repeat(64));
  expect(await lookHealth(database.pool, company)).toMatchObject({ refresh_context: false });
  await call(database.pool, 'set_content_policy', { content_type: 'health', reset: ['activity_granularity'] });
  expect(await contextHash(database.pool, company, 'health')).toBe('0'.repeat(64));
});

test('lookups answer the same with it and without, and say when it is missing', async () => {
  const company = await makeCompany(database.pool);
  const [done, open] = (await makeSteps(database.pool, 2)) as [string, string];
  await setStatus(database.pool, company, done, 'completed');
  await saveRecommendations(database.pool, company, [item(done), item(open), item(null, 'a'), item(null, 'b')]);
  await saveInsights(database.pool, company, [insight('One.', 0.6), insight('Two.', 0.9)]);
  await saveHealth(database.pool, company);
  const looks = [
    () => lookRecommendations(database.pool, company, { limit: 3 }),
    () => lookRecommendations(database.pool, company, { limit: 10 }),
    () => lookInsights(database.pool, company),
    () => lookHealth(database.pool, company),
    () => call(database.pool, 'find_recommendations', { company_id: company, limit: 2, now: at() }),
    () => call(database.pool, 'find_recommendations', { company_id: company, limit: 10, now: at() }),
    () => call(database.pool, 'find_insights', { company_id: company, now: at() }),
    () => call(database.pool, 'find_health_summary', { company_id: company, now: at() }),
  ];
  const all = async () => JSON.parse(JSON.stringify(await Promise.all(looks.map((look) => look()))));
  const without = await all();
  expect(without.slice(0, 4).map((found: { refresh_context: boolean }) => found.refresh_context)).toEqual([true, true, true, true]);
  expect(without[0].content.map(({ step_id }: { step_id: string }) => step_id)).toEqual([open, null, null]);
  await refresh([company]);
  const withIt = await all();
  expect(withIt).toEqual(without.map((found: object) => ('refresh_context' in found ? { ...found, refresh_context: false } : found)));
});

describe('what is at hand but does not hold is used by no lookup', () => {
  const looks = (company: string): [string, (on: Connection) => Promise<unknown>][] => [
    ['company_context_hash', (on) => contextHash(on, company)],
    ['lookup_recommendations', (on) => lookRecommendations(on, company, { limit: 2 })],
    ['lookup_insights', (on) => lookInsights(on, company)],
    ['lookup_health_summary', (on) => lookHealth(on, company)],
    ['find_recommendations', (on) => call(on, 'find_recommendations', { company_id: company, limit: 2, now: at() })],
    ['find_insights', (on) => call(on, 'find_insights', { company_id: company, now: at() })],
    ['find_health_summary', (on) => call(on, 'find_health_summary', { company_id: company, now: at() })],
  ];
  /** Every answer, without what differs from look to look. */
  async function answers(on: Connection, company: string) {
    const found: [string, unknown][] = [];
    for (const [name, look] of looks(company)) found.push([name, await look(on)]);
    return JSON.parse(JSON.stringify(found, (key, member) => (['seen', 'refresh_context'].includes(key) ? undefined : member)));
  }

  const changed: [string, (own: Client, company: string) => Promise<unknown>][] = [
    ['after the company changed', async (own, company) => setStatus(own, company, await makeStep(own), 'completed')],
    ['after all did', (own) => own.query('TRUNCATE public.company_journey_steps')],
    [
      'when activity counts',
      async (own, company) => {
        for (const content_type of ['recommendation', 'insight', 'health']) {
          await call(own, 'set_content_policy', { content_type, activity_granularity: '1 day' });
        }
        await click(own, company);
      },
    ],
  ];
  test.each(changed)('%s', async (_, change) => {
    const company = await makeCompany(database.pool);
    await setStatus(database.pool, company, await makeStep(database.pool), 'in_progress');
    await saveRecommendations(database.pool, company, [item(null, 'a'), item(null, 'b')]);
    await saveInsights(database.pool, company, [insight('One.', 0.6), insight('Two.', 0.9)]);
    await saveHealth(database.pool, company);
    await refresh([company]);
    const before = await answers(database.pool, company);
    await withConnections(database, 1, async ([client]) => {
      const own = client as Client;
      await own.query('BEGIN');
      await change(own, company);
      const withIt = await answers(own, company);
      await own.query('DELETE FROM evergreen.company_context_hashes');
      expect(withIt).toEqual(await answers(own, company));
      for (const [index, answer] of withIt.entries()) expect(answer).not.toEqual(before[index]);
      await own.query('ROLLBACK');
    });
  });
});

test('a generation puts it at hand', async () => {
  const [a, b] = [await makeCompany(database.pool), await makeCompany(database.pool)];
  await value(database.pool, 'generate_company_context_hash', { company_id: a });
  expect(await kept(a)).toBe(await served(a));
  await row(database.pool, 'prepare_health_summary', { company_id: b, context_hash: await contextHash(database.pool, b, 'health') });
  expect(await kept(b)).toBe(await served(b));
});

test('a company that is deleted is unknown, at hand or not, and a refresh takes away what was', async () => {
  const company = await makeCompany(database.pool);
  await refresh([company]);
  await database.query('DELETE FROM public.companies WHERE id = $1', [company]);
  for (const again of [1, 2]) {
    expect((await refusal(lookRecommendations(database.pool, company))).code).toBe('VG002');
    expect((await refusal(contextHash(database.pool, company))).code).toBe('VG002');
    expect(await refresh([company, randomUUID()])).toBe(0);
    expect([again, await kept(company), await changes(company)]).toEqual([again, undefined, 0]);
  }
});

test('forgotten, nothing of a company is at hand, and what it does then counts as before', async () => {
  const company = await makeCompany(database.pool);
  await refresh([company]);
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  await call(database.pool, 'forget_company', { company_id: company });
  expect([await kept(company), await changes(company)]).toEqual([undefined, 0]);
  await refresh([company]);
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  await served(company);
});

describe('a change that comes while a hash is computed', () => {
  test('is not taken away by it', async () => {
    const company = await makeCompany(database.pool);
    const steps = await makeSteps(database.pool, 2);
    await refresh([company]);
    await setStatus(database.pool, company, steps[0] as string, 'completed');
    await withConnections(database, 2, async ([keeper, folder]) => {
      // The folder has looked at the company, and stands at the row it is to write.
      await keeper?.query('BEGIN');
      await keeper?.query('SELECT FROM evergreen.company_context_hashes WHERE company_id = $1 FOR UPDATE', [company]);
      const folding = refresh([company], folder);
      await untilBlocked(database, 1);
      await setStatus(database.pool, company, steps[1] as string, 'completed');
      await keeper?.query('COMMIT');
      expect(await folding).toBe(1);
    });
    expect(await changes(company)).toBe(1);
    await served(company);
    expect(await refresh([company])).toBe(1);
    await served(company);
  });

  test('of a transaction that began before it, and commits after it', async () => {
    const company = await makeCompany(database.pool);
    const step = await makeStep(database.pool);
    await withConnections(database, 1, async ([writer]) => {
      await writer?.query('BEGIN');
      await setStatus(writer as Client, company, step, 'completed');
      expect(await refresh([company])).toBe(1);
      await served(company);
      await writer?.query('COMMIT');
    });
    await served(company);
    expect(await changes(company)).toBe(1);
  });
});

test('who computes the hash of a company is passed over by others, who do not wait', async () => {
  const a = await makeCompany(database.pool);
  let b = await makeCompany(database.pool);
  // Some companies share a lock.
  while (await one(database.pool, 'SELECT evergreen.context_lock($1) = evergreen.context_lock($2)', [a, b]))
    b = await makeCompany(database.pool);
  await withConnections(database, 2, async ([first, second]) => {
    await second?.query(`SET lock_timeout = '2s'`);
    await first?.query('BEGIN');
    expect(await refresh([a], first)).toBe(1);
    expect(await refresh([a, b], second)).toBe(1);
    await first?.query('COMMIT');
  });
  await served(a);
  await served(b);
});

test("one's own changes count, before and after, and what is rolled back takes nothing with it", async () => {
  const company = await makeCompany(database.pool);
  const steps = await makeSteps(database.pool, 3);
  await withConnections(database, 2, async ([client, other]) => {
    const own = client as Client;
    await own.query('BEGIN');
    await setStatus(own, company, steps[0] as string, 'completed');
    expect(await refresh([company], own)).toBe(1);
    const first = await served(company, own);
    await setStatus(own, company, steps[1] as string, 'completed');
    expect(await served(company, own)).not.toBe(first);
    await own.query('SAVEPOINT s');
    await setStatus(own, company, steps[2] as string, 'completed');
    expect(await refresh([company], own)).toBe(1);
    await served(company, own);
    await own.query('ROLLBACK TO s');
    await served(company, own);
    // What others see is as before, whatever this one computed.
    await served(company, other);
    await setStatus(database.pool, company, steps[2] as string, 'in_progress');
    await own.query('COMMIT');
  });
  await served(company);
  await refresh([company]);
  await served(company);
});

test.each(['REPEATABLE READ', 'SERIALIZABLE'])('in %s nothing is computed by an old look, and the look stays the same', async (level) => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  await refresh([company]);
  await withConnections(database, 1, async ([client]) => {
    const reader = client as Client;
    await reader.query(`BEGIN ISOLATION LEVEL ${level}`);
    const first = await served(company, reader);
    await setStatus(database.pool, company, step, 'completed');
    expect(await served(company, reader)).toBe(first);
    expect(await refresh([company], reader)).toBe(0);
    expect(await refresh([company])).toBe(1);
    expect(await served(company, reader)).toBe(first);
    expect(await served(company)).not.toBe(first);
    await value(reader, 'generate_company_context_hash', { company_id: company });
    await reader.query('COMMIT');
  });
  await served(company);
});

test.each(['REPEATABLE READ', 'SERIALIZABLE'])(
  'in %s an old look puts nothing at hand, when nobody knows any more what changed since',
  async (level) => {
    const company = await makeCompany(database.pool);
    await withConnections(database, 1, async ([client]) => {
      const old = client as Client;
      await old.query(`BEGIN ISOLATION LEVEL ${level}`);
      await served(company, old);
      await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
      await call(database.pool, 'forget_company', { company_id: company });
      expect(await refresh([company], old)).toBe(0);
      await old.query('COMMIT');
    });
    expect(await kept(company)).toBeUndefined();
    await served(company);
  },
);

test('a company is not forgotten by an old look, which would leave the hash that another computed since', async () => {
  const company = await makeCompany(database.pool);
  await withConnections(database, 2, async ([folder, forgetter]) => {
    await folder?.query('BEGIN');
    expect(await refresh([company], folder)).toBe(1);
    await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
    await forgetter?.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await forgetter?.query('SELECT FROM evergreen.company_changes');
    await folder?.query('COMMIT');
    expect(await refusal(call(forgetter as Client, 'forget_company', { company_id: company }))).toMatchObject({ code: 'VG007' });
  });
  await served(company);
});

test('forgetting waits for who computes the hash, and then leaves nothing of it', async () => {
  const company = await makeCompany(database.pool);
  await withConnections(database, 2, async ([folder, forgetter]) => {
    await folder?.query('BEGIN');
    await refresh([company], folder);
    const forgetting = call(forgetter as Client, 'forget_company', { company_id: company });
    await untilBlocked(database, 1);
    await folder?.query('COMMIT');
    await forgetting;
  });
  expect(await kept(company)).toBeUndefined();
});

describe('when none holds any more', () => {
  test('after a TRUNCATE all are computed, and the next refresh begins anew', async () => {
    const [a, b] = [await makeCompany(database.pool), await makeCompany(database.pool)];
    for (const company of [a, b]) await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
    await refresh([a, b]);
    await database.query('TRUNCATE public.company_journey_steps');
    await served(a);
    expect(await refresh([a])).toBe(1);
    expect([await kept(a), await kept(b), await changes(EVERYBODY)]).toEqual([await served(a), undefined, 0]);
    await served(b);
  });

  test('not while another is about to write a hash that it computed before', async () => {
    const [a, b] = [await makeCompany(database.pool), await makeCompany(database.pool)];
    await setStatus(database.pool, a, await makeStep(database.pool), 'completed');
    await withConnections(database, 1, async ([folder]) => {
      await folder?.query('BEGIN');
      expect(await refresh([a], folder)).toBe(1);
      await call(database.pool, 'reset_company_contexts');
      expect(await refresh([b])).toBe(0);
      expect(await changes(EVERYBODY)).toBe(1);
      await folder?.query('COMMIT');
    });
    await served(a);
    expect(await refresh([b])).toBe(1);
    expect([await kept(a), await changes(EVERYBODY)]).toEqual([undefined, 0]);
  });

  test('not by an old look, which does not see all that is to go', async () => {
    const company = await makeCompany(database.pool);
    await withConnections(database, 2, async ([folder, old]) => {
      await folder?.query('BEGIN');
      expect(await refresh([company], folder)).toBe(1);
      await call(database.pool, 'reset_company_contexts');
      await old?.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await old?.query('SELECT FROM evergreen.company_changes');
      await folder?.query('COMMIT');
      await forge(company);
      expect(await refresh([company], old)).toBe(0);
      await old?.query('COMMIT');
    });
    await served(company);
  });

  test('who would write a hash meanwhile does not wait', async () => {
    const company = await makeCompany(database.pool);
    await withConnections(database, 2, async ([keeper, folder]) => {
      await keeper?.query('BEGIN');
      await value(keeper as Client, 'empty_company_contexts');
      await folder?.query(`SET lock_timeout = '2s'`);
      expect(await refresh([company], folder)).toBe(0);
      await keeper?.query('COMMIT');
    });
    await served(company);
  });

  test('nor once the company is forgotten whose id stands for all of them', async () => {
    const company = await makeCompany(database.pool);
    await refresh([company]);
    await forge(company);
    await call(database.pool, 'reset_company_contexts');
    await call(database.pool, 'forget_company', { company_id: EVERYBODY });
    await served(company);
  });

  test('more of them than one batch go before what says that none holds', async () => {
    await refresh([]);
    const left = () => one<number>(database.pool, 'SELECT count(*)::integer FROM evergreen.company_context_hashes');
    await database.query(
      `INSERT INTO evergreen.company_context_hashes (company_id, context_hash) SELECT gen_random_uuid(), repeat('0', 64) FROM generate_series(1, 10005)`,
    );
    await call(database.pool, 'reset_company_contexts');
    const before = await left();
    expect(await value(database.pool, 'empty_company_contexts')).toBe(10_000);
    expect([before - (await left()), await changes(EVERYBODY)]).toEqual([10_000, 1]);
    await value(database.pool, 'empty_company_contexts');
    expect([await left(), await changes(EVERYBODY)]).toEqual([0, 0]);
  });

  test('attached otherwise, nothing that was at hand is served', async () => {
    const company = await makeCompany(database.pool);
    await refresh([company]);
    await forge(company);
    await call(database.pool, 'attach_host', { track_changes: false });
    await served(company);
    expect(await lookRecommendations(database.pool, company)).toMatchObject({ refresh_context: false });
    expect(await refresh([company])).toBe(0);
    await call(database.pool, 'attach_host', { track_changes: true });
    await served(company);
    expect(await refresh([company])).toBe(1);
  });
});

describe('maintenance', () => {
  const step = (batch_size: number, cursor: string | null = null) =>
    row<{ done: number; next_cursor: string | null }>(database.pool, 'refresh_changed_companies', { batch_size, cursor });

  test('computes what has changed, batch by batch', async () => {
    const companies = (await Promise.all(Array.from({ length: 5 }, () => makeCompany(database.pool)))).sort();
    const changed = await makeStep(database.pool);
    await step(1000);
    await refresh(companies);
    for (const company of companies) await setStatus(database.pool, company, changed, 'completed');
    const first = await step(3);
    expect(first).toEqual({ done: 3, next_cursor: companies[2] });
    expect(await step(3, first.next_cursor)).toEqual({ done: 2, next_cursor: null });
    for (const company of companies) expect([await kept(company), await changes(company)]).toEqual([await served(company), 0]);
    expect(await step(3)).toEqual({ done: 0, next_cursor: null });
  });

  test('finds that a trigger no longer fires, and serves nothing from hand then', async () => {
    const company = await makeCompany(database.pool);
    await refresh([company]);
    await database.query('ALTER TABLE public.company_journey_steps DISABLE TRIGGER evergreen_statement_insert');
    await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
    expect(await step(10)).toEqual({ done: 0, next_cursor: null });
    await served(company);
    expect(await refresh([company])).toBe(0);
    expect(await one(database.pool, 'SELECT count(*)::integer FROM evergreen.company_changes')).toBe(0);
    await call(database.pool, 'attach_host');
    expect(await refresh([company])).toBe(1);
  });

  test('finds so while another is about to write a hash', async () => {
    const [a, b] = [await makeCompany(database.pool), await makeCompany(database.pool)];
    await refresh([]);
    await refresh([a]);
    await withConnections(database, 1, async ([folder]) => {
      await folder?.query('BEGIN');
      expect(await refresh([b], folder)).toBe(1);
      await database.query('ALTER TABLE public.company_journey_steps DISABLE TRIGGER evergreen_statement_insert');
      await setStatus(database.pool, a, await makeStep(database.pool), 'completed');
      expect(await step(10)).toEqual({ done: 0, next_cursor: null });
      await served(a);
      await folder?.query('COMMIT');
    });
    await call(database.pool, 'attach_host');
    await served(a);
  });

  test('a trigger that fires again by attach_host() makes up for what it missed', async () => {
    const company = await makeCompany(database.pool);
    await refresh([]);
    expect(await refresh([company])).toBe(1);
    await database.query('ALTER TABLE public.company_journey_steps DISABLE TRIGGER evergreen_statement_insert');
    await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
    await call(database.pool, 'attach_host');
    await served(company);
  });
});

describe('bad input', () => {
  test.each([
    [null, 'VG007', 'NULL'],
    [[null], 'VG007', 'NULL'],
    [Array.from({ length: 1001 }, () => EVERYBODY), 'VG006', '1001'],
  ])('companies %#', (company_ids, code, message) =>
    expectRefusal(database.pool, 'refresh_company_contexts', { company_ids }, code, message),
  );

  test('a company whose id stands for all of them is never at hand', async () => {
    await database.query(`INSERT INTO public.companies VALUES ($1, 'Nobody')`, [EVERYBODY]);
    expect(await refresh([EVERYBODY])).toBe(0);
    await served(EVERYBODY);
  });
});
