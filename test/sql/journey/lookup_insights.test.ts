import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, call, contents, expectRefusal, withConnections } from '../core/calls.js';
import {
  contextHash,
  DAY,
  type Insight,
  insight,
  lookInsights,
  makeCompany,
  makeDomain,
  makeStep,
  saveInsights,
  setStatus,
} from './world.js';

const database = useDatabase({ host: true });

const look = (company: string, args: Record<string, unknown> = {}) => lookInsights(database.pool, company, args);
const texts = (insights: Insight[] | null) => (insights ?? []).map(({ content }) => content);

test('nothing there: missing, with a key for the company, its state and the place', async () => {
  const company = await makeCompany(database.pool);
  const [domain, step] = [await makeDomain(database.pool), await makeStep(database.pool)];
  const hash = await contextHash(database.pool, company, 'insight');
  expect(await look(company)).toEqual({
    cache_key: `${company}:${hash}:*/*`,
    freshness: 'missing',
    reason: 'no_content',
    seen: expect.stringMatching(/^\d+:\d+:/),
    content: null,
    generated_at: null,
    generation_model: null,
    generation_prompt_id: null,
    context_hash: hash,
    refresh_context: false,
  });
  expect(await look(company, { domain_id: domain, step_id: step })).toMatchObject({ cache_key: `${company}:${hash}:${domain}/${step}` });
  expect(await look(company, { domain_id: domain })).toMatchObject({ cache_key: `${company}:${hash}:${domain}/*` });
});

test('a hit: fresh, with the insights as they were saved', async () => {
  const company = await makeCompany(database.pool);
  const saved = await saveInsights(database.pool, company, [insight('One.', 0.7), insight('Two.', 0.9)], { prompt_id: 'peer_insight_v1' });
  const looked = await look(company);
  expect(looked).toMatchObject({
    freshness: 'fresh',
    reason: 'hit',
    seen: null,
    generation_model: 'gpt-4o-mini',
    generation_prompt_id: 'peer_insight_v1',
  });
  expect(looked.generated_at).toEqual(new Date(at()));
  expect(looked.content).toEqual(saved.content);
  expect(texts(looked.content)).toEqual(['Two.', 'One.']);
});

test('each place has its own: of another domain, or of none, there is nothing yet', async () => {
  const company = await makeCompany(database.pool);
  const [a, b] = [await makeDomain(database.pool), await makeDomain(database.pool)];
  const step = await makeStep(database.pool);
  await saveInsights(database.pool, company, [insight('For a.')], { domain_id: a });
  expect(await look(company, { domain_id: a })).toMatchObject({ freshness: 'fresh', content: [{ content: 'For a.' }] });
  for (const place of [{}, { domain_id: b }, { step_id: step }, { domain_id: a, step_id: step }])
    expect(await look(company, place)).toMatchObject({ freshness: 'missing', reason: 'no_content', content: null });
});

test('30 days fresh, a day stale, then expired', async () => {
  const company = await makeCompany(database.pool);
  await saveInsights(database.pool, company, [insight('Text.')]);
  expect(await look(company, { now: at(30 * DAY - 1) })).toMatchObject({ freshness: 'fresh', content: [{}] });
  expect(await look(company, { now: at(30 * DAY) })).toMatchObject({
    freshness: 'stale',
    reason: 'expired',
    content: [{}],
    seen: expect.any(String),
  });
  expect(await look(company, { now: at(31 * DAY) })).toMatchObject({ freshness: 'expired', reason: 'expired', content: null });
});

test('refreshed while stale by less relevant ones: fresh, not refreshed at every lookup until the old ones are gone', async () => {
  const company = await makeCompany(database.pool);
  const old = Array.from({ length: 5 }, (_, n) => insight(`Old ${n}.`, 0.9));
  await saveInsights(database.pool, company, old);
  await saveInsights(database.pool, company, [insight('New.', 0.6)], { now: at(30 * DAY + 1) });
  expect(await look(company, { now: at(30 * DAY + 2) })).toMatchObject({ freshness: 'fresh', content: [{ content: 'New.' }] });
});

test('the company moved on: not answered until a generation has failed', async () => {
  const company = await makeCompany(database.pool);
  await saveInsights(database.pool, company, [insight('Of before.')]);
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  expect(await look(company)).toMatchObject({ freshness: 'expired', reason: 'context_changed', content: null });
  expect(await look(company, { after_failure: true })).toMatchObject({ freshness: 'expired', content: [{ content: 'Of before.' }] });
  expect(await look(company, { after_failure: true, now: at(30 * DAY - 1) })).toMatchObject({ content: [{}] });
  expect(await look(company, { after_failure: true, now: at(30 * DAY) })).toMatchObject({ content: null });
});

