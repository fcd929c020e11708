import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { expectRefusal, one, value, withConnections } from '../core/calls.js';
import { click, makeCompany, makeDomain, makeStep, makeSteps, setLevel, setStatus } from './world.js';

const database = useDatabase({ host: true });

const contextOf = (company: string) => value<Record<string, unknown>>(database.pool, 'company_context', { company_id: company });

test('says what the company has completed, has in progress and otherwise, its levels and its last activity, sorted', async () => {
  const company = await makeCompany(database.pool);
  const steps = (await makeSteps(database.pool, 5)).sort();
  const [a, b, c, d, e] = steps as [string, string, string, string, string];
  for (const [step, status] of [
    [d, 'completed'],
    [a, 'completed'],
    [c, 'in_progress'],
    [b, 'skipped'],
    [e, 'blocked'],
  ] as const)
    await setStatus(database.pool, company, step, status);
  const domain = await makeDomain(database.pool);
  await setLevel(database.pool, company, domain, 'established');
  await click(database.pool, company, '2026-05-10T12:00:00.5Z');
  await click(database.pool, company, '2026-05-09T12:00:00Z');
  expect(await contextOf(company)).toEqual({
    completed_steps: [a, d],
    in_progress_steps: [c],
    other_steps: { blocked: [e], skipped: [b] },
    domain_levels: { [domain]: 'established' },
    last_activity: '2026-05-10T12:00:00.500000Z',
  });
});

test('R17: a level that is NULL and a status the seed does not know are part of it', async () => {
  const company = await makeCompany(database.pool);
  const domain = await makeDomain(database.pool);
  const step = await makeStep(database.pool);
  await setLevel(database.pool, company, domain, null);
  await setStatus(database.pool, company, step, 'not_started');
  expect(await contextOf(company)).toMatchObject({ domain_levels: { [domain]: null }, other_steps: { not_started: [step] } });
});

test.each([
  ['a quote', `it's "so"`],
  ['a line break', 'one\ntwo'],
  ['a backslash', 'C:\\x\\000'],
  ['a delimiter', 'a,b:c|d;e'],
  ['an emoji', '🌱'],
])('R15: %s in a level is a level like others', async (_, level) => {
  const company = await makeCompany(database.pool);
  const domain = await makeDomain(database.pool);
  await setLevel(database.pool, company, domain, level);
  expect(await contextOf(company)).toMatchObject({ domain_levels: { [domain]: level } });
});

test('a company that has done nothing yet has an empty context', async () => {
  expect(await contextOf(await makeCompany(database.pool))).toEqual({
    completed_steps: [],
    in_progress_steps: [],
    other_steps: {},
    domain_levels: {},
    last_activity: null,
  });
});

test("R14: a session's settings change nothing in it", async () => {
  const company = await makeCompany(database.pool);
  await setLevel(database.pool, company, await makeDomain(database.pool), 'x');
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  await click(database.pool, company, '2026-03-29T01:30:00Z');
  const texts = await withConnections(database, 1, async ([client]) => {
    const seen = new Set<string>();
    for (const setting of [
      "timezone = 'UTC'",
      "timezone = 'Asia/Kathmandu'",
      "datestyle = 'German, DMY'",
      "intervalstyle = 'iso_8601'",
      "bytea_output = 'escape'",
      'standard_conforming_strings = off',
      "search_path = ''",
    ]) {
      await client?.query(`SET ${setting}`);
      seen.add(await one<string>(client as never, 'SELECT evergreen.company_context($1)::text', [company]));
    }
    return seen;
  });
  expect(texts.size).toBe(1);
});

test('is of one moment: it never mixes two states that the application moves between', async () => {
  const company = await makeCompany(database.pool);
  const domain = await makeDomain(database.pool);
  const step = await makeStep(database.pool);
  await setStatus(database.pool, company, step, 'completed');
  await setLevel(database.pool, company, domain, 'completed');
  await withConnections(database, 2, async ([writer, reader]) => {
    let reading = true;
    const writing = (async () => {
      for (let turn = 0; reading; turn++) {
        await writer?.query(
          `WITH s AS (UPDATE public.company_journey_steps SET status = $2 WHERE company_id = $1)
          UPDATE public.company_domain_progress SET maturity_level = $2 WHERE company_id = $1`,
          [company, turn % 2 ? 'completed' : 'skipped'],
        );
      }
    })();
    const seen = new Set<string>();
    for (let turn = 0; turn < 300 || seen.size < 2; turn++) {
      const { rows } = await (reader as NonNullable<typeof reader>).query<{
        context: { completed_steps: string[]; domain_levels: Record<string, string> };
      }>('SELECT evergreen.company_context($1) AS context', [company]);
      const context = rows[0]?.context;
      seen.add(`${context?.completed_steps.length} ${context?.domain_levels[domain]}`);
    }
    reading = false;
    await writing;
    expect([...seen].sort()).toEqual(['0 skipped', '1 completed']);
  });
});

describe('bad input', () => {
  test('R24: a company that the application does not have', async () => {
    const nobody = randomUUID();
    await expectRefusal(database.pool, 'company_context', { company_id: nobody }, 'VG002', nobody);
  });

  test('NULL', () => expectRefusal(database.pool, 'company_context', { company_id: null }, 'VG007', 'NULL'));
});
