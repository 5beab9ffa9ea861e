// Generated from the Python models by `python -m handoff protocol`. Do not edit.

/** Sent only after COMMIT. `dup` when this cmid had been accepted before. */
export interface Accepted {
  type: "accepted";
  cmid: string;
  conversation: string;
  seq: number;
  dup: boolean;
}

/** The reader has everything up to `seq`, and has `read` it up to there. Cumulative; never answered. */
export interface Ack {
  type: "ack";
  /** Needed on the agent's socket only. */
  conversation?: string | null;
  seq: number;
  read?: number;
}

export interface Actor {
  role: "customer" | "bot" | "agent" | "system";
  name: string;
  agent_id: string | null;
}

/** Take the conversation that a colleague wants to pass on. An offered one is claimed. */
export interface AgentAccept {
  type: "accept";
  cmid: string;
  conversation: string;
}

/** Whether this agent takes new conversations. */
export interface AgentAvailable {
  type: "available";
  available: boolean;
}

/** A person, not a logo: what a customer sees of an agent. */
export interface AgentCard {
  id: string;
  name: string;
  about: string;
}

/** Take this waiting conversation, or without one the next in order. */
export interface AgentClaim {
  type: "claim";
  cmid: string;
  conversation?: string | null;
}

/** Not me: an offered conversation goes to the next agent, a transfer stays where it is. */
export interface AgentDecline {
  type: "decline";
  cmid: string;
  conversation: string;
}

export interface AgentHello {
  type: "hello";
  version?: number;
  oldest?: number | null;
}

/** Whether an answer of the bot was right. Any agent may judge, whoever has the conversation; the last one holds. */
export interface AgentJudge {
  type: "judge";
  cmid: string;
  conversation: string;
  answer_seq: number;
  verdict: "right" | "wrong" | "outdated";
}

export interface AgentNote {
  type: "note";
  cmid: string;
  conversation: string;
  text: string;
}

/** `POST /api/agent/poll`: the same for a console, signed in by its cookie; `watches` in its hello: what it follows. */
export interface AgentPoll {
  hello: AgentPollHello;
  /** Frames as on a socket, but hello. */
  frames?: (unknown)[];
  wait_seconds?: number;
  /** From the last reply: how things stand as the page has it. */
  shown?: string | null;
}

/** With every request: what the page follows, and how much of it it has. */
export interface AgentPollHello {
  type: "hello";
  version?: number;
  oldest?: number | null;
  watches?: (AgentWatch)[];
}

/** The same for a console: the whole queue and the status of what it follows come with every reply. */
export interface AgentPollReply {
  frames: (AgentWelcome | MessageEvent | AnswerEvent | ChoicesEvent | ChosenEvent | OfferEvent | NoticeEvent | FeedbackEvent | ContactEvent | CorrectionEvent | RatingEvent | NoteEvent | PacketEvent | AssignmentEvent | VerdictEvent | SuppressedEvent | HiddenEvent | Watching | Accepted | Rejected | Head | QueueState | ConversationStatus | Typing | Bye)[];
  /** For the next request. */
  shown: string;
}

export interface AgentPrioritise {
  type: "prioritise";
  cmid: string;
  conversation: string;
  priority: number;
}

/** Give the conversation back to the queue, at its original place. */
export interface AgentRequeue {
  type: "requeue";
  cmid: string;
  conversation: string;
  fence: number;
}

export interface AgentResolve {
  type: "resolve";
  cmid: string;
  conversation: string;
  fence: number;
  outcome: "solved" | "no_answer_needed" | "follow_up" | "spam";
}

export interface AgentReturnToBot {
  type: "return_to_bot";
  cmid: string;
  conversation: string;
  fence: number;
}

export interface AgentSend {
  type: "send";
  cmid: string;
  conversation: string;
  fence: number;
  text: string;
}

/** A supervisor takes a conversation from whoever has it, as it was last seen: under its fence. */
export interface AgentTakeOver {
  type: "take_over";
  cmid: string;
  conversation: string;
  fence: number;
}

/** Ask a colleague, or whoever has a skill, to take the conversation over. It stays with the sender until then. */
export interface AgentTransfer {
  type: "transfer";
  cmid: string;
  conversation: string;
  fence: number;
  to_agent?: string | null;
  to_skill?: string;
  note?: string;
}

