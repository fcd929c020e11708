/**
 * Two that need the same rows take them in one order: each pair here once met in opposite orders. Of a deadlock one of the two would be the victim.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import {
  type Arguments,
  at,
  call,
  inTurn,
  isWaiting,
  one,
  pidOf,
  refusal,
  take,
  untilBlocked,
  value,
  withConnections,
} from '../sql/core/calls.js';
import { insight, lookHealth, makeCompany, makeDomain, saveHealth, saveInsights } from '../sql/journey/world.js';
import { useDatabase } from '../support/database.js';
import { waitUntil } from '../support/wait-until.js';

const database = useDatabase({ host: true });
const on = () => database.pool;
const calls =
  (name: string, args: Arguments = {}) =>
  (client: Client) =>
    call(client, name, args);
const runs =
  (text: string, ...values: unknown[]) =>
  (client: Client) =>
    client.query(text, values);
const count = (from: string, ...values: unknown[]) => one<number>(on(), `SELECT count(*)::integer FROM ${from}`, values);

/** A company with three insights, written in the opposite order of their ids, and a lock of the one in the middle. */
async function threeInsights(): Promise<{ company: string; ids: string[]; middle: (client: Client) => Promise<unknown> }> {
  const company = await makeCompany(on());
  const ids = ['1', '2', '3'].map((digit) => digit.repeat(8) + randomUUID().slice(8));
  for (const id of [...ids].reverse()) {
    await database.query(
      `INSERT INTO evergreen.ai_generated_insights (id, company_id, content, context_hash, generation_model) VALUES ($1::uuid, $2, $1, repeat('0', 64), 'm')`,
      [id, company],
    );
  }
  return { company, ids, middle: runs('SELECT FROM evergreen.ai_generated_insights WHERE id = $1 FOR NO KEY UPDATE', ids[1]) };
}

/** The same, by a connection that reads tables from their beginning to their end. */
const asWritten = (work: (client: Client) => Promise<unknown>) => async (client: Client) => {
  await client.query('SET enable_indexscan = off; SET enable_bitmapscan = off');
  return work(client);
};

describe.each([
  ['presented', 'mark_presented'],
  ['invalidated', 'invalidate_content'],
])('rows of a company are %s', (_, name) => {
  test('while the application deletes it', async () => {
    const { company, ids, middle } = await threeInsights();
    const args = name === 'mark_presented' ? { ids, content_type: 'insight' } : { company_id: company, content_type: 'insight' };
    await inTurn(database, middle, [calls(name, args), asWritten(runs('DELETE FROM public.companies WHERE id = $1', company))]);
    expect(await count('evergreen.ai_generated_insights WHERE company_id = $1', company)).toBe(0);
  });

  test('while it is forgotten', async () => {
    const { company, ids, middle } = await threeInsights();
    const args = name === 'mark_presented' ? { ids, content_type: 'insight' } : { company_id: company, content_type: 'insight' };
    await inTurn(database, middle, [calls(name, args), asWritten(calls('forget_company', { company_id: company }))]);
    expect(await count('evergreen.ai_generated_insights WHERE company_id = $1', company)).toBe(0);
  });
});

test('a user is signed out everywhere while a company of the sessions is forgotten', async () => {
  const company = await makeCompany(on());
  const user = `user ${randomUUID()}`;
  for (const digit of ['3', '2', '1']) {
    await database.query(
      `INSERT INTO evergreen.sessions (id, token_hash, user_id, username, role, company_ids, created_at, expires_at)
       VALUES ((repeat($1, 8) || substr(gen_random_uuid()::text, 9))::uuid, sha256($2::text::bytea), $3, 'x', 'user', ARRAY[$4::uuid], now(), 'infinity')`,
      [digit, `${user} ${digit}`, user, company],
    );
  }
  await inTurn(database, runs(`SELECT FROM evergreen.sessions WHERE user_id = $1 AND id::text LIKE '2%' FOR UPDATE`, user), [
    asWritten(calls('revoke_user_sessions', { user_id: user })),
    asWritten(calls('forget_company', { company_id: company })),
  ]);
  expect(await count(`evergreen.sessions WHERE user_id = $1 AND revoked_at IS NOT NULL AND company_ids = '{}'`, user)).toBe(3);
});

