import { createHash, randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { as, at, call, expectRefusal, one, row, value } from './calls.js';

const database = useDatabase({ host: true });

interface Session {
  session_id: string;
  token: string;
  expires_at: Date;
  [column: string]: unknown;
}

const DAY = 86_400;
const companies = [randomUUID(), randomUUID()].sort();
beforeAll(async () => {
  await database.query(`INSERT INTO public.companies (id, name) SELECT unnest($1::uuid[]), 'one'`, [companies]);
  await database.query(
    `INSERT INTO public.users (id, email, name) VALUES ('7', 'ada@example.com', 'ada'), ('8', 'bob@example.com', 'bob')`,
  );
});

const create = (args = {}) => row<Session>(database.pool, 'create_session', { user_id: '7', now: at(), ...args });
const find = (token: string | null, seconds = 0) => call(database.pool, 'find_session', { token, now: at(seconds) });

describe('a token', () => {
  test('has 256 bits, of which each is as often set as not, and no two are equal', async () => {
    const rows = await database.query<Session>(
      `SELECT s.token FROM generate_series(1, 400) AS i CROSS JOIN LATERAL evergreen.create_session('8', p_now => now() + i * interval '0') AS s`,
    );
    const tokens = rows.map(({ token }) => token);
    expect(new Set(tokens).size).toBe(400);
    const set = new Array<number>(256).fill(0);
    for (const token of tokens) {
      expect(token).toMatch(/^evs_[A-Za-z0-9_-]{43}$/);
      const bytes = Buffer.from(token.slice(4), 'base64url');
      expect(bytes).toHaveLength(32);
      for (let bit = 0; bit < 256; bit += 1) set[bit] = (set[bit] ?? 0) + (((bytes[bit >> 3] as number) >> (bit & 7)) & 1);
    }
    // 400 coins: beyond 200 ± 75 is seven and a half standard deviations, once in 10^11 runs for 256 of them.
    expect(Math.min(...set)).toBeGreaterThan(125);
    expect(Math.max(...set)).toBeLessThan(275);
  });

  test('stands nowhere in the database, in no form: only its SHA-256 does', async () => {
    const { token } = await create();
    const hash = createHash('sha256').update(token).digest('hex');
    const bytes = Buffer.from(token.slice(4), 'base64url');
    const tables = await database.query<{ name: string }>(
      `SELECT oid::regclass::text AS name FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND NOT relispartition
          AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND relpersistence <> 't'
        UNION ALL SELECT 'pg_catalog.pg_stat_activity' WHERE false ORDER BY 1`,
    );
    const holding = async (text: string) => {
      const found: string[] = [];
      for (const { name } of tables) {
        if (await one(database.pool, `SELECT EXISTS (SELECT FROM ${name} t WHERE strpos(t::text, $1) > 0)`, [text])) found.push(name);
      }
      return found;
    };
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['evergreen.sessions', 'evergreen.audit_log']));
    expect(await holding(hash)).toEqual(['evergreen.sessions']);
    for (const form of [token, token.slice(4), bytes.toString('hex'), bytes.toString('base64')]) expect(await holding(form)).toEqual([]);
  });
});

