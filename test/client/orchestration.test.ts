import { getEventListeners } from 'node:events';
import { createEvergreen, type Evergreen, type EvergreenOptions } from '../../src/index.js';
import { Memory, type Script } from '../support/memory.js';
import { useSimulation } from '../support/provider.js';
import { waitUntil } from '../support/wait-until.js';

const companyId = '00000000-0000-0000-0000-000000000001';
const GENERATED_AT = new Date('2026-01-02T03:04:05.678Z');
const earlier = [
  {
    id: 'e',
    step_id: null,
    status: 'stale',
    match: 'stale',
    revision: 1,
    generated_at: '2026-01-01T00:00:00.000Z',
    content: { title: 'Earlier' },
  },
];

const found = (freshness: string, more: object = {}) => ({
  cache_key: 'key',
  freshness,
  reason: freshness === 'fresh' ? 'hit' : 'no_content',
  seen: '7:7:',
  context_hash: 'hash',
  ...(freshness === 'missing' || freshness === 'expired'
    ? {}
    : { content: earlier, generated_at: GENERATED_AT, generation_model: 'gpt', generation_prompt_id: 'recommendation_v1' }),
  ...more,
});
const claimed = { state: 'claimed', lease_token: 'token', renew_after_ms: 60_000, max_completion_tokens: 500 };
const saved = ({ recommendations }: Record<string, unknown>) => ({
  state: 'saved',
  content: (recommendations as object[]).map((content, index) => ({ id: `new${index}`, content })),
  generated_at: GENERATED_AT,
  cost: 0.25,
});
const failed = { state: 'failed', retry_after_ms: 5_000, cost: 0.01 };
/** Everything goes well, and there is nothing at first. */
const cold: Record<string, Script> = {
  lookup_recommendations: found('missing'),
  claim_generation: claimed,
  prepare_recommendations: { state: 'ready', prompt_id: 'recommendation_v1', prompt: 'Recommend 3 next steps for Acme.' },
  save_recommendations: saved,
  fail_generation: failed,
};
/** As cold, with something to show after a failure. */
const withFallback: Record<string, Script> = {
  ...cold,
  lookup_recommendations: ({ after_failure }: Record<string, unknown>) =>
    after_failure ? found('expired', { content: earlier, generated_at: GENERATED_AT, generation_model: 'gpt' }) : found('missing'),
};

const simulation = useSimulation();
const clients: Evergreen[] = [];
const logged: string[] = [];
const logger = {
  warn: (_: object, message: string) => void logged.push(message),
  error: (_: object, message: string) => void logged.push(message),
};

function client(memory: Memory, options: Partial<EvergreenOptions> = {}): Evergreen {
  const made = createEvergreen({ pool: memory.pool, openai: simulation.openai, databaseTimeoutMs: 20_000, logger, ...options });
  clients.push(made);
  return made;
}

beforeEach(() => {
  logged.length = 0;
});
afterEach(async () => {
  simulation.release();
  await Promise.all(clients.splice(0).map((each) => each.close()));
});

