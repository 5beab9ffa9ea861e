/** The history as people remember it: a sitting is one entry, however often its text was saved. Pure. */
import type { RevisionRow } from "../shared/knowledge";

/** Saves of one person that lie closer together than this belong to one sitting. */
export const SITTING_MS = 15 * 60_000;

export interface Sitting {
  /** The last revision of the sitting: what came of it. */
  newest: RevisionRow;
  /** Earlier saves of it, newest first. */
  earlier: RevisionRow[];
}

/** Newest first. A published revision always ends a sitting, so that it can be seen and restored by itself. */
export function sittings(revisions: readonly RevisionRow[]): Sitting[] {
  const found: Sitting[] = [];
  let last: RevisionRow | null = null;
  for (const revision of [...revisions].sort((one, other) => other.number - one.number)) {
    const sitting = found.at(-1);
    if (sitting !== undefined && last !== null && joins(revision, last)) sitting.earlier.push(revision);
    else found.push({ newest: revision, earlier: [] });
    last = revision;
  }
  return found;
}

function joins(revision: RevisionRow, next: RevisionRow): boolean {
  const apart = Date.parse(next.saved_at) - Date.parse(revision.saved_at);
  return !revision.published && revision.saved_by === next.saved_by && apart < SITTING_MS;
}
