import { useDatabase } from '../../support/database.js';
import { at, call, expectRefusal, one, pidOf, untilBlocked, withConnections } from '../core/calls.js';
import { ask, generate, makeCopy } from './asking.js';

const database = useDatabase();
const on = () => database.pool;
const DAY = 86400;
const warm = (args = {}) => call(on(), 'clusters_to_warm', { limit: 10, now: at(), ...args });

beforeEach(() => database.query('TRUNCATE evergreen.ai_answers CASCADE'));

const used = async (name: string, uses: number, age: number, args = {}) => {
  const { id } = await generate(on(), [name], name, { now: at(-age * DAY), ...args });
  if (uses > 0) await call(on(), 'record_answer_uses', { ids: Array(uses).fill(id), now: at() });
  return id;
};

test('what is most used and soon to expire comes first; what is fresh for long, or was never used, does not come', async () => {
  await used('often', 5, 28);
  await used('sometimes', 2, 27);
  await used('expired', 3, 40);
  await used('young', 9, 26.9);
  await used('unused', 0, 29);
  expect((await warm()).map(({ input, uses, reason }) => [JSON.parse(input).items[0], uses, reason])).toEqual([
    ['often', '5', 'expires_soon'],
    ['expired', '3', 'expired'],
    ['sometimes', '2', 'expires_soon'],
  ]);
  expect((await warm({ within: '4 days' }))[0]).toMatchObject({ input: '{"items": ["young"]}' });
  expect(await warm({ limit: 1 })).toHaveLength(1);
});

test('what was invalidated comes, and drops out once it was generated again', async () => {
  const id = await used('gone', 1, 0);
  await call(on(), 'invalidate_answers', { content_type: 'cluster', id, now: at(1) });
  expect(await warm({ now: at(2) })).toMatchObject([{ id, reason: 'marked_stale' }]);
  await generate(on(), ['gone'], 'again', { now: at(3) });
  expect(await warm({ now: at(4) })).toEqual([]);
});

test('the row is what a lookup is called with', async () => {
  await makeCopy(on());
  await generate(on(), { name: 'Lamp' }, 'copy', {
    content_type: 'product_copy',
    prompt: 'Write of {{name}}',
    parameters: '{"seed": 7}',
    user_id: 'ann',
    now: at(-28 * DAY),
  });
  await database.query('INSERT INTO evergreen.ai_answer_uses SELECT id, 1, $1 FROM evergreen.ai_answers', [at()]);
  // The prompt of the caller is a version that prepare_answer() keeps.
  await call(on(), 'prepare_answer', {
    content_type: 'product_copy',
    input: '{"name":"Lamp"}',
    model: 'metered',
    prompt: 'Write of {{name}}',
  });
  await database.query(`UPDATE evergreen.ai_answers SET generation_prompt_id = 'product_copy_v1'`);
  const [found] = await warm({ content_type: 'product_copy' });
  expect(found).toMatchObject({ provider: 'test', prompt: 'Write of {{name}}', user_id: 'ann', company_id: null, parent_id: null });
  const { input, model, provider, prompt, parameters, user_id } = found as Record<string, string>;
  expect(await ask(on(), input, { content_type: 'product_copy', model, provider, prompt, parameters, user_id, now: at() })).toMatchObject({
    id: found?.id,
  });
});

test('an answer of an earlier prompt is asked with the active one, once', async () => {
  await used('superseded', 1, 40, { model: 'old' });
  expect(await warm()).toMatchObject([{ model: 'old', prompt: null }]);
  await generate(on(), ['superseded'], 'new');
  expect(await warm()).toEqual([]);
});

