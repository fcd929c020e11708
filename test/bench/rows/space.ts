import { Client } from 'pg';
import type { Bench, BenchDatabase, Row } from '../bench.js';
import { articleInputs, articleResult, OWN_TYPE, saveBatch, setUp } from '../content.js';
import { line, mulberry32 } from '../measure.js';

const TABLES = `ARRAY['ai_answers', 'generation_leases', 'similarity_verdicts']`;
/** Row versions that die when an entry is refreshed: the answer's; the lease's by the claim and by the save. */
const DYING = { ai_answers: 1, generation_leases: 2 };

/** Row 12: what refreshing leaves behind. */
export const space: Row = {
  number: 12,
  title: 'space after ten refreshes',
  includes:
    'Every entry is generated anew ten times by claim_answers and save_answers, each time in another order, since entries are refreshed when they are asked for, a hundredth of them a call; ' +
    'with a plain VACUUM of a table whenever as much of it is dead as its own settings of autovacuum ask for: the weeks between pass in seconds, in which autovacuum itself would not wake up. ' +
    'Then ai_daily_maintenance and VACUUM. Size is that of the answers and the leases with their indexes and TOAST, beside the same after VACUUM FULL, which leaves only what lives. ' +
    'The generation log and its roll-up are not counted: they keep a line a generation, by retention.',
  async run(bench) {
    const count = bench.pick({ full: 100_000, quick: 1_000, tiny: 100 });
    const refreshes = bench.pick({ full: 10, quick: 10, tiny: 2 });
    const old = count / 10;
    const database = await bench.database('space', async (fresh) => {
      await setUp(fresh);
      await fresh.query(`SELECT evergreen.set_content_policy($1, p_retain_for => '60 days')`, [OWN_TYPE]);
      await refresh(bench, fresh, articleInputs(count), 0);
      // What nobody asked for again, generated before what retain_for keeps.
      const [then] = await fresh.query<{ then: string }>(`SELECT (now() - interval '100 days')::text AS then`);
      await refresh(bench, fresh, articleInputs(old, 10_000_000), 0, then?.then);
    });
    const inputs = articleInputs(count);
    const loaded = await size(database);
    const autovacuum = await autovacuumOf(database);
    for (let i = 1; i <= refreshes; i += 1) {
      await refresh(bench, database, inAnotherOrder(inputs, i), i, null, (entries) => autovacuum.died(entries));
    }
    const past = `SELECT count(*)::integer AS n FROM evergreen.ai_answers AS a JOIN evergreen.content_policies AS p USING (content_type) WHERE a.generated_at < now() - p.retain_for`;
    const [before] = await database.query<{ n: number }>(past);
    await maintain(database);
    const [after] = await database.query<{ n: number }>(past);
    if (before?.n !== old || after?.n !== 0)
      throw new Error(`${before?.n} of ${old} rows were past retain_for before the maintenance, ${after?.n} after it`);
    await database.superuserQuery('VACUUM evergreen.ai_answers, evergreen.generation_leases');
    const left = await size(database);
    await database.superuserQuery('VACUUM FULL evergreen.ai_answers');
    await database.superuserQuery('VACUUM FULL evergreen.generation_leases');
    const live = await size(database);
    const [revisions] = await database.query<{ least: number; n: number }>(
      'SELECT min(a.revision) AS least, count(*)::integer AS n FROM evergreen.ai_answers AS a',
    );
    if (revisions?.least !== refreshes + 1 || revisions.n !== count)
      throw new Error(`${revisions?.n} answers were refreshed ${Number(revisions?.least) - 1} times`);
    await bench.drop(database);
    return {
      lines: [
        line({
          what: `${count.toLocaleString('en-US')} answers, refreshed ${refreshes} times`,
          beside: 'the live data',
          unit: 'MB',
          ours: [left],
          theirs: [live],
          reach: { most: 1.5 },
        }),
      ],
      notes: [
        `Measured once; ${autovacuum.times} times VACUUM of a table meanwhile. ${loaded.toFixed(1)} MB before the first refresh. Rows past retain_for: ${before.n.toLocaleString('en-US')} before the maintenance, ${after.n} after it.`,
      ],
    };
  },
};

/** All of it again, over two connections. */
async function refresh(
  bench: Bench,
  database: BenchDatabase,
  inputs: readonly string[],
  turn: number,
  now: string | null = null,
  refreshed: (entries: number) => Promise<void> = async () => undefined,
): Promise<void> {
  const batches: string[][] = [];
  const size = Math.max(10, inputs.length / 100);
  for (let from = 0; from < inputs.length; from += size) batches.push(inputs.slice(from, from + size));
  let next = 0;
  const work = async () => {
    for (;;) {
      const batch = batches[next];
      next += 1;
      if (!batch) return;
      await saveBatch(database, OWN_TYPE, batch, (i) => articleResult(i + turn * 1000), now, false);
      await refreshed(batch.length);
    }
  };
  await Promise.all([work(), work()]);
  if (turn > 0) bench.say(`refreshed ${turn} times`);
}

/** Does what autovacuum does, at once. */
async function autovacuumOf(database: BenchDatabase): Promise<{ times: number; died(entries: number): Promise<void> }> {
  const tables = await database.query<{ name: keyof typeof DYING; threshold: number }>(
    `SELECT c.relname AS name,
            (COALESCE(o.threshold, current_setting('autovacuum_vacuum_threshold')::float8)
             + COALESCE(o.share, current_setting('autovacuum_vacuum_scale_factor')::float8) * c.reltuples)::float8 AS threshold
       FROM pg_class AS c,
            LATERAL (SELECT max(v.option_value::float8) FILTER (WHERE v.option_name = 'autovacuum_vacuum_threshold') AS threshold,
                            max(v.option_value::float8) FILTER (WHERE v.option_name = 'autovacuum_vacuum_scale_factor') AS share
                       FROM pg_options_to_table(c.reloptions) AS v) AS o
      WHERE c.relnamespace = 'evergreen'::regnamespace AND c.relname = ANY ($1)`,
    [Object.keys(DYING)],
  );
  const dead = new Map(tables.map(({ name }) => [name, 0]));
  const vacuums = {
    times: 0,
    async died(entries: number) {
      for (const { name, threshold } of tables) {
        const now = (dead.get(name) as number) + entries * DYING[name];
        dead.set(name, now > threshold ? 0 : now);
        if (now <= threshold) continue;
        vacuums.times += 1;
        await database.superuserQuery(`VACUUM evergreen.${name}`);
      }
    },
  };
  return vacuums;
}

/** The same for the same turn. */
function inAnotherOrder(inputs: readonly string[], turn: number): string[] {
  const random = mulberry32(turn);
  const order = [...inputs];
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as string, order[i] as string];
  }
  return order;
}

async function size(database: BenchDatabase): Promise<number> {
  const [row] = await database.query<{ mb: number }>(
    `SELECT (sum(pg_total_relation_size(format('evergreen.%I', t)::regclass)) / 1048576.0)::double precision AS mb FROM unnest(${TABLES}) AS t`,
  );
  return row?.mb as number;
}

/** As the application's cron does it: outside of a transaction, as the owner. */
async function maintain(database: BenchDatabase): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query('CALL evergreen.ai_daily_maintenance()');
  } finally {
    await client.end();
  }
}
