import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { QueryResultRow } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, contents, expectRefusal, withConnections } from '../core/calls.js';
import {
  contextHash,
  DAY,
  HOUR,
  insertRows,
  item,
  makeCompany,
  makeStep,
  makeSteps,
  recommendationsOf,
  saveRecommendations,
  setStatus,
} from './world.js';

const database = useDatabase({ host: true });

interface Found extends QueryResultRow {
  id: string;
  step_id: string | null;
  content: { title: string };
  status: string;
  match: string;
  freshness: string;
}

const find = (company: string, args: Record<string, unknown> = {}) =>
  call<Found>(database.pool, 'find_recommendations', { company_id: company, now: at(), ...args });

const titles = (found: Found[]) => found.map(({ content }) => content.title);

/** A row as it may stand in the table; times are hours before (or, of expiry, after) the injected now. */
interface Row {
  mine: boolean;
  subject: number;
  context: string;
  status: string;
  age: number;
  expires: number | null;
  version: number;
  rank: number;
}

const row: fc.Arbitrary<Row> = fc.record({
  mine: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  subject: fc.nat(7),
  context: fc.oneof({ weight: 2, arbitrary: fc.constant('current') }, fc.constantFrom('x', 'y')),
  status: fc.oneof(fc.constantFrom('fresh', 'active'), fc.constantFrom('fresh', 'active', 'completed', 'stale')),
  age: fc.oneof(fc.nat(40 * 24), fc.constantFrom(1, 2, 14 * 24 - 1, 14 * 24, 15 * 24 - 1, 15 * 24, 30 * 24 - 1, 30 * 24)),
  expires: fc.option(fc.integer({ min: -30, max: 30 }), { freq: 3 }),
  version: fc.constantFrom(1, 1, 1, 2),
  rank: fc.integer({ min: 1, max: 3 }),
});

const keyOf = ({ mine, subject, context }: Row) => `${mine} ${subject} ${context}`;

describe('any content whatever', () => {
  let company: string;
  let other: string;
  let steps: string[];
  beforeAll(async () => {
    company = await makeCompany(database.pool);
    other = await makeCompany(database.pool);
    steps = await makeSteps(database.pool, 5);
  });

  /** Subjects from 5 on are general recommendations. */
  const stepOf = (subject: number) => steps[subject] ?? null;

  interface Written extends Row {
    id: string;
  }

  async function write(rows: Row[], completed: number[]): Promise<Written[]> {
    await database.query('DELETE FROM evergreen.ai_generated_recommendations');
    await database.query('DELETE FROM public.company_journey_steps');
    for (const id of [company, other])
      for (const subject of completed) await setStatus(database.pool, id, steps[subject] as string, 'completed');
    const current = await contextHash(database.pool, company);
    const written = rows.map((row) => ({ ...row, id: randomUUID() }));
    await insertRows(
      database.pool,
      'ai_generated_recommendations',
      written.map((row) => ({
        id: row.id,
        company_id: row.mine ? company : other,
        step_id: stepOf(row.subject),
        recommendation_key: '',
        content: item(stepOf(row.subject), `Title ${row.subject}`),
        context_hash: row.context === 'current' ? current : (row.context === 'x' ? 'a' : 'b').repeat(64),
        status: row.status,
        generation_model: 'm',
        generated_at: at(-row.age * HOUR),
        expires_at: row.expires === null ? null : at(row.expires * HOUR),
        times_presented: 0,
        rank: row.rank,
        revision: 1,
        schema_version: row.version,
      })),
    );
    return written;
  }

  /** How many hours ago it stopped being fresh. */
  const past = (row: Row) => (row.expires === null ? row.age - 14 * 24 : -row.expires);

  /** DESIGN 12 once more, in another language: this context, another one, and after a failure what is stale or expired. */
  function expected(rows: Written[], completed: number[], limit: number, afterFailure: boolean): { id: string; match: string }[] {
    const eligible = rows.filter((row) => row.mine && row.version === 1 && row.status !== 'completed' && !completed.includes(row.subject));
    const live = eligible.filter((row) => row.status !== 'stale');
    const newest = (a: Written, b: Written) => a.age - b.age || a.rank - b.rank || (a.id < b.id ? -1 : 1);
    const tiers: [string, Written[]][] = [
      ['current', live.filter((row) => row.context === 'current' && past(row) < 0)],
      ['current', live.filter((row) => row.context === 'current' && past(row) >= 0 && past(row) < 24)],
      ['other_context', live.filter((row) => row.context !== 'current' && past(row) < 0)],
      ['', afterFailure ? eligible.filter((row) => row.age < 30 * 24) : []],
    ];
    const shown: { id: string; match: string }[] = [];
    const subjects = new Set<number>();
    for (const [match, tier] of tiers) {
      for (const row of tier.sort(newest)) {
        if (shown.length === limit || subjects.has(row.subject)) continue;
        subjects.add(row.subject);
        shown.push({ id: row.id, match: match || (row.status === 'stale' ? 'stale' : 'expired') });
      }
    }
    return shown;
  }

  const state = fc.record({
    rows: fc.uniqueArray(row, { selector: keyOf, maxLength: 14 }),
    completed: fc.subarray([0, 1, 2, 3, 4], { maxLength: 2 }),
    limit: fc.integer({ min: 1, max: 6 }),
    afterFailure: fc.boolean(),
  });

  test('is answered in the order of the fallback, at most p_limit, no step twice, none completed, none of another company', async () => {
    await fc.assert(
      fc.asyncProperty(state, async ({ rows, completed, limit, afterFailure }) => {
        const written = await write(rows, completed);
        const found = await find(company, { limit, after_failure: afterFailure });

        expect(found.length).toBeLessThanOrEqual(limit);
        const subjects = found.map(({ step_id, content }) => step_id ?? content.title);
        expect(new Set(subjects).size).toBe(subjects.length);
        expect(found.filter(({ step_id }) => step_id !== null && completed.includes(steps.indexOf(step_id)))).toEqual([]);
        const mine = written.filter(({ mine }) => mine).map(({ id }) => id);
        expect(found.filter(({ id }) => !mine.includes(id))).toEqual([]);

        expect(found.map(({ id, match }) => ({ id, match }))).toEqual(expected(written, completed, limit, afterFailure));
        // The seed's function answers the same rows.
        const rowsOfSeed = await call(database.pool, 'get_recommendations_with_fallback', {
          company_id: company,
          limit,
          after_failure: afterFailure,
          now: at(),
        });
        expect(rowsOfSeed.map(({ id }) => id)).toEqual(found.map(({ id }) => id));
      }),
      { numRuns: 80 },
    );
  });
});

