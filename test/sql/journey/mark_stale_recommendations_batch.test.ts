import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { at, type Connection, call, contents, expectRefusal, one, untilBlocked, value, withConnections } from '../core/calls.js';
import {
  bring,
  contextHash,
  ELSEWHERE,
  insertRows,
  item,
  lookRecommendations,
  makeCompany,
  makeRecommendation,
  makeStep,
  makeSteps,
  recommendation,
  recommendationsOf,
  saveRecommendations,
  setStatus,
} from './world.js';

const database = useDatabase({ host: true });
afterEach(() => database.query('DELETE FROM evergreen.ai_generated_recommendations'));

const mark = (batch_size?: number, on: Connection = database.pool) =>
  value<number>(on, 'mark_stale_recommendations_batch', batch_size === undefined ? {} : { batch_size });

const statuses = async (company: string) => (await recommendationsOf(database.pool, company)).map(({ status }) => status);

/** That many live recommendations of a company for a state it is not in, the oldest that many seconds old. */
async function outdate(company: string, count: number, oldest = count, context_hash = ELSEWHERE): Promise<void> {
  await insertRows(
    database.pool,
    'ai_generated_recommendations',
    Array.from({ length: count }, (_, n) => ({
      id: randomUUID(),
      company_id: company,
      recommendation_key: `general:${randomUUID()}`,
      content: { title: `${n}` },
      context_hash,
      status: n % 2 ? 'fresh' : 'active',
      generation_model: 'm',
      generated_at: at(n - oldest),
      times_presented: 0,
      rank: 1,
      revision: 1,
      schema_version: 1,
    })),
  );
}

test('marks exactly what was made for another state than the company is in now', async () => {
  const [moved, still, never] = [await makeCompany(database.pool), await makeCompany(database.pool), await makeCompany(database.pool)];
  for (const company of [moved, still]) await saveRecommendations(database.pool, company, [item(null, 'a'), item(null, 'b')]);
  await setStatus(database.pool, moved, await makeStep(database.pool), 'completed');
  await saveRecommendations(database.pool, moved, [item(null, 'c')], { now: at(1) });
  expect(await mark()).toBe(2);
  expect(await statuses(moved)).toEqual(['stale', 'stale', 'fresh']);
  expect(await statuses(still)).toEqual(['fresh', 'fresh']);
  expect(await statuses(never)).toEqual([]);
  expect(await mark()).toBe(0);
});

test('R02: A, B, A: what was made for A is current, whatever snapshots say, and is left alone', async () => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  await saveRecommendations(database.pool, company, [item(null)]);
  for (const status of ['completed', null]) {
    await value(database.pool, 'generate_company_context_hash', { company_id: company });
    await setStatus(database.pool, company, step, status);
  }
  expect(await mark()).toBe(0);
  expect(await statuses(company)).toEqual(['fresh']);
});

test('R04: what was made for B is marked once the company is back in A, though no snapshot is younger', async () => {
  const company = await makeCompany(database.pool);
  const step = await makeStep(database.pool);
  await value(database.pool, 'generate_company_context_hash', { company_id: company });
  await setStatus(database.pool, company, step, 'completed');
  await saveRecommendations(database.pool, company, [item(null, 'for B')]);
  await setStatus(database.pool, company, step, null);
  expect(await mark()).toBe(1);
  expect(await statuses(company)).toEqual(['stale']);
});

test('R05: what was made for a state that changed while the model wrote is marked, without any snapshot', async () => {
  const company = await makeCompany(database.pool);
  await outdate(company, 1, 0, await contextHash(database.pool, company));
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  expect(await mark()).toBe(1);
});

test('R13: a click marks nothing', async () => {
  const { company } = await makeRecommendation(database.pool);
  await database.query('INSERT INTO public.step_activity (company_id) VALUES ($1)', [company]);
  expect(await mark()).toBe(0);
});

test('R25: a batch of 50 marks 50, however many snapshots the companies have', async () => {
  const companies = await Promise.all(Array.from({ length: 3 }, () => makeCompany(database.pool)));
  for (const company of companies) {
    await outdate(company, 40);
    await insertRows(
      database.pool,
      'ai_context_snapshots',
      Array.from({ length: 10 }, (_, n) => ({
        id: randomUUID(),
        company_id: company,
        context_hash: `${n}`.repeat(64),
        context_data: {},
        created_at: at(1000 + n),
        last_seen_at: at(1000 + n),
      })),
    );
  }
  expect(await mark(50)).toBe(50);
  expect(await mark(50)).toBe(50);
  expect(await mark(50)).toBe(20);
  expect(await mark(50)).toBe(0);
});

