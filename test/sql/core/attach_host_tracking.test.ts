/** attach_host(p_track_changes => true): which companies the application changed, noted without anybody waiting. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { makeCompany, makeDomain, makeSteps, setLevel, setStatus } from '../journey/world.js';
import { call, contents, one, withConnections } from './calls.js';

const EVERYBODY = '00000000-0000-0000-0000-000000000000';
const HOST = readFileSync(join(__dirname, '../../../sql/host/tables.sql'), 'utf8');
const databases: TestDatabase[] = [];
let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
  databases.push(database);
  await database.query(HOST);
});
afterAll(() => Promise.all(databases.map((each) => each.close())));

const attach = (track_changes: boolean | null, schema = 'public') =>
  call<{ object: string; action: string }>(database.pool, 'attach_host', { schema, track_changes });
/** What it says of tracking. */
const tracking = async (track_changes: boolean | null, schema?: string) =>
  (await attach(track_changes, schema)).filter(({ object }) => object.startsWith('tracking'));
const triggers = () =>
  database.query<{ name: string }>(
    `SELECT tgrelid::regclass || ' ' || tgname AS name FROM pg_trigger WHERE tgname ~ '^evergreen_' AND tgparentid = 0 ORDER BY 1`,
  );
/** The companies noted since the last look, one each row. */
async function noted(): Promise<string[]> {
  const rows = await database.query<{ company_id: string }>('DELETE FROM evergreen.company_changes RETURNING company_id');
  return rows.map(({ company_id }) => company_id).sort();
}

/** Two companies with three steps each, tracked. */
async function world(): Promise<{ a: string; b: string; steps: string[] }> {
  const [a, b] = [await makeCompany(database.pool), await makeCompany(database.pool)].sort() as [string, string];
  const steps = await makeSteps(database.pool, 4);
  for (const company of [a, b]) for (const step of steps.slice(0, 3)) await setStatus(database.pool, company, step, 'in_progress');
  await attach(true);
  await noted();
  return { a, b, steps };
}

