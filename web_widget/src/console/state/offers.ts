/** What is put before this agent to take or to decline, and how long they have. Pure. */

import type { QueueRow } from "../../shared/protocol";
import { type ConsoleState, myId } from "./model";

export interface Offer {
  row: QueueRow;
  /** `offer`: from the queue. `transfer`: a colleague asks me. `skill`: a colleague asks whoever has a skill. */
  kind: "offer" | "transfer" | "skill";
}

/** The most pressing first. */
export function offers(state: ConsoleState): readonly Offer[] {
  const me = myId(state);
  if (me === null) return [];
  const found = (state.queue?.rows ?? []).flatMap((row): Offer[] => {
    const kind = offerKind(state, row, me);
    return kind === null || (kind === "skill" && state.waved.includes(row.conversation)) ? [] : [{ row, kind }];
  });
  return found.sort((one, other) => (one.row.offer_seconds ?? Infinity) - (other.row.offer_seconds ?? Infinity) || 0);
}

export function offerOf(state: ConsoleState, conversation: string): Offer | null {
  return offers(state).find(({ row }) => row.conversation === conversation) ?? null;
}

function offerKind(state: ConsoleState, row: QueueRow, me: string): Offer["kind"] | null {
  if (row.state === "waiting") return row.offered_to?.id === me ? "offer" : null;
  if (row.agent?.id === me) return null;
  if (row.transfer_to !== null) return row.transfer_to.id === me ? "transfer" : null;
  return row.transfer_skill !== "" && isAsked(state, row.transfer_skill, me) ? "skill" : null;
}

/** A supervisor knows everything. */
function isAsked({ queue, welcome }: ConsoleState, skill: string, me: string): boolean {
  const skills = queue?.colleagues.find(({ card }) => card.id === me)?.skills ?? [];
  return skills.includes(skill) || welcome?.supervisor === true;
}

/** Whole seconds, never negative; null when nothing runs out. */
export function secondsLeft(state: Pick<ConsoleState, "queueAt">, row: QueueRow, now: number): number | null {
  if (row.offer_seconds === null) return null;
  return Math.max(0, Math.ceil(row.offer_seconds - Math.max(0, now - state.queueAt) / 1000));
}

/** Whom I have asked to take this over, until they say so: their name, or the skill. */
export function passingTo(row: QueueRow): string | null {
  if (row.transfer_to !== null) return row.transfer_to.name;
  return row.transfer_skill === "" ? null : `whoever knows ${row.transfer_skill}`;
}
