/** The short way to a hit: the same question in the same words is answered without reading the words, and as the long way would answer. */
import type { Client, QueryResultRow } from 'pg';
import { useDatabase } from '../../support/database.js';
import { type Arguments, at, call, one, value, withConnections } from '../core/calls.js';
import { ask, generate, json, makeCopy } from './asking.js';

const database = useDatabase({ host: true });
const on = () => database.pool;
const COMPANY = '00000000-0000-0000-0000-00000000000a';
const GONE = '00000000-0000-0000-0000-00000000000b';

beforeAll(async () => {
  await database.query(`INSERT INTO public.companies (id, name) VALUES ($1, 'Acme'), ($2, 'Gone')`, [COMPANY, GONE]);
  await call(on(), 'attach_host', { schema: 'public' });
});

/** What `work` gives after `before`, all of it undone. */
function undone<T>(before: string, work: (client: Client) => Promise<T>): Promise<T> {
  return withConnections(database, 1, async ([client]) => {
    if (!client) throw new Error('a connection');
    await client.query('BEGIN');
    await client.query(before);
    const result = await work(client as Client);
    await client.query('ROLLBACK');
    return result;
  });
}

const answered = async (client: Client, name: string, args: Arguments): Promise<QueryResultRow[] | string> => {
  await client.query('SAVEPOINT asked');
  try {
    return (await call(client, name, args)).map(({ seen, ...rest }) => rest);
  } catch (error) {
    await client.query('ROLLBACK TO asked');
    return (error as { code: string }).code;
  }
};
const WORDS_UNREADABLE = `CREATE OR REPLACE FUNCTION evergreen.read_json(p_name text, p_json text, p_max_bytes integer) RETURNS jsonb LANGUAGE plpgsql
  AS $$ BEGIN RAISE EXCEPTION 'the words were read'; END $$`;
const FORGET_WORDS = 'UPDATE evergreen.ai_answers SET asked = NULL';

/** Answers by the short way and by the long one, after `change`. */
async function bothWays(change: string, name: string, args: Arguments) {
  const short = await undone(change, (client) => answered(client, name, args));
  const long = await undone(`${change}; ALTER TABLE evergreen.ai_answers DISABLE TRIGGER touch_answer; ${FORGET_WORDS}`, (client) =>
    answered(client, name, args),
  );
  return { short, long };
}

const input = json(['milk', 'bread', 'nails']);
const asked = (args: Arguments = {}) => ({ content_type: 'cluster', input, model: 'metered', provider: 'test', now: at(), ...args });
let cluster: string;
let goals: Arguments;

beforeAll(async () => {
  cluster = (await generate(on(), input, [{ name: 'food' }], {}, { prompt_id: 'cluster_v1' })).id;
  goals = { content_type: 'cluster_goal', input: '{}', parent_id: cluster };
  await generate(on(), '{}', ['eat'], goals);
  await generate(on(), input, 'of Acme', { company_id: COMPANY });
  await generate(on(), input, 'of Gone', { company_id: GONE });
  await makeCopy(on(), 'copy', { max_age: '10 days' });
  await generate(on(), '"pen"', 'writes', { content_type: 'copy', prompt: 'Praise {{input}}', parameters: '{"seed": 1}', user_id: 'ann' });
});
const copy = { content_type: 'copy', input: '"pen"', prompt: 'Praise {{input}}', parameters: '{"seed": 1}', user_id: 'ann' };

test('the same words are answered unread, other words for the same question after reading', async () => {
  for (const args of [asked(), asked(goals), asked(copy), asked({ company_id: COMPANY })]) {
    const rows = await undone(WORDS_UNREADABLE, (client) => answered(client, 'lookup_answer', args));
    expect(rows).toMatchObject([{ freshness: 'fresh', reason: 'hit' }]);
    expect(await undone(WORDS_UNREADABLE, (client) => answered(client, 'find_answer', args))).toMatchObject([{ freshness: 'fresh' }]);
  }
  const { content_type, parent_id, ...rest } = asked() as Arguments;
  expect(await undone(WORDS_UNREADABLE, (client) => answered(client, 'find_cluster', rest))).toMatchObject([{ id: cluster }]);
  const { input: _, ...ofGoals } = rest;
  expect(
    await undone(WORDS_UNREADABLE, (client) => answered(client, 'find_cluster_goals', { ...ofGoals, cluster_id: cluster })),
  ).toMatchObject([{ result: ['eat'] }]);
  expect(await undone(WORDS_UNREADABLE, (client) => answered(client, 'lookup_answer', asked({ input: '["bread","milk","nails"]' })))).toBe(
    'P0001',
  );
  expect(await call(on(), 'hit_answer', asked({ input: '["bread","milk","nails"]' }))).toEqual([]);
  expect(await ask(on(), '["bread", "nails",  "milk"]')).toMatchObject({ freshness: 'fresh', id: cluster });
});

