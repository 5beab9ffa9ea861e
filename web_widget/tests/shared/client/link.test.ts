import { beforeEach, describe, expect, it } from "vitest";
import { Driver } from "../../../src/shared/client/driver";
import { backoffSeconds } from "../../../src/shared/client/link";
import { newClient, type LinkState, type Way } from "../../../src/shared/client/state";
import { FakeClock, FakeSocket } from "../clock";
import { dialectOf, type Send } from "./world";

let clock: FakeClock;
let sockets: (FakeSocket & { way: Way })[];
let driver: Driver<Send>;
let states: LinkState[];
let told: string[];

function newDriver(role: "customer" | "agent" = "agent"): Driver<Send> {
  return new Driver<Send>(newClient(), {
    dialect: dialectOf(role),
    connect: (way) => {
      const socket = Object.assign(new FakeSocket(), { way });
      sockets.push(socket);
      return socket;
    },
    clock,
    changed: ({ state }, before) => state !== before.state && states.push(state),
    told: (frame) => told.push(frame.type),
  });
}

beforeEach(() => {
  clock = new FakeClock();
  sockets = [];
  states = [];
  told = [];
  driver = newDriver();
});

const last = () => sockets.at(-1) as FakeSocket & { way: Way };
const start = () => driver.input({ on: "start" });
const HEAD = { type: "head", conversation: null, seq: 0 };

function greet(): void {
  last().open();
  last().receive({ type: "welcome", version: 1 });
}

/** As a socket that a proxy does not let through. */
function fail(): void {
  const before = sockets.length;
  last().drop();
  while (sockets.length === before) clock.advance(0.1);
}

describe("backoffSeconds", () => {
  it("doubles its ceiling up to the longest wait", () => {
    expect([0, 1, 2, 3, 6, 50].map((attempt) => backoffSeconds(attempt, 1))).toEqual([0.5, 1, 2, 4, 30, 30]);
  });

  it("takes any moment below the ceiling, never less than the shortest", () => {
    expect(backoffSeconds(8, 0)).toBe(0.5);
    expect(backoffSeconds(8, 0.5)).toBeCloseTo(15.25);
  });
});