test('what is passed over while it is being deleted is not counted, and the rest is', async () => {
  const { ids } = await threeInsights();
  await withConnections(database, 1, async ([application]) => {
    await application?.query('BEGIN');
    await application?.query('DELETE FROM evergreen.ai_generated_insights WHERE id = $1', [ids[1]]);
    expect(await value(on(), 'mark_presented', { ids, content_type: 'insight' })).toBe(2);
    await application?.query('COMMIT');
  });
});

test('all of a company is invalidated while it is forgotten, and something is being generated', async () => {
  const company = await makeCompany(on());
  await saveHealth(on(), company);
  await take(on(), { content_type: 'insight', cache_key: `${company}:running`, company_id: company });
  await inTurn(database, runs('SELECT FROM evergreen.ai_business_health_summaries WHERE company_id = $1 FOR UPDATE', company), [
    calls('invalidate_content', { company_id: company }),
    calls('forget_company', { company_id: company }),
  ]);
  expect(await count('evergreen.ai_business_health_summaries WHERE company_id = $1', company)).toBe(0);
});

test('a user is forgotten while leases of that user are invalidated', async () => {
  const user = `user ${randomUUID()}`;
  for (const key of ['c', 'b', 'a']) await take(on(), { content_type: 'cluster', cache_key: `${key} ${user}`, user_id: user });
  await inTurn(database, runs('SELECT FROM evergreen.generation_leases WHERE cache_key = $1 FOR UPDATE', `b ${user}`), [
    calls('invalidate_leases', { content_type: 'cluster', cache_keys: ['a', 'b', 'c'].map((key) => `${key} ${user}`) }),
    calls('forget_user', { user_id: user }),
  ]);
  expect(await count('evergreen.generation_leases WHERE user_id = $1', user)).toBe(0);
});

test('answers of a user are forgotten while they are invalidated', async () => {
  const user = `user ${randomUUID()}`;
  await database.query(
    `INSERT INTO evergreen.ai_answers (id, content_type, input_hash, user_id, result)
     SELECT (repeat(n::text, 8) || substr(gen_random_uuid()::text, 9))::uuid, 'cluster', k || $1, $1, '1' FROM unnest(ARRAY['c', 'b', 'a']) WITH ORDINALITY AS a (k, n)`,
    [user],
  );
  await inTurn(database, runs('SELECT FROM evergreen.ai_answers WHERE input_hash = $1 FOR NO KEY UPDATE', `b${user}`), [
    calls('invalidate_answers', { content_type: 'cluster', all: true }),
    calls('forget_user', { user_id: user }),
  ]);
  expect(await count('evergreen.ai_answers WHERE user_id = $1', user)).toBe(0);
});

test('one is forgotten after the other', async () => {
  await withConnections(database, 2, async ([first, second]) => {
    await first?.query('BEGIN');
    await call(first as Client, 'forget_company', { company_id: randomUUID() });
    const late = call(second as Client, 'forget_user', { user_id: 'nobody' });
    await untilBlocked(database, 1, [pidOf(second as Client)]);
    await first?.query('COMMIT');
    await late;
  });
});

test('a company is forgotten while all hashes at hand are emptied', async () => {
  const company = randomUUID();
  const ids = await database.query<{ id: string }>('INSERT INTO evergreen.company_changes (company_id) VALUES ($1), ($1) RETURNING id', [
    company,
  ]);
  await inTurn(database, runs('SELECT FROM evergreen.company_changes WHERE id = $1 FOR UPDATE', ids[1]?.id), [
    calls('forget_company', { company_id: company }),
    calls('empty_company_contexts'),
  ]);
  expect(await count('evergreen.company_changes WHERE company_id = $1', company)).toBe(0);
});

