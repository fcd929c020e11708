import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, expectRefusal, one, pidOf, refusal, row, untilBlocked, withConnections } from '../core/calls.js';
import {
  bring,
  claim,
  contextHash,
  DAY,
  ELSEWHERE,
  item,
  lookRecommendations,
  makeCompany,
  makeRecommendation,
  makeStep,
  makeSteps,
  noticesOf,
  RECEIPT,
  recommendation,
  recommendationsOf,
  type Saved,
  saveRecommendations,
  setStatus,
} from './world.js';

const database = useDatabase({ host: true });

const titles = (saved: Saved) => saved.content.map(({ content }) => content.title);

/** What a save of one recommendation for a company as it is now passes, after a claim. */
async function argumentsFor(company: string, step: string | null = null): Promise<Record<string, unknown>> {
  const { cache_key, context_hash } = await lookRecommendations(database.pool, company);
  return {
    company_id: company,
    context_hash,
    recommendations: JSON.stringify([item(step)]),
    lease_token: await claim(database.pool, 'recommendation', cache_key, company),
    ...RECEIPT,
    now: at(),
  };
}

test("keeps them in the model's order, whole, with where they come from; logs, bills, ends the lease", async () => {
  const company = await makeCompany(database.pool);
  const steps = await makeSteps(database.pool, 3);
  const items = steps.map((step, index) => ({ ...item(step, `Title ${index}`), extra: { nested: [1, 2.5, null, 'ü'] } }));
  const saved = await saveRecommendations(database.pool, company, items, {
    prompt_id: 'recommendation_v1',
    cached_tokens: 400,
    request_id: 'req_7',
  });
  expect(saved).toMatchObject({ state: 'saved', generated_at: new Date(at()), cost: '0.00042' });
  expect(saved.content.map(({ content }) => content)).toEqual(items);
  expect(saved.content).toMatchObject(steps.map((step_id) => ({ step_id, status: 'fresh', match: 'current', revision: 1 })));
  expect(await recommendationsOf(database.pool, company)).toMatchObject(
    items.map((content, index) => ({
      content,
      step_id: steps[index],
      context_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      generation_model: 'gpt-4o-mini',
      generation_prompt_id: 'recommendation_v1',
      expires_at: null,
      times_presented: 0,
    })),
  );
  expect(await database.query('SELECT * FROM evergreen.ai_generation_logs WHERE company_id = $1', [company])).toMatchObject([
    {
      generation_type: 'recommendation',
      success: true,
      outcome: 'generated',
      tokens_used: '1500',
      cached_tokens: 400,
      generation_time_ms: 900,
      request_id: 'req_7',
    },
  ]);
  expect(await database.query('SELECT lease_token, failures FROM evergreen.generation_leases WHERE company_id = $1', [company])).toEqual([
    { lease_token: null, failures: 0 },
  ]);
});

test('R11: after 14 days in an unchanged state the same step is saved again, as the next revision of its row, and is fresh', async () => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  const first = await saveRecommendations(database.pool, company, [item(step, 'first')]);
  const second = await saveRecommendations(database.pool, company, [item(step, 'second')], { now: at(14 * DAY) });
  expect(second.content).toMatchObject([{ id: first.content[0]?.id, revision: 2, status: 'fresh', content: { title: 'second' } }]);
  expect(await lookRecommendations(database.pool, company, { now: at(27 * DAY) })).toMatchObject({
    freshness: 'fresh',
    content: [{ content: { title: 'second' } }],
  });
  expect(await database.query('SELECT * FROM evergreen.ai_recommendation_revisions WHERE company_id = $1', [company])).toMatchObject([
    { recommendation_id: first.content[0]?.id, revision: 1, content: item(step, 'first'), instruction: null, generated_at: new Date(at()) },
  ]);
});

