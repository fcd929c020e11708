import type { Bench, BenchDatabase, Row } from '../bench.js';
import { articleInputs, articleResult, fillJourney, MODEL, OWN_TYPE, setUp } from '../content.js';
import { type Line, line } from '../measure.js';

const TOKENS = 'p_prompt_tokens => 300, p_completion_tokens => 250, p_generation_time_ms => 1500';

/** Row 9: what a save costs beside an INSERT. */
export const saves: Row = {
  number: 9,
  title: 'saving',
  includes:
    'save_answer (content, log, usage, spend, end of the lease, notification: one call, one commit) beside an INSERT of the same row into a table of the same columns, checks and indexes, ' +
    'but without foreign keys and triggers, its hashes given. save_recommendations of three beside one INSERT of three such rows. Each call is a transaction, written to disk. ' +
    'The claims that come before saves are not in the time.',
  async run(bench) {
    const rounds = bench.pick({ full: 3, quick: 1, tiny: 1 });
    const lines: Line[] = [];
    const counts: [connections: number, calls: number][] = [
      [1, bench.pick({ full: 1_000, quick: 200, tiny: 30 })],
      [bench.pick({ full: 8, quick: 8, tiny: 2 }), bench.pick({ full: 4_000, quick: 800, tiny: 60 })],
    ];
    const needed = rounds * counts.reduce((sum, [, calls]) => sum + calls, 0);
    const database = await bench.database('saves', (fresh) => fill(fresh, needed));
    let used = 0;
    for (const [connections, calls] of counts) {
      const answers = { ours: [] as number[], bare: [] as number[] };
      const recommendations = { ours: [] as number[], bare: [] as number[] };
      for (let round = 0; round < rounds; round += 1) {
        const from = used;
        used += calls;
        await claim(database, from, calls);
        answers.ours.push(await bench.load.once(database, SAVE_ANSWER, connections));
        answers.bare.push(await bench.load.once(database, INSERT_ANSWER, connections));
        recommendations.ours.push(await bench.load.once(database, SAVE_RECOMMENDATIONS, connections));
        recommendations.bare.push(await bench.load.once(database, INSERT_RECOMMENDATIONS, connections));
        await checkSaved(database, calls);
      }
      const at = `${connections} connection${connections > 1 ? 's' : ''}`;
      const common = { unit: 'calls/s', reach: { least: 0.35 } };
      lines.push(line({ what: `save_answer, ${at}`, beside: 'a bare INSERT', ...common, ours: answers.ours, theirs: answers.bare }));
      lines.push(
        line({
          what: `save_recommendations of 3, ${at}`,
          beside: 'a bare INSERT of 3',
          ...common,
          ours: recommendations.ours,
          theirs: recommendations.bare,
        }),
      );
    }
    await profile(bench, database);
    return { lines, notes: ['Settings are those of a durable server: at 1 connection the disk decides, at 8 what the server does.'] };
  },
};

const SAVE_ANSWER = {
  sql: `SELECT * FROM evergreen.save_answer('${OWN_TYPE}', $1, $2, $3, 'openai', '${MODEL}', ${TOKENS})`,
  keys: 'SELECT c.input AS a, c.result AS b, c.answer_token::text AS c FROM bench.claims AS c',
};
const INSERT_ANSWER = {
  sql: `INSERT INTO bench.answers (content_type, input_hash, variant_hash, subject_hash, input, input_text, result, provider, asked_model, generation_model)
        VALUES ('${OWN_TYPE}', $1, repeat('0', 64), $2, $3, $4, $5, 'openai', '${MODEL}', '${MODEL}')`.replace(/\s+/g, ' '),
  keys: 'SELECT c.one_hash AS a, c.other_hash AS b, c.input AS c, c.words AS d, c.result AS e FROM bench.claims AS c',
};
const SAVE_RECOMMENDATIONS = {
  sql: `SELECT * FROM evergreen.save_recommendations($1, $2, $3, $4, 'openai', '${MODEL}', ${TOKENS})`,
  keys: 'SELECT c.company_id::text AS a, c.context_hash AS b, c.items AS c, c.recommendation_token::text AS d FROM bench.claims AS c',
};
const INSERT_RECOMMENDATIONS = {
  sql: `INSERT INTO bench.recommendations (company_id, step_id, recommendation_key, content, context_hash, generation_model, rank)
        VALUES ($1, $2, $3, $4, $11, '${MODEL}', 1), ($1, $5, $6, $7, $11, '${MODEL}', 2), ($1, $8, $9, $10, $11, '${MODEL}', 3)`.replace(
    /\s+/g,
    ' ',
  ),
  keys: `SELECT c.company_id::text AS a,
    ${[0, 1, 2].map((i) => `c.items -> ${i} ->> 'step_id' AS s${i}, 'step:' || (c.items -> ${i} ->> 'step_id') AS k${i}, (c.items -> ${i})::text AS i${i}`).join(', ')},
    c.context_hash AS z FROM (SELECT company_id, context_hash, items::jsonb AS items FROM bench.claims) AS c`,
};

