import type { CustomerOutFrame, CustomerStatus, CustomerWelcome } from "../../src/shared/protocol";
import type { LogEvent } from "../../src/shared/log";
import type { SocketLike } from "../../src/shared/socket";

export const FERN = { role: "bot" as const, name: "Fern", agent_id: null };
export const MARA = { role: "agent" as const, name: "Mara Lindqvist", agent_id: "a1" };
export const ME = { role: "customer" as const, name: "You", agent_id: null };
export const SYSTEM = { role: "system" as const, name: "Frontdesk", agent_id: null };

export function welcome(more: Partial<CustomerWelcome> = {}): CustomerWelcome {
  return {
    type: "welcome",
    version: 1,
    token: "t",
    conversation: "c",
    epoch: "e",
    head: 0,
    resumed: false,
    bot_name: "Fern",
    greeting: "Hello, I am Fern, a bot.",
    limits: { text: 4000, frame: 65536 },
    ...more,
  };
}

export function status(more: Partial<CustomerStatus> = {}): CustomerStatus {
  return {
    type: "status",
    conversation: "c",
    owner: "bot",
    agent: null,
    queue: null,
    agents_online: 1,
    bot_thinking: false,
    may_rate: false,
    agent_away: false,
    read_seq: 0,
    may_leave_details: true,
    card: null,
    ...more,
  };
}

type Body = LogEvent extends infer E ? (E extends LogEvent ? Omit<E, "type" | "conversation" | "at" | "cmid"> : never) : never;

/** `minute` of 22 November 2026, 9 o'clock local time. */
export function event(body: Body, minute = 0, cmid: string | null = null): LogEvent {
  const at = new Date(2026, 10, 22, 9, minute).toISOString();
  return { type: "event", conversation: "c", at, cmid, ...body } as LogEvent;
}

export const message = (seq: number, actor: LogEvent["actor"], text: string, minute = 0, cmid: string | null = null) =>
  event({ kind: "message", seq, actor, text }, minute, cmid);

export const notice = (seq: number, code: "queued" | "joined" | "closed" | "contact_received", minute = 0) =>
  event({ kind: "notice", seq, actor: SYSTEM, code, text: code, agent: null }, minute);

export const HIT = {
  passage_id: "p",
  article_slug: "how-to-return",
  article_title: "How to return something",
  heading: "Costs",
  text: "You have 60 days.",
  html: "<p>You have <strong>60 days</strong>.</p>",
  score: 0.02,
  span: "",
  answer_id: null,
  url: "/help/how-to-return#costs",
  updated_at: "2026-11-10T09:00:00Z",
  always_person: false,
};

export const answer = (seq: number, minute = 0) =>
  event({ kind: "answer", seq, actor: FERN, text: HIT.text, hit: HIT, confidence: 0.9 }, minute);

export const choices = (seq: number, minute = 0) =>
  event(
    {
      kind: "choices",
      seq,
      actor: FERN,
      text: "Did you mean",
      choices: [
        { id: "x", label: "Refunds" },
        { id: "none", label: "None of these" },
      ],
    },
    minute,
  );

export const offer = (seq: number, minute = 0) =>
  event({ kind: "offer", seq, actor: FERN, text: "A person?", options: ["person", "details", "stay"] }, minute);

export const accepted = (cmid: string, seq: number, dup = false): CustomerOutFrame => ({
  type: "accepted",
  cmid,
  conversation: "c",
  seq,
  dup,
});

export const rejected = (cmid: string, retryable: boolean): CustomerOutFrame => ({
  type: "rejected",
  cmid,
  conversation: "c",
  code: "no",
  message: "That did not work.",
  retryable,
  retry_after_seconds: null,
});

/** For a session under test: the given connections, no store, and always its turn. */
export const partsWith = (connect: () => SocketLike) => ({ connect, store: null, turn: undefined });
