import { describe, expect, it } from "vitest";
import { keyCommand } from "../../../src/console/state/keys";
import { linkPieces } from "../../../src/console/state/links";
import { markPieces, quoted, rangeOf } from "../../../src/console/state/spot";

const marked = (text: string, start: number, end: number) =>
  markPieces(linkPieces(text), text, { start, end }).map(({ text: words, marked: is }) => (is ? `[${words}]` : words)).join("");

describe("marking words", () => {
  it("counts characters as the gateway does", () => {
    expect(marked("😀😀 broken pole", 3, 9)).toBe("😀😀 [broken] pole");
  });

  it("reaches over links and stays in the text", () => {
    expect(marked("see https://a.example/x now", 0, 99)).toBe("[see ][https://a.example/x][ now]");
    expect(marked("abc", 5, 9)).toBe("abc");
  });

  it("marks nothing for a place without words", () => {
    expect(rangeOf({ conversation: "c", seq: 1 })).toBeNull();
    expect(rangeOf({ conversation: "c", seq: 1, start: 0, end: 0 })).toBeNull();
    expect(rangeOf({ conversation: "c", seq: 1, start: 0, end: 2 })).toEqual({ start: 0, end: 2 });
  });

  it("puts dots where a quote is cut, and everything on one line", () => {
    expect(quoted({ seq: 1, start: 3, end: 8, text: "a\n b", cut_before: true, cut_after: true })).toBe("… a b …");
  });
});

describe("the keys of a verdict", () => {
  const press = (key: string, inField = false) => keyCommand({ key, alt: false, ctrl: false, meta: false, inField, letters: true });

  it("are 1, 2 and 3, and mean themselves in a field", () => {
    expect(["1", "2", "3"].map((key) => press(key))).toEqual(["right", "wrong", "outdated"]);
    expect(press("1", true)).toBeNull();
  });
});
