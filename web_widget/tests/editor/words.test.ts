import { describe, expect, it } from "vitest";
import { categoryName } from "../../src/editor/category";
import { SITTING_MS, sittings } from "../../src/editor/history";
import { barOf, percent, verdictOf } from "../../src/editor/verdict";
import { exactTime, savedTime, sinceTime, tookTime } from "../../src/editor/when";
import type { RevisionRow } from "../../src/shared/knowledge";
import { hitOf, replyOf } from "./fixtures";

describe("a test's verdict", () => {
  it.each([
    ["answer", "Answers"],
    ["clarify", "Asks back"],
    ["none", "No answer"],
  ] as const)("%s is called %s", (decision, word) => expect(verdictOf(replyOf({ decision })).word).toBe(word));

  it("tells nothing found from nothing close enough", () => {
    const far = verdictOf(replyOf({ decision: "none" })).sentence;
    expect(verdictOf(replyOf({ decision: "none", hits: [] })).sentence).not.toBe(far);
  });

  it("draws bars as shares of the best hit", () => {
    const reply = replyOf({ hits: [hitOf({ score: 0.04 }), hitOf({ passage_id: "p2", score: 0.01 })] });
    expect(reply.hits.map((hit) => barOf(reply, hit.score))).toEqual([1, 0.25]);
    expect(barOf(replyOf({ hits: [] }), 1)).toBe(0);
  });

  it("writes a share as whole per cent", () => expect([percent(0.914), percent(1.2)]).toEqual(["91\u00a0%", "100\u00a0%"]));
});

describe("the history", () => {
  const start = Date.parse("2026-11-22T12:00:00Z");
  const row = (number: number, minutes: number, saved_by = "Edith Bauer", published = false): RevisionRow => ({
    number,
    title: "T",
    saved_at: new Date(start + minutes * 60_000).toISOString(),
    saved_by,
    published,
  });
  const numbers = (rows: RevisionRow[]) => sittings(rows).map(({ newest, earlier }) => [newest, ...earlier].map((r) => r.number));

  it("makes one entry of a sitting, newest first", () => {
    expect(numbers([row(1, 0), row(2, 1), row(3, 2), row(4, 2 + SITTING_MS / 60_000)])).toEqual([[4], [3, 2, 1]]);
  });

  it("parts people, and keeps a published revision by itself", () => {
    expect(numbers([row(1, 0), row(2, 1, "Ines Moreau"), row(3, 2), row(4, 3, "Edith Bauer", true), row(5, 4)])).toEqual([
      [5],
      [4, 3],
      [2],
      [1],
    ]);
  });
});

describe("times", () => {
  const noon = new Date(2026, 10, 22, 12, 3, 5);
  const iso = noon.toISOString();

  it("are exact where they are a proof", () => expect(exactTime(iso, "en-GB")).toBe("12:03:05"));

  it("name the day when it is not today", () => {
    const later = noon.getTime() + 26 * 3_600_000;
    expect(savedTime(iso, noon.getTime(), "en-GB")).toBe("12:03");
    expect(savedTime(iso, later, "en-GB")).toBe("22 Nov 2026");
    expect(sinceTime(iso, noon.getTime(), "en-GB")).toBe("12:03:05");
    expect(sinceTime(iso, later, "en-GB")).toBe("22 Nov 2026, 12:03");
  });

  it("are in seconds from a tenth of one", () => expect([tookTime(38.2), tookTime(412)]).toEqual(["38 ms", "0.4 s"]));
});

describe("categoryName", () => {
  it.each([
    ["gift-cards", "Gift cards"],
    ["Care & repair", "Care & repair"],
    ["", ""],
  ])("%s reads %s", (category, name) => expect(categoryName(category)).toBe(name));
});
