import { useDatabase } from '../../support/database.js';
import { type Arguments, call, claim, expectRefusal, fail, generating, meter, one, row, save, spent } from './calls.js';

const database = useDatabase();
beforeAll(() => meter(database.pool));

describe('a save that cannot be kept is refused, and nothing is written', () => {
  test.each<[string, Arguments, string, string]>([
    ['without a context', { context_hash: null }, 'VG007', 'context hash NULL'],
    ['with a context hash that is none', { context_hash: 'abc' }, 'VG007', `'abc'`],
    ['without a provider', { provider: null }, 'VG007', 'provider'],
    ['with a blank model', { model: ' ' }, 'VG007', 'model'],
    ['with an unknown prompt', { prompt_id: 'health_summary_v99' }, 'VG002', `'health_summary_v99'`],
    ['without content', { content: null }, 'VG007', 'not an object with fields'],
    ['with empty content', { content: {} }, 'VG007', 'not an object with fields'],
    ['with a list as content', { content: '[1]' }, 'VG007', 'not an object with fields'],
    ['with text as content', { content: '"fine"' }, 'VG007', 'not an object with fields'],
    ['with 10 MB', { content: { text: 'x'.repeat(10_000_000) } }, 'VG006', '10000012 bytes'],
  ])('%s', async (_, wrong, code, message) => {
    const { company, lookup, token } = await generating(database.pool);
    const good = {
      company_id: company,
      context_hash: lookup.context_hash,
      content: { headline: 'fine' },
      lease_token: token,
      provider: 'test',
      model: 'metered',
    };
    await expectRefusal(database.pool, 'save_health_summary', { ...good, ...wrong }, code, message);
  });
});

test('the lease is held still: the answer is failed as invalid, so that its tokens are billed and others may try', async () => {
  const { company, lookup, token } = await generating(database.pool);
  await expect(save(database.pool, company, lookup, token, '', { content: {} })).rejects.toMatchObject({ code: 'VG007' });
  expect(await claim(database.pool, { cache_key: lookup.cache_key })).toMatchObject({ state: 'busy' });
  await fail(database.pool, token, {
    cache_key: lookup.cache_key,
    error_code: 'invalid',
    provider: 'test',
    model: 'metered',
    prompt_tokens: 100,
  });
  expect(await spent(database.pool, 'company', company)).toBe(0.0001);
});

test('exactly max_bytes are kept, one more is refused', async () => {
  await call(database.pool, 'set_content_policy', { content_type: 'health', max_bytes: 100 });
  const content = (bytes: number) => ({ headline: 'é'.repeat((bytes - '{"headline": ""}'.length) / 2) });
  expect(await one(database.pool, 'SELECT octet_length($1::jsonb::text)', [content(100)])).toBe(100);
  const { company, lookup, token } = await generating(database.pool);
  await expect(save(database.pool, company, lookup, token, '', { content: content(102) })).rejects.toMatchObject({
    code: 'VG006',
    message: expect.stringContaining('102 bytes, its policy allows 100'),
    hint: expect.stringContaining('max_bytes'),
  });
  expect(await save(database.pool, company, lookup, token, '', { content: content(100) })).toMatchObject({ state: 'saved' });
});

describe('a list of answers', () => {
  const save = async (recommendations: unknown) => {
    const { company, lookup, token } = await generating(database.pool, { content_type: 'recommendation' });
    const args = { company_id: company, context_hash: lookup.context_hash, lease_token: token, provider: 'test', model: 'metered' };
    return { ...args, recommendations: recommendations === null ? null : JSON.stringify(recommendations) };
  };

  test.each<[string, unknown, string, string]>([
    ['of NULL', null, 'VG007', 'not empty'],
    ['that is empty', [], 'VG007', 'not empty'],
    ['that is none', { title: 'x' }, 'VG007', 'not empty'],
    ['of more than 100', Array.from({ length: 101 }, (_, n) => ({ step_id: null, title: `${n}` })), 'VG006', '101'],
    ['with one that is text', [{ step_id: null, title: 'x' }, 'text'], 'VG007', 'number 2'],
    ['with one that is empty', [{}], 'VG007', 'number 1'],
    ['with one of 300 kB', [{ step_id: null, title: 'x'.repeat(300_000) }], 'VG006', 'number 1'],
  ])('%s is refused', async (_, list, code, message) =>
    expectRefusal(database.pool, 'save_recommendations', await save(list), code, message),
  );

  test('of 100 is kept', async () => {
    const list = Array.from({ length: 100 }, (_, n) => ({ step_id: null, title: `${n}` }));
    expect(await row(database.pool, 'save_recommendations', await save(list))).toMatchObject({ state: 'saved' });
  });
});
