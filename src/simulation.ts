/**
 * A local server that speaks the OpenAI protocol and answers by templates, for demonstrations and tests without a key.
 * It never pretends: the model's name, a header, the fingerprint and every text it writes say that it is a simulation.
 */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the server does with a call. */
export type BehaviourName =
  /** Answers by the template of the request's JSON schema. */
  | 'ok'
  /** Answers after `ms`. */
  | 'slow'
  /** Declines, as a model does by policy. */
  | 'refuse'
  /** Stops in the middle, as at the token limit. */
  | 'truncate'
  /** JSON of another shape than was asked for. */
  | 'break_schema'
  /** Prose instead of JSON. */
  | 'not_json'
  /** 429, with Retry-After of `ms`. */
  | 'rate_limit'
  /** 500. */
  | 'server_error'
  /** Nothing until `release()`. */
  | 'hang';

export type Behaviour = BehaviourName | { name: BehaviourName; ms?: number };

export interface SimulationOptions {
  /** Default: a free one. */
  port?: number;
  /** Before every answer; default 0. */
  latencyMs?: number;
  /** Default 'ok'. A list is used up call by call; its last entry stays. */
  behaviour?: Behaviour | readonly Behaviour[];
}

/** A call that arrived. */
export interface SimulatedCall {
  prompt: string;
  model: string;
  /** Name of the JSON schema asked for; null: none. */
  schemaName: string | null;
}

export interface Simulation {
  /** Base URL for an OpenAI client, ending in /v1. */
  readonly url: string;
  /** Chat calls that arrived, whatever became of them. */
  readonly calls: number;
  /** The latest of them, at most 1,000. */
  readonly received: readonly SimulatedCall[];
  setBehaviour(behaviour: Behaviour | readonly Behaviour[]): void;
  /** Resolves when so many chat calls have arrived in all. */
  arrived(calls: number): Promise<void>;
  /** Lets the calls that hang go on, as 'ok' or as this. */
  release(as?: BehaviourName): void;
  close(): Promise<void>;
}

const REMEMBERED = 1_000;
const MAX_BODY = 16 * 1024 * 1024;

