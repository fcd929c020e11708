import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, call, row, value, withConnections } from '../core/calls.js';
import { DAY, insertRows, makeCompany, makeStep, setStatus } from './world.js';

const database = useDatabase({ host: true });
afterEach(() => database.query('DELETE FROM evergreen.ai_context_snapshots'));

interface Batch extends Record<string, unknown> {
  done: number;
  next_cursor: string | null;
}

const prune = (args: Record<string, unknown> = {}) =>
  row<Batch>(database.pool, 'prune_context_snapshots', { batch_size: 100, now: at(), ...args });
const seen = (company: string, hash: string, seconds: number) =>
  database.query(
    'UPDATE evergreen.ai_context_snapshots SET created_at = $3, last_seen_at = $3 WHERE company_id = $1 AND context_hash = $2',
    [company, hash, at(seconds)],
  );
const hashesOf = async (company: string) =>
  (
    await database.query<{ context_hash: string }>(
      'SELECT context_hash FROM evergreen.ai_context_snapshots WHERE company_id = $1 ORDER BY last_seen_at',
      [company],
    )
  ).map(({ context_hash }) => context_hash);
const generate = (company: string) => value<string>(database.pool, 'generate_company_context_hash', { company_id: company });

/** Snapshots of states that a company is not in, last seen that many seconds from the injected now. */
async function old(company: string, times: number[]): Promise<void> {
  await insertRows(
    database.pool,
    'ai_context_snapshots',
    times.map((seconds, n) => ({
      id: randomUUID(),
      company_id: company,
      context_hash: n.toString(16).padStart(64, '0'),
      context_data: {},
      created_at: at(seconds),
      last_seen_at: at(seconds),
    })),
  );
}

test('R26: the present state of a company that has been quiet for 200 days stays; its earlier states go', async () => {
  const company = await makeCompany(database.pool);
  const earlier = await generate(company);
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  const present = await generate(company);
  for (const hash of [earlier, present]) await seen(company, hash, -200 * DAY);
  expect(await prune()).toEqual({ done: 1, next_cursor: null });
  expect(await hashesOf(company)).toEqual([present]);
  expect(await prune({ now: at(200 * DAY) })).toMatchObject({ done: 0 });
  expect(await hashesOf(company)).toEqual([present]);
});

test('R26: a state that the company has come back to stays, though a younger one goes', async () => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  const a = await generate(company);
  await setStatus(database.pool, company, step, 'completed');
  const b = await generate(company);
  await seen(company, a, -200 * DAY);
  await seen(company, b, -150 * DAY);
  await setStatus(database.pool, company, step, null);
  await prune();
  expect(await hashesOf(company)).toEqual([a]);
});

test('90 days by the last time they were seen, in whole days of UTC; another retention works at once', async () => {
  const company = await makeCompany(database.pool);
  // Noon: the cutoff is the midnight before, 90 days ago.
  await old(company, [-90 * DAY, -90 * DAY - 12 * 3600, -90 * DAY - 12 * 3600 - 1]);
  expect(await prune()).toMatchObject({ done: 1 });
  expect(await hashesOf(company)).toHaveLength(2);
  await call(database.pool, 'set_retention', { subject: 'ai_context_snapshots', retain_for: '1 day' });
  expect(await prune()).toMatchObject({ done: 2 });
  await call(database.pool, 'set_retention', { subject: 'ai_context_snapshots', retain_for: '90 days' });
});

test('a batch deletes at most p_batch_size, the oldest first, and says when there is more', async () => {
  const company = await makeCompany(database.pool);
  await old(
    company,
    [-101, -102, -103, -104, -105].map((days) => days * DAY),
  );
  expect(await prune({ batch_size: 2 })).toEqual({ done: 2, next_cursor: 'more' });
  expect(await hashesOf(company)).toEqual([2, 1, 0].map((n) => n.toString(16).padStart(64, '0')));
  expect(await prune({ batch_size: 2 })).toEqual({ done: 2, next_cursor: 'more' });
  expect(await prune({ batch_size: 2 })).toEqual({ done: 1, next_cursor: null });
});

test('a snapshot that is just being seen again is passed over', async () => {
  const company = await makeCompany(database.pool);
  const hash = await generate(company);
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  await seen(company, hash, -200 * DAY);
  await withConnections(database, 1, async ([holder]) => {
    await holder?.query('BEGIN');
    await (holder as Client).query('SELECT FROM evergreen.ai_context_snapshots FOR UPDATE');
    expect(await prune()).toEqual({ done: 0, next_cursor: null });
    await holder?.query('COMMIT');
  });
  expect(await prune()).toMatchObject({ done: 1 });
});

test('those of a company that is gone, in an application that attached no companies, go like others', async () => {
  await database.query('ALTER TABLE evergreen.ai_context_snapshots DROP CONSTRAINT ai_context_snapshots_company_id_host');
  const [company, nobody] = [await makeCompany(database.pool), randomUUID()];
  await old(nobody, [-200 * DAY]);
  await seen(company, await generate(company), -200 * DAY);
  expect(await prune()).toMatchObject({ done: 1 });
  expect(await hashesOf(nobody)).toEqual([]);
  expect(await hashesOf(company)).toHaveLength(1);
});
