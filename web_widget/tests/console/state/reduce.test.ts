import { describe, expect, it } from "vitest";
import { type ConsoleState, emptyState, type Pending } from "../../../src/console/state/model";
import { type Action, reduce } from "../../../src/console/state/reduce";
import { newClient } from "../../../src/shared/client/state";
import type { AgentOutFrame, Rejected } from "../../../src/shared/protocol";
import { fromAgent, message, NOON, queue, row, status, welcome } from "../fixtures";

const ID = "c-1";

function run(...actions: Action[]): ConsoleState {
  return actions.reduce(reduce, emptyState());
}

function frames(...list: AgentOutFrame[]): Action {
  return { type: "frames", frames: list, now: NOON };
}

function opened(...list: AgentOutFrame[]): Action[] {
  const watching = { type: "watching", conversation: ID, epoch: "e", head: 0, resumed: true } as const;
  return [{ type: "select", conversation: ID }, frames(welcome(), watching, ...list)];
}

function rejected(cmid: string | null, change: Partial<Rejected> = {}): Rejected {
  return {
    type: "rejected",
    cmid,
    conversation: ID,
    code: "not_yours",
    message: "Tomas has this conversation.",
    retryable: false,
    retry_after_seconds: null,
    ...change,
  };
}

const PENDING: Pending = { cmid: "m-1", mode: "reply", text: "Let me look.", at: "", fence: 3 };

describe("queue", () => {
  it("drops a lower version", () => {
    const state = run(frames(queue(5, [row("a")]), queue(4, [])));
    expect(state.queue?.version).toBe(5);
  });

  it("believes a restarted server, which counts from the start again", () => {
    const state = run(frames(queue(5, [row("a")])), frames(welcome(), queue(1, [])));
    expect(state.queue?.rows).toEqual([]);
  });
});

describe("welcome", () => {
  it("says who I am and whether I take chats", () => {
    const state = run(frames(welcome({ available: false })));
    expect(state).toMatchObject({ link: "open", available: false });
    expect(state.welcome?.agent.name).toBe("Mara Lindqvist");
  });
});

describe("drafts", () => {
  it("keeps one text for replies and one for notes", () => {
    const state = run(
      { type: "draft", conversation: ID, text: "Hello" },
      { type: "mode", conversation: ID, mode: "note" },
      { type: "draft", conversation: ID, text: "VIP" },
    );
    expect(state.drafts[ID]).toEqual({ mode: "note", reply: "Hello", note: "VIP" });
  });

  it("forgets a draft that is empty again", () => {
    const state = run({ type: "draft", conversation: ID, text: "x" }, { type: "draft", conversation: ID, text: "" });
    expect(state.drafts).toEqual({});
  });

  it("puts an article into the reply, even while a note is open", () => {
    const state = run(
      { type: "draft", conversation: ID, text: "Hello Ana," },
      { type: "mode", conversation: ID, mode: "note" },
      { type: "insert", conversation: ID, text: "Four days." },
    );
    expect(state.drafts[ID]).toEqual({ mode: "reply", reply: "Hello Ana,\n\nFour days.", note: "" });
  });
});

describe("writing", () => {
  it("moves the draft into the log as pending, until its event is there", () => {
    const written = run(
      ...opened(),
      { type: "draft", conversation: ID, text: PENDING.text },
      { type: "write", conversation: ID, pending: PENDING },
    );
    expect(written.drafts[ID]).toBeUndefined();
    expect(written.chats[ID]?.pending).toEqual([PENDING]);
    const accepted = { type: "accepted", cmid: "m-1", conversation: ID, seq: 1, dup: false } as const;
    const waiting = reduce(written, frames(accepted));
    expect(waiting.chats[ID]?.pending).toHaveLength(1);
    const arrived: Action = { type: "frames", frames: [fromAgent(ID, 1, { cmid: "m-1" })], now: NOON, client: newClient() };
    expect(reduce(waiting, arrived).chats[ID]?.pending).toEqual([]);
  });

  it("gives a refused text back to the composer, before what was written since, and says why", () => {
    const state = run(
      ...opened(),
      { type: "write", conversation: ID, pending: PENDING },
      { type: "draft", conversation: ID, text: "One moment." },
      frames(rejected("m-1")),
    );
    expect(state.drafts[ID]?.reply).toBe("Let me look.\nOne moment.");
    expect(state.chats[ID]?.pending).toEqual([]);
    expect(state.toasts.map((toast) => toast.text)).toEqual(["Tomas has this conversation."]);
  });

  it("keeps a text that may be tried again", () => {
    const state = run(
      ...opened(),
      { type: "write", conversation: ID, pending: PENDING },
      frames(rejected("m-1", { retryable: true })),
    );
    expect(state.chats[ID]?.pending).toEqual([PENDING]);
    expect(state.toasts).toEqual([]);
  });

  it("gives unsent texts back as drafts when the agent is signed out", () => {
    const state = run(...opened(), { type: "write", conversation: ID, pending: PENDING }, { type: "signed_out" });
    expect(state).toMatchObject({ selected: ID, queue: null, chats: {} });
    expect(state.drafts[ID]?.reply).toBe("Let me look.");
  });
});

describe("commands", () => {
  const claimNext: Action = {
    type: "command",
    command: { cmid: "k-1", name: "claim", conversation: null, outcome: null, fence: null },
  };

  it("opens the conversation that was taken", () => {
    const accepted = { type: "accepted", cmid: "k-1", conversation: "c-9", seq: 4, dup: false } as const;
    const state = run(claimNext, { type: "frames", frames: [accepted], now: NOON, client: newClient() });
    expect(state).toMatchObject({ selected: "c-9", commands: [] });
  });

  it("says who was faster", () => {
    const state = run(claimNext, frames(rejected("k-1")));
    expect(state.commands).toEqual([]);
    expect(state.toasts[0]).toMatchObject({ tone: "bad", text: "Tomas has this conversation." });
  });
});

describe("what belongs to nobody", () => {
  it("ignores events of conversations that are not open here", () => {
    expect(run(frames(message("c-7", 1), status("c-7"))).chats).toEqual({});
  });

  it("shows a refused conversation as refused", () => {
    const state = run({ type: "select", conversation: ID }, frames(rejected(null, { message: "There is no such conversation." })));
    expect(state.chats[ID]?.refused).toBe("There is no such conversation.");
  });

  it("says the same sentence once", () => {
    const state = run({ type: "toast", tone: "bad", text: "No" }, { type: "toast", tone: "bad", text: "No" });
    expect(state.toasts).toHaveLength(1);
  });
});
