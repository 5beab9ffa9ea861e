/**
 * Keeps what is not saved yet in this browser, so that a crash or a closed lid costs nothing. One entry for each
 * article; removed as soon as the server has the text. A full or forbidden storage is no error: the page goes on.
 */
import type { Draft } from "./draft";

export interface Backup {
  base: number | null;
  draft: Draft;
  /** ISO-8601. */
  at: string;
}

const PREFIX = "frontdesk.editor.";

export class Backups {
  #storage: Storage | null;

  constructor(storage: Storage | null) {
    this.#storage = storage;
  }

  keep(id: string, backup: Backup): void {
    try {
      this.#storage?.setItem(PREFIX + id, JSON.stringify(backup));
    } catch {
      // Full or forbidden: autosave still works, only the second net is missing.
    }
  }

  drop(id: string): void {
    try {
      this.#storage?.removeItem(PREFIX + id);
    } catch {
      // As above.
    }
  }

  /** What was kept; an entry that cannot be read is removed. */
  find(id: string): Backup | null {
    try {
      const text = this.#storage?.getItem(PREFIX + id) ?? null;
      if (text === null) return null;
      const found: unknown = JSON.parse(text);
      // Kept by a page that did not know the flag yet, the text must not be lost for it.
      if (isBackup(found)) return { ...found, draft: { ...found.draft, always_person: found.draft.always_person === true } };
    } catch {
      // Falls through: whatever it was, it is no backup.
    }
    this.drop(id);
    return null;
  }
}

function isBackup(found: unknown): found is Backup {
  if (typeof found !== "object" || found === null) return false;
  const { base, draft, at } = found as Partial<Backup>;
  if (typeof at !== "string" || !(base === null || typeof base === "number")) return false;
  if (typeof draft !== "object" || draft === null) return false;
  const fields = ["title", "slug", "summary", "category", "questions", "body"] as const;
  return fields.every((field) => typeof draft[field] === "string");
}

/** The browser's storage, or null where reading it is forbidden. */
export function browserStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
