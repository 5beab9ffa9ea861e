import { act, cleanup, fireEvent, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CustomerOutFrame, CustomerStatus } from "../../src/shared/protocol";
import { DetailsForm } from "../../src/widget/view/details-form";
import { Header } from "../../src/widget/view/header";
import { LogView } from "../../src/widget/view/log-view";
import { QueueCard } from "../../src/widget/view/queue-card";
import { event, MARA, ME, message, notice, status, SYSTEM, welcome } from "./frames";
import { type Stage, stage } from "./stage";

let on: Stage;

beforeEach(async () => {
  on = await stage();
});
afterEach(cleanup);

const button = (name: string) => screen.getByRole("button", { name });
const place = (position: number, low: number | null = null, high: number | null = null) => ({ position, low_seconds: low, high_seconds: high });

function wait(more: Partial<CustomerStatus>, ...before: CustomerOutFrame[]): void {
  const now = status({ owner: "queue", ...more });
  on.arrive(welcome(), ...before, now);
  on.draw(<QueueCard status={now} />);
}

describe("waiting", () => {
  it("shows the place and the range, and lets the customer leave, solved or not", () => {
    wait({ queue: place(1, 110, 235) });
    expect(screen.getByRole("region", { name: "You are next in line" }).textContent).toContain("Wait: about 2–4 min");
    fireEvent.click(button("I’m sorted"));
    fireEvent.click(button("Go on with the bot"));
    expect(on.socket.of("leave_queue")).toMatchObject([{ solved: true }]);
  });

  it("says so when nobody is there, and offers the other ways", () => {
    wait({ queue: place(2), agents_online: 0, may_leave_details: true });
    expect(screen.getByRole("region", { name: "Nobody is here right now" }).textContent).toContain("Your place is kept: 2nd in line as soon as somebody is back.");
    fireEvent.click(button("Call me back"));
    const asked = on.ui.focusComposer.value;
    fireEvent.click(button("Cancel"));
    expect(on.ui.focusComposer.value).toBe(asked + 1);
    fireEvent.click(button("Call me back"));
    expect(screen.getByLabelText("Telephone")).toBeTruthy();
    expect(screen.getByRole<HTMLInputElement>("radio", { name: "By telephone" }).checked).toBe(true);
  });

  it("says so when nobody of those who are there can help", () => {
    wait({ queue: place(1), agents_online: 2, may_leave_details: true });
    expect(screen.getByRole("region", { name: "Nobody who can help with this is here right now" })).toBeTruthy();
  });

  it("folds the other ways once the place is kept, and brings them back", () => {
    wait({ queue: place(9, 900, 2_100), may_leave_details: true });
    expect(screen.getByText(/That is a long wait/)).toBeTruthy();
    fireEvent.click(button("Keep my place"));
    expect(screen.queryByRole("button", { name: "Call me back" })).toBeNull();
    expect(screen.getByText(/You can close this page and come back/)).toBeTruthy();
    fireEvent.click(button("Other ways"));
    expect(screen.getByLabelText("E-mail")).toBeTruthy();
  });

  it("does not ask again for an address that was left, nor promise a place that nobody looks at", () => {
    const contact = { name: "Robin", phone: "+47 22 12 34 56", call_at: "after 15:00", about: "My tent leaks" };
    wait({ queue: place(1), agents_online: 0, may_leave_details: true }, event({ kind: "contact", seq: 1, actor: ME, contact }), notice(2, "contact_received"));
    expect(screen.getAllByText("Your message is with us").length).toBeGreaterThan(0);
    expect(screen.getByText("A colleague will call +47 22 12 34 56, after 15:00.")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "E-mail me" })).toBeNull();
    expect(screen.queryByText("You are next in line")).toBeNull();
  });

  it("names no place in the header where nobody looks at one", () => {
    const queue = place(19);
    on.arrive(welcome(), status({ owner: "queue", queue, agents_online: 0 }));
    on.draw(<Header />);
    expect(screen.getByText("Nobody is here right now")).toBeTruthy();
    on.arrive(notice(1, "contact_received"));
    expect(screen.getByText("Your message is with us")).toBeTruthy();
    on.arrive(status({ owner: "queue", queue, agents_online: 1 }));
    expect(screen.getByText("19th in line")).toBeTruthy();
  });
});

