import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { QueryResultRow } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, contents, expectRefusal } from '../core/calls.js';
import { contextHash, DAY, HOUR, insight, makeCompany, makeDomain, makeStep, saveInsights, setStatus } from './world.js';

const database = useDatabase({ host: true });

interface Found extends QueryResultRow {
  id: string;
  content: string;
  match: string;
  freshness: string;
  times_presented: number;
}

const find = (company: string, args: Record<string, unknown> = {}) =>
  call<Found>(database.pool, 'find_insights', { company_id: company, now: at(), ...args });
const texts = (found: Found[]) => found.map(({ content }) => content);

test('best first; among equals those shown least first; then the newest', async () => {
  const company = await makeCompany(database.pool);
  await saveInsights(
    database.pool,
    company,
    [insight('Older.', 0.7), insight('Best.', 1), insight('Shown.', 0.7), { content: 'Unrated.' }],
    { now: at(-1) },
  );
  await saveInsights(database.pool, company, [insight('Newer.', 0.7)]);
  const shown = (await find(company)).find(({ content }) => content === 'Shown.');
  await call(database.pool, 'mark_presented', { ids: [shown?.id], content_type: 'insight' });
  expect(texts(await find(company, { limit: 10 }))).toEqual(['Best.', 'Newer.', 'Older.', 'Shown.', 'Unrated.']);
  expect(texts(await find(company, { limit: 2 }))).toEqual(['Best.', 'Newer.']);
});

test('showing the first of equals each time goes round among them', async () => {
  const company = await makeCompany(database.pool);
  await saveInsights(
    database.pool,
    company,
    ['a', 'b', 'c'].map((text) => insight(text)),
  );
  const seen: string[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const [first] = await find(company, { limit: 1 });
    seen.push(first?.content as string);
    await call(database.pool, 'mark_presented', { ids: [first?.id], content_type: 'insight' });
  }
  expect(seen.slice(0, 3).sort()).toEqual(['a', 'b', 'c']);
  expect(seen.slice(3)).toEqual(seen.slice(0, 3));
});

/** An insight as it may stand in the table; times are hours before (or, of expiry, after) the injected now. */
interface Row {
  mine: boolean;
  place: string;
  context: string;
  age: number;
  expires: number | null;
  live: boolean;
  version: number;
  relevance: number | null;
  shown: number;
}

