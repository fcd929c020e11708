import { Pool } from 'pg';
import { createEvergreen, type Evergreen } from '../../src/index.js';
import { type Company, createCompany, setStep } from '../support/company.js';
import { countingPool } from '../support/counting-pool.js';
import { useDatabase } from '../support/database.js';
import { useSimulation } from '../support/provider.js';
import { waitUntil } from '../support/wait-until.js';

const database = useDatabase({ host: true });
const simulation = useSimulation();

let evergreen: Evergreen;
let company: Company;

beforeAll(async () => {
  await database.query(`SELECT evergreen.register_model('openai', 'simulated-gpt-4.1-mini', 0.4, 1.6, 0.1)`);
});
beforeEach(async () => {
  evergreen = createEvergreen({ pool: database.pool, openai: simulation.openai });
  company = await createCompany(database);
});
afterEach(() => evergreen.close());

/** Calls of the provider that the work needs. */
async function callsOf<T>(work: () => Promise<T>): Promise<[T, number]> {
  const before = simulation.calls;
  return [await work(), simulation.calls - before];
}

describe('recommendations', () => {
  test('are generated once and then reused, for nothing', async () => {
    const [first, calls] = await callsOf(() => evergreen.recommendations({ companyId: company.id }));
    expect(first).toMatchObject({
      outcome: 'generated',
      reason: 'no_content',
      model: 'simulated-gpt-4.1-mini',
      promptId: 'recommendation_v1',
    });
    expect(first.content).toHaveLength(3);
    expect(first.cost).toBeGreaterThan(0);
    expect(first.generatedAt).toBeInstanceOf(Date);
    expect(calls).toBe(1);

    const [second, more] = await callsOf(() => evergreen.recommendations({ companyId: company.id }));
    expect(second).toMatchObject({ outcome: 'fresh', reason: 'hit', cost: 0, model: first.model, promptId: first.promptId });
    expect(second.content).toEqual(first.content);
    expect(second.generatedAt).toEqual(first.generatedAt);
    expect(more).toBe(0);
  });

  test('name steps of the journey and say what they are', async () => {
    const { content } = await evergreen.recommendations({ companyId: company.id });
    const steps = (await database.query('SELECT id FROM journey_steps')).map((row) => row.id);
    for (const { id, step_id, status, match, revision, generated_at, content: item } of content) {
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      expect(steps).toContain(step_id);
      expect({ status, match, revision }).toEqual({ status: 'fresh', match: 'current', revision: 1 });
      expect(new Date(generated_at).toISOString()).toBe(generated_at);
      expect(item.actions.length).toBeGreaterThan(0);
      expect(['low', 'medium', 'high']).toContain(item.effort);
    }
  });

  test('are generated anew when the state of the company changes, and reused when it changes back', async () => {
    await evergreen.recommendations({ companyId: company.id });
    await setStep(database, company, 0, 'completed');
    const [changed, calls] = await callsOf(() => evergreen.recommendations({ companyId: company.id }));
    expect(changed).toMatchObject({ outcome: 'generated', reason: 'context_changed' });
    expect(calls).toBe(1);
    expect(simulation.received.at(-1)?.prompt).toContain('Step 1');

    await database.query('DELETE FROM company_journey_steps WHERE company_id = $1', [company.id]);
    expect(await callsOf(() => evergreen.recommendations({ companyId: company.id }))).toMatchObject([
      { outcome: 'fresh', reason: 'hit' },
      0,
    ]);
  });

  test('never number more than was asked for', async () => {
    const [{ content }] = await callsOf(() => evergreen.recommendations({ companyId: company.id, limit: 2 }));
    expect(content).toHaveLength(2);
    expect((await evergreen.recommendations({ companyId: company.id, limit: 1 })).content).toHaveLength(1);
  });

  describe('whose state is at hand are all that the lookup finds', () => {
    beforeAll(() => database.query(`SELECT evergreen.attach_host('public', p_track_changes => true)`));
    afterAll(() => database.query(`SELECT evergreen.attach_host('public', p_track_changes => false)`));

    test.each([
      ['when those of an earlier state fill up what this state has too few of', true],
      ['when two of three have just aged', false],
    ])('%s', async (_, changed) => {
      const first = await evergreen.recommendations({ companyId: company.id });
      if (changed) {
        await setStep(database, company, 4, 'in_progress');
        await evergreen.recommendations({ companyId: company.id, limit: 1 });
      } else {
        await database.query(
          `UPDATE evergreen.ai_generated_recommendations SET expires_at = now() - interval '1 minute' WHERE company_id = $1 AND rank < 3`,
          [company.id],
        );
      }
      await database.query('SELECT evergreen.refresh_company_contexts(ARRAY[$1]::uuid[])', [company.id]);
      expect(first.content).toHaveLength(3);
      const [row] = await database.query('SELECT content FROM evergreen.lookup_recommendations($1, 3)', [company.id]);
      const again = await evergreen.recommendations({ companyId: company.id });
      expect(again).toMatchObject({ outcome: 'fresh', content: row?.content });
      expect(again.content).toHaveLength(3);
    });
  });

  test('of a company that is unknown, or of none, are an error of the caller', async () => {
    const unknown = evergreen.recommendations({ companyId: '00000000-0000-0000-0000-00000000dead' });
    await expect(unknown).rejects.toMatchObject({ code: 'VG002', name: 'NotFound' });
    await expect(evergreen.recommendations({ companyId: 'acme' })).rejects.toMatchObject({ code: 'VG007', name: 'InvalidInput' });
    await expect(evergreen.recommendations({ companyId: company.id, limit: 0 })).rejects.toMatchObject({ code: 'VG007' });
    await expect(evergreen.recommendations({ companyId: company.id, limit: -1 })).rejects.toMatchObject({ code: 'VG007' });
    await expect(evergreen.recommendations({ companyId: company.id, limit: 1.5 })).rejects.toMatchObject({ code: 'VG007' });
    await expect(evergreen.recommendations({} as never)).rejects.toMatchObject({ code: 'VG007' });
  });
});

