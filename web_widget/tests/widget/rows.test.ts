import { describe, expect, it } from "vitest";
import { emptyLog, type LogEvent } from "../../src/shared/log";
import { enqueue, type Outbox } from "../../src/shared/outbox";
import type { Write } from "../../src/widget/model";
import { buildRows, type Row } from "../../src/widget/rows";
import { answer, choices, event, FERN, MARA, ME, message, notice, offer } from "./frames";

const now = new Date(2026, 10, 22, 10).getTime();

function rows(events: LogEvent[], outbox: Outbox<Write> = []): Row[] {
  const last = events.at(-1)?.seq ?? 0;
  return buildRows({ log: { ...emptyLog, conversation: "c", last, events }, outbox, now, locale: "en" });
}

const find = <K extends Row["row"]>(all: Row[], kind: K) => all.filter((row): row is Extract<Row, { row: K }> => row.row === kind);

describe("buildRows", () => {
  it("groups by sender within two minutes", () => {
    const texts = find(
      rows([message(1, FERN, "a", 0), message(2, FERN, "b", 1), message(3, FERN, "c", 5), message(4, MARA, "d", 5)]),
      "text",
    );
    expect(texts.map(({ first, last }) => [first, last])).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
    expect(texts.map(({ side }) => side)).toEqual(["bot", "bot", "bot", "agent"]);
  });

  it("lets a notice end a group", () => {
    const texts = find(rows([message(1, FERN, "a"), notice(2, "queued"), message(3, FERN, "b")]), "text");
    expect(texts.every(({ first, last }) => first && last)).toBe(true);
  });

  it("puts the day before its first row", () => {
    const yesterday = { ...message(1, ME, "old"), at: new Date(2026, 10, 21, 9).toISOString() };
    const all = rows([yesterday, message(2, ME, "new"), message(3, FERN, "yes")]);
    expect(all.map((row) => row.row)).toEqual(["day", "text", "day", "text", "text"]);
    expect(find(all, "day").map(({ label }) => label)).toEqual(["Yesterday", "Today"]);
  });

  it("draws a choice as the customer's words and closes the chips", () => {
    const chosen = event({ kind: "chosen", seq: 2, actor: ME, choice_id: "x", label: "Refunds" });
    const all = rows([choices(1), chosen]);
    expect(find(all, "choices")[0]).toMatchObject({ chosen: "x", open: false });
    expect(find(all, "text")[0]).toMatchObject({ text: "Refunds", side: "mine" });
  });

  it("closes chips and offers once the talk has moved on", () => {
    expect(find(rows([choices(1)]), "choices")[0]).toMatchObject({ open: true, chosen: null });
    expect(find(rows([choices(1), message(2, ME, "no")]), "choices")[0]?.open).toBe(false);
    expect(find(rows([offer(1)]), "offer")[0]?.open).toBe(true);
    expect(find(rows([offer(1), notice(2, "queued")]), "offer")[0]?.open).toBe(false);
    expect(find(rows([offer(1), message(2, FERN, "still there")]), "offer")[0]?.open).toBe(true);
  });

  it("closes them already while the choice is under way", () => {
    const outbox = enqueue<Write>([], { type: "choose", cmid: "k", choice_id: "x" }, now);
    expect(find(rows([choices(1)], outbox), "choices")[0]).toMatchObject({ chosen: "x", open: false });
    const asking = enqueue<Write>([], { type: "ask_person", cmid: "k" }, now);
    expect(find(rows([offer(1)], asking), "offer")[0]?.open).toBe(false);
  });

  it("moves feedback to its answer; the last word counts", () => {
    const thumbs = (seq: number, helpful: boolean) => event({ kind: "feedback", seq, actor: ME, answer_seq: 1, helpful });
    expect(find(rows([answer(1), thumbs(2, true), thumbs(3, false)]), "answer")[0]?.helpful).toBe(false);
    const outbox = enqueue<Write>([], { type: "feedback", cmid: "k", answer_seq: 1, helpful: true }, now);
    expect(find(rows([answer(1)], outbox), "answer")[0]?.helpful).toBe(true);
  });

  it("shows unsent messages after the log, and why one failed", () => {
    const outbox: Outbox<Write> = [
      { frame: { type: "send", cmid: "a", text: "one" }, at: now, attempts: 0, notBefore: 0, failure: null },
      { frame: { type: "send", cmid: "b", text: "two" }, at: now, attempts: 0, notBefore: 0, failure: "Too long." },
      { frame: { type: "feedback", cmid: "c", answer_seq: 1, helpful: true }, at: now, attempts: 0, notBefore: 0, failure: null },
    ];
    const texts = find(rows([message(1, FERN, "hello")], outbox), "text");
    expect(texts.map(({ text, state }) => [text, state])).toEqual([
      ["hello", "sent"],
      ["one", "sending"],
      ["two", "failed"],
    ]);
  });

  it("lets the bot speak for the system", () => {
    const system = { role: "system" as const, name: "Frontdesk", agent_id: null };
    const events = [{ ...offer(1), actor: system }];
    const all = buildRows({ log: { ...emptyLog, conversation: "c", last: 1, events }, outbox: [], now, locale: "en", botName: "Fern" });
    expect(find(all, "offer")[0]).toMatchObject({ side: "bot", name: "Fern" });
  });

  it("gives every row a key of its own", () => {
    const all = rows([message(1, ME, "a"), answer(2), choices(3), offer(4), notice(5, "joined")]);
    expect(new Set(all.map((row) => row.key)).size).toBe(all.length);
  });
});
