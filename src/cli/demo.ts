import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Pool } from 'pg';
import { BudgetExceeded, fromDatabaseError } from '../errors.js';
import { createEvergreen, type Evergreen, type Recommendation } from '../index.js';
import { migrate } from '../migrate.js';
import type { Command, Context } from './command.js';
import { type CommandDatabase, databaseHelp, databaseOption, withDatabase } from './database.js';
import { clusterStory } from './demo/clusters.js';
import { click, completeStep, makeCompany, makeJourney, requireRoom, type SampleCompany, sampleUser } from './demo/company.js';
import { Ledger } from './demo/ledger.js';
import { personalityStory } from './demo/personality.js';
import { type DemoProvider, openProvider } from './demo/provider.js';
import { table } from './table.js';

/** `pg-evergreen demo` */
export const demo: Command = {
  summary: 'see it work: sample companies, and a simulated provider unless you have a key',
  usage: 'demo [--keep] [--model NAME] [--database-url URL]',
  help: `Installs the schema where it is missing, attaches minimal host tables with sample steps, makes two new companies, and
tells in about twenty seconds what happens to their content: generated once, reused, invalidated by a real change, regenerated,
served from earlier content while the provider is down or the budget is used up. Run again, it goes on with two
more companies in the same database.

  --keep               leave the database of its own running, and print its URL
  --model NAME         the model to ask; gpt-4.1-mini by default
${databaseHelp}

The provider is that of OPENAI_API_KEY, or of OPENAI_BASE_URL (any server that speaks OpenAI's protocol). Without them it is a
local simulation: it answers by templates, and whatever it has to do with says so. A database that holds an application's own
tables is left alone.`,
  options: { ...databaseOption, keep: { type: 'boolean' }, model: { type: 'string' } },
  run: (context) =>
    withDatabase(context, async (database) => {
      const provider = await openProvider(context.values.model as string | undefined);
      const client = new Client({ connectionString: database.url, application_name: 'pg-evergreen demo', connectionTimeoutMillis: 10_000 });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await run(context, database, client, provider);
        if (context.values.keep) await database.keep();
        invite(context, database);
        return 0;
      } catch (error) {
        throw fromDatabaseError(error);
      } finally {
        await client.end().catch(() => undefined);
        await provider.close();
      }
    }),
};

/** What the parts of the story work with. */
interface Stage {
  context: Context;
  client: Client;
  provider: DemoProvider;
  ledger: Ledger;
  /** Clients that know nothing of each other, as in four processes. */
  evergreens: Evergreen[];
  evergreen: Evergreen;
  company: SampleCompany;
  other: SampleCompany;
}

async function run(context: Context, database: CommandDatabase, client: Client, provider: DemoProvider): Promise<void> {
  await prepare(context, database, client, provider);
  const company = await makeCompany(client);
  const other = await makeCompany(client);
  await introduce(context, database, client, provider, [company, other]);

  const pools = Array.from({ length: 4 }, () => {
    const pool = new Pool({ connectionString: database.url, application_name: 'pg-evergreen demo', max: 3 });
    return pool.on('error', () => undefined);
  });
  const evergreens = pools.map((pool) =>
    createEvergreen({ pool, openai: provider.client, provider: provider.provider, model: provider.model }),
  );
  const ledger = new Ledger(context, client);
  ledger.follow(company.id);
  ledger.follow(other.id);
  const before = await cacheStats(client);
  try {
    ledger.head(provider.simulated ? 'USD (sim.)' : 'USD');
    const stage: Stage = { context, client, provider, ledger, evergreens, evergreen: evergreens[0] as Evergreen, company, other };
    await reuse(stage);
    await refine(stage, await change(stage));
    await clusterStory(ledger, stage.evergreen, company);
    await personalityStory(ledger, client, stage.evergreen, company);
    const shown = await outage(stage);
    await budget(stage);
    await effectiveness(stage, shown);
  } finally {
    await Promise.all(evergreens.map((each) => each.close()));
    await Promise.all(pools.map((pool) => pool.end()));
  }
  await totals(context, client, provider, [company.id, other.id], before);
}

