import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { call, one, pidOf, refusal, untilBlocked, withConnections } from '../core/calls.js';
import { insight, item, makeCompany, makeSteps, recommendationsOf, saveInsights, saveRecommendations } from './world.js';

const database = useDatabase({ host: true });

/**
 * Has `backend` stop in the middle of `save` at the row of `table` with this id, the application delete meanwhile what the save is about,
 * and the save go on. Both answer, or one of them is the victim of a deadlock.
 */
async function meanwhile<Result>(
  table: string,
  id: string,
  save: (backend: Client) => Promise<Result>,
  deletion: [text: string, values: unknown[]],
): Promise<Result> {
  return withConnections(database, 3, async ([keeper, backend, application]) => {
    await keeper?.query('BEGIN');
    await keeper?.query(`SELECT FROM evergreen.${table} WHERE id = $1 FOR UPDATE`, [id]);
    const saving = save(backend as Client);
    saving.catch(() => undefined);
    await untilBlocked(database, 1, [pidOf(backend as Client)]);
    const deleting = application?.query(...deletion);
    deleting?.catch(() => undefined);
    await untilBlocked(database, 1, [pidOf(application as Client)]);
    await keeper?.query('COMMIT');
    const saved = await saving;
    await deleting;
    return saved;
  });
}

/** The row that a save locks first, and the one it locks last. */
const inOrder = <Row extends { id: string }>(rows: Row[]) => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1)) as [Row, Row];

describe('what the application deletes while recommendations are saved', () => {
  test('steps, one recommended before and one anew: neither deadlocks, and the recommendations lose their steps', async () => {
    const company = await makeCompany(database.pool);
    const [a, b, c] = (await makeSteps(database.pool, 3)) as [string, string, string];
    await saveRecommendations(database.pool, company, [item(a), item(b)]);
    const [first, last] = inOrder(await recommendationsOf(database.pool, company));
    const { content } = await meanwhile(
      'ai_generated_recommendations',
      last.id,
      (backend) => saveRecommendations(backend, company, [item(a), item(b), item(c)]),
      ['DELETE FROM public.journey_steps WHERE id = ANY ($1)', [[first.step_id, c]]],
    );
    expect(content).toHaveLength(3);
    expect((await recommendationsOf(database.pool, company)).map(({ step_id }) => step_id).sort()).toEqual(
      [last.step_id, null, null].sort(),
    );
  });

  test.each(['public.companies', 'public.journey_steps'])(
    'from %s, before anything is there: the save is refused, and leaves the key to others',
    async (table) => {
      const company = await makeCompany(database.pool);
      const steps = await makeSteps(database.pool, 2);
      await withConnections(database, 2, async ([application, backend]) => {
        await application?.query('BEGIN');
        await application?.query(`DELETE FROM ${table} WHERE id = $1`, [table === 'public.companies' ? company : steps[1]]);
        const saving = saveRecommendations(
          backend as Client,
          company,
          steps.map((step) => item(step)),
        );
        saving.catch(() => undefined);
        await untilBlocked(database, 1, [pidOf(backend as Client)]);
        await application?.query('COMMIT');
        expect(await refusal(saving)).toMatchObject({ code: 'VG002', message: expect.stringContaining('deleted meanwhile') });
      });
      expect(await recommendationsOf(database.pool, company)).toEqual([]);
    },
  );

  test('the company: neither deadlocks, and nothing of it stays', async () => {
    const company = await makeCompany(database.pool);
    const [a, b] = (await makeSteps(database.pool, 2)) as [string, string];
    await saveRecommendations(database.pool, company, [item(a), item(b)]);
    const [, last] = inOrder(await recommendationsOf(database.pool, company));
    await meanwhile('ai_generated_recommendations', last.id, (backend) => saveRecommendations(backend, company, [item(a), item(b)]), [
      'DELETE FROM public.companies WHERE id = $1',
      [company],
    ]);
    expect(await recommendationsOf(database.pool, company)).toEqual([]);
  });
});

test('a step that is deleted while insights move to it: neither deadlocks', async () => {
  const company = await makeCompany(database.pool);
  const [a, b] = (await makeSteps(database.pool, 2)) as [string, string];
  await saveInsights(database.pool, company, [insight('One.')], { step_id: a });
  await saveInsights(database.pool, company, [insight('Two.')], { step_id: b });
  const rows = await database.query<{ id: string; step_id: string }>(
    'SELECT id, step_id FROM evergreen.ai_generated_insights WHERE company_id = $1',
    [company],
  );
  const [first, last] = inOrder(rows);
  await meanwhile(
    'ai_generated_insights',
    last.id,
    (backend) => saveInsights(backend, company, [insight('One.'), insight('Two.')], { step_id: first.step_id }),
    ['DELETE FROM public.journey_steps WHERE id = $1', [first.step_id]],
  );
  expect(
    await one(database.pool, 'SELECT count(*)::integer FROM evergreen.ai_generated_insights WHERE company_id = $1 AND step_id IS NULL', [
      company,
    ]),
  ).toBe(2);
});

test.each(['start', 'completion'])('a company that is deleted at the %s of what was recommended: neither deadlocks', async (moment) => {
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null)]);
  const id = (await recommendationsOf(database.pool, company))[0]?.id;
  await withConnections(database, 3, async ([keeper, person, application]) => {
    await keeper?.query('BEGIN');
    await keeper?.query('LOCK TABLE evergreen.ai_recommendation_effectiveness IN EXCLUSIVE MODE');
    const starting = call(person as Client, `track_recommendation_${moment}`, { recommendation_id: id });
    starting.catch(() => undefined);
    await untilBlocked(database, 1, [pidOf(person as Client)]);
    const deleting = application?.query('DELETE FROM public.companies WHERE id = $1', [company]);
    deleting?.catch(() => undefined);
    await untilBlocked(database, 1, [pidOf(application as Client)]);
    await keeper?.query('COMMIT');
    await starting;
    await deleting;
  });
  expect(await recommendationsOf(database.pool, company)).toEqual([]);
});

test('what was deleted is told as such, and nothing is left of what was held', async () => {
  const company = await makeCompany(database.pool);
  const [step] = (await makeSteps(database.pool, 1)) as [string];
  const hold = (company_id: string | null, step_ids: string[]) =>
    call(database.pool, 'hold_host', { company_id, domain_id: null, step_ids });
  await hold(company, [step, step]);
  expect(await refusal(hold(randomUUID(), [step]))).toMatchObject({ code: 'VG002', message: expect.stringContaining('deleted meanwhile') });
  expect(await refusal(hold(company, [step, randomUUID()]))).toMatchObject({ code: 'VG002' });
  expect(await one(database.pool, 'SELECT count(*)::integer FROM evergreen.host_holds')).toBe(0);
});
