/**
 * What a page writes about one user, one request after another, so that each names the revision that the one before it made. Until the server has
 * answered, the page shows what will be there; a refused write is taken back without those that came after it.
 */
import type { CacheData } from '../http/types.js';
import { type Known, PersonalityCacheError } from './request.js';

/** How a write ended. It never rejects, so that an event handler need not catch. */
export type WriteResult = { ok: true; data: CacheData | null } | { ok: false; error: PersonalityCacheError };

/** What a write does, for those who show it. */
export type Activity = 'saving' | 'analyzing' | 'invalidating';

/** A write that waits or is under way. */
export interface Write {
  activity: Activity;
  /** Adjustments that it adds; null: it takes all of them back. */
  tuning?: Record<string, unknown> | null;
  /** What to show until the server has answered. */
  expect(known: Known): Known;
  /** Asks the server; `known` is what the write before it left. */
  send(known: Known | undefined): Promise<Known>;
  /** Takes the place of a write that waits, where one request can do for both. */
  replaces?: (waiting: Write) => Write | undefined;
  /** Waits for so long whether another takes its place. */
  delayMs?: number;
}

interface Waiting extends Write {
  settle: (result: WriteResult) => void;
}

/** The cache of swr, as far as it is used here. */
export interface Shown {
  get(): Known | undefined;
  set(known: Known): void;
  /** Asks the server what is there. */
  reload(): void;
}

/** The writes of a page about one user. */
export class Writes {
  /** Last attempt at keeping the content fresh, so that several components on a page make it once. */
  attempt: string | null = null;
  #shown: Shown | undefined;
  /** What the server has confirmed; what is shown may be ahead of it. */
  #confirmed: Known | undefined;
  #running: Waiting | null = null;
  #waiting: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = 0;
  #listeners = new Set<() => void>();

  /** What is under way; null: nothing. */
  get activity(): Activity | null {
    return (this.#running ?? this.#waiting[0])?.activity ?? null;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.attempt = null;
    };
  };

  /** Adds a write, and shows what it expects. */
  add(shown: Shown, write: Write): Promise<WriteResult> {
    return new Promise((settle) => {
      if (this.activity === null) this.#confirmed = shown.get();
      this.#shown = shown;
      const last = this.#waiting.at(-1);
      const both = last && write.replaces?.(last);
      if (both) {
        this.#waiting.pop();
        const settleBoth = (result: WriteResult) => {
          last.settle(result);
          settle(result);
        };
        this.#waiting.push({ ...both, settle: settleBoth });
      } else {
        this.#waiting.push({ ...write, settle });
      }
      this.#show();
      this.#next();
    });
  }

  /** Reads through `read`: an answer that a write has overtaken is not shown, and writes under way stay visible over it. */
  async reading(read: () => Promise<Known>): Promise<Known> {
    const ended = this.#ended;
    const known = await read();
    if (this.activity === null) return known;
    if (ended === this.#ended) this.#confirmed = known;
    return this.#expected() ?? known;
  }

  #expected(): Known | undefined {
    const writes = this.#running ? [this.#running, ...this.#waiting] : this.#waiting;
    return this.#confirmed && writes.reduce((known, write) => write.expect(known), this.#confirmed);
  }

  #show(): void {
    const expected = this.#expected();
    if (expected && expected !== this.#shown?.get()) this.#shown?.set(expected);
    for (const listener of this.#listeners) listener();
  }

  #next(): void {
    clearTimeout(this.#timer);
    const next = this.#waiting[0];
    if (this.#running || !next) return;
    if (!next.delayMs) return void this.#send();
    globalThis.addEventListener?.('pagehide', this.#leave, { once: true });
    this.#timer = setTimeout(() => this.#send(), next.delayMs);
  }

  /** What still waits is not lost when the page is left. */
  #leave = (): void => {
    if (this.#running) return;
    clearTimeout(this.#timer);
    void this.#send();
  };

  async #send(): Promise<void> {
    const write = this.#waiting.shift();
    if (!write) return;
    this.#running = write;
    let result: WriteResult;
    try {
      this.#confirmed = await write.send(this.#confirmed);
      result = { ok: true, data: this.#confirmed.data };
    } catch (cause) {
      const error = cause instanceof PersonalityCacheError ? cause : new PersonalityCacheError('NETWORK', String(cause), { cause });
      result = { ok: false, error };
    }
    this.#ended++;
    this.#running = null;
    // They were made by somebody who saw what is not there.
    const given = !result.ok && result.error.code === 'CONFLICT' ? this.#waiting.splice(0) : [];
    this.#show();
    for (const each of [write, ...given]) each.settle(result);
    if (!result.ok) this.#shown?.reload();
    this.#next();
  }
}
