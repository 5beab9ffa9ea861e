/**
 * One browser as its tabs share it: localStorage, a database whose transactions take their time, and the lock of whoever
 * sends. Storage may be full or forbidden; the database may fail, hang, go and come back; a page that ends takes with it
 * what it had not committed. Everything happens by one clock, so that a seed tells the whole story.
 */
import { setImmediate } from "node:timers";
import type { Deep } from "../../../src/shared/client/deep";
import type { OutboxEntry, Outgoing } from "../../../src/shared/outbox";
import type { Clock } from "../../../src/shared/socket";

/** Numbers between 0 and 1 that a seed decides. */
export function diceOf(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Job {
  readonly at: number;
  readonly run: () => void;
}

/** Time that moves when told to; between two moments every promise that can be kept is kept. */
export class Time implements Clock {
  readonly random: () => number;
  /** How often something happened. */
  steps = 0;
  #now = 0;
  #jobs: Job[] = [];

  constructor(dice: () => number) {
    this.random = dice;
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const job = { at: this.#now + Math.max(0, milliseconds), run };
    let place = this.#jobs.length;
    while (place > 0 && (this.#jobs[place - 1] as Job).at > job.at) place -= 1;
    this.#jobs.splice(place, 0, job);
    return () => {
      this.#jobs = this.#jobs.filter((kept) => kept !== job);
    };
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settled();
    for (let next = this.#jobs[0]; next && next.at <= end; next = this.#jobs[0]) {
      this.#jobs.shift();
      this.#now = next.at;
      this.steps += 1;
      next.run();
      await settled();
    }
    this.#now = end;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A tab from one load to the next. */
export class Page {
  alive = true;
  /** What the database commits until then, it commits. */
  end = Infinity;
  /** Another tab has changed localStorage. */
  told: () => void = () => {};
}

/** `forbidden`: to pages that come from now on. */
export type Room = "free" | "full" | "forbidden";
/** `away`: every connection is cut, and none can be opened. `hanging`: nothing is answered before that is over. */
export type Health = "fine" | "away" | "hanging";

type Row = { readonly key: readonly [string, string, string]; readonly entry: OutboxEntry<Outgoing> };

export class Browser {
  readonly time: Time;
  readonly items = new Map<string, string>();
  readonly rows = new Map<string, Row>();
  /** Messages that localStorage had no room for, and those that the database had at some time. */
  readonly refused = new Set<string>();
  readonly committed = new Set<string>();
  room: Room = "free";
  health: Health = "fine";
  /** Of 100 transactions, so many are broken off. */
  failing = 0;
  /** A transaction takes up to so many milliseconds. */
  slow = 5;
  #pages = new Set<Page>();
  #quota = Infinity;
  /** How often every connection was cut. */
  #cuts = 0;
  #free = 0;
  #hung: (() => void)[] = [];
  #locks: { page: Page; granted: () => void }[] = [];

  constructor(time: Time) {
    this.time = time;
  }

  open(): Page {
    const page = new Page();
    this.#pages.add(page);
    return page;
  }

  close(page: Page): void {
    page.alive = false;
    page.end = this.time.now() + this.time.random() * this.slow;
    this.#pages.delete(page);
    this.#locks.filter((lock) => lock.page === page).forEach((lock) => this.#unlock(lock));
  }

  /** `full`: with what is there now. */
  make(room: Room): void {
    this.room = room;
    this.#quota = room === "full" ? this.#used : Infinity;
  }

  get #used(): number {
    return [...this.items].reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  }

  /** The database falls ill, or is well again. */
  turn(health: Health): void {
    if (health === "away") this.#cuts += 1;
    this.health = health;
    if (health === "hanging") return;
    const hung = this.#hung;
    this.#hung = [];
    for (const run of hung) run();
  }

  /** Where messages are still kept, or what is remembered of them; what a writer left whom nobody knows is out of reach. */
  left(writer: string): string[] {
    const rows = [...this.rows].filter(([, { key }]) => key[1] === writer).map(([key]) => key);
    const items = [...this.items].filter(([key, value]) => key.includes(":outbox:") && `${key}${value}`.includes(writer));
    return [...items.map(([key]) => key), ...rows];
  }

  /** Null where it is forbidden. */
  storage(page: Page): Storage | null {
    if (this.room === "forbidden") return null;
    const { items } = this;
    const changed = () => {
      for (const other of this.#pages) if (other !== page) this.time.after(1 + this.time.random() * 100, () => other.alive && other.told());
    };
    return {
      get length() {
        return items.size;
      },
      key: (index) => [...items.keys()][index] ?? null,
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => {
        if (!page.alive) return;
        const before = items.get(key);
        if (before === value) return;
        const more = value.length + key.length - (before === undefined ? 0 : before.length + key.length);
        if (this.#used + more > this.#quota) {
          this.refused.add(key.slice(key.lastIndexOf(":") + 1));
          throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
        }
        items.set(key, value);
        changed();
      },
      removeItem: (key) => {
        if (page.alive && items.delete(key)) changed();
      },
      clear: () => items.clear(),
    };
  }

  /** What `openDeep` is to a page. */
  deep<F extends Outgoing>(page: Page): (name: string, writer: string) => Promise<Deep<F>> {
    return async (name, writer) => {
      await this.#transact(page, this.#cuts, () => {});
      const cuts = this.#cuts;
      const run = <T>(change: () => T) => this.#transact(page, cuts, change);
      const rows = (of: (row: Row) => boolean) => [...this.rows].filter(([, row]) => row.key[0] === name && of(row));
      const remove = (of: (row: Row) => boolean) => rows(of).forEach(([key]) => this.rows.delete(key));
      const put = (entry: OutboxEntry<F>) => {
        this.committed.add(entry.frame.cmid);
        const key = [name, writer, entry.frame.cmid] as const;
        this.rows.set(key.join("|"), { key, entry: structuredClone(entry) });
      };
      return {
        load: () => run(() => rows(({ key }) => key[1] === writer).map(([, row]) => structuredClone(row.entry) as OutboxEntry<F>)),
        put: (entries) => run(() => entries.forEach(put)),
        drop: (cmid) => run(() => remove(({ key }) => key[1] === writer && key[2] === cmid)),
        sweep: () => run(() => remove(({ key }) => key[1] !== writer)),
        clear: () => run(() => remove(({ key }) => key[1] === writer)),
      };
    };
  }

  /** One after the other, whoever asks. Resolves once committed; a page that has ended learns nothing more. */
  #transact<T>(page: Page, cuts: number, change: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const lost = () => this.health === "away" || cuts !== this.#cuts;
      const fail = () => page.alive && reject(new DOMException("Connection to Indexed Database server lost", "UnknownError"));
      const commit = () => {
        if (this.time.now() > page.end) return;
        if (this.health === "hanging") return void this.#hung.push(commit);
        if (lost() || this.time.random() * 100 < this.failing) return fail();
        const result = change();
        if (page.alive) resolve(result);
      };
      if (lost()) return fail();
      this.#free = Math.max(this.#free, this.time.now()) + 1 + this.time.random() * this.slow;
      this.time.after(this.#free - this.time.now(), commit);
    });
  }

  /** Web locks: one at a time, in the order of asking. Gives how to let go. */
  lock(page: Page, granted: () => void): () => void {
    const lock = { page, granted };
    this.#locks.push(lock);
    if (this.#locks.length === 1) this.#grant();
    return () => this.#unlock(lock);
  }

  #unlock(lock: { page: Page; granted: () => void }): void {
    const first = this.#locks[0] === lock;
    this.#locks = this.#locks.filter((one) => one !== lock);
    if (first) this.#grant();
  }

  #grant(): void {
    const first = this.#locks[0];
    if (first) this.time.after(1, () => this.#locks[0] === first && first.page.alive && first.granted());
  }
}