describe('which call follows which', () => {
  const written = { generated_at: GENERATED_AT, generation_model: 'gpt', generation_prompt_id: 'recommendation_v1' };

  test('a hit is one call', async () => {
    const rows = [1, 2].map((n) => ({
      id: `id${n}`,
      step_id: null,
      status: 'fresh',
      revision: n,
      ...written,
      content: { title: `Title ${n}` },
    }));
    rows[1] = { ...(rows[1] as (typeof rows)[0]), generated_at: new Date(GENERATED_AT.getTime() + 1), generation_model: 'newer' };
    const memory = new Memory({ ...cold, hit_recommendations: rows });
    const answer = await client(memory).recommendations({ companyId, limit: 2 });
    expect(answer).toEqual({
      content: [
        {
          id: 'id1',
          step_id: null,
          status: 'fresh',
          match: 'current',
          revision: 1,
          generated_at: '2026-01-02T03:04:05.678Z',
          content: { title: 'Title 1' },
        },
        {
          id: 'id2',
          step_id: null,
          status: 'fresh',
          match: 'current',
          revision: 2,
          generated_at: '2026-01-02T03:04:05.679Z',
          content: { title: 'Title 2' },
        },
      ],
      outcome: 'fresh',
      reason: 'hit',
      generatedAt: new Date('2026-01-02T03:04:05.679Z'),
      model: 'newer',
      promptId: 'recommendation_v1',
      cost: 0,
    });
    expect(memory.log).toEqual([{ name: 'hit_recommendations', args: { company_id: companyId, limit: 2 } }]);
  });

  test('a hit of insights, and of a health summary', async () => {
    const author = { name: 'Ada', company: 'Acme', role: 'CEO' };
    const memory = new Memory({
      hit_insights: { id: 'i', domain_id: 'd', step_id: null, relevance_score: 0.7, ...written, author_profile: author, content: 'Ship.' },
      hit_health_summary: { id: 'h', revision: 3, ...written, content: { headline: 'Well' } },
    });
    const evergreen = client(memory);
    const common = { outcome: 'fresh', reason: 'hit', generatedAt: GENERATED_AT, model: 'gpt', promptId: 'recommendation_v1', cost: 0 };
    expect(await evergreen.insights({ companyId })).toEqual({
      ...common,
      content: [
        {
          id: 'i',
          domain_id: 'd',
          step_id: null,
          content: 'Ship.',
          author_profile: author,
          relevance_score: 0.7,
          generated_at: '2026-01-02T03:04:05.678Z',
        },
      ],
    });
    expect(await evergreen.healthSummary({ companyId })).toEqual({
      ...common,
      content: { id: 'h', match: 'current', revision: 3, generated_at: '2026-01-02T03:04:05.678Z', content: { headline: 'Well' } },
    });
    expect(memory.calls).toEqual(['hit_insights', 'hit_health_summary']);
  });

  test('what is no hit is looked up, which may find it fresh all the same', async () => {
    const memory = new Memory({ ...cold, lookup_recommendations: found('fresh') });
    const answer = await client(memory).recommendations({ companyId });
    expect(answer).toEqual({
      content: earlier,
      outcome: 'fresh',
      reason: 'hit',
      generatedAt: GENERATED_AT,
      model: 'gpt',
      promptId: 'recommendation_v1',
      cost: 0,
    });
    expect(memory.log.map(({ name }) => name)).toEqual(['hit_recommendations', 'lookup_recommendations']);
  });

  test('where hits are asked in vain they are asked ever less often, until there is one or a hash can be put at hand', async () => {
    const memory = new Memory({ ...cold, lookup_recommendations: found('fresh', { refresh_context: false }) });
    const evergreen = client(memory);
    const tries = async (calls: number) => {
      const before = memory.argsOf('hit_recommendations').length;
      for (let call = 0; call < calls; call += 1) await evergreen.recommendations({ companyId });
      return memory.argsOf('hit_recommendations').length - before;
    };
    expect([await tries(1), await tries(2), await tries(1), await tries(4), await tries(1)]).toEqual([1, 0, 1, 0, 1]);
    // By now after 8, 16, ... 128, and 256 each.
    expect(await tries(8 + 1 + 16 + 1 + 32 + 1 + 64 + 1 + 128 + 1 + 256 + 1 + 256 + 1)).toBe(7);
    expect(memory.argsOf('lookup_recommendations')).toHaveLength(9 + 767);

    const content = { title: 'Title' };
    const row = { id: 'id', step_id: null, status: 'fresh', revision: 1, ...written, content };
    memory.script({ hit_recommendations: [row, row, row] });
    expect([await tries(256), await tries(3)]).toEqual([0, 3]);
    memory.script({ hit_recommendations: null });
    expect([await tries(1), await tries(1)]).toEqual([1, 0]);
    memory.script({ lookup_recommendations: found('fresh', { refresh_context: true }) });
    expect([await tries(1), await tries(3)]).toEqual([0, 3]);
  });

  test('callers who ask the same at the same time share a hit, each with content of their own; who asks later is told anew', async () => {
    const memory = new Memory({
      hit_health_summary: (_: unknown, call: number) => ({
        id: 'h',
        revision: 3,
        ...written,
        content: { headline: call === 1 ? 'Well' : `${call}` },
      }),
    });
    const evergreen = client(memory);
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => evergreen.healthSummary({ companyId })));
    expect(memory.calls).toEqual(['hit_health_summary']);
    if (one) one.content.content.headline = 'Changed';
    expect(two?.content.content.headline).toBe('Well');
    expect(three?.content).not.toBe(two?.content);
    const first = evergreen.healthSummary({ companyId });
    await new Promise(setImmediate);
    await Promise.all([first, evergreen.healthSummary({ companyId })]);
    expect(memory.calls).toHaveLength(3);
    const later = await Promise.all([1, 2].map(() => evergreen.healthSummary({ companyId })));
    expect(later.map(({ content }) => content.content.headline)).toEqual(['4', '4']);
  });

  test('callers who ask the same at the same time share the lookup too when there is no hit', async () => {
    const memory = new Memory({ ...cold, lookup_recommendations: found('fresh') });
    const evergreen = client(memory);
    await Promise.all(Array.from({ length: 5 }, () => evergreen.recommendations({ companyId })));
    expect(memory.log.map(({ name }) => name)).toEqual(['hit_recommendations', 'lookup_recommendations']);
  });

  test('what was looked up again is not asked for as a hit', async () => {
    const memory = new Memory({
      ...cold,
      claim_generation: { state: 'fresh' },
      lookup_recommendations: (_: unknown, call: number) => found(call === 1 ? 'missing' : 'fresh'),
    });
    expect(await client(memory).recommendations({ companyId })).toMatchObject({ outcome: 'fresh', reason: 'waited' });
    expect(memory.log.map(({ name }) => name)).toEqual([
      'hit_recommendations',
      'lookup_recommendations',
      'claim_generation',
      'lookup_recommendations',
    ]);
  });

  test('a miss: look up, claim, prepare, model, save', async () => {
    const memory = new Memory(cold);
    const before = simulation.calls;
    const answer = await client(memory, { provider: 'local', model: 'm', holder: 'me' }).recommendations({
      companyId,
      limit: 2,
      userId: 'u',
    });
    expect(answer).toMatchObject({
      outcome: 'generated',
      reason: 'no_content',
      generatedAt: GENERATED_AT,
      model: 'simulated-m',
      promptId: 'recommendation_v1',
      cost: 0.25,
    });
    expect(answer.content.map((each) => each.id)).toEqual(['new0', 'new1']);
    expect(memory.calls).toEqual(['lookup_recommendations', 'claim_generation', 'prepare_recommendations', 'save_recommendations']);
    expect(simulation.calls).toBe(before + 1);
    expect(memory.argsOf('claim_generation')).toEqual([
      {
        content_type: 'recommendation',
        cache_key: 'key',
        holder: 'me',
        seen: '7:7:',
        company_id: companyId,
        user_id: 'u',
        provider: 'local',
        model: 'm',
      },
    ]);
    expect(memory.argsOf('save_recommendations')).toMatchObject([
      {
        company_id: companyId,
        context_hash: 'hash',
        lease_token: 'token',
        provider: 'local',
        model: 'simulated-m',
        prompt_id: 'recommendation_v1',
        prompt_tokens: 8,
        request_id: expect.stringMatching(/^req-simulated-/),
      },
    ]);
  });

  test('the price is not known: the cost is null, not 0', async () => {
    const memory = new Memory({ ...cold, save_recommendations: (args: Record<string, unknown>) => ({ ...saved(args), cost: null }) });
    expect((await client(memory).recommendations({ companyId })).cost).toBeNull();
  });

  test('somebody saved since the lookup: look up again', async () => {
    const memory = new Memory({
      ...cold,
      lookup_recommendations: (_: unknown, call: number) => found(call === 1 ? 'missing' : 'fresh'),
      claim_generation: { state: 'fresh' },
    });
    expect(await client(memory).recommendations({ companyId })).toMatchObject({ outcome: 'fresh', reason: 'waited', cost: 0 });
    expect(memory.calls).toEqual(['lookup_recommendations', 'claim_generation', 'lookup_recommendations']);
  });

  test('busy: wait, claim again with what was seen, and look up when it is saved', async () => {
    const memory = new Memory({
      ...cold,
      lookup_recommendations: (_: unknown, call: number) => found(call === 1 ? 'missing' : 'fresh'),
      claim_generation: (_: unknown, call: number) => (call < 3 ? { state: 'busy', retry_after_ms: 60_000 } : { state: 'fresh' }),
    });
    expect(await client(memory).recommendations({ companyId })).toMatchObject({ outcome: 'fresh', reason: 'waited' });
    expect(memory.calls.filter((name) => name !== 'lookup_recommendations')).toEqual([
      'claim_generation',
      'claim_generation',
      'claim_generation',
    ]);
    expect(new Set(memory.argsOf('claim_generation').map((args) => args.seen))).toEqual(new Set(['7:7:']));
  });

  test('busy until the holder fails or its lease runs out: take over', async () => {
    const memory = new Memory({
      ...cold,
      claim_generation: (_: unknown, call: number) => (call < 3 ? { state: 'busy', retry_after_ms: 10 } : claimed),
    });
    expect(await client(memory).recommendations({ companyId })).toMatchObject({ outcome: 'generated' });
  });

  test('the context moved: give the lease back and start over, but not for ever', async () => {
    const moved = (_: unknown, call: number) => (call < 3 ? { state: 'context_moved' } : { state: 'ready', prompt_id: 'p', prompt: 'x' });
    const memory = new Memory({ ...cold, prepare_recommendations: moved });
    expect(await client(memory).recommendations({ companyId })).toMatchObject({ outcome: 'generated' });
    expect(memory.calls).toEqual([
      ...['lookup_recommendations', 'claim_generation', 'prepare_recommendations', 'release_lease'],
      ...['lookup_recommendations', 'claim_generation', 'prepare_recommendations', 'release_lease'],
      ...['lookup_recommendations', 'claim_generation', 'prepare_recommendations', 'save_recommendations'],
    ]);

    const restless = new Memory({ ...withFallback, prepare_recommendations: { state: 'context_moved' } });
    expect(await client(restless).recommendations({ companyId })).toMatchObject({ outcome: 'fallback', reason: 'context_changed' });
    expect(restless.argsOf('release_lease')).toHaveLength(5);
    const empty = new Memory({ ...cold, prepare_recommendations: { state: 'context_moved' } });
    await expect(client(empty).recommendations({ companyId })).rejects.toMatchObject({
      name: 'GenerationFailed',
      reason: 'context_changed',
    });
  });

  test('an invalidation came meanwhile: the answer is given, and says so', async () => {
    const memory = new Memory({
      ...cold,
      save_recommendations: (args: Record<string, unknown>) => ({ ...saved(args), state: 'saved_stale' }),
    });
    expect(await client(memory).recommendations({ companyId })).toMatchObject({ outcome: 'generated', reason: 'invalidated_meanwhile' });
  });

  test('the lease was lost: newer content when there is some, else the own answer', async () => {
    const lost = { state: 'lease_lost', cost: 0.5 };
    const newer = new Memory({
      ...cold,
      lookup_recommendations: (_: unknown, call: number) => found(call === 1 ? 'missing' : 'fresh'),
      save_recommendations: lost,
    });
    expect(await client(newer).recommendations({ companyId })).toMatchObject({
      content: earlier,
      outcome: 'fresh',
      reason: 'lease_lost',
      cost: 0.5,
    });
    const alone = new Memory({ ...cold, save_recommendations: lost });
    const answer = await client(alone).recommendations({ companyId, limit: 2 });
    expect(answer).toMatchObject({ outcome: 'generated', reason: 'lease_lost', cost: 0.5, promptId: 'recommendation_v1' });
    expect(answer.content).toHaveLength(2);
    expect(answer.content[0]).toMatchObject({
      id: null,
      status: null,
      match: 'unsaved',
      revision: null,
      content: { title: expect.any(String) },
    });
  });

  test('the lease is renewed while the model writes; one that was lost is not renewed again, and is left to the save', async () => {
    const renewals = (token: string) => memory.argsOf('renew_lease').filter((args) => args.lease_token === token).length;
    const memory = new Memory({
      ...cold,
      lookup_recommendations: ({ company_id }: Record<string, unknown>) => found('missing', { cache_key: company_id }),
      claim_generation: ({ cache_key }: Record<string, unknown>) => ({ ...claimed, lease_token: cache_key, renew_after_ms: 10 }),
      renew_lease: ({ lease_token }: Record<string, unknown>) => {
        if (lease_token === companyId) throw Object.assign(new Error('the lease has passed to another'), { code: 'VG004' });
        return new Date();
      },
    });
    simulation.setBehaviour('hang');
    const before = simulation.calls;
    const evergreen = client(memory);
    const other = companyId.replace('1', '2');
    const answers = Promise.all([evergreen.recommendations({ companyId }), evergreen.recommendations({ companyId: other })]);
    await simulation.arrived(before + 2);
    await waitUntil('the other lease is renewed again and again', () => renewals(companyId) === 1 && renewals(other) >= 8);
    expect(renewals(companyId)).toBe(1);
    simulation.release();
    expect(await answers).toMatchObject([{ outcome: 'generated' }, { outcome: 'generated' }]);
  });

  test('a renewal that the database does not answer is waited for before the next is sent', async () => {
    const memory = new Memory({ ...cold, claim_generation: { ...claimed, renew_after_ms: 10 } });
    simulation.setBehaviour('hang');
    const before = simulation.calls;
    const answer = client(memory, { databaseTimeoutMs: 300 }).recommendations({ companyId });
    await simulation.arrived(before + 1);
    memory.mode = 'hang';
    const connect = jest.spyOn(memory.pool, 'connect');
    await waitUntil('the renewal is given up', () => logged.includes('a lease could not be renewed'));
    memory.mode = 'serve';
    // The second, where the first was given up before this looked.
    expect(connect.mock.calls.length).toBeLessThanOrEqual(2);
    simulation.release();
    expect((await answer).outcome).toBe('generated');
  });
});