test('leases that were lost are pruned but for those that somebody holds, and nobody waits', async () => {
  const company = randomUUID();
  for (const now of [at(), at(3600)]) await take(on(), { cache_key: `${company}:lost`, company_id: company, now });
  await withConnections(database, 1, async ([keeper]) => {
    await keeper?.query('BEGIN');
    await keeper?.query('SELECT FROM evergreen.lost_leases WHERE company_id = $1 FOR UPDATE', [company]);
    await call(on(), 'prune_leases', { batch_size: 10, now: at(30 * 86_400) });
    await keeper?.query('COMMIT');
  });
  expect(await count('evergreen.lost_leases WHERE company_id = $1', company)).toBe(1);
  await call(on(), 'prune_leases', { batch_size: 10, now: at(30 * 86_400) });
  expect(await count('evergreen.lost_leases WHERE company_id = $1', company)).toBe(0);
});

describe('policies and prompts', () => {
  test('a claim in bulk keeps a new prompt while the schema version of its type changes', async () => {
    const [, version] = [
      0,
      await one<number>(on(), `SELECT schema_version + 1 FROM evergreen.content_policies WHERE content_type = 'cluster'`),
    ];
    const claim = {
      content_type: 'cluster',
      inputs: ['["x"]'],
      seen: null,
      holder: 'bulk',
      model: 'm',
      provider: 'test',
      prompt: 'New: {{input}}',
    };
    const [claims] = (await inTurn(
      database,
      runs(`SELECT pg_advisory_xact_lock(hashtextextended('evergreen.publish_prompt:cluster', 0))`),
      [calls('claim_answers', claim), calls('set_content_policy', { content_type: 'cluster', schema_version: version })],
    )) as [{ state: string }[]];
    expect(claims).toMatchObject([{ state: 'claimed' }]);
  });

  test('two types turn to the prompts of each other', async () => {
    for (const type of ['left', 'right']) await call(on(), 'set_content_policy', { content_type: type });
    await inTurn(database, runs(`SELECT FROM evergreen.content_policies WHERE content_type = 'left' FOR UPDATE`), [
      calls('set_content_policy', { content_type: 'left', prompt_type: 'right' }),
      calls('set_content_policy', { content_type: 'right', prompt_type: 'left' }),
    ]);
    expect(
      await one(
        on(),
        `SELECT array_agg(prompt_type ORDER BY content_type) FROM evergreen.content_policies WHERE content_type IN ('left', 'right')`,
      ),
    ).toEqual(['right', 'left']);
  });
});

