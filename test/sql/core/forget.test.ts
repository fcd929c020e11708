import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, call, claim, contents, expectRefusal, fail, look, meter, one, row, save, spent, take } from './calls.js';

const database = useDatabase();
beforeAll(() => meter(database.pool));

/** Everything that this package can keep for a company, kept for it. */
async function fill(company: string, user: string): Promise<void> {
  const receipt = { provider: 'test', model: 'metered', prompt_tokens: 1000, completion_tokens: 0, now: at() };
  const who = { company_id: company, user_id: user };
  const recommendations = await row(database.pool, 'lookup_recommendations', { company_id: company, now: at() });
  const saved = await row<{ content: { id: string }[] }>(database.pool, 'save_recommendations', {
    company_id: company,
    context_hash: recommendations.context_hash,
    recommendations: JSON.stringify([
      { step_id: null, title: 'Do this' },
      { step_id: null, title: 'Do that' },
    ]),
    lease_token: await take(database.pool, { content_type: 'recommendation', cache_key: recommendations.cache_key, ...who }),
    ...receipt,
  });
  const [first, second] = saved.content.map(({ id }) => id) as [string, string];
  await call(database.pool, 'track_recommendation_start', { recommendation_id: first });
  await call(database.pool, 'track_recommendation_completion', { recommendation_id: first });
  await call(database.pool, 'record_recommendation_feedback', { recommendation_id: second, feedback: { quality: 5 } });
  const refinement = await row(database.pool, 'lookup_refinement', { recommendation_id: second, instruction: 'shorter' });
  await call(database.pool, 'save_refinement', {
    recommendation_id: second,
    instruction: 'shorter',
    revision: refinement.base_revision,
    content: { title: 'That' },
    lease_token: await take(database.pool, { content_type: 'refinement', cache_key: refinement.cache_key, ...who }),
    ...receipt,
  });
  const insights = await row(database.pool, 'lookup_insights', { company_id: company, now: at() });
  await call(database.pool, 'save_insights', {
    company_id: company,
    context_hash: insights.context_hash,
    domain_id: null,
    step_id: null,
    insights: JSON.stringify([{ content: 'We learned a lot.' }]),
    lease_token: await take(database.pool, { content_type: 'insight', cache_key: insights.cache_key, ...who }),
    ...receipt,
  });
  const health = await look(database.pool, company);
  const token = await take(database.pool, { cache_key: health.cache_key, ...who });
  await save(database.pool, company, health, token, 'Fine', { prompt_tokens: 1000, completion_tokens: 0 });
  await call(database.pool, 'generate_company_context_hash', { company_id: company });
  await call(database.pool, 'set_budget', { scope: 'company', scope_id: company, monthly_limit: 0.001, hard: false });
  await call(database.pool, 'set_budget', { scope: 'user', scope_id: user, monthly_limit: 0.001, hard: false });
  // Passes both budgets, which the system log tells, and is being generated now, and was invalidated by somebody.
  await call(database.pool, 'log_generation', {
    generation_type: 'recommendation',
    provider: 'test',
    model: 'metered',
    success: true,
    prompt_tokens: 1000,
    created_at: at(),
    ...who,
  });
  await take(database.pool, { cache_key: `${company} running`, ...who });
  await call(database.pool, 'invalidate_content', { company_id: company, content_type: 'insight' });
}

/** Tables of the schema in which a text stands anywhere, in any column. */
async function traces(of: string): Promise<string[]> {
  const tables = await database.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'evergreen'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    if (await one(database.pool, `SELECT EXISTS (SELECT FROM evergreen.${name} t WHERE t::text LIKE '%' || $1 || '%')`, [of]))
      found.push(name);
  }
  return found;
}

const stats = () => call(database.pool, 'get_ai_usage_stats', { start_date: at(-86_400), end_date: at(86_400) });
const JOURNEY = [
  'ai_business_health_summaries',
  'ai_context_snapshots',
  'ai_generated_insights',
  'ai_generated_recommendations',
  'ai_recommendation_effectiveness',
  'ai_recommendation_revisions',
];

