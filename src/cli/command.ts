import type { ParseArgsConfig } from 'node:util';

/** What a command is given to work with. */
export interface Context {
  /** Values of its options, by name. */
  values: Record<string, string | boolean | undefined>;
  /** What follows the command's name, as it was typed; only for a command that parses by itself. */
  rest: string[];
  /** Writes a result to standard output; a line end is added. */
  print(text: string): void;
  /** Tells of something slow on standard error, once it has taken a second. The next message, a result or a call without one ends it. */
  progress(message?: string): void;
  /** Whether standard output is a terminal that wants colour. */
  colour: boolean;
  /** Makes sure that something is cleaned up also when the command is interrupted; answers the function that cleans it up. */
  onInterrupt(cleanUp: () => Promise<void>): () => Promise<void>;
}

/** A command of the CLI. One file each in src/cli/, listed in src/cli.ts. */
export interface Command {
  /** One line for the list of commands. */
  summary: string;
  /** What follows `pg-evergreen` in the usage line. */
  usage: string;
  /** The rest of its `--help`: what it does and every option, as printed. */
  help: string;
  /** Its options for `parseArgs`, without `--help`. Undefined: it parses `rest` by itself. */
  options?: NonNullable<ParseArgsConfig['options']>;
  /** Does it; the number is the exit code, 0 when nothing is answered. */
  run(context: Context): Promise<number | undefined>;
}

/** The command line was wrong: exit code 2. */
export class UsageError extends Error {
  /** What would be right. */
  readonly hint?: string;

  constructor(message: string, hint?: string) {
    super(message);
    if (hint) this.hint = hint;
  }
}
