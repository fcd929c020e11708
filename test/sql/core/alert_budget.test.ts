import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, call, generating, meter, save, stampede, withConnections } from './calls.js';

const database = useDatabase();
beforeAll(() => meter(database.pool));

/** Spends 0.001 USD. */
const spend = (company: string, now = at(), user: string | null = null) =>
  call(database.pool, 'log_generation', {
    generation_type: 'health_summary',
    provider: 'test',
    model: 'metered',
    success: true,
    company_id: company,
    user_id: user,
    prompt_tokens: 1000,
    created_at: now,
  });

async function warnings(scopeId: string): Promise<string[]> {
  const rows = await database.query<{ message: string }>(
    `SELECT message FROM evergreen.system_logs WHERE component = 'budget' AND level = 'warning' AND detail ->> 'scope_id' = $1 ORDER BY id`,
    [scopeId],
  );
  return rows.map(({ message }) => message);
}

test.each([true, false])('a budget (hard: %s) warns once a month, when its share is reached', async (hard) => {
  const company = randomUUID();
  await call(database.pool, 'set_budget', { scope: 'company', scope_id: company, monthly_limit: 0.004, alert_at: 0.5, hard });
  await spend(company);
  expect(await warnings(company)).toEqual([]);
  await spend(company);
  const may = `the company ${company} budget of 0.004 USD has 0.002000 USD spent in 2026-05`;
  expect(await warnings(company)).toEqual([may]);
  await spend(company);
  await spend(company);
  expect(await warnings(company)).toEqual([may]);

  await spend(company, '2026-06-01T00:00:00Z');
  await spend(company, '2026-06-20T00:00:00Z');
  await spend(company, '2026-06-30T23:59:59Z');
  expect(await warnings(company)).toEqual([may, may.replace('2026-05', '2026-06')]);
});

test('a user is warned of too, by a save as by a log line', async () => {
  const { company, lookup, token } = await generating(database.pool, { user_id: 'ada' });
  await call(database.pool, 'set_budget', { scope: 'user', scope_id: 'ada', monthly_limit: 0.001, alert_at: 0.1 });
  await save(database.pool, company, lookup, token, 'saved');
  expect(await warnings('ada')).toEqual(['the user ada budget of 0.001 USD has 0.000150 USD spent in 2026-05']);
});

test('a budget that is set anew warns anew', async () => {
  const company = randomUUID();
  await call(database.pool, 'set_budget', { scope: 'company', scope_id: company, monthly_limit: 0.001 });
  await spend(company);
  expect(await warnings(company)).toHaveLength(1);
  await call(database.pool, 'set_budget', { scope: 'company', scope_id: company, monthly_limit: 0.002 });
  await spend(company);
  expect(await warnings(company)).toHaveLength(2);
});

test('of 20 who pass it at once, each by a save of its own, one warns', async () => {
  await call(database.pool, 'set_budget', { scope: 'overall', scope_id: null, monthly_limit: 0.001 });
  await withConnections(database, 20, (clients) =>
    stampede(database, clients, 'SELECT FROM evergreen.budgets FOR UPDATE', (client) =>
      call(client, 'log_generation', {
        generation_type: 'health_summary',
        provider: 'test',
        model: 'metered',
        success: true,
        prompt_tokens: 1000,
        created_at: at(),
      }),
    ),
  );
  expect(await warnings('')).toHaveLength(1);
});