test.each([false, true])('fresh answers take one round trip each but for the first (changes are tracked: %s)', async (tracked) => {
  await database.query(`SELECT evergreen.attach_host('public', p_track_changes => $1)`, [tracked]);
  const pool = countingPool(database.url);
  const other = createEvergreen({ pool, openai: simulation.openai });
  try {
    const about = { companyId: company.id };
    const ask = () => [other.recommendations(about), other.insights(about), other.healthSummary(about)];
    for (const answer of ask()) await answer;
    if (tracked) await database.query('SELECT evergreen.refresh_company_contexts(ARRAY[$1]::uuid[])', [company.id]);
    else for (const answer of await Promise.all(ask())) expect(answer.outcome).toBe('fresh');
    const before = pool.called.length;
    for (const answer of await Promise.all(ask())) expect(answer.outcome).toBe('fresh');
    const how = tracked ? 'hit' : 'lookup';
    expect(pool.called.slice(before).toSorted()).toEqual([`${how}_health_summary`, `${how}_insights`, `${how}_recommendations`]);
  } finally {
    await other.close();
    await pool.end();
    await database.query(`SELECT evergreen.attach_host('public', p_track_changes => false)`);
  }
});

describe('stale content', () => {
  test('is answered at once and refreshed behind', async () => {
    const first = await evergreen.recommendations({ companyId: company.id });
    await database.query(
      `UPDATE evergreen.ai_generated_recommendations SET generated_at = generated_at - interval '14 days 1 hour' WHERE company_id = $1`,
      [company.id],
    );
    simulation.setBehaviour('hang');
    const before = simulation.calls;
    const stale = await evergreen.recommendations({ companyId: company.id });
    expect(stale).toMatchObject({ outcome: 'stale', reason: 'revalidating', cost: 0 });
    expect(stale.content.map((each) => each.id)).toEqual(first.content.map((each) => each.id));
    await simulation.arrived(before + 1);
    expect((await evergreen.recommendations({ companyId: company.id })).outcome).toBe('stale');
    simulation.setBehaviour('ok');
    simulation.release();
    const refreshed = await waitUntil('the refresh is saved', async () => {
      const answer = await evergreen.recommendations({ companyId: company.id });
      return answer.outcome === 'fresh' ? answer : undefined;
    });
    expect(refreshed.content[0]?.revision).toBe(2);
    expect(simulation.calls).toBe(before + 1);
  });

  test('is refreshed before close resolves', async () => {
    await evergreen.recommendations({ companyId: company.id });
    await database.query(
      `UPDATE evergreen.ai_generated_recommendations SET generated_at = generated_at - interval '14 days 1 hour' WHERE company_id = $1`,
      [company.id],
    );
    expect((await evergreen.recommendations({ companyId: company.id })).outcome).toBe('stale');
    await evergreen.close();
    const [row] = await database.query(
      'SELECT max(revision) AS revision FROM evergreen.ai_generated_recommendations WHERE company_id = $1',
      [company.id],
    );
    expect(row?.revision).toBe(2);
  });
});

