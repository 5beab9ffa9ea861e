/** What the figures of a test mean, in words and in widths. Pure. */
import type { SearchReply } from "../shared/knowledge";

export interface Verdict {
  word: string;
  sentence: string;
  tone: "good" | "warn" | "quiet";
}

export function verdictOf(reply: SearchReply): Verdict {
  switch (reply.decision) {
    case "answer":
      return { word: "Answers", tone: "good", sentence: "Fern answers with the first of these passages." };
    case "clarify":
      return { word: "Asks back", tone: "warn", sentence: "Fern asks “did you mean …” and offers the likeliest of these." };
    case "none":
      return { word: "No answer", tone: "quiet", sentence: noneSentence(reply.hits.length) };
  }
}

function noneSentence(hits: number): string {
  const why = hits === 0 ? "Nothing here comes close." : "Nothing here is close enough.";
  return `${why} Fern says that it does not know and offers a person.`;
}

/** Scores compare within one reply only, so each bar is a share of the best one. 0..1. */
export function barOf(reply: SearchReply, score: number): number {
  const best = Math.max(...reply.hits.map((hit) => hit.score), 0);
  return best > 0 ? Math.min(1, Math.max(0, score / best)) : 0;
}

export function percent(share: number): string {
  return `${Math.round(Math.min(1, Math.max(0, share)) * 100)}\u00a0%`;
}
