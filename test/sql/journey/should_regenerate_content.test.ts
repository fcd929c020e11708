import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { useDatabase } from '../../support/database.js';
import { at, call, contents, expectRefusal, refusal, row, value } from '../core/calls.js';
import {
  bring,
  contextHash,
  ELSEWHERE,
  HOUR,
  insertRows,
  insight,
  item,
  lookHealth,
  lookInsights,
  lookRecommendations,
  makeCompany,
  makeDomain,
  makeStep,
  makeSteps,
  saveHealth,
  saveInsights,
  saveRecommendations,
  setStatus,
} from './world.js';

const database = useDatabase({ host: true });

const should = (company: string, content_type = 'recommendation', context_hash: string | null = null) =>
  value<boolean>(database.pool, 'should_regenerate_content', { company_id: company, content_type, context_hash });

const save = {
  recommendation: (company: string, now: string) => saveRecommendations(database.pool, company, [item(null)], { now }),
  insight: (company: string, now: string) => saveInsights(database.pool, company, [insight('Cash is king.')], { now }),
  health: (company: string, now: string) => saveHealth(database.pool, company, { headline: 'Well' }, { now }),
};
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

describe.each([
  ['recommendation', 14],
  ['insight', 30],
  ['health', 7],
] as const)('%s', (type, maxAge) => {
  test('R08: nothing there: true, without any snapshot', async () => {
    expect(await should(await makeCompany(database.pool), type)).toBe(true);
  });

  test('R06: asked with the hash just generated, and nothing there for it: true', async () => {
    const company = await makeCompany(database.pool);
    const hash = await value<string>(database.pool, 'generate_company_context_hash', { company_id: company });
    expect(await should(company, type, hash)).toBe(true);
  });

  test(`${maxAge} days: false until then, true from then on`, async () => {
    const [young, old] = [await makeCompany(database.pool), await makeCompany(database.pool)];
    await save[type](young, daysAgo(maxAge - 0.01));
    await save[type](old, daysAgo(maxAge));
    expect(await should(young, type)).toBe(false);
    expect(await should(old, type)).toBe(true);
  });

  test('R01: A, B, A is false; B, for which there is nothing, is true', async () => {
    const company = await makeCompany(database.pool);
    const step = await makeStep(database.pool);
    await save[type](company, daysAgo(1));
    await setStatus(database.pool, company, step, 'completed');
    expect(await should(company, type)).toBe(true);
    await setStatus(database.pool, company, step, null);
    expect(await should(company, type)).toBe(false);
    expect(await should(company, type)).toBe(false);
  });

  test('R07: NULL for the hash asks about the present state; another hash is true', async () => {
    const company = await makeCompany(database.pool);
    expect(await should(company, type, null)).toBe(true);
    await save[type](company, daysAgo(1));
    expect(await should(company, type, null)).toBe(false);
    expect(await should(company, type, await contextHash(database.pool, company, type))).toBe(false);
    expect(await should(company, type, ELSEWHERE)).toBe(true);
  });

  test('R10: expired by its own expires_at: true', async () => {
    const company = await makeCompany(database.pool);
    await save[type](company, daysAgo(1));
    const table = { recommendation: 'recommendations', insight: 'insights' }[type as string];
    await database.query(
      `UPDATE evergreen.${table ? `ai_generated_${table}` : 'ai_business_health_summaries'} SET expires_at = now() WHERE company_id = $1`,
      [company],
    );
    expect(await should(company, type)).toBe(true);
  });
});

test('R09: all completed: true', async () => {
  const company = await makeCompany(database.pool);
  const { content } = await saveRecommendations(database.pool, company, [item(null)], { now: daysAgo(1) });
  expect(await should(company)).toBe(false);
  await bring(database.pool, content[0]?.id as string, 'completed');
  expect(await should(company)).toBe(true);
});

