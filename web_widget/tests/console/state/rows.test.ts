import { describe, expect, it } from "vitest";
import { emptyChat } from "../../../src/console/state/model";
import { latestPacket, type LogRow, logRows, packetFacts } from "../../../src/console/state/rows";
import { emptyLog, type LogEvent } from "../../../src/shared/log";
import { ago, answer, fromAgent, message, packet, status } from "../fixtures";

const ID = "c-1";
const ACTOR = { role: "customer", name: "Ana Ruiz", agent_id: null } as const;

function firsts(rows: readonly LogRow[]): boolean[] {
  return rows.flatMap((row) => (row.type === "event" ? [row.first] : []));
}

describe("logRows", () => {
  it("groups one sender's bubbles within two minutes", () => {
    const log = [
      message(ID, 1, { at: ago(400) }),
      message(ID, 2, { at: ago(350) }),
      message(ID, 3, { at: ago(200) }),
      fromAgent(ID, 4, { at: ago(190) }),
    ];
    expect(firsts(logRows(log))).toEqual([true, false, true, true]);
  });

  it("draws one line for each day", () => {
    const log: LogEvent[] = [message(ID, 1, { at: "2026-11-20T12:00:00Z" }), message(ID, 3, { at: "2026-11-21T12:00:00Z" })];
    expect(logRows(log).map((row) => row.type)).toEqual(["day", "event", "day", "event"]);
  });

  it("marks an answer with what the customer thought of it", () => {
    const feedback: LogEvent = {
      type: "event", kind: "feedback", conversation: ID, seq: 2, actor: ACTOR, at: ago(1), cmid: null, answer_seq: 1, helpful: false,
    };
    const [, first] = logRows([answer(ID, 1), feedback]);
    expect(first?.type === "event" && first.marks.helpful).toBe(false);
  });

  it("marks the choice that was taken", () => {
    const choices: LogEvent = {
      type: "event", kind: "choices", conversation: ID, seq: 1, actor: ACTOR, at: ago(2), cmid: null, text: "Did you mean",
      choices: [{ id: "x", label: "Late parcels" }, { id: "y", label: "None of these" }],
    };
    const chosen: LogEvent = {
      type: "event", kind: "chosen", conversation: ID, seq: 2, actor: ACTOR, at: ago(1), cmid: null, choice_id: "y", label: "None of these",
    };
    const [, first] = logRows([choices, chosen]);
    expect(first?.type === "event" && first.marks.chosen).toBe("y");
  });
});

describe("latestPacket", () => {
  it("is the newest one", () => {
    const event = (seq: number, summary: string): LogEvent => ({
      type: "event", kind: "packet", conversation: ID, seq, actor: ACTOR, at: ago(1), cmid: null, packet: packet({ summary }),
    });
    expect(latestPacket({ ...emptyChat(ID), log: { ...emptyLog, events: [event(1, "old"), message(ID, 2), event(3, "new")] } })?.packet.summary).toBe("new");
    expect(latestPacket(emptyChat(ID))).toBeNull();
    const followed = status(ID, { packet: packet({ summary: "followed" }) });
    const chat = { ...emptyChat(ID), log: { ...emptyLog, events: [event(1, "old")] } };
    expect(latestPacket({ ...chat, status: followed })?.packet.summary).toBe("followed");
    expect(latestPacket({ ...chat, status: status(ID) })).toMatchObject({ seq: 1, packet: { summary: "old" } });
  });
});

describe("packetFacts", () => {
  it("names each value once, and not what the contact already says", () => {
    const contact = { name: "Ana", email: "ana@example.org", about: "Tent" };
    const slots = { order_number: "FH-204817", contact_email: "ana@example.org", empty: " " };
    expect(packetFacts(packet({ contact, slots, facts: [] }))).toEqual([{ name: "order_number", value: "FH-204817" }]);
  });
});
