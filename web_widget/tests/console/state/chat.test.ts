import { describe, expect, it } from "vitest";
import { applyEvent, applyTyping, lastCustomerText, unreadCount } from "../../../src/console/state/chat";
import { type Chat, emptyChat } from "../../../src/console/state/model";
import type { LogEvent } from "../../../src/shared/log";
import { fromAgent, message } from "../fixtures";

const ID = "c-1";

function chatOf(...events: LogEvent[]): Chat {
  const log = { conversation: ID, epoch: "e-1", last: events.at(-1)?.seq ?? 0, events };
  return { ...emptyChat(ID), log };
}

describe("applyEvent", () => {
  it("ends a typing hint when its writer has spoken, not when somebody else has", () => {
    const typing = applyTyping(chatOf(), { type: "typing", conversation: ID, role: "customer", name: "Ana" }, 0);
    expect(applyEvent(typing, fromAgent(ID, 1)).typing).not.toBeNull();
    expect(applyEvent(typing, message(ID, 1)).typing).toBeNull();
  });
});

describe("unreadCount", () => {
  it("counts customer messages after the last one seen and after the last human answer", () => {
    const chat = chatOf(message(ID, 1), fromAgent(ID, 2), message(ID, 3), message(ID, 4));
    expect(unreadCount(chat)).toBe(2);
    expect(unreadCount({ ...chat, seen: 3 })).toBe(1);
    expect(unreadCount({ ...chat, seen: 4 })).toBe(0);
  });
});

describe("lastCustomerText", () => {
  it("skips what others said", () => {
    expect(lastCustomerText(chatOf(message(ID, 1, { text: "Where?" }), fromAgent(ID, 2)))).toBe("Where?");
    expect(lastCustomerText(emptyChat(ID))).toBe("");
  });

  it("takes what somebody left to be called about", () => {
    const contact = { name: "Ana", email: "", about: "Zip of my sleeping bag", phone: "1", call_at: "" };
    const left = { ...message(ID, 2), kind: "contact", contact } as unknown as LogEvent;
    expect(lastCustomerText(chatOf(message(ID, 1, { text: "Where?" }), left))).toBe("Zip of my sleeping bag");
  });
});
