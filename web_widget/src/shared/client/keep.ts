/**
 * Where unsent messages outlive the page: IndexedDB, and localStorage before it is open or where it is forbidden. Opening
 * takes over what lies in localStorage, whoever wrote it: an earlier version, or this page a moment ago.
 */
import type { OutboxEntry, Outgoing } from "../outbox";
import { openDeep, type Deep } from "./deep";
import type { Store } from "./driver";
import { LocalOutbox } from "./local";

/** A database that does not open by then is done without; it may be locked by a page that sleeps. */
const OPEN_SECONDS = 3;

export class Keep<F extends Outgoing> implements Store<F> {
  readonly #local: LocalOutbox<F>;
  readonly #open: () => Promise<Deep<F>>;
  readonly #held = new Set<string>();
  #deep: Deep<F> | null = null;
  #opening: Promise<void> | null = null;

  /** `name`: whose messages, the same from page to page. `writer`: a part of it that changes when all is to be forgotten. */
  constructor(storage: Storage | null, name: string, writer = "", open: typeof openDeep<F> = openDeep<F>) {
    this.#local = new LocalOutbox(storage, name);
    this.#open = () => open(name, writer);
  }

  async load(): Promise<OutboxEntry<F>[]> {
    await (this.#opening ??= this.#opened());
    const early = this.#local.load();
    let entries = early;
    if (this.#deep) {
      try {
        if (early.length > 0) await this.#deep.put(early);
        entries = await this.#deep.load();
        for (const { frame } of early) this.#local.drop(frame.cmid);
      } catch {
        this.#deep = null;
      }
    }
    for (const { frame } of entries) this.#held.add(frame.cmid);
    this.#mark();
    return entries;
  }

  put(entry: OutboxEntry<F>): void {
    this.#held.add(entry.frame.cmid);
    this.#mark();
    const deep = this.#deep;
    if (!deep) return this.#local.put(entry);
    deep.put([entry]).catch(() => {
      this.#deep = null;
      if (this.#held.has(entry.frame.cmid)) this.#local.put(entry);
    });
  }

  drop(cmid: string): void {
    this.#held.delete(cmid);
    this.#local.drop(cmid);
    this.#deep?.drop(cmid).catch(() => {});
    this.#mark();
  }

  clear(): void {
    this.#held.clear();
    this.#local.clear();
    void this.#opening?.then(() => this.#deep?.clear()).catch(() => {});
  }

  async #opened(): Promise<void> {
    const late = new Promise<null>((resolve) => setTimeout(resolve, OPEN_SECONDS * 1000, null));
    this.#deep = await Promise.race([this.#open(), late]).catch(() => null);
  }

  #mark(): void {
    const wanted = this.#held.size > 0;
    if (wanted !== this.#local.marked) this.#local.mark(wanted);
  }
}
