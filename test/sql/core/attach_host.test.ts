import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../../../src/build/catalogue.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import {
  contextHash,
  insight,
  item,
  makeCompany,
  makeStep,
  recommendationsOf,
  saveHealth,
  saveInsights,
  saveRecommendations,
  setStatus,
} from '../journey/world.js';
import { as, at, call, contents, expectRefusal, one, refusal, value } from './calls.js';

const databases: TestDatabase[] = [];
let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
  databases.push(database);
});
afterAll(() => Promise.all(databases.map((each) => each.close())));

const HOST = readFileSync(join(__dirname, '../../../sql/host/tables.sql'), 'utf8');
const TABLES = [
  'companies',
  'company_domain_progress',
  'company_journey_steps',
  'journey_domains',
  'journey_steps',
  'step_activity',
  'users',
];

const attach = (schema = 'public') => call<{ object: string; action: string }>(database.pool, 'attach_host', { schema });
const actions = async (schema?: string) => Object.fromEntries((await attach(schema)).map(({ object, action }) => [object, action]));
const foreignKeys = async () =>
  (
    await database.query<{ key: string }>(
      `SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) || CASE WHEN convalidated THEN '' ELSE ' not valid' END AS key FROM pg_constraint
        WHERE contype = 'f' AND connamespace = 'evergreen'::regnamespace AND confrelid::regclass::text !~ '^evergreen' ORDER BY 1`,
    )
  ).map(({ key }) => key.replaceAll('evergreen.', ''));

/** The transactions that last wrote each row of the catalogue about our schema. */
const versions = () =>
  database.query(`
    SELECT 'class' AS what, oid::text, xmin::text FROM pg_class WHERE relnamespace = 'evergreen'::regnamespace
    UNION ALL SELECT 'rewrite', r.oid::text, r.xmin::text FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class AND c.relnamespace = 'evergreen'::regnamespace
    UNION ALL SELECT 'constraint', oid::text, xmin::text FROM pg_constraint WHERE connamespace = 'evergreen'::regnamespace
    UNION ALL SELECT 'trigger', t.oid::text, t.xmin::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid AND c.relnamespace = 'evergreen'::regnamespace
    ORDER BY 1, 2`);

/** Expects one VG010 that lists exactly these lines, and nothing changed. */
async function expectMismatch(lines: (string | RegExp)[], schema = 'public'): Promise<void> {
  const [before, rows] = [await catalogue(database.pool), await contents(database.pool)];
  const { code, message, hint } = await refusal(attach(schema));
  expect({ code, hint }).toEqual({ code: 'VG010', hint: expect.stringContaining('Nothing was changed') });
  expect(message.split('\n  ').slice(1).sort()).toEqual(
    lines.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))),
  );
  expect(await catalogue(database.pool)).toEqual(before);
  expect(await contents(database.pool)).toEqual(rows);
}

