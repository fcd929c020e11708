/** The results of a run, as they are kept in test/bench/results.json, and the tables that are made of them. */
import { cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Size } from './bench.js';
import { type Line, reached } from './measure.js';

/** Where the results of a full run are kept. */
export const RESULTS = join(__dirname, 'results.json');

/** A row that was measured. */
export interface MeasuredRow {
  readonly number: number;
  readonly title: string;
  readonly includes: string;
  readonly lines: readonly Line[];
  readonly notes: readonly string[];
  readonly leftOut: readonly string[];
  readonly seconds: number;
}

/** All there is to know of a run. */
export interface Results {
  readonly date: string;
  readonly size: Size;
  readonly seconds: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: { readonly cpu: string; readonly cpus: number; readonly memoryMb: number; readonly system: string };
  readonly load: string;
  readonly server: { readonly version: string; readonly settings: Readonly<Record<string, string>> };
  readonly rows: readonly MeasuredRow[];
}

/** Settings that a reader wants to know. */
const SETTINGS = [
  'shared_buffers',
  'effective_cache_size',
  'work_mem',
  'maintenance_work_mem',
  'max_wal_size',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_level',
  'checkpoint_timeout',
  'autovacuum',
  'jit',
  'track_io_timing',
  'max_connections',
];

/** What was measured on, and with what. */
export async function surroundings(serverUrl: string): Promise<Pick<Results, 'versions' | 'machine' | 'server'>> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; setting: string }>(
      'SELECT s.name, current_setting(s.name) AS setting FROM pg_settings AS s WHERE s.name = ANY ($1) ORDER BY array_position($1, s.name)',
      [SETTINGS],
    );
    const version = await client.query<{ server_version: string }>('SHOW server_version');
    const about = require('../../package.json') as { version: string; dependencies: Record<string, string> };
    return {
      versions: { 'pg-evergreen': about.version, node: process.version.slice(1), ...about.dependencies },
      machine: {
        cpu: cpus()[0]?.model.trim() ?? 'unknown',
        cpus: cpus().length,
        memoryMb: Math.round(totalmem() / 1048576),
        system: `${platform()} ${release()}`,
      },
      server: {
        version: version.rows[0]?.server_version ?? 'unknown',
        settings: Object.fromEntries(rows.map(({ name, setting }) => [name, setting])),
      },
    };
  } finally {
    await client.end();
  }
}

/** `0.93`, `12.4`, `1,250`: three digits that count. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 100) return Math.round(value).toLocaleString('en-US');
  if (magnitude >= 10) return value.toFixed(1);
  return value.toFixed(magnitude >= 0.1 || magnitude === 0 ? 2 : 4);
}

interface Cells {
  readonly row: string;
  readonly what: string;
  readonly ours: string;
  readonly beside: string;
  readonly theirs: string;
  readonly ratio: string;
  readonly reach: string;
}

const HEADS: Cells = {
  row: '#',
  what: 'what',
  ours: 'ours',
  beside: 'beside',
  theirs: 'theirs',
  ratio: 'ratio (least to greatest)',
  reach: 'to reach',
};
const COLUMNS = Object.keys(HEADS) as (keyof Cells)[];

function cells(row: MeasuredRow, line: Line): Cells {
  const { ratio, ours, theirs, unit, ratioOf } = line;
  const met = reached(line);
  const aim = line.reach && ('least' in line.reach ? `at least ${line.reach.least}` : `at most ${line.reach.most}`);
  return {
    row: String(row.number),
    what: line.what,
    ours: `${figure(ours.spread.median)} ${unit}`,
    beside: line.beside,
    theirs: `${figure(theirs.spread.median)} ${unit}`,
    ratio: `${figure(ratio.spread.median)}${ratioOf === 'theirs / ours' ? ' ×' : ''} (${figure(ratio.spread.min)} to ${figure(ratio.spread.max)})`,
    reach: aim ? `${aim}: ${met ? 'yes' : 'no'}` : '',
  };
}

/** For a terminal: one row's lines in columns, then its notes. */
export function rowAsText(row: MeasuredRow): string {
  const lines = [HEADS, ...row.lines.map((line) => cells(row, line))];
  const widths = COLUMNS.map((column) => Math.max(...lines.map((line) => line[column].length)));
  const table =
    row.lines.length > 0
      ? lines.map((line) =>
          COLUMNS.map((column, i) => line[column].padEnd(widths[i] as number))
            .join('  ')
            .trimEnd(),
        )
      : [];
  return [
    `${row.number}. ${row.title} (${row.seconds.toFixed(0)} s)`,
    ...table.map((text) => `   ${text}`),
    ...row.notes.map((note) => `   ${note}`),
    ...row.leftOut.map((name) => `   left out: ${name}`),
  ].join('\n');
}

const cell = (text: string) => text.replaceAll('|', '\\|');

/** For the README: everything, in markdown. */
export function asMarkdown(results: Results): string {
  const { machine, server, versions } = results;
  const lines = results.rows.flatMap((row) => row.lines.map((line) => cells(row, line)));
  const markdownRow = (line: Cells) => `| ${COLUMNS.map((column) => cell(line[column])).join(' | ')} |`;
  const settings = Object.entries(server.settings).map(([name, value]) => `${name} ${value}`);
  return [
    `Measured on ${results.date.slice(0, 10)}: PostgreSQL ${server.version}, ${machine.cpus} CPUs (${machine.cpu}), ${figure(machine.memoryMb / 1024)} GB,`,
    `Node.js ${versions.node}, pg ${versions.pg}; calls made by ${results.load}${results.size === 'full' ? '' : `; size ${results.size}, not full`}.`,
    `Settings: ${settings.join(', ')}.`,
    '',
    markdownRow(HEADS),
    `|${COLUMNS.map(() => '---').join('|')}|`,
    ...lines.map(markdownRow),
    '',
    ...results.rows.map(
      (row) => `* **${row.number}** ${[row.includes, ...row.notes, ...row.leftOut.map((name) => `Left out: ${name}.`)].join(' ')}`,
    ),
  ].join('\n');
}

const BEGIN = '<!-- bench: made by `make bench-table` from test/bench/results.json -->';
const END = '<!-- /bench -->';

/** The README with the table between its markers. */
export function withTable(readme: string, results: Results): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the README has no place for the table: it needs the lines ${BEGIN} and ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${asMarkdown(results)}\n\n${readme.slice(end)}`;
}