describe('R20 R21', () => {
  test('R20: three rows of one step that the company has completed since are not three recommendations of it', async () => {
    const company = await makeCompany(database.pool);
    const [done, open, another] = (await makeSteps(database.pool, 3)) as [string, string, string];
    for (const [index, step] of [done, open, another].entries()) {
      await saveRecommendations(database.pool, company, [item(done), item(open)], { now: at(-index * HOUR) });
      await setStatus(database.pool, company, step, 'in_progress');
    }
    await setStatus(database.pool, company, done, 'completed');
    const found = await find(company);
    expect(found.map(({ step_id, match }) => [step_id, match])).toEqual([[open, 'other_context']]);
  });

  test('R21: after maintenance has marked everything stale, a failed generation can still be excused with it, and it is labelled', async () => {
    const company = await makeCompany(database.pool);
    const [a, b, c] = (await makeSteps(database.pool, 3)) as [string, string, string];
    await saveRecommendations(database.pool, company, [item(a), item(b), item(c)]);
    await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
    await database.query('CALL evergreen.ai_daily_maintenance()');
    expect(await find(company)).toEqual([]);
    expect(await find(company, { after_failure: true })).toMatchObject(
      [a, b, c].map((step_id) => ({ step_id, match: 'stale', freshness: 'expired', status: 'stale' })),
    );
  });

  test('R21: expired content is no answer, but an excuse as long as stale_if_error forgives', async () => {
    const company = await makeCompany(database.pool);
    await saveRecommendations(database.pool, company, [item(null)]);
    expect(await find(company, { now: at(15 * DAY) })).toEqual([]);
    expect(await find(company, { now: at(15 * DAY), after_failure: true })).toMatchObject([{ match: 'expired' }]);
    expect(await find(company, { now: at(30 * DAY - 1), after_failure: true })).toMatchObject([{ match: 'expired' }]);
    expect(await find(company, { now: at(30 * DAY), after_failure: true })).toEqual([]);
  });
});

test("keeps the model's order within one answer, and ties by id", async () => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(
    database.pool,
    company,
    ['first', 'second', 'third', 'fourth'].map((title) => item(null, title)),
  );
  expect(titles(await find(company))).toEqual(['first', 'second', 'third']);
  await database.query('UPDATE evergreen.ai_generated_recommendations SET rank = 1');
  const ids = (await find(company, { limit: 4 })).map(({ id }) => id);
  expect(ids).toEqual([...ids].sort());
});

test('what is fresh comes before what has just aged, and both together are no more than the limit', async () => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null, 'fresh')], { now: at(-1) });
  await saveRecommendations(
    database.pool,
    company,
    ['a', 'b', 'c'].map((title) => item(null, title)),
    { expires_at: at(-1) },
  );
  expect(titles(await find(company, { limit: 2 }))).toEqual(['fresh', 'a']);
  expect((await find(company, { limit: 10 })).map(({ freshness }) => freshness)).toEqual(['fresh', 'stale', 'stale', 'stale']);
});

