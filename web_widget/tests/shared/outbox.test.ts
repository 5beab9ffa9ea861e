import { describe, expect, it } from "vitest";
import { deliver, enqueue, newCmid, recall, refuse, revive, settle, unsent } from "../../src/shared/outbox";

interface Send {
  type: "send";
  cmid: string;
  text: string;
}

const send = (cmid: string): Send => ({ type: "send", cmid, text: `text of ${cmid}` });
const refusal = (cmid: string, retryable: boolean, after: number | null = null) => ({
  cmid,
  message: "Not now.",
  retryable,
  retry_after_seconds: after,
});
const two = enqueue(enqueue<Send>([], send("a"), 1), send("b"), 2);

describe("the outbox", () => {
  it("keeps the order and each cmid once", () => {
    expect(enqueue(two, send("a"), 3)).toBe(two);
    expect(unsent(two).map((entry) => entry.frame.cmid)).toEqual(["a", "b"]);
  });

  it("forgets what has arrived, and only that", () => {
    expect(settle(two, "a").map((entry) => entry.frame.cmid)).toEqual(["b"]);
    expect(settle(two, null)).toBe(two);
  });

  it("shows what is delivered but never sends it again", () => {
    const after = deliver(two, "a");
    expect(after).toHaveLength(2);
    expect(unsent(after).map((entry) => entry.frame.cmid)).toEqual(["b"]);
  });

  it("sends again what may be gone after all, where that is", () => {
    const delivered = deliver(two, "a");
    expect(unsent(recall(delivered, () => true))).toHaveLength(2);
    expect(unsent(recall(delivered, () => false))).toHaveLength(1);
  });

  it("waits after a refusal that may be repeated, at least as long as the server says", () => {
    expect(refuse(two, refusal("a", true), 1000, 2)[0]).toMatchObject({ attempts: 1, notBefore: 3000, failure: null });
    expect(refuse(two, refusal("a", true, 9), 1000, 2)[0]).toMatchObject({ notBefore: 10_000 });
  });

  it("keeps what was refused for good until the customer decides", () => {
    const failed = refuse(two, refusal("a", false), 0, 1);
    expect(failed[0]?.failure).toBe("Not now.");
    expect(unsent(failed).map((entry) => entry.frame.cmid)).toEqual(["b"]);
    expect(unsent(revive(failed, "a"))).toHaveLength(2);
  });

  it("invents cmids that the server takes", () => {
    const ids = new Set(Array.from({ length: 200 }, newCmid));
    expect(ids.size).toBe(200);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_.:-]{1,64}$/);
  });
});
