import { act, cleanup, fireEvent, screen, within } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { QueuePane } from "../../../src/console/view/queue-pane";
import { ago, fromAgent, MARA, message, NOON, queue, row, TOMAS, welcome } from "../fixtures";
import { draw, type Stage, stage } from "./stage";

let on: Stage;

const ROWS = [
  row("w-1", { customer_name: "Ines", waiting_since: ago(250), reason: "frustration" }),
  row("w-2", { customer_name: "Jonas", waiting_since: ago(95) }),
  row("m-1", { customer_name: "Ana", state: "active", agent: MARA }),
  row("t-1", { customer_name: "Lotte", state: "active", agent: TOMAS, last_from: "agent", last_text: "Done", waiting_since: null }),
];

beforeEach(() => {
  on = stage();
  on.deliver(welcome(), queue(1, ROWS));
  draw(on, <QueuePane />);
});

afterEach(cleanup);

function section(title: string): HTMLElement {
  return screen.getByRole("region", { name: new RegExp(`^${title}`) });
}

describe("queue", () => {
  it("shows each row in its section", () => {
    expect(within(section("Waiting")).getAllByRole("link")).toHaveLength(2);
    expect(within(section("Mine")).getByRole("link").textContent).toContain("Ana");
    expect(within(section("With colleagues")).getByRole("link").textContent).toContain("Tomas: Done");
  });

  it("says the wait in a colour, a time and words", () => {
    const [late, soon] = within(section("Waiting")).getAllByRole("link");
    expect(late?.querySelector(".wait-late")?.textContent).toContain("4:10");
    expect(soon?.querySelector(".wait-soon")?.textContent).toContain("waiting 1 minute 35 seconds");
  });

  it("lets the clock run", () => {
    act(() => {
      on.bench.now.value = NOON + 90_000;
    });
    expect(section("Waiting").querySelectorAll(".wait-late")).toHaveLength(2);
  });

  it("opens a row without leaving the page, and marks it", () => {
    const [first] = within(section("Waiting")).getAllByRole("link");
    fireEvent.click(first!);
    expect(on.bench.desk.state.value.selected).toBe("w-1");
    expect(first?.getAttribute("aria-current")).toBe("true");
    expect(first?.getAttribute("href")).toBe("/console/c/w-1");
  });

  it("counts what I have not read, until I have", () => {
    const watching = { type: "watching", conversation: "m-1", epoch: "e", head: 0, resumed: true } as const;
    act(() => on.deliver(watching, fromAgent("m-1", 1), message("m-1", 2), message("m-1", 3)));
    expect(within(section("Mine")).getByText("2 unread messages")).toBeTruthy();
    act(() => on.bench.desk.open("m-1"));
    expect(within(section("Mine")).queryByText("2 unread messages")).toBeNull();
  });

  it("takes the next one, and says why it cannot", () => {
    fireEvent.click(screen.getByRole("button", { name: "Take next" }));
    expect(on.sent.filter((frame) => frame.type === "claim")).toHaveLength(1);
    act(() => on.deliver(queue(2, [])));
    expect(screen.getByRole("button", { name: "Take next" }).getAttribute("aria-disabled")).toBe("true");
  });

  it("switches availability", () => {
    const toggle = screen.getByRole("switch", { name: "Take new chats" });
    expect(toggle.getAttribute("aria-checked")).toBe("true");
    fireEvent.click(toggle);
    expect(on.sent.at(-1)).toEqual({ type: "available", available: false });
    expect(toggle.getAttribute("aria-checked")).toBe("false");
  });
});
