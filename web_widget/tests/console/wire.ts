/** A line whose far end is in the hands of a test. */

import { Line, type LineParts } from "../../src/console/link/line";
import type { AgentFrame, AgentOutFrame } from "../../src/shared/protocol";
import { FakeClock, FakeSocket } from "../shared/clock";
import { NOON } from "./fixtures";

export interface Wire {
  line: Line;
  clock: FakeClock;
  sockets: FakeSocket[];
  /** What was sent on all connections, but for hello and acks. */
  sent: () => AgentFrame[];
  receive: (...frames: AgentOutFrame[]) => void;
  /** The line breaks and is there again, not greeted yet. */
  reconnect: () => void;
}

/** Signed in and connected; nobody has greeted yet. */
export function newWire(change: Partial<LineParts> = {}): Wire {
  const clock = new FakeClock();
  const sockets: FakeSocket[] = [];
  const line = new Line({
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    outbox: () => null,
    clock,
    wall: () => NOON,
    visible: () => true,
    signedOut: () => undefined,
    broken: () => undefined,
    ...change,
  });
  line.start("a-mara");
  sockets[0]?.open();
  return {
    line,
    clock,
    sockets,
    sent: () => sockets.flatMap((socket) => socket.sent).filter(({ type }) => type !== "hello" && type !== "ack") as unknown as AgentFrame[],
    reconnect() {
      sockets.at(-1)?.drop();
      clock.advance(1);
      sockets.at(-1)?.open();
    },
    receive: (...frames) => frames.forEach((frame) => sockets.at(-1)?.receive(frame)),
  };
}
