import type { Command } from './command.js';
import { databaseHelp, databaseOption, withClient } from './database.js';
import { table } from './table.js';

/** `pg-evergreen maintain` */
export const maintain: Command = {
  summary: 'run the daily maintenance now',
  usage: 'maintain [--database-url URL]',
  help: `Marks what has become stale, prunes by policy, makes partitions ahead: CALL evergreen.ai_daily_maintenance().
It commits in small batches, so it disturbs nobody, can be stopped at any point and run again. Run it daily:
from cron, or inside the database by evergreen.schedule_maintenance('30 3 * * *') where pg_cron is installed.

${databaseHelp}`,
  options: { ...databaseOption },
  run: (context) =>
    withClient(context, async (client) => {
      context.progress('Running the maintenance');
      const { rows: begun } = await client.query('SELECT clock_timestamp()::text AS at');
      await client.query('SET statement_timeout = 0');
      await client.query('CALL evergreen.ai_daily_maintenance()');
      const { rows } = await client.query(
        `SELECT level, message FROM evergreen.system_log
          WHERE component = 'ai_maintenance' AND created_at >= $1::timestamptz ORDER BY created_at`,
        [begun[0]?.at],
      );
      context.print(table(rows, ['level', 'message'], { colour: context.colour, maxWidth: 200 }).trimEnd());
      return 0;
    }),
};
