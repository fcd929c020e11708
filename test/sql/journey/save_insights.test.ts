import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { waitUntil } from '../../support/wait-until.js';
import { at, call, expectRefusal, one, pidOf, refusal, row, untilBlocked, withConnections } from '../core/calls.js';
import {
  claim,
  contextHash,
  DAY,
  ELSEWHERE,
  type Insight,
  insight,
  lookInsights,
  makeCompany,
  makeDomain,
  makeStep,
  noticesOf,
  RECEIPT,
  type Saved,
  saveInsights,
  setStatus,
} from './world.js';

const database = useDatabase({ host: true });

const rowsOf = (company: string) =>
  database.query<{
    id: string;
    content: string;
    asked_for: string[];
    relevance_score: number;
    generated_at: Date;
    context_hash: string;
    domain_id: string | null;
  }>('SELECT * FROM evergreen.ai_generated_insights WHERE company_id = $1 ORDER BY content', [company]);

const texts = (insights: Insight[] | null | undefined) => (insights ?? []).map(({ content }) => content);

test('keeps them best first with where they come from, logs and bills the generation, ends the lease', async () => {
  const company = await makeCompany(database.pool);
  const domain = await makeDomain(database.pool);
  const step = await makeStep(database.pool);
  const saved = await saveInsights(database.pool, company, [insight('Good.', 0.6), insight('Better.', 0.9)], {
    domain_id: domain,
    step_id: step,
    prompt_id: 'peer_insight_v1',
    request_id: 'req_1',
  });
  expect(saved).toMatchObject({ state: 'saved', generated_at: new Date(at()), cost: '0.00045' });
  expect(saved.content).toMatchObject([
    {
      content: 'Better.',
      domain_id: domain,
      step_id: step,
      relevance_score: 0.9,
      author_profile: { name: 'Ada' },
      generated_at: '2026-05-10T12:00:00.000Z',
    },
    { content: 'Good.' },
  ]);
  expect(await rowsOf(company)).toMatchObject([{ generation_model: 'gpt-4o-mini', generation_prompt_id: 'peer_insight_v1' }, {}]);
  expect(await database.query('SELECT * FROM evergreen.ai_generation_logs WHERE company_id = $1', [company])).toMatchObject([
    {
      generation_type: 'peer_insight',
      success: true,
      outcome: 'generated',
      prompt_id: 'peer_insight_v1',
      request_id: 'req_1',
      tokens_used: '1500',
    },
  ]);
  expect(await database.query('SELECT lease_token FROM evergreen.generation_leases WHERE company_id = $1', [company])).toEqual([
    { lease_token: null },
  ]);
});

describe('R19: relevance is from 0.5 to 1.0', () => {
  test.each([0.5, 1, null, undefined])('%s is kept', async (relevance) => {
    const company = await makeCompany(database.pool);
    const { content } = await saveInsights(database.pool, company, [{ content: 'Text.', relevance_score: relevance }]);
    expect(content[0]?.relevance_score).toBe(relevance ?? null);
  });

  test.each([42, -1, 0.499999, 1.000001, 'NaN', '0.7', true, {}])('%j is refused', async (relevance) => {
    const company = await makeCompany(database.pool);
    const { cache_key, context_hash } = await lookInsights(database.pool, company);
    const args = {
      company_id: company,
      context_hash,
      domain_id: null,
      step_id: null,
      insights: JSON.stringify([insight('Fine.'), { content: 'Text.', relevance_score: relevance }]),
      lease_token: await claim(database.pool, 'insight', cache_key, company),
      ...RECEIPT,
    };
    await expectRefusal(database.pool, 'save_insights', args, 'VG007', 'relevance_score');
  });

  test.each(['42', "'NaN'", '-1'])('%s cannot be written past the function either', async (relevance) => {
    const company = await makeCompany(database.pool);
    const insert = `INSERT INTO evergreen.ai_generated_insights (company_id, content, context_hash, generation_model, relevance_score) VALUES ($1, 'x', $2, 'm', ${relevance})`;
    expect(await refusal(database.query(insert, [company, ELSEWHERE]))).toMatchObject({ code: '23514' });
  });
});

