/** One conversation's log: what an event, a `watching`, a status does to it. Pure. */

import type { ConversationStatus, Event, Head, Typing, Watching } from "../../shared/protocol";
import { type Chat, lastSeq } from "./model";

const TYPING_MS = 6_000;

/** Applies only last + 1: lower is a repeat, higher means that something is missing. */
export function applyEvent(chat: Chat, event: Event): Chat {
  const last = lastSeq(chat);
  if (event.seq <= last) return chat;
  if (event.seq > last + 1) return { ...chat, behind: true, head: Math.max(chat.head, event.seq) };
  const head = Math.max(chat.head, event.seq);
  const next: Chat = { ...chat, log: [...chat.log, event], head, loaded: chat.loaded || event.seq >= head };
  if (event.kind === "hidden") return next;
  if (event.cmid !== null) {
    next.pending = chat.pending.filter((one) => one.cmid !== event.cmid);
  }
  if (chat.typing !== null && chat.typing.role === event.actor.role) next.typing = null;
  return next;
}

export function applyWatching(chat: Chat, frame: Watching): Chat {
  const log = frame.resumed ? chat.log : [];
  const have = log.at(-1)?.seq ?? 0;
  return {
    ...chat,
    epoch: frame.epoch,
    head: frame.head,
    log,
    loaded: have >= frame.head,
    behind: false,
    refused: null,
    seen: frame.resumed ? chat.seen : 0,
  };
}

export function applyHead(chat: Chat, frame: Head): Chat {
  return frame.seq > lastSeq(chat) ? { ...chat, head: Math.max(chat.head, frame.seq), behind: true } : chat;
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
  for (const event of chat.log) {
    if (event.kind === "message" && event.actor.role === "agent") floor = Math.max(floor, event.seq);
  }
  return chat.log.filter((event) => event.seq > floor && isCustomerWord(event)).length;
}

function isCustomerWord(event: Event): boolean {
  return (event.kind === "message" || event.kind === "contact") && event.actor.role === "customer";
}

/** The last thing that the customer wrote, for the search of articles; empty if nothing. */
export function lastCustomerText(chat: Chat): string {
  for (let index = chat.log.length - 1; index >= 0; index -= 1) {
    const event = chat.log[index];
    if (event?.kind === "message" && event.actor.role === "customer") return event.text;
  }
  return "";
}
