/**
 * The caches from npm that are measured beside, each set up as its README recommends for a store that processes share. They are in a package of their own
 * (test/bench/package.json), which only `make bench` installs; what cannot be loaded is said by name.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where peers keep their entries. */
export interface Stores {
  readonly postgresUrl: string;
  /** Undefined: there is no Redis. */
  readonly redisPort?: number | undefined;
}

/** A cache of another package. */
export interface Peer {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<unknown>;
  /** By the package's own way of making what is missing, where it has one. */
  getOrMake(key: string, make: () => Promise<unknown>): Promise<unknown>;
  close(): Promise<unknown>;
}

export interface PeerKind {
  readonly name: string;
  readonly packages: readonly string[];
  readonly needsRedis: boolean;
  /** Keeps entries in the process too, so that a hit may ask nobody. */
  readonly inProcess: boolean;
  open(stores: Stores): Promise<Peer>;
}

const HOUR_MS = 3_600_000;
const CONNECTIONS = 10;

// biome-ignore lint/suspicious/noExplicitAny: the packages are not there when types are checked.
type Any = any;

/** A package of test/bench; found from here, since node_modules is beside this file. */
const load = (name: string): Promise<Any> => import(name);

async function keyvOnPostgres({ postgresUrl }: Stores): Promise<Any> {
  const [{ Keyv }, { KeyvPostgres }] = await Promise.all([load('keyv'), load('@keyv/postgres')]);
  return new Keyv({ store: new KeyvPostgres({ uri: postgresUrl, max: CONNECTIONS }), ttl: HOUR_MS });
}

async function keyvOnRedis({ redisPort }: Stores): Promise<Any> {
  const [{ Keyv }, { default: KeyvRedis }] = await Promise.all([load('keyv'), load('@keyv/redis')]);
  return new Keyv({ store: new KeyvRedis(`redis://127.0.0.1:${redisPort}`), ttl: HOUR_MS });
}

/** Keyv itself has no way of making what is missing: look, make, set, as everybody writes it. */
const byHand = (keyv: Any): Peer => ({
  get: (key) => keyv.get(key),
  set: (key, value) => keyv.set(key, value),
  async getOrMake(key, make) {
    const found = await keyv.get(key);
    if (found !== undefined) return found;
    const made = await make();
    await keyv.set(key, made);
    return made;
  },
  close: () => keyv.disconnect(),
});

async function bentocache({ postgresUrl, redisPort }: Stores, kind: 'postgres' | 'redis', inProcess: boolean): Promise<Peer> {
  const { BentoCache, bentostore } = await load('bentocache');
  let store = bentostore();
  if (inProcess) {
    const { memoryDriver } = await load('bentocache/drivers/memory');
    store = store.useL1Layer(memoryDriver({ maxItems: 100_000 }));
  }
  let end = async () => {};
  if (kind === 'postgres') {
    const [{ knexDriver }, { default: knex }] = await Promise.all([load('bentocache/drivers/knex'), load('knex')]);
    const connection = knex({ client: 'pg', connection: postgresUrl, pool: { min: 0, max: CONNECTIONS } });
    end = () => connection.destroy();
    store = store.useL2Layer(knexDriver({ connection, autoCreateTable: true }));
  } else {
    const { redisDriver } = await load('bentocache/drivers/redis');
    store = store.useL2Layer(redisDriver({ connection: { host: '127.0.0.1', port: redisPort } }));
  }
  const cache = new BentoCache({ default: 'shared', stores: { shared: store } });
  return {
    get: (key) => cache.get({ key }),
    set: (key, value) => cache.set({ key, value, ttl: '1h' }),
    getOrMake: (key, make) => cache.getOrSet({ key, factory: make, ttl: '1h' }),
    async close() {
      await cache.disconnectAll();
      await end().catch(() => {});
    },
  };
}

/** LangChain caches what its models answer, so what it makes goes through its own model. */
async function langchain({ redisPort }: Stores): Promise<Peer> {
  const [{ RedisCache }, { FakeListChatModel }, { createClient }] = await Promise.all([
    load('@langchain/redis'),
    load('@langchain/core/utils/testing'),
    load('redis'),
  ]);
  const client = createClient({ url: `redis://127.0.0.1:${redisPort}` });
  await client.connect();
  const cache = new RedisCache(client);
  return {
    get: (key) => cache.lookup(key, 'model'),
    set: (key, value) => cache.update(key, 'model', [{ text: JSON.stringify(value) }]),
    getOrMake: async (key, make) => {
      const { AIMessage } = await load('@langchain/core/messages');
      const model = new FakeListChatModel({ responses: [''], cache });
      model._generate = async () => {
        const text = JSON.stringify(await make());
        return { generations: [{ text, message: new AIMessage(text) }] };
      };
      return (await model.invoke(key)).content;
    },
    close: () => client.quit(),
  };
}

