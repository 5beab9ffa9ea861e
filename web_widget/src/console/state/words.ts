/** What the console calls things. One place, so that queue, chat and packet say the same word. */

import type { AssignmentEvent, Attempt, ConversationStatus, EarlierConversation, MoodCue, NoticeEvent, OfferEvent, Packet, VerdictEvent } from "../../shared/protocol";

export type Reason = Packet["reason"];
export type Outcome = NonNullable<EarlierConversation["outcome"]>;
export type OfferOption = OfferEvent["options"][number];
export type Verdict = VerdictEvent["verdict"];
export type Tone = Packet["mood"]["tone"];
export type NoticeCode = NoticeEvent["code"];

export const REASON_WORD: Record<Reason, string> = {
  asked_for_person: "Asked for a person",
  low_confidence: "Bot unsure",
  repeated_failure: "Bot failed twice",
  same_question: "Asked again",
  rejected_twice: "Answers rejected",
  frustration: "Strong words",
  policy_topic: "Topic for a person",
  always_person: "Article asks for a person",
  other_language: "Writes another language",
  bot_unavailable: "Bot unavailable",
  left_details: "Left contact details",
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

/** Highest first. */
export const PRIORITIES: readonly number[] = [3, 2, 1, 0, -1];

const PRIORITY_WORD: Record<number, string> = { 3: "Urgent", 2: "High", 1: "Raised", 0: "Normal", [-1]: "Low" };

export function priorityWord(priority: number): string {
  return PRIORITY_WORD[priority] ?? String(priority);
}

export type AssignmentCode = AssignmentEvent["code"];

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

export const VERDICT_WORD: Record<Verdict, string> = { right: "Right", wrong: "Wrong", outdated: "Outdated" };

/** In the order of their keys: 1, 2, 3. */
export const VERDICTS: readonly Verdict[] = ["right", "wrong", "outdated"];

/** About the wording, never about the person. */
export const TONE_WORD: Record<Tone, string> = {
  calm: "Calm wording",
  unhappy: "Unhappy wording",
  angry: "Angry wording",
};

export const CUE_WORD: Record<MoodCue["kind"], string> = {
  capitals: "Capitals",
  exclamation: "Exclamation marks",
  strong_words: "Strong words",
  complaint: "Complaint",
  said_before: "Says it was said before",
  swearing: "Swearing",
  repeated: "Asked again",
  thumb_down: "Thumb down on an answer",
};

export const ATTEMPT_WORD: Record<Attempt["end"], string> = {
  helped: "Helped",
  not_helpful: "Not helpful",
  said_no: "They said it did not help",
  asked_again: "They asked again",
  none_fitted: "None of these fitted",
  chosen: "They chose",
  asked_for_person: "They asked for a person",
  open: "No word on it",
};
