import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compile, differences, freeze, readFrozen, write } from '../../src/build/compile-migrations.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'evergreen-compile-'));
  put('sql/frozen.txt', '# sha256 file version\n');
  put('sql/core/tables.sql', 'CREATE TABLE evergreen.a (id integer);\n');
  put('sql/core/functions/two.sql', 'CREATE OR REPLACE FUNCTION evergreen.two() ...;\n');
  put('sql/core/functions/one.sql', 'CREATE OR REPLACE FUNCTION evergreen.one() ...;\n');
  put('sql/core/views.sql', 'CREATE OR REPLACE VIEW evergreen.v AS SELECT 1 AS one;\n');
});

afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** The sources that a compiled migration names, in order. */
function sourcesOf(file: string): string[] {
  return [...(compile(root).get(file) ?? '').matchAll(/^-- source: (.+)$/gm)].map(([, path]) => path as string);
}

function release(): void {
  write(root);
  freeze(root, '1.0.0');
}

test('a module is one migration: tables, functions in name order, views', () => {
  expect([...compile(root).keys()]).toEqual(['0001_core.sql']);
  expect(sourcesOf('0001_core.sql')).toEqual([
    'sql/core/tables.sql',
    'sql/core/functions/one.sql',
    'sql/core/functions/two.sql',
    'sql/core/views.sql',
  ]);
  const text = compile(root).get('0001_core.sql');
  expect(text).toMatch(/^-- Generated .+\n\nSET check_function_bodies = off;\n/);
  expect(text).toMatch(/\nRESET check_function_bodies;\n$/);
});

test('modules are numbered in their order of installation, whatever their names', () => {
  put('sql/clusters/tables.sql', 'SELECT 3;\n');
  put('sql/journey/views.sql', 'SELECT 2;\n');
  expect([...compile(root).keys()]).toEqual(['0001_core.sql', '0002_journey.sql', '0003_clusters.sql']);
});

test('compiling twice gives the same text, and what is written is up to date', () => {
  expect(differences(root)).toEqual(['0001_core.sql: missing']);
  expect(write(root)).toEqual(['0001_core.sql']);
  expect(write(root)).toEqual([]);
  put('sql/core/functions/one.sql', 'SELECT 1;\n');
  put('sql/migrations/0009_old.sql', 'SELECT 9;\n');
  expect(differences(root)).toEqual(['0009_old.sql: has no source', '0001_core.sql: differs from its sources']);
  write(root);
  expect(differences(root)).toEqual([]);
});

test('files with CRLF are refused, because migrations are hashed', () => {
  put('sql/core/functions/one.sql', 'SELECT 1;\r\n');
  expect(() => compile(root)).toThrow('sql/core/functions/one.sql: lines must end in LF');
});

describe('after a release', () => {
  beforeEach(release);

  test('the released file is kept as it is, and listed with its version', () => {
    const [entry] = readFrozen(root);
    expect(entry).toMatchObject({ file: '0001_core.sql', version: '1.0.0' });
    expect(freeze(root, '1.1.0')).toEqual([]);
    expect(differences(root)).toEqual([]);
  });

  test('a released file that was changed by hand is refused', () => {
    const file = join(root, 'sql/migrations/0001_core.sql');
    writeFileSync(file, `${readFileSync(file, 'utf8')}-- harmless\n`);
    expect(() => compile(root)).toThrow('sql/migrations/0001_core.sql is released and was changed');
  });

  test('a changed table is refused: tables change by a file in changes/', () => {
    put('sql/core/tables.sql', 'CREATE TABLE evergreen.a (id bigint);\n');
    expect(() => compile(root)).toThrow('sql/core/tables.sql is released: write the change as sql/core/changes/NNNN_<name>.sql');
  });

  test('a changed function without a change to carry it is refused', () => {
    put('sql/core/functions/one.sql', 'SELECT 11;\n');
    expect(() => compile(root)).toThrow('sql/core/functions/one.sql: changed since the release; add sql/core/changes/NNNN_<name>.sql');
  });

  test('a change carries exactly the functions and views that differ from the release', () => {
    const before = compile(root).get('0001_core.sql');
    put('sql/core/changes/0002_wider.sql', 'ALTER TABLE evergreen.a ALTER id TYPE bigint;\n');
    put('sql/core/functions/one.sql', 'SELECT 11;\n');
    put('sql/core/functions/three.sql', 'SELECT 3;\n');
    expect([...compile(root).keys()]).toEqual(['0001_core.sql', '0002_wider.sql']);
    expect(compile(root).get('0001_core.sql')).toBe(before);
    expect(sourcesOf('0002_wider.sql')).toEqual([
      'sql/core/changes/0002_wider.sql',
      'sql/core/functions/one.sql',
      'sql/core/functions/three.sql',
    ]);
  });

  test('a function that returns to its first text is carried again', () => {
    const first = readFileSync(join(root, 'sql/core/functions/one.sql'), 'utf8');
    put('sql/core/changes/0002_there.sql', '-- one() does more.\n');
    put('sql/core/functions/one.sql', 'SELECT 11;\n');
    release();
    put('sql/core/changes/0003_back.sql', '-- one() does less again.\n');
    put('sql/core/functions/one.sql', first);
    expect(sourcesOf('0003_back.sql')).toEqual(['sql/core/changes/0003_back.sql', 'sql/core/functions/one.sql']);
  });

  test('a released change that was edited is refused', () => {
    put('sql/core/changes/0002_there.sql', 'SELECT 2;\n');
    release();
    put('sql/core/changes/0002_there.sql', 'SELECT 3;\n');
    expect(() => compile(root)).toThrow('sql/core/changes/0002_there.sql is released and was changed');
  });

  test('a new module takes the next number, and a gap is refused', () => {
    put('sql/journey/tables.sql', 'SELECT 2;\n');
    expect([...compile(root).keys()]).toEqual(['0001_core.sql', '0002_journey.sql']);
    put('sql/core/changes/0004_late.sql', 'SELECT 4;\n');
    expect(() => compile(root)).toThrow('0004_late.sql leaves a gap, the next number is 3');
  });

  test('two changes with one number are refused', () => {
    put('sql/core/changes/0002_a.sql', 'SELECT 2;\n');
    put('sql/core/changes/0002_b.sql', 'SELECT 2;\n');
    expect(() => compile(root)).toThrow('the number of 0002_b.sql is taken');
  });
});

test('changes of a module that is not released are refused', () => {
  put('sql/core/changes/0002_wider.sql', 'SELECT 2;\n');
  expect(() => compile(root)).toThrow('sql/core/changes: the module is not released yet');
});
