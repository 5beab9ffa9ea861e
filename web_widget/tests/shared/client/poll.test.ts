import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PollSocket } from "../../../src/shared/client/poll";

interface Asked {
  body: { hello: unknown; frames: unknown[]; wait_seconds: number; shown: string | null };
  aborted: boolean;
  reply: (frames: unknown[], shown?: string) => void;
  fail: () => void;
}

let asked: Asked[];
let socket: PollSocket;
let heard: unknown[];
let closed: number;

/** Answers when the test says so. */
function fetcher(_url: unknown, init?: RequestInit): Promise<Response> {
  return new Promise((resolve, reject) => {
    const one: Asked = {
      body: JSON.parse(String(init?.body)),
      aborted: false,
      reply: (frames, shown = "s1") => resolve(new Response(JSON.stringify({ frames, shown }))),
      fail: () => reject(new TypeError("network")),
    };
    init?.signal?.addEventListener("abort", () => {
      one.aborted = true;
      reject(new DOMException("aborted", "AbortError"));
    });
    asked.push(one);
  });
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const last = () => asked.at(-1) as Asked;

beforeEach(async () => {
  asked = [];
  heard = [];
  closed = 0;
  let seq = 0;
  socket = new PollSocket("https://desk.example/api/customer/poll", () => ({ type: "hello", seq: (seq += 1) }), fetcher);
  socket.onopen = () => socket.send('{"type":"hello"}');
  socket.onmessage = ({ data }: { data: string }) => heard.push(JSON.parse(data));
  socket.onclose = () => (closed += 1);
  await settled();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

afterEach(() => socket.close());

describe("PollSocket", () => {
  it("says hello with every request, first without waiting", async () => {
    expect(last().body).toEqual({ hello: { type: "hello", seq: 1 }, frames: [], wait_seconds: 0, shown: null });
    last().reply([{ type: "welcome" }, { type: "status" }]);
    await settled();
    expect(heard).toEqual([{ type: "welcome" }, { type: "status" }]);
    expect(last().body).toEqual({ hello: { type: "hello", seq: 2 }, frames: [], wait_seconds: 15, shown: "s1" });
  });

  it("ends a wait when there is something to say", async () => {
    last().reply([]);
    await settled();
    const waiting = last();
    socket.send('{"type":"send","cmid":"a"}');
    await settled();
    expect(waiting.aborted).toBe(true);
    expect(closed).toBe(0);
    expect(last().body).toMatchObject({ frames: [{ type: "send", cmid: "a" }], wait_seconds: 0 });
  });

  it("never ends a request that carries something", async () => {
    last().reply([]);
    await settled();
    socket.send('{"type":"send","cmid":"a"}');
    await settled();
    const carrying = last();
    socket.send('{"type":"send","cmid":"b"}');
    await settled();
    expect(carrying.aborted).toBe(false);
    expect(last()).toBe(carrying);
    carrying.reply([{ type: "accepted", cmid: "a" }]);
    await settled();
    expect(last().body.frames).toEqual([{ type: "send", cmid: "b" }]);
  });

  it("asks at once when something else is to be followed, which hello says", async () => {
    last().reply([]);
    await settled();
    const waiting = last();
    socket.send('{"type":"watch","conversation":"c-1"}');
    await settled();
    expect(waiting.aborted).toBe(true);
    expect(last().body).toMatchObject({ frames: [], wait_seconds: 0 });
  });

  it("passes an agent's greeting on only when it is another one", async () => {
    const greeting = { type: "welcome", available: true };
    for (const greeted of [greeting, greeting, { ...greeting, available: false }]) {
      last().reply([greeted]);
      await settled();
      await new Promise((resolve) => setTimeout(resolve, 260));
    }
    expect(heard).toEqual([greeting, null, { ...greeting, available: false }]);
  });

  it("passes a customer's greeting on each time: it says where the log stands", async () => {
    const greeting = { type: "welcome", conversation: "c-1", head: 2 };
    for (const greeted of [greeting, greeting]) {
      last().reply([greeted]);
      await settled();
    }
    expect(heard).toEqual([greeting, greeting]);
  });

  it("takes an empty answer as a sign of life", async () => {
    last().reply([]);
    await settled();
    expect(heard).toEqual([null]);
  });

  it("does not ask all the time when answers come at once", async () => {
    last().reply([]);
    await settled();
    last().reply([]);
    await settled();
    expect(asked).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(asked).toHaveLength(3);
  });

  it("closes when a request fails, or the answer is none", async () => {
    last().fail();
    await settled();
    expect(closed).toBe(1);
    expect(asked).toHaveLength(1);
  });

  it("asks in browsers that cannot join signals, or make one that ends by itself", async () => {
    vi.stubGlobal("AbortSignal", class {});
    last().reply([]);
    await settled();
    last().reply([]);
    await settled();
    socket.send('{"type":"send","cmid":"a"}');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(last().body.frames).toEqual([{ type: "send", cmid: "a" }]);
    expect(closed).toBe(0);
  });

  it("closes when no answer comes", async () => {
    vi.useFakeTimers();
    last().reply([]);
    await vi.advanceTimersByTimeAsync(250);
    const silent = last();
    await vi.advanceTimersByTimeAsync(39_000);
    expect(closed).toBe(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(silent.aborted).toBe(true);
    expect(closed).toBe(1);
  });

  it("says nothing any more once it is closed", async () => {
    const waiting = last();
    socket.close();
    waiting.reply([{ type: "welcome" }]);
    await settled();
    expect(heard).toEqual([]);
    expect(closed).toBe(0);
    expect(asked).toHaveLength(1);
  });
});
