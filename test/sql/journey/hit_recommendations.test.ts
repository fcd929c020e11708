/** The hits of the journey: what a lookup answers as fresh, in few columns, where the hash is at hand; nothing in any other case. */
import type { QueryResultRow } from 'pg';
import { useDatabase } from '../../support/database.js';
import { type Arguments, at, call, contents, expectRefusal, one, value, withConnections } from '../core/calls.js';
import {
  DAY,
  insight,
  item,
  lookHealth,
  lookInsights,
  lookRecommendations,
  makeCompany,
  makeDomain,
  makeSteps,
  saveHealth,
  saveInsights,
  saveRecommendations,
  setStatus,
} from './world.js';

const database = useDatabase({ host: true });
const on = () => database.pool;
let company: string;
let steps: string[];
let domain: string;

beforeAll(async () => {
  await call(on(), 'attach_host', { track_changes: true });
  company = await makeCompany(on());
  steps = await makeSteps(on(), 4);
  domain = await makeDomain(on());
  await setStatus(on(), company, steps[3] as string, 'in_progress');
  await refresh();
  await saveRecommendations(
    on(),
    company,
    steps.slice(0, 3).map((step, i) => item(step, `Title ${i}`)),
  );
  await saveInsights(on(), company, [insight('one', 0.6), insight('two', 0.9)]);
  await saveInsights(on(), company, [insight('of a domain')], { domain_id: domain });
  await saveHealth(on(), company, { headline: 'Well' });
  // Made for another state, and of another company: never among what is found.
  const other = await makeCompany(on());
  await saveRecommendations(on(), other, [item(steps[0] as string, 'Theirs')]);
});

const refresh = () => value(on(), 'refresh_company_contexts', { company_ids: [company] });

type Hit = (args?: Arguments) => Promise<QueryResultRow[]>;
const hitOf =
  (name: string, client: { query: typeof database.pool.query } = database.pool): Hit =>
  (args = {}) =>
    call(client as typeof database.pool, name, { company_id: company, now: at(), ...args });

describe('a hit is what the lookup answers', () => {
  test('recommendations', async () => {
    const found = await lookRecommendations(on(), company);
    expect(found).toMatchObject({ freshness: 'fresh' });
    const rows = await hitOf('hit_recommendations')();
    expect(rows.map(({ generated_at, generation_model, generation_prompt_id, ...rest }) => ({ ...rest, match: 'current' }))).toEqual(
      found.content?.map(({ generated_at, ...rest }) => rest),
    );
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      expect(row).toMatchObject({
        generated_at: found.generated_at,
        generation_model: found.generation_model,
        generation_prompt_id: found.generation_prompt_id,
      });
    }
    expect(await hitOf('hit_recommendations')({ limit: 2 })).toEqual(rows.slice(0, 2));
    expect(await hitOf('hit_recommendations')({ limit: 4 })).toEqual(rows);
  });

  test('insights of any place', async () => {
    for (const place of [{}, { domain_id: domain }]) {
      const found = await lookInsights(on(), company, place);
      expect(found).toMatchObject({ freshness: 'fresh' });
      const rows = await hitOf('hit_insights')(place);
      expect(rows.map(({ generated_at, generation_model, generation_prompt_id, ...rest }) => rest)).toEqual(
        found.content?.map(({ generated_at, ...rest }) => rest),
      );
    }
    expect(await hitOf('hit_insights')({ limit: 1 })).toMatchObject([{ content: 'two' }]);
    expect(await hitOf('hit_insights')({ step_id: steps[0] })).toEqual([]);
  });

  test('a health summary', async () => {
    const found = await lookHealth(on(), company);
    expect(found).toMatchObject({ freshness: 'fresh' });
    const [row] = await hitOf('hit_health_summary')();
    expect(row).toMatchObject({
      id: found.content?.id,
      revision: found.content?.revision,
      content: found.content?.content,
      generated_at: found.generated_at,
      generation_model: found.generation_model,
    });
  });

  test('and writes nothing', async () => {
    const before = await contents(on());
    for (const name of ['hit_recommendations', 'hit_insights', 'hit_health_summary']) await hitOf(name)();
    expect(await contents(on())).toEqual(before);
  });
});

