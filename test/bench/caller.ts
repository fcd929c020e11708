/** A process of its own that calls a cache: started by `startCallers`, told what to do by messages; it ends with its parent. */
import { AsyncLocalStorage } from 'node:async_hooks';
import OpenAI from 'openai';
import { Pool } from 'pg';
import { createEvergreen, type Evergreen } from '../../src/index.js';
import { MODEL, OWN_TYPE } from './content.js';
import { type Peer, peerKind, type Stores } from './peers.js';
import { articleSchema } from './rows/client.js';

/** What a process is told: one at a time, each is answered. */
export type Order =
  | { order: 'open'; kind: string; databaseUrl: string; stores: Stores; providerUrl: string; connections?: number }
  | { order: 'ask'; key: string; callers: number }
  | { order: 'replay'; startAt: number; requests: readonly PlannedRequest[] }
  | { order: 'close' };

/** `pg_evergreen` among the kinds of peers. */
export const OURS = 'pg_evergreen';

/** How the callers of one key fared. */
export interface Asked {
  /** Longest time until a caller was answered, in ms. */
  slowestMs: number;
  errors: string[];
  /** How many different answers there were. */
  answers: number;
}

/** A request of a trace: when (ms after the start), what kind of content, and its company or input. */
export interface PlannedRequest {
  at: number;
  type: 'recommendation' | 'cluster';
  key: string;
}

/** How a request was answered. Times are ms since the epoch. */
export interface ReplayedRequest extends Omit<PlannedRequest, 'at'> {
  begun: number;
  ended: number;
  /** `failed` when not at all. */
  outcome: string;
  generatedAt: number | null;
  error: string | null;
}

/** A call of the provider that a request made, or the refresh that it started. Times are ms since the epoch. */
export interface MadeCall extends Omit<PlannedRequest, 'at'> {
  begun: number;
  ended: number;
  ok: boolean;
}

export type Reply =
  | { opened: true }
  | { closed: true; made: MadeCall[] }
  | { refused: string }
  | { asked: Asked }
  | { replayed: ReplayedRequest[] };

const now = () => performance.timeOrigin + performance.now();

interface Cache {
  /** Answers with what identifies the answer. */
  ask(key: string): Promise<string>;
  evergreen?: Evergreen;
  close(): Promise<unknown>;
}

/** The request that a call of the provider is made for. */
const asking = new AsyncLocalStorage<Pick<PlannedRequest, 'type' | 'key'>>();
const made: MadeCall[] = [];

const noting: typeof fetch = async (input, init) => {
  const request = asking.getStore();
  const begun = now();
  let ok = false;
  try {
    const response = await fetch(input, init);
    ok = response.ok;
    return response;
  } finally {
    if (request) made.push({ ...request, begun, ended: now(), ok });
  }
};

async function open({ kind, databaseUrl, stores, providerUrl, connections = 10 }: Extract<Order, { order: 'open' }>): Promise<Cache> {
  const openai = new OpenAI({ apiKey: 'none', baseURL: providerUrl, maxRetries: 0, fetch: noting });
  // What any first call has to do besides: load the SDK's parts, connect to the provider.
  await openai.models.list();
  if (kind === OURS) {
    const pool = new Pool({ connectionString: databaseUrl, max: connections });
    const evergreen = createEvergreen({ pool, openai, databaseTimeoutMs: 10_000 });
    await pool.query('SELECT 1');
    return {
      evergreen,
      async ask(key) {
        const { content } = await evergreen.answer({
          contentType: OWN_TYPE,
          input: { title: key, text: 'A text.' },
          schema: articleSchema,
        });
        return JSON.stringify(content);
      },
      async close() {
        await evergreen.close();
        await pool.end();
      },
    };
  }
  const peer: Peer = await peerKind(kind).open(stores);
  await peer.get('no such key');
  const make = async (key: string) => {
    const { choices } = await openai.chat.completions.create({ model: MODEL, messages: [{ role: 'user', content: `Summarise ${key}` }] });
    return { summary: choices[0]?.message.content, at: now() };
  };
  return {
    ask: async (key) => JSON.stringify(await peer.getOrMake(key, () => make(key))),
    close: () => peer.close(),
  };
}

async function ask({ ask: call }: Cache, key: string, callers: number): Promise<Asked> {
  const asked: Asked = { slowestMs: 0, errors: [], answers: 0 };
  const answers = new Set<string>();
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: callers }, () =>
      call(key).then(
        (answer) => answers.add(answer),
        (error: unknown) => asked.errors.push(String(error)),
      ),
    ),
  );
  asked.slowestMs = performance.now() - begun;
  asked.answers = answers.size;
  return asked;
}

/** Calls when it is time, whether or not earlier calls have been answered. */
async function replay(evergreen: Evergreen, startAt: number, requests: readonly PlannedRequest[]): Promise<ReplayedRequest[]> {
  const calls: Promise<ReplayedRequest>[] = [];
  for (const { at, type, key } of requests) {
    const wait = startAt + at - now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const begun = now();
    const call = asking.run({ type, key }, async () =>
      type === 'recommendation' ? evergreen.recommendations({ companyId: key }) : evergreen.cluster(JSON.parse(key)),
    );
    calls.push(
      call.then(
        ({ outcome, generatedAt }) => ({ type, key, begun, ended: now(), outcome, generatedAt: generatedAt.getTime(), error: null }),
        (error: unknown) => ({ type, key, begun, ended: now(), outcome: 'failed', generatedAt: null, error: String(error) }),
      ),
    );
  }
  return Promise.all(calls);
}

let cache: Cache | undefined;

async function obey(message: Order): Promise<Reply> {
  switch (message.order) {
    case 'open':
      cache = await open(message);
      return { opened: true };
    case 'ask':
      return { asked: await ask(cache as Cache, message.key, message.callers) };
    case 'replay':
      return { replayed: await replay(cache?.evergreen as Evergreen, message.startAt, message.requests) };
    case 'close':
      await cache?.close();
      cache = undefined;
      return { closed: true, made: made.splice(0) };
  }
}

if (process.send) {
  process.on('disconnect', () => process.exit());
  process.on('message', async (message: Order) => {
    process.send?.(await obey(message).catch((error: unknown): Reply => ({ refused: String(error).split('\n')[0] ?? '' })));
  });
}
