import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, expectRefusal, refusal, row, withConnections } from '../core/calls.js';
import {
  claim,
  contextHash,
  DAY,
  ELSEWHERE,
  type Element,
  lookHealth,
  makeCompany,
  makeStep,
  noticesOf,
  RECEIPT,
  type Saved,
  saveHealth,
  setStatus,
} from './world.js';

const database = useDatabase({ host: true });

const rowsOf = (company: string) =>
  database.query('SELECT * FROM evergreen.ai_business_health_summaries WHERE company_id = $1 ORDER BY generated_at', [company]);

/** What a save for a company as it is now passes, after a claim. */
async function argumentsFor(company: string): Promise<Record<string, unknown>> {
  const { cache_key, context_hash } = await lookHealth(database.pool, company);
  const lease_token = await claim(database.pool, 'health', cache_key, company);
  return { company_id: company, context_hash, content: { headline: 'Well' }, lease_token, ...RECEIPT, now: at() };
}

test('keeps the whole summary with where it comes from; logs, bills, ends the lease', async () => {
  const company = await makeCompany(database.pool);
  const content = { headline: 'Well', score: 71.5, strengths: ['a', 'b'], risks: [], next_steps: [{ nested: null }] };
  const saved = await saveHealth(database.pool, company, content, { prompt_id: 'health_summary_v1' });
  expect(saved).toMatchObject({ state: 'saved', generated_at: new Date(at()), cost: '0.00045' });
  expect(saved.content).toEqual({
    id: expect.any(String),
    match: 'current',
    revision: 1,
    generated_at: '2026-05-10T12:00:00.000Z',
    content,
  });
  expect(await rowsOf(company)).toMatchObject([
    {
      content,
      context_hash: await contextHash(database.pool, company, 'health'),
      generation_model: 'gpt-4o-mini',
      generation_prompt_id: 'health_summary_v1',
      expires_at: null,
      times_presented: 0,
    },
  ]);
  expect(await database.query('SELECT * FROM evergreen.ai_generation_logs WHERE company_id = $1', [company])).toMatchObject([
    { generation_type: 'health_summary', outcome: 'generated', success: true, prompt_id: 'health_summary_v1' },
  ]);
});

test('R12: after 7 days in an unchanged state it is saved again, as the next revision of the one row of that state', async () => {
  const company = await makeCompany(database.pool);
  const first = await saveHealth(database.pool, company, { headline: 'first' });
  expect(await lookHealth(database.pool, company, { now: at(8 * DAY) })).toMatchObject({ freshness: 'expired', reason: 'expired' });
  const second = await saveHealth(database.pool, company, { headline: 'second' }, { now: at(8 * DAY) });
  expect(second.content).toMatchObject({ id: first.content.id, revision: 2, content: { headline: 'second' } });
  expect(await rowsOf(company)).toHaveLength(1);
  expect(await lookHealth(database.pool, company, { now: at(9 * DAY) })).toMatchObject({
    freshness: 'fresh',
    content: { content: { headline: 'second' } },
  });
});

test('another state is another row, and a state that returns has its own again', async () => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  const a = await saveHealth(database.pool, company, { headline: 'A' });
  await setStatus(database.pool, company, step, 'completed');
  await saveHealth(database.pool, company, { headline: 'B' }, { now: at(1) });
  await setStatus(database.pool, company, step, null);
  expect(await saveHealth(database.pool, company, { headline: 'A again' }, { now: at(2) })).toMatchObject({
    content: { id: a.content.id, revision: 2 },
  });
  expect((await rowsOf(company)).map(({ content }) => content.headline)).toEqual(['B', 'A again']);
});

test('a second summary of one state cannot be written past the function', async () => {
  const company = await makeCompany(database.pool);
  const insert = `INSERT INTO evergreen.ai_business_health_summaries (company_id, content, context_hash, generation_model) VALUES ($1, '{"a": 1}', $2, 'm')`;
  await database.query(insert, [company, ELSEWHERE]);
  expect(await refusal(database.query(insert, [company, ELSEWHERE]))).toMatchObject({ code: '23505' });
});

test('changes nothing of another company in the same state', async () => {
  const [mine, other] = [await makeCompany(database.pool), await makeCompany(database.pool)];
  await saveHealth(database.pool, other);
  const before = await rowsOf(other);
  await saveHealth(database.pool, mine);
  await saveHealth(database.pool, mine, { headline: 'again' }, { now: at(1) });
  expect(await rowsOf(other)).toEqual(before);
});

test('an invalidation that came while it was generated keeps the answer, but as no answer', async () => {
  const company = await makeCompany(database.pool);
  const args = await argumentsFor(company);
  await call(database.pool, 'invalidate_content', { company_id: company, content_type: 'health' });
  expect(await row<Saved<Element>>(database.pool, 'save_health_summary', args)).toMatchObject({
    state: 'saved_stale',
    content: { match: 'stale' },
  });
  expect(await lookHealth(database.pool, company)).toMatchObject({ freshness: 'expired', reason: 'marked_stale', content: null });
  await saveHealth(database.pool, company, { headline: 'again' }, { now: at(1) });
  expect(await lookHealth(database.pool, company, { now: at(2) })).toMatchObject({ freshness: 'fresh' });
});

test('without the lease it is billed, not kept, and says so in a warning', async () => {
  const company = await makeCompany(database.pool);
  const args = { ...(await argumentsFor(company)), lease_token: randomUUID() };
  await withConnections(database, 1, async ([client]) => {
    const notices = await noticesOf(client as Client, async () => {
      expect(await row<Saved<Element>>(client as Client, 'save_health_summary', args)).toMatchObject({
        state: 'lease_lost',
        content: null,
        cost: '0.00045',
      });
    });
    expect(notices).toEqual([{ code: 'VG004', message: expect.stringContaining(company) }]);
  });
  expect(await rowsOf(company)).toEqual([]);
});

describe('bad input', () => {
  let company: string;
  let args: Record<string, unknown>;
  beforeAll(async () => {
    company = await makeCompany(database.pool);
    args = await argumentsFor(company);
  });

  const nobody = randomUUID();
  test.each<[string, Record<string, unknown>, string, string]>([
    ['a company that is not there', { company_id: nobody }, 'VG002', nobody],
    ['NULL for the company', { company_id: null }, 'VG007', 'NULL'],
    ['a context hash that is none', { context_hash: 'abc' }, 'VG007', "'abc'"],
    ['NULL for the context hash', { context_hash: null }, 'VG007', 'NULL'],
    ['a blank model', { model: '' }, 'VG007', 'model'],
    ['NULL for the provider', { provider: null }, 'VG007', 'provider'],
    ['a prompt that is not there', { prompt_id: 'no_such_prompt' }, 'VG002', "'no_such_prompt'"],
    ['no lease', { lease_token: null }, 'VG007', 'lease'],
    ['NULL', { content: null }, 'VG007', 'content'],
    ['JSON null', { content: 'null' }, 'VG007', 'content'],
    ['an array', { content: '[{"headline": "x"}]' }, 'VG007', 'content'],
    ['a string', { content: '"Well"' }, 'VG007', 'content'],
    ['an object without fields', { content: '{}' }, 'VG007', 'content'],
    ['10 MB', { content: { headline: 'x'.repeat(10_000_000) } }, 'VG006', 'bytes'],
  ])('%s', (_, wrong, code, message) => expectRefusal(database.pool, 'save_health_summary', { ...args, ...wrong }, code, message));

  test('leaves the lease to be used for what is right', async () => {
    expect(await row<Saved<Element>>(database.pool, 'save_health_summary', args)).toMatchObject({ state: 'saved' });
  });
});
