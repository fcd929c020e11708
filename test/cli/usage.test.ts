import { createServer } from 'node:net';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { currentRun, databaseUrl } from '../support/server.js';
import { newFolder, removeFolders, runCli, startCli } from './run-cli.js';

const { version } = require('../../package.json') as { version: string };
const commands = ['migrate', 'attach', 'status', 'maintain', 'psql', 'start', 'stop'];

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase({ empty: true });
});
afterAll(async () => {
  await database.close();
  removeFolders();
});

/** Exactly one line for the error, one for the hint, nothing else: no stack trace, no result. */
function expectComplaint(
  outcome: { code: number | null; stdout: string; stderr: string },
  code: number,
  error: RegExp,
  hint: RegExp,
): void {
  expect(outcome).toMatchObject({ code, stdout: '' });
  const lines = outcome.stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(error);
  expect(lines[0]).toMatch(/^pg-evergreen: /);
  expect(lines[1]).toMatch(hint);
  expect(lines[1]).toMatch(/^HINT: /);
}

describe('help', () => {
  test('--version prints the version of the package', async () => {
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each([['--help'], ['-h'], ['help']])('%s lists every command', async (flag) => {
    const { code, stdout, stderr } = await runCli([flag]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} +\\w`, 'm'));
  });

  test('without a command the same goes to standard error, with the exit code of wrong usage', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: pg-evergreen <command>');
  });

  test.each(commands)('%s --help tells how it is used', async (command) => {
    const { code, stdout, stderr } = await runCli([command, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: pg-evergreen ${command}`));
    expect((await runCli(['help', command])).stdout).toBe(stdout);
  });
});

describe('wrong usage is exit code 2', () => {
  test.each([
    ['an unknown command', ['migrat'], /unknown command 'migrat'/, /migrate, attach/],
    ['a name that every object has', ['constructor'], /unknown command 'constructor'/, /migrate/],
    ['an unknown option', ['migrate', '--force'], /migrate: unknown option '--force'/, /migrate --help/],
    ['an unknown option before a command', ['--verbose'], /unknown option '--verbose'/, /--help/],
    ['an argument too many', ['status', 'all'], /unexpected argument 'all'/, /status --help/],
    ['an option without its value', ['migrate', '--database-url'], /--database-url/, /migrate --help/],
    ['an option with an empty value', ['migrate', '--database-url='], /'--database-url' needs a value/, /migrate --help/],
    ['a value for a flag', ['migrate', '--dry-run=yes'], /--dry-run/, /migrate --help/],
    ['something that is no URL', ['migrate', '--database-url', 'mydb'], /--database-url is not the URL/, /postgresql:\/\/user/],
    [
      'the URL of something else',
      ['status', '--database-url', 'mysql://root@localhost/x'],
      /--database-url is not the URL/,
      /postgresql:\/\/user/,
    ],
  ])('%s', async (_, parameters, error, hint) => {
    expectComplaint(await runCli(parameters), 2, error, hint);
  });

  test('a DATABASE_URL that is none is named as such, and not printed: it may hold a password', async () => {
    const outcome = await runCli(['status'], { env: { DATABASE_URL: 'secret-password@host' } });
    expectComplaint(outcome, 2, /DATABASE_URL is not the URL/, /postgresql:\/\/user/);
    expect(outcome.stderr).not.toContain('secret-password');
  });
});

describe('an unreachable database is exit code 4', () => {
  const urlWith = (change: (url: URL) => void) => {
    const url = new URL(database.url);
    change(url);
    return url.href;
  };

  test.each(['migrate', 'attach', 'status', 'maintain'])('%s: a refused connection', async (command) => {
    const databaseUrl = 'postgresql://user:hidden@127.0.0.1:1/name';
    const outcome = await runCli([command, '--database-url', databaseUrl]);
    expectComplaint(outcome, 4, /ECONNREFUSED 127\.0\.0\.1:1/, /running/);
    expect(outcome.stderr).not.toContain('hidden');
  });

  test('a host that does not exist', async () => {
    const outcome = await runCli(['status', '--database-url', 'postgresql://user@no-such-host.invalid/name']);
    expectComplaint(outcome, 4, /no-such-host\.invalid/, /host name/);
  });

  test('a database that does not exist', async () => {
    const url = urlWith((each) => {
      each.pathname = '/no_such_database';
    });
    expectComplaint(await runCli(['status', '--database-url', url]), 4, /"no_such_database" does not exist/, /Create the database/);
  });

  test('a wrong password', async () => {
    const url = urlWith((each) => {
      each.password = 'wrong';
    });
    const server = startPasswordServer();
    const port = await server.port;
    const asked = new URL(url);
    asked.port = String(port);
    const outcome = await runCli(['migrate'], { env: { DATABASE_URL: asked.href } });
    server.close();
    expectComplaint(outcome, 4, /password authentication failed/, /user and password/);
  });

  test('something else answers there', async () => {
    const listener = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.once('listening', resolve));
    const { port } = listener.address() as { port: number };
    const { code, stdout, stderr } = await runCli(['status', '--database-url', `postgresql://user@127.0.0.1:${port}/name`]);
    listener.close();
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^pg-evergreen: /);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('what it prints', () => {
  test('a reader that stops reading is no error', async () => {
    const { child, done } = startCli(['migrate', '--dry-run', '--database-url', database.url]);
    child.stdout?.destroy();
    expect(await done).toMatchObject({ code: 0, stderr: '' });
  });

  test('an empty DATABASE_URL counts as none', async () => {
    const { code, stderr } = await runCli(['stop'], { env: { DATABASE_URL: '' }, cwd: newFolder() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('no control sequences, unless on a terminal', async () => {
    await runCli(['migrate', '--database-url', database.url]);
    const { code, stdout } = await runCli(['status', '--database-url', database.url]);
    expect(code).toBe(0);
    expect(stdout).not.toContain('\u001b');
  });

  test('never the password of the database', async () => {
    const { owner } = currentRun();
    const url = databaseUrl(database.url, database.name, owner);
    const { stdout, stderr } = await runCli(['migrate', '--database-url', url]);
    expect(stdout).toContain(database.name);
    expect(stdout + stderr).not.toContain(`:${owner.password}@`);
  });
});

/** The server of the tests trusts everybody: this one speaks just enough of the protocol to reject a password. */
function startPasswordServer(): { port: Promise<number>; close(): void } {
  const message = (type: string, body: Buffer) => {
    const head = Buffer.alloc(5);
    head.write(type, 0, 'latin1');
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const listener = createServer((socket) => {
    socket.once('data', () => {
      socket.write(message('R', Buffer.from([0, 0, 0, 3])));
      socket.once('data', () => {
        const fields = ['SFATAL', 'VFATAL', 'C28P01', 'Mpassword authentication failed for user "owner"'];
        socket.end(message('E', Buffer.from(`${fields.join('\0')}\0\0`)));
      });
    });
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  return {
    port: new Promise((resolve) => listener.once('listening', () => resolve((listener.address() as { port: number }).port))),
    close: () => void listener.close(),
  };
}
