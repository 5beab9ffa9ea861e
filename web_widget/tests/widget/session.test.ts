import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Keep } from "../../src/shared/client/keep";
import { fetchLine, Session } from "../../src/widget/session";
import type { Write } from "../../src/widget/model";
import { FakeClock, FakeSocket } from "../shared/clock";
import { accepted, FERN, ME, message, partsWith, rejected, status, welcome } from "./frames";

let clock: FakeClock;
let sockets: FakeSocket[];

function session(parts = {}): Session {
  return new Session({
    origin: "https://desk.example",
    site: "default",
    locale: "en",
    storage: localStorage,
    page: () => ({ url: "https://shop.example/tents", title: "Tents", referrer: "" }),
    parts: {
      ...partsWith(() => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      }),
      ...parts,
    },
    clock,
    now: () => clock.now(),
  });
}

const socket = () => sockets.at(-1) as FakeSocket;

/** Open the latest socket and let the server greet. */
function greet(more = {}): void {
  socket().open();
  socket().receive(welcome(more));
  socket().receive(status());
}

/** Until the store has been read. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const kept = () => ({ store: new Keep<Write>(localStorage, "default", "me", () => Promise.reject(new Error("forbidden"))) });

beforeAll(fetchLine);
beforeEach(() => {
  localStorage.clear();
  clock = new FakeClock();
  sockets = [];
});

describe("a new visitor", () => {
  it("is not known to the server before they write", () => {
    expect(session().known).toBe(false);
    expect(sockets).toHaveLength(0);
  });

  it("says hello first, then what was written meanwhile", () => {
    const desk = session();
    const cmid = desk.write({ type: "send", text: "Hello" });
    socket().open();
    expect(socket().sent).toMatchObject([{ type: "hello", token: null, seq: 0, page: { title: "Tents" } }]);
    socket().receive(welcome());
    expect(socket().of("send")).toEqual([{ type: "send", text: "Hello", cmid }]);
  });
});

describe("writing", () => {
  it("sends one after the other, in order", () => {
    const desk = session();
    desk.connect();
    greet();
    const one = desk.write({ type: "send", text: "1" });
    desk.write({ type: "send", text: "2" });
    expect(socket().of("send").map((frame) => frame.text)).toEqual(["1"]);
    socket().receive(accepted(one, 1));
    expect(socket().of("send").map((frame) => frame.text)).toEqual(["1", "2"]);
  });

  it("repeats under the same cmid after a cut, and once more when nobody answers", () => {
    const desk = session();
    desk.connect();
    greet();
    const cmid = desk.write({ type: "send", text: "Hello" });
    socket().drop();
    clock.advance(1);
    greet({ resumed: true });
    expect(socket().of("send").map((frame) => frame.cmid)).toEqual([cmid]);
    clock.advance(11);
    expect(socket().of("send")).toHaveLength(2);
    socket().receive(accepted(cmid, 1));
    socket().receive(message(1, ME, "Hello", 0, cmid));
    clock.advance(15);
    expect(socket().of("send")).toHaveLength(2);
    expect(desk.model.value.outbox).toEqual([]);
  });

  it("tries again later what was refused for now", () => {
    const desk = session();
    desk.connect();
    greet();
    const cmid = desk.write({ type: "send", text: "Hello" });
    socket().receive(rejected(cmid, true));
    clock.advance(0.9);
    expect(socket().of("send")).toHaveLength(1);
    clock.advance(0.2);
    expect(socket().of("send")).toHaveLength(2);
  });

  it("keeps what was refused for good, and gives it back for editing", () => {
    const desk = session();
    desk.connect();
    greet();
    const cmid = desk.write({ type: "send", text: "Hello" });
    socket().receive(rejected(cmid, false));
    clock.advance(30);
    expect(socket().of("send")).toHaveLength(1);
    expect(desk.takeBack(cmid)).toBe("Hello");
    expect(desk.model.value.outbox).toEqual([]);
  });

  it("survives a reload of the page", async () => {
    session(kept()).write({ type: "send", text: "Still here" });
    const again = session(kept());
    expect(again.known).toBe(true);
    again.connect();
    greet();
    await settled();
    expect(socket().of("send").map((frame) => frame.text)).toEqual(["Still here"]);
    socket().receive(accepted(String(socket().of("send")[0]?.cmid), 1));
    expect(session(kept()).model.value.outbox).toEqual([]);
  });

  it("sends what an older version of the widget left unsent", async () => {
    const entry = { frame: { type: "send", cmid: "old", text: "Before" }, at: 5, attempts: 3, notBefore: 9e15, failure: null };
    localStorage.setItem("frontdesk:default:outbox:old", JSON.stringify(entry));
    const desk = session(kept());
    expect(desk.known).toBe(true);
    desk.connect();
    greet();
    await settled();
    desk.write({ type: "send", text: "After" });
    expect(socket().of("send").map((frame) => frame.text)).toEqual(["Before"]);
  });

  it("says that somebody types at most every three seconds", () => {
    const desk = session();
    desk.connect();
    greet();
    desk.typed();
    desk.typed();
    clock.advance(3.1);
    desk.typed();
    expect(socket().of("typing")).toHaveLength(2);
  });
});

describe("reading", () => {
  it("asks again from the last seq when something is missing", () => {
    const desk = session();
    desk.connect();
    greet();
    socket().receive(message(1, FERN, "a"));
    socket().receive(message(3, FERN, "c"));
    expect(socket().of("hello").at(-1)).toMatchObject({ seq: 1, conversation: "c", epoch: "e", token: "t" });
    expect(desk.model.value.log.last).toBe(1);
  });

  it("takes the whole history after a reload", () => {
    const desk = session();
    desk.connect();
    greet();
    socket().receive(message(1, FERN, "a"));
    const again = session();
    again.connect();
    socket().open();
    expect(socket().of("hello")[0]).toMatchObject({ token: "t", conversation: "c", epoch: "e", seq: 0 });
  });

  it("counts as unread what came while nobody looked", () => {
    const desk = session();
    desk.connect();
    greet();
    socket().receive(message(1, FERN, "a"));
    expect(desk.unread.value).toBe(1);
    desk.watch(true);
    expect(desk.unread.value).toBe(0);
    desk.watch(false);
    socket().receive(message(2, FERN, "b"));
    expect(desk.unread.value).toBe(1);
    expect(desk.keeper.identity()?.seen).toBe(1);
  });

  it("lets a typing hint fade", () => {
    const desk = session();
    desk.connect();
    greet();
    socket().receive({ type: "typing", conversation: "c", role: "agent", name: "Mara" });
    expect(desk.model.value.typist?.name).toBe("Mara");
    clock.advance(5.1);
    expect(desk.model.value.typist).toBeNull();
  });
});

it("forgets everything on request", () => {
  const desk = session();
  desk.connect();
  greet();
  desk.write({ type: "send", text: "Hello" });
  desk.keeper.keepDraft("half a");
  desk.reset();
  expect(localStorage.length).toBe(0);
  expect(desk.known).toBe(false);
  expect(socket().closed).toBe(true);
  desk.connect();
  socket().open();
  expect(socket().of("hello")[0]).toMatchObject({ token: null, conversation: null });
});

describe("acknowledging", () => {
  it("says at most once a second how far it has come, and what was read only while somebody looks", () => {
    const desk = session();
    desk.connect();
    greet();
    socket().receive(message(1, FERN, "a"));
    socket().receive(message(2, FERN, "b"));
    expect(socket().of("ack")).toEqual([]);
    clock.advance(1);
    expect(socket().of("ack")).toEqual([{ type: "ack", seq: 2, read: 0 }]);
    desk.watch(true);
    socket().receive(message(3, FERN, "c"));
    clock.advance(1);
    expect(socket().of("ack").at(-1)).toEqual({ type: "ack", seq: 3, read: 3 });
    clock.advance(5);
    expect(socket().of("ack")).toHaveLength(2);
  });
});
