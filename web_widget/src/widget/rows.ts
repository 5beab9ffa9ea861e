/**
 * The log as it is drawn: days, groups by sender, quiet lines, and what may still be pressed. Pure.
 *
 * Feedback moves to the answer it is about; a choice becomes the customer's own words.
 */
import type { Log, LogEvent } from "../shared/log";
import type { Outbox } from "../shared/outbox";
import type { AgentCard, AnswerEvent, ChoicesEvent, Contact, OfferEvent } from "../shared/protocol";
import { dayLabel, sameDay } from "../shared/time";
import type { Write } from "./model";

export type Side = "mine" | "bot" | "agent";

interface Said {
  readonly key: string;
  readonly at: string;
  readonly side: Side;
  readonly name: string;
  /** First of a group: carries name and label. */
  readonly first: boolean;
  readonly last: boolean;
}

export interface TextRow extends Said {
  readonly row: "text";
  readonly text: string;
  readonly state: "sent" | "sending" | "failed";
  readonly cmid: string | null;
  readonly failure: string | null;
  /** A person has read it, and nothing was said since. */
  readonly seen: boolean;
}

export interface AnswerRow extends Said {
  readonly row: "answer";
  readonly event: AnswerEvent;
  readonly helpful: boolean | null;
}

export interface ChoicesRow extends Said {
  readonly row: "choices";
  readonly event: ChoicesEvent;
  readonly chosen: string | null;
  readonly open: boolean;
}

export interface OfferRow extends Said {
  readonly row: "offer";
  readonly event: OfferEvent;
  readonly open: boolean;
}

export interface ContactRow extends Said {
  readonly row: "contact";
  readonly contact: Contact;
  readonly state: "sent" | "sending";
}

export interface NoticeRow {
  readonly row: "notice";
  readonly key: string;
  readonly at: string;
  readonly text: string;
  readonly code: string;
  readonly agent: AgentCard | null;
}

export interface DayRow {
  readonly row: "day";
  readonly key: string;
  readonly label: string;
}

export type SaidRow = TextRow | AnswerRow | ChoicesRow | OfferRow | ContactRow;
export type Row = SaidRow | NoticeRow | DayRow;

const GROUP_MILLISECONDS = 2 * 60_000;

export interface RowsInput {
  readonly log: Log;
  readonly outbox: Outbox<Write>;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly locale?: string;
  /** The voice of what the system itself offers. */
  readonly botName?: string;
  /** How far a person has read. */
  readonly readSeq?: number;
}

export function buildRows({ log, outbox, now, locale, botName = "", readSeq = 0 }: RowsInput): Row[] {
  const read = log.events.findLast((event) => event.kind === "message" && (event.actor.role === "agent" || event.seq <= readSeq));
  const context = { ...survey(log.events, outbox), botName, seen: read?.seq };
  const drawn = [...log.events.flatMap((event) => drawEvent(event, context)), ...drawOutbox(outbox)];
  return withDays(withGroups(drawn), now, locale);
}

interface Context extends Survey {
  readonly botName: string;
  readonly seen: number | undefined;
}

interface Survey {
  readonly helpful: ReadonlyMap<number, boolean>;
  readonly chosen: ReadonlyMap<string, true>;
  /** Seq of the last thing that answers what stood before it: choices and offers above it are old. */
  readonly answeredUpTo: number;
  readonly pendingChoice: string | null;
}

const ANSWERING_NOTICES = ["queued", "joined", "closed", "contact_received", "returned_to_bot"];

function answers(event: LogEvent): boolean {
  if (event.kind === "notice") return ANSWERING_NOTICES.includes(event.code);
  return event.actor.role === "customer" && ["message", "chosen", "contact"].includes(event.kind);
}

