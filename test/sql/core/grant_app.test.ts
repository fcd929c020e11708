import { randomBytes, randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { as, call, expectRefusal, look, one, refusal, save, take, value } from './calls.js';

const database = useDatabase({ host: true });

/** Rights that stand in the catalogue for a role and did not come by way of PUBLIC: kind and name of the object, and the right. */
const RIGHTS = `
  SELECT kind, name, privilege_type AS privilege FROM (
    SELECT 'schema' AS kind, nspname AS name, nspacl AS acl FROM pg_namespace
    UNION ALL SELECT 'relation', oid::regclass::text, relacl FROM pg_class
    UNION ALL SELECT 'column', attrelid::regclass || '.' || attname, attacl FROM pg_attribute
    UNION ALL SELECT 'routine', proname, proacl FROM pg_proc
    UNION ALL SELECT 'type', oid::regtype::text, typacl FROM pg_type
    UNION ALL SELECT 'database', datname, datacl FROM pg_database
    UNION ALL SELECT 'default', oid::text, defaclacl FROM pg_default_acl
  ) o CROSS JOIN LATERAL aclexplode(o.acl) a WHERE a.grantee = $1::regrole ORDER BY 1, 2, 3`;

const PUBLIC_FUNCTIONS = `
  SELECT proname AS name FROM pg_proc WHERE pronamespace = 'evergreen'::regnamespace AND prokind = 'f' AND prorettype <> 'trigger'::regtype
     AND obj_description(oid, 'pg_proc') !~ '^(Internal|Operator):' ORDER BY 1`;

describe('the role of a backend', () => {
  let role: { name: string; url: string };
  beforeAll(async () => {
    role = await database.createRole();
    await call(database.pool, 'grant_app', { role: role.name });
  });

  test('may use the schema and execute every public function, and nothing else anywhere', async () => {
    const functions = (await database.query<{ name: string }>(PUBLIC_FUNCTIONS)).map(({ name }) => name);
    expect(functions).toEqual(
      expect.arrayContaining([
        'claim_generation',
        'fail_generation',
        'find_recommendations',
        'get_recommendations_with_fallback',
        'log_generation',
        'lookup_health_summary',
        'mark_presented',
        'record_cache_lookups',
        'release_lease',
        'render_prompt',
        'renew_lease',
        'save_health_summary',
        'save_recommendations',
        'should_regenerate_content',
        'update_recommendation_status',
      ]),
    );
    expect(functions).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^(set_|grant_|forget_|attach_|detach_|register_|publish_|activate_|write_log|audit)/),
      ]),
    );
    expect(await database.query(RIGHTS, [role.name])).toEqual([
      ...functions.map((name) => ({ kind: 'routine', name, privilege: 'EXECUTE' })),
      { kind: 'schema', name: 'evergreen', privilege: 'USAGE' },
    ]);
  });

  test('has no right on any table, view, sequence or column of the schema, of the host or anywhere else, by whatever way', async () => {
    const [rights] = await database.query(
      `SELECT coalesce(array_agg(c.oid::regclass::text), '{}') AS relations FROM pg_class c
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
          AND CASE c.relkind WHEN 'S' THEN has_sequence_privilege($1, c.oid, 'USAGE, SELECT, UPDATE')
                             ELSE has_table_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
                               OR has_any_column_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') END`,
      [role.name],
    );
    expect(rights?.relations).toEqual([]);
    expect(
      await one(database.pool, `SELECT has_schema_privilege($1, 'evergreen', 'CREATE') OR has_schema_privilege($1, 'public', 'CREATE')`, [
        role.name,
      ]),
    ).toBe(false);
  });

  test('is enough for the whole way of a request', () =>
    as(role.url, async (client) => {
      const company = await one<string>(database.pool, `INSERT INTO public.companies (name) VALUES ('ACME') RETURNING id`);
      const lookup = await look(client, company);
      const token = await take(client, { cache_key: lookup.cache_key, seen: lookup.seen, company_id: company });
      expect(await call(client, 'prepare_health_summary', { company_id: company, context_hash: lookup.context_hash })).toMatchObject([
        { state: 'ready' },
      ]);
      expect(await save(client, company, lookup, token, 'by the backend')).toMatchObject({ state: 'saved' });
      expect(await look(client, company)).toMatchObject({ freshness: 'fresh', content: { content: { headline: 'by the backend' } } });
      expect(
        await value(client, 'record_cache_lookups', {
          lookups: JSON.stringify([{ content_type: 'health', outcome: 'fresh', duration_ms: 1 }]),
        }),
      ).toBe(1);
      await client.query('LISTEN evergreen');
    }));

  test.each([
    'SELECT * FROM evergreen.content_policies',
    'SELECT * FROM evergreen.generation_leases',
    'SELECT * FROM evergreen.ai_generated_recommendations',
    'SELECT * FROM evergreen.host_companies',
    'SELECT * FROM evergreen.leases',
    'SELECT * FROM public.companies',
    'DELETE FROM evergreen.audit_log',
    `SELECT evergreen.set_budget('overall', NULL, NULL)`,
    `SELECT evergreen.set_content_policy('health', p_max_age => '1 second')`,
    `SELECT evergreen.forget_company(gen_random_uuid())`,
    `SELECT evergreen.audit('x', 'x', NULL, NULL)`,
    `SELECT evergreen.begin_save('health', 'x', gen_random_uuid(), NULL, NULL, now())`,
    `SELECT evergreen.grant_app(current_user)`,
    'CALL evergreen.ai_daily_maintenance()',
    'CREATE TABLE evergreen.mine (id integer)',
  ])('may not: %s', (statement) =>
    as(role.url, async (client) => {
      expect(await refusal(client.query(statement))).toMatchObject({ code: '42501' });
    }),
  );
});

