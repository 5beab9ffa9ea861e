import { describe, expect, it } from "vitest";
import { emptyChat } from "../../../src/console/state/model";
import { receipts } from "../../../src/console/state/receipts";
import { fromAgent, MARA, message, status, TOMAS } from "../fixtures";

const ID = "c-1";

function marks(delivered_seq: number, read_seq: number, ...events: ReturnType<typeof message>[]) {
  const log = { conversation: ID, epoch: "e", last: events.length, events };
  const chat = { ...emptyChat(ID), log, status: status(ID, { delivered_seq, read_seq }) };
  return [...receipts(chat, MARA.id)];
}

describe("receipts", () => {
  const said = [message(ID, 1), fromAgent(ID, 2), fromAgent(ID, 3)];

  it("mark the newest, and below what was seen the newest seen", () => {
    expect(marks(1, 1, ...said)).toEqual([[3, "sent"]]);
    expect(marks(3, 1, ...said)).toEqual([[3, "delivered"]]);
    expect(marks(3, 2, ...said)).toEqual([[2, "seen"], [3, "delivered"]]);
    expect(marks(3, 3, ...said)).toEqual([[3, "seen"]]);
  });

  it("say nothing once the customer wrote again", () => {
    expect(marks(4, 4, ...said, message(ID, 4))).toEqual([]);
  });

  it("leave the words of colleagues alone", () => {
    const theirs = fromAgent(ID, 2, { actor: { role: "agent", name: TOMAS.name, agent_id: TOMAS.id } });
    expect(marks(2, 2, message(ID, 1), theirs)).toEqual([]);
  });
});
