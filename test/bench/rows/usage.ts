import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, BenchDatabase, Row } from '../bench.js';
import { MODEL, setUp } from '../content.js';
import { inTurn, line, timed } from '../measure.js';

/** What write_log() adds up, as one statement over the log. */
const ROLL_UP = `
  SELECT date_trunc('hour', l.created_at, 'UTC') AS hour, l.generation_type, l.provider, l.model_used, count(*) AS generations,
         sum(l.success::integer) AS successes, sum(COALESCE(l.prompt_tokens, 0)) AS prompt_tokens, sum(COALESCE(l.completion_tokens, 0)) AS completion_tokens,
         sum(COALESCE(l.cached_tokens, 0)) AS cached_tokens, sum(COALESCE(l.cost, 0)) AS cost, sum((l.cost IS NULL)::integer) AS unpriced,
         sum((l.generation_time_ms IS NOT NULL)::integer) AS timed, sum(COALESCE(l.generation_time_ms, 0)) AS total_time_ms`;
const COLUMNS =
  'hour, generation_type, provider, model_used, generations, successes, prompt_tokens, completion_tokens, cached_tokens, cost, unpriced, timed, total_time_ms';

/** Row 8: statistics of a year. */
export const usage: Row = {
  number: 8,
  title: 'usage statistics of a year',
  includes:
    "get_ai_usage_stats beside the seed's query made to run (test/bench/seed/usage.sql), which reads its own, narrower log of the same lines. The range begins and ends inside of an hour, " +
    'so that both the roll-up and the log are read. The time of one call by a client, results fetched. Equal results are checked: days, types, counts, tokens, average times, success rates.',
  async run(bench) {
    const count = bench.pick({ full: 10_000_000, quick: 200_000, tiny: 5_000 });
    const rounds = bench.pick({ full: 3, quick: 3, tiny: 1 });
    const database = await bench.database('usage', (fresh) => fill(bench, fresh, count));
    const range = ['2025-01-01T00:20:00Z', '2025-12-31T22:40:00Z'];
    const ours = `SELECT s.day::text, s.generation_type, s.generations_count, s.tokens_used, s.avg_generation_time_ms, s.success_rate FROM evergreen.get_ai_usage_stats($1, $2) AS s`;
    const seed = `SELECT s.day::text, s.generation_type, s.generations_count, s.tokens_used, round(s.avg_generation_time_ms, 2) AS avg_generation_time_ms,
      round(s.success_rate, 2) AS success_rate FROM seed.get_ai_usage_stats($1, $2) AS s`;
    const [a, b] = [JSON.stringify(await database.query(ours, range)), JSON.stringify(await database.query(seed, range))];
    if (a !== b) throw new Error(`the statistics differ:\n${a.slice(0, 500)}\n${b.slice(0, 500)}`);
    const samples = await inTurn(
      { ours: () => timed(() => database.query(ours, range)), seed: () => timed(() => database.query(seed, range)) },
      rounds,
    );
    await bench.profile('8-get_ai_usage_stats', database, ours, range);
    const [rolled] = await database.query<{ n: string }>('SELECT count(*) AS n FROM evergreen.ai_usage_hourly');
    await bench.drop(database);
    return {
      lines: [
        line({
          what: `get_ai_usage_stats, ${count.toLocaleString('en-US')} lines`,
          beside: "the seed's query",
          unit: 'ms',
          ours: samples.ours,
          theirs: samples.seed,
          ratioOf: 'theirs / ours',
          reach: { least: 100 },
        }),
      ],
      notes: [
        `Results equal: ${(JSON.parse(a) as unknown[]).length} rows.`,
        `The roll-up (${Number(rolled?.n).toLocaleString('en-US')} rows, 3 types, 2 models, written by 8 connections) was filled by one statement, which gives what log_generation() writes (checked on 400 lines), then folded into days as the daily maintenance does it.`,
        'Of the log, only the index that either side could use was built.',
      ],
    };
  },
};

