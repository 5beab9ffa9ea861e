import { act, cleanup, fireEvent, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatPane } from "../../../src/console/view/chat-pane";
import type { AgentOutFrame, ConversationStatus, Event } from "../../../src/shared/protocol";
import { answer, fromAgent, message, notice, packet, queue, row, status, TOMAS, welcome } from "../fixtures";
import { draw, type Stage, stage } from "./stage";

const ID = "c-1";
const ACTOR = { role: "customer", name: "Ana Ruiz", agent_id: null } as const;
const BOT = { role: "bot", name: "Fern", agent_id: null } as const;
const NOTER = { role: "agent", name: TOMAS.name, agent_id: TOMAS.id } as const;

let on: Stage;

function open(change: Partial<ConversationStatus> = {}, ...events: Event[]): void {
  on.bench.desk.open(ID);
  const watching: AgentOutFrame = { type: "watching", conversation: ID, epoch: "e", head: events.length, resumed: true };
  on.deliver(welcome(), queue(1, [row(ID)]), watching, ...events, status(ID, change));
  draw(on, <ChatPane conversation={ID} />);
}

beforeEach(() => {
  on = stage();
});

afterEach(cleanup);

describe("the log", () => {
  const base = (seq: number) => ({ type: "event" as const, conversation: ID, seq, actor: ACTOR, at: "2026-11-22T11:00:00Z", cmid: null });

  it("draws every kind of event, and says who may see it", () => {
    open(
      {},
      message(ID, 1, { text: "Where is my tent?" }),
      answer(ID, 2),
      { ...base(3), kind: "feedback", answer_seq: 2, helpful: false },
      { ...base(4), actor: BOT, kind: "choices", text: "Did you mean", choices: [{ id: "x", label: "Late parcels" }] },
      { ...base(5), kind: "chosen", choice_id: "x", label: "Late parcels" },
      { ...base(6), actor: BOT, kind: "offer", text: "I can ask a colleague.", options: ["person", "stay"] },
      { ...base(7), kind: "packet", packet: packet() },
      notice(ID, 8),
      { ...base(9), actor: BOT, kind: "suppressed", text: "Too late." },
      { ...base(10), actor: NOTER, kind: "note", text: "Known problem." },
      { ...base(11), kind: "contact", contact: { name: "Ana", email: "ana@example.org", about: "Tent" } },
      { ...base(12), kind: "rating", score: 4, comment: "Quick." },
    );
    const log = screen.getByRole("log").textContent ?? "";
    expect(log).toContain("When a parcel is late");
    expect(log).toContain("62% sure");
    expect(log).toContain("Not helpful");
    expect(log).toContain("Chose “Late parcels”");
    expect(log).toContain("Talk to a person");
    expect(log).toContain("Handed over to people");
    expect(log).toContain("Not shown to the customer");
    expect(log).toContain("Note by Tomas Okafor");
    expect(log).toContain("only colleagues see it");
    expect(log).toContain("ana@example.org");
    expect(screen.getByLabelText("Rated 4 of 5")).toBeTruthy();
  });

  it("shows words as words, never as HTML", () => {
    open({}, message(ID, 1, { text: "<img src=x onerror=alert(1)> see https://example.org/a." }));
    const log = screen.getByRole("log");
    expect(log.querySelector("img")).toBeNull();
    expect(log.querySelector("a")?.getAttribute("href")).toBe("https://example.org/a");
  });
});

