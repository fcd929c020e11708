import { useDatabase } from '../../support/database.js';
import { call, one, stampede, withConnections } from './calls.js';

const database = useDatabase();

const log = (model: string) =>
  call(database.pool, 'log_generation', { generation_type: 'recommendation', provider: 'test', model, success: true, prompt_tokens: 10 });
const warnings = (model: string) =>
  one<number>(
    database.pool,
    `SELECT count(*)::integer FROM evergreen.system_logs WHERE component = 'generation_cost' AND detail ->> 'model' = $1`,
    [model],
  );

test('a model without a price is warned of once an hour, each model for itself', async () => {
  for (let i = 0; i < 5; i += 1) await log('mystery');
  await log('riddle');
  expect([await warnings('mystery'), await warnings('riddle')]).toEqual([1, 1]);
  await database.query(
    `UPDATE evergreen.system_logs SET created_at = created_at - interval '61 minutes' WHERE detail ->> 'model' = 'mystery'`,
  );
  await log('mystery');
  await log('mystery');
  expect([await warnings('mystery'), await warnings('riddle')]).toEqual([2, 1]);
});

test('eight calls at once leave one warning, and none waits for another', async () => {
  await withConnections(database, 8, async (clients) => {
    await stampede(database, clients, 'LOCK TABLE evergreen.ai_models IN ACCESS EXCLUSIVE MODE', (client) =>
      call(client, 'log_generation', {
        generation_type: 'recommendation',
        provider: 'test',
        model: 'crowd',
        success: true,
        prompt_tokens: 10,
      }),
    );
  });
  expect(await warnings('crowd')).toBe(1);
});
