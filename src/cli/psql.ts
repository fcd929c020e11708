import { spawn } from 'node:child_process';
import { EvergreenError } from '../errors.js';
import { type Command, type Context, UsageError } from './command.js';
import { type CommandDatabase, databaseHelp, withDatabase } from './database.js';

/** `pg-evergreen psql` */
export const psql: Command = {
  summary: 'open psql on the database',
  usage: 'psql [--database-url URL] [arguments of psql ...]',
  help: `Runs psql on the database, with the schema evergreen in its search_path. Everything but --database-url and
--help is passed on: pg-evergreen psql -c 'SELECT * FROM spend_this_month'. Its exit code is psql's.

${databaseHelp}`,
  run: (context) => {
    const { url, rest } = takeUrl(context.rest);
    if (url !== undefined) context.values['database-url'] = url;
    return withDatabase(context, (database) => runPsql(database, rest, context));
  },
};

function takeUrl(parameters: string[]): { url?: string; rest: string[] } {
  const at = parameters.findIndex((each) => each === '--database-url' || each.startsWith('--database-url='));
  const found = parameters[at];
  if (found === undefined) return { rest: parameters };
  const joined = found.includes('=');
  const url = joined ? found.slice('--database-url='.length) : parameters[at + 1];
  if (url === undefined) throw new UsageError("option '--database-url' needs a value");
  return { url, rest: parameters.filter((_, index) => index !== at && (joined || index !== at + 1)) };
}

function runPsql(database: CommandDatabase, parameters: string[], context: Context): Promise<number> {
  const { url, password } = withoutPassword(database.url);
  const searchPath = '-c search_path="$user",public,evergreen';
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    PGOPTIONS: `${process.env.PGOPTIONS ?? ''} ${searchPath}`.trim(),
    PGAPPNAME: 'psql',
  };
  if (password) environment.PGPASSWORD = password;
  // Ctrl-C belongs to psql, which gets it too: there it cancels a statement.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  return new Promise<number>((resolve, reject) => {
    const child = spawn('psql', ['--dbname', url, ...parameters], { stdio: 'inherit', env: environment });
    const endOfPsql = new Promise<void>((ended) => child.once('close', () => ended()));
    context.onInterrupt(async () => {
      child.kill('SIGTERM');
      await endOfPsql;
    });
    child.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? notInstalled(database) : error));
    child.once('close', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  }).finally(() => process.off('SIGINT', ignore));
}

/** Other users of the machine can read a command line, not an environment. */
function withoutPassword(databaseUrl: string): { url: string; password?: string } {
  try {
    const url = new URL(databaseUrl);
    const password = decodeURIComponent(url.password);
    url.password = '';
    return { url: url.href, password };
  } catch {
    return { url: databaseUrl };
  }
}

function notInstalled(database: CommandDatabase): EvergreenError {
  const other = database.own
    ? ` Or connect any other client, while \`pg-evergreen start\` keeps the database running, to ${database.url}`
    : '';
  return new EvergreenError('PSQL_MISSING', 'psql is not installed on this machine', {
    hint: `Debian, Ubuntu: apt-get install postgresql-client. Fedora: dnf install postgresql. macOS: brew install libpq.${other}`,
  });
}
