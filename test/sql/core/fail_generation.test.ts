import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { at, call, claim, claimFor, expectRefusal, fail, generating, look, meter, one, save, spent, take } from './calls.js';

const database = useDatabase();
beforeAll(() => meter(database.pool));

/** Claims and fails a key that many times, each as soon as it may, and answers the pauses in milliseconds. */
async function failures(cacheKey: string, times: number): Promise<number[]> {
  const pauses: number[] = [];
  let now = 0;
  for (let time = 0; time < times; time += 1) {
    const token = await take(database.pool, { cache_key: cacheKey, now: at(now) });
    const { state, retry_after_ms } = await fail(database.pool, token, { cache_key: cacheKey, now: at(now) });
    expect(state).toBe('failed');
    pauses.push(retry_after_ms as number);
    expect(await claim(database.pool, { cache_key: cacheKey, now: at(now + (retry_after_ms as number) / 1000 - 0.001) })).toMatchObject({
      state: 'backing_off',
      retry_after_ms: 1,
    });
    now += (retry_after_ms as number) / 1000;
  }
  return pauses;
}

describe('the pause after a failure', () => {
  test('doubles with each failure in a row up to the longest', async () => {
    expect(await failures('doubling', 9)).toEqual([5000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000]);
  });

  test('stays the longest however often it fails', async () => {
    await database.query(
      `INSERT INTO evergreen.generation_leases (content_type, cache_key, failures) VALUES ('health', 'hopeless', 1000000)`,
    );
    const token = await take(database.pool, { cache_key: 'hopeless' });
    expect(await fail(database.pool, token, { cache_key: 'hopeless' })).toMatchObject({ state: 'failed', retry_after_ms: 600_000 });
  });

  test('is what the policy says now', async () => {
    await call(database.pool, 'set_content_policy', {
      content_type: 'insight',
      failure_backoff: '250 milliseconds',
      failure_backoff_max: '0.6 seconds',
    });
    const pauses: unknown[] = [];
    for (const now of [0, 1, 2]) {
      const token = await take(database.pool, { content_type: 'insight', cache_key: 'brief', now: at(now) });
      pauses.push((await fail(database.pool, token, { content_type: 'insight', cache_key: 'brief', now: at(now) })).retry_after_ms);
    }
    expect(pauses).toEqual([250, 500, 600]);
  });

  test('begins anew after a success', async () => {
    const { company, lookup, token } = await generating(database.pool);
    const key = { cache_key: lookup.cache_key };
    await fail(database.pool, token, key);
    await fail(database.pool, await take(database.pool, { ...key, now: at(5) }), { ...key, now: at(5) });
    await save(database.pool, company, lookup, await take(database.pool, { ...key, now: at(15) }), 'at last', { now: at(15) });
    const token2 = await take(database.pool, { ...key, now: at(15) });
    expect(await fail(database.pool, token2, { ...key, now: at(15) })).toMatchObject({ retry_after_ms: 5000 });
  });

  test('tells whoever asks why, and how long', async () => {
    await fail(database.pool, await take(database.pool, { cache_key: 'why' }), {
      cache_key: 'why',
      error_code: 'refused',
      error_message: 'cannot help with that',
    });
    expect(await claim(database.pool, { cache_key: 'why', now: at(1.5) })).toEqual({
      state: 'backing_off',
      lease_token: null,
      retry_after_ms: 3500,
      renew_after_ms: null,
      max_completion_tokens: null,
      reason: 'refused: cannot help with that',
    });
  });

  test('pauses this key only', async () => {
    await fail(database.pool, await take(database.pool, { cache_key: 'this' }), { cache_key: 'this' });
    expect(await claim(database.pool, { cache_key: 'other' })).toMatchObject({ state: 'claimed' });
  });
});

describe('when others wait', () => {
  test('the first failure hands over to one of them at once, the second makes all of them pause', async () => {
    const key = { cache_key: 'waited for' };
    const first = await take(database.pool, key);
    expect(await claim(database.pool, key)).toMatchObject({ state: 'busy' });
    expect(await fail(database.pool, first, key)).toMatchObject({ state: 'failed', retry_after_ms: 0 });

    const second = await take(database.pool, key);
    expect(await claim(database.pool, key)).toMatchObject({ state: 'busy' });
    expect(await fail(database.pool, second, key)).toMatchObject({ state: 'failed', retry_after_ms: 10_000 });
    expect(await claim(database.pool, key)).toMatchObject({ state: 'backing_off' });
  });

  test('those who waited for an earlier holder do not excuse a later one', async () => {
    const key = { cache_key: 'waited once' };
    await take(database.pool, key);
    expect(await claim(database.pool, key)).toMatchObject({ state: 'busy' });
    const heir = await take(database.pool, { ...key, now: at(60) });
    expect(await fail(database.pool, heir, { ...key, now: at(60) })).toMatchObject({ retry_after_ms: 5000 });
  });
});