describe('R19: the same text stands once', () => {
  test('four identical insights of one answer, and the same text in other case and white space, are one row', async () => {
    const company = await makeCompany(database.pool);
    const again = ['Cash is king.', 'Cash is king.', ' CASH  is\nking. ', 'cash is king.\t'];
    const { content } = await saveInsights(
      database.pool,
      company,
      again.map((text) => insight(text)),
    );
    expect(texts(content)).toEqual(['Cash is king.']);
    await saveInsights(database.pool, company, [insight('Cash is KING.', 0.9), insight('Hire slowly.')], { now: at(1) });
    expect(await rowsOf(company)).toMatchObject([{ content: 'Cash is king.', relevance_score: 0.9 }, { content: 'Hire slowly.' }]);
  });

  test('of another company it is another row', async () => {
    const [a, b] = [await makeCompany(database.pool), await makeCompany(database.pool)];
    for (const company of [a, b]) await saveInsights(database.pool, company, [insight('Shared wisdom.')]);
    expect(await rowsOf(a)).toHaveLength(1);
    expect(await rowsOf(b)).toHaveLength(1);
  });

  test('it cannot be written twice past the function', async () => {
    const company = await makeCompany(database.pool);
    await saveInsights(database.pool, company, [insight('Once.')]);
    const insert = `INSERT INTO evergreen.ai_generated_insights (company_id, content, context_hash, generation_model) VALUES ($1, ' ONCE. ', $2, 'm')`;
    expect(await refusal(database.query(insert, [company, ELSEWHERE]))).toMatchObject({ code: '23505' });
  });
});

describe('one text asked for two places', () => {
  const both = async () => {
    const company = await makeCompany(database.pool);
    const [a, b] = [await makeDomain(database.pool), await makeDomain(database.pool)];
    const look = async (now: string) => {
      const [first, second] = [
        await lookInsights(database.pool, company, { domain_id: a, now }),
        await lookInsights(database.pool, company, { domain_id: b, now }),
      ];
      return { a: [first.freshness === 'fresh', texts(first.content)], b: [second.freshness === 'fresh', texts(second.content)] };
    };
    return { company, a, b, look };
  };

  test('answers for both: neither save makes the other lookup a miss', async () => {
    const { company, a, b, look } = await both();
    await saveInsights(database.pool, company, [insight('Both.')], { domain_id: a });
    await saveInsights(database.pool, company, [insight('both.')], { domain_id: b, now: at(1) });
    expect(await look(at(2))).toEqual({ a: [true, ['Both.']], b: [true, ['Both.']] });
    await saveInsights(database.pool, company, [insight('Both.')], { domain_id: a, now: at(3) });
    expect(await look(at(4))).toEqual({ a: [true, ['Both.']], b: [true, ['Both.']] });
    expect(await rowsOf(company)).toMatchObject([{ asked_for: [`${a}/*`, `${b}/*`], domain_id: a }]);
  });

  test('does not keep the first place young: it is regenerated in time, not left with that one text', async () => {
    const { company, a, b, look } = await both();
    await saveInsights(database.pool, company, [insight('Both.'), insight('Only a.')], { domain_id: a });
    await saveInsights(database.pool, company, [insight('Both.'), insight('Only b.')], { domain_id: b, now: at(20 * DAY) });
    expect(await look(at(29 * DAY))).toEqual({
      a: [true, expect.arrayContaining(['Both.', 'Only a.'])],
      b: [true, expect.arrayContaining(['Both.', 'Only b.'])],
    });
    expect(await look(at(31 * DAY))).toEqual({ a: [false, []], b: [true, ['Only b.']] });
  });

  test('once it has aged, it is generated for the asking place alone', async () => {
    const { company, a, b, look } = await both();
    await saveInsights(database.pool, company, [insight('Both.'), insight('Only a.')], { domain_id: a });
    await saveInsights(database.pool, company, [insight('Both.')], { domain_id: b, now: at(40 * DAY) });
    expect(await look(at(41 * DAY))).toEqual({ a: [false, []], b: [true, ['Both.']] });
  });

  test('said again for one place after an invalidation, it is not thought good for the other', async () => {
    const { company, a, b, look } = await both();
    for (const [index, domain] of [a, b].entries())
      await saveInsights(database.pool, company, [insight('Both.')], { domain_id: domain, now: at(index) });
    await call(database.pool, 'invalidate_content', { company_id: company, now: at(2) });
    await saveInsights(database.pool, company, [insight('Both.')], { domain_id: b, now: at(3) });
    expect(await look(at(4))).toEqual({ a: [false, []], b: [true, ['Both.']] });
  });

  test('said again for another state of the company, it is of that state and of the asking place', async () => {
    const { company, a, b, look } = await both();
    for (const [index, domain] of [a, b].entries())
      await saveInsights(database.pool, company, [insight('Both.')], { domain_id: domain, now: at(index) });
    await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
    await saveInsights(database.pool, company, [insight('Both.')], { domain_id: b, now: at(3) });
    expect(await look(at(4))).toMatchObject({ a: [false, []], b: [true, ['Both.']] });
    expect(await rowsOf(company)).toMatchObject([{ context_hash: await contextHash(database.pool, company, 'insight') }]);
  });

  describe('of connections that are in the middle of the same texts', () => {
    /** A save stops at the text f until the advisory lock 42 is free. */
    beforeAll(() =>
      database.query(`
        CREATE FUNCTION public.pause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NEW; END $$;
        CREATE TRIGGER pause BEFORE INSERT ON evergreen.ai_generated_insights FOR EACH ROW WHEN (NEW.content = 'f') EXECUTE FUNCTION public.pause()`),
    );
    afterAll(() => database.query('DROP FUNCTION public.pause() CASCADE'));

    const blocked = (client: Client) =>
      one<boolean>(database.pool, `SELECT wait_event_type IS NOT DISTINCT FROM 'Lock' FROM pg_stat_activity WHERE pid = $1`, [
        pidOf(client),
      ]);

    /** Runs `work` on a second connection while a save of these texts for the first place stands at f. */
    async function against(company: string, domain: string, words: string[], work: (second: Client) => Promise<unknown>): Promise<void> {
      await withConnections(database, 3, async ([keeper, first, second]) => {
        await keeper?.query('SELECT pg_advisory_lock(42)');
        const items = words.map((word) => insight(word));
        const saving = saveInsights(first as Client, company, items, { domain_id: domain, now: at(2) });
        await untilBlocked(database, 1, [pidOf(first as Client)]);
        let done = false;
        const working = work(second as Client).finally(() => {
          done = true;
        });
        working.catch(() => undefined);
        await waitUntil('it waits, or is through', async () => done || (await blocked(second as Client)));
        await keeper?.query('SELECT pg_advisory_unlock(42)');
        expect(await saving).toMatchObject({ state: 'saved' });
        await working;
      });
    }

    // By their digests the texts come in the order a, f, x: the save holds a, stands at f, and has x before it.
    test.each([
      [
        ['a', 'f', 'x'],
        ['x', 'a'],
      ],
      [
        ['x', 'f', 'a'],
        ['a', 'x'],
      ],
    ])('two saves of new texts, %j and %j: neither deadlocks', async (first, second) => {
      const { company, a, b, look } = await both();
      await against(company, a, first, async (client) => {
        const items = second.map((word) => insight(word));
        expect(await saveInsights(client, company, items, { domain_id: b, now: at(2) })).toMatchObject({ state: 'saved' });
      });
      expect(await look(at(3))).toMatchObject({
        a: [true, expect.arrayContaining(['a', 'f', 'x'])],
        b: [true, expect.arrayContaining(['a', 'x'])],
      });
    });
  });
});