describe('uses', () => {
  test('are counted in batches, twice when given twice, and leave updated_at alone', async () => {
    const a = await used('a', 0, 0);
    const before = await one(on(), 'SELECT updated_at FROM evergreen.ai_answers');
    expect(
      await one(on(), 'SELECT evergreen.record_answer_uses($1, NULL, $2)', [[a, a, '00000000-0000-0000-0000-0000000000ff', a], at(5)]),
    ).toBe(1);
    await call(on(), 'record_answer_uses', { ids: [a], now: at(4) });
    expect(await database.query('SELECT uses, last_used_at, updated_at FROM evergreen.clusters')).toEqual([
      { uses: '4', last_used_at: new Date(at(5)), updated_at: before },
    ]);
  });

  test('many of one answer are counted in one entry', async () => {
    const a = await used('a', 0, 0);
    const b = await used('b', 0, 0);
    expect(await call(on(), 'record_answer_uses', { ids: [b, a, b], uses: [3, 1, 4], now: at(1) })).toEqual([{ record_answer_uses: 2 }]);
    expect(await database.query('SELECT id, uses FROM evergreen.clusters ORDER BY uses')).toEqual([
      { id: a, uses: '1' },
      { id: b, uses: '7' },
    ]);
  });

  test('they go when the answer goes', async () => {
    const a = await used('a', 1, 0);
    await database.query('DELETE FROM evergreen.ai_answers WHERE id = $1', [a]);
    expect(await database.query('SELECT * FROM evergreen.ai_answer_uses')).toEqual([]);
    expect(await call(on(), 'record_answer_uses', { ids: [a] })).toEqual([{ record_answer_uses: 0 }]);
  });

  test('those of answers that are being deleted are passed over at once, for the deletion may wait for the uses', async () => {
    const [going, other, left] = [await used('a', 1, 0), await used('b', 1, 0), await used('c', 0, 0)];
    await withConnections(database, 2, async ([counter, deleter]) => {
      if (!counter || !deleter) throw new Error('two connections');
      await counter.query('BEGIN');
      await call(counter, 'record_answer_uses', { ids: [other] });
      await deleter.query('BEGIN');
      await deleter.query('DELETE FROM evergreen.ai_answers WHERE id = $1', [going]);
      const deleting = deleter.query('DELETE FROM evergreen.ai_answers WHERE id = $1', [other]);
      await untilBlocked(database, 1, [pidOf(deleter)]);
      expect(await call(counter, 'record_answer_uses', { ids: [going, left] })).toEqual([{ record_answer_uses: 1 }]);
      await counter.query('COMMIT');
      await deleting;
      await deleter.query('COMMIT');
    });
    expect(await database.query('SELECT answer_id, uses FROM evergreen.ai_answer_uses')).toEqual([{ answer_id: left, uses: '1' }]);
  });

  test('an invalidation does not wait for who counts, nor who counts for it', async () => {
    const ids = [await used('a', 0, 0), await used('b', 0, 0)];
    await withConnections(database, 2, async ([counter, invalidator]) => {
      if (!counter || !invalidator) throw new Error('two connections');
      await counter.query("SET lock_timeout = '5s'");
      await counter.query('BEGIN');
      await call(counter, 'record_answer_uses', { ids: [ids[0]] });
      await invalidator.query('BEGIN');
      await invalidator.query("SET lock_timeout = '5s'");
      expect(await call(invalidator, 'invalidate_answers', { content_type: 'cluster', all: true })).toMatchObject([{ invalidated: 2 }]);
      expect(await call(counter, 'record_answer_uses', { ids: [ids[1]] })).toEqual([{ record_answer_uses: 1 }]);
      await counter.query('COMMIT');
      await invalidator.query('COMMIT');
    });
  });

  test.each([
    ['fewer than ids', [1]],
    ['none', [1, 0]],
    ['NULL', [1, null]],
  ])('uses that are %s are refused', async (_, uses) => {
    const ids = Array(2).fill('00000000-0000-0000-0000-0000000000ff');
    await expectRefusal(on(), 'record_answer_uses', { ids, uses }, 'VG007', 'uses');
  });

  test('NULL and too many are refused', async () => {
    await expectRefusal(on(), 'record_answer_uses', { ids: [null] }, 'VG007', 'NULL');
    await expectRefusal(
      on(),
      'record_answer_uses',
      { ids: ['00000000-0000-0000-0000-0000000000ff'], now: 'infinity' },
      'VG007',
      'infinity',
    );
    await expectRefusal(on(), 'record_answer_uses', { ids: Array(10001).fill('00000000-0000-0000-0000-0000000000ff') }, 'VG006', '10001');
  });
});

test('maintenance deletes answers past their retention, but not the parent of a younger one', async () => {
  await used('old', 0, 366);
  await used('kept', 0, 364);
  const parent = await used('parent', 0, 400);
  await generate(on(), {}, 'goals', { content_type: 'cluster_goal', parent_id: parent, now: at(-10 * DAY) });
  expect(await call(on(), 'prune_answers', { batch_size: 10, now: at() })).toEqual([{ done: 1, next_cursor: 'cluster' }]);
  expect(await call(on(), 'prune_answers', { batch_size: 10, cursor: 'cluster', now: at() })).toEqual([{ done: 0, next_cursor: null }]);
  expect(
    (await database.query('SELECT cluster_result FROM evergreen.clusters ORDER BY 1')).map(({ cluster_result }) => cluster_result),
  ).toEqual(['kept', 'parent']);
  await call(on(), 'prune_answers', { batch_size: 10, now: at(400 * DAY) });
  expect(await one(on(), `SELECT count(*)::integer FROM evergreen.maintenance_steps WHERE step = 'prune_answers'`)).toBe(1);
});

test.each([
  ['no limit', { limit: 0 }, 'VG007', 'p_limit'],
  ['an unknown content type', { content_type: 'nothing' }, 'VG001', 'nothing'],
  ['a time that is over', { within: '-1 day' }, 'VG007', 'p_within'],
])('%s is refused', (_, args, code, message) => expectRefusal(on(), 'clusters_to_warm', { limit: 1, ...args }, code, message));
