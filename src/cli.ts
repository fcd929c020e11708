#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { debuglog, parseArgs } from 'node:util';
import { type Command, type Context, UsageError } from './cli/command.js';
import { DatabaseUnavailable, type EvergreenError, MigrationRefused } from './errors.js';

const commands: Record<string, () => Promise<Command>> = {
  migrate: async () => (await import('./cli/migrate.js')).migrate,
  attach: async () => (await import('./cli/attach.js')).attach,
  status: async () => (await import('./cli/status.js')).status,
  maintain: async () => (await import('./cli/maintain.js')).maintain,
  warm: async () => (await import('./cli/warm.js')).warm,
  invalidate: async () => (await import('./cli/invalidate.js')).invalidate,
  serve: async () => (await import('./cli/serve.js')).serve,
  session: async () => (await import('./cli/session.js')).session,
  demo: async () => (await import('./cli/demo.js')).demo,
  psql: async () => (await import('./cli/psql.js')).psql,
  start: async () => (await import('./cli/start.js')).start,
  stop: async () => (await import('./cli/stop.js')).stop,
};

const exitCode = { failed: 1, usage: 2, databaseNewer: 3, databaseUnreachable: 4 };
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

const cleanUps = new Set<() => Promise<void>>();
let speaking: NodeJS.Timeout | undefined;

async function main([first, ...rest]: string[]): Promise<number> {
  if (first === '--version' || first === '-v') return say(version());
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const about = rest[0] !== undefined ? await find(rest[0]) : undefined;
    if (about) return say(helpOf(about));
    const text = await overview();
    if (first !== undefined) return say(text);
    process.stderr.write(`${text}\n`);
    return exitCode.usage;
  }
  if (first.startsWith('-')) throw new UsageError(`unknown option '${first}'`, 'pg-evergreen --help lists the commands');
  const command = await find(first);
  if (rest[0] === '--help' || rest[0] === '-h') return say(helpOf(command));
  const values = command.options ? parse(first, command.options, rest) : {};
  if (values.help) return say(helpOf(command));
  return (await command.run(contextOf(values, rest))) ?? 0;
}

async function find(name: string): Promise<Command> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) throw new UsageError(`unknown command '${name}'`, `The commands are: ${Object.keys(commands).join(', ')}`);
  return load();
}

function parse(name: string, options: NonNullable<Command['options']>, rest: string[]): Context['values'] {
  try {
    const { values } = parseArgs({ args: rest, options: { ...options, help: { type: 'boolean', short: 'h' } }, allowPositionals: false });
    const blank = Object.entries(values).find(([, value]) => (value as unknown) === '');
    if (blank) throw new UsageError(`option '--${blank[0]}' needs a value`, `pg-evergreen ${name} --help tells its options`);
    return values as Context['values'];
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const [sentence = ''] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(
      `${name}: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`,
      `pg-evergreen ${name} --help tells its options`,
    );
  }
}

function contextOf(values: Context['values'], rest: string[]): Context {
  return {
    values,
    rest,
    print: (text) => void say(text),
    progress(message) {
      quiet();
      if (message === undefined) return;
      speaking = setTimeout(() => process.stderr.write(`${message} ...\n`), 1_000);
      speaking.unref();
    },
    colour: Boolean(process.stdout.isTTY) && !process.env.NO_COLOR,
    onInterrupt(cleanUp) {
      const once = async () => {
        if (cleanUps.delete(once)) await cleanUp();
      };
      cleanUps.add(once);
      return once;
    },
  };
}

function quiet(): void {
  clearTimeout(speaking);
}

function say(text: string): number {
  quiet();
  process.stdout.write(`${text}\n`);
  return 0;
}

function version(): string {
  const file = path.join(__dirname, '..', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function helpOf(command: Command): string {
  return `Usage: pg-evergreen ${command.usage}\n\n${command.help}`;
}

async function overview(): Promise<string> {
  const loaded = await Promise.all(Object.entries(commands).map(async ([name, load]) => [name, await load()] as const));
  const list = loaded.map(([name, command]) => `  ${name.padEnd(12)}${command.summary}`);
  return `pg-evergreen ${version()}: AI-generated content in PostgreSQL, kept fresh

Usage: pg-evergreen <command> [options]

${list.join('\n')}

  pg-evergreen <command> --help tells more. The database is --database-url, else DATABASE_URL,
  else a PostgreSQL of its own in ./.evergreen.`;
}

/** One line for what went wrong, one for what to do; never a stack trace (NODE_DEBUG=pg-evergreen prints it). */
function complain(error: unknown): number {
  quiet();
  debuglog('pg-evergreen')('%O', error);
  const { message, hint, detail } = error as Partial<EvergreenError>;
  const oneLine = (text: string) => text.trim().replace(/\s*\n\s*/g, ' ');
  process.stderr.write(`pg-evergreen: ${(message || String(error)).trim()}\n`);
  if (typeof detail === 'string') process.stderr.write(`DETAIL: ${detail.trim()}\n`);
  if (typeof hint === 'string') process.stderr.write(`HINT: ${oneLine(hint)}\n`);
  if (error instanceof UsageError) return exitCode.usage;
  if (error instanceof MigrationRefused && error.reason === 'database_newer') return exitCode.databaseNewer;
  return error instanceof DatabaseUnavailable ? exitCode.databaseUnreachable : exitCode.failed;
}

async function cleanUp(): Promise<void> {
  await Promise.allSettled([...cleanUps].reverse().map((each) => each()));
}

// A reader that has seen enough (`| head`) is no error: what follows goes nowhere, the work is finished all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

let interrupted = false;
for (const [signal, code] of Object.entries(signals)) {
  process.on(signal, () => {
    if (signal === 'SIGINT' && process.listenerCount('SIGINT') > 1) return;
    if (interrupted) process.exit(code);
    interrupted = true;
    void cleanUp().finally(() => process.exit(code));
  });
}

main(process.argv.slice(2))
  .catch((error) => (interrupted ? 0 : complain(error)))
  .then((code) => {
    if (!interrupted) process.exitCode = code;
    quiet();
  });
