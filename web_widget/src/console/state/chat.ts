/** One conversation's log: what an event, a `watching`, a status does to it. Pure. */

import { applyEvent as extend, isBehind, resumeLog } from "../../shared/log";
import type { ConversationStatus, Event, Head, Typing, Watching } from "../../shared/protocol";
import type { Chat } from "./model";

const TYPING_MS = 6_000;

export function applyEvent(chat: Chat, event: Event): Chat {
  const { log, outcome } = extend(chat.log, event);
  if (outcome === "dropped") return chat;
  const head = Math.max(chat.head, event.seq);
  if (outcome === "gap") return { ...chat, behind: true, head };
  const next: Chat = { ...chat, log, head, loaded: chat.loaded || event.seq >= head };
  if (event.kind === "hidden") return next;
  if (event.cmid !== null) {
    next.pending = chat.pending.filter((one) => one.cmid !== event.cmid);
  }
  if (chat.typing !== null && chat.typing.role === event.actor.role) next.typing = null;
  return next;
}

export function applyWatching(chat: Chat, frame: Watching): Chat {
  const log = resumeLog(chat.log, frame);
  const kept = log === chat.log;
  const seen = kept ? chat.seen : 0;
  return { ...chat, log, head: frame.head, loaded: log.last >= frame.head, behind: false, refused: null, seen };
}

export function applyHead(chat: Chat, frame: Head): Chat {
  return isBehind(chat.log, frame) ? { ...chat, head: Math.max(chat.head, frame.seq), behind: true } : chat;
}

export function applyStatus(chat: Chat, frame: ConversationStatus): Chat {
  return { ...chat, status: frame };
}

export function applyTyping(chat: Chat, frame: Typing, now: number): Chat {
  return { ...chat, typing: { role: frame.role, name: frame.name, until: now + TYPING_MS } };
}

/** Customer messages that nobody has looked at: after the last one seen and after the last word of a person. */
export function unreadCount(chat: Chat): number {
  let floor = chat.seen;
  for (const event of chat.log.events) {
    if (event.kind === "message" && event.actor.role === "agent") floor = Math.max(floor, event.seq);
  }
  return chat.log.events.filter((event) => event.seq > floor && isCustomerWord(event)).length;
}

function isCustomerWord(event: Event): boolean {
  return (event.kind === "message" || event.kind === "contact") && event.actor.role === "customer";
}

/** The last thing that the customer wrote, for the search of articles; empty if nothing. */
export function lastCustomerText(chat: Chat): string {
  const last = chat.log.events.findLast((event) => event.kind === "message" && event.actor.role === "customer");
  return last?.kind === "message" ? last.text : "";
}
