import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Deep } from "../../src/shared/client/deep";
import { Keep } from "../../src/shared/client/keep";
import type { Write } from "../../src/widget/model";
import { fetchLine, Session, type SessionOptions } from "../../src/widget/session";
import { FakeClock, FakeSocket } from "../shared/clock";
import { accepted, FERN, ME, message, partsWith, rejected, status, welcome } from "./frames";

let clock: FakeClock;
let sockets: FakeSocket[];

/** A page; with what outlives it only where `kept`, and then in localStorage alone. */
function session({ kept = false, ...more }: Partial<SessionOptions> & { kept?: boolean } = {}): Session {
  const { store, ...parts } = partsWith(() => sockets[sockets.push(new FakeSocket()) - 1] as FakeSocket);
  return new Session({
    origin: "https://desk.example",
    site: "default",
    locale: "en",
    storage: localStorage,
    page: () => ({ url: "https://shop.example/tents", title: "Tents", referrer: "" }),
    parts: kept ? parts : { ...parts, store },
    clock,
    now: () => clock.now(),
    ...more,
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
    session({ kept: true }).write({ type: "send", text: "Still here" });
    const again = session({ kept: true });
    expect(again.known).toBe(true);
    again.connect();
    greet();
    await settled();
    expect(socket().of("send").map((frame) => frame.text)).toEqual(["Still here"]);
    socket().receive(accepted(String(socket().of("send")[0]?.cmid), 1));
    expect(session({ kept: true }).model.value.outbox).toEqual([]);
  });

  it("sends what an older version of the widget left unsent", async () => {
    const entry = { frame: { type: "send", cmid: "old", text: "Before" }, at: 5, attempts: 3, notBefore: 9e15, failure: null };
    localStorage.setItem("frontdesk:default:outbox:old", JSON.stringify(entry));
    const desk = session({ kept: true });
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

describe("two tabs", () => {
  it("are one customer, though both were open before the first word", () => {
    const [one, other] = [session(), session()];
    one.write({ type: "send", text: "Where is my order?" });
    greet({ token: "T1", conversation: "C1" });
    other.write({ type: "send", text: "And one more thing" });
    socket().open();
    expect(socket().of("hello")).toMatchObject([{ token: "T1", conversation: "C1" }]);
  });

  it("are one customer, though both said hello as nobody", () => {
    const [one, other] = [session(), session()];
    one.write({ type: "send", text: "Where is my order?" });
    const first = socket();
    other.write({ type: "send", text: "And one more thing" });
    greet({ token: "T2", conversation: "C2" });
    first.open();
    first.receive(welcome({ token: "T1", conversation: "C1" }));
    expect(first.closed).toBe(true);
    expect(first.of("send")).toEqual([]);
    greet({ token: "T2", conversation: "C2", resumed: true });
    expect(socket().of("hello")).toMatchObject([{ token: "T2", conversation: "C2" }]);
    expect(socket().of("send").map(({ text }) => text)).toEqual(["Where is my order?"]);
    expect(other.keeper.identity()).toMatchObject({ token: "T2", conversation: "C2" });
  });

  it("send only while they speak for whom the browser keeps", () => {
    const turns: (() => void)[] = [];
    const { store, connect } = partsWith(() => (sockets.push(new FakeSocket()), socket()));
    const desk = session({ parts: { store, connect, turn: (granted) => (turns.push(granted), () => undefined) } });
    desk.write({ type: "send", text: "Hello" });
    greet({ token: "T1", conversation: "C1" });
    localStorage.setItem("frontdesk:default:identity", JSON.stringify({ token: "T2", conversation: "C2" }));
    turns.at(-1)?.();
    expect(sockets[0]?.of("send")).toEqual([]);
    greet({ token: "T2", conversation: "C2" });
    expect(socket().of("hello")[0]).toMatchObject({ token: "T2", conversation: "C2" });
    turns.at(-1)?.();
    expect(socket().of("send").map(({ text }) => text)).toEqual(["Hello"]);
  });

  it("forget the customer together, and the one left open writes nothing back", () => {
    let forgotten = 0;
    const [one, other] = [session(), session({ forgotten: () => (forgotten += 1) })];
    one.connect();
    greet({ token: "ANNA" });
    other.connect();
    greet({ token: "ANNA" });
    other.watch(true);
    one.reset();
    other.keeper.keepDraft("for Anna only");
    socket().receive(message(1, FERN, "A late answer for Anna"));
    expect(localStorage.length).toBe(0);
    expect(session().known).toBe(false);
    expect([forgotten, other.model.value.log.events, socket().closed]).toEqual([1, [], true]);
  });

  it("notice it at once, and whose browser it is by then", () => {
    const [one, other] = [session(), session()];
    one.connect();
    greet({ token: "ANNA" });
    other.look();
    expect(other.model.value.token).toBe("ANNA");
    one.reset();
    other.look();
    expect(other.known).toBe(false);
    one.write({ type: "send", text: "I am Ben" });
    greet({ token: "BEN" });
    other.wake();
    expect(other.model.value.token).toBe("BEN");
  });

  it("stay forgotten when the page had not been greeted yet", () => {
    const first = session();
    first.connect();
    greet({ token: "ANNA" });
    first.stop();
    const next = session();
    next.connect();
    socket().open();
    next.reset();
    expect(localStorage.length).toBe(0);
    expect(session().known).toBe(false);
  });

  it("leave no unsent words of one person to the next", async () => {
    const [one, other] = [session({ kept: true }), session({ kept: true })];
    other.connect();
    await settled();
    greet({ token: "ANNA" });
    socket().drop();
    one.reset();
    other.write({ type: "send", text: "My card ends in 4242" });
    const next = session({ kept: true });
    next.connect();
    await settled();
    greet({ token: "BEN" });
    await settled();
    expect(socket().of("send")).toEqual([]);
    expect(Object.values({ ...localStorage }).join()).not.toContain("4242");
    clock.advance(60);
    expect(sockets.flatMap((each) => each.of("send"))).toEqual([]);
  });
});

it("goes on with what an earlier page left when the database dies", async () => {
  const entry = { frame: { type: "send", text: "From the page before", cmid: "old" } as Write, at: 1, attempts: 0, notBefore: 0, failure: null };
  let dead = false;
  const unless = (value: unknown) => () => (dead ? Promise.reject(new Error("lost")) : Promise.resolve(value));
  const deep = { load: unless([entry]), put: unless(0), drop: unless(0), sweep: unless(0), clear: unless(0) } as unknown as Deep<Write>;
  const { connect } = partsWith(() => (sockets.push(new FakeSocket()), socket()));
  const store = new Keep<Write>(localStorage, "default", "me", () => Promise.resolve(deep));
  const desk = session({ parts: { connect, store } });
  desk.connect();
  await settled();
  dead = true;
  greet();
  await settled();
  expect(desk.model.value.outbox).toHaveLength(1);
  expect(socket().of("send")).toMatchObject([{ cmid: "old" }]);
});

describe("what may have been said in a conversation that has ended", () => {
  it("waits for its writer, who may say it again", () => {
    const desk = session();
    desk.connect();
    greet({ conversation: "C1" });
    const cmid = desk.write({ type: "send", text: "Hello" });
    desk.write({ type: "ask_person" });
    expect(socket().of("send")).toHaveLength(1);
    socket().drop();
    clock.advance(60);
    greet({ conversation: "C2" });
    expect(desk.model.value.outbox).toMatchObject([{ frame: { cmid }, failure: "That conversation has ended. Send it again?" }]);
    expect([...socket().of("send"), ...socket().of("ask_person")]).toEqual([]);
    desk.retry(cmid);
    expect(socket().of("send")).toMatchObject([{ cmid }]);
    socket().receive(accepted(cmid, 1));
    expect(desk.model.value.outbox).toEqual([]);
  });

  it("goes at once when it was written before anything could be said", () => {
    const desk = session();
    desk.connect();
    greet({ conversation: "C1" });
    socket().drop();
    desk.write({ type: "send", text: "Hello" });
    clock.advance(60);
    greet({ conversation: "C2" });
    expect(socket().of("send")).toHaveLength(1);
  });
});

it("keeps nothing, and takes nothing from others, where not even its own name can be kept", async () => {
  const full = { getItem: () => null, removeItem: () => {}, key: () => null, length: 0, setItem: () => { throw new DOMException("full", "QuotaExceededError"); } };
  let opened = 0;
  const open = () => ((opened += 1), Promise.reject(new DOMException("no", "SecurityError")));
  const { store: _, ...parts } = partsWith(() => (sockets.push(new FakeSocket()), socket()));
  const desk = session({ storage: full as unknown as Storage, parts: { ...parts, open } });
  desk.write({ type: "send", text: "Hello" });
  await settled();
  greet();
  expect(socket().of("send")).toHaveLength(1);
  expect(opened).toBe(0);
});
