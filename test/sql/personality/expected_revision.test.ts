/** What of a personality its callers name by revision and row is changed, and nothing else, however the calls lie in time. */
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, contents, expectRefusal, one, refusal, row, untilBlocked, withConnections } from '../core/calls.js';
import { analysis, claim, get, keep, look, save, someone, tune } from './people.js';

const database = useDatabase();
const score = (value: number) => ({ '/traits/openness/score': value });
const idOf = (user: string) => one<string>(database.pool, 'SELECT id FROM evergreen.personality_cache WHERE user_id = $1', [user]);

/** A user whose personality was deleted and made anew: the revision is the same, the row is not. */
async function madeAnew(): Promise<{ user: string; before: string }> {
  const user = someone();
  await keep(database.pool, user);
  const before = await idOf(user);
  await row(database.pool, 'delete_personality_cache', { user_id: user });
  await keep(database.pool, user);
  return { user, before };
}

describe.each(['delete_personality_cache', 'invalidate_personality_cache'])('%s', (name) => {
  test('does it to the revision and the row that are named', async () => {
    const user = someone();
    await keep(database.pool, user);
    await tune(database.pool, user, score(1));
    expect(await row(database.pool, name, { user_id: user, revision: 2, id: await idOf(user) })).toEqual({ [name]: true });
    expect((await call(database.pool, 'get_personality_cache', { user_id: user })).filter(({ is_stale }) => !is_stale)).toEqual([]);
  });

  test('refuses another revision, and says which one is there', async () => {
    const user = someone();
    await keep(database.pool, user);
    await tune(database.pool, user, score(1));
    await expectRefusal(database.pool, name, { user_id: user, revision: 1 }, 'VG011', 'is revision 2, not 1');
    await expectRefusal(database.pool, name, { user_id: user, revision: 0 }, 'VG011', 'is revision 2, not 0');
    await expectRefusal(database.pool, name, { user_id: someone(), revision: 1 }, 'VG011', 'not there any more');
    expect(await row(database.pool, name, { user_id: someone(), revision: 0 })).toEqual({ [name]: false });
  });

  test('refuses the row that came after the one that is named', async () => {
    const { user, before } = await madeAnew();
    await expectRefusal(database.pool, name, { user_id: user, revision: 1, id: before }, 'VG011', 'another one now');
    await expectRefusal(database.pool, name, { user_id: user, id: before }, 'VG011', 'another one now');
  });

  test('that waits for an adjustment which is not committed yet refuses, and nothing of the adjustment is lost', async () => {
    const user = someone();
    await keep(database.pool, user);
    await withConnections(database, 2, async ([tuning, other]) => {
      await (tuning as Client).query('BEGIN');
      await tune(tuning as Client, user, score(7));
      const refused = refusal(call(other as Client, name, { user_id: user, revision: 1 }));
      await untilBlocked(database, 1);
      await (tuning as Client).query('COMMIT');
      expect(await refused).toMatchObject({ code: 'VG011' });
    });
    expect(await get(database.pool, user)).toMatchObject({ revision: 2, tuning: score(7), is_stale: false });
  });

  test('that waits for a deletion and what is made after it refuses, though that has the same revision', async () => {
    const user = someone();
    await keep(database.pool, user);
    const id = await idOf(user);
    await withConnections(database, 2, async ([making, other]) => {
      await (making as Client).query('BEGIN');
      await row(making as Client, 'delete_personality_cache', { user_id: user });
      await keep(making as Client, user, analysis({ another: 1 }));
      const refused = refusal(call(other as Client, name, { user_id: user, revision: 1, id }));
      await untilBlocked(database, 1);
      await (making as Client).query('COMMIT');
      expect(await refused).toMatchObject({ code: 'VG011' });
    });
    expect(await get(database.pool, user)).toMatchObject({ analysis: analysis({ another: 1 }), is_stale: false });
  });

  test.each(['infinity', '1999-12-31'])('refuses the time %s', async (now) => {
    await expectRefusal(database.pool, name, { user_id: someone(), now }, 'VG007', now.slice(0, 4));
  });
});

test('saves and adjustments of a row that was deleted and made anew conflict with what is there, and write nothing', async () => {
  const { user, before } = await madeAnew();
  const found = await contents(database.pool);
  const args = { revision: 1, id: before };
  expect(await keep(database.pool, user, analysis({ late: 1 }), args)).toMatchObject({ state: 'conflict', revision: 1 });
  expect(await tune(database.pool, user, score(1), args)).toMatchObject({ state: 'conflict', revision: 1 });
  expect(await row(database.pool, 'reset_personality_tuning', { user_id: user, ...args })).toMatchObject({ state: 'conflict' });
  expect(await keep(database.pool, someone(), analysis(), { id: before })).toMatchObject({ state: 'conflict', revision: 0 });
  // The lease that the last one looked for is no content.
  const { generation_leases: _, ...after } = await contents(database.pool);
  expect(found).toMatchObject(after);
  expect(await tune(database.pool, user, score(1), { revision: 1, id: await idOf(user) })).toMatchObject({ state: 'saved', revision: 2 });
});

describe('lookup_personality', () => {
  test('answers while what is named is there, and refuses otherwise, fresh or not', async () => {
    const { user, before } = await madeAnew();
    expect(await look(database.pool, user, { revision: 1, id: await idOf(user) })).toMatchObject({ freshness: 'fresh', revision: 1 });
    expect(await look(database.pool, someone(), { revision: 0 })).toMatchObject({ freshness: 'missing' });
    for (const now of [at(), at(30 * 86_400)]) {
      for (const args of [{ revision: 2 }, { revision: 0 }, { revision: 1, id: before }]) {
        await expectRefusal(database.pool, 'lookup_personality', { user_id: user, now, ...args }, 'VG011', 'personality of user');
      }
    }
    await expectRefusal(database.pool, 'lookup_personality', { user_id: someone(), revision: 1 }, 'VG011', 'not there any more');
  });
});

describe('save_personality', () => {
  test('of a revision that was adjusted meanwhile is billed and not kept, and the key is free again', async () => {
    const user = someone();
    await keep(database.pool, user);
    const { seen } = await look(database.pool, user, { now: at(30 * 86_400) });
    const { lease_token } = await claim(database.pool, user, { seen });
    await tune(database.pool, user, score(7));
    const tuned = await get(database.pool, user);
    const saved = await save(database.pool, user, lease_token, analysis({ late: 1 }), { revision: 1 });
    expect(saved).toMatchObject({ state: 'conflict', content: null, revision: null });
    expect(await get(database.pool, user)).toEqual(tuned);
    expect(await database.query('SELECT outcome, success FROM evergreen.ai_generation_logs WHERE user_id = $1', [user])).toEqual([
      { outcome: 'conflict', success: true },
    ]);
    // Also for whoever waited for it: nothing was saved that they could look up.
    expect(await claim(database.pool, user, { seen })).toMatchObject({ state: 'claimed' });
  });

  test('of what is there still is kept', async () => {
    const user = someone();
    await keep(database.pool, user);
    const { lease_token } = await claim(database.pool, user);
    const args = { revision: 1, id: await idOf(user) };
    expect(await save(database.pool, user, lease_token, analysis({ next: 1 }), args)).toMatchObject({ state: 'saved', revision: 2 });
  });
});
