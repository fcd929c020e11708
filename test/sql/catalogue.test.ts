import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MODULES, moduleSources } from '../../src/build/compile-migrations.js';
import { useDatabase } from '../support/database.js';

const ROOT = join(__dirname, '../..');
const database = useDatabase();

/** The names that a query finds, sorted: a rule holds when there are none. */
async function offenders(query: string): Promise<string[]> {
  const rows = await database.query<{ offender: string }>(query);
  return rows.map(({ offender }) => offender).sort();
}

const FUNCTIONS = `pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
  WHERE p.pronamespace = 'evergreen'::regnamespace`;
/** Partitions are left out: they are documented and keyed by their parent. */
const RELATIONS = `pg_catalog.pg_class c WHERE c.relnamespace = 'evergreen'::regnamespace AND NOT c.relispartition`;

const functionFiles = MODULES.flatMap((module) => {
  const folder = join(ROOT, 'sql', module, 'functions');
  return moduleSources(ROOT, module)
    .filter(({ path }) => path.includes('/functions/'))
    .map(({ path, text }) => ({ name: basename(path, '.sql'), path: join(folder, basename(path)), text }));
});

describe('rules of the catalogue', () => {
  test('the schema is not empty', async () => {
    expect(await offenders(`SELECT p.proname AS offender FROM ${FUNCTIONS}`)).not.toEqual([]);
  });

  test('PUBLIC may not execute any function', async () => {
    expect(
      await offenders(`SELECT p.oid::regprocedure::text AS offender FROM ${FUNCTIONS}
        AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)`),
    ).toEqual([]);
  });

  test('PUBLIC has no right on the schema, a table, a view or a type', async () => {
    expect(
      await offenders(`
        SELECT c.relname AS offender FROM pg_catalog.pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = 'evergreen'::regnamespace AND a.grantee = 0
        UNION ALL
        SELECT 'schema' FROM pg_catalog.pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = 'evergreen' AND a.grantee = 0`),
    ).toEqual([]);
  });

  test('every SECURITY DEFINER and every plpgsql function pins its search_path, but for procedures that commit, which cannot', async () => {
    expect(
      await offenders(`SELECT p.oid::regprocedure::text AS offender FROM ${FUNCTIONS}
        AND (p.prosecdef OR l.lanname = 'plpgsql' AND NOT (p.prokind = 'p' AND p.prosrc ~ 'COMMIT;')) AND NOT coalesce(p.proconfig, '{}') @> ARRAY['search_path=pg_catalog, pg_temp']`),
    ).toEqual([]);
  });

  test('a literal with a backslash is written E, so that it says the same whatever a session has set standard_conforming_strings to', () => {
    const TOKEN = /--[^\n]*|"[^"]*"|\be'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'/gi;
    const plain = functionFiles.flatMap(({ name, text }) =>
      (text.match(TOKEN) ?? []).filter((token) => token.startsWith("'") && token.includes('\\')).map((token) => [name, token]),
    );
    expect(plain).toEqual([]);
  });

  test('FOR UPDATE is for what deletes: it makes those wait who only refer to the row, in an order of their own, FOR NO KEY UPDATE does not', () => {
    const offending = functionFiles.filter(({ text }) => /\bFOR UPDATE\b/.test(text) && !/\bDELETE FROM\b/.test(text));
    expect(offending.map(({ name }) => name)).toEqual([]);
  });

  test('a function name has one signature', async () => {
    expect(await offenders(`SELECT p.proname AS offender FROM ${FUNCTIONS} GROUP BY p.proname HAVING count(*) > 1`)).toEqual([]);
  });

  test('every argument of a function has a name that begins with p_', async () => {
    expect(
      await offenders(`SELECT DISTINCT p.oid::regprocedure::text || ' argument ' || i AS offender
        FROM pg_catalog.pg_proc p CROSS JOIN LATERAL generate_series(1, coalesce(cardinality(p.proallargtypes), p.pronargs::integer)) AS i
        WHERE p.pronamespace = 'evergreen'::regnamespace AND coalesce(p.proargmodes[i], 'i') IN ('i', 'b', 'v')
          AND coalesce(p.proargnames[i], '') NOT LIKE 'p\\_%'`),
    ).toEqual([]);
  });

  test('every foreign key has an index that leads with its columns', async () => {
    expect(
      await offenders(`SELECT k.conrelid::regclass || '.' || k.conname AS offender FROM pg_catalog.pg_constraint k
        WHERE k.contype = 'f' AND k.connamespace = 'evergreen'::regnamespace AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_index i
          WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indnkeyatts >= cardinality(k.conkey)
            AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) ~ ('^\\(' || (
              SELECT string_agg(quote_ident(a.attname) || ' IS NOT NULL', ' AND ') FROM pg_catalog.pg_attribute a
              WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) AND NOT a.attnotnull) || '\\)$'))
            AND (SELECT array_agg(x ORDER BY x) FROM unnest((i.indkey::int2[])[0:cardinality(k.conkey) - 1]) AS x)
              = (SELECT array_agg(x ORDER BY x) FROM unnest(k.conkey) AS x))`),
    ).toEqual([]);
  });

  test('every table has a primary key', async () => {
    expect(
      await offenders(`SELECT c.relname AS offender FROM ${RELATIONS} AND c.relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p')`),
    ).toEqual([]);
  });

  test('every point in time is a timestamptz, but for what postgres-migrations keeps for itself', async () => {
    expect(
      await offenders(`
        SELECT c.relname || '.' || a.attname AS offender FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        WHERE c.oid IN (SELECT c.oid FROM ${RELATIONS} AND c.relname NOT IN ('migrations', 'applied_migrations')) AND a.attnum > 0
          AND a.atttypid IN ('timestamp'::regtype, 'timestamp[]'::regtype, 'timetz'::regtype)
        UNION ALL
        SELECT p.oid::regprocedure::text FROM ${FUNCTIONS}
          AND (p.prorettype = 'timestamp'::regtype OR 'timestamp'::regtype = ANY (coalesce(p.proallargtypes, p.proargtypes::oid[])))`),
    ).toEqual([]);
  });

  test('the schema, every table, view, sequence of its own, function, type and trigger has a comment', async () => {
    expect(
      await offenders(`
        SELECT 'schema' AS offender WHERE obj_description('evergreen'::regnamespace, 'pg_namespace') IS NULL
        UNION ALL
        SELECT c.relname FROM ${RELATIONS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND obj_description(c.oid, 'pg_class') IS NULL
        UNION ALL
        SELECT p.oid::regprocedure::text FROM ${FUNCTIONS} AND obj_description(p.oid, 'pg_proc') IS NULL
        UNION ALL
        SELECT t.typname FROM pg_catalog.pg_type t WHERE t.typnamespace = 'evergreen'::regnamespace
          AND (t.typtype IN ('e', 'd', 'r') OR t.typrelid IN (SELECT c.oid FROM ${RELATIONS} AND c.relkind = 'c'))
          AND obj_description(t.oid, 'pg_type') IS NULL
        UNION ALL
        SELECT 'trigger ' || g.tgname FROM pg_catalog.pg_trigger g WHERE NOT g.tgisinternal AND g.tgparentid = 0
          AND g.tgrelid IN (SELECT c.oid FROM ${RELATIONS}) AND obj_description(g.oid, 'pg_trigger') IS NULL`),
    ).toEqual([]);
  });

  test('every column of a table or view has a comment', async () => {
    expect(
      await offenders(`SELECT c.relname || '.' || a.attname AS offender FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        WHERE c.oid IN (SELECT c.oid FROM ${RELATIONS} AND c.relkind IN ('r', 'p', 'v', 'm', 'c')) AND a.attnum > 0 AND NOT a.attisdropped
          AND col_description(c.oid, a.attnum) IS NULL`),
    ).toEqual([]);
  });
});

