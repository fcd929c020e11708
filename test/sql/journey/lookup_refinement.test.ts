import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, contents, expectRefusal, row } from '../core/calls.js';
import { claim, DAY, type Element, item, type Lookup, makeRecommendation, RECEIPT, type Saved, saveRecommendations } from './world.js';

const database = useDatabase({ host: true });

interface Refinement extends Lookup<Element> {
  base_revision: number;
  company_id: string;
}

const look = (id: string, instruction: string, args: Record<string, unknown> = {}) =>
  row<Refinement>(database.pool, 'lookup_refinement', { recommendation_id: id, instruction, now: at(), ...args });

/** Looks up, claims and saves a refinement, as a client does whose model answered `title`. */
async function refine(id: string, instruction: string, title: string): Promise<Saved<Element>> {
  const { cache_key, base_revision, company_id } = await look(id, instruction);
  return row<Saved<Element>>(database.pool, 'save_refinement', {
    recommendation_id: id,
    instruction,
    revision: base_revision,
    content: { title },
    lease_token: await claim(database.pool, 'refinement', cache_key, company_id),
    ...RECEIPT,
    now: at(DAY),
  });
}

test('not asked before: missing, with a key for the revision and the instruction, and the company that pays', async () => {
  const { id, company } = await makeRecommendation(database.pool);
  const looked = await look(id, 'shorter');
  expect(looked).toMatchObject({
    freshness: 'missing',
    reason: 'no_content',
    content: null,
    base_revision: 1,
    company_id: company,
    seen: expect.stringMatching(/^\d+:\d+:/),
  });
  expect(looked.cache_key).toMatch(new RegExp(`^refine:${id}:1:`));
  expect((await look(id, 'longer')).cache_key).not.toBe(looked.cache_key);
});

test('made by the same instruction from the same revision: a hit, also for whoever asked at the same time', async () => {
  const { id } = await makeRecommendation(database.pool);
  await refine(id, 'shorter', 'Short');
  expect(await look(id, 'shorter', { revision: 1 })).toMatchObject({
    freshness: 'fresh',
    reason: 'hit',
    seen: null,
    base_revision: 1,
    generated_at: new Date(at(DAY)),
    generation_model: 'gpt-4o-mini',
    content: { id, revision: 2, content: { title: 'Short' } },
  });
});

test('the same instruction about what came of it asks for one more', async () => {
  const { id } = await makeRecommendation(database.pool);
  const first = await look(id, 'shorter');
  await refine(id, 'shorter', 'Short');
  const second = await look(id, 'shorter');
  expect(second).toMatchObject({ freshness: 'missing', base_revision: 2 });
  expect(second.cache_key).not.toBe(first.cache_key);
});

test('another revision came meanwhile: the refinement of the earlier one is not there', async () => {
  const { id, company, step } = await makeRecommendation(database.pool);
  await refine(id, 'shorter', 'Short');
  await saveRecommendations(database.pool, company, [item(step, 'anew')], { now: at(2 * DAY) });
  expect(await look(id, 'shorter', { revision: 1 })).toMatchObject({ freshness: 'missing', base_revision: 1 });
  expect(await look(id, 'shorter', { revision: 2 })).toMatchObject({ freshness: 'missing', base_revision: 2 });
});

test('after a failure: the present revision', async () => {
  const { id } = await makeRecommendation(database.pool);
  expect(await look(id, 'shorter', { after_failure: true })).toMatchObject({
    freshness: 'missing',
    content: { id, revision: 1, content: { title: 'Do this' } },
  });
});

test('writes nothing', async () => {
  const { id } = await makeRecommendation(database.pool);
  const before = await contents(database.pool);
  await look(id, 'shorter');
  expect(await contents(database.pool)).toEqual(before);
});

describe('bad input', () => {
  test('a recommendation that is not there, or NULL', async () => {
    const nobody = randomUUID();
    await expectRefusal(database.pool, 'lookup_refinement', { recommendation_id: nobody, instruction: 'x' }, 'VG002', nobody);
    await expectRefusal(database.pool, 'lookup_refinement', { recommendation_id: null, instruction: 'x' }, 'VG007', 'NULL');
  });

  test.each([0, -1, 2])('a revision that is not there: %i', async (revision) => {
    const { id } = await makeRecommendation(database.pool);
    await expectRefusal(
      database.pool,
      'lookup_refinement',
      { recommendation_id: id, instruction: 'x', revision },
      'VG002',
      `no revision ${revision}`,
    );
  });

  test('an instruction that is NULL, blank or 10 MB', async () => {
    const { id } = await makeRecommendation(database.pool);
    for (const instruction of [null, '', ' \n\t'])
      await expectRefusal(database.pool, 'lookup_refinement', { recommendation_id: id, instruction }, 'VG007', 'instruction');
    await expectRefusal(
      database.pool,
      'lookup_refinement',
      { recommendation_id: id, instruction: 'x'.repeat(10_000_000) },
      'VG006',
      'bytes',
    );
  });
});
