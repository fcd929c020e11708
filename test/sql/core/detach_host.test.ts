import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../../../src/build/catalogue.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { item, makeCompany, recommendationsOf, saveRecommendations } from '../journey/world.js';
import { call, contents, one, value } from './calls.js';

const databases: TestDatabase[] = [];
let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
  databases.push(database);
  await database.query(readFileSync(join(__dirname, '../../../sql/host/tables.sql'), 'utf8'));
});
afterAll(() => Promise.all(databases.map((each) => each.close())));

const attach = () => call(database.pool, 'attach_host');
const detach = () => call<{ object: string; action: string }>(database.pool, 'detach_host');

test('undoes attach_host: the catalogue is as before, and it says what it did', async () => {
  const before = await catalogue(database.pool);
  await attach();
  expect(await catalogue(database.pool)).not.toEqual(before);
  const said = await detach();
  expect(said.filter(({ action }) => action === 'dropped')).toHaveLength(11);
  expect(said.filter(({ action }) => action === 'emptied')).toHaveLength(7);
  expect(await catalogue(database.pool)).toEqual(before);
});

test('content stays, ids are taken as they come again, and the application may drop its tables', async () => {
  await attach();
  const company = await makeCompany(database.pool);
  await saveRecommendations(database.pool, company, [item(null)]);
  await detach();
  await database.query(
    'DROP TABLE public.companies, public.journey_domains, public.journey_steps, public.company_journey_steps, public.company_domain_progress, public.step_activity, public.users',
  );
  expect(await recommendationsOf(database.pool, company)).toHaveLength(1);
  expect(await value(database.pool, 'company_context_hash', { company_id: randomUUID() })).toMatch(/^[0-9a-f]{64}$/);
});

test('attached again, all is as it was attached first', async () => {
  await attach();
  const before = await catalogue(database.pool);
  await detach();
  await attach();
  expect(await catalogue(database.pool)).toEqual(before);
});

test('a second time, or where nothing was attached, it changes nothing', async () => {
  const [before, rows] = [await catalogue(database.pool), await contents(database.pool)];
  expect(await detach()).toEqual([]);
  expect(await contents(database.pool)).toEqual(rows);
  await attach();
  await detach();
  expect(await detach()).toEqual([]);
  expect(await catalogue(database.pool)).toEqual(before);
  expect(await one<number>(database.pool, `SELECT count(*)::integer FROM evergreen.audit_log WHERE action = 'detach_host'`)).toBe(1);
});

test('views that a DBA defined stay', async () => {
  await attach();
  await database.query(`
    CREATE TABLE public.firms (id uuid PRIMARY KEY, label text);
    CREATE OR REPLACE VIEW evergreen.host_companies AS SELECT f.id, f.label AS name FROM public.firms AS f`);
  expect((await detach()).map(({ object }) => object)).not.toContain('view evergreen.host_companies');
  await database.query(`INSERT INTO public.firms VALUES (gen_random_uuid(), 'Mine')`);
  expect(await database.query('SELECT name FROM evergreen.host_companies')).toEqual([{ name: 'Mine' }]);
});
