import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Pool } from 'pg';
import { z } from 'zod';
import {
  type ChatClient,
  createEvergreen,
  type Evergreen,
  GenerationFailed,
  InvalidInput,
  TooLarge,
  UnknownContentType,
} from '../../src/index.js';
import { countingPool } from '../support/counting-pool.js';
import { useDatabase } from '../support/database.js';
import { useSimulation } from '../support/provider.js';
import { waitUntil } from '../support/wait-until.js';

const database = useDatabase();
const simulation = useSimulation();
const schema = z.object({ title: z.string(), description: z.string() });
const asked = { contentType: 'product_copy', schema, prompt: 'Write a title and a description for this product: {{input}}' };

let evergreen: Evergreen;
let serial = 0;
const product = () => {
  serial += 1;
  return { sku: `A-${serial}`, name: `Lamp ${serial}` };
};
const products = (count: number) => Array.from({ length: count }, product);

beforeAll(async () => {
  await database.query(`SELECT evergreen.register_model('openai', 'simulated-gpt-4.1-mini', 0.4, 1.6, 0.1)`);
  await database.query(
    `SELECT evergreen.set_content_policy('product_copy', p_max_age => '7 days', p_stale_while_revalidate => '1 day', p_lease_duration => '1 hour')`,
  );
});
beforeEach(() => {
  evergreen = createEvergreen({ pool: database.pool, openai: simulation.openai });
});
afterEach(() => evergreen.close());

async function callsOf<T>(work: () => Promise<T>): Promise<[T, number]> {
  const before = simulation.calls;
  return [await work(), simulation.calls - before];
}

const age = (ids: (string | null)[], by: string) =>
  database.query('UPDATE evergreen.ai_answers SET generated_at = generated_at - $2::interval WHERE id = ANY ($1)', [ids, by]);

