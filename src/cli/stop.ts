import { stopOwnDatabase } from '../embedded.js';
import type { Command } from './command.js';

/** `pg-evergreen stop` */
export const stop: Command = {
  summary: 'stop the database of its own',
  usage: 'stop',
  help: 'Stops the PostgreSQL in ./.evergreen that start, or demo --keep, left running. Its data stay.',
  options: {},
  run: async (context) => {
    const stopped = await stopOwnDatabase({ onProgress: context.progress });
    context.print(stopped ? 'The database in ./.evergreen is stopped' : 'No database was running in ./.evergreen');
    return 0;
  },
};
