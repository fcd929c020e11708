/**
 * Lints every function of the schema with plpgsql_check on a server that has it: `make check-functions`. Fails on errors and warnings; hints about
 * security and performance, and notes on signatures that are meant to be so, are listed only. SQL functions, which plpgsql_check does not read, are
 * made once more with their bodies checked.
 */
import { Client } from 'pg';
import { migrate } from '../migrate.js';
import { startServer } from './server.js';

interface Finding {
  readonly function: string;
  readonly level: string;
  readonly line: number | null;
  readonly message: string;
}

/** Steps of maintenance share one signature, and rows of a table are a column of some results. */
const SIGNATURE = /^unused parameter |^composite OUT variable /;

/** What our functions call of extensions that the server lacks, with the same signatures. */
const ABSENT_EXTENSIONS = `
CREATE SCHEMA cron;
CREATE FUNCTION cron.schedule(job_name text, schedule text, command text) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';`;

/** An application whose changes are tracked, and whose users are not text: it is followed by triggers. */
const OTHER_HOST = `
SELECT count(*) FROM evergreen.attach_host('public', true);
CREATE SCHEMA other; CREATE TABLE other.users (id uuid PRIMARY KEY);
SELECT count(*) FROM evergreen.attach_host('other');`;

/**
 * A trigger function is checked once for each trigger that calls it. One that serves several tables has a branch for each, which is wrong for the others:
 * what counts is what is wrong for all of them.
 */
const FINDINGS = `
SELECT p.oid::regprocedure::text AS function, c.level, c.lineno AS line,
  concat_ws(' ', c.message, nullif(c.detail, ''), nullif(c.hint, ''), c.statement) AS message
FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
LEFT JOIN pg_trigger t ON t.tgfoid = p.oid AND NOT t.tgisinternal AND t.tgparentid = 0
CROSS JOIN LATERAL plpgsql_check_function_tb(p.oid, coalesce(t.tgrelid, 0), fatal_errors => false, other_warnings => true, extra_warnings => true,
  performance_warnings => true, security_warnings => true, oldtable => t.tgoldtable, newtable => t.tgnewtable) c
WHERE p.pronamespace = 'evergreen'::regnamespace AND (p.prorettype <> 'trigger'::regtype OR t.oid IS NOT NULL)
GROUP BY p.oid, 2, 3, 4
HAVING count(DISTINCT t.oid) IN (0, (SELECT count(*) FROM pg_trigger g WHERE g.tgfoid = p.oid AND NOT g.tgisinternal AND g.tgparentid = 0))
ORDER BY 1, 3`;

const UNUSED_TRIGGER_FUNCTIONS = `
SELECT p.oid::regprocedure::text AS function, 'error' AS level, NULL::integer AS line, 'no trigger calls this function' AS message
FROM pg_proc p
WHERE p.pronamespace = 'evergreen'::regnamespace AND p.prorettype = 'trigger'::regtype AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgfoid = p.oid)
ORDER BY 1`;

async function checkSqlFunctions(client: Client): Promise<Finding[]> {
  const { rows } = await client.query<{ function: string; definition: string }>(`
    SELECT p.oid::regprocedure::text AS function, pg_get_functiondef(p.oid) AS definition
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'sql'
    WHERE p.pronamespace = 'evergreen'::regnamespace ORDER BY 1`);
  const findings: Finding[] = [];
  await client.query('SET check_function_bodies = on');
  for (const row of rows) {
    await client.query(row.definition).catch((error: Error) => {
      findings.push({ function: row.function, level: 'error', line: null, message: error.message });
    });
  }
  return findings;
}

async function main(): Promise<void> {
  const server = await startServer();
  try {
    await migrate({ databaseUrl: server.url }, { withHostTables: true });
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await client.query(`CREATE EXTENSION plpgsql_check; ${ABSENT_EXTENSIONS} ${OTHER_HOST}`);
    const findings = [
      ...(await client.query<Finding>(FINDINGS)).rows,
      ...(await client.query<Finding>(UNUSED_TRIGGER_FUNCTIONS)).rows,
      ...(await checkSqlFunctions(client)),
    ];
    const { rows } = await client.query<{ count: string }>(`SELECT count(*) FROM pg_proc WHERE pronamespace = 'evergreen'::regnamespace`);
    await client.end();
    for (const { function: name, line, level, message } of findings)
      console.log(`${level}: ${name}${line === null ? '' : ` line ${line}`}: ${message}`);
    const serious = findings.filter(({ level, message }) => !['performance', 'security'].includes(level) && !SIGNATURE.test(message));
    console.log(`${rows[0]?.count} functions, ${serious.length} to mend, ${findings.length - serious.length} hints`);
    if (serious.length > 0 || Number(rows[0]?.count) === 0) process.exitCode = 1;
  } finally {
    await server.stop();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