describe('stale content', () => {
  test('is answered while the model is slow, and refreshed once', async () => {
    const memory = new Memory({ ...cold, lookup_recommendations: found('stale') });
    simulation.setBehaviour('hang');
    const before = simulation.calls;
    const evergreen = client(memory);
    expect(await evergreen.recommendations({ companyId })).toMatchObject({
      content: earlier,
      outcome: 'stale',
      reason: 'revalidating',
      cost: 0,
    });
    await simulation.arrived(before + 1);
    expect((await evergreen.recommendations({ companyId })).outcome).toBe('stale');
    simulation.release();
    await evergreen.close();
    expect(memory.argsOf('claim_generation')).toHaveLength(1);
    expect(memory.argsOf('save_recommendations')).toHaveLength(1);
    expect(simulation.calls).toBe(before + 1);
  });

  test.each([
    ['is refreshed by another process', { state: 'busy', retry_after_ms: 60_000 }],
    ['failed a moment ago', { state: 'backing_off', retry_after_ms: 60_000 }],
    ['is over budget', { state: 'over_budget', retry_after_ms: 60_000 }],
  ])('that %s is left alone for a while', async (_, claim) => {
    const memory = new Memory({ ...cold, lookup_recommendations: found('stale'), claim_generation: claim });
    const evergreen = client(memory);
    for (let i = 0; i < 20; i += 1) expect((await evergreen.recommendations({ companyId })).outcome).toBe('stale');
    await evergreen.close();
    expect(memory.argsOf('claim_generation')).toHaveLength(1);
  });

  test('whose refresh fails is answered all the same, and the failure is logged', async () => {
    const memory = new Memory({ ...cold, lookup_recommendations: found('stale') });
    simulation.setBehaviour('refuse');
    const evergreen = client(memory);
    expect((await evergreen.recommendations({ companyId })).outcome).toBe('stale');
    await evergreen.close();
    expect(memory.argsOf('fail_generation')).toMatchObject([{ error_code: 'refused' }]);
    expect(logged).toContain('a background refresh failed: refused');
  });
});

