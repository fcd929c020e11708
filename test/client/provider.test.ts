import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import OpenAI from 'openai';
import { z } from 'zod';
import { type CompletionFailure, type CompletionRequest, complete, embed } from '../../src/provider.js';
import { openaiFor, useSimulation } from '../support/provider.js';
import { waitUntil } from '../support/wait-until.js';

const schema = z.object({ headline: z.string(), score: z.number().min(0).max(100) });
const question: CompletionRequest<z.infer<typeof schema>> = {
  prompt: 'How is business?',
  schema,
  schemaName: 'health',
  model: 'gpt-4.1-mini',
  timeoutMs: 20_000,
};

const simulation = useSimulation();

const failureOf = async (request: Partial<typeof question> = {}, client: OpenAI = simulation.openai) =>
  (await complete(client, { ...question, ...request })) as CompletionFailure;

/** The real SDK; what it would fetch is answered here, at once, with a pause of an hour before the next attempt. */
function busy(maxRetries: number): { client: OpenAI; asked: () => number } {
  let asked = 0;
  const fetch = async () => {
    asked += 1;
    return new Response('{}', { status: 429, headers: { 'retry-after': '3600', 'content-type': 'application/json' } });
  };
  return { client: new OpenAI({ apiKey: 'none', maxRetries, fetch }), asked: () => asked };
}

describe('the time limit', () => {
  test('covers the retries and the pauses between them', async () => {
    const { client, asked } = busy(5);
    expect(await failureOf({ timeoutMs: 100 }, client)).toMatchObject({ code: 'timeout', message: 'no answer within 100 ms', attempts: 1 });
    expect(asked()).toBe(1);
  });

  test('covers those of an embedding', async () => {
    const { client, asked } = busy(5);
    expect(await embed(client, { text: 'a', model: 'm', timeoutMs: 100 })).toMatchObject({ ok: false, code: 'timeout' });
    expect(asked()).toBe(1);
  });

  test('an abort ends a pause too', async () => {
    const { client, asked } = busy(5);
    const controller = new AbortController();
    const failure = failureOf({ signal: controller.signal }, client);
    await waitUntil('the provider was asked', async () => asked() === 1);
    controller.abort();
    expect(await failure).toMatchObject({ code: 'aborted', attempts: 1 });
    expect(asked()).toBe(1);
  });

  test('a process whose call has ended ends, although the provider asked it to wait an hour', () => {
    const script = join(__dirname, '../support/waiting-process.ts');
    const child = spawnSync(process.execPath, ['--import', 'tsx', script], { encoding: 'utf8', timeout: 60_000 });
    expect(child).toMatchObject({ status: 0, stdout: 'timeout\n', signal: null });
  }, 90_000);
});

describe('a retry', () => {
  /** Answers by these statuses in turn, then with a completion. */
  function answering(statuses: number[], headers: Record<string, string> = { 'retry-after-ms': '1' }) {
    const remaining = [...statuses];
    const fetch = async () => {
      const status = remaining.shift();
      if (status === 0) throw new TypeError('fetch failed');
      return status === undefined ? Response.json(completion('{"headline":"Good","score":7}')) : Response.json({}, { status, headers });
    };
    return { client: new OpenAI({ apiKey: 'none', maxRetries: 2, fetch }), left: () => remaining.length };
  }

  test.each([[[500, 429]], [[408, 409]], [[503]], [[0, 0]]])('follows %j', async (statuses) => {
    expect(await complete(answering(statuses).client, question)).toMatchObject({ ok: true, value: { headline: 'Good' } });
  });

  test.each([[400], [401], [404], [422]])('does not follow %d', async (status) => {
    const { client, left } = answering([status, 500]);
    expect(await failureOf({}, client)).toMatchObject({ code: 'provider_error', status, attempts: 1 });
    expect(left()).toBe(1);
  });

  test('is not made more often than the client says', async () => {
    const { client, left } = answering([500, 500, 500, 500]);
    expect(await failureOf({}, client)).toMatchObject({ code: 'provider_error', status: 500, attempts: 3 });
    expect(left()).toBe(1);
  });

  test('is made or not as the provider says', async () => {
    expect(await failureOf({}, answering([500, 500], { 'x-should-retry': 'false' }).client)).toMatchObject({ status: 500, attempts: 1 });
    const told = answering([400], { 'x-should-retry': 'true', 'retry-after-ms': '1' });
    expect(await complete(told.client, question)).toMatchObject({ ok: true });
  });

  test('is left to a client that does not say how many it makes', async () => {
    let asked: unknown;
    const create = async (_: unknown, options: object) => {
      asked = options;
      throw Object.assign(new Error('busy'), { status: 500 });
    };
    const client = { chat: { completions: { create } } } as unknown as OpenAI;
    expect(await failureOf({}, client)).toMatchObject({ code: 'provider_error', status: 500, attempts: null });
    expect(asked).not.toHaveProperty('maxRetries');
  });
});