/** Starts the server on the loopback interface. */
export async function startSimulation({ port = 0, latencyMs = 0, behaviour = 'ok' }: SimulationOptions = {}): Promise<Simulation> {
  let behaviours = listOf(behaviour);
  let calls = 0;
  const received: SimulatedCall[] = [];
  const seenPrompts = new Set<string>();
  const waiting = new Set<{ calls: number; resolve: () => void }>();
  const hanging = new Set<(as: BehaviourName) => void>();

  async function chat(body: ChatRequest, response: ServerResponse): Promise<void> {
    const prompt = (body.messages ?? []).map((message) => textOf(message.content)).join('\n');
    const format = body.response_format?.json_schema;
    calls += 1;
    received.push({ prompt, model: String(body.model), schemaName: format?.name ?? null });
    if (received.length > REMEMBERED) received.shift();
    for (const waiter of waiting) {
      if (calls >= waiter.calls) {
        waiting.delete(waiter);
        waiter.resolve();
      }
    }

    const next = behaviours.length > 1 ? behaviours.shift() : behaviours[0];
    const { name: first, ms = 0 } = typeof next === 'object' ? next : { name: next ?? 'ok' };
    if (latencyMs > 0) await sleep(latencyMs);
    if (first === 'slow') await sleep(ms);
    const name = first === 'hang' ? await new Promise<BehaviourName>((resolve) => hanging.add(resolve)) : first;
    if (name === 'rate_limit') {
      response.setHeader('retry-after-ms', String(ms));
      response.setHeader('retry-after', String(Math.ceil(ms / 1000)));
      return refuse(response, 429, 'simulated rate limit', 'rate_limit_exceeded');
    }
    if (name === 'server_error') return refuse(response, 500, 'simulated server error', 'server_error');

    const promptTokens = Math.max(1, Math.ceil(prompt.length / 4));
    const known = seenPrompts.has(prompt);
    if (seenPrompts.size >= REMEMBERED) seenPrompts.clear();
    seenPrompts.add(prompt);

    const tool = toolToCall(body);
    let content: string | null = null;
    let refusal: string | null = null;
    let finish = 'stop';
    if (name === 'refuse') refusal = 'I cannot help with that (simulated refusal).';
    else if (tool) finish = 'tool_calls';
    else if (name === 'not_json') content = 'Here are some thoughts instead of JSON (simulated).';
    else if (name === 'break_schema') content = JSON.stringify({ simulated: 'another shape than was asked for' });
    else {
      content = format?.schema
        ? JSON.stringify(writeBySchema(format.schema, prompt))
        : `This is a simulated answer to ${prompt.length} characters of prompt.`;
      if (name === 'truncate') {
        content = content.slice(0, Math.ceil(content.length / 2));
        finish = 'length';
      }
    }
    const call =
      tool && finish === 'tool_calls' ? { name: tool.name, arguments: JSON.stringify(writeBySchema(tool.parameters ?? {}, prompt)) } : null;
    const completionTokens = Math.max(1, Math.ceil((content ?? refusal ?? call?.arguments ?? '').length / 4));
    send(response, 200, {
      id: `chatcmpl-simulated-${calls}`,
      object: 'chat.completion',
      created: Math.floor(Date.now() / 1000),
      model: simulatedName(body.model),
      system_fingerprint: 'simulation',
      choices: [
        {
          index: 0,
          finish_reason: finish,
          logprobs: null,
          message: {
            role: 'assistant',
            content,
            refusal,
            ...(call ? { tool_calls: [{ id: `call_simulated_${calls}`, type: 'function', function: call }] } : {}),
          },
        },
      ],
      usage: {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
        prompt_tokens_details: { cached_tokens: known ? promptTokens - 1 : 0 },
      },
    });
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('x-simulation', 'true');
    response.setHeader('x-request-id', `req-simulated-${randomUUID()}`);
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (request.method === 'GET' && path === '/v1/models') {
      const data = ['gpt-4.1-mini', 'gpt-4.1', 'text-embedding-3-small'].map((id) => ({
        id: simulatedName(id),
        object: 'model',
        created: 0,
        owned_by: 'simulation',
      }));
      return send(response, 200, { object: 'list', data });
    }
    if (request.method === 'POST' && (path === '/v1/chat/completions' || path === '/v1/embeddings')) {
      const body = await readBody(request);
      if (body === null) return refuse(response, 400, 'the body is not a JSON object', 'invalid_request_error');
      return path === '/v1/embeddings' ? embeddings(body, response) : chat(body, response);
    }
    refuse(response, 404, `the simulation has no ${request.method} ${path}`, 'not_found');
  }

  const server = createServer((request, response) => {
    response.on('error', () => {});
    route(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, `the simulation failed: ${String(error)}`, 'server_error');
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get calls() {
      return calls;
    },
    get received() {
      return received;
    },
    setBehaviour(next) {
      behaviours = listOf(next);
    },
    arrived(target) {
      if (calls >= target) return Promise.resolve();
      return new Promise((resolve) => waiting.add({ calls: target, resolve }));
    },
    release(as = 'ok') {
      for (const resolve of hanging) resolve(as);
      hanging.clear();
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface ChatRequest {
  model?: unknown;
  messages?: { role?: unknown; content?: unknown }[];
  tools?: { function?: Tool }[];
  tool_choice?: unknown;
  response_format?: { json_schema?: { name?: string; schema?: JsonSchema } };
  input?: unknown;
  dimensions?: unknown;
  encoding_format?: unknown;
}

interface Tool {
  name: string;
  parameters?: JsonSchema;
}

/** The first tool, until it has been called. */
function toolToCall({ tools, tool_choice, messages }: ChatRequest): Tool | undefined {
  if (tool_choice === 'none' || messages?.some((message) => message.role === 'tool')) return undefined;
  return tools?.find((each) => each.function)?.function;
}

function listOf(behaviour: Behaviour | readonly Behaviour[]): Behaviour[] {
  return Array.isArray(behaviour) ? [...(behaviour as readonly Behaviour[])] : [behaviour as Behaviour];
}

function simulatedName(model: unknown): string {
  const name = typeof model === 'string' && model !== '' ? model : 'model';
  return name.startsWith('simulated-') ? name : `simulated-${name}`;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: { text?: unknown }) => (typeof part?.text === 'string' ? part.text : '')).join('\n');
}

async function readBody(request: IncomingMessage): Promise<ChatRequest | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return null;
    chunks.push(chunk);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : null;
  } catch {
    return null;
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, message: string, code: string): void {
  send(response, status, { error: { message, type: code, param: null, code } });
}

/* Texts ------------------------------------------------------------------------------------------------- */

interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  definitions?: Record<string, JsonSchema>;
}

