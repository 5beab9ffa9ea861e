import { describe, expect, it } from "vitest";
import { type ConsoleState, emptyState } from "../../../src/console/state/model";
import {
  badgeCount,
  mayTakeNext,
  neighbour,
  sections,
  shownOrder,
  stance,
  wantedWatches,
} from "../../../src/console/state/queue";
import { reduce } from "../../../src/console/state/reduce";
import type { AgentOutFrame } from "../../../src/shared/protocol";
import { ago, MARA, message, NOON, queue, row, status, TOMAS, welcome } from "../fixtures";

const ROWS = [
  row("w-1", { waiting_since: ago(200), priority: 1 }),
  row("m-1", { state: "active", agent: MARA }),
  row("w-2", { waiting_since: ago(500) }),
  row("t-1", { state: "active", agent: TOMAS }),
];

function stateWith(frames: AgentOutFrame[], selected: string | null = null): ConsoleState {
  const state = reduce(emptyState(), { type: "select", conversation: selected });
  return reduce(state, { type: "frames", frames, now: NOON });
}

const FLOOR = stateWith([welcome(), queue(1, ROWS)]);

describe("sections", () => {
  it("parts waiting, mine and colleagues, in the order of the server", () => {
    const { waiting, mine, colleagues } = sections(FLOOR);
    expect(waiting.map((one) => one.conversation)).toEqual(["w-1", "w-2"]);
    expect(mine.map((one) => one.conversation)).toEqual(["m-1"]);
    expect(colleagues.map((one) => one.conversation)).toEqual(["t-1"]);
    expect(shownOrder(FLOOR)).toEqual(["w-1", "w-2", "m-1", "t-1"]);
  });
});

describe("neighbour", () => {
  it("walks the rows and stops at both ends", () => {
    expect(neighbour(FLOOR, 1)).toBe("w-1");
    expect(neighbour({ ...FLOOR, selected: "w-2" }, 1)).toBe("m-1");
    expect(neighbour({ ...FLOOR, selected: "t-1" }, 1)).toBe("t-1");
    expect(neighbour({ ...FLOOR, selected: "w-1" }, -1)).toBe("w-1");
    expect(neighbour(emptyState(), 1)).toBeNull();
  });
});

describe("badgeCount", () => {
  it("counts people waiting and unread messages of mine", () => {
    expect(badgeCount(FLOOR)).toBe(3);
  });

  it("leaves the waiting out while the agent is away", () => {
    expect(badgeCount({ ...FLOOR, available: false })).toBe(1);
  });
});

describe("wantedWatches", () => {
  it("keeps an eye on mine and on what is open", () => {
    expect(wantedWatches({ ...FLOOR, selected: "w-2" })).toEqual(["m-1", "w-2"]);
  });
});

describe("mayTakeNext", () => {
  it("says why not", () => {
    expect(mayTakeNext(FLOOR)).toEqual({ may: true });
    expect(mayTakeNext({ ...FLOOR, link: "lost" })).toMatchObject({ may: false });
    const full = stateWith([welcome(), queue(1, ROWS, { mine_active: 4 })]);
    expect(mayTakeNext(full)).toEqual({ may: false, because: "You have 4 of 4 chats" });
    expect(mayTakeNext(stateWith([welcome(), queue(1, [])]))).toEqual({ may: false, because: "Nobody is waiting" });
  });
});

describe("stance", () => {
  it("trusts the status over the row", () => {
    expect(stance(FLOOR, "w-1")).toBe("waiting");
    expect(stance(FLOOR, "t-1")).toBe("colleague");
    expect(stance(FLOOR, "unknown")).toBe("loading");
    const open = stateWith([welcome(), queue(1, ROWS), status("w-1", { agent: TOMAS }), message("w-1", 1)], "w-1");
    expect(stance(open, "w-1")).toBe("colleague");
  });
});
