import { beforeEach, describe, expect, it } from "vitest";
import { Desk } from "../../../src/console/link/desk";
import type { AgentWrite } from "../../../src/console/link/dialect";
import type { OutboxEntry } from "../../../src/shared/outbox";
import type { AgentFrame, AgentOutFrame } from "../../../src/shared/protocol";
import { MARA, message, NOON, queue, row, status, welcome } from "../fixtures";
import { newWire, type Wire } from "../wire";

const ID = "c-1";
const MINE = row(ID, { state: "active", agent: MARA });

let wire: Wire;
let desk: Desk;

beforeEach(() => {
  wire = newWire();
  let ids = 0;
  desk = new Desk({
    line: wire.line,
    store: { getItem: () => null, setItem: () => undefined },
    newId: () => `m-${(ids += 1)}`,
    now: () => NOON,
    after: () => undefined,
  });
});

function deliver(...frames: AgentOutFrame[]): void {
  wire.receive(...frames);
  desk.flush();
}

function taken(type: AgentFrame["type"]): AgentFrame[] {
  return wire.sent().filter((frame) => frame.type === type);
}

const WATCHING = { type: "watching", conversation: ID, epoch: "e-1", head: 1, resumed: true } as const;

describe("watching", () => {
  it("watches my conversations and the open one, each once", () => {
    desk.open("c-2");
    deliver(welcome(), queue(1, [MINE, row("c-2")]));
    deliver(queue(2, [MINE, row("c-2")]));
    expect(taken("watch").map((frame) => "conversation" in frame && frame.conversation)).toEqual(["c-2", ID]);
  });

  it("lets go of what is no longer open", () => {
    desk.open("c-2");
    deliver(welcome(), queue(1, [row("c-2"), row("c-3")]));
    desk.open("c-3");
    expect(taken("unwatch")).toEqual([{ type: "unwatch", conversation: "c-2" }]);
  });

  it("asks from the last seq after a gap, once until the answer comes", () => {
    desk.open(ID);
    deliver(welcome());
    deliver(WATCHING, message(ID, 1));
    deliver(message(ID, 3));
    deliver(message(ID, 4));
    const last = { type: "watch", conversation: ID, epoch: "e-1", seq: 1 };
    expect(taken("watch").slice(1)).toEqual([last]);
  });

  it("resumes from the last seq on a new line", () => {
    desk.open(ID);
    deliver(welcome(), WATCHING, message(ID, 1));
    wire.reconnect();
    deliver(welcome());
    expect(taken("watch").at(-1)).toEqual({ type: "watch", conversation: ID, epoch: "e-1", seq: 1 });
  });
});

describe("writing", () => {
  beforeEach(() => {
    desk.open(ID);
    deliver(welcome(), queue(1, [MINE]), WATCHING, message(ID, 1), status(ID, { fence: 7 }));
  });

  it("sends a reply under the fence of the last status", () => {
    desk.dispatch({ type: "draft", conversation: ID, text: "  Let me look. " });
    expect(desk.write(ID)).toBe(true);
    expect(taken("send")).toEqual([{ type: "send", cmid: "m-1", conversation: ID, fence: 7, text: "Let me look." }]);
  });

  it("sends a note without a fence, and never as a reply", () => {
    desk.setMode(ID, "note");
    desk.dispatch({ type: "draft", conversation: ID, text: "VIP" });
    desk.write(ID);
    expect(taken("note")).toEqual([{ type: "note", cmid: "m-1", conversation: ID, text: "VIP" }]);
    expect(taken("send")).toEqual([]);
  });

  it("sends nothing out of blanks", () => {
    desk.dispatch({ type: "draft", conversation: ID, text: "  \n" });
    expect(desk.write(ID)).toBe(false);
    expect(taken("send")).toEqual([]);
  });

  it("says again after a lost line, same cmid and same fence", () => {
    wire.sockets.at(-1)?.drop();
    desk.dispatch({ type: "draft", conversation: ID, text: "Hello" });
    desk.write(ID);
    expect(desk.state.value.chats[ID]?.pending).toMatchObject([{ cmid: "m-1", text: "Hello", fence: 7 }]);
    wire.clock.advance(1);
    wire.sockets.at(-1)?.open();
    deliver(welcome());
    expect(taken("send")).toEqual([{ type: "send", cmid: "m-1", conversation: ID, fence: 7, text: "Hello" }]);
  });

  it("tries again when the server says that it may", () => {
    desk.dispatch({ type: "draft", conversation: ID, text: "Hello" });
    desk.write(ID);
    const busy = { type: "rejected", cmid: "m-1", conversation: ID, code: "busy", message: "Busy.", retryable: true } as const;
    deliver({ ...busy, retry_after_seconds: 3 });
    wire.clock.advance(2.9);
    expect(taken("send")).toHaveLength(1);
    wire.clock.advance(0.2);
    expect(taken("send")).toHaveLength(2);
  });

  it("hints at typing at most every three seconds", () => {
    desk.typing(ID);
    desk.typing(ID);
    expect(taken("typing")).toHaveLength(1);
  });
});