describe('with the minimal host', () => {
  beforeEach(() => database.query(HOST));

  test('points every view at its table, adds the foreign keys of the seeds, validated, and says so', async () => {
    const said = await actions();
    for (const table of TABLES) expect(said[`view evergreen.host_${table}`]).toBe(`reads public.${table}`);
    expect(said['foreign key evergreen.ai_generated_recommendations (step_id)']).toBe('refers to public.journey_steps on delete set null');
    expect(await foreignKeys()).toEqual([
      'ai_business_health_summaries FOREIGN KEY (company_id) REFERENCES companies(id) ON DELETE CASCADE',
      'ai_context_snapshots FOREIGN KEY (company_id) REFERENCES companies(id) ON DELETE CASCADE',
      'ai_generated_insights FOREIGN KEY (company_id) REFERENCES companies(id) ON DELETE CASCADE',
      'ai_generated_insights FOREIGN KEY (domain_id) REFERENCES journey_domains(id) ON DELETE SET NULL',
      'ai_generated_insights FOREIGN KEY (step_id) REFERENCES journey_steps(id) ON DELETE SET NULL',
      'ai_generated_recommendations FOREIGN KEY (company_id) REFERENCES companies(id) ON DELETE CASCADE',
      'ai_generated_recommendations FOREIGN KEY (step_id) REFERENCES journey_steps(id) ON DELETE SET NULL',
      'host_holds FOREIGN KEY (company_id) REFERENCES companies(id) ON DELETE CASCADE',
      'host_holds FOREIGN KEY (domain_id) REFERENCES journey_domains(id) ON DELETE CASCADE',
      'host_holds FOREIGN KEY (step_id) REFERENCES journey_steps(id) ON DELETE CASCADE',
      'personality_cache FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE',
    ]);
    expect(Object.keys(said)).toHaveLength(TABLES.length + 11);
  });

  test('does it as a plain owner, and keeps the comments of the views', async () => {
    expect(await database.query('SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user')).toEqual([
      { rolsuper: false, rolcreaterole: false },
    ]);
    await attach();
    const views = await database.query(
      `SELECT relname FROM pg_class WHERE relnamespace = 'evergreen'::regnamespace AND relname ~ '^host_' AND relkind = 'v' AND obj_description(oid, 'pg_class') IS NULL`,
    );
    expect(views).toEqual([]);
  });

  test('a second time it changes nothing: no row of the catalogue is written again, nothing is audited', async () => {
    await attach();
    const [before, rows] = [await versions(), await contents(database.pool)];
    expect(new Set(Object.values(await actions()))).toEqual(new Set(['unchanged']));
    expect(await versions()).toEqual(before);
    expect(await contents(database.pool)).toEqual(rows);
    expect(await one<number>(database.pool, `SELECT count(*)::integer FROM evergreen.audit_log WHERE action = 'attach_host'`)).toBe(1);
  });

  test("what callers read is the application's own rows from then on", async () => {
    await attach();
    const company = await makeCompany(database.pool, 'Umbrella');
    await database.query(`INSERT INTO public.users VALUES ('u1', 'ada@example.org', 'Ada')`);
    const step = await makeStep(database.pool);
    await setStatus(database.pool, company, step, 'completed');
    expect(await database.query('SELECT * FROM evergreen.host_companies')).toEqual([{ id: company, name: 'Umbrella' }]);
    expect(await database.query('SELECT * FROM evergreen.host_users')).toEqual([
      { id: 'u1', username: 'Ada', email: 'ada@example.org', name: 'Ada' },
    ]);
    expect(await value(database.pool, 'company_context', { company_id: company })).toMatchObject({ completed_steps: [step] });
  });

  test('content that is there already is taken over', async () => {
    const company = randomUUID();
    await saveRecommendations(database.pool, company, [item(null)]);
    await database.query('INSERT INTO public.companies VALUES ($1, $2)', [company, 'Before']);
    await attach();
    expect(await recommendationsOf(database.pool, company)).toHaveLength(1);
  });

  test('content of companies and steps that are gone is counted in the one error, and left alone', async () => {
    const [step, gone] = [randomUUID(), randomUUID()];
    for (const company of [gone, randomUUID()]) await saveRecommendations(database.pool, company, [item(step), item(null)]);
    await value(database.pool, 'generate_company_context_hash', { company_id: gone });
    await expectMismatch([
      'ai_context_snapshots.company_id has 1 ids that public.companies does not have',
      'ai_generated_recommendations.company_id has 2 ids that public.companies does not have',
      'ai_generated_recommendations.step_id has 1 ids that public.journey_steps does not have',
    ]);
  });

  describe('when the application deletes', () => {
    beforeEach(attach);

    test('a company: its content goes with it, what it cost stays', async () => {
      const [company, other] = [await makeCompany(database.pool), await makeCompany(database.pool)];
      for (const id of [company, other]) {
        const { content } = await saveRecommendations(database.pool, id, [item(null)]);
        await saveRecommendations(database.pool, id, [item(null)], { now: at(1) });
        await call(database.pool, 'track_recommendation_completion', { recommendation_id: content[0]?.id });
        await saveInsights(database.pool, id, [insight('Text.')]);
        await saveHealth(database.pool, id);
        await value(database.pool, 'generate_company_context_hash', { company_id: id });
      }
      const spent = () =>
        database.query('SELECT generation_type, cost, company_id FROM evergreen.ai_generation_logs ORDER BY company_id, generation_type');
      const monthly = () => database.query('SELECT * FROM evergreen.ai_spend_monthly ORDER BY scope, scope_id, slot');
      const [log, months] = [await spent(), await monthly()];
      await database.query('DELETE FROM public.companies WHERE id = $1', [company]);
      for (const table of [
        'ai_generated_recommendations',
        'ai_recommendation_revisions',
        'ai_recommendation_effectiveness',
        'ai_generated_insights',
        'ai_business_health_summaries',
        'ai_context_snapshots',
      ])
        expect(await database.query(`SELECT DISTINCT company_id FROM evergreen.${table}`)).toEqual([{ company_id: other }]);
      expect(await spent()).toEqual(log);
      expect(log).toHaveLength(8);
      expect(await monthly()).toEqual(months);
    });

    test('two steps of one answer: their recommendations stay without a step and do not become duplicates', async () => {
      const company = await makeCompany(database.pool);
      const [a, b] = [await makeStep(database.pool), await makeStep(database.pool)];
      await saveRecommendations(database.pool, company, [item(a, 'Same'), item(b, 'Same')]);
      await database.query('DELETE FROM public.journey_steps WHERE id = ANY ($1)', [[a, b]]);
      expect(await recommendationsOf(database.pool, company)).toMatchObject([{ step_id: null }, { step_id: null }]);
    });

    test('a domain and a step: insights about them stay', async () => {
      const company = await makeCompany(database.pool);
      const step = await makeStep(database.pool);
      const domain = await one<string>(database.pool, 'SELECT domain_id FROM public.journey_steps WHERE id = $1', [step]);
      await saveInsights(database.pool, company, [insight('Text.')], { domain_id: domain, step_id: step });
      await database.query('DELETE FROM public.journey_domains WHERE id = $1', [domain]);
      expect(await database.query('SELECT domain_id, step_id FROM evergreen.ai_generated_insights')).toEqual([
        { domain_id: null, step_id: null },
      ]);
    });

    test('a table, with all that depends on it: attached again, all is as before', async () => {
      const before = await foreignKeys();
      await database.query('DROP TABLE public.companies CASCADE');
      await database.query(HOST);
      const said = await actions();
      expect(said['view evergreen.host_companies']).toBe('reads public.companies');
      expect(await foreignKeys()).toEqual(before);
      expect(await contextHash(database.pool, await makeCompany(database.pool))).toMatch(/^[0-9a-f]{64}$/);
    });
  });

  test('a view that somebody dropped is made again', async () => {
    await attach();
    await database.query('DROP VIEW evergreen.host_companies');
    expect((await actions())['view evergreen.host_companies']).toBe('reads public.companies');
    expect(await contextHash(database.pool, await makeCompany(database.pool))).toMatch(/^[0-9a-f]{64}$/);
  });

  test('another schema is attached instead when that is asked for', async () => {
    await attach();
    await database.query('CREATE SCHEMA "My App"; CREATE TABLE "My App".companies (id uuid PRIMARY KEY, name text)');
    const said = await actions('My App');
    expect(said['view evergreen.host_companies']).toBe('reads "My App".companies');
    expect(said['view evergreen.host_users']).toBe('unchanged: reads public.users');
    const company = randomUUID();
    await database.query(`INSERT INTO "My App".companies VALUES ($1, 'There')`, [company]);
    expect(await database.query('SELECT name FROM evergreen.host_companies')).toEqual([{ name: 'There' }]);
    expect((await foreignKeys()).filter((key) => key.includes('company_id'))).toEqual(
      (await foreignKeys()).filter((key) => key.includes('REFERENCES "My App".companies(id) ON DELETE CASCADE')),
    );
  });
});

