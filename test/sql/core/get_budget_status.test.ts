import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, call, meter, take } from './calls.js';

const database = useDatabase();

test('it shows every budget of the month, nearest to its limit first, with what is spent, reserved and left to say', async () => {
  await meter(database.pool);
  const company = randomUUID();
  await call(database.pool, 'set_budget', { scope: 'overall', scope_id: null, monthly_limit: 1 });
  await call(database.pool, 'set_budget', { scope: 'company', scope_id: company, monthly_limit: 0.01, alert_at: 0.4 });
  await call(database.pool, 'set_budget', { scope: 'user', scope_id: 'ada', monthly_limit: 0.005, hard: false });
  await call(database.pool, 'set_budget', { scope: 'user', scope_id: 'broke', monthly_limit: 0 });
  await call(database.pool, 'log_generation', {
    generation_type: 'health_summary',
    provider: 'test',
    model: 'metered',
    success: true,
    company_id: company,
    user_id: 'ada',
    prompt_tokens: 3000,
    created_at: at(),
  });
  await take(database.pool, { cache_key: 'running', provider: 'test', model: 'metered', company_id: company, user_id: 'ada' });
  await take(database.pool, { cache_key: 'dead', provider: 'test', model: 'metered', company_id: company, now: at(-60) });

  const seen = await call(database.pool, 'get_budget_status', { now: at() });
  expect(
    seen.map(({ spent, reserved, share, monthly_limit, alert_at, ...line }) => ({
      ...line,
      spent: +spent,
      reserved: +reserved,
      share: share && +share,
    })),
  ).toEqual([
    { scope: 'user', scope_id: 'broke', spent: 0, reserved: 0, share: null, hard: true, status: 'over' },
    { scope: 'user', scope_id: 'ada', spent: 0.003, reserved: 0.002, share: 1, hard: false, status: 'over' },
    { scope: 'company', scope_id: company, spent: 0.003, reserved: 0.002, share: 0.5, hard: true, status: 'approaching' },
    { scope: 'overall', scope_id: '', spent: 0.003, reserved: 0.002, share: 0.005, hard: true, status: 'within' },
  ]);
  const june = await call(database.pool, 'get_budget_status', { now: '2026-06-15T00:00:00Z' });
  expect(june.map(({ spent, reserved }) => [+spent, +reserved])).toEqual([0, 0, 0, 0].map((none) => [none, none]));
});

test('the view spend_this_month says the same of this month, and shows those without a budget', async () => {
  const company = randomUUID();
  await call(database.pool, 'set_budget', { scope: 'company', scope_id: company, monthly_limit: 0.0025, hard: false });
  const log = (company_id: string) =>
    call(database.pool, 'log_generation', {
      generation_type: 'health_summary',
      provider: 'test',
      model: 'metered',
      success: true,
      company_id,
      prompt_tokens: 1000,
    });
  const other = randomUUID();
  await log(company);
  await log(other);
  await take(database.pool, { cache_key: 'now', provider: 'test', model: 'metered', company_id: company, now: null, user_id: 'eve' });
  const shown = await database.query(`SELECT * FROM evergreen.spend_this_month WHERE scope_id = ANY ($1)`, [[company, other]]);
  expect(shown).toHaveLength(2);
  expect(shown).toContainEqual(
    expect.objectContaining({ scope_id: company, spent: '0.001', reserved: '0.002', status: 'over', generations: '1' }),
  );
  expect(shown).toContainEqual(expect.objectContaining({ scope_id: other, spent: '0.001', budget: null, status: 'no budget' }));
});