describe('failures', () => {
  test.each([
    ['refuse', 'refused'],
    ['truncate', 'truncated'],
    ['break_schema', 'invalid'],
    ['not_json', 'invalid'],
    ['server_error', 'provider_error'],
    ['hang', 'timeout'],
  ] as const)('%s: %s is told with its tokens, then earlier content is shown', async (behaviour, code) => {
    const memory = new Memory(withFallback);
    simulation.setBehaviour(behaviour);
    const answer = await client(memory, { generationTimeoutMs: behaviour === 'hang' ? 100 : 60_000 }).recommendations({ companyId });
    expect(answer).toMatchObject({ content: earlier, outcome: 'fallback', reason: code, cost: 0.01, generatedAt: GENERATED_AT });
    expect(memory.calls).toEqual([
      'lookup_recommendations',
      'claim_generation',
      'prepare_recommendations',
      'fail_generation',
      'lookup_recommendations',
    ]);
    expect(memory.argsOf('lookup_recommendations').map((args) => args.after_failure)).toEqual([false, true]);
    const spent = !['server_error', 'hang'].includes(behaviour);
    expect(memory.argsOf('fail_generation')).toMatchObject([
      { lease_token: 'token', error_code: code, prompt_id: 'recommendation_v1', prompt_tokens: spent ? 8 : null, company_id: companyId },
    ]);
  });

  test('nothing to show: the error carries the provider’s own', async () => {
    simulation.setBehaviour('rate_limit');
    const error = await client(new Memory(cold))
      .recommendations({ companyId })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'GenerationFailed',
      code: 'GENERATION_FAILED',
      reason: 'provider_error',
      status: 429,
      attempts: 1,
      hint: 'Try again in 5 s.',
      retryAfterMs: 5000,
    });
    expect((error as Error).cause).toMatchObject({ status: 429 });
  });

  test('handed over to those who wait: the caller waits with them', async () => {
    const memory = new Memory({
      ...cold,
      lookup_recommendations: ({ after_failure }: Record<string, unknown>, call: number) =>
        found(after_failure || call < 4 ? 'missing' : 'fresh'),
      claim_generation: (_: unknown, call: number) => (call === 1 ? claimed : { state: 'fresh' }),
      fail_generation: { state: 'failed', retry_after_ms: 0, cost: 0.01 },
    });
    simulation.setBehaviour('server_error');
    expect(await client(memory).recommendations({ companyId })).toMatchObject({ outcome: 'fresh', reason: 'waited', cost: 0.01 });
  });

  test('backing off: earlier content, or an error that says for how long; the model is not asked', async () => {
    const claim_generation = { state: 'backing_off', retry_after_ms: 4_200, reason: 'refused: no' };
    const before = simulation.calls;
    expect(await client(new Memory({ ...withFallback, claim_generation })).recommendations({ companyId })).toMatchObject({
      outcome: 'fallback',
      reason: 'backing_off',
      cost: 0,
    });
    await expect(client(new Memory({ ...cold, claim_generation })).recommendations({ companyId })).rejects.toMatchObject({
      name: 'GenerationFailed',
      reason: 'backing_off',
      message: expect.stringContaining('refused: no'),
      hint: 'Try again in 5 s.',
    });
    expect(simulation.calls).toBe(before);
  });

  test('over budget: earlier content, or an error that names the budget; the model is not asked', async () => {
    const claim_generation = { state: 'over_budget', retry_after_ms: 3_600_000, reason: 'the budget of company x is used up' };
    const before = simulation.calls;
    expect(await client(new Memory({ ...withFallback, claim_generation })).recommendations({ companyId })).toMatchObject({
      outcome: 'fallback',
      reason: 'over_budget',
    });
    await expect(client(new Memory({ ...cold, claim_generation })).recommendations({ companyId })).rejects.toMatchObject({
      name: 'BudgetExceeded',
      code: 'VG005',
      message: 'the budget of company x is used up',
    });
    expect(simulation.calls).toBe(before);
  });

  test.each(['VG006', 'VG007', 'VG002'])(
    'an answer that the database refuses (%s) is a failed one: its tokens are logged',
    async (code) => {
      const memory = new Memory({
        ...withFallback,
        save_recommendations: () => {
          throw Object.assign(new Error('number 1 has too many bytes'), { code });
        },
      });
      expect(await client(memory).recommendations({ companyId })).toMatchObject({ outcome: 'fallback', reason: 'invalid' });
      expect(memory.argsOf('fail_generation')).toMatchObject([
        { error_code: 'invalid', error_message: 'number 1 has too many bytes', prompt_tokens: 8 },
      ]);
    },
  );

  test('mistakes of the caller and of the installation are thrown as such, and nothing is generated', async () => {
    const throwing = (code: string, message: string) => () => {
      throw Object.assign(new Error(message), { code });
    };
    const before = simulation.calls;
    const cases: [string, string, object][] = [
      ['VG002', 'there is no company x', { name: 'NotFound' }],
      ['VG007', 'p_limit must be at least 1', { name: 'InvalidInput' }],
      ['22P02', 'invalid input syntax for type uuid: "x"', { name: 'InvalidInput', code: 'VG007' }],
      ['42501', 'permission denied for schema evergreen', { code: 'PERMISSION_DENIED', hint: expect.stringContaining('grant_app') }],
      [
        '42883',
        'function evergreen.lookup_recommendations(uuid) does not exist',
        { name: 'NotMigrated', hint: expect.stringContaining('migrate') },
      ],
      ['28P01', 'password authentication failed for user "x"', { name: 'DatabaseUnavailable' }],
    ];
    for (const [code, message, expected] of cases) {
      const memory = new Memory({ ...cold, lookup_recommendations: throwing(code, message) });
      await expect(client(memory).recommendations({ companyId })).rejects.toMatchObject(expected);
    }
    for (const name of ['claim_generation', 'prepare_recommendations']) {
      const memory = new Memory({ ...cold, [name]: throwing('42501', 'permission denied') });
      await expect(client(memory).recommendations({ companyId })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
      expect(memory.calls.at(-1)).toBe(name === 'claim_generation' ? 'claim_generation' : 'release_lease');
    }
    expect(simulation.calls).toBe(before);
    const memory = new Memory({ ...cold, save_recommendations: throwing('42501', 'permission denied') });
    await expect(client(memory).recommendations({ companyId })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(memory.argsOf('fail_generation')).toMatchObject([{ error_code: 'invalid', prompt_tokens: 8 }]);
  });

  test('deadlocks and serialization failures are tried again', async () => {
    const memory = new Memory({
      ...cold,
      claim_generation: (_: unknown, call: number) => {
        if (call < 3) throw Object.assign(new Error('deadlock detected'), { code: call === 1 ? '40P01' : '40001' });
        return claimed;
      },
    });
    expect(await client(memory).recommendations({ companyId })).toMatchObject({ outcome: 'generated' });
  });
});

