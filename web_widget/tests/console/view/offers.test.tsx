import { act, cleanup, fireEvent, screen } from "@testing-library/preact";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Offers } from "../../../src/console/view/offers";
import { ago, MARA, NOON, queue, row, TOMAS, welcome } from "../fixtures";
import { draw, type Stage, stage } from "./stage";

let on: Stage;
const now = signal(NOON);

beforeEach(() => {
  now.value = NOON;
  on = stage({ now });
  draw(on, <Offers />);
});

afterEach(cleanup);

const OFFERED = row("o-1", { customer_name: "Ines", offered_to: MARA, offer_seconds: 20, waiting_since: ago(70), priority: 2 });

describe("an offer", () => {
  it("says who, why and how long there is, and says it aloud once", () => {
    act(() => on.deliver(welcome(), queue(1, [OFFERED])));
    expect(screen.getByRole("alert").textContent).toBe("Offered to you: Ines. Bot unsure.");
    expect(screen.getByRole("timer").textContent).toContain("20 s");
    expect(screen.getByRole("timer").getAttribute("aria-label")).toBe("20 seconds left");
    expect(screen.getByLabelText("High priority")).toBeTruthy();
    act(() => void (now.value = NOON + 17_000));
    expect(screen.getByRole("timer").textContent).toContain("3 s");
    expect(screen.getByRole("timer").className).toContain("offer-hurry");
    act(() => void (now.value = NOON + 25_000));
    expect(screen.getByRole("timer").textContent).toContain("passing on");
    expect(screen.getByRole("alert").textContent).toBe("Offered to you: Ines. Bot unsure.");
  });

  it("is claimed with Accept and passed on with Decline", () => {
    act(() => on.deliver(welcome(), queue(1, [OFFERED])));
    fireEvent.click(screen.getByRole("button", { name: "Decline" }));
    expect(on.sent.at(-1)).toMatchObject({ type: "decline", conversation: "o-1" });
    act(() => on.deliver({ type: "accepted", cmid: on.bench.desk.state.peek().commands[0]?.cmid ?? "", conversation: "o-1", seq: 3, dup: false }));
    fireEvent.click(screen.getByRole("button", { name: "Accept" }));
    expect(on.sent.at(-1)).toMatchObject({ type: "claim", conversation: "o-1" });
    expect(screen.getByRole("button", { name: "Taking…" })).toHaveProperty("disabled", true);
  });

  it("hands the focus on when it goes", () => {
    const rest = document.createElement("h1");
    rest.className = "chat-name";
    rest.tabIndex = -1;
    document.body.append(rest);
    act(() => on.deliver(welcome(), queue(1, [OFFERED])));
    screen.getByRole("button", { name: "Decline" }).focus();
    act(() => on.deliver(queue(2, [])));
    expect(document.activeElement).toBe(rest);
    rest.remove();
  });

  it("is not there while nothing is offered", () => {
    act(() => on.deliver(welcome(), queue(1, [row("w-1")])));
    expect(screen.queryByRole("region", { name: "Offered to you" })).toBeNull();
  });
});

describe("a colleague's transfer", () => {
  const asked = row("t-1", { customer_name: "Noor", state: "active", agent: TOMAS, transfer_to: MARA, offer_seconds: 60 });

  it("says from whom, shows their note, and is accepted as a transfer", () => {
    act(() => on.deliver(welcome(), queue(1, [asked])));
    expect(screen.getByRole("timer").textContent).toContain("1:00");
    expect(screen.getByText("Tomas Okafor asks you to take over")).toBeTruthy();
    const actor = { role: "agent" as const, name: TOMAS.name, agent_id: TOMAS.id };
    act(() => {
      on.bench.desk.open("t-1");
      on.deliver(
        { type: "watching", conversation: "t-1", epoch: "e", head: 1, resumed: false },
        { type: "event", kind: "note", conversation: "t-1", seq: 1, actor, at: ago(3), cmid: null, text: "Refund is done." },
      );
    });
    expect(screen.getByText("Note: Refund is done.")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Accept" }));
    expect(on.sent.at(-1)).toMatchObject({ type: "accept", conversation: "t-1" });
  });

  it("to a skill goes out of sight with Not me, though others are still asked", () => {
    const me = { card: MARA, skills: ["returns"], languages: [], online: true, available: true, active: 0, max_chats: 4 };
    act(() => on.deliver(welcome(), queue(1, [{ ...asked, transfer_to: null, transfer_skill: "returns" }], { colleagues: [me] })));
    fireEvent.click(screen.getByRole("button", { name: "Not me" }));
    expect(screen.queryByRole("button", { name: "Accept" })).toBeNull();
    expect(on.sent).toContainEqual(expect.objectContaining({ type: "decline", conversation: "t-1" }));
  });
});