/* Before the story -------------------------------------------------------------------------------------- */

async function prepare(context: Context, database: CommandDatabase, client: Client, provider: DemoProvider): Promise<void> {
  await requireRoom(client);
  context.progress('Installing the schema evergreen');
  await migrate({ databaseUrl: database.url }, { withHostTables: true, onProgress: context.progress });
  await makeJourney(client);
  if (provider.simulated) {
    await client.query(
      'SELECT evergreen.register_model($1, $2, p_prompt_price => 0.40, p_completion_price => 1.60, p_cached_price => 0.10)',
      [provider.provider, provider.model],
    );
  }
}

async function introduce(
  context: Context,
  database: CommandDatabase,
  client: Client,
  provider: DemoProvider,
  companies: SampleCompany[],
): Promise<void> {
  const { rows } = await client.query<{ server: string; companies: number; steps: number; domains: number; priced: boolean }>(
    `SELECT current_setting('server_version') AS server, (SELECT count(*)::integer FROM public.companies) AS companies,
            (SELECT count(*)::integer FROM public.journey_steps) AS steps, (SELECT count(*)::integer FROM public.journey_domains) AS domains,
            EXISTS (SELECT FROM evergreen.model_price($1, $2, now())) AS priced`,
    [provider.provider, provider.model],
  );
  const facts = rows[0];
  const earlier = (facts?.companies ?? 0) - companies.length;
  const lines = {
    Database: `${database.name}, PostgreSQL ${facts?.server.split(' ')[0]}`,
    Companies: `${companies.map(({ name }) => name).join(' and ')}${earlier > 0 ? `, new beside ${earlier} of earlier runs` : ''}; a journey of ${facts?.steps} steps in ${facts?.domains} domains`,
    Provider: provider.simulated
      ? `a SIMULATION on this machine: its answers are templates, its prices those of ${provider.model.replace('simulated-', '')}.\n${' '.repeat(12)}With OPENAI_API_KEY the demo asks a real one.`
      : `${provider.provider}, model ${provider.model}${facts?.priced ? '' : ': evergreen.register_model() does not know its price yet'}`,
  };
  context.print('pg-evergreen demo: content that AI generates for companies, kept fresh by PostgreSQL\n');
  for (const [name, value] of Object.entries(lines)) context.print(`${name.padEnd(12)}${value}`);
  context.print('');
}

/* The story --------------------------------------------------------------------------------------------- */

async function reuse({ ledger, client, evergreen, evergreens, company }: Stage): Promise<void> {
  const args = { companyId: company.id, userId: sampleUser };
  ledger.step('Nothing is there: the model is asked. The same again comes from PostgreSQL.');
  const { content } = await ledger.call('recommendations', () => evergreen.recommendations(args));
  await ledger.call('recommendations', () => evergreen.recommendations(args));
  for (const each of content) ledger.note(`· ${each.content.title}`);

  ledger.step('20 callers in 4 clients want what nobody has yet: one call of the model.');
  const callers = Array.from({ length: 20 }, (_, index) => () => (evergreens[index % 4] as Evergreen).healthSummary(args));
  await ledger.calls('health summary', callers);

  ledger.step('Peer insights, twice; health again.');
  await ledger.call('insights', () => evergreen.insights(args));
  await ledger.call('insights', () => evergreen.insights(args));
  await ledger.call('health summary', () => evergreen.healthSummary(args));

  ledger.step('Somebody clicks around in the application: that changes nothing.');
  await click(client, company);
  await ledger.call('recommendations', () => evergreen.recommendations(args));
}

async function change({ ledger, client, evergreen, company }: Stage): Promise<Recommendation[]> {
  const args = { companyId: company.id, userId: sampleUser };
  ledger.step(`${company.name} completes “${await completeStep(client, company)}”: earlier advice is outdated.`);
  const why = await explain(client, company);
  const { content } = await ledger.call('recommendations', () => evergreen.recommendations(args));
  for (const line of why) ledger.note(line);
  await ledger.call('recommendations', () => evergreen.recommendations(args));
  await ledger.call('recommendations', () => evergreen.recommendations(args));
  return content;
}

