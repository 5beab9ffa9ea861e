/** All that the console knows, as plain data. Nothing here touches sockets, storage or the page. */

import { emptyLog, type Log } from "../../shared/log";
import type { AgentWelcome, ConversationStatus, QueueRow, QueueState, VerdictEvent } from "../../shared/protocol";

/** `connecting` is the first try; `lost` is every later one; after `ended` there is none. */
export type Link = "connecting" | "open" | "lost" | "ended";
export type Mode = "reply" | "note";

/** What an agent wrote and the server has not put into the log yet. */
export interface Pending {
  cmid: string;
  mode: Mode;
  text: string;
  at: string;
  /** The fence under which it was written: it never lands in a conversation that changed hands since. */
  fence: number;
}

export interface Draft {
  mode: Mode;
  reply: string;
  note: string;
}

export interface TypingHint {
  role: "customer" | "bot" | "agent";
  name: string;
  /** Milliseconds; after this the hint is stale. */
  until: number;
}

export interface Chat {
  id: string;
  log: Log;
  /** True once the server has answered `watch` and the log has come as far as it said. */
  loaded: boolean;
  status: ConversationStatus | null;
  pending: readonly Pending[];
  typing: TypingHint | null;
  /** Last seq that the agent has had before their eyes. */
  seen: number;
  /** The server's sentence when it refused to show this conversation. */
  refused: string | null;
}

export type CommandName =
  | "claim"
  | "accept"
  | "decline"
  | "transfer"
  | "take_over"
  | "prioritise"
  | "requeue"
  | "return_to_bot"
  | "resolve"
  | "judge";

/** A command that waits for `accepted` or `rejected`. */
export interface Command {
  cmid: string;
  name: CommandName;
  /** Null: claim whatever is next. */
  conversation: string | null;
  outcome: Outcome | null;
  /** The fence that the agent saw when pressing the button; a claim has none. */
  fence: number | null;
  /** For `judge`: which answer, and what of it. */
  judgement?: Judgement;
  /** For `transfer`: who is asked, and what they should know. */
  transfer?: Transfer;
  /** For `prioritise`. */
  priority?: number;
}

/** A colleague, or whoever has a skill. */
export interface Transfer {
  to: { agent: string } | { skill: string };
  note: string;
}

export interface Judgement {
  answerSeq: number;
  verdict: VerdictEvent["verdict"];
}

type Outcome = NonNullable<ConversationStatus["outcome"]>;

export interface Toast {
  id: number;
  tone: "info" | "bad";
  text: string;
}

export interface ConsoleState {
  link: Link;
  /** Why the line ended and does not come back by itself. */
  ended: string | null;
  welcome: AgentWelcome | null;
  available: boolean;
  queue: QueueState | null;
  /** Lowest version still welcome; a restarted server counts from the start again, so `welcome` resets it. */
  queueFloor: number;
  /** Milliseconds: when the queue came, from which its seconds left are counted. */
  queueAt: number;
  /** Asked of a whole skill, and this agent said "not me": no longer put before their eyes. */
  waved: readonly string[];
  chats: Readonly<Record<string, Chat>>;
  drafts: Readonly<Record<string, Draft>>;
  commands: readonly Command[];
  selected: string | null;
  /** What this agent took last, as an object of its own for each time. */
  taken: { readonly conversation: string } | null;
  toasts: readonly Toast[];
  nextToast: number;
}

export function emptyState(drafts: Record<string, Draft> = {}): ConsoleState {
  return {
    link: "connecting",
    ended: null,
    welcome: null,
    available: false,
    queue: null,
    queueFloor: 0,
    queueAt: 0,
    waved: [],
    chats: {},
    drafts,
    commands: [],
    selected: null,
    taken: null,
    toasts: [],
    nextToast: 1,
  };
}

export function emptyChat(id: string): Chat {
  return {
    id,
    log: emptyLog,
    loaded: false,
    status: null,
    pending: [],
    typing: null,
    seen: 0,
    refused: null,
  };
}

export const EMPTY_DRAFT: Draft = { mode: "reply", reply: "", note: "" };

export function rowOf(state: ConsoleState, conversation: string): QueueRow | null {
  return state.queue?.rows.find((row) => row.conversation === conversation) ?? null;
}

export function myId(state: ConsoleState): string | null {
  return state.welcome?.agent.id ?? null;
}
