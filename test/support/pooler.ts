/** PgBouncer in front of a database, where it is installed. Debian has it; a fresh machine need not. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { serverAccount } from '../../src/embedded/binaries.js';
import { waitUntil } from './wait-until.js';

/** Path of pgbouncer; undefined: not installed. */
export const pgbouncer = ['/usr/sbin/pgbouncer', '/usr/local/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'].find((path) =>
  existsSync(path),
);

export interface Pooler {
  /** The database's URL, through the pooler. */
  readonly url: string;
  stop(): void;
}

/** Starts a pooler for one database. */
export async function startPooler(databaseUrl: string, settings: Record<string, string>): Promise<Pooler> {
  if (!pgbouncer) throw new Error('pgbouncer is not installed');
  const target = new URL(databaseUrl);
  const account = serverAccount();
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-pgbouncer-'));
  const port = await freePort();
  const lines = Object.entries({ listen_addr: '127.0.0.1', listen_port: port, unix_socket_dir: '', auth_type: 'any', ...settings });
  const password = target.password ? ` password=${target.password}` : '';
  const database = `${target.pathname.slice(1)} = host=${target.hostname} port=${target.port} user=${target.username}${password}`;
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    `[databases]\n${database}\n[pgbouncer]\n${lines.map(([name, value]) => `${name} = ${value}`).join('\n')}\n`,
  );
  if (account) chownSync(folder, account.uid, account.gid);
  const child: ChildProcess = spawn(pgbouncer, ['-q', join(folder, 'pgbouncer.ini')], { ...account, cwd: '/', stdio: 'ignore' });
  const url = new URL(databaseUrl);
  url.port = String(port);
  await waitUntil('pgbouncer answers', async () => {
    const client = new Client({ connectionString: url.href });
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  });
  return {
    url: url.href,
    stop() {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const listener = createServer().listen(0, '127.0.0.1', () => {
      const { port } = listener.address() as { port: number };
      listener.close(() => resolve(port));
    });
  });
}