describe('when the model fails', () => {
  const failures = [
    ['refuse', 'refused'],
    ['truncate', 'truncated'],
    ['break_schema', 'invalid'],
    ['not_json', 'invalid'],
    ['server_error', 'provider_error'],
    ['rate_limit', 'provider_error'],
  ] as const;

  test.each(failures)('(%s) what there is from another state is shown, and the tokens are logged', async (behaviour, code) => {
    await evergreen.recommendations({ companyId: company.id });
    await setStep(database, company, 0, 'in_progress');
    simulation.setBehaviour(behaviour);
    const answer = await evergreen.recommendations({ companyId: company.id });
    expect(answer).toMatchObject({ outcome: 'fallback', reason: code });
    expect(answer.content[0]?.match).not.toBe('current');
    const [line] = await database.query(
      'SELECT success, error_code, prompt_tokens, cost::float8 AS cost FROM evergreen.ai_generation_logs WHERE company_id = $1 ORDER BY created_at DESC LIMIT 1',
      [company.id],
    );
    expect(line).toMatchObject({ success: false, error_code: code });
    if (code === 'provider_error') expect(line?.prompt_tokens).toBeNull();
    else {
      expect(line?.prompt_tokens).toBeGreaterThan(0);
      expect(answer.cost).toBeCloseTo(line?.cost, 10);
    }
  });

  test('(slow) what there is from another state is shown', async () => {
    await evergreen.recommendations({ companyId: company.id });
    await setStep(database, company, 0, 'in_progress');
    const impatient = createEvergreen({ pool: database.pool, openai: simulation.openai, generationTimeoutMs: 100 });
    simulation.setBehaviour('hang');
    expect(await impatient.recommendations({ companyId: company.id })).toMatchObject({ outcome: 'fallback', reason: 'timeout' });
    expect(await impatient.recommendations({ companyId: company.id })).toMatchObject({ outcome: 'fallback', reason: 'backing_off' });
    await impatient.close();
  });

  test('and there is nothing to show, the error says why and when to come back', async () => {
    simulation.setBehaviour('server_error');
    await expect(evergreen.recommendations({ companyId: company.id })).rejects.toMatchObject({
      name: 'GenerationFailed',
      reason: 'provider_error',
      status: 500,
      attempts: 1,
      requestId: expect.stringMatching(/^req-simulated-/),
      hint: expect.stringMatching(/^Try again in \d+ s\.$/),
      retryAfterMs: 5000,
    });
    const [again, calls] = await callsOf(() => evergreen.recommendations({ companyId: company.id }).catch((error: unknown) => error));
    expect(again).toMatchObject({ name: 'GenerationFailed', reason: 'backing_off', retryAfterMs: expect.any(Number) });
    expect((again as { retryAfterMs: number }).retryAfterMs).toBeLessThanOrEqual(5000);
    expect(calls).toBe(0);
  });

  test('a step that does not exist is a failed answer, not an error of the caller', async () => {
    await evergreen.recommendations({ companyId: company.id });
    await setStep(database, company, 0, 'in_progress');
    simulation.setBehaviour('hang');
    const before = simulation.calls;
    const answer = evergreen.recommendations({ companyId: company.id });
    await simulation.arrived(before + 1);
    await database.query('DELETE FROM journey_steps WHERE id <> $1', [company.steps[0]]);
    simulation.setBehaviour('ok');
    simulation.release();
    expect(await answer).toMatchObject({ outcome: 'fallback', reason: 'invalid' });
    const [line] = await database.query(
      'SELECT error_code, error_message FROM evergreen.ai_generation_logs WHERE company_id = $1 ORDER BY created_at DESC LIMIT 1',
      [company.id],
    );
    expect(line).toEqual({ error_code: 'invalid', error_message: expect.stringMatching(/^there is no step /) });
  });
});

