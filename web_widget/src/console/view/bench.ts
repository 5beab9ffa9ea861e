/** What every part of the console may reach: handed down once, so that tests can hand down something else. */

import { type Signal, signal, useComputed } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { SearchReply } from "../../shared/knowledge";
import type { ConversationSummary, Me } from "../../shared/protocol";
import type { Choices } from "../choices";
import type { Desk } from "../link/desk";
import type { Page } from "../page";
import type { ConsoleState } from "../state/model";

export interface Bench {
  desk: Desk;
  page: Page;
  choices: Choices;
  me: Me;
  /** Milliseconds, renewed every second. */
  now: Signal<number>;
  search: (question: string, signal: AbortSignal) => Promise<Pick<SearchReply, "hits" | "decision">>;
  recent: () => Promise<readonly ConversationSummary[]>;
  signOut: () => Promise<void>;
}

const BenchContext = createContext<Bench | null>(null);

export const BenchProvider = BenchContext.Provider;

export function useBench(): Bench {
  const bench = useContext(BenchContext);
  if (bench === null) throw new Error("no bench above this part of the console");
  return bench;
}

/** One value out of the state; the part is drawn again only when this value changes. */
export function usePick<T>(pick: (state: ConsoleState) => T): T {
  const { desk } = useBench();
  return useComputed(() => pick(desk.state.value)).value;
}

export function newPage(): Page {
  return { pane: signal("chat"), help: signal(false), passing: signal(null), focusComposer: signal(false), taking: signal(false), spot: signal(null) };
}