describe('it answers what the long way answers', () => {
  const hits: [string, string, Arguments][] = [
    ['lookup_answer', 'clusters', asked()],
    ['lookup_answer', 'goals', asked({ content_type: 'cluster_goal', input: '{}' })],
    ['lookup_answer', 'a company', asked({ company_id: COMPANY })],
    ['lookup_answer', 'a type of its own', asked(copy)],
    ['lookup_answer', 'parameters that are NULL', asked({ parameters: null })],
    ['find_answer', 'clusters', asked()],
    ['find_answer', 'a type of its own', asked(copy)],
  ];
  test.each(hits)('%s: %s', async (name, what, args) => {
    const { short, long } = await bothWays('SELECT', name, what === 'goals' ? { ...args, parent_id: cluster } : args);
    expect(short).toMatchObject([{ freshness: 'fresh', reason: 'hit' }]);
    expect(short).toEqual(long);
  });
  test.each(hits.filter(([name]) => name === 'lookup_answer'))('hit_answer, as %s: %s', async (_, what, args) => {
    const { content_type, input: text, ...rest } = what === 'goals' ? { ...args, parent_id: cluster } : args;
    const [found] = await call(on(), 'lookup_answer', { content_type, input: text, ...rest });
    const { content, generated_at, generation_model, generation_prompt_id } = found as QueryResultRow;
    const { id, input_hash, revision, result } = content;
    const hit = { id, input_hash, revision, generated_at, generation_model, generation_prompt_id, result };
    expect(await call(on(), 'hit_answer', { content_type, input: text, ...rest })).toEqual([hit]);
    const inputs = ['"unknown"', text, 'nonsense', null, text];
    expect(await call(on(), 'hit_answers', { content_type, inputs, ...rest })).toEqual([
      { ordinal: 2, ...hit },
      { ordinal: 5, ...hit },
    ]);
  });

  const activate = `SELECT evergreen.activate_prompt(evergreen.publish_prompt('cluster', 'Group anew: {{items}}'))`;
  const misses: [string, string, Arguments, unknown][] = [
    ['another prompt is active', activate, asked(), [{ freshness: 'expired', reason: 'context_changed' }]],
    ['no prompt is active', `UPDATE evergreen.ai_generation_prompts SET active = false`, asked(), 'VG002'],
    [
      'the shape has another version',
      `SELECT evergreen.set_content_policy('cluster', p_schema_version => 2)`,
      asked(),
      [{ freshness: 'expired', reason: 'schema_version' }],
    ],
    [
      'the policy allows a shorter time',
      `SELECT evergreen.set_content_policy('copy', p_max_age => '1 hour', p_stale_while_revalidate => '1 day')`,
      asked({ ...copy, now: at(3600) }),
      [{ freshness: 'stale', reason: 'expired' }],
    ],
    ['the policy allows fewer bytes', `SELECT evergreen.set_content_policy('cluster', p_max_bytes => 20)`, asked(), 'VG006'],
    ['it has aged', 'SELECT', asked({ now: at(86400 * 30) }), [{ freshness: 'stale', reason: 'expired' }]],
    [
      'its row says until when',
      `ALTER TABLE evergreen.ai_answers DISABLE TRIGGER touch_answer; UPDATE evergreen.ai_answers SET expires_at = '${at(5)}'`,
      asked({ now: at(5) }),
      [{ freshness: 'stale', reason: 'expired' }],
    ],
    [
      'it was invalidated',
      `SELECT evergreen.invalidate_answers('cluster', p_input => '${input}')`,
      asked({ now: at(1) }),
      [{ freshness: 'expired', reason: 'marked_stale' }],
    ],
    ['the company is gone', `DELETE FROM public.companies WHERE id = '${GONE}'`, asked({ company_id: GONE }), 'VG002'],
    ['another user asks', 'SELECT', asked({ ...copy, user_id: 'bob' }), [{ freshness: 'missing' }]],
    ['nobody asks', 'SELECT', asked({ ...copy, user_id: null }), [{ freshness: 'missing' }]],
    ['a company asks', 'SELECT', asked({ ...copy, company_id: COMPANY }), [{ freshness: 'missing' }]],
    ['another model is asked', 'SELECT', asked({ model: 'other' }), [{ freshness: 'expired' }]],
    ['another provider is asked', 'SELECT', asked({ provider: 'other' }), [{ freshness: 'expired' }]],
    ['other parameters are sent', 'SELECT', asked({ ...copy, parameters: '{"seed": 2}' }), [{ freshness: 'expired' }]],
    ['another prompt is given', 'SELECT', asked({ ...copy, prompt: 'Slate {{input}}' }), [{ freshness: 'expired' }]],
    ['another type is asked', 'SELECT', asked({ content_type: 'copy', prompt: 'Praise {{input}}' }), [{ freshness: 'missing' }]],
  ];
  test.each(misses)('not when %s', async (_, change, args, expected) => {
    const { short, long } = await bothWays(change, 'lookup_answer', args);
    if (typeof expected === 'string') expect(short).toBe(expected);
    else expect(short).toMatchObject(expected as object[]);
    expect(short).toEqual(long);
    const found = await bothWays(change, 'find_answer', args);
    expect(found.short).toEqual(found.long);
    expect(await undone(change, (client) => answered(client, 'hit_answer', args))).toEqual([]);
    const { input: text, ...rest } = args;
    expect(await undone(change, (client) => answered(client, 'hit_answers', { ...rest, inputs: [text] }))).toEqual([]);
  });

  test('goals of a cluster that has another result since are asked for anew', async () => {
    const change = `UPDATE evergreen.ai_answers SET result = '["other"]' WHERE id = '${cluster}'`;
    const { short, long } = await bothWays(change, 'lookup_answer', asked(goals));
    expect(short).not.toMatchObject([{ freshness: 'fresh' }]);
    expect(short).toEqual(long);
    expect(await undone(change, (client) => answered(client, 'hit_answer', asked(goals)))).toEqual([]);
    const { input: text, ...rest } = asked(goals) as Arguments;
    expect(await undone(change, (client) => answered(client, 'hit_answers', { ...rest, inputs: [text] }))).toEqual([]);
  });

  test('goals of a cluster whose uses are counted keep their short way', async () => {
    await call(on(), 'record_answer_uses', { ids: [cluster] });
    expect(await undone(WORDS_UNREADABLE, (client) => answered(client, 'lookup_answer', asked(goals)))).toMatchObject([
      { freshness: 'fresh' },
    ]);
  });
});

