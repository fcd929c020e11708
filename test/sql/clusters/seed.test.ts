/** Each row of the audit of seed 000_88d03718946c83a1.txt, on the row's own input. */
import { useDatabase } from '../../support/database.js';
import { call, one, row, stampede, states, withConnections } from '../core/calls.js';
import { ask, generate } from './asking.js';

const database = useDatabase();
const on = () => database.pool;
const insert = (hash: string, result: string) =>
  one<string>(on(), 'INSERT INTO evergreen.clusters (input_hash, cluster_result) VALUES ($1, $2) RETURNING id', [hash, result]);

describe('Clusters', () => {
  test('one input has one row', async () => {
    await expect(
      database.query(`INSERT INTO evergreen.clusters (input_hash, cluster_result) VALUES ('h', '{"a":1}'), ('h', '{"a":2}')`),
    ).rejects.toMatchObject({ code: '23505' });
    await insert('h', '{"a":1}');
    await expect(insert('h', '{"a":2}')).rejects.toMatchObject({ code: '23505' });
    expect(await database.query(`SELECT cluster_result FROM evergreen.clusters WHERE input_hash = 'h'`)).toEqual([
      { cluster_result: { a: 1 } },
    ]);
  });

  test('updated_at moves when the result does, and created_at stays', async () => {
    const id = await insert('moves', '{"a":1}');
    expect(await one(on(), 'SELECT updated_at = created_at FROM evergreen.clusters WHERE id = $1', [id])).toBe(true);
    await database.query(`UPDATE evergreen.clusters SET cluster_result = '{"a":2}' WHERE id = $1`, [id]);
    expect(await one(on(), 'SELECT updated_at > created_at FROM evergreen.clusters WHERE id = $1', [id])).toBe(true);
  });

  test('a row inserted later, from a session in Los Angeles, is later', async () => {
    const first = await insert('utc', '{}');
    const client = await on().connect();
    try {
      await client.query(`SET timezone = 'America/Los_Angeles'`);
      await client.query(`INSERT INTO evergreen.clusters (input_hash, cluster_result) VALUES ('la', '{}')`);
    } finally {
      client.release(true);
    }
    expect(
      await one(
        on(),
        `SELECT l.created_at > u.created_at FROM evergreen.clusters l, evergreen.clusters u WHERE l.input_hash = 'la' AND u.id = $1`,
        [first],
      ),
    ).toBe(true);
  });

  test('columns are found without quotes, and say model, prompt, age and use', async () => {
    const [found] = await database.query(
      `SELECT input_hash, cluster_result, created_at, updated_at, generation_model, generation_prompt_id, expires_at, uses FROM evergreen.clusters WHERE input_hash = 'h'`,
    );
    expect(found).toMatchObject({ generation_model: 'unknown', uses: '0' });
  });

  test('needs no extension', async () => {
    expect(await database.query(`SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'`)).toEqual([]);
  });

  test('the lookups by input hash and by cluster are index scans', async () => {
    await database.query(`WITH c AS (INSERT INTO evergreen.clusters (input_hash, cluster_result) SELECT 'many ' || i, '{}' FROM generate_series(1, 2000) AS i RETURNING id)
                          INSERT INTO evergreen.cluster_goals (cluster_id, goal) SELECT c.id, '{}' FROM c`);
    await database.query('ANALYZE evergreen.ai_answers');
    const plan = async (query: string) => JSON.stringify(await database.query(`EXPLAIN ${query}`));
    expect(await plan(`SELECT cluster_result FROM evergreen.clusters WHERE input_hash = 'many 7'`)).toMatch(
      /Index Scan using ai_answers_content_type_input_hash_key/,
    );
    expect(await plan(`SELECT goal FROM evergreen.cluster_goals WHERE cluster_id = '00000000-0000-0000-0000-0000000000ff'`)).toMatch(
      /Index Scan using ai_answers_parent/,
    );
    await database.query(`DELETE FROM evergreen.clusters WHERE input_hash LIKE 'many %'`);
  });

  test('a row written through the view is of its kind, and stays so', async () => {
    await expect(
      database.query(`INSERT INTO evergreen.clusters (input_hash, cluster_result, content_type) VALUES ('x', '{}', 'cluster_goal')`),
    ).rejects.toMatchObject({
      code: expect.stringMatching(/^(44000|VG007)$/),
    });
    await expect(database.query(`UPDATE evergreen.clusters SET content_type = 'health' WHERE input_hash = 'h'`)).rejects.toMatchObject({
      code: '44000',
    });
  });
});