describe('an answer', () => {
  test('comes with its tokens, the model that gave it, the id of the request and its time', async () => {
    const answer = await complete(simulation.openai, { ...question, prompt: 'How is business today?' });
    expect(answer).toMatchObject({
      ok: true,
      value: { headline: expect.any(String), score: expect.any(Number) },
      usage: { promptTokens: 6, completionTokens: expect.any(Number), cachedTokens: 0 },
      model: 'simulated-gpt-4.1-mini',
      requestId: expect.stringMatching(/^req-simulated-/),
      ms: expect.any(Number),
    });
    const again = await complete(simulation.openai, { ...question, prompt: 'How is business today?' });
    expect(again).toMatchObject({ usage: { promptTokens: 6, cachedTokens: 5 } });
  });

  test('was asked for by JSON schema and with a token limit', async () => {
    const bodies: unknown[] = [];
    const server = await answerWith((body) => {
      bodies.push(body);
      return completion('{"headline":"Good","score":7}');
    });
    await complete(openaiFor(server.url), { ...question, maxCompletionTokens: 77 });
    expect(bodies).toEqual([
      expect.objectContaining({
        model: 'gpt-4.1-mini',
        max_completion_tokens: 77,
        messages: [{ role: 'user', content: 'How is business?' }],
        response_format: { type: 'json_schema', json_schema: expect.objectContaining({ name: 'health', strict: true }) },
      }),
    ]);
    await server.close();
  });
});

describe('what can go wrong', () => {
  test.each([
    ['refuse', 'refused', 'I cannot help with that (simulated refusal).'],
    ['truncate', 'truncated', expect.stringMatching(/^the answer was cut off after \d+ tokens$/)],
    ['break_schema', 'invalid', expect.stringMatching(/^the answer breaks its schema: headline: .*; score: /)],
    ['not_json', 'invalid', expect.stringMatching(/^the answer is not JSON: /)],
  ] as const)('%s is %s, and its tokens are known', async (behaviour, code, message) => {
    simulation.setBehaviour(behaviour);
    expect(await failureOf()).toMatchObject({
      ok: false,
      code,
      message,
      attempts: 1,
      usage: { promptTokens: expect.any(Number), completionTokens: expect.any(Number) },
      requestId: expect.stringMatching(/^req-simulated-/),
    });
  });

  test.each([
    ['server_error', 500],
    ['rate_limit', 429],
  ] as const)('%s is the provider’s fault, after the retries of the SDK', async (behaviour, status) => {
    simulation.setBehaviour(behaviour);
    const before = simulation.calls;
    const failure = await failureOf({}, openaiFor(simulation.url, 1));
    expect(failure).toMatchObject({ code: 'provider_error', status, attempts: 2, requestId: expect.stringMatching(/^req-simulated-/) });
    expect(simulation.calls).toBe(before + 2);
  });

  test('a failure that passes is retried by the SDK', async () => {
    simulation.setBehaviour(['server_error', 'ok']);
    expect(await complete(openaiFor(simulation.url, 1), question)).toMatchObject({ ok: true });
  });

  test('silence is a timeout', async () => {
    simulation.setBehaviour('hang');
    expect(await failureOf({ timeoutMs: 100 })).toMatchObject({ code: 'timeout', message: 'no answer within 100 ms' });
  });

  test('an abort is told as such', async () => {
    simulation.setBehaviour('hang');
    const before = simulation.calls;
    const controller = new AbortController();
    const failure = failureOf({ signal: controller.signal });
    await simulation.arrived(before + 1);
    controller.abort();
    expect(await failure).toMatchObject({ code: 'aborted' });
    expect(await failureOf({ signal: controller.signal })).toMatchObject({ code: 'aborted' });
  });

  test('nobody at the address is the provider’s fault, and the reason is told', async () => {
    const server = await answerWith(() => ({}));
    await server.close();
    expect(await failureOf({}, openaiFor(server.url))).toMatchObject({
      code: 'provider_error',
      status: null,
      message: expect.stringMatching(/ECONNREFUSED/),
    });
  });
});

