import { act, cleanup, fireEvent, screen } from "@testing-library/preact";
import { afterEach, expect, it } from "vitest";
import { ChatPane } from "../../../src/console/view/chat-pane";
import type { AgentWelcome, ConversationStatus, Event, QueueRow } from "../../../src/shared/protocol";
import { fromAgent, MARA, message, queue, row, status, TOMAS, welcome } from "../fixtures";
import { draw, type Stage, stage } from "./stage";

const ID = "c-1";
let on: Stage;

afterEach(cleanup);

interface Scene {
  row?: Partial<QueueRow>;
  status?: Partial<ConversationStatus>;
  welcome?: Partial<AgentWelcome>;
  events?: Event[];
}

function open(scene: Scene): void {
  on = stage();
  on.bench.desk.open(ID);
  const events = scene.events ?? [message(ID, 1)];
  const watching = { type: "watching", conversation: ID, epoch: "e", head: events.length, resumed: false } as const;
  on.deliver(welcome(scene.welcome), queue(1, [row(ID, scene.row)]), watching, ...events, status(ID, scene.status));
  draw(on, <ChatPane conversation={ID} />);
}

const WAITING = { owner: "queue", agent: null } as const;
const THEIRS = { row: { state: "active", agent: TOMAS }, status: { agent: TOMAS, fence: 9 } } as const;

it("says what a waiting one needs, who knows them, and why it cannot be taken", () => {
  open({ row: { may_take: false, skill: "boots", known_agent: TOMAS }, status: WAITING });
  expect(screen.getByText(/Needs boots: that is for colleagues. Tomas Okafor helped them before./)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Take this chat" }));
  expect(on.sent.some((frame) => frame.type === "claim")).toBe(false);
});

it("accepts an offer from within the conversation", () => {
  open({ row: { offered_to: MARA, offer_seconds: 9 }, status: WAITING });
  fireEvent.click(screen.getByRole("button", { name: "Accept" }));
  expect(on.sent.at(-1)).toMatchObject({ type: "claim", conversation: ID });
});

it("lets a supervisor take over after a sentence that says from whom, under the fence", () => {
  open({ ...THEIRS, welcome: { supervisor: true } });
  fireEvent.click(screen.getByRole("button", { name: "Take over" }));
  act(() => void fireEvent.click(screen.getByRole("button", { name: "Leave it" })));
  expect(document.activeElement?.textContent).toBe("Take over");
  act(() => void fireEvent.click(screen.getByRole("button", { name: "Take over" })));
  expect(document.activeElement?.textContent).toBe("Take over from Tomas Okafor");
  expect(on.sent.some((frame) => frame.type === "take_over")).toBe(false);
  expect(screen.getByText(/Take this chat over from Tomas Okafor\?/)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Take over from Tomas Okafor" }));
  expect(on.sent.at(-1)).toMatchObject({ type: "take_over", conversation: ID, fence: 9 });
});

it("lets nobody else take over", () => {
  open(THEIRS);
  expect(screen.queryByRole("button", { name: "Take over" })).toBeNull();
});

it("says that a colleague lost the connection, and what comes of it", () => {
  open({ ...THEIRS, status: { ...THEIRS.status, agent_away: true } });
  expect(screen.getByText(/Tomas Okafor has this and lost the connection. If they stay away it goes back to the queue/)).toBeTruthy();
});

it("shows whom I asked, and takes it back", () => {
  open({ row: { state: "active", agent: MARA, transfer_to: TOMAS, offer_seconds: 100 } });
  expect(screen.getByText(/You asked Tomas Okafor to take over/).textContent).toContain("1:40 left");
  fireEvent.click(screen.getByRole("button", { name: "Take it back" }));
  expect(on.sent.at(-1)).toMatchObject({ type: "decline", conversation: ID });
  fireEvent.click(screen.getByRole("button", { name: "Transfer" }));
  expect(on.bench.page.passing.value).toBeNull();
});

it("sets the priority from the head", () => {
  open({ status: WAITING });
  fireEvent.click(screen.getByRole("button", { name: "Priority: normal" }));
  fireEvent.click(screen.getByRole("menuitem", { name: /^Urgent/ }));
  expect(on.sent.at(-1)).toMatchObject({ type: "prioritise", conversation: ID, priority: 3 });
});

it("sets the priority from the menu that a narrow window has", () => {
  open({ row: { state: "active", agent: MARA, priority: 1 } });
  fireEvent.click(screen.getByRole("button", { name: "More" }));
  expect(screen.getByRole("menuitem", { name: "Priority: Raised, As it is" })).toBeTruthy();
  fireEvent.click(screen.getByRole("menuitem", { name: "Priority: Urgent" }));
  expect(on.sent.at(-1)).toMatchObject({ type: "prioritise", conversation: ID, priority: 3 });
});

it("marks what the customer has seen", () => {
  open({ row: { state: "active", agent: MARA }, status: { delivered_seq: 3, read_seq: 2 }, events: [message(ID, 1), fromAgent(ID, 2), fromAgent(ID, 3)] });
  expect(screen.getByText("Seen")).toBeTruthy();
  act(() => on.deliver(status(ID, { delivered_seq: 3, read_seq: 3 })));
  expect(screen.queryByText("Delivered")).toBeNull();
});

it("tells where a reply goes when the customer left an address", () => {
  const reach = { channel: "email", email: "ana@ruiz.example", phone: "", call_at: "", letters: true, letter: "failed" } as const;
  open({ row: { state: "active", agent: MARA, channel: "email", customer_online: false }, status: { customer_online: false, reach } });
  expect(screen.getByText(/What you send goes out by e-mail/)).toBeTruthy();
  expect(screen.getByText(/could not be sent by e-mail/)).toBeTruthy();
  act(() => on.deliver(status(ID, { customer_online: false, reach: { ...reach, letters: false, letter: "" } })));
  expect(screen.getByText(/write to them yourself/)).toBeTruthy();
  expect(screen.getByRole("link", { name: "Write an e-mail" }).getAttribute("href")).toMatch(/^mailto:ana%40ruiz.example/);
});

it("keeps a number to call at hand", () => {
  const reach = { channel: "call", email: "", phone: "+47 22 12 34 56", call_at: "after 15:00", letters: false, letter: "" } as const;
  open({ row: { channel: "call", reason: "left_details" }, status: { ...WAITING, reach } });
  expect(screen.getByRole("link", { name: "Call" }).getAttribute("href")).toBe("tel:+4722123456");
  expect(screen.getByText("after 15:00")).toBeTruthy();
});