describe('answers that follow another', () => {
  const asked = { content_type: 'letter', model: 'm', provider: 'test' };
  beforeAll(async () => {
    await call(on(), 'set_content_policy', { content_type: 'letter' });
    await call(on(), 'publish_prompt', { prompt_type: 'letter', template: 'Answer {{input}}' });
  });
  const parent = async () =>
    (
      await database.query<{ id: string }>(
        `INSERT INTO evergreen.ai_answers (content_type, input_hash, result, generated_at) VALUES ('cluster', $1, '1', $2) RETURNING id`,
        [randomUUID(), at()],
      )
    )[0]?.id as string;

  /** Letters that follow `id`, written in this order of their keys. */
  const follow = (id: string, keys: string[]) =>
    database.query(
      `INSERT INTO evergreen.ai_answers (content_type, input_hash, parent_id, result, generated_at) SELECT 'letter', k || $1, $1::uuid, '1', $3 FROM unnest($2::text[]) AS k`,
      [id, keys, at()],
    );

  test('are invalidated while maintenance deletes what they follow: that stays until they are free', async () => {
    const id = await parent();
    await follow(id, ['c', 'a', 'b']);
    await call(on(), 'set_content_policy', { content_type: 'cluster', retain_for: '1 year' });
    const prune = { batch_size: 10, now: at(400 * 86_400) };
    await inTurn(database, runs('SELECT FROM evergreen.ai_answers WHERE input_hash = $1 FOR NO KEY UPDATE', `b${id}`), [
      calls('invalidate_answers', { content_type: 'letter', all: true }),
      calls('prune_answers', prune),
    ]);
    expect(await count('evergreen.ai_answers WHERE $1 IN (id, parent_id)', id)).toBe(4);
    await call(on(), 'prune_answers', prune);
    expect(await count('evergreen.ai_answers WHERE $1 IN (id, parent_id)', id)).toBe(0);
  });

  interface Claimed extends Record<string, unknown> {
    ordinal: number;
    cache_key: string;
    lease_token: string;
  }
  const claim = async (id: string, inputs: string[]) =>
    (await call<Claimed>(on(), 'claim_answers', { ...asked, inputs, parent_id: id, seen: null, holder: 'bulk' })).sort((a, b) =>
      a.cache_key < b.cache_key ? -1 : 1,
    );
  const saving = (id: string, inputs: string[], claims: Claimed[]) =>
    calls('save_answers', {
      ...asked,
      inputs: claims.map(({ ordinal }) => inputs[ordinal - 1]),
      results: claims.map(() => '1'),
      lease_tokens: claims.map(({ lease_token }) => lease_token),
      parent_id: id,
    });

  test('are saved, old ones and a new one, while it is deleted', async () => {
    const id = await parent();
    const inputs = ['"1"', '"2"', '"3"'];
    const first = await claim(id, inputs);
    const known = [first[0], first[2]] as Claimed[];
    await saving(id, inputs, known)(on() as never);
    const again = await claim(
      id,
      known.map(({ ordinal }) => inputs[ordinal - 1] as string),
    );
    const claims = [
      { ...known[0], lease_token: again[0]?.lease_token },
      first[1],
      { ...known[1], lease_token: again[1]?.lease_token },
    ] as Claimed[];
    const [saved] = (await inTurn(
      database,
      runs('SELECT FROM evergreen.ai_answers WHERE input_hash = $1 FOR NO KEY UPDATE', known[1]?.cache_key),
      [saving(id, inputs, claims), runs('DELETE FROM evergreen.ai_answers WHERE id = $1', id)],
    )) as [{ state: string }[]];
    expect(saved.map(({ state }) => state)).toEqual(['saved', 'saved', 'saved']);
    expect(await count('evergreen.ai_answers WHERE $1 IN (id, parent_id)', id)).toBe(0);
  });

  test.each(['in bulk', 'alone'])('are refused when it was deleted meanwhile, saved %s, and nothing of them is kept', async (way) => {
    const id = await parent();
    const claims = await claim(id, ['"1"']);
    await withConnections(database, 2, async ([application, backend]) => {
      await application?.query('BEGIN');
      await application?.query('DELETE FROM evergreen.ai_answers WHERE id = $1', [id]);
      const save =
        way === 'in bulk'
          ? saving(id, ['"1"'], claims)(backend as Client)
          : call(backend as Client, 'save_answer', {
              ...asked,
              input: '"1"',
              result: '1',
              lease_token: claims[0]?.lease_token,
              parent_id: id,
            });
      save.catch(() => undefined);
      await untilBlocked(database, 1, [pidOf(backend as Client)]);
      await application?.query('COMMIT');
      expect(await refusal(save)).toMatchObject({
        code: 'VG002',
        message: expect.stringContaining('deleted meanwhile'),
        hint: expect.stringMatching(/\S/),
      });
    });
    expect(await count('evergreen.generation_leases WHERE lease_token = $1', claims[0]?.lease_token)).toBe(1);
  });

  test('a verdict on an answer that is deleted meanwhile is refused as one on none', async () => {
    const id = await parent();
    await withConnections(database, 2, async ([application, backend]) => {
      await application?.query('BEGIN');
      await application?.query('DELETE FROM evergreen.ai_answers WHERE id = $1', [id]);
      const verdict = call(backend as Client, 'record_similarity_verdict', {
        content_type: 'cluster',
        input: '["x"]',
        answer_id: id,
        similarity: 0.5,
        method: 'trigram',
        agreed: true,
      });
      verdict.catch(() => undefined);
      await untilBlocked(database, 1, [pidOf(backend as Client)]);
      await application?.query('COMMIT');
      expect(await refusal(verdict)).toMatchObject({ code: 'VG002' });
    });
  });
});

