/** A small shop floor to test against: builders for the frames that a gateway would send. */

import type {
  AgentCard,
  AgentWelcome,
  AnswerEvent,
  ConversationStatus,
  Event,
  Hit,
  MessageEvent,
  NoticeEvent,
  Packet,
  QueueRow,
  QueueState,
} from "../../src/shared/protocol";

export const MARA: AgentCard = { id: "a-mara", name: "Mara Lindqvist", about: "Knows tents and returns" };
export const TOMAS: AgentCard = { id: "a-tomas", name: "Tomas Okafor", about: "Knows orders and payments" };
export const NOON = Date.parse("2026-11-22T12:00:00Z");

/** ISO time, `seconds` before noon. */
export function ago(seconds: number): string {
  return new Date(NOON - seconds * 1000).toISOString();
}

export function welcome(change: Partial<AgentWelcome> = {}): AgentWelcome {
  return {
    type: "welcome",
    version: 1,
    agent: MARA,
    max_chats: 4,
    available: true,
    supervisor: false,
    routing: "pick",
    limits: { text: 4000, frame: 65_536 },
    ...change,
  };
}

export function row(conversation: string, change: Partial<QueueRow> = {}): QueueRow {
  return {
    conversation,
    state: "waiting",
    customer_name: "Ana Ruiz",
    reason: "low_confidence",
    priority: 0,
    last_text: "Where is my tent?",
    last_from: "customer",
    last_at: ago(40),
    waiting_since: ago(40),
    agent: null,
    customer_online: true,
    channel: "chat",
    skill: "",
    language: "",
    may_take: true,
    known_agent: null,
    offered_to: null,
    offer_seconds: null,
    transfer_to: null,
    transfer_skill: "",
    agent_away: false,
    ...change,
  };
}

export function queue(version: number, rows: QueueRow[], change: Partial<QueueState> = {}): QueueState {
  const mine = rows.filter((one) => one.agent?.id === MARA.id).length;
  return { type: "queue", version, rows, agents: [MARA, TOMAS], mine_active: mine, max_chats: 4, colleagues: [], skills: [], ...change };
}

export function status(conversation: string, change: Partial<ConversationStatus> = {}): ConversationStatus {
  return {
    type: "status",
    conversation,
    owner: "agent",
    fence: 3,
    agent: MARA,
    customer_name: "Ana Ruiz",
    customer_online: true,
    outcome: null,
    delivered_seq: 0,
    read_seq: 0,
    agent_away: false,
    reach: null,
    packet: null,
    ...change,
  };
}

export function message(conversation: string, seq: number, change: Partial<MessageEvent> = {}): MessageEvent {
  return {
    type: "event",
    kind: "message",
    conversation,
    seq,
    actor: { role: "customer", name: "Ana Ruiz", agent_id: null },
    at: ago(300 - seq),
    cmid: `c-${seq}`,
    text: `Message ${seq}`,
    ...change,
  };
}

export function fromAgent(conversation: string, seq: number, change: Partial<MessageEvent> = {}): MessageEvent {
  return message(conversation, seq, { actor: { role: "agent", name: MARA.name, agent_id: MARA.id }, ...change });
}

export function hidden(conversation: string, seq: number): Event {
  return { type: "event", kind: "hidden", conversation, seq };
}

export function notice(conversation: string, seq: number, change: Partial<NoticeEvent> = {}): NoticeEvent {
  return {
    type: "event",
    kind: "notice",
    conversation,
    seq,
    actor: { role: "system", name: "Frontdesk", agent_id: null },
    at: ago(300 - seq),
    cmid: null,
    code: "queued",
    text: "You are in line for a person.",
    agent: null,
    ...change,
  };
}

export const HIT: Hit = {
  passage_id: "p-1",
  article_slug: "late-parcels",
  article_title: "When a parcel is late",
  heading: "How long to wait",
  text: "Most parcels arrive within four working days. If yours has not moved for three, we look for it.",
  html: "<p>Most parcels arrive within four working days.</p>",
  score: 0.71,
  span: "",
  answer_id: null,
  url: "/help/late-parcels#how-long-to-wait",
  updated_at: "2026-10-02T09:00:00Z",
  always_person: false,
};

export function answer(conversation: string, seq: number, change: Partial<AnswerEvent> = {}): AnswerEvent {
  return {
    type: "event",
    kind: "answer",
    conversation,
    seq,
    actor: { role: "bot", name: "Fern", agent_id: null },
    at: ago(300 - seq),
    cmid: null,
    text: HIT.text,
    hit: HIT,
    confidence: 0.62,
    ...change,
  };
}

export function packet(change: Partial<Packet> = {}): Packet {
  return {
    version: 1,
    reason: "low_confidence",
    reason_detail: "The best article fits at 31 %, below the 45 % that an answer needs.",
    summary: "Ana ordered a tent nine days ago and the parcel has not moved since Monday.",
    questions: ["Where is my tent?", "Why has it not moved since Monday?"],
    tried: [{ question: "Where is my tent?", hit: HIT, confidence: 0.62, helpful: false }],
    intents: [{ name: "ask_delivery", confidence: 0.81 }],
    entities: [{ entity: "order_number", value: "FH-204817" }],
    slots: { order_number: "FH-204817", product: "Two-person tent" },
    contact: null,
    page: { url: "https://fernhill.example/orders/FH-204817", title: "Your order FH-204817", referrer: "" },
    locale: "en-GB",
    earlier: [
      { conversation: "c-old", started_at: "2026-09-03T10:00:00Z", about: "Broken tent pole", outcome: "solved" },
    ],
    waiting_since: ago(130),
    evidence: [{ text: "The best article fits at 31 %, below the 45 % that an answer needs.", seq: 1 }],
    wants: [{ seq: 1, start: 0, end: 17, text: "Where is my tent?", cut_before: false, cut_after: false }],
    facts: [{ kind: "order_number", value: "FH-204817", quote: null }],
    attempts: [
      { seq: 2, kind: "answered", title: "When a parcel is late", asked: null, end: "not_helpful", end_seq: 3, end_quote: null, choice: "" },
    ],
    mood: { tone: "calm", cues: [] },
    corrections: [],
    ...change,
  };
}
