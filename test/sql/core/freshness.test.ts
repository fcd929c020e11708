import { useDatabase } from '../../support/database.js';
import { one, value } from './calls.js';

const database = useDatabase();
const DAY = 86_400_000;
const ZONES = [
  'UTC',
  'America/New_York',
  'America/Los_Angeles',
  'Europe/Berlin',
  'Pacific/Auckland',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
];

interface Content {
  generated?: string | null;
  expires?: string | null;
  valid?: boolean | null;
  maxAge?: string | null;
  whileRevalidate?: string;
  now: string;
}

function freshness({
  generated = '2026-05-01T12:00:00Z',
  expires = null,
  valid = true,
  maxAge = '7 days',
  whileRevalidate = '1 day',
  now,
}: Content) {
  return value<string>(database.pool, 'freshness', {
    generated_at: generated,
    expires_at: expires,
    valid,
    max_age: maxAge,
    stale_while_revalidate: whileRevalidate,
    now,
  });
}

test.each<[string, Content, string]>([
  ['just generated', { now: '2026-05-01T12:00:00Z' }, 'fresh'],
  ['a moment before max_age', { now: '2026-05-08T11:59:59.999999Z' }, 'fresh'],
  ['at max_age', { now: '2026-05-08T12:00:00Z' }, 'stale'],
  ['a moment before the end of stale_while_revalidate', { now: '2026-05-09T11:59:59.999999Z' }, 'stale'],
  ['at the end of stale_while_revalidate', { now: '2026-05-09T12:00:00Z' }, 'expired'],
  ['long ago', { now: '2036-05-01T12:00:00Z' }, 'expired'],
  ['at max_age, without stale_while_revalidate', { whileRevalidate: '0', now: '2026-05-08T12:00:00Z' }, 'expired'],
  ['by a clock that runs ahead of this one', { now: '2026-05-01T11:00:00Z' }, 'fresh'],
  ['long ago, where content never ages', { maxAge: null, now: '2036-05-01T12:00:00Z' }, 'fresh'],
  ['a month (of 30 days) ago', { maxAge: '1 month', now: '2026-05-31T11:59:59Z' }, 'fresh'],
  ['30 days ago, where a month is allowed', { maxAge: '1 month', now: '2026-05-31T12:00:00Z' }, 'stale'],
  ['with its own, earlier end: before it', { expires: '2026-05-02T00:00:00Z', now: '2026-05-01T23:59:59Z' }, 'fresh'],
  ['with its own, earlier end: at it', { expires: '2026-05-02T00:00:00Z', now: '2026-05-02T00:00:00Z' }, 'stale'],
  ['with its own, earlier end: a day after it', { expires: '2026-05-02T00:00:00Z', now: '2026-05-03T00:00:00Z' }, 'expired'],
  ['with its own, later end', { expires: '2026-06-01T00:00:00Z', now: '2026-05-31T23:59:59Z' }, 'fresh'],
  ['with an end although it never ages', { maxAge: null, expires: '2026-05-02T00:00:00Z', now: '2026-05-03T00:00:00Z' }, 'expired'],
  ['with an end that never comes', { expires: 'infinity', now: '2036-05-01T12:00:00Z' }, 'fresh'],
  ['with an end that always was', { expires: '-infinity', now: '2026-05-01T12:00:00Z' }, 'expired'],
  ['for another context, however new', { valid: false, now: '2026-05-01T12:00:00Z' }, 'expired'],
  ['for nobody knows what', { valid: null, now: '2026-05-01T12:00:00Z' }, 'expired'],
  ['never', { generated: null, valid: null, now: '2026-05-01T12:00:00Z' }, 'missing'],
])('generated %s', async (_, content, expected) => {
  expect(await freshness(content)).toBe(expected);
});

describe('the days on which clocks change are as long as all others', () => {
  // The days of spring and autumn 2026 in the zones above.
  const changes = ['2026-03-08', '2026-11-01', '2026-03-29', '2026-10-25', '2026-04-05', '2026-09-27', '2026-10-04'];

  test.each(ZONES)('for a session in %s', async (zone) => {
    const client = await database.pool.connect();
    try {
      await client.query(`SET TimeZone = '${zone}'`);
      for (const day of changes) {
        const generated = new Date(Date.parse(`${day}T00:00:00Z`) - DAY / 2);
        const answers = (
          await client.query<{ f: string }>(
            `SELECT evergreen.freshness($1, NULL, true, $2, '1 day', $1::timestamptz + make_interval(secs => s.seconds)) AS f
             FROM unnest(ARRAY[86399.999, 86400, 172799.999, 172800]) AS s (seconds)`,
            [generated, '1 day'],
          )
        ).rows.map(({ f }) => f);
        expect([day, ...answers]).toEqual([day, 'fresh', 'stale', 'stale', 'expired']);
      }
    } finally {
      await client.query('RESET TimeZone');
      client.release();
    }
  });
});

test('the planner writes it into the query, so that a lookup pays for no call', async () => {
  const plan = await one<string>(
    database.pool,
    `SELECT string_agg(line, E'\n') FROM public.explain($$
       SELECT h.id FROM evergreen.ai_business_health_summaries h CROSS JOIN evergreen.content_policies p
        WHERE evergreen.freshness(h.generated_at, h.expires_at, h.invalidated_at IS NULL, p.max_age, p.stale_while_revalidate, now()) = 'fresh'$$) AS line`,
  );
  expect(plan).toContain('CASE');
  expect(plan).not.toMatch(/freshness|seconds_past_fresh/);
});

beforeAll(() =>
  database.query(`
    CREATE FUNCTION public.explain(p_query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
    BEGIN RETURN QUERY EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || p_query; END $$`),
);