interface Candidate {
  id: string;
  name: string;
}

/** What one item of an answer is about, so that its fields fit together. */
interface Subject {
  random: () => number;
  candidate: Candidate | null;
  about: string;
}

/** Writes a value of this schema, the same for the same prompt. */
function writeBySchema(schema: JsonSchema, prompt: string): unknown {
  const candidates = candidatesIn(prompt);
  const random = randomOf(prompt);
  const things = thingsIn(prompt);
  const groups = groupsOf(things);
  const named = [...prompt.matchAll(/"name":\s*"([^"]+?)(?: \(simulated\))?"/g)].map((match) => match[1] ?? '');
  const counts = [...prompt.matchAll(/\b(\d{1,2})\s+(?:[a-z]+\s+)?(?:recommendations?|insights?|steps|items)\b/gi)];
  const wanted = Number(counts.at(-1)?.[1] ?? 0);
  // An item to improve is quoted in the prompt.
  const title = /"title":\s*"([^"]+)"/.exec(prompt)?.[1];
  const definitions = { ...schema.definitions, ...schema.$defs };

  function write(node: JsonSchema, name: string, subject: Subject, depth: number): unknown {
    if (node.$ref) {
      const target = definitions[decodeURIComponent(node.$ref.split('/').pop() ?? '')];
      return target && depth < 12 ? write(target, name, subject, depth + 1) : null;
    }
    if (node.const !== undefined) return node.const;
    if (node.enum) return pick(node.enum, subject.random);
    if (node.anyOf) {
      const options = node.anyOf.filter((option) => option.type !== 'null');
      const nullable = options.length < node.anyOf.length;
      if (nullable && name.endsWith('_id') && !subject.candidate) return null;
      return options[0] ? write(options[0], name, subject, depth + 1) : null;
    }
    const types = Array.isArray(node.type) ? node.type : [node.type];
    const type = types.find((each) => each !== 'null');
    if (types.includes('null') && name.endsWith('_id') && !subject.candidate) return null;
    switch (type) {
      case 'object':
        return Object.fromEntries(
          Object.entries(node.properties ?? {}).map(([key, property]) => [key, write(property, key, subject, depth + 1)]),
        );
      case 'array': {
        const items = node.items ?? {};
        if (name === 'items' && items.type === 'string' && things.length > 0) return groups.get(subject.about) ?? things;
        if (name === 'goals' && named.length > 0) {
          return named.slice(0, node.maxItems ?? 20).map((about) => write(items, name, { random, candidate: null, about }, depth + 1));
        }
        if (name === 'clusters' && items.type === 'object' && groups.size > 0) {
          return [...groups.keys()].map((about) => write(items, 'cluster', { random, candidate: null, about }, depth + 1));
        }
        if (name === 'traits' && items.type === 'object') {
          return TRAITS.map((about) => ({
            ...(write(items, 'trait', { random, candidate: null, about }, depth + 1) as object),
            name: about,
          }));
        }
        const least = node.minItems ?? 1;
        const most = node.maxItems ?? 20;
        if (items.type === 'string') {
          const texts = Array.from({ length: 12 }, () => write(items, name, subject, depth + 1));
          const distinct = [...new Set(texts)];
          return (distinct.length < least ? texts : distinct).slice(0, Math.max(least, Math.min(3, most)));
        }
        const count = Math.min(Math.max(wanted || 3, least), most);
        const first = Math.floor(random() * Math.max(candidates.length, 1));
        const topic = Math.floor(random() * topics.length);
        return Array.from({ length: count }, (_, index) => {
          const candidate = index < candidates.length ? candidates[(first + index) % candidates.length] : undefined;
          return write(items, name, subjectOf(candidate ?? null, random, topic + index), depth + 1);
        });
      }
      case 'number':
      case 'integer': {
        const low = node.minimum ?? 0;
        const high = node.maximum ?? low + 100;
        const value = low + subject.random() * (high - low);
        return type === 'integer' ? Math.round(value) : Math.round(value * 100) / 100;
      }
      case 'boolean':
        return subject.random() < 0.5;
      case 'null':
        return null;
      default:
        if (groups.has(subject.about) && name === 'name') return `${subject.about} (simulated)`;
        if (groups.has(subject.about) && name === 'description')
          return subject.about === 'Everything else' ? 'What fits nowhere else (simulated)' : 'They share a word (simulated)';
        return name.endsWith('_id') && subject.candidate ? subject.candidate.id : textFor(name, subject);
    }
  }
  const subject = subjectOf(candidates[0] ?? null, random, Math.floor(random() * topics.length));
  return write(schema, 'answer', title ? { ...subject, about: /“(.+)”/.exec(title)?.[1] ?? title } : subject, 0);
}

