import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { call, expectRefusal, one, untilBlocked, value, withConnections } from '../core/calls.js';
import { click, contextHash, makeCompany, makeDomain, makeStep, makeSteps, setLevel, setStatus } from './world.js';

const database = useDatabase({ host: true });

const generate = (company: string) => value<string>(database.pool, 'generate_company_context_hash', { company_id: company });

interface Snapshot {
  context_hash: string;
  context_data: Record<string, unknown>;
  created_at: Date;
  last_seen_at: Date;
}

const snapshotsOf = (company: string) =>
  database.query<Snapshot & Record<string, unknown>>(
    'SELECT * FROM evergreen.ai_context_snapshots WHERE company_id = $1 ORDER BY last_seen_at',
    [company],
  );

test('answers the hash of the state now and keeps that state, once', async () => {
  const company = await makeCompany(database.pool);
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  const hash = await contextHash(database.pool, company);
  expect(await generate(company)).toBe(hash);
  expect(await generate(company)).toBe(hash);
  expect(await snapshotsOf(company)).toMatchObject([
    { context_hash: hash, context_data: await value(database.pool, 'company_context', { company_id: company }) },
  ]);
});

test('R13: a click makes no second snapshot', async () => {
  const company = await makeCompany(database.pool);
  await generate(company);
  await click(database.pool, company, '2030-01-01T00:00:00Z');
  await generate(company);
  expect(await snapshotsOf(company)).toHaveLength(1);
});

test('R01: a state that returns is its earlier snapshot again, seen last', async () => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  const a = await generate(company);
  await setStatus(database.pool, company, step, 'completed');
  const b = await generate(company);
  expect((await snapshotsOf(company)).map((snapshot) => snapshot.context_hash)).toEqual([a, b]);
  await setStatus(database.pool, company, step, null);
  expect(await generate(company)).toBe(a);
  expect((await snapshotsOf(company)).map((snapshot) => snapshot.context_hash)).toEqual([b, a]);
});

test('moves last_seen_at forward, never back, and leaves created_at', async () => {
  const company = await makeCompany(database.pool);
  await generate(company);
  await database.query(
    `UPDATE evergreen.ai_context_snapshots SET created_at = '2020-01-01', last_seen_at = '2020-01-01' WHERE company_id = $1`,
    [company],
  );
  await generate(company);
  const [seen] = await snapshotsOf(company);
  expect(seen?.last_seen_at.getTime()).toBeGreaterThan(Date.now() - 60_000);
  expect(seen?.created_at.getUTCFullYear()).toBeLessThan(2021);
  await database.query(`UPDATE evergreen.ai_context_snapshots SET last_seen_at = '2099-01-01' WHERE company_id = $1`, [company]);
  await generate(company);
  expect((await snapshotsOf(company))[0]?.last_seen_at.getUTCFullYear()).toBeGreaterThan(2097);
});

describe('a company with 10,000 steps', () => {
  let company: string;
  let steps: string[];
  beforeAll(async () => {
    company = await makeCompany(database.pool);
    steps = await makeSteps(database.pool, 10_000);
    await database.query(`INSERT INTO public.company_journey_steps SELECT $1, s, 'completed' FROM unnest($2::uuid[]) AS s`, [
      company,
      steps,
    ]);
  });

  test('keeps a snapshot of context_max_items ids that says how many there were', async () => {
    const hash = await generate(company);
    expect(hash).toBe(await contextHash(database.pool, company));
    const [snapshot] = await snapshotsOf(company);
    expect(snapshot?.context_data.completed_steps).toEqual([...steps].sort().slice(0, 200));
    expect(snapshot?.context_data.truncated).toEqual({ completed_steps: 10_000 });
    expect(
      await one<number>(
        database.pool,
        'SELECT octet_length(context_data::text) FROM evergreen.ai_context_snapshots WHERE company_id = $1',
        [company],
      ),
    ).toBeLessThan(10_000);
  });

  test('still has another hash when one step beyond the bound changes', async () => {
    const before = await contextHash(database.pool, company);
    const last = [...steps].sort().at(-1) as string;
    await setStatus(database.pool, company, last, 'in_progress');
    expect(await contextHash(database.pool, company)).not.toBe(before);
    await setStatus(database.pool, company, last, 'completed');
    expect(await contextHash(database.pool, company)).toBe(before);
  });

  test('is bounded in every list: other statuses and levels too', async () => {
    const other = await makeCompany(database.pool);
    await database.query(`INSERT INTO public.company_journey_steps SELECT $1, s, 'skipped' FROM unnest($2::uuid[]) AS s`, [
      other,
      steps.slice(0, 1000),
    ]);
    await database.query(
      `WITH d AS (INSERT INTO public.journey_domains (name) SELECT 'Domain ' || n FROM generate_series(1, 1000) AS n RETURNING id)
      INSERT INTO public.company_domain_progress SELECT $1, id, 'low' FROM d`,
      [other],
    );
    await generate(other);
    const [snapshot] = await snapshotsOf(other);
    const data = snapshot?.context_data as {
      other_steps: { skipped: string[]; truncated: unknown };
      domain_levels: Record<string, string>;
      truncated?: unknown;
    };
    expect(data.other_steps.skipped).toHaveLength(200);
    expect(data.other_steps.truncated).toEqual({ skipped: 1000 });
    expect(Object.keys(data.domain_levels)).toHaveLength(200);
    expect(data.truncated).toEqual({ domain_levels: 1000 });
  });

  test('follows a changed policy at once', async () => {
    await call(database.pool, 'set_content_policy', { content_type: 'recommendation', context_max_items: 3 });
    await setLevel(database.pool, company, await makeDomain(database.pool), 'low');
    await generate(company);
    expect((await snapshotsOf(company)).at(-1)?.context_data.completed_steps).toHaveLength(3);
  });
});

test('two connections that see a new state at once keep one snapshot, and neither fails', async () => {
  const company = await makeCompany(database.pool);
  await withConnections(database, 2, async ([first, second]) => {
    await first?.query('BEGIN');
    const hash = await value<string>(first as Client, 'generate_company_context_hash', { company_id: company });
    const waiting = value<string>(second as Client, 'generate_company_context_hash', { company_id: company });
    await untilBlocked(database, 1);
    await first?.query('COMMIT');
    expect(await waiting).toBe(hash);
  });
  expect(await snapshotsOf(company)).toHaveLength(1);
});

describe('bad input', () => {
  test('R24: a company that the application does not have', async () => {
    const nobody = randomUUID();
    await expectRefusal(database.pool, 'generate_company_context_hash', { company_id: nobody }, 'VG002', nobody);
  });

  test('a company that is gone and has left its steps behind', async () => {
    const gone = randomUUID();
    await database.query('ALTER TABLE public.company_journey_steps DROP CONSTRAINT company_journey_steps_company_id_fkey');
    await setStatus(database.pool, gone, await makeStep(database.pool), 'completed');
    await expectRefusal(database.pool, 'generate_company_context_hash', { company_id: gone }, 'VG002', gone);
  });

  test('NULL', () => expectRefusal(database.pool, 'generate_company_context_hash', { company_id: null }, 'VG007', 'NULL'));
});
