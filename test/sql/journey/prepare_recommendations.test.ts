import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { call, expectRefusal, row, value, withConnections } from '../core/calls.js';
import { contextHash, ELSEWHERE, makeCompany, makeDomain, makeStep, makeSteps, setLevel, setStatus } from './world.js';

const database = useDatabase({ host: true });

interface Prepared extends Record<string, unknown> {
  state: string;
  prompt_id: string | null;
  prompt: string | null;
}

const prepare = async (company: string, args: Record<string, unknown> = {}) =>
  row<Prepared>(database.pool, 'prepare_recommendations', {
    company_id: company,
    limit: 3,
    context_hash: await contextHash(database.pool, company),
    ...args,
  });

test("the prompt tells the model the company's state by names, and which steps it may recommend", async () => {
  const company = await makeCompany(database.pool, 'Umbrella GmbH');
  const [done, doing, open] = (await makeSteps(database.pool, 3)) as [string, string, string];
  const domain = await makeDomain(database.pool, 'Marketing');
  await setStatus(database.pool, company, done, 'completed');
  await setStatus(database.pool, company, doing, 'in_progress');
  await setLevel(database.pool, company, domain, 'emerging');
  const { state, prompt_id, prompt } = await prepare(company, { limit: 7 });
  expect({ state, prompt_id }).toEqual({ state: 'ready', prompt_id: 'recommendation_v1' });
  expect(prompt).toContain('Umbrella GmbH');
  expect(prompt).toContain('Recommend 7 next steps');
  expect(prompt).toMatch(new RegExp(`completed:\n- ${done}: Step 1\n\n`));
  expect(prompt).toMatch(new RegExp(`in progress:\n- ${doing}: Step 2\n\n`));
  expect(prompt).toContain('- Marketing: emerging');
  const candidates = prompt?.split('Candidate steps:\n')[1]?.split('\n\n')[0] ?? '';
  expect(candidates).toContain(`- ${open}: Step 3`);
  expect(candidates).toContain(`- ${doing}: Step 2`);
  expect(candidates).not.toContain(done);
});

test('keeps the state it is for as a snapshot', async () => {
  const company = await makeCompany(database.pool);
  await prepare(company);
  expect(await database.query('SELECT context_hash FROM evergreen.ai_context_snapshots WHERE company_id = $1', [company])).toEqual([
    { context_hash: await contextHash(database.pool, company) },
  ]);
});

test('the company moved on since the lookup: context_moved, no prompt, no snapshot', async () => {
  const company = await makeCompany(database.pool);
  const before = await contextHash(database.pool, company);
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  expect(await prepare(company, { context_hash: before })).toEqual({ state: 'context_moved', prompt_id: null, prompt: null });
  expect(await database.query('SELECT * FROM evergreen.ai_context_snapshots WHERE company_id = $1', [company])).toEqual([]);
});

test('the hash and the words of the prompt are of the same moment, while the application writes', async () => {
  const company = await makeCompany(database.pool);
  const domain = await makeDomain(database.pool, 'Sales');
  await setLevel(database.pool, company, domain, 'low');
  const low = await contextHash(database.pool, company);
  await setLevel(database.pool, company, domain, 'high');
  const high = await contextHash(database.pool, company);
  await withConnections(database, 2, async ([writer, reader]) => {
    let reading = true;
    const writing = (async () => {
      for (let turn = 0; reading; turn++)
        await writer?.query('UPDATE public.company_domain_progress SET maturity_level = $2 WHERE company_id = $1', [
          company,
          turn % 2 ? 'low' : 'high',
        ]);
    })();
    const seen = new Set<string>();
    for (let turn = 0; turn < 50 || seen.size < 2; turn++) {
      for (const [hash, level] of [
        [low, 'low'],
        [high, 'high'],
      ] as const) {
        const prepared = await row<Prepared>(reader as Client, 'prepare_recommendations', {
          company_id: company,
          limit: 3,
          context_hash: hash,
        });
        if (prepared.state === 'context_moved') continue;
        seen.add(level);
        expect(prepared.prompt).toContain(`- Sales: ${level}`);
      }
    }
    reading = false;
    await writing;
  });
});

test('a company with 10,000 steps has a prompt that is bounded by the policy and says how many there are', async () => {
  const company = await makeCompany(database.pool);
  const steps = await makeSteps(database.pool, 10_000);
  await database.query(`INSERT INTO public.company_journey_steps SELECT $1, s, 'completed' FROM unnest($2::uuid[]) AS s`, [company, steps]);
  const { prompt } = await prepare(company);
  expect(prompt).toContain('- and 9800 more');
  expect(prompt?.length).toBeLessThan(64_000);
  await database.query('DELETE FROM public.journey_steps WHERE id = ANY ($1)', [steps]);
});

test('a template of another version is used at once', async () => {
  const company = await makeCompany(database.pool, 'Zeta');
  const id = await value<string>(database.pool, 'publish_prompt', {
    prompt_type: 'recommendation',
    template: 'Only {{company}}, {{ limit }}.',
  });
  await call(database.pool, 'activate_prompt', { id });
  expect(await prepare(company)).toEqual({ state: 'ready', prompt_id: id, prompt: 'Only Zeta, 3.' });
  await call(database.pool, 'activate_prompt', { id: 'recommendation_v1' });
});

describe('bad input', () => {
  const nobody = randomUUID();
  test.each<[string, Record<string, unknown>, string, string]>([
    ['a company that is not there', { company_id: nobody }, 'VG002', nobody],
    ['NULL for the company', { company_id: null }, 'VG007', 'NULL'],
    ['NULL for the limit', { limit: null }, 'VG007', 'NULL'],
    ['a limit of 0', { limit: 0 }, 'VG007', '0'],
    ['a negative limit', { limit: -1 }, 'VG007', '-1'],
    ['a limit over 100', { limit: 101 }, 'VG006', '101'],
    ['NULL for the context hash', { context_hash: null }, 'VG007', 'NULL'],
    ['a context hash that is none', { context_hash: 'abc' }, 'VG007', "'abc'"],
  ])('%s', async (_, wrong, code, message) => {
    const company = await makeCompany(database.pool);
    await expectRefusal(
      database.pool,
      'prepare_recommendations',
      { company_id: company, limit: 3, context_hash: ELSEWHERE, ...wrong },
      code,
      message,
    );
  });

  describe('of a template', () => {
    /** Makes one version of the prompt the active one, or none. */
    const activate = async (id: string | null) => {
      await database.query(`UPDATE evergreen.ai_generation_prompts SET active = false WHERE prompt_type = 'recommendation'`);
      if (id) await database.query('UPDATE evergreen.ai_generation_prompts SET active = true WHERE id = $1', [id]);
    };
    afterEach(() => activate('recommendation_v1'));

    test('one that names what nobody knows', async () => {
      const company = await makeCompany(database.pool);
      const id = await value<string>(database.pool, 'publish_prompt', {
        prompt_type: 'recommendation',
        template: '{{company}} {{no_such_variable}}',
      });
      await activate(id);
      const args = { company_id: company, limit: 3, context_hash: await contextHash(database.pool, company) };
      await expectRefusal(database.pool, 'prepare_recommendations', args, 'VG007', 'no_such_variable');
    });

    test('none is active', async () => {
      const company = await makeCompany(database.pool);
      await activate(null);
      const args = { company_id: company, limit: 3, context_hash: await contextHash(database.pool, company) };
      await expectRefusal(database.pool, 'prepare_recommendations', args, 'VG002', 'recommendation');
    });
  });
});
