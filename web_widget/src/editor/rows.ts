/** Which articles the list shows, and how many there are of each kind. Pure. */
import type { EditorRow } from "../shared/knowledge";

export type StateFilter = "all" | EditorRow["state"];
export const STATE_FILTERS: readonly StateFilter[] = ["all", "draft", "published", "changed", "retired"];

export interface ListFilter {
  q: string;
  state: StateFilter;
  /** Empty: every category. */
  category: string;
}

export const EVERYTHING: ListFilter = { q: "", state: "all", category: "" };

export function isFiltered(filter: ListFilter): boolean {
  return filter.q.trim() !== "" || filter.state !== "all" || filter.category !== "";
}

/** Rows that pass, newest change first. Every word of `q` must occur in title, address or category. */
export function shown(rows: readonly EditorRow[], filter: ListFilter): EditorRow[] {
  return inScope(rows, filter)
    .filter((row) => filter.state === "all" || row.state === filter.state)
    .sort((one, other) => other.updated_at.localeCompare(one.updated_at) || one.title.localeCompare(other.title));
}

/** How many each state button would show, under the present search and category. */
export function stateCounts(rows: readonly EditorRow[], filter: ListFilter): Record<StateFilter, number> {
  const count = { all: 0, draft: 0, published: 0, changed: 0, retired: 0 };
  for (const row of inScope(rows, filter)) {
    count.all += 1;
    count[row.state] += 1;
  }
  return count;
}

export function categories(rows: readonly EditorRow[]): string[] {
  const names = new Set(rows.map((row) => row.category).filter((name) => name !== ""));
  return [...names].sort((one, other) => one.localeCompare(other));
}

function inScope(rows: readonly EditorRow[], filter: ListFilter): EditorRow[] {
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (filter.category !== "" && row.category !== filter.category) return false;
    const text = `${row.title} ${row.slug} ${row.category}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