describe('a generation that takes longer than its lease', () => {
  test('keeps it, so that nobody else generates the same', async () => {
    await database.query(`SELECT evergreen.set_content_policy('health', p_lease_duration => '1 second')`);
    const other = createEvergreen({ pool: database.pool, openai: simulation.openai });
    simulation.setBehaviour('hang');
    const before = simulation.calls;
    const first = evergreen.healthSummary({ companyId: company.id });
    await simulation.arrived(before + 1);
    const second = other.healthSummary({ companyId: company.id });
    const [claimed] = await database.query('SELECT expires_at FROM evergreen.generation_leases WHERE company_id = $1', [company.id]);
    await waitUntil('its first second is over', async () => {
      const [lease] = await database.query(
        'SELECT expires_at, clock_timestamp() AS now FROM evergreen.generation_leases WHERE company_id = $1',
        [company.id],
      );
      return lease?.now > claimed?.expires_at && lease?.expires_at > lease?.now;
    });
    expect(simulation.calls).toBe(before + 1);
    simulation.release();
    expect((await first).outcome).toBe('generated');
    expect(await second).toMatchObject({ outcome: 'fresh', reason: 'waited' });
    await other.close();
  });
});

describe('budgets', () => {
  test('a used up budget shows what there is, and is an error when there is nothing', async () => {
    await evergreen.recommendations({ companyId: company.id });
    await database.query(`SELECT evergreen.set_budget('company', $1, 0.000001)`, [company.id]);
    await setStep(database, company, 0, 'in_progress');
    expect(await callsOf(() => evergreen.recommendations({ companyId: company.id }))).toMatchObject([
      { outcome: 'fallback', reason: 'over_budget', cost: 0 },
      0,
    ]);
    await expect(evergreen.healthSummary({ companyId: company.id })).rejects.toMatchObject({ code: 'VG005', name: 'BudgetExceeded' });
  });
});

describe('the other contents', () => {
  test('insights are generated for a place and reused for it', async () => {
    const first = await evergreen.insights({ companyId: company.id, stepId: company.steps[0], limit: 2 });
    expect(first).toMatchObject({ outcome: 'generated', promptId: 'peer_insight_v1' });
    expect(first.content).toHaveLength(2);
    for (const insight of first.content) {
      expect(insight.step_id).toBe(company.steps[0]);
      expect(insight.relevance_score).toBeGreaterThanOrEqual(0.5);
      expect(insight.relevance_score).toBeLessThanOrEqual(1);
      expect(insight.author_profile.name).toContain('simulated');
    }
    expect((await evergreen.insights({ companyId: company.id, stepId: company.steps[0], limit: 2 })).outcome).toBe('fresh');
    expect((await evergreen.insights({ companyId: company.id, domainId: company.domainId, limit: 2 })).outcome).toBe('generated');
  });

  test('a health summary is generated and reused', async () => {
    const first = await evergreen.healthSummary({ companyId: company.id });
    expect(first).toMatchObject({
      outcome: 'generated',
      content: { match: 'current', revision: 1, content: { score: expect.any(Number) } },
    });
    expect(await evergreen.healthSummary({ companyId: company.id })).toMatchObject({ outcome: 'fresh', content: first.content });
  });

  test('a refinement is the next revision of the same recommendation, once an instruction', async () => {
    const { content } = await evergreen.recommendations({ companyId: company.id, limit: 1 });
    const id = content[0]?.id as string;
    const refined = await evergreen.refine({ id, instruction: 'Make it cheaper', revision: 1 });
    expect(refined).toMatchObject({ outcome: 'generated', content: { id, revision: 2, step_id: content[0]?.step_id } });
    expect(simulation.received.at(-1)?.prompt).toContain('Make it cheaper');
    expect(await callsOf(() => evergreen.refine({ id, instruction: 'Make it cheaper', revision: 1 }))).toMatchObject([
      { outcome: 'fresh' },
      0,
    ]);
    expect(await evergreen.refine({ id, instruction: 'Make it faster' })).toMatchObject({ outcome: 'generated', content: { revision: 3 } });
    await expect(evergreen.refine({ id: '00000000-0000-0000-0000-00000000dead', instruction: 'x' })).rejects.toMatchObject({
      code: 'VG002',
    });
    await expect(evergreen.refine({ id, instruction: '  ' })).rejects.toMatchObject({ code: 'VG007' });
  });

  test('clients that ask for the same refinement at once get the same revision', async () => {
    const { content } = await evergreen.recommendations({ companyId: company.id, limit: 1 });
    const id = content[0]?.id as string;
    const other = createEvergreen({ pool: database.pool, openai: simulation.openai });
    simulation.setBehaviour('hang');
    const before = simulation.calls;
    const answers = [evergreen, evergreen, other].map((each) => each.refine({ id, instruction: 'Make it cheaper' }));
    await simulation.arrived(before + 1);
    await waitUntil('the other waits', async () => {
      const [lease] = await database.query(
        `SELECT waited_for FROM evergreen.generation_leases WHERE content_type = 'refinement' AND company_id = $1`,
        [company.id],
      );
      return lease?.waited_for;
    });
    simulation.release();
    const got = await Promise.all(answers);
    expect(got.map((answer) => answer.content.revision)).toEqual([2, 2, 2]);
    expect(got.map((answer) => answer.outcome).sort()).toEqual(['fresh', 'fresh', 'generated']);
    expect(simulation.calls).toBe(before + 1);
    await other.close();
  });

  test('a refinement of a revision that is not the latest shows the latest', async () => {
    const { content } = await evergreen.recommendations({ companyId: company.id, limit: 1 });
    const id = content[0]?.id as string;
    await evergreen.refine({ id, instruction: 'Make it cheaper' });
    expect(await callsOf(() => evergreen.refine({ id, instruction: 'Make it faster', revision: 1 }))).toMatchObject([
      { outcome: 'fallback', reason: 'context_changed', content: { revision: 2 } },
      0,
    ]);
  });
});

