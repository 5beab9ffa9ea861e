import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Card, CustomerOutFrame, CustomerStatus } from "../../src/shared/protocol";
import { fetchLine, Session } from "../../src/widget/session";
import { changeOf, corrected, shownParts, withPending } from "../../src/widget/telling";
import { createUi, type Ui } from "../../src/widget/ui";
import { WidgetContext, type Widget } from "../../src/widget/view/context";
import { Waiting } from "../../src/widget/view/waiting";
import { FakeClock, FakeSocket } from "../shared/clock";
import { accepted, partsWith, rejected, status, welcome } from "./frames";

const CARD: Card = { want: "My pole snapped", about: "Order FH-204817", tried: "Return an item: this did not help", corrected: [] };

describe("a correction", () => {
  const lines = { want: "a", about: "b", tried: "c" };

  it("names only the lines that changed", () => {
    expect(changeOf(lines, { ...lines, about: " x " })).toEqual({ type: "correct_card", want: null, about: "x", tried: null });
    expect(changeOf(lines, { ...lines, tried: "  " })?.tried).toBe("");
    expect(changeOf(lines, { ...lines, want: "a " })).toBeNull();
  });

  it("stands in the card while it is on its way, the later over the earlier", () => {
    const entry = (cmid: string, want: string | null, about: string | null) => ({
      frame: { type: "correct_card" as const, cmid, want, about, tried: null },
      at: 0,
      attempts: 0,
      notBefore: 0,
      failure: null,
    });
    const shown = withPending(CARD, [entry("1", "One", null), entry("2", "Two", "")] as never);
    expect([shown.want, shown.about, shown.corrected]).toEqual(["Two", "", ["want", "about"]]);
  });

  it("shows what was left out, and not what never was", () => {
    expect(shownParts({ ...CARD, about: "" })).toEqual(["want", "tried"]);
    expect(shownParts(corrected({ ...CARD, about: "" }, { tried: "" }))).toEqual(["want", "tried"]);
  });
});

let socket: FakeSocket;
let session: Session;
let ui: Ui;
let widget: Widget;

beforeEach(async () => {
  await fetchLine();
  localStorage.clear();
  const clock = new FakeClock();
  const connect = () => (socket = new FakeSocket());
  session = new Session({ origin: "https://desk.example", site: "s", locale: "en", storage: localStorage, page: () => ({}), parts: partsWith(connect), clock, now: () => clock.now() });
  ui = createUi({ name: "talk" }, "");
  const nothing = vi.fn();
  widget = { session, ui, help: {} as never, origin: "", locale: "en", close: nothing, askPerson: nothing, openArticle: nothing, talk: nothing, send: nothing, reset: nothing };
  session.connect();
  socket.open();
  arrive(welcome());
});
afterEach(cleanup);

function arrive(...frames: CustomerOutFrame[]): void {
  act(() => frames.forEach((frame) => socket.receive(frame)));
}

function tree(more: Partial<CustomerStatus>) {
  return (
    <WidgetContext.Provider value={widget}>
      <Waiting status={status({ owner: "queue", card: CARD, ...more })} />
    </WidgetContext.Provider>
  );
}

const edit = () => fireEvent.click(screen.getByRole("button", { name: "Edit what I’ll tell them" }));
const want = () => screen.getByLabelText<HTMLTextAreaElement>("What you want");

describe("what I'll tell them", () => {
  it("stands open in line, and folded beside an offer or the form for details", () => {
    const { rerender } = render(tree({}));
    expect(screen.getByText("Order FH-204817")).toBeTruthy();
    act(() => void (ui.details.value = "email"));
    expect(screen.queryByText("Order FH-204817")).toBeNull();
    act(() => void (ui.details.value = false));
    rerender(tree({ owner: "bot" }));
    expect(screen.queryByText("Order FH-204817")).toBeNull();
    expect(screen.getByText("My pole snapped")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: /^What I’ll tell them/ }));
    expect(screen.getByText("Order FH-204817")).toBeTruthy();
  });

  it("is not there when there is nobody to tell", () => {
    render(tree({ owner: "bot", card: null }));
    expect(screen.queryByRole("region")).toBeNull();
  });

  it("is corrected line by line, shown at once, and said to be saved", () => {
    const { rerender } = render(tree({}));
    edit();
    expect(document.activeElement).toBe(want());
    fireEvent.input(want(), { target: { value: "Only a new pole" } });
    fireEvent.input(screen.getByLabelText("What was tried"), { target: { value: "" } });
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    const sent = socket.of("correct_card");
    expect(sent).toMatchObject([{ want: "Only a new pole", about: null, tried: "" }]);
    expect(screen.getByText("Only a new pole")).toBeTruthy();
    expect(screen.getByText("your words")).toBeTruthy();
    expect(screen.getByText("Left out")).toBeTruthy();
    arrive(accepted(String(sent[0]?.cmid), 9));
    expect(screen.getByText("Only a new pole")).toBeTruthy();
    expect(screen.getByText("Saved. They read it in your words.")).toBeTruthy();
    rerender(tree({ card: { ...CARD, want: "Only a new pole", tried: "", corrected: ["want", "tried"] } }));
    expect(screen.getByText("Only a new pole")).toBeTruthy();
    expect(screen.getByText("Saved. They read it in your words.")).toBeTruthy();
  });

  it("sends nothing when nothing changed, and Escape leaves the panel open", () => {
    render(tree({}));
    edit();
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    edit();
    fireEvent.input(want(), { target: { value: "Other" } });
    const escape = new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true });
    act(() => void want().dispatchEvent(escape));
    expect(escape.defaultPrevented).toBe(true);
    expect(screen.queryByLabelText("What you want")).toBeNull();
    expect(socket.of("correct_card")).toEqual([]);
  });

  it("takes no line that is too long", () => {
    render(tree({}));
    edit();
    fireEvent.input(want(), { target: { value: "x".repeat(1003) } });
    expect(screen.getByRole("alert").textContent).toBe("3 characters too long");
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(socket.of("correct_card")).toEqual([]);
  });

  it("lets what is being written be finished when a person joins", () => {
    const { rerender } = render(tree({}));
    edit();
    fireEvent.input(want(), { target: { value: "Almost done" } });
    rerender(tree({ owner: "agent" }));
    expect(want().value).toBe("Almost done");
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(socket.of("correct_card")).toMatchObject([{ want: "Almost done" }]);
    expect(screen.queryByRole("region", { name: "What I’ll tell them" })).toBeNull();
  });

  it("shows the line as it was when the correction is refused", () => {
    render(tree({}));
    edit();
    fireEvent.input(want(), { target: { value: "Other" } });
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    arrive(rejected(String(socket.of("correct_card")[0]?.cmid), false));
    expect(screen.getByText("My pole snapped")).toBeTruthy();
    expect(screen.queryByText(/Saved/)).toBeNull();
  });
});
