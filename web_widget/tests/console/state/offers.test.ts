import { describe, expect, it } from "vitest";
import { emptyState } from "../../../src/console/state/model";
import { offerOf, offers, passingTo, secondsLeft } from "../../../src/console/state/offers";
import { badgeCount, mayClaim, mayTakeNext, needs, wantedWatches } from "../../../src/console/state/queue";
import { reduce } from "../../../src/console/state/reduce";
import type { AgentOutFrame, Colleague, QueueRow } from "../../../src/shared/protocol";
import { MARA, NOON, queue, row, TOMAS, welcome } from "../fixtures";

function floor(rows: QueueRow[], ...more: AgentOutFrame[]) {
  return reduce(emptyState(), { type: "frames", frames: [welcome({ routing: "offer" }), queue(1, rows, { colleagues: [ME] }), ...more], now: NOON });
}

const ME: Colleague = { card: MARA, skills: ["returns"], languages: [], online: true, available: true, active: 0, max_chats: 4 };
const OFFERED = row("o", { offered_to: MARA, offer_seconds: 20 });
const ELSEWHERE = row("e", { offered_to: TOMAS, offer_seconds: 20 });
const ASKED = row("t", { state: "active", agent: TOMAS, transfer_to: MARA, offer_seconds: 5 });
const SKILL = row("s", { state: "active", agent: TOMAS, transfer_skill: "returns" });

describe("offers", () => {
  it("are what is offered to me and what colleagues ask of me, the most pressing first", () => {
    const state = floor([OFFERED, ELSEWHERE, SKILL, ASKED, row("w")]);
    expect(offers(state).map(({ row: one, kind }) => [one.conversation, kind])).toEqual([
      ["t", "transfer"],
      ["o", "offer"],
      ["s", "skill"],
    ]);
    expect(offerOf(state, "e")).toBeNull();
  });

  it("leave out a skill that I have not got, and my own transfers", () => {
    const mine = row("m", { state: "active", agent: MARA, transfer_to: TOMAS });
    expect(offers(floor([{ ...SKILL, transfer_skill: "boots" }, mine]))).toEqual([]);
  });

  it("forget a skill's offer once I waved it away, and know it again when it is asked anew", () => {
    const waved = reduce(floor([SKILL]), { type: "wave", conversation: "s" });
    expect(offers(waved)).toEqual([]);
    const over = reduce(waved, { type: "frames", frames: [queue(2, [row("s", { state: "active", agent: TOMAS })], { colleagues: [ME] })], now: NOON });
    const anew = reduce(over, { type: "frames", frames: [queue(3, [SKILL], { colleagues: [ME] })], now: NOON });
    expect(offers(anew)).toHaveLength(1);
  });

  it("count down from when the queue came", () => {
    const state = floor([OFFERED]);
    expect(secondsLeft(state, OFFERED, NOON)).toBe(20);
    expect(secondsLeft(state, OFFERED, NOON + 12_500)).toBe(8);
    expect(secondsLeft(state, OFFERED, NOON + 90_000)).toBe(0);
    expect(secondsLeft(state, OFFERED, NOON - 5_000)).toBe(20);
    expect(secondsLeft(state, row("w"), NOON)).toBeNull();
  });

  it("are watched when a colleague asks, for the note in the log", () => {
    expect(wantedWatches(floor([OFFERED, ASKED]))).toEqual(["t"]);
  });

  it("are what the title counts where chats are offered", () => {
    expect(badgeCount(floor([OFFERED, ELSEWHERE, row("w")]))).toBe(1);
  });
});

describe("who may take what by hand", () => {
  it("is nobody else while it is offered", () => {
    expect(mayClaim(floor([ELSEWHERE, row("w")]), "e")).toEqual({ may: false, because: "Offered to Tomas Okafor" });
    expect(mayClaim(floor([OFFERED]), "o").may).toBe(true);
  });

  it("is only who knows what it needs", () => {
    const needy = row("n", { may_take: false, skill: "boots", language: "de" });
    expect(needs(needy)).toBe("boots, German");
    expect(mayClaim(floor([needy, row("w")]), "n")).toEqual({ may: false, because: "Needs boots, German" });
    expect(mayTakeNext(floor([needy]))).toEqual({ may: false, because: "Nobody is waiting for what you know" });
    expect(mayTakeNext(floor([ELSEWHERE]))).toEqual({ may: false, because: "All who wait are offered to colleagues" });
  });
});

it("says whom I asked", () => {
  expect(passingTo(row("m", { transfer_to: TOMAS }))).toBe("Tomas Okafor");
  expect(passingTo(SKILL)).toBe("whoever knows returns");
  expect(passingTo(row("w"))).toBeNull();
});
