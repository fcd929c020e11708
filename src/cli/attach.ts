import type { Command } from './command.js';
import { databaseHelp, databaseOption, withClient } from './database.js';
import { table } from './table.js';

/** `pg-evergreen attach` */
export const attach: Command = {
  summary: "point evergreen at the application's own tables",
  usage: 'attach [--schema NAME] [--track-changes | --no-track-changes] [--database-url URL]',
  help: `Looks for companies, journey_domains, journey_steps, company_journey_steps, company_domain_progress,
step_activity and users in a schema, points the views evergreen.host_* at those it finds, and adds the
foreign keys from evergreen's tables to them. A table with wrong columns stops it; everything that is
wrong is listed at once, and nothing is changed. Can be run again. In SQL: evergreen.attach_host('public').

  --schema NAME        where the application's tables are; public by default
  --track-changes      add triggers to companies, company_journey_steps and company_domain_progress that
                       note which companies change: a hit then need not read these tables
  --no-track-changes   remove them; without either, it stays as it is
${databaseHelp}`,
  options: {
    ...databaseOption,
    schema: { type: 'string', default: 'public' },
    'track-changes': { type: 'boolean' },
    'no-track-changes': { type: 'boolean' },
  },
  run: (context) =>
    withClient(context, async (client) => {
      const track = context.values['no-track-changes'] ? false : (context.values['track-changes'] ?? null);
      const { rows, fields } = await client.query('SELECT * FROM evergreen.attach_host($1, $2)', [context.values.schema, track]);
      const columns = fields.map((field) => field.name);
      context.print(table(rows, columns, { colour: context.colour, maxWidth: 100 }).trimEnd());
      return 0;
    }),
};
