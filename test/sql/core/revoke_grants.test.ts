import { useDatabase } from '../../support/database.js';
import { as, call, contents, expectRefusal, one, refusal } from './calls.js';

const database = useDatabase();

/** Whatever stands in the catalogue of this database for a role. */
const rights = (role: string) =>
  one<number>(
    database.pool,
    `SELECT count(*)::integer FROM (
       SELECT nspacl AS acl FROM pg_namespace UNION ALL SELECT relacl FROM pg_class UNION ALL SELECT attacl FROM pg_attribute
       UNION ALL SELECT proacl FROM pg_proc UNION ALL SELECT typacl FROM pg_type UNION ALL SELECT defaclacl FROM pg_default_acl
     ) o CROSS JOIN LATERAL aclexplode(o.acl) a WHERE a.grantee = $1::regrole`,
    [role],
  );

test.each([['grant_app'], ['grant_analyst'], ['grant_app', 'grant_analyst']])('takes back all that %s gave', async (...grants) => {
  const role = await database.createRole();
  const other = await database.createRole();
  for (const grant of grants) await call(database.pool, grant, { role: role.name });
  await call(database.pool, 'grant_app', { role: other.name });
  const others = await rights(other.name);
  expect(await rights(role.name)).toBeGreaterThan(0);

  await call(database.pool, 'revoke_grants', { role: role.name });
  expect(await rights(role.name)).toBe(0);
  expect(await rights(other.name)).toBe(others);
  await as(role.url, async (client) => {
    expect(await refusal(client.query(`SELECT evergreen.content_hash('1')`))).toMatchObject({ code: '42501' });
    expect(await refusal(client.query('SELECT * FROM evergreen.policies'))).toMatchObject({ code: '42501' });
  });
  await call(database.pool, 'refresh_grants');
  expect(await rights(role.name)).toBe(0);
  const audited = await database.query(`SELECT subject FROM evergreen.audit_log WHERE action = 'revoke_grants' ORDER BY id DESC LIMIT 1`);
  expect(audited).toEqual([{ subject: role.name }]);
});

test('a role that was dropped is no longer listed', async () => {
  await database.superuserQuery('CREATE ROLE passing');
  await call(database.pool, 'grant_app', { role: 'passing' });
  await database.superuserQuery('DROP OWNED BY passing; DROP ROLE passing');
  await call(database.pool, 'revoke_grants', { role: 'passing' });
  expect(await database.query(`SELECT FROM evergreen.granted_roles WHERE role_name = 'passing'`)).toEqual([]);
});

test('a role that was granted nothing is refused, and told which were', async () => {
  const role = await database.createRole();
  await call(database.pool, 'grant_analyst', { role: role.name });
  const before = await contents(database.pool);
  expect(await refusal(call(database.pool, 'revoke_grants', { role: 'nobody' }))).toEqual({
    code: 'VG002',
    message: "nothing was granted to 'nobody'",
    hint: expect.stringContaining(role.name),
  });
  await expectRefusal(database.pool, 'revoke_grants', { role: null }, 'VG002', 'NULL');
  expect(await contents(database.pool)).toEqual(before);
});

test('the role itself may not', async () => {
  const role = await database.createRole();
  await call(database.pool, 'grant_app', { role: role.name });
  await as(role.url, async (client) => {
    expect(await refusal(call(client, 'revoke_grants', { role: role.name }))).toMatchObject({ code: '42501' });
  });
});
