import { describe, expect, it } from "vitest";
import { applyEvent, emptyLog, isBehind, resumeLog, type Log } from "../../src/shared/log";
import type { Event as AnyEvent } from "../../src/shared/protocol";

const log: Log = { ...emptyLog, conversation: "c", epoch: "e" };

function message(seq: number, text = `m${seq}`): AnyEvent {
  const actor = { role: "bot" as const, name: "Fern", agent_id: null };
  return { type: "event", conversation: "c", seq, kind: "message", actor, at: "2026-11-22T09:00:00Z", cmid: null, text };
}

function run(events: AnyEvent[], from = log) {
  return events.reduce((now, event) => applyEvent(now, event).log, from);
}

describe("applyEvent", () => {
  it("applies the next event and only the next", () => {
    const one = applyEvent(log, message(1));
    expect(one.outcome).toBe("applied");
    expect(one.log.last).toBe(1);
    expect(applyEvent(one.log, message(3))).toEqual({ log: one.log, outcome: "gap" });
  });

  it("drops what it has seen", () => {
    const two = run([message(1), message(2)]);
    const again = applyEvent(two, message(1, "changed"));
    expect(again).toEqual({ log: two, outcome: "dropped" });
  });

  it("moves past hidden events without drawing them", () => {
    const after = run([message(1), { type: "event", conversation: "c", seq: 2, kind: "hidden" }, message(3)]);
    expect(after.last).toBe(3);
    expect(after.events.map((event) => event.seq)).toEqual([1, 3]);
  });

  it("ignores other conversations", () => {
    expect(applyEvent(log, { ...message(1), conversation: "other" }).outcome).toBe("dropped");
  });

  it("ends up the same however often and in whatever pieces events arrive", () => {
    const events = Array.from({ length: 30 }, (_, index) => message(index + 1));
    for (let seed = 1; seed <= 20; seed += 1) {
      let now = log;
      let state = seed;
      for (let round = 0; now.last < events.length && round < 5000; round += 1) {
        state = (state * 48271) % 2147483647;
        const event = events[state % events.length];
        if (event) now = applyEvent(now, event).log;
      }
      expect(now.events).toEqual(events);
    }
  });
});

describe("resumeLog", () => {
  it("keeps the log when the epoch held", () => {
    const one = run([message(1)]);
    expect(resumeLog(one, { conversation: "c", epoch: "e", resumed: true })).toBe(one);
  });

  it("forgets it when not, and for another conversation", () => {
    const one = run([message(1)]);
    expect(resumeLog(one, { conversation: "c", epoch: "e2", resumed: false })).toMatchObject({ epoch: "e2", last: 0, events: [] });
    expect(resumeLog(one, { conversation: "d", epoch: "e", resumed: true })).toMatchObject({ conversation: "d", last: 0 });
  });
});

it("knows from a head that it is behind", () => {
  const one = run([message(1)]);
  expect(isBehind(one, { conversation: "c", seq: 2 })).toBe(true);
  expect(isBehind(one, { conversation: "c", seq: 1 })).toBe(false);
  expect(isBehind(one, { conversation: null, seq: 9 })).toBe(false);
});
