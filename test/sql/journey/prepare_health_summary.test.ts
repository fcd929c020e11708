import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { expectRefusal, row } from '../core/calls.js';
import { contextHash, ELSEWHERE, makeCompany, makeDomain, makeStep, setLevel, setStatus } from './world.js';

const database = useDatabase({ host: true });

const prepare = async (company: string, args: Record<string, unknown> = {}) =>
  row<{ state: string; prompt_id: string | null; prompt: string | null }>(database.pool, 'prepare_health_summary', {
    company_id: company,
    context_hash: await contextHash(database.pool, company, 'health'),
    ...args,
  });

test("the prompt tells the model the company's state, which is kept as a snapshot", async () => {
  const company = await makeCompany(database.pool, 'Umbrella GmbH');
  await setLevel(database.pool, company, await makeDomain(database.pool, 'Finance'), null);
  const { state, prompt_id, prompt } = await prepare(company);
  expect({ state, prompt_id }).toEqual({ state: 'ready', prompt_id: 'health_summary_v1' });
  expect(prompt).toContain('business health of Umbrella GmbH');
  expect(prompt).toContain('- Finance: unknown');
  expect(prompt).toContain('completed:\n- none');
  expect(await database.query('SELECT context_hash FROM evergreen.ai_context_snapshots WHERE company_id = $1', [company])).toEqual([
    { context_hash: await contextHash(database.pool, company, 'health') },
  ]);
});

test('the company moved on since the lookup: context_moved, no prompt', async () => {
  const company = await makeCompany(database.pool);
  const before = await contextHash(database.pool, company, 'health');
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  expect(await prepare(company, { context_hash: before })).toEqual({ state: 'context_moved', prompt_id: null, prompt: null });
});

test('bad input: a company that is not there, NULL, or a context hash that is none', async () => {
  const [company, nobody] = [await makeCompany(database.pool), randomUUID()];
  await expectRefusal(database.pool, 'prepare_health_summary', { company_id: nobody, context_hash: ELSEWHERE }, 'VG002', nobody);
  await expectRefusal(database.pool, 'prepare_health_summary', { company_id: null, context_hash: ELSEWHERE }, 'VG007', 'NULL');
  await expectRefusal(database.pool, 'prepare_health_summary', { company_id: company, context_hash: null }, 'VG007', 'NULL');
  await expectRefusal(database.pool, 'prepare_health_summary', { company_id: company, context_hash: 'abc' }, 'VG007', "'abc'");
});
