/**
 * Unsent messages in localStorage, one key for each: where IndexedDB is forbidden, until it is open, and from before it was
 * used. Also the mark that there are any, to be read at once. Full or forbidden storage loses only what outlives the page.
 *
 * The key of an entry names its writer, as in the database; the first versions named none.
 */
import type { OutboxEntry, Outgoing } from "../outbox";

/** So many messages that have gone are remembered: the database may be away, or not know yet. */
const MOST_GONE = 100;

export class LocalOutbox<F extends Outgoing> {
  readonly #storage: Storage | null;
  /** Of all that is kept under the name; alone, the key of the mark. */
  readonly #prefix: string;
  readonly #mine: string;
  /** Of what has gone, and may still lie in the database. */
  readonly #gone: string;

  constructor(storage: Storage | null, name: string, writer = "") {
    this.#storage = storage;
    this.#prefix = `frontdesk:${name}:outbox:`;
    this.#mine = `${this.#prefix}${writer}:`;
    this.#gone = `frontdesk:${name}:gone:`;
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

  /** False where there is no room. */
  put(entry: OutboxEntry<F>): boolean {
    return this.#set(this.#mine + entry.frame.cmid, JSON.stringify(entry));
  }

  /** `only`: if it is still that one. */
  drop(cmid: string, only?: OutboxEntry<F>): void {
    for (const key of [this.#mine + cmid, this.#prefix + cmid]) {
      if (!only || this.#get(key) === JSON.stringify(only)) this.#remove(key);
    }
  }

  /** Sent or taken back, in any tab: newest last, the oldest are forgotten first. */
  get gone(): string[] {
    return (this.#get(this.#gone) ?? "").split(" ");
  }

  /** False where there is no room. */
  setGone(cmid: string, on: boolean): boolean {
    const before = this.gone;
    if (before.includes(cmid) === on) return true;
    return this.#set(this.#gone, [...before.filter((one) => one !== cmid), ...(on ? [cmid] : [])].slice(-MOST_GONE).join(" "));
  }

  mark(on: boolean): void {
    const mine = this.#get(this.#prefix) === this.#mine;
    if (on && !mine) this.#set(this.#prefix, this.#mine);
    // what another writer has marked is not ours to clear
    if (!on && mine) this.#remove(this.#prefix);
  }

  /** What other writers of that name have left is nobody's. */
  sweep(): void {
    for (const key of this.#keys()) if (this.#isForeign(key)) this.#remove(key);
    if (this.marked) this.mark(true);
  }

  clear(): void {
    for (const key of [...this.#keys(), this.#gone]) this.#remove(key);
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

  #get(key: string): string | null {
    try {
      return this.#storage?.getItem(key) ?? null;
    } catch {
      return null;
    }
  }

  #set(key: string, value: string): boolean {
    try {
      this.#storage?.setItem(key, value);
      return this.#storage !== null;
    } catch {
      return false;
    }
  }

  #remove(key: string): void {
    try {
      this.#storage?.removeItem(key);
    } catch {
      // Full or forbidden storage loses only what outlives the page.
    }
  }
}
