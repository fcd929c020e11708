import { execFile, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { useDatabase } from '../support/database.js';
import { fillHistory, history } from '../support/history.js';

const folder = path.join(__dirname, '../../sql/analytics');
const scripts = readdirSync(folder).filter((name) => name.endsWith('.sql'));
const installed = spawnSync('psql', ['--version']).status === 0;
const suite = installed ? describe : describe.skip;

/** What a script prints to an analyst who has nothing but psql and a role. */
async function print(url: string, script: string, variables: Record<string, string> = {}): Promise<string> {
  const settings = Object.entries(variables).flatMap(([name, value]) => ['-v', `${name}=${value}`]);
  const { stdout, stderr } = await promisify(execFile)(
    'psql',
    ['--no-psqlrc', '--dbname', url, '-v', 'ON_ERROR_STOP=1', ...settings, '-f', path.join(folder, script)],
    { env: { ...process.env, PGTZ: 'Asia/Tokyo' } },
  );
  expect(stderr).toBe('');
  return stdout;
}

/** The rows of the table under a heading, as objects. */
function tableUnder(heading: string, text: string): Record<string, string>[] {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.includes(heading));
  if (at < 0) throw new Error(`no heading ${heading} in:\n${text}`);
  const rule = lines.findIndex((line, index) => index > at && /^-[-+]*$/.test(line));
  const cells = (line: string) => line.split('|').map((cell) => cell.trim());
  const names = cells(lines[rule - 1] ?? '');
  const rows = lines.slice(rule + 1, lines.indexOf('', rule));
  for (const row of rows)
    expect([...row.matchAll(/\|/g)].map((bar) => bar.index)).toEqual([...(lines[rule] ?? '').matchAll(/\+/g)].map((cross) => cross.index));
  return rows.map((row) => Object.fromEntries(cells(row).map((cell, index) => [names[index], cell])));
}