describe("the link", () => {
  it("connects once, says hello with the versions it speaks, and says how it stands", () => {
    start();
    start();
    greet();
    expect(sockets).toHaveLength(1);
    expect(states).toEqual(["connecting", "open"]);
    expect(last().of("hello")).toHaveLength(1);
    expect(driver.client.greeted).toBe(true);
  });

  it("comes back after a cut, later each time", () => {
    start();
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

  it("begins with short waits again once it was greeted, and not before", () => {
    start();
    for (let round = 0; round < 5; round += 1) fail();
    last().open();
    last().receive(HEAD);
    last().drop();
    const before = sockets.length;
    clock.advance(15);
    expect(sockets).toHaveLength(before);
    clock.advance(2);
    expect(sockets).toHaveLength(before + 1);
    greet();
    last().drop();
    clock.advance(0.51);
    expect(sockets).toHaveLength(before + 2);
  });

  it("asks a quiet line for a sign of life, and leaves it within 30 s without one", () => {
    start();
    greet();
    const first = last();
    clock.advance(22.5);
    expect(first.of("ping")).toHaveLength(1);
    expect(driver.client.state).toBe("open");
    clock.advance(7);
    expect(first.closed).toBe(false);
    clock.advance(1.1);
    expect(first.closed).toBe(true);
    expect(sockets).toHaveLength(2);
  });

  it("stays with a line that answers", () => {
    start();
    greet();
    for (let round = 0; round < 10; round += 1) {
      clock.advance(23);
      last().receive(HEAD);
    }
    expect(sockets).toHaveLength(1);
    expect(last().of("ping")).toHaveLength(10);
  });

  it("gives up a connection that never opens, and one that never greets", () => {
    start();
    clock.advance(16);
    expect(sockets).toHaveLength(2);
    last().open();
    last().receive(HEAD);
    clock.advance(18);
    expect(sockets).toHaveLength(3);
  });

  it("looks at once whether a line still lives when the tab wakes up", () => {
    start();
    greet();
    clock.advance(1);
    driver.input({ on: "wake" });
    clock.advance(4);
    last().receive(HEAD);
    clock.advance(10);
    expect(sockets).toHaveLength(1);
    driver.input({ on: "wake" });
    clock.advance(5.6);
    expect(sockets).toHaveLength(2);
  });

  it("retries at once when the network is back", () => {
    start();
    last().drop();
    driver.input({ on: "wake" });
    expect(sockets).toHaveLength(2);
    clock.advance(1);
    expect(sockets).toHaveLength(2);
  });

  it("comes back after the pause that a leaving server asks for, and a little more, so that not all come at once", () => {
    start();
    greet();
    last().receive({ type: "bye", code: "restarting", message: "", retry_after_seconds: 12 });
    expect(last().closed).toBe(true);
    clock.advance(12.4);
    expect(sockets).toHaveLength(1);
    clock.advance(0.2);
    expect(sockets).toHaveLength(2);
    expect(told).toEqual(["welcome", "bye"]);
  });

  it("grants the server its pause though the tab wakes up meanwhile", () => {
    start();
    greet();
    last().receive({ type: "bye", code: "too_many", message: "", retry_after_seconds: 12 });
    clock.advance(5);
    driver.input({ on: "wake" });
    expect(sockets).toHaveLength(1);
    clock.advance(7.2);
    driver.input({ on: "wake" });
    expect(sockets).toHaveLength(2);
  });

  it("stays with what works when the tab wakes up behind a proxy that lets no socket through", () => {
    driver = newDriver("customer");
    start();
    fail();
    fail();
    expect(last().way).toBe("poll");
    greet();
    last().drop();
    driver.input({ on: "wake" });
    expect(sockets).toHaveLength(4);
    expect(last().way).toBe("poll");
  });

  it.each(["unknown_version", "not_signed_in", "foreign_origin"])("does not come back by itself after %s", (code) => {
    start();
    last().open();
    last().receive({ type: "bye", code, message: "No.", retry_after_seconds: null });
    clock.advance(900);
    expect(sockets).toHaveLength(1);
    expect(driver.client.state).toBe("stopped");
    expect(told).toEqual(["bye"]);
    start();
    expect(sockets).toHaveLength(2);
  });

  it("hears nothing from a socket that it has left", () => {
    start();
    const old = last();
    greet();
    const hear = old.onmessage;
    old.drop();
    hear?.({ data: '{"type":"late"}' });
    expect(told).toEqual(["welcome"]);
  });

  it("survives frames that are not frames", () => {
    start();
    greet();
    for (const data of ["not json", "null", "7", "[]", '{"kind":"no type"}']) last().onmessage?.({ data });
    last().receive(HEAD);
    expect(told).toEqual(["welcome", "head"]);
  });

  it("goes no further with a server that speaks only what it does not", () => {
    start();
    last().open();
    last().receive({ type: "welcome", version: 2 });
    expect(driver.client).toMatchObject({ greeted: false, state: "waiting" });
  });

  it("stays stopped", () => {
    start();
    greet();
    driver.input({ on: "stop" });
    clock.advance(120);
    expect(sockets).toHaveLength(1);
    expect(driver.client.state).toBe("stopped");
  });
});

describe("where sockets are blocked", () => {
  beforeEach(() => {
    driver = newDriver("customer");
    start();
  });

  it("polls after two sockets that never spoke, and not before", () => {
    fail();
    expect(last().way).toBe("socket");
    fail();
    expect(last().way).toBe("poll");
  });

  it("does not mind sockets that did speak", () => {
    for (let round = 0; round < 5; round += 1) {
      greet();
      fail();
    }
    expect(sockets.every(({ way }) => way === "socket")).toBe(true);
  });

  it("tries the socket again when polling fails, too: then it is the network", () => {
    fail();
    fail();
    fail();
    expect(sockets.map(({ way }) => way)).toEqual(["socket", "socket", "poll", "socket"]);
  });

  it("goes back to a socket that speaks, and keeps polling until it does", () => {
    fail();
    fail();
    const poll = last();
    greet();
    clock.advance(5);
    const probe = last();
    expect(probe.way).toBe("socket");
    probe.open();
    expect(driver.client).toMatchObject({ way: "poll", greeted: true });
    probe.receive({ type: "welcome", version: 1, conversation: "one", epoch: "1", head: 0, resumed: true });
    expect(poll.closed).toBe(true);
    expect(driver.client).toMatchObject({ way: "socket", state: "open", greeted: true });
    clock.advance(9);
    expect(sockets).toHaveLength(4);
  });

  it("tries the socket ever more rarely", () => {
    fail();
    fail();
    greet();
    const poll = last();
    const tries = () => sockets.length - 3;
    for (let second = 0; second < 200; second += 1) {
      clock.advance(1);
      poll.receive(HEAD);
    }
    expect(tries()).toBe(5);
    expect(driver.client).toMatchObject({ way: "poll", state: "open" });
  });
});

it("never polls where there is nothing to poll", () => {
  start();
  for (let round = 0; round < 6; round += 1) fail();
  expect(sockets.every(({ way }) => way === "socket")).toBe(true);
});
