import { startOwnDatabase } from '../embedded.js';
import type { Command } from './command.js';

/** `pg-evergreen start` */
export const start: Command = {
  summary: 'start the database of its own and leave it running',
  usage: 'start',
  help: `Starts the PostgreSQL in ./.evergreen (made first, where there is none), leaves it running, and prints its URL:
DATABASE_URL=$(pg-evergreen start) for an application under development. pg-evergreen stop ends it.`,
  options: {},
  run: async (context) => {
    const starting = startOwnDatabase({ onProgress: context.progress });
    const release = context.onInterrupt(async () => (await starting).release());
    const own = await starting;
    await own.keep();
    await release();
    context.print(own.url);
    return 0;
  },
};
