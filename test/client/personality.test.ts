import { BudgetExceeded, createEvergreen, type Evergreen, GenerationFailed, InvalidInput, NotFound, TooLarge } from '../../src/index.js';
import { createDatabase, type TestDatabase, useDatabase } from '../support/database.js';
import { Memory } from '../support/memory.js';
import { useSimulation } from '../support/provider.js';
import { waitUntil } from '../support/wait-until.js';

const database = useDatabase();
const simulation = useSimulation();
const posts = ['I like tea and old maps.', 'Yesterday I read all day.'];

let evergreen: Evergreen;
let user: string;
let serial = 0;

beforeAll(async () => {
  await database.query(`SELECT evergreen.register_model('openai', 'simulated-gpt-4.1-mini', 0.4, 1.6, 0.1)`);
});
beforeEach(() => {
  evergreen = createEvergreen({ pool: database.pool, openai: simulation.openai });
  serial += 1;
  user = `user ${serial}`;
});
afterEach(() => evergreen.close());

async function callsOf<T>(work: () => Promise<T>): Promise<[T, number]> {
  const before = simulation.calls;
  return [await work(), simulation.calls - before];
}
const age = (days: number) =>
  database.query(`UPDATE evergreen.personality_cache SET generated_at = generated_at - make_interval(days => $2) WHERE user_id = $1`, [
    user,
    days,
  ]);
const tune = (tuning: object) => database.query('SELECT evergreen.save_personality_tuning($1, $2)', [user, tuning]);

test('it is analysed once and then reused, for nothing, with or without posts', async () => {
  const [first, calls] = await callsOf(() => evergreen.personality(user, { posts }));
  expect(first).toMatchObject({
    outcome: 'generated',
    reason: 'no_content',
    model: 'simulated-gpt-4.1-mini',
    promptId: 'personality_v1',
    content: { userId: user, revision: 1, version: 1, tuning: {}, droppedTuning: {} },
  });
  expect(first.content.personality).toEqual(first.content.analysis);
  expect(first.content.analysis).toMatchObject({
    summary: expect.any(String),
    traits: expect.arrayContaining([expect.objectContaining({ name: 'openness' })]),
  });
  expect(first.cost).toBeGreaterThan(0);
  expect(simulation.received.at(-1)?.prompt).toContain('- I like tea and old maps.\n- Yesterday I read all day.');
  const [again, more] = await callsOf(() =>
    Promise.all([evergreen.personality(user, { posts: ['Something else'] }), evergreen.personality(user)]),
  );
  for (const each of again)
    expect(each).toMatchObject({ outcome: 'fresh', reason: 'hit', cost: 0, content: first.content, generatedAt: first.generatedAt });
  expect([calls, more]).toEqual([1, 0]);
});

test('adjustments are in the personality, not in the analysis, and survive a new one', async () => {
  const { content } = await evergreen.personality(user, { posts });
  await tune({ '/traits/openness/score': 3, '/summary': 'Mine' });
  const hit = await evergreen.personality(user);
  expect(hit.content).toMatchObject({
    analysis: content.analysis,
    tuning: { '/traits/openness/score': 3, '/summary': 'Mine' },
    personality: { summary: 'Mine' },
    revision: 2,
  });
  const next = await evergreen.personality(user, { posts: ['I have changed.'], refresh: true });
  expect(next).toMatchObject({
    outcome: 'generated',
    reason: 'refresh',
    content: { tuning: hit.content.tuning, personality: { summary: 'Mine' }, revision: 3 },
  });
  expect(next.content.analysis).not.toEqual(content.analysis);
});

test('a new analysis that says the same is no new revision', async () => {
  await evergreen.personality(user, { posts });
  await evergreen.personality(user, { posts, refresh: true });
  const third = await evergreen.personality(user, { posts, refresh: true });
  // The prompt of the second names the traits of the first; that of the third is the second's again.
  const fourth = await evergreen.personality(user, { posts, refresh: true });
  expect(fourth).toMatchObject({ outcome: 'generated', content: { revision: third.content.revision, analysis: third.content.analysis } });
  expect(fourth.generatedAt.getTime()).toBeGreaterThan(third.generatedAt.getTime());
});

