import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, call, contents, expectRefusal } from '../core/calls.js';
import { contextHash, DAY, lookHealth, makeCompany, makeStep, saveHealth, setStatus } from './world.js';

const database = useDatabase({ host: true });

const look = (company: string, args: Record<string, unknown> = {}) => lookHealth(database.pool, company, args);

test('nothing there: missing, with the key to claim and the state to generate for', async () => {
  const company = await makeCompany(database.pool);
  const hash = await contextHash(database.pool, company, 'health');
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

test('a hit: fresh, with the summary as it was saved', async () => {
  const company = await makeCompany(database.pool);
  const saved = await saveHealth(database.pool, company, { headline: 'Well' }, { prompt_id: 'health_summary_v1' });
  expect(await look(company)).toMatchObject({
    freshness: 'fresh',
    reason: 'hit',
    seen: null,
    content: saved.content,
    generated_at: new Date(at()),
    generation_model: 'gpt-4o-mini',
    generation_prompt_id: 'health_summary_v1',
  });
});

test('7 days fresh, a day stale, then expired', async () => {
  const company = await makeCompany(database.pool);
  await saveHealth(database.pool, company);
  expect(await look(company, { now: at(7 * DAY - 1) })).toMatchObject({ freshness: 'fresh' });
  expect(await look(company, { now: at(7 * DAY) })).toMatchObject({
    freshness: 'stale',
    reason: 'expired',
    content: {},
    seen: expect.any(String),
  });
  expect(await look(company, { now: at(8 * DAY) })).toMatchObject({ freshness: 'expired', reason: 'expired', content: null });
});

test('after a failure: the newest of any state within stale_if_error, labelled', async () => {
  const company = await makeCompany(database.pool);
  await saveHealth(database.pool, company, { headline: 'of before' });
  expect(await look(company, { now: at(9 * DAY), after_failure: true })).toMatchObject({
    freshness: 'expired',
    content: { match: 'expired' },
  });
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  expect(await look(company)).toMatchObject({ freshness: 'expired', reason: 'context_changed', content: null });
  expect(await look(company, { after_failure: true })).toMatchObject({
    freshness: 'expired',
    content: { match: 'other_context', content: { headline: 'of before' } },
  });
  expect(await look(company, { after_failure: true, now: at(30 * DAY) })).toMatchObject({ content: null });
});

test('of another schema version: expired, and never shown', async () => {
  const company = await makeCompany(database.pool);
  await saveHealth(database.pool, company);
  await call(database.pool, 'set_content_policy', { content_type: 'health', schema_version: 2 });
  expect(await look(company)).toMatchObject({ freshness: 'expired', reason: 'schema_version', content: null });
  expect(await look(company, { after_failure: true })).toMatchObject({ content: null });
  await call(database.pool, 'set_content_policy', { content_type: 'health', schema_version: 1 });
});

test('invalidated: expired, shown only after a failed generation', async () => {
  const company = await makeCompany(database.pool);
  await saveHealth(database.pool, company);
  await call(database.pool, 'invalidate_content', { company_id: company, content_type: 'health' });
  expect(await look(company)).toMatchObject({ freshness: 'expired', reason: 'marked_stale', content: null });
  expect(await look(company, { after_failure: true })).toMatchObject({ content: { match: 'stale' } });
});

test("never shows another company's, though both are in the same state", async () => {
  const [mine, other] = [await makeCompany(database.pool), await makeCompany(database.pool)];
  await saveHealth(database.pool, other);
  for (const after_failure of [false, true])
    expect(await look(mine, { after_failure })).toMatchObject({ freshness: 'missing', content: null });
});

test('writes nothing', async () => {
  const company = await makeCompany(database.pool);
  const before = await contents(database.pool);
  await look(company);
  expect(await contents(database.pool)).toEqual(before);
});

test('bad input: a company that the application does not have, or NULL', async () => {
  const nobody = randomUUID();
  await expectRefusal(database.pool, 'lookup_health_summary', { company_id: nobody }, 'VG002', nobody);
  await expectRefusal(database.pool, 'lookup_health_summary', { company_id: null }, 'VG007', 'NULL');
});
