import { useDatabase } from '../../support/database.js';
import { call, contents, meter, one } from './calls.js';

const database = useDatabase();

test('a fresh installation has policies, an active prompt for each, prices, retention and steps of maintenance', async () => {
  const [policies] = await database.query(
    `SELECT array_agg(content_type ORDER BY content_type) AS types, count(*) FILTER (WHERE active_prompt IS NULL)::integer AS without FROM evergreen.policies`,
  );
  expect(policies).toEqual({ types: expect.arrayContaining(['health', 'insight', 'recommendation', 'refinement']), without: 0 });
  expect(await one(database.pool, `SELECT evergreen.generation_cost('openai', 'gpt-4.1-mini', 1000000, 0)::float8`)).toBe(0.4);
  expect(await one(database.pool, `SELECT retain_for::text FROM evergreen.retention_policies WHERE subject = 'ai_generation_logs'`)).toBe(
    '90 days',
  );
  expect(
    await one(
      database.pool,
      'SELECT count(*)::integer FROM evergreen.maintenance_steps WHERE to_regprocedure(format($$evergreen.%I(integer, text)$$, step)) IS NULL AND to_regprocedure(format($$evergreen.%I(integer, text, timestamptz)$$, step)) IS NULL',
    ),
  ).toBe(0);
});

test('every template is a text, not a placeholder', async () => {
  const prompts = await database.query<{ prompt_template: string }>('SELECT prompt_template FROM evergreen.ai_generation_prompts');
  for (const { prompt_template } of prompts) {
    expect(prompt_template.length).toBeGreaterThan(100);
    expect(prompt_template).not.toMatch(/\.\.\.|template here|TODO/i);
  }
});

test('run again it changes nothing, whatever a DBA has changed', async () => {
  await meter(database.pool);
  await call(database.pool, 'set_content_policy', { content_type: 'recommendation', max_age: '1 day' });
  await call(database.pool, 'set_retention', { subject: 'system_logs', retain_for: '7 days' });
  await call(database.pool, 'publish_prompt', { prompt_type: 'recommendation', template: 'Mine: {{limit}}', activate: true });
  await database.query(`UPDATE evergreen.ai_models SET prompt_price = 99 WHERE model = 'gpt-4o'`);
  await database.query(`UPDATE evergreen.maintenance_steps SET batch_size = 1`);
  const catalogue = `SELECT count(*)::integer FROM pg_class WHERE relnamespace = 'evergreen'::regnamespace`;
  const [before, objects] = [await contents(database.pool), await one(database.pool, catalogue)];
  await call(database.pool, 'setup_ai_persistence_schema');
  await call(database.pool, 'setup_ai_persistence_schema');
  expect(await contents(database.pool)).toEqual(before);
  expect(await one(database.pool, catalogue)).toBe(objects);
});
