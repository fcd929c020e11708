import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { as, call, one, pidOf, refusal, untilBlocked, withConnections } from './calls.js';

const database = useDatabase();

/** A step that does batches of one until `batches` are done, and fails in the middle when it is told to. */
beforeAll(() =>
  database.query(`
    CREATE TABLE public.done (step text, batch integer, xid xid8 DEFAULT pg_current_xact_id());
    CREATE TABLE public.trouble (step text PRIMARY KEY, batch integer, code text);
    CREATE FUNCTION public.batch(p_step text, p_batches integer, p_cursor text, OUT done integer, OUT next_cursor text) LANGUAGE plpgsql AS $$
    DECLARE v_batch integer := coalesce(p_cursor::integer, 0) + 1;
    BEGIN
      INSERT INTO public.done (step, batch) VALUES (p_step, v_batch);
      IF EXISTS (SELECT FROM public.trouble t WHERE t.step = p_step AND t.batch = v_batch) THEN
        RAISE EXCEPTION 'trouble' USING ERRCODE = (SELECT t.code FROM public.trouble t WHERE t.step = p_step);
      END IF;
      done := 10;
      next_cursor := CASE WHEN v_batch < p_batches THEN v_batch END;
    END $$;
    CREATE FUNCTION evergreen.first_step(p_batch_size integer, p_cursor text, OUT done integer, OUT next_cursor text)
      LANGUAGE sql AS $$ SELECT b.done, b.next_cursor FROM public.batch('first_step', 3, p_cursor) b $$;
    CREATE FUNCTION evergreen.second_step(p_batch_size integer, p_cursor text, OUT done integer, OUT next_cursor text)
      LANGUAGE sql AS $$ SELECT b.done, b.next_cursor FROM public.batch('second_step', 1, p_cursor) b $$;
    INSERT INTO evergreen.maintenance_steps (step, ordinal, batch_size, report)
    VALUES ('second_step', 2, 10, 'Did %s of the second'), ('first_step', 1, 10, 'Did %s of the first')`),
);
beforeEach(async () => {
  await database.query('TRUNCATE public.done, public.trouble');
  await database.query(`DELETE FROM evergreen.system_logs WHERE component = 'ai_maintenance'`);
});

const maintain = () => database.query('CALL evergreen.ai_daily_maintenance()');
const lines = () =>
  database.query<{ level: string; message: string }>(
    `SELECT level, message FROM evergreen.system_log WHERE component = 'ai_maintenance' ORDER BY created_at`,
  );
const last = () => database.query('SELECT status, detail FROM evergreen.last_maintenance');

test('every step runs in its order until it is through, each batch in a transaction of its own, and reports', async () => {
  await maintain();
  const done = await database.query('SELECT step, batch, xid FROM public.done ORDER BY xid');
  expect(done.map(({ step, batch }) => [step, batch])).toEqual([
    ['first_step', 1],
    ['first_step', 2],
    ['first_step', 3],
    ['second_step', 1],
  ]);
  expect(new Set(done.map(({ xid }) => xid)).size).toBe(4);
  const steps = await database.query('SELECT step FROM evergreen.maintenance_steps ORDER BY ordinal, step');
  const reported = await lines();
  expect(reported).toHaveLength(steps.length);
  expect(reported.slice(0, 2)).toEqual([
    { level: 'info', message: 'Did 30 of the first' },
    { level: 'info', message: 'Did 10 of the second' },
  ]);
  expect(await last()).toEqual([{ status: 'done', detail: expect.objectContaining({ first_step: 30, second_step: 10, prune_leases: 0 }) }]);
});

test('a step that cannot get its lock is left for tomorrow with a warning, and the next one runs', async () => {
  await database.query(`INSERT INTO public.trouble VALUES ('first_step', 2, '55P03')`);
  await maintain();
  expect((await lines()).slice(0, 2)).toEqual([
    { level: 'warning', message: 'Did 10 of the first, then stopped: trouble' },
    { level: 'info', message: 'Did 10 of the second' },
  ]);
  expect(await one(database.pool, `SELECT array_agg(step || ' ' || batch ORDER BY xid) FROM public.done`)).toEqual([
    'first_step 1',
    'second_step 1',
  ]);
});

