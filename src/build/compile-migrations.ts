/**
 * Compiles sql/migrations/ from the modules' sources: `make migrations`.
 *
 * A module that is not released yet is one migration: its tables.sql, functions/*.sql in name order, views.sql. Once its migration stands in
 * sql/frozen.txt, that file never changes again: later changes of tables are written by hand in sql/<module>/changes/NNNN_<name>.sql, and the
 * migration of that number is that text, then every function and view whose source is not the released one.
 *
 * `--check` writes nothing and fails when a file differs from its sources; `--freeze` marks all migrations as released with the package's version.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The modules in the order in which they are installed. */
export const MODULES = ['core', 'journey', 'clusters', 'personality', 'dreams', 'memories'] as const;

/** A released migration, a line of sql/frozen.txt. */
export interface Frozen {
  readonly sha256: string;
  readonly file: string;
  /** The package version that it was first released with. */
  readonly version: string;
}

interface Source {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly text: string;
}

interface Draft {
  readonly module: string;
  readonly name: string;
  readonly number?: number;
  readonly sources: readonly Source[];
}

/** What every migration ends with: nobody may call a function but those who were granted it, and they may call what is new. */
const GRANTS = `REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA evergreen FROM PUBLIC;
DO $$ BEGIN PERFORM evergreen.refresh_grants(); END; $$;
`;
/** ... and the first rows of what is new; those that are there stay as they are. */
export const FIRST_ROWS = `DO $$ BEGIN PERFORM evergreen.setup_ai_persistence_schema(); END; $$;
`;

/** Names and operators mean those of PostgreSQL, whatever the search_path of who installs; postgres-migrations finds its own again after. */
const NAMES = `DO $$ BEGIN
  PERFORM pg_catalog.set_config('evergreen.search_path', pg_catalog.current_setting('search_path'), false);
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);
END; $$;
`;
const NAMES_RESTORED = `DO $$ BEGIN PERFORM pg_catalog.set_config('search_path', pg_catalog.current_setting('evergreen.search_path'), false); END; $$;
`;

const NUMBERED = /^(\d{4})_([a-z][a-z0-9_]*)\.sql$/;

/** Compiles all migrations below `root`: file name to text, in order. Reads only. */
export function compile(root: string): Map<string, string> {
  const frozen = readFrozen(root);
  const released = new Map<string, string>();
  const files = new Map<string, string>();
  for (const { file, sha256 } of frozen) {
    const text = read(root, `sql/migrations/${file}`);
    if (hash(text) !== sha256) {
      throw new Error(`sql/migrations/${file} is released and was changed: restore it, released migrations are immutable`);
    }
    files.set(file, text);
    for (const source of sections(text)) released.set(source.path, source.text);
  }

  const drafts = MODULES.flatMap((module) => draftsOf(root, module, frozen, released));
  const numbers = new Set([...files.keys()].map(numberOf));
  for (const { module, name, number } of drafts) {
    if (number === undefined) continue;
    if (numbers.has(number)) throw new Error(`sql/${module}/changes: the number of ${fileName(number, name)} is taken`);
    numbers.add(number);
  }
  let next = 1;
  for (const draft of drafts) {
    while (draft.number === undefined && numbers.has(next)) next += 1;
    const number = draft.number ?? next;
    numbers.add(number);
    files.set(fileName(number, draft.name), render(draft));
  }
  return inOrder(files, frozen);
}

/** The released migrations, in order. */
export function readFrozen(root: string): Frozen[] {
  const path = join(root, 'sql/frozen.txt');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [sha256, file, version] = line.trim().split(/\s+/);
      if (!sha256 || !file || !version || !NUMBERED.test(file)) throw new Error(`sql/frozen.txt: not "sha256 file version": ${line}`);
      return { sha256, file, version };
    });
}

/** The source files of a module as they are compiled: tables, functions in name order, views. */
export function moduleSources(root: string, module: string): Source[] {
  const functions = list(root, `sql/${module}/functions`);
  const paths = [`sql/${module}/tables.sql`, ...functions, `sql/${module}/views.sql`];
  return paths.filter((path) => existsSync(join(root, path))).map((path) => ({ path, text: read(root, path).trim() }));
}

function draftsOf(root: string, module: string, frozen: readonly Frozen[], released: ReadonlyMap<string, string>): Draft[] {
  const sources = moduleSources(root, module);
  const changes = list(root, `sql/${module}/changes`).map((path) => ({ path, text: read(root, path).trim() }));
  if (sources.length === 0) return [];
  if (!frozen.some(({ file }) => file.endsWith(`_${module}.sql`))) {
    if (changes.length > 0) throw new Error(`sql/${module}/changes: the module is not released yet, change its tables.sql`);
    return [{ module, name: module, sources }];
  }

  const differing = sources.filter(({ path, text }) => released.get(path) !== text);
  const tables = differing.find(({ path }) => path.endsWith('/tables.sql'));
  if (tables) throw new Error(`${tables.path} is released: write the change as sql/${module}/changes/NNNN_<name>.sql`);
  const drafts: Draft[] = [];
  for (const change of changes) {
    const file = change.path.slice(change.path.lastIndexOf('/') + 1);
    const [, number, name] = NUMBERED.exec(file) ?? [];
    if (!number || !name) throw new Error(`${change.path}: a change is named NNNN_<name>.sql`);
    if (!frozen.some((entry) => entry.file === file)) drafts.push({ module, name, number: Number(number), sources: [change] });
    else if (released.get(change.path) !== change.text) throw new Error(`${change.path} is released and was changed: write a new one`);
  }
  const last = drafts.pop();
  if (last) return [...drafts, { ...last, sources: [...last.sources, ...differing] }];
  if (differing.length === 0) return [];
  const names = differing.map(({ path }) => path).join(', ');
  throw new Error(`${names}: changed since the release; add sql/${module}/changes/NNNN_<name>.sql, a comment is enough, to carry it`);
}