describe("leaving an address", () => {
  const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });

  it("says what is missing, then sends what was written", () => {
    on.arrive(welcome(), message(1, ME, "My tent leaks"));
    on.draw(<DetailsForm />);
    expect(screen.getByLabelText<HTMLTextAreaElement>("What is it about?").value).toBe("My tent leaks");
    type("E-mail", "robin@nowhere");
    fireEvent.click(button("Send"));
    expect(screen.getByText("Please write your name.")).toBeTruthy();
    expect(screen.getByLabelText("E-mail").getAttribute("aria-invalid")).toBe("true");
    expect(on.socket.of("contact")).toEqual([]);
    type("Name", "Robin");
    type("E-mail", " robin@nowhere.example ");
    fireEvent.click(button("Send"));
    expect(on.socket.of("contact")).toMatchObject([{ contact: { name: "Robin", email: "robin@nowhere.example", about: "My tent leaks" } }]);
  });

  it("takes a number to call and when it suits, and nothing of the other way", () => {
    on.arrive(welcome(), message(1, ME, "My tent leaks"));
    on.draw(<DetailsForm />);
    type("Name", "Robin");
    type("E-mail", "robin@nowhere.example");
    fireEvent.click(screen.getByRole("radio", { name: "By telephone" }));
    type("Telephone", "(12)");
    fireEvent.click(button("Send"));
    expect(screen.getByText("This does not look like a telephone number.")).toBeTruthy();
    type("Telephone", "+32 9 123 45 67");
    type("When does a call suit you? (optional)", "mornings");
    fireEvent.click(button("Send"));
    expect(on.socket.of("contact").map((frame) => frame["contact"])).toEqual([
      { name: "Robin", about: "My tent leaks", phone: "+32 9 123 45 67", call_at: "mornings" },
    ]);
  });
});

describe("with a person", () => {
  const agent = { id: "a1", name: MARA.name, about: "Knows tents" };

  it("marks the last words as seen, until somebody answers", () => {
    on.draw(<LogView />);
    on.arrive(welcome(), message(1, ME, "Hello"), message(2, ME, "Are you there?"), status({ owner: "agent", agent, read_seq: 1 }));
    expect(screen.getByText("Seen").closest(".said")?.textContent).toContain("Hello");
    on.arrive(status({ owner: "agent", agent, read_seq: 2 }));
    expect(screen.getByText("Seen").closest(".said")?.textContent).toContain("Are you there?");
    on.arrive(message(3, MARA, "Yes"));
    expect(screen.queryByText("Seen")).toBeNull();
  });

  it("says in the header that they lost the connection", () => {
    on.draw(<Header />);
    on.arrive(welcome(), status({ owner: "agent", agent, agent_away: true }));
    expect(screen.getByText("Mara lost the connection")).toBeTruthy();
  });

  it("introduces whoever the conversation was passed on to", () => {
    on.draw(<LogView />);
    const tomas = { id: "a2", name: "Tomas Okafor", about: "Knows payments" };
    on.arrive(welcome(), event({ kind: "notice", seq: 1, actor: SYSTEM, code: "passed_on", text: "Tomas Okafor goes on from here.", agent: tomas }));
    expect(screen.getByText("Knows payments")).toBeTruthy();
    expect(screen.getByText("person")).toBeTruthy();
  });
});

it("shows the customer what they left to be called back by", () => {
  on.draw(<LogView />);
  on.arrive(welcome());
  act(() => void on.session.write({ type: "contact", contact: { name: "Robin", phone: "+32 9 123 45 67", about: "My tent leaks" } }));
  expect(screen.getByText("You asked to be called back")).toBeTruthy();
  expect(screen.getByText(/\+32 9 123 45 67/)).toBeTruthy();
});
