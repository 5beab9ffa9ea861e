import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { QUIET_MS, RETRY_MS, saveWord } from "../../src/editor/autosave";
import { Saver, type SaveResult } from "../../src/editor/saver";

interface Bench {
  saver: Saver;
  sent: Array<number | null>;
  answer(result: SaveResult): Promise<void>;
}

function bench(): Bench {
  const sent: Array<number | null> = [];
  const open: Array<(result: SaveResult) => void> = [];
  const saver = new Saver({
    save(base) {
      sent.push(base);
      return new Promise((resolve) => open.push(resolve));
    },
    theirs: () => Promise.resolve({ revision: 9, by: "Edith Bauer", at: "2026-11-22T12:02:00Z" }),
    changed: () => {},
  });
  saver.tell({ type: "loaded", revision: 1, at: null });
  return {
    saver,
    sent,
    async answer(result) {
      open.shift()?.(result);
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

const ok = (revision: number): SaveResult => ({ kind: "saved", revision, at: "2026-11-22T12:03:00Z" });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("Saver", () => {
  it("saves once after the last key of a run", () => {
    const { saver, sent } = bench();
    saver.tell({ type: "edited", blocked: null });
    vi.advanceTimersByTime(QUIET_MS - 1);
    saver.tell({ type: "edited", blocked: null });
    vi.advanceTimersByTime(QUIET_MS - 1);
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(sent).toEqual([1]);
  });

  it("tries again after a failure and then says saved", async () => {
    const { saver, sent, answer } = bench();
    saver.tell({ type: "edited", blocked: null });
    vi.advanceTimersByTime(QUIET_MS);
    await answer({ kind: "failed", message: "No connection.", retryable: true });
    expect(saveWord(saver.state).word).toBe("failed");
    vi.advanceTimersByTime(RETRY_MS);
    expect(sent).toHaveLength(2);
    await answer(ok(2));
    expect(saveWord(saver.state).word).toBe("saved");
  });

  it("learns who saved last when the draft is stale", async () => {
    const { saver, answer } = bench();
    saver.tell({ type: "edited", blocked: null });
    vi.advanceTimersByTime(QUIET_MS);
    await answer({ kind: "stale" });
    expect(saver.state.trouble).toEqual({
      kind: "conflict",
      theirs: { revision: 9, by: "Edith Bauer", at: "2026-11-22T12:02:00Z" },
    });
  });

  it("flushes until everything typed is there, also what was typed during the flush", async () => {
    const { saver, sent, answer } = bench();
    saver.tell({ type: "edited", blocked: null });
    const flushed = saver.flush();
    saver.tell({ type: "edited", blocked: null });
    await answer(ok(2));
    expect(sent).toEqual([1, 2]);
    await answer(ok(3));
    await expect(flushed).resolves.toBe(true);
  });

  it("says that a flush did not succeed", async () => {
    const { saver, answer } = bench();
    saver.tell({ type: "edited", blocked: null });
    const flushed = saver.flush();
    await answer({ kind: "failed", message: "No connection.", retryable: true });
    await expect(flushed).resolves.toBe(false);
  });

  it("flushes at once when there is nothing to save", async () => {
    await expect(bench().saver.flush()).resolves.toBe(true);
  });

  it("does nothing after it was closed", () => {
    const { saver, sent } = bench();
    saver.tell({ type: "edited", blocked: null });
    saver.close();
    vi.advanceTimersByTime(QUIET_MS * 2);
    expect(sent).toEqual([]);
  });
});
