/**
 * The editable part of an article as the page holds it. Pure: knows nothing of requests, timers or DOM.
 */
import type { DraftIn, EditorArticle, RevisionOut } from "../shared/knowledge";

export const LIMITS = { title: 200, slug: 100, summary: 300, category: 60, questions: 50, body: 100_000 } as const;

export interface Draft {
  title: string;
  slug: string;
  summary: string;
  category: string;
  /** Other wordings, one per line, as typed. */
  questions: string;
  body: string;
  /** A person is called for this topic, whatever the bot shows. */
  always_person: boolean;
}

export type Field = keyof Draft;

/** What stands in the way of saving, by field; empty when nothing does. */
export type DraftProblems = Partial<Record<Field, string>>;

export function draftOf(source: EditorArticle | (RevisionOut & { slug: string })): Draft {
  return {
    title: source.title,
    slug: source.slug,
    summary: source.summary,
    category: source.category,
    questions: source.questions.join("\n"),
    // The server ends every body with a line break; an empty one should look empty.
    body: source.body.trim() === "" ? "" : source.body,
    always_person: source.always_person,
  };
}

/** The wordings as a list: trimmed, without blanks and repetitions. */
export function wordings(questions: string): string[] {
  const lines = questions.split("\n").map((line) => line.trim().replace(/\s+/g, " "));
  return [...new Set(lines.filter((line) => line !== ""))];
}

/** What goes over the wire. The address is sent only while it may still change. */
export function draftIn(draft: Draft, base: number | null, slugIsOpen: boolean): DraftIn {
  return {
    title: draft.title.trim(),
    slug: slugIsOpen && draft.slug !== "" ? draft.slug : null,
    summary: draft.summary.trim(),
    category: draft.category.trim(),
    questions: wordings(draft.questions),
    body: draft.body,
    always_person: draft.always_person,
    base_revision: base,
  };
}

export function problemsOf(draft: Draft): DraftProblems {
  const problems: DraftProblems = {};
  if (draft.title.trim() === "") problems.title = "An article needs a title before it can be saved.";
  const slug = slugProblem(draft.slug);
  if (slug !== null) problems.slug = slug;
  if (wordings(draft.questions).length > LIMITS.questions) {
    problems.questions = `At most ${LIMITS.questions} wordings can be kept.`;
  }
  for (const field of ["title", "summary", "category", "body"] as const) {
    const over = draft[field].trim().length - LIMITS[field];
    if (over > 0) problems[field] = `This is ${over} ${over === 1 ? "character" : "characters"} too long.`;
  }
  return problems;
}

/** An empty address is fine: the server makes one of the title. */
export function slugProblem(slug: string): string | null {
  if (slug === "") return null;
  if (slug.length > LIMITS.slug) return `An address has at most ${LIMITS.slug} characters.`;
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug)) {
    return "An address is made of lower-case letters, digits and single hyphens.";
  }
  return null;
}

/** The address made of a title, by the same rule as the server: `Wash & care` gives `wash-care`. */
export function slugOf(words: string): string {
  return words
    .normalize("NFKD")
    .replace(/[^\x00-\x7f]/g, "")
    .toLowerCase()
    .replace(/'/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, LIMITS.slug)
    .replace(/-+$/, "");
}

export function sameDraft(one: Draft, other: Draft): boolean {
  return (
    one.title.trim() === other.title.trim() &&
    one.slug === other.slug &&
    one.summary.trim() === other.summary.trim() &&
    one.category.trim() === other.category.trim() &&
    one.body.trim() === other.body.trim() &&
    one.always_person === other.always_person &&
    wordings(one.questions).join("\n") === wordings(other.questions).join("\n")
  );
}
