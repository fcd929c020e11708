/**
 * Builds dist/extension from the compiled migrations, for servers where a DBA prefers CREATE EXTENSION: `make extension`.
 *
 * Rows belong to the user, so every table is marked for pg_dump, and the script makes none: what the migrations put in at their end is left to
 * `SELECT evergreen.setup_ai_persistence_schema()`, which otherwise would meet the dumped rows when a dump is restored.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, FIRST_ROWS, readFrozen } from './compile-migrations.js';

const INTRODUCTION = '\\echo Use "CREATE EXTENSION evergreen" to load this file. \\quit\n';
/**
 * Not marked: host_references, whose rows the script itself makes, and host_attachments, because pg_dump leaves out how the extension's own views and
 * tables were attached, so that attach_host must do it anew. Nor are the hashes at hand and what changed since: they hold for what was attached.
 */
const CONFIGURATION = `
DO $$
DECLARE
  v_relation regclass;
BEGIN
  FOR v_relation IN
    SELECT c.oid FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    WHERE c.relnamespace = 'evergreen'::regnamespace AND c.relkind IN ('r', 'p', 'S') AND c.relname NOT IN ('host_attachments', 'host_references', 'company_changes', 'company_changes_id_seq', 'company_context_hashes')
  LOOP
    PERFORM pg_catalog.pg_extension_config_dump(v_relation, '');
  END LOOP;
END;
$$;
`;

/** The extension's files: control file, the script of this version, and an update from each released one. */
export function extensionFiles(root: string): Map<string, string> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const control = readFileSync(join(root, 'sql/evergreen.control'), 'utf8');
  if (!control.includes(`default_version = '${version}'`)) throw new Error(`sql/evergreen.control: default_version is not ${version}`);
  const migrations = [...compile(root)];
  const released = new Map(readFrozen(root).map((entry) => [entry.file, entry.version]));
  const versions = [...new Set(released.values())];
  if (versions.includes(version) && migrations.some(([file]) => !released.has(file))) {
    throw new Error(
      `version ${version} is released and there are newer migrations: raise the version in package.json and sql/evergreen.control`,
    );
  }
  const files = new Map([
    ['evergreen.control', control],
    [`evergreen--${version}.sql`, script(migrations.map(([, text]) => text))],
  ]);
  for (const [index, older] of versions.entries()) {
    if (older === version) continue;
    const contained = versions.slice(0, index + 1);
    const newer = migrations.filter(([file]) => !contained.includes(released.get(file) ?? ''));
    files.set(`evergreen--${older}--${version}.sql`, script(newer.map(([, text]) => text)));
  }
  return files;
}

function script(migrations: readonly string[]): string {
  return [INTRODUCTION, ...migrations.map((text) => text.replace(FIRST_ROWS, '')), CONFIGURATION].join('\n');
}

if (require.main === module) {
  const root = join(__dirname, '../..');
  const folder = join(root, 'dist/extension');
  try {
    const files = extensionFiles(root);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of files) {
      writeFileSync(join(folder, file), text);
      console.log(`dist/extension/${file}`);
    }
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