describe('a company that is deleted meanwhile', () => {
  async function meanwhile(company: string, work: (backend: Client) => Promise<unknown>): Promise<void> {
    await withConnections(database, 2, async ([application, backend]) => {
      await application?.query('BEGIN');
      await application?.query('DELETE FROM public.companies WHERE id = $1', [company]);
      const working = work(backend as Client);
      working.catch(() => undefined);
      await untilBlocked(database, 1, [pidOf(backend as Client)]);
      await application?.query('COMMIT');
      expect(await refusal(working)).toMatchObject({
        code: 'VG002',
        message: expect.stringContaining('deleted meanwhile'),
        hint: expect.stringMatching(/\S/),
      });
    });
  }

  test('has no state to keep', async () => {
    const company = await makeCompany(on());
    await meanwhile(company, (backend) => call(backend, 'generate_company_context_hash', { company_id: company }));
  });

  test('has no health to save', async () => {
    const company = await makeCompany(on());
    await meanwhile(company, (backend) => saveHealth(backend, company));
    expect(await lookHealth(on(), await makeCompany(on()))).toMatchObject({ freshness: 'missing' });
  });
});

test('a batch of which one failed is billed while another bills the other model: neither deadlocks, and both are counted', async () => {
  const asked = { content_type: 'cluster', model: 'b', provider: 'test' };
  const inputs = ['["fails"]', '["is saved"]'];
  const claims = await call<{ lease_token: string }>(on(), 'claim_answers', { ...asked, inputs, seen: null, holder: 'bulk' });
  // Lines of both count in the same rows where their processes share a slot: of nine, two do.
  await withConnections(database, 10, async ([keeper, ...clients]) => {
    const slot = (client: Client) => pidOf(client) % 8;
    const batch = clients.find((client, i) => clients.some((other, k) => k > i && slot(other) === slot(client))) as Client;
    const other = clients.find((client) => client !== batch && slot(client) === slot(batch)) as Client;
    const log = { generation_type: 'cluster', model: 'a', success: true, provider: 'test' };
    await call(batch, 'log_generation', log);
    await keeper?.query('BEGIN');
    await keeper?.query(`SELECT FROM evergreen.ai_spend_monthly WHERE scope = 'overall' AND slot = $1 FOR UPDATE`, [slot(batch)]);
    const saving = call<{ state: string }>(batch, 'save_answers', {
      ...asked,
      inputs,
      results: ['{broken', '1'],
      lease_tokens: claims.map(({ lease_token }) => lease_token),
      details: JSON.stringify([{ model: 'b' }, { model: 'a' }]),
    });
    await untilBlocked(database, 1, [pidOf(batch)]);
    const logging = call(other, 'log_generation', log);
    await untilBlocked(database, 2, [pidOf(batch), pidOf(other)]);
    await keeper?.query('COMMIT');
    expect((await saving).map(({ state }) => state)).toEqual(['invalid', 'saved']);
    await logging;
    expect(
      await database.query(
        `SELECT model_used, sum(generations)::integer AS lines FROM evergreen.ai_usage_hourly WHERE provider = 'test' AND model_used IN ('a', 'b') AND slot = $1 GROUP BY 1 ORDER BY 1`,
        [slot(batch)],
      ),
    ).toEqual([
      { model_used: 'a', lines: 3 },
      { model_used: 'b', lines: 1 },
    ]);
  });
});

test('insights that have come for another place since a save began, and are presented already', async () => {
  const company = await makeCompany(on());
  const [place, other] = [await makeDomain(on()), await makeDomain(on())];
  const known = await saveInsights(on(), company, [insight('z')], { domain_id: place });
  const save = (client: Client, texts: string[], domain_id: string) =>
    saveInsights(
      client,
      company,
      texts.map((text) => insight(text)),
      { domain_id, now: at(40 * 86_400) },
    );
  const answers = await inTurn(
    database,
    runs('SELECT FROM evergreen.ai_generated_insights WHERE id = $1 FOR NO KEY UPDATE', known.content[0]?.id),
    [
      (client) => save(client, ['z', 'a'], place),
      async (client) => {
        const saved = await save(client, ['a'], other);
        await client.query(
          `UPDATE evergreen.ai_generated_insights SET id = (repeat('0', 8) || substr(id::text, 9))::uuid WHERE company_id = $1 AND content = 'a'`,
          [company],
        );
        return saved;
      },
      async (client) => {
        const { rows } = await client.query<{ id: string }>('SELECT id FROM evergreen.ai_generated_insights WHERE company_id = $1', [
          company,
        ]);
        return call(client, 'mark_presented', { ids: rows.map(({ id }) => id), content_type: 'insight' });
      },
    ],
  );
  expect(answers).toMatchObject([{ state: 'saved' }, { state: 'saved' }, [{ mark_presented: expect.any(Number) }]]);
});

