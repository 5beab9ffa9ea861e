/** Small changes of the state that several actions and frames share. Pure; each gives a new state. */

import {
  type Chat,
  type ConsoleState,
  type Draft,
  EMPTY_DRAFT,
  emptyChat,
  type Pending,
  type Toast,
} from "./model";

export function withChat(state: ConsoleState, id: string, change: (chat: Chat) => Chat): ConsoleState {
  const before = state.chats[id];
  const after = change(before ?? emptyChat(id));
  return after === before ? state : { ...state, chats: { ...state.chats, [id]: after } };
}

export function withDraft(state: ConsoleState, id: string, change: (draft: Draft) => Draft): ConsoleState {
  const { [id]: before = EMPTY_DRAFT, ...others } = state.drafts;
  const after = change(before);
  const blank = after.mode === "reply" && after.reply === "" && after.note === "";
  return { ...state, drafts: blank ? others : { ...others, [id]: after } };
}

/** A message that the server refused goes back where it was written, before what was written since. */
export function withTextBack(state: ConsoleState, id: string, pending: Pending): ConsoleState {
  return withDraft(state, id, (draft) => {
    const since = draft[pending.mode];
    return { ...draft, [pending.mode]: since === "" ? pending.text : `${pending.text}\n${since}` };
  });
}

export function withToast(state: ConsoleState, tone: Toast["tone"], text: string): ConsoleState {
  const others = state.toasts.filter((toast) => toast.text !== text).slice(-2);
  return { ...state, toasts: [...others, { id: state.nextToast, tone, text }], nextToast: state.nextToast + 1 };
}
