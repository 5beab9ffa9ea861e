/** The queue as the console groups, counts and walks it. Pure. */

import type { QueueRow } from "../../shared/protocol";
import { unreadCount } from "./chat";
import { offers } from "./offers";
import { languageName } from "./targets";
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

/** What the tab's title counts: unread messages of mine, what is offered to me, and, where agents pick and this one
 *  takes chats, people waiting whom they may help. */
export function badgeCount(state: ConsoleState): number {
  const { waiting, mine } = sections(state);
  const unread = mine.reduce((sum, row) => sum + unreadOf(state, row), 0);
  const picks = state.available && state.welcome?.routing !== "offer";
  const open = picks ? waiting.filter((row) => row.may_take && row.offered_to === null).length : 0;
  return unread + offers(state).length + open;
}

/** The conversations to keep an eye on: mine, what colleagues want to give me (there may be a note), the one on the screen. */
export function wantedWatches(state: ConsoleState): readonly string[] {
  const wanted = new Set(sections(state).mine.map((row) => row.conversation));
  for (const { row, kind } of offers(state)) if (kind !== "offer") wanted.add(row.conversation);
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
  const waiting = queue.rows.filter((row) => row.state === "waiting");
  if (waiting.length === 0) return { may: false, because: "Nobody is waiting" };
  if (waiting.some((row) => obstacle(row, myId(state)) === null)) return { may: true };
  const offered = waiting.every((row) => row.offered_to !== null);
  return { may: false, because: offered ? "All who wait are offered to colleagues" : "Nobody is waiting for what you know" };
}

/** Whether this agent may take this one by hand. */
export function mayClaim(state: ConsoleState, conversation: string): TakeNext {
  const may = mayTakeNext(state);
  const row = rowOf(state, conversation);
  const because = row === null ? null : obstacle(row, myId(state));
  if (because !== null) return { may: false, because };
  return may;
}

/** What stands between this agent and a waiting conversation, in a few words. */
export function obstacle(row: QueueRow, me: string | null): string | null {
  if (!row.may_take) return needs(row) === "" ? "Not one of yours" : `Needs ${needs(row)}`;
  if (row.offered_to !== null && row.offered_to.id !== me) return `Offered to ${row.offered_to.name}`;
  return null;
}

/** `returns, German` */
export function needs(row: Pick<QueueRow, "skill" | "language">): string {
  return [row.skill, row.language === "" ? "" : languageName(row.language)].filter((word) => word !== "").join(", ");
}

export function customerName(state: ConsoleState, conversation: string): string {
  return state.chats[conversation]?.status?.customer_name ?? rowOf(state, conversation)?.customer_name ?? "Conversation";
}
