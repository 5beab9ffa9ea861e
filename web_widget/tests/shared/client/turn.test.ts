import { afterEach, describe, expect, it, vi } from "vitest";
import { waitForTurn } from "../../../src/shared/client/turn";

/** Web locks as browsers have them, for one name. */
function stubLocks(): void {
  let last: Promise<unknown> = Promise.resolve();
  const request = (_name: string, { signal }: { signal: AbortSignal }, hold: () => Promise<void>) => {
    const before = last;
    const mine = (async () => {
      await before;
      if (signal.aborted) throw new DOMException("given up", "AbortError");
      await hold();
    })();
    last = mine.catch(() => {});
    return mine;
  };
  vi.stubGlobal("navigator", { locks: { request } });
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
afterEach(() => vi.unstubAllGlobals());

describe("waitForTurn", () => {
  it("lets one after the other", async () => {
    stubLocks();
    const turns: string[] = [];
    const endFirst = waitForTurn("shop", () => turns.push("first"));
    waitForTurn("shop", () => turns.push("second"));
    await settled();
    expect(turns).toEqual(["first"]);
    endFirst();
    await settled();
    expect(turns).toEqual(["first", "second"]);
  });

  it("passes over who has given up", async () => {
    stubLocks();
    const turns: string[] = [];
    const endFirst = waitForTurn("shop", () => turns.push("first"));
    const endSecond = waitForTurn("shop", () => turns.push("second"));
    waitForTurn("shop", () => turns.push("third"));
    await settled();
    endSecond();
    endFirst();
    await settled();
    expect(turns).toEqual(["first", "third"]);
  });

  it("lets everybody where there are no locks, or they are forbidden", async () => {
    let turns = 0;
    vi.stubGlobal("navigator", {});
    waitForTurn("shop", () => (turns += 1))();
    expect(turns).toBe(1);
    vi.stubGlobal("navigator", { locks: { request: () => Promise.reject(new DOMException("no", "SecurityError")) } });
    waitForTurn("shop", () => (turns += 1));
    await settled();
    expect(turns).toBe(2);
  });
});
