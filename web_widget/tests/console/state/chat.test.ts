import { describe, expect, it } from "vitest";
import {
  applyEvent,
  applyHead,
  applyTyping,
  applyWatching,
  lastCustomerText,
  unreadCount,
} from "../../../src/console/state/chat";
import { type Chat, emptyChat } from "../../../src/console/state/model";
import type { Event } from "../../../src/shared/protocol";
import { fromAgent, hidden, message } from "../fixtures";

const ID = "c-1";

const WATCHING = { type: "watching", conversation: ID, epoch: "e-1", head: 0, resumed: true } as const;

function chatOf(...events: Event[]): Chat {
  return events.reduce(applyEvent, applyWatching(emptyChat(ID), WATCHING));
}

describe("applyEvent", () => {
  it("applies only last + 1", () => {
    const chat = chatOf(message(ID, 1), message(ID, 2), message(ID, 2, { text: "again" }));
    expect(chat.log.events.map((event) => event.seq)).toEqual([1, 2]);
    expect(chat.behind).toBe(false);
  });

  it("asks again instead of jumping over a gap", () => {
    const chat = chatOf(message(ID, 1), message(ID, 4));
    expect(chat.log.last).toBe(1);
    expect(chat).toMatchObject({ behind: true, head: 4 });
  });

  it("counts hidden events, so that the log stays gapless", () => {
    expect(chatOf(message(ID, 1), hidden(ID, 2), message(ID, 3)).log.last).toBe(3);
  });

  it("replaces what was pending by the event with the same cmid", () => {
    const pending = { cmid: "mine", mode: "reply" as const, text: "Hello", at: "", fence: 3 };
    const chat = applyEvent({ ...chatOf(), pending: [pending] }, fromAgent(ID, 1, { cmid: "mine" }));
    expect(chat.pending).toEqual([]);
  });

  it("ends a typing hint when its writer has spoken, not when somebody else has", () => {
    const typing = applyTyping(chatOf(), { type: "typing", conversation: ID, role: "customer", name: "Ana" }, 0);
    expect(applyEvent(typing, fromAgent(ID, 1)).typing).not.toBeNull();
    expect(applyEvent(typing, message(ID, 1)).typing).toBeNull();
  });
});

describe("applyWatching", () => {
  const watching = { ...WATCHING, head: 2 };

  it("keeps the log when the epoch held", () => {
    const chat = applyWatching(chatOf(message(ID, 1), message(ID, 2)), watching);
    expect(chat.loaded).toBe(true);
    expect(chat.log.events).toHaveLength(2);
  });

  it("forgets the log when it did not, and waits for the whole of it", () => {
    const chat = applyWatching(chatOf(message(ID, 1), message(ID, 2)), { ...watching, resumed: false });
    expect(chat).toMatchObject({ log: { last: 0, events: [] }, loaded: false });
    expect([message(ID, 1), message(ID, 2)].reduce(applyEvent, chat).loaded).toBe(true);
  });

  it("has loaded an empty conversation at once", () => {
    expect(applyWatching(emptyChat(ID), { ...watching, head: 0 }).loaded).toBe(true);
  });
});

describe("applyHead", () => {
  it("notices that something is missing, and nothing otherwise", () => {
    const chat = chatOf(message(ID, 1));
    expect(applyHead(chat, { type: "head", conversation: ID, seq: 1 })).toBe(chat);
    expect(applyHead(chat, { type: "head", conversation: ID, seq: 2 }).behind).toBe(true);
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
    expect(lastCustomerText(chatOf(message(ID, 1, { text: "Where?" }), fromAgent(ID, 2), hidden(ID, 3)))).toBe("Where?");
    expect(lastCustomerText(emptyChat(ID))).toBe("");
  });
});
