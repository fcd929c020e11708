import { Client } from 'pg';
import type { Bench, BenchDatabase, Row } from '../bench.js';
import { fillJourney, MODEL, setUp } from '../content.js';
import type { TimedCall } from '../load.js';
import { type Line, line, quantile, timed } from '../measure.js';

const HITS = { connections: 4, rate: 400 };
/** A connection's first calls read the catalogue and compile functions: left out on both sides. */
const WARM_UP_MS = 500;

/** Row 7: staling beside one UPDATE of the same rows, and hits meanwhile. */
export const staling: Row = {
  number: 7,
  title: 'staling',
  includes:
    'A fifth of all recommendations was made for an earlier state of their companies. stale_recommendations is called as ai_daily_maintenance calls it, in batches of one ' +
    'transaction each, mark_stale_recommendations_batch(1000) until nothing is left, finding the outdated rows included; the bare UPDATE is told their ids. Each side works on a fresh copy of the database while hits are answered. ' +
    'Hits are find_recommendations of 100 companies at 400 a second over 4 connections; their time counts from when they were due, the first half second of each connection left out. ' +
    'Idle is the time before the work begins, on the same connections, of all sides of a round; during staling is during both functions.',
  async run(bench) {
    const companies = bench.pick({ full: 10_000, quick: 500, tiny: 20 });
    const rounds = bench.pick({ full: 3, quick: 1, tiny: 1 });
    const source = await bench.database('staling', (database) => fill(bench, database, companies));
    const outdated = companies * 20;
    const fresh = async (name: string, work: (database: BenchDatabase, hits: readonly string[]) => Promise<void>) => {
      const database = await bench.copy(source, name);
      // Both sides begin with the table and what is to be found in memory.
      await database.query('SELECT sum(length(r.content::text)) FROM evergreen.ai_generated_recommendations AS r');
      await database.query('SELECT count(*) FROM bench.outdated AS o JOIN evergreen.ai_generated_recommendations AS r ON r.id = o.id');
      const found = await database.query<{ id: string }>('SELECT c.id FROM public.companies AS c ORDER BY random() LIMIT 100');
      await work(
        database,
        found.map(({ id }) => `SELECT * FROM evergreen.find_recommendations('${id}')`),
      );
      await bench.drop(database);
    };

    const idleMs = bench.pick({ full: 4000, quick: 600, tiny: 200 });
    const seconds = bench.pick({ full: 10, quick: 2, tiny: 1 });
    const hits = async (database: BenchDatabase, statements: readonly string[]) => {
      const calls = await bench.load.latencies(database, statements, { ...HITS, seconds });
      const begun = Math.min(...calls.map(({ at }) => at));
      return calls.filter(({ at }) => at >= begun + WARM_UP_MS);
    };
    /** Works once hits have been answered for a while; how long it took, and the hits before and meanwhile. */
    const beside = async (database: BenchDatabase, statements: readonly string[], work: () => Promise<number>) => {
      const first = hits(database, statements);
      await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS + idleMs));
      const begun = Date.now();
      let ended = Number.POSITIVE_INFINITY;
      const rate = work().finally(() => {
        ended = Date.now();
      });
      const calls = await first;
      while (ended === Number.POSITIVE_INFINITY) calls.push(...(await hits(database, statements)));
      return {
        rate: await rate,
        idle: calls.filter(({ at }) => at < begun),
        during: calls.filter(({ at, ms }) => at - ms >= begun && at - ms <= ended),
      };
    };

    const [bare, steps, batches]: [number[], number[], number[]] = [[], [], []];
    const [idle, meanwhile, besideBare]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round += 1) {
      const sides: Awaited<ReturnType<typeof beside>>[] = [];
      await fresh('staling_bare', async (database, statements) => {
        const update = `UPDATE evergreen.ai_generated_recommendations AS r SET status = 'stale' FROM bench.outdated AS o WHERE r.id = o.id`;
        sides.push(await beside(database, statements, async () => outdated / ((await timed(() => database.query(update))) / 1000)));
      });
      await fresh('staling_steps', async (database, statements) => {
        if (round === 0) await bench.profile('7-stale_recommendations', database, 'SELECT * FROM evergreen.stale_recommendations(1000)');
        sides.push(await beside(database, statements, () => staleAll(database, outdated)));
      });
      await fresh('staling_batches', async (database, statements) => {
        if (round === 0)
          await bench.profile('7-mark_stale_recommendations_batch', database, 'SELECT evergreen.mark_stale_recommendations_batch(1000)');
        sides.push(await beside(database, statements, () => staleInBatches(database, outdated)));
      });
      for (const [i, rates] of [bare, steps, batches].entries()) rates.push(sides[i]?.rate as number);
      const [ofBare, ...ofOurs] = sides.map(({ during }) => during);
      // Tiny work ends before a hit was answered.
      const quiet = sides.flatMap((side) => side.idle);
      idle.push(p99(quiet));
      meanwhile.push(p99(ofOurs.flat(), quiet));
      besideBare.push(p99(ofBare ?? [], quiet));
    }
    await bench.drop(source);

    const total = (companies * 100).toLocaleString('en-US');
    const rate = { beside: 'one bare UPDATE of those rows', unit: 'rows/s', reach: { least: 0.7 } };
    const lines: Line[] = [
      line({ what: `stale_recommendations, ${outdated.toLocaleString('en-US')} of ${total}`, ...rate, ours: steps, theirs: bare }),
      line({ what: 'mark_stale_recommendations_batch(1000) until it returns 0', ...rate, ours: batches, theirs: bare }),
      line({
        what: 'p99 of hits during staling',
        beside: 'p99 of hits when idle',
        unit: 'ms',
        ours: meanwhile,
        theirs: idle,
        reach: { most: 2 },
      }),
      line({ what: 'p99 of hits during the bare UPDATE', beside: 'p99 of hits when idle', unit: 'ms', ours: besideBare, theirs: idle }),
    ];
    return { lines, notes: [`${companies.toLocaleString('en-US')} companies of 20 steps with 100 recommendations each.`] };
  },
};