test('a table that somebody alters holds it up for seconds, not for ever: a warning, and the next steps run', async () => {
  await withConnections(database, 2, async ([keeper, runner]) => {
    await keeper?.query('BEGIN; LOCK TABLE evergreen.generation_leases IN ACCESS EXCLUSIVE MODE');
    await runner?.query('CALL evergreen.ai_daily_maintenance()');
    await keeper?.query('COMMIT');
    const told = await lines();
    expect(told.filter(({ level }) => level === 'warning')).toEqual([
      { level: 'warning', message: 'Deleted 0 idle leases, then stopped: canceling statement due to lock timeout' },
    ]);
    expect(told.length).toBeGreaterThan(5);
    expect(await last()).toMatchObject([{ status: 'done' }]);
  });
});

test('where nothing can be reported, it still does its work, and says so to the caller', async () => {
  await withConnections(database, 2, async ([keeper, runner]) => {
    const heard: (string | undefined)[] = [];
    runner?.on('notice', ({ message }) => heard.push(message));
    await runner?.query(`SET lock_timeout = '100ms'`);
    await keeper?.query('BEGIN; LOCK TABLE evergreen.system_logs IN ACCESS EXCLUSIVE MODE');
    await runner?.query('CALL evergreen.ai_daily_maintenance()');
    await keeper?.query('COMMIT');
    expect(heard).toContainEqual(expect.stringContaining('the step first_step could not be reported'));
    expect(await one(database.pool, 'SELECT count(*)::integer FROM public.done')).toBe(4);
    expect(await last()).toMatchObject([{ status: 'done' }]);
  });
});

test('stopped in the middle it keeps what was done, says so, and can be run again', async () => {
  await database.query(`INSERT INTO public.trouble VALUES ('first_step', 3, '57014')`);
  expect(await refusal(maintain())).toMatchObject({ code: '57014' });
  expect(await one(database.pool, 'SELECT count(*)::integer FROM public.done')).toBe(2);
  expect(await last()).toEqual([{ status: 'stopped', detail: {} }]);
  await database.query('TRUNCATE public.trouble');
  await maintain();
  expect(await last()).toMatchObject([{ status: 'done' }]);
});

test('while it runs, an analyst reads that it runs', async () => {
  const analyst = await database.createRole();
  await call(database.pool, 'grant_analyst', { role: analyst.name });
  const status = () => as(analyst.url, (client) => one<string>(client, 'SELECT status FROM evergreen.last_maintenance'));
  await withConnections(database, 2, async ([keeper, runner]) => {
    await keeper?.query('BEGIN');
    await keeper?.query('LOCK TABLE public.done');
    const running = runner?.query('CALL evergreen.ai_daily_maintenance()');
    await untilBlocked(database, 1, [pidOf(runner as Client)]);
    expect(await status()).toBe('running');
    await keeper?.query('COMMIT');
    await running;
    expect(await status()).toBe('done');
  });
});

test('several at once all end well', async () => {
  await database.query(
    `SELECT evergreen.log_generation('recommendation', 'm', true, p_created_at => n) FROM generate_series('2020-01-10Z'::timestamptz, '2020-12-10Z', '1 month') n`,
  );
  await withConnections(database, 4, (clients) =>
    Promise.all(clients.map((client: Client) => client.query('CALL evergreen.ai_daily_maintenance()'))),
  );
  expect(await one(database.pool, `SELECT count(*)::integer FROM evergreen.ai_generation_logs WHERE created_at < '2021-01-01'`)).toBe(0);
  expect(
    await one(
      database.pool,
      `SELECT count(*)::integer FROM pg_class WHERE relname LIKE 'ai\\_generation\\_logs\\_2020%' AND relkind = 'r'`,
    ),
  ).toBe(0);
  expect(await one(database.pool, `SELECT count(*)::integer FROM evergreen.maintenance_runs WHERE finished_at IS NULL`)).toBe(1);
});

test('inside of a transaction block it is refused, because its batches could not commit', async () => {
  const client = await database.pool.connect();
  await client.query('BEGIN');
  expect(await refusal(client.query('CALL evergreen.ai_daily_maintenance()'))).toMatchObject({ code: '2D000' });
  await client.query('ROLLBACK');
  client.release();
});
