/** The only file that knows the OpenAI SDK: one prompt in, one validated answer or one named failure out, the tokens spent in both cases. */
import { setTimeout as sleep } from 'node:timers/promises';
import type OpenAI from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import type { z } from 'zod';

/** What is used of an OpenAI client; `new OpenAI(...)` of any version 6, or anything that answers like it. */
export interface ChatClient {
  chat: {
    completions: {
      create(
        body: OpenAI.Chat.ChatCompletionCreateParamsNonStreaming,
        options?: { signal?: AbortSignal; timeout?: number; maxRetries?: number },
      ): PromiseLike<OpenAI.Chat.ChatCompletion>;
    };
  };
  /** Only needed for similar inputs by their embeddings. */
  embeddings?: {
    create(
      body: OpenAI.EmbeddingCreateParams,
      options?: { signal?: AbortSignal; timeout?: number; maxRetries?: number },
    ): PromiseLike<OpenAI.CreateEmbeddingResponse>;
  };
  /** How often a call is repeated that the provider could not answer; without it, the client repeats as it likes. */
  maxRetries?: number;
}

/** Tokens of one call, as the provider reports them; null where it does not. */
export interface Usage {
  promptTokens: number | null;
  completionTokens: number | null;
  /** Those prompt tokens that the provider read from its own cache. */
  cachedTokens: number | null;
}

/** One question to the model. */
export interface CompletionRequest<T> {
  prompt: string;
  schema: z.ZodType<T>;
  /** Name of the JSON schema, for the provider. */
  schemaName: string;
  model: string;
  /** Sent as they are: temperature, top_p, seed, ... */
  parameters?: Record<string, unknown> | undefined;
  maxCompletionTokens?: number | null;
  /** Bounds the call with all its retries. */
  timeoutMs: number;
  signal?: AbortSignal;
}

/** Why a call gave nothing usable; the words of `fail_generation`. */
export type FailureCode = 'provider_error' | 'timeout' | 'refused' | 'truncated' | 'invalid' | 'aborted';

interface Receipt {
  usage: Usage;
  /** The model that answered, by its own account. */
  model: string;
  requestId: string | null;
  /** From question to answer, retries included. */
  ms: number;
}

export interface CompletionSuccess<T> extends Receipt {
  ok: true;
  value: T;
}

export interface CompletionFailure extends Receipt {
  ok: false;
  code: FailureCode;
  message: string;
  /** HTTP status of the last answer; null when there was none. */
  status: number | null;
  /** How often the provider was asked; null when only the client knows. */
  attempts: number | null;
  cause?: unknown;
}

export type Completion<T> = CompletionSuccess<T> | CompletionFailure;

export const NO_USAGE: Usage = { promptTokens: null, completionTokens: null, cachedTokens: null };