test('parts of a question never run into each other', async () => {
  const args = { content_type: 'copy', prompt: '{{input}}' };
  await generate(on(), '1', 'of a b', { ...args, model: `a' 'b`, user_id: 'c' });
  for (const other of [
    { model: 'a', user_id: `b' 'c` },
    { model: `a'`, user_id: `'b c` },
    { model: `a' 'b`, user_id: 'NULL' },
    { model: `a' 'b`, user_id: null },
  ]) {
    expect(await ask(on(), '1', { ...args, ...other })).toMatchObject({ content: null });
  }
});

test('an answer that is saved under the key of an earlier question has no short way to it', async () => {
  const parent = await generate(on(), ['parent'], 1);
  const goal = asked({ content_type: 'cluster_goal', input: '{}', parent_id: parent.id });
  const lookup = await ask(on(), '{}', goal);
  const token = await value(on(), 'claim_generation', {
    content_type: 'cluster_goal',
    cache_key: lookup.cache_key,
    holder: 't',
    now: at(),
  });
  expect(token).toBe('claimed');
  const lease = await one(on(), 'SELECT lease_token FROM evergreen.generation_leases WHERE cache_key = $1', [lookup.cache_key]);
  await database.query(`UPDATE evergreen.ai_answers SET result = '2' WHERE id = $1`, [parent.id]);
  const saved = await call(on(), 'save_answer', { ...goal, result: '"late"', lease_token: lease, input_hash: lookup.cache_key });
  expect(saved).toMatchObject([{ state: 'saved_stale' }]);
  await database.query('UPDATE evergreen.ai_answers SET invalidated_at = NULL WHERE id = $1', [saved[0]?.id]);
  expect(await ask(on(), '{}', goal)).toMatchObject({ freshness: 'expired', content: null });
});

test('a hit reads one row by one probe, however many there are', async () => {
  await database.query(`
    INSERT INTO evergreen.ai_answers (content_type, input_hash, variant_hash, subject_hash, asked, result)
    SELECT 'copy', 'h' || i, 'v', 's' || i, sha256(i::text::bytea), '1' FROM generate_series(1, 3000) AS i`);
  await database.query('ANALYZE evergreen.ai_answers');
  const plan = await withConnections(database, 1, async ([client]) => {
    const rows = await client?.query(
      `EXPLAIN SELECT * FROM evergreen.fresh_answer('copy', '"pen"', 'metered', 'test', 'Praise {{input}}', '{"seed": 1}', NULL, 'ann', NULL, NULL, now())`,
    );
    return rows?.rows.map((line) => Object.values(line)[0]).join('\n');
  });
  expect(plan).toMatch(/Index Scan using ai_answers_asked/);
  expect(plan).not.toMatch(/Seq Scan on ai_answers|Sort|Function Scan/);
});