test('R03: a state that returns after another has its rows again, and they can be saved again', async () => {
  const company = await makeCompany(database.pool);
  const [step, other] = (await makeSteps(database.pool, 2)) as [string, string];
  const a = await saveRecommendations(database.pool, company, [item(step)]);
  await setStatus(database.pool, company, other, 'completed');
  await saveRecommendations(database.pool, company, [item(step)], { now: at(1) });
  await setStatus(database.pool, company, other, null);
  expect(await saveRecommendations(database.pool, company, [item(step)], { now: at(2) })).toMatchObject({
    state: 'saved',
    content: [{ id: a.content[0]?.id, revision: 2 }],
  });
  expect(await recommendationsOf(database.pool, company)).toHaveLength(2);
});

test('R02: what staling marked while the state was another is fresh when generated again', async () => {
  const company = await makeCompany(database.pool);
  const other = await makeStep(database.pool);
  await saveRecommendations(database.pool, company, [item(null)]);
  await setStatus(database.pool, company, other, 'completed');
  await call(database.pool, 'mark_stale_recommendations_batch', {});
  await setStatus(database.pool, company, other, null);
  expect(await lookRecommendations(database.pool, company)).toMatchObject({ freshness: 'expired', reason: 'marked_stale' });
  await saveRecommendations(database.pool, company, [item(null)], { now: at(1) });
  expect(await lookRecommendations(database.pool, company, { now: at(2) })).toMatchObject({
    freshness: 'fresh',
    content: [{ status: 'fresh', revision: 2 }],
  });
});

describe('R18: without a step it is told apart by its title', () => {
  test('the same title is one row for a state, another title another', async () => {
    const company = await makeCompany(database.pool);
    const saved = await saveRecommendations(database.pool, company, [
      item(null, 'Know your numbers'),
      item(null, ' KNOW your\nnumbers '),
      item(null, 'Rest'),
    ]);
    expect(titles(saved)).toEqual(['Know your numbers', 'Rest']);
    await saveRecommendations(database.pool, company, [item(null, 'know your numbers')], { now: at(1) });
    expect(await recommendationsOf(database.pool, company)).toMatchObject([
      { content: { title: 'Rest' } },
      { content: { title: 'know your numbers' }, revision: 2 },
    ]);
  });

  test('two identical rows cannot be written past the function either', async () => {
    const insert = `INSERT INTO evergreen.ai_generated_recommendations (company_id, step_id, recommendation_key, content, context_hash, generation_model)
      VALUES ($1, NULL, '', '{"title": "Same"}', $2, 'm')`;
    const company = await makeCompany(database.pool);
    await database.query(insert, [company, ELSEWHERE]);
    expect(await refusal(database.query(insert, [company, ELSEWHERE]))).toMatchObject({ code: '23505' });
  });

  test('without a title there is one such row', async () => {
    const company = await makeCompany(database.pool);
    await saveRecommendations(database.pool, company, [{ description: 'x' }, { description: 'y' }]);
    expect(await recommendationsOf(database.pool, company)).toHaveLength(1);
  });
});

test('a step that the model names twice counts once: the first', async () => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  const saved = await saveRecommendations(database.pool, company, [item(null, 'a'), item(step, 'b'), item(step, 'c'), item(null, 'd')]);
  expect(titles(saved)).toEqual(['a', 'b', 'd']);
});

test("of the application's steps it reads those that are recommended, however many there are", async () => {
  const company = await makeCompany(database.pool);
  const steps = await makeSteps(database.pool, 2000);
  await database.query('ANALYZE public.journey_steps');
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    const saved = await saveRecommendations(client, company, [item(steps[7] as string), item(steps[1234] as string)]);
    expect(saved.state).toBe('saved');
    const read = `SELECT (seq_tup_read + idx_tup_fetch)::integer FROM pg_stat_xact_user_tables WHERE relid = 'public.journey_steps'::regclass`;
    expect(await one(client, read)).toBeLessThan(20);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});

test('a prompt that is not there cannot be referred to, also past the function', async () => {
  const company = await makeCompany(database.pool);
  const insert = `INSERT INTO evergreen.ai_generated_recommendations (company_id, recommendation_key, content, context_hash, generation_model, generation_prompt_id)
    VALUES ($1, '', '{"title": "x"}', $2, 'm', 'no_such_prompt')`;
  expect(await refusal(database.query(insert, [company, ELSEWHERE]))).toMatchObject({ code: '23503' });
});

