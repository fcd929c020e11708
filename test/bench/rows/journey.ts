import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchDatabase, type Row, tracksChanges } from '../bench.js';
import { MODEL, putContextsAtHand, setUp } from '../content.js';
import { inTurn, type Line, line } from '../measure.js';

/** Row 5: a hit must not grow with the journey. */
export const journey: Row = {
  number: 5,
  title: 'a hit of companies with few and many steps, 8 connections',
  includes:
    "find_recommendations beside the seed's get_recommendations_with_fallback made to run (test/bench/seed/journey.sql), on the same host tables, " +
    '20 companies of each number of steps, 3 recommendations each, made for the present state.',
  async run(bench) {
    const sizes = bench.pick({ full: [10, 100, 1_000, 10_000], quick: [10, 3_000], tiny: [10, 100] });
    const rounds = bench.pick({ full: 3, quick: 1, tiny: 1 });
    const connections = bench.pick({ full: 8, quick: 8, tiny: 1 });
    const seconds = bench.pick({ full: 2, quick: 1, tiny: 0.1 });
    const database = await bench.database('journey', (fresh) => fill(fresh, sizes));
    const tracked = await tracksChanges((text) => database.query(text));

    // Microseconds a call, by number of steps. All sizes take part in each round, so that their ratios are of the same time.
    const sides: Record<string, () => Promise<number>> = {};
    for (const size of sizes) {
      const keys = `SELECT k.company_id::text FROM bench.sizes AS k, generate_series(1, 10) WHERE k.steps = ${size}`;
      const ours = await bench.load.prepare(database, { sql: 'SELECT * FROM evergreen.find_recommendations($1)', keys });
      const seed = await bench.load.prepare(database, { sql: 'SELECT * FROM seed.get_recommendations_with_fallback($1)', keys });
      sides[`ours ${size}`] = async () => 1e6 / (await ours.throughput({ connections, seconds }));
      sides[`seed ${size}`] = async () => 1e6 / (await seed.throughput({ connections, seconds }));
    }
    const samples = await inTurn(sides, rounds);
    const times = (side: string, size: number) => samples[`${side} ${size}`] as number[];
    const [smallest, largest] = [sizes[0] as number, sizes[sizes.length - 1] as number];
    const unit = 'µs/call';
    const lines: Line[] = sizes.map((size) =>
      line({
        what: `find_recommendations, ${size.toLocaleString('en-US')} steps`,
        beside: "the seed's function",
        unit,
        ours: times('ours', size),
        theirs: times('seed', size),
        ratioOf: 'theirs / ours',
      }),
    );
    for (const [side, name, reach] of [
      ['ours', 'find_recommendations', { most: 1.2 }],
      ['seed', "the seed's function", undefined],
    ] as const) {
      const what = `${name}, ${largest.toLocaleString('en-US')} steps`;
      const beside = `the same, ${smallest.toLocaleString('en-US')} steps`;
      lines.push(line({ what, beside, unit, ours: times(side, largest), theirs: times(side, smallest), reach }));
    }
    const [company] = await database.query<{ id: string }>('SELECT s.company_id AS id FROM bench.sizes AS s WHERE s.steps = $1 LIMIT 1', [
      largest,
    ]);
    await bench.profile('5-find_recommendations', database, 'SELECT * FROM evergreen.find_recommendations($1)', [company?.id]);
    return {
      lines,
      notes: [
        `Attached ${tracked ? 'with' : 'without'} p_track_changes; µs/call: a second divided by the calls of all 8 connections in it.`,
      ],
    };
  },
};

async function fill(database: BenchDatabase, sizes: readonly number[]): Promise<void> {
  await setUp(database);
  await database.query(`INSERT INTO public.journey_domains (name) SELECT 'Domain ' || i FROM generate_series(1, 8) AS i`);
  await database.query(
    `INSERT INTO public.journey_steps (domain_id, name)
     SELECT (SELECT d.id FROM public.journey_domains AS d ORDER BY d.id OFFSET i % 8 LIMIT 1), 'Step ' || i FROM generate_series(1, $1::integer) AS i`,
    [Math.max(...sizes) + 3],
  );
  await database.query('CREATE TABLE bench.sizes (company_id uuid PRIMARY KEY DEFAULT gen_random_uuid(), steps integer NOT NULL)');
  await database.query('INSERT INTO bench.sizes (steps) SELECT s FROM unnest($1::integer[]) AS s, generate_series(1, 20)', [sizes]);
  await database.query(
    `INSERT INTO public.companies (id, name) SELECT s.company_id, 'Company of ' || s.steps || ' steps' FROM bench.sizes AS s`,
  );
  // The last three steps are nobody's: they are what is recommended.
  await database.query(
    `CREATE TABLE bench.steps AS SELECT s.id, row_number() OVER (ORDER BY s.id)::integer AS n FROM public.journey_steps AS s`,
  );
  await database.query('ANALYZE bench.steps, bench.sizes, public.journey_steps, public.companies');
  await database.query(
    `INSERT INTO public.company_journey_steps (company_id, step_id, status)
     SELECT s.company_id, t.id, (ARRAY['completed', 'completed', 'in_progress', 'not_started'])[1 + t.n % 4]
       FROM bench.sizes AS s JOIN bench.steps AS t ON t.n <= s.steps`,
  );
  await database.query(
    `INSERT INTO public.company_domain_progress (company_id, domain_id, maturity_level)
     SELECT s.company_id, d.id, 'early' FROM bench.sizes AS s, public.journey_domains AS d`,
  );
  await database.query(
    `INSERT INTO public.step_activity (company_id, last_activity_timestamp)
     SELECT s.company_id, now() - i * interval '1 day' FROM bench.sizes AS s, generate_series(1, 20) AS i`,
  );
  await database.query('ANALYZE public.company_journey_steps, public.company_domain_progress, public.step_activity');
  await putContextsAtHand(database);
  await database.query(readFileSync(join(__dirname, '../seed/journey.sql'), 'utf8'));
  await database.query(
    `INSERT INTO evergreen.ai_generated_recommendations (company_id, step_id, content, context_hash, generation_model, rank)
     SELECT s.company_id, t.id, jsonb_build_object('title', bench.text(50), 'description', bench.text(350), 'rationale', bench.text(300)),
            evergreen.company_context_hash(s.company_id, 'recommendation'), $1, t.n - (SELECT max(n) FROM bench.steps) + 3
       FROM bench.sizes AS s, bench.steps AS t WHERE t.n > (SELECT max(n) - 3 FROM bench.steps)`,
    [MODEL],
  );
  await database.query(
    `INSERT INTO seed.ai_generated_recommendations (company_id, step_id, content, context_hash, status, generation_model)
     SELECT r.company_id, r.step_id, r.content, h.hash, r.status, r.generation_model
       FROM (SELECT s.company_id, seed.generate_company_context_hash(s.company_id) AS hash FROM bench.sizes AS s) AS h
       JOIN evergreen.ai_generated_recommendations AS r ON r.company_id = h.company_id`,
  );
}
