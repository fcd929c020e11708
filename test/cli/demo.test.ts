import { execFile } from 'node:child_process';
import path from 'node:path';
import { type Simulation, startSimulation } from '../../src/simulation.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import type { Outcome } from './run-cli.js';

interface Line {
  call: string;
  outcome: string;
  why: string;
  ms: string;
  tokens: string;
  cost: string;
}

/** The lines of the table of calls, cut where its rule says that columns begin and end. */
function ledger(text: string): Line[] {
  const lines = text.split('\n');
  const rule = lines.findIndex((line) => /^ {4}─+( {2}─+){5}$/.test(line));
  const edges = [...(lines[rule] ?? '').matchAll(/─+/g)].map((match) => [match.index, match.index + match[0].length] as const);
  const cells = (line: string) => edges.map(([start, end]) => line.slice(start, end).trim());
  expect(cells(lines[rule - 1] ?? '').slice(0, 5)).toEqual(['call', 'outcome', 'why', 'ms', 'tokens']);
  const end = lines.findIndex((line) => line.startsWith('This run'));
  return lines
    .slice(rule + 1, end)
    .filter((line) => /^ {4}\S.*(generated|fresh|fallback|error) /.test(line) && !/^ {4}(prompt|─)/.test(line))
    .map((line) => {
      const gaps = edges.slice(1).map(([start], index) => line.slice((edges[index] ?? [0, 0])[1], start));
      expect(gaps).toEqual(gaps.map(() => '  '));
      expect(line.slice((edges.at(-1) ?? [0, 0])[1])).toBe('');
      const [call = '', outcome = '', why = '', ms = '', tokens = '', cost = ''] = cells(line);
      return { call, outcome, why, ms, tokens, cost };
    });
}

/** The only row of the table at the end. */
function totals(text: string): Record<string, string> {
  const lines = text.slice(text.indexOf('This run')).split('\n');
  const cut = (line = '') => line.trim().split(/ {2,}/);
  const values = cut(lines[3]);
  return Object.fromEntries(cut(lines[1]).map((name, index) => [name, values[index] ?? '']));
}

const ends = (lines: Line[]) => lines.map(({ call, outcome, why }) => `${call}: ${outcome}, ${why}`);

const story = [
  'recommendations: generated, no_content',
  'recommendations: fresh, hit',
  '1 of 20 callers: health summary: generated, no_content',
  '19 of 20 callers: health summary: fresh, waited',
  'insights: generated, no_content',
  'insights: fresh, hit',
  'health summary: fresh, hit',
  'recommendations: fresh, hit',
  'recommendations: generated, context_changed',
  'recommendations: fresh, hit',
  'recommendations: fresh, hit',
  'refine: shorter, one action: generated, no_content',
  'recommendations: fresh, hit',
  'cluster, 5 notes: generated, no_content',
  'cluster, other order and spacing: fresh, hit',
  'cluster, one note changed: generated, no_content',
  'goals of the first: generated, no_content',
  'goals of the first: fresh, hit',
  'personality, 3 posts: generated, no_content',
  'personality: fresh, hit',
  'personality, adjusted: fresh, hit',
  'personality, 2 newer posts: generated, refresh',
  'personality: fresh, hit',
  'recommendations: fallback, provider_error',
  'recommendations, at once again: fallback, backing_off',
  'recommendations: generated, context_changed',
  'recommendations: fresh, hit',
  'recommendations: generated, no_content',
  'recommendations, a step later: fallback, over_budget',
  'health summary, nothing earlier: error, VG005',
];

/** The pause of a failed key, which the demo waits out, shortened. */
async function databaseWithShortPause(): Promise<TestDatabase> {
  const database = await createDatabase();
  await database.query("SELECT evergreen.set_content_policy('recommendation', p_failure_backoff => '1 second')");
  return database;
}

const root = path.join(__dirname, '../..');