describe('an application of its own kind of content', () => {
  test('gets an answer once, then from the database, stale while it is refreshed, and anew when it expired', async () => {
    const input = product();
    const [first, calls] = await callsOf(() => evergreen.answer({ ...asked, input }));
    expect(first).toMatchObject({ outcome: 'generated', reason: 'no_content', content: { title: expect.any(String) } });
    expect(first.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.cost).toBeGreaterThan(0);
    expect(simulation.received.at(-1)?.prompt).toMatch(/^Write a title and a description for this product: \{.*"sku": ?"A-/);
    expect(calls).toBe(1);

    const [second, more] = await callsOf(() => evergreen.answer({ ...asked, input: { name: input.name, sku: input.sku } }));
    expect(second).toMatchObject({ outcome: 'fresh', id: first.id, content: first.content, cost: 0 });
    expect(more).toBe(0);

    await age([first.id], '7 days 1 hour');
    expect(await evergreen.answer({ ...asked, input })).toMatchObject({ outcome: 'stale', id: first.id });
    await evergreen.close();
    evergreen = createEvergreen({ pool: database.pool, openai: simulation.openai });
    expect(await evergreen.answer({ ...asked, input })).toMatchObject({ outcome: 'fresh', id: first.id });

    await age([first.id], '9 days');
    expect(await evergreen.answer({ ...asked, input })).toMatchObject({ outcome: 'generated', reason: 'expired', id: first.id });
  });

  test('the parts of an input fill the places of the template', async () => {
    await evergreen.answer({ ...asked, prompt: 'Praise {{name}} ({{sku}}).', input: { name: 'Lamp', sku: 'A-0' } });
    expect(simulation.received.at(-1)?.prompt).toBe('Praise Lamp (A-0).');
  });

  test('an answer may follow another, and is another when that changes', async () => {
    const parent = await evergreen.answer({ ...asked, input: product() });
    const follow = { ...asked, prompt: 'Translate {{parent}} for {{input}}', input: 'sv', parentId: parent.id as string };
    const first = await evergreen.answer(follow);
    expect(first.outcome).toBe('generated');
    expect(simulation.received.at(-1)?.prompt).toContain(JSON.stringify(parent.content.title));
    expect(await evergreen.answer(follow)).toMatchObject({ outcome: 'fresh', id: first.id });
    await database.query(`UPDATE evergreen.ai_answers SET result = '{"title": "other", "description": "other"}' WHERE id = $1`, [
      parent.id,
    ]);
    expect((await evergreen.answer(follow)).outcome).toBe('generated');
    await expect(evergreen.answer({ ...follow, parentId: '00000000-0000-0000-0000-000000000001' })).rejects.toMatchObject({
      code: 'VG002',
    });
  });

  test('what it follows may change while it is claimed: then it is looked up anew', async () => {
    const parent = await evergreen.answer({ ...asked, input: product() });
    const change = `UPDATE evergreen.ai_answers SET result = '{"title": "moved", "description": "on"}' WHERE id = $1`;
    let changed = false;
    const pool = countingPool(database.url, async (name) => {
      if (name !== 'prepare_answer' || changed) return;
      changed = true;
      await database.query(change, [parent.id]);
    });
    const client = createEvergreen({ pool, openai: simulation.openai });
    await client.answer({ ...asked, prompt: 'Translate {{parent}} for {{input}}', input: 'sv', parentId: parent.id as string });
    expect(pool.called.filter((name) => /^(lookup|prepare|save)/.test(name))).toEqual([
      'lookup_answer',
      'prepare_answer',
      'lookup_answer',
      'prepare_answer',
      'save_answer',
    ]);
    expect(simulation.received.at(-1)?.prompt).toContain('moved');
    await client.close();
    await pool.end();
  });

  test.each([false, true])('in four processes with ten callers each the model is asked once (many at once: %s)', async (bulk) => {
    const call = { contentType: 'product_copy', prompt: asked.prompt, input: product() };
    const before = simulation.calls;
    simulation.setBehaviour('hang');
    const processes = Array.from({ length: 4 }, () => {
      const args = JSON.stringify({ url: database.url, baseURL: simulation.url, callers: 10, call, bulk });
      const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'asking-process.ts'), args], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
    });
    for (const { lines } of processes) expect((await lines.next()).value).toBe('ready');
    for (const { child } of processes) child.stdin.write('go\n');
    await simulation.arrived(before + 1);
    await waitUntil('the others are told that it is being generated', async () => {
      const rows = await database.query('SELECT FROM evergreen.generation_leases WHERE waited_for AND lease_token IS NOT NULL');
      return rows.length === 1;
    });
    simulation.release();
    const answers = (await Promise.all(processes.map(async ({ lines }) => JSON.parse((await lines.next()).value as string)))).flat();
    await Promise.all(processes.map(({ child }) => child.exitCode ?? once(child, 'exit')));
    expect(simulation.calls).toBe(before + 1);
    expect(answers).toHaveLength(40);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ outcome }) => outcome === 'generated')).toHaveLength(1);
  });

  test.each([
    ['blank', ' ', 'asked'],
    ['of characters that PostgreSQL has not', 'm\0x\ud800', 'm x\ufffd'],
    ['cut through a pair of surrogates', `${'x'.repeat(199)}🙂`, 'x'.repeat(199)],
  ])('what the provider calls its model (%s) and the request does not lose a paid answer', async (_, model, kept) => {
    const create: ChatClient['chat']['completions']['create'] = async (body, options) => ({
      ...(await simulation.openai.chat.completions.create(body, options)),
      model,
      _request_id: `r${model}`,
    });
    const other = createEvergreen({ pool: database.pool, openai: { chat: { completions: { create } } }, model: 'asked' });
    const [alone, first] = [product(), product()];
    expect(await other.answer({ ...asked, input: alone })).toMatchObject({ outcome: 'generated', model: kept });
    expect(await other.answers({ ...asked, inputs: [first] })).toMatchObject([{ status: 'fulfilled', value: { outcome: 'generated' } }]);
    expect(await other.answers({ ...asked, inputs: [alone, first] })).toMatchObject([
      { value: { outcome: 'fresh', model: kept } },
      { value: { outcome: 'fresh', model: kept } },
    ]);
    await other.close();
  });

  test('an invalidated answer is generated anew', async () => {
    const input = product();
    const { id } = await evergreen.answer({ ...asked, input });
    await database.query(`SELECT evergreen.invalidate_answers(p_content_type => 'product_copy', p_input => $1)`, [JSON.stringify(input)]);
    expect(await evergreen.answer({ ...asked, input })).toMatchObject({ outcome: 'generated', reason: 'marked_stale', id });
  });

  test.each([
    ['half a surrogate pair', '\ud800'],
    ['another half', '\udfff'],
    ['the character 0', 'a\0'],
  ])('a text that PostgreSQL would have for another is refused where it is an owner or a prompt: %s', async (_, text) => {
    const input = product();
    for (const wrong of [{ userId: text }, { prompt: `Write: {{input}}${text}` }, { model: text }]) {
      await expect(evergreen.answer({ ...asked, input, ...wrong })).rejects.toMatchObject({
        code: 'VG007',
        hint: expect.stringMatching(/whole Unicode characters/),
      });
    }
    const away = createEvergreen({ pool: new Pool({ port: 1 }), openai: simulation.openai });
    await expect(away.answer({ ...asked, input, userId: text })).rejects.toThrow(InvalidInput);
    await away.close();
  });

  test('users whose ids are written alike have answers of their own', async () => {
    const input = product();
    const ids = ['jos\u00e9', 'jose\u0301', ' jos\u00e9'];
    for (const userId of ids) expect(await evergreen.answer({ ...asked, input, userId })).toMatchObject({ outcome: 'generated' });
  });

  test('what is wrong with a call is said before the model is asked', async () => {
    const input = product();
    const [, calls] = await callsOf(async () => {
      await expect(evergreen.answer({ ...asked, input, contentType: 'unheard_of' })).rejects.toThrow(UnknownContentType);
      await expect(evergreen.answer({ ...asked, input, schema: z.object({ at: z.date() }) })).rejects.toThrow(
        /schema: cannot be sent to a model/,
      );
      await expect(evergreen.answer({ ...asked, input, schema: z.array(z.string()) as never })).rejects.toThrow(/must have type: 'object'/);
      await expect(evergreen.answer({ ...asked, input, prompt: ' ' })).rejects.toThrow(InvalidInput);
      await expect(evergreen.answer({ ...asked, input, prompt: 'Write about {{nothing}}' })).rejects.toThrow(InvalidInput);
      await expect(evergreen.answer({ ...asked, input, prompt: undefined })).rejects.toMatchObject({ code: 'VG002' });
      await expect(evergreen.answer({ ...asked } as never)).rejects.toThrow(InvalidInput);
    });
    expect(calls).toBe(0);
  });
});

