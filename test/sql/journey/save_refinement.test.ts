import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, type Claim, type Connection, call, expectRefusal, row, untilBlocked, withConnections } from '../core/calls.js';
import {
  bring,
  claim,
  DAY,
  type Element,
  item,
  type Lookup,
  lookRecommendations,
  makeRecommendation,
  makeStep,
  noticesOf,
  RECEIPT,
  recommendation,
  type Saved,
  saveRecommendations,
} from './world.js';

const database = useDatabase({ host: true });

interface Refinement extends Lookup<Element> {
  base_revision: number;
  company_id: string;
}

const look = (id: string, instruction: string, args: Record<string, unknown> = {}) =>
  row<Refinement>(database.pool, 'lookup_refinement', { recommendation_id: id, instruction, now: at(), ...args });

const revisionsOf = (id: string) =>
  database.query('SELECT * FROM evergreen.ai_recommendation_revisions WHERE recommendation_id = $1 ORDER BY revision', [id]);

/** What a save of a refinement of the present revision passes, after a claim. */
async function argumentsFor(id: string, instruction: string, title: string): Promise<Record<string, unknown>> {
  const { cache_key, base_revision, company_id } = await look(id, instruction);
  const lease_token = await claim(database.pool, 'refinement', cache_key, company_id);
  return { recommendation_id: id, instruction, revision: base_revision, content: { title }, lease_token, ...RECEIPT, now: at(DAY) };
}

const save = (args: Record<string, unknown>, on: Connection = database.pool) => row<Saved<Element>>(on, 'save_refinement', args);

test('is the next revision of the same row; step, status, feedback and presentations stay; the earlier text stays readable', async () => {
  const { id, step } = await makeRecommendation(database.pool);
  await bring(database.pool, id, 'active');
  await call(database.pool, 'record_recommendation_feedback', { recommendation_id: id, feedback: { quality: 2 } });
  const before = await recommendation(database.pool, id);
  const saved = await save({ ...(await argumentsFor(id, 'shorter', 'Short')), prompt_id: 'refinement_v1', model: 'gpt-4.1' });
  expect(saved).toMatchObject({
    state: 'saved',
    generated_at: new Date(at(DAY)),
    content: { id, step_id: step, status: 'active', revision: 2 },
  });
  expect(saved.content.content).toEqual({ title: 'Short', step_id: step });
  expect(await recommendation(database.pool, id)).toEqual({
    ...before,
    content: { title: 'Short', step_id: step },
    revision: 2,
    instruction: 'shorter',
    generated_at: new Date(at(DAY)),
    generation_model: 'gpt-4.1',
    generation_prompt_id: 'refinement_v1',
  });
  await save(await argumentsFor(id, 'friendlier', 'Dear'));
  expect(await revisionsOf(id)).toMatchObject([
    {
      revision: 1,
      content: item(step),
      instruction: null,
      generation_model: 'gpt-4o-mini',
      generation_prompt_id: null,
      generated_at: new Date(at()),
    },
    {
      revision: 2,
      content: { title: 'Short', step_id: step },
      instruction: 'shorter',
      generation_model: 'gpt-4.1',
      generation_prompt_id: 'refinement_v1',
    },
  ]);
  expect(await database.query('SELECT DISTINCT generation_type FROM evergreen.ai_generation_logs ORDER BY 1')).toEqual([
    { generation_type: 'recommendation' },
    { generation_type: 'refinement' },
  ]);
});

test('the model cannot move a recommendation to another step', async () => {
  const { id, step } = await makeRecommendation(database.pool);
  const args = await argumentsFor(id, 'shorter', 'Short');
  const { content } = await save({ ...args, content: { title: 'Short', step_id: await makeStep(database.pool) } });
  expect(content).toMatchObject({ step_id: step, content: { step_id: step } });
});

test('is what callers get from then on, as fresh as it is new', async () => {
  const { id, company } = await makeRecommendation(database.pool);
  await save(await argumentsFor(id, 'shorter', 'Short'));
  expect(await lookRecommendations(database.pool, company, { now: at(14 * DAY) })).toMatchObject({
    freshness: 'fresh',
    content: [{ id, revision: 2, content: { title: 'Short' } }],
  });
});

test('of two who refine one revision by the same instruction at once, one generates and the other is answered by it', async () => {
  const { id, company } = await makeRecommendation(database.pool);
  const [first, second] = [await look(id, 'shorter'), await look(id, 'shorter')];
  const claiming = (seen: string | null) =>
    row<Claim>(database.pool, 'claim_generation', {
      content_type: 'refinement',
      cache_key: first.cache_key,
      holder: 'h',
      company_id: company,
      seen,
      now: at(),
    });
  const won = await claiming(first.seen);
  expect(won.state).toBe('claimed');
  expect((await claiming(second.seen)).state).toBe('busy');
  await save({
    recommendation_id: id,
    instruction: 'shorter',
    revision: 1,
    content: { title: 'Short' },
    lease_token: won.lease_token,
    ...RECEIPT,
    now: at(1),
  });
  expect((await claiming(second.seen)).state).toBe('fresh');
  expect(await look(id, 'shorter', { revision: second.base_revision })).toMatchObject({
    freshness: 'fresh',
    content: { revision: 2, content: { title: 'Short' } },
  });
  expect(await revisionsOf(id)).toHaveLength(1);
});