async function fill(bench: Bench, database: BenchDatabase, count: number): Promise<void> {
  await setUp(database);
  await database.query(readFileSync(join(__dirname, '../seed/usage.sql'), 'utf8'));
  await checkRollUp(database);
  await database.superuserQuery(
    'TRUNCATE evergreen.ai_generation_logs, evergreen.ai_usage_hourly, evergreen.ai_usage_days, evergreen.ai_usage_daily, evergreen.ai_usage_late, evergreen.ai_spend_monthly',
  );
  for (const month of ['2025-01-15', '2025-05-15', '2025-09-15']) {
    const ensure = `SELECT p.next_cursor FROM evergreen.ensure_log_partitions(p_now => '${month}Z') AS p`;
    while ((await database.query<{ next_cursor: string | null }>(ensure))[0]?.next_cursor) {}
  }
  const indexes = await database.query<{ name: string; definition: string }>(
    `SELECT c.oid::regclass::text AS name, pg_get_indexdef(c.oid) AS definition FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
      WHERE i.indrelid = 'evergreen.ai_generation_logs'::regclass AND NOT i.indisprimary`,
  );
  for (const { name } of indexes) await database.superuserQuery(`DROP INDEX ${name}`);
  await database.superuserQuery('ALTER TABLE evergreen.ai_generation_logs DROP CONSTRAINT ai_generation_logs_pkey');
  // What is only read does not care whether it was logged; it is filled in half the time.
  const partitions = await database.query<{ name: string }>(
    `SELECT i.inhrelid::regclass::text AS name FROM pg_inherits AS i WHERE i.inhparent = 'evergreen.ai_generation_logs'::regclass`,
  );
  for (const { name } of [...partitions, { name: 'seed.ai_generation_logs' }])
    await database.superuserQuery(`ALTER TABLE ${name} SET UNLOGGED`);
  bench.say(`loading ${count.toLocaleString('en-US')} log lines`);
  // Of one company, with one id: nobody reads them.
  const [company] = await database.query<{ id: string }>('SELECT gen_random_uuid() AS id');
  const half = Math.ceil(count / 2);
  const load = (from: number, to: number) =>
    database.query(
      `INSERT INTO evergreen.ai_generation_logs (id, company_id, generation_type, provider, model_used, prompt_tokens, completion_tokens, cached_tokens, cost,
                                                 generation_time_ms, success, outcome, created_at)
       SELECT $1, $1, (ARRAY['recommendation', 'peer_insight', 'health_summary'])[1 + i % 3], 'openai', CASE WHEN i % 7 = 0 THEN 'gpt-4o' ELSE $2 END,
              300 + i % 400, CASE WHEN i % 50 = 0 THEN 0 ELSE 150 + i % 200 END, 100, (1 + i % 10) * 0.0001, 500 + i % 3000, i % 50 <> 0,
              CASE WHEN i % 50 = 0 THEN 'failed' ELSE 'generated' END, '2025-01-01Z'::timestamptz + (i * (365 * 86400 / $3::float8)) * interval '1 second'
         FROM generate_series($4::integer, $5::integer) AS i`,
      [company?.id, MODEL, count, from, to],
    );
  await Promise.all([load(0, half - 1), load(half, count - 1)]);
  const index = indexes.find(({ definition }) => definition.endsWith('(created_at)'));
  if (!index) throw new Error('the log has no index by time');
  bench.say('indexing, rolling up and copying them for the seed');
  // Eight connections take turns: each writes to a slot of its own.
  const rollUp = (from: string, to: string) =>
    database.query(
      `INSERT INTO evergreen.ai_usage_hourly (${COLUMNS}, slot) ${ROLL_UP}, floor(extract(epoch FROM l.created_at) * 7)::bigint % 8
         FROM evergreen.ai_generation_logs AS l WHERE l.created_at >= $1 AND l.created_at < $2 GROUP BY 1, 2, 3, 4, 14`,
      [from, to],
    );
  await Promise.all([
    // Of a partitioned index, what PostgreSQL tells is that of the parent ONLY.
    database.superuserQuery(index.definition.replace(' ON ONLY ', ' ON ')).then(() => rollUp('2025-07-01Z', '2026-01-02Z')),
    database
      .query(
        `INSERT INTO seed.ai_generation_logs (id, company_id, generation_type, model_used, tokens_used, generation_time_ms, success, created_at)
         SELECT l.id, l.company_id, l.generation_type, l.model_used, l.tokens_used, l.generation_time_ms, l.success, l.created_at FROM evergreen.ai_generation_logs AS l`,
      )
      .then(() => rollUp('2025-01-01Z', '2025-07-01Z')),
  ]);
  bench.say('adding up days');
  const fold = 'SELECT f.next_cursor FROM evergreen.fold_usage() AS f';
  while ((await database.query<{ next_cursor: string | null }>(fold))[0]?.next_cursor) {}
}

/** The statement that fills the roll-up gives what the functions write. */
async function checkRollUp(database: BenchDatabase): Promise<void> {
  await database.query(
    `SELECT evergreen.log_generation(
              (ARRAY['recommendation', 'peer_insight', 'health_summary'])[1 + i % 3], CASE i % 5 WHEN 0 THEN 'gpt-4o' WHEN 1 THEN 'of-no-price' ELSE $1 END, i % 9 <> 0,
              p_prompt_tokens => NULLIF(300 + i % 400, 350), p_completion_tokens => 200, p_cached_tokens => i % 100, p_generation_time_ms => NULLIF(i * 10, 500),
              p_outcome => CASE WHEN i % 9 = 0 THEN 'failed' ELSE 'generated' END, p_created_at => '2025-03-01Z'::timestamptz + i * interval '7 minutes')
       FROM generate_series(1, 400) AS i`,
    [MODEL],
  );
  const [check] = await database.query<{ written: string; differ: string }>(
    `WITH written AS (
       SELECT hour, generation_type, provider, model_used, sum(generations) AS generations, sum(successes) AS successes, sum(prompt_tokens) AS prompt_tokens,
              sum(completion_tokens) AS completion_tokens, sum(cached_tokens) AS cached_tokens, sum(cost) AS cost, sum(unpriced) AS unpriced,
              sum(timed) AS timed, sum(total_time_ms) AS total_time_ms
         FROM evergreen.ai_usage_hourly GROUP BY 1, 2, 3, 4
     ), computed AS (${ROLL_UP} FROM evergreen.ai_generation_logs AS l GROUP BY 1, 2, 3, 4)
     SELECT (SELECT sum(w.generations) FROM written AS w) AS written,
            (SELECT count(*) FROM ((TABLE written EXCEPT TABLE computed) UNION ALL (TABLE computed EXCEPT TABLE written)) AS d) AS differ`,
  );
  if (check?.written !== '400' || check.differ !== '0') {
    throw new Error(
      `the roll-up of the benchmark is not what log_generation() writes: ${check?.written} lines, ${check?.differ} rows differ`,
    );
  }
}
