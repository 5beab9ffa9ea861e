/** What publishing would change for customers, in sentences an editor can check. Pure. */
import { counts, diffLines } from "./diff";
import { wordings, type Draft } from "./draft";

export interface Change {
  what: "title" | "summary" | "category" | "wordings" | "text";
  sentence: string;
}

export function changesBetween(live: Draft, draft: Draft): Change[] {
  const changes: Change[] = [];
  const { added, removed } = counts(diffLines(live.body, draft.body));
  if (live.title.trim() !== draft.title.trim()) {
    changes.push({ what: "title", sentence: `The title becomes “${draft.title.trim()}” (now “${live.title.trim()}”).` });
  }
  if (added + removed > 0) changes.push({ what: "text", sentence: textSentence(added, removed) });
  if (live.summary.trim() !== draft.summary.trim()) {
    changes.push({ what: "summary", sentence: replaced("The summary", live.summary.trim(), draft.summary.trim()) });
  }
  if (live.category.trim() !== draft.category.trim()) {
    changes.push({ what: "category", sentence: moved(live.category.trim(), draft.category.trim()) });
  }
  const words = wordingSentence(wordings(live.questions), wordings(draft.questions));
  if (words !== null) changes.push({ what: "wordings", sentence: words });
  return changes;
}

function textSentence(added: number, removed: number): string {
  const parts = [];
  if (added > 0) parts.push(`${lines(added)} added`);
  if (removed > 0) parts.push(`${lines(removed)} removed`);
  return `In the text, ${parts.join(" and ")}.`;
}

function replaced(what: string, before: string, after: string): string {
  if (before === "") return `${what} is new: “${after}”.`;
  if (after === "") return `${what} goes away.`;
  return `${what} becomes “${after}”.`;
}

function moved(before: string, after: string): string {
  if (after === "") return `It leaves the category ${before}.`;
  return before === "" ? `It joins the category ${after}.` : `It moves from ${before} to ${after}.`;
}

function wordingSentence(live: string[], draft: string[]): string | null {
  const added = draft.filter((line) => !live.includes(line)).length;
  const removed = live.filter((line) => !draft.includes(line)).length;
  if (added + removed === 0) return null;
  const parts = [];
  if (added > 0) parts.push(`${added} added`);
  if (removed > 0) parts.push(`${removed} removed`);
  return `Other wordings: ${parts.join(", ")}.`;
}

function lines(count: number): string {
  return count === 1 ? "1 line is" : `${count} lines are`;
}
