/**
 * What the widget knows of its conversation, and how each frame changes it. Pure: no socket, no storage, no drawing.
 *
 * `again` in a step means: say hello again with the last seq, something is missing.
 */
import { applyEvent, emptyLog, isBehind, resumeLog, type Log } from "../shared/log";
import { deliver, enqueue, refuse, revive, settle, type Outbox } from "../shared/outbox";
import { backoffSeconds } from "../shared/socket";
import type {
  Accepted,
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
  Rejected,
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

export interface Step {
  readonly model: Model;
  readonly again: boolean;
}

export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** 0..1, for the back-off. */
  readonly random: number;
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

export function receive(model: Model, frame: CustomerOutFrame, moment: Moment): Step {
  const still = (next: Model): Step => ({ model: next, again: false });
  switch (frame.type) {
    case "welcome":
      return still(welcome(model, frame));
    case "event":
      return event(model, frame);
    case "accepted":
      return still(accepted(model, frame));
    case "rejected":
      return still(rejected(model, frame, moment));
    case "head":
      return { model, again: isBehind(model.log, frame) };
    case "status":
      return still(frame.conversation === model.log.conversation ? { ...model, status: frame } : model);
    case "typing":
      return still(typing(model, frame.role, frame.name, moment.now));
    default:
      return still(model);
  }
}

function welcome(model: Model, frame: CustomerWelcome): Model {
  const log = resumeLog(model.log, frame);
  return {
    ...model,
    token: frame.token,
    botName: frame.bot_name,
    greeting: frame.greeting,
    textLimit: frame.limits.text,
    log,
    head: frame.head,
    welcomed: true,
    status: log.conversation === model.log.conversation ? model.status : null,
  };
}

function event(model: Model, frame: Extract<CustomerOutFrame, { type: "event" }>): Step {
  const { log, outcome } = applyEvent(model.log, frame);
  if (outcome !== "applied") return { model, again: outcome === "gap" };
  if (frame.kind === "hidden") return { model: { ...model, log }, again: false };
  const outbox = settle(model.outbox, frame.cmid);
  const spoke = frame.actor.role === "bot" || frame.actor.role === "agent";
  return { model: { ...model, log, outbox, typist: spoke ? null : model.typist }, again: false };
}

/** A bubble stays until its event is in the log, so that nothing blinks; everything else has arrived. */
function accepted(model: Model, frame: Accepted): Model {
  const entry = model.outbox.find((kept) => kept.frame.cmid === frame.cmid);
  const bubble = entry?.frame.type === "send" && frame.seq > model.log.last;
  return { ...model, outbox: bubble ? deliver(model.outbox, frame.cmid) : settle(model.outbox, frame.cmid) };
}

function rejected(model: Model, frame: Rejected, moment: Moment): Model {
  const entry = model.outbox.find((kept) => kept.frame.cmid === frame.cmid);
  if (!entry) return frame.retryable ? model : { ...model, trouble: frame.message };
  if (!frame.retryable && entry.frame.type !== "send") {
    return { ...model, outbox: settle(model.outbox, frame.cmid), trouble: frame.message };
  }
  const wait = backoffSeconds(entry.attempts + 1, moment.random);
  return { ...model, outbox: refuse(model.outbox, frame, moment.now, wait) };
}

function typing(model: Model, role: "customer" | "bot" | "agent", name: string, now: number): Model {
  if (role === "customer") return model;
  return { ...model, typist: { role, name, until: now + TYPING_SECONDS * 1000 } };
}

export function write(model: Model, frame: Write, now: number): Model {
  return { ...model, outbox: enqueue(model.outbox, frame, now), trouble: null };
}

export function retry(model: Model, cmid: string): Model {
  return { ...model, outbox: revive(model.outbox, cmid) };
}

export function discard(model: Model, cmid: string): Model {
  return { ...model, outbox: settle(model.outbox, cmid) };
}

export function lost(model: Model): Model {
  return { ...model, typist: null };
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
