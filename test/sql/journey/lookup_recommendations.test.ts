import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, call, contents, expectRefusal, row, value } from '../core/calls.js';
import {
  bring,
  claim,
  contextHash,
  DAY,
  item,
  lookRecommendations,
  makeCompany,
  makeStep,
  makeSteps,
  saveRecommendations,
  setStatus,
} from './world.js';

const database = useDatabase({ host: true });

const look = (company: string, args: Record<string, unknown> = {}) => lookRecommendations(database.pool, company, args);

test('nothing there: missing, with the key to claim, the state to generate for and the snapshot it looked at', async () => {
  const company = await makeCompany(database.pool);
  const hash = await contextHash(database.pool, company);
  expect(await look(company)).toEqual({
    cache_key: `${company}:${hash}`,
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
});

test('a hit: fresh, with the content as it was saved and where it comes from', async () => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  const saved = await saveRecommendations(database.pool, company, [item(step, 'first'), item(null, 'second')], {
    prompt_id: 'recommendation_v1',
  });
  const looked = await look(company);
  expect(looked).toMatchObject({
    freshness: 'fresh',
    reason: 'hit',
    seen: null,
    generation_model: 'gpt-4o-mini',
    generation_prompt_id: 'recommendation_v1',
    generated_at: new Date(at()),
  });
  expect(looked.content).toEqual(saved.content);
  expect(looked.content).toEqual([
    {
      id: expect.any(String),
      step_id: step,
      status: 'fresh',
      match: 'current',
      revision: 1,
      generated_at: '2026-05-10T12:00:00.000Z',
      content: item(step, 'first'),
    },
    expect.objectContaining({ step_id: null, content: item(null, 'second') }),
  ]);
});

test('aged a little: stale, answered while it is refreshed; aged more: expired, not answered; nothing else is forgiven', async () => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null)]);
  expect(await look(company, { now: at(14 * DAY - 1) })).toMatchObject({ freshness: 'fresh', reason: 'hit', content: [{}] });
  expect(await look(company, { now: at(14 * DAY) })).toMatchObject({
    freshness: 'stale',
    reason: 'expired',
    content: [{}],
    seen: expect.any(String),
  });
  expect(await look(company, { now: at(15 * DAY) })).toMatchObject({ freshness: 'expired', reason: 'expired', content: null });
});

test('the company moved on: expired because context_changed, not answered until a generation has failed', async () => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null, 'of before')]);
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  expect(await look(company)).toMatchObject({ freshness: 'expired', reason: 'context_changed', content: null });
  expect(await look(company, { after_failure: true })).toMatchObject({
    freshness: 'expired',
    reason: 'context_changed',
    content: [{ match: 'other_context', content: { title: 'of before' } }],
  });
});

test('R01: the company moved on and came back: a hit again', async () => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  await saveRecommendations(database.pool, company, [item(null, 'A')]);
  await setStatus(database.pool, company, step, 'completed');
  await saveRecommendations(database.pool, company, [item(null, 'B')], { now: at(1) });
  await setStatus(database.pool, company, step, null);
  expect(await look(company, { now: at(2) })).toMatchObject({
    freshness: 'fresh',
    content: [{ content: { title: 'A' } }, { match: 'other_context' }],
  });
});

test('marked stale: expired, shown only after a failed generation', async () => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null)]);
  await call(database.pool, 'invalidate_content', { company_id: company });
  expect(await look(company)).toMatchObject({ freshness: 'expired', reason: 'marked_stale', content: null });
  expect(await look(company, { after_failure: true })).toMatchObject({ freshness: 'expired', content: [{ match: 'stale' }] });
});

test('of another schema version: expired, and never shown', async () => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null)]);
  await call(database.pool, 'set_content_policy', { content_type: 'recommendation', schema_version: 2 });
  expect(await look(company)).toMatchObject({ freshness: 'expired', reason: 'schema_version', content: null });
  expect(await look(company, { after_failure: true })).toMatchObject({ freshness: 'expired', content: null });
  await call(database.pool, 'set_content_policy', { content_type: 'recommendation', schema_version: 1 });
});

test('R09: all completed: expired because there is nothing left to do', async () => {
  const company = await makeCompany(database.pool);
  const { content } = await saveRecommendations(database.pool, company, [item(null, 'a'), item(null, 'b')]);
  for (const { id } of content) await bring(database.pool, id, 'completed');
  expect(await look(company)).toMatchObject({ freshness: 'expired', reason: 'completed', content: null });
});

test('recommendations of steps that were completed already when they were made are no answer, and the reason says so', async () => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  await setStatus(database.pool, company, step, 'completed');
  await saveRecommendations(database.pool, company, [item(step)]);
  expect(await look(company)).toMatchObject({ freshness: 'expired', reason: 'completed', content: null });
});

test('after a failure with nothing to show it stays missing', async () => {
  const company = await makeCompany(database.pool);
  expect(await look(company, { after_failure: true })).toMatchObject({ freshness: 'missing', content: null });
});

test('whoever looked before a save is told by the claim that there is something fresh; whoever looked after it is not', async () => {
  const company = await makeCompany(database.pool);
  const early = await look(company);
  await saveRecommendations(database.pool, company, [item(null)]);
  const late = await look(company, { now: at(20 * DAY) });
  const claimed = (seen: string | null) =>
    row<{ state: string }>(database.pool, 'claim_generation', {
      content_type: 'recommendation',
      cache_key: early.cache_key,
      holder: 'h',
      company_id: company,
      seen,
    });
  expect(await claimed(early.seen)).toMatchObject({ state: 'fresh' });
  expect(await claimed(late.seen)).toMatchObject({ state: 'claimed' });
});

test('another number of recommendations is the same key: asked for more, it answers what there is', async () => {
  const company = await makeCompany(database.pool);
  const steps = await makeSteps(database.pool, 2);
  await saveRecommendations(
    database.pool,
    company,
    steps.map((step) => item(step)),
  );
  expect((await look(company, { limit: 1 })).content).toHaveLength(1);
  expect(await look(company, { limit: 50 })).toMatchObject({ freshness: 'fresh', content: [{}, {}] });
});

test('writes nothing, neither hit nor miss', async () => {
  const company = await makeCompany(database.pool);
  await claim(database.pool, 'recommendation', 'unrelated', company);
  const before = await contents(database.pool);
  await look(company);
  expect(await contents(database.pool)).toEqual(before);
});

describe('bad input', () => {
  test('R22: a limit that is NULL, negative, zero or over 100', async () => {
    const company = await makeCompany(database.pool);
    for (const limit of [null, -1, 0])
      await expectRefusal(database.pool, 'lookup_recommendations', { company_id: company, limit }, 'VG007', `${limit ?? 'NULL'}`);
    await expectRefusal(database.pool, 'lookup_recommendations', { company_id: company, limit: 101 }, 'VG006', '101');
  });

  test('R24: a company that the application does not have, or NULL', async () => {
    const nobody = randomUUID();
    await expectRefusal(database.pool, 'lookup_recommendations', { company_id: nobody }, 'VG002', nobody);
    await expectRefusal(database.pool, 'lookup_recommendations', { company_id: null }, 'VG007', 'NULL');
  });

  test('NULL for p_after_failure is no failure', async () => {
    const company = await makeCompany(database.pool);
    await saveRecommendations(database.pool, company, [item(null)]);
    await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
    expect(await look(company, { after_failure: null })).toMatchObject({ freshness: 'expired', content: null });
    expect(await value(database.pool, 'should_regenerate_content', { company_id: company, content_type: 'recommendation' })).toBe(true);
  });
});
