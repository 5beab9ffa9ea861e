/**
 * Unsent messages in localStorage, one key for each: where IndexedDB is forbidden, until it is open, and from before it was
 * used. Also the mark that there are any, to be read at once. Full or forbidden storage loses only what outlives the page.
 */
import type { OutboxEntry, Outgoing } from "../outbox";

export class LocalOutbox<F extends Outgoing> {
  readonly #storage: Storage | null;
  readonly #prefix: string;

  constructor(storage: Storage | null, name: string) {
    this.#storage = storage;
    this.#prefix = `frontdesk:${name}:outbox:`;
  }

  /** Whether something may wait to be sent, here or in the database. */
  get marked(): boolean {
    return this.#keys().length > 0;
  }

  load(): OutboxEntry<F>[] {
    const entries: OutboxEntry<F>[] = [];
    for (const key of this.#keys()) {
      if (key === this.#prefix) continue;
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
    this.#set(this.#prefix + entry.frame.cmid, JSON.stringify(entry));
  }

  drop(cmid: string): void {
    this.#remove(this.#prefix + cmid);
  }

  mark(on: boolean): void {
    if (on) this.#set(this.#prefix, "1");
    else this.#remove(this.#prefix);
  }

  clear(): void {
    for (const key of this.#keys()) this.#remove(key);
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