test('who names a content type that there is not is not counted, and costs nobody else’s counts', async () => {
  const counted = async () => {
    await evergreen.flush();
    const rows = await database.query(`SELECT COALESCE(sum(lookups), 0)::integer AS n FROM evergreen.cache_lookups_hourly`);
    return rows[0]?.n as number;
  };
  const warnings: unknown[] = [];
  const logger = { warn: (_: object, message: string) => warnings.push(message), error: () => {} };
  const pool = new Pool({ connectionString: database.url });
  pool.on('connect', (client) => client.on('notice', ({ message }) => warnings.push(message)));
  const other = createEvergreen({ pool, openai: simulation.openai, logger });
  const before = await counted();
  const input = product();
  for (let call = 0; call < 5; call += 1) await other.answer({ ...asked, input });
  await expect(other.answer({ ...asked, contentType: 'misspelt', input })).rejects.toThrow(UnknownContentType);
  await expect(other.answers({ ...asked, contentType: 'misspelt', inputs: [input] })).rejects.toThrow(UnknownContentType);
  await other.close();
  await pool.end();
  expect((await counted()) - before).toBe(5);
  expect(warnings).toEqual([]);
});

test('connections that were cut cost no call of the model while the database answers on others', async () => {
  const pool = new Pool({ connectionString: database.url, max: 3, application_name: 'cut' });
  const other = createEvergreen({ pool, openai: simulation.openai });
  const input = product();
  const three = () => Promise.all([1, 2, 3].map(() => other.answer({ ...asked, input })));
  for (let round = 0; round < 4; round += 1) await three();
  const [answers, calls] = await callsOf(async () => {
    const given = [];
    for (let round = 0; round < 10; round += 1) {
      await database.superuserQuery(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut'`);
      given.push(...(await three()));
    }
    return given;
  });
  expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['fresh']));
  expect(calls).toBe(0);
  await other.close();
  await pool.end();
});