test('of two who refine one revision by different instructions at once, the first is kept; the second is billed and told so', async () => {
  const { id, company } = await makeRecommendation(database.pool);
  const [shorter, longer] = [await argumentsFor(id, 'shorter', 'Short'), await argumentsFor(id, 'longer', 'Loooong')];
  await withConnections(database, 2, async ([first, second]) => {
    await first?.query('BEGIN');
    expect(await save(shorter, first as Client)).toMatchObject({ state: 'saved' });
    const late = save(longer, second as Client);
    await untilBlocked(database, 1);
    await first?.query('COMMIT');
    expect(await late).toMatchObject({ state: 'saved_stale', content: { id, revision: 2, content: { title: 'Short' } }, cost: '0.00045' });
  });
  expect(await recommendation(database.pool, id)).toMatchObject({ revision: 2, instruction: 'shorter' });
  expect(
    await database.query('SELECT outcome FROM evergreen.ai_generation_logs WHERE company_id = $1 ORDER BY outcome', [company]),
  ).toEqual([{ outcome: 'generated' }, { outcome: 'generated' }, { outcome: 'saved_stale' }]);
  expect(await database.query(`SELECT lease_token FROM evergreen.generation_leases WHERE company_id = $1`, [company])).toEqual(
    Array(3).fill({ lease_token: null }),
  );
});

test('generated anew meanwhile: the refinement of the earlier text is not kept', async () => {
  const { id, company, step } = await makeRecommendation(database.pool);
  const args = await argumentsFor(id, 'shorter', 'Short');
  await saveRecommendations(database.pool, company, [item(step, 'anew')], { now: at(1) });
  expect(await save(args)).toMatchObject({ state: 'saved_stale', content: { revision: 2, content: { title: 'anew' } } });
  expect(await recommendation(database.pool, id)).toMatchObject({ content: { title: 'anew' }, instruction: null });
});

test.each(['completed', 'stale'])('one that is %s is improved too, and stays so', async (status) => {
  const { id } = await makeRecommendation(database.pool);
  await bring(database.pool, id, status);
  expect(await save(await argumentsFor(id, 'shorter', 'Short'))).toMatchObject({ state: 'saved', content: { status } });
});

test('without the lease it is billed, not kept, and says so in a warning', async () => {
  const { id } = await makeRecommendation(database.pool);
  const args = { ...(await argumentsFor(id, 'shorter', 'Short')), lease_token: randomUUID() };
  await withConnections(database, 1, async ([client]) => {
    const notices = await noticesOf(client as Client, async () => {
      expect(await save(args, client as Client)).toMatchObject({ state: 'lease_lost', cost: '0.00045' });
    });
    expect(notices).toEqual([{ code: 'VG004', message: expect.stringContaining(id) }]);
  });
  expect(await recommendation(database.pool, id)).toMatchObject({ revision: 1, content: { title: 'Do this' } });
});

describe('bad input', () => {
  let args: Record<string, unknown>;
  beforeAll(async () => {
    const { id } = await makeRecommendation(database.pool);
    args = await argumentsFor(id, 'shorter', 'Short');
  });

  const nobody = randomUUID();
  test.each<[string, Record<string, unknown>, string, string]>([
    ['a recommendation that is not there', { recommendation_id: nobody }, 'VG002', nobody],
    ['NULL for the recommendation', { recommendation_id: null }, 'VG007', 'NULL'],
    ['NULL for the revision', { revision: null }, 'VG007', 'revision'],
    ['a blank instruction', { instruction: ' ' }, 'VG007', 'instruction'],
    ['NULL for the instruction', { instruction: null }, 'VG007', 'instruction'],
    ['an instruction of 10 MB', { instruction: 'x'.repeat(10_000_000) }, 'VG006', 'bytes'],
    ['a blank model', { model: ' ' }, 'VG007', 'model'],
    ['NULL for the provider', { provider: null }, 'VG007', 'provider'],
    ['a prompt that is not there', { prompt_id: 'no_such_prompt' }, 'VG002', "'no_such_prompt'"],
    ['no lease', { lease_token: null }, 'VG007', 'lease'],
    ['NULL', { content: null }, 'VG007', 'content'],
    ['an array', { content: '[{"title": "x"}]' }, 'VG007', 'content'],
    ['a string', { content: '"x"' }, 'VG007', 'content'],
    ['an object without fields', { content: '{}' }, 'VG007', 'content'],
    ['10 MB', { content: { title: 'x'.repeat(10_000_000) } }, 'VG006', 'bytes'],
  ])('%s', (_, wrong, code, message) => expectRefusal(database.pool, 'save_refinement', { ...args, ...wrong }, code, message));

  test('leaves the lease to be used for what is right', async () => {
    expect(await save(args)).toMatchObject({ state: 'saved' });
  });
});