describe('servers that are not OpenAI', () => {
  const cases: [string, object, object][] = [
    [
      'no usage',
      completion('{"headline":"Good","score":7}', { usage: undefined }),
      { ok: true, usage: { promptTokens: null, cachedTokens: null } },
    ],
    ['no model', completion('{"headline":"Good","score":7}', { model: undefined }), { ok: true, model: 'gpt-4.1-mini' }],
    ['a model that is blank', completion('{"headline":"Good","score":7}', { model: ' \u200b' }), { ok: true, model: 'gpt-4.1-mini' }],
    ['a model with the character 0', completion('{"headline":"Good","score":7}', { model: 'm\0x' }), { ok: true, model: 'm x' }],
    [
      'a model whose name is too long, and holds half a surrogate pair',
      completion('{"headline":"Good","score":7}', { model: `\ud800${'x'.repeat(198)}🙂` }),
      { ok: true, model: `\ufffd${'x'.repeat(198)}` },
    ],
    [
      'a refusal that PostgreSQL cannot hold',
      completion('', { choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', refusal: 'a\0b\ud800' } }] }),
      { ok: false, code: 'refused', message: 'a b\ufffd' },
    ],
    ['a Markdown fence', completion('```json\n{"headline":"Good","score":7}\n```'), { ok: true, value: { headline: 'Good', score: 7 } }],
    ['no choices', completion('', { choices: [] }), { ok: false, code: 'invalid', message: 'the answer is empty' }],
    ['no content', completion(null), { ok: false, code: 'invalid', message: 'the answer is empty' }],
    ['a content filter', completion(null, {}, 'content_filter'), { ok: false, code: 'refused' }],
    [
      'more cached tokens than prompt tokens',
      completion('{"headline":"Good","score":7}', {
        usage: { prompt_tokens: 5, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 9 } },
      }),
      { ok: true, usage: { promptTokens: 5, completionTokens: 2, cachedTokens: 5 } },
    ],
  ];

  test.each(cases)('%s', async (_, body, expected) => {
    const server = await answerWith(() => body);
    expect(await complete(openaiFor(server.url), question)).toMatchObject(expected);
    await server.close();
  });

  test('an answer that is not of the protocol is the provider’s fault', async () => {
    const server = await answerWith(() => '<html>Bad gateway</html>');
    expect(await failureOf({}, openaiFor(server.url))).toMatchObject({ ok: false });
    await server.close();
  });
});

function completion(content: string | null, more: object = {}, finish = 'stop'): object {
  return {
    id: 'x',
    object: 'chat.completion',
    model: 'local',
    choices: [{ index: 0, finish_reason: finish, message: { role: 'assistant', content } }],
    usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    ...more,
  };
}

/** A server that answers every call with what the function makes of its body. */
async function answerWith(answer: (body: unknown) => unknown): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = answer(JSON.parse(Buffer.concat(chunks).toString() || 'null'));
    response.setHeader('content-type', typeof body === 'string' ? 'text/html' : 'application/json');
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
