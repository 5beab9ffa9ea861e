import { describe, expect, it } from "vitest";
import { type AgentWrite, pollHello } from "../../../src/console/link/dialect";
import type { Store } from "../../../src/shared/client/driver";
import { message, welcome } from "../fixtures";
import { FakeSocket } from "../../shared/clock";
import { newWire } from "../wire";

const NOTE: AgentWrite = { type: "note", cmid: "m-1", conversation: "c-1", text: "VIP" };
const CLAIM: AgentWrite = { type: "claim", cmid: "m-2", conversation: "c-1" };

/** What an agent's browser keeps. */
function recorded() {
  const kept = new Set<string>();
  const store: Store<AgentWrite> = {
    load: () => Promise.resolve([]),
    put: ({ frame }) => void kept.add(frame.cmid),
    drop: (cmid) => void kept.delete(cmid),
  };
  return { kept, store };
}

describe("Line", () => {
  it("keeps messages beyond the page, and commands only as long as it", () => {
    const { kept, store } = recorded();
    const { line } = newWire({ outbox: () => store });
    line.input({ on: "write", frame: NOTE });
    line.input({ on: "write", frame: CLAIM });
    expect([...kept]).toEqual(["m-1"]);
  });

  it("forgets what was not sent when the agent signs out", () => {
    const { kept, store } = recorded();
    const { line, sockets } = newWire({ outbox: () => store });
    line.input({ on: "write", frame: NOTE });
    line.stop();
    expect(kept.size).toBe(0);
    expect(sockets[0]?.closed).toBe(true);
    expect(line.client.outbox).toEqual([]);
  });

  it("says when somebody has to sign in, and when the line broke", () => {
    const said: string[] = [];
    const wire = newWire({ signedOut: () => said.push("signed out"), broken: () => said.push("broken") });
    wire.receive(welcome());
    wire.sockets[0]?.drop();
    wire.clock.advance(1);
    wire.sockets[1]?.open();
    wire.receive({ type: "bye", code: "not_signed_in", message: "Sign in first.", retry_after_seconds: null });
    wire.clock.advance(120);
    expect(said).toEqual(["broken", "signed out"]);
    expect(wire.sockets).toHaveLength(2);
  });

  it("tells how far an agent has come, and what was before their eyes", () => {
    const wire = newWire();
    wire.receive(welcome());
    wire.line.input({ on: "want", conversations: ["c-1", "c-2"] });
    wire.line.input({ on: "look", conversation: "c-1" });
    for (const conversation of ["c-1", "c-2"]) {
      wire.receive({ type: "watching", conversation, epoch: "e", head: 1, resumed: false }, message(conversation, 1));
    }
    wire.clock.advance(1);
    expect(wire.sockets[0]?.of("ack")).toEqual([
      { type: "ack", conversation: "c-1", seq: 1, read: 1 },
      { type: "ack", conversation: "c-2", seq: 1, read: 0 },
    ]);
  });

  it("polls where sockets are blocked, and says with each request what it follows", () => {
    const ways: string[] = [];
    const sockets: FakeSocket[] = [];
    const connect = (way: string): FakeSocket => {
      ways.push(way);
      sockets.push(new FakeSocket());
      return sockets.at(-1) as FakeSocket;
    };
    const { line, clock } = newWire({ connect });
    line.input({ on: "want", conversations: ["c-1", "c-2"] });
    for (let tries = 0; tries < 2; tries += 1) {
      sockets.at(-1)?.drop();
      clock.advance(2);
    }
    expect(ways).toEqual(["socket", "socket", "poll"]);
    const poll = sockets.at(-1) as FakeSocket;
    poll.open();
    const watching = { type: "watching", conversation: "c-1", epoch: "e", head: 1, resumed: false } as const;
    for (const frame of [welcome(), watching, message("c-1", 1)]) poll.receive(frame);
    const watch = (conversation: string, epoch: string | null, seq: number) => ({ type: "watch", conversation, epoch, seq });
    expect(pollHello(line.client)).toMatchObject({ type: "hello", watches: [watch("c-1", "e", 1), watch("c-2", null, 0)] });
  });

  it("says nothing while there is no line", () => {
    const { line } = newWire();
    expect(line.say({ type: "typing" })).toBe(false);
  });
});
