/** What the shared client knows, where the console draws it from: logs, what is pending, and the line itself. Pure. */

import { isWhole } from "../../shared/client/reading";
import type { Client } from "../../shared/client/state";
import type { AgentWrite } from "../link/dialect";
import { withChat } from "./change";
import type { Chat, ConsoleState, Link, Pending } from "./model";

export function mirror(state: ConsoleState, client: Client<AgentWrite>): ConsoleState {
  const link = linkOf(state, client);
  const commands = state.commands.filter((command) => client.outbox.some((entry) => entry.frame.cmid === command.cmid));
  let next: ConsoleState = link === state.link ? state : { ...state, link };
  if (commands.length < state.commands.length) next = { ...next, commands };
  // what waits to be sent has a place, too, where nobody looks at its conversation
  const unsent = client.outbox.flatMap(({ frame }) => (frame.type === "send" || frame.type === "note" ? [frame.conversation] : []));
  for (const id of new Set([...client.wanted, ...Object.keys(state.chats), ...unsent])) {
    next = withChat(next, id, (chat) => mirrorChat(chat, client));
  }
  return next;
}

function linkOf({ ended, welcome }: ConsoleState, { greeted }: Client<AgentWrite>): Link {
  if (greeted) return "open";
  if (ended !== null) return "ended";
  return welcome === null ? "connecting" : "lost";
}

function mirrorChat(chat: Chat, client: Client<AgentWrite>): Chat {
  const reader = client.readers[chat.id];
  const pending = mirrorPending(chat, client);
  const said = reader && { log: reader.log, loaded: isWhole(reader), seen: reader.read };
  const same =
    pending === chat.pending &&
    (!said || (said.log === chat.log && said.loaded === chat.loaded && said.seen === chat.seen));
  return same ? chat : { ...chat, ...said, pending };
}

function mirrorPending(chat: Chat, client: Client<AgentWrite>): readonly Pending[] {
  const pending = client.outbox.flatMap(({ frame, at }): Pending[] => {
    if (frame.conversation !== chat.id || (frame.type !== "send" && frame.type !== "note")) return [];
    const shown = chat.pending.find((one) => one.cmid === frame.cmid);
    if (shown) return [shown];
    const fence = frame.type === "send" ? frame.fence : 0;
    return [{ cmid: frame.cmid, mode: frame.type === "send" ? "reply" : "note", text: frame.text, at: new Date(at).toISOString(), fence }];
  });
  const same = pending.length === chat.pending.length && pending.every((one, index) => one === chat.pending[index]);
  return same ? chat.pending : pending;
}