test('after 7 days it is answered at once and refreshed behind, when there are posts', async () => {
  const { content } = await evergreen.personality(user, { posts });
  await age(7);
  const [without, none] = await callsOf(async () => {
    const answer = await evergreen.personality(user);
    await evergreen.close();
    return answer;
  });
  expect(without).toMatchObject({ outcome: 'stale', reason: 'no_posts', content });
  expect(none).toBe(0);
  evergreen = createEvergreen({ pool: database.pool, openai: simulation.openai });
  expect(await evergreen.personality(user, { posts: ['New'] })).toMatchObject({
    outcome: 'stale',
    reason: 'revalidating',
    content,
    cost: 0,
  });
  await evergreen.close();
  evergreen = createEvergreen({ pool: database.pool, openai: simulation.openai });
  expect(await evergreen.personality(user)).toMatchObject({ outcome: 'fresh', content: { revision: 2 } });
});

test('expired and without posts, what there is is shown and said to be so; with nothing there it is an error', async () => {
  const { content } = await evergreen.personality(user, { posts });
  await age(20);
  expect(await evergreen.personality(user, { posts: [' ', '\n'] })).toMatchObject({
    outcome: 'fallback',
    reason: 'no_posts',
    content,
    cost: 0,
  });
  await age(20);
  await expect(evergreen.personality(user)).rejects.toMatchObject({
    constructor: InvalidInput,
    message: expect.stringContaining('no posts to analyse'),
  });
  await expect(evergreen.personality('stranger')).rejects.toMatchObject({ constructor: InvalidInput, hint: 'Pass their posts.' });
});

test('refresh needs posts; when it fails, what there is is shown and the failure named', async () => {
  const { content } = await evergreen.personality(user, { posts });
  await expect(evergreen.personality(user, { refresh: true })).rejects.toThrow(InvalidInput);
  simulation.setBehaviour('server_error');
  expect(await evergreen.personality(user, { posts, refresh: true })).toMatchObject({
    outcome: 'fallback',
    reason: 'provider_error',
    content,
  });
  expect(await evergreen.personality(user)).toMatchObject({ outcome: 'fresh', content });
});

test('50 callers in two clients are one call of the model', async () => {
  simulation.setBehaviour('hang');
  const other = createEvergreen({ pool: database.pool, openai: simulation.openai });
  const before = simulation.calls;
  const waiting = Array.from({ length: 50 }, (_, index) =>
    (index % 2 ? other : evergreen).personality(user, { posts, refresh: index % 5 === 0 }),
  );
  await simulation.arrived(before + 1);
  simulation.release();
  const answers = await Promise.all(waiting);
  expect(answers.filter(({ outcome }) => outcome === 'generated')).toHaveLength(1);
  expect(new Set(answers.map(({ content }) => JSON.stringify(content))).size).toBe(1);
  expect(simulation.calls).toBe(before + 1);
  await other.close();
});

test('invalidated while it is generated: answered, and generated anew next time', async () => {
  simulation.setBehaviour(['hang', 'ok']);
  const before = simulation.calls;
  const first = evergreen.personality(user, { posts });
  await simulation.arrived(before + 1);
  await database.query('SELECT evergreen.invalidate_personality_cache($1)', [user]);
  simulation.release();
  expect(await first).toMatchObject({ outcome: 'generated', reason: 'invalidated_meanwhile' });
  expect(await evergreen.personality(user, { posts })).toMatchObject({ outcome: 'generated', reason: 'marked_stale' });
});

test('deleted while it is generated: answered to who asked, kept nowhere', async () => {
  simulation.setBehaviour(['hang', 'ok']);
  const before = simulation.calls;
  const first = evergreen.personality(user, { posts });
  await simulation.arrived(before + 1);
  await database.query('SELECT evergreen.delete_personality_cache($1)', [user]);
  simulation.release();
  expect(await first).toMatchObject({ outcome: 'generated', reason: 'lease_lost', content: { revision: null, version: null } });
  expect(await database.query('SELECT FROM evergreen.personality_cache WHERE user_id = $1', [user])).toEqual([]);
});

test('saved by the application while it is generated: the application’s is answered', async () => {
  simulation.setBehaviour(['hang', 'ok']);
  const before = simulation.calls;
  const first = evergreen.personality(user, { posts });
  await simulation.arrived(before + 1);
  await database.query(`SELECT evergreen.save_personality_cache($1, '{"own": true}')`, [user]);
  simulation.release();
  expect(await first).toMatchObject({ outcome: 'fresh', reason: 'lease_lost', content: { analysis: { own: true }, revision: 1 } });
});