describe("writing", () => {
  it("sends with Enter and empties the field", () => {
    open();
    const field = screen.getByRole("textbox", { name: "Reply" }) as HTMLTextAreaElement;
    fireEvent.input(field, { target: { value: "Let me look." } });
    fireEvent.keyDown(field, { key: "Enter" });
    expect(on.sent.at(-1)).toMatchObject({ type: "send", text: "Let me look.", fence: 3 });
    expect(field.value).toBe("");
    expect(screen.getByRole("log").textContent).toContain("Let me look.");
  });

  it("does not send while an input method is composing", () => {
    open();
    const field = screen.getByRole("textbox", { name: "Reply" });
    fireEvent.input(field, { target: { value: "にほん" } });
    fireEvent.keyDown(field, { key: "Enter", isComposing: true });
    expect(on.sent.some((frame) => frame.type === "send")).toBe(false);
  });

  it("makes a note look and sound different, and sends it as a note", () => {
    open();
    fireEvent.click(screen.getByRole("button", { name: "Note" }));
    expect(screen.getByText("Only colleagues see this")).toBeTruthy();
    const field = screen.getByRole("textbox", { name: "Note" });
    fireEvent.input(field, { target: { value: "VIP" } });
    fireEvent.click(screen.getByRole("button", { name: "Save note" }));
    expect(on.sent.at(-1)).toMatchObject({ type: "note", text: "VIP" });
  });

  it("gives a refused reply back", () => {
    open();
    const field = screen.getByRole("textbox", { name: "Reply" }) as HTMLTextAreaElement;
    fireEvent.input(field, { target: { value: "Hello" } });
    fireEvent.keyDown(field, { key: "Enter" });
    const refused = { type: "rejected", cmid: "m-1", conversation: ID, code: "stale_fence", message: "No.", retryable: false } as const;
    act(() => on.deliver({ ...refused, retry_after_seconds: null }));
    expect(field.value).toBe("Hello");
  });

  it("says how much is too much", () => {
    open();
    const field = screen.getByRole("textbox", { name: "Reply" });
    fireEvent.input(field, { target: { value: "x".repeat(4_003) } });
    expect(screen.getByRole("alert").textContent).toBe("3 characters too long");
    fireEvent.keyDown(field, { key: "Enter" });
    expect(on.sent.some((frame) => frame.type === "send")).toBe(false);
  });
});

describe("focus", () => {
  it("goes into the field at once when asked for, and only once", () => {
    open();
    act(() => {
      on.bench.page.focusComposer.value = true;
    });
    expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Reply" }));
    expect(on.bench.page.focusComposer.value).toBe(false);
  });
});

describe("whose it is", () => {
  it("offers a waiting conversation to be taken", () => {
    open({ owner: "queue", agent: null });
    fireEvent.click(screen.getByRole("button", { name: "Take this chat" }));
    expect(on.sent.at(-1)).toMatchObject({ type: "claim", conversation: ID });
    expect(screen.queryByRole("textbox", { name: "Reply" })).toBeNull();
  });

  it("is read-only while a colleague has it, apart from notes", () => {
    open({ agent: TOMAS });
    expect(screen.getByText(/Tomas Okafor has this/)).toBeTruthy();
    expect(screen.queryByRole("textbox")).toBeNull();
    expect(screen.queryByRole("button", { name: "Resolve" })).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Note" }));
    expect(screen.getByRole("textbox", { name: "Note" })).toBeTruthy();
  });

  it("resolves with an outcome from the menu", () => {
    open();
    fireEvent.click(screen.getByRole("button", { name: "Resolve" }));
    fireEvent.click(screen.getByRole("menuitem", { name: /^Follow-up to come/ }));
    expect(on.sent.at(-1)).toMatchObject({ type: "resolve", outcome: "follow_up", fence: 3 });
  });

  it("goes back to the bot and to the queue under the fence", () => {
    open({ fence: 8 }, fromAgent(ID, 1));
    fireEvent.click(screen.getByRole("button", { name: "To the bot" }));
    expect(on.sent.at(-1)).toMatchObject({ type: "return_to_bot", fence: 8 });
  });

  it("says why it cannot be opened", () => {
    on.bench.desk.open(ID);
    const refused = { type: "rejected", cmid: null, conversation: ID, code: "not_found", message: "There is no such conversation." } as const;
    on.deliver(welcome(), { ...refused, retryable: false, retry_after_seconds: null });
    draw(on, <ChatPane conversation={ID} />);
    expect(screen.getByRole("alert").textContent).toContain("There is no such conversation.");
  });
});
