import { act, cleanup, fireEvent, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TransferDialog } from "../../../src/console/view/transfer-dialog";
import type { Colleague } from "../../../src/shared/protocol";
import { MARA, queue, row, status, TOMAS, welcome } from "../fixtures";
import { draw, type Stage, stage } from "./stage";

const ID = "m-1";
let on: Stage;

const tomas: Colleague = { card: TOMAS, skills: ["payments"], languages: [], online: true, available: true, active: 1, max_chats: 4 };
const full: Colleague = { ...tomas, card: { id: "a-ilse", name: "Ilse", about: "" }, skills: ["boots"], active: 4 };

beforeEach(() => {
  on = stage();
  on.bench.desk.open(ID);
  on.deliver(welcome(), queue(1, [row(ID, { state: "active", agent: MARA })], { colleagues: [tomas, full], skills: ["payments"] }), status(ID, { fence: 5 }));
  draw(on, <TransferDialog />);
  act(() => void (on.bench.page.passing.value = ID));
});

afterEach(cleanup);

const field = () => screen.getByRole("combobox", { name: "Colleague or skill" });

it("asks a colleague with the keyboard alone, with a note, under the fence", () => {
  fireEvent.keyDown(field(), { key: "ArrowDown" });
  expect(screen.getByRole("option", { selected: true }).textContent).toContain("Tomas Okafor");
  const note = screen.getByLabelText(/^Note/);
  fireEvent.input(note, { target: { value: " Refund is done. " } });
  fireEvent.keyDown(note, { key: "Enter", ctrlKey: true });
  expect(on.sent.at(-1)).toMatchObject({ type: "transfer", conversation: ID, fence: 5, to_agent: TOMAS.id, note: "Refund is done." });
  expect(on.bench.page.passing.value).toBeNull();
});

it("takes the first that fits what is typed", () => {
  fireEvent.input(field(), { target: { value: "pay" } });
  expect(screen.getByRole("button", { name: "Ask Tomas Okafor" })).toBeTruthy();
  fireEvent.keyDown(field(), { key: "ArrowDown" });
  fireEvent.click(screen.getByRole("button", { name: "Ask for payments" }));
  expect(on.sent.at(-1)).toMatchObject({ type: "transfer", to_skill: "payments" });
});

it("does not ask whoever cannot, and says why", () => {
  const ilse = screen.getByRole("option", { name: /Ilse/ });
  expect(ilse.getAttribute("aria-disabled")).toBe("true");
  expect(ilse.textContent).toContain("All chats taken");
  fireEvent.click(ilse);
  expect(screen.getByRole("button", { name: "Choose somebody" }).getAttribute("aria-disabled")).toBe("true");
});

it("says so when nobody is called that", () => {
  fireEvent.input(field(), { target: { value: "zzz" } });
  expect(screen.getByRole("status").textContent).toContain("Nobody and no skill is called “zzz”");
});

it("closes when the conversation is no longer mine", () => {
  act(() => on.deliver(status(ID, { agent: TOMAS, fence: 6 })));
  expect(on.bench.page.passing.value).toBeNull();
});