test('changes nothing of another company, though both are in the same state and have the same step', async () => {
  const step = await makeStep(database.pool);
  const [mine, other] = [await makeCompany(database.pool), await makeCompany(database.pool)];
  await saveRecommendations(database.pool, other, [item(step, 'theirs')]);
  const before = await recommendationsOf(database.pool, other);
  await saveRecommendations(database.pool, mine, [item(step, 'mine')], { now: at(1) });
  await saveRecommendations(database.pool, mine, [item(step, 'mine again')], { now: at(2) });
  expect(await recommendationsOf(database.pool, other)).toEqual(before);
});

describe('what a person did with a recommendation is not undone by generating it again', () => {
  test.each([
    ['active', 'active'],
    ['completed', 'completed'],
    ['stale', 'fresh'],
  ])('%s becomes %s', async (before, after) => {
    const { company, step, id } = await makeRecommendation(database.pool);
    await bring(database.pool, id, before);
    await call(database.pool, 'record_recommendation_feedback', { recommendation_id: id, feedback: { quality: 4 } });
    const { times_presented } = await recommendation(database.pool, id);
    await saveRecommendations(database.pool, company, [item(step, 'again'), item(null)], { now: at(DAY) });
    expect(await recommendation(database.pool, id)).toMatchObject({
      status: after,
      revision: 2,
      user_feedback: { quality: 4 },
      times_presented,
    });
  });

  test('completed while the save waits for its row: stays completed', async () => {
    const { company, step, id } = await makeRecommendation(database.pool);
    await withConnections(database, 2, async ([person, backend]) => {
      await person?.query('BEGIN');
      await call(person as Client, 'track_recommendation_completion', { recommendation_id: id });
      const saving = saveRecommendations(backend as Client, company, [item(step, 'again')], { now: at(DAY) });
      await untilBlocked(database, 1);
      await person?.query('COMMIT');
      expect(await saving).toMatchObject({ state: 'saved', content: [{ status: 'completed', revision: 2 }] });
    });
    expect(await recommendation(database.pool, id)).toMatchObject({ status: 'completed' });
  });

  test('completed while a save holds its row: waits for the save, then is completed', async () => {
    const { company, step, id } = await makeRecommendation(database.pool);
    await withConnections(database, 2, async ([backend, person]) => {
      await backend?.query('BEGIN');
      await saveRecommendations(backend as Client, company, [item(step, 'again')], { now: at(DAY) });
      const completing = call(person as Client, 'track_recommendation_completion', { recommendation_id: id });
      await untilBlocked(database, 1);
      await backend?.query('COMMIT');
      await completing;
    });
    expect(await recommendation(database.pool, id)).toMatchObject({ status: 'completed', revision: 2 });
  });
});

test.each(['abc', 'cba'])(
  'presented while a save is in the middle of the same rows, with ids in the order %s: neither deadlocks',
  async (order) => {
    const company = await makeCompany(database.pool);
    const titles = ['a', 'b', 'c'];
    const items = titles.map((title) => item(null, title));
    await saveRecommendations(database.pool, company, items);
    await database.query(
      `UPDATE evergreen.ai_generated_recommendations SET id = (repeat(strpos('${order}', content ->> 'title')::text, 8) || substr(id::text, 9))::uuid WHERE company_id = $1`,
      [company],
    );
    const ids = (await recommendationsOf(database.pool, company)).map(({ id }) => id);
    await withConnections(database, 3, async ([keeper, backend, counter]) => {
      await keeper?.query('BEGIN');
      await keeper?.query(
        `SELECT FROM evergreen.ai_generated_recommendations WHERE company_id = $1 AND content ->> 'title' = 'b' FOR NO KEY UPDATE`,
        [company],
      );
      const saving = saveRecommendations(backend as Client, company, items, { now: at(DAY) });
      await untilBlocked(database, 1, [pidOf(backend as Client)]);
      const presenting = call(counter as Client, 'mark_presented', { ids });
      await untilBlocked(database, 2);
      await keeper?.query('COMMIT');
      expect(await saving).toMatchObject({ state: 'saved' });
      await presenting;
    });
    expect(await recommendationsOf(database.pool, company)).toMatchObject(
      titles.map((title) => ({ revision: 2, times_presented: 1, content: { title } })),
    );
  },
);

