import { useDatabase } from '../../support/database.js';
import { call, expectRefusal, value } from '../core/calls.js';
import { claim, get, keep, save, someone } from './people.js';

const database = useDatabase();
const remove = (user: string) => value<boolean>(database.pool, 'delete_personality_cache', { user_id: user });

test('it is gone, the next is another row, and it is audited', async () => {
  const [user, other] = [someone(), someone()];
  await keep(database.pool, user);
  await keep(database.pool, other);
  const { id } = await get(database.pool, user);
  expect([await remove(user), await remove(user)]).toEqual([true, false]);
  expect(await call(database.pool, 'get_personality_cache', { user_id: user })).toEqual([]);
  await keep(database.pool, user);
  expect((await get(database.pool, user)).id).not.toBe(id);
  expect(await get(database.pool, other)).toMatchObject({ revision: 1 });
  expect(await database.query(`SELECT action FROM evergreen.audit_log WHERE subject = $1`, [user])).toEqual([
    { action: 'delete_personality_cache' },
  ]);
});

test('what is being generated does not bring it back', async () => {
  const user = someone();
  await keep(database.pool, user);
  const { lease_token } = await claim(database.pool, user);
  expect(await remove(user)).toBe(true);
  expect(await save(database.pool, user, lease_token)).toMatchObject({ state: 'lease_lost' });
  expect(await call(database.pool, 'get_personality_cache', { user_id: user })).toEqual([]);
});

test('refuses NULL', () => expectRefusal(database.pool, 'delete_personality_cache', { user_id: null }, 'VG007', 'NULL'));
