/** Every change of the console's state: what came from the server, and what the agent did. Pure. */

import type { AgentOutFrame } from "../../shared/protocol";
import { withChat, withDraft, withTextBack, withToast } from "./change";
import { applyFrame } from "./frames";
import {
  type Command,
  type ConsoleState,
  type Draft,
  emptyState,
  type Link,
  type Mode,
  type Pending,
  type Toast,
} from "./model";

export type Action =
  | { type: "link"; link: Link }
  | { type: "frames"; frames: readonly AgentOutFrame[]; now: number }
  | { type: "select"; conversation: string | null }
  | { type: "seen"; conversation: string }
  | { type: "watched"; conversation: string }
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
    case "link":
      return { ...state, link: action.link };
    case "frames":
      return action.frames.reduce((now, frame) => applyFrame(now, frame, action.now), state);
    case "select":
      return select(state, action.conversation);
    case "seen":
      return withChat(state, action.conversation, (chat) =>
        chat.seen === chat.log.last ? chat : { ...chat, seen: chat.log.last },
      );
    case "watched":
      return withChat(state, action.conversation, (chat) => ({ ...chat, behind: false }));
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