async function refine({ ledger, evergreen, company }: Stage, [first]: Recommendation[]): Promise<void> {
  ledger.step('The first of them is refined: the model improves it, its earlier revision is kept.');
  const args = { id: first?.id ?? '', instruction: 'Shorter, and one action that can be done today.', userId: sampleUser };
  const { content } = await ledger.call('refine: shorter, one action', () => evergreen.refine(args));
  ledger.note(`· revision ${first?.revision}: ${first?.content.title}`);
  ledger.note(`· revision ${content.revision}: ${content.content.title}`);
  await ledger.call('recommendations', () => evergreen.recommendations({ companyId: company.id, userId: sampleUser }));
}

async function outage({ ledger, context, client, provider, evergreen, company }: Stage): Promise<Recommendation[]> {
  const args = { companyId: company.id, userId: sampleUser };
  const stand = provider.simulated ? 'the simulation answers' : 'a local server in its place answers';
  ledger.step(`The provider is down (${stand} 500), and ${company.name} has moved on.`);
  provider.setDown(true);
  await completeStep(client, company);
  const { content } = await ledger.call('recommendations', () => evergreen.recommendations(args));
  await ledger.call('recommendations, at once again', () => evergreen.recommendations(args));
  ledger.note(`shown instead: ${content.length} of the state before (${[...new Set(content.map((each) => each.match))].join(', ')})`);

  ledger.step('The provider is back: after the pause the next caller gets new ones.');
  provider.setDown(false);
  await pause(context, client, company);
  await ledger.call('recommendations', () => evergreen.recommendations(args));
  const { content: latest } = await ledger.call('recommendations', () => evergreen.recommendations(args));
  return latest;
}

async function budget({ ledger, client, evergreen, other }: Stage): Promise<void> {
  const args = { companyId: other.id, userId: sampleUser };
  ledger.step(`${other.name} may spend 0.01 USD a month: a call that could cost more is not made.`);
  await ledger.call('recommendations', () => evergreen.recommendations(args));
  await client.query("SELECT evergreen.set_budget('company', $1, 0.01)", [other.id]);
  await completeStep(client, other);
  await ledger.call('recommendations, a step later', () => evergreen.recommendations(args));
  const error = await ledger.refusal('health summary, nothing earlier', () => evergreen.healthSummary(args));
  if (!(error instanceof BudgetExceeded)) throw error;
  ledger.note(`${error.name}: ${error.message.replace(other.id, other.name)}`);
}

async function effectiveness({ ledger, client, evergreen, context }: Stage, shown: Recommendation[]): Promise<void> {
  ledger.step('What people do with recommendations is kept, by prompt version and model.');
  const ids = shown.flatMap(({ id }) => (id === null ? [] : [id]));
  evergreen.markPresented(ids);
  await evergreen.flush();
  await client.query('SELECT evergreen.track_recommendation_start($1)', [ids[0]]);
  await client.query('SELECT evergreen.track_recommendation_completion($1)', [ids[0]]);
  await client.query('SELECT evergreen.record_recommendation_feedback($1, $2)', [ids[0], { quality: 5, comment: 'Done within a day.' }]);
  const { rows } = await client.query(
    `SELECT prompt_id AS prompt, model, generated, presented AS shown, started, completed, average_quality AS quality
       FROM evergreen.get_recommendation_effectiveness()`,
  );
  printTable(context, rows);
}

/** Why the recommendations of a company would be generated now, a line a difference. */
async function explain(client: Client, { id }: SampleCompany): Promise<string[]> {
  const { rows } = await client.query<{ reason: string; differences: string[] | null }>(
    `SELECT e.reason, (
              SELECT array_agg(format('%s %s %s', CASE c.key WHEN 'added' THEN '+' ELSE '−' END, replace(d.key, '_', ' ') || ':', s.name) ORDER BY d.key, c.key)
                FROM jsonb_each(e.detail -> 'context_difference') AS d
               CROSS JOIN LATERAL jsonb_each(d.value) AS c
               CROSS JOIN LATERAL jsonb_array_elements_text(c.value) AS i (id)
                JOIN evergreen.host_journey_steps AS s ON s.id = i.id::uuid) AS differences
       FROM evergreen.explain_regeneration($1, 'recommendation') AS e`,
    [id],
  );
  return rows.flatMap(({ reason, differences }) => [`evergreen.explain_regeneration: ${reason}`, ...(differences ?? [])]);
}

