/** A log as it is drawn: day lines, groups by sender, what was chosen and what was found helpful. Pure. */

import type { LogEvent } from "../../shared/log";
import type { PacketEvent, VerdictEvent } from "../../shared/protocol";
import { sameDay } from "../../shared/time";
import type { Chat } from "./model";

export type LogRow =
  | { type: "day"; key: string; at: string }
  | { type: "event"; key: string; event: LogEvent; first: boolean; marks: Marks };

/** What later events say about this one. */
export interface Marks {
  /** Of an answer: what the customer thought of it. */
  helpful: boolean | null;
  /** Of choices: the one that was taken. */
  chosen: string | null;
  /** Of an answer: what an agent last said of it. */
  verdict: VerdictEvent | null;
}

const GROUP_MS = 120_000;
const BUBBLES: ReadonlySet<LogEvent["kind"]> = new Set(["message", "answer", "choices", "chosen", "offer", "suppressed"]);

export function logRows(log: readonly LogEvent[]): readonly LogRow[] {
  const helpful = new Map<number, boolean>();
  const taken = new Set<string>();
  const verdicts = new Map<number, VerdictEvent>();
  for (const event of log) {
    if (event.kind === "feedback") helpful.set(event.answer_seq, event.helpful);
    if (event.kind === "chosen") taken.add(event.choice_id);
    if (event.kind === "verdict") verdicts.set(event.answer_seq, event);
  }
  const rows: LogRow[] = [];
  let before: LogEvent | null = null;
  for (const event of log) {
    if (event.kind === "verdict") continue;
    if (before === null || !sameDay(before.at, event.at)) rows.push({ type: "day", key: `day-${event.seq}`, at: event.at });
    const marks: Marks = {
      helpful: helpful.get(event.seq) ?? null,
      chosen: event.kind === "choices" ? (event.choices.find((choice) => taken.has(choice.id))?.id ?? null) : null,
      verdict: verdicts.get(event.seq) ?? null,
    };
    rows.push({ type: "event", key: `e-${event.seq}`, event, first: !sameGroup(before, event), marks });
    before = event;
  }
  return rows;
}

function sameGroup(before: LogEvent | null, event: LogEvent): boolean {
  return (
    before !== null &&
    BUBBLES.has(before.kind) &&
    BUBBLES.has(event.kind) &&
    (before.kind === "suppressed") === (event.kind === "suppressed") &&
    before.actor.role === event.actor.role &&
    before.actor.agent_id === event.actor.agent_id &&
    Date.parse(event.at) - Date.parse(before.at) < GROUP_MS
  );
}

/** The newest packet tells how things stand, with what was said until an agent joined; earlier ones are history. */
export function latestPacket(chat: Chat): PacketEvent | null {
  const last = chat.log.events.findLast((event) => event.kind === "packet");
  if (last?.kind !== "packet") return null;
  return chat.status?.packet ? { ...last, packet: chat.status.packet } : last;
}

export interface Fact {
  name: string;
  value: string;
}

/** Slots and entities as facts to copy, without those that have a place in the log: a value stands there once, under its more telling name (the slot's). */
export function packetFacts(packet: PacketEvent["packet"]): readonly Fact[] {
  const seen = new Set<string>();
  const facts: Fact[] = [];
  const contact = packet.contact;
  if (contact !== null) for (const value of Object.values(contact)) seen.add(value.toLowerCase());
  for (const { value } of packet.facts) seen.add(value.toLowerCase());
  const named = [
    ...Object.entries(packet.slots).map(([name, value]) => ({ name, value })),
    ...packet.entities.map(({ entity, value }) => ({ name: entity, value })),
  ];
  for (const fact of named) {
    const key = fact.value.trim().toLowerCase();
    if (key === "" || seen.has(key)) continue;
    seen.add(key);
    facts.push(fact);
  }
  return facts;
}

/** The newest note that this colleague left in the log; empty while it is not here. */
export function noteFrom(chat: Chat | undefined, agent: string | null): string {
  const note = chat?.log.events.findLast((event) => event.kind === "note" && event.actor.agent_id === agent);
  return note?.kind === "note" ? note.text : "";
}
