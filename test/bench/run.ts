/**
 * `make bench`: measures ratios on a server of its own and prints them. From the environment: ROWS=1,5 (default: all), SIZE=full|quick|tiny,
 * PG_BIN=<folder of initdb> (default: the PostgreSQL of npm), RESULTS=<file> (a full run of all rows writes test/bench/results.json without it;
 * a run of some rows with it replaces those of that file), PROFILE=1 (plans of what was measured, and the calls of the month that were not needed, into test/bench/profile/).
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '../../src/build/server.js';
import { Bench, type Row, type Size } from './bench.js';
import { findLoad, type Load } from './load.js';
import { type MeasuredRow, RESULTS, type Results, rowAsText, surroundings } from './results.js';
import { ROWS } from './rows/index.js';

const PROFILES = join(__dirname, 'profile');

/** As a careful person would set up a small server: durable, a quarter of a few gigabytes in shared buffers. */
const SERVER_SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '2GB',
  effective_cache_size: '6GB',
  maintenance_work_mem: '256MB',
  work_mem: '16MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  timezone: 'UTC',
  jit: 'off',
};

/** Measures rows, one after the other. */
export async function measure(rows: readonly Row[], bench: Bench, report: (row: MeasuredRow) => void): Promise<MeasuredRow[]> {
  const measured: MeasuredRow[] = [];
  for (const row of rows) {
    bench.say(`row ${row.number}: ${row.title}`);
    const begun = performance.now();
    const { lines, notes = [], leftOut = [] } = await row.run(bench);
    const { number, title, includes } = row;
    const result = { number, title, includes, lines, notes, leftOut, seconds: Math.round((performance.now() - begun) / 100) / 10 };
    measured.push(result);
    report(result);
  }
  return measured;
}

/** The rows of `ROWS=1,5`; all without it. */
export function chosenRows(text: string | undefined): readonly Row[] {
  if (!text) return ROWS;
  return text.split(',').map((each) => {
    const row = ROWS.find(({ number }) => number === Number(each));
    if (!row) throw new Error(`there is no row ${each}: there are ${ROWS.map(({ number }) => number).join(', ')}`);
    return row;
  });
}

function chosenSize(text: string | undefined): Size {
  if (text === undefined || text === '') return 'full';
  if (text !== 'full' && text !== 'quick' && text !== 'tiny') throw new Error(`there is no size ${text}: there are full, quick and tiny`);
  return text;
}

/** Results of an earlier run keep the rows that this one did not measure. */
function merged(earlier: Results | undefined, now: Results): Results {
  const kept = earlier?.rows.filter((row) => !now.rows.some(({ number }) => number === row.number)) ?? [];
  return { ...now, rows: [...kept, ...now.rows].sort((a, b) => a.number - b.number) };
}

async function main(load: Load): Promise<void> {
  const { env } = process;
  const rows = chosenRows(env.ROWS);
  const size = chosenSize(env.SIZE);
  const file = env.RESULTS || (size === 'full' && !env.ROWS ? RESULTS : undefined);
  const begun = performance.now();
  const server = await startServer({ bin: env.PG_BIN || undefined, settings: SERVER_SETTINGS });
  const keepProfile = (name: string, text: string) => {
    mkdirSync(PROFILES, { recursive: true });
    writeFileSync(join(PROFILES, `${name}.txt`), text);
  };
  if (env.PROFILE === '1') rmSync(PROFILES, { recursive: true, force: true });
  const bench = new Bench(server.url, size, load, (text) => console.error(`... ${text}`), env.PROFILE === '1' ? keepProfile : undefined);
  try {
    const around = await surroundings(server.url);
    console.log(
      `PostgreSQL ${around.server.version}, ${around.machine.cpus} CPUs (${around.machine.cpu}), calls made by ${load.name}, size ${size}\n`,
    );
    const measured = await measure(rows, bench, (row) => console.log(`${rowAsText(row)}\n`));
    const seconds = Math.round((performance.now() - begun) / 1000);
    console.log(`${seconds} s in all`);
    if (!file) return;
    const results: Results = { date: new Date().toISOString(), size, seconds, load: load.name, ...around, rows: measured };
    const earlier = env.ROWS && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : undefined;
    writeFileSync(file, `${JSON.stringify(merged(earlier, results), null, 1)}\n`);
    console.log(`written to ${file}`);
  } finally {
    await server.stop();
  }
}

if (require.main === module) {
  const load = findLoad();
  // The server is supervised: it stops and its data goes when this process ends, however it ends.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      load.stop();
      console.error('stopped; the server and its data go with it');
      process.exit(130);
    });
  }
  main(load).catch((error: Error) => {
    load.stop();
    console.error(`the benchmark failed: ${error.message}`);
    process.exit(1);
  });
}
