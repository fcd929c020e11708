import { randomUUID } from 'node:crypto';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { call, one, row } from './calls.js';

const databases: TestDatabase[] = [];
let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
  databases.push(database);
});
afterAll(() => Promise.all(databases.map((each) => each.close())));

const find = (username: string | null) => call(database.pool, 'find_user', { username });
async function attach(table: string, ...rows: string[]): Promise<void> {
  await database.query(`CREATE TABLE public.users (${table})`);
  for (const values of rows) await database.query(`INSERT INTO public.users VALUES (${values})`);
  await call(database.pool, 'attach_host');
}

test('without a users table the name is the id', async () => {
  expect(await find('ada')).toEqual([{ user_id: 'ada', username: 'ada' }]);
  expect(await row(database.pool, 'create_session', { user_id: 'ada' })).toMatchObject({ token: expect.stringMatching(/^evs_/) });
});

test('with one it is that of the table, exactly, and nobody else’s', async () => {
  await attach(
    'id uuid PRIMARY KEY, username text',
    `'11111111-1111-4111-8111-111111111111', 'ada'`,
    `'22222222-2222-4222-8222-222222222222', NULL`,
  );
  expect(await find('ada')).toEqual([{ user_id: '11111111-1111-4111-8111-111111111111', username: 'ada' }]);
  for (const other of ['Ada', 'ada ', '11111111-1111-4111-8111-111111111111', '', ' ', null, 'x'.repeat(600)])
    expect(await find(other)).toEqual([]);
});

test('an attached table without users has none', async () => {
  await attach('id text PRIMARY KEY, name text');
  expect(await find('ada')).toEqual([]);
  expect(await one(database.pool, `SELECT count(*)::integer FROM evergreen.host_users`)).toBe(0);
});

test('a view of the application’s own without users has none', async () => {
  await database.query('CREATE TABLE public.people (id text, nick text)');
  await database.query(
    'CREATE OR REPLACE VIEW evergreen.host_users AS SELECT id, nick AS username, NULL::text AS email, NULL::text AS name FROM public.people',
  );
  expect(await find('ada')).toEqual([]);
  await database.query(`INSERT INTO public.people VALUES ('1', 'ada')`);
  expect(await find('ada')).toEqual([{ user_id: '1', username: 'ada' }]);
  await expect(call(database.pool, 'create_session', { user_id: '2' })).rejects.toMatchObject({ code: 'VG002' });
  const { token } = await row(database.pool, 'create_session', { user_id: '1' });
  expect(await call(database.pool, 'find_session', { token })).toMatchObject([{ user_id: '1', username: 'ada' }]);
});

test('a name that two users have names neither', async () => {
  await attach('id integer PRIMARY KEY, name text', `1, 'ada'`, `2, 'ada'`, `3, 'bob'`);
  expect(await find('ada')).toEqual([]);
  expect(await find('bob')).toEqual([{ user_id: '3', username: 'bob' }]);
});

test.each([
  ['uuid', randomUUID()],
  ['bigint', '42'],
  ['integer', '42'],
  ['varchar(40)', 'u-42'],
  ['text', 'u-42'],
])('a user whose id is %s signs in by the primary key of the table; another id is no user', async (type, id) => {
  await attach(`id ${type} PRIMARY KEY, username text`, `'${id}', 'ada'`);
  const client = await database.pool.connect();
  try {
    await client.query('SET enable_seqscan = off');
    await client.query('BEGIN');
    const { token } = await row(client, 'create_session', { user_id: id });
    expect(await one(client, `SELECT pg_stat_get_xact_numscans('public.users_pkey'::regclass)::integer`)).toBe(1);
    await client.query('COMMIT');
    expect(await call(client, 'find_session', { token })).toMatchObject([{ user_id: id, username: 'ada' }]);
    for (const other of ['43', 'somebody', '99999999999999999999', randomUUID()]) {
      await expect(call(client, 'create_session', { user_id: other })).rejects.toMatchObject({ code: 'VG002' });
    }
  } finally {
    await client.query('RESET enable_seqscan');
    client.release();
  }
});