test.each(['afx', 'xfa'])(
  'presented while a save is in the middle of the same rows, with ids in the order %s: neither deadlocks',
  async (order) => {
    const company = await makeCompany(database.pool);
    const words = ['a', 'f', 'x'];
    const items = words.map((word) => insight(word));
    await saveInsights(database.pool, company, items);
    await database.query(
      `UPDATE evergreen.ai_generated_insights SET id = (repeat(strpos('${order}', content)::text, 8) || substr(id::text, 9))::uuid WHERE company_id = $1`,
      [company],
    );
    const ids = (await rowsOf(company)).map(({ id }) => id);
    await withConnections(database, 3, async ([keeper, backend, counter]) => {
      await keeper?.query('BEGIN');
      await keeper?.query(`SELECT FROM evergreen.ai_generated_insights WHERE company_id = $1 AND content = 'f' FOR NO KEY UPDATE`, [
        company,
      ]);
      const saving = saveInsights(backend as Client, company, items, { now: at(DAY) });
      await untilBlocked(database, 1, [pidOf(backend as Client)]);
      const presenting = call(counter as Client, 'mark_presented', { ids, content_type: 'insight' });
      await untilBlocked(database, 2);
      await keeper?.query('COMMIT');
      expect(await saving).toMatchObject({ state: 'saved' });
      await presenting;
    });
    expect(await rowsOf(company)).toMatchObject(words.map((content) => ({ content, times_presented: 1, generated_at: new Date(at(DAY)) })));
  },
);

test('keeps how often an insight was shown when it is said again', async () => {
  const company = await makeCompany(database.pool);
  const { content } = await saveInsights(database.pool, company, [insight('Again.')]);
  await call(database.pool, 'mark_presented', { ids: [content[0]?.id], content_type: 'insight' });
  const again = await saveInsights(database.pool, company, [insight('Again.')], { now: at(1) });
  expect(again.content[0]?.id).toBe(content[0]?.id);
  expect(await rowsOf(company)).toMatchObject([{ times_presented: 1, generated_at: new Date(at(1)) }]);
});

