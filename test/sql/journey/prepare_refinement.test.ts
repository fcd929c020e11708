import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, expectRefusal, row } from '../core/calls.js';
import { item, makeRecommendation, saveRecommendations, setStatus } from './world.js';

const database = useDatabase({ host: true });

const prepare = (id: string, instruction: string, revision: number) =>
  row<{ state: string; prompt_id: string | null; prompt: string | null }>(database.pool, 'prepare_refinement', {
    recommendation_id: id,
    instruction,
    revision,
  });

test('the prompt holds the recommendation as it is and the instruction as it was given', async () => {
  const { id, company, step } = await makeRecommendation(database.pool);
  await setStatus(database.pool, company, step, 'in_progress');
  const { state, prompt_id, prompt } = await prepare(id, 'Shorter, {{braces}} and "quotes" kept', 1);
  expect({ state, prompt_id }).toEqual({ state: 'ready', prompt_id: 'refinement_v1' });
  expect(prompt).toContain('"title": "Do this"');
  expect(prompt).toContain('Shorter, {{braces}} and "quotes" kept');
  expect(prompt).toContain('Acme');
});

test('another revision came since the lookup: context_moved, no prompt', async () => {
  const { id, company, step } = await makeRecommendation(database.pool);
  await saveRecommendations(database.pool, company, [item(step, 'again')], { now: at(1) });
  expect(await prepare(id, 'shorter', 1)).toEqual({ state: 'context_moved', prompt_id: null, prompt: null });
  expect(await prepare(id, 'shorter', 2)).toMatchObject({ state: 'ready' });
});

describe('bad input', () => {
  test.each<[string, Record<string, unknown>, string, string]>([
    ['NULL for the recommendation', { recommendation_id: null }, 'VG007', 'NULL'],
    ['NULL for the revision', { revision: null }, 'VG007', 'revision'],
    ['a blank instruction', { instruction: ' ' }, 'VG007', 'instruction'],
    ['an instruction of 10 MB', { instruction: 'x'.repeat(10_000_000) }, 'VG006', 'bytes'],
  ])('%s', async (_, wrong, code, message) => {
    const { id } = await makeRecommendation(database.pool);
    await expectRefusal(
      database.pool,
      'prepare_refinement',
      { recommendation_id: id, instruction: 'x', revision: 1, ...wrong },
      code,
      message,
    );
  });

  test('a recommendation that is not there', async () => {
    const nobody = randomUUID();
    await expectRefusal(database.pool, 'prepare_refinement', { recommendation_id: nobody, instruction: 'x', revision: 1 }, 'VG002', nobody);
  });

  test('no active prompt', async () => {
    const { id } = await makeRecommendation(database.pool);
    await database.query(`UPDATE evergreen.ai_generation_prompts SET active = false WHERE prompt_type = 'refinement'`);
    await expectRefusal(
      database.pool,
      'prepare_refinement',
      { recommendation_id: id, instruction: 'x', revision: 1 },
      'VG002',
      'refinement',
    );
    await database.query(`UPDATE evergreen.ai_generation_prompts SET active = true WHERE id = 'refinement_v1'`);
  });
});
