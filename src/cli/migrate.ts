import { migrate as runMigrate } from '../migrate.js';
import type { Command } from './command.js';
import { databaseHelp, databaseOption, withDatabase } from './database.js';
import { table } from './table.js';

/** `pg-evergreen migrate` */
export const migrate: Command = {
  summary: 'install or upgrade the schema evergreen',
  usage: 'migrate [--dry-run] [--with-host-tables] [--database-url URL]',
  help: `Installs or upgrades the schema evergreen. Safe to run again, and by several processes at once.
The owner of the database can do it: no superuser, no extension is needed.

  --dry-run            print what would be run, as a script for psql, and touch nothing
  --with-host-tables   then make the minimal host tables in the schema public (companies, journey_steps
                       and so on), where they are missing, and attach them
${databaseHelp}

Exit codes: 0 done; 1 refused or failed; 3 the database is newer than this package; 4 not reachable.`,
  options: { ...databaseOption, 'dry-run': { type: 'boolean' }, 'with-host-tables': { type: 'boolean' } },
  run: (context) =>
    withDatabase(context, async (database) => {
      const result = await runMigrate(
        { databaseUrl: database.url },
        {
          dryRun: context.values['dry-run'] === true,
          withHostTables: context.values['with-host-tables'] === true,
          onProgress: context.progress,
        },
      );
      if (result.sql !== undefined) {
        context.print(
          result.sql === '' ? `-- Nothing to do: ${database.name} is at schema version ${result.schemaVersion}` : result.sql.trimEnd(),
        );
        return 0;
      }
      for (const file of result.applied) context.print(`Applied ${file}`);
      context.print(`${database.name} is at schema version ${result.schemaVersion}${result.applied.length === 0 ? ': nothing to do' : ''}`);
      const [first] = result.host;
      if (first)
        context.print(`\nHost tables\n${table(result.host, Object.keys(first), { colour: context.colour, maxWidth: 100 })}`.trimEnd());
      return 0;
    }),
};