export const PEERS: readonly PeerKind[] = [
  {
    name: 'keyv on PostgreSQL',
    packages: ['keyv', '@keyv/postgres'],
    needsRedis: false,
    inProcess: false,
    open: async (stores) => byHand(await keyvOnPostgres(stores)),
  },
  {
    name: 'cache-manager on PostgreSQL',
    packages: ['cache-manager', 'keyv', '@keyv/postgres'],
    needsRedis: false,
    inProcess: false,
    async open(stores) {
      const { createCache } = await load('cache-manager');
      const cache = createCache({ stores: [await keyvOnPostgres(stores)] });
      return {
        get: (key) => cache.get(key),
        set: (key, value) => cache.set(key, value, HOUR_MS),
        getOrMake: (key, make) => cache.wrap(key, make, HOUR_MS),
        close: () => cache.disconnect(),
      };
    },
  },
  {
    name: 'bentocache on PostgreSQL (knex)',
    packages: ['bentocache', 'knex', 'pg'],
    needsRedis: false,
    inProcess: false,
    open: (stores) => bentocache(stores, 'postgres', false),
  },
  {
    name: 'bentocache on PostgreSQL, with its in-process tier',
    packages: ['bentocache', 'knex', 'pg'],
    needsRedis: false,
    inProcess: true,
    open: (stores) => bentocache(stores, 'postgres', true),
  },
  {
    name: 'cacheable on PostgreSQL, with its in-process tier',
    packages: ['cacheable', 'keyv', '@keyv/postgres'],
    needsRedis: false,
    inProcess: true,
    async open(stores) {
      const { Cacheable } = await load('cacheable');
      const cache = new Cacheable({ secondary: await keyvOnPostgres(stores), ttl: '1h' });
      return {
        get: (key) => cache.get(key),
        set: (key, value) => cache.set(key, value),
        getOrMake: (key, make) => cache.getOrSet(key, make, { ttl: '1h' }),
        close: () => cache.disconnect(),
      };
    },
  },
  {
    name: 'cachified on PostgreSQL (keyv)',
    packages: ['@epic-web/cachified', 'keyv', '@keyv/postgres'],
    needsRedis: false,
    inProcess: false,
    async open(stores) {
      const [{ cachified }, keyv] = await Promise.all([load('@epic-web/cachified'), keyvOnPostgres(stores)]);
      const cache = {
        name: 'keyv',
        get: (key: string) => keyv.get(key),
        set: (key: string, value: unknown) => keyv.set(key, value),
        delete: (key: string) => keyv.delete(key),
      };
      return {
        get: async (key) => (await keyv.get(key))?.value,
        set: (key, value) => cachified({ key, cache, ttl: HOUR_MS, forceFresh: true, getFreshValue: () => value }),
        getOrMake: (key, make) => cachified({ key, cache, ttl: HOUR_MS, getFreshValue: make }),
        close: () => keyv.disconnect(),
      };
    },
  },
  {
    name: 'keyv on Redis',
    packages: ['keyv', '@keyv/redis'],
    needsRedis: true,
    inProcess: false,
    open: async (stores) => byHand(await keyvOnRedis(stores)),
  },
  {
    name: 'bentocache on Redis',
    packages: ['bentocache', 'ioredis'],
    needsRedis: true,
    inProcess: false,
    open: (stores) => bentocache(stores, 'redis', false),
  },
  {
    name: 'LangChain’s cache on Redis',
    packages: ['@langchain/core', '@langchain/redis', 'redis'],
    needsRedis: true,
    inProcess: false,
    open: langchain,
  },
];

/** The peer of a name, with the versions of its packages: `keyv 5.6.0`. */
export function peerKind(name: string): PeerKind {
  const kind = PEERS.find((each) => each.name === name);
  if (!kind) throw new Error(`there is no peer ${name}`);
  return kind;
}

/** Versions of packages as installed beside this file; those that are not there say so. */
export function versions(packages: readonly string[]): string {
  return packages
    .map((name) => {
      const file = join(__dirname, 'node_modules', name, 'package.json');
      return existsSync(file) ? `${name} ${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version}` : `${name} (missing)`;
    })
    .join(', ');
}

/** A Redis of the benchmark's own. */
export interface Redis {
  readonly port: number;
  readonly version: string;
  stop(): Promise<void>;
}

const REDIS = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'];
/** It ends with its standard input, that is with this process. */
const SUPERVISOR = '"$@" & pid=$!; cat >/dev/null; kill "$pid"; wait "$pid"';

/** Starts a Redis that keeps nothing on disk; undefined when it is not installed. */
export async function startRedis(): Promise<Redis | undefined> {
  const path = REDIS.find((each) => existsSync(each));
  if (!path) return undefined;
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-redis-'));
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn('/bin/sh', ['-c', SUPERVISOR, 'redis', path, ...settings], { stdio: ['pipe', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  for (let attempt = 0; !(await accepts(port)); attempt += 1) {
    if (attempt > 100 || child.exitCode !== null) throw new Error(`redis-server did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    version: /Redis version=([\d.]+)/.exec(said)?.[1] ?? 'unknown',
    async stop() {
      child.stdin.end();
      await ended;
      remove();
      process.removeListener('exit', remove);
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  await new Promise<void>((resolve) => listener.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
