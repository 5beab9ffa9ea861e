/** Drafts in the browser's storage, one for each conversation: a reload or a sign-out loses no sentence. */

import type { Draft } from "./model";

const KEY = "frontdesk.console.drafts";
const MOST = 50;

type Store = Pick<Storage, "getItem" | "setItem">;

/** Unreadable or foreign content counts as empty: a draft is a kindness, not a reason to fail. */
export function readDrafts(store: Store): Record<string, Draft> {
  try {
    const raw: unknown = JSON.parse(store.getItem(KEY) ?? "{}");
    if (typeof raw !== "object" || raw === null) return {};
    return Object.fromEntries(Object.entries(raw).filter((pair): pair is [string, Draft] => isDraft(pair[1])));
  } catch {
    return {};
  }
}

/** Keeps the newest 50; a full or forbidden storage is ignored, the draft is still on the screen. */
export function writeDrafts(store: Store, drafts: Readonly<Record<string, Draft>>): void {
  try {
    store.setItem(KEY, JSON.stringify(Object.fromEntries(Object.entries(drafts).slice(-MOST))));
  } catch {
    return;
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== "object" || value === null) return false;
  const draft = value as Record<string, unknown>;
  return (
    (draft["mode"] === "reply" || draft["mode"] === "note") &&
    typeof draft["reply"] === "string" &&
    typeof draft["note"] === "string"
  );
}