test('a changed policy works at once, on what is there', async () => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null)]);
  const freshness = async () => (await find(company, { now: at(3 * DAY) })).map((found) => found.freshness);
  expect(await freshness()).toEqual(['fresh']);
  await call(database.pool, 'set_content_policy', { content_type: 'recommendation', max_age: '2 days', stale_while_revalidate: '2 days' });
  expect(await freshness()).toEqual(['stale']);
  await call(database.pool, 'set_content_policy', { content_type: 'recommendation', max_age: '1 day', stale_while_revalidate: '1 day' });
  expect(await freshness()).toEqual([]);
  await call(database.pool, 'set_content_policy', { content_type: 'recommendation', max_age: '14 days', stale_while_revalidate: '1 day' });
});

test("a row's own expires_at overrules the policy, also one that never comes", async () => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null, 'short')], { expires_at: at(HOUR) });
  expect(await find(company, { now: at(HOUR - 1) })).toMatchObject([{ freshness: 'fresh' }]);
  expect(await find(company, { now: at(HOUR) })).toMatchObject([{ freshness: 'stale' }]);
  expect(await find(company, { now: at(HOUR + DAY) })).toEqual([]);
  await saveRecommendations(database.pool, company, [item(null, 'for ever')], { expires_at: 'infinity' });
  expect(await find(company, { now: at(4000 * DAY) })).toMatchObject([{ freshness: 'fresh', content: { title: 'for ever' } }]);
});

test('writes nothing', async () => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null)]);
  const before = await contents(database.pool);
  for (let turn = 0; turn < 3; turn++) await find(company);
  expect(await contents(database.pool)).toEqual(before);
});

describe('10,000 live rows of one company', () => {
  let company: string;
  beforeAll(async () => {
    company = await makeCompany(database.pool);
    await database.query(
      `INSERT INTO evergreen.ai_generated_recommendations (company_id, recommendation_key, content, context_hash, generation_model, generated_at, status)
       SELECT $1, 'general:' || n, '{"title": "x"}', encode(sha256((n / 100)::text::bytea), 'hex'), 'm', $2::timestamptz - make_interval(secs => n),
              (ARRAY['fresh', 'active'])[1 + n % 2]
         FROM generate_series(1, 10000) AS n`,
      [company, at()],
    );
  });

  afterAll(() => database.query('DELETE FROM public.companies WHERE id = $1', [company]));

  /** How many rows of the table a find reads, the sixth time, when its plans have settled. */
  async function reads(): Promise<{ whole: number; rows: number; found: number }> {
    return withConnections(database, 1, async ([client]) => {
      const look = async () =>
        (await client?.query('SELECT * FROM evergreen.find_recommendations($1, 3, false, $2)', [company, at()]))?.rowCount ?? 0;
      const counters = async () =>
        (
          await client?.query<{ whole: number; rows: number }>(
            `SELECT seq_scan::integer AS whole, (seq_tup_read + idx_tup_fetch)::integer AS rows
               FROM pg_stat_xact_user_tables WHERE schemaname = 'evergreen' AND relname = 'ai_generated_recommendations'`,
          )
        )?.rows[0] ?? { whole: 0, rows: 0 };
      for (let turn = 0; turn < 5; turn++) await look();
      const before = await counters();
      const found = await look();
      const after = await counters();
      return { whole: after.whole - before.whole, rows: after.rows - before.rows, found };
    });
  }

  test.each([0, 50, 10_000])(
    'with %i of them of the present state: the rows that it needs are read by index, and few more',
    async (current) => {
      await database.query(
        `UPDATE evergreen.ai_generated_recommendations SET context_hash = $2
        WHERE company_id = $1 AND substr(recommendation_key, 9)::integer <= $3`,
        [company, await contextHash(database.pool, company), current],
      );
      await database.query('VACUUM ANALYZE evergreen.ai_generated_recommendations');
      const { whole, rows, found } = await reads();
      expect({ whole, found }).toEqual({ whole: 0, found: 3 });
      // A loop of plpgsql fetches ten rows ahead.
      expect(rows).toBeLessThanOrEqual(20);
    },
  );
});

describe('bad input', () => {
  test('R22: a limit that is NULL, negative, zero or over 100', async () => {
    const company = await makeCompany(database.pool);
    await saveRecommendations(
      database.pool,
      company,
      Array.from({ length: 7 }, (_, n) => item(null, `Title ${n}`)),
    );
    for (const limit of [null, -1, 0])
      await expectRefusal(database.pool, 'find_recommendations', { company_id: company, limit }, 'VG007', `${limit ?? 'NULL'}`);
    await expectRefusal(database.pool, 'find_recommendations', { company_id: company, limit: 101 }, 'VG006', '101');
    expect(await find(company, { limit: 100 })).toHaveLength(7);
    expect(await recommendationsOf(database.pool, company)).toHaveLength(7);
  });

  test('R24: a company that the application does not have', async () => {
    const nobody = randomUUID();
    await expectRefusal(database.pool, 'find_recommendations', { company_id: nobody }, 'VG002', nobody);
  });

  test('NULL for the company', () => expectRefusal(database.pool, 'find_recommendations', { company_id: null }, 'VG007', 'NULL'));
});
