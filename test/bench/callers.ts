/** Processes that call caches. */
import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Order, Reply } from './caller.js';

/** Some processes, told the same or each its own. */
export interface Callers {
  readonly count: number;
  /** Tells each process what is made for its place, and answers their replies. Throws what one of them refuses. */
  tell<Told extends Reply>(order: (place: number) => Order): Promise<Told[]>;
  stop(): void;
}

let built: string | undefined;

/** One file of the caller and all it needs, so that eight processes start in a second. It lies where the packages of peers are found. */
function callerFile(): string {
  if (built) return built;
  const file = join(__dirname, 'node_modules', '.cache', `caller-${process.pid}.cjs`);
  const external = ['esbuild', 'pg-native'];
  buildSync({ entryPoints: [join(__dirname, 'caller.ts')], outfile: file, bundle: true, platform: 'node', external, logLevel: 'error' });
  process.once('exit', () => rmSync(file, { force: true }));
  built = file;
  return file;
}

export function startCallers(count: number): Callers {
  const file = callerFile();
  const children: ChildProcess[] = Array.from({ length: count }, () =>
    fork(file, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
  );
  return {
    count,
    async tell<Told extends Reply>(order: (place: number) => Order) {
      const replies = children.map(
        (child) =>
          new Promise<Reply>((resolve) => {
            const ended = () => resolve({ refused: 'the process ended' });
            child.once('exit', ended);
            child.once('message', (reply: Reply) => {
              child.removeListener('exit', ended);
              resolve(reply);
            });
          }),
      );
      children.forEach((child, place) => {
        child.send(order(place));
      });
      const told = await Promise.all(replies);
      const refused = told.find((reply) => 'refused' in reply);
      if (refused && 'refused' in refused) throw new Error(refused.refused);
      return told as Told[];
    },
    stop() {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}