/** Runs the command as a process of its own, with nothing of this one's environment. */
const runDemo = (database: TestDatabase, env: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
  new Promise((resolve) => {
    const parameters = ['--import', 'tsx', 'src/cli.ts', 'demo', '--database-url', database.url];
    execFile(process.execPath, parameters, { cwd: root, env: { PATH: process.env.PATH, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });

describe('demo with the simulated provider', () => {
  let database: TestDatabase;
  let first: Outcome;
  let second: Outcome;

  beforeAll(async () => {
    database = await databaseWithShortPause();
    first = await runDemo(database);
    second = await runDemo(database);
  }, 120_000);
  afterAll(() => database?.close());

  it('tells the whole story and exits 0, the first time and again', () => {
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.stderr.replaceAll(/^(Waiting|Installing).* \.\.\.\n/gm, '')).toBe('');
    // Whoever of the 20 comes as the answer arrives is a hit.
    const waited = (line: string) => !/of 20 callers.*fresh/.test(line);
    expect(ends(ledger(first.stdout)).filter(waited)).toEqual(story.filter(waited));
    expect(ends(ledger(second.stdout)).filter(waited)).toEqual(story.filter(waited));
  });

  it('shows tokens and cost for calls that asked the model, and for no others', () => {
    for (const { outcome, tokens, cost } of ledger(first.stdout)) {
      expect([tokens, cost]).toEqual(
        outcome === 'generated' ? [expect.stringMatching(/^\d+$/), expect.stringMatching(/^0\.\d{6}$/)] : ['–', '–'],
      );
    }
  });

  it('says everywhere that the provider is a simulation', () => {
    expect(first.stdout).toMatch(/^Provider +a SIMULATION/m);
    expect(first.stdout).toMatch(/USD \(sim\.\)/);
    expect(first.stdout).toMatch(/^This run.*simulation/m);
    expect(first.stdout).toMatch(/simulated-gpt-4\.1-mini/);
    for (const title of first.stdout.matchAll(/^ {6}· .*/gm)) expect(title[0]).toMatch(/simulated/);
  });

  it('says why content was regenerated', () => {
    expect(first.stdout).toMatch(/explain_regeneration: context_changed\n +\+ completed steps: (.+)\n +− in progress steps: \1\n/);
  });

  it('says what a person adjusted, and what became of that when they were analysed anew', async () => {
    const said = /− (\/interests\/.+)\n +\+ (\/interests\/.+)\n +− \/traits\/openness\/score: (\d+) → (\d+)\n/.exec(first.stdout);
    expect(Math.abs(Number(said?.[3]) - Number(said?.[4]))).toBe(30);
    expect(first.stdout).toMatch(/revision 3; kept: \/traits\/openness\/score; put aside: \/interests\//);
    const kept = await database.query<{ tuning: object; dropped_tuning: object; revision: number }>(
      'SELECT tuning, dropped_tuning, revision FROM evergreen.personality_cache',
    );
    expect(kept).toEqual(
      [0, 1].map(() => ({
        tuning: { '/traits/openness/score': Number(said?.[4]) },
        dropped_tuning: { [said?.[1] ?? '']: expect.any(String) },
        revision: 3,
      })),
    );
  });

  it('adds up to what the database says', async () => {
    const rows = await database.query<Record<string, string>>(
      `SELECT count(*)::text AS calls, count(*) FILTER (WHERE NOT success)::text AS failed, sum(tokens_used)::text AS tokens, round(sum(cost), 6)::text AS cost,
              count(*) FILTER (WHERE generation_type = 'health_summary')::text AS health
         FROM (SELECT l.*, dense_rank() OVER (ORDER BY r.run) AS run FROM evergreen.ai_generation_logs AS l
                 JOIN (SELECT id, (row_number() OVER (ORDER BY min_at) - 1) / 2 AS run FROM (
                         SELECT company_id AS id, min(created_at) AS min_at FROM evergreen.ai_generation_logs GROUP BY 1) AS c) AS r ON r.id = l.company_id) AS runs
        GROUP BY run ORDER BY run`,
    );
    expect(rows).toHaveLength(2);
    for (const [index, run] of [first, second].entries()) {
      const total = totals(run.stdout);
      expect(total).toMatchObject({ callers: '48', 'calls made': '13', 'of them failed': '1', 'calls avoided': '32' });
      expect(rows[index]).toMatchObject({ calls: '13', failed: '1', health: '1', tokens: total.tokens, cost: total['USD spent'] });
      const shown = ledger(run.stdout).filter(({ outcome }) => outcome === 'generated');
      expect(shown.reduce((sum, { tokens }) => sum + Number(tokens), 0)).toBe(Number(total.tokens));
    }
    const [cache] = await database.query(
      "SELECT sum(lookups)::integer AS lookups, sum(hits)::integer AS hits FROM evergreen.get_cache_stats('-infinity', now() + interval '1 hour', 'all')",
    );
    expect(cache).toEqual({ lookups: 96, hits: 64 });
  });

  it('leaves in the database what it told: a revision, an outcome, feedback, a budget that is not overspent', async () => {
    const [found] = await database.query(
      `SELECT (SELECT count(*)::integer FROM evergreen.ai_recommendation_revisions) AS revisions,
              (SELECT count(*)::integer FROM evergreen.ai_recommendation_effectiveness WHERE was_started AND was_completed) AS outcomes,
              (SELECT count(*)::integer FROM evergreen.ai_generated_recommendations WHERE user_feedback ->> 'quality' = '5') AS feedback,
              (SELECT array_agg(status) FROM evergreen.get_budget_status()) AS budgets`,
    );
    expect(found).toEqual({ revisions: 2, outcomes: 2, feedback: 2, budgets: ['within', 'within'] });
  });

  it('makes two companies a run and the steps of their journey once', async () => {
    const [found] = await database.query(
      'SELECT (SELECT count(*)::integer FROM companies) AS companies, (SELECT count(DISTINCT name)::integer FROM companies) AS names, (SELECT count(*)::integer FROM journey_steps) AS steps',
    );
    expect(found).toEqual({ companies: 4, names: 4, steps: 12 });
    expect(second.stdout).toMatch(/new beside 2 of earlier runs; a journey of 12 steps in 4 domains/);
  });

  it('suggests queries that work', async () => {
    const queries = [...first.stdout.matchAll(/^ {4}(SELECT .*;)$/gm)].map((match) => match[1] as string);
    expect(queries).toHaveLength(2);
    for (const query of queries) expect((await database.query(query)).length).toBeGreaterThan(0);
  });
});

describe('demo with a provider of your own', () => {
  let database: TestDatabase;
  let server: Simulation;
  let outcome: Outcome;

  beforeAll(async () => {
    server = await startSimulation({ latencyMs: 200 });
    database = await databaseWithShortPause();
    outcome = await runDemo(database, { OPENAI_API_KEY: 'a key', OPENAI_BASE_URL: server.url });
  }, 60_000);
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  it('tells the same story with its answers, and claims no simulation', () => {
    expect(outcome.code).toBe(0);
    expect(new Set(ends(ledger(outcome.stdout)).filter((line) => !/of 20 callers/.test(line)))).toEqual(
      new Set(story.filter((line) => !/of 20 callers/.test(line))),
    );
    expect(outcome.stdout).not.toMatch(/SIMULATION|\(sim\.\)/);
  });

  it('asks it for everything but what must fail, and calls its cost unknown while no price is registered', () => {
    expect(server.calls).toBe(12);
    const generated = ledger(outcome.stdout).filter((line) => line.outcome === 'generated');
    expect(generated.map(({ cost }) => cost)).toEqual(generated.map(() => 'unknown'));
    expect(outcome.stdout).toMatch(/register_model\(\) does not know its price/);
  });

  it('ends in one line when it cannot be reached', async () => {
    const failed = await runDemo(database, { OPENAI_API_KEY: 'a key', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' });
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^pg-evergreen: the model gave no usable answer: .*\nHINT: .*\n$/m);
  });
});

describe("demo on an application's own database", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase({ host: true });
    await database.query("INSERT INTO public.companies (name) VALUES ('Ours')");
  });
  afterAll(() => database?.close());

  it('refuses to add samples to tables that hold rows', async () => {
    const outcome = await runDemo(database);
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toMatch(/^pg-evergreen: public\.companies holds rows that are not the demo's: the demo leaves it alone\nHINT: /);
    expect(await database.query('SELECT name FROM companies')).toEqual([{ name: 'Ours' }]);
    expect(await database.query('SELECT FROM journey_steps')).toEqual([]);
  });

  it('refuses to point the views elsewhere', async () => {
    await database.query('DELETE FROM public.companies; CREATE SCHEMA app; CREATE TABLE app.companies (id uuid PRIMARY KEY, name text)');
    await database.query("SELECT evergreen.attach_host('app')");
    const outcome = await runDemo(database);
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toMatch(/^pg-evergreen: this database is attached to app\.companies: the demo leaves it alone\n/);
  });
});
