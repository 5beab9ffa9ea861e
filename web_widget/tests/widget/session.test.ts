import { beforeEach, describe, expect, it } from "vitest";
import { Session } from "../../src/widget/session";
import { FakeClock, FakeSocket } from "../shared/clock";
import { accepted, FERN, ME, message, rejected, status, welcome } from "./frames";

let clock: FakeClock;
let sockets: FakeSocket[];

function session(): Session {
  return new Session({
    url: "ws://shop.example/ws/customer",
    site: "default",
    locale: "en",
    storage: localStorage,
    page: () => ({ url: "https://shop.example/tents", title: "Tents", referrer: "" }),
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
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

  it("survives a reload of the page", () => {
    session().write({ type: "send", text: "Still here" });
    const again = session();
    expect(again.known).toBe(true);
    again.connect();
    greet();
    expect(socket().of("send").map((frame) => frame.text)).toEqual(["Still here"]);
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