/** Asks the model once (with the retries of the client's `maxRetries`, within `timeoutMs`) and never throws for what a provider can do wrong. */
export async function complete<T>(client: ChatClient, request: CompletionRequest<T>): Promise<Completion<T>> {
  const started = performance.now();
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort('timeout'), request.timeoutMs);
  const onAbort = () => controller.abort('aborted');
  if (request.signal?.aborted) onAbort();
  else request.signal?.addEventListener('abort', onAbort, { once: true });

  let receipt: Receipt = { usage: NO_USAGE, model: request.model, requestId: null, ms: 0 };
  const fail = (code: FailureCode, message: string, more: Partial<CompletionFailure> = {}): CompletionFailure => ({
    ...receipt,
    ms: Math.round(performance.now() - started),
    ok: false,
    code,
    message: readable(message),
    status: null,
    attempts: 1,
    ...more,
  });

  let asked = 0;
  const attempts = () => (client.maxRetries === undefined ? null : asked);
  try {
    const body = {
      ...request.parameters,
      model: request.model,
      messages: [{ role: 'user' as const, content: request.prompt }],
      response_format: zodResponseFormat(request.schema, request.schemaName),
      ...(request.maxCompletionTokens ? { max_completion_tokens: request.maxCompletionTokens } : {}),
    };
    const response = await repeating(client.maxRetries, controller.signal, (retries) => {
      asked += 1;
      return client.chat.completions.create(body, {
        signal: controller.signal,
        timeout: Math.max(1, Math.ceil(request.timeoutMs)),
        ...retries,
      });
    });
    receipt = {
      usage: usageOf(response.usage),
      model: storable(response.model) ?? request.model,
      requestId: storable((response as { _request_id?: unknown })._request_id),
      ms: Math.round(performance.now() - started),
    };

    const choice = response.choices?.[0];
    if (choice?.message?.refusal) return fail('refused', choice.message.refusal);
    if (choice?.finish_reason === 'content_filter') return fail('refused', 'the answer was withheld by a content filter');
    if (choice?.finish_reason === 'length') return fail('truncated', `the answer was cut off after ${spent(receipt.usage)}`);
    const content = choice?.message?.content;
    if (!content) return fail('invalid', 'the answer is empty');
    const parsed = parseJson(content);
    if (parsed === undefined) return fail('invalid', `the answer is not JSON: ${excerpt(content)}`);
    const checked = request.schema.safeParse(parsed);
    if (!checked.success) return fail('invalid', `the answer breaks its schema: ${issues(checked.error)}`, { cause: checked.error });
    return { ...receipt, ok: true, value: checked.data };
  } catch (error) {
    if (controller.signal.aborted) {
      return controller.signal.reason === 'timeout'
        ? fail('timeout', `no answer within ${request.timeoutMs} ms`, { attempts: attempts(), cause: error })
        : fail('aborted', 'the call was aborted', { attempts: attempts(), cause: error });
    }
    const { status, requestID } = error as { status?: unknown; requestID?: unknown };
    const httpStatus = typeof status === 'number' ? status : null;
    receipt.requestId = storable(requestID) ?? receipt.requestId;
    return fail(/timeout/i.test((error as Error)?.constructor?.name ?? '') ? 'timeout' : 'provider_error', messageOf(error), {
      status: httpStatus,
      attempts: attempts(),
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', onAbort);
  }
}

/** Throws where a schema cannot be sent to a model. */
export function checkSendable(schema: z.ZodType, name: string): void {
  zodResponseFormat(schema, name);
}

/** A text as a vector, or why not. */
export type Embedding = Receipt & ({ ok: true; vector: number[] } | { ok: false; code: FailureCode; message: string; cause?: unknown });

/** Asks for one embedding and never throws for what a provider can do wrong. */
export async function embed(
  client: ChatClient,
  { text, model, dimensions, timeoutMs }: { text: string; model: string; dimensions?: number | undefined; timeoutMs: number },
): Promise<Embedding> {
  const started = performance.now();
  const signal = AbortSignal.timeout(Math.ceil(timeoutMs));
  let receipt: Receipt = { usage: NO_USAGE, model, requestId: null, ms: 0 };
  const fail = (code: FailureCode, message: string, cause?: unknown): Embedding => ({
    ...receipt,
    ms: Math.round(performance.now() - started),
    ok: false,
    code,
    message: readable(message),
    cause,
  });
  try {
    const { embeddings } = client;
    if (!embeddings) return fail('provider_error', 'the client makes no embeddings');
    const body = { model, input: text, ...(dimensions ? { dimensions } : {}) };
    const response = await repeating(client.maxRetries, signal, (retries) =>
      embeddings.create(body, { signal, timeout: Math.ceil(timeoutMs), ...retries }),
    );
    receipt = {
      usage: { promptTokens: response.usage?.prompt_tokens ?? null, completionTokens: 0, cachedTokens: null },
      model: storable(response.model) ?? model,
      requestId: storable((response as { _request_id?: unknown })._request_id),
      ms: Math.round(performance.now() - started),
    };
    const vector = response.data?.[0]?.embedding;
    if (!Array.isArray(vector) || vector.length === 0 || !vector.every(Number.isFinite))
      return fail('invalid', 'the answer holds no vector');
    return { ...receipt, ok: true, vector };
  } catch (error) {
    return signal.aborted ? fail('timeout', `no answer within ${timeoutMs} ms`, error) : fail('provider_error', messageOf(error), error);
  }
}

/** A function that a model may call, for `chat.completions.runTools`. */
export function functionTool<Args extends z.ZodType>(tool: {
  name: string;
  description: string;
  parameters: Args;
  call: (args: z.infer<Args>) => Promise<unknown>;
}) {
  const { call, ...rest } = tool;
  return zodFunction({ ...rest, function: (args) => call(args as z.infer<Args>) as Promise<object> });
}

/**
 * The retries of the SDK, by its rules, but with pauses that end with the call: its own sleeps a Retry-After out whatever became of the call,
 * which keeps the process alive for so long.
 */
async function repeating<T>(
  maxRetries: number | undefined,
  signal: AbortSignal,
  ask: (options: { maxRetries?: number }) => PromiseLike<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await Promise.race([ask(maxRetries === undefined ? {} : { maxRetries: 0 }), rejectOnAbort(signal)]);
    } catch (error) {
      if (signal.aborted || attempt >= (maxRetries ?? 0) || !isRetried(error)) throw error;
      await sleep(pauseAfter(error, attempt), undefined, { signal });
    }
  }
}