describe('other hosts', () => {
  test('without some of the tables: the rest is attached, the others are left empty, and it works', async () => {
    await database.query('CREATE TABLE public.companies (id uuid PRIMARY KEY, name text)');
    const said = await actions();
    expect(said).toMatchObject({
      'view evergreen.host_companies': 'reads public.companies',
      'view evergreen.host_journey_steps': 'left empty: the schema has no table journey_steps',
      'view evergreen.host_users': 'left empty: the schema has no table users',
    });
    const company = await makeCompany(database.pool);
    expect(await saveRecommendations(database.pool, company, [item(randomUUID())])).toMatchObject({ state: 'saved' });
    expect(await refusal(saveRecommendations(database.pool, randomUUID(), [item(null)]))).toMatchObject({ code: 'VG002' });
    await database.query('CREATE TABLE public.users (id uuid PRIMARY KEY)');
    expect(await actions()).toMatchObject({
      'view evergreen.host_companies': 'unchanged',
      'view evergreen.host_users': 'reads public.users',
    });
  });

  test('with none of them, nothing is attached', async () => {
    expect((await attach()).every(({ action }) => action.startsWith('left empty'))).toBe(true);
    expect(await database.query('SELECT * FROM evergreen.host_attachments')).toEqual([]);
  });

  test('title instead of name, and neither', async () => {
    await database.query(`
      CREATE TABLE public.companies (id uuid PRIMARY KEY);
      CREATE TABLE public.journey_domains (id uuid PRIMARY KEY, title varchar(80));
      CREATE TABLE public.journey_steps (id uuid PRIMARY KEY, title text, name text)`);
    await attach();
    const id = randomUUID();
    await database.query(`INSERT INTO public.companies VALUES ('${id}')`);
    await database.query(`INSERT INTO public.journey_domains VALUES ('${id}', 'A title')`);
    await database.query(`INSERT INTO public.journey_steps VALUES ('${id}', 'A title', 'A name')`);
    expect(await database.query('SELECT * FROM evergreen.host_companies')).toEqual([{ id, name: null }]);
    expect(await database.query('SELECT * FROM evergreen.host_journey_domains')).toEqual([{ id, name: 'A title' }]);
    expect(await database.query('SELECT * FROM evergreen.host_journey_steps')).toEqual([{ id, domain_id: null, name: 'A name' }]);
  });

  test('a timestamp without zone is read as UTC, whatever the session is in', async () => {
    const company = randomUUID();
    await database.query('CREATE TABLE public.step_activity (company_id uuid, last_activity_timestamp timestamp)');
    await attach();
    await database.query(`INSERT INTO public.step_activity VALUES ('${company}', '2026-05-10 12:00')`);
    for (const zone of ['UTC', 'Asia/Kathmandu'])
      expect(
        await one<string>(
          database.pool,
          `SELECT evergreen.company_context('${company}') ->> 'last_activity' FROM set_config('timezone', '${zone}', true)`,
        ),
      ).toBe('2026-05-10T12:00:00.000000Z');
  });

  test('a status of an enum type and a level that is a number', async () => {
    const [company, step, domain] = [randomUUID(), randomUUID(), randomUUID()];
    await database.query(`
      CREATE TYPE public.state AS ENUM ('completed', 'in_progress', 'paused');
      CREATE TABLE public.company_journey_steps (company_id uuid, step_id uuid, status public.state);
      CREATE TABLE public.company_domain_progress (company_id uuid, domain_id uuid, maturity_level numeric(3, 1))`);
    await attach();
    await database.query(`INSERT INTO public.company_journey_steps VALUES ('${company}', '${step}', 'completed')`);
    await database.query(`INSERT INTO public.company_domain_progress VALUES ('${company}', '${domain}', 2.5)`);
    expect(await value(database.pool, 'company_context', { company_id: company })).toMatchObject({
      completed_steps: [step],
      domain_levels: { [domain]: '2.5' },
    });
    expect(new Set(Object.values(await actions()).filter((action) => !action.startsWith('left empty')))).toEqual(new Set(['unchanged']));
  });

  test('users with ids of type uuid, bigint, text and varchar: what is of a user goes when the user goes, and only theirs', async () => {
    for (const [index, [type, id]] of [
      ['uuid', '5f0c6a3e-8f0b-4b9e-9a53-0d4d3e6f8a11'],
      ['bigint', '9007199254740993'],
      ['text', 'ck9 a/b'],
      ['varchar(30)', 'short'],
    ].entries()) {
      const schema = `app_${index}`;
      await database.query(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.users (id ${type} PRIMARY KEY, email text);
        INSERT INTO ${schema}.users VALUES ('${id}', 'a@b.c')`);
      await attach(schema);
      expect(await database.query('SELECT * FROM evergreen.host_users')).toEqual([{ id, username: 'a@b.c', email: 'a@b.c', name: null }]);
      const keep = `SELECT state FROM evergreen.save_personality_cache($1, '{"a": 1}')`;
      expect(await database.query(keep, [id])).toEqual([{ state: 'saved' }]);
      expect(await refusal(database.query(keep, ['nobody']))).toMatchObject({ code: 'VG002', message: "there is no user 'nobody'" });
      expect(new Set(Object.values(await actions(schema)).filter((action) => !/^left empty/.test(action)))).toEqual(new Set(['unchanged']));
      await database.query(`DELETE FROM ${schema}.users`);
      expect(await database.query('SELECT user_id FROM evergreen.personality_cache')).toEqual([]);
    }
    // The last is followed by a foreign key; detached, nothing of ours is left at any of them.
    await database.query('SELECT evergreen.detach_host()');
    expect(await database.query(`SELECT tgname FROM pg_trigger WHERE tgname LIKE 'evergreen%' AND NOT tgisinternal`)).toEqual([]);
  });

  test('a view in place of a table is read, without foreign keys', async () => {
    await database.query(`
      CREATE TABLE public.firms (firm uuid PRIMARY KEY, label text);
      CREATE VIEW public.companies AS SELECT firm AS id, label AS name FROM public.firms`);
    expect((await actions())['view evergreen.host_companies']).toBe('reads public.companies');
    expect(await foreignKeys()).toEqual([]);
    expect(new Set(Object.values(await actions()).filter((action) => !action.startsWith('left empty')))).toEqual(new Set(['unchanged']));
  });

  test('a partitioned table of companies is referred to', async () => {
    await database.query(`CREATE TABLE public.companies (id uuid PRIMARY KEY, name text) PARTITION BY HASH (id);
      CREATE TABLE public.companies_0 PARTITION OF public.companies FOR VALUES WITH (MODULUS 1, REMAINDER 0)`);
    await attach();
    const company = await makeCompany(database.pool);
    await saveHealth(database.pool, company);
    await database.query('DELETE FROM public.companies');
    expect(await database.query('SELECT * FROM evergreen.ai_business_health_summaries')).toEqual([]);
  });

  test('wrong columns: one error lists everything that is wrong in all tables, and nothing was changed', async () => {
    await database.query(`
      CREATE TABLE public.companies (id bigint PRIMARY KEY, name text);
      CREATE TABLE public.journey_domains (id uuid, name text);
      CREATE TABLE public.journey_steps (id uuid UNIQUE DEFERRABLE, domain_id integer, name text);
      CREATE TABLE public.company_journey_steps (company_id bigint, step_id uuid);
      CREATE TABLE public.company_domain_progress (company uuid, domain_id uuid, maturity_level text);
      CREATE TABLE public.step_activity (company_id uuid, last_activity_timestamp date);
      CREATE TABLE public.users (name text)`);
    await expectMismatch([
      'public.companies.id is bigint, not uuid',
      'public.company_domain_progress has no column company_id',
      'public.company_journey_steps has no column status',
      'public.company_journey_steps.company_id is bigint, not uuid',
      'public.journey_domains.id is not unique, so ai_generated_insights.domain_id cannot refer to it',
      'public.journey_domains.id is not unique, so host_holds.domain_id cannot refer to it',
      'public.journey_steps.domain_id is integer, not uuid',
      'public.journey_steps.id is not unique, so ai_generated_insights.step_id cannot refer to it',
      'public.journey_steps.id is not unique, so ai_generated_recommendations.step_id cannot refer to it',
      'public.journey_steps.id is not unique, so host_holds.step_id cannot refer to it',
      'public.step_activity.last_activity_timestamp is date, not timestamptz',
      'public.users has no column id',
    ]);
  });

  test('tables of another owner: the error says which rights are missing, and with them it works', async () => {
    await database.superuserQuery(
      'CREATE SCHEMA app; CREATE TABLE app.companies (id uuid PRIMARY KEY, name text); CREATE TABLE app.users (id text PRIMARY KEY)',
    );
    await expectMismatch([/^evergreen_owner\S* may not use the schema: grant it USAGE$/], 'app');
    const owner = await one<string>(database.pool, 'SELECT current_user::text');
    await database.superuserQuery(`GRANT USAGE ON SCHEMA app TO ${owner}`);
    await expectMismatch(
      [
        /may not read app.companies: grant it SELECT$/,
        /may not read app.users: grant it SELECT$/,
        /may not refer to app.companies: grant it REFERENCES$/,
        /may not refer to app.users: grant it REFERENCES$/,
      ],
      'app',
    );
    await database.superuserQuery(`GRANT SELECT, REFERENCES ON ALL TABLES IN SCHEMA app TO ${owner}`);
    expect(await actions('app')).toMatchObject({
      'view evergreen.host_companies': 'reads app.companies',
      'view evergreen.host_users': 'reads app.users',
    });
    const company = randomUUID();
    await database.superuserQuery(`INSERT INTO app.companies VALUES ('${company}', 'Theirs')`);
    expect(await saveHealth(database.pool, company)).toMatchObject({ state: 'saved' });
  });
});

describe('views that a DBA defined', () => {
  const firms = `
    CREATE TABLE public.firms (id uuid PRIMARY KEY, label text, active boolean);
    CREATE OR REPLACE VIEW evergreen.host_companies AS SELECT f.id, f.label AS name FROM public.firms AS f WHERE f.active`;

  test('are kept, and are the application as they stand', async () => {
    await database.query(`${firms}; CREATE TABLE public.users (id text PRIMARY KEY)`);
    const before = await catalogue(database.pool);
    expect(await actions()).toMatchObject({
      'view evergreen.host_companies': 'unchanged: a view of your own',
      'view evergreen.host_users': 'reads public.users',
    });
    const views = (lines: string[]) => lines.filter((line) => line.startsWith('view host_companies'));
    expect(views(await catalogue(database.pool))).toEqual(views(before));
    const [active, gone] = [randomUUID(), randomUUID()];
    await database.query(`INSERT INTO public.firms VALUES ('${active}', 'Here', true), ('${gone}', 'Gone', false)`);
    expect(await saveHealth(database.pool, active)).toMatchObject({ state: 'saved' });
    expect(await refusal(saveHealth(database.pool, gone))).toMatchObject({ code: 'VG002' });
  });

  test('replace a table that does not fit, as the hint of the error says', async () => {
    await database.query(
      `CREATE TABLE public.companies (id bigint PRIMARY KEY, uid uuid, name text); CREATE TABLE public.users (id text PRIMARY KEY)`,
    );
    await expectMismatch(['public.companies.id is bigint, not uuid']);
    await database.query('CREATE OR REPLACE VIEW evergreen.host_companies AS SELECT c.uid AS id, c.name FROM public.companies AS c');
    expect(await actions()).toMatchObject({
      'view evergreen.host_companies': 'unchanged: a view of your own',
      'view evergreen.host_users': 'reads public.users',
    });
    expect(await foreignKeys()).toEqual(['personality_cache FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE']);
  });

  test('over a function count too', async () => {
    await database.query(`
      CREATE FUNCTION public.firms(OUT id uuid, OUT name text) RETURNS SETOF record LANGUAGE sql AS $$ SELECT gen_random_uuid(), 'One' $$;
      CREATE OR REPLACE VIEW evergreen.host_companies AS SELECT f.id, f.name FROM public.firms() AS f;
      CREATE TABLE public.companies (id uuid PRIMARY KEY, name text)`);
    expect((await actions())['view evergreen.host_companies']).toBe('unchanged: a view of your own');
  });

  test('put in the place of an attached one, survive the next attach_host', async () => {
    await database.query(HOST);
    await attach();
    await database.query(firms);
    expect((await actions())['view evergreen.host_companies']).toBe('unchanged: a view of your own');
  });
});

describe('bad input', () => {
  test('a schema that is not there', async () => {
    for (const schema of ['no_such_schema', 'PUBLIC', '', null])
      await expectRefusal(database.pool, 'attach_host', { schema }, 'VG002', schema === null ? 'NULL' : `'${schema}'`);
  });

  test('it is not for the backend', async () => {
    const role = await database.createRole();
    await call(database.pool, 'grant_app', { role: role.name });
    expect(await as(role.url, (client) => refusal(call(client, 'attach_host', { schema: 'public' })))).toMatchObject({ code: '42501' });
  });
});