test('an invalidation that came while it was generated keeps the answer, but as no answer', async () => {
  const company = await makeCompany(database.pool);
  const { cache_key, context_hash } = await lookInsights(database.pool, company);
  const lease_token = await claim(database.pool, 'insight', cache_key, company);
  await call(database.pool, 'invalidate_content', { company_id: company, content_type: 'insight' });
  const args = {
    company_id: company,
    context_hash,
    domain_id: null,
    step_id: null,
    insights: JSON.stringify([insight('Late.')]),
    lease_token,
    ...RECEIPT,
    now: at(1),
  };
  expect(await row<Saved>(database.pool, 'save_insights', args)).toMatchObject({ state: 'saved_stale' });
  expect(await lookInsights(database.pool, company, { now: at(2) })).toMatchObject({
    freshness: 'expired',
    reason: 'marked_stale',
    content: null,
  });
  expect(await lookInsights(database.pool, company, { now: at(2), after_failure: true })).toMatchObject({
    content: [{ content: 'Late.' }],
  });
});

test('without the lease it is billed, not kept, and says so in a warning', async () => {
  const company = await makeCompany(database.pool);
  const { context_hash } = await lookInsights(database.pool, company);
  const args = {
    company_id: company,
    context_hash,
    domain_id: null,
    step_id: null,
    insights: JSON.stringify([insight('Late.')]),
    lease_token: randomUUID(),
    ...RECEIPT,
  };
  await withConnections(database, 1, async ([client]) => {
    const notices = await noticesOf(client as Client, async () => {
      expect(await row<Saved>(client as Client, 'save_insights', args)).toMatchObject({
        state: 'lease_lost',
        content: null,
        generated_at: null,
        cost: '0.00045',
      });
    });
    expect(notices).toEqual([{ code: 'VG004', message: expect.stringContaining(company) }]);
  });
  expect(await rowsOf(company)).toEqual([]);
  expect(await database.query('SELECT outcome FROM evergreen.ai_generation_logs WHERE company_id = $1', [company])).toEqual([
    { outcome: 'lease_lost' },
  ]);
});

describe('bad input', () => {
  let company: string;
  let args: Record<string, unknown>;
  beforeAll(async () => {
    company = await makeCompany(database.pool);
    const { cache_key, context_hash } = await lookInsights(database.pool, company);
    args = {
      company_id: company,
      context_hash,
      domain_id: null,
      step_id: null,
      insights: JSON.stringify([insight('Text.')]),
      lease_token: await claim(database.pool, 'insight', cache_key, company),
      ...RECEIPT,
    };
  });

  const nobody = randomUUID();
  test.each<[string, Record<string, unknown>, string, string]>([
    ['a company that is not there', { company_id: nobody }, 'VG002', nobody],
    ['NULL for the company', { company_id: null }, 'VG007', 'NULL'],
    ['a domain that is not there', { domain_id: nobody }, 'VG002', `domain ${nobody}`],
    ['a step that is not there', { step_id: nobody }, 'VG002', `step ${nobody}`],
    ['a context hash that is none', { context_hash: 'abc' }, 'VG007', "'abc'"],
    ['NULL for the context hash', { context_hash: null }, 'VG007', 'NULL'],
    ['a blank model', { model: ' ' }, 'VG007', 'model'],
    ['a blank provider', { provider: '' }, 'VG007', 'provider'],
    ['a prompt that is not there', { prompt_id: 'no_such_prompt' }, 'VG002', "'no_such_prompt'"],
    ['no lease', { lease_token: null }, 'VG007', 'lease'],
    ['NULL', { insights: null }, 'VG007', 'insights'],
    ['no insight', { insights: '[]' }, 'VG007', 'insights'],
    ['an object', { insights: '{"content": "x"}' }, 'VG007', 'insights'],
    ['an array of strings', { insights: '["x"]' }, 'VG007', 'number 1'],
    ['an insight without fields', { insights: '[{"content": "x"}, {}]' }, 'VG007', 'number 2'],
    ['a blank text', { insights: '[{"content": " \\n"}]' }, 'VG007', 'content'],
    ['no text', { insights: '[{"relevance_score": 0.7}]' }, 'VG007', 'relevance_score'],
    ['a text that is none', { insights: '[{"content": 7}]' }, 'VG007', 'content'],
    ['an author who is a string', { insights: '[{"content": "x", "author_profile": "Ada"}]' }, 'VG007', 'author_profile'],
    ['over 100 of them', { insights: JSON.stringify(Array.from({ length: 101 }, (_, n) => insight(`${n}`))) }, 'VG006', '101'],
    ['10 MB', { insights: JSON.stringify([insight('x'.repeat(10_000_000))]) }, 'VG006', 'bytes'],
  ])('%s', (_, wrong, code, message) => expectRefusal(database.pool, 'save_insights', { ...args, ...wrong }, code, message));

  test('leaves the lease to be used for what is right', async () => {
    expect(await row<Saved>(database.pool, 'save_insights', args)).toMatchObject({ state: 'saved' });
    expect(
      await one<number>(database.pool, 'SELECT count(*)::integer FROM evergreen.ai_generation_logs WHERE company_id = $1', [company]),
    ).toBe(1);
  });
});