test('of another schema version: expired, and never shown', async () => {
  const company = await makeCompany(database.pool);
  await saveInsights(database.pool, company, [insight('Text.')]);
  await call(database.pool, 'set_content_policy', { content_type: 'insight', schema_version: 2 });
  expect(await look(company)).toMatchObject({ freshness: 'expired', reason: 'schema_version', content: null });
  expect(await look(company, { after_failure: true })).toMatchObject({ content: null });
  await call(database.pool, 'set_content_policy', { content_type: 'insight', schema_version: 1 });
});

test('10,000 insights of one company, of which the statistics know nothing: a hit reads the few that it answers, by index', async () => {
  await database.query(
    `WITH c AS (INSERT INTO public.companies (name) SELECT 'Other ' || n FROM generate_series(1, 2000) AS n RETURNING id)
     INSERT INTO evergreen.ai_generated_insights (company_id, content, asked_for, context_hash, relevance_score, generation_model)
     SELECT id, 'Text', '{*/*}', encode(sha256(id::text::bytea), 'hex'), 0.5, 'm' FROM c`,
  );
  await database.query('VACUUM ANALYZE evergreen.ai_generated_insights');
  const company = await makeCompany(database.pool);
  await database.query(
    `INSERT INTO evergreen.ai_generated_insights (company_id, content, asked_for, context_hash, relevance_score, generation_model, generated_at)
     SELECT $1, 'Text ' || n, '{*/*}', CASE n % 2 WHEN 0 THEN $2 ELSE encode(sha256((n / 100)::text::bytea), 'hex') END, 0.5 + n / 20000.0, 'm', $3
       FROM generate_series(1, 10000) AS n`,
    [company, await contextHash(database.pool, company, 'insight'), at()],
  );
  await withConnections(database, 1, async ([client]) => {
    const counters = async () =>
      (
        await client?.query<{ whole: number; rows: number }>(
          `SELECT seq_scan::integer AS whole, (seq_tup_read + idx_tup_fetch)::integer AS rows
             FROM pg_stat_xact_user_tables WHERE schemaname = 'evergreen' AND relname = 'ai_generated_insights'`,
        )
      )?.rows[0] ?? { whole: 0, rows: 0 };
    const hit = async () => (await client?.query('SELECT * FROM evergreen.lookup_insights($1, p_now => $2)', [company, at()]))?.rows[0];
    for (let turn = 0; turn < 5; turn++) await hit();
    const before = await counters();
    expect(texts((await hit()).content)).toEqual([10_000, 9998, 9996, 9994, 9992].map((n) => `Text ${n}`));
    const after = await counters();
    expect(after.whole - before.whole).toBe(0);
    expect(after.rows - before.rows).toBeLessThanOrEqual(20);
  });
  await database.query('DELETE FROM public.companies');
});

test('writes nothing', async () => {
  const company = await makeCompany(database.pool);
  await saveInsights(database.pool, company, [insight('Text.')]);
  const before = await contents(database.pool);
  await look(company);
  await look(company, { domain_id: await makeDomain(database.pool) });
  expect(await contents(database.pool)).toEqual(before);
});

describe('bad input', () => {
  test('a limit that is NULL, negative, zero or over 100', async () => {
    const company = await makeCompany(database.pool);
    for (const limit of [null, -1, 0])
      await expectRefusal(database.pool, 'lookup_insights', { company_id: company, limit }, 'VG007', `${limit ?? 'NULL'}`);
    await expectRefusal(database.pool, 'lookup_insights', { company_id: company, limit: 101 }, 'VG006', '101');
  });

  test('a company, a domain or a step that the application does not have', async () => {
    const [company, nobody] = [await makeCompany(database.pool), randomUUID()];
    await expectRefusal(database.pool, 'lookup_insights', { company_id: nobody }, 'VG002', nobody);
    await expectRefusal(database.pool, 'lookup_insights', { company_id: null }, 'VG007', 'NULL');
    await expectRefusal(database.pool, 'lookup_insights', { company_id: company, domain_id: nobody }, 'VG002', `domain ${nobody}`);
    await expectRefusal(database.pool, 'lookup_insights', { company_id: company, step_id: nobody }, 'VG002', `step ${nobody}`);
  });
});
