/** The benchmark itself, at sizes that say nothing about speed: that each row runs, checks what it checks, and is shown as the file has it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentRun } from '../support/server.js';
import { Bench } from './bench.js';
import { findLoad, NodeLoad } from './load.js';
import { callByCall, inTurn, line, quantile, reached, spread } from './measure.js';
import { asMarkdown, type MeasuredRow, RESULTS, type Results, rowAsText, withTable } from './results.js';
import { ROWS } from './rows/index.js';
import { chosenRows, measure } from './run.js';

const loads = { 'the load generator that is found': findLoad(), Node: new NodeLoad() };
const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');

describe('rows', () => {
  const bench = new Bench(currentRun().url, 'tiny', loads['the load generator that is found'], () => undefined);
  afterAll(() => bench.close());

  test.each(ROWS.map((row) => [row.number, row] as const))(
    'row %i measures both sides of each of its lines',
    async (_, row) => {
      const shown: string[] = [];
      const [measured] = await measure([row], bench, (each) => shown.push(rowAsText(each)));
      const { lines, leftOut } = measured as MeasuredRow;
      expect(lines.length + leftOut.length).toBeGreaterThan(0);
      for (const { ours, theirs, ratio } of lines) {
        for (const { samples, spread } of [ours, theirs, ratio]) {
          expect(samples.length).toBeGreaterThan(0);
          expect([...samples, spread.median].every((each) => Number.isFinite(each) && each >= 0)).toBe(true);
        }
      }
      for (const { what } of lines) expect(shown[0]).toContain(what);
    },
    120_000,
  );
});

test('calls are made without pgbench too', async () => {
  const load = loads.Node;
  const bench = new Bench(currentRun().url, 'tiny', load, () => undefined);
  try {
    const database = await bench.database('calls', async (fresh) => {
      await fresh.query('CREATE TABLE bench.called (key text NOT NULL)');
    });
    const calls = { sql: 'INSERT INTO bench.called VALUES ($1)', keys: `SELECT 'key ' || i FROM generate_series(1, 400) AS i` };
    expect(await load.once(database, calls, 2)).toBeGreaterThan(0);
    const [once] = await database.query('SELECT count(*)::integer AS calls, count(DISTINCT key)::integer AS keys FROM bench.called');
    expect(once).toEqual({ calls: expect.any(Number), keys: once?.calls });
    expect(once?.calls).toBeGreaterThan(390);
    expect(await (await load.prepare(database, calls)).throughput({ connections: 1, seconds: 0.1 })).toBeGreaterThan(0);
    const timed = await load.latencies(database, ['SELECT 1', 'SELECT 2'], { connections: 1, seconds: 0.2, rate: 100 });
    expect(timed.length).toBeGreaterThan(0);
  } finally {
    await bench.close();
  }
}, 60_000);

test('a ratio is taken round by round, and is what was asked or not', async () => {
  let clock = 0;
  const order: string[] = [];
  const side = (name: string, factor: number) => async () => {
    order.push(name);
    clock += 1;
    return clock * factor;
  };
  const samples = await inTurn({ ours: side('ours', 2), theirs: side('theirs', 1) }, 3);
  expect(order).toEqual(['ours', 'theirs', 'ours', 'theirs', 'ours', 'theirs']);
  const made = line({ what: 'a', beside: 'b', unit: 'ms', ...samples, reach: { most: 1.5 } });
  expect(made.ratio.samples).toEqual([2 / 2, 6 / 4, 10 / 6]);
  expect(made.ratio.spread).toEqual({ median: 1.5, min: 1, max: 10 / 6 });
  expect(reached(made)).toBe(true);
  expect(reached(line({ what: 'a', beside: 'b', unit: 'ms', ours: [16], theirs: [10], reach: { most: 1.5 } }))).toBe(false);
  expect(
    reached(line({ what: 'a', beside: 'b', unit: 'ms', ours: [2], theirs: [20], ratioOf: 'theirs / ours', reach: { least: 10 } })),
  ).toBe(true);
  expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
  expect(
    quantile(
      Array.from({ length: 100 }, (_, i) => 100 - i),
      0.99,
    ),
  ).toBe(99);
});

test('calls of two sides are in turn, one at a time, either first, and each is timed by itself', async () => {
  const made: string[] = [];
  let running = 0;
  const side = (name: string, ms: number) => async (call: number) => {
    made.push(`${name}${call}`);
    running += 1;
    expect(running).toBe(1);
    const end = performance.now() + ms;
    while (performance.now() < end) await Promise.resolve();
    running -= 1;
  };
  const taken = await callByCall({ slow: side('slow', 1), quick: side('quick', 0) }, 40);
  for (let call = 0; call < 40; call += 1) expect(made.slice(2 * call, 2 * call + 2).sort()).toEqual([`quick${call}`, `slow${call}`]);
  expect(new Set(made.filter((_, i) => i % 2 === 0).map((name) => name.replace(/\d+/, '')))).toEqual(new Set(['slow', 'quick']));
  expect(Math.min(...taken.slow)).toBeGreaterThanOrEqual(1);
});

test('rows are chosen by their numbers', () => {
  expect(chosenRows('5,1').map(({ number }) => number)).toEqual([5, 1]);
  expect(chosenRows(undefined)).toBe(ROWS);
  expect(() => chosenRows('99')).toThrow(/no row 99: there are 1, /);
});

describe('the table of the README', () => {
  test('is what the kept results give', () => {
    expect(existsSync(RESULTS)).toBe(true);
    const results = JSON.parse(readFileSync(RESULTS, 'utf8')) as Results;
    expect(readme).toBe(withTable(readme, results));
  });

  test('shows a figure that was missed as it is', () => {
    const results = JSON.parse(readFileSync(RESULTS, 'utf8')) as Results;
    const missed = line({ what: 'slow', beside: 'fast', unit: 'calls/s', ours: [10], theirs: [40], reach: { least: 0.9 } });
    const row = {
      number: 1,
      title: 'a hit',
      includes: 'All.',
      lines: [missed],
      notes: ['Noted.'],
      leftOut: ['dreams: not in this build'],
      seconds: 1,
    };
    const table = asMarkdown({ ...results, rows: [row] });
    expect(table).toContain('| 1 | slow | 10.0 calls/s | fast | 40.0 calls/s | 0.25 (0.25 to 0.25) | at least 0.9: no |');
    expect(table).toContain('* **1** All. Noted. Left out: dreams: not in this build.');
  });
});