describe('ClusterGoals', () => {
  test('go with their cluster', async () => {
    const id = await insert('parent', '{}');
    await database.query(`INSERT INTO evergreen.cluster_goals (cluster_id, goal) VALUES ($1, '{"g":1}')`, [id]);
    await database.query('DELETE FROM evergreen.clusters WHERE id = $1', [id]);
    expect(await database.query('SELECT FROM evergreen.cluster_goals WHERE cluster_id = $1', [id])).toEqual([]);
  });

  test('a cluster has one row of them by hand, and none without a cluster', async () => {
    const id = await insert('one', '{}');
    const goal = (cluster: string | null) =>
      database.query(`INSERT INTO evergreen.cluster_goals (cluster_id, goal) VALUES ($1, '{"g":1}')`, [cluster]);
    await goal(id);
    await expect(goal(id)).rejects.toMatchObject({ code: '23505' });
    await expect(goal(null)).rejects.toMatchObject({ code: 'VG007' });
    await expect(goal('00000000-0000-0000-0000-0000000000ff')).rejects.toMatchObject({ code: '23503' });
  });
});

describe('the usage pattern', () => {
  test('the cold path gives what the warm path gives: id, result and where it comes from', async () => {
    const saved = await generate(on(), ['cold'], { n: 1 });
    expect((await ask(on(), ['cold'])).content).toEqual(saved.content);
    expect(saved.content).toMatchObject({ id: saved.id, result: { n: 1 } });
  });

  test.each(['cluster', 'cluster_goal'])('of 20 who ask for the same %s at once, one generates', async (type) => {
    const { id } = await generate(on(), [`parent of ${type}`], {});
    const args = type === 'cluster' ? { content_type: type } : { content_type: type, parent_id: id };
    const input = type === 'cluster' ? ['twenty'] : {};
    await withConnections(database, 20, async (clients) => {
      const claims = await stampede(database, clients, `SELECT evergreen.invalidate_leases('${type}')`, async (client, i) => {
        const found = await ask(client, input, args);
        return row<{ state: string }>(client, 'claim_generation', {
          content_type: type,
          cache_key: found.cache_key,
          holder: `h${i}`,
          seen: found.seen,
        });
      });
      expect(states(claims)).toEqual({ claimed: 1, busy: 19 });
    });
  });

  test('two inputs never wait for each other', async () => {
    await withConnections(database, 2, async ([first, second]) => {
      if (!first || !second) throw new Error('two connections');
      const [a, b] = [await ask(on(), ['wait a']), await ask(on(), ['wait b'])];
      await first.query('BEGIN');
      await call(first, 'claim_generation', { content_type: 'cluster', cache_key: a.cache_key, holder: 'a' });
      expect(await row(second, 'claim_generation', { content_type: 'cluster', cache_key: b.cache_key, holder: 'b' })).toMatchObject({
        state: 'claimed',
      });
      await first.query('ROLLBACK');
    });
  });

  test('what is no answer is not stored', async () => {
    const found = await ask(on(), ['no answer']);
    const { lease_token } = await row<{ lease_token: string }>(on(), 'claim_generation', {
      content_type: 'cluster',
      cache_key: found.cache_key,
      holder: 'h',
    });
    await expect(
      call(on(), 'save_answer', {
        content_type: 'cluster',
        input: '["no answer"]',
        result: 'null',
        lease_token,
        provider: 'test',
        model: 'metered',
      }),
    ).rejects.toMatchObject({ code: 'VG007' });
    expect(await ask(on(), ['no answer'])).toMatchObject({ freshness: 'missing' });
  });

  test('1.0 and 1 are one input', async () => {
    expect((await ask(on(), '[1.0]')).cache_key).toBe((await ask(on(), '[1]')).cache_key);
  });
});

test('reports count answers beside the rest', async () => {
  expect(
    await database.query(
      `SELECT content_type FROM evergreen.content_freshness WHERE content_type LIKE 'cluster%' AND freshness = 'fresh' ORDER BY 1`,
    ),
  ).toEqual([{ content_type: 'cluster' }, { content_type: 'cluster_goal' }]);
});