function survey(events: readonly LogEvent[], outbox: Outbox<Write>): Survey {
  const helpful = new Map<number, boolean>();
  const chosen = new Map<string, true>();
  for (const event of events) {
    if (event.kind === "feedback") helpful.set(event.answer_seq, event.helpful);
    if (event.kind === "chosen") chosen.set(event.choice_id, true);
  }
  let pendingChoice: string | null = null;
  let asking = false;
  for (const { frame, failure } of outbox) {
    if (frame.type === "feedback") helpful.set(frame.answer_seq, frame.helpful);
    if (frame.type === "choose") pendingChoice = frame.choice_id;
    if (frame.type === "ask_person" || frame.type === "contact" || (frame.type === "send" && !failure)) asking = true;
  }
  const answered = events.findLast(answers)?.seq ?? 0;
  return { helpful, chosen, pendingChoice, answeredUpTo: asking ? Number.POSITIVE_INFINITY : answered };
}

function said(event: LogEvent, { botName }: Context): Said {
  const { role, name } = event.actor;
  const side = role === "customer" ? "mine" : role === "agent" ? "agent" : "bot";
  return { key: `e${event.seq}`, at: event.at, side, name: role === "system" ? botName || name : name, first: true, last: true };
}

function drawEvent(event: LogEvent, context: Context): (SaidRow | NoticeRow)[] {
  const open = event.seq > context.answeredUpTo;
  switch (event.kind) {
    case "message":
      return [text(said(event, context), event.text, event.cmid, event.seq === context.seen)];
    case "chosen":
      return [text(said(event, context), event.label, event.cmid)];
    case "answer":
      return [{ ...said(event, context), row: "answer", event, helpful: context.helpful.get(event.seq) ?? null }];
    case "choices": {
      const picked = event.choices.find(({ id }) => context.chosen.has(id) || context.pendingChoice === id);
      return [{ ...said(event, context), row: "choices", event, chosen: picked?.id ?? null, open: open && !picked }];
    }
    case "offer":
      return [{ ...said(event, context), row: "offer", event, open }];
    case "contact":
      return [{ ...said(event, context), row: "contact", contact: event.contact, state: "sent" }];
    case "notice":
      return [{ row: "notice", key: `e${event.seq}`, at: event.at, text: event.text, code: event.code, agent: event.agent }];
    default:
      return [];
  }
}

function text(base: Said, words: string, cmid: string | null, read = false): TextRow {
  return { ...base, row: "text", text: words, state: "sent", cmid, failure: null, seen: read && base.side === "mine" };
}

function drawOutbox(outbox: Outbox<Write>): SaidRow[] {
  return outbox.flatMap(({ frame, at, failure, delivered }): SaidRow[] => {
    const iso = new Date(at).toISOString();
    const base: Said = { key: `c${frame.cmid}`, at: iso, side: "mine", name: "", first: true, last: true };
    if (frame.type === "contact") return [{ ...base, row: "contact", contact: frame.contact, state: "sending" }];
    if (frame.type !== "send") return [];
    const state = failure !== null ? "failed" : delivered ? "sent" : "sending";
    return [{ ...base, row: "text", text: frame.text, state, cmid: frame.cmid, failure, seen: false }];
  });
}

function sameGroup(one: SaidRow | NoticeRow | undefined, other: SaidRow | NoticeRow | undefined): boolean {
  if (!one || !other || one.row === "notice" || other.row === "notice") return false;
  if (one.side !== other.side || !sameDay(one.at, other.at)) return false;
  if (one.side !== "mine" && one.name !== other.name) return false;
  return Math.abs(new Date(other.at).getTime() - new Date(one.at).getTime()) <= GROUP_MILLISECONDS;
}

function withGroups(rows: readonly (SaidRow | NoticeRow)[]): (SaidRow | NoticeRow)[] {
  return rows.map((row, index) => {
    if (row.row === "notice") return row;
    return { ...row, first: !sameGroup(rows[index - 1], row), last: !sameGroup(row, rows[index + 1]) };
  });
}

function withDays(rows: readonly (SaidRow | NoticeRow)[], now: number, locale?: string): Row[] {
  return rows.flatMap((row, index): Row[] => {
    const before = rows[index - 1];
    if (before && sameDay(before.at, row.at)) return [row];
    return [{ row: "day", key: `d${row.key}`, label: dayLabel(row.at, now, locale) }, row];
  });
}
