import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, call, expectRefusal, refusal, row, value } from '../core/calls.js';
import {
  bring,
  click,
  contextHash,
  DAY,
  ELSEWHERE,
  HOUR,
  insight,
  item,
  makeCompany,
  makeDomain,
  makeStep,
  makeSteps,
  saveHealth,
  saveInsights,
  saveRecommendations,
  setLevel,
  setStatus,
} from './world.js';

const database = useDatabase({ host: true });

interface Explanation extends Record<string, unknown> {
  regenerate: boolean;
  reason: string;
  detail: Record<string, unknown>;
}

const explain = (company: string, args: Record<string, unknown> = {}) =>
  row<Explanation>(database.pool, 'explain_regeneration', { company_id: company, content_type: 'recommendation', now: at(), ...args });

const generators = {
  recommendation: (company: string, args = {}) => saveRecommendations(database.pool, company, [item(null)], args),
  insight: (company: string, args = {}) => saveInsights(database.pool, company, [insight('Cash is king.')], args),
  health: (company: string, args = {}) => saveHealth(database.pool, company, { headline: 'Well' }, args),
} as const;
const maxAge = { recommendation: 14, insight: 30, health: 7 } as const;

describe.each(['recommendation', 'insight', 'health'] as const)('%s', (content_type) => {
  const generate = generators[content_type];

  test('R06 R08: no_content, also when asked with the hash that was just generated', async () => {
    const company = await makeCompany(database.pool);
    expect(await explain(company, { content_type })).toMatchObject({ regenerate: true, reason: 'no_content' });
    const hash = await value<string>(database.pool, 'generate_company_context_hash', { company_id: company });
    expect(await explain(company, { content_type, context_hash: hash })).toMatchObject({ regenerate: true, reason: 'no_content' });
  });

  test('not_needed while it is fresh, then expired; detail has the ages in seconds', async () => {
    const company = await makeCompany(database.pool);
    await generate(company);
    const end = maxAge[content_type] * DAY;
    expect(await explain(company, { content_type, now: at(end - 1) })).toMatchObject({
      regenerate: false,
      reason: 'not_needed',
      detail: { content_type, age_seconds: end - 1, max_age_seconds: end, context_difference: null, expires_at: null },
    });
    expect(await explain(company, { content_type, now: at(end) })).toMatchObject({
      regenerate: true,
      reason: 'expired',
      detail: { age_seconds: end },
    });
  });

  test('R10: expired by its own expires_at, which detail shows', async () => {
    const company = await makeCompany(database.pool);
    await generate(company, { expires_at: at(HOUR) });
    expect(await explain(company, { content_type, now: at(HOUR - 1) })).toMatchObject({ regenerate: false });
    const { detail, ...rest } = await explain(company, { content_type, now: at(HOUR) });
    expect(rest).toEqual({ regenerate: true, reason: 'expired' });
    expect(new Date(detail.expires_at as string)).toEqual(new Date(at(HOUR)));
  });

  test('context_changed: detail has both hashes and what is different', async () => {
    const company = await makeCompany(database.pool);
    const [kept, gone, came] = (await makeSteps(database.pool, 3)) as [string, string, string];
    const domain = await makeDomain(database.pool);
    for (const step of [kept, gone]) await setStatus(database.pool, company, step, 'completed');
    await setLevel(database.pool, company, domain, 'low');
    const before = await value<string>(database.pool, 'generate_company_context_hash', { company_id: company });
    await generate(company);
    await setStatus(database.pool, company, gone, 'in_progress');
    await setStatus(database.pool, company, came, 'completed');
    await setLevel(database.pool, company, domain, 'high');
    const { regenerate, reason, detail } = await explain(company, { content_type, now: at(60) });
    expect({ regenerate, reason }).toEqual({ regenerate: true, reason: 'context_changed' });
    expect(detail).toMatchObject({
      content_hash: before,
      current_hash: await contextHash(database.pool, company, content_type),
      asked_hash: null,
      age_seconds: 60,
    });
    expect(detail.context_difference).toEqual({
      completed_steps: { added: [came], removed: [gone] },
      in_progress_steps: { added: [gone], removed: [] },
      domain_levels: { before: { [domain]: 'low' }, after: { [domain]: 'high' } },
    });
  });

  test('R01: A, B, A: what was made for A answers again', async () => {
    const company = await makeCompany(database.pool);
    const step = await makeStep(database.pool);
    await generate(company);
    await setStatus(database.pool, company, step, 'completed');
    await value(database.pool, 'generate_company_context_hash', { company_id: company });
    expect(await explain(company, { content_type })).toMatchObject({ reason: 'context_changed' });
    await setStatus(database.pool, company, step, null);
    expect(await explain(company, { content_type })).toMatchObject({ regenerate: false, reason: 'not_needed' });
  });

  test('R07: p_context_hash NULL asks about the state now; the hash of another state is always changed', async () => {
    const company = await makeCompany(database.pool);
    await generate(company);
    const hash = await contextHash(database.pool, company, content_type);
    expect(await explain(company, { content_type, context_hash: null })).toMatchObject({ regenerate: false });
    expect(await explain(company, { content_type, context_hash: hash })).toMatchObject({ regenerate: false, detail: { asked_hash: hash } });
    expect(await explain(company, { content_type, context_hash: ELSEWHERE })).toMatchObject({
      regenerate: true,
      reason: 'context_changed',
      detail: { asked_hash: ELSEWHERE, current_hash: hash },
    });
  });

  test('schema_version: detail has both', async () => {
    const company = await makeCompany(database.pool);
    await generate(company);
    await call(database.pool, 'set_content_policy', { content_type, schema_version: 3 });
    expect(await explain(company, { content_type })).toMatchObject({
      regenerate: true,
      reason: 'schema_version',
      detail: { content_schema_version: 1, policy_schema_version: 3 },
    });
    await call(database.pool, 'set_content_policy', { content_type, schema_version: 1 });
  });

  test('marked_stale by an invalidation', async () => {
    const company = await makeCompany(database.pool);
    await generate(company);
    await call(database.pool, 'invalidate_content', { company_id: company, content_type });
    expect(await explain(company, { content_type })).toMatchObject({ regenerate: true, reason: 'marked_stale' });
  });

  test('follows a changed policy at once', async () => {
    const company = await makeCompany(database.pool);
    await generate(company);
    await call(database.pool, 'set_content_policy', { content_type, max_age: '1 hour' });
    expect(await explain(company, { content_type, now: at(2 * HOUR) })).toMatchObject({
      reason: 'expired',
      detail: { max_age_seconds: HOUR },
    });
    await call(database.pool, 'set_content_policy', { content_type, max_age: `${maxAge[content_type]} days` });
  });
});

