/**
 * Where unsent messages outlive the page: IndexedDB, and localStorage until that has them, or while it is not open, full or
 * forbidden. A page that goes breaks off what the database has not committed; what lies in localStorage moves there as soon
 * as it can. A database that was lost is opened again.
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
  /** What waits to be sent, as far as this page knows. */
  readonly #held = new Map<string, OutboxEntry<F>>();
  /** What was sent, and may still lie in the database. */
  readonly #dropped = new Set<string>();
  #deep: Deep<F> | null = null;
  #opening: Promise<void> | null = null;
  /** The database has been read. */
  #known = false;
  #swept = false;
  /** The mark was there before this page, for what may lie in a database that has not been read. */
  #owed: boolean;

  /** `name`: whose messages, the same from page to page. `writer`: a part of it that changes when all is to be forgotten. */
  constructor(storage: Storage | null, name: string, writer = "", open: typeof openDeep<F> = openDeep<F>) {
    this.#local = new LocalOutbox(storage, name, writer);
    this.#open = () => open(name, writer);
    this.#local.sweep();
    this.#owed = this.#local.marked && this.#local.load().length === 0;
  }

  /** All that waits: what was known to wait stays so when the database cannot be read. */
  async load(): Promise<OutboxEntry<F>[]> {
    const before = [...this.#held.keys()];
    // it may have been no more than a connection that the browser has cut
    const found = (await this.#read()) ?? (await this.#read());
    const entries = new Map([...(found ?? []), ...this.#local.load()].map((entry) => [entry.frame.cmid, entry]));
    if (found) for (const cmid of before) if (!entries.has(cmid)) this.#held.delete(cmid);
    for (const [cmid, entry] of entries) if (!this.#dropped.has(cmid)) this.#held.set(cmid, entry);
    if (found) this.#mark();
    return [...this.#held.values()];
  }

  put(entry: OutboxEntry<F>): void {
    this.#held.set(entry.frame.cmid, entry);
    this.#dropped.delete(entry.frame.cmid);
    this.#mark();
    this.#local.put(entry);
    const deep = this.#deep;
    deep?.put([entry]).then(
      () => this.#local.drop(entry.frame.cmid),
      () => this.#lose(deep),
    );
  }

  drop(cmid: string): void {
    this.#held.delete(cmid);
    this.#dropped.add(cmid);
    this.#local.drop(cmid);
    const deep = this.#deep;
    if (deep) this.#forget(deep, cmid).catch(() => this.#lose(deep));
    else if (!this.#known) this.#mark();
  }

  clear(): void {
    this.#held.clear();
    this.#dropped.clear();
    this.#local.clear();
    void Promise.resolve(this.#opening).then(() => this.#deep?.clear()).catch(() => {});
  }

  /** What the database holds, once it is up to date; nothing where there never was one, null when it fails. */
  async #read(): Promise<readonly OutboxEntry<F>[] | null> {
    await this.#opened();
    const deep = this.#deep;
    // only a page that has just come knows for sure who writes
    const sweeps = !this.#swept;
    this.#swept = true;
    if (!deep) return this.#known ? null : [];
    try {
      if (sweeps) await deep.sweep();
      for (const cmid of this.#dropped) await this.#forget(deep, cmid);
      const early = this.#local.load();
      // where there is no room for them, they stay where they are
      if (early.length > 0) await deep.put(early).catch(() => {});
      const found = await deep.load();
      for (const { frame } of found) this.#local.drop(frame.cmid);
      this.#known = true;
      this.#owed = false;
      return found;
    } catch {
      this.#lose(deep);
      return null;
    }
  }

  /** Fails where the database does: then it is tried again before that is read. */
  async #forget(deep: Deep<F>, cmid: string): Promise<void> {
    await deep.drop(cmid);
    this.#dropped.delete(cmid);
  }

  #lose(deep: Deep<F>): void {
    if (this.#deep === deep) this.#deep = null;
  }

  /** Opens the database, if it is not open; gives up waiting, but not opening. */
  async #opened(): Promise<void> {
    if (this.#deep) return;
    const taken = (deep: Deep<F> | null) => {
      this.#deep = deep;
      this.#opening = null;
    };
    this.#opening ??= this.#open().then(taken, () => taken(null));
    await Promise.race([this.#opening, new Promise((resolve) => setTimeout(resolve, OPEN_SECONDS * 1000))]);
  }

  /** Goes only where all that waits is known: in the database something of another tab may be left. */
  #mark(): void {
    const wanted = this.#held.size > 0 || this.#owed;
    if (wanted !== this.#local.marked) this.#local.mark(wanted);
  }
}
