/** Every change of the console's state: what came from the server, and what the agent did. Pure. */

import type { Client } from "../../shared/client/state";
import type { AgentOutFrame } from "../../shared/protocol";
import type { AgentWrite } from "../link/dialect";
import { withChat, withDraft, withTextBack, withToast } from "./change";
import { applyFrame } from "./frames";
import { mirror } from "./mirror";
import {
  type Command,
  type ConsoleState,
  type Draft,
  emptyState,
  type Mode,
  type Pending,
  type Toast,
} from "./model";

export type Action =
  | { type: "frames"; frames: readonly AgentOutFrame[]; now: number; client?: Client<AgentWrite> }
  | { type: "select"; conversation: string | null }
  | { type: "mode"; conversation: string; mode: Mode }
  | { type: "draft"; conversation: string; text: string }
  | { type: "insert"; conversation: string; text: string }
  | { type: "write"; conversation: string; pending: Pending }
  | { type: "command"; command: Command }
  | { type: "available"; available: boolean }
  | { type: "wave"; conversation: string }
  | { type: "toast"; tone: Toast["tone"]; text: string }
  | { type: "untoast"; id: number }
  | { type: "signed_out" };

export function reduce(state: ConsoleState, action: Action): ConsoleState {
  switch (action.type) {
    case "frames":
      return frames(state, action);
    case "select":
      return select(state, action.conversation);
    case "mode":
      return withDraft(state, action.conversation, (draft) => ({ ...draft, mode: action.mode }));
    case "draft":
      return withDraft(state, action.conversation, (draft) => ({ ...draft, [draft.mode]: action.text }));
    case "insert":
      return withDraft(state, action.conversation, (draft) => appended({ ...draft, mode: "reply" }, "reply", action.text));
    case "write":
      return write(state, action.conversation, action.pending);
    case "command":
      return { ...state, commands: [...state.commands, action.command] };
    case "available":
      return { ...state, available: action.available };
    case "wave":
      return { ...state, waved: [...state.waved, action.conversation] };
    case "toast":
      return withToast(state, action.tone, action.text);
    case "untoast":
      return { ...state, toasts: state.toasts.filter((toast) => toast.id !== action.id) };
    case "signed_out":
      return { ...emptyState(keptDrafts(state)), selected: state.selected };
  }
}

/** First what each frame says, while the state still shows what it answers; then the client as it is now. */
function frames(state: ConsoleState, { frames, now, client }: Extract<Action, { type: "frames" }>): ConsoleState {
  const next = frames.reduce((before, frame) => applyFrame(before, frame, now), state);
  return client ? mirror(next, client) : next;
}

function select(state: ConsoleState, conversation: string | null): ConsoleState {
  if (state.selected === conversation) return state;
  const next = { ...state, selected: conversation };
  return conversation === null ? next : withChat(next, conversation, (chat) => chat);
}

function write(state: ConsoleState, conversation: string, pending: Pending): ConsoleState {
  const cleared = withDraft(state, conversation, (draft) => ({ ...draft, [pending.mode]: "" }));
  return withChat(cleared, conversation, (chat) => ({ ...chat, pending: [...chat.pending, pending] }));
}

/** Signing out drops what is on the screen, but what was written and not accepted goes back into the drafts. */
function keptDrafts(state: ConsoleState): Record<string, Draft> {
  let kept = state;
  for (const chat of Object.values(state.chats)) {
    for (const pending of chat.pending) kept = withTextBack(kept, chat.id, pending);
  }
  return kept.drafts;
}

function appended(draft: Draft, mode: Mode, text: string): Draft {
  const before = draft[mode].trimEnd();
  return { ...draft, [mode]: before === "" ? text : `${before}\n\n${text}` };
}
