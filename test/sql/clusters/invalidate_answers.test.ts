import { setTimeout } from 'node:timers/promises';
import { useDatabase } from '../../support/database.js';
import { waitUntil } from '../../support/wait-until.js';
import { at, call, expectRefusal, one, pidOf, row, untilBlocked, withConnections } from '../core/calls.js';
import { type AnswerSave, ask, claimAnswer, generate, makeCopy } from './asking.js';

const database = useDatabase();
const on = () => database.pool;
const HOUR = 3600;

const valid = async (type = 'cluster') =>
  (
    await database.query<{ r: string }>(
      'SELECT result #>> $2 AS r FROM evergreen.ai_answers WHERE content_type = $1 AND invalidated_at IS NULL ORDER BY 1',
      [type, '{}'],
    )
  ).map(({ r }) => r);
const invalidate = (args: object, type = 'cluster') =>
  row<{ invalidated: number; generating: number; before: Date }>(on(), 'invalidate_answers', { content_type: type, now: at(10), ...args });

beforeEach(async () => {
  await database.query('TRUNCATE evergreen.ai_answers CASCADE; TRUNCATE evergreen.generation_leases; TRUNCATE evergreen.audit_log');
});

describe('what is invalidated', () => {
  const ids: Record<string, string> = {};
  beforeEach(async () => {
    const put = async (name: string, input: unknown, args = {}, saving = {}) => {
      ids[name] = (await generate(on(), input, name, args, saving)).id;
    };
    await put('a', ['a']);
    await put('a of Ann', ['a'], { user_id: 'ann' });
    await put('a by m2', ['a'], { model: 'm2' });
    await put('b', ['b'], { now: at(-HOUR) });
    await put(
      'b by prompt',
      ['b'],
      {},
      {
        prompt_id: 'cluster_v1',
        input_hash: (await ask(on(), ['b'])).cache_key,
        model: 'metered-2026-01-01',
        asked_model: 'metered',
        now: at(-HOUR),
      },
    );
  });

  test.each([
    ['by input, whoever asked and how', { input: '{"items": [" a"]}' }, ['b by prompt']],
    ['by model, as it was asked for', { model: 'm2' }, ['a', 'a of Ann', 'b by prompt']],
    ['by model, as the provider named it', { model: 'metered-2026-01-01' }, ['a', 'a by m2', 'a of Ann']],
    ['by prompt version', { prompt_id: 'cluster_v1' }, ['a', 'a by m2', 'a of Ann']],
    ['by age', { older_than: '30 minutes' }, ['a', 'a by m2', 'a of Ann']],
    ['by what fits several', { input: '["a"]', model: 'm2' }, ['a', 'a of Ann', 'b by prompt']],
    ['all at once', { all: true }, []],
  ])('%s', async (_, args, left) => {
    expect(await invalidate(args)).toMatchObject({ invalidated: 4 - left.length, generating: 0 });
    expect(await valid()).toEqual(left);
    expect(await invalidate(args)).toMatchObject({ invalidated: 0 });
  });

  test('by cluster, and its goals by the cluster', async () => {
    const id = ids.a as string;
    await generate(on(), {}, 'goals', { content_type: 'cluster_goal', parent_id: id });
    expect(await invalidate({ id })).toMatchObject({ invalidated: 1 });
    expect(await valid()).toEqual(['a by m2', 'a of Ann', 'b by prompt']);
    expect(await valid('cluster_goal')).toEqual(['goals']);
    expect(await invalidate({ id }, 'cluster_goal')).toMatchObject({ invalidated: 1 });
    expect(await valid('cluster_goal')).toEqual([]);
  });

  test('goals by their input, which stands under a parent', async () => {
    await generate(on(), {}, 'goals', { content_type: 'cluster_goal', parent_id: ids.a });
    expect(await invalidate({ input: '{}' }, 'cluster_goal')).toMatchObject({ invalidated: 1 });
  });

  test('nothing of another content type', async () => {
    await makeCopy(on());
    await generate(on(), ['a'], 'copy', { content_type: 'product_copy', prompt: '{{input}}' });
    await invalidate({ all: true });
    expect(await valid('product_copy')).toEqual(['copy']);
  });

  test('rows stay, are audited once with what was asked, and serve after a failure', async () => {
    const first = await invalidate({ input: '["a"]', batch_size: 2 });
    expect(first.invalidated).toBe(2);
    expect((await invalidate({ input: '["a"]', batch_size: 2, before: first.before })).invalidated).toBe(1);
    expect(await database.query(`SELECT subject, after FROM evergreen.audit_log WHERE action = 'invalidate_answers'`)).toEqual([
      { subject: 'cluster', after: { input: '["a"]', invalidated: 2, generating: 0 } },
    ]);
    expect(await ask(on(), ['a'], { after_failure: true, now: at(20) })).toMatchObject({ freshness: 'expired', content: { id: ids.a } });
  });

  test('the wrapper and the procedure do the same', async () => {
    expect(await row(on(), 'invalidate_clusters', { model: 'm2', now: at(10) })).toMatchObject({ invalidated: 1 });
    const [{ p_invalidated } = { p_invalidated: '' }] = await database.query<{ p_invalidated: string }>(
      `CALL evergreen.invalidate_all_answers('cluster', p_all => true, p_batch_size => 2)`,
    );
    expect([p_invalidated, await valid()]).toEqual(['3', []]);
  });
});

