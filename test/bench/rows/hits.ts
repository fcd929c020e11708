import { type Bench, type BenchDatabase, hasFunction, type Row, tracksChanges } from '../bench.js';
import { contentDatabase, MODEL, OWN_TYPE } from '../content.js';
import type { Calls } from '../load.js';
import { inTurn, type Line, line } from '../measure.js';

interface Hit {
  readonly what: string;
  /** The function it asks; left out where there is none. */
  readonly needs: string;
  readonly ours: Calls;
  /** The same rows by their primary key, the same columns. */
  readonly bare: Calls;
  /** Not ours, but what any function costs: no figure to reach. */
  readonly isFloor?: boolean;
}

const JOURNEY = {
  recommendation:
    'id, step_id, content, status, revision, generated_at, expires_at, context_hash, generation_model, generation_prompt_id, times_presented',
  insight:
    'id, domain_id, step_id, content, author_profile, relevance_score, generated_at, expires_at, context_hash, generation_model, generation_prompt_id, times_presented',
  health: 'id, content, revision, generated_at, expires_at, context_hash, generation_model, generation_prompt_id, times_presented',
};
const ANSWER = 'id, result, generated_at, expires_at, generation_model, generation_prompt_id, revision, input_hash';
const PERSONALITY =
  'user_id, analysis_data, tuning, dropped_tuning, revision, version, is_stale, generated_at, updated_at, expires_at, generation_model, generation_prompt_id';
const USERS = 'SELECT p.user_id FROM evergreen.personality_cache AS p';
const COMPANIES = 'SELECT c.id::text FROM public.companies AS c';
const ids = (table: string) => `SELECT array_agg(t.id)::text AS ids FROM evergreen.${table} AS t GROUP BY t.company_id`;
const inputs = (type: string) => `SELECT i.input FROM bench.inputs AS i WHERE i.content_type = '${type}'`;
const answerIds = (type: string) => `SELECT i.id::text FROM bench.inputs AS i WHERE i.content_type = '${type}'`;
const bareAnswer = (type: string): Calls => ({ sql: `SELECT ${ANSWER} FROM evergreen.ai_answers WHERE id = $1`, keys: answerIds(type) });
const HIT_ANSWER = 'id, input_hash, revision, generated_at, generation_model, generation_prompt_id, result';
const bareHit: Calls = { sql: `SELECT ${HIT_ANSWER} FROM evergreen.ai_answers WHERE id = $1`, keys: answerIds(OWN_TYPE) };
/** The least that a function of ours can be: it reads the row that it is told, as its owner, by a fixed search_path. */
const LEAST = `CREATE OR REPLACE FUNCTION bench.read_answer(p_id uuid)
  RETURNS TABLE (id uuid, input_hash text, revision integer, generated_at timestamptz, generation_model text, generation_prompt_id text, result jsonb)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1 AS $$
  BEGIN
    RETURN QUERY SELECT ${HIT_ANSWER.replaceAll(/(\w+)/g, 'a.$1')} FROM evergreen.ai_answers AS a WHERE a.id = p_id;
  END;
  $$`;