/** The same names whatever the posts say, as a careful model keeps them. */
const TRAITS = ['openness', 'conscientiousness', 'extraversion', 'agreeableness', 'emotional stability'];

const topics = [
  'the weekly review',
  'customer conversations',
  'the hiring plan',
  'cash flow',
  'the product roadmap',
  'onboarding',
  'pricing',
  'the first hundred users',
  'support',
  'security basics',
];

function subjectOf(candidate: Candidate | null, random: () => number, topic: number): Subject {
  return { random, candidate, about: candidate?.name ?? topics[topic % topics.length] ?? '' };
}

function textFor(name: string, { random, about }: Subject): string {
  const choose = (...texts: string[]) => `${pick(texts, random)} (simulated)`;
  switch (name) {
    case 'title':
      return choose(`Make progress on “${about}”`, `Finish “${about}” this month`, `Start small with “${about}”`);
    case 'description':
      return choose(
        `Set aside two hours a week for “${about}”, name one owner, and agree on what done looks like.`,
        `Break “${about}” into three parts and finish the first within ten days.`,
      );
    case 'rationale':
      return choose(
        `Companies at this stage gain most from “${about}” before they add anything new.`,
        `“${about}” unblocks the steps that come after it.`,
      );
    case 'actions':
    case 'next_steps':
      return choose(
        `Name an owner for “${about}”.`,
        `Write down what done means for “${about}”.`,
        `Review “${about}” with the team on Friday.`,
        `Collect three examples of “${about}” from peers.`,
      );
    case 'content':
      return choose(
        `We put off “${about}” for half a year; a fixed hour every Monday is what finally moved it.`,
        `Doing “${about}” with two customers in the room saved us a quarter of rework.`,
        `For “${about}” we started with a one-page checklist and only later bought a tool.`,
      );
    case 'name':
      return choose('Alex Meyer', 'Sam Okafor', 'Priya Nair', 'Jo Lindqvist', 'Kim Tanaka');
    case 'company':
      return choose('Northwind Works', 'Bright Harbor', 'Fennel & Co', 'Quiet Robotics');
    case 'role':
      return choose('Founder', 'Head of Operations', 'Chief of Staff', 'Product Lead');
    case 'headline':
      return choose('Steady progress with a few open risks', 'A solid base, ready for the next stage', 'Good pace, thin bench');
    case 'strengths':
      return choose('Steps are finished in order', 'Clear ownership', 'Regular activity', 'Early domains are mature');
    case 'risks':
      return choose('Several steps are in progress at once', 'One domain lags behind the others', 'Little slack for surprises');
    case 'summary':
      return choose(
        'Curious and quick to share, plain in words, patient with details',
        'Thoughtful and dry, likes plans that fit on one page',
      );
    case 'evidence':
      return choose(
        `Several posts show ${about}`,
        `The tone of most posts speaks for this much ${about}`,
        `One post shows ${about} at length`,
      );
    case 'communication_style':
      return choose('Short sentences and concrete examples', 'Warm and direct, with a joke at the end', 'Careful, with numbers');
    case 'interests':
      return choose('hiking', 'bread baking', 'old maps', 'chess', 'board games', 'gardening', 'jazz');
    case 'values':
      return choose('keeping promises', 'learning in public', 'fair play', 'time with family');
    case 'measure':
      return choose(`Half as many open questions about “${about}” by the end of the quarter`, `Two of three customers notice “${about}”`);
    case 'effort':
    case 'impact':
      return choose('low', 'medium', 'high');
    default:
      return choose(`A ${name.replaceAll('_', ' ')} for “${about}”`);
  }
}

