import { createEvergreen, type Evergreen, InvalidInput, NotFound, TooLarge } from '../../src/index.js';
import { useDatabase } from '../support/database.js';
import { openaiFor, useSimulation } from '../support/provider.js';

const database = useDatabase();
const simulation = useSimulation();
const fruit = ['red apple', 'green apple', 'blue car', 'fast car', 'moon'];

let evergreen: Evergreen;
let serial = 0;

beforeAll(async () => {
  await database.query(`SELECT evergreen.register_model('openai', 'simulated-gpt-4.1-mini', 0.4, 1.6, 0.1)`);
});
beforeEach(() => {
  evergreen = createEvergreen({ pool: database.pool, openai: simulation.openai });
});
afterEach(() => evergreen.close());

/** Items that no other test asks about. */
const items = () => {
  serial += 1;
  return [...fruit, `thing ${serial}`];
};

async function callsOf<T>(work: () => Promise<T>): Promise<[T, number]> {
  const before = simulation.calls;
  return [await work(), simulation.calls - before];
}

describe('clusters', () => {
  test('are generated once, whatever the order and spacing of the items', async () => {
    const given = items();
    const [first, calls] = await callsOf(() => evergreen.cluster(given));
    expect(first).toMatchObject({ outcome: 'generated', reason: 'no_content', promptId: 'cluster_v1', model: 'simulated-gpt-4.1-mini' });
    expect(first.cost).toBeGreaterThan(0);
    expect(first.content.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.content.clusters.flatMap((cluster) => cluster.items).sort()).toEqual([...given].sort());
    expect(first.content.clusters.find((cluster) => cluster.name.includes('apple'))?.items).toEqual(['green apple', 'red apple']);
    expect(calls).toBe(1);

    const mixed = { items: [...given].reverse().map((item) => `  ${item.replace(' ', '\n\t ')} `) };
    const [second, more] = await callsOf(() => evergreen.cluster(mixed));
    expect(second).toMatchObject({ outcome: 'fresh', reason: 'hit', cost: 0, content: first.content });
    expect(more).toBe(0);
  });

  test('a changed item, a further key, another model, parameter or owner is another question', async () => {
    const given = items();
    const { content } = await evergreen.cluster(given);
    const others: Parameters<Evergreen['cluster']>[] = [
      [[...given.slice(1), 'golden apple']],
      [{ items: given, purpose: 'a menu' }],
      [given, { model: 'gpt-4.1' }],
      [given, { parameters: { temperature: 0.2 } }],
      [given, { userId: 'ada' }],
    ];
    for (const [input, options] of others) {
      const [answer, calls] = await callsOf(() => evergreen.cluster(input, options));
      expect({ outcome: answer.outcome, calls }).toEqual({ outcome: 'generated', calls: 1 });
      expect(answer.content.id).not.toBe(content.id);
    }
  });

  test('parameters reach the model', async () => {
    const bodies: unknown[] = [];
    const openai = openaiFor(simulation.url);
    const create = openai.chat.completions.create.bind(openai.chat.completions);
    const listening = {
      chat: {
        completions: {
          create: (...call: Parameters<typeof create>) => {
            bodies.push(call[0]);
            return create(...call) as never;
          },
        },
      },
    };
    const client = createEvergreen({ pool: database.pool, openai: listening });
    await client.cluster(items(), { parameters: { temperature: 0.2, seed: 7 }, model: 'gpt-4.1' });
    expect(bodies).toEqual([expect.objectContaining({ temperature: 0.2, seed: 7, model: 'gpt-4.1' })]);
    await expect(client.cluster(items(), { parameters: { model: 'other' } })).rejects.toThrow(/parameters: must not hold model/);
    await client.close();
  });

  test('goals come with their cluster, once, and go when it goes', async () => {
    const { content } = await evergreen.cluster(items());
    const [first, calls] = await callsOf(() => evergreen.clusterGoals(content.id as string));
    expect(first).toMatchObject({ outcome: 'generated', promptId: 'cluster_goal_v1' });
    expect(first.content.goals.map((goal) => goal.title).join()).toContain('About apple');
    expect(calls).toBe(1);
    const [second, more] = await callsOf(() => evergreen.clusterGoals(content.id as string));
    expect(second).toMatchObject({ outcome: 'fresh', content: first.content });
    expect(more).toBe(0);

    await database.query('DELETE FROM evergreen.clusters WHERE id = $1', [content.id]);
    expect(await database.query('SELECT FROM evergreen.cluster_goals WHERE id = $1', [first.content.id])).toEqual([]);
    await expect(evergreen.clusterGoals(content.id as string)).rejects.toThrow(NotFound);
  });
});

