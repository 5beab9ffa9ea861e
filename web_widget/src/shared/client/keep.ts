/**
 * Where unsent messages outlive the page: IndexedDB, and localStorage until that has them, or while it is not open, full or
 * forbidden. A page that goes breaks off what the database has not committed; what lies in localStorage moves there as soon
 * as it can. A database that was lost is opened again.
 */
import type { OutboxEntry, Outgoing } from "../outbox";
import { openDeep, type Deep } from "./deep";
import type { Store } from "./driver";
import { LocalOutbox } from "./local";

/** A database that does not open or answer by then is done without; it may be locked by a page that sleeps. */
const PATIENCE_SECONDS = 3;

export class Keep<F extends Outgoing> implements Store<F> {
  readonly #local: LocalOutbox<F>;
  readonly #open: () => Promise<Deep<F>>;
  /** What waits to be sent, as far as this page knows. */
  readonly #held = new Map<string, OutboxEntry<F>>();
  /** What has gone and may still lie in the database, where localStorage cannot remember it. */
  readonly #dropped = new Set<string>();
  /** What neither storage has for certain. */
  readonly #loose = new Map<string, OutboxEntry<F>>();
  /** What never came near the database. */
  readonly #shallow = new Set<string>();
  #deep: Deep<F> | null = null;
  #opening: Promise<void> | null = null;
  /** There is a database. */
  #met = false;
  /** The database has been read. */
  #known = false;
  #swept = false;
  #cleared = false;
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
    const before = new Map(this.#held);
    // it may have been no more than a connection that the browser has cut
    const found = (await this.#read()) ?? (await this.#read());
    const entries = new Map([...(found ?? []), ...this.#local.load()].map((entry) => [entry.frame.cmid, entry]));
    const gone = this.#gone;
    for (const cmid of before.keys()) {
      if (gone.has(cmid) || (found && !entries.has(cmid))) this.#held.delete(cmid);
    }
    for (const [cmid, entry] of entries) {
      // what was put while this was read is newer
      const newer = this.#held.get(cmid) !== before.get(cmid);
      if (!gone.has(cmid) && !newer) this.#held.set(cmid, this.#loose.get(cmid) ?? entry);
    }
    if (found) this.#mark();
    return [...this.#held.values()];
  }

  put(entry: OutboxEntry<F>): void {
    const { cmid } = entry.frame;
    this.#dropped.delete(cmid);
    this.#local.setGone(cmid, false);
    this.#local.mark(true);
    const kept = () => {
      this.#held.set(cmid, entry);
      this.#loose.delete(cmid);
    };
    const deep = this.#deep;
    if (!deep && !this.#held.has(cmid) && !this.#loose.has(cmid)) this.#shallow.add(cmid);
    this.#loose.set(cmid, entry);
    if (this.#local.put(entry)) kept();
    deep?.put([entry]).then(
      () => {
        this.#local.drop(cmid, entry);
        if (this.#loose.get(cmid) === entry) kept();
      },
      () => this.#lose(deep),
    );
  }

  drop(cmid: string): void {
    this.#held.delete(cmid);
    this.#loose.delete(cmid);
    this.#local.drop(cmid);
    // for whoever finds it in the database: this page may end now, or another write what it has read before
    if (!this.#shallow.has(cmid) && !this.#local.setGone(cmid, true)) this.#dropped.add(cmid);
    const deep = this.#deep;
    deep?.drop(cmid).catch(() => this.#lose(deep));
    if (!this.#known) this.#mark();
  }

  clear(): void {
    this.#cleared = true;
    this.#held.clear();
    this.#loose.clear();
    this.#dropped.clear();
    this.#local.clear();
    void Promise.resolve(this.#opening).then(() => this.#deep?.clear()).catch(() => {});
  }

  /** What the database holds, once it is up to date; nothing where there never was one, null when it fails. */
  async #read(): Promise<readonly OutboxEntry<F>[] | null> {
    await within(this.#opened());
    const deep = this.#deep;
    // only a page that has just come knows for sure who writes
    const sweeps = !this.#swept;
    this.#swept = true;
    if (!deep) return this.#met ? null : [];
    const found = await within(this.#ask(deep, sweeps)).catch(() => null);
    if (!found) this.#lose(deep);
    else {
      this.#known = true;
      this.#owed = false;
    }
    return found;
  }

  async #ask(deep: Deep<F>, sweeps: boolean): Promise<readonly OutboxEntry<F>[]> {
    if (sweeps) await deep.sweep();
    const early = this.#local.load();
    for (const entry of early) {
      this.#shallow.delete(entry.frame.cmid);
      // should the database take it and then say no more
      this.#held.set(entry.frame.cmid, entry);
    }
    // where there is no room for them, they stay where they are
    const moved = early.length > 0 && (await deep.put(early).then(() => true, () => false));
    if (moved) for (const entry of early) this.#local.drop(entry.frame.cmid, entry);
    const found = await deep.load();
    const gone = this.#gone;
    for (const { frame } of found) if (gone.has(frame.cmid)) await deep.drop(frame.cmid);
    return found.filter(({ frame }) => !gone.has(frame.cmid));
  }

  get #gone(): ReadonlySet<string> {
    return new Set([...this.#dropped, ...this.#local.gone]);
  }

  #lose(deep: Deep<F>): void {
    if (this.#deep === deep) this.#deep = null;
  }

  /** Opens the database, if it is not open. */
  async #opened(): Promise<void> {
    if (this.#deep) return;
    const taken = (deep: Deep<F> | null) => {
      this.#deep = deep;
      this.#opening = null;
      this.#met ||= deep !== null;
    };
    await (this.#opening ??= this.#open().then(taken, () => taken(null)));
  }

  /** Goes only where all that waits is known: in the database something of another tab may be left. */
  #mark(): void {
    if (!this.#cleared) this.#local.mark(this.#held.size > 0 || this.#loose.size > 0 || this.#owed);
  }
}

/** Gives up waiting, but not what is waited for. */
function within<T>(work: Promise<T>): Promise<T | null> {
  return Promise.race([work, new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_SECONDS * 1000, null))]);
}
