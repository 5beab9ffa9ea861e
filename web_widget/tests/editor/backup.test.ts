import { beforeEach, describe, expect, it } from "vitest";
import { Backups, type Backup } from "../../src/editor/backup";

const one: Backup = {
  base: 3,
  at: "2026-11-22T12:00:00Z",
  draft: { title: "T", slug: "t", summary: "", category: "", questions: "", body: "Text", always_person: false },
};

beforeEach(() => localStorage.clear());

describe("Backups", () => {
  it("gives back what was kept, for each article apart", () => {
    const backups = new Backups(localStorage);
    backups.keep("a", one);
    expect(backups.find("a")).toEqual(one);
    expect(backups.find("b")).toBeNull();
    backups.drop("a");
    expect(backups.find("a")).toBeNull();
  });

  it("keeps the text of a page that knew no flag yet", () => {
    const { always_person, ...older } = one.draft;
    localStorage.setItem("frontdesk.editor.a", JSON.stringify({ ...one, draft: older }));
    expect(always_person).toBe(false);
    expect(new Backups(localStorage).find("a")).toEqual(one);
  });

  it.each(["{", "null", '{"base":"3"}', '{"base":3,"at":"x","draft":{"title":1}}'])("forgets %s", (text) => {
    localStorage.setItem("frontdesk.editor.a", text);
    expect(new Backups(localStorage).find("a")).toBeNull();
    expect(localStorage.getItem("frontdesk.editor.a")).toBeNull();
  });

  it("goes on without a storage, and with a full one", () => {
    new Backups(null).keep("a", one);
    expect(new Backups(null).find("a")).toBeNull();
    const full = { setItem: () => { throw new Error("full"); } } as unknown as Storage;
    expect(() => new Backups(full).keep("a", one)).not.toThrow();
  });
});
