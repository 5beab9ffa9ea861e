/** A place in a log, and what of a text lies in it. Pure.
 *
 *  Positions come from the gateway and count Unicode characters; JavaScript counts UTF-16 units.
 */

import type { Packet } from "../../shared/protocol";
import type { Piece } from "./links";

export interface Range {
  start: number;
  end: number;
}

export interface Spot extends Partial<Range> {
  conversation: string;
  seq: number;
}

export interface MarkedPiece extends Piece {
  marked: boolean;
}

export type Quote = Packet["wants"][number];

/** The marked range of a spot, null when it names no words. */
export function rangeOf(spot: Spot | null): Range | null {
  if (spot?.start === undefined || spot.end === undefined || spot.end <= spot.start) return null;
  return { start: spot.start, end: spot.end };
}

export function markPieces(pieces: readonly Piece[], text: string, mark: Range | null): readonly MarkedPiece[] {
  if (mark === null) return pieces.map((piece) => ({ ...piece, marked: false }));
  const characters = Array.from(text);
  const start = characters.slice(0, mark.start).join("").length;
  const end = start + characters.slice(mark.start, mark.end).join("").length;
  let from = 0;
  return pieces.flatMap((piece) => {
    const [a, b] = [clamp(start - from, piece.text.length), clamp(end - from, piece.text.length)];
    from += piece.text.length;
    const parts = [
      { ...piece, text: piece.text.slice(0, a), marked: false },
      { ...piece, text: piece.text.slice(a, b), marked: true },
      { ...piece, text: piece.text.slice(b), marked: false },
    ];
    return parts.filter((part) => part.text !== "");
  });
}

function clamp(place: number, length: number): number {
  return Math.max(0, Math.min(place, length));
}

/** A quote on one line, with dots where it is cut. */
export function quoted({ text, cut_before, cut_after }: Quote): string {
  return `${cut_before ? "… " : ""}${text.replace(/\s+/gu, " ").trim()}${cut_after ? " …" : ""}`;
}
