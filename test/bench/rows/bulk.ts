import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { type BenchDatabase, hasFunction, type Row } from '../bench.js';
import { articleInputs, articleResult, contentDatabase, detailsOf, MODEL, OWN_TYPE } from '../content.js';
import { inTurn, line, timed } from '../measure.js';

/** Row 10: a thousand at once. */
export const bulk: Row = {
  number: 10,
  title: 'a thousand at once, 1 connection',
  includes:
    'Milliseconds of a thousand inputs: hit_answers, lookup_answers and save_answers in one call, each beside a thousand calls of its form for one, one after the other, and save_answers beside one INSERT of ' +
    'a thousand rows, hashes and all, into a table of the same columns, checks, indexes and content. All by one connection of pg with prepared statements. The claims before saves are not in the time.',
  async run(bench) {
    const count = bench.pick({ full: 1_000, quick: 1_000, tiny: 50 });
    const rounds = bench.pick({ full: 5, quick: 1, tiny: 1 });
    const database = await contentDatabase(bench);
    if (!(await hasFunction(database, 'lookup_answers'))) return { lines: [], leftOut: ['bulk forms: not in this build'] };
    await database.query('CREATE TABLE bench.bulk_answers (LIKE evergreen.ai_answers INCLUDING ALL)');
    await database.query('INSERT INTO bench.bulk_answers SELECT * FROM evergreen.ai_answers');
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const bulkOf = async (name: string) => {
      const inputs = await randomInputs(database, count);
      return timed(() => client.query({ name, text: `SELECT * FROM evergreen.${name}($1, $2, $3)`, values: [OWN_TYPE, inputs, MODEL] }));
    };
    const singleOf = async (name: string) => {
      const inputs = await randomInputs(database, count);
      const text = `SELECT * FROM evergreen.${name}($1, $2, $3)`;
      return timed(async () => {
        for (const input of inputs) await client.query({ name, text, values: [OWN_TYPE, input, MODEL] });
      });
    };
    try {
      const found = await inTurn(
        {
          hits: () => bulkOf('hit_answers'),
          hit: () => singleOf('hit_answer'),
          lookups: () => bulkOf('lookup_answers'),
          lookup: () => singleOf('lookup_answer'),
        },
        rounds + 1,
      );
      await bench.profile('10-hit_answers', database, 'SELECT * FROM evergreen.hit_answers($1, $2, $3)', [
        OWN_TYPE,
        await randomInputs(database, count),
        MODEL,
      ]);
      await bench.profile('10-lookup_answers', database, 'SELECT * FROM evergreen.lookup_answers($1, $2, $3)', [
        OWN_TYPE,
        await randomInputs(database, count),
        MODEL,
      ]);

      let next = 1_000_000;
      const claimed = () => {
        next += count;
        return claim(client, articleInputs(count, next));
      };
      const saved = await inTurn(
        {
          bulk: async () => {
            const claims = await claimed();
            return timed(() => client.query({ name: 'save_answers', text: SAVE_ANSWERS, values: savesOf(claims) }));
          },
          single: async () => {
            const claims = await claimed();
            return timed(async () => {
              for (const { input, result, lease_token } of claims) {
                await client.query({
                  name: 'save_answer',
                  text: `SELECT * FROM evergreen.save_answer($1, $2, $3, $4, 'openai', $5, p_prompt_tokens => 300, p_completion_tokens => 250, p_generation_time_ms => 1500)`,
                  values: [OWN_TYPE, input, result, lease_token, MODEL],
                });
              }
            });
          },
          insert: async () => {
            next += count;
            const inputs = articleInputs(count, next);
            const hashes = (of: string) => inputs.map((input) => createHash('sha256').update(of).update(input).digest());
            const inHex = (of: string) => hashes(of).map((hash) => hash.toString('hex'));
            const results = inputs.map((_, i) => JSON.stringify(articleResult(i)));
            const values = [OWN_TYPE, MODEL, inHex('input'), inHex('subject'), hashes('asked'), inputs, results];
            return timed(() =>
              client.query({
                name: 'insert',
                text: `INSERT INTO bench.bulk_answers (content_type, input_hash, variant_hash, subject_hash, asked, input, input_text, result, provider, asked_model, generation_model)
                  SELECT $1, r.hash, repeat('0', 64), r.subject, r.asked, r.input::jsonb, left(r.input, 300), r.result::jsonb, 'openai', $2, $2
                    FROM unnest($3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[]) AS r (hash, subject, asked, input, result)`,
                values,
              }),
            );
          },
        },
        rounds + 1,
      );
      if (bench.keepProfile) await bench.profile('10-save_answers', database, SAVE_ANSWERS, savesOf(await claimed()));
      // The first round of each warms up.
      const [bulkSaved, singleSaved, insert] = [saved.bulk.slice(1), saved.single.slice(1), saved.insert.slice(1)];
      const inputs = count.toLocaleString('en-US');
      const common = { unit: 'ms', ratioOf: 'theirs / ours' as const };
      return {
        lines: [
          line({
            what: `${inputs} found by hit_answers, what the client asks`,
            beside: `${inputs} calls of hit_answer, what it asks for one`,
            ...common,
            ours: found.hits.slice(1),
            theirs: found.hit.slice(1),
            reach: { least: 15 },
          }),
          line({
            what: `${inputs} found by lookup_answers`,
            beside: `${inputs} calls of lookup_answer`,
            ...common,
            ours: found.lookups.slice(1),
            theirs: found.lookup.slice(1),
            reach: { least: 15 },
          }),
          line({
            what: `${inputs} saved by save_answers`,
            beside: `${inputs} calls of save_answer`,
            ...common,
            ours: bulkSaved,
            theirs: singleSaved,
          }),
          line({
            what: `${inputs} saved by save_answers`,
            beside: `one INSERT of ${inputs} rows`,
            ...common,
            ours: bulkSaved,
            theirs: insert,
            reach: { least: 0.5 },
          }),
        ],
      };
    } finally {
      await client.end();
    }
  },
};

async function randomInputs(database: BenchDatabase, count: number): Promise<string[]> {
  const rows = await database.query<{ input: string }>(
    'SELECT i.input FROM bench.inputs AS i WHERE i.content_type = $1 ORDER BY random() LIMIT $2',
    [OWN_TYPE, count],
  );
  return rows.map(({ input }) => input);
}

interface Claimed {
  input: string;
  result: string;
  cache_key: string;
  lease_token: string;
}

const SAVE_ANSWERS = 'SELECT * FROM evergreen.save_answers($1, $2, $3, $4, $5, p_details => $6)';
const savesOf = (claims: Claimed[]) => [
  OWN_TYPE,
  claims.map(({ input }) => input),
  claims.map(({ result }) => result),
  claims.map(({ lease_token }) => lease_token),
  MODEL,
  detailsOf(claims),
];

async function claim(client: Client, inputs: string[]): Promise<Claimed[]> {
  const { rows } = await client.query<{ cache_key: string; lease_token: string | null; state: string }>(
    `SELECT c.cache_key, c.lease_token, c.state FROM evergreen.claim_answers($1, $2, NULL, 'bench', $3, p_now => clock_timestamp() + interval '1 hour') AS c ORDER BY c.ordinal`,
    [OWN_TYPE, inputs, MODEL],
  );
  return rows.map(({ cache_key, lease_token, state }, i) => {
    if (lease_token === null) throw new Error(`the claim of an answer is ${state}`);
    return { input: inputs[i] as string, result: JSON.stringify(articleResult(i)), cache_key, lease_token };
  });
}
