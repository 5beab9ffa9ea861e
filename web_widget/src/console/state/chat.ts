/** One conversation beside its log: status, who types, and what of the log is unread. Pure. */

import type { ConversationStatus, Event, Typing } from "../../shared/protocol";
import type { Chat } from "./model";

const TYPING_MS = 6_000;

/** Whoever has spoken no longer types. The log itself is the shared client's. */
export function applyEvent(chat: Chat, event: Event): Chat {
  return event.kind !== "hidden" && chat.typing?.role === event.actor.role ? { ...chat, typing: null } : chat;
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
  const last = chat.log.events.findLast((event) => (event.kind === "message" || event.kind === "contact") && event.actor.role === "customer");
  if (last?.kind === "contact") return last.contact.about;
  return last?.kind === "message" ? last.text : "";
}
