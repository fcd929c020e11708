/** Many writers, readers and folders on connections of their own: nobody is ever served a context older than what they can see. */
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { call, one, withConnections } from '../sql/core/calls.js';
import { makeCompany, makeDomain, makeSteps } from '../sql/journey/world.js';
import { useDatabase } from '../support/database.js';

const WRITERS = 4;
const TURNS = 60;
const database = useDatabase({ host: true });

/** What is served and what the application's tables say, in one look. */
const COMPARED = `SELECT evergreen.company_context_hash($1) AS served,
  evergreen.content_hash(to_jsonb((evergreen.company_context($1) - 'last_activity')::text)) AS computed`;
/** Whether it was from hand. */
const AT_HAND = `SELECT EXISTS (SELECT FROM evergreen.company_context_hashes WHERE company_id = $1)
  AND NOT EXISTS (SELECT FROM evergreen.company_changes WHERE company_id = $1)`;

test('whatever is written, rolled back, folded and read at once, what is served is what the reader can see', async () => {
  await call(database.pool, 'attach_host', { track_changes: true });
  const companies = await Promise.all(Array.from({ length: 3 }, () => makeCompany(database.pool)));
  const steps = await makeSteps(database.pool, 5);
  const domain = await makeDomain(database.pool);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;
  const outdated: unknown[] = [];
  let compared = 0;
  let atHand = 0;

  async function compare(client: Client, company: string): Promise<string> {
    const { rows } = await client.query<{ served: string; computed: string }>(COMPARED, [company]);
    const [seen] = rows;
    compared += 1;
    if (!seen || seen.served !== seen.computed) outdated.push({ company, ...seen });
    return seen?.served ?? '';
  }

  const write = (client: Client, company: string, mine: string[]) =>
    pick([
      () =>
        client.query(
          `INSERT INTO public.company_journey_steps VALUES ($1, $2, $3) ON CONFLICT (company_id, step_id) DO UPDATE SET status = excluded.status`,
          [company, pick(mine), pick(['completed', 'in_progress', 'open'])],
        ),
      () => client.query('DELETE FROM public.company_journey_steps WHERE company_id = $1 AND step_id = $2', [company, pick(mine)]),
      () =>
        client.query('UPDATE public.company_journey_steps SET company_id = $2 WHERE company_id = $1 AND step_id = $3', [
          company,
          pick(companies),
          pick(mine),
        ]),
      () => client.query(`UPDATE public.company_journey_steps SET status = status WHERE step_id = ANY ($1)`, [mine]),
    ])();
  const fold = (client: Client, company: string) => call(client, 'refresh_company_contexts', { company_ids: [company] });

  await withConnections(database, WRITERS * 2 + 5, async (clients) => {
    const [folder, another, keeper, long, reader, ...pairs] = clients as [Client, Client, Client, Client, Client, ...Client[]];
    let writing = true;
    const until = async (work: () => Promise<unknown>) => {
      while (writing) await work();
    };
    const background = [
      until(() => fold(folder, pick(companies))),
      until(() => call(another, 'refresh_company_contexts', { company_ids: companies })),
      until(async () => {
        await call(keeper, 'refresh_changed_companies', { batch_size: 2, cursor: null });
        if (Math.random() < 0.02) await call(keeper, 'reset_company_contexts');
      }),
      until(async () => {
        // One look for a while: it stays what it was.
        const company = pick(companies);
        await long.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
        const first = await compare(long, company);
        for (let again = 0; again < 3; again += 1) if ((await compare(long, company)) !== first) outdated.push({ company, first });
        await long.query('COMMIT');
      }),
      until(async () => {
        const company = pick(companies);
        await compare(reader, company);
        if (await one<boolean>(reader, AT_HAND, [company])) atHand += 1;
      }),
    ];
    try {
      await Promise.all(
        Array.from({ length: WRITERS }, async (_, index) => {
          const [writer, witness] = [pairs[index * 2] as Client, pairs[index * 2 + 1] as Client];
          // Steps of its own: the application's rows themselves are nothing to wait for.
          const mine = [steps[index] as string];
          for (let turn = 0; turn < TURNS; turn += 1) {
            const company = pick(companies);
            await writer.query('BEGIN');
            await writer.query(`SET LOCAL lock_timeout = '10s'`);
            if (turn % 5 === 1) await fold(writer, company);
            await write(writer, company, mine).catch((error) => {
              if (error.code !== '23505') throw error;
              return writer.query('ROLLBACK; BEGIN');
            });
            if (turn % 3 === 0) {
              await writer.query('SAVEPOINT s');
              await writer.query(
                `INSERT INTO public.company_domain_progress VALUES ($1, $2, $3) ON CONFLICT (company_id, domain_id) DO UPDATE SET maturity_level = excluded.maturity_level`,
                [companies[index % 3], domain, randomUUID()],
              );
              await fold(writer, company);
              await writer.query(turn % 2 ? 'RELEASE s' : 'ROLLBACK TO s');
            }
            if (turn % 4 === 2) await fold(writer, company);
            await compare(writer, company);
            await writer.query(turn % 7 === 6 ? 'ROLLBACK' : 'COMMIT');
            // Committed before this look began.
            for (const each of companies) await compare(witness, each);
          }
        }),
      );
    } finally {
      writing = false;
      await Promise.all(background);
    }
    expect(outdated).toEqual([]);
    for (const company of companies) {
      await fold(folder, company);
      await compare(folder, company);
    }
    expect(outdated).toEqual([]);
  });
  expect(compared).toBeGreaterThan(WRITERS * TURNS * companies.length);
  expect(atHand).toBeGreaterThan(0);
}, 60_000);
