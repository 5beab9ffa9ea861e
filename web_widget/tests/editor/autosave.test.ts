import { describe, expect, it } from "vitest";
import {
  LONGEST_RETRY_MS,
  QUIET_MS,
  RETRY_MS,
  START,
  isDirty,
  saveWord,
  step,
  type Autosave,
  type Effect,
  type Happening,
} from "../../src/editor/autosave";

function run(...happenings: Happening[]): { state: Autosave; effects: Effect[] } {
  let state = START;
  let effects: Effect[] = [];
  for (const happening of happenings) [state, effects] = step(state, happening);
  return { state, effects };
}

const loaded: Happening = { type: "loaded", revision: 4, at: "2026-11-22T12:00:00Z" };
const edited: Happening = { type: "edited", blocked: null };
const saved = (revision: number): Happening => ({ type: "saved", revision, at: "2026-11-22T12:03:00Z" });
const lost: Happening = { type: "failed", message: "The server cannot be reached.", retryable: true };

describe("a loaded article", () => {
  it("is clean and says when it was saved", () => {
    const { state } = run(loaded);
    expect(isDirty(state)).toBe(false);
    expect(saveWord(state)).toEqual({ word: "saved", at: "2026-11-22T12:00:00Z" });
  });

  it("is not saved again when asked without a change", () => {
    const { state, effects } = run(loaded, { type: "asked" });
    expect(effects).toEqual([]);
    expect(state.inFlight).toBeNull();
  });
});

describe("typing", () => {
  it("waits for a quiet moment, then saves on the revision it came from", () => {
    expect(run(loaded, edited).effects).toEqual([{ do: "wait", ms: QUIET_MS }]);
    const { state, effects } = run(loaded, edited, edited, { type: "due" });
    expect(effects).toContainEqual({ do: "save", base: 4 });
    expect(saveWord(state)).toEqual({ word: "saving" });
  });

  it("is saved at once when asked", () => {
    expect(run(loaded, edited, { type: "asked" }).effects).toEqual([{ do: "stop_waiting" }, { do: "save", base: 4 }]);
  });

  it("never has two saves in flight", () => {
    const { state, effects } = run(loaded, edited, { type: "due" }, edited, { type: "asked" });
    expect(effects).toEqual([]);
    expect(state.inFlight).toBe(1);
    expect(state.version).toBe(2);
  });

  it("during a save is saved afterwards, on the new revision", () => {
    const after = run(loaded, edited, { type: "due" }, edited, saved(5));
    expect(isDirty(after.state)).toBe(true);
    expect(after.effects).toEqual([{ do: "wait", ms: QUIET_MS }]);
    expect(step(after.state, { type: "due" })[1]).toContainEqual({ do: "save", base: 5 });
  });

  it("that cannot be saved says why and is not sent", () => {
    const blocked: Happening = { type: "edited", blocked: "An article needs a title before it can be saved." };
    const { state, effects } = run(loaded, blocked);
    expect(effects).toEqual([{ do: "stop_waiting" }]);
    expect(saveWord(state)).toEqual({ word: "blocked", message: blocked.blocked });
    expect(step(state, { type: "asked" })[1]).toEqual([]);
    expect(step(state, edited)[1]).toEqual([{ do: "wait", ms: QUIET_MS }]);
  });
});

describe("a save that fails", () => {
  it("keeps the text dirty, says so, and tries again with growing pauses", () => {
    let { state, effects } = run(loaded, edited, { type: "due" }, lost);
    expect(isDirty(state)).toBe(true);
    expect(saveWord(state)).toEqual({ word: "failed", message: "The server cannot be reached." });
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      pauses.push((effects[0] as { ms: number }).ms);
      [state] = step(state, { type: "due" });
      [state, effects] = step(state, lost);
    }
    expect(pauses.slice(0, 4)).toEqual([RETRY_MS, RETRY_MS * 2, RETRY_MS * 4, RETRY_MS * 8]);
    expect(pauses.at(-1)).toBe(LONGEST_RETRY_MS);
  });

  it("is forgotten once a later one succeeds", () => {
    const { state } = run(loaded, edited, { type: "due" }, lost, { type: "due" }, saved(5));
    expect(saveWord(state)).toEqual({ word: "saved", at: "2026-11-22T12:03:00Z" });
  });

  it("for good is not repeated by itself, only by hand or after a change", () => {
    const refused: Happening = { type: "failed", message: "Another article has this address.", retryable: false };
    const { state, effects } = run(loaded, edited, { type: "due" }, refused);
    expect(effects).toEqual([]);
    expect(step(state, { type: "asked" })[1]).toContainEqual({ do: "save", base: 4 });
    expect(step(state, edited)[1]).toEqual([{ do: "wait", ms: QUIET_MS }]);
  });
});

describe("a colleague saved in the meantime", () => {
  const theirs = { revision: 7, by: "Edith Bauer", at: "2026-11-22T12:02:00Z" };
  const stale = [loaded, edited, { type: "due" }, { type: "stale" }] as Happening[];

  it("stops saving and asks who it was", () => {
    const { state, effects } = run(...stale);
    expect(effects).toContainEqual({ do: "ask_theirs" });
    expect(saveWord(state)).toEqual({ word: "conflict" });
  });

  it("saves nothing over theirs, whatever is typed or asked", () => {
    const { state } = run(...stale, { type: "theirs", theirs });
    expect(step(state, edited)[1]).toEqual([]);
    expect(step(state, { type: "due" })[1]).toEqual([]);
    expect(step(state, { type: "asked" })[1]).toEqual([]);
  });

  it("keeps mine on top of theirs when the editor says so", () => {
    const { state, effects } = run(...stale, { type: "theirs", theirs }, { type: "keep_mine" });
    expect(effects).toContainEqual({ do: "save", base: 7 });
    expect(state.trouble).toBeNull();
  });

  it("does not keep mine before it is known what it would lie on", () => {
    const { state, effects } = run(...stale, { type: "keep_mine" });
    expect(effects).toEqual([]);
    expect(saveWord(state)).toEqual({ word: "conflict" });
    expect(step(state, { type: "asked" })[1]).toEqual([{ do: "ask_theirs" }]);
  });

  it("loads theirs and is clean", () => {
    const { state } = run(...stale, { type: "theirs", theirs }, { type: "loaded", revision: 7, at: theirs.at });
    expect(isDirty(state)).toBe(false);
    expect(state.base).toBe(7);
  });
});
