/**
 * The log of one conversation as a reader holds it: gapless, in order, each event once. Pure.
 *
 * `hidden` events move `last` and leave nothing else behind. This module must not know about sockets or drawing.
 */
import type { Event as AnyEvent, HiddenEvent } from "./protocol";

export type LogEvent = Exclude<AnyEvent, HiddenEvent>;

export interface Log {
  readonly conversation: string | null;
  readonly epoch: string | null;
  readonly last: number;
  readonly events: readonly LogEvent[];
}

/** `gap`: something is missing; say hello (or watch) again with `last`. */
export type Outcome = "applied" | "dropped" | "gap";

export interface Step {
  readonly log: Log;
  readonly outcome: Outcome;
}

export const emptyLog: Log = { conversation: null, epoch: null, last: 0, events: [] };

/** Apply an event only if it is the next one of this conversation. */
export function applyEvent(log: Log, event: AnyEvent): Step {
  if (event.conversation !== log.conversation || event.seq <= log.last) return { log, outcome: "dropped" };
  if (event.seq > log.last + 1) return { log, outcome: "gap" };
  const events = event.kind === "hidden" ? log.events : [...log.events, event];
  return { log: { ...log, last: event.seq, events }, outcome: "applied" };
}

/** What the log is after the server answered `hello` or `watch`. Not resumed: it follows whole, from seq 1. */
export function resumeLog(log: Log, reply: { conversation: string; epoch: string; resumed: boolean }): Log {
  const same = log.conversation === reply.conversation && log.epoch === reply.epoch;
  if (same && reply.resumed) return log;
  return { conversation: reply.conversation, epoch: reply.epoch, last: 0, events: [] };
}

/** Whether a `head` frame says that this reader has missed something. */
export function isBehind(log: Log, head: { conversation: string | null; seq: number }): boolean {
  return head.conversation !== null && head.conversation === log.conversation && head.seq > log.last;
}