describe('a company that is forgotten', () => {
  const company = randomUUID();
  const other = randomUUID();
  let told: { object: string; action: string; rows_changed: string }[];
  let before: { stats: unknown; overall: number; other: string[]; ofOther: unknown };

  beforeAll(async () => {
    await fill(company, 'ada');
    await fill(other, 'bob');
    expect(await traces(company)).toEqual(
      expect.arrayContaining([
        ...JOURNEY,
        'ai_generation_logs',
        'ai_spend_monthly',
        'audit_log',
        'budgets',
        'generation_leases',
        'system_logs',
      ]),
    );
    before = {
      stats: await stats(),
      overall: await spent(database.pool, 'overall'),
      other: await traces(other),
      ofOther: await rowsOf(other),
    };
    told = (await call(database.pool, 'forget_company', { company_id: company })) as typeof told;
  });

  /** The rows that hold an id, of all tables that have a company. */
  async function rowsOf(id: string) {
    const rows: unknown[] = [];
    for (const table of [...JOURNEY, 'generation_leases', 'ai_generation_logs']) {
      rows.push(await one(database.pool, `SELECT jsonb_agg(t ORDER BY t::text) FROM evergreen.${table} t WHERE company_id = $1`, [id]));
    }
    return rows;
  }

  test('leaves no trace of its id in any column of any table', async () => {
    expect(await traces(company)).toEqual([]);
  });

  test('leaves no content', async () => {
    expect(await look(database.pool, company)).toMatchObject({ freshness: 'missing', content: null });
  });

  test('leaves what was spent, overall and in the statistics, and what was logged', async () => {
    expect(await stats()).toEqual(before.stats);
    expect(await spent(database.pool, 'overall')).toBe(before.overall);
    expect(await one(database.pool, `SELECT count(*)::integer FROM evergreen.ai_generation_logs WHERE company_id IS NULL`)).toBe(5);
    expect(
      await one(
        database.pool,
        `SELECT spent::float8 FROM evergreen.ai_spend_monthly WHERE scope = 'company' AND scope_id LIKE 'forgotten %'`,
      ),
    ).toBeCloseTo(0.005, 9);
  });

  test('leaves others alone', async () => {
    expect(await traces(other)).toEqual(before.other);
    expect(await rowsOf(other)).toEqual(before.ofOther);
  });

  test('is told of, table by table', () => {
    expect(told).toEqual(
      expect.arrayContaining([
        ...JOURNEY.map((object) => ({ object, action: 'deleted', rows_changed: expect.stringMatching(/^[1-9]/) })),
        { object: 'ai_generation_logs', action: 'anonymised', rows_changed: '5' },
        { object: 'ai_spend_monthly', action: 'anonymised', rows_changed: '1' },
        { object: 'budgets', action: 'deleted', rows_changed: '1' },
        { object: 'system_logs', action: 'anonymised', rows_changed: '1' },
      ]),
    );
  });

  test('is audited without saying who it was', async () => {
    expect(await database.query(`SELECT action, subject, before, after FROM evergreen.audit_log ORDER BY id DESC LIMIT 1`)).toEqual([
      { action: 'forget_company', subject: 'company', before: null, after: null },
    ]);
  });

  test('can be forgotten again, and begin anew', async () => {
    const again = await call(database.pool, 'forget_company', { company_id: company });
    expect(again.every(({ rows_changed }) => rows_changed === '0')).toBe(true);
    const lookup = await look(database.pool, company);
    const token = await take(database.pool, { cache_key: lookup.cache_key, company_id: company });
    expect(await save(database.pool, company, lookup, token, 'anew')).toMatchObject({ state: 'saved' });
  });
});

describe('what runs while it is forgotten', () => {
  test('is not saved: its lease is gone', async () => {
    const company = randomUUID();
    const lookup = await look(database.pool, company);
    const token = await take(database.pool, { cache_key: lookup.cache_key, company_id: company });
    await call(database.pool, 'forget_company', { company_id: company });
    expect(await save(database.pool, company, lookup, token, 'too late')).toMatchObject({ state: 'lease_lost' });
    expect(await look(database.pool, company)).toMatchObject({ freshness: 'missing' });
  });
});

describe('what ends after it was forgotten', () => {
  test.each(['saved', 'failed'])('is billed to nobody when it is %s, and leaves no trace', async (end) => {
    const [company, user] = [randomUUID(), `user ${randomUUID()}`];
    const lookup = await look(database.pool, company);
    const claim = { cache_key: lookup.cache_key, company_id: company, user_id: user };
    const lost = await take(database.pool, claim);
    const taken = await take(database.pool, { ...claim, now: at(3600) });
    // A claim that did not say whom it is for: its key does.
    const insights = await row(database.pool, 'lookup_insights', { company_id: company, now: at() });
    const nameless = await take(database.pool, { content_type: 'insight', cache_key: insights.cache_key });
    const overall = await spent(database.pool, 'overall');
    await call(database.pool, 'forget_company', { company_id: company });
    await call(database.pool, 'forget_user', { user_id: user });
    for (const token of [lost, taken]) {
      const late = { prompt_tokens: 1000, completion_tokens: 0 };
      const answer =
        end === 'saved'
          ? await save(database.pool, company, lookup, token, 'too late', late)
          : await fail(database.pool, token, {
              cache_key: lookup.cache_key,
              provider: 'test',
              model: 'metered',
              company_id: company,
              user_id: user,
              ...late,
            });
      expect(answer).toMatchObject({ state: 'lease_lost' });
    }
    await row(database.pool, 'save_insights', {
      company_id: company,
      context_hash: insights.context_hash,
      domain_id: null,
      step_id: null,
      insights: JSON.stringify([{ content: 'Too late.' }]),
      lease_token: nameless,
      provider: 'test',
      model: 'metered',
      prompt_tokens: 1000,
      now: at(),
    });
    expect(await traces(company)).toEqual([]);
    expect(await traces(user)).toEqual([]);
    expect(await spent(database.pool, 'overall')).toBeCloseTo(overall + 0.003, 9);
  });
});

