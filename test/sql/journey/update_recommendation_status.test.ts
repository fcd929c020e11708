import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, expectRefusal, refusal, untilBlocked, withConnections } from '../core/calls.js';
import { bring, HOUR, makeRecommendation, recommendation } from './world.js';

const database = useDatabase({ host: true });

const update = (id: string, status: string, now = at()) =>
  call(database.pool, 'update_recommendation_status', { recommendation_id: id, new_status: status, now });

const STATUSES = ['fresh', 'active', 'completed', 'stale'] as const;
/** DESIGN 5: fresh to active to completed, fresh or active to stale, completing a fresh one starts it too, the same state again is a no-op. */
const MOVES: Record<string, string[]> = {
  fresh: ['fresh', 'active', 'completed', 'stale'],
  active: ['active', 'completed', 'stale'],
  completed: ['completed'],
  stale: ['stale'],
};

/** A recommendation brought to a status. */
async function in_(status: string): Promise<string> {
  const { id } = await makeRecommendation(database.pool);
  await bring(database.pool, id, status);
  return id;
}

describe.each(STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
  const allowed = MOVES[from]?.includes(to);
  if (from === to) {
    test('changes nothing', async () => {
      const id = await in_(from);
      const before = await recommendation(database.pool, id);
      await update(id, to, at(HOUR));
      expect(await recommendation(database.pool, id)).toEqual(before);
    });
  } else if (allowed) {
    test('moves', async () => {
      const id = await in_(from);
      await update(id, to);
      expect(await recommendation(database.pool, id)).toMatchObject({ status: to });
    });
  } else {
    test('R28: is refused, and says where it can go', async () => {
      const id = await in_(from);
      await expectRefusal(
        database.pool,
        'update_recommendation_status',
        { recommendation_id: id, new_status: to },
        'VG003',
        `${id} is ${from}, it cannot become ${to}`,
      );
      expect(await recommendation(database.pool, id)).toMatchObject({ status: from });
    });
  }
});

test('becoming active counts one presentation and keeps when; active again counts none', async () => {
  const { id } = await makeRecommendation(database.pool);
  await update(id, 'active', at(HOUR));
  expect(await recommendation(database.pool, id)).toMatchObject({ times_presented: 1, last_presented_at: new Date(at(HOUR)) });
  await update(id, 'active', at(2 * HOUR));
  expect(await recommendation(database.pool, id)).toMatchObject({ times_presented: 1, last_presented_at: new Date(at(HOUR)) });
});

test('becoming active is not starting: effectiveness has no row yet', async () => {
  const id = await in_('active');
  expect(await database.query('SELECT * FROM evergreen.ai_recommendation_effectiveness WHERE recommendation_id = $1', [id])).toEqual([]);
});

test('completing a fresh one starts it too, and counts no presentation', async () => {
  const { id } = await makeRecommendation(database.pool);
  await update(id, 'completed', at(HOUR));
  expect(await recommendation(database.pool, id)).toMatchObject({ status: 'completed', times_presented: 0, last_presented_at: null });
  expect(await database.query('SELECT * FROM evergreen.ai_recommendation_effectiveness WHERE recommendation_id = $1', [id])).toMatchObject([
    { was_started: true, was_completed: true, time_to_start: { hours: 1 }, time_to_complete: { hours: 1 } },
  ]);
});

test('becoming stale leaves the rest as it was', async () => {
  const id = await in_('active');
  const before = await recommendation(database.pool, id);
  await update(id, 'stale', at(HOUR));
  expect(await recommendation(database.pool, id)).toEqual({ ...before, status: 'stale' });
});

test('of two people who move one at once, the second is judged by what the first did', async () => {
  const { id } = await makeRecommendation(database.pool);
  await withConnections(database, 2, async ([first, second]) => {
    await first?.query('BEGIN');
    await call(first as Client, 'update_recommendation_status', { recommendation_id: id, new_status: 'stale' });
    const late = refusal(call(second as Client, 'update_recommendation_status', { recommendation_id: id, new_status: 'completed' }));
    await untilBlocked(database, 1);
    await first?.query('COMMIT');
    expect(await late).toMatchObject({ code: 'VG003' });
  });
  expect(await recommendation(database.pool, id)).toMatchObject({ status: 'stale' });
});

describe('bad input', () => {
  test('R28: a recommendation that is not there', async () => {
    const nobody = randomUUID();
    for (const new_status of STATUSES)
      await expectRefusal(database.pool, 'update_recommendation_status', { recommendation_id: nobody, new_status }, 'VG002', nobody);
  });

  test('NULL for the recommendation', () =>
    expectRefusal(database.pool, 'update_recommendation_status', { recommendation_id: null, new_status: 'active' }, 'VG007', 'NULL'));

  test.each(['done', 'Active', '', null])('R28: %j for the status', async (new_status) => {
    const { id } = await makeRecommendation(database.pool);
    const quoted = new_status === null ? 'NULL' : `'${new_status}'`;
    await expectRefusal(database.pool, 'update_recommendation_status', { recommendation_id: id, new_status }, 'VG007', quoted);
  });
});
