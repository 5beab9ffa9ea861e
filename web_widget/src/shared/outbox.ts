/**
 * Messages on their way: kept until the server has accepted them, through reloads and tunnels.
 *
 * The functions are pure; `OutboxStore` keeps entries in browser storage, one key for each, so that two tabs never
 * overwrite each other. Sending twice is harmless: the server knows a cmid it has seen. Must not know about sockets.
 */

/** A frame that may be repeated under the same cmid. */
export interface Outgoing {
  readonly type: string;
  readonly cmid: string;
}

export interface OutboxEntry<F extends Outgoing = Outgoing> {
  readonly frame: F;
  /** Milliseconds since 1970, for order and for the time beside the message. */
  readonly at: number;
  /** Refusals so far that may be repeated. */
  readonly attempts: number;
  /** Not before this moment (milliseconds since 1970). */
  readonly notBefore: number;
  /** Why it was refused for good; the customer decides whether to try again. */
  readonly failure: string | null;
  /** Accepted, but not yet seen in the log: never sent again, still shown. */
  readonly delivered?: boolean;
}

export interface Refusal {
  readonly cmid: string | null;
  readonly message: string;
  readonly retryable: boolean;
  readonly retry_after_seconds: number | null;
}

export type Outbox<F extends Outgoing = Outgoing> = readonly OutboxEntry<F>[];

export function newCmid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function enqueue<F extends Outgoing>(outbox: Outbox<F>, frame: F, at: number): Outbox<F> {
  if (outbox.some((entry) => entry.frame.cmid === frame.cmid)) return outbox;
  return [...outbox, { frame, at, attempts: 0, notBefore: 0, failure: null }];
}

/** Accepted, or seen in the log: it has arrived. */
export function settle<F extends Outgoing>(outbox: Outbox<F>, cmid: string | null): Outbox<F> {
  const rest = outbox.filter((entry) => entry.frame.cmid !== cmid);
  return rest.length === outbox.length ? outbox : rest;
}

/** Retryable refusals wait `waitSeconds`; others stay as failed until the customer decides. */
export function refuse<F extends Outgoing>(
  outbox: Outbox<F>,
  refusal: Refusal,
  now: number,
  waitSeconds: number,
): Outbox<F> {
  const seconds = Math.max(refusal.retry_after_seconds ?? 0, waitSeconds);
  return outbox.map((entry) => {
    if (entry.frame.cmid !== refusal.cmid) return entry;
    if (!refusal.retryable) return { ...entry, failure: refusal.message };
    return { ...entry, attempts: entry.attempts + 1, notBefore: now + seconds * 1000 };
  });
}

/** The customer pressed retry. */
export function revive<F extends Outgoing>(outbox: Outbox<F>, cmid: string): Outbox<F> {
  return outbox.map((entry) =>
    entry.frame.cmid === cmid ? { ...entry, attempts: 0, notBefore: 0, failure: null } : entry,
  );
}

/** Accepted: keep it on the screen until its event comes, and never send it again. */
export function deliver<F extends Outgoing>(outbox: Outbox<F>, cmid: string): Outbox<F> {
  return outbox.map((entry) => (entry.frame.cmid === cmid ? { ...entry, delivered: true } : entry));
}

/** What still has to go, oldest first. One at a time keeps the order that they were written in. */
export function unsent<F extends Outgoing>(outbox: Outbox<F>): Outbox<F> {
  return outbox.filter((entry) => entry.failure === null && !entry.delivered);
}

export class OutboxStore<F extends Outgoing> {
  readonly #storage: Storage | null;
  readonly #prefix: string;

  /** Without storage (private windows, blocked cookies) entries live as long as the page. */
  constructor(storage: Storage | null, site: string) {
    this.#storage = storage;
    this.#prefix = `frontdesk:${site}:outbox:`;
  }

  load(): Outbox<F> {
    const entries: OutboxEntry<F>[] = [];
    for (const key of this.#keys()) {
      try {
        const entry = JSON.parse(this.#storage?.getItem(key) ?? "null") as OutboxEntry<F> | null;
        if (entry && typeof entry.at === "number" && entry.frame?.cmid) entries.push({ ...entry, notBefore: 0 });
      } catch {
        this.#storage?.removeItem(key);
      }
    }
    return entries.sort((one, other) => one.at - other.at);
  }

  /** Write what changed from one state to the next. */
  save(before: Outbox<F>, after: Outbox<F>): void {
    for (const entry of before) {
      if (!after.some((kept) => kept.frame.cmid === entry.frame.cmid)) this.#remove(entry.frame.cmid);
    }
    for (const entry of after) {
      if (!before.includes(entry)) this.#write(entry);
    }
  }

  clear(): void {
    for (const key of this.#keys()) this.#storage?.removeItem(key);
  }

  #keys(): string[] {
    const storage = this.#storage;
    if (!storage) return [];
    const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
    return keys.filter((key) => key.startsWith(this.#prefix));
  }

  #write(entry: OutboxEntry<F>): void {
    try {
      this.#storage?.setItem(this.#prefix + entry.frame.cmid, JSON.stringify(entry));
    } catch {
      // A full storage loses only the copy that survives a reload.
    }
  }

  #remove(cmid: string): void {
    this.#storage?.removeItem(this.#prefix + cmid);
  }
}
