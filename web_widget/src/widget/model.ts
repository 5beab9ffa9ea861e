/**
 * What the widget knows of its conversation, and how each frame changes it. Pure: no socket, no storage, no drawing.
 * Log and outbox are the shared client's; they stand here as they are to be drawn.
 */
import { isFinal } from "../shared/client/ends";
import type { Client } from "../shared/client/state";
import { emptyLog, type Log } from "../shared/log";
import type { Outbox } from "../shared/outbox";
import type {
  CustomerAskPerson,
  CustomerChoose,
  CustomerClose,
  CustomerContact,
  CustomerCorrectCard,
  CustomerFeedback,
  CustomerLeaveQueue,
  CustomerOutFrame,
  CustomerRate,
  CustomerSend,
  CustomerStatus,
  CustomerWelcome,
} from "../shared/protocol";

/** Everything that a customer writes: it has a cmid and may be repeated. */
export type Write =
  | CustomerSend
  | CustomerChoose
  | CustomerAskPerson
  | CustomerLeaveQueue
  | CustomerFeedback
  | CustomerContact
  | CustomerCorrectCard
  | CustomerRate
  | CustomerClose;

export interface Typist {
  readonly role: "bot" | "agent";
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export interface Model {
  readonly token: string | null;
  readonly botName: string;
  readonly greeting: string;
  readonly textLimit: number;
  readonly log: Log;
  /** The head at the last welcome: once the log has reached it, history is complete. */
  readonly head: number;
  readonly welcomed: boolean;
  readonly status: CustomerStatus | null;
  readonly typist: Typist | null;
  readonly outbox: Outbox<Write>;
  /** One sentence about the last thing that could not be done. */
  readonly trouble: string | null;
}

const TYPING_SECONDS = 5;

/** Their details lie in a queue that nobody looks at: no place in it means anything. The form here took them, or the bot. */
export function isLeft({ log, status }: Model): boolean {
  return !status?.agents_online && log.events.some((event) => event.kind === "notice" && event.code === "contact_received");
}

export const emptyModel: Model = {
  token: null,
  botName: "",
  greeting: "",
  textLimit: 4000,
  log: emptyLog,
  head: 0,
  welcomed: false,
  status: null,
  typist: null,
  outbox: [],
  trouble: null,
};

/** What a frame says beyond the log and the outbox, which the client keeps. */
export function receive(model: Model, frame: CustomerOutFrame, now: number): Model {
  switch (frame.type) {
    case "welcome":
      return welcome(model, frame);
    case "event":
      return spoke(frame) ? { ...model, typist: null } : model;
    case "rejected":
      return frame.retryable || isShown(model, frame.cmid) ? model : { ...model, trouble: frame.message };
    case "bye":
      return isFinal(frame.code) ? { ...model, trouble: frame.message } : model;
    case "status":
      return frame.conversation === model.log.conversation ? { ...model, status: frame } : model;
    case "typing":
      return typing(model, frame.role, frame.name, now);
    default:
      return model;
  }
}

function welcome(model: Model, frame: CustomerWelcome): Model {
  const same = model.status?.conversation === frame.conversation;
  const { token, bot_name: botName, greeting, limits } = frame;
  return { ...model, token, botName, greeting, textLimit: limits.text, welcomed: true, status: same ? model.status : null };
}

function spoke(frame: Extract<CustomerOutFrame, { type: "event" }>): boolean {
  return frame.kind !== "hidden" && (frame.actor.role === "bot" || frame.actor.role === "agent");
}

/** A refused message says so itself. */
function isShown({ outbox }: Model, cmid: string | null): boolean {
  return outbox.some((entry) => entry.frame.cmid === cmid && entry.frame.type === "send");
}

function typing(model: Model, role: "customer" | "bot" | "agent", name: string, now: number): Model {
  if (role === "customer") return model;
  return { ...model, typist: { role, name, until: now + TYPING_SECONDS * 1000 } };
}

/** The log and the outbox are the client's. */
export function follow(model: Model, client: Client<Write>): Model {
  const [id = ""] = client.wanted;
  const { log, head } = client.readers[id] ?? { log: emptyLog, head: 0 };
  const { outbox, state } = client;
  const typist = state === "open" ? model.typist : null;
  const same = model.log === log && model.head === head && model.outbox === outbox && model.typist === typist;
  return same ? model : { ...model, log, head, outbox, typist };
}

/** History has arrived whole: from now on news may be read aloud. */
export function isComplete(model: Model): boolean {
  return model.welcomed && model.log.last >= model.head;
}

/** How many messages from the other side came after this seq. */
export function countUnread(log: Log, seen: number): number {
  const spoken = ["message", "answer", "choices", "offer"];
  return log.events.filter((e) => e.seq > seen && e.actor.role !== "customer" && spoken.includes(e.kind)).length;
}
