import { type Command, type Context, UsageError } from './command.js';
import { databaseHelp, databaseOption, withClient } from './database.js';
import { table } from './table.js';

const criteria = ['input', 'model', 'prompt-id', 'older-than', 'id', 'all'];

/** `pg-evergreen invalidate` */
export const invalidate: Command = {
  summary: 'mark content as no longer right, so that it is generated anew',
  usage:
    'invalidate --content-type NAME (--input JSON | --model NAME | --prompt-id ID | --older-than INTERVAL | --id ID | --all), or --company ID, or --content-type personality (--user ID | --schema-version N | --all)',
  help: `What is marked is generated anew when it is next asked for; until then it is only shown should that fail. Nothing is deleted.
It goes in batches, each a transaction of its own, so it disturbs nobody and can be stopped and run again.

  --content-type NAME  cluster, cluster_goal, personality, or a content type of the application
  --input JSON         answers to this input, whatever model and prompt; for a cluster the order of its items does not matter
  --model NAME         answers of this model, as it was asked for or as it named itself
  --prompt-id ID       answers made with this prompt version, e.g. cluster_v1
  --older-than AGE     answers generated longer ago, e.g. '7 days'
  --id ID              this answer
  --all                all answers of the content type
  --user ID            with --content-type personality: of this user; what they adjusted stays
  --schema-version N   with --content-type personality: all of this schema version
  --company ID         what was generated for a company: recommendations, insights and health, or the one named by --content-type

Several criteria must all hold.
${databaseHelp}`,
  options: {
    ...databaseOption,
    'content-type': { type: 'string' },
    input: { type: 'string' },
    model: { type: 'string' },
    'prompt-id': { type: 'string' },
    'older-than': { type: 'string' },
    id: { type: 'string' },
    all: { type: 'boolean' },
    company: { type: 'string' },
    user: { type: 'string' },
    'schema-version': { type: 'string' },
  },
  async run(context) {
    const { values } = context;
    const contentType = values['content-type'] as string | undefined;
    const given = criteria.filter((name) => values[name] !== undefined);
    if (values.company !== undefined && given.length > 0) {
      throw new UsageError(`--company and --${given[0]} do not go together`, '--company takes --content-type only');
    }
    if (contentType === 'personality') return personalities(context, given);
    const misplaced = ['user', 'schema-version'].find((name) => values[name] !== undefined);
    if (misplaced) throw new UsageError(`--${misplaced} goes with --content-type personality only`);
    if (values.company === undefined) {
      if (contentType === undefined) throw new UsageError('--content-type is missing', 'For example: --content-type cluster');
      if (given.length === 0) throw new UsageError('nothing says which answers', `Give one of --${criteria.join(', --')}`);
      if (values.all && given.length > 1) throw new UsageError(`--all and --${given.find((name) => name !== 'all')} do not go together`);
    }
    return withClient(context, async (client) => {
      context.progress('Invalidating');
      if (values.company !== undefined) {
        const { rows } = await client.query(
          'SELECT content_type, invalidated, generating FROM evergreen.invalidate_content(p_company_id => $1, p_content_type => $2)',
          [values.company, contentType],
        );
        context.print(table(rows, ['content_type', 'invalidated', 'generating'], { colour: context.colour }).trimEnd());
        return 0;
      }
      let invalidated = 0;
      let generating = 0;
      let before: string | undefined;
      for (;;) {
        const { rows } = await client.query<{ invalidated: number; generating: number; before: string }>(
          `SELECT invalidated, generating, before::text AS before
             FROM evergreen.invalidate_answers(p_content_type => $1, p_input => $2, p_model => $3, p_prompt_id => $4,
                                               p_older_than => $5::text::interval, p_id => $6, p_all => $7, p_before => $8)`,
          [contentType, values.input, values.model, values['prompt-id'], values['older-than'], values.id, values.all ?? false, before],
        );
        const [batch] = rows;
        if (before === undefined) generating = batch?.generating ?? 0;
        before = batch?.before;
        if (!batch?.invalidated) break;
        invalidated += batch.invalidated;
      }
      const meanwhile = generating > 0 ? `; ${generating} being generated will be saved as stale` : '';
      context.print(`${invalidated} ${contentType} ${invalidated === 1 ? 'answer is' : 'answers are'} invalidated${meanwhile}`);
      return 0;
    });
  },
};

/** Personalities: of one user, of one schema version, or all. */
async function personalities(context: Context, given: readonly string[]): Promise<number> {
  const { values } = context;
  const foreign = [...given.filter((name) => name !== 'all'), ...(values.company === undefined ? [] : ['company'])];
  if (foreign.length > 0) throw new UsageError(`--${foreign[0]} does not go with --content-type personality`);
  const version = values['schema-version'] as string | undefined;
  if ([values.user, version, values.all].filter((value) => value !== undefined).length !== 1) {
    throw new UsageError('which personalities?', 'Give one of --user, --schema-version, --all');
  }
  if (version !== undefined && !/^\d{1,9}$/.test(version)) throw new UsageError(`--schema-version is not a number: '${version}'`);
  return withClient(context, async (client) => {
    context.progress('Invalidating');
    if (values.user !== undefined) {
      const { rows } = await client.query<{ present: boolean }>(
        'SELECT evergreen.invalidate_personality_cache(p_user_id => $1) AS present',
        [values.user],
      );
      context.print(rows[0]?.present ? 'the personality of this user is invalidated' : 'this user has no personality');
      return 0;
    }
    let invalidated = 0;
    let generating = 0;
    let before: string | undefined;
    for (;;) {
      const { rows } = await client.query<{ invalidated: number; generating: number; before: string }>(
        `SELECT invalidated, generating, before::text AS before
           FROM evergreen.invalidate_personality_caches(p_version => $1, p_before => $2)`,
        [version, before],
      );
      const [batch] = rows;
      if (before === undefined) generating = batch?.generating ?? 0;
      before = batch?.before;
      if (!batch?.invalidated) break;
      invalidated += batch.invalidated;
    }
    const meanwhile = generating > 0 ? `; ${generating} being generated will be saved as stale` : '';
    context.print(`${invalidated} ${invalidated === 1 ? 'personality is' : 'personalities are'} invalidated${meanwhile}`);
    return 0;
  });
}