suite(`scripts of sql/analytics${installed ? '' : ' (skipped: psql is not installed)'}`, () => {
  describe('on an empty database', () => {
    const database = useDatabase();
    let analyst: string;
    beforeAll(async () => {
      const role = await database.createRole();
      await database.query('SELECT evergreen.grant_analyst($1)', [role.name]);
      analyst = role.url;
    });

    it.each(scripts)('%s prints headings and says that there is nothing', async (script) => {
      const text = await print(analyst, script);
      expect(text).toMatch(/^\n[A-Z]/);
      expect(text).toMatch(/^ {2}(none|never run)/m);
      expect(
        text
          .trimEnd()
          .split('\n')
          .filter((line) => /\(\d+ rows?\)/.test(line)),
      ).toEqual([]);
    });
  });

  describe('on a database with a history', () => {
    const database = useDatabase({ host: true });
    const [first, second] = history.companies;
    let analyst: string;
    beforeAll(async () => {
      await fillHistory(database);
      const role = await database.createRole();
      await database.query('SELECT evergreen.grant_analyst($1)', [role.name]);
      analyst = role.url;
    });

    it.each(scripts)('%s has something to say in every part', async (script) => {
      expect(await print(analyst, script, { ahead: '20' })).not.toMatch(/^ {2}(none|never run)/m);
    });

    it('usage.sql counts calls, tokens, cost and failures by day and type, and adds them up', async () => {
      const text = await print(analyst, 'usage.sql');
      expect(tableUnder('Calls of models', text)).toContainEqual(
        expect.objectContaining({
          type: 'peer_insight',
          calls: '1',
          tokens: '1500',
          cached: '200',
          USD: '0.0057',
          failures: '0',
          'success %': '100.00',
          'avg ms': '900.00',
        }),
      );
      expect(tableUnder('In all', text)).toEqual([
        { type: 'health_summary', calls: '31', tokens: '45000', cached: '6000', USD: '-', failures: '1', 'success %': '96.77' },
        { type: 'peer_insight', calls: '30', tokens: '43500', cached: '6000', USD: '0.1590', failures: '3', 'success %': '90.00' },
        { type: 'recommendation', calls: '32', tokens: '48000', cached: '6000', USD: '0.0361', failures: '0', 'success %': '100.00' },
        { type: 'total', calls: '93', tokens: '136500', cached: '18000', USD: '0.1951', failures: '4', 'success %': '95.70' },
      ]);
    });

    it('takes the range from psql variables: days, or from and to in UTC whatever the time zone of the session', async () => {
      const total = async (variables: Record<string, string>) =>
        tableUnder('In all', await print(analyst, 'usage.sql', variables)).at(-1)?.calls;
      expect(await total({ days: '1' })).toBe('6');
      expect(await total({ days: '10' })).toBe('33');
      const [day] = await database.query<{ from: string; to: string }>(
        `SELECT to_char(d, 'YYYY-MM-DD') AS from, to_char(d + interval '2 days', 'YYYY-MM-DD') AS to FROM (SELECT date_trunc('day', now() AT TIME ZONE 'UTC') - interval '9 days' AS d) AS x`,
      );
      expect(await total({ from: day?.from ?? '', to: day?.to ?? '' })).toBe('6');
      expect(await total({ days: '3', to: day?.to ?? '' })).toBe('9');
    });

    it('cost.sql ranks models, companies and users, shows what has no price, and puts budgets beside what the month will cost', async () => {
      const text = await print(analyst, 'cost.sql');
      expect(tableUnder('Cost by model', text)).toEqual([
        {
          provider: 'openai',
          model: 'gpt-4.1',
          calls: '31',
          tokens: '43500',
          USD: '0.1590',
          'share %': '81.5',
          'USD / 1000 calls': '5.3000',
          'cost unknown': '1',
        },
        {
          provider: 'openai',
          model: 'gpt-4.1-mini',
          calls: '32',
          tokens: '48000',
          USD: '0.0361',
          'share %': '18.5',
          'USD / 1000 calls': '1.1288',
          'cost unknown': '0',
        },
        {
          provider: 'openai',
          model: 'nobody-knows-1',
          calls: '30',
          tokens: '45000',
          USD: '-',
          'share %': '-',
          'USD / 1000 calls': '-',
          'cost unknown': '30',
        },
      ]);
      expect(tableUnder('the 10 companies that cost most', text).map((row) => row.company)).toEqual([first, second]);
      expect(tableUnder('the 10 users who cost most', text).map((row) => row.user)).toEqual([history.user]);
      const [nearest, overall] = tableUnder('budgets, nearest to their limit', text);
      expect(nearest).toMatchObject({ scope: 'company', id: first, 'budget USD': '0.02', 'at its limit': 'refuses', status: 'over' });
      expect(overall).toMatchObject({ scope: 'overall', id: '-', 'at its limit': 'warns', status: 'within' });
      const [spent] = await database.query<{ spent: string }>(
        `SELECT round(spent, 4)::text AS spent FROM evergreen.spend_this_month WHERE scope = 'overall'`,
      );
      expect(tableUnder('Months (UTC)', text).at(-1)?.USD).toBe(spent?.spent);
    });

    it('freshness.sql counts content by freshness and lists what is generated, what pauses and what will expire', async () => {
      const text = await print(analyst, 'freshness.sql', { ahead: '20' });
      expect(tableUnder('Content by freshness', text)).toMatchObject([
        { content: 'cluster', pieces: '1', fresh: '1' },
        { content: 'recommendation', pieces: '4', fresh: '3', stale: '0', expired: '0', completed: '1' },
      ]);
      expect(tableUnder('Being generated', text)).toMatchObject([{ content: 'insight', key: 'held', holder: 'host:1' }]);
      expect(tableUnder('Pausing', text)).toMatchObject([
        { content: 'health', key: 'failing', 'failures in a row': '1', 'last error': 'timeout' },
      ]);
      expect(tableUnder('Fresh content that will', text)).toMatchObject([{ recommendations: '3', 'in all': '3' }]);
    });

    it('effectiveness.sql compares prompt versions and models', async () => {
      const text = await print(analyst, 'effectiveness.sql');
      expect(tableUnder('By prompt version', text)).toEqual([
        expect.objectContaining({
          prompt: 'recommendation_v1',
          generated: '2',
          shown: '2',
          started: '1',
          completed: '1',
          'started %': '50.0',
          'completed %': '100.0',
          feedback: '1',
          quality: '4.00',
          relevance: '5.00',
        }),
        expect.objectContaining({ prompt: 'recommendation_v2', generated: '2', shown: '0', started: '0', 'started %': '-' }),
      ]);
      expect(tableUnder('By model', text)).toMatchObject([
        { model: 'gpt-4.1-mini', generated: '4', 'median to start': expect.stringMatching(/^(02:00|01:59)/) },
      ]);
      expect(tableUnder('How much of what', text)).toMatchObject([
        { content: 'cluster', 'shown %': '0.0' },
        { prompt: 'recommendation_v1', 'shown %': '100.0' },
        { prompt: 'recommendation_v2', 'shown %': '0.0' },
      ]);
    });

    it('cache.sql shows hit rates, percentiles and the calls and the money that hits avoided', async () => {
      const text = await print(analyst, 'cache.sql');
      const [cluster, health, insight, recommendation, total] = tableUnder('Callers', text);
      expect(cluster).toMatchObject({ content: 'cluster', callers: '1', hits: '1' });
      expect(health).toMatchObject({ content: 'health', callers: '30', hits: '0', failed: '30' });
      expect(insight).toMatchObject({ content: 'insight', fallback: '30', 'hit %': '0.0' });
      expect(recommendation).toMatchObject({
        callers: '120',
        hits: '90',
        'hit %': '75.0',
        'of them stale': '30',
        generated: '30',
        'calls avoided': '90',
        'USD avoided': '0.1018',
      });
      expect(Number(recommendation?.['p50 ms'])).toBeGreaterThanOrEqual(2);
      expect(Number(recommendation?.['p95 ms'])).toBeGreaterThanOrEqual(900);
      expect(total).toMatchObject({
        content: 'total',
        callers: '181',
        hits: '91',
        'hit %': '50.3',
        'p50 ms': '-',
        'USD avoided': '0.1018',
      });
      expect(tableUnder('By day', text)).toHaveLength(30);
    });

    it('failures.sql says why generations failed, how often, and what the database warned of', async () => {
      const text = await print(analyst, 'failures.sql');
      expect(tableUnder('Calls of models without', text)).toMatchObject([
        {
          type: 'peer_insight',
          model: 'gpt-4.1',
          reason: 'provider_error',
          failures: '3',
          '% of its calls': '10.0',
          'USD spent on them': '0.0051',
        },
        { type: 'health_summary', model: 'gpt-4.1', reason: 'timeout', failures: '1', '% of its calls': '100.0', 'USD spent on them': '-' },
      ]);
      expect(tableUnder('The latest 10', text).at(-1)).toMatchObject({ 'HTTP status': '500', reason: 'provider_error' });
      expect(tableUnder('What the database warned of', text)).toContainEqual(
        expect.objectContaining({ component: 'generation_cost', times: expect.stringMatching(/^\d+$/) }),
      );
    });

    it('maintenance.sql lists the last runs, what every step said and the size of every table', async () => {
      const text = await print(analyst, 'maintenance.sql');
      const steps = await database.query<{ step: string }>('SELECT step FROM evergreen.maintenance_steps ORDER BY ordinal');
      expect(tableUnder('Last runs', text)).toMatchObject([
        { status: 'done', took: expect.stringMatching(/^00:00:/), 'rows by step': expect.stringMatching(/^ensure_log_partitions \d+/) },
      ]);
      expect(tableUnder('What every step said', text).map((row) => row.step)).toEqual(steps.map((row) => row.step));
      const tables = tableUnder('Tables', text);
      expect(tables).toContainEqual(
        expect.objectContaining({ table: 'ai_generated_recommendations', rows: expect.stringMatching(/^\d+$/) }),
      );
      expect(tables.map((row) => row.table)).not.toContain('companies');
    });
  });
});
