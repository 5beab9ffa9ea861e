/** Which key means what. Pure: the page hands in the key and where the focus is. */

import type { Verdict } from "./words";

export type KeyCommand = "next" | "previous" | "reply" | "note" | "help" | "leave" | "accept" | "decline" | "transfer" | Verdict;

export interface KeyPress {
  key: string;
  alt: boolean;
  ctrl: boolean;
  meta: boolean;
  /** Focus is in a field, a menu or a dialog: single keys mean what they say there. */
  inField: boolean;
  /** A person may switch single-letter keys off (speech input types letters). */
  letters: boolean;
}

export function keyCommand(press: KeyPress): KeyCommand | null {
  if (press.ctrl || press.meta) return null;
  if (press.alt) {
    if (press.key === "ArrowDown") return "next";
    if (press.key === "Enter") return "accept";
    return press.key === "ArrowUp" ? "previous" : null;
  }
  if (press.inField || !press.letters) return null;
  switch (press.key) {
    case "j":
      return "next";
    case "k":
      return "previous";
    case "r":
      return "reply";
    case "n":
      return "note";
    case "a":
      return "accept";
    case "d":
      return "decline";
    case "t":
      return "transfer";
    case "1":
      return "right";
    case "2":
      return "wrong";
    case "3":
      return "outdated";
    case "?":
      return "help";
    case "Escape":
      return "leave";
    default:
      return null;
  }
}

export interface EnterPress {
  key: string;
  shift: boolean;
  alt: boolean;
  ctrl: boolean;
  meta: boolean;
  /** An input method is still composing: Enter picks a word. */
  composing: boolean;
  /** Touch keyboards: Enter is a line break, the button sends. */
  touch: boolean;
}

export function sendsMessage(press: EnterPress): boolean {
  if (press.key !== "Enter" || press.composing) return false;
  if (press.ctrl || press.meta) return true;
  return !press.shift && !press.alt && !press.touch;
}