describe('what is noted', () => {
  test('a row a company for each statement that changes its steps or levels', async () => {
    const { a, b, steps } = await world();
    await setStatus(database.pool, a, steps[3] as string, 'completed');
    expect(await noted()).toEqual([a]);
    await setLevel(database.pool, b, await makeDomain(database.pool), 'low');
    expect(await noted()).toEqual([b]);
    await database.query(`UPDATE public.company_journey_steps SET status = 'completed' WHERE step_id = ANY ($1)`, [steps.slice(0, 2)]);
    expect(await noted()).toEqual([a, b]);
    await database.query('DELETE FROM public.company_journey_steps WHERE step_id = ANY ($1)', [steps.slice(0, 2)]);
    expect(await noted()).toEqual([a, b]);
    await database.query(`UPDATE public.company_domain_progress SET maturity_level = NULL`);
    expect(await noted()).toEqual([b]);
  });

  test('nothing for what is written as it was, and for other columns', async () => {
    const { a } = await world();
    await database.query('ALTER TABLE public.company_journey_steps ADD note text');
    await database.query(`UPDATE public.company_journey_steps SET status = status, note = 'seen'`);
    await database.query(`UPDATE public.companies SET name = 'Renamed' WHERE id = $1`, [a]);
    expect(await noted()).toEqual([]);
  });

  test('a row that moves to another company counts for both, and two that swap count for each', async () => {
    const { a, b, steps } = await world();
    await database.query('UPDATE public.company_journey_steps SET step_id = $3 WHERE company_id = $1 AND step_id = $2', [
      a,
      steps[0],
      steps[3],
    ]);
    expect(await noted()).toEqual([a]);
    await database.query('UPDATE public.company_journey_steps SET company_id = $2 WHERE company_id = $1 AND step_id = $3', [
      a,
      b,
      steps[3],
    ]);
    expect(await noted()).toEqual([a, b]);
  });

  test('a level that moves to another domain, and how often a row stands there', async () => {
    const { a, steps } = await world();
    await setLevel(database.pool, a, await makeDomain(database.pool), 'low');
    await noted();
    await database.query('UPDATE public.company_domain_progress SET domain_id = $1', [await makeDomain(database.pool)]);
    expect(await noted()).toEqual([a]);
    await database.query('CREATE SCHEMA app; CREATE TABLE app.company_journey_steps (company_id uuid, step_id uuid, status text)');
    await attach(null, 'app');
    await database.query(`INSERT INTO app.company_journey_steps SELECT $1, s, 'open' FROM unnest($2::uuid[]) AS s`, [
      a,
      [steps[0], steps[0], steps[1]],
    ]);
    await noted();
    await database.query(
      `UPDATE app.company_journey_steps SET step_id = CASE WHEN ctid = (SELECT min(s.ctid) FROM app.company_journey_steps AS s WHERE s.step_id = $1) THEN $2 ELSE step_id END`,
      [steps[0], steps[1]],
    );
    expect(await noted()).toEqual([a]);
  });

  test('whichever statement does it', async () => {
    const { a, b, steps } = await world();
    const [first, , , none] = steps as [string, string, string, string];
    const upsert = `INSERT INTO public.company_journey_steps VALUES ($1, $2, $3) ON CONFLICT (company_id, step_id) DO`;
    await database.query(`${upsert} NOTHING`, [a, first, 'completed']);
    expect(await noted()).toEqual([]);
    await database.query(`${upsert} UPDATE SET status = excluded.status`, [a, first, 'completed']);
    expect(await noted()).toEqual([a]);
    const merge = `MERGE INTO public.company_journey_steps AS s USING (VALUES ($1::uuid, $2::uuid)) AS v (company_id, step_id)
      ON s.company_id = v.company_id AND s.step_id = v.step_id WHEN MATCHED THEN`;
    await database.query(`${merge} UPDATE SET status = 'open'`, [b, first]);
    expect(await noted()).toEqual([b]);
    await database.query(`${merge} DELETE`, [b, first]);
    expect(await noted()).toEqual([b]);
    await database.query(`${merge} DO NOTHING WHEN NOT MATCHED THEN INSERT VALUES (v.company_id, v.step_id, 'open')`, [b, none]);
    expect(await noted()).toEqual([b]);
    await database.query(
      `WITH moved AS (DELETE FROM public.company_journey_steps WHERE company_id = $1 RETURNING step_id), other AS (
         INSERT INTO public.company_domain_progress VALUES ($2, $3, 'low'))
       INSERT INTO public.companies (name) SELECT 'New' FROM moved`,
      [a, b, await makeDomain(database.pool)],
    );
    expect(await noted()).toEqual([a, b]);
  });

  test('the deletion of a company, once for itself and once for its steps; another id for one', async () => {
    const { a, b } = await world();
    await database.query('DELETE FROM public.companies WHERE id = $1', [a]);
    expect(new Set(await noted())).toEqual(new Set([a]));
    await database.query('DELETE FROM public.company_journey_steps');
    await noted();
    const moved = randomUUID();
    await database.query('UPDATE public.companies SET id = $2 WHERE id = $1', [b, moved]);
    expect(await noted()).toEqual([b, moved].sort());
  });

  test('everybody, after a TRUNCATE', async () => {
    await world();
    await database.query('TRUNCATE public.company_journey_steps');
    expect(await noted()).toEqual([EVERYBODY]);
  });

  test('what replication applies, row by row, and not twice what others write', async () => {
    const { a, b, steps } = await world();
    const [domain, other] = [await makeDomain(database.pool), await makeDomain(database.pool)];
    await setLevel(database.pool, b, domain, 'low');
    await noted();
    const applied: [string, string[]][] = [
      [`UPDATE public.company_journey_steps SET status = 'done' WHERE company_id = '${a}' AND step_id = '${steps[0]}'`, [a]],
      [`UPDATE public.company_journey_steps SET step_id = '${steps[3]}' WHERE company_id = '${a}' AND step_id = '${steps[0]}'`, [a]],
      [`UPDATE public.company_journey_steps SET company_id = '${b}' WHERE step_id = '${steps[3]}'`, [a, b]],
      [`UPDATE public.company_journey_steps SET status = status`, []],
      [`UPDATE public.company_domain_progress SET maturity_level = 'high'`, [b]],
      [`UPDATE public.company_domain_progress SET domain_id = '${other}'`, [b]],
      [`DELETE FROM public.company_domain_progress`, [b]],
      [`INSERT INTO public.company_domain_progress VALUES ('${a}', '${domain}', 'low')`, [a]],
      [`DELETE FROM public.companies WHERE id = '${a}'`, [a]],
      ['TRUNCATE public.company_domain_progress', [EVERYBODY]],
    ];
    for (const [statement, companies] of applied) {
      await database.superuserQuery(`SET session_replication_role = replica; ${statement}; RESET session_replication_role`);
      expect([statement, await noted()]).toEqual([statement, companies]);
    }
  });

  test('what a role without any right here writes', async () => {
    const { a, steps } = await world();
    const role = await database.createRole();
    await database.query(`GRANT USAGE ON SCHEMA public TO ${role.name}; GRANT ALL ON public.company_journey_steps TO ${role.name}`);
    await withConnections({ ...database, url: role.url } as TestDatabase, 1, async ([client]) => {
      await setStatus(client as Client, a, steps[0] as string, 'completed');
      await client?.query('TRUNCATE public.company_journey_steps');
    });
    expect(await noted()).toEqual([EVERYBODY, a]);
  });

  test('everybody, when a column has another name since: the application writes on', async () => {
    const { a, b, steps } = await world();
    await database.query('ALTER TABLE public.company_journey_steps RENAME status TO state');
    await database.query(`UPDATE public.company_journey_steps SET state = 'completed' WHERE company_id = $1`, [a]);
    expect(await noted()).toEqual([EVERYBODY]);
    await database.superuserQuery(
      `SET session_replication_role = replica; UPDATE public.company_journey_steps SET state = 'open' WHERE company_id = '${a}' AND step_id = '${steps[0]}'`,
    );
    expect(await noted()).toEqual([EVERYBODY]);
    await database.query('ALTER TABLE public.companies RENAME id TO company');
    await database.query(`UPDATE public.companies SET name = 'Other' WHERE company = $1`, [b]);
    await database.query('ALTER TABLE public.company_domain_progress RENAME company_id TO company');
    await database.query('INSERT INTO public.company_domain_progress VALUES ($1, $2, NULL)', [a, await makeDomain(database.pool)]);
    expect(new Set(await noted())).toEqual(new Set([EVERYBODY]));
  });

  test('another spelling that the collation of a column takes for the same', async () => {
    const { a, steps } = await world();
    await database.query(`CREATE COLLATION public.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`);
    await call(database.pool, 'detach_host');
    await database.query(`
      ALTER TABLE public.company_journey_steps ALTER status TYPE text COLLATE public.any_case;
      CREATE TABLE public.progress (company_id uuid, domain_id uuid, maturity_level text COLLATE public.any_case) PARTITION BY HASH (company_id);
      CREATE TABLE public.part PARTITION OF public.progress FOR VALUES WITH (MODULUS 1, REMAINDER 0);
      DROP TABLE public.company_domain_progress;
      ALTER TABLE public.progress RENAME TO company_domain_progress`);
    await attach(true);
    await database.query(`INSERT INTO public.company_domain_progress VALUES ($1, $2, 'low')`, [a, await makeDomain(database.pool)]);
    await noted();
    await database.query(`UPDATE public.company_journey_steps SET status = 'IN_PROGRESS' WHERE company_id = $1 AND step_id = $2`, [
      a,
      steps[0],
    ]);
    expect(await noted()).toEqual([a]);
    await database.query(`UPDATE public.company_domain_progress SET maturity_level = 'Low'`);
    expect(await noted()).toEqual([a]);
  });

  test('rows of a partitioned table, through it and past it, and the TRUNCATE of one partition', async () => {
    await database.query(`
      DROP TABLE public.company_journey_steps;
      CREATE TABLE public.company_journey_steps (company_id uuid, step_id uuid, status text) PARTITION BY HASH (company_id);
      CREATE TABLE public.part_0 PARTITION OF public.company_journey_steps FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE public.part_1 PARTITION OF public.company_journey_steps FOR VALUES WITH (MODULUS 2, REMAINDER 1)`);
    await attach(true);
    await noted();
    const [company, step] = [await makeCompany(database.pool), randomUUID()];
    await database.query('INSERT INTO public.company_journey_steps VALUES ($1, $2, $3)', [company, step, 'completed']);
    expect(await noted()).toEqual([company]);
    const part = await one<string>(database.pool, 'SELECT tableoid::regclass::text FROM public.company_journey_steps');
    await database.query(`UPDATE ${part} SET status = 'in_progress'`);
    expect(await noted()).toEqual([company]);
    await database.query(`UPDATE ${part} SET status = 'in_progress'`);
    expect(await noted()).toEqual([]);
    await database.superuserQuery(`SET session_replication_role = replica; UPDATE ${part} SET status = 'done'`);
    expect(await noted()).toEqual([company]);
    await database.query(`TRUNCATE ${part}`);
    expect(await noted()).toEqual([EVERYBODY]);
  });
});

