import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FIRST_ROWS, freeze, write } from '../../src/build/compile-migrations.js';
import { extensionFiles } from '../../src/build/extension.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'evergreen-extension-'));
  version('1.0.0');
  put('sql/core/tables.sql', 'CREATE TABLE evergreen.a (id integer);\n');
  write(root);
});

afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function version(number: string): void {
  put('package.json', JSON.stringify({ version: number }));
  put('sql/evergreen.control', `default_version = '${number}'\n`);
}

test('a version that is not released yet is one script', () => {
  const files = extensionFiles(root);
  expect([...files.keys()]).toEqual(['evergreen.control', 'evergreen--1.0.0.sql']);
  expect(files.get('evergreen--1.0.0.sql')).toContain('CREATE TABLE evergreen.a (id integer);');
});

test('the script makes no rows, and marks tables for pg_dump', () => {
  const text = extensionFiles(root).get('evergreen--1.0.0.sql');
  expect(text).not.toContain(FIRST_ROWS);
  expect(text).not.toContain('setup_ai_persistence_schema');
  expect(text).toContain('pg_extension_config_dump');
});

test('each released version can be updated, by the migrations that it lacks', () => {
  freeze(root, '1.0.0');
  put('sql/core/changes/0002_b.sql', 'CREATE TABLE evergreen.b (id integer);\n');
  write(root);
  freeze(root, '1.1.0');
  put('sql/core/changes/0003_c.sql', 'CREATE TABLE evergreen.c (id integer);\n');
  version('1.2.0');
  const files = extensionFiles(root);
  const tablesOf = (file: string) => [...(files.get(file) ?? '').matchAll(/CREATE TABLE evergreen\.(\w)/g)].map(([, name]) => name);
  expect([...files.keys()]).toEqual([
    'evergreen.control',
    'evergreen--1.2.0.sql',
    'evergreen--1.0.0--1.2.0.sql',
    'evergreen--1.1.0--1.2.0.sql',
  ]);
  expect(tablesOf('evergreen--1.2.0.sql')).toEqual(['a', 'b', 'c']);
  expect(tablesOf('evergreen--1.0.0--1.2.0.sql')).toEqual(['b', 'c']);
  expect(tablesOf('evergreen--1.1.0--1.2.0.sql')).toEqual(['c']);
});

test('a released version with newer migrations is refused until the version is raised', () => {
  freeze(root, '1.0.0');
  put('sql/core/changes/0002_b.sql', 'SELECT 2;\n');
  expect(() => extensionFiles(root)).toThrow('version 1.0.0 is released and there are newer migrations');
});

test('a control file of another version is refused', () => {
  put('sql/evergreen.control', "default_version = '0.9.0'\n");
  expect(() => extensionFiles(root)).toThrow('sql/evergreen.control: default_version is not 1.0.0');
});