test('the oldest first, across companies', async () => {
  const [a, b] = [await makeCompany(database.pool), await makeCompany(database.pool)];
  await outdate(a, 3, 100);
  await outdate(b, 3, 99);
  // a was made 100, 99 and 98 seconds ago, b 99, 98 and 97.
  expect(await mark(1)).toBe(1);
  expect(await statuses(a)).toEqual(['stale', 'fresh', 'active']);
  await mark(2);
  expect(
    await database.query(
      `SELECT count(*)::integer AS n FROM evergreen.ai_generated_recommendations WHERE status = 'stale' AND generated_at <= $1`,
      [at(-99)],
    ),
  ).toEqual([{ n: 3 }]);
  expect((await statuses(a))[2]).toBe('active');
  expect((await statuses(b)).slice(1)).toEqual(['fresh', 'active']);
});

describe('a session that calls again', () => {
  /** Rows of a company whose title tells which are staled. */
  const staled = async (company: string) =>
    (await recommendationsOf(database.pool, company)).filter(({ status }) => status === 'stale').map(({ content }) => content.title);

  test('goes on where its last call ended, and still finds what became outdated before that', async () => {
    const [early, late] = [await makeCompany(database.pool), await makeCompany(database.pool)];
    const step = await makeStep(database.pool);
    await outdate(early, 2, 200, await contextHash(database.pool, early));
    await outdate(late, 4, 100);
    await withConnections(database, 2, async ([session, other]) => {
      expect(await mark(2, session)).toBe(2);
      await setStatus(database.pool, early, step, 'completed');
      // Two of the late are left: they come before what lies behind.
      expect(await mark(2, session)).toBe(2);
      expect([await staled(early), (await staled(late)).length]).toEqual([[], 4]);
      expect(await mark(1, session)).toBe(1);
      expect(await staled(early)).toEqual(['0']);
      // A session that has not called begins with the oldest.
      await outdate(late, 1, 300);
      expect(await mark(1, other)).toBe(1);
      expect(await staled(early)).toEqual(['0']);
      expect(await mark(1, session)).toBe(1);
      expect(await mark(1, session)).toBe(0);
    });
  });

  test('begins anew after a call that marked less than asked, and after one that was rolled back goes on as if it had not been', async () => {
    const company = await makeCompany(database.pool);
    await outdate(company, 3, 100);
    await withConnections(database, 1, async ([session]) => {
      await session?.query('BEGIN');
      expect(await mark(2, session)).toBe(2);
      await session?.query('ROLLBACK');
      expect(await mark(1, session)).toBe(1);
      expect(await staled(company)).toEqual(['0']);
      expect(await mark(10, session)).toBe(2);
      await outdate(company, 1, 300);
      await outdate(company, 1, 50);
      expect(await mark(1, session)).toBe(1);
      expect((await recommendationsOf(database.pool, company)).find(({ status }) => status !== 'stale')?.generated_at).toEqual(
        new Date(at(-50)),
      );
    });
  });
});

test('finds a few among many that are current, and takes no more than asked for', async () => {
  const companies = await Promise.all(Array.from({ length: 130 }, () => makeCompany(database.pool)));
  const current = await contextHash(database.pool, companies[0] as string);
  for (const company of companies) await outdate(company, 1, 1000, current);
  await outdate(companies[0] as string, 3, 500);
  for (const company of companies.slice(1)) await outdate(company, 1, 400, current);
  await outdate(companies[1] as string, 3, 300);
  await withConnections(database, 1, async ([session]) => {
    expect(await mark(2, session)).toBe(2);
    expect(await mark(2, session)).toBe(2);
    expect(await mark(2, session)).toBe(2);
    expect(await mark(2, session)).toBe(0);
  });
  expect(await one(database.pool, `SELECT count(*)::integer FROM evergreen.ai_generated_recommendations WHERE status <> 'stale'`)).toBe(
    259,
  );
});

test.each(['completed', 'stale'])('what is %s already is left alone, beside what is marked', async (status) => {
  const { id, company } = await makeRecommendation(database.pool);
  await bring(database.pool, id, status);
  await saveRecommendations(database.pool, company, [item(null, 'live')], { now: at(1) });
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  expect(await mark()).toBe(1);
  expect(await statuses(company)).toEqual([status, 'stale']);
});

test('two callers at once share the work: the second passes over what the first holds, and waits for nothing', async () => {
  const company = await makeCompany(database.pool);
  await outdate(company, 40);
  await withConnections(database, 2, async ([first, second]) => {
    await first?.query('BEGIN');
    expect(await mark(20, first)).toBe(20);
    expect(await mark(20, second)).toBe(20);
    expect(await mark(20, second)).toBe(0);
    await first?.query('COMMIT');
  });
  expect(new Set(await statuses(company))).toEqual(new Set(['stale']));
});