/** Lines "- <uuid>: name" below "Candidate steps". */
function candidatesIn(prompt: string): Candidate[] {
  const list = /candidate steps[^\n]*\n((?:[ \t]*\n)*(?:[ \t]*-[^\n]*(?:\n|$))+)/i.exec(prompt)?.[1] ?? '';
  const line = /-\s*([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\s*:\s*([^\n]+)/gi;
  return [...list.matchAll(line)].map((match) => ({ id: match[1] ?? '', name: (match[2] ?? '').trim() }));
}

/** What a prompt asks to group: the items of `{"items": [...]}`, or lines that begin with "- ". */
function thingsIn(prompt: string): string[] {
  const list = /"items"\s*:\s*(\[[^\]]*\])/.exec(prompt)?.[1];
  try {
    const items: unknown = list && JSON.parse(list);
    if (Array.isArray(items)) return items.filter((item) => typeof item === 'string');
  } catch {}
  return /\bgroup|cluster/i.test(prompt) ? [...prompt.matchAll(/^\s*-\s+(.+?)\s*$/gm)].map((match) => match[1] ?? '') : [];
}

/** Each thing under the word that it shares with most others; those that share none are one group. */
function groupsOf(things: readonly string[]): Map<string, string[]> {
  const wordsOf = (thing: string) => (thing.toLowerCase().match(/\p{L}{3,}/gu) ?? []).filter((word) => !COMMON.has(word)).reverse();
  const shared = new Map<string, number>();
  for (const thing of things) for (const word of new Set(wordsOf(thing))) shared.set(word, (shared.get(word) ?? 0) + 1);
  const groups = new Map<string, string[]>();
  for (const thing of things) {
    const [word] = wordsOf(thing).sort((one, other) => (shared.get(other) ?? 0) - (shared.get(one) ?? 0));
    const group = word && (shared.get(word) ?? 0) > 1 ? `About ${word}` : 'Everything else';
    groups.set(group, [...(groups.get(group) ?? []), thing]);
  }
  return groups;
}

const COMMON = new Set(['the', 'and', 'are', 'was', 'were', 'has', 'have', 'not', 'too', 'for', 'with', 'our', 'this', 'that']);

function pick<T>(values: readonly T[], random: () => number): T {
  return values[Math.floor(random() * values.length)] as T;
}

/** A small generator of numbers in [0, 1), the same for the same seed (mulberry32). */
function randomOf(seed: string): () => number {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/* Embeddings -------------------------------------------------------------------------------------------- */

/** Vectors by feature hashing: the same text gives the same vector, texts with common words are near. */
function embeddings(body: ChatRequest, response: ServerResponse): void {
  const inputs = Array.isArray(body.input) ? body.input : [body.input];
  if (inputs.length === 0 || inputs.some((input) => typeof input !== 'string' || input === '')) {
    refuse(response, 400, 'input must be a text or a list of texts', 'invalid_request_error');
    return;
  }
  const dimensions = typeof body.dimensions === 'number' && body.dimensions > 0 ? Math.min(body.dimensions, 3072) : 1536;
  const data = (inputs as string[]).map((input, index) => {
    const vector = embed(input, dimensions);
    return {
      object: 'embedding',
      index,
      embedding: body.encoding_format === 'base64' ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector,
    };
  });
  const tokens = (inputs as string[]).reduce((sum, input) => sum + Math.max(1, Math.ceil(input.length / 4)), 0);
  send(response, 200, { object: 'list', model: simulatedName(body.model), data, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

function embed(input: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  const words = input
    .normalize('NFC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [input];
  for (const word of words) {
    const random = randomOf(word);
    for (let i = 0; i < 8; i += 1) {
      const place = Math.floor(random() * dimensions);
      vector[place] = (vector[place] ?? 0) + (random() < 0.5 ? -1 : 1);
    }
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
