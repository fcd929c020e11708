import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { ClientBase } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, contents, expectRefusal, withConnections } from '../core/calls.js';
import { click, contextHash, DAY, makeCompany, makeDomain, makeStep, makeSteps, setLevel, setStatus } from './world.js';

const database = useDatabase({ host: true });

/** Runs one change of the application after another, and answers the hash before and after each. */
async function hashesAlong(company: string, changes: (() => Promise<unknown>)[]): Promise<string[]> {
  const hashes = [await contextHash(database.pool, company)];
  for (const change of changes) {
    await change();
    hashes.push(await contextHash(database.pool, company));
  }
  return hashes;
}

test('is 64 hex digits, the same for two companies in the same state, and reading it writes nothing', async () => {
  const [a, b, step] = [await makeCompany(database.pool), await makeCompany(database.pool), await makeStep(database.pool)];
  for (const company of [a, b]) await setStatus(database.pool, company, step, 'completed');
  const before = await contents(database.pool);
  expect(await contextHash(database.pool, a)).toMatch(/^[0-9a-f]{64}$/);
  expect(await contextHash(database.pool, a)).toBe(await contextHash(database.pool, b));
  expect(await contents(database.pool)).toEqual(before);
});

test('does not depend on the order in which the application wrote its rows', async () => {
  const steps = await makeSteps(database.pool, 8);
  const domains = await Promise.all(['A', 'B', 'C', 'D'].map((name) => makeDomain(database.pool, name)));
  const state = fc.record({
    steps: fc.uniqueArray(fc.tuple(fc.constantFrom(...steps), fc.constantFrom('completed', 'in_progress', 'skipped', '')), {
      selector: ([step]) => step,
    }),
    levels: fc.uniqueArray(fc.tuple(fc.constantFrom(...domains), fc.option(fc.constantFrom('low', 'high'))), {
      selector: ([domain]) => domain,
    }),
  });
  const shuffled = state.chain(({ steps, levels }) =>
    fc.tuple(fc.constant([...steps, ...levels]), fc.shuffledSubarray([...steps, ...levels], { minLength: steps.length + levels.length })),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async (orders) => {
      const hashes: string[] = [];
      for (const rows of orders) {
        const company = await makeCompany(database.pool);
        for (const [id, word] of rows) {
          if (domains.includes(id)) await setLevel(database.pool, company, id, word);
          else await setStatus(database.pool, company, id, word);
        }
        hashes.push(await contextHash(database.pool, company));
      }
      expect(hashes[0]).toBe(hashes[1]);
    }),
    { numRuns: 25 },
  );
});