const headerOf = (error: unknown, name: string) => (error as { headers?: Partial<Headers> } | null)?.headers?.get?.(name) ?? undefined;

function isRetried(error: unknown): boolean {
  const told = headerOf(error, 'x-should-retry');
  if (told === 'true' || told === 'false') return told === 'true';
  const { status } = error as { status?: unknown };
  if (typeof status !== 'number') return /^APIConnection/.test((error as Error)?.constructor?.name ?? '');
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

/** Milliseconds: as long as the provider says, else from half a second, doubled up to eight, a little less by chance. */
function pauseAfter(error: unknown, attempt: number): number {
  const seconds = headerOf(error, 'retry-after') ?? '';
  const until = Number.parseFloat(seconds) * 1000;
  const told = [Number.parseFloat(headerOf(error, 'retry-after-ms') ?? ''), Number.isNaN(until) ? Date.parse(seconds) - Date.now() : until];
  const ms = told.find((each) => !Number.isNaN(each)) ?? Math.min(500 * 2 ** attempt, 8000) * (1 - Math.random() / 4);
  return Math.min(Math.max(ms, 0), 2 ** 31 - 1);
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    const give = () => reject(new Error(String(signal.reason)));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
  aborted.catch(() => {});
  return aborted;
}

/** The SDK says "Connection error."; why is in the innermost cause. */
function messageOf(error: unknown): string {
  const outer = (error as { message?: unknown } | null)?.message;
  if (typeof outer !== 'string') return String(error);
  let innermost = error as { message?: unknown; cause?: unknown };
  while (typeof innermost.cause === 'object' && innermost.cause !== null) innermost = innermost.cause;
  const { message } = innermost;
  return typeof message === 'string' && message !== '' && !outer.includes(message) ? `${outer.replace(/\.$/, '')}: ${message}` : outer;
}

/** A name or id as the provider tells it, in whole characters that PostgreSQL has and as long as the log keeps it; null when nothing is left to be seen. */
function storable(told: unknown): string | null {
  if (typeof told !== 'string') return null;
  const text = readable(told)
    .slice(0, 200)
    .replace(/[\ud800-\udbff]$/, '');
  return /[^\s\p{Cc}\p{Cf}\p{Z}]/u.test(text) ? text : null;
}

/** A text without what PostgreSQL cannot hold: the character 0, and halves of surrogate pairs. */
const readable = (text: string) => text.replaceAll('\0', ' ').toWellFormed();

function usageOf(usage: OpenAI.CompletionUsage | null | undefined): Usage {
  const count = (value: unknown) => (typeof value === 'number' && value >= 0 ? Math.min(Math.round(value), 2_147_483_647) : null);
  const promptTokens = count(usage?.prompt_tokens);
  const cached = count(usage?.prompt_tokens_details?.cached_tokens);
  return {
    promptTokens,
    completionTokens: count(usage?.completion_tokens),
    cachedTokens: cached === null || promptTokens === null ? null : Math.min(cached, promptTokens),
  };
}

const spent = (usage: Usage) => (usage.completionTokens === null ? 'its token limit' : `${usage.completionTokens} tokens`);

const excerpt = (content: string) => JSON.stringify(content.length > 80 ? `${content.slice(0, 80)}…` : content);

/** Small servers wrap their JSON in a Markdown fence. Undefined: not JSON. */
function parseJson(content: string): unknown {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/i.exec(content);
  try {
    return JSON.parse(fenced?.[1] ?? content);
  } catch {
    return undefined;
  }
}

function issues(error: z.ZodError): string {
  const shown = error.issues.slice(0, 3).map((issue) => `${issue.path.join('.') || 'answer'}: ${issue.message}`);
  return shown.join('; ') + (error.issues.length > 3 ? ` and ${error.issues.length - 3} more` : '');
}
