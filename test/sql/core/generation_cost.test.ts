import fc from 'fast-check';
import { useDatabase } from '../../support/database.js';
import { type Arguments, call, expectRefusal, value } from './calls.js';

const database = useDatabase();

beforeAll(async () => {
  const price = (model: string, prompt: number, completion: number, cached: number | null, from: string | null = null) =>
    call(database.pool, 'register_model', {
      provider: 'test',
      model,
      prompt_price: prompt,
      completion_price: completion,
      cached_price: cached,
      valid_from: from,
    });
  await price('plain', 2, 8, 0.5);
  await price('plain-2026-03-01', 3, 9, 1);
  await price('uncached', 2, 8, null);
  await price('moving', 1, 1, 1);
  await price('moving', 2, 2, 2, '2026-06-01T00:00:00Z');
  await price('moving', 4, 4, 4, '2026-07-01T00:00:00Z');
  await price('coming', 1, 1, 1, '2026-06-01T00:00:00Z');
});

async function cost(args: Arguments): Promise<number | null> {
  const usd = await value<string | null>(database.pool, 'generation_cost', {
    provider: 'test',
    model: 'plain',
    prompt_tokens: 1_000_000,
    completion_tokens: 0,
    ...args,
  });
  return usd === null ? null : Number(usd);
}

describe('what a call costs', () => {
  test('prompt and completion tokens by their own price', async () => {
    expect(await cost({ prompt_tokens: 1000, completion_tokens: 500 })).toBe(0.006);
  });

  test('cached tokens are a part of the prompt and are charged once, at their own price', async () => {
    expect(await cost({ cached_tokens: 400_000 })).toBe(0.6 * 2 + 0.4 * 0.5);
    expect(await cost({ cached_tokens: 1_000_000 })).toBe(0.5);
    expect(await cost({ cached_tokens: 0 })).toBe(2);
    expect(await cost({ cached_tokens: null })).toBe(2);
  });

  test('cached tokens cost as others where no price of their own is known', async () => {
    expect(await cost({ model: 'uncached', cached_tokens: 400_000 })).toBe(2);
  });

  test('to the last digit, for any counts', () =>
    fc.assert(
      fc.asyncProperty(
        fc.nat(2_000_000_000),
        fc.nat(2_000_000_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (prompt, completion, share) => {
          const cached = Math.floor(prompt * share);
          const usd = await value<string>(database.pool, 'generation_cost', {
            provider: 'test',
            model: 'plain',
            prompt_tokens: prompt,
            completion_tokens: completion,
            cached_tokens: cached,
          });
          // In tenths of a microdollar, which is what one token may cost here.
          const expected = BigInt(prompt - cached) * 20n + BigInt(cached) * 5n + BigInt(completion) * 80n;
          const [whole, fraction = ''] = usd.split('.');
          expect(BigInt(`${whole}${fraction.padEnd(7, '0')}`)).toBe(expected);
        },
      ),
      { numRuns: 100 },
    ));

  test('without completion tokens (an embedding) only the prompt', async () => {
    expect(await cost({ completion_tokens: null })).toBe(2);
  });

  test('nothing for nothing', async () => {
    expect(await cost({ prompt_tokens: 0 })).toBe(0);
  });
});

describe('the price', () => {
  test('of a dated name is its own, else that of the name without the date', async () => {
    expect(await cost({ model: 'plain-2026-03-01' })).toBe(3);
    expect(await cost({ model: 'plain-2024-08-06' })).toBe(2);
  });

  test('is the one in force at that moment, from its first moment on', async () => {
    const moving = (at: string) => cost({ model: 'moving', at });
    expect(await moving('2020-01-01T00:00:00Z')).toBe(1);
    expect(await moving('2026-05-31T23:59:59.999Z')).toBe(1);
    expect(await moving('2026-06-01T00:00:00Z')).toBe(2);
    expect(await moving('2026-06-30T23:59:59.999Z')).toBe(2);
    expect(await moving('2026-07-01T00:00:00Z')).toBe(4);
  });

  test('is unknown before the first one holds', async () => {
    expect(await cost({ model: 'coming', at: '2026-05-31T23:59:59Z' })).toBeNull();
    expect(await cost({ model: 'coming', at: '2026-06-01T00:00:00Z' })).toBe(1);
  });
});

describe('unknown, never 0', () => {
  test.each([
    ['a model without a price', { model: 'mystery' }],
    ['a provider without prices', { provider: 'elsewhere' }],
    ['a name that only begins like a known one', { model: 'plainer' }],
    ['a known name with something that is no date', { model: 'plain-2026-03' }],
    ['tokens that are not known', { prompt_tokens: null }],
    ['no model', { model: null }],
    ['no provider', { provider: null }],
  ])('%s', async (_, unknown) => {
    expect(await cost(unknown)).toBeNull();
  });
});

describe('counts that make no sense are refused', () => {
  test.each([
    ['negative prompt tokens', { prompt_tokens: -1 }, 'prompt -1'],
    ['negative completion tokens', { completion_tokens: -1 }, 'completion -1'],
    ['negative cached tokens', { cached_tokens: -1 }, 'cached -1'],
    ['more cached than prompt tokens', { cached_tokens: 11 }, 'cached 11'],
  ])('%s', (_, wrong, message) =>
    expectRefusal(
      database.pool,
      'generation_cost',
      { provider: 'test', model: 'plain', prompt_tokens: 10, completion_tokens: 10, ...wrong },
      'VG007',
      message,
    ),
  );
});