describe('a user who is forgotten', () => {
  test('leaves no trace of the id, and the company’s content, the spend and other users as they were', async () => {
    const company = randomUUID();
    await fill(company, 'eve@example.com');
    await fill(randomUUID(), 'eve@example.com.au');
    const before = {
      stats: await stats(),
      overall: await spent(database.pool, 'overall'),
      company: await spent(database.pool, 'company', company),
    };
    const content = await look(database.pool, company);
    expect(await one(database.pool, `SELECT count(*)::integer FROM evergreen.ai_generation_logs WHERE user_id = 'eve@example.com'`)).toBe(
      5,
    );

    const told = await call(database.pool, 'forget_user', { user_id: 'eve@example.com' });
    expect(told).toEqual(expect.arrayContaining([{ object: 'ai_generation_logs', action: 'anonymised', rows_changed: '5' }]));
    const exact = await traces('eve@example.com');
    expect(await traces('eve@example.com.au')).toEqual(exact);
    expect(
      await one(
        database.pool,
        `SELECT count(*)::integer FROM evergreen.system_logs WHERE message LIKE '%eve@example.com %' OR detail::text LIKE '%"eve@example.com"%'`,
      ),
    ).toBe(0);
    expect(
      await one(
        database.pool,
        `SELECT count(*)::integer FROM evergreen.audit_log l WHERE l::text LIKE '%eve@example.com"%' OR l.subject = 'user eve@example.com'`,
      ),
    ).toBe(0);
    for (const table of ['ai_spend_monthly', 'budgets']) {
      expect(await one(database.pool, `SELECT count(*)::integer FROM evergreen.${table} WHERE scope_id = 'eve@example.com'`)).toBe(0);
    }
    expect(await stats()).toEqual(before.stats);
    expect(await spent(database.pool, 'overall')).toBe(before.overall);
    expect(await spent(database.pool, 'company', company)).toBe(before.company);
    expect(await look(database.pool, company)).toEqual(content);
    expect(await spent(database.pool, 'user', 'eve@example.com.au')).toBeGreaterThan(0);
  });

  test('who is a stranger changes nothing but the audit', async () => {
    const { audit_log: _, ...before } = await contents(database.pool);
    const told = await call(database.pool, 'forget_user', { user_id: 'stranger' });
    expect(told.every(({ rows_changed }) => rows_changed === '0')).toBe(true);
    const { audit_log: __, ...after } = await contents(database.pool);
    expect(after).toEqual(before);
  });
});

describe('nobody is not forgotten', () => {
  test('a company of NULL', () => expectRefusal(database.pool, 'forget_company', { company_id: null }, 'VG007', 'NULL'));
  test.each([[null], [''], ['  ']])('a user of %j', (user_id) =>
    expectRefusal(database.pool, 'forget_user', { user_id }, 'VG007', 'blank'),
  );
});

test('claims for the company wait until it is forgotten', async () => {
  const company = randomUUID();
  const client = await database.pool.connect();
  await client.query('BEGIN');
  await call(client, 'forget_company', { company_id: company });
  const locks = await one<number>(
    database.pool,
    `SELECT count(*)::integer FROM pg_locks WHERE locktype = 'advisory' AND pid = $1 AND granted`,
    [await one(client, 'SELECT pg_backend_pid()')],
  );
  // Two more are of whoever forgets, and of its hash at hand.
  expect(locks).toBe(await one<number>(database.pool, 'SELECT count(*)::integer + 2 FROM evergreen.content_policies'));
  await client.query('COMMIT');
  client.release();
  expect(await claim(database.pool, { cache_key: 'after', company_id: company })).toMatchObject({ state: 'claimed' });
});
