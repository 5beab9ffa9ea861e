import { describe, expect, it } from "vitest";
import { agoShort, secondsSince, waitClock, waitLevel, waitWords } from "../../../src/console/state/wait";
import { ago, NOON } from "../fixtures";

describe("wait colours", () => {
  it("is calm under a minute, soon under three, late from then on", () => {
    expect([0, 59, 60, 179, 180, 9_000].map(waitLevel)).toEqual(["calm", "calm", "soon", "soon", "late", "late"]);
  });
});

describe("wait clock", () => {
  it("counts minutes and seconds, then hours, then days", () => {
    expect([0, 42, 65, 725, 3_600, 3_840, 180_000].map(waitClock)).toEqual([
      "0:00",
      "0:42",
      "1:05",
      "12:05",
      "1 h 00",
      "1 h 04",
      "2 d",
    ]);
  });

  it("says the same in words", () => {
    expect([1, 42, 60, 125, 7_260].map(waitWords)).toEqual([
      "1 second",
      "42 seconds",
      "1 minute",
      "2 minutes 5 seconds",
      "2 hours 1 minute",
    ]);
  });

  it("never goes below zero when the server's clock is ahead, nor on an unreadable time", () => {
    expect(secondsSince(ago(-30), NOON)).toBe(0);
    expect(secondsSince("yesterday", NOON)).toBe(0);
    expect(secondsSince(ago(90), NOON)).toBe(90);
  });

  it("tells how long ago something was", () => {
    expect([5, 240, 10_800].map((seconds) => agoShort(ago(seconds), NOON))).toEqual(["now", "4 min", "3 h"]);
  });
});
