/**
 * Similarity through pgvector, on PGlite: no server that the other suites run on has the extension.
 * @jest-environment ./test/support/pglite.ts
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';

const MIGRATIONS = join(__dirname, '../../../sql/migrations');
const DIMENSIONS = 32;
let db: PGlite;

interface Near {
  id: string;
  similarity: number;
  method: string;
}

/** The nearest answers of model m1 to an embedding. */
async function near(embedding: string): Promise<Near[]> {
  const { rows } = await db.query<Near>(
    `SELECT id, similarity, method FROM evergreen.find_similar_clusters('["asked"]', 'm1', p_embedding => $1::text::real[], p_embedding_model => 'e',
       p_threshold => 0, p_limit => 5, p_checks => '{}')`,
    [embedding],
  );
  return rows;
}

beforeAll(async () => {
  db = await createPglite();
  for (const file of readdirSync(MIGRATIONS).sort()) await db.exec(readFileSync(join(MIGRATIONS, file), 'utf8'));
  // Two models with 300 clusters each, all with an embedding of their own.
  await db.exec(`CREATE EXTENSION vector; SELECT setseed(0.5);
    DO $$
    DECLARE
      v_policy evergreen.content_policies := evergreen.policy('cluster');
      v_question evergreen.question;
    BEGIN
      FOR i IN 1..600 LOOP
        v_question := evergreen.question_of(evergreen.variant_of(v_policy, 'm' || 1 + i % 2, 'openai', NULL, '{}', NULL, NULL, NULL), v_policy, format('["item %s"]', i));
        INSERT INTO evergreen.ai_answers (content_type, input_hash, variant_hash, subject_hash, input, result, provider, asked_model, generation_model, embedding_model, embedding)
        VALUES ('cluster', v_question.input_hash, v_question.variant_hash, v_question.subject_hash, v_question.input, to_jsonb(i), 'openai', v_question.model, 'm', 'e',
          evergreen.unit_vector(ARRAY(SELECT (random() - 0.5)::real FROM generate_series(1, ${DIMENSIONS}) AS k WHERE i > 0), 'e'));
      END LOOP;
    END $$`);
}, 120_000);

afterAll(() => db?.close());

test('the HNSW index answers as the exact comparison, to within its recall, and with the same similarities', async () => {
  const { rows: probes } = await db.query<{ e: string }>(
    `SELECT embedding::text AS e FROM evergreen.ai_answers WHERE asked_model = 'm2' ORDER BY id LIMIT 20`,
  );
  const exact: Near[][] = [];
  for (const { e } of probes) exact.push(await near(e));
  expect(exact.flat()).toHaveLength(100);
  expect(exact.flat().every(({ method }) => method === 'embedding')).toBe(true);

  const enable = () => db.query(`SELECT evergreen.enable_answer_vectors(${DIMENSIONS}) AS index`);
  expect((await enable()).rows).toEqual([{ index: `ai_answers_embedding_${DIMENSIONS}` }]);
  expect((await enable()).rows).toEqual([{ index: `ai_answers_embedding_${DIMENSIONS}` }]);
  // So few rows would be sorted otherwise.
  await db.exec('SET enable_sort = off; SET enable_seqscan = off; SET enable_bitmapscan = off');
  const scans = async () =>
    (
      await db.query<{ n: number }>(
        `SELECT idx_scan::integer AS n FROM pg_stat_user_indexes WHERE indexrelname = 'ai_answers_embedding_${DIMENSIONS}'`,
      )
    ).rows[0]?.n ?? 0;
  await db.query('SELECT pg_stat_force_next_flush()');
  const before = await scans();
  let found = 0;
  for (const [i, { e }] of probes.entries()) {
    const byIndex = new Map((await near(e)).map(({ id, similarity }) => [id, similarity]));
    for (const { id, similarity } of exact[i] as Near[]) {
      const same = byIndex.get(id);
      if (same === undefined) continue;
      found += 1;
      expect(same).toBeCloseTo(similarity, 5);
    }
  }
  expect(found).toBeGreaterThanOrEqual(95);
  await db.query('SELECT pg_stat_force_next_flush()');
  expect(await scans()).toBeGreaterThan(before);
});

test('an embedding of other dimensions is compared exactly beside it', async () => {
  await db.exec(
    `UPDATE evergreen.ai_answers SET embedding = '{1,0,0}' WHERE id = (SELECT id FROM evergreen.ai_answers WHERE asked_model = 'm1' LIMIT 1)`,
  );
  expect(await near('{2,0,0}')).toMatchObject([{ similarity: 1, method: 'embedding' }]);
});
