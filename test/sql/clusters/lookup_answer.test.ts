import { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, contents, expectRefusal, one, withConnections } from '../core/calls.js';
import { ask, generate, makeCopy } from './asking.js';

const database = useDatabase({ host: true });
const on = () => database.pool;
const DAY = 86400;
const COMPANY = '00000000-0000-0000-0000-00000000000a';
const OTHER = '00000000-0000-0000-0000-00000000000b';

beforeAll(async () => {
  await database.query(`INSERT INTO public.companies (id, name) VALUES ($1, 'Acme'), ($2, 'Other')`, [COMPANY, OTHER]);
});

describe('an answer that is there', () => {
  beforeAll(() => generate(on(), ['apples', 'pears'], [{ name: 'fruit' }]));

  test('is a hit, with id, result and where it comes from', async () => {
    const found = await ask(on(), ['pears', 'apples']);
    expect(found).toMatchObject({
      freshness: 'fresh',
      reason: 'hit',
      seen: null,
      generation_model: 'metered',
      content: { id: found.id, input_hash: found.cache_key, parent_id: null, revision: 1, generated_at: at(), result: [{ name: 'fruit' }] },
    });
  });

  test.each([
    [30 * DAY - 1, 'fresh', 'hit', true],
    [30 * DAY, 'stale', 'expired', true],
    [31 * DAY - 1, 'stale', 'expired', true],
    [31 * DAY, 'expired', 'expired', false],
  ])('%i seconds later is %s', async (seconds, freshness, reason, shown) => {
    const found = await ask(on(), ['apples', 'pears'], { now: at(seconds) });
    expect(found).toMatchObject({ freshness, reason });
    expect(found.content !== null).toBe(shown);
  });

  test('of another schema version, or invalidated, is generated anew, and shown until then only after a failure', async () => {
    await generate(on(), ['invalid'], [1]);
    await call(on(), 'invalidate_answers', { content_type: 'cluster', input: '["invalid"]', now: at(1) });
    expect(await ask(on(), ['invalid'], { now: at(2) })).toMatchObject({ freshness: 'expired', reason: 'marked_stale', content: null });
    expect(await ask(on(), ['invalid'], { now: at(2), after_failure: true })).toMatchObject({
      freshness: 'expired',
      content: { result: [1] },
    });

    await makeCopy(on(), 'versioned');
    const asked = { content_type: 'versioned', prompt: '{{input}}' };
    await generate(on(), 'null', 'old', asked);
    await call(on(), 'set_content_policy', { content_type: 'versioned', schema_version: 2 });
    expect(await ask(on(), 'null', asked)).toMatchObject({ freshness: 'expired', reason: 'schema_version', content: null });
    expect(await ask(on(), 'null', { ...asked, after_failure: true })).toMatchObject({ content: null });
  });
});

describe('when model or prompt change', () => {
  test('the old answer stays, is not a hit, and serves after a failure as long as stale_if_error says', async () => {
    const { id } = await generate(on(), ['kept'], [{ by: 'the old model' }]);
    expect(await ask(on(), ['kept'], { model: 'newer' })).toMatchObject({ freshness: 'expired', reason: 'context_changed', content: null });
    expect(await ask(on(), ['kept'], { model: 'newer', after_failure: true })).toMatchObject({ freshness: 'expired', content: { id } });
    expect(await ask(on(), ['kept'], { model: 'newer', after_failure: true, now: at(30 * DAY) })).toMatchObject({
      freshness: 'missing',
      content: null,
    });
    expect(await ask(on(), ['kept'], { prompt: 'Sort {{items}}', after_failure: true })).toMatchObject({ content: { id } });
  });

  test('of several the newest serves', async () => {
    await generate(on(), ['several'], 'first', { model: 'm1' });
    await generate(on(), ['several'], 'second', { model: 'm2', now: at(10) });
    await generate(on(), ['several'], 'third', { model: 'm3', now: at(5) });
    expect(await ask(on(), ['several'], { model: 'm4', after_failure: true, now: at(20) })).toMatchObject({
      content: { result: 'second' },
    });
  });
});