describe('many callers of one process', () => {
  /** Missing until it was saved. */
  function shared(): Memory {
    let done = false;
    return new Memory({
      ...cold,
      lookup_recommendations: () => found(done ? 'fresh' : 'missing'),
      save_recommendations: (args: Record<string, unknown>) => {
        done = true;
        return saved(args);
      },
    });
  }

  test('make one claim and one call of the model, and each gets an object of its own', async () => {
    const memory = shared();
    const before = simulation.calls;
    const evergreen = client(memory);
    simulation.setBehaviour('hang');
    const answers = Array.from({ length: 50 }, () => evergreen.recommendations({ companyId }));
    await simulation.arrived(before + 1);
    simulation.release();
    const got = await Promise.all(answers);
    expect(simulation.calls).toBe(before + 1);
    expect(memory.argsOf('claim_generation')).toHaveLength(1);
    // All before the model was asked shared one, all who waited another.
    expect(memory.argsOf('lookup_recommendations')).toHaveLength(2);
    expect(got.filter((answer) => answer.outcome === 'generated')).toHaveLength(1);
    expect(got.filter((answer) => answer.reason === 'waited' && answer.cost === 0)).toHaveLength(49);
    expect(new Set(got.map((answer) => answer.content)).size).toBe(50);
  });

  test('who ask when a lookup is on its way are answered by a later one', async () => {
    const memory = new Memory({ lookup_recommendations: (_: unknown, call: number) => ({ ...found('fresh'), reason: `lookup ${call}` }) });
    const evergreen = client(memory);
    const first = [evergreen.recommendations({ companyId }), evergreen.recommendations({ companyId })];
    for (let i = 0; i < 3; i += 1) await Promise.resolve();
    const later = evergreen.recommendations({ companyId });
    await Promise.all([...first, later]);
    expect(memory.argsOf('lookup_recommendations')).toHaveLength(2);
  });

  test('fail together when they must pause, and those who wait were announced to the database', async () => {
    const memory = new Memory({
      ...cold,
      claim_generation: (_: unknown, call: number) => (call === 1 ? claimed : { state: 'busy', retry_after_ms: 60_000 }),
    });
    const before = simulation.calls;
    const evergreen = client(memory);
    simulation.setBehaviour('hang');
    const answers = Promise.allSettled(Array.from({ length: 10 }, () => evergreen.recommendations({ companyId })));
    await simulation.arrived(before + 1);
    simulation.release('refuse');
    for (const answer of await answers)
      expect(answer).toMatchObject({ status: 'rejected', reason: { name: 'GenerationFailed', reason: 'refused' } });
    expect(simulation.calls).toBe(before + 1);
    expect(memory.calls.filter((name) => name !== 'lookup_recommendations')).toEqual([
      'claim_generation',
      'prepare_recommendations',
      'claim_generation',
      'fail_generation',
    ]);
  });

  test('give a lease back that ran out while they were announced', async () => {
    const memory = new Memory({ ...cold, claim_generation: (_: unknown, call: number) => ({ ...claimed, lease_token: `token${call}` }) });
    const before = simulation.calls;
    const evergreen = client(memory);
    simulation.setBehaviour('hang');
    const answers = Promise.allSettled([evergreen.recommendations({ companyId }), evergreen.recommendations({ companyId })]);
    await simulation.arrived(before + 1);
    simulation.release('refuse');
    await answers;
    expect(memory.argsOf('release_lease')).toMatchObject([{ lease_token: 'token2' }]);
    expect(memory.argsOf('fail_generation')).toMatchObject([{ lease_token: 'token1' }]);
  });

  test('do not pay again for what no lookup shows', async () => {
    const memory = new Memory(cold);
    const before = simulation.calls;
    const evergreen = client(memory);
    simulation.setBehaviour('hang');
    const answers = Array.from({ length: 30 }, () => evergreen.recommendations({ companyId }));
    await simulation.arrived(before + 1);
    simulation.release();
    const got = await Promise.all(answers);
    expect(simulation.calls).toBe(before + 1);
    expect(got.filter((answer) => answer.outcome === 'generated')).toHaveLength(1);
    expect(new Set(got.map((answer) => answer.content)).size).toBe(30);
  });

  test('take over from one that failed, when the database hands over', async () => {
    const memory = new Memory({
      ...cold,
      claim_generation: (_: unknown, call: number) => (call === 2 ? { state: 'busy', retry_after_ms: 60_000 } : claimed),
      fail_generation: { state: 'failed', retry_after_ms: 0, cost: 0.01 },
    });
    let done = false;
    memory.script({
      lookup_recommendations: () => found(done ? 'fresh' : 'missing'),
      save_recommendations: (args: Record<string, unknown>) => {
        done = true;
        return saved(args);
      },
    });
    simulation.setBehaviour(['server_error', 'ok']);
    const before = simulation.calls;
    const evergreen = client(memory);
    const got = await Promise.all(Array.from({ length: 10 }, () => evergreen.recommendations({ companyId })));
    expect(got.every((answer) => ['generated', 'fresh'].includes(answer.outcome))).toBe(true);
    expect(simulation.calls).toBe(before + 2);
    // One to claim, one to announce those who wait, one to take over.
    expect(memory.argsOf('claim_generation')).toHaveLength(3);
    expect(memory.calls.indexOf('fail_generation')).toBeGreaterThan(memory.calls.indexOf('claim_generation'));
  });

  test('of other arguments with the same key do not take each other’s answer', async () => {
    const memory = shared();
    const evergreen = client(memory);
    const [three, one] = await Promise.all([
      evergreen.recommendations({ companyId, limit: 3 }),
      evergreen.recommendations({ companyId, limit: 1 }),
    ]);
    expect(three.content).toHaveLength(3);
    expect(one.content).toEqual(earlier);
    expect(memory.argsOf('lookup_recommendations').map((args) => args.limit)).toEqual([3, 1, 1]);
  });
});