test("writers of one company's rows wait for nobody: not for each other, not for who computes its hash", async () => {
  const { a, steps } = await world();
  await withConnections(database, 3, async ([first, second, folder]) => {
    for (const client of [first, second, folder]) await client?.query(`SET lock_timeout = '2s'; BEGIN`);
    await setStatus(first as Client, a, steps[0] as string, 'completed');
    await call(folder as Client, 'refresh_company_contexts', { company_ids: [a] });
    await setStatus(second as Client, a, steps[1] as string, 'completed');
    await first?.query(`INSERT INTO public.companies (name) VALUES ('New')`);
    await second?.query('COMMIT');
    await folder?.query('COMMIT');
    await first?.query('COMMIT');
  });
  expect(await noted()).toEqual([a, a]);
});

describe('on and off', () => {
  test('off unless asked for, and then on until told otherwise', async () => {
    expect(await tracking(null)).toEqual([]);
    expect(await triggers()).toEqual([]);
    expect(await tracking(true)).toEqual(
      ['companies', 'company_domain_progress', 'company_journey_steps'].map((table) => ({
        object: `tracking of public.${table}`,
        action: 'by triggers',
      })),
    );
    const made = await triggers();
    const before = await contents(database.pool);
    for (const again of [true, null]) {
      expect(new Set((await tracking(again)).map(({ action }) => action))).toEqual(new Set(['unchanged']));
    }
    expect(await contents(database.pool)).toEqual(before);
    expect(await triggers()).toEqual(made);
    expect((await tracking(false)).map(({ action }) => action)).toEqual(['removed', 'removed', 'removed']);
    expect(await triggers()).toEqual([]);
    expect(await tracking(false)).toEqual([]);
  });

  test('is audited', async () => {
    await attach(true);
    await attach(false);
    const audited = await database.query<{ steps: string }>(
      `SELECT after ->> 'company_journey_steps' AS steps FROM evergreen.audit_log WHERE action = 'attach_host' ORDER BY id`,
    );
    expect(audited.map(({ steps }) => steps)).toEqual(['public.company_journey_steps, tracked', 'public.company_journey_steps']);
  });

  test('a trigger that somebody dropped or disabled is made again', async () => {
    await attach(true);
    const made = await triggers();
    await database.query('DROP TRIGGER evergreen_statement_update ON public.company_journey_steps');
    await database.query('ALTER TABLE public.companies DISABLE TRIGGER USER');
    expect(await one(database.pool, 'SELECT evergreen.contexts_are_tracked()')).toBe(false);
    expect((await tracking(null)).map(({ action }) => action)).toEqual(['by triggers', 'unchanged', 'by triggers']);
    expect(await triggers()).toEqual(made);
    expect(await one(database.pool, 'SELECT evergreen.contexts_are_tracked()')).toBe(true);
  });

  test('a view that reads a column of another name now is no longer followed, until it is attached again', async () => {
    const { a } = await world();
    await call(database.pool, 'refresh_company_contexts', { company_ids: [a] });
    await database.query(
      'ALTER TABLE public.company_journey_steps RENAME status TO former; ALTER TABLE public.company_journey_steps ADD status text',
    );
    await noted();
    expect(await one(database.pool, 'SELECT evergreen.contexts_are_tracked()')).toBe(false);
    expect(await attach(null)).toContainEqual({
      object: 'view evergreen.host_company_journey_steps',
      action: 'reads public.company_journey_steps',
    });
    expect(await noted()).toEqual([EVERYBODY]);
    expect(await one(database.pool, 'SELECT evergreen.contexts_are_tracked()')).toBe(true);
    await database.query(`UPDATE public.company_journey_steps SET status = 'completed' WHERE company_id = $1`, [a]);
    expect(await one(database.pool, `SELECT jsonb_array_length(evergreen.company_context($1) -> 'completed_steps')`, [a])).toBe(3);
  });

  test("attached to other tables, it follows; detached, nothing of it is left on the application's", async () => {
    await attach(true);
    await database.query('CREATE SCHEMA app; CREATE TABLE app.company_journey_steps (company_id uuid, step_id uuid, status text)');
    await attach(null, 'app');
    expect((await triggers()).filter(({ name }) => name.includes('journey_steps')).map(({ name }) => name.split(' ')[0])).toEqual(
      Array.from({ length: 7 }, () => 'app.company_journey_steps'),
    );
    const said = await call<{ object: string; action: string }>(database.pool, 'detach_host');
    expect(said).toContainEqual({ object: 'tracking of app.company_journey_steps', action: 'removed' });
    expect(await triggers()).toEqual([]);
  });

  test.each([
    [
      'a view of your own',
      'CREATE OR REPLACE VIEW evergreen.host_company_domain_progress AS SELECT company_id, domain_id, maturity_level FROM public.mine',
      'the view is your own',
    ],
    [
      'a view of the application',
      'ALTER TABLE public.company_domain_progress RENAME TO p; CREATE VIEW public.company_domain_progress AS SELECT * FROM public.p',
      'it is no table',
    ],
    [
      'a table that others inherit from',
      'CREATE TABLE public.child () INHERITS (public.company_domain_progress)',
      'other tables inherit from it',
    ],
  ])('%s is refused, and then nothing is tracked at all', async (_, change, why) => {
    await database.query('CREATE TABLE public.mine (company_id uuid, domain_id uuid, maturity_level text)');
    await database.query(change);
    const said = await tracking(true);
    expect(said).toEqual([
      { object: expect.stringContaining('company_domain_progress'), action: `refused: ${why}; every hit computes the hash` },
    ]);
    expect(await triggers()).toEqual([]);
    expect(await one(database.pool, 'SELECT evergreen.contexts_are_tracked()')).toBe(false);
  });

  test("a table of another owner's is refused", async () => {
    const role = await database.createRole();
    await database.superuserQuery(
      `ALTER TABLE public.company_journey_steps OWNER TO ${role.name}; GRANT ALL ON public.company_journey_steps TO PUBLIC`,
    );
    expect((await tracking(true)).map(({ action }) => action)).toEqual([expect.stringMatching(/^refused: .* does not own it/)]);
    expect(await triggers()).toEqual([]);
  });

  test('a table of which sessions may see different rows is refused', async () => {
    await database.query('ALTER TABLE public.company_journey_steps ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY');
    expect((await tracking(true)).map(({ action }) => action)).toEqual([expect.stringMatching(/^refused: row security applies to /)]);
    expect(await triggers()).toEqual([]);
  });
});
