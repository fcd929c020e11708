import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const pause = 50;
const heartbeat = 1_000;
const abandonedAfter = 15_000;

/**
 * Runs `work` while no other process on this machine runs one under the same lock file. A lock whose process died is taken over; so is one that
 * shows no sign of life, since a process id may have passed to another program.
 */
export async function withLockFile<T>(file: string, onWait: (holder: number) => void, work: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${randomUUID()}\n`;
  await acquire(file, mine, onWait);
  const signOfLife = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), heartbeat);
  try {
    return await work();
  } finally {
    clearInterval(signOfLife);
    if ((await contentOf(file)) === mine) await rm(file, { force: true });
  }
}

async function acquire(file: string, mine: string, onWait: (holder: number) => void): Promise<void> {
  let told = false;
  while (!(await create(file, mine))) {
    const theirs = await contentOf(file);
    const touched = await stat(file).catch(() => undefined);
    if (theirs === undefined || touched === undefined) continue;
    const holder = Number.parseInt(theirs, 10);
    if ((holder > 0 && !isAlive(holder)) || Date.now() - touched.mtimeMs > abandonedAfter) {
      await remove(file, theirs);
      continue;
    }
    if (!told && holder > 0) onWait(holder);
    told = true;
    await sleep(pause);
  }
}

async function create(file: string, content: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(content);
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a dead process's lock, unless somebody else did so and took it in the meantime: then it is put back. */
async function remove(file: string, theirs: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await contentOf(aside)) !== theirs) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function contentOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Whether a process of this id runs, whoever's it is. */
export function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
