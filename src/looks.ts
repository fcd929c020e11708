/** Looking up, as seldom as can be: one lookup for callers who ask the same at once, a hit first where hits are likely. */
import { type Database, one } from './database.js';
import { type Hit, keyOf, type Lookup, type Shelf } from './shelf.js';

export class Looks {
  readonly #db: Database;
  /** The first lookup that is not sent yet; its key is only worked out when there is another. */
  #first: { key(): string; found: Promise<Hit | Lookup> } | undefined;
  /** All lookups that are not sent yet, once they are more than one. */
  readonly #looks = new Map<string, Promise<Hit | Lookup>>();
  /** Which shelves are asked for hits. */
  readonly #tries = new HitTries();

  constructor(db: Database) {
    this.#db = db;
  }

  /** One lookup for all callers of this process who ask the same before it is sent; whoever asks later is answered by a later one. */
  look<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args, earlier: Lookup | undefined): Promise<Hit | Lookup> {
    if (!shelf.sharesLookups) return this.#lookAlone(shelf, args, earlier);
    const first = this.#first;
    if (!first) {
      // What was asked for here is sent after the microtasks that are waiting now.
      queueMicrotask(this.#forgetLooks);
      const found = this.#lookAlone(shelf, args, earlier);
      this.#first = { key: () => keyOf(shelf, args), found };
      return found;
    }
    if (this.#looks.size === 0) this.#looks.set(first.key(), first.found);
    const key = keyOf(shelf, args);
    const shared = this.#looks.get(key);
    if (shared) return shared.then(withOwnContent);
    const own = this.#lookAlone(shelf, args, earlier);
    this.#looks.set(key, own);
    return own;
  }

  readonly #forgetLooks = () => {
    this.#first = undefined;
    if (this.#looks.size > 0) this.#looks.clear();
  };

  async #lookAlone<Args, Draft, Content>(
    shelf: Shelf<Args, Draft, Content>,
    args: Args,
    earlier: Lookup | undefined,
  ): Promise<Hit | Lookup> {
    const db = this.#db;
    const tried = !earlier && shelf.hit !== undefined && this.#tries.isTried(shelf.contentType);
    const hit = tried ? await shelf.hit?.(db, args) : undefined;
    if (hit) {
      this.#tries.found(shelf.contentType);
      return hit;
    }
    const found = one(await shelf.lookup(db, args, earlier, false));
    if (found.refresh_context) this.#tries.found(shelf.contentType);
    else if (tried && found.freshness === 'fresh' && found.refresh_context === false) this.#tries.missed(shelf.contentType);
    return found;
  }
}

/**
 * Which content types are worth asking for a hit. Where hashes are not at hand (changes are not tracked, or the policy looks at activity) it is in vain, and
 * a round trip more for each fresh answer: after such a one the next 2 lookups do without, after the next such 4, and so on up to 256, until there is a hit
 * or a hash that can be put at hand.
 */
class HitTries {
  readonly #inVain = new Map<string, { times: number; left: number }>();

  isTried(contentType: string): boolean {
    const inVain = this.#inVain.size > 0 ? this.#inVain.get(contentType) : undefined;
    if (!inVain || inVain.left === 0) return true;
    inVain.left -= 1;
    return false;
  }

  found(contentType: string): void {
    if (this.#inVain.size > 0) this.#inVain.delete(contentType);
  }

  missed(contentType: string): void {
    const inVain = this.#inVain.get(contentType) ?? { times: 0, left: 0 };
    // Several that were asked at the same time are one try.
    if (inVain.left > 0) return;
    inVain.times = Math.min(inVain.times + 1, 8);
    inVain.left = 2 ** inVain.times;
    this.#inVain.set(contentType, inVain);
  }
}

/** For one of several callers who share a lookup: what one does to its content is not seen by the others. */
const withOwnContent = <Found extends Hit | Lookup>(found: Found): Found => ({ ...found, content: structuredClone(found.content) });
