/** Many companies' hashes computed at once are the hashes of each. */
import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { call, row, value, withConnections } from '../core/calls.js';
import { makeCompany, makeDomain, makeSteps } from './world.js';

const database = useDatabase({ host: true });

const together = (companies: string[]) =>
  database.query<{ company_id: string; context_hash: string }>('SELECT * FROM evergreen.context_hashes($1) ORDER BY company_id', [
    companies,
  ]);
const oneByOne = (companies: string[]) =>
  database.query<{ company_id: string; context_hash: string }>(
    `SELECT c AS company_id, evergreen.content_hash(to_jsonb((evergreen.company_context(c) - 'last_activity')::text)) AS context_hash
       FROM unnest($1::uuid[]) AS c ORDER BY c`,
    [companies],
  );

test('whatever the statuses, levels and steps of a company are, and in whatever order they lie', async () => {
  const companies = await Promise.all(Array.from({ length: 60 }, () => makeCompany(database.pool)));
  const steps = await makeSteps(database.pool, 12);
  const domains = await Promise.all(Array.from({ length: 5 }, () => makeDomain(database.pool)));
  await database.query('ALTER TABLE public.company_journey_steps ALTER COLUMN status DROP NOT NULL');
  const words = [
    'completed',
    'in_progress',
    'not_started',
    '',
    'Completed',
    'ünterwegs',
    'u\u0308nterwegs',
    'a "b" \\ c',
    'x.10',
    '1.0',
    'été',
    null,
  ];
  const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;
  const made: unknown[] = [];
  for (const company of companies.slice(2)) {
    const few = 1 + Math.floor(Math.random() * words.length);
    for (const step of steps) {
      if (Math.random() < 0.3) continue;
      const status = pick(words.slice(0, few));
      made.push([company, step, status]);
      await database.query('INSERT INTO public.company_journey_steps VALUES ($1, $2, $3)', [company, step, status]);
    }
    for (const domain of domains) {
      if (Math.random() < 0.5) continue;
      const level = pick(words);
      made.push([company, domain, level]);
      await database.query('INSERT INTO public.company_domain_progress VALUES ($1, $2, $3)', [company, domain, level]);
    }
  }
  const [computed, expected] = [await together(companies), await oneByOne(companies)];
  expect({ made, computed }).toEqual({ made, computed: expected });
  expect(new Set(computed.map(({ context_hash }) => context_hash)).size).toBeGreaterThan(30);
  expect(computed.find(({ company_id }) => company_id === companies[5])?.context_hash).toBe(
    await value(database.pool, 'company_context_hash', { company_id: companies[5] }),
  );
});

test('a company that is gone has none, and keeps the others from nothing', async () => {
  const company = await makeCompany(database.pool);
  expect((await together([randomUUID(), company])).map(({ company_id }) => company_id)).toEqual([company]);
});

test('many are put at hand at once but for those that another is about', async () => {
  await call(database.pool, 'attach_host', { track_changes: true });
  await call(database.pool, 'refresh_company_contexts', { company_ids: [] });
  const companies = await Promise.all(Array.from({ length: 4 }, () => makeCompany(database.pool)));
  const held = companies[1] as string;
  await withConnections(database, 1, async ([other]) => {
    await other?.query('BEGIN');
    await other?.query('SELECT pg_advisory_xact_lock(evergreen.context_lock($1))', [held]);
    // Two companies may share a lock.
    const free = await database.query<{ id: string }>(
      'SELECT c AS id FROM unnest($1::uuid[]) AS c WHERE evergreen.context_lock(c) <> evergreen.context_lock($2)',
      [companies, held],
    );
    expect(await row(database.pool, 'refresh_company_contexts', { company_ids: companies })).toEqual({
      refresh_company_contexts: free.length,
    });
    expect(await database.query('SELECT FROM evergreen.company_context_hashes WHERE company_id = $1', [held])).toEqual([]);
    await other?.query('COMMIT');
  });
  await call(database.pool, 'refresh_company_contexts', { company_ids: companies });
  expect(await database.query('SELECT company_id, context_hash FROM evergreen.company_context_hashes ORDER BY 1')).toEqual(
    await oneByOne(companies),
  );
  await database.query('DELETE FROM public.companies WHERE id = ANY ($1)', [companies.slice(0, 2)]);
  await call(database.pool, 'refresh_company_contexts', { company_ids: companies });
  expect(await database.query('SELECT company_id, context_hash FROM evergreen.company_context_hashes ORDER BY 1')).toEqual(
    await oneByOne(companies.slice(2)),
  );
});
