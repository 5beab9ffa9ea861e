import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDeep } from "../../../src/shared/client/deep";
import { Keep } from "../../../src/shared/client/keep";
import { LocalOutbox } from "../../../src/shared/client/local";
import { deliver, enqueue, type OutboxEntry } from "../../../src/shared/outbox";

interface Send {
  type: "send";
  cmid: string;
  text: string;
}

const entry = (cmid: string, at = 1): OutboxEntry<Send> => enqueue<Send>([], { type: "send", cmid, text: cmid }, at)[0] as OutboxEntry<Send>;
const forbidden = () => Promise.reject(new DOMException("no", "SecurityError"));
const keep = (writer = "me", name = "shop") => new Keep<Send>(localStorage, name, writer);
const ids = (entries: readonly OutboxEntry<Send>[]) => entries.map(({ frame }) => frame.cmid);
const stored = () => Object.keys({ ...localStorage }).filter((key) => key.includes(":outbox:"));
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("IDBKeyRange", IDBKeyRange);
});
afterEach(() => vi.unstubAllGlobals());

describe("what is kept in the database", () => {
  it("is there on the next page, and is marked for whoever cannot wait", async () => {
    const first = keep();
    await first.load();
    first.put(entry("a"));
    first.put(entry("b", 2));
    expect(stored()).toEqual(["frontdesk:shop:outbox:"]);
    await settled();
    expect(ids(await keep().load())).toEqual(["a", "b"]);
  });

  it("goes when it is dropped, and the mark with the last of it", async () => {
    const first = keep();
    await first.load();
    first.put(entry("a"));
    first.drop("a");
    await settled();
    expect(await keep().load()).toEqual([]);
    expect(stored()).toEqual([]);
  });

  it("is of one name and one writer; what an earlier writer left is nobody's", async () => {
    const first = keep("me");
    await first.load();
    first.put(entry("a"));
    await settled();
    expect(await keep("me", "other shop").load()).toEqual([]);
    expect(await keep("you").load()).toEqual([]);
    expect(await keep("me").load()).toEqual([]);
  });

  it("is forgotten on request", async () => {
    const first = keep();
    await first.load();
    first.put(entry("a"));
    first.clear();
    await settled();
    expect(await keep().load()).toEqual([]);
    expect(localStorage.length).toBe(0);
  });
});

describe("before the database is open", () => {
  it("keeps in localStorage, and takes over from there", async () => {
    const first = keep();
    first.put(entry("a"));
    expect(stored()).toContain("frontdesk:shop:outbox:a");
    expect(ids(await first.load())).toEqual(["a"]);
    expect(stored()).toEqual(["frontdesk:shop:outbox:"]);
    first.drop("a");
    await settled();
    expect(await keep().load()).toEqual([]);
  });

  it("takes over what an older version wrote, but for what was accepted then", async () => {
    localStorage.setItem("frontdesk:shop:outbox:old", JSON.stringify(entry("old")));
    localStorage.setItem("frontdesk:shop:outbox:said", JSON.stringify(deliver([entry("said")], "said")[0]));
    localStorage.setItem("frontdesk:shop:outbox:broken", "{");
    expect(ids(await keep().load())).toEqual(["old"]);
    expect(stored()).toEqual(["frontdesk:shop:outbox:"]);
    expect(ids(await keep().load())).toEqual(["old"]);
  });
});

describe("where the database is forbidden", () => {
  const poor = () => new Keep<Send>(localStorage, "shop", "me", forbidden);

  it("keeps in localStorage", async () => {
    const first = poor();
    await first.load();
    first.put(entry("a"));
    expect(ids(await poor().load())).toEqual(["a"]);
    first.drop("a");
    expect(await poor().load()).toEqual([]);
    expect(localStorage.length).toBe(0);
  });

  it("keeps nothing without localStorage, and does not mind", async () => {
    const none = new Keep<Send>(null, "shop", "me", forbidden);
    none.put(entry("a"));
    expect(await none.load()).toEqual([]);
    none.clear();
  });
});

it("goes back to localStorage when the browser takes the database away", async () => {
  const broken = async () => {
    const deep = await openDeep<Send>("shop", "me");
    return { ...deep, put: forbidden };
  };
  const first = new Keep<Send>(localStorage, "shop", "me", broken);
  await first.load();
  first.put(entry("a"));
  await settled();
  expect(stored()).toContain("frontdesk:shop:outbox:a");
});

it("does not wait for a database that does not open", async () => {
  vi.useFakeTimers();
  const first = new Keep<Send>(localStorage, "shop", "me", () => new Promise(() => {}));
  first.put(entry("a"));
  const entries = first.load();
  await vi.advanceTimersByTimeAsync(3000);
  expect(ids(await entries)).toEqual(["a"]);
  vi.useRealTimers();
});

it("leaves other tabs' entries in localStorage alone", () => {
  const mine = new LocalOutbox<Send>(localStorage, "shop");
  new LocalOutbox<Send>(localStorage, "shop").put(entry("other"));
  mine.put(entry("a"));
  mine.drop("a");
  expect(ids(mine.load())).toEqual(["other"]);
});
