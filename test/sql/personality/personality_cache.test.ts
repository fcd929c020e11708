/** The table of seed 001 and what its audit found wrong with it, each on its own input. */
import { useDatabase } from '../../support/database.js';
import { call, one, refusal } from '../core/calls.js';
import { analysis, get, keep, someone, tune } from './people.js';

const database = useDatabase({ host: true });
const insert = 'INSERT INTO evergreen.personality_cache (user_id, analysis_data) VALUES ($1, $2)';

async function signUp(): Promise<string> {
  const user = someone();
  await database.query('INSERT INTO public.users (id, email, name) VALUES ($1, $1, $1)', [user]);
  return user;
}
const column = <Value>(name: string, user: string) =>
  one<Value>(database.pool, `SELECT ${name} FROM evergreen.personality_cache WHERE user_id = $1`, [user]);

test('a row written by hand, as in the seed, is found', async () => {
  const user = await signUp();
  await database.query(insert, [user, analysis()]);
  expect(await database.query('SELECT * FROM evergreen.get_personality_cache($1)', [user])).toMatchObject([
    {
      analysis: analysis(),
      personality: analysis(),
      freshness: 'fresh',
      version: 1,
      revision: 1,
      is_stale: false,
      generation_model: 'unknown',
    },
  ]);
  expect(await column('bytes', user)).toBe(await one(database.pool, 'SELECT octet_length($1::jsonb::text)', [JSON.stringify(analysis())]));
});

test('one row a user', async () => {
  const user = await signUp();
  await database.query(insert, [user, analysis()]);
  expect(await refusal(database.query(insert, [user, analysis()]))).toMatchObject({ code: '23505' });
});

test.each(['version', 'is_stale', 'created_at', 'updated_at', 'analysis_data'])('%s cannot be NULL', async (name) => {
  const user = await signUp();
  await keep(database.pool, user);
  expect(await refusal(database.query(`UPDATE evergreen.personality_cache SET ${name} = NULL WHERE user_id = $1`, [user]))).toMatchObject({
    code: '23502',
  });
});

test('version -5 is refused, by the table and by the function', async () => {
  const user = await signUp();
  await keep(database.pool, user);
  expect(await refusal(database.query('UPDATE evergreen.personality_cache SET version = -5 WHERE user_id = $1', [user]))).toMatchObject({
    code: '23514',
  });
  expect(await refusal(keep(database.pool, user, analysis(), { version: -5 }))).toMatchObject({
    code: 'VG007',
    message: 'version -5 is not one',
  });
});

test('12.8 MB are refused, by the table and by the function, whatever the policy', async () => {
  const user = await signUp();
  const document = { summary: 'x'.repeat(12_800_000) };
  expect(await refusal(database.query(insert, [user, document]))).toMatchObject({ code: '23514' });
  expect(await refusal(keep(database.pool, user, document))).toMatchObject({
    code: 'VG006',
    message: 'the analysis has 12800015 bytes, its policy allows 1048576',
  });
});

test('updated_at moves with every change, also one made by hand', async () => {
  const user = await signUp();
  await database.query(insert, [user, analysis()]);
  const before = await column<string>('updated_at::text', user);
  await database.query('UPDATE evergreen.personality_cache SET is_stale = true WHERE user_id = $1', [user]);
  expect(await column(`updated_at > '${before}'`, user)).toBe(true);
});

test('an 8-day-old row is not fresh, though nobody marked it', async () => {
  const user = await signUp();
  await keep(database.pool, user);
  expect(await get(database.pool, user, 8 * 86_400 + 1)).toMatchObject({ freshness: 'expired', is_stale: false });
});

test('a user who is deleted takes their personality along, and nobody else', async () => {
  const [gone, other] = [await signUp(), await signUp()];
  await keep(database.pool, gone);
  await keep(database.pool, other);
  await database.query('DELETE FROM public.users WHERE id = $1', [gone]);
  expect(await database.query('SELECT user_id FROM evergreen.personality_cache WHERE user_id IN ($1, $2)', [gone, other])).toEqual([
    { user_id: other },
  ]);
});

test('forget_user takes it along too', async () => {
  const user = await signUp();
  await keep(database.pool, user);
  const said = await call<{ object: string; rows_changed: string }>(database.pool, 'forget_user', { user_id: user });
  expect(said.find(({ object }) => object === 'personality_cache')).toMatchObject({ action: 'deleted', rows_changed: '1' });
  expect(await call(database.pool, 'get_personality_cache', { user_id: user })).toEqual([]);
});

test('no save burns a number: there is no sequence', async () => {
  expect(
    await database.query(
      `SELECT d.objid::regclass FROM pg_depend AS d JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
        WHERE d.refobjid = 'evergreen.personality_cache'::regclass`,
    ),
  ).toEqual([]);
});

test('saves and adjustments are HOT updates: no index grows', async () => {
  const user = await signUp();
  await keep(database.pool, user);
  const statistics = async () => {
    const client = await database.pool.connect();
    try {
      // Counted per transaction, at once.
      await client.query('BEGIN');
      for (let i = 0; i < 20; i += 1) {
        await keep(client, user, analysis({ openness: i % 2 ? 10 : 90 }), { now: undefined });
        await keep(client, user, analysis({ openness: i % 2 ? 10 : 90 }), { now: undefined });
        await tune(client, user, { '/traits/openness/score': i }, { now: undefined });
      }
      const { rows } = await client.query(
        `SELECT n_tup_upd::integer AS updates, n_tup_hot_upd::integer AS hot FROM pg_stat_xact_user_tables WHERE relid = 'evergreen.personality_cache'::regclass`,
      );
      await client.query('COMMIT');
      return rows[0] as { updates: number; hot: number };
    } finally {
      client.release();
    }
  };
  const { updates, hot } = await statistics();
  // 19 to 20 new revisions, 20 refreshed ages, 20 adjustments; a page that is full takes one update elsewhere.
  expect(updates).toBeGreaterThanOrEqual(59);
  expect(hot).toBeGreaterThanOrEqual(updates - 5);
});
