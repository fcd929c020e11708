import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverAccount } from '../../src/embedded/binaries.js';
import { migrate } from '../../src/migrate.js';
import { waitUntil } from '../support/wait-until.js';
import { connected, emptyDatabase, objectsOf, removeAll } from './empty-database.js';

// Debian's pgbouncer; CI has it, a fresh machine need not.
const pgbouncer = ['/usr/sbin/pgbouncer', '/usr/local/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'].find((path) => existsSync(path));

const running: { child: ChildProcess; folder: string }[] = [];

afterAll(async () => {
  for (const { child, folder } of running) {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
  await removeAll();
});

/** Puts pgbouncer in front of a database and answers the URL that leads through it. */
async function throughPooler(databaseUrl: string, settings: Record<string, string>): Promise<string> {
  const target = new URL(databaseUrl);
  const account = serverAccount();
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-pgbouncer-'));
  const port = await freePort();
  const lines = Object.entries({ listen_addr: '127.0.0.1', listen_port: port, unix_socket_dir: '', auth_type: 'any', ...settings });
  const database = `${target.pathname.slice(1)} = host=${target.hostname} port=${target.port} user=${target.username} password=${target.password}`;
  const ini = `[databases]\n${database}\n[pgbouncer]\n${lines.map(([name, value]) => `${name} = ${value}`).join('\n')}\n`;
  writeFileSync(join(folder, 'pgbouncer.ini'), ini);
  if (account) chownSync(folder, account.uid, account.gid);
  const child = spawn(pgbouncer ?? '', ['-q', join(folder, 'pgbouncer.ini')], { ...account, cwd: '/', stdio: 'ignore' });
  running.push({ child, folder });
  const url = new URL(databaseUrl);
  url.port = String(port);
  await waitUntil('pgbouncer answers', () =>
    connected(url.href, (client) => client.query('SELECT')).then(
      () => true,
      () => false,
    ),
  );
  return url.href;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const listener = createServer().listen(0, '127.0.0.1', () => {
      const { port } = listener.address() as { port: number };
      listener.close(() => resolve(port));
    });
  });
}

(pgbouncer ? describe : describe.skip)('through pgbouncer', () => {
  test.each(['transaction', 'statement'])('pooling by %s is refused, since it loses locks and settings', async (mode) => {
    const database = await emptyDatabase();
    const databaseUrl = await throughPooler(database.url, { pool_mode: mode, server_round_robin: '0' });
    await expect(migrate({ databaseUrl })).rejects.toMatchObject({ code: 'MIGRATION_REFUSED', reason: 'transaction_pooling' });
    expect(await objectsOf(database)).not.toContainEqual(expect.stringContaining('evergreen'));
  });

  test('pooling by transaction is refused when backends are handed out in turn, too', async () => {
    const database = await emptyDatabase();
    const databaseUrl = await throughPooler(database.url, { pool_mode: 'transaction', server_round_robin: '1' });
    await expect(migrate({ databaseUrl })).rejects.toMatchObject({ reason: 'transaction_pooling' });
  });

  test('pooling by session is fine', async () => {
    const database = await emptyDatabase();
    const databaseUrl = await throughPooler(database.url, { pool_mode: 'session' });
    expect((await migrate({ databaseUrl })).applied.length).toBeGreaterThan(0);
  });
});
