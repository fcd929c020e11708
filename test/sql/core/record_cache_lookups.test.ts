import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { type Connection, call, contents, expectRefusal, one, pidOf, refusal, stampede, value, withConnections } from './calls.js';

const database = useDatabase();

const record = (lookups: unknown, on: Connection = database.pool) =>
  value<number>(on, 'record_cache_lookups', { lookups: lookups === null ? null : JSON.stringify(lookups) });
const good = { content_type: 'health', outcome: 'fresh', duration_ms: 1.5, at: '2026-05-10T12:30:00Z' };

test('a batch is counted by hour, content type and outcome, with the time it took', async () => {
  expect(
    await record([
      good,
      { ...good, duration_ms: 2.5 },
      { ...good, outcome: 'generated', duration_ms: 3000, at: '2026-05-10T12:59:59.999Z' },
      { ...good, at: '2026-05-10T13:00:00Z' },
      { ...good, content_type: 'insight', company_id: 'is not counted' },
    ]),
  ).toBe(5);
  expect(await database.query('SELECT * FROM evergreen.cache_hourly ORDER BY hour, content_type, outcome')).toEqual([
    { hour: new Date('2026-05-10T12:00:00Z'), content_type: 'health', outcome: 'fresh', lookups: '2', avg_ms: '2.00' },
    { hour: new Date('2026-05-10T12:00:00Z'), content_type: 'health', outcome: 'generated', lookups: '1', avg_ms: '3000.00' },
    { hour: new Date('2026-05-10T12:00:00Z'), content_type: 'insight', outcome: 'fresh', lookups: '1', avg_ms: '1.50' },
    { hour: new Date('2026-05-10T13:00:00Z'), content_type: 'health', outcome: 'fresh', lookups: '1', avg_ms: '1.50' },
  ]);
});

test('an entry may stand for several lookups, with their mean time', async () => {
  const at = '2026-05-13T12:00:00Z';
  expect(
    await record([
      { ...good, at, lookups: 3, duration_ms: 2 },
      { ...good, at, duration_ms: 6 },
    ]),
  ).toBe(2);
  expect(await database.query(`SELECT lookups, avg_ms FROM evergreen.cache_hourly WHERE hour = $1`, [at])).toEqual([
    { lookups: '4', avg_ms: '3.00' },
  ]);
});

test('without a time it counts in this hour, of UTC also for a session whose zone has half hours', () =>
  withConnections(database, 1, async ([connection]) => {
    const client = connection as Client;
    await client.query(`SET TimeZone = 'Asia/Kolkata'`);
    await record([{ content_type: 'refinement', outcome: 'fresh', duration_ms: 1 }], client);
    expect(
      await one(
        client,
        `SELECT hour IN (date_trunc('hour', now(), 'UTC'), date_trunc('hour', now() - interval '1 minute', 'UTC')) FROM evergreen.cache_hourly WHERE content_type = 'refinement'`,
      ),
    ).toBe(true);
  }));

test('a second batch adds to the first', async () => {
  const batch = Array.from({ length: 100 }, () => ({ ...good, at: '2026-05-11T12:00:00Z' }));
  for (const on of [database.pool, database.pool, database.pool]) await record(batch, on);
  expect(await one(database.pool, `SELECT lookups FROM evergreen.cache_hourly WHERE hour = '2026-05-11T12:00:00Z'`)).toBe('300');
});

test('batches in any order at once are all counted and never deadlock', () =>
  withConnections(database, 33, async (clients) => {
    // Counts are spread over 8 slots by the process that writes: those who share one are in each other's way.
    const slots = Array.from({ length: 8 }, (_, slot) => clients.filter((client) => pidOf(client) % 8 === slot));
    const rivals = slots.toSorted((a, b) => b.length - a.length)[0] as Client[];
    expect(rivals.length).toBeGreaterThanOrEqual(5);
    const batch = ['fresh', 'stale', 'similar', 'generated', 'fallback', 'uncached', 'failed'].flatMap((outcome) =>
      [1, 4, 16, 64, 256, 1024].map((duration_ms) => ({ ...good, outcome, duration_ms, at: '2026-05-12T12:00:00Z' })),
    );
    await record(batch, rivals[0]);
    // Behind the last row, so that whoever has come there holds others.
    const lastRow = `SELECT FROM evergreen.cache_lookups_hourly WHERE hour = '2026-05-12T12:00:00Z'
      ORDER BY content_type DESC, outcome DESC, latency_bucket DESC, slot DESC LIMIT 1 FOR UPDATE`;
    const rounds = 4;
    for (let round = 0; round < rounds; round += 1) {
      await stampede(database, rivals, lastRow, (client, index) => record(index % 2 ? batch : batch.toReversed(), client));
    }
    expect(await one(database.pool, `SELECT sum(lookups)::integer FROM evergreen.cache_hourly WHERE hour = '2026-05-12T12:00:00Z'`)).toBe(
      (1 + rounds * rivals.length) * batch.length,
    );
  }));