test('each significant change gives another one: a new completed step, the status of one step, a level, a step taken back', async () => {
  const company = await makeCompany(database.pool);
  const [a, b] = (await makeSteps(database.pool, 2)) as [string, string];
  const domain = await makeDomain(database.pool);
  const hashes = await hashesAlong(company, [
    () => setStatus(database.pool, company, a, 'completed'),
    () => setStatus(database.pool, company, b, 'not_started'),
    () => setStatus(database.pool, company, b, 'in_progress'),
    () => setStatus(database.pool, company, b, 'completed'),
    () => setLevel(database.pool, company, domain, null),
    () => setLevel(database.pool, company, domain, 'low'),
    () => setLevel(database.pool, company, domain, 'high'),
    () => setStatus(database.pool, company, a, null),
  ]);
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('R01 R05: a state that returns is the same again: A, B, A', async () => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  const [a, b, again] = await hashesAlong(company, [
    () => setStatus(database.pool, company, step, 'completed'),
    () => setStatus(database.pool, company, step, null),
  ]);
  expect(again).toBe(a);
  expect(b).not.toBe(a);
});

describe('activity', () => {
  afterEach(() => call(database.pool, 'set_content_policy', { content_type: 'insight', reset: ['activity_granularity'] }));

  test('R13: a click alone changes nothing', async () => {
    const company = await makeCompany(database.pool);
    const hashes = await hashesAlong(
      company,
      [0, 1, 3600, 90 * DAY].map((seconds) => () => click(database.pool, company, at(seconds))),
    );
    expect(new Set(hashes).size).toBe(1);
  });

  test('with activity_granularity it counts once an interval, for that content type only', async () => {
    await call(database.pool, 'set_content_policy', { content_type: 'insight', activity_granularity: '1 day' });
    const company = await makeCompany(database.pool);
    const hashes: string[] = [];
    for (const seconds of [0, 3600, 12 * 3600 - 1, 12 * 3600, DAY]) {
      await click(database.pool, company, at(seconds));
      hashes.push(await contextHash(database.pool, company, 'insight'));
    }
    expect(hashes.slice(0, 3)).toEqual(Array(3).fill(hashes[0]));
    expect(hashes.slice(3)).toEqual(Array(2).fill(hashes[3]));
    expect(hashes[3]).not.toBe(hashes[0]);
    expect(await contextHash(database.pool, company)).toBe(await contextHash(database.pool, await makeCompany(database.pool)));
  });

  test("R14: whatever the session's settings, also with activity in it", async () => {
    await call(database.pool, 'set_content_policy', { content_type: 'insight', activity_granularity: '1 hour' });
    const company = await makeCompany(database.pool);
    await setLevel(database.pool, company, await makeDomain(database.pool), 'x');
    await click(database.pool, company, '2026-03-29T01:30:00.25Z');
    await withConnections(database, 1, async ([client]) => {
      const seen = new Set<string>();
      for (const setting of [
        "timezone = 'UTC'",
        "timezone = 'Asia/Kathmandu'",
        "timezone = 'Europe/Berlin'",
        "datestyle = 'SQL, DMY'",
        "intervalstyle = 'sql_standard'",
        "bytea_output = 'escape'",
        'extra_float_digits = -15',
      ]) {
        await client?.query(`SET ${setting}`);
        seen.add(await contextHash(client as ClientBase, company, 'insight'));
      }
      expect(seen.size).toBe(1);
    });
  });
});

test('R16: a level that looks like two domains is not two domains', async () => {
  const [one, two] = [await makeCompany(database.pool), await makeCompany(database.pool)];
  const [first, second] = [await makeDomain(database.pool), await makeDomain(database.pool)].sort() as [string, string];
  await setLevel(database.pool, one, first, `a,${second}:b`);
  await setLevel(database.pool, two, first, 'a');
  await setLevel(database.pool, two, second, 'b');
  expect(await contextHash(database.pool, one)).not.toBe(await contextHash(database.pool, two));
});

test('R15: quotes, line breaks and backslashes in a level are hashed like any other text, each its own', async () => {
  const domain = await makeDomain(database.pool);
  const company = await makeCompany(database.pool);
  const hashes = await hashesAlong(
    company,
    ["it's", '"', 'a\nb', 'a\\nb', '\\x00', '\\'].map((level) => () => setLevel(database.pool, company, domain, level)),
  );
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('R17: a level that is NULL, no level at all, and a status the seed does not know are told apart', async () => {
  const company = await makeCompany(database.pool);
  const [domain, step] = [await makeDomain(database.pool), await makeStep(database.pool)];
  const hashes = await hashesAlong(company, [
    () => setLevel(database.pool, company, domain, null),
    () => setLevel(database.pool, company, domain, 'null'),
    () => setStatus(database.pool, company, step, 'skipped'),
    () => setStatus(database.pool, company, step, 'blocked'),
  ]);
  expect(new Set(hashes).size).toBe(hashes.length);
});

describe('bad input', () => {
  test('R24: a company that the application does not have', async () => {
    const nobody = randomUUID();
    await expectRefusal(database.pool, 'company_context_hash', { company_id: nobody }, 'VG002', nobody);
  });

  test('NULL', () => expectRefusal(database.pool, 'company_context_hash', { company_id: null }, 'VG007', 'NULL'));

  test('a content type that is none', async () => {
    const company = await makeCompany(database.pool);
    for (const type of ['no such type', null])
      await expectRefusal(database.pool, 'company_context_hash', { company_id: company, content_type: type }, 'VG001', type ?? 'NULL');
  });
});
