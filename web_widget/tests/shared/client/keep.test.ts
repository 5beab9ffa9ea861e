import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDeep, type Deep } from "../../../src/shared/client/deep";
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
    await settled();
    expect(stored()).toEqual(["frontdesk:shop:outbox:"]);
    expect(ids(await keep().load())).toEqual(["a", "b"]);
  });

  it("outlives a page that goes before the database has committed it", async () => {
    const breaksOff = async (name: string, writer: string): Promise<Deep<Send>> => ({
      ...(await openDeep<Send>(name, writer)),
      put: () => new Promise(() => {}),
    });
    const first = new Keep<Send>(localStorage, "shop", "me", breaksOff);
    await first.load();
    first.put(entry("a"));
    expect(ids(await keep().load())).toEqual(["a"]);
    expect(stored()).toEqual(["frontdesk:shop:outbox:"]);
  });

  it("goes when it is dropped, and the mark once nothing is there", async () => {
    const first = keep();
    await first.load();
    first.put(entry("a"));
    first.drop("a");
    await settled();
    expect(await keep().load()).toEqual([]);
    expect(stored()).toEqual([]);
  });

  it("keeps its mark while another tab has something there", async () => {
    const [one, other] = [keep(), keep()];
    await one.load();
    await other.load();
    one.put(entry("a"));
    other.put(entry("b"));
    other.drop("b");
    await settled();
    expect(stored()).toEqual(["frontdesk:shop:outbox:"]);
    one.drop("a");
    await one.load();
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
    expect(stored()).toContain("frontdesk:shop:outbox:me:a");
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

describe("when the browser takes the database away", () => {
  let dead: boolean;
  let opened: number;
  const gone = () => Promise.reject(new DOMException("Connection to Indexed Database server lost", "UnknownError"));
  /** A database that lives and dies as told. */
  const frail = () => new Keep<Send>(localStorage, "shop", "me", open);
  async function open(name: string, writer: string): Promise<Deep<Send>> {
    if (dead) return gone();
    opened += 1;
    const deep = await openDeep<Send>(name, writer);
    const unless = <A extends unknown[], R>(run: (...given: A) => Promise<R>) => (...given: A) => (dead ? (gone() as Promise<R>) : run(...given));
    return {
      load: unless(deep.load),
      put: unless(deep.put),
      drop: unless(deep.drop),
      sweep: unless(deep.sweep),
      clear: unless(deep.clear),
    };
  }
  beforeEach(() => {
    dead = false;
    opened = 0;
  });

  it("goes back to localStorage, and to the database when it is there again", async () => {
    const first = frail();
    await first.load();
    dead = true;
    first.put(entry("a"));
    await settled();
    expect(stored()).toContain("frontdesk:shop:outbox:me:a");
    expect(ids(await first.load())).toEqual(["a"]);
    dead = false;
    expect(ids(await first.load())).toEqual(["a"]);
    expect(stored()).toEqual(["frontdesk:shop:outbox:"]);
    expect(opened).toBe(2);
  });

  it("opens it again at once where only the connection was cut", async () => {
    await openDeep<Send>("shop", "me").then((deep) => deep.put([entry("a")]));
    let cuts = 1;
    const cut = async (name: string, writer: string) => {
      const deep = await openDeep<Send>(name, writer);
      return { ...deep, load: () => (cuts-- > 0 ? gone() : deep.load()) };
    };
    expect(ids(await new Keep<Send>(localStorage, "shop", "me", cut).load())).toEqual(["a"]);
  });

  it("remembers what an earlier page left", async () => {
    await openDeep<Send>("shop", "me").then((deep) => deep.put([entry("a"), entry("b", 2)]));
    const first = frail();
    await first.load();
    dead = true;
    expect(ids(await first.load())).toEqual(["a", "b"]);
    first.drop("a");
    expect(ids(await first.load())).toEqual(["b"]);
  });

  it("lets it know later what was sent meanwhile", async () => {
    const first = frail();
    await first.load();
    first.put(entry("a"));
    await settled();
    dead = true;
    first.drop("a");
    await settled();
    dead = false;
    expect(await first.load()).toEqual([]);
    expect(await keep().load()).toEqual([]);
  });

  it("lets the next page know, too, what was sent meanwhile", async () => {
    const first = frail();
    await first.load();
    first.put(entry("a"));
    await settled();
    dead = true;
    first.drop("a");
    dead = false;
    expect(await keep().load()).toEqual([]);
    expect(await openDeep<Send>("shop", "me").then((deep) => deep.load())).toEqual([]);
  });

  it("remembers what was sent until the database knows, and not without end", async () => {
    const first = frail();
    await first.load();
    for (let number = 0; number < 150; number += 1) {
      first.put(entry(`m${number}`, number));
      await Promise.resolve();
      first.drop(`m${number}`);
    }
    expect(new LocalOutbox<Send>(localStorage, "shop", "me").gone).toHaveLength(100);
    first.put(entry("m149"));
    await settled();
    expect(ids(await keep().load())).toEqual(["m149"]);
  });

  it("holds on to what the database took before it failed", async () => {
    let reads = 0;
    const takes = async (name: string, writer: string) => ({ ...(await openDeep<Send>(name, writer)), load: () => ((reads += 1), gone()) });
    const first = new Keep<Send>(localStorage, "shop", "me", takes);
    first.put(entry("a"));
    expect(ids(await first.load())).toEqual(["a"]);
    expect(reads).toBeGreaterThan(0);
    expect(ids(await first.load())).toEqual(["a"]);
    expect(stored()).toContain("frontdesk:shop:outbox:");
  });

  it("does not let an older version stand for a newer one", async () => {
    let commit = () => {};
    const slow = async (name: string, writer: string): Promise<Deep<Send>> => {
      const deep = await openDeep<Send>(name, writer);
      return { ...deep, put: (entries) => (entries[0]?.failure ? new Promise(() => {}) : new Promise((resolve) => (commit = () => void deep.put(entries).then(resolve)))) };
    };
    const first = new Keep<Send>(localStorage, "shop", "me", slow);
    await first.load();
    first.put(entry("a"));
    first.put({ ...entry("a"), failure: "No." });
    commit();
    await settled();
    expect(await keep().load()).toMatchObject([{ failure: "No." }]);
  });

  it("forgets what another tab has sent only when it can see that", async () => {
    const [one, other] = [frail(), keep()];
    await other.load();
    other.put(entry("a"));
    await settled();
    expect(ids(await one.load())).toEqual(["a"]);
    await openDeep<Send>("shop", "me").then((deep) => deep.drop("a"));
    dead = true;
    expect(ids(await one.load())).toEqual(["a"]);
    dead = false;
    expect(await one.load()).toEqual([]);
    expect(stored()).toEqual([]);
  });

  it("reads what is there when there is no room for more", async () => {
    await openDeep<Send>("shop", "me").then((deep) => deep.put([entry("a")]));
    const full = async (name: string, writer: string) => ({ ...(await openDeep<Send>(name, writer)), put: gone });
    const first = new Keep<Send>(localStorage, "shop", "me", full);
    first.put(entry("b", 2));
    expect(ids(await first.load())).toEqual(["b", "a"]);
    expect(stored()).toContain("frontdesk:shop:outbox:me:b");
  });

  it("leaves the mark of what it could not read", async () => {
    await openDeep<Send>("shop", "me").then((deep) => deep.put([entry("a")]));
    localStorage.setItem("frontdesk:shop:outbox:", "1");
    dead = true;
    const first = frail();
    expect(await first.load()).toEqual([]);
    first.put(entry("b", 2));
    first.drop("b");
    expect(stored()).toEqual(["frontdesk:shop:outbox:"]);
    dead = false;
    expect(ids(await first.load())).toEqual(["a"]);
    first.drop("a");
    await first.load();
    expect(stored()).toEqual([]);
  });
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

it("does not wait for a database that opens and does not answer", async () => {
  vi.useFakeTimers();
  const silent = () => new Promise<never>(() => {});
  const open = () => Promise.resolve({ load: silent, put: silent, drop: silent, sweep: silent, clear: silent } as Deep<Send>);
  const first = new Keep<Send>(localStorage, "shop", "me", open);
  first.put(entry("a"));
  const entries = first.load();
  await vi.advanceTimersByTimeAsync(6000);
  expect(ids(await entries)).toEqual(["a"]);
  expect(ids(await new Keep<Send>(localStorage, "shop", "me", forbidden).load())).toEqual(["a"]);
  vi.useRealTimers();
});

describe("LocalOutbox", () => {
  it("leaves other tabs' entries alone", () => {
    const mine = new LocalOutbox<Send>(localStorage, "shop");
    new LocalOutbox<Send>(localStorage, "shop").put(entry("other"));
    mine.put(entry("a"));
    mine.drop("a");
    expect(ids(mine.load())).toEqual(["other"]);
  });

  it("is of one writer; what another left is nobody's, and goes when the next page opens", async () => {
    new LocalOutbox<Send>(localStorage, "shop", "me").put(entry("a"));
    expect(new LocalOutbox<Send>(localStorage, "shop", "you").load()).toEqual([]);
    expect(ids(new LocalOutbox<Send>(localStorage, "shop", "me").load())).toEqual(["a"]);
    expect(await new Keep<Send>(localStorage, "shop", "you", forbidden).load()).toEqual([]);
    expect(stored()).toEqual([]);
  });
});