export interface AgentTyping {
  type: "typing";
  conversation: string;
}

export interface AgentUnwatch {
  type: "unwatch";
  conversation: string;
}

export interface AgentWatch {
  type: "watch";
  conversation: string;
  epoch?: string | null;
  seq?: number;
}

export interface AgentWelcome {
  type: "welcome";
  version: number;
  agent: AgentCard;
  max_chats: number;
  available: boolean;
  /** May take over what others have. */
  supervisor: boolean;
  /** Agents pick from the queue, or each conversation is offered to one. */
  routing: "pick" | "offer";
  limits: Limits;
}

/** The bot answers with a passage and says where it comes from. */
export interface AnswerEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "answer";
  text: string;
  hit: Hit;
  confidence: number | null;
}

/** Who was asked to take the conversation and what became of it. For agents; a customer gets `hidden`. */
export interface AssignmentEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "assignment";
  code: "offered" | "declined" | "offer_passed" | "transfer_offered" | "transfer_accepted" | "transfer_declined" | "transfer_passed" | "taken_over" | "away" | "back" | "priority";
  text: string;
  agent: AgentCard | null;
}

/** One thing that the bot tried, and what came of it. */
export interface Attempt {
  /** The bot's event. */
  seq: number;
  kind: "answered" | "asked_back" | "not_found";
  /** The article shown, or what the bot asked or said. */
  title: string;
  /** The words that it was a reply to. */
  asked: Quote | null;
  /** `open` when nothing in the log says how it went. */
  end: "helped" | "not_helpful" | "said_no" | "asked_again" | "none_fitted" | "chosen" | "asked_for_person" | "open";
  /** The event that says so. */
  end_seq: number | null;
  end_quote: Quote | null;
  /** The button that was pressed, for `asked_back`. */
  choice: string;
}

/** The last frame before the gateway closes the socket. */
export interface Bye {
  type: "bye";
  code: string;
  message: string;
  retry_after_seconds: number | null;
}

/** "What I will tell them": the summary as the customer sees and corrects it. An empty line says nothing. */
export interface Card {
  want: string;
  about: string;
  tried: string;
  /** Lines that the customer wrote anew. */
  corrected: ("want" | "about" | "tried")[];
}

export interface Choice {
  /** Opaque; only the server knows what it stands for. */
  id: string;
  label: string;
}

/** Did you mean …? The last choice is always "None of these". */
export interface ChoicesEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "choices";
  text: string;
  choices: (Choice)[];
}

export interface ChosenEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "chosen";
  choice_id: string;
  label: string;
}

/** An agent as the others see them. */
export interface Colleague {
  card: AgentCard;
  skills: (string)[];
  languages: (string)[];
  online: boolean;
  available: boolean;
  active: number;
  max_chats: number;
}

/** How to reach somebody later: by e-mail, by telephone, or both. */
export interface Contact {
  name: string;
  email?: string;
  phone?: string;
  /** When a call suits, in the customer's words. */
  call_at?: string;
  about: string;
}

export interface ContactEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "contact";
  contact: Contact;
}

export interface ConversationList {
  conversations: (ConversationSummary)[];
}

/** How a watched conversation stands now: whose it is, and the fence that writes need. */
export interface ConversationStatus {
  type: "status";
  conversation: string;
  owner: "bot" | "queue" | "agent" | "closed";
  fence: number;
  agent: AgentCard | null;
  customer_name: string;
  customer_online: boolean;
  outcome: "solved" | "no_answer_needed" | "follow_up" | "spam" | null;
  /** How far the customer's page has got the log. */
  delivered_seq: number;
  /** How far the customer has seen it. */
  read_seq: number;
  agent_away: boolean;
  /** Null while they left nothing to reach them by. */
  reach: Reach | null;
  /** The latest packet, following what the customer says until an agent joins. Null: as in the log. */
  packet: Packet | null;
}

export interface ConversationSummary {
  conversation: string;
  owner: "bot" | "queue" | "agent" | "closed";
  customer_name: string;
  reason: "asked_for_person" | "low_confidence" | "repeated_failure" | "same_question" | "rejected_twice" | "frustration" | "policy_topic" | "always_person" | "other_language" | "bot_unavailable" | "left_details" | "back_to_queue" | null;
  outcome: "solved" | "no_answer_needed" | "follow_up" | "spam" | null;
  last_text: string;
  last_at: string;
  agent: AgentCard | null;
}