function render({ module, sources }: Draft): string {
  const parts = sources.map(({ path, text }) => `-- source: ${path}\n\n${text}\n`);
  return [
    `-- Generated by \`make migrations\` from sql/${module}/: edit the sources named below, not this file.\n`,
    'SET check_function_bodies = off;\n',
    NAMES,
    ...parts,
    GRANTS,
    FIRST_ROWS,
    NAMES_RESTORED,
    'RESET check_function_bodies;\n',
  ].join('\n');
}

/** The sources that a compiled migration was made of. */
function sections(text: string): Source[] {
  const body = text.slice(0, text.lastIndexOf(GRANTS));
  const [, ...rest] = body.split(/^-- source: (.+)$/m);
  const found: Source[] = [];
  for (let i = 0; i + 1 < rest.length; i += 2) found.push({ path: rest[i] as string, text: (rest[i + 1] as string).trim() });
  return found;
}

function inOrder(files: ReadonlyMap<string, string>, frozen: readonly Frozen[]): Map<string, string> {
  const sorted = [...files].sort(([a], [b]) => numberOf(a) - numberOf(b));
  sorted.forEach(([file], index) => {
    if (numberOf(file) !== index + 1) throw new Error(`sql/migrations: ${file} leaves a gap, the next number is ${index + 1}`);
    const isFrozen = frozen.some((entry) => entry.file === file);
    if (isFrozen !== index < frozen.length) throw new Error(`sql/migrations: ${file} comes before one that is released`);
  });
  return new Map(sorted);
}

function fileName(number: number, name: string): string {
  return `${String(number).padStart(4, '0')}_${name}.sql`;
}

function numberOf(file: string): number {
  return Number(file.slice(0, 4));
}

function list(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => `${folder}/${file}`);
}

function read(root: string, path: string): string {
  const text = readFileSync(join(root, path), 'utf8');
  if (text.includes('\r')) throw new Error(`${path}: lines must end in LF, migrations are hashed`);
  return text;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The files of sql/migrations that are not what their sources say, each with what is wrong. */
export function differences(root: string): string[] {
  const compiled = compile(root);
  const folder = join(root, 'sql/migrations');
  const present = existsSync(folder) ? readdirSync(folder) : [];
  const wrong = present.filter((file) => !compiled.has(file)).map((file) => `${file}: has no source`);
  for (const [file, text] of compiled) {
    if (!present.includes(file)) wrong.push(`${file}: missing`);
    else if (readFileSync(join(folder, file), 'utf8') !== text) wrong.push(`${file}: differs from its sources`);
  }
  return wrong;
}

/** Brings sql/migrations in line with the sources; answers the names of the files that changed. */
export function write(root: string): string[] {
  const compiled = compile(root);
  const changed = differences(root).map((line) => line.slice(0, line.indexOf(':')));
  mkdirSync(join(root, 'sql/migrations'), { recursive: true });
  for (const file of changed) {
    const text = compiled.get(file);
    if (text === undefined) rmSync(join(root, 'sql/migrations', file));
    else writeFileSync(join(root, 'sql/migrations', file), text);
  }
  return changed;
}

/** Marks every migration as released with `version`; answers the files that are newly so. */
export function freeze(root: string, version: string): string[] {
  const wrong = differences(root);
  if (wrong.length > 0) throw new Error(`not frozen, run \`make migrations\` first: ${wrong.join('; ')}`);
  const known = new Set(readFrozen(root).map(({ file }) => file));
  const fresh = [...compile(root)].filter(([file]) => !known.has(file));
  appendFileSync(join(root, 'sql/frozen.txt'), fresh.map(([file, text]) => `${hash(text)}  ${file}  ${version}\n`).join(''));
  return fresh.map(([file]) => file);
}

function main(option: string | undefined): void {
  const root = join(__dirname, '../..');
  if (option === '--check') {
    const wrong = differences(root);
    if (wrong.length > 0) throw new Error(`sql/migrations is not up to date, run \`make migrations\`:\n  ${wrong.join('\n  ')}`);
  } else if (option === '--freeze') {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    for (const file of freeze(root, version)) console.log(`frozen with ${version}: ${file}`);
  } else {
    for (const file of write(root)) console.log(`sql/migrations/${file}`);
  }
}

if (require.main === module) {
  try {
    main(process.argv[2]);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
