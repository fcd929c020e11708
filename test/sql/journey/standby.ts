/** A hot standby of a throw-away server, made by a base backup with nothing but SQL and a copy of its files, so that it runs with any PostgreSQL's binaries. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Server } from '../../../src/build/server.js';
import { serverAccount } from '../../../src/embedded/binaries.js';

export interface Standby {
  /** Connection string of its superuser. */
  readonly url: string;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

/** Stops the server when its standard input closes, so that nothing stays behind even when this process is killed. */
const SUPERVISOR = `
bin=$1; dir=$2; options=$3
"$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -o "$options" -w start >>"$dir/log" 2>&1 || { cat "$dir/log" >&2; rm -rf "$dir"; exit 1; }
echo ready
cat >/dev/null
"$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1
rm -rf "$dir"
`;

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as { port: number };
  await new Promise<void>((resolve) => listener.close(() => resolve()));
  return port;
}

/** Copies the files of a running server while it is in backup mode. */
async function baseBackup(primary: Server, data: string): Promise<{ maxConnections: string }> {
  const client = new Client({ connectionString: primary.url });
  await client.connect();
  try {
    const show = async (name: string) => (await client.query(`SELECT current_setting($1) AS value`, [name])).rows[0].value as string;
    const source = await show('data_directory');
    await client.query(`SELECT pg_backup_start('standby', true)`);
    cpSync(source, data, { recursive: true, filter: (path) => !/\/(postmaster\.(pid|opts)|pg_replslot\/.*|pgsql_tmp.*)$/.test(path) });
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    writeFileSync(join(data, 'backup_label'), rows[0]?.labelfile ?? '');
    return { maxConnections: await show('max_connections') };
  } finally {
    await client.end();
  }
}

/** Starts a hot standby that follows `primary`. */
export async function startStandby(primary: Server): Promise<Standby> {
  const account = serverAccount();
  const dir = mkdtempSync(join(tmpdir(), 'evergreen-standby-'));
  const data = join(dir, 'data');
  const { maxConnections } = await baseBackup(primary, data);
  const { hostname, port: primaryPort } = new URL(primary.url);
  writeFileSync(join(data, 'standby.signal'), '');
  writeFileSync(join(data, 'postgresql.auto.conf'), `primary_conninfo = 'host=${hostname} port=${primaryPort} user=postgres'\n`);
  if (account) spawnSync('chown', ['-R', `${account.uid}:${account.gid}`, dir]);
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    hot_standby: 'on',
    max_connections: maxConnections,
    fsync: 'off',
    timezone: 'Asia/Kathmandu',
  };
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
  const supervisor = spawn('/bin/sh', ['-c', SUPERVISOR, 'evergreen-standby', primary.bin, dir, options.join(' ')], {
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
    ended.then(() => reject(new Error(`the standby in ${dir} did not start:\n${complaints}`)));
  });
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      supervisor.stdin.end();
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
