/** What every view of the editor may reach: the library, who is signed in, and where to go. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Backups } from "../backup";
import type { Library } from "../library";
import type { Route } from "../route";
import type { Session } from "../session";

export interface EditorWorld {
  library: Library;
  session: Session;
  backups: Backups;
  /** `replace`: the address changes without a step to go back to. */
  go(route: Route, options?: { replace?: boolean }): void;
  /** Asked before the page goes elsewhere; false keeps it. One guard at a time. */
  guard(leave: (() => Promise<boolean>) | null): void;
}

export const World = createContext<EditorWorld | null>(null);

export function useWorld(): EditorWorld {
  const world = useContext(World);
  if (world === null) throw new Error("This view needs a World around it.");
  return world;
}