/** Of so few calls that there is no hundredth of them, that of others. */
const p99 = (calls: readonly TimedCall[], otherwise: readonly TimedCall[] = []) =>
  quantile(
    (calls.length >= 100 ? calls : [...calls, ...otherwise]).map(({ ms }) => ms),
    0.99,
  );

/** As the daily maintenance does it; rows a second. */
async function staleAll(database: BenchDatabase, outdated: number): Promise<number> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ batch_size: number }>(
      `SELECT m.batch_size FROM evergreen.maintenance_steps AS m WHERE m.step = 'stale_recommendations'`,
    );
    const size = rows[0]?.batch_size ?? 1000;
    let cursor: string | null = null;
    let done = 0;
    const ms = await timed(async () => {
      do {
        const batch = await client.query<{ done: number; next_cursor: string | null }>({
          name: 'stale',
          text: 'SELECT b.done, b.next_cursor FROM evergreen.stale_recommendations($1, $2) AS b',
          values: [size, cursor],
        });
        const row = batch.rows[0] as { done: number; next_cursor: string | null };
        done += row.done;
        cursor = row.next_cursor;
      } while (cursor !== null);
    });
    if (done !== outdated) throw new Error(`${done} rows were staled, ${outdated} are outdated`);
    return done / (ms / 1000);
  } finally {
    await client.end();
  }
}

/** As the seed has it called; rows a second. */
async function staleInBatches(database: BenchDatabase, outdated: number): Promise<number> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    let done = 0;
    let last = 1;
    const begun = performance.now();
    while (last > 0) {
      const { rows } = await client.query<{ n: number }>({
        name: 'batch',
        text: 'SELECT evergreen.mark_stale_recommendations_batch(1000) AS n',
      });
      last = rows[0]?.n ?? 0;
      done += last;
    }
    if (done !== outdated) throw new Error(`${done} rows were staled, ${outdated} are outdated`);
    return done / ((performance.now() - begun) / 1000);
  } finally {
    await client.end();
  }
}

async function fill(bench: Bench, database: BenchDatabase, companies: number): Promise<void> {
  await setUp(database);
  await fillJourney(database, companies);
  await database.query(
    `CREATE TABLE bench.states AS SELECT c.id, evergreen.company_context_hash(c.id, 'recommendation') AS present FROM public.companies AS c`,
  );
  bench.say('loading recommendations');
  // Indexes are made anew once the rows are there: that is quicker.
  const indexes = await database.superuserQuery<{ name: string; definition: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index AS i
      WHERE i.indrelid = 'evergreen.ai_generated_recommendations'::regclass AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)`,
  );
  await database.superuserQuery(`DROP INDEX ${indexes.map(({ name }) => name).join(', ')}`);
  // Triggers and foreign keys hold by construction. In the order in which they were made; only the texts differ from what bench.text() would cut.
  await database.superuserQuery(`SET session_replication_role = replica;
    INSERT INTO evergreen.ai_generated_recommendations (company_id, recommendation_key, content, context_hash, generation_model, generated_at, rank)
    SELECT s.id, 'general:' || i, jsonb_build_object('title', substr(p.text, 1 + i % 40, 40), 'description', substr(p.text, 41 + i % 40, 200)),
           CASE WHEN i % 5 = 0 THEN encode(sha256(s.id::text::bytea), 'hex') ELSE s.present END, '${MODEL}', now() - i * interval '1 hour', i
      FROM generate_series(1, 100) AS i
     CROSS JOIN (SELECT t.id, t.present, row_number() OVER (ORDER BY t.id) AS n FROM bench.states AS t) AS s
      JOIN bench.prose AS p ON p.n = (s.n * 7 + i * 31) % 500
     ORDER BY i DESC`);
  for (const { definition } of indexes) await database.superuserQuery(definition);
  await database.query(
    `CREATE TABLE bench.outdated AS SELECT r.id FROM evergreen.ai_generated_recommendations AS r WHERE r.recommendation_key ~ '[05]$'`,
  );
  await database.query('ALTER TABLE bench.outdated ADD PRIMARY KEY (id)');
}
