import { randomUUID } from 'node:crypto';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { as, at, call, contents, refusal, row, stampede, withConnections } from './calls.js';

const databases: TestDatabase[] = [];
let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
  databases.push(database);
});
afterAll(() => Promise.all(databases.map((each) => each.close())));

interface Made {
  user_id: string;
  session_id: string;
  token: string;
  expires_at: Date;
  [column: string]: unknown;
}

const make = (args: Record<string, unknown>) => row<Made>(database.pool, 'create_user_with_session', args);
const users = () => database.query('SELECT * FROM public.users ORDER BY 1');
async function attach(...statements: string[]): Promise<void> {
  for (const statement of statements) await database.query(statement);
  await call(database.pool, 'attach_host');
}

/** Expects a refusal that leaves neither a user nor a session nor anything else. */
async function expectNothing(args: Record<string, unknown>, code: string, message: string, hint: RegExp = /\S/): Promise<void> {
  const [before, had] = [await contents(database.pool), await users()];
  expect(await refusal(make(args))).toEqual({ code, message: expect.stringContaining(message), hint: expect.stringMatching(hint) });
  expect(await contents(database.pool)).toEqual(before);
  expect(await users()).toEqual(had);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test.each([
  ['uuid ids with a default', 'id uuid PRIMARY KEY DEFAULT gen_random_uuid(), username text UNIQUE, email text, name text', UUID],
  ['uuid ids without', 'id uuid PRIMARY KEY, username text UNIQUE, email text, name text', UUID],
  ['serial ids', 'id serial PRIMARY KEY, username text UNIQUE, email text, name text', /^1$/],
  ['identity ids', 'id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, username varchar(40), email text, name text', /^1$/],
  ['text ids', 'id text PRIMARY KEY, username text UNIQUE, email text NOT NULL UNIQUE, name text NOT NULL', UUID],
])('a host with %s gets the user, who is signed in', async (_, table, id) => {
  await attach(`CREATE TABLE public.users (${table})`);
  const made = await make({ username: 'ada', email: 'ada@example.com', name: 'Ada L.', now: at() });
  expect(made).toEqual({
    user_id: expect.stringMatching(id),
    session_id: expect.stringMatching(UUID),
    token: expect.stringMatching(/^evs_[\w-]{43}$/),
    expires_at: new Date(at(30 * 86_400)),
  });
  expect(await database.query(`SELECT id::text, username, email, name FROM public.users`)).toEqual([
    { id: made.user_id, username: 'ada', email: 'ada@example.com', name: 'Ada L.' },
  ]);
  expect(await call(database.pool, 'find_session', { token: made.token, now: at() })).toMatchObject([
    { user_id: made.user_id, username: 'ada', role: 'user', company_ids: [] },
  ]);
  expect(await call(database.pool, 'find_user', { username: 'ada' })).toEqual([{ user_id: made.user_id, username: 'ada' }]);
});

test.each([
  ['only an id, which is the name', 'id text PRIMARY KEY', { id: 'ada' }],
  ['an id and a name, which is the name in addresses', 'id serial PRIMARY KEY, name text NOT NULL', { id: 1, name: 'ada' }],
  [
    'columns that fill themselves',
    `id serial PRIMARY KEY, username text, name text NOT NULL DEFAULT 'new', since date DEFAULT '2026-01-01'`,
    { id: 1, username: 'ada', name: 'new' },
  ],
  ['a name that it demands', 'id serial PRIMARY KEY, username text, name text NOT NULL', { id: 1, username: 'ada', name: 'ada' }],
])('a host without optional columns, with %s, takes a user of a name alone', async (_, table, stored) => {
  await attach(`CREATE TABLE public.users (${table})`);
  const { token } = await make({ username: 'ada' });
  expect(await users()).toMatchObject([stored]);
  expect(await call(database.pool, 'find_session', { token })).toMatchObject([{ user_id: String(stored.id), username: 'ada' }]);
});

test('the companies of the session are those that were asked for', async () => {
  const company = randomUUID();
  await attach('CREATE TABLE public.users (id serial PRIMARY KEY, username text)');
  const { token } = await make({ username: 'ada', company_ids: [company] });
  expect(await call(database.pool, 'find_session', { token })).toMatchObject([{ company_ids: [company] }]);
});

describe('nothing is made', () => {
  test.each([
    [
      'the table forbids the value',
      `username text CHECK (username <> 'root'), email text`,
      { username: 'root' },
      'VG007',
      'check constraint',
    ],
    ['the table demands what was not given', 'username text, email text NOT NULL', { username: 'ada' }, 'VG007', 'email'],
    ['the table has it already', 'username text, email text UNIQUE', { username: 'ada', email: 'taken@example.com' }, 'VG007', 'unique'],
    ['the value is too long for the column', 'username varchar(3), email text', { username: 'adalovelace' }, 'VG007', 'too long'],
    ['the name is taken', 'username text, email text', { username: 'taken' }, 'VG007', "'taken' is taken"],
    [
      'the table demands a column that nobody knows',
      `username text, email text, plan text NOT NULL CHECK (plan <> 'first')`,
      { username: 'ada' },
      'VG007',
      'plan',
    ],
  ])('when %s', async (_, columns, args, code, message) => {
    await database.query(`CREATE TABLE public.users (id serial PRIMARY KEY, ${columns})`);
    await database.query(`ALTER TABLE public.users DISABLE TRIGGER ALL`);
    await database.query(
      /plan/.test(columns)
        ? `INSERT INTO public.users (username, plan) VALUES ('old', 'free')`
        : `INSERT INTO public.users (username, email) VALUES (left('taken', CASE WHEN $1 THEN 3 ELSE 9 END), 'taken@example.com')`,
      /plan/.test(columns) ? [] : [/varchar/.test(columns)],
    );
    await call(database.pool, 'attach_host');
    await expectNothing(args, code, message);
  });

  test('when the session is refused, not even the user', async () => {
    await attach('CREATE TABLE public.companies (id uuid PRIMARY KEY)', 'CREATE TABLE public.users (id serial PRIMARY KEY, username text)');
    await expectNothing({ username: 'ada', company_ids: [randomUUID()] }, 'VG002', 'no company');
    await expectNothing({ username: 'ada', now: 'infinity' }, 'VG007', 'infinity');
  });

  test('when a trigger swallows the row', async () => {
    await attach(
      'CREATE TABLE public.users (id serial PRIMARY KEY, username text)',
      `CREATE FUNCTION public.swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
      'CREATE TRIGGER swallow BEFORE INSERT ON public.users FOR EACH ROW EXECUTE FUNCTION public.swallow()',
    );
    await expectNothing({ username: 'ada' }, 'VG010', 'did not take the user');
  });

  test('when a deferred constraint refuses at the end of the transaction, no session either', async () => {
    await attach(
      'CREATE TABLE public.teams (id integer PRIMARY KEY)',
      'CREATE TABLE public.users (id serial PRIMARY KEY, username text, team integer DEFAULT 5 REFERENCES public.teams DEFERRABLE INITIALLY DEFERRED)',
    );
    const before = await contents(database.pool);
    expect(await refusal(make({ username: 'ada' }))).toMatchObject({ code: '23503' });
    expect(await contents(database.pool)).toEqual(before);
  });

  test.each([
    [
      'a value has no column',
      'id serial PRIMARY KEY, username text',
      { username: 'ada', email: 'a@example.com' },
      'no place for the email',
      /no column email/,
    ],
    [
      'the name would have to be two things',
      'id serial PRIMARY KEY, name text',
      { username: 'ada', name: 'Ada L.' },
      'no place for the name',
      /its name is the username/,
    ],
    ['the name is blank', 'id serial PRIMARY KEY, username text', { username: ' ' }, '1 to 512 bytes', /name/],
    ['there is no name', 'id serial PRIMARY KEY, username text', { username: null }, 'NULL', /name/],
  ])('when %s', async (_, table, args, message, hint) => {
    await attach(`CREATE TABLE public.users (${table})`);
    await expectNothing(args, 'VG007', message, hint);
  });

  test('when nobody knows the id', async () => {
    await attach('CREATE TABLE public.users (id integer PRIMARY KEY, username text)');
    await expectNothing({ username: 'ada' }, 'VG010', 'users.id is integer', /default/);
  });

  test('when no users table is attached, or only a view of the application’s own', async () => {
    await database.query('CREATE TABLE public.users (id text, nick text)');
    await expectNothing({ username: 'ada' }, 'VG002', 'no users table', /attach_host/);
    await database.query(
      'CREATE OR REPLACE VIEW evergreen.host_users AS SELECT id, nick AS username, NULL::text AS email, NULL::text AS name FROM public.users',
    );
    await expectNothing({ username: 'ada' }, 'VG010', 'view of your own', /create_session/);
  });

  test('when the owner of the schema may only read the table', async () => {
    await database.superuserQuery('CREATE TABLE public.users (id serial PRIMARY KEY, username text)');
    const [owner] = await database.query<{ name: string }>('SELECT current_user AS name');
    await database.superuserQuery(`GRANT SELECT, REFERENCES, TRIGGER ON public.users TO ${owner?.name}`);
    await call(database.pool, 'attach_host');
    await expectNothing({ username: 'ada' }, 'VG010', 'may not insert', /GRANT INSERT ON/);
  });
});

test('of eight who ask for one name at once, one gets it, though the table does not forbid two', async () => {
  await attach('CREATE TABLE public.users (id serial PRIMARY KEY, username text)');
  const answers = await withConnections(database, 8, (clients) =>
    stampede(database, clients, 'LOCK TABLE evergreen.host_attachments IN ACCESS EXCLUSIVE MODE', (client) =>
      call(client, 'create_user_with_session', { username: 'ada' }).then(
        () => 'made',
        ({ code }: { code: string }) => code,
      ),
    ),
  );
  expect(answers.sort()).toEqual([...Array(7).fill('VG007'), 'made']);
  expect(await users()).toHaveLength(1);
  expect(await database.query('SELECT FROM evergreen.sessions')).toHaveLength(1);
});

test('a name and values of any characters are stored as they are', async () => {
  const odd = `Robert'); DROP TABLE users;-- "$1" \\ ünïcødé`;
  await attach('CREATE TABLE public.users ("id" serial PRIMARY KEY, "username" text, email text, "name" text)');
  await make({ username: odd, email: `${odd}@`, name: `${odd}!` });
  expect(await users()).toMatchObject([{ username: odd, email: `${odd}@`, name: `${odd}!` }]);
});

test('a backend may make users, though it has no right on their table', async () => {
  await attach('CREATE TABLE public.users (id serial PRIMARY KEY, username text)');
  const role = await database.createRole();
  await call(database.pool, 'grant_app', { role: role.name });
  await as(role.url, async (client) => {
    expect(await row(client, 'create_user_with_session', { username: 'ada' })).toMatchObject({ user_id: '1' });
  });
});
