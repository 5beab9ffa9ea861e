/** The queue as the console groups, counts and walks it. Pure. */

import type { QueueRow } from "../../shared/protocol";
import { unreadCount } from "./chat";
import { type ConsoleState, myId, rowOf } from "./model";

export interface Sections {
  waiting: readonly QueueRow[];
  mine: readonly QueueRow[];
  colleagues: readonly QueueRow[];
}

/** The server's order is kept: priority first, then the longest wait. */
export function sections(state: ConsoleState): Sections {
  const rows = state.queue?.rows ?? [];
  const me = myId(state);
  return {
    waiting: rows.filter((row) => row.state === "waiting"),
    mine: rows.filter((row) => row.state === "active" && row.agent?.id === me),
    colleagues: rows.filter((row) => row.state === "active" && row.agent?.id !== me),
  };
}

/** Ids in the order in which they stand on the screen. */
export function shownOrder(state: ConsoleState): readonly string[] {
  const { waiting, mine, colleagues } = sections(state);
  return [...waiting, ...mine, ...colleagues].map((row) => row.conversation);
}

/** The conversation `step` rows away from the selected one; stops at both ends. Null when there is no row. */
export function neighbour(state: ConsoleState, step: 1 | -1): string | null {
  const order = shownOrder(state);
  const at = state.selected === null ? -1 : order.indexOf(state.selected);
  if (at === -1) return (step === 1 ? order[0] : order.at(-1)) ?? null;
  return order[Math.min(order.length - 1, Math.max(0, at + step))] ?? null;
}

/** Unread messages of one conversation; before its log is here, the row tells at least that there is one. */
export function unreadOf(state: ConsoleState, row: QueueRow): number {
  if (row.state === "waiting" || row.agent?.id !== myId(state)) return 0;
  const chat = state.chats[row.conversation];
  if (chat !== undefined && chat.loaded) return unreadCount(chat);
  return row.last_from === "customer" ? 1 : 0;
}

/** What the tab's title counts: people waiting (while this agent takes chats) and unread messages of mine. */
export function badgeCount(state: ConsoleState): number {
  const { waiting, mine } = sections(state);
  const unread = mine.reduce((sum, row) => sum + unreadOf(state, row), 0);
  return unread + (state.available ? waiting.length : 0);
}

/** The conversations to keep an eye on: mine, and the one on the screen. */
export function wantedWatches(state: ConsoleState): readonly string[] {
  const wanted = new Set(sections(state).mine.map((row) => row.conversation));
  if (state.selected !== null) wanted.add(state.selected);
  return [...wanted];
}

export type Stance = "loading" | "waiting" | "mine" | "colleague" | "bot" | "closed";

/** What this agent may do with a conversation. */
export function stance(state: ConsoleState, conversation: string): Stance {
  const status = state.chats[conversation]?.status ?? null;
  if (status === null) return stanceOfRow(state, conversation);
  if (status.owner === "queue") return "waiting";
  if (status.owner === "agent") return status.agent?.id === myId(state) ? "mine" : "colleague";
  return status.owner;
}

function stanceOfRow(state: ConsoleState, conversation: string): Stance {
  const row = rowOf(state, conversation);
  if (row === null) return "loading";
  if (row.state === "waiting") return "waiting";
  return row.agent?.id === myId(state) ? "mine" : "colleague";
}

export type TakeNext = { may: true } | { may: false; because: string };

export function mayTakeNext(state: ConsoleState): TakeNext {
  const queue = state.queue;
  if (queue === null || state.link !== "open") return { may: false, because: "No connection at the moment" };
  if (state.commands.some((command) => command.name === "claim")) return { may: false, because: "Taking…" };
  if (queue.mine_active >= queue.max_chats) {
    return { may: false, because: `You have ${queue.mine_active} of ${queue.max_chats} chats` };
  }
  if (!queue.rows.some((row) => row.state === "waiting")) return { may: false, because: "Nobody is waiting" };
  return { may: true };
}

export function customerName(state: ConsoleState, conversation: string): string {
  return state.chats[conversation]?.status?.customer_name ?? rowOf(state, conversation)?.customer_name ?? "Conversation";
}
