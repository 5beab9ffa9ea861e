import { beforeEach, describe, expect, it } from "vitest";
import { backoffSeconds, Link, socketUrl, type LinkState } from "../../src/shared/socket";
import { FakeClock, FakeSocket } from "./clock";

let clock: FakeClock;
let sockets: FakeSocket[];
let states: LinkState[];
let received: unknown[];
let link: Link;
let opened: number;

beforeEach(() => {
  clock = new FakeClock();
  sockets = [];
  states = [];
  received = [];
  opened = 0;
  link = new Link({
    url: () => "ws://shop.example/ws",
    opened: () => (opened += 1),
    received: (frame) => received.push(frame),
    changed: (state) => states.push(state),
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    clock,
  });
});

const last = () => sockets.at(-1) as FakeSocket;

describe("backoffSeconds", () => {
  it("doubles its ceiling up to the longest wait", () => {
    expect([0, 1, 2, 3, 6, 50].map((attempt) => backoffSeconds(attempt, 1))).toEqual([0.5, 1, 2, 4, 30, 30]);
  });

  it("takes any moment below the ceiling, never less than the shortest", () => {
    expect(backoffSeconds(8, 0)).toBe(0.5);
    expect(backoffSeconds(8, 0.5)).toBeCloseTo(15.25);
  });
});

describe("Link", () => {
  it("connects once and says so", () => {
    link.start();
    link.start();
    last().open();
    expect(sockets).toHaveLength(1);
    expect(states).toEqual(["connecting", "open"]);
    expect(opened).toBe(1);
  });

  it("comes back after a cut, later each time", () => {
    link.start();
    last().drop();
    clock.advance(0.49);
    expect(sockets).toHaveLength(1);
    clock.advance(0.02);
    expect(sockets).toHaveLength(2);
    last().drop();
    clock.advance(0.9);
    expect(sockets).toHaveLength(2);
    clock.advance(0.2);
    expect(sockets).toHaveLength(3);
  });

  it("begins with short waits again once a frame has come", () => {
    link.start();
    for (let round = 0; round < 5; round += 1) {
      last().drop();
      clock.advance(31);
    }
    last().open();
    last().receive({ type: "head", conversation: null, seq: 0 });
    last().drop();
    const before = sockets.length;
    clock.advance(0.51);
    expect(sockets).toHaveLength(before + 1);
  });

  it("treats 45 s without a frame as dead, after asking once", () => {
    link.start();
    last().open();
    const first = last();
    clock.advance(30);
    expect(first.of("ping")).toHaveLength(1);
    expect(link.state).toBe("open");
    clock.advance(16);
    expect(first.closed).toBe(true);
    expect(sockets).toHaveLength(2);
  });

  it("stays with a link that answers", () => {
    link.start();
    last().open();
    for (let round = 0; round < 10; round += 1) {
      clock.advance(20);
      last().receive({ type: "head", conversation: null, seq: 0 });
    }
    expect(sockets).toHaveLength(1);
  });

  it("gives up a connection that never opens", () => {
    link.start();
    clock.advance(46);
    expect(sockets.length).toBeGreaterThan(1);
  });

  it("probes a link that may have died asleep", () => {
    link.start();
    last().open();
    clock.advance(1);
    link.probe();
    clock.advance(4);
    expect(link.state).toBe("open");
    clock.advance(2);
    expect(sockets).toHaveLength(2);
  });

  it("keeps a probed link that answers", () => {
    link.start();
    last().open();
    clock.advance(1);
    link.probe();
    clock.advance(1);
    last().receive({ type: "head", conversation: null, seq: 0 });
    clock.advance(10);
    expect(sockets).toHaveLength(1);
  });

  it("retries at once when told that the network is back", () => {
    link.start();
    last().drop();
    link.retryNow();
    expect(sockets).toHaveLength(2);
    clock.advance(1);
    expect(sockets).toHaveLength(2);
  });

  it("respects a pause that the server asked for", () => {
    link.start();
    last().open();
    link.holdOff(12);
    last().drop();
    clock.advance(11.9);
    expect(sockets).toHaveLength(1);
    clock.advance(0.2);
    expect(sockets).toHaveLength(2);
  });

  it("hears nothing from a socket that it has left", () => {
    link.start();
    const old = last();
    old.open();
    const hear = old.onmessage;
    old.drop();
    hear?.({ data: '{"type":"late"}' });
    expect(received).toEqual([]);
  });

  it("says when a frame could not be sent", () => {
    expect(link.send({ type: "ping" })).toBe(false);
    link.start();
    expect(link.send({ type: "ping" })).toBe(false);
    last().open();
    expect(link.send({ type: "ping" })).toBe(true);
  });

  it("survives frames that are not JSON", () => {
    link.start();
    last().open();
    last().onmessage?.({ data: "not json" });
    last().receive({ type: "head" });
    expect(received).toEqual([{ type: "head" }]);
  });

  it("stays stopped", () => {
    link.start();
    last().open();
    link.stop();
    clock.advance(120);
    expect(sockets).toHaveLength(1);
    expect(link.state).toBe("stopped");
  });

  it("keeps its defaults where an option is undefined", () => {
    expect(() => new Link({ url: () => "", opened: () => {}, received: () => {}, clock: undefined }).stop()).not.toThrow();
  });
});

it("turns an address into that of a socket", () => {
  expect(socketUrl("/ws/customer", "https://help.example/widget/v1.js")).toBe("wss://help.example/ws/customer");
  expect(socketUrl("/ws/agent", "http://127.0.0.1:8080/console")).toBe("ws://127.0.0.1:8080/ws/agent");
});