async function fill(database: BenchDatabase, needed: number): Promise<void> {
  await setUp(database);
  await fillJourney(database, needed);
  await database.query(
    `CREATE TABLE bench.inputs AS
    SELECT i.input, i.n, c.id AS company_id FROM unnest($1::text[]) WITH ORDINALITY AS i (input, n)
      JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM public.companies) AS c USING (n)`,
    [articleInputs(needed)],
  );
  await database.query(`CREATE TABLE bench.claims (input text, result text, words text, one_hash text, other_hash text, answer_token uuid,
    company_id uuid, context_hash text, items text, recommendation_token uuid)`);
  await database.query('CREATE TABLE bench.answers (LIKE evergreen.ai_answers INCLUDING ALL)');
  await database.query('CREATE TABLE bench.recommendations (LIKE evergreen.ai_generated_recommendations INCLUDING ALL)');
}

/** Claims keys that were never asked for, so that all that is timed is to save them. */
async function claim(database: BenchDatabase, from: number, calls: number): Promise<void> {
  await database.query('TRUNCATE bench.claims');
  for (let done = 0; done < calls; done += 1000) {
    const inputs = await database.query<{ input: string; company_id: string }>(
      'SELECT i.input, i.company_id FROM bench.inputs AS i WHERE i.n > $1 AND i.n <= $2 ORDER BY i.n',
      [from + done, from + Math.min(done + 1000, calls)],
    );
    // The lease of an hour outlasts a slow machine.
    await database.query(
      `WITH asked AS (
         SELECT a.input, a.company_id, a.n, evergreen.company_context_hash(a.company_id, 'recommendation') AS context_hash
           FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS a (input, company_id, n)
       ), answers AS (
         SELECT c.ordinal, c.lease_token FROM evergreen.claim_answers($3, $1, NULL, 'bench', $4, p_now => clock_timestamp() + interval '1 hour') AS c WHERE c.state = 'claimed'
       ), steps AS (
         SELECT array_agg(s.id ORDER BY s.id) AS ids FROM (
           SELECT j.id FROM public.journey_steps AS j WHERE NOT EXISTS (SELECT FROM public.company_journey_steps AS c WHERE c.step_id = j.id) ORDER BY j.id LIMIT 3) AS s
       )
       INSERT INTO bench.claims
       SELECT q.input, ($5::text[])[q.n], left(q.input, 300), encode(sha256((q.input || 'one')::bytea), 'hex'), encode(sha256((q.input || 'other')::bytea), 'hex'),
              a.lease_token, q.company_id, q.context_hash,
              jsonb_build_array(
                jsonb_build_object('step_id', t.ids[1], 'title', bench.text(50), 'description', bench.text(350), 'rationale', bench.text(300)),
                jsonb_build_object('step_id', t.ids[2], 'title', bench.text(50), 'description', bench.text(350), 'rationale', bench.text(300)),
                jsonb_build_object('step_id', t.ids[3], 'title', bench.text(50), 'description', bench.text(350), 'rationale', bench.text(300)))::text,
              r.lease_token
         FROM asked AS q JOIN answers AS a ON a.ordinal = q.n CROSS JOIN steps AS t
        CROSS JOIN LATERAL evergreen.claim_generation('recommendation', q.company_id || ':' || q.context_hash, 'bench', p_company_id => q.company_id,
                                                      p_now => clock_timestamp() + interval '1 hour') AS r`,
      [
        inputs.map((each) => each.input),
        inputs.map((each) => each.company_id),
        OWN_TYPE,
        MODEL,
        inputs.map((_, i) => JSON.stringify(articleResult(i))),
      ],
    );
  }
}

/** What was timed was done; a few keys may not fill a batch of each connection. */
async function checkSaved(database: BenchDatabase, calls: number): Promise<void> {
  const [count] = await database.query<{ answers: number; recommendations: number }>(
    `SELECT (SELECT count(*)::integer FROM bench.claims AS c JOIN evergreen.ai_answers AS a ON a.input = c.input::jsonb) AS answers,
            (SELECT count(*)::integer FROM bench.claims AS c JOIN evergreen.ai_generated_recommendations AS r ON r.company_id = c.company_id) / 3 AS recommendations`,
  );
  if (!count || Math.min(count.answers, count.recommendations) < calls / 2) {
    throw new Error(`of ${calls} answers ${count?.answers} were saved, of as many recommendations ${count?.recommendations}`);
  }
}

async function profile(bench: Bench, database: BenchDatabase): Promise<void> {
  if (!bench.keepProfile) return;
  const [answer] = await database.query<Record<string, string>>(`SELECT * FROM (${SAVE_ANSWER.keys}) AS k LIMIT 1`);
  await bench.profile('9-save_answer', database, SAVE_ANSWER.sql, Object.values(answer ?? {}));
  const [items] = await database.query<Record<string, string>>(`SELECT * FROM (${SAVE_RECOMMENDATIONS.keys}) AS k LIMIT 1`);
  await bench.profile('9-save_recommendations', database, SAVE_RECOMMENDATIONS.sql, Object.values(items ?? {}));
}