test("a person's completion that is not committed yet is neither waited for nor overwritten", async () => {
  const { id, company } = await makeRecommendation(database.pool);
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  await withConnections(database, 1, async ([person]) => {
    await person?.query('BEGIN');
    await call(person as Client, 'track_recommendation_completion', { recommendation_id: id });
    expect(await mark()).toBe(0);
    await person?.query('COMMIT');
  });
  expect(await mark()).toBe(0);
  expect(await recommendation(database.pool, id)).toMatchObject({ status: 'completed' });
});

test('a completion that comes while a batch holds the row waits, and is refused when the batch has marked it', async () => {
  const { id, company } = await makeRecommendation(database.pool);
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  await withConnections(database, 2, async ([batch, person]) => {
    await batch?.query('BEGIN');
    expect(await mark(10, batch)).toBe(1);
    const completing = call(person as Client, 'update_recommendation_status', { recommendation_id: id, new_status: 'completed' }).catch(
      (error) => error.code,
    );
    await untilBlocked(database, 1);
    await batch?.query('COMMIT');
    expect(await completing).toBe('VG003');
  });
});

test('saves, presentations, completions and batches of many connections at once: no deadlock, and at the end nothing outdated is live', async () => {
  const companies = await Promise.all(Array.from({ length: 4 }, () => makeCompany(database.pool)));
  const steps = await makeSteps(database.pool, 6);
  let saving = true;
  // A save of nothing but completed steps pauses its key: here for no time that matters.
  await database.query(
    "SELECT evergreen.set_content_policy('recommendation', p_failure_backoff => '1 microsecond', p_failure_backoff_max => '1 microsecond')",
  );
  await withConnections(database, 6, async (clients) => {
    const [left, right, batch, other, shows, people] = clients as [Client, Client, Client, Client, Client, Client];
    const saves = async (client: Client, mine: string[]) => {
      for (let turn = 0; turn < 12; turn++) {
        for (const company of mine) {
          await setStatus(client, company, steps[turn % 6] as string, turn % 3 ? 'completed' : 'in_progress');
          await saveRecommendations(client, company, steps.map((step) => item(step)).reverse(), { now: at(turn) });
        }
      }
    };
    const until = async (work: () => Promise<unknown>) => {
      while (saving) await work();
    };
    const background = [
      until(() => mark(7, batch)),
      until(() => mark(1000, other)),
      until(async () => {
        const { rows } = await shows.query(
          `SELECT array_agg(id ORDER BY id DESC) AS ids FROM (SELECT id FROM evergreen.ai_generated_recommendations LIMIT 20) AS r`,
        );
        if (rows[0].ids) await call(shows, 'mark_presented', { ids: rows[0].ids });
      }),
      until(async () => {
        const { rows } = await people.query(
          `SELECT id FROM evergreen.ai_generated_recommendations WHERE status IN ('fresh', 'active') ORDER BY random() LIMIT 1`,
        );
        if (rows[0])
          await call(people, 'track_recommendation_completion', { recommendation_id: rows[0].id }).catch((error) => {
            if (error.code !== 'VG003') throw error;
          });
      }),
    ];
    try {
      await Promise.all([saves(left, companies.slice(0, 2)), saves(right, companies.slice(2))]);
    } finally {
      saving = false;
    }
    await Promise.all(background);
  });
  while ((await mark()) > 0);
  for (const company of companies) {
    const current = await contextHash(database.pool, company);
    const live = (await recommendationsOf(database.pool, company)).filter(({ status }) => ['fresh', 'active'].includes(status));
    expect(live.every(({ context_hash }) => context_hash === current)).toBe(true);
  }
});

test('what was made for a company that is gone, in an application that attached no companies, keeps nobody from marking the rest', async () => {
  const { company } = await makeRecommendation(database.pool);
  await setStatus(database.pool, company, await makeStep(database.pool), 'completed');
  await database.query('ALTER TABLE evergreen.ai_generated_recommendations DROP CONSTRAINT ai_generated_recommendations_company_id_host');
  await outdate(randomUUID(), 3);
  expect(await mark()).toBe(1);
  expect((await lookRecommendations(database.pool, company)).freshness).toBe('expired');
});

