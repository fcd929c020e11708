/** Processes that call caches. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Order, Reply } from './caller.js';

/** Some processes, told the same or each its own. */
export interface Callers {
  readonly count: number;
  /** Tells each process what is made for its place, and answers their replies. Throws what one of them refuses. */
  tell<Told extends Reply>(order: (place: number) => Order): Promise<Told[]>;
  stop(): void;
}

export function startCallers(count: number): Callers {
  const children: ChildProcess[] = Array.from({ length: count }, () =>
    fork(join(__dirname, 'caller.ts'), { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
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
