import { act, cleanup, fireEvent, screen, within } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatPane } from "../../../src/console/view/chat-pane";
import { ContextPane } from "../../../src/console/view/context-pane";
import type { Event, Packet } from "../../../src/shared/protocol";
import { answer, message, packet, queue, row, status, TOMAS, welcome } from "../fixtures";
import { draw, type Stage, stage } from "./stage";

const ID = "c-1";
const SYSTEM = { role: "system", name: "Frontdesk", agent_id: null } as const;
const CUSTOMER = { role: "customer", name: "Ana Ruiz", agent_id: null } as const;
const head = (seq: number) => ({ type: "event" as const, conversation: ID, seq, at: "2026-11-22T11:00:00Z", cmid: null });

let on: Stage;

beforeEach(() => {
  on = stage();
});
afterEach(cleanup);

function handedOver(change: Partial<Packet> = {}, ...more: Event[]): void {
  const events: Event[] = [
    message(ID, 1, { text: "😀 Where is my tent?" }),
    answer(ID, 2),
    { ...head(3), kind: "feedback", actor: CUSTOMER, answer_seq: 2, helpful: false },
    { ...head(4), kind: "packet", actor: SYSTEM, packet: packet(change) },
    ...more,
  ];
  on.bench.desk.open(ID);
  const watching = { type: "watching", conversation: ID, epoch: "e", head: events.length, resumed: true } as const;
  on.deliver(welcome(), queue(1, [row(ID)]), watching, ...events, status(ID));
  draw(
    on,
    <>
      <ChatPane conversation={ID} />
      <ContextPane conversation={ID} />
    </>,
  );
}

const details = () => within(screen.getByRole("complementary"));

describe("the summary", () => {
  it("leads to the words that it quotes, also behind an emoji", () => {
    const quote = { seq: 1, start: 2, end: 19, text: "Where is my tent?", cut_before: true, cut_after: false };
    handedOver({ wants: [quote] });
    fireEvent.click(details().getByRole("button", { name: "“… Where is my tent?”" }));
    const log = screen.getByRole("log");
    expect(log.querySelector("mark")?.textContent).toBe("Where is my tent?");
    expect(document.activeElement?.getAttribute("data-seq")).toBe("1");
  });

  it("leads to an event that has no words", () => {
    handedOver();
    fireEvent.click(details().getByRole("button", { name: "Not helpful" }));
    expect(screen.getByRole("log").querySelector(".spot")?.textContent).toContain("not helpful");
  });

  it("says how the words read and never how the person is", () => {
    const quote = { seq: 1, start: 2, end: 7, text: "Where", cut_before: true, cut_after: true };
    handedOver({ mood: { tone: "angry", cues: [{ kind: "strong_words", seq: 1, quote }, { kind: "thumb_down", seq: 3, quote: null }] } });
    expect(details().getByText("Angry wording")).toBeTruthy();
    expect(details().getByRole("button", { name: "Strong words “Where”" })).toBeTruthy();
    fireEvent.click(details().getByRole("button", { name: "Thumb down on an answer" }));
    expect(document.activeElement?.getAttribute("data-seq")).toBe("3");
  });

  it("shows what the customer corrected as theirs, and keeps what the log says", () => {
    handedOver({ corrections: [{ part: "want", text: "Earlier words", seq: 1 }] });
    expect(details().getByText("Earlier words")).toBeTruthy();
    const correction = { ...head(5), kind: "correction", actor: CUSTOMER, want: "Only the poles", about: null, tried: "" } as const;
    act(() => on.deliver(correction));
    expect(details().queryByText("Earlier words")).toBeNull();
    expect(details().getByText("Only the poles")).toBeTruthy();
    expect(details().getByText("Corrected by the customer")).toBeTruthy();
    expect(details().getByText("Left out by the customer")).toBeTruthy();
    expect(details().getAllByText("What the log says")).toHaveLength(2);
    expect(details().getByText("“Where is my tent?”")).toBeTruthy();
    expect(screen.getByRole("log").textContent).toContain("The customer corrected the summary");
  });

  it("draws a packet from before there were lines", () => {
    handedOver({ wants: [], facts: [], attempts: [], evidence: [] });
    expect(details().getByText(/the parcel has not moved since Monday/)).toBeTruthy();
    expect(details().getByText("When a parcel is late")).toBeTruthy();
    expect(details().getByText(/below the 45 % that an answer needs/)).toBeTruthy();
  });
});

describe("the verdict on an answer", () => {
  const right = () => screen.getByRole("button", { name: "Right" });
  const judged = () => on.sent.filter((frame) => frame.type === "judge");

  it("is given in one press, shown at once, and not given twice", () => {
    handedOver();
    fireEvent.click(right());
    fireEvent.click(right());
    expect(judged()).toEqual([{ type: "judge", cmid: "m-1", conversation: ID, answer_seq: 2, verdict: "right" }]);
    expect(right().getAttribute("aria-pressed")).toBe("true");
  });

  it("is the last one that any colleague gave", () => {
    const by = { role: "agent", name: TOMAS.name, agent_id: TOMAS.id } as const;
    handedOver({}, { ...head(5), kind: "verdict", actor: by, answer_seq: 2, verdict: "outdated" });
    expect(screen.getByRole("button", { name: "Outdated" }).getAttribute("aria-pressed")).toBe("true");
    expect(screen.getByText("by Tomas Okafor")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Outdated" }));
    expect(judged()).toEqual([]);
    fireEvent.click(screen.getByRole("button", { name: "Wrong" }));
    expect(judged()).toMatchObject([{ verdict: "wrong" }]);
  });

  it("is said again after a lost line, and taken back when it is refused", () => {
    handedOver();
    fireEvent.click(right());
    on.reconnect();
    act(() => on.deliver(welcome()));
    expect(judged()).toHaveLength(2);
    const refused = { type: "rejected", cmid: "m-1", conversation: ID, code: "bad_input", message: "No." } as const;
    act(() => on.deliver({ ...refused, retryable: false, retry_after_seconds: null }));
    expect(right().getAttribute("aria-pressed")).toBe("false");
  });
});
