import { beforeEach, describe, expect, it } from "vitest";
import { Driver, type DriverParts, type Store } from "../../../src/shared/client/driver";
import { PollSocket } from "../../../src/shared/client/poll";
import { newClient } from "../../../src/shared/client/state";
import type { OutboxEntry } from "../../../src/shared/outbox";
import { FakeClock, FakeSocket } from "../clock";
import { dialectOf, type Send } from "./world";

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
const WELCOME = { type: "welcome", version: 1, conversation: "one", epoch: "1", head: 0, resumed: false };
const HELLO: Send = { type: "send", cmid: "a", conversation: "one", text: "Hello" };

let clock: FakeClock;
let sockets: FakeSocket[];

function newDriver(more: Partial<DriverParts<Send>> = {}): Driver<Send> {
  return new Driver<Send>(newClient(), {
    dialect: dialectOf("customer"),
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    clock,
    changed: () => undefined,
    told: () => undefined,
    ...more,
  });
}

const last = () => sockets.at(-1) as FakeSocket;

function greet(driver: Driver<Send>): void {
  driver.input({ on: "start" });
  last().open();
  last().receive(WELCOME);
}

beforeEach(() => {
  clock = new FakeClock();
  sockets = [];
});

describe("Driver", () => {
  it("sends nothing before it has read what was kept, and then that first", async () => {
    const old: OutboxEntry<Send> = { frame: { ...HELLO, cmid: "old" }, at: 1, attempts: 0, notBefore: 0, failure: null };
    const store: Store<Send> = { load: async () => [old], put: () => undefined, drop: () => undefined };
    const driver = newDriver({ store });
    driver.load();
    greet(driver);
    driver.input({ on: "write", frame: HELLO });
    expect(last().of("send")).toEqual([]);
    await settled();
    expect(last().of("send").map(({ cmid }) => cmid)).toEqual(["old"]);
  });

  it("does without a store that fails", async () => {
    const store: Store<Send> = { load: () => Promise.reject(new Error("gone")), put: () => undefined, drop: () => undefined };
    const driver = newDriver({ store });
    driver.load();
    greet(driver);
    driver.input({ on: "write", frame: HELLO });
    await settled();
    expect(last().of("send")).toHaveLength(1);
  });

  it("keeps what it has taken over when the store fails later", async () => {
    const old: OutboxEntry<Send> = { frame: { ...HELLO, cmid: "old" }, at: 1, attempts: 0, notBefore: 0, failure: null };
    const answers = [Promise.resolve([old])];
    const store: Store<Send> = { load: () => answers.shift() ?? Promise.reject(new Error("gone")), put: () => undefined, drop: () => undefined };
    const driver = newDriver({ store });
    driver.load();
    await settled();
    greet(driver);
    await settled();
    expect(driver.client.outbox.map(({ frame }) => frame.cmid)).toEqual(["old"]);
    expect(last().of("send").map(({ cmid }) => cmid)).toEqual(["old"]);
  });

  it("sends in its turn, gives the turn back, and does not wait for one that never comes", () => {
    const turns: (() => void)[] = [];
    let ended = 0;
    const driver = newDriver({ turn: (granted) => (turns.push(granted), () => (ended += 1)) });
    driver.load();
    greet(driver);
    driver.input({ on: "write", frame: HELLO });
    expect(last().of("send")).toEqual([]);
    turns[0]?.();
    expect(last().of("send")).toHaveLength(1);
    last().receive({ type: "accepted", cmid: "a", conversation: "one", seq: 1, dup: false });
    expect(ended).toBe(1);
    driver.input({ on: "write", frame: { ...HELLO, cmid: "b" } });
    clock.advance(4.9);
    expect(last().of("send")).toHaveLength(1);
    clock.advance(0.2);
    expect(last().of("send")).toHaveLength(2);
  });

  it("takes a connection that has to be fetched first", async () => {
    const replies = [Promise.resolve(Response.json({ frames: [WELCOME] }))];
    const send = () => replies.shift() ?? new Promise<Response>(() => {});
    const driver = newDriver({ connect: async () => new PollSocket("https://x/poll", () => ({}), send) });
    driver.input({ on: "start" });
    expect(driver.client.state).toBe("connecting");
    await settled();
    expect(driver.client).toMatchObject({ state: "open", greeted: true });
    driver.input({ on: "stop" });
  });

  it("counts a connection that cannot be fetched, or made, as closed", async () => {
    const broken = newDriver({ connect: () => Promise.reject(new Error("offline")) });
    broken.input({ on: "start" });
    await settled();
    expect(broken.client.state).toBe("waiting");
    const refused = newDriver({
      connect: () => {
        throw new Error("bad address");
      },
    });
    refused.input({ on: "start" });
    expect(refused.client.state).toBe("waiting");
  });

  it("closes a connection that was given up while it was fetched", async () => {
    const late = new FakeSocket();
    const driver = newDriver({ connect: async () => late });
    driver.input({ on: "start" });
    driver.input({ on: "stop" });
    await settled();
    expect(late.closed).toBe(true);
  });
});
