/** What the console calls things. One place, so that queue, chat and packet say the same word. */

import type { ConversationStatus, EarlierConversation, NoticeEvent, OfferEvent, Packet } from "../../shared/protocol";

export type Reason = Packet["reason"];
export type Outcome = NonNullable<EarlierConversation["outcome"]>;
export type OfferOption = OfferEvent["options"][number];
export type NoticeCode = NoticeEvent["code"];

export const REASON_WORD: Record<Reason, string> = {
  asked_for_person: "Asked for a person",
  low_confidence: "Bot unsure",
  repeated_failure: "Bot failed twice",
  frustration: "Frustrated",
  policy_topic: "Needs a person",
  bot_unavailable: "Bot unavailable",
  left_details: "Left details",
  back_to_queue: "Back in the queue",
};

export const OUTCOME_WORD: Record<Outcome, string> = {
  solved: "Solved",
  no_answer_needed: "No answer needed",
  follow_up: "Follow-up to come",
  spam: "Spam",
};

export const OUTCOME_HINT: Record<Outcome, string> = {
  solved: "The customer has what they came for",
  no_answer_needed: "A thank you, a test or a mistake",
  follow_up: "Somebody still owes them an answer",
  spam: "Not a customer",
};

export const OUTCOMES: readonly Outcome[] = ["solved", "follow_up", "no_answer_needed", "spam"];

export const OFFER_WORD: Record<OfferOption, string> = {
  person: "Talk to a person",
  details: "Leave an e-mail",
  stay: "Stay with the bot",
};

/** Whose conversation it is, in a few words, seen by the agent `me`. */
export function ownerWords(status: Pick<ConversationStatus, "owner" | "agent" | "outcome">, me: string | null): string {
  switch (status.owner) {
    case "bot":
      return "With the bot";
    case "queue":
      return "Waiting";
    case "closed":
      return status.outcome === null ? "Closed" : `Closed · ${OUTCOME_WORD[status.outcome].toLowerCase()}`;
    case "agent":
      if (status.agent === null) return "With a colleague";
      return status.agent.id === me ? "With you" : `With ${status.agent.name}`;
  }
}

/** `contact_email` → `Contact e-mail`: slot and entity names as people read them. */
export function factLabel(name: string): string {
  const words = name.replace(/[_-]+/g, " ").trim().replace(/\bemail\b/g, "e-mail");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
