import fc from 'fast-check';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { type Connection, call, expectRefusal, meter, withConnections } from './calls.js';

const database = useDatabase();
beforeAll(() => meter(database.pool));

interface Counted {
  content_type: string;
  outcome: string;
  duration_ms: number;
  at: string;
}

const record = (lookups: Counted[], on: Connection = database.pool) =>
  call(on, 'record_cache_lookups', { lookups: JSON.stringify(lookups) });
const stats = (start: string, end: string, by = 'all', on: Connection = database.pool) => call(on, 'get_cache_stats', { start, end, by });

test('the rate of hits, the calls they avoided and the money those would have cost', async () => {
  // Two calls of a model that cost 0.003 together, and one whose cost is unknown.
  const log = (model: string, prompt_tokens: number) =>
    call(database.pool, 'log_generation', {
      generation_type: 'health_summary',
      provider: 'test',
      model,
      success: true,
      prompt_tokens,
      created_at: '2026-05-10T11:00:00Z',
    });
  await log('metered', 1000);
  await log('metered', 2000);
  await log('mystery', 9000);
  const outcomes = [...Array(5).fill('fresh'), 'stale', 'similar', ...Array(2).fill('generated'), 'fallback'];
  await record(
    outcomes.map((outcome, index) => ({ content_type: 'health', outcome, duration_ms: 10 + index, at: '2026-05-10T12:00:00Z' })),
  );
  expect(await stats('2026-05-10T00:00:00Z', '2026-05-11T00:00:00Z')).toEqual([
    {
      period: new Date('2026-05-10T00:00:00Z'),
      content_type: 'health',
      lookups: '10',
      hits: '7',
      stale_hits: '1',
      similar_hits: '1',
      misses: '2',
      fallbacks: '1',
      uncached: '0',
      failed: '0',
      hit_rate: '70.00',
      calls_avoided: '7',
      money_avoided: '0.010500',
      avg_ms: '14.50',
      p50_ms: expect.any(String),
      p95_ms: expect.any(String),
    },
  ]);
});

test('money that is not known is not 0', async () => {
  await record([{ content_type: 'refinement', outcome: 'fresh', duration_ms: 1, at: '2026-05-10T12:00:00Z' }]);
  const rows = await stats('2026-05-10T00:00:00Z', '2026-05-11T00:00:00Z');
  expect(rows.find(({ content_type }) => content_type === 'refinement')).toMatchObject({ calls_avoided: '1', money_avoided: null });
});

test('periods are hours, days of UTC, or the whole range, whatever the session’s zone', () =>
  withConnections(database, 1, async ([connection]) => {
    const client = connection as Client;
    await client.query(`SET TimeZone = 'Pacific/Auckland'`);
    const at = (time: string) => ({ content_type: 'insight', outcome: 'fresh', duration_ms: 1, at: time });
    await record([at('2026-04-01T00:00:00Z'), at('2026-04-01T23:59:59Z'), at('2026-04-02T00:00:00Z'), at('2026-04-03T00:00:00Z')], client);
    const periods = async (start: string, end: string, by: string) =>
      (await stats(start, end, by, client)).map(({ period, lookups }) => [(period as Date).toISOString(), Number(lookups)]);
    const [first, third] = ['2026-04-01T00:00:00Z', '2026-04-03T00:00:00Z'];
    expect(await periods(first, third, 'day')).toEqual([
      ['2026-04-01T00:00:00.000Z', 2],
      ['2026-04-02T00:00:00.000Z', 1],
    ]);
    expect(await periods(first, third, 'hour')).toEqual([
      ['2026-04-01T00:00:00.000Z', 1],
      ['2026-04-01T23:00:00.000Z', 1],
      ['2026-04-02T00:00:00.000Z', 1],
    ]);
    expect(await periods(first, third, 'all')).toEqual([['2026-04-01T00:00:00.000Z', 3]]);
    expect(await periods('2026-04-01T23:30:00Z', '2026-04-01T23:31:00Z', 'hour')).toEqual([['2026-04-01T23:00:00.000Z', 1]]);
    expect(await periods(first, first, 'hour')).toEqual([]);
  }));

test('percentiles are those of the times themselves, at most 41 % too high', async () => {
  const durations = fc.array(fc.double({ min: 0.1, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 300 });
  let day = Date.UTC(2025, 0, 1);
  await fc.assert(
    fc.asyncProperty(durations, async (times) => {
      const start = new Date(day).toISOString();
      day += 86_400_000;
      await record(times.map((duration_ms) => ({ content_type: 'recommendation', outcome: 'fresh', duration_ms, at: start })));
      const [line] = await stats(start, new Date(day).toISOString());
      const sorted = times.toSorted((a, b) => a - b);
      for (const [share, reported] of [
        [0.5, Number(line?.p50_ms)],
        [0.95, Number(line?.p95_ms)],
      ] as const) {
        const exact = sorted[Math.ceil(share * sorted.length) - 1] as number;
        expect(reported).toBeGreaterThanOrEqual(exact - 0.006);
        expect(reported).toBeLessThanOrEqual(exact * Math.SQRT2 + 0.006);
      }
      expect(Number(line?.avg_ms)).toBeCloseTo(times.reduce((sum, time) => sum + time, 0) / times.length, 1);
    }),
    { numRuns: 60 },
  );
});

describe('bad input is refused', () => {
  const good = { start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z' };
  test.each([
    ['no start', { start: null }, 'NULL'],
    ['no end', { end: null }, 'NULL'],
    ['the end first', { end: '2025-01-01T00:00:00Z' }, 'is none'],
    ['an unknown period', { by: 'fortnight' }, `'fortnight'`],
    ['a period of NULL', { by: null }, 'NULL'],
  ])('%s', (_, wrong, message) => expectRefusal(database.pool, 'get_cache_stats', { ...good, ...wrong }, 'VG007', message));
});