describe('no hit', () => {
  const all: [string, string][] = [
    ['hit_recommendations', 'recommendation'],
    ['hit_insights', 'insight'],
    ['hit_health_summary', 'health'],
  ];
  const table: Record<string, string> = {
    recommendation: 'ai_generated_recommendations',
    insight: 'ai_generated_insights',
    health: 'ai_business_health_summaries',
  };
  const cases: [string, (type: string) => string, Arguments?][] = [
    ['the company has changed', () => `UPDATE public.company_journey_steps SET status = 'completed'`],
    ['all companies may have', () => 'TRUNCATE public.step_activity, public.company_domain_progress'],
    ['no hash is at hand', () => 'DELETE FROM evergreen.company_context_hashes'],
    ['it was made for another state', (type) => `UPDATE evergreen.${table[type]} SET context_hash = repeat('e', 64)`],
    ['the shape has another version', (type) => `SELECT evergreen.set_content_policy('${type}', p_schema_version => 2)`],
    ['activity counts', (type) => `SELECT evergreen.set_content_policy('${type}', p_activity_granularity => '1 day')`],
    [
      'the policy allows a shorter time',
      (type) => `SELECT evergreen.set_content_policy('${type}', p_max_age => '1 minute')`,
      { now: at(61) },
    ],
    ['it has aged', () => 'SELECT', { now: at(30 * DAY) }],
    ['its row says until when', (type) => `UPDATE evergreen.${table[type]} SET expires_at = '${at(5)}'`, { now: at(5) }],
    ['it was invalidated', (type) => `SELECT evergreen.invalidate_content('${company}', '${type}')`],
    ['nobody asks', () => 'SELECT', { company_id: null }],
    ['at most none is wanted', () => 'SELECT', { limit: 0 }],
    ['a limit is negative', () => 'SELECT', { limit: -1 }],
    ['a limit is NULL', () => 'SELECT', { limit: null }],
    ['a limit is over 100', () => 'SELECT', { limit: 101 }],
  ];
  test.each(cases)('when %s', (_, change, args = {}) =>
    withConnections(database, 1, async ([client]) => {
      for (const [name, type] of all) {
        if ('limit' in args && type === 'health') continue;
        await client?.query('BEGIN');
        await client?.query(change(type));
        expect({ name, rows: await hitOf(name, client as never)(args) }).toEqual({ name, rows: [] });
        await client?.query('ROLLBACK');
        expect(await hitOf(name)()).not.toEqual([]);
      }
    }),
  );

  test.each(['find_recommendations', 'lookup_recommendations', 'find_insights', 'lookup_insights'])(
    'and %s refuses such a limit also with content at hand',
    async (name) => {
      for (const limit of [null, -1, 0]) await expectRefusal(on(), name, { company_id: company, limit }, 'VG007', `${limit ?? 'NULL'}`);
      await expectRefusal(on(), name, { company_id: company, limit: 101 }, 'VG006', '101');
    },
  );

  test('of a recommendation that is completed, is stale, or whose step is done', () =>
    withConnections(database, 1, async ([client]) => {
      const id = await one<string>(on(), 'SELECT id FROM evergreen.ai_generated_recommendations WHERE company_id = $1 AND step_id = $2', [
        company,
        steps[0],
      ]);
      for (const change of [
        `UPDATE evergreen.ai_generated_recommendations SET status = 'completed' WHERE id = '${id}'`,
        `UPDATE evergreen.ai_generated_recommendations SET status = 'stale' WHERE id = '${id}'`,
        `ALTER TABLE public.company_journey_steps DISABLE TRIGGER USER;
         INSERT INTO public.company_journey_steps (company_id, step_id, status) VALUES ('${company}', '${steps[0]}', 'completed')`,
      ]) {
        await client?.query('BEGIN');
        await client?.query(change);
        const rows = await hitOf('hit_recommendations', client as never)();
        expect(rows.map((row) => row.step_id)).toEqual(steps.slice(1, 3));
        await client?.query('ROLLBACK');
      }
    }));
});