test('granted again it changes nothing, and a later function is granted when the schema is migrated', async () => {
  const role = await database.createRole();
  await call(database.pool, 'grant_app', { role: role.name });
  const before = await database.query(RIGHTS, [role.name]);
  await call(database.pool, 'grant_app', { role: role.name });
  expect(await database.query(RIGHTS, [role.name])).toEqual(before);

  await database.query(`CREATE FUNCTION evergreen.of_a_later_shelf() RETURNS integer LANGUAGE sql AS 'SELECT 1'`);
  await database.query('REVOKE EXECUTE ON FUNCTION evergreen.of_a_later_shelf() FROM PUBLIC');
  await call(database.pool, 'refresh_grants');
  expect(await refusal(as(role.url, (client) => value(client, 'of_a_later_shelf')))).toMatchObject({ code: '42501' });
  await database.query(`COMMENT ON FUNCTION evergreen.of_a_later_shelf() IS 'Answers one.'`);
  await call(database.pool, 'refresh_grants');
  expect(await as(role.url, (client) => value(client, 'of_a_later_shelf'))).toBe(1);
  await database.query('DROP FUNCTION evergreen.of_a_later_shelf()');
});

test('a role whose name must be quoted is granted as it is called', async () => {
  const name = `Role "of" ${randomBytes(4).toString('hex')}; DROP`;
  const quoted = `"${name.replaceAll('"', '""')}"`;
  await database.superuserQuery(`CREATE ROLE ${quoted}`);
  try {
    await call(database.pool, 'grant_app', { role: name });
    expect(await one(database.pool, `SELECT has_schema_privilege($1::name, 'evergreen', 'USAGE')`, [name])).toBe(true);
  } finally {
    await database.superuserQuery(`DROP OWNED BY ${quoted}`);
    await database.superuserQuery(`DROP ROLE ${quoted}`);
  }
});

test('a role that was dropped since does not keep others from being granted, nor a migration from ending', async () => {
  const gone = `role_${randomBytes(6).toString('hex')}`;
  await database.superuserQuery(`CREATE ROLE ${gone}`);
  await call(database.pool, 'grant_app', { role: gone });
  await database.superuserQuery(`DROP OWNED BY ${gone}`);
  await database.superuserQuery(`DROP ROLE ${gone}`);
  const role = await database.createRole();
  await call(database.pool, 'grant_app', { role: role.name });
  expect(await one(database.pool, `SELECT has_schema_privilege($1::name, 'evergreen', 'USAGE')`, [role.name])).toBe(true);
});

test('who was granted what is audited', async () => {
  const role = await database.createRole();
  await call(database.pool, 'grant_app', { role: role.name });
  await call(database.pool, 'grant_analyst', { role: role.name });
  expect(await database.query(`SELECT action FROM evergreen.audit_log WHERE subject = $1 ORDER BY id`, [role.name])).toEqual([
    { action: 'grant_app' },
    { action: 'grant_analyst' },
  ]);
});

test.each(['grant_app', 'grant_analyst'])('%s refuses a role that is none', async (name) => {
  await expectRefusal(database.pool, name, { role: `nobody_${randomUUID()}` }, 'VG002', 'nobody_');
  await expectRefusal(database.pool, name, { role: null }, 'VG002', 'NULL');
  await expectRefusal(database.pool, name, { role: 'public' }, 'VG002', 'public');
});
