/** What the tab says: how many wait for this agent, and what is open. Pure. */

import type { ConsoleState } from "./model";
import { badgeCount, customerName } from "./queue";

export function pageTitle(state: ConsoleState): string {
  const count = badgeCount(state);
  const what = state.selected === null ? "Agent console" : customerName(state, state.selected);
  return `${count > 0 ? `(${count}) ` : ""}${what} · Frontdesk`;
}
