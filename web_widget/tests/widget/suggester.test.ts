import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ArticleSummary } from "../../src/shared/knowledge";
import { moveHighlight } from "../../src/widget/highlight";
import { steady, Suggester, type Fetcher } from "../../src/widget/suggester";
import type { Suggestions } from "../../src/widget/ui";
import { FakeClock } from "../shared/clock";

const article = (slug: string): ArticleSummary => ({ slug, title: slug, summary: "", category: "", url: `/help/${slug}`, updated_at: "" });

let clock: FakeClock;
let found: Suggestions[];
let asked: { query: string; signal: AbortSignal; answer: (articles: ArticleSummary[]) => void; fail: () => void }[];
let suggester: Suggester;

beforeEach(() => {
  clock = new FakeClock();
  found = [];
  asked = [];
  const fetcher: Fetcher = (query, signal) =>
    new Promise((answer, fail) => asked.push({ query, signal, answer, fail: () => fail(new Error("down")) }));
  suggester = new Suggester(fetcher, (suggestions) => found.push(suggestions), clock);
});

describe("Suggester", () => {
  it("waits for a pause in typing", () => {
    for (const text of ["re", "ret", "retu"]) {
      suggester.typed(text);
      clock.advance(0.1);
    }
    expect(asked).toHaveLength(0);
    clock.advance(0.03);
    expect(asked.map(({ query }) => query)).toEqual(["retu"]);
  });

  it("asks nothing for less than two letters", () => {
    for (const text of ["", " ", "r", "? !"]) suggester.typed(text);
    clock.advance(1);
    expect(asked).toHaveLength(0);
    expect(found.every(({ articles }) => articles.length === 0)).toBe(true);
  });

  it("forgets an answer that comes too late", async () => {
    suggester.typed("return");
    clock.advance(0.2);
    suggester.typed("refund");
    expect(asked[0]?.signal.aborted).toBe(true);
    asked[0]?.answer([article("old")]);
    clock.advance(0.2);
    asked[1]?.answer([article("new")]);
    await vi.waitFor(() => expect(found).toHaveLength(1));
    expect(found[0]).toMatchObject({ query: "refund", articles: [{ slug: "new" }] });
  });

  it("remembers what it has asked", async () => {
    suggester.typed("Return");
    clock.advance(0.2);
    asked[0]?.answer([article("a")]);
    await vi.waitFor(() => expect(found).toHaveLength(1));
    suggester.typed("  return ");
    expect(found).toHaveLength(2);
    clock.advance(1);
    expect(asked).toHaveLength(1);
  });

  it("goes without when the server is down", async () => {
    suggester.typed("return");
    clock.advance(0.2);
    asked[0]?.fail();
    await vi.waitFor(() => expect(found).toEqual([{ query: "return", articles: [] }]));
  });
});

it("moves the highlight in a ring that passes the text field", () => {
  expect(moveHighlight(null, 1, 3)).toBe(0);
  expect(moveHighlight(null, -1, 3)).toBe(2);
  expect(moveHighlight(2, 1, 3)).toBeNull();
  expect(moveHighlight(0, -1, 3)).toBeNull();
  expect(moveHighlight(1, 1, 3)).toBe(2);
  expect(moveHighlight(0, 1, 0)).toBeNull();
});

it("keeps the order of what stays when the list changes", () => {
  const slugs = (before: string[], next: string[]) => steady(before.map(article), next.map(article)).map(({ slug }) => slug);
  expect(slugs([], ["a", "b"])).toEqual(["a", "b"]);
  expect(slugs(["a", "b", "c"], ["c", "d", "a"])).toEqual(["a", "c", "d"]);
  expect(slugs(["a"], [])).toEqual([]);
});
