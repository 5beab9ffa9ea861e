/** The shared client in an agent's words: many conversations on one connection, each followed by `watch`. */

import { emptyReader } from "../../shared/client/reading";
import { type Client, type Dialect, OLDEST_VERSION, VERSION } from "../../shared/client/state";
import type { AgentFrame } from "../../shared/protocol";

/** What is answered by `accepted` or `rejected`: messages, and commands. */
export type AgentWrite = Extract<AgentFrame, { cmid: string }>;

const isMessage = ({ type }: AgentWrite): boolean => type === "send" || type === "note";

/** A command lasts as long as the page, and one refusal ends it: what it was pressed for may be over by then. */
export const agentDialect: Dialect<AgentWrite> = {
  polls: true,
  hello: () => ({ type: "hello", version: VERSION, oldest: OLDEST_VERSION }),
  resume: (conversation, { epoch, last }) => ({ type: "watch", conversation, epoch, seq: last }),
  leave: (conversation) => ({ type: "unwatch", conversation }),
  ack: (conversation, seq, read) => ({ type: "ack", conversation, seq, read }),
  lane: (frame) => frame.conversation ?? "",
  isMessage,
  isKept: isMessage,
  isRepeated: isMessage,
  staysRefused: () => false,
};

/** As many as the server follows for one console. */
const MOST_WATCHED = 50;

/** Long-polls begin with each request: it says, too, what is followed and how much of it is here. */
export function pollHello(client: Client<AgentWrite>): object {
  const watches = client.wanted
    .slice(-MOST_WATCHED)
    .map((id) => agentDialect.resume(id, (client.readers[id] ?? emptyReader).log, client));
  return { ...agentDialect.hello(client), watches };
}