test('an empty batch is no error', async () => {
  expect(await record([])).toBe(0);
});

test('lookups of a content type that there is not are passed over with a warning, the others are counted', () =>
  withConnections(database, 1, async ([connection]) => {
    const client = connection as Client;
    const warnings: string[] = [];
    client.on('notice', ({ severity, message }) => warnings.push(`${severity}: ${message}`));
    const at = '2026-05-14T12:00:00Z';
    const unknown = { ...good, at, content_type: "horo'scope" };
    expect(await record([{ ...good, at }, unknown, unknown, { ...good, at, content_type: 'insight', lookups: 4 }], client)).toBe(2);
    expect(await record([unknown], client)).toBe(0);
    expect(warnings).toEqual(Array(2).fill("WARNING: lookups of content types that there are not are passed over: 'horo''scope'"));
    const counted = await database.query(`SELECT content_type, lookups FROM evergreen.cache_hourly WHERE hour = $1 ORDER BY 1`, [at]);
    expect(counted).toEqual([
      { content_type: 'health', lookups: '1' },
      { content_type: 'insight', lookups: '4' },
    ]);
  }));

describe('a batch with one wrong lookup is refused whole', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['no content type', { content_type: undefined }, 'outcome'],
    ['a content type of numbers', { content_type: 7 }, '7'],
    ['an unknown outcome', { outcome: 'hit' }, 'hit'],
    ['no outcome', { outcome: null }, 'null'],
    ['a negative duration', { duration_ms: -1 }, '-1'],
    ['a duration of text', { duration_ms: '12' }, '"12"'],
    ['no duration', { duration_ms: undefined }, 'outcome'],
    ['half a lookup', { lookups: 1.5 }, '1.5'],
    ['no lookup', { lookups: 0 }, '0'],
    ['lookups of text', { lookups: '2' }, '"2"'],
    ['a time that is none', { at: 'teatime' }, 'teatime'],
    ['a day that is none', { at: '2026-02-30T00:00:00Z' }, '2026-02-30'],
    ['a time that never comes', { at: 'infinity' }, 'infinity'],
  ])('%s', (_, wrong, message) =>
    expectRefusal(database.pool, 'record_cache_lookups', { lookups: JSON.stringify([good, { ...good, ...wrong }]) }, 'VG007', message),
  );

  test('a duration beyond all numbers', () =>
    expectRefusal(
      database.pool,
      'record_cache_lookups',
      { lookups: `[{"content_type": "health", "outcome": "fresh", "duration_ms": 1e400}]` },
      'VG007',
      'cannot be counted',
    ));

  test.each([
    ['NULL', null, 'VG007', 'array'],
    ['an object', {}, 'VG007', 'array'],
    ['text', 'fresh', 'VG007', 'array'],
    ['numbers', [1], 'VG007', '1'],
    ['lists', [[]], 'VG007', '[]'],
    ['more than 10,000', Array.from({ length: 10_001 }, () => good), 'VG006', '10001'],
  ])('%s', async (_, lookups, code, message) => {
    const before = await contents(database.pool);
    expect(await refusal(record(lookups))).toEqual({ code, message: expect.stringContaining(message), hint: expect.stringMatching(/\S/) });
    expect(await contents(database.pool)).toEqual(before);
  });

  test('but 10,000 are a batch', async () => {
    expect(await record(Array.from({ length: 10_000 }, () => ({ ...good, at: '2026-06-01T00:00:00Z' })))).toBe(10_000);
  });
});

test('how callers were answered has a word for each outcome', async () => {
  const outcomes = ['fresh', 'stale', 'similar', 'generated', 'fallback', 'uncached', 'failed'];
  await record(outcomes.map((outcome) => ({ ...good, outcome, at: '2026-07-01T00:00:00Z' })));
  const [stats] = await call(database.pool, 'get_cache_stats', { start: '2026-07-01T00:00:00Z', end: '2026-07-02T00:00:00Z' });
  expect(stats).toMatchObject({
    lookups: '7',
    hits: '3',
    stale_hits: '1',
    similar_hits: '1',
    misses: '1',
    fallbacks: '1',
    uncached: '1',
    failed: '1',
    hit_rate: '42.86',
  });
});
