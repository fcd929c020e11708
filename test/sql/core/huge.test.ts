import { randomBytes, randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { type Arguments, call, expectRefusal, generating, refusal } from './calls.js';

const database = useDatabase({ host: true });

/** More than an index or a page holds, and nothing that could be compressed. */
const HUGE = randomBytes(300_000).toString('hex');
const logged = { generation_type: 'recommendation', model: 'm', success: true, provider: 'p' };

test.each<[name: string, args: Arguments, code: string]>([
  ['log_generation', { ...logged, provider: HUGE }, 'VG007'],
  ['log_generation', { ...logged, user_id: HUGE }, 'VG007'],
  ['log_generation', { ...logged, generation_type: HUGE }, 'VG001'],
  ['log_generation', { ...logged, prompt_id: HUGE }, 'VG002'],
  ['log_generation', { ...logged, outcome: HUGE }, 'VG007'],
  ['register_model', { provider: HUGE, model: 'm', prompt_price: 1 }, 'VG007'],
  ['register_model', { provider: 'p', model: HUGE, prompt_price: 1 }, 'VG007'],
  ['set_budget', { scope: 'user', scope_id: HUGE, monthly_limit: 1 }, 'VG007'],
  ['set_budget', { scope: 'company', scope_id: HUGE, monthly_limit: 1 }, 'VG007'],
  ['claim_generation', { content_type: 'health', cache_key: HUGE, holder: 'h' }, 'VG007'],
  ['claim_generation', { content_type: 'health', cache_key: 'k', holder: 'h', user_id: HUGE }, 'VG007'],
  ['claim_generation', { content_type: HUGE, cache_key: 'k', holder: 'h' }, 'VG001'],
  ['set_content_policy', { content_type: HUGE }, 'VG007'],
  ['publish_prompt', { prompt_type: HUGE, template: 'x' }, 'VG007'],
  ['create_session', { user_id: HUGE }, 'VG007'],
  ['create_user_with_session', { username: HUGE }, 'VG007'],
  ['take_rate_limit', { key: HUGE }, 'VG007'],
  ['mark_presented', { ids: [randomUUID()], content_type: HUGE }, 'VG001'],
  ['mark_presented', { ids: [[randomUUID()], [randomUUID()]] }, 'VG007'],
  ['record_answer_uses', { ids: [[randomUUID()], [randomUUID()]] }, 'VG007'],
  ['mark_presented', { ids: Array.from({ length: 10_001 }, () => randomUUID()) }, 'VG006'],
])('%s refuses what is too large with a code of ours (%#)', async (name, args, code) => {
  await expectRefusal(database.pool, name, args, code, /\S/);
});

test('a save and a failure with a provider of a megabyte are refused, and the lease can still be ended', async () => {
  const company = randomUUID();
  await database.query(`INSERT INTO public.companies (id, name) VALUES ($1, 'c')`, [company]);
  const { lookup, token } = await generating(database.pool, {}, company);
  const common = { lease_token: token, provider: HUGE, model: 'm' };
  const save = { company_id: company, context_hash: lookup.context_hash, content: { headline: 'x' }, ...common };
  expect(await refusal(call(database.pool, 'save_health_summary', save))).toMatchObject({ code: 'VG007' });
  const failure = { content_type: 'health', cache_key: lookup.cache_key, error_code: 'timeout', error_message: HUGE, ...common };
  expect(await refusal(call(database.pool, 'fail_generation', failure))).toMatchObject({ code: 'VG007' });
  expect(await call(database.pool, 'fail_generation', { ...failure, provider: 'p', model: HUGE })).toMatchObject([{ state: 'failed' }]);
});
