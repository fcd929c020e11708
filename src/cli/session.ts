import { parseArgs } from 'node:util';
import { NotFound } from '../errors.js';
import { typed } from '../index.js';
import { createSession, findUser, revokeUserSessions } from '../queries/index.js';
import { type Command, type Context, UsageError } from './command.js';
import { databaseHelp, databaseOption, withClient } from './database.js';

/** `pg-evergreen session` */
export const session: Command = {
  summary: 'sign a user in or out of the REST interface',
  usage: 'session create|revoke --user NAME [--operator] [--company ID]... [--days N] [--database-url URL]',
  help: `create prints the token of a new session, which is shown this once: Authorization: Bearer evs_...
revoke ends all sessions of a user.

  --user NAME          the name of a user of the application; without a users table the name is the id
  --operator           sees and changes what is anybody's; need not be a user of the application. Audited
  --company ID         whose content the session may see; as often as there are companies
  --days N             lasts so long; 30 by default, at most 366
${databaseHelp}`,
  async run(context) {
    const [action, ...rest] = context.rest;
    const values = parse(rest);
    if (values.help) {
      context.print(`Usage: pg-evergreen ${session.usage}\n\n${session.help}`);
      return 0;
    }
    if (action !== 'create' && action !== 'revoke') {
      throw new UsageError(
        action === undefined ? 'session: say what to do' : `session: unknown action '${action}'`,
        'It is session create or session revoke',
      );
    }
    const { user } = values;
    if (!user) throw new UsageError(`session ${action}: option '--user' is missing`, 'pg-evergreen session --help tells its options');
    if (values['database-url'] !== undefined) context.values['database-url'] = values['database-url'];
    return action === 'create' ? create(context, { ...values, user }) : revoke(context, user);
  },
};

type Values = ReturnType<typeof parse>;

function parse(rest: string[]) {
  try {
    return parseArgs({
      args: rest,
      options: {
        ...databaseOption,
        user: { type: 'string' },
        operator: { type: 'boolean' },
        company: { type: 'string', multiple: true },
        days: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: false,
    }).values;
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(
      `session: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`,
      'pg-evergreen session --help tells its options',
    );
  }
}

function create(context: Context, { user, operator, company, days = '30' }: Values & { user: string }): Promise<number> {
  if (!/^[1-9]\d{0,2}$/.test(days))
    throw new UsageError(`--days is not a number of days: '${days}'`, 'pg-evergreen session --help tells its options');
  return withClient(context, async (client) => {
    const db = typed(client);
    const [found] = await findUser.run({ username: user }, db);
    const userId = found?.user_id ?? (operator ? user : undefined);
    if (userId === undefined) {
      throw new NotFound(`there is no user '${user}'`, {
        hint: 'It is not in evergreen.host_users. Only an operator may be somebody else.',
      });
    }
    const [made] = await createSession.run(
      { userId, role: operator ? 'operator' : 'user', companyIds: company ?? [], lasts: `${days} days` },
      db,
    );
    context.print(made?.token ?? '');
    process.stderr.write(`${operator ? 'An operator' : 'A user'} until ${made?.expires_at.toISOString()}. The token is not shown again.\n`);
    return 0;
  });
}

function revoke(context: Context, user: string): Promise<number> {
  return withClient(context, async (client) => {
    const db = typed(client);
    const [found] = await findUser.run({ username: user }, db);
    const [ended] = await revokeUserSessions.run({ userId: found?.user_id ?? user }, db);
    context.print(`${ended?.revoked ?? 0} sessions ended`);
    return 0;
  });
}