test('R09: completed, when the company has completed all of them', async () => {
  const company = await makeCompany(database.pool);
  const { content } = await saveRecommendations(database.pool, company, [item(null, 'a'), item(null, 'b')]);
  await bring(database.pool, content[0]?.id as string, 'completed');
  expect(await explain(company)).toMatchObject({ regenerate: false });
  await bring(database.pool, content[1]?.id as string, 'completed');
  expect(await explain(company)).toMatchObject({ regenerate: true, reason: 'completed' });
});

test('two states in one transaction do not tie', async () => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  await saveRecommendations(database.pool, company, [item(null)]);
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    await value(client, 'generate_company_context_hash', { company_id: company });
    await setStatus(client, company, step, 'completed');
    await value(client, 'generate_company_context_hash', { company_id: company });
    await setStatus(client, company, step, null);
    expect(await row(client, 'explain_regeneration', { company_id: company, content_type: 'recommendation', now: at() })).toMatchObject({
      regenerate: false,
    });
    await client.query('ROLLBACK');
  } finally {
    client.release();
  }
});

test('says what changed also where it lies beyond what a snapshot holds', async () => {
  const company = await makeCompany(database.pool);
  const steps = (await makeSteps(database.pool, 300)).sort();
  await database.query(`INSERT INTO public.company_journey_steps SELECT $1, s, 'completed' FROM unnest($2::uuid[]) AS s`, [company, steps]);
  await value(database.pool, 'generate_company_context_hash', { company_id: company });
  await saveRecommendations(database.pool, company, [item(null)]);
  await setStatus(database.pool, company, steps[299] as string, null);
  const { reason, detail } = await explain(company);
  expect(reason).toBe('context_changed');
  expect(detail.context_difference).toEqual({ truncated: { before: { completed_steps: 300 }, after: { completed_steps: 299 } } });
});

test('says that it was activity, where activity counts', async () => {
  await call(database.pool, 'set_content_policy', { content_type: 'recommendation', activity_granularity: '1 day' });
  const company = await makeCompany(database.pool);
  await value(database.pool, 'generate_company_context_hash', { company_id: company });
  await saveRecommendations(database.pool, company, [item(null)]);
  await click(database.pool, company, at(DAY));
  const { reason, detail } = await explain(company);
  await call(database.pool, 'set_content_policy', { content_type: 'recommendation', reset: ['activity_granularity'] });
  expect(reason).toBe('context_changed');
  expect(detail.context_difference).toEqual({ last_activity: { before: null, after: '2026-05-11T12:00:00.000000Z' } });
});

describe('bad input', () => {
  test("R07: an unknown content type, the prompts' names among them, is an error that lists the known", async () => {
    const company = await makeCompany(database.pool);
    for (const content_type of ['peer_insight', 'health_summary', 'no such type', '', null]) {
      await expectRefusal(
        database.pool,
        'explain_regeneration',
        { company_id: company, content_type },
        'VG001',
        content_type === null ? 'NULL' : `'${content_type}'`,
      );
      const { hint } = await refusal(explain(company, { content_type }));
      expect(hint).toMatch(/health.*insight.*recommendation/);
    }
  });

  test('a content type that is not of the journey', async () => {
    const company = await makeCompany(database.pool);
    await expectRefusal(database.pool, 'explain_regeneration', { company_id: company, content_type: 'refinement' }, 'VG001', 'refinement');
  });

  test('a company that the application does not have, or NULL', async () => {
    const nobody = randomUUID();
    await expectRefusal(database.pool, 'explain_regeneration', { company_id: nobody, content_type: 'health' }, 'VG002', nobody);
    await expectRefusal(database.pool, 'explain_regeneration', { company_id: null, content_type: 'health' }, 'VG007', 'NULL');
  });

  test('a company that is gone and has left its steps behind', async () => {
    const gone = randomUUID();
    await database.query('ALTER TABLE public.company_journey_steps DROP CONSTRAINT company_journey_steps_company_id_fkey');
    await setStatus(database.pool, gone, await makeStep(database.pool), 'completed');
    await expectRefusal(database.pool, 'explain_regeneration', { company_id: gone, content_type: 'health' }, 'VG002', gone);
  });

  test('a context hash that is none', async () => {
    const company = await makeCompany(database.pool);
    for (const context_hash of ['', 'abc', ELSEWHERE.toUpperCase()])
      await expectRefusal(
        database.pool,
        'explain_regeneration',
        { company_id: company, content_type: 'health', context_hash },
        'VG007',
        `'${context_hash}'`,
      );
  });
});
