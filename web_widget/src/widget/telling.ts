/**
 * The card "What I'll tell them" and what the customer makes of it. Pure.
 *
 * A correction names only the lines that were changed: null leaves a line alone, an empty text leaves it out.
 */
import type { Outbox } from "../shared/outbox";
import type { Card, CustomerCorrectCard } from "../shared/protocol";
import type { Write } from "./model";

export type Part = Card["corrected"][number];
export type Lines = Readonly<Record<Part, string>>;
export type Change = Omit<CustomerCorrectCard, "cmid">;

export const PARTS: readonly Part[] = ["want", "about", "tried"];
/** Characters that the gateway takes for one line. */
export const LONGEST = 1000;

export const tellWords = {
  title: "What I’ll tell them",
  parts: { want: "Want", about: "About", tried: "Tried" } satisfies Record<Part, string>,
  labels: { want: "What you want", about: "What it is about", tried: "What was tried" } satisfies Record<Part, string>,
  nothing: "Nothing yet. What you write is passed on.",
  yours: "your words",
  leftOut: "Left out",
  edit: "Edit",
  editLong: "Edit what I’ll tell them",
  hint: "A line that you empty is left out.",
  save: "Save",
  cancel: "Cancel",
  saving: "Saving",
  saved: "Saved. They read it in your words.",
  tooLong: (over: number) => `${over} characters too long`,
};

/** The correction that turns `before` into `after`; null when nothing changed. */
export function changeOf(before: Lines, after: Lines): Change | null {
  const said = (part: Part) => (after[part].trim() === before[part].trim() ? null : after[part].trim());
  const [want, about, tried] = PARTS.map(said);
  if (want === null && about === null && tried === null) return null;
  return { type: "correct_card", want, about, tried };
}

/** The card as the customer last wanted it, also while that is on its way. */
export function withPending(card: Card, outbox: Outbox<Write>): Card {
  return outbox.reduce((shown, { frame }) => (frame.type === "correct_card" ? corrected(shown, frame) : shown), card);
}

export function corrected(card: Card, change: Partial<Record<Part, string | null>>): Card {
  const changed = PARTS.filter((part) => (change[part] ?? null) !== null);
  const lines = Object.fromEntries(changed.map((part) => [part, change[part]]));
  const all = PARTS.filter((part) => changed.includes(part) || card.corrected.includes(part));
  return { ...card, ...lines, corrected: all };
}

/** The lines worth showing: what is said, and what the customer took out. */
export function shownParts(card: Card): readonly Part[] {
  return PARTS.filter((part) => card[part] !== "" || card.corrected.includes(part));
}