/** Waits until keys of a company that failed may be tried again. */
async function pause(context: Context, client: Client, { id }: SampleCompany): Promise<void> {
  const { rows } = await client.query<{ ms: number | null }>(
    `SELECT ceil(extract(epoch FROM max(l.retry_at) - clock_timestamp()) * 1000)::integer AS ms
       FROM evergreen.leases AS l WHERE l.cache_key LIKE $1::text || ':%' AND l.retry_at > clock_timestamp()`,
    [id],
  );
  const ms = rows[0]?.ms ?? 0;
  if (ms === 0) return;
  context.progress(`Waiting ${(ms / 1000).toFixed(1)} s: after a failure a key pauses for its policy's failure_backoff`);
  await sleep(ms);
  context.progress();
}

/* After the story --------------------------------------------------------------------------------------- */

const allTime = "'-infinity', now() + interval '1 hour', 'all'";

async function cacheStats(client: Client): Promise<string> {
  const { rows } = await client.query<{ stats: string }>(
    `SELECT COALESCE(jsonb_agg(to_jsonb(c)), '[]')::text AS stats FROM evergreen.get_cache_stats(${allTime}) AS c`,
  );
  return rows[0]?.stats ?? '[]';
}

async function totals(context: Context, client: Client, provider: DemoProvider, companies: string[], before: string): Promise<void> {
  const { rows } = await client.query<Record<string, string | null>>(
    `WITH made AS (
       SELECT count(*) AS calls, count(*) FILTER (WHERE NOT l.success) AS failed, sum(l.tokens_used) AS tokens, sum(l.cost) AS spent
         FROM evergreen.ai_generation_logs AS l WHERE l.company_id = ANY ($1)
     ), answered AS (
       SELECT sum(c.lookups - COALESCE(b.lookups, 0)) AS callers, sum(c.hits - COALESCE(b.hits, 0)) AS avoided,
              sum((c.hits - COALESCE(b.hits, 0)) * c.money_avoided / NULLIF(c.calls_avoided, 0)) AS saved
         FROM evergreen.get_cache_stats(${allTime}) AS c
         LEFT JOIN jsonb_to_recordset($2::jsonb) AS b (content_type text, lookups bigint, hits bigint) ON b.content_type = c.content_type
     )
     SELECT a.callers, m.calls AS calls_made, m.failed AS of_them_failed, m.tokens, round(m.spent, 6) AS "USD_spent",
            a.avoided AS calls_avoided, round(a.saved, 6) AS "USD_avoided"
       FROM made AS m, answered AS a`,
    [companies, before],
  );
  context.print(`\nThis run, read from the database${provider.simulated ? ' (money of the simulation: nobody was paid)' : ''}`);
  printTable(context, rows);
}

function printTable(context: Context, rows: Record<string, unknown>[]): void {
  const text = table(rows, Object.keys(rows[0] ?? {}), { colour: context.colour });
  context.print(text.trimEnd().replaceAll(/^ {2}/gm, '    '));
}

function invite(context: Context, database: CommandDatabase): void {
  const scripts = path.relative('', path.join(__dirname, '..', '..', 'sql', 'analytics'));
  const other = context.values['database-url'] === undefined ? '' : ' --database-url ...';
  context.print(`
Look for yourself: ${database.own && process.env.MAKELEVEL ? 'make psql' : `npx pg-evergreen psql${other}`}
    SELECT * FROM evergreen.get_ai_usage_stats(now() - interval '1 day', now());
    SELECT name, regenerate, reason FROM companies, evergreen.explain_regeneration(id, 'recommendation');
    \\i ${path.join(scripts, 'cost.sql')}`);
  if (context.values.keep && database.own) context.print(`\nIt keeps running at ${database.url}\nuntil npx pg-evergreen stop.`);
}