describe('the one orchestration', () => {
  test('callers of one input share a call of the model; another input waits for nobody', async () => {
    simulation.setBehaviour(['hang', 'ok']);
    const [given, other] = [items(), items()];
    const before = simulation.calls;
    const waiting = Array.from({ length: 20 }, () => evergreen.cluster(given));
    await simulation.arrived(before + 1);
    expect(await evergreen.cluster(other)).toMatchObject({ outcome: 'generated' });
    simulation.release();
    const answers = await Promise.all(waiting);
    expect(answers.filter(({ outcome }) => outcome === 'generated')).toHaveLength(1);
    expect(answers.filter(({ outcome, reason }) => outcome === 'fresh' && reason === 'waited')).toHaveLength(19);
    expect(simulation.calls).toBe(before + 2);
  });

  test('stale clusters are answered at once and refreshed behind', async () => {
    const given = items();
    const { content } = await evergreen.cluster(given);
    await database.query(`UPDATE evergreen.ai_answers SET generated_at = generated_at - interval '30 days 1 hour' WHERE id = $1`, [
      content.id,
    ]);
    expect(await evergreen.cluster(given)).toMatchObject({ outcome: 'stale', reason: 'revalidating', cost: 0 });
    await evergreen.close();
    evergreen = createEvergreen({ pool: database.pool, openai: simulation.openai });
    expect(await evergreen.cluster(given)).toMatchObject({ outcome: 'fresh', reason: 'hit' });
  });

  test('earlier clusters are shown when the model fails, also those of another model, but not those of another owner', async () => {
    const given = items();
    const { content } = await evergreen.cluster(given);
    const [{ invalidated }] = (await database.query(
      `SELECT invalidated FROM evergreen.invalidate_answers(p_content_type => 'cluster', p_id => $1)`,
      [content.id],
    )) as [{ invalidated: number }];
    expect(invalidated).toBe(1);
    simulation.setBehaviour('server_error');
    expect(await evergreen.cluster(given)).toMatchObject({ outcome: 'fallback', reason: 'provider_error', content });
    expect(await evergreen.cluster(given)).toMatchObject({ outcome: 'fallback', reason: 'backing_off', content });
    expect(await evergreen.cluster(given, { model: 'gpt-4.1' })).toMatchObject({ outcome: 'fallback', reason: 'provider_error', content });
    await expect(evergreen.cluster(given, { userId: 'eve' })).rejects.toMatchObject({
      code: 'GENERATION_FAILED',
      reason: 'provider_error',
    });
  });

  test('an answer of one owner never falls to another', async () => {
    const given = items();
    await evergreen.cluster(given, { userId: 'ada' });
    simulation.setBehaviour('server_error');
    await expect(evergreen.cluster(given, { userId: 'eve' })).rejects.toMatchObject({ code: 'GENERATION_FAILED' });
    await expect(evergreen.cluster(given)).rejects.toMatchObject({ code: 'GENERATION_FAILED' });
  });

  test('without a database the model answers, unsaved', async () => {
    const { Pool } = await import('pg');
    const pool = new Pool({ connectionString: 'postgresql://nobody@127.0.0.1:1/none' });
    const alone = createEvergreen({ pool, openai: simulation.openai });
    const answer = await alone.cluster(fruit);
    expect(answer).toMatchObject({ outcome: 'uncached', reason: 'database_down', content: { id: null } });
    expect(answer.content.clusters.flatMap((cluster) => cluster.items).sort()).toEqual([...fruit].sort());
    const [one, two] = await alone.clusters([fruit, [...fruit]]);
    expect([one, two]).toEqual(Array(2).fill(expect.objectContaining({ value: expect.objectContaining({ outcome: 'uncached' }) })));
    await expect(alone.clusterGoals('00000000-0000-0000-0000-000000000001')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await alone.close();
    await pool.end();
  });

  test('lookups and uses are counted', async () => {
    const given = items();
    const { content } = await evergreen.cluster(given);
    await evergreen.cluster(given);
    await evergreen.cluster(given);
    await evergreen.flush();
    const [row] = await database.query('SELECT uses::integer AS uses FROM evergreen.clusters WHERE id = $1', [content.id]);
    expect(row).toEqual({ uses: 2 });
    const [stats] = await database.query(
      `SELECT lookups > 0 AS lookups, hits >= 2 AS hits, misses > 0 AS misses, money_avoided > 0 AS money
         FROM evergreen.get_cache_stats('-infinity', 'infinity', 'all') WHERE content_type = 'cluster'`,
    );
    expect(stats).toEqual({ lookups: true, hits: true, misses: true, money: true });
  });

  test('are not counted by a client that shall not', async () => {
    const silent = createEvergreen({ pool: database.pool, openai: simulation.openai, countLookups: false });
    const lookups = `SELECT COALESCE(sum(lookups), 0)::integer AS lookups FROM evergreen.cache_lookups_hourly`;
    const before = await database.query(lookups);
    const given = items();
    const { content } = await silent.cluster(given);
    expect(await silent.cluster(given)).toMatchObject({ outcome: 'fresh' });
    await silent.close();
    expect(await database.query(lookups)).toEqual(before);
    expect(await database.query('SELECT uses::integer AS uses FROM evergreen.clusters WHERE id = $1', [content.id])).toEqual([{ uses: 0 }]);
  });
});

describe('bad input', () => {
  const deep = (levels: number) => JSON.parse(`${'['.repeat(levels)}1${']'.repeat(levels)}`) as unknown;
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;

  test.each<[string, unknown, typeof InvalidInput | typeof TooLarge, RegExp]>([
    ['no items', [], InvalidInput, /no items/],
    ['no list of items', { items: 'apple' }, InvalidInput, /no items/],
    ['a blank item', ['apple', '  '], InvalidInput, /item 2 is blank/],
    ['too many items', Array.from({ length: 1001 }, (_, index) => `item ${index}`), TooLarge, /1001 items/],
    ['too many bytes', ['x'.repeat(300_000)], TooLarge, /bytes/],
    ['not a number', [Number.NaN], InvalidInput, /\[0\] is NaN/],
    ['infinity', { items: ['a'], weight: Number.POSITIVE_INFINITY }, InvalidInput, /weight is Infinity/],
    ['undefined in a list', ['a', undefined], InvalidInput, /\[1\] is undefined/],
    ['a hole in a list', Array(2), InvalidInput, /\[0\] is undefined/],
    ['undefined', undefined, InvalidInput, /the value is undefined/],
    ['a bigint', [1n], InvalidInput, /\[0\] is a bigint/],
    ['a function', [() => 1], InvalidInput, /\[0\] is a function/],
    ['a symbol', { items: ['a'], tag: Symbol('x') }, InvalidInput, /tag is a symbol/],
    ['a set', new Set(['a']), InvalidInput, /is a Set/],
    ['an invalid date', [new Date(Number.NaN)], InvalidInput, /\[0\] is an invalid date/],
    ['a cycle', cycle, InvalidInput, /self is part of itself/],
    ['1,000 levels', [deep(1_000)], InvalidInput, /deep|level/],
    ['100,000 levels', [Array.from({ length: 100_000 }).reduce<unknown>((below) => [below], 1)], InvalidInput, /deep|level/],
    ['a lone surrogate', ['\ud800'], InvalidInput, /./],
    ['a NUL character', ['a\u0000b'], InvalidInput, /./],
  ])('%s is refused before the model is asked', async (_, input, kind, message) => {
    const [error, calls] = await callsOf(() => evergreen.cluster(input).catch((reason: unknown) => reason));
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(message);
    expect(calls).toBe(0);

    // The same in a call for many fails alone.
    const [bad, good] = await evergreen.clusters([input, items()]);
    expect(bad).toEqual({ status: 'rejected', reason: expect.any(kind) });
    expect(good).toMatchObject({ status: 'fulfilled', value: { outcome: 'generated' } });
  });

  test('ids and options are checked', async () => {
    await expect(evergreen.clusterGoals('7')).rejects.toThrow(/clusterGoals: id.*uuid/);
    await expect(evergreen.cluster(fruit, { companyId: 'x' })).rejects.toThrow(/companyId: must be a uuid/);
    await expect(evergreen.cluster(fruit, { similarr: true } as object)).rejects.toThrow(InvalidInput);
    await expect(evergreen.clusters('apple' as never)).rejects.toThrow(InvalidInput);
    await expect(evergreen.clusters([], { concurrency: 0 })).rejects.toThrow(/concurrency/);
    expect(await evergreen.clusters([])).toEqual([]);
  });
});