test('the user’s budget pays, and so does the company’s', async () => {
  await database.query(`SELECT evergreen.set_budget('user', $1, 0.000001)`, [user]);
  await expect(evergreen.personality(user, { posts })).rejects.toThrow(BudgetExceeded);
  const companyId = '00000000-0000-4000-8000-000000000009';
  await evergreen.personality(`${user} b`, { posts, companyId });
  expect(
    await database.query('SELECT user_id, generation_type FROM evergreen.ai_generation_logs WHERE company_id = $1', [companyId]),
  ).toEqual([{ user_id: `${user} b`, generation_type: 'personality' }]);
});

test.each([['refuse'], ['truncate'], ['break_schema'], ['not_json']] as const)(
  '%s: nothing is saved, and the tokens are billed',
  async (behaviour) => {
    simulation.setBehaviour(behaviour);
    await expect(evergreen.personality(user, { posts })).rejects.toThrow(GenerationFailed);
    expect(await database.query('SELECT FROM evergreen.personality_cache WHERE user_id = $1', [user])).toEqual([]);
    expect(await database.query('SELECT success FROM evergreen.ai_generation_logs WHERE user_id = $1', [user])).toEqual([
      { success: false },
    ]);
  },
);

test.each<[string, string, object, new (...args: never[]) => Error]>([
  ['a blank user', ' ', { posts }, InvalidInput],
  ['a user id with a character that PostgreSQL has not', 'a\0b', { posts }, InvalidInput],
  ['half a surrogate pair in a user id', '\ud800', { posts }, InvalidInput],
  ['posts that are no texts', 'ada', { posts: [1] }, InvalidInput],
  ['posts that are no list', 'ada', { posts: 'one' }, InvalidInput],
  ['1,001 posts', 'ada', { posts: Array(1001).fill('x') }, TooLarge],
  ['posts of over 1 MB', 'ada', { posts: ['ü'.repeat(600_000)] }, TooLarge],
  ['a company that is no uuid', 'ada', { posts, companyId: 'acme' }, InvalidInput],
])('refuses %s before anything is asked', async (_, who, options, error) => {
  const before = simulation.calls;
  await expect(evergreen.personality(who, options)).rejects.toThrow(error);
  expect(simulation.calls).toBe(before);
});

test('a character that PostgreSQL has not is no reason to refuse a post', async () => {
  expect(await evergreen.personality(user, { posts: ['a\0b', '\ud800'] })).toMatchObject({ outcome: 'generated' });
});

test('users are told apart byte by byte: not even white space around an id makes it another one’s', async () => {
  const users = [user, ` ${user}`, `${user}\u00a0`];
  for (const each of users) {
    expect(await evergreen.personality(each, { posts: [`I am ${each}`] })).toMatchObject({
      outcome: 'generated',
      content: { userId: each },
    });
  }
  for (const each of users) expect(await evergreen.personality(each)).toMatchObject({ outcome: 'fresh', content: { userId: each } });
});

test('a user that the application does not have is not analysed', async () => {
  let hosted: TestDatabase | undefined;
  try {
    hosted = await createDatabase({ host: true });
    const client = createEvergreen({ pool: hosted.pool, openai: simulation.openai });
    const [, calls] = await callsOf(() => expect(client.personality('nobody', { posts })).rejects.toThrow(NotFound));
    expect(calls).toBe(0);
    await client.close();
  } finally {
    await hosted?.close();
  }
});

test('how callers were answered is counted', async () => {
  await evergreen.personality(user, { posts });
  await evergreen.personality(user);
  await evergreen.flush();
  await waitUntil('the counters have arrived', async () => {
    const [row] = await database.query<{ lookups: string }>(
      `SELECT sum(lookups) AS lookups FROM evergreen.cache_lookups_hourly WHERE content_type = 'personality' AND outcome = 'fresh'`,
    );
    return Number(row?.lookups) > 0;
  });
});