test('insights are said again while somebody holds them from being deleted: the save does not wait', async () => {
  const company = await makeCompany(on());
  const { content } = await saveInsights(on(), company, [insight('Again.')]);
  await withConnections(database, 1, async ([holder]) => {
    await holder?.query('BEGIN');
    await holder?.query('SELECT FROM evergreen.ai_generated_insights WHERE id = $1 FOR KEY SHARE', [content[0]?.id]);
    expect(await saveInsights(on(), company, [insight('again.')], { now: at(40 * 86_400) })).toMatchObject({
      content: [{ id: content[0]?.id }],
    });
    await holder?.query('COMMIT');
  });
});

test('a batch of which one failed passes two budgets, one after the other, while they are claimed from', async () => {
  const company = await makeCompany(on());
  const asked = { content_type: 'cluster', model: 'b', provider: 'alert', company_id: company };
  for (const model of ['a', 'b']) await call(on(), 'register_model', { provider: 'alert', model, prompt_price: 1 });
  await call(on(), 'set_budget', { scope: 'overall', scope_id: null, monthly_limit: 100, alert_at: 0 });
  await call(on(), 'set_budget', { scope: 'company', scope_id: company, monthly_limit: 1, alert_at: 0.00015 });
  const inputs = ['["fails too"]', '["is saved too"]'];
  const claim = () =>
    call<{ lease_token: string; prompt_id: string }>(on(), 'claim_answers', { ...asked, inputs, seen: null, holder: 'bulk' });
  const save = (client: Client, claims: { lease_token: string; prompt_id: string }[], first: string, tokens: number) =>
    call<{ state: string }>(client, 'save_answers', {
      ...asked,
      inputs,
      results: [first, '1'],
      lease_tokens: claims.map(({ lease_token }) => lease_token),
      details: JSON.stringify([
        { model: 'b', prompt_tokens: tokens },
        { model: 'a', prompt_tokens: tokens, prompt_id: claims[1]?.prompt_id },
      ]),
    });
  await save(on() as never, await claim(), '1', 0);
  await call(on(), 'set_budget', { scope: 'overall', scope_id: null, monthly_limit: 100, alert_at: 0 });
  const claims = await claim();
  await withConnections(database, 3, async ([keeper, batch, claimer]) => {
    // The batch stands between its two lines, at the prompt that the second names.
    await keeper?.query('BEGIN');
    await keeper?.query('SELECT FROM evergreen.ai_generation_prompts WHERE id = $1 FOR UPDATE', [claims[1]?.prompt_id]);
    const saving = save(batch as Client, claims, '{broken', 100);
    await untilBlocked(database, 1, [pidOf(batch as Client)]);
    const claiming = take(claimer as Client, {
      cache_key: `${company}:next`,
      company_id: company,
      provider: 'alert',
      model: 'a',
      now: null,
    });
    let claimed = false;
    claiming.then(
      () => {
        claimed = true;
      },
      () => undefined,
    );
    await waitUntil('the claim waits, or is through', async () => claimed || (await isWaiting(database, pidOf(claimer as Client))));
    await keeper?.query('COMMIT');
    expect((await saving).map(({ state }) => state)).toEqual(['invalid', 'saved']);
    await claiming;
  });
  expect(await count(`evergreen.system_logs WHERE component = 'budget' AND detail ->> 'scope_id' = $1`, company)).toBe(1);
  await call(on(), 'set_budget', { scope: 'overall', scope_id: null, monthly_limit: null });
});
