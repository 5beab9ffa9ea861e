import { describe, expect, it } from "vitest";
import { readDrafts, writeDrafts } from "../../../src/console/state/drafts";
import { type EnterPress, keyCommand, type KeyPress, sendsMessage } from "../../../src/console/state/keys";
import { conversationOf, pathOf } from "../../../src/console/state/route";
import { factLabel, ownerWords } from "../../../src/console/state/words";
import { MARA, TOMAS } from "../fixtures";

describe("route", () => {
  it("reads a conversation out of a path and writes it back", () => {
    expect(conversationOf("/console/c/abc-1")).toBe("abc-1");
    expect(conversationOf("/console")).toBeNull();
    expect(conversationOf("/console/c/%E0%A4%A")).toBeNull();
    expect(conversationOf(pathOf("a/b c"))).toBe("a/b c");
  });
});

describe("drafts in storage", () => {
  function storeOf(text: string | null) {
    const store = { text, getItem: () => store.text, setItem: (_: string, value: string) => void (store.text = value) };
    return store;
  }

  it("come back as they were written", () => {
    const store = storeOf(null);
    writeDrafts(store, "a-mara", { a: { mode: "note", reply: "x", note: "y" } });
    expect(readDrafts(store, "a-mara")).toEqual({ a: { mode: "note", reply: "x", note: "y" } });
  });

  it("are empty when the storage holds something else", () => {
    expect(readDrafts(storeOf("not json"), "a-mara")).toEqual({});
    expect(readDrafts(storeOf('{"a":{"mode":"shout"},"b":7}'), "a-mara")).toEqual({});
  });

  it("do not fail on a full storage", () => {
    const full = { getItem: () => null, setItem: () => { throw new Error("full"); } };
    expect(() => writeDrafts(full, "a-mara", {})).not.toThrow();
  });
});

describe("keys", () => {
  const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({
    key, alt: false, ctrl: false, meta: false, inField: false, letters: true, ...change,
  });

  it("mean nothing in a field, except Alt and arrows", () => {
    expect(keyCommand(press("j", { inField: true }))).toBeNull();
    expect(keyCommand(press("ArrowDown", { inField: true, alt: true }))).toBe("next");
  });

  it("move, write and help", () => {
    expect(["j", "k", "r", "n", "?", "x"].map((key) => keyCommand(press(key)))).toEqual([
      "next", "previous", "reply", "note", "help", null,
    ]);
  });

  it("take, decline and pass on; taking also out of a field", () => {
    expect(["a", "d", "t"].map((key) => keyCommand(press(key)))).toEqual(["accept", "decline", "transfer"]);
    expect(keyCommand(press("Enter", { alt: true, inField: true }))).toBe("accept");
    expect(keyCommand(press("a", { inField: true }))).toBeNull();
  });

  it("leave the browser's own shortcuts alone", () => {
    expect(keyCommand(press("n", { ctrl: true }))).toBeNull();
    expect(keyCommand(press("r", { meta: true }))).toBeNull();
  });

  it("can be switched off", () => {
    expect(keyCommand(press("j", { letters: false }))).toBeNull();
  });
});

describe("Enter in the composer", () => {
  const enter = (change: Partial<EnterPress> = {}): EnterPress => ({
    key: "Enter", shift: false, alt: false, ctrl: false, meta: false, composing: false, touch: false, ...change,
  });

  it("sends; with Shift it breaks the line; while composing it picks a word", () => {
    expect(sendsMessage(enter())).toBe(true);
    expect(sendsMessage(enter({ shift: true }))).toBe(false);
    expect(sendsMessage(enter({ composing: true, ctrl: true }))).toBe(false);
  });

  it("breaks the line on touch keyboards, where Ctrl or the button sends", () => {
    expect(sendsMessage(enter({ touch: true }))).toBe(false);
    expect(sendsMessage(enter({ touch: true, ctrl: true }))).toBe(true);
    expect(sendsMessage(enter({ meta: true }))).toBe(true);
  });
});

describe("words", () => {
  it("say whose conversation it is", () => {
    const status = { owner: "agent" as const, agent: TOMAS, outcome: null };
    expect(ownerWords(status, MARA.id)).toBe("With Tomas Okafor");
    expect(ownerWords({ ...status, agent: MARA }, MARA.id)).toBe("With you");
    expect(ownerWords({ owner: "closed", agent: null, outcome: "solved" }, MARA.id)).toBe("Closed · solved");
  });

  it("make names of slots readable", () => {
    expect(factLabel("contact_email")).toBe("Contact e-mail");
  });
});
