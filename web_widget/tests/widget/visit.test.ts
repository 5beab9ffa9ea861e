import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Api } from "../../src/shared/api";
import type { SuggestReply } from "../../src/shared/knowledge";
import { createHelp } from "../../src/widget/help";
import { Visit } from "../../src/widget/visit";

const told: [string, readonly string[]][] = [];
const visit = (storage: Storage | null = sessionStorage, site = "default") =>
  new Visit(storage, site, (outcome, slugs) => told.push([outcome, slugs]));

beforeEach(() => {
  sessionStorage.clear();
  told.length = 0;
});

describe("a visit", () => {
  it("tells each outcome once and knows it after a reload", () => {
    const first = visit();
    first.note("shown", ["a", "b"]);
    first.note("shown", ["a", "b"]);
    first.note("opened", ["a"]);
    expect(told).toEqual([
      ["shown", ["a", "b"]],
      ["opened", ["a"]],
    ]);
    const reloaded = visit();
    reloaded.note("shown", ["b", "c"]);
    expect(told.at(-1)).toEqual(["shown", ["c"]]);
    expect([reloaded.has("a"), reloaded.has("a", "opened"), reloaded.has("b", "opened"), reloaded.has("z")]).toEqual([true, true, false, false]);
    expect(reloaded.slugs("opened")).toEqual(["a"]);
    expect(reloaded.slugs(), "what happened last is last").toEqual(["b", "a", "c"]);
  });

  it("keeps the newest, and each site to itself", () => {
    const long = visit();
    long.note("shown", Array.from({ length: 70 }, (_, number) => `a${number}`));
    expect(long.slugs()).toHaveLength(60);
    expect(long.has("a69")).toBe(true);
    expect(visit(sessionStorage, "other").slugs()).toEqual([]);
    long.forget();
    expect(visit().slugs()).toEqual([]);
  });

  it("goes on without a storage, or with one that holds something else", () => {
    const bare = visit(null);
    bare.note("shown", ["__proto__", "a"]);
    expect(bare.slugs()).toEqual(["__proto__", "a"]);
    for (const text of ["{", "5", "null", '{"a":1}', "[1,2]"]) {
      sessionStorage.setItem("frontdesk:default:visit", text);
      expect(visit().slugs()).toEqual([]);
    }
  });
});

describe("asking for articles", () => {
  const article = (slug: string) => ({ slug, title: slug, summary: "", category: "", url: `/help/${slug}`, updated_at: "" });
  const reply: SuggestReply = { articles: [article("a"), article("b")], because: "page" };
  const api = { get: vi.fn(async () => reply), post: vi.fn(async () => undefined), put: vi.fn() };
  let page = { path: "/tents", title: "Tents" };
  const help = () => createHelp(api as unknown as Api, "default", sessionStorage, () => page);
  const asked = () => new URL((api.get.mock.calls.at(-1) as unknown as [string])[0], "https://x").searchParams;
  const signal = new AbortController().signal;

  it("says what was seen and read, but not what stands there now", async () => {
    const mine = help();
    mine.visit.note("shown", ["a", "b"]);
    mine.visit.note("opened", ["c"]);
    await mine.suggest("ret", signal, new Set(["b"]));
    expect(Object.fromEntries(asked())).toEqual({ q: "ret", limit: "3", page: "/tents Tents", seen: "a,c", read: "c" });
    await mine.search("ret", signal);
    expect([asked().get("searching"), asked().get("seen")]).toEqual(["true", null]);
  });

  it("keeps the list of a page while it is that page, without what was read", async () => {
    const mine = help();
    api.get.mockClear();
    expect((await mine.forPage(signal)).articles.map(({ slug }) => slug)).toEqual(["a", "b"]);
    mine.visit.note("shown", ["a", "b"]);
    mine.visit.note("opened", ["a"]);
    expect((await mine.forPage(signal)).articles.map(({ slug }) => slug)).toEqual(["b"]);
    expect(api.get).toHaveBeenCalledTimes(1);
    page = { path: "/boots", title: "Boots" };
    await mine.forPage(signal);
    expect(asked().get("seen")).toBe("b,a");
  });

  it("tells what helped with the page and the visit, and nothing else, and takes no harm from a deaf server", async () => {
    api.post.mockRejectedValueOnce(new Error("down"));
    help().visit.note("helped", ["a"]);
    const told = { page: "/boots Boots", visit: expect.stringMatching(/^.{10,40}$/), helped: ["a"] };
    expect(api.post).toHaveBeenLastCalledWith("/api/knowledge/outcomes", told, { keepalive: true });
  });
});
