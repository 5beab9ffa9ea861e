/** What the figures of a test mean, in words and in widths. Pure. */
import type { SearchReply } from "../shared/knowledge";

export interface Verdict {
  word: string;
  sentence: string;
  tone: "good" | "warn" | "quiet";
}

export function verdictOf(reply: SearchReply): Verdict {
  const confidence = percent(reply.confidence);
  switch (reply.decision) {
    case "answer":
      return {
        word: "Answers",
        tone: "good",
        sentence: `Fern gives the first passage: ${confidence} sure, ${percent(reply.answer_threshold)} is enough.`,
      };
    case "clarify":
      return {
        word: "Asks back",
        tone: "warn",
        sentence: `Fern asks “did you mean …”: ${confidence} sure, an answer needs ${percent(reply.answer_threshold)}.`,
      };
    case "none":
      return {
        word: "No answer",
        tone: "quiet",
        sentence:
          reply.hits.length === 0
            ? "Nothing here comes close. Fern says so and offers a person."
            : `Fern says it does not know and offers a person: ${confidence} sure, asking back needs ${percent(reply.clarify_threshold)}.`,
      };
  }
}

/** Scores compare within one reply only, so each bar is a share of the best one. 0..1. */
export function barOf(reply: SearchReply, score: number): number {
  const best = Math.max(...reply.hits.map((hit) => hit.score), 0);
  return best > 0 ? Math.min(1, Math.max(0, score / best)) : 0;
}

export function percent(share: number): string {
  return `${Math.round(Math.min(1, Math.max(0, share)) * 100)} %`;
}