describe('what is being generated', () => {
  const saveOf = (input: string, token: string, args = {}) =>
    row<AnswerSave>(on(), 'save_answer', {
      content_type: 'cluster',
      input,
      result: '1',
      lease_token: token,
      provider: 'test',
      model: 'metered',
      now: at(20),
      ...args,
    });

  test('is saved as stale when it may fit, and as fresh when its row says that it does not', async () => {
    await generate(on(), ['known'], 'old');
    const known = await claimAnswer(on(), await ask(on(), ['known'], { now: at(31 * 86400) }));
    const fresh = await claimAnswer(on(), await ask(on(), ['new']));
    expect(await invalidate({ input: '["new"]' })).toMatchObject({ invalidated: 0, generating: 1 });
    expect(await saveOf('["known"]', known)).toMatchObject({ state: 'saved' });
    expect(await saveOf('["new"]', fresh)).toMatchObject({ state: 'saved_stale' });
  });

  test('is left alone by an invalidation of what is old, and by the later batches of one that it began after', async () => {
    const token = await claimAnswer(on(), await ask(on(), ['young']));
    expect(await invalidate({ older_than: '1 hour' })).toMatchObject({ generating: 0 });
    expect(await invalidate({ all: true, before: at(-1) })).toMatchObject({ generating: 0 });
    expect(await saveOf('["young"]', token)).toMatchObject({ state: 'saved' });
    expect(await invalidate({ all: true, before: at(15), now: at(30) })).toMatchObject({ invalidated: 0 });
    expect(await invalidate({ all: true, now: at(30) })).toMatchObject({ invalidated: 1 });
  });

  test('is waited for when it is just being saved, and then it is invalidated too', async () => {
    await withConnections(database, 2, async ([saver, invalidator]) => {
      if (!saver || !invalidator) throw new Error('two connections');
      const token = await claimAnswer(on(), await ask(on(), ['saving']), { now: null });
      await saver.query('BEGIN');
      await call(saver, 'save_answer', {
        content_type: 'cluster',
        input: '["saving"]',
        result: '1',
        lease_token: token,
        provider: 'test',
        model: 'metered',
      });
      const invalidation = row(invalidator, 'invalidate_answers', { content_type: 'cluster', all: true });
      await untilBlocked(database, 1, [pidOf(invalidator)]);
      await saver.query('COMMIT');
      expect(await invalidation).toMatchObject({ invalidated: 1 });
      expect(await valid()).toEqual([]);
    });
  });

  test('a claim waits for the batch', async () => {
    await withConnections(database, 2, async ([invalidator, claimer]) => {
      if (!invalidator || !claimer) throw new Error('two connections');
      const found = await ask(on(), ['claimed meanwhile']);
      await invalidator.query('BEGIN');
      await call(invalidator, 'invalidate_answers', { content_type: 'cluster', all: true });
      const claim = claimAnswer(claimer, found);
      await untilBlocked(database, 1, [pidOf(claimer)]);
      await invalidator.query('COMMIT');
      await claim;
    });
  });
});