/** A line of the card as the customer wants it said. Empty: they want it left out. */
export interface Correction {
  part: "want" | "about" | "tried";
  text: string;
  seq: number;
}

/** The customer corrected what the person is told. Null stays as it was, empty is left out. */
export interface CorrectionEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "correction";
  want: string | null;
  about: string | null;
  tried: string | null;
}

/** The "talk to a person" button. With nobody online the bot asks how to reach the customer. */
export interface CustomerAskPerson {
  type: "ask_person";
  cmid: string;
}

/** A button of a `choices` event. */
export interface CustomerChoose {
  type: "choose";
  cmid: string;
  choice_id: string;
}

export interface CustomerClose {
  type: "close";
  cmid: string;
}

export interface CustomerContact {
  type: "contact";
  cmid: string;
  contact: Contact;
}

/** Lines of the card as the customer wants them told, until the conversation is closed. Null leaves a line alone. */
export interface CustomerCorrectCard {
  want?: string | null;
  about?: string | null;
  tried?: string | null;
  type: "correct_card";
  cmid: string;
}

export interface CustomerFeedback {
  type: "feedback";
  cmid: string;
  answer_seq: number;
  helpful: boolean;
}

/** First frame. Without token a new customer; without conversation the latest open one, or a new one. */
export interface CustomerHello {
  type: "hello";
  /** The newest protocol that the sender speaks. */
  version?: number;
  /** The oldest one it speaks; null: only `version`. */
  oldest?: number | null;
  token?: string | null;
  conversation?: string | null;
  epoch?: string | null;
  seq?: number;
  page?: Page;
  locale?: string;
}

/** Stay with the bot, or (`solved`) leave because the question is sorted out. */
export interface CustomerLeaveQueue {
  type: "leave_queue";
  cmid: string;
  solved?: boolean;
}

/** `POST /api/customer/poll`: hello, then frames as on a socket. Answered when there is news, or after the wait. To send without waiting for the request under way, send another one with `wait_seconds` 0: events may then come twice, and are dropped by their seq. */
export interface CustomerPoll {
  hello: CustomerHello;
  /** Frames as on a socket, but hello. */
  frames?: (unknown)[];
  wait_seconds?: number;
  /** From the last reply: how things stand as the page has it. */
  shown?: string | null;
}

export interface CustomerRate {
  type: "rate";
  cmid: string;
  score: number;
  comment?: string;
}

export interface CustomerSend {
  type: "send";
  cmid: string;
  text: string;
}

/** Where the customer stands now. Replaces the one before; has no seq and is not in the log. */
export interface CustomerStatus {
  type: "status";
  conversation: string;
  owner: "bot" | "queue" | "agent" | "closed";
  agent: AgentCard | null;
  queue: QueuePlace | null;
  agents_online: number;
  bot_thinking: boolean;
  may_rate: boolean;
  /** The agent lost the connection; they may come back. */
  agent_away: boolean;
  /** How far a person has read this conversation. */
  read_seq: number;
  /** Nobody is there, or the wait is long: offer an e-mail or a call back. */
  may_leave_details: boolean;
  /** What a person will be told; null while none is called, offered or on the way. */
  card: Card | null;
}

export interface CustomerTyping {
  type: "typing";
}

/** `token` proves who this customer is from now on; keep it. Events after the asked seq follow, then `status`. */
export interface CustomerWelcome {
  type: "welcome";
  /** What both speak: the newest that is known here and there. */
  version: number;
  token: string;
  conversation: string;
  epoch: string;
  head: number;
  /** Whether the asked epoch held; if not, forget the log: it follows from seq 1. */
  resumed: boolean;
  bot_name: string;
  greeting: string;
  limits: Limits;
}

export interface EarlierConversation {
  conversation: string;
  started_at: string;
  about: string;
  outcome: "solved" | "no_answer_needed" | "follow_up" | "spam" | null;
}

export interface Entity {
  entity: string;
  value: string;
}

export interface EventFields {
  type: "event";
  conversation: string;
  seq: number;
}

/** One sentence about why a person was called, and the event that it speaks of. */
export interface Evidence {
  text: string;
  seq: number | null;
}

export interface FeedbackEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "feedback";
  answer_seq: number;
  helpful: boolean;
}