test('a role that was given grant_app, and nothing else, can do all of it', async () => {
  const role = await database.createRole();
  await database.query('SELECT evergreen.grant_app($1)', [role.name]);
  const pool = new Pool({ connectionString: role.url, max: 3 });
  const app = createEvergreen({ pool, openai: simulation.openai });
  const { content } = await app.recommendations({ companyId: company.id });
  const id = content[0]?.id as string;
  expect((await app.insights({ companyId: company.id })).outcome).toBe('generated');
  expect((await app.healthSummary({ companyId: company.id })).outcome).toBe('generated');
  expect((await app.refine({ id, instruction: 'Make it shorter' })).outcome).toBe('generated');
  simulation.setBehaviour('refuse');
  await setStep(database, company, 0, 'completed');
  expect((await app.recommendations({ companyId: company.id })).outcome).toBe('fallback');
  app.markPresented(id);
  await app.close();
  await pool.end();
  const [row] = await database.query('SELECT times_presented FROM evergreen.ai_generated_recommendations WHERE id = $1', [id]);
  expect(row?.times_presented).toBe(1);

  const stranger = await database.createRole();
  const denied = new Pool({ connectionString: stranger.url, max: 1 });
  const outside = createEvergreen({ pool: denied, openai: simulation.openai });
  await expect(outside.recommendations({ companyId: company.id })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  await outside.close();
  await denied.end();
});

describe('counters', () => {
  test('lookups and presentations are sent in batches, at the latest when the client is closed', async () => {
    const { content } = await evergreen.recommendations({ companyId: company.id });
    await evergreen.recommendations({ companyId: company.id });
    const ids = content.map((each) => each.id as string);
    evergreen.markPresented(ids);
    evergreen.markPresented(ids[0] as string);
    await evergreen.close();
    const shown = await database.query(
      'SELECT id, status, times_presented FROM evergreen.ai_generated_recommendations WHERE company_id = $1',
      [company.id],
    );
    expect(shown.map((row) => [row.id, row.status, row.times_presented]).sort()).toEqual(
      ids.map((id, index) => [id, 'active', index === 0 ? 2 : 1]).sort(),
    );
    const counted = await database.query(
      `SELECT outcome, sum(lookups)::int AS lookups FROM evergreen.cache_lookups_hourly WHERE content_type = 'recommendation' GROUP BY outcome`,
    );
    expect(counted.find((row) => row.outcome === 'fresh')?.lookups).toBeGreaterThan(0);
    expect(counted.find((row) => row.outcome === 'generated')?.lookups).toBeGreaterThan(0);
  });

  test('what cannot be presented is an error of the caller', () => {
    expect(() => evergreen.markPresented('not a uuid')).toThrow(expect.objectContaining({ code: 'VG007' }));
  });
});
