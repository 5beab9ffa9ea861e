/** What each frame from the gateway does to the console's state. Pure; one function for each kind of frame. */

import { isFinal } from "../../shared/client/ends";
import type { Accepted, AgentOutFrame, AgentWelcome, QueueState, Rejected } from "../../shared/protocol";
import { applyEvent, applyStatus, applyTyping } from "./chat";
import { withChat, withTextBack, withToast } from "./change";
import type { Chat, Command, ConsoleState } from "./model";

/** `now` in milliseconds, for hints that fade. */
export function applyFrame(state: ConsoleState, frame: AgentOutFrame, now: number): ConsoleState {
  switch (frame.type) {
    case "welcome":
      return applyWelcome(state, frame);
    case "queue":
      return applyQueue(state, frame, now);
    case "watching":
      return withKnownChat(state, frame.conversation, (chat) => ({ ...chat, refused: null }));
    case "event":
      return withKnownChat(state, frame.conversation, (chat) => applyEvent(chat, frame));
    case "status":
      return withKnownChat(state, frame.conversation, (chat) => applyStatus(chat, frame));
    case "typing":
      return withKnownChat(state, frame.conversation, (chat) => applyTyping(chat, frame, now));
    case "accepted":
      return applyAccepted(state, frame);
    case "rejected":
      return applyRejected(state, frame);
    case "bye":
      return isFinal(frame.code) ? { ...state, ended: frame.message } : state;
    case "head":
      return state;
  }
}

/** Frames about conversations nobody opened here are late answers to an `unwatch`: nothing to draw them in. */
function withKnownChat(state: ConsoleState, id: string, change: (chat: Chat) => Chat): ConsoleState {
  return state.chats[id] === undefined ? state : withChat(state, id, change);
}

function applyWelcome(state: ConsoleState, frame: AgentWelcome): ConsoleState {
  return { ...state, link: "open", ended: null, welcome: frame, available: frame.available, queueFloor: 0 };
}

function applyQueue(state: ConsoleState, frame: QueueState, now: number): ConsoleState {
  if (frame.version < state.queueFloor) return state;
  const asked = new Set(frame.rows.filter((row) => row.transfer_skill !== "").map((row) => row.conversation));
  const waved = state.waved.filter((conversation) => asked.has(conversation));
  return { ...state, queue: frame, queueFloor: frame.version, queueAt: now, waved };
}

/** These make a conversation mine. */
export const TAKING: ReadonlySet<Command["name"]> = new Set(["claim", "accept", "take_over"]);

/** A taken conversation opens by itself. */
function applyAccepted(state: ConsoleState, frame: Accepted): ConsoleState {
  const command = state.commands.find((one) => one.cmid === frame.cmid);
  if (command === undefined || !TAKING.has(command.name)) return state;
  const { conversation } = frame;
  return withChat({ ...state, selected: conversation, taken: { conversation } }, conversation, (chat) => chat);
}

function applyRejected(state: ConsoleState, frame: Rejected): ConsoleState {
  if (frame.cmid === null) return applyRefusedWatch(state, frame);
  const { cmid, retryable, message } = frame;
  const commands = state.commands.filter((command) => command.cmid !== cmid);
  if (commands.length !== state.commands.length) return withToast({ ...state, commands }, "bad", message);
  for (const chat of Object.values(state.chats)) {
    const pending = chat.pending.find((one) => one.cmid === cmid);
    if (pending === undefined) continue;
    if (retryable) return state;
    const back = withTextBack(state, chat.id, pending);
    const without = withChat(back, chat.id, (one) => ({
      ...one,
      pending: one.pending.filter((each) => each !== pending),
    }));
    return withToast(without, "bad", message);
  }
  return withToast(state, "bad", message);
}

function applyRefusedWatch(state: ConsoleState, frame: Rejected): ConsoleState {
  const chat = frame.conversation === null ? undefined : state.chats[frame.conversation];
  if (chat === undefined || chat.loaded) return withToast(state, "bad", frame.message);
  return withChat(state, chat.id, (one) => ({ ...one, refused: frame.message }));
}