describe('which call follows which', () => {
  const stored = {
    content: { summary: 'kept' },
    tuning: {},
    dropped_tuning: {},
    revision: 4,
    version: 1,
    generated_at: new Date(),
    generation_model: 'm',
  };
  const found = (freshness: string, more: object = {}) => ({
    cache_key: 'ada',
    freshness,
    reason: 'expired',
    seen: '7:7:',
    context_hash: 'ada',
    ...more,
  });
  const cold = {
    lookup_personality: found('missing'),
    claim_generation: { state: 'claimed', lease_token: 'token', renew_after_ms: 60_000, max_completion_tokens: 500 },
    prepare_personality: { state: 'ready', prompt_id: 'personality_v1', prompt: 'Describe.' },
    save_personality: ({ analysis }: Record<string, unknown>) => ({
      ...stored,
      state: 'saved',
      content: analysis,
      cost: 0.25,
      revision: 5,
    }),
  };
  let client: Evergreen;
  const on = (scripts: object) => {
    const memory = new Memory({ ...cold, ...scripts });
    client = createEvergreen({ pool: memory.pool, openai: simulation.openai, databaseTimeoutMs: 20_000 });
    return memory;
  };
  afterEach(() => client.close());

  test('a hit is one call, which is not told the posts', async () => {
    const { content, ...more } = stored;
    const hit = { ...more, analysis: content, dropped_tuning: { '/x': 1 }, generated_at: new Date(0), generation_model: 'gpt' };
    const memory = on({ hit_personality: hit });
    expect(await client.personality('ada', { posts })).toEqual({
      outcome: 'fresh',
      reason: 'hit',
      generatedAt: new Date(0),
      model: 'gpt',
      promptId: null,
      cost: 0,
      content: {
        userId: 'ada',
        analysis: { summary: 'kept' },
        tuning: stored.tuning,
        droppedTuning: { '/x': 1 },
        personality: { summary: 'kept' },
        revision: stored.revision,
        version: stored.version,
      },
    });
    expect(memory.log.filter(({ name }) => name !== 'record_cache_lookups')).toEqual([
      { name: 'hit_personality', args: { user_id: 'ada' } },
    ]);
  });

  test('what is no hit is looked up, still without the posts', async () => {
    const memory = on({ lookup_personality: found('fresh', stored) });
    expect(await client.personality('ada', { posts })).toMatchObject({
      outcome: 'fresh',
      content: { userId: 'ada', analysis: { summary: 'kept' }, personality: { summary: 'kept' } },
    });
    expect(memory.log.filter(({ name }) => name !== 'record_cache_lookups')).toEqual([
      { name: 'hit_personality', args: { user_id: 'ada' } },
      {
        name: 'lookup_personality',
        args: { user_id: 'ada', has_posts: true, refresh: false, after_failure: false, revision: null, id: null },
      },
    ]);
  });

  test('who wants it analysed anew is given no hit', async () => {
    const memory = on({ hit_personality: { analysis: {}, generated_at: new Date(0) } });
    expect(await client.personality('ada', { posts, refresh: true })).toMatchObject({ outcome: 'generated' });
    expect(memory.argsOf('hit_personality')).toEqual([]);
  });

  test('a miss is looked up, claimed, prepared, saved', async () => {
    const memory = on({});
    expect(await client.personality('ada', { posts })).toMatchObject({ outcome: 'generated', cost: 0.25, content: { revision: 5 } });
    expect(memory.calls).toEqual(['lookup_personality', 'claim_generation', 'prepare_personality', 'save_personality']);
    expect(memory.argsOf('claim_generation')).toMatchObject([{ content_type: 'personality', cache_key: 'ada', user_id: 'ada' }]);
  });

  test('a refresh asks for it in its first lookup only', async () => {
    const memory = on({
      claim_generation: (_: object, call: number) => (call === 1 ? { state: 'fresh' } : cold.claim_generation),
      lookup_personality: (_: object, call: number) => (call === 1 ? found('expired') : found('fresh', stored)),
    });
    expect(await client.personality('ada', { posts, refresh: true })).toMatchObject({ outcome: 'fresh', reason: 'waited' });
    expect(memory.argsOf('lookup_personality').map(({ refresh }) => refresh)).toEqual([true, false]);
  });

  test('what is blocked is never claimed', async () => {
    const memory = on({ lookup_personality: found('stale', { ...stored, blocked: 'no_posts' }) });
    expect(await client.personality('ada')).toMatchObject({ outcome: 'stale', reason: 'no_posts' });
    expect(memory.calls).toEqual(['lookup_personality']);
  });

  test('without the database the posts go straight to the model; without posts it is said what is missing', async () => {
    const memory = on({});
    memory.mode = 'refuse';
    const answer = await client.personality('ada', { posts });
    expect(answer).toMatchObject({ outcome: 'uncached', reason: 'database_down', content: { userId: 'ada', revision: null, tuning: {} } });
    expect(answer.content.personality).toEqual(answer.content.analysis);
    expect(simulation.received.at(-1)?.prompt).toContain('- I like tea and old maps.');
    await expect(client.personality('eve')).rejects.toMatchObject({ hint: expect.stringContaining('`posts`') });
  });
});
