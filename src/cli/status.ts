import type { Client } from 'pg';
import { fromDatabaseError, NotMigrated } from '../errors.js';
import { type SchemaState, schemaState } from '../migrate.js';
import type { Command, Context } from './command.js';
import { databaseHelp, databaseOption, withClient } from './database.js';
import { cell, table } from './table.js';

interface Section {
  title: string;
  sql: string;
  /** Which columns are shown; all by default. --json has all. */
  columns?: string[];
}

type Rows = Record<string, unknown>[];

const sections: Record<string, Section> = {
  policies: {
    title: 'Policies',
    sql: `SELECT content_type, max_age::text, stale_while_revalidate::text, stale_if_error::text, lease_duration::text,
                 failure_backoff::text, max_bytes, retain_for::text, schema_version
            FROM evergreen.policies ORDER BY content_type`,
  },
  content: {
    title: 'Content',
    sql: 'SELECT content_type, freshness, items, oldest, newest FROM evergreen.content_freshness ORDER BY content_type, freshness',
  },
  leases: {
    title: 'Leases held',
    sql: `SELECT content_type, cache_key, holder, acquired_at, expires_at, reserved
            FROM evergreen.leases WHERE live ORDER BY acquired_at LIMIT 50`,
  },
  spend: {
    title: 'Spend this month (UTC)',
    sql: `SELECT scope, scope_id, spent, reserved, budget, share, hard, status
            FROM evergreen.spend_this_month ORDER BY scope, share DESC NULLS LAST, scope_id LIMIT 50`,
  },
  maintenance: {
    title: 'Last maintenance',
    sql: 'SELECT started_at, finished_at, status, detail FROM evergreen.last_maintenance',
    columns: ['started_at', 'finished_at', 'status'],
  },
};

/** `pg-evergreen status` */
export const status: Command = {
  summary: 'show versions, policies, content, leases, spend and maintenance',
  usage: 'status [--json] [--database-url URL]',
  help: `Shows how the database is: server and schema version, pending migrations, policies, content by freshness,
leases held, spend and budgets of this month, the last maintenance. All of it comes from views of the schema
evergreen, where more can be read.

  --json               the same as one JSON object
${databaseHelp}`,
  options: { ...databaseOption, json: { type: 'boolean' } },
  run: (context) =>
    withClient(context, async (client, database) => {
      const server = (await client.query<{ version: string }>("SELECT current_setting('server_version') AS version")).rows[0]?.version;
      const schema = await schemaState(client);
      if (schema.applied === 0) {
        throw new NotMigrated(`the schema evergreen is not installed in ${database.name}`, {
          hint: `Run: pg-evergreen migrate${sameDatabase(context)}`,
        });
      }
      const found: Record<string, Rows | undefined> = {};
      for (const [name, section] of Object.entries(sections)) found[name] = await read(client, section, schema);
      if (context.values.json) {
        const facts = {
          database: database.name,
          server_version: server,
          schema_version: schema.schemaVersion,
          pending_migrations: schema.pending,
        };
        context.print(JSON.stringify({ ...facts, ...found }, undefined, 2));
        return 0;
      }
      const facts = {
        database: database.name,
        PostgreSQL: server,
        'schema version': schema.schemaVersion,
        'pending migrations': pendingOf(schema),
      };
      for (const [fact, value] of Object.entries(facts)) context.print(`${fact.padEnd(20)}${cell(value)}`);
      for (const [name, { title, columns }] of Object.entries(sections)) {
        const rows = found[name];
        const text = rows
          ? table(rows, columns ?? Object.keys(rows[0] ?? {}), { colour: context.colour, maxWidth: 80 })
          : '  (comes with a pending migration)\n';
        context.print(`\n${title}\n${text}`.trimEnd());
      }
      return 0;
    }),
};

/** Rows of a section, or nothing where a pending migration brings its view. */
async function read(client: Client, section: Section, schema: SchemaState): Promise<Rows | undefined> {
  try {
    return (await client.query(section.sql)).rows;
  } catch (error) {
    const known = fromDatabaseError(error);
    if (known instanceof NotMigrated && schema.pending.length > 0) return undefined;
    throw known;
  }
}

const pendingOf = (schema: SchemaState) => (schema.pending.length === 0 ? 'none' : schema.pending.join(', '));
const sameDatabase = (context: Context) => (context.values['database-url'] ? ', with the same --database-url' : '');
