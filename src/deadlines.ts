/** Time limits of what is asked of the database: one timer for all that have the same. */

/** What ends at a time unless it has ended before. */
export interface Deadline {
  /** In ms, as performance.now() counts them. */
  due: number;
  expire(): void;
}

/** Deadlines that are all the same time away, so that one timer is enough for them. */
export class Deadlines {
  readonly ms: number;
  readonly #waiting = new Set<Deadline>();
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.ms = ms;
  }

  add(deadline: Deadline): void {
    deadline.due = performance.now() + this.ms;
    this.#waiting.add(deadline);
    if (!this.#timer) this.#arm(this.ms);
  }

  remove(deadline: Deadline): void {
    this.#waiting.delete(deadline);
  }

  /** Who waits has a connection that keeps the process alive; the timer alone does not. */
  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      const now = performance.now();
      // One more turn of the event loop: where the application kept it busy, the answer lies there unread.
      setImmediate(() => this.#expire(now));
    }, ms);
    this.#timer.unref();
  }

  /** In the order in which they were added, which is that in which they are due. */
  #expire(now: number): void {
    for (const deadline of this.#waiting) {
      // A timer may come a little early.
      if (deadline.due > now + 1) {
        this.#arm(Math.max(1, deadline.due - performance.now()));
        return;
      }
      this.#waiting.delete(deadline);
      deadline.expire();
    }
    this.#timer = undefined;
  }

  /** Lets go of the timer. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** One time limit over several steps, one after the other. */
export class Expiry implements Deadline {
  due = 0;
  readonly #deadlines: Deadlines;
  #listener: (() => void) | undefined;
  #expired = false;

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
    deadlines.add(this);
  }

  get ms(): number {
    return this.#deadlines.ms;
  }

  /** When it began. */
  get since(): number {
    return this.due - this.ms;
  }

  get expired(): boolean {
    return this.#expired;
  }

  /** Calls the listener when the time is up, in place of the one before. */
  onExpire(listener: (() => void) | undefined): void {
    if (this.#expired) listener?.();
    else this.#listener = listener;
  }

  expire(): void {
    this.#expired = true;
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.();
  }

  cancel(): void {
    this.#deadlines.remove(this);
    this.#listener = undefined;
  }
}