/** The newest seq. A reader who is behind says hello (or watch) again. */
export interface Head {
  type: "head";
  conversation: string | null;
  seq: number;
}

/** Keeps `seq` gapless for a reader who may not see this event: no body, no actor, no time. */
export interface HiddenEvent {
  type: "event";
  conversation: string;
  seq: number;
  kind: "hidden";
}

/** A page of the log, oldest first: the same rows that a socket sends. */
export interface History {
  conversation: string;
  epoch: string;
  head: number;
  events: (MessageEvent | AnswerEvent | ChoicesEvent | ChosenEvent | OfferEvent | NoticeEvent | FeedbackEvent | ContactEvent | CorrectionEvent | RatingEvent | NoteEvent | PacketEvent | AssignmentEvent | VerdictEvent | SuppressedEvent | HiddenEvent)[];
}

/** One passage of a published article that may answer the question. */
export interface Hit {
  passage_id: string;
  article_slug: string;
  article_title: string;
  /** Heading above the passage, empty for the opening of an article. */
  heading: string;
  /** Plain text of the passage. */
  text: string;
  /** The words of `text` that answer, as they stand there; empty when the whole passage does. */
  span: string;
  /** Sanitised HTML of the passage. */
  html: string;
  /** Fused score; comparable within one reply only. */
  score: number;
  /** Path of the article in the help centre, with the heading as fragment. */
  url: string;
  updated_at: string;
  /** Its topic always goes to a person: never the bot's last word. */
  always_person: boolean;
  /** The logged answer that showed it, so that it can be judged; null in a search. */
  answer_id: string | null;
}

export interface Limits {
  text: number;
  frame: number;
}

export interface Me {
  id: string;
  name: string;
  email: string;
  about: string;
  roles: ("agent" | "editor" | "supervisor")[];
}

export interface MessageEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "message";
  text: string;
}

/** How the wording reads, and by which cues: the latest of each kind, in the order of the log. */
export interface Mood {
  tone: "calm" | "unhappy" | "angry";
  cues: (MoodCue)[];
}

/** One thing in the log that the tone was read from. An observation about words, not about a person. */
export interface MoodCue {
  kind: "strong_words" | "complaint" | "said_before" | "swearing" | "exclamation" | "capitals" | "repeated" | "thumb_down";
  seq: number;
  /** Null for a thumb. */
  quote: Quote | null;
}

/** Between agents; a customer gets `hidden`. */
export interface NoteEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "note";
  text: string;
}

/** A quiet line in the middle of the log: queued, joined, left, closed … */
export interface NoticeEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "notice";
  code: "queued" | "nobody_online" | "joined" | "left" | "requeued" | "returned_to_bot" | "left_queue" | "closed" | "reopened" | "bot_unavailable" | "contact_received" | "still_working" | "passed_on" | "agent_away";
  text: string;
  agent: AgentCard | null;
}

/** The bot offers a person; the customer decides. */
export interface OfferEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "offer";
  text: string;
  options: ("person" | "details" | "stay")[];
}

/** All that an agent needs to go on without asking again, on one screen. */
export interface Packet {
  version: 1;
  reason: "asked_for_person" | "low_confidence" | "repeated_failure" | "same_question" | "rejected_twice" | "frustration" | "policy_topic" | "always_person" | "other_language" | "bot_unavailable" | "left_details" | "back_to_queue";
  /** One sentence with the evidence. */
  reason_detail: string;
  /** All of it in a line or two of plain text. */
  summary: string;
  questions: (string)[];
  tried: (TriedAnswer)[];
  intents: (ScoredIntent)[];
  entities: (Entity)[];
  slots: Record<string, string>;
  contact: Contact | null;
  page: Page;
  locale: string;
  earlier: (EarlierConversation)[];
  waiting_since: string;
  /** Why a person was called, sentence by sentence. */
  evidence: (Evidence)[];
  /** What they want in their own words, at most two. */
  wants: (Quote)[];
  /** What identifies the matter. */
  facts: (SummaryFact)[];
  /** What was tried, oldest first, and how it went. */
  attempts: (Attempt)[];
  mood: Mood;
  /** Lines that the customer corrected before; later ones are events of their own. */
  corrections: (Correction)[];
}

/** For agents; a customer gets `hidden`. */
export interface PacketEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "packet";
  packet: Packet;
}

