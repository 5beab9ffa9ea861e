/**
 * Unsent messages in localStorage, one key for each: where IndexedDB is forbidden, until it is open, and from before it was
 * used. Also the mark that there are any, to be read at once. Full or forbidden storage loses only what outlives the page.
 *
 * The key of an entry names its writer, as in the database; the first versions named none.
 */
import type { OutboxEntry, Outgoing } from "../outbox";

export class LocalOutbox<F extends Outgoing> {
  readonly #storage: Storage | null;
  /** Of all that is kept under the name; alone, the key of the mark. */
  readonly #prefix: string;
  readonly #mine: string;

  constructor(storage: Storage | null, name: string, writer = "") {
    this.#storage = storage;
    this.#prefix = `frontdesk:${name}:outbox:`;
    this.#mine = `${this.#prefix}${writer}:`;
  }

  /** Whether something may wait to be sent, here or in the database, whoever wrote it. */
  get marked(): boolean {
    return this.#keys().length > 0;
  }

  load(): OutboxEntry<F>[] {
    const entries: OutboxEntry<F>[] = [];
    for (const key of this.#keys()) {
      if (key === this.#prefix || this.#isForeign(key)) continue;
      try {
        const entry = JSON.parse(this.#storage?.getItem(key) ?? "null") as OutboxEntry<F> | null;
        // an older version kept what was accepted until it stood in the log
        if (entry && typeof entry.at === "number" && entry.frame?.cmid && !entry.delivered) entries.push(entry);
        else this.#storage?.removeItem(key);
      } catch {
        this.#storage?.removeItem(key);
      }
    }
    return entries;
  }

  put(entry: OutboxEntry<F>): void {
    this.#set(this.#mine + entry.frame.cmid, JSON.stringify(entry));
  }

  drop(cmid: string): void {
    this.#remove(this.#mine + cmid);
    this.#remove(this.#prefix + cmid);
  }

  mark(on: boolean): void {
    if (on) this.#set(this.#prefix, "1");
    else this.#remove(this.#prefix);
  }

  /** What other writers of that name have left is nobody's. */
  sweep(): void {
    for (const key of this.#keys()) if (this.#isForeign(key)) this.#remove(key);
  }

  clear(): void {
    for (const key of this.#keys()) this.#remove(key);
  }

  #isForeign(key: string): boolean {
    return key.includes(":", this.#prefix.length) && !key.startsWith(this.#mine);
  }

  #keys(): string[] {
    try {
      const storage = this.#storage;
      if (!storage) return [];
      return Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "").filter((key) => key.startsWith(this.#prefix));
    } catch {
      return [];
    }
  }

  #set(key: string, value: string): void {
    try {
      this.#storage?.setItem(key, value);
    } catch {
      // As said above.
    }
  }

  #remove(key: string): void {
    try {
      this.#storage?.removeItem(key);
    } catch {
      // As said above.
    }
  }
}
