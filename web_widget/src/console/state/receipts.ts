/** How far what an agent wrote has come: a mark below the newest, and below the newest that was seen. Pure. */

import type { Chat } from "./model";

export type Receipt = "sent" | "delivered" | "seen";

/** By seq. Once the customer has written again, it goes without saying. */
export function receipts(chat: Chat, me: string | null): ReadonlyMap<number, Receipt> {
  const marks = new Map<number, Receipt>();
  if (chat.status === null || me === null) return marks;
  const { delivered_seq: delivered, read_seq: read } = chat.status;
  const words = chat.log.events.filter((event) => event.kind === "message" && event.actor.role !== "bot");
  const since = words.findLastIndex((event) => event.actor.role === "customer");
  const mine = words.slice(since + 1).filter((event) => event.actor.agent_id === me);
  const seen = mine.findLast((event) => event.seq <= read);
  if (seen !== undefined) marks.set(seen.seq, "seen");
  const last = mine.at(-1);
  if (last !== undefined && last !== seen) marks.set(last.seq, last.seq <= delivered ? "delivered" : "sent");
  return marks;
}