describe('rules of the sources', () => {
  test('a function file makes the function of its name, and no other', () => {
    const wrong = functionFiles.flatMap(({ name, text }) => {
      const made = [...text.matchAll(/^\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE|AGGREGATE)\s+([\w."]+)/gim)].map(
        ([, made]) => made,
      );
      return made.length === 1 && made[0] === `evergreen.${name}` ? [] : [`${name}.sql makes ${made.join(', ') || 'nothing'}`];
    });
    expect(wrong).toEqual([]);
  });

  test('every function of the database has its file', async () => {
    const files = new Set(functionFiles.map(({ name }) => name));
    const functions = await offenders(`SELECT p.proname AS offender FROM ${FUNCTIONS}`);
    expect(functions.filter((name) => !files.has(name))).toEqual([]);
    expect([...files].filter((name) => !functions.includes(name))).toEqual([]);
  });

  test('a function file can be run again', async () => {
    const wrong: string[] = [];
    for (const { name, path } of functionFiles) {
      const text = readFileSync(path, 'utf8');
      await database.pool.query(`SET check_function_bodies = off;\n${text}\n;RESET check_function_bodies`).catch((error: Error) => {
        wrong.push(`${name}.sql: ${error.message}`);
      });
    }
    expect(wrong).toEqual([]);
  });

  test('every folder of sql/ that holds functions is a module', () => {
    const folders = readdirSync(join(ROOT, 'sql'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && readdirSync(join(ROOT, 'sql', entry.name)).includes('functions'))
      .map((entry) => entry.name);
    expect(folders.filter((name) => !(MODULES as readonly string[]).includes(name))).toEqual([]);
  });
});