/** Where the customer is on the website. Shown to agents, never trusted. */
export interface Page {
  url?: string;
  title?: string;
  referrer?: string;
}

/** Answered by `head`: the cheapest way to learn that a link is alive. */
export interface Ping {
  type: "ping";
}

/** What a socket would have been sent: `welcome` first, and `bye` last where a socket would have been closed. */
export interface PollReply {
  frames: (CustomerWelcome | MessageEvent | AnswerEvent | ChoicesEvent | ChosenEvent | OfferEvent | NoticeEvent | FeedbackEvent | ContactEvent | CorrectionEvent | RatingEvent | NoteEvent | PacketEvent | AssignmentEvent | VerdictEvent | SuppressedEvent | HiddenEvent | Accepted | Rejected | Head | CustomerStatus | Typing | Bye)[];
  /** For the next request. */
  shown: string;
}

export interface QueuePlace {
  position: number;
  /** P50 of the wait from this place, by the last served or a first guess; null while nobody is there. */
  low_seconds: number | null;
  /** P90 of the same. */
  high_seconds: number | null;
}

/** One live handoff: waiting for somebody, or with an agent. */
export interface QueueRow {
  conversation: string;
  state: "waiting" | "active";
  customer_name: string;
  reason: "asked_for_person" | "low_confidence" | "repeated_failure" | "same_question" | "rejected_twice" | "frustration" | "policy_topic" | "always_person" | "other_language" | "bot_unavailable" | "left_details" | "back_to_queue";
  priority: number;
  last_text: string;
  last_from: "customer" | "bot" | "agent";
  last_at: string;
  /** First customer message without an answer by a person. */
  waiting_since: string | null;
  agent: AgentCard | null;
  customer_online: boolean;
  channel: "chat" | "email" | "call";
  skill: string;
  language: string;
  /** Whether the reader has the skill and the language for it. */
  may_take: boolean;
  /** Who had this customer before. */
  known_agent: AgentCard | null;
  offered_to: AgentCard | null;
  /** Left to take what is offered. */
  offer_seconds: number | null;
  transfer_to: AgentCard | null;
  transfer_skill: string;
  agent_away: boolean;
}

/** The whole queue, sent on connecting and at every change. A lower version than the last one seen is old. */
export interface QueueState {
  type: "queue";
  version: number;
  rows: (QueueRow)[];
  /** Agents online and available. */
  agents: (AgentCard)[];
  mine_active: number;
  max_chats: number;
  /** Everybody with an account of an agent. */
  colleagues: (Colleague)[];
  /** Skills that some agent has. */
  skills: (string)[];
}

/** The customer's own words: characters `start` to `end` of what the event `seq` says. That is the `text` of a message, and `contact.about` of a contact event. */
export interface Quote {
  seq: number;
  start: number;
  end: number;
  /** Verbatim, without the dots that a reader puts where it is cut. */
  text: string;
  /** They had said something before it in the same message. */
  cut_before: boolean;
  cut_after: boolean;
}

export interface RatingEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "rating";
  score: number;
  comment: string;
}

/** How to reach a customer who is not on the page. */
export interface Reach {
  channel: "chat" | "email" | "call";
  email: string;
  phone: string;
  /** When a call suits, in the customer's words. */
  call_at: string;
  /** Replies go out as letters while they are gone; false: the agent has to write or call. */
  letters: boolean;
  /** What became of the latest letter. */
  letter: "" | "waiting" | "sent" | "failed";
}

/** Nothing was written. `message` is one plain sentence for whoever can act on it. */
export interface Rejected {
  type: "rejected";
  cmid: string | null;
  conversation: string | null;
  code: string;
  message: string;
  retryable: boolean;
  retry_after_seconds: number | null;
}

export interface ScoredIntent {
  name: string;
  confidence: number;
}

export interface SignIn {
  email: string;
  password: string;
}

/** What identifies the matter: an order number, a product, an e-mail address. */
export interface SummaryFact {
  /** order_number, product, email, phone or another entity of the bot. */
  kind: string;
  value: string;
  /** Where they said it; null when it came another way. */
  quote: Quote | null;
}

/** A bot reply that came after an agent had taken over: kept for agents, never shown to a customer. */
export interface SuppressedEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "suppressed";
  text: string;
}