describe('many rows', () => {
  const ROWS = 3000;
  beforeEach(() =>
    database.query(
      `INSERT INTO evergreen.clusters (input_hash, cluster_result) SELECT 'row ' || i, to_jsonb(repeat(md5(i::text), 60)) FROM generate_series(1, $1) AS i`,
      [ROWS],
    ),
  );

  test('go in batches of a transaction each, and a save of another row never waits for more than the batch that runs', async () => {
    const token = await claimAnswer(on(), await ask(on(), ['bystander']), { now: null });
    await withConnections(database, 3, async ([invalidator, holder, saver]) => {
      if (!invalidator || !holder || !saver) throw new Error('three connections');
      // Somebody holds a row in the middle, so that the invalidation stands still within a batch and can be looked at.
      await holder.query('BEGIN');
      await holder.query(`SELECT FROM evergreen.clusters WHERE input_hash = 'row 1500' FOR UPDATE`);
      const running = invalidator.query(`CALL evergreen.invalidate_all_answers('cluster', p_all => true, p_batch_size => 100)`);
      await untilBlocked(database, 1, [pidOf(invalidator)]);
      const committed = await one<number>(on(), `SELECT count(*)::integer FROM evergreen.clusters WHERE invalidated_at IS NOT NULL`);
      expect(committed % 100).toBe(0);
      expect(committed).toBeGreaterThanOrEqual(1000);
      // Of the rows that the standing batch has not locked, all can be locked: it holds at most one batch.
      const free = await one<number>(on(), 'SELECT count(*)::integer FROM (SELECT FROM evergreen.ai_answers FOR UPDATE SKIP LOCKED) AS f');
      expect(ROWS - free).toBeLessThanOrEqual(101);
      // A save of another row goes through while that batch stands.
      const saved = await row<AnswerSave>(saver, 'save_answer', {
        content_type: 'cluster',
        input: '["bystander"]',
        result: '"saved"',
        lease_token: token,
        provider: 'test',
        model: 'metered',
      });
      expect(saved.state).toBe('saved_stale');
      await holder.query('COMMIT');
      expect((await running).rows).toEqual([{ p_invalidated: String(ROWS) }]);
    });
  });

  test('saves of other rows go on between the batches', async () => {
    await withConnections(database, 2, async ([invalidator, saver]) => {
      if (!invalidator || !saver) throw new Error('two connections');
      const names = Array.from({ length: 15 }, (_, i) => `while ${i}`);
      const tokens = await Promise.all(names.map(async (name) => claimAnswer(on(), await ask(on(), [name]), { now: null })));
      let done = false;
      const running = invalidator
        .query(`CALL evergreen.invalidate_all_answers('cluster', p_all => true, p_batch_size => 50)`)
        .finally(() => {
          done = true;
        });
      await waitUntil('the first batch is through', () =>
        one(on(), 'SELECT count(*)::integer FROM evergreen.clusters WHERE invalidated_at IS NOT NULL'),
      );
      let during = 0;
      for (const [i, name] of names.entries()) {
        await call(saver, 'save_answer', {
          content_type: 'cluster',
          input: JSON.stringify([name]),
          result: '1',
          lease_token: tokens[i],
          provider: 'test',
          model: 'metered',
        });
        if (!done) during += 1;
        await setTimeout(1);
      }
      await running;
      expect(during).toBeGreaterThan(0);
    });
  });
});

describe('refusals', () => {
  test.each([
    ['nothing said', {}, 'VG007', 'not said what'],
    ['p_all false', { all: false }, 'VG007', 'not said what'],
    ['everything and something', { all: true, model: 'm' }, 'VG007', 'not said what'],
    ['a negative age', { older_than: '-1 day' }, 'VG007', '-1 days'],
    ['an unknown prompt', { prompt_id: 'cluster_v77' }, 'VG002', 'cluster_v77'],
    ['an unknown answer', { id: '00000000-0000-0000-0000-0000000000ff' }, 'VG002', '0000000000ff'],
    ['an unknown content type', { all: true, content_type: 'nothing' }, 'VG001', 'nothing'],
    ['a batch of nothing', { all: true, batch_size: 0 }, 'VG007', 'p_batch_size'],
    ['a batch without bounds', { all: true, batch_size: 10001 }, 'VG006', 'p_batch_size'],
    ['bad input', { input: '[NaN]' }, 'VG007', 'not valid JSON'],
  ])('%s', (_, args, code, message) => expectRefusal(on(), 'invalidate_answers', { content_type: 'cluster', ...args }, code, message));
});

test('by model reaches what that model may be generating anew, whoever wrote the row that is there', async () => {
  await generate(on(), ['c'], 'old', {}, { model: 'metered-2025-01-01', asked_model: 'metered' });
  const lookup = await ask(on(), ['c']);
  const lease_token = await claimAnswer(on(), lookup);
  expect(await invalidate({ model: 'metered-2026-01-01' })).toMatchObject({ invalidated: 0, generating: 1 });
  const saved = await row<AnswerSave>(on(), 'save_answer', {
    content_type: 'cluster',
    input: '["c"]',
    result: '"new"',
    lease_token,
    provider: 'test',
    model: 'metered-2026-01-01',
    asked_model: 'metered',
    now: at(),
  });
  expect(saved).toMatchObject({ state: 'saved_stale' });
});

test('all means also what was generated before the clock was set back', async () => {
  for (const name of ['d', 'e', 'f']) await generate(on(), [name], name, { now: at(HOUR) });
  const { invalidated, before } = await invalidate({ all: true, batch_size: 2 });
  expect([invalidated, before]).toEqual([2, new Date(at(HOUR))]);
  expect(await invalidate({ all: true, batch_size: 2, before })).toMatchObject({ invalidated: 1 });
  expect(await valid()).toEqual([]);
});
