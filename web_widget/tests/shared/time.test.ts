import { describe, expect, it } from "vitest";
import { ago, clockTime, dayLabel, ordinal, timer, waitRange } from "../../src/shared/time";

const at = (year: number, month: number, day: number, hour = 12) => new Date(year, month - 1, day, hour);
const now = at(2026, 11, 22).getTime();

describe("waitRange", () => {
  it.each([
    [null, null, ""],
    [20, 50, "less than a minute"],
    [60, 100, "about 1–2 min"],
    [110, 235, "about 2–4 min"],
    [180, 180, "about 3 min"],
    [null, 170, "about 3 min"],
    [600, 1500, "about 10–25 min"],
  ])("%s to %s seconds is %s", (low, high, words) => {
    expect(waitRange(low, high)).toBe(words);
  });
});

it("names days as people do", () => {
  expect(dayLabel(at(2026, 11, 22, 1).toISOString(), now, "en")).toBe("Today");
  expect(dayLabel(at(2026, 11, 21, 23).toISOString(), now, "en")).toBe("Yesterday");
  expect(dayLabel(at(2026, 11, 18).toISOString(), now, "en")).toBe("Wednesday");
  expect(dayLabel(at(2026, 10, 3).toISOString(), now, "en")).toBe("October 3, 2026");
});

it("says how long ago", () => {
  const before = (seconds: number) => new Date(now - seconds * 1000).toISOString();
  expect(ago(before(5), now, "en")).toBe("just now");
  expect(ago(before(-60), now, "en")).toBe("just now");
  expect(ago(before(150), now, "en")).toBe("2 minutes ago");
  expect(ago(before(30 * 3600), now, "en")).toBe("yesterday");
  expect(ago(before(12 * 86_400), now, "en")).toBe("12 days ago");
  expect(ago(before(100 * 86_400), now, "en")).toBe("3 months ago");
});

it("runs timers", () => {
  expect([0, 42, 187, 3729, -3].map(timer)).toEqual(["0:00", "0:42", "3:07", "1:02:09", "0:00"]);
});

it("counts places", () => {
  expect([1, 2, 3, 4, 11, 12, 21, 22].map(ordinal)).toEqual(["1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "22nd"]);
});

it("writes times as the locale does", () => {
  expect(clockTime(at(2026, 11, 22, 14).toISOString(), "en-GB")).toBe("14:00");
});
