import { describe, expect, it } from "vitest";
import { counts, diffLines, folded, type DiffLine } from "../../src/editor/diff";

const marks = { same: " ", gone: "-", new: "+" };
const drawn = (lines: DiffLine[]) => lines.map((line) => marks[line.kind] + line.text);

describe("diffLines", () => {
  it("finds no change between equal texts, whatever the last line end", () => {
    expect(counts(diffLines("one\ntwo", "one\r\ntwo\n"))).toEqual({ added: 0, removed: 0 });
  });

  it("shows a changed line as gone and new, and keeps the rest", () => {
    expect(drawn(diffLines("a\nb\nc", "a\nB\nc"))).toEqual([" a", "-b", "+B", " c"]);
  });

  it("keeps the longest common part of a reordered middle", () => {
    const lines = diffLines("x\na\nb\nc\ny", "x\nb\nc\na\ny");
    expect(drawn(lines)).toEqual([" x", "-a", " b", " c", "+a", " y"]);
  });

  it("numbers lines on both sides", () => {
    expect(diffLines("a\nc", "a\nb\nc")).toEqual([
      { kind: "same", text: "a", before: 1, after: 1 },
      { kind: "new", text: "b", after: 2 },
      { kind: "same", text: "c", before: 2, after: 3 },
    ]);
  });

  it("handles an empty side", () => {
    expect(drawn(diffLines("", "a\nb"))).toEqual(["+a", "+b"]);
    expect(drawn(diffLines("a\nb", ""))).toEqual(["-a", "-b"]);
    expect(diffLines("", "")).toEqual([]);
  });

  it("rebuilds both texts from what it says", () => {
    const word = (seed: number) => "abcd"[(seed * 7919) % 4] ?? "a";
    for (let seed = 1; seed < 40; seed += 1) {
      const before = Array.from({ length: seed % 13 }, (_, i) => word(seed + i * 3)).join("\n");
      const after = Array.from({ length: (seed * 5) % 11 }, (_, i) => word(seed * 2 + i)).join("\n");
      const lines = diffLines(before, after);
      const side = (without: string) => lines.filter((line) => line.kind !== without).map((line) => line.text);
      expect(side("new").join("\n")).toBe(before);
      expect(side("gone").join("\n")).toBe(after);
    }
  });

  it("stays quick for a long text that was rewritten", () => {
    const before = Array.from({ length: 6000 }, (_, i) => `old ${i}`).join("\n");
    const after = Array.from({ length: 6000 }, (_, i) => `new ${i}`).join("\n");
    expect(counts(diffLines(before, after))).toEqual({ added: 6000, removed: 6000 });
  });
});

describe("folded", () => {
  it("keeps two lines around a change and counts what it leaves out", () => {
    const before = Array.from({ length: 20 }, (_, i) => `line ${i}`);
    const after = [...before];
    after[10] = "another line";
    const pieces = folded(diffLines(before.join("\n"), after.join("\n")));
    expect(pieces.map((piece) => (piece.kind === "skipped" ? piece.count : piece.lines.length))).toEqual([8, 6, 7]);
  });

  it("folds everything when nothing changed", () => {
    expect(folded(diffLines("a\nb", "a\nb"))).toEqual([{ kind: "skipped", count: 2 }]);
  });
});