describe("commands", () => {
  it("asks for the next one only once at a time", () => {
    deliver(welcome(), queue(1, [row(ID)]));
    desk.takeNext();
    desk.takeNext();
    expect(taken("claim")).toEqual([{ type: "claim", cmid: "m-1", conversation: null }]);
  });

  it("resolves with an outcome under the fence", () => {
    desk.open(ID);
    deliver(welcome(), queue(1, [MINE]), WATCHING, status(ID, { fence: 9 }));
    desk.resolve(ID, "follow_up");
    expect(taken("resolve")).toEqual([
      { type: "resolve", cmid: "m-1", conversation: ID, fence: 9, outcome: "follow_up" },
    ]);
  });

  it("does not pretend to be away while the line is down", () => {
    deliver(welcome());
    wire.sockets.at(-1)?.drop();
    desk.setAvailable(false);
    expect(desk.state.value.available).toBe(true);
  });
});

describe("what an earlier page left unsent", () => {
  it("goes back into the draft when it is refused, though the conversation went elsewhere", async () => {
    const frame = { type: "send", cmid: "old", conversation: "c-9", fence: 2, text: "A long and careful answer" } as const;
    const left: OutboxEntry<AgentWrite>[] = [{ frame, at: 1, attempts: 0, notBefore: 0, failure: null }];
    wire = newWire({ outbox: () => ({ load: async () => left, put: () => undefined, drop: () => void left.pop() }) });
    desk = new Desk({
      line: wire.line,
      store: { getItem: () => null, setItem: () => undefined },
      newId: () => "m",
      now: () => NOON,
      after: () => undefined,
    });
    wire.receive(welcome(), queue(1, [row("c-9", { state: "waiting" })]));
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(taken("send")).toEqual([frame]);
    const refused = { type: "rejected", cmid: "old", conversation: "c-9", code: "stale_fence", message: "Somebody else has it now." } as const;
    deliver({ ...refused, retryable: false, retry_after_seconds: null });
    expect(desk.state.peek().drafts["c-9"]?.reply).toBe("A long and careful answer");
    expect(left).toEqual([]);
  });
});

it("shows an agent their own drafts alone, also after somebody else sat here", () => {
  const kept = new Map<string, string>();
  const store = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
  desk = new Desk({ line: wire.line, store, newId: () => "m", now: () => NOON, after: () => undefined });
  const draft = (text: string) => desk.dispatch({ type: "draft", conversation: ID, text });
  const shown = () => desk.state.peek().drafts[ID]?.reply ?? "";
  desk.enter("a-mara");
  draft("Of Mara");
  desk.dispatch({ type: "signed_out" });
  desk.enter("a-tomas");
  expect(shown()).toBe("");
  draft("Of Tomas");
  desk.dispatch({ type: "signed_out" });
  desk.enter("a-tomas");
  expect(shown()).toBe("Of Tomas");
  desk.enter("a-mara");
  expect(shown()).toBe("Of Mara");
});

it("says that the line has ended, and why", () => {
  deliver(welcome(), { type: "bye", code: "unknown_version", message: "Reload the page.", retry_after_seconds: null });
  expect(desk.state.peek()).toMatchObject({ link: "ended", ended: "Reload the page." });
});
