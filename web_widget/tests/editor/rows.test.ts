import { describe, expect, it } from "vitest";
import { addressOf, parseRoute } from "../../src/editor/route";
import { EVERYTHING, categories, shown, stateCounts } from "../../src/editor/rows";
import type { EditorRow } from "../../src/shared/knowledge";

const row = (id: string, title: string, category: string, state: EditorRow["state"], updated_at: string): EditorRow => ({
  id,
  slug: id,
  title,
  category,
  state,
  latest_revision: 1,
  published_revision: state === "published" ? 1 : null,
  updated_at,
  updated_by: "Edith Bauer",
});

const rows = [
  row("tent-repair", "Repairing a tent", "Care", "draft", "2026-11-20T10:00:00Z"),
  row("returns", "Sending something back", "Returns", "published", "2026-11-22T10:00:00Z"),
  row("tent-return", "Returning a tent", "Returns", "changed", "2026-11-21T10:00:00Z"),
];
const ids = (found: EditorRow[]) => found.map((found) => found.id);

describe("the list", () => {
  it("shows the newest change first", () => {
    expect(ids(shown(rows, EVERYTHING))).toEqual(["returns", "tent-return", "tent-repair"]);
  });

  it("wants every word of the search", () => {
    expect(ids(shown(rows, { ...EVERYTHING, q: "TENT return" }))).toEqual(["tent-return"]);
  });

  it("joins search, state and category", () => {
    expect(ids(shown(rows, { q: "tent", state: "draft", category: "" }))).toEqual(["tent-repair"]);
    expect(shown(rows, { q: "tent", state: "draft", category: "Returns" })).toEqual([]);
  });

  it("counts states under the search and category, not under the state", () => {
    const counted = stateCounts(rows, { q: "", state: "draft", category: "Returns" });
    expect(counted).toEqual({ all: 2, draft: 0, published: 1, changed: 1, retired: 0 });
  });

  it("names each category once", () => expect(categories(rows)).toEqual(["Care", "Returns"]));
});

describe("addresses of views", () => {
  it.each([
    "/editor",
    "/editor?q=tent+peg&state=changed&category=Care",
    "/editor/new",
    "/editor/a1b2",
    "/editor/a%2Fb",
  ])("%s leads back to itself", (address) => {
    const [path = "", search = ""] = address.split("?");
    expect(addressOf(parseRoute(path, search))).toBe(address);
  });

  it("ignores a state that does not exist and a broken escape", () => {
    expect(parseRoute("/editor", "?state=lost")).toEqual({ view: "list", filter: EVERYTHING });
    expect(parseRoute("/editor/%E0%A4%A", "")).toEqual({ view: "article", id: "%E0%A4%A" });
  });
});
