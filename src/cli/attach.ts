import type { Command } from './command.js';
import { databaseHelp, databaseOption, withClient } from './database.js';
import { table } from './table.js';

/** `pg-evergreen attach` */
export const attach: Command = {
  summary: "point evergreen at the application's own tables",
  usage: 'attach [--schema NAME] [--database-url URL]',
  help: `Looks for companies, journey_domains, journey_steps, company_journey_steps, company_domain_progress,
step_activity and users in a schema, points the views evergreen.host_* at those it finds, and adds the
foreign keys from evergreen's tables to them. A table with wrong columns stops it; everything that is
wrong is listed at once, and nothing is changed. Can be run again. In SQL: evergreen.attach_host('public').

  --schema NAME        where the application's tables are; public by default
${databaseHelp}`,
  options: { ...databaseOption, schema: { type: 'string', default: 'public' } },
  run: (context) =>
    withClient(context, async (client) => {
      const { rows, fields } = await client.query('SELECT * FROM evergreen.attach_host($1)', [context.values.schema]);
      const columns = fields.map((field) => field.name);
      context.print(table(rows, columns, { colour: context.colour, maxWidth: 100 }).trimEnd());
      return 0;
    }),
};