/** When a row was made, by which schema version, whether it is invalidated, and when it expires; hours around the injected now. */
interface State {
  context: string;
  age: number;
  expires: number | null;
  version: number;
  live: boolean;
}
const state = {
  context: fc.constantFrom('current', 'current', 'a', 'b'),
  age: fc.oneof(fc.nat(40 * 24), fc.constantFrom(...[7, 8, 14, 15, 30, 31].flatMap((days) => [days * 24 - 1, days * 24]))),
  expires: fc.option(fc.integer({ min: -30, max: 30 }), { freq: 3 }),
  version: fc.constantFrom(1, 1, 1, 2),
  live: fc.constantFrom(true, true, true, false),
};

describe('whatever is there, it says false exactly when a lookup says fresh', () => {
  let company: string;
  let domain: string;
  let steps: string[];
  beforeAll(async () => {
    company = await makeCompany(database.pool);
    domain = await makeDomain(database.pool);
    steps = await makeSteps(database.pool, 4);
  });

  const common = async ({ context, age, expires, version }: State, type: string) => ({
    id: randomUUID(),
    company_id: company,
    context_hash: context === 'current' ? await contextHash(database.pool, company, type) : context.repeat(64),
    generation_model: 'm',
    generated_at: at(-age * HOUR),
    expires_at: expires === null ? null : at(expires * HOUR),
    times_presented: 0,
    schema_version: version,
  });

  const explain = (content_type: string) =>
    row<{ regenerate: boolean; reason: string }>(database.pool, 'explain_regeneration', { company_id: company, content_type, now: at() });

  test('recommendations, of any status, completed in the application or not', async () => {
    const rows = fc.uniqueArray(
      fc.record({ ...state, subject: fc.nat(5), status: fc.constantFrom('fresh', 'active', 'completed', 'stale') }),
      { selector: ({ subject, context }) => `${subject} ${context}`, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(rows, fc.subarray([0, 1, 2, 3], { maxLength: 3 }), async (rows, completed) => {
        await database.query('DELETE FROM evergreen.ai_generated_recommendations');
        await database.query('DELETE FROM public.company_journey_steps');
        for (const subject of completed) await setStatus(database.pool, company, steps[subject] as string, 'completed');
        await insertRows(
          database.pool,
          'ai_generated_recommendations',
          await Promise.all(
            rows.map(async (given) => ({
              ...(await common(given, 'recommendation')),
              step_id: steps[given.subject] ?? null,
              recommendation_key: '',
              content: item(steps[given.subject] ?? null, `Title ${given.subject}`),
              status: given.status,
              rank: 1,
              revision: 1,
            })),
          ),
        );
        const explained = await explain('recommendation');
        const looked = await lookRecommendations(database.pool, company);
        expect({ fresh: looked.freshness === 'fresh', reason: looked.reason }).toEqual({
          fresh: !explained.regenerate,
          reason: explained.regenerate ? explained.reason : 'hit',
        });
        expect(looked.freshness === 'missing').toBe(rows.length === 0);
      }),
      { numRuns: 60 },
    );
  });

  test('insights, of any place', async () => {
    const rows = fc.array(fc.record({ ...state, place: fc.constantFrom('*', 'domain'), relevance: fc.constantFrom(0.5, 0.7, 0.9) }), {
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 4 }), async (rows, limit) => {
        await database.query('DELETE FROM evergreen.ai_generated_insights');
        for (const [index, given] of rows.entries()) {
          const place = given.place === '*' ? '*/*' : `${domain}/*`;
          const { id, company_id, context_hash, generated_at, expires_at, schema_version } = await common(given, 'insight');
          await database.query(
            `INSERT INTO evergreen.ai_generated_insights (id, company_id, content, asked_for, context_hash, relevance_score, generation_model, generated_at,
               expires_at, schema_version, invalidated_at)
             VALUES ($1, $2, $3, ARRAY[$4], $5, $6, 'm', $7, $8, $9, $10)`,
            [
              id,
              company_id,
              `Text ${index}`,
              place,
              context_hash,
              given.relevance,
              generated_at,
              expires_at,
              schema_version,
              given.live ? null : at(),
            ],
          );
        }
        const explained = await explain('insight');
        const everywhere = await lookInsights(database.pool, company, { limit });
        const domains = await lookInsights(database.pool, company, { limit, domain_id: domain });
        expect([everywhere.freshness, domains.freshness].includes('fresh')).toBe(!explained.regenerate);
        for (const looked of [everywhere, domains]) expect(looked.reason === 'hit').toBe(looked.freshness === 'fresh');
        for (const looked of [everywhere, domains]) expect(looked.reason).not.toBe('not_needed');
      }),
      { numRuns: 60 },
    );
  });

  test('health', async () => {
    const rows = fc.uniqueArray(fc.record(state), { selector: ({ context }) => context, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(rows, async (rows) => {
        await database.query('DELETE FROM evergreen.ai_business_health_summaries');
        await insertRows(
          database.pool,
          'ai_business_health_summaries',
          await Promise.all(
            rows.map(async (given) => ({
              ...(await common(given, 'health')),
              content: { headline: 'Well' },
              invalidated_at: given.live ? null : at(),
              revision: 1,
            })),
          ),
        );
        const explained = await explain('health');
        const looked = await lookHealth(database.pool, company);
        expect({ fresh: looked.freshness === 'fresh', reason: looked.reason }).toEqual({
          fresh: !explained.regenerate,
          reason: explained.regenerate ? explained.reason : 'hit',
        });
      }),
      { numRuns: 40 },
    );
  });
});