describe('a caller who leaves', () => {
  test('rejects at once with the reason of its signal, and what it started is saved', async () => {
    const memory = new Memory(cold);
    simulation.setBehaviour('hang');
    const before = simulation.calls;
    const evergreen = client(memory);
    const controller = new AbortController();
    const answer = evergreen.recommendations({ companyId, signal: controller.signal });
    await simulation.arrived(before + 1);
    const reason = new Error('the browser went away');
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    expect(memory.argsOf('save_recommendations')).toHaveLength(0);
    simulation.release();
    await evergreen.close();
    expect(memory.argsOf('save_recommendations')).toHaveLength(1);
    expect(memory.argsOf('fail_generation')).toHaveLength(0);
  });

  test('does not take the generation from those who wait for it', async () => {
    let done = false;
    const memory = new Memory({
      ...cold,
      lookup_recommendations: () => found(done ? 'fresh' : 'missing'),
      save_recommendations: (args: Record<string, unknown>) => {
        done = true;
        return saved(args);
      },
    });
    simulation.setBehaviour('hang');
    const before = simulation.calls;
    const evergreen = client(memory);
    const controller = new AbortController();
    const first = evergreen.recommendations({ companyId, signal: controller.signal });
    const second = evergreen.recommendations({ companyId });
    await simulation.arrived(before + 1);
    controller.abort();
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    simulation.release();
    expect(await second).toMatchObject({ outcome: 'fresh', reason: 'waited' });
    expect(simulation.calls).toBe(before + 1);
  });

  test('before it came asks nothing', async () => {
    const memory = new Memory(cold);
    await expect(client(memory).recommendations({ companyId, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(memory.calls).toEqual([]);
  });

  test('ends a wait for another process', async () => {
    const memory = new Memory({ ...cold, claim_generation: { state: 'busy', retry_after_ms: 3_600_000 } });
    const evergreen = client(memory);
    const controller = new AbortController();
    const answer = evergreen.recommendations({ companyId, signal: controller.signal });
    await waitUntil('it waits', () => memory.argsOf('claim_generation').length > 0);
    controller.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    await evergreen.close();
  });

  test('one signal may stand for many calls, of which Node.js does not warn', async () => {
    simulation.setBehaviour('hang');
    const evergreen = client(new Memory(cold));
    const controller = new AbortController();
    const answers = Promise.allSettled(
      Array.from({ length: 40 }, () => evergreen.recommendations({ companyId, signal: controller.signal })),
    );
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort();
    for (const answer of await answers) expect(answer).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
  });
});

describe('a deadline', () => {
  test('answers with earlier content, and the generation goes on', async () => {
    const memory = new Memory(withFallback);
    simulation.setBehaviour('hang');
    const evergreen = client(memory, { deadlineMs: 1_000 });
    expect(await evergreen.recommendations({ companyId })).toMatchObject({
      content: earlier,
      outcome: 'fallback',
      reason: 'timeout',
      cost: 0,
    });
    expect(memory.argsOf('save_recommendations')).toHaveLength(0);
    simulation.release();
    await evergreen.close();
    expect(memory.argsOf('save_recommendations')).toHaveLength(1);
  });

  test('without earlier content is an error', async () => {
    const before = simulation.calls;
    simulation.setBehaviour('hang');
    await expect(client(new Memory(cold)).recommendations({ companyId, deadlineMs: 100 })).rejects.toMatchObject({
      name: 'GenerationFailed',
      reason: 'timeout',
    });
    // So that it is under way when the end of the test releases what hangs.
    await simulation.arrived(before + 1);
  });

  test('holds while another process generates, and while the database hangs', async () => {
    const busy = new Memory({ ...cold, claim_generation: { state: 'busy', retry_after_ms: 3_600_000 } });
    await expect(client(busy).recommendations({ companyId, deadlineMs: 100 })).rejects.toMatchObject({ reason: 'timeout' });
    const hanging = new Memory(cold);
    hanging.mode = 'hang';
    await expect(client(hanging, { databaseTimeoutMs: 600 }).recommendations({ companyId, deadlineMs: 100 })).rejects.toMatchObject({
      reason: 'timeout',
    });
  });

  test('that is not reached changes nothing', async () => {
    const memory = new Memory(cold);
    expect(await client(memory).recommendations({ companyId, deadlineMs: 60_000 })).toMatchObject({ outcome: 'generated' });
    expect(memory.argsOf('lookup_recommendations')).toHaveLength(1);
  });
});

describe('without the database', () => {
  test.each(['refuse', 'hang', 'hang_at_connect'] as const)('(%s) the model answers, and nothing is kept but the usage', async (mode) => {
    const memory = new Memory(cold);
    memory.mode = mode;
    const evergreen = client(memory, { databaseTimeoutMs: mode === 'refuse' ? 20_000 : 150 });
    const answer = await evergreen.recommendations({ companyId, limit: 2, context: 'They sell bicycles.' });
    expect(answer).toMatchObject({
      outcome: 'uncached',
      reason: 'database_down',
      model: 'simulated-gpt-4.1-mini',
      promptId: null,
      cost: null,
    });
    expect(answer.content).toHaveLength(2);
    expect(answer.content[0]).toMatchObject({ id: null, status: null, match: 'unsaved', content: { step_id: null } });
    expect(simulation.received.at(-1)?.prompt).toMatch(/2 recommendations[\s\S]*They sell bicycles\./);
    expect(memory.calls).toEqual([]);

    memory.mode = 'serve';
    await evergreen.close();
    expect(memory.argsOf('log_generation')).toMatchObject([
      {
        generation_type: 'recommendation',
        model: 'simulated-gpt-4.1-mini',
        success: true,
        outcome: 'uncached',
        company_id: companyId,
        prompt_tokens: expect.any(Number),
        request_id: expect.stringMatching(/^req-simulated-/),
        created_at: expect.any(Date),
      },
    ]);
  });

  test('without a context the prompt says that nothing is known', async () => {
    const memory = new Memory(cold);
    memory.mode = 'refuse';
    const evergreen = client(memory);
    await evergreen.recommendations({ companyId });
    await evergreen.insights({ companyId });
    await evergreen.healthSummary({ companyId });
    for (const { prompt } of simulation.received.slice(-3)) expect(prompt).toContain('Nothing is known about the company');
    expect(simulation.received.slice(-3).map((call) => call.schemaName)).toEqual(['recommendations', 'insights', 'health_summary']);
  });

  test('the prompt of the last generation is remembered', async () => {
    const memory = new Memory(cold);
    const evergreen = client(memory);
    await evergreen.recommendations({ companyId });
    memory.mode = 'refuse';
    expect(await evergreen.recommendations({ companyId })).toMatchObject({ outcome: 'uncached', promptId: 'recommendation_v1' });
    expect(simulation.received.at(-1)?.prompt).toBe('Recommend 3 next steps for Acme.');
    await evergreen.recommendations({ companyId: companyId.replace('1', '2') });
    expect(simulation.received.at(-1)?.prompt).not.toContain('Acme');
  });

  test('callers of the same arguments share one call of the model, callers of others do not', async () => {
    const memory = new Memory(cold);
    memory.mode = 'refuse';
    simulation.setBehaviour('hang');
    const before = simulation.calls;
    const evergreen = client(memory);
    const other = companyId.replace('1', '2');
    const answers = [companyId, companyId, companyId, other].map((id) => evergreen.recommendations({ companyId: id }));
    await simulation.arrived(before + 2);
    simulation.release();
    const got = await Promise.all(answers);
    expect(simulation.calls).toBe(before + 2);
    expect(new Set(got.map((answer) => answer.content)).size).toBe(4);
    expect(got[0]?.content[0]?.content).not.toBe(got[1]?.content[0]?.content);
  });

  test.each(['claim_generation', 'prepare_recommendations', 'save_recommendations'] as const)(
    'gone at %s: the caller is answered by one call of the model',
    async (name) => {
      const memory = new Memory(cold);
      memory.script({
        [name]: () => {
          memory.mode = 'refuse';
          throw new Error('Connection terminated unexpectedly');
        },
      });
      const before = simulation.calls;
      const evergreen = client(memory);
      expect(await evergreen.recommendations({ companyId })).toMatchObject({ outcome: 'uncached', reason: 'database_down' });
      expect(simulation.calls).toBe(before + 1);
      expect(memory.argsOf(name)).toHaveLength(1);
      memory.mode = 'serve';
      await evergreen.close();
      expect(memory.argsOf('log_generation')).toHaveLength(1);
      expect(memory.argsOf('release_lease')).toHaveLength(name === 'claim_generation' ? 0 : 1);
    },
  );

  test('gone before a failure could be told: the usage and the end of the lease are told later', async () => {
    const memory = new Memory({
      ...cold,
      fail_generation: () => {
        memory.mode = 'refuse';
        throw new Error('Connection terminated unexpectedly');
      },
    });
    simulation.setBehaviour('refuse');
    const evergreen = client(memory);
    await expect(evergreen.recommendations({ companyId })).rejects.toMatchObject({ reason: 'refused' });
    memory.mode = 'serve';
    await evergreen.close();
    expect(memory.argsOf('log_generation')).toMatchObject([{ success: false, outcome: 'failed', error_code: 'refused', prompt_tokens: 8 }]);
    expect(memory.argsOf('release_lease')).toMatchObject([{ lease_token: 'token' }]);
  });

  test('and without the model: an error that says so', async () => {
    const memory = new Memory(cold);
    memory.mode = 'refuse';
    simulation.setBehaviour('refuse');
    await expect(client(memory).recommendations({ companyId })).rejects.toMatchObject({ name: 'GenerationFailed', reason: 'refused' });
  });

  test('nothing can be refined unless the caller says what', async () => {
    const memory = new Memory(cold);
    memory.mode = 'refuse';
    const evergreen = client(memory);
    const before = simulation.calls;
    const refine = { id: companyId, instruction: 'Make it shorter' };
    await expect(evergreen.refine(refine)).rejects.toMatchObject({ name: 'DatabaseUnavailable', hint: expect.stringContaining('context') });
    expect(simulation.calls).toBe(before);
    expect(await evergreen.refine({ ...refine, context: 'Hire a head of sales.' })).toMatchObject({
      outcome: 'uncached',
      content: { id: null },
    });
    expect(simulation.received.at(-1)?.prompt).toMatch(/Hire a head of sales\.[\s\S]*Make it shorter/);
  });

  test('caching resumes by itself', async () => {
    const memory = new Memory(cold);
    memory.mode = 'refuse';
    const evergreen = client(memory);
    expect((await evergreen.recommendations({ companyId })).outcome).toBe('uncached');
    memory.mode = 'serve';
    expect((await evergreen.recommendations({ companyId })).outcome).toBe('generated');
  });
});

describe('the client', () => {
  const memory = new Memory(cold);
  const good = () => ({ pool: memory.pool, openai: simulation.openai });

  test.each([
    ['no pool', { pool: undefined }, /^pool: must be a Pool of pg\.$/],
    ['no OpenAI client', { openai: {} }, /must be an OpenAI client/],
    ['a blank model', { model: ' ' }, /text that can be seen/],
    ['a negative time', { databaseTimeoutMs: -1 }, /^databaseTimeoutMs: must be more than 0\.$/],
    ['a time that is too long', { databaseTimeoutMs: 1e12 }, /^databaseTimeoutMs: must be at most 2147483647\.$/],
    ['a time that is no number', { generationTimeoutMs: '60s' }, /^generationTimeoutMs: must be a number, not a text\.$/],
    ['an option that does not exist', { timeout: 5 }, /timeout: is not known here; there are pool, openai,/],
    ['a logger without warn', { logger: {} }, /must be a logger with warn and error/],
  ])('%s is refused at once, with what would be right', (_, wrong, hint) => {
    expect(() => createEvergreen({ ...good(), ...wrong } as never)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', code: 'VG007', hint: expect.stringMatching(hint) }),
    );
  });

  test('arguments of the wrong kind are refused before anything is asked', async () => {
    const evergreen = client(memory);
    const calls = memory.calls.length;
    for (const wrong of [
      {},
      { companyId: 5 },
      { companyId: '' },
      { companyId, limit: 'three' },
      { companyId, deadlineMs: 0 },
      { companyId, signal: 1 },
    ]) {
      await expect(evergreen.recommendations(wrong as never)).rejects.toMatchObject({
        name: 'InvalidInput',
        hint: expect.stringMatching(/^\w+: (is missing: it )?must .+\.$|^Pass .+\.$/),
      });
    }
    for (const [wrong, hint] of [
      [{ companyId: 'acme' }, /id as PostgreSQL writes it/],
      [{ companyId, userId: '' }, /text that can be seen/],
      [{ companyId, userId: 'x'.repeat(513) }, /^userId: must have at most 512 characters\.$/],
      [{ companyId, limit: 1.5 }, /^limit: must be a whole number\.$/],
    ] as const)
      await expect(evergreen.recommendations(wrong as never)).rejects.toMatchObject({ hint: expect.stringMatching(hint) });
    await expect(evergreen.refine({ id: companyId } as never)).rejects.toMatchObject({ name: 'InvalidInput' });
    expect(memory.calls).toHaveLength(calls);
  });

  test('making one sends nothing', async () => {
    const untouched = new Memory(cold);
    await client(untouched).close();
    expect(untouched.log).toEqual([]);
  });

  test('a lost idle connection is logged, not fatal; after close the pool is the application’s again', async () => {
    const own = new Memory(cold);
    const evergreen = client(own);
    own.pool.emit('error', new Error('terminating connection'), undefined as never);
    expect(logged).toContain('an idle database connection was lost');
    await evergreen.close();
    expect(own.pool.listenerCount('error')).toBe(0);
  });

  test('after close it takes no calls; closing twice is closing once', async () => {
    const evergreen = client(new Memory(cold));
    await Promise.all([evergreen.close(), evergreen.close()]);
    await expect(evergreen.recommendations({ companyId })).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('counters', () => {
  interface Entry {
    content_type: string;
    outcome: string;
    duration_ms: number;
    at: string;
    lookups: number;
  }
  const entries = (memory: Memory) => memory.argsOf('record_cache_lookups').flatMap((args) => args.lookups as Entry[]);

  test('say how callers were answered, in one batch', async () => {
    const memory = new Memory({ ...cold, lookup_recommendations: (_: unknown, call: number) => found(call === 1 ? 'missing' : 'fresh') });
    const evergreen = client(memory);
    await evergreen.recommendations({ companyId });
    for (let i = 0; i < 200; i += 1) await evergreen.recommendations({ companyId });
    memory.script({ lookup_recommendations: found('missing') });
    simulation.setBehaviour('refuse');
    await evergreen.recommendations({ companyId }).catch(() => {});
    expect(memory.argsOf('record_cache_lookups')).toHaveLength(0);
    await evergreen.flush();
    expect(memory.argsOf('record_cache_lookups')).toHaveLength(1);
    const counted: Record<string, number> = {};
    for (const { content_type, outcome, duration_ms, at, lookups } of entries(memory)) {
      expect([content_type, typeof duration_ms, at]).toEqual(['recommendation', 'number', expect.stringMatching(/^\d{4}-\d\d-\d\dT/)]);
      counted[outcome] = (counted[outcome] ?? 0) + lookups;
    }
    expect(counted).toEqual({ generated: 1, fresh: 200, failed: 1 });
    // Those that were answered alike are one entry.
    expect(entries(memory).length).toBeLessThan(50);
  });

  test('are sent when 500 have gathered, sooner than by the clock', async () => {
    const memory = new Memory(cold);
    const evergreen = client(memory);
    evergreen.markPresented(Array(499).fill(companyId));
    await new Promise(setImmediate);
    expect(memory.calls).toEqual([]);
    evergreen.markPresented(companyId);
    await waitUntil('they are sent', () => memory.argsOf('mark_presented').length === 1, 4_000);
    expect(memory.argsOf('mark_presented')[0]?.ids).toHaveLength(500);
  });

  test('are kept while the database is away, within bounds, and what is dropped is said', async () => {
    const memory = new Memory(cold);
    const evergreen = client(memory);
    evergreen.markPresented(Array(5_100).fill(companyId));
    memory.mode = 'refuse';
    await evergreen.flush();
    memory.mode = 'serve';
    await evergreen.flush();
    expect(memory.argsOf('mark_presented').flatMap((args) => args.ids as string[])).toHaveLength(5_000);
    expect(logged).toContain('counters were dropped: the database was away for too long');
  });

  test('that the database refuses are dropped with a warning, and the others are sent', async () => {
    const memory = new Memory({
      ...cold,
      lookup_recommendations: found('fresh'),
      record_cache_lookups: () => {
        throw Object.assign(new Error('a lookup cannot be counted'), { code: 'VG007' });
      },
    });
    const evergreen = client(memory);
    await evergreen.recommendations({ companyId });
    evergreen.markPresented(companyId, 'insight');
    await evergreen.flush();
    expect(memory.argsOf('mark_presented')).toEqual([{ ids: [companyId], content_type: 'insight' }]);
    expect(logged).toContain('the database refused counters, they are dropped');
  });
});
