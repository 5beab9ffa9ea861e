/** What the customer corrected of the summary: what the packet knew, and what came since. Pure. */

import type { LogEvent } from "../../shared/log";
import type { Card, PacketEvent } from "../../shared/protocol";

export type CardPart = Card["corrected"][number];

export interface Corrected {
  text: string;
  /** The event in which they said so. */
  seq: number;
}

export type Corrections = Partial<Record<CardPart, Corrected>>;

const PARTS: readonly CardPart[] = ["want", "about", "tried"];

export function correctionsSince(packet: PacketEvent, log: readonly LogEvent[]): Corrections {
  const found: Corrections = {};
  for (const { part, text, seq } of packet.packet.corrections) found[part] = { text, seq };
  for (const event of log) {
    if (event.kind !== "correction" || event.seq < packet.seq) continue;
    for (const part of PARTS) {
      const text = event[part];
      if (text !== null) found[part] = { text, seq: event.seq };
    }
  }
  return found;
}
