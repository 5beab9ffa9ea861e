import { describe, expect, it } from "vitest";
import { changesBetween } from "../../src/editor/changes";
import { draftIn, problemsOf, sameDraft, slugOf, slugProblem, wordings, type Draft } from "../../src/editor/draft";

const draft: Draft = {
  title: "Sending something back",
  slug: "sending-something-back",
  summary: "Thirty days, free label.",
  category: "Returns",
  questions: "how do i return boots\nsend it back",
  body: "# Return\n\nPrint the label.\n",
  always_person: false,
};

describe("draftIn", () => {
  it("sends the address only while it is open", () => {
    expect(draftIn(draft, 3, true)).toMatchObject({ slug: "sending-something-back", base_revision: 3 });
    expect(draftIn(draft, 3, false).slug).toBeNull();
    expect(draftIn({ ...draft, always_person: true }, 3, false).always_person).toBe(true);
  });

  it("makes a list of the wordings without blanks and repetitions", () => {
    expect(wordings("  a  b \n\na b\nc")).toEqual(["a b", "c"]);
  });
});

describe("problemsOf", () => {
  it("finds none in a good draft", () => expect(problemsOf(draft)).toEqual({}));

  it("names each field that cannot be saved", () => {
    const bad = { ...draft, title: " ", slug: "No-Good", summary: "x".repeat(301), questions: manyLines(51) };
    expect(Object.keys(problemsOf(bad)).sort()).toEqual(["questions", "slug", "summary", "title"]);
    expect(problemsOf(bad).summary).toBe("This is 1 character too long.");
  });
});

describe("addresses", () => {
  it.each([
    ["Wash & care", "wash-care"],
    ["  Größe & Übersicht ", "groe-ubersicht"],
    ["What's new?", "whats-new"],
    ["日本", ""],
  ])("%s gives %s", (title, slug) => expect(slugOf(title)).toBe(slug));

  it("never ends in a hyphen when cut", () => {
    expect(slugOf(`${"a".repeat(99)} b`)).toBe("a".repeat(99));
  });

  it.each(["", "a", "a-b", "a1-2"])("%s is fine", (slug) => expect(slugProblem(slug)).toBeNull());
  it.each(["-a", "a-", "a--b", "A", "a b"])("%s is not", (slug) => expect(slugProblem(slug)).not.toBeNull());
});

describe("changesBetween", () => {
  it("says when a topic goes to a person, and when no longer", () => {
    const handed = { ...draft, always_person: true };
    expect(changesBetween(draft, handed)).toEqual([
      { what: "person", label: "Handed to a person", detail: "from now on, always" },
    ]);
    expect(changesBetween(handed, draft)[0]?.detail).toBe("no longer always");
    expect(sameDraft(draft, handed)).toBe(false);
  });

  it("is empty for what the server would store alike", () => {
    expect(changesBetween(draft, { ...draft, title: ` ${draft.title} `, body: `${draft.body}\n` })).toEqual([]);
    expect(sameDraft(draft, { ...draft, body: `${draft.body}\n` })).toBe(true);
  });

  it("says each change in a line", () => {
    const changes = changesBetween(draft, {
      ...draft,
      title: "Returning an order",
      summary: "",
      category: "Orders",
      questions: "send it back\nrefund me\nwhere do i send it",
      body: "# Return\n\nPrint the label.\n\nDrop it off.\n",
    });
    expect(changes.map(({ label, detail }) => `${label}: ${detail}`)).toEqual([
      "Title: “Sending something back” becomes “Returning an order”",
      "Text: 2 lines added",
      "Summary: “Thirty days, free label.” goes away",
      "Category: “Returns” becomes “Orders”",
      "Other wordings: 2 added, 1 removed",
    ]);
  });
});

function manyLines(count: number): string {
  return Array.from({ length: count }, (_, i) => `wording ${i}`).join("\n");
}