test('a company with 10,000 snapshots is answered without reading the snapshots', async () => {
  const company = await makeCompany(database.pool);
  await database.query(
    `INSERT INTO evergreen.ai_context_snapshots (company_id, context_hash, context_data)
     SELECT $1, encode(sha256(n::text::bytea), 'hex'), '{}' FROM generate_series(1, 10000) AS n`,
    [company],
  );
  await save.recommendation(company, daysAgo(1));
  const client = await database.pool.connect();
  const rows = async () =>
    (
      await client.query<{ rows: number }>(
        `SELECT (seq_tup_read + idx_tup_fetch)::integer AS rows FROM pg_stat_xact_user_tables WHERE relname = 'ai_context_snapshots' AND schemaname = 'evergreen'`,
      )
    ).rows[0]?.rows ?? 0;
  try {
    const before = await rows();
    expect(await value(client, 'should_regenerate_content', { company_id: company, content_type: 'recommendation' })).toBe(false);
    expect((await rows()) - before).toBe(0);
  } finally {
    client.release();
    await database.query('DELETE FROM evergreen.ai_context_snapshots');
  }
});

test('R23: writes nothing', async () => {
  const company = await makeCompany(database.pool);
  const before = await contents(database.pool);
  for (const type of ['recommendation', 'insight', 'health']) await should(company, type);
  expect(await contents(database.pool)).toEqual(before);
});

describe('bad input', () => {
  test("R07: an unknown content type, the prompts' names among them, is an error that lists the known", async () => {
    const company = await makeCompany(database.pool);
    for (const content_type of ['peer_insight', 'health_summary', 'Recommendation', null]) {
      await expectRefusal(
        database.pool,
        'should_regenerate_content',
        { company_id: company, content_type },
        'VG001',
        content_type ?? 'NULL',
      );
      expect((await refusal(call(database.pool, 'should_regenerate_content', { company_id: company, content_type }))).hint).toContain(
        'recommendation',
      );
    }
  });

  test('a company that the application does not have, NULL, or a context hash that is none', async () => {
    const [company, nobody] = [await makeCompany(database.pool), randomUUID()];
    const args = { company_id: company, content_type: 'insight' };
    await expectRefusal(database.pool, 'should_regenerate_content', { ...args, company_id: nobody }, 'VG002', nobody);
    await expectRefusal(database.pool, 'should_regenerate_content', { ...args, company_id: null }, 'VG007', 'NULL');
    await expectRefusal(database.pool, 'should_regenerate_content', { ...args, context_hash: 'abc' }, 'VG007', "'abc'");
  });
});