export interface TriedAnswer {
  question: string;
  hit: Hit;
  confidence: number | null;
  helpful: boolean | null;
}

export interface Typing {
  type: "typing";
  conversation: string;
  role: "customer" | "bot" | "agent";
  name: string;
}

/** An agent judged an answer of the bot; the latest verdict holds. For agents; a customer gets `hidden`. */
export interface VerdictEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
  kind: "verdict";
  answer_seq: number;
  verdict: "right" | "wrong" | "outdated";
}

export interface VisibleEvent {
  type: "event";
  conversation: string;
  seq: number;
  actor: Actor;
  at: string;
  cmid: string | null;
}

/** Answer to `watch`; the events after the asked seq follow. `resumed` false: forget the log, it follows whole. */
export interface Watching {
  type: "watching";
  conversation: string;
  epoch: string;
  head: number;
  resumed: boolean;
}

export type Event =
  | MessageEvent
  | AnswerEvent
  | ChoicesEvent
  | ChosenEvent
  | OfferEvent
  | NoticeEvent
  | FeedbackEvent
  | ContactEvent
  | CorrectionEvent
  | RatingEvent
  | NoteEvent
  | PacketEvent
  | AssignmentEvent
  | VerdictEvent
  | SuppressedEvent
  | HiddenEvent;

export type CustomerFrame =
  | CustomerHello
  | CustomerSend
  | CustomerChoose
  | CustomerAskPerson
  | CustomerLeaveQueue
  | CustomerFeedback
  | CustomerContact
  | CustomerCorrectCard
  | CustomerRate
  | CustomerClose
  | CustomerTyping
  | Ack
  | Ping;

export type AgentFrame =
  | AgentHello
  | AgentWatch
  | AgentUnwatch
  | AgentClaim
  | AgentAccept
  | AgentDecline
  | AgentTransfer
  | AgentTakeOver
  | AgentPrioritise
  | AgentSend
  | AgentNote
  | AgentJudge
  | AgentReturnToBot
  | AgentRequeue
  | AgentResolve
  | AgentAvailable
  | AgentTyping
  | Ack
  | Ping;

export type CustomerOutFrame =
  | CustomerWelcome
  | MessageEvent
  | AnswerEvent
  | ChoicesEvent
  | ChosenEvent
  | OfferEvent
  | NoticeEvent
  | FeedbackEvent
  | ContactEvent
  | CorrectionEvent
  | RatingEvent
  | NoteEvent
  | PacketEvent
  | AssignmentEvent
  | VerdictEvent
  | SuppressedEvent
  | HiddenEvent
  | Accepted
  | Rejected
  | Head
  | CustomerStatus
  | Typing
  | Bye;

export type AgentOutFrame =
  | AgentWelcome
  | MessageEvent
  | AnswerEvent
  | ChoicesEvent
  | ChosenEvent
  | OfferEvent
  | NoticeEvent
  | FeedbackEvent
  | ContactEvent
  | CorrectionEvent
  | RatingEvent
  | NoteEvent
  | PacketEvent
  | AssignmentEvent
  | VerdictEvent
  | SuppressedEvent
  | HiddenEvent
  | Watching
  | Accepted
  | Rejected
  | Head
  | QueueState
  | ConversationStatus
  | Typing
  | Bye;

export type AfterClose = "reconnect" | "wait" | "reload" | "sign_in" | "stop";

export const AFTER_BYE: Record<string, AfterClose> = {
  invalid_text: "reconnect",
  too_big: "reconnect",
  internal_error: "reconnect",
  restarting: "wait",
  store_unavailable: "wait",
  slow_reader: "reconnect",
  bad_frame: "stop",
  no_hello: "stop",
  not_text: "stop",
  not_signed_in: "sign_in",
  not_allowed: "sign_in",
  foreign_origin: "stop",
  hello_too_late: "reconnect",
  unknown_version: "reload",
  too_many: "wait",
  rate_limited: "wait",
};

export const AFTER_CLOSE: Record<number, AfterClose> = {
  1007: "reconnect",
  1009: "reconnect",
  1011: "reconnect",
  1012: "wait",
  1013: "wait",
  4008: "reconnect",
  4400: "stop",
  4401: "sign_in",
  4403: "stop",
  4408: "reconnect",
  4426: "reload",
  4429: "wait",
};
