import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, expectRefusal, row } from '../core/calls.js';
import { contextHash, ELSEWHERE, insight, makeCompany, makeDomain, makeStep, saveInsights, setStatus } from './world.js';

const database = useDatabase({ host: true });

const prepare = async (company: string, args: Record<string, unknown> = {}) =>
  row<{ state: string; prompt_id: string | null; prompt: string }>(database.pool, 'prepare_insights', {
    company_id: company,
    domain_id: null,
    step_id: null,
    limit: 5,
    context_hash: await contextHash(database.pool, company, 'insight'),
    ...args,
  });

test('the prompt names the topic: the step, the domain, or the journey as a whole', async () => {
  const company = await makeCompany(database.pool, 'Umbrella GmbH');
  const domain = await makeDomain(database.pool, 'Marketing');
  const step = await makeStep(database.pool);
  expect(await prepare(company, { limit: 4 })).toMatchObject({
    state: 'ready',
    prompt_id: 'peer_insight_v1',
    prompt: expect.stringContaining('Write 4 insights about the journey as a whole'),
  });
  expect((await prepare(company, { domain_id: domain })).prompt).toContain('about the domain Marketing');
  expect((await prepare(company, { step_id: step })).prompt).toContain('about the step Step 1');
});

test('the prompt lists what the company has been told already, so that it is not said again', async () => {
  const company = await makeCompany(database.pool);
  await saveInsights(database.pool, company, [insight('Cash is king.')], { domain_id: await makeDomain(database.pool) });
  expect((await prepare(company)).prompt).toContain('- Cash is king.');
});

test("never lists another company's", async () => {
  const other = await makeCompany(database.pool);
  await saveInsights(database.pool, other, [insight('A secret of theirs.')]);
  expect((await prepare(await makeCompany(database.pool))).prompt).not.toContain('secret');
});

test('the list of what is known is bounded: 20 texts, 300 letters each', async () => {
  const company = await makeCompany(database.pool);
  for (let turn = 0; turn < 3; turn++) {
    const items = Array.from({ length: 10 }, (_, n) => insight(`${'x'.repeat(400)} ${turn} ${n}`));
    await saveInsights(database.pool, company, items, { now: at(turn) });
  }
  const { prompt } = await prepare(company);
  expect(prompt.match(/^- x+/gm)?.map((line) => line.length)).toEqual(Array(20).fill(302));
});

test('the company moved on since the lookup: context_moved, no prompt', async () => {
  const company = await makeCompany(database.pool);
  const before = await contextHash(database.pool, company, 'insight');
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  expect(await prepare(company, { context_hash: before })).toEqual({ state: 'context_moved', prompt_id: null, prompt: null });
});

describe('bad input', () => {
  const nobody = randomUUID();
  test.each<[string, Record<string, unknown>, string, string]>([
    ['a company that is not there', { company_id: nobody }, 'VG002', nobody],
    ['NULL for the company', { company_id: null }, 'VG007', 'NULL'],
    ['a domain that is not there', { domain_id: nobody }, 'VG002', `domain ${nobody}`],
    ['a step that is not there', { step_id: nobody }, 'VG002', `step ${nobody}`],
    ['NULL for the limit', { limit: null }, 'VG007', 'NULL'],
    ['a limit of 0', { limit: 0 }, 'VG007', '0'],
    ['a negative limit', { limit: -1 }, 'VG007', '-1'],
    ['a limit over 100', { limit: 101 }, 'VG006', '101'],
    ['NULL for the context hash', { context_hash: null }, 'VG007', 'NULL'],
    ['a context hash that is none', { context_hash: 'abc' }, 'VG007', "'abc'"],
  ])('%s', async (_, wrong, code, message) => {
    const company = await makeCompany(database.pool);
    const args = { company_id: company, domain_id: null, step_id: null, limit: 5, context_hash: ELSEWHERE };
    await expectRefusal(database.pool, 'prepare_insights', { ...args, ...wrong }, code, message);
  });
});
