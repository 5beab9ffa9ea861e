/**
 * Messages on their way: kept until the server has accepted them, through reloads and tunnels. Pure.
 *
 * Sending twice is harmless: the server knows a cmid it has seen. Must not know about sockets or storage; where entries
 * outlive the page is `client/keep.ts`.
 */

/** A frame that may be repeated under the same cmid. */
export interface Outgoing {
  readonly type: string;
  readonly cmid: string;
}

export interface OutboxEntry<F extends Outgoing = Outgoing> {
  readonly frame: F;
  /** Milliseconds since 1970, for the time beside the message; no two alike and never backwards, so it is the order too. */
  readonly at: number;
  /** Refusals so far that may be repeated. */
  readonly attempts: number;
  /** Not before this moment, by the clock of this page. */
  readonly notBefore: number;
  /** Why it was refused for good; the customer decides whether to try again. */
  readonly failure: string | null;
  /** Accepted, but not yet seen in the log: never sent again, still shown. */
  readonly delivered?: boolean;
  /** Taken over from the store: written by an earlier page or another tab. */
  readonly adopted?: boolean;
  /** Has been seen in the store, which knows better from then on. */
  readonly shared?: boolean;
  /** The conversation that it may have been said in, where the frame names none. */
  readonly saidIn?: string;
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
  return outbox.map((entry) => {
    const { saidIn: _before, ...kept } = entry;
    return entry.frame.cmid === cmid ? { ...kept, attempts: 0, notBefore: 0, failure: null } : entry;
  });
}

/** Accepted: keep it on the screen until its event comes, and never send it again. */
export function deliver<F extends Outgoing>(outbox: Outbox<F>, cmid: string): Outbox<F> {
  return outbox.map((entry) => (entry.frame.cmid === cmid ? { ...entry, delivered: true } : entry));
}

/** It may be gone from the server after all: it has to go again. */
export function recall<F extends Outgoing>(outbox: Outbox<F>, concerns: (frame: F) => boolean): Outbox<F> {
  return outbox.map((entry) => (entry.delivered && concerns(entry.frame) ? { ...entry, delivered: false } : entry));
}

/** What still has to go, oldest first. One at a time keeps the order that they were written in. */
export function unsent<F extends Outgoing>(outbox: Outbox<F>): Outbox<F> {
  return outbox.filter((entry) => entry.failure === null && !entry.delivered);
}
