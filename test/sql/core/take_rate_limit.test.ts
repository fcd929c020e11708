import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { as, at, call, expectRefusal, one, row, withConnections } from './calls.js';

const database = useDatabase();

interface Taken {
  allowed: boolean;
  request_limit: number;
  remaining: number;
  reset_after_ms: number;
  retry_after_ms: number;
  [column: string]: unknown;
}

/** A caller of its own for each test, limited to `limit` in `window`. */
function caller(limit: number, window = '10 seconds', key = randomUUID()) {
  return (seconds: number) => row<Taken>(database.pool, 'take_rate_limit', { key, limit, window, now: at(seconds) });
}

/** The most of these moments that one window of that length holds, its start left out as the limit does. */
function densest(moments: readonly number[], window: number): number {
  const sorted = [...moments].sort((a, b) => a - b);
  let most = 0;
  for (let first = 0, last = 0; last < sorted.length; last += 1) {
    while ((sorted[last] as number) - (sorted[first] as number) >= window) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** A generator of numbers from 0 to 1 that gives the same ones in each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describe('one caller', () => {
  test('is allowed as often as the limit says, told what is left, then when to come again', async () => {
    const take = caller(3);
    expect(await take(0)).toEqual({ allowed: true, request_limit: 3, remaining: 2, reset_after_ms: 10_000, retry_after_ms: 0 });
    expect(await take(1)).toEqual({ allowed: true, request_limit: 3, remaining: 1, reset_after_ms: 10_000, retry_after_ms: 0 });
    expect(await take(4)).toEqual({ allowed: true, request_limit: 3, remaining: 0, reset_after_ms: 10_000, retry_after_ms: 0 });
    expect(await take(6)).toEqual({ allowed: false, request_limit: 3, remaining: 0, reset_after_ms: 8000, retry_after_ms: 4000 });
  });

  test('who comes again when told is allowed, one millisecond before is not', async () => {
    const take = caller(2);
    await take(0);
    await take(3);
    const { retry_after_ms } = await take(5);
    expect(await take(5 + (retry_after_ms - 1) / 1000)).toMatchObject({ allowed: false, retry_after_ms: 1 });
    expect(await take(5 + retry_after_ms / 1000)).toMatchObject({ allowed: true, remaining: 0 });
  });

  test('who is refused loses nothing by asking', async () => {
    const take = caller(1);
    await take(0);
    for (let second = 1; second < 10; second += 1) expect(await take(second)).toMatchObject({ allowed: false });
    expect(await take(10)).toMatchObject({ allowed: true });
  });

  test('has the default of 100 a minute, and all of it again when told', async () => {
    const key = randomUUID();
    const rows = await database.query<Taken>(
      `SELECT r.* FROM generate_series(1, 101) AS i CROSS JOIN LATERAL evergreen.take_rate_limit($1, p_now => $2::timestamptz + i * interval '1 ms') AS r`,
      [key, at()],
    );
    expect(rows.filter(({ allowed }) => allowed)).toHaveLength(100);
    expect(rows.map(({ remaining }) => remaining)).toEqual([...Array.from({ length: 100 }, (_, i) => 99 - i), 0]);
    const last = rows[100] as Taken;
    expect(last).toEqual({ allowed: false, request_limit: 100, remaining: 0, reset_after_ms: 59_999, retry_after_ms: 59_900 });
    expect(await row(database.pool, 'take_rate_limit', { key, now: at(0.101 + 59.999) })).toMatchObject({ allowed: true, remaining: 99 });
  });

  test('counts for itself, and for each length of window', async () => {
    const key = randomUUID();
    const [seconds, hours] = [caller(1, '10 seconds', key), caller(1, '1 hour', key)];
    expect([await seconds(0), await hours(0), await caller(1)(0)]).toMatchObject(Array(3).fill({ allowed: true }));
    expect([await seconds(20), await hours(20)]).toMatchObject([{ allowed: true }, { allowed: false }]);
    expect(await caller(1, '10000 milliseconds', key)(21)).toMatchObject({ allowed: false });
  });

  test('whose limit is lowered or raised is held to the new one at once', async () => {
    const key = randomUUID();
    for (let i = 0; i < 5; i += 1) expect(await caller(5, '10 seconds', key)(i)).toMatchObject({ allowed: true });
    expect(await caller(2, '10 seconds', key)(5)).toMatchObject({ allowed: false, retry_after_ms: 8000 });
    expect(await caller(6, '10 seconds', key)(5)).toMatchObject({ allowed: true, remaining: 0 });
    expect(await caller(2, '10 seconds', key)(13.5)).toMatchObject({ allowed: false, retry_after_ms: 500 });
    expect(await caller(2, '10 seconds', key)(14)).toMatchObject({ allowed: true });
  });
});

describe('never more than the limit in any window', () => {
  test('however the requests fall, and with no request refused that it has room for', async () => {
    const random = numbers(7);
    for (const [limit, requests] of [
      [1, 60],
      [7, 300],
      [40, 300],
    ] as const) {
      const take = caller(limit);
      const granted: number[] = [];
      let now = 0;
      for (let i = 0; i < requests; i += 1) {
        now += Math.floor(random() ** 3 * (20_000 / limit));
        const { allowed } = await take(now / 1000);
        expect(allowed).toBe(granted.filter((moment) => moment > now - 10_000).length < limit);
        if (allowed) granted.push(now);
      }
      expect(densest(granted, 10_000)).toBe(limit);
    }
  });

  test('though the clocks of the callers differ by up to a window', async () => {
    const random = numbers(11);
    const take = caller(5);
    const granted: number[] = [];
    for (let i = 0; i < 400; i += 1) {
      const now = i * 500 + Math.floor(random() * 10_000);
      if ((await take(now / 1000)).allowed) granted.push(now);
    }
    expect(densest(granted, 10_000)).toBeLessThanOrEqual(5);
    expect(granted.length).toBeGreaterThan(50);
  });

  test('by eight connections at once on their own clocks: the times between which each was answered allow no other reading', async () => {
    const key = randomUUID();
    const [limit, window] = [10, 200];
    const answers = await withConnections(database, 8, (clients) =>
      Promise.all(
        clients.map(async (client) => {
          const mine: { from: number; to: number; allowed: boolean }[] = [];
          for (let i = 0; i < 150; i += 1) {
            const { rows } = await client.query<{ allowed: boolean; from: number; to: number }>(
              `SELECT b.at AS "from", r.allowed, extract(epoch FROM clock_timestamp())::float8 * 1000 + 0 * r.remaining AS "to"
                 FROM (SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS at OFFSET 0) AS b
                CROSS JOIN LATERAL evergreen.take_rate_limit(CASE WHEN b.at > 0 THEN $1 END, $2, $3::float8 * interval '1 ms') AS r`,
              [key, limit, window],
            );
            mine.push(...rows);
          }
          return mine;
        }),
      ),
    );
    const granted = answers.flat().filter(({ allowed }) => allowed);
    const refused = answers.flat().length - granted.length;
    expect(refused).toBeGreaterThan(0);
    expect(granted.length).toBeGreaterThanOrEqual(limit);
    for (const { from } of granted) {
      // Those that surely were taken inside of the window that begins here.
      const inside = granted.filter((other) => other.from >= from && other.to < from + window);
      expect(inside.length).toBeLessThanOrEqual(limit);
    }
  });

  test('by eight connections at one moment: exactly the limit', async () => {
    const key = randomUUID();
    const answers = await withConnections(database, 8, (clients) =>
      Promise.all(
        clients.map(async (client) => {
          const mine: Taken[] = [];
          for (let i = 0; i < 30; i += 1) mine.push(await row<Taken>(client, 'take_rate_limit', { key, limit: 37, now: at(i / 1000) }));
          return mine;
        }),
      ),
    );
    const allowed = answers.flat().filter((answer) => answer.allowed);
    expect(allowed).toHaveLength(37);
    expect(allowed.map(({ remaining }) => remaining).sort((a, b) => b - a)).toEqual(Array.from({ length: 37 }, (_, i) => 36 - i));
  });
});

describe('a clock that is set back', () => {
  test('by less than a window lets nobody through before the time', async () => {
    const take = caller(2);
    await take(100);
    await take(101);
    expect(await take(95)).toMatchObject({ allowed: false, retry_after_ms: 15_000 });
    expect(await take(110)).toMatchObject({ allowed: true });
  });

  test('by a year locks nobody out for longer than a window, and lets nobody through sooner', async () => {
    const take = caller(2);
    const year = 365 * 86_400;
    await take(year);
    await take(year + 1);
    expect(await take(0)).toMatchObject({ allowed: false, retry_after_ms: 10_000 });
    expect(await take(9.999)).toMatchObject({ allowed: false, retry_after_ms: 1 });
    expect(await take(10)).toMatchObject({ allowed: true, remaining: 1 });
  });

  test('by a year, with some of the limit free, lets that through and locks nobody out either', async () => {
    const take = caller(3);
    const year = 365 * 86_400;
    await take(year);
    await take(year + 1);
    expect(await take(0)).toMatchObject({ allowed: true, remaining: 0 });
    expect(await take(1)).toMatchObject({ allowed: false, retry_after_ms: 10_000 });
    expect(await take(11)).toMatchObject({ allowed: true });
  });
});

describe('is refused', () => {
  test.each([
    ['a limit of zero', { limit: 0 }, 'VG007', 'at least 1'],
    ['a limit of NULL', { limit: null }, 'VG007', 'NULL'],
    ['a limit below zero', { limit: -2_147_483_648 }, 'VG007', 'at least 1'],
    ['a limit over the bound', { limit: 1001 }, 'VG006', '1001'],
    ['a huge limit', { limit: 2_147_483_647 }, 'VG006', '2147483647'],
    ['no key', { key: null }, 'VG007', 'NULL'],
    ['an empty key', { key: '' }, 'VG007', '1 to 512 bytes'],
    ['a huge key', { key: 'x'.repeat(100_000) }, 'VG007', '1 to 512 bytes'],
    ['no window', { window: null }, 'VG007', 'NULL'],
    ['an empty window', { window: '0' }, 'VG007', '00:00:00'],
    ['a window of the past', { window: '-1 minute' }, 'VG007', '-00:01:00'],
    ['a window of a year', { window: '1 year' }, 'VG007', '1 year'],
    ['a clock of infinity', { now: 'infinity' }, 'VG007', 'infinity'],
  ])('%s', async (_, args, code, message) => {
    await expectRefusal(database.pool, 'take_rate_limit', { key: 'k', ...args }, code, message);
  });
});

describe('in the life of the database', () => {
  test('the largest limit is exact, and its row stays as large', async () => {
    const key = randomUUID();
    const rows = await database.query<Taken>(
      `SELECT r.* FROM generate_series(1, 2500) AS i
        CROSS JOIN LATERAL evergreen.take_rate_limit($1, 1000, '1 second', $2::timestamptz + i * interval '0.5 ms') AS r`,
      [key, at()],
    );
    expect(rows.filter(({ allowed }) => allowed)).toHaveLength(1500);
    expect(await one(database.pool, `SELECT max(cardinality(taken)) FROM evergreen.rate_limits`)).toBe(1000);
  });

  test('no caller can be told from the table', async () => {
    const key = 'user ada@example.com';
    await row(database.pool, 'take_rate_limit', { key });
    expect(
      await one(
        database.pool,
        `SELECT count(*)::integer FROM evergreen.rate_limits r WHERE r::text LIKE '%ada@%' OR r::text LIKE '%' || encode('ada@', 'hex') || '%'`,
      ),
    ).toBe(0);
  });

  test('maintenance deletes, batch by batch, those whose window has passed', async () => {
    await database.query('DELETE FROM evergreen.rate_limits');
    for (let i = 0; i < 3; i += 1) await caller(1)(0);
    const late = caller(1, '1 hour');
    await late(0);
    const prune = () => row(database.pool, 'prune_rate_limits', { batch_size: 2, now: at(11) });
    expect(await prune()).toEqual({ done: 2, next_cursor: 'more' });
    expect(await prune()).toEqual({ done: 1, next_cursor: null });
    expect(await late(12)).toMatchObject({ allowed: false });
  });

  test('a day has 24 hours in every time zone', async () => {
    const client = await database.pool.connect();
    try {
      await client.query(`SET TimeZone = 'Europe/Berlin'`);
      const take = (now: string) => row<Taken>(client, 'take_rate_limit', { key: 'summer time', limit: 1, window: '1 day', now });
      await take('2026-03-28T12:00:00Z');
      expect(await take('2026-03-29T11:30:00Z')).toMatchObject({ allowed: false, retry_after_ms: 1_800_000 });
    } finally {
      await client.query('RESET TimeZone');
      client.release();
    }
  });

  test('a backend may ask; it cannot read or empty the table', async () => {
    const role = await database.createRole();
    await call(database.pool, 'grant_app', { role: role.name });
    await as(role.url, async (client) => {
      expect(await row(client, 'take_rate_limit', { key: 'k' })).toMatchObject({ allowed: true });
      await expect(client.query('DELETE FROM evergreen.rate_limits')).rejects.toMatchObject({ code: '42501' });
    });
  });
});