describe('a failed generation is logged and billed', () => {
  test('with its tokens, whose they were and why it failed', async () => {
    const company = randomUUID();
    const token = await take(database.pool, { cache_key: 'billed', company_id: company, user_id: 'ada' });
    const failed = await fail(database.pool, token, {
      cache_key: 'billed',
      error_code: 'truncated',
      error_message: 'stopped at 1000 tokens',
      provider: 'test',
      model: 'metered',
      prompt_tokens: 600,
      completion_tokens: 1000,
      cached_tokens: 200,
      generation_time_ms: 4200,
      request_id: 'req-1',
    });
    expect(failed).toEqual({ state: 'failed', retry_after_ms: 5000, cost: '0.0015' });
    const [line] = await database.query(`SELECT * FROM evergreen.ai_generation_logs WHERE request_id = 'req-1'`);
    expect(line).toMatchObject({
      company_id: company,
      user_id: 'ada',
      generation_type: 'health_summary',
      provider: 'test',
      model_used: 'metered',
      tokens_used: '1600',
      cached_tokens: 200,
      cost: '0.0015',
      generation_time_ms: 4200,
      success: false,
      outcome: 'failed',
      error_code: 'truncated',
      error_message: 'stopped at 1000 tokens',
      created_at: new Date(at()),
    });
    expect(await one(database.pool, `SELECT error_code FROM evergreen.generation_failures WHERE request_id = 'req-1'`)).toBe('truncated');
    expect(await spent(database.pool, 'company', company)).toBe(0.0015);
    expect(await spent(database.pool, 'user', 'ada')).toBe(0.0015);
  });

  test('with a cost that is unknown, when the provider never answered', async () => {
    const token = await take(database.pool, { cache_key: 'no answer' });
    expect(await fail(database.pool, token, { cache_key: 'no answer' })).toMatchObject({ state: 'failed', cost: null });
  });

  test('even by a holder who has lost the lease, who does not disturb the new one', async () => {
    const { company, lookup, token } = await generating(database.pool);
    const late = { cache_key: lookup.cache_key, now: at(61) };
    const heir = (await claimFor(database.pool, company, lookup, { holder: 'heir', now: at(60) })).lease_token as string;
    expect(
      await fail(database.pool, token, {
        ...late,
        provider: 'test',
        model: 'metered',
        prompt_tokens: 10,
        request_id: 'req-2',
        company_id: company,
      }),
    ).toEqual({ state: 'lease_lost', retry_after_ms: null, cost: '0.00001' });
    expect(await one(database.pool, `SELECT company_id FROM evergreen.ai_generation_logs WHERE request_id = 'req-2'`)).toBe(company);
    expect(await claim(database.pool, late)).toMatchObject({ state: 'busy', reason: 'held by heir' });
    expect(await save(database.pool, company, lookup, heir, 'of the heir', { now: at(62) })).toMatchObject({ state: 'saved' });
    expect(await look(database.pool, company, at(62))).toMatchObject({ freshness: 'fresh' });
  });

  test('whatever nonsense the provider reported', async () => {
    const token = await take(database.pool, { cache_key: 'nonsense' });
    const failed = await fail(database.pool, token, {
      cache_key: 'nonsense',
      provider: 'test',
      model: 'metered',
      prompt_tokens: -5,
      completion_tokens: 10,
      cached_tokens: 999,
      generation_time_ms: -1,
      request_id: 'r'.repeat(1000),
      error_message: 'm'.repeat(100_000),
    });
    expect(failed).toMatchObject({ state: 'failed', cost: '0.00001' });
    expect(await claim(database.pool, { cache_key: 'nonsense' })).toMatchObject({
      state: 'backing_off',
      reason: expect.stringMatching(/^timeout: m{400,}$/),
    });
  });
});

describe('bad input is refused', () => {
  test.each([
    ['an unknown content type', { content_type: 'horoscope' }, 'VG001', `'horoscope'`],
    ['a token of NULL', { lease_token: null }, 'VG007', 'claimed'],
    ['a key of NULL', { cache_key: null }, 'VG007', 'claimed'],
    ['an unknown error code', { error_code: 'oops' }, 'VG007', `'oops'`],
    ['an error code of NULL', { error_code: null }, 'VG007', 'NULL'],
  ])('%s', async (_, wrong, code, message) => {
    const { lease_token } = await claim(database.pool, { cache_key: 'refused' });
    await expectRefusal(
      database.pool,
      'fail_generation',
      {
        content_type: 'health',
        cache_key: 'refused',
        lease_token: lease_token ?? randomUUID(),
        error_code: 'timeout',
        error_message: null,
        ...wrong,
      },
      code,
      message,
    );
  });
});