describe('with the hashes of states at hand', () => {
  beforeAll(async () => {
    await call(database.pool, 'attach_host', { track_changes: true });
    await value(database.pool, 'refresh_company_contexts', { company_ids: [] });
  });
  afterAll(() => call(database.pool, 'attach_host', { track_changes: false }));
  const kept = (company: string) =>
    database.query('SELECT context_hash FROM evergreen.company_context_hashes WHERE company_id = $1', [company]);

  test('what it has computed is at hand for the next', async () => {
    const company = await makeCompany(database.pool);
    await outdate(company, 2);
    expect(await mark(1)).toBe(1);
    expect(await kept(company)).toEqual([{ context_hash: await contextHash(database.pool, company) }]);
    // A hash that is wrong shows that it is used.
    await outdate(company, 1, 1, 'f'.repeat(64));
    await database.query(`UPDATE evergreen.company_context_hashes SET context_hash = repeat('f', 64) WHERE company_id = $1`, [company]);
    expect(await mark()).toBe(1);
    expect((await statuses(company)).filter((status) => status === 'stale')).toHaveLength(2);
  });

  test('a change that is not committed marks nothing, and once it is nothing that is at hand hides it', async () => {
    const [changed, still] = [await makeCompany(database.pool), await makeCompany(database.pool)];
    const step = await makeStep(database.pool);
    for (const company of [changed, still]) await saveRecommendations(database.pool, company, [item(null)]);
    await value(database.pool, 'refresh_company_contexts', { company_ids: [changed, still] });
    await withConnections(database, 1, async ([writer]) => {
      await writer?.query('BEGIN');
      await setStatus(writer as Client, changed, step, 'completed');
      expect(await mark()).toBe(0);
      await writer?.query('COMMIT');
    });
    expect(await mark()).toBe(1);
    expect([await statuses(changed), await statuses(still)]).toEqual([['stale'], ['fresh']]);
  });

  test('what was made for the present state is left alone when all hashes at hand are void', async () => {
    const company = await makeCompany(database.pool);
    await saveRecommendations(database.pool, company, [item(null)]);
    await value(database.pool, 'refresh_company_contexts', { company_ids: [company] });
    await database.query(`UPDATE evergreen.company_context_hashes SET context_hash = repeat('0', 64) WHERE company_id = $1`, [company]);
    await outdate(company, 1, 1, '0'.repeat(64));
    await call(database.pool, 'reset_company_contexts');
    expect(await mark()).toBe(1);
    expect((await statuses(company)).sort()).toEqual(['fresh', 'stale']);
    await value(database.pool, 'refresh_company_contexts', { company_ids: [] });
  });

  test('a policy that counts activity is compared with, whatever is at hand', async () => {
    const company = await makeCompany(database.pool);
    await saveRecommendations(database.pool, company, [item(null, 'without')]);
    await value(database.pool, 'refresh_company_contexts', { company_ids: [company] });
    expect(await mark()).toBe(0);
    await call(database.pool, 'set_content_policy', { content_type: 'recommendation', activity_granularity: '1 day' });
    expect(await mark()).toBe(1);
    await saveRecommendations(database.pool, company, [item(null, 'with')], { now: at(1) });
    expect(await mark()).toBe(0);
    await database.query(`INSERT INTO public.step_activity (company_id, last_activity_timestamp) VALUES ($1, '2031-01-01')`, [company]);
    expect(await mark()).toBe(1);
    await call(database.pool, 'set_content_policy', { content_type: 'recommendation', reset: ['activity_granularity'] });
  });
});

test.each(['rubbish', '{}', '[]', 'ffffffff-ffff-ffff-ffff-fffffffffffg'])('a place that somebody has set to %s is nowhere', (place) =>
  withConnections(database, 1, async ([client]) => {
    const company = await makeCompany(database.pool);
    await saveRecommendations(database.pool, company, [item(null, place)]);
    await database.query(`UPDATE evergreen.ai_generated_recommendations SET context_hash = repeat('e', 64) WHERE company_id = $1`, [
      company,
    ]);
    await client?.query(`SELECT set_config('evergreen.staling_place', $1, false)`, [place]);
    expect(await value(client as Client, 'mark_stale_recommendations_batch', { batch_size: 1000 })).toBeGreaterThan(0);
  }),
);

describe('bad input', () => {
  test.each([
    [null, 'VG007'],
    [0, 'VG007'],
    [-1, 'VG007'],
    [100_001, 'VG006'],
  ])('a batch of %s', async (batch_size, code) => {
    const before = await contents(database.pool);
    await expectRefusal(database.pool, 'mark_stale_recommendations_batch', { batch_size }, code as string, `${batch_size ?? 'NULL'}`);
    expect(await contents(database.pool)).toEqual(before);
  });
});