const HITS: readonly Hit[] = [
  {
    what: 'find_recommendations, 3 rows',
    needs: 'find_recommendations',
    ours: { sql: 'SELECT * FROM evergreen.find_recommendations($1)', keys: COMPANIES },
    bare: {
      sql: `SELECT ${JOURNEY.recommendation} FROM evergreen.ai_generated_recommendations WHERE id = ANY ($1::uuid[])`,
      keys: ids('ai_generated_recommendations'),
    },
  },
  {
    what: 'find_insights, 5 rows',
    needs: 'find_insights',
    ours: { sql: 'SELECT * FROM evergreen.find_insights($1)', keys: COMPANIES },
    bare: {
      sql: `SELECT ${JOURNEY.insight} FROM evergreen.ai_generated_insights WHERE id = ANY ($1::uuid[])`,
      keys: ids('ai_generated_insights'),
    },
  },
  {
    what: 'find_health_summary',
    needs: 'find_health_summary',
    ours: { sql: 'SELECT * FROM evergreen.find_health_summary($1)', keys: COMPANIES },
    bare: {
      sql: `SELECT ${JOURNEY.health} FROM evergreen.ai_business_health_summaries WHERE id = $1`,
      keys: 'SELECT h.id::text FROM evergreen.ai_business_health_summaries AS h',
    },
  },
  {
    what: 'find_cluster',
    needs: 'find_cluster',
    ours: { sql: `SELECT * FROM evergreen.find_cluster($1, '${MODEL}')`, keys: inputs('cluster') },
    bare: bareAnswer('cluster'),
  },
  {
    what: 'find_answer, a content type of the application',
    needs: 'find_answer',
    ours: { sql: `SELECT * FROM evergreen.find_answer('${OWN_TYPE}', $1, '${MODEL}')`, keys: inputs(OWN_TYPE) },
    bare: bareAnswer(OWN_TYPE),
  },
  {
    what: 'get_personality_cache',
    needs: 'get_personality_cache',
    ours: { sql: 'SELECT * FROM evergreen.get_personality_cache($1)', keys: USERS },
    bare: {
      sql: `SELECT ${PERSONALITY} FROM evergreen.personality_cache WHERE id = $1`,
      keys: 'SELECT p.id::text FROM evergreen.personality_cache AS p',
    },
  },
  {
    what: 'hit_recommendations, what the client asks, 3 rows',
    needs: 'hit_recommendations',
    ours: { sql: 'SELECT * FROM evergreen.hit_recommendations($1)', keys: COMPANIES },
    bare: {
      sql: `SELECT id, step_id, status, revision, generated_at, generation_model, generation_prompt_id, content
        FROM evergreen.ai_generated_recommendations WHERE id = ANY ($1::uuid[])`,
      keys: ids('ai_generated_recommendations'),
    },
  },
  {
    what: 'hit_answer, what the client asks',
    needs: 'hit_answer',
    ours: { sql: `SELECT * FROM evergreen.hit_answer('${OWN_TYPE}', $1, '${MODEL}')`, keys: inputs(OWN_TYPE) },
    bare: bareHit,
  },
  {
    what: 'hit_personality, what the client asks',
    needs: 'hit_personality',
    ours: { sql: 'SELECT * FROM evergreen.hit_personality($1)', keys: USERS },
    bare: {
      sql: `SELECT revision, version, generated_at, generation_model, generation_prompt_id, analysis_data, tuning, dropped_tuning
        FROM evergreen.personality_cache WHERE id = $1`,
      keys: 'SELECT p.id::text FROM evergreen.personality_cache AS p',
    },
  },
  {
    what: 'a plpgsql function that does nothing but that SELECT',
    needs: 'hit_answer',
    ours: { sql: 'SELECT * FROM bench.read_answer($1)', keys: answerIds(OWN_TYPE) },
    bare: bareHit,
    isFloor: true,
  },
];

/** Row 1: what a hit costs beside a bare read of the same row. */
export const hits: Row = {
  number: 1,
  title: 'a hit, 8 connections',
  includes:
    'Throughput of each find function beside a SELECT of the same rows and columns by their primary key, both prepared, as the owner, random keys, all in memory. ' +
    "In: the whole statement over TCP, the company's state or the hash of the input, freshness by policy. Not in: connecting, the first second. " +
    'The least function is plpgsql with the rights and the search_path of ours, and does nothing but that SELECT.',
  async run(bench) {
    const database = await contentDatabase(bench);
    await database.query(LEAST);
    const rounds = bench.pick({ full: 5, quick: 1, tiny: 1 });
    const seconds = bench.pick({ full: 2, quick: 1, tiny: 0.1 });
    const lines: Line[] = [];
    const leftOut: string[] = [];
    for (const hit of HITS) {
      if (await hasFunction(database, hit.needs)) lines.push(await compare(bench, database, hit, rounds, seconds));
      else leftOut.push(`${hit.what}: not in this build`);
    }
    const [count] = await database.query<{ companies: number }>('SELECT count(*)::integer AS companies FROM public.companies');
    const tracked = await tracksChanges((text) => database.query(text));
    return {
      lines,
      leftOut,
      notes: [
        `${count?.companies.toLocaleString('en-US')} companies of 20 steps, as many clusters, answers and personalities; attached ${tracked ? 'with' : 'without'} p_track_changes.`,
      ],
    };
  },
};

async function compare(bench: Bench, database: BenchDatabase, hit: Hit, rounds: number, seconds: number): Promise<Line> {
  const [ours, bare] = [await bench.load.prepare(database, hit.ours), await bench.load.prepare(database, hit.bare)];
  const options = { connections: bench.pick({ full: 8, quick: 8, tiny: 1 }), seconds };
  const samples = await inTurn({ ours: () => ours.throughput(options), bare: () => bare.throughput(options) }, rounds);
  const [key] = await database.query<Record<string, string>>(`SELECT * FROM (${hit.ours.keys}) AS k LIMIT 1`);
  if (!hit.isFloor) await bench.profile(`1-${hit.needs}`, database, hit.ours.sql, Object.values(key ?? {}));
  return line({
    what: hit.what,
    beside: 'SELECT by primary key',
    unit: 'calls/s',
    ours: samples.ours,
    theirs: samples.bare,
    ...(hit.isFloor ? {} : { reach: { least: 0.9 } }),
  });
}
