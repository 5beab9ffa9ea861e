/** Nothing typed is lost by going away: what is unsaved is saved first, and if that fails the editor is asked. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Desk } from "../desk";
import { useWorld } from "./context";

export interface Leaving {
  /** The text could not be saved: ask whether to leave all the same. */
  asked: boolean;
  answer(leave: boolean): void;
}

export function useLeaving(desk: Desk): Leaving {
  const { guard } = useWorld();
  const [asked, setAsked] = useState(false);
  const decide = useRef<((leave: boolean) => void) | null>(null);

  useEffect(() => {
    guard(async () => {
      if (!desk.dirty.value || (await desk.flush())) return true;
      setAsked(true);
      return new Promise((resolve) => {
        decide.current = resolve;
      });
    });
    const warn = (event: BeforeUnloadEvent) => {
      if (!desk.dirty.value) return;
      event.preventDefault();
      void desk.flush();
    };
    window.addEventListener("beforeunload", warn);
    return () => {
      guard(null);
      window.removeEventListener("beforeunload", warn);
    };
  }, [desk, guard]);

  return {
    asked,
    answer(leave) {
      setAsked(false);
      decide.current?.(leave);
      decide.current = null;
    },
  };
}

/** Ctrl+S and Cmd+S save at once, wherever the focus is. */
export function useSaveKey(desk: Desk): void {
  useEffect(() => {
    const save = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      void desk.flush();
    };
    window.addEventListener("keydown", save);
    return () => window.removeEventListener("keydown", save);
  }, [desk]);
}

/** The session had ended and somebody signed in again: what could not be saved meanwhile can be now. */
export function useSignedInAgain(again: () => void): void {
  const { session } = useWorld();
  const is = session.state.value.is;
  const before = useRef(is);
  useEffect(() => {
    if (before.current === "ended" && is === "in") again();
    before.current = is;
  }, [is]);
}
