import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, expectRefusal, pidOf, row, untilBlocked, withConnections } from '../core/calls.js';
import {
  bring,
  claim,
  insight,
  item,
  lookHealth,
  lookInsights,
  lookRecommendations,
  makeCompany,
  RECEIPT,
  recommendationsOf,
  type Saved,
  saveHealth,
  saveInsights,
  saveRecommendations,
} from './world.js';

const database = useDatabase({ host: true });

const invalidate = (company: string, args: Record<string, unknown> = {}) =>
  call(database.pool, 'invalidate_content', { company_id: company, ...args });

/** A company with two recommendations, an insight and a summary. */
async function full(): Promise<string> {
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null, 'a'), item(null, 'b')]);
  await saveInsights(database.pool, company, [insight('Text.')]);
  await saveHealth(database.pool, company);
  return company;
}

const freshness = async (company: string) => ({
  recommendation: (await lookRecommendations(database.pool, company)).freshness,
  insight: (await lookInsights(database.pool, company)).freshness,
  health: (await lookHealth(database.pool, company)).freshness,
});

test('what there is of a company is generated anew when next asked for; other companies keep theirs', async () => {
  const [company, other] = [await full(), await full()];
  expect(await invalidate(company)).toEqual([
    { content_type: 'health', invalidated: 1, generating: 0 },
    { content_type: 'insight', invalidated: 1, generating: 0 },
    { content_type: 'recommendation', invalidated: 2, generating: 0 },
  ]);
  expect(await freshness(company)).toEqual({ recommendation: 'expired', insight: 'expired', health: 'expired' });
  expect(await freshness(other)).toEqual({ recommendation: 'fresh', insight: 'fresh', health: 'fresh' });
});

test.each(['recommendation', 'insight', 'health'])('of one content type: %s', async (content_type) => {
  const company = await full();
  expect((await invalidate(company, { content_type })).map((answer) => answer.content_type)).toEqual([content_type]);
  expect(await freshness(company)).toEqual({ recommendation: 'fresh', insight: 'fresh', health: 'fresh', [content_type]: 'expired' });
});

test('again it finds nothing left to invalidate', async () => {
  const company = await full();
  await invalidate(company);
  expect((await invalidate(company)).map(({ invalidated }) => invalidated)).toEqual([0, 0, 0]);
});

test('what is completed stays completed', async () => {
  const company = await full();
  const [first] = await recommendationsOf(database.pool, company);
  await bring(database.pool, first?.id as string, 'completed');
  await invalidate(company);
  expect((await recommendationsOf(database.pool, company)).map(({ status }) => status)).toEqual(['completed', 'stale']);
});

test('what is being generated meanwhile is saved as stale, whatever the order', async () => {
  const company = await makeCompany(database.pool);
  const { cache_key, context_hash } = await lookRecommendations(database.pool, company);
  const lease_token = await claim(database.pool, 'recommendation', cache_key, company);
  const save = { company_id: company, context_hash, recommendations: JSON.stringify([item(null)]), lease_token, ...RECEIPT, now: at() };
  await withConnections(database, 2, async ([admin, backend]) => {
    await admin?.query('BEGIN');
    expect(await call(admin as Client, 'invalidate_content', { company_id: company, content_type: 'recommendation' })).toEqual([
      { content_type: 'recommendation', invalidated: 0, generating: 1 },
    ]);
    const late = row<Saved>(backend as Client, 'save_recommendations', save);
    await untilBlocked(database, 1);
    await admin?.query('COMMIT');
    expect(await late).toMatchObject({ state: 'saved_stale' });
  });
  expect(await lookRecommendations(database.pool, company)).toMatchObject({ freshness: 'expired', reason: 'marked_stale' });
});

test('a save that commits while the invalidation waits for its lease is invalidated with the rest', async () => {
  const company = await makeCompany(database.pool);
  await withConnections(database, 2, async ([backend, admin]) => {
    await backend?.query('BEGIN');
    await saveRecommendations(backend as Client, company, [item(null)]);
    const late = call(admin as Client, 'invalidate_content', { company_id: company, content_type: 'recommendation' });
    await untilBlocked(database, 1);
    await backend?.query('COMMIT');
    await late;
  });
  expect(await lookRecommendations(database.pool, company)).toMatchObject({ freshness: 'expired', reason: 'marked_stale' });
});

test.each(['abc', 'cba'])('presented meanwhile, with ids in the order %s: neither deadlocks', async (order) => {
  const company = await makeCompany(database.pool);
  const titles = ['a', 'b', 'c'];
  for (const [index, title] of titles.entries()) await saveRecommendations(database.pool, company, [item(null, title)], { now: at(index) });
  await database.query(
    `UPDATE evergreen.ai_generated_recommendations SET id = (repeat(strpos('${order}', content ->> 'title')::text, 8) || substr(id::text, 9))::uuid WHERE company_id = $1`,
    [company],
  );
  const ids = (await recommendationsOf(database.pool, company)).map(({ id }) => id);
  await withConnections(database, 3, async ([keeper, admin, counter]) => {
    await keeper?.query('BEGIN');
    await keeper?.query(
      `SELECT FROM evergreen.ai_generated_recommendations WHERE company_id = $1 AND content ->> 'title' = 'b' FOR NO KEY UPDATE`,
      [company],
    );
    const invalidating = call(admin as Client, 'invalidate_content', { company_id: company });
    await untilBlocked(database, 1, [pidOf(admin as Client)]);
    const presenting = call(counter as Client, 'mark_presented', { ids });
    await untilBlocked(database, 2);
    await keeper?.query('COMMIT');
    await invalidating;
    await presenting;
  });
  expect((await recommendationsOf(database.pool, company)).map(({ status, times_presented }) => `${status} ${times_presented}`)).toEqual(
    Array(3).fill('stale 1'),
  );
});

test('is audited', async () => {
  const company = await full();
  await invalidate(company, { content_type: 'health' });
  expect(await database.query('SELECT action, after FROM evergreen.audit_log WHERE subject = $1', [company])).toEqual([
    { action: 'invalidate_content', after: 'health' },
  ]);
});

test('bad input: an unknown content type, one that is not of the journey, a company that is not there, NULL', async () => {
  const [company, nobody] = [await full(), randomUUID()];
  for (const content_type of ['peer_insight', 'refinement', ''])
    await expectRefusal(database.pool, 'invalidate_content', { company_id: company, content_type }, 'VG001', `'${content_type}'`);
  await expectRefusal(database.pool, 'invalidate_content', { company_id: nobody }, 'VG002', nobody);
  await expectRefusal(database.pool, 'invalidate_content', { company_id: null }, 'VG007', 'NULL');
});