test('an invalidation that came while it was generated keeps the answer, but as stale', async () => {
  const { company, step, id } = await makeRecommendation(database.pool);
  const args = await argumentsFor(company, step);
  await call(database.pool, 'invalidate_content', { company_id: company });
  expect(await row<Saved>(database.pool, 'save_recommendations', args)).toMatchObject({
    state: 'saved_stale',
    content: [{ id, status: 'stale', match: 'stale', revision: 2 }],
  });
  expect(await lookRecommendations(database.pool, company)).toMatchObject({ freshness: 'expired', reason: 'marked_stale' });
  expect(
    await database.query('SELECT outcome, success FROM evergreen.ai_generation_logs WHERE company_id = $1 ORDER BY outcome', [company]),
  ).toEqual([
    { outcome: 'generated', success: true },
    { outcome: 'saved_stale', success: true },
  ]);
});

test('a completed one stays completed also when saved as stale', async () => {
  const { company, step, id } = await makeRecommendation(database.pool);
  await bring(database.pool, id, 'completed');
  const args = await argumentsFor(company, step);
  await call(database.pool, 'invalidate_content', { company_id: company });
  expect(await row<Saved>(database.pool, 'save_recommendations', args)).toMatchObject({
    state: 'saved_stale',
    content: [{ id, status: 'completed' }],
  });
});

test('when all that was recommended is completed, the key pauses as after a failure; while one of it may be shown, or another company completed it, it does not', async () => {
  const [done, open] = (await makeSteps(database.pool, 2)) as [string, string];
  const afterSaving = async (company: string, steps: string[]) => {
    await saveRecommendations(
      database.pool,
      company,
      steps.map((step) => item(step)),
    );
    const { cache_key } = await lookRecommendations(database.pool, company);
    return row(database.pool, 'claim_generation', {
      content_type: 'recommendation',
      cache_key,
      holder: 'next',
      company_id: company,
      now: at(1),
    });
  };
  const company = await makeCompany(database.pool);
  await setStatus(database.pool, company, done, 'completed');
  expect(await afterSaving(company, [done])).toMatchObject({
    state: 'backing_off',
    reason: 'invalid: all that was recommended is completed',
  });
  expect(await afterSaving(await makeCompany(database.pool), [done])).toMatchObject({ state: 'claimed' });
  const other = await makeCompany(database.pool);
  await setStatus(database.pool, other, done, 'completed');
  expect(await afterSaving(other, [done, open])).toMatchObject({ state: 'claimed' });
});

test('the context changed while the model was writing: kept for the state it was asked for, no answer for the new one, marked stale later (R05)', async () => {
  const company = await makeCompany(database.pool);
  const args = await argumentsFor(company);
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  expect(await row<Saved>(database.pool, 'save_recommendations', args)).toMatchObject({ state: 'saved' });
  expect(await lookRecommendations(database.pool, company)).toMatchObject({ freshness: 'expired', reason: 'context_changed' });
  await call(database.pool, 'mark_stale_recommendations_batch', {});
  expect(await recommendationsOf(database.pool, company)).toMatchObject([{ status: 'stale' }]);
});

test('without the lease it is billed, not kept, and says so in a warning', async () => {
  const { company, step, id } = await makeRecommendation(database.pool);
  const { context_hash } = await lookRecommendations(database.pool, company);
  const args = {
    company_id: company,
    context_hash,
    recommendations: JSON.stringify([item(step, 'late')]),
    lease_token: randomUUID(),
    ...RECEIPT,
  };
  await withConnections(database, 1, async ([client]) => {
    const notices = await noticesOf(client as Client, async () => {
      expect(await row<Saved>(client as Client, 'save_recommendations', args)).toMatchObject({
        state: 'lease_lost',
        content: null,
        cost: '0.00045',
      });
    });
    expect(notices).toEqual([{ code: 'VG004', message: expect.stringContaining(company) }]);
  });
  expect(await recommendation(database.pool, id)).toMatchObject({ revision: 1, content: { title: 'Do this' } });
  expect(
    await one<string>(database.pool, `SELECT outcome FROM evergreen.ai_generation_logs WHERE company_id = $1 AND outcome <> 'generated'`, [
      company,
    ]),
  ).toBe('lease_lost');
});