test('the role of an application needs no more than grant_app', async () => {
  const role = await database.createRole();
  await database.query('SELECT evergreen.grant_app($1)', [role.name]);
  await database.query(`SELECT evergreen.set_content_policy('granted_copy', p_similarity_threshold => 0.5)`);
  const pool = new Pool({ connectionString: role.url, max: 4 });
  const warnings: unknown[] = [];
  const logger = { warn: (...warning: unknown[]) => warnings.push(warning), error: () => undefined };
  const app = createEvergreen({ pool, openai: simulation.openai, embeddingModel: 'text-embedding-3-small', logger });
  const copy = { ...asked, contentType: 'granted_copy' };
  expect((await app.answer({ ...copy, input: 'the red lamp on the desk', similar: true })).outcome).toBe('generated');
  const near = await app.answer({ ...copy, input: 'a red lamp on the desk', similar: true });
  await app.verdict({
    contentType: 'granted_copy',
    input: 'a red lamp on the desk',
    similar: near.similar as NonNullable<typeof near.similar>,
    agreed: true,
  });
  expect((await app.answers({ ...copy, inputs: ['one', 'two'] })).map((each) => each.status)).toEqual(['fulfilled', 'fulfilled']);
  const { content } = await app.cluster(['red lamp', 'green lamp']);
  expect((await app.clusterGoals(content.id as string)).outcome).toBe('generated');
  await app.cluster(['red lamp', 'green lamp']);
  await app.flush();
  await age([content.id], '29 days');
  expect(await app.warm()).toMatchObject({ warmed: 1 });
  await app.close();
  await pool.end();
  expect(warnings).toEqual([]);
});

