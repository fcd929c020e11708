import { Client } from 'pg';
import * as errors from '../../src/errors.js';
import { useDatabase } from '../support/database.js';

const { EvergreenError, fromDatabaseError } = errors;
const database = useDatabase();

/** What the database raises, as the driver throws it. */
const raised = (code: string, hint = 'Do this.', detail = 'It was that.') =>
  database
    .query(`DO $$ BEGIN RAISE EXCEPTION 'it went wrong' USING ERRCODE = '${code}', HINT = '${hint}', DETAIL = '${detail}'; END $$`)
    .then(
      () => expect('raised').toBe('not raised'),
      (error) => error,
    );

const thrown = (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe('fromDatabaseError', () => {
  test.each([
    ['VG001', errors.UnknownContentType],
    ['VG002', errors.NotFound],
    ['VG003', errors.InvalidTransition],
    ['VG004', errors.LeaseLost],
    ['VG005', errors.BudgetExceeded],
    ['VG006', errors.TooLarge],
    ['VG007', errors.InvalidInput],
    ['VG008', errors.RateLimited],
    ['VG009', errors.Forbidden],
    ['VG010', errors.HostMismatch],
    ['VG011', errors.Conflict],
  ])('%s becomes its class, with code, message, hint, detail and cause', async (code, Class) => {
    const cause = await raised(code);
    const error = fromDatabaseError(cause);
    expect(error).toBeInstanceOf(Class);
    expect(error).toBeInstanceOf(EvergreenError);
    expect(error).toMatchObject({ name: Class.name, code, message: 'it went wrong', hint: 'Do this.', detail: 'It was that.' });
    expect(error.cause).toBe(cause);
  });

  test.each([
    ['another SQLSTATE', () => raised('23505')],
    ['an error of no database', async () => new TypeError('x is not a function')],
    ['a missing file', () => thrown(require('node:fs/promises').readFile('/no/such/file'))],
  ])('%s comes back as it is', async (_, make) => {
    const error = await make();
    expect(fromDatabaseError(error)).toBe(error);
  });

  test('what is one of ours already comes back as it is', () => {
    const error = new errors.NotFound('no such company');
    expect(fromDatabaseError(error)).toBe(error);
  });

  test('something that is no error becomes one', () => {
    expect(fromDatabaseError('odd')).toMatchObject({ message: 'odd' });
    expect(fromDatabaseError('odd')).toBeInstanceOf(Error);
  });

  test.each(['127.0.0.1', 'localhost'])('a refused connection to %s is DatabaseUnavailable, and says where', async (host) => {
    const error = fromDatabaseError(await thrown(new Client({ host, port: 1 }).connect()));
    expect(error).toBeInstanceOf(errors.DatabaseUnavailable);
    expect(error.message).toContain('ECONNREFUSED');
    expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE', hint: expect.stringContaining('running') });
  });

  test.each([
    ['an unknown host', { host: 'no-such-host.invalid' }],
    ['a missing socket', { host: '/no/such/folder' }],
  ])('%s is DatabaseUnavailable', async (_, config) => {
    expect(fromDatabaseError(await thrown(new Client(config).connect()))).toBeInstanceOf(errors.DatabaseUnavailable);
  });

  test('a connection that is ended by an administrator is DatabaseUnavailable', async () => {
    const client = new Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    const cut = thrown(client.query('SELECT pg_sleep(60)'));
    await database.superuserQuery('SELECT pg_terminate_backend($1)', [rows[0].pid]);
    expect(fromDatabaseError(await cut)).toBeInstanceOf(errors.DatabaseUnavailable);
    expect(fromDatabaseError(await thrown(client.query('SELECT 1')))).toBeInstanceOf(errors.DatabaseUnavailable);
  });

  test('a database that does not exist is DatabaseUnavailable', async () => {
    const url = new URL(database.url);
    url.pathname = '/no_such_database';
    const error = fromDatabaseError(await thrown(new Client({ connectionString: url.href }).connect()));
    expect(error).toBeInstanceOf(errors.DatabaseUnavailable);
  });

  test.each(['SELECT evergreen.no_such_function()', 'SELECT * FROM evergreen.no_such_table'])(
    '%s: a missing part of the schema is NotMigrated',
    async (text) => {
      const error = fromDatabaseError(await thrown(database.query(text)));
      expect(error).toBeInstanceOf(errors.NotMigrated);
      expect(error).toMatchObject({ code: 'NOT_MIGRATED', hint: expect.stringContaining('migrate') });
    },
  );

  test("an application's own missing table is not", async () => {
    const error = await thrown(database.query('SELECT * FROM public.no_such_table'));
    expect(fromDatabaseError(error)).toBe(error);
  });
});

test('GenerationFailed carries what the provider said', () => {
  const cause = new Error('429');
  const error = new errors.GenerationFailed('the model gave no answer', {
    reason: 'provider_error',
    status: 429,
    requestId: 'req_1',
    attempts: 3,
    cause,
  });
  expect(error).toMatchObject({ code: 'GENERATION_FAILED', reason: 'provider_error', status: 429, requestId: 'req_1', attempts: 3, cause });
  expect(error).toBeInstanceOf(EvergreenError);
});