test('the same step of another revision of a model: the answer says which model wrote what is shown', async () => {
  const { company, step } = await makeRecommendation(database.pool);
  await saveRecommendations(database.pool, company, [item(step, 'again')], { now: at(1), model: 'gpt-4.1' });
  expect(await lookRecommendations(database.pool, company, { now: at(2) })).toMatchObject({ generation_model: 'gpt-4.1' });
  expect(
    await database.query('SELECT generation_model FROM evergreen.ai_recommendation_revisions WHERE company_id = $1', [company]),
  ).toEqual([{ generation_model: 'gpt-4o-mini' }]);
});

describe('bad input', () => {
  let company: string;
  let args: Record<string, unknown>;
  beforeAll(async () => {
    company = await makeCompany(database.pool);
    args = await argumentsFor(company);
  });

  const nobody = randomUUID();
  const said = (value: unknown) => ({ recommendations: JSON.stringify(value) });
  test.each<[string, Record<string, unknown>, string, string]>([
    ['R24: a company that is not there', { company_id: nobody }, 'VG002', nobody],
    ['NULL for the company', { company_id: null }, 'VG007', 'NULL'],
    ['a context hash that is none', { context_hash: 'A'.repeat(64) }, 'VG007', 'AAAA'],
    ['NULL for the context hash', { context_hash: null }, 'VG007', 'NULL'],
    ['a blank model', { model: ' ' }, 'VG007', 'model'],
    ['NULL for the model', { model: null }, 'VG007', 'model'],
    ['a blank provider', { provider: '' }, 'VG007', 'provider'],
    ['a prompt that is not there', { prompt_id: 'no_such_prompt' }, 'VG002', "'no_such_prompt'"],
    ['no lease', { lease_token: null }, 'VG007', 'lease'],
    ['NULL', { recommendations: null }, 'VG007', 'recommendations'],
    ['none', said([]), 'VG007', 'recommendations'],
    ['an object', said(item(null)), 'VG007', 'recommendations'],
    ['a string', said('x'), 'VG007', 'recommendations'],
    ['a number among them', said([item(null), 7]), 'VG007', 'number 2'],
    ['one without fields', said([{}]), 'VG007', 'number 1'],
    ['a step that is not there', said([item(null), item(nobody)]), 'VG002', nobody],
    ['a step that is no id', said([item('the first')]), 'VG007', "'the first'"],
    ['a step that is a number', said([{ ...item(null), step_id: 42 }]), 'VG007', "'42'"],
    ['over 100 of them', said(Array.from({ length: 101 }, (_, n) => item(null, `${n}`))), 'VG006', '101'],
    ['10 MB', said([item(null, 'x'.repeat(10_000_000))]), 'VG006', 'bytes'],
    ['more than max_bytes', said([item(null, 'x'.repeat(262_144))]), 'VG006', '262144'],
  ])('%s', (_, wrong, code, message) => expectRefusal(database.pool, 'save_recommendations', { ...args, ...wrong }, code, message));

  test('malformed JSON', async () => {
    expect(await refusal(call(database.pool, 'save_recommendations', { ...args, recommendations: '[{' }))).toMatchObject({ code: '22P02' });
  });

  test('leaves the lease to be used for what is right', async () => {
    expect(await row<Saved>(database.pool, 'save_recommendations', args)).toMatchObject({ state: 'saved' });
    expect(await recommendationsOf(database.pool, company)).toMatchObject([{ context_hash: await contextHash(database.pool, company) }]);
  });
});