describe('a session', () => {
  test('is found by its token: who, as what, for which companies, how long', async () => {
    const { session_id, token, expires_at } = await create({ company_ids: [companies[1], companies[0], companies[1]] });
    expect(expires_at).toEqual(new Date(at(30 * DAY)));
    expect(await find(token)).toEqual([
      { session_id, user_id: '7', username: 'ada', role: 'user', company_ids: companies, created_at: new Date(at()), expires_at },
    ]);
    expect(await find((await create({ lasts: '1 hour' })).token, 3599)).toHaveLength(1);
  });

  test('of a user of a month has as many hours in every time zone', async () => {
    const client = await database.pool.connect();
    try {
      await client.query(`SET TimeZone = 'Europe/Berlin'`);
      const session = await row<Session>(client, 'create_session', { user_id: '7', now: '2026-03-20T12:00:00Z' });
      expect(session.expires_at).toEqual(new Date('2026-04-19T12:00:00Z'));
    } finally {
      await client.query('RESET TimeZone');
      client.release();
    }
  });

  test('is found until it runs out, not from then on', async () => {
    const { token } = await create({ lasts: '10 seconds' });
    expect(await find(token, 9.999)).toHaveLength(1);
    expect(await find(token, 10)).toEqual([]);
  });

  test('is worth nothing once it is revoked, which only the first time says', async () => {
    const [first, second] = [await create(), await create()];
    expect(await value(database.pool, 'revoke_session', { token: first.token, now: at(60) })).toBe(true);
    expect(await value(database.pool, 'revoke_session', { token: first.token, now: at(60) })).toBe(false);
    expect(await find(first.token)).toEqual([]);
    expect(await find(second.token)).toHaveLength(1);
    expect(await value(database.pool, 'revoke_session', { token: second.token, now: at(31 * DAY) })).toBe(false);
  });

  test('ends with all others of the user, of no one else', async () => {
    await value(database.pool, 'revoke_user_sessions', { user_id: '7', now: at() });
    const [one, two, other] = [await create(), await create(), await create({ user_id: '8' })];
    expect(await value(database.pool, 'revoke_user_sessions', { user_id: '7', now: at(1) })).toBe(2);
    expect(await value(database.pool, 'revoke_user_sessions', { user_id: '7', now: at(1) })).toBe(0);
    expect([await find(one.token), await find(two.token)]).toEqual([[], []]);
    expect(await find(other.token)).toHaveLength(1);
    await expectRefusal(database.pool, 'revoke_user_sessions', { user_id: null }, 'VG007', 'NULL');
  });

  test.each([
    ['nothing', null],
    ['an empty text', ''],
    ['a token without its last character', (token: string) => token.slice(0, -1)],
    ['a token with one character more', (token: string) => `${token}A`],
    ['a token and a line end', (token: string) => `${token}\n`],
    ['a token of another case', (token: string) => token.toUpperCase()],
    ['a token without its prefix', (token: string) => token.slice(4)],
    ['another token', () => `evs_${'A'.repeat(43)}`],
    ['the hash itself', (token: string) => createHash('sha256').update(token).digest('hex')],
    ['a pattern', () => `evs_${'%'.repeat(43)}`],
    ['a backslash', () => `evs_${'\\'.repeat(43)}`],
    ['a megabyte', () => 'evs_'.repeat(262_144)],
  ])('is not found, nor revoked, by %s', async (_, made) => {
    const { token } = await create();
    const other = typeof made === 'function' ? made(token) : made;
    expect(await find(other)).toEqual([]);
    expect(await value(database.pool, 'revoke_session', { token: other })).toBe(false);
    expect(await find(token)).toHaveLength(1);
  });

  test('is found by one index probe, in a read-only transaction', async () => {
    const { token } = await create();
    await database.query('ANALYZE evergreen.sessions');
    const client = await database.pool.connect();
    /** What this connection has read so far. */
    const reads = async () =>
      (
        await client.query<{ whole: number; probes: number }>(
          `SELECT pg_stat_get_xact_numscans('evergreen.sessions'::regclass)::integer AS whole,
                  pg_stat_get_xact_numscans('evergreen.sessions_token_hash_key'::regclass)::integer AS probes`,
        )
      ).rows[0] as { whole: number; probes: number };
    try {
      await client.query('BEGIN READ ONLY');
      const before = await reads();
      expect(await call(client, 'find_session', { token, now: at() })).toHaveLength(1);
      expect(await reads()).toEqual({ whole: before.whole, probes: before.probes + 1 });
      expect(await one(client, `SELECT provolatile FROM pg_proc WHERE proname = 'find_session'`)).toBe('s');
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });
});

describe('an operator', () => {
  test('need not be a user of the application, and is audited', async () => {
    const { token, session_id } = await create({ user_id: 'night shift', role: 'operator' });
    expect(await find(token)).toMatchObject([{ session_id, user_id: 'night shift', username: 'night shift', role: 'operator' }]);
    expect(await database.query(`SELECT subject, after FROM evergreen.audit_log WHERE action = 'create_session'`)).toEqual([
      { subject: 'night shift', after: { role: 'operator', expires_at: at(30 * DAY) } },
    ]);
  });
});

describe('is refused', () => {
  test.each([
    ['no user', { user_id: null }, 'VG007', 'needs a user'],
    ['a blank user', { user_id: ' ' }, 'VG007', '1 to 512 bytes'],
    ['a long user', { user_id: 'x'.repeat(513) }, 'VG007', '1 to 512 bytes'],
    ['an unknown user', { user_id: '9' }, 'VG002', "no user '9'"],
    ['no companies', { company_ids: null }, 'VG007', 'NULL'],
    ['a company of NULL', { company_ids: [null] }, 'VG007', 'NULL'],
    ['an unknown company', { company_ids: [companies[0], '99999999-9999-4999-8999-999999999999'] }, 'VG002', '99999999'],
    ['too many companies', { company_ids: Array.from({ length: 1001 }, () => companies[0]) }, 'VG006', '1001'],
    ['another role', { role: 'root' }, 'VG007', "'root'"],
    ['no role', { role: null }, 'VG007', 'NULL'],
    ['no time', { lasts: '0' }, 'VG007', '00:00:00'],
    ['a time of the past', { lasts: '-1 day' }, 'VG007', '-1 days'],
    ['a time of years', { lasts: '367 days' }, 'VG007', '367 days'],
    ['a duration of NULL', { lasts: null }, 'VG007', 'NULL'],
    ['a clock of infinity', { now: 'infinity' }, 'VG007', 'infinity'],
  ])('for %s', async (_, args, code, message) => {
    await expectRefusal(database.pool, 'create_session', { user_id: '7', ...args }, code, message);
  });
});

describe('in the life of the database', () => {
  test('maintenance deletes sessions a month after they ended, batch by batch, and no other', async () => {
    await database.query('DELETE FROM evergreen.sessions');
    const [kept, revoked] = [await create({ lasts: '300 days' }), await create({ lasts: '300 days' })];
    await Promise.all([create({ lasts: '1 day' }), create({ lasts: '2 days' })]);
    await value(database.pool, 'revoke_session', { token: revoked.token, now: at(DAY) });
    const prune = (days: number) => row(database.pool, 'prune_sessions', { batch_size: 2, now: at(days * DAY) });
    expect(await prune(31)).toEqual({ done: 0, next_cursor: null });
    expect(await prune(33)).toEqual({ done: 2, next_cursor: 'more' });
    expect(await prune(33)).toEqual({ done: 1, next_cursor: null });
    expect(await find(kept.token, 40 * DAY)).toHaveLength(1);
    expect(await database.query(`SELECT step FROM evergreen.maintenance_steps WHERE step ~ 'sessions|rate'`)).toHaveLength(2);
  });

  test('a user who is forgotten is signed out, a company that is forgotten is in no session', async () => {
    const [ofUser, ofOther] = [await create({ company_ids: companies }), await create({ user_id: '8', company_ids: companies })];
    await call(database.pool, 'forget_user', { user_id: '7' });
    expect(await find(ofUser.token)).toEqual([]);
    const told = await call(database.pool, 'forget_company', { company_id: companies[0] });
    expect(told).toContainEqual({ object: 'sessions', action: 'anonymised', rows_changed: '1' });
    expect(await find(ofOther.token)).toMatchObject([{ company_ids: [companies[1]] }]);
  });

  test('a backend may sign in and out; it cannot read the hashes', async () => {
    const role = await database.createRole();
    await call(database.pool, 'grant_app', { role: role.name });
    await as(role.url, async (client) => {
      const { token } = await row<Session>(client, 'create_session', { user_id: '8' });
      expect(await call(client, 'find_session', { token })).toMatchObject([{ user_id: '8' }]);
      expect(await value(client, 'revoke_session', { token })).toBe(true);
      await expect(client.query('SELECT FROM evergreen.sessions')).rejects.toMatchObject({ code: '42501' });
    });
  });
});