describe('owners', () => {
  test('an answer of one company or user is no answer for another, not even after a failure', async () => {
    await generate(on(), ['secret'], 'of Acme', { company_id: COMPANY });
    await generate(on(), ['secret'], 'of Ann', { user_id: 'ann' });
    for (const asker of [{}, { company_id: OTHER }, { user_id: 'bob' }, { company_id: COMPANY, user_id: 'ann' }]) {
      expect(await ask(on(), ['secret'], { ...asker, after_failure: true })).toMatchObject({ freshness: 'missing', content: null });
    }
    expect(await ask(on(), ['secret'], { company_id: COMPANY })).toMatchObject({ freshness: 'fresh', content: { result: 'of Acme' } });
    expect(await ask(on(), ['secret'], { user_id: 'ann' })).toMatchObject({ freshness: 'fresh', content: { result: 'of Ann' } });
  });

  test('users whose ids differ in their Unicode form only are two users', async () => {
    const [composed, decomposed] = ['jos\u00e9', 'jose\u0301'];
    await generate(on(), ['mine'], 'of the first', { user_id: composed });
    expect(await ask(on(), ['mine'], { user_id: decomposed })).toMatchObject({ freshness: 'missing', content: null });
    await generate(on(), ['mine'], 'of the second', { user_id: decomposed });
    expect(await ask(on(), ['mine'], { user_id: composed })).toMatchObject({ content: { result: 'of the first', revision: 1 } });
  });

  test('what is asked is read alike in a session with standard_conforming_strings off', () =>
    withConnections(database, 1, async ([client]) => {
      await generate(on(), ['boss', 'mass\\'], 'with escapes', { user_id: 'eve' });
      await client?.query('SET escape_string_warning = off; SET standard_conforming_strings = off');
      expect(await ask(client as Client, ['mass\\', ' boss'], { user_id: 'eve' })).toMatchObject({ content: { result: 'with escapes' } });
      expect(await ask(client as Client, ['bo', 'ma\\'], { user_id: 'eve' })).toMatchObject({ freshness: 'missing' });
    }));

  test('goals of a cluster that another company or user owns are refused', async () => {
    const { id } = await generate(on(), ['theirs'], [], { company_id: COMPANY, user_id: 'ann' });
    const goals = { content_type: 'cluster_goal', input: '{}', model: 'm', parent_id: id };
    for (const asker of [{}, { company_id: OTHER, user_id: 'ann' }, { company_id: COMPANY }, { company_id: COMPANY, user_id: 'bob' }]) {
      await expectRefusal(on(), 'lookup_answer', { ...goals, ...asker }, 'VG009', id);
      await expectRefusal(on(), 'prepare_answer', { ...goals, ...asker }, 'VG009', id);
    }
    await call(on(), 'lookup_answer', { ...goals, company_id: COMPANY, user_id: 'ann' });
  });

  test('forgetting a company or a user deletes their answers and verdicts, and no others', async () => {
    const { id } = await generate(on(), ['forget'], 1, { company_id: OTHER });
    await generate(on(), ['forget'], 2, { user_id: 'carl' });
    await generate(on(), ['forget'], 3);
    await call(on(), 'record_similarity_verdict', {
      content_type: 'cluster',
      input: '["x"]',
      answer_id: id,
      similarity: 0.9,
      method: 'trigram',
      agreed: true,
      company_id: OTHER,
    });
    await call(on(), 'forget_company', { company_id: OTHER });
    await call(on(), 'forget_user', { user_id: 'carl' });
    expect(await ask(on(), ['forget'], { company_id: OTHER })).toMatchObject({ freshness: 'missing' });
    expect(await ask(on(), ['forget'], { user_id: 'carl' })).toMatchObject({ freshness: 'missing' });
    expect(await ask(on(), ['forget'])).toMatchObject({ content: { result: 3 } });
    expect(await one(on(), 'SELECT count(*)::integer FROM evergreen.similarity_verdicts WHERE company_id = $1', [OTHER])).toBe(0);
  });
});

describe('what a lookup costs', () => {
  test('a hit is one index scan of the answers, without sort or seq scan, and writes nothing', async () => {
    await generate(on(), ['probe'], { clusters: [] });
    await database.query('ANALYZE evergreen.ai_answers');
    const before = await contents(on());
    const client = new Client({ connectionString: database.superuserUrl });
    await client.connect();
    const plans: string[] = [];
    client.on('notice', ({ message }) => message?.includes('Query Text') && plans.push(message));
    try {
      await client.query(`LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on;
        SET auto_explain.log_level = 'notice'; SET client_min_messages = 'notice'; SET enable_seqscan = off; SET default_transaction_read_only = on`);
      await call(client, 'lookup_answer', { content_type: 'cluster', input: '["probe"]', model: 'metered', provider: 'test', now: at() });
    } finally {
      await client.end();
    }
    const ofAnswers = plans.filter((plan) => plan.includes(' on ai_answers'));
    expect(ofAnswers).toHaveLength(1);
    expect(ofAnswers[0]).toMatch(/Index Scan using ai_answers_asked on ai_answers/);
    expect(ofAnswers[0]).not.toMatch(/Sort/);
    for (const plan of plans) expect(plan).not.toMatch(/Seq Scan/);
    expect(await contents(on())).toEqual(before);
  });
});

describe('for people', () => {
  test('find_cluster finds by items alone, whatever model was asked, and find_cluster_goals its goals', async () => {
    const { id } = await generate(on(), ['found'], 'old');
    const { id: newer } = await generate(on(), ['found'], 'new', { model: 'm2', now: at(60) });
    expect(await call(on(), 'find_cluster', { input: '[" found "]', now: at(60) })).toMatchObject([
      { id: newer, result: 'new', freshness: 'fresh', reason: 'hit' },
    ]);
    expect(await call(on(), 'find_cluster', { input: '["found"]', model: 'metered', provider: 'test', now: at(60) })).toMatchObject([
      { id, result: 'old' },
    ]);
    expect(await call(on(), 'find_cluster', { input: '["lost"]' })).toEqual([]);
    await generate(on(), {}, ['a goal'], { content_type: 'cluster_goal', parent_id: id });
    expect(await call(on(), 'find_cluster_goals', { cluster_id: id, now: at(31 * DAY) })).toMatchObject([
      { result: ['a goal'], freshness: 'expired', reason: 'expired' },
    ]);
    expect(await call(on(), 'find_cluster_goals', { cluster_id: newer })).toEqual([]);
  });
});
