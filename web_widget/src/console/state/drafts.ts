/** Drafts in the browser's storage, one for each conversation of each agent: a reload or a sign-out loses no sentence. */

import type { Draft } from "./model";

const keyOf = (agent: string): string => `frontdesk.console.drafts:${agent}`;
const MOST = 50;

type Store = Pick<Storage, "getItem" | "setItem">;

/** Unreadable or foreign content counts as empty: a draft is a kindness, not a reason to fail. */
export function readDrafts(store: Store, agent: string): Record<string, Draft> {
  try {
    const raw: unknown = JSON.parse(store.getItem(keyOf(agent)) ?? "{}");
    if (typeof raw !== "object" || raw === null) return {};
    return Object.fromEntries(Object.entries(raw).filter((pair): pair is [string, Draft] => isDraft(pair[1])));
  } catch {
    return {};
  }
}

/** Keeps the newest 50; a full or forbidden storage is ignored, the draft is still on the screen. */
export function writeDrafts(store: Store, agent: string, drafts: Readonly<Record<string, Draft>>): void {
  try {
    store.setItem(keyOf(agent), JSON.stringify(Object.fromEntries(Object.entries(drafts).slice(-MOST))));
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
