/** What differs between two texts of an article, in short lines an editor can check. Pure. */
import { counts, diffLines } from "./diff";
import { wordings, type Draft } from "./draft";

export interface Change {
  what: "title" | "text" | "summary" | "category" | "wordings" | "person";
  /** `Title`, `Other wordings` … */
  label: string;
  detail: string;
}

export function changesBetween(before: Draft, after: Draft): Change[] {
  const lines = counts(diffLines(before.body, after.body));
  const changes: Array<Change | null> = [
    words("title", "Title", before.title, after.title),
    tally("text", "Text", lines.added, lines.removed, ["line", "lines"]),
    words("summary", "Summary", before.summary, after.summary),
    words("category", "Category", before.category, after.category),
    wordingChange(wordings(before.questions), wordings(after.questions)),
    personChange(before.always_person, after.always_person),
  ];
  return changes.filter((change) => change !== null);
}

function words(what: Change["what"], label: string, before: string, after: string): Change | null {
  const [old, now] = [before.trim(), after.trim()];
  if (old === now) return null;
  if (old === "") return { what, label, detail: `“${now}” is new` };
  return { what, label, detail: now === "" ? `“${old}” goes away` : `“${old}” becomes “${now}”` };
}

function wordingChange(before: string[], after: string[]): Change | null {
  const added = after.filter((line) => !before.includes(line)).length;
  const removed = before.filter((line) => !after.includes(line)).length;
  return tally("wordings", "Other wordings", added, removed, ["", ""]);
}

function personChange(before: boolean, after: boolean): Change | null {
  if (before === after) return null;
  const detail = after ? "from now on, always" : "no longer always";
  return { what: "person", label: "Handed to a person", detail };
}

function tally(
  what: Change["what"],
  label: string,
  added: number,
  removed: number,
  [one, many]: [string, string],
): Change | null {
  if (added + removed === 0) return null;
  const part = (count: number, done: string) => [count, count === 1 ? one : many, done].filter((word) => word !== "").join(" ");
  const parts = [];
  if (added > 0) parts.push(part(added, "added"));
  if (removed > 0) parts.push(part(removed, "removed"));
  return { what, label, detail: parts.join(", ") };
}