test('whatever is there: of this company, this place and this state, fresh before aged; other states only after a failure with none of these', async () => {
  const company = await makeCompany(database.pool);
  const other = await makeCompany(database.pool);
  const domain = await makeDomain(database.pool);
  const current = await contextHash(database.pool, company, 'insight');
  const row: fc.Arbitrary<Row> = fc.record({
    mine: fc.constantFrom(true, true, true, false),
    place: fc.constantFrom('*/*', `${domain}/*`),
    context: fc.constantFrom(current, current, 'a'.repeat(64)),
    age: fc.oneof(fc.nat(40 * 24), fc.constantFrom(...[30, 31].flatMap((days) => [days * 24 - 1, days * 24]))),
    expires: fc.option(fc.integer({ min: -30, max: 30 }), { freq: 3 }),
    live: fc.constantFrom(true, true, true, false),
    version: fc.constantFrom(1, 1, 1, 2),
    relevance: fc.option(fc.constantFrom(0.5, 0.75, 1), { freq: 5 }),
    shown: fc.nat(2),
  });

  const expected = (rows: (Row & { id: string })[], place: string, limit: number, afterFailure: boolean) => {
    const past = (given: Row) => (given.expires === null ? given.age - 30 * 24 : -given.expires);
    const best = (a: Row & { id: string }, b: Row & { id: string }) =>
      (b.relevance ?? 0) - (a.relevance ?? 0) || a.shown - b.shown || a.age - b.age || (a.id < b.id ? -1 : 1);
    const mine = rows.filter((given) => given.mine && given.place === place && given.version === 1).sort(best);
    const now = mine.filter((given) => given.context === current && given.live);
    const tiers = [
      now.filter((given) => past(given) < 0).map(({ id }) => ({ id, match: 'current', freshness: 'fresh' })),
      now.filter((given) => past(given) >= 0 && past(given) < 24).map(({ id }) => ({ id, match: 'current', freshness: 'stale' })),
      mine
        .filter((given) => afterFailure && given.age < 30 * 24)
        .map(({ id, context, live }) => ({
          id,
          match: context !== current ? 'other_context' : live ? 'expired' : 'stale',
          freshness: 'expired',
        })),
    ];
    return (tiers.find((tier) => tier.length > 0) ?? []).slice(0, limit);
  };

  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 10 }), fc.integer({ min: 1, max: 4 }), fc.boolean(), async (rows, limit, afterFailure) => {
      await database.query('DELETE FROM evergreen.ai_generated_insights');
      const written = rows.map((given) => ({ ...given, id: randomUUID() }));
      await database.query(
        `INSERT INTO evergreen.ai_generated_insights (id, company_id, content, asked_for, context_hash, relevance_score, generation_model, generated_at, expires_at,
           times_presented, invalidated_at, schema_version)
         SELECT id, company_id, content, ARRAY[place], context_hash, relevance_score, 'm', generated_at, expires_at, times_presented, invalidated_at, schema_version
           FROM jsonb_to_recordset($1) AS r (id uuid, company_id uuid, content text, place text, context_hash text, relevance_score double precision,
             generated_at timestamptz, expires_at timestamptz, times_presented integer, invalidated_at timestamptz, schema_version integer)`,
        [
          JSON.stringify(
            written.map((given, index) => ({
              id: given.id,
              company_id: given.mine ? company : other,
              content: `Text ${index}`,
              place: given.place,
              context_hash: given.context,
              relevance_score: given.relevance,
              generated_at: at(-given.age * HOUR),
              expires_at: given.expires === null ? null : at(given.expires * HOUR),
              times_presented: given.shown,
              invalidated_at: given.live ? null : at(),
              schema_version: given.version,
            })),
          ),
        ],
      );
      for (const [place, args] of [
        ['*/*', {}],
        [`${domain}/*`, { domain_id: domain }],
      ] as const) {
        const found = await find(company, { limit, after_failure: afterFailure, ...args });
        expect(found.map(({ id, match, freshness }) => ({ id, match, freshness }))).toEqual(expected(written, place, limit, afterFailure));
      }
    }),
    { numRuns: 60 },
  );
});

test('of another state: nothing, until a generation has failed, and then not beyond stale_if_error', async () => {
  const company = await makeCompany(database.pool);
  await saveInsights(database.pool, company, [insight('Of before.')]);
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  expect(await find(company)).toEqual([]);
  expect(await find(company, { after_failure: true, now: at(30 * DAY - 1) })).toMatchObject([
    { content: 'Of before.', match: 'other_context', freshness: 'expired' },
  ]);
  expect(await find(company, { after_failure: true, now: at(30 * DAY) })).toEqual([]);
});

test('writes nothing', async () => {
  const company = await makeCompany(database.pool);
  await saveInsights(database.pool, company, [insight('Text.')]);
  const before = await contents(database.pool);
  await find(company);
  expect(await contents(database.pool)).toEqual(before);
});

describe('bad input', () => {
  test('a limit that is NULL, negative, zero or over 100', async () => {
    const company = await makeCompany(database.pool);
    for (const limit of [null, -1, 0])
      await expectRefusal(database.pool, 'find_insights', { company_id: company, limit }, 'VG007', `${limit ?? 'NULL'}`);
    await expectRefusal(database.pool, 'find_insights', { company_id: company, limit: 101 }, 'VG006', '101');
  });

  test('a company, a domain or a step that the application does not have', async () => {
    const [company, nobody] = [await makeCompany(database.pool), randomUUID()];
    await expectRefusal(database.pool, 'find_insights', { company_id: nobody }, 'VG002', nobody);
    await expectRefusal(database.pool, 'find_insights', { company_id: null }, 'VG007', 'NULL');
    await expectRefusal(database.pool, 'find_insights', { company_id: company, domain_id: nobody }, 'VG002', `domain ${nobody}`);
    await expectRefusal(database.pool, 'find_insights', { company_id: company, step_id: nobody }, 'VG002', `step ${nobody}`);
  });
});