describe('many at once', () => {
  test('1,000 inputs take four statements, and one call of the model for each that is not asked twice', async () => {
    const pool = countingPool(database.url);
    const many = createEvergreen({ pool, openai: simulation.openai, databaseTimeoutMs: 60_000 });
    const distinct = products(900);
    const inputs = [...distinct, ...distinct.slice(0, 100)];
    const [first, calls] = await callsOf(() => many.answers({ ...asked, inputs, concurrency: 20 }));
    expect(pool.called).toEqual(['hit_answers', 'lookup_answers', 'claim_answers', 'save_answers']);
    expect(calls).toBe(900);
    expect(first).toHaveLength(1000);
    const values = first.map((each) => (each.status === 'fulfilled' ? each.value : undefined));
    expect(values.slice(0, 900).every((value) => value?.outcome === 'generated' && (value.cost ?? 0) > 0)).toBe(true);
    expect(values.slice(900).every((value) => value?.outcome === 'fresh' && value.reason === 'waited' && value.cost === 0)).toBe(true);
    expect(values.slice(900).map((value) => value?.id)).toEqual(values.slice(0, 100).map((value) => value?.id));
    const [row] = await database.query(`SELECT input FROM evergreen.ai_answers WHERE id = $1`, [values[417]?.id]);
    expect(row).toEqual({ input: inputs[417] });

    pool.called.length = 0;
    const [second, more] = await callsOf(() => many.answers({ ...asked, inputs }));
    expect(pool.called).toEqual(['hit_answers']);
    expect(more).toBe(0);
    const kept = second.map((each) => (each.status === 'fulfilled' ? each.value : undefined));
    expect(kept.map((value) => [value?.id, value?.content])).toEqual(values.map((value) => [value?.id, value?.content]));
    await many.close();
    await pool.end();
  }, 120_000);

  test('each has its own answer, whether it is found by its words, by its meaning, or made', async () => {
    const [one, two, three, four] = products(4) as [object, object, object, object];
    const kept = await evergreen.answers({ ...asked, inputs: [one, two, four] });
    const [first, second, fourth] = kept.map((each) => (each.status === 'fulfilled' ? each.value.id : null));
    const respelled = Object.fromEntries(Object.entries(two).reverse());
    const pool = countingPool(database.url);
    const many = createEvergreen({ pool, openai: simulation.openai });
    const inputs = [three, one, respelled, one, four];
    const [settled, calls] = await callsOf(() => many.answers({ ...asked, inputs }));
    expect(settled).toMatchObject([
      { value: { outcome: 'generated' } },
      { value: { outcome: 'fresh', reason: 'hit', id: first, cost: 0, promptId: expect.any(String), generatedAt: expect.any(Date) } },
      { value: { outcome: 'fresh', id: second } },
      { value: { outcome: 'fresh', id: first } },
      { value: { outcome: 'fresh', id: fourth } },
    ]);
    expect(calls).toBe(1);
    expect(pool.called).toEqual(['hit_answers', 'lookup_answers', 'claim_answers', 'save_answers']);
    await many.close();
    await pool.end();
  });

  test('more than a statement carries goes in several', async () => {
    const pool = countingPool(database.url);
    const many = createEvergreen({ pool, openai: simulation.openai });
    const input = product();
    await many.answer({ ...asked, input });
    pool.called.length = 0;
    const settled = await many.answers({ ...asked, inputs: Array(1001).fill(input) });
    expect(pool.called).toEqual(['hit_answers', 'hit_answers']);
    expect(settled).toHaveLength(1001);
    await many.close();
    await pool.end();
  });

  test('no more than `concurrency` ask the model at a time', async () => {
    let asking = 0;
    let most = 0;
    const counting: ChatClient = {
      chat: {
        completions: {
          async create(...call) {
            asking += 1;
            most = Math.max(most, asking);
            try {
              return await simulation.openai.chat.completions.create(...call);
            } finally {
              asking -= 1;
            }
          },
        },
      },
    };
    const many = createEvergreen({ pool: database.pool, openai: counting });
    await many.answers({ ...asked, inputs: products(12), concurrency: 3 });
    expect(most).toBe(3);
    most = 0;
    const settled = await many.answers({ ...asked, inputs: products(12) });
    expect(most).toBe(4);

    // Those that are stale are answered at once, and refreshed behind, no more at a time either.
    const ids = settled.map((each) => (each.status === 'fulfilled' ? each.value.id : null));
    const inputs = (await database.query('SELECT input FROM evergreen.ai_answers WHERE id = ANY ($1)', [ids])).map((row) => row.input);
    await age(ids, '7 days 1 hour');
    most = 0;
    const stale = await many.answers({ ...asked, inputs, concurrency: 2 });
    expect(stale.every((each) => each.status === 'fulfilled' && each.value.outcome === 'stale')).toBe(true);
    await many.close();
    expect(most).toBe(2);
    const settledAnew = await evergreen.answers({ ...asked, inputs });
    expect(settledAnew.every((each) => each.status === 'fulfilled' && each.value.outcome === 'fresh')).toBe(true);
  });

  test('the stale of them are refreshed in two statements', async () => {
    const inputs = products(5);
    const ids = (await evergreen.answers({ ...asked, inputs })).map((each) => (each.status === 'fulfilled' ? each.value.id : null));
    await age(ids, '7 days 1 hour');
    const pool = countingPool(database.url);
    const many = createEvergreen({ pool, openai: simulation.openai });
    await many.answers({ ...asked, inputs });
    await many.close();
    expect(pool.called).toEqual(['hit_answers', 'lookup_answers', 'claim_answers', 'save_answers']);
    await pool.end();
  });

  test('each settles by itself: refused, too large, malformed or answered', async () => {
    simulation.setBehaviour(['ok', 'refuse', 'break_schema', 'ok']);
    const inputs = [...products(3), 'x'.repeat(300_000), Number.NaN, product(), '\0'];
    const settled = await evergreen.answers({ ...asked, inputs, concurrency: 1 });
    expect(settled).toMatchObject([
      { status: 'fulfilled', value: { outcome: 'generated' } },
      { status: 'rejected', reason: { reason: 'refused' } },
      { status: 'rejected', reason: { reason: 'invalid' } },
      { status: 'rejected', reason: expect.any(TooLarge) },
      { status: 'rejected', reason: expect.any(InvalidInput) },
      { status: 'fulfilled', value: { outcome: 'generated' } },
      { status: 'rejected', reason: expect.any(InvalidInput) },
    ]);
    for (const place of [3, 4, 6]) expect(settled[place]).toMatchObject({ reason: { hint: expect.stringMatching(/^Pass /) } });
    const asIfFor = { ...asked, prompt: 'Write about {{nothing}}', inputs: products(1) };
    expect(await evergreen.answers(asIfFor)).toMatchObject([{ reason: { code: 'VG007', hint: expect.stringMatching(/places for/) } }]);
    const [logged] = await database.query(
      `SELECT count(*)::integer AS failures FROM evergreen.ai_generation_logs WHERE generation_type = 'product_copy' AND error_code IN ('refused', 'invalid')`,
    );
    expect(logged).toEqual({ failures: 2 });
  });

  test('an answer that is too large is billed and not kept, the others are', async () => {
    await database.query(`SELECT evergreen.set_content_policy('short_copy', p_max_bytes => 150)`);
    const huge: ChatClient = {
      chat: {
        completions: {
          async create(...call) {
            const response = await simulation.openai.chat.completions.create(...call);
            const long = call[0].messages.some((message) => String(message.content).includes('long'));
            const title = long ? 'x'.repeat(200) : 'x';
            (response.choices[0] as { message: { content: string } }).message.content = JSON.stringify({ title, description: 'x' });
            return response;
          },
        },
      },
    };
    const many = createEvergreen({ pool: database.pool, openai: huge });
    const settled = await many.answers({ ...asked, contentType: 'short_copy', inputs: ['long', 'short'] });
    expect(settled).toMatchObject([
      { status: 'rejected', reason: expect.any(GenerationFailed) },
      { status: 'fulfilled', value: { content: { title: 'x' } } },
    ]);
    const [logged] = await database.query(
      `SELECT count(*)::integer AS lines, sum(cost) > 0 AS billed FROM evergreen.ai_generation_logs WHERE generation_type = 'short_copy' AND NOT success`,
    );
    expect(logged).toEqual({ lines: 1, billed: true });
    await many.close();
  });

  test('two who ask for the same many at once share the work', async () => {
    const inputs = products(30);
    const other = createEvergreen({ pool: database.pool, openai: simulation.openai });
    const [both, calls] = await callsOf(() =>
      Promise.all([evergreen.answers({ ...asked, inputs }), other.answers({ ...asked, inputs: [...inputs].reverse() })]),
    );
    expect(calls).toBe(30);
    expect(both.flat().every((each) => each.status === 'fulfilled')).toBe(true);
    await other.close();
  });

  test('what is finished is saved when a third of the lease has gone by, and the rest keeps its lease', async () => {
    await database.query(`SELECT evergreen.set_content_policy('slow_copy', p_lease_duration => '1.5 seconds')`);
    simulation.setBehaviour(['ok', 'hang']);
    const inputs = products(2);
    const settled = evergreen.answers({ ...asked, contentType: 'slow_copy', inputs, concurrency: 2 });
    const saved = () => database.query(`SELECT FROM evergreen.ai_answers WHERE content_type = 'slow_copy'`);
    await waitUntil('the first is saved', async () => (await saved()).length === 1);
    const held = () =>
      database.query<{ over: boolean }>(
        `SELECT l.expires_at - l.acquired_at > interval '3 seconds' AS over FROM evergreen.generation_leases AS l
          WHERE l.content_type = 'slow_copy' AND l.lease_token IS NOT NULL`,
      );
    await waitUntil('the lease of the other is renewed past its duration', async () => (await held())[0]?.over);
    simulation.release();
    expect((await settled).map((each) => each.status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await saved()).toHaveLength(2);
  });

  test('who aborts is let go at once; what was begun is saved, the rest given back', async () => {
    simulation.setBehaviour('hang');
    const before = simulation.calls;
    const controller = new AbortController();
    const inputs = products(5);
    const settled = evergreen.answers({ ...asked, inputs, concurrency: 2, signal: controller.signal });
    await simulation.arrived(before + 2);
    controller.abort(new Error('enough'));
    await expect(settled).rejects.toThrow('enough');
    simulation.setBehaviour('ok');
    simulation.release();
    await evergreen.close();
    expect(simulation.calls).toBe(before + 2);
    expect(await database.query('SELECT FROM evergreen.generation_leases WHERE lease_token IS NOT NULL')).toEqual([]);
    evergreen = createEvergreen({ pool: database.pool, openai: simulation.openai });
    const outcomes = (await evergreen.answers({ ...asked, inputs })).map((each) => each.status === 'fulfilled' && each.value.outcome);
    expect(outcomes).toEqual(['fresh', 'fresh', 'generated', 'generated', 'generated']);
  });
});
