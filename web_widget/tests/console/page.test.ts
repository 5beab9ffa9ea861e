import { afterEach, beforeEach, expect, it } from "vitest";
import { Choices } from "../../src/console/choices";
import { followKeys } from "../../src/console/page";
import { MARA, queue, row, status, TOMAS, welcome } from "./fixtures";
import { type Stage, stage } from "./view/stage";

const ID = "m-1";
const ROWS = [
  row("o-1", { offered_to: MARA, offer_seconds: 20 }),
  row("t-1", { state: "active", agent: TOMAS, transfer_to: MARA, offer_seconds: 90 }),
  row(ID, { state: "active", agent: MARA }),
];
let on: Stage;

beforeEach(() => {
  on = stage();
  on.bench.desk.open(ID);
  on.deliver(welcome({ routing: "offer" }), queue(1, ROWS), status(ID));
  followKeys(on.bench.desk, on.bench.page, new Choices({ getItem: () => null, setItem: () => undefined }));
});

afterEach(() => document.body.replaceChildren());

function press(key: string, more: KeyboardEventInit = {}): void {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
}

it("accepts, declines and passes on by key: the most pressing offer first", () => {
  press("Enter", { altKey: true });
  expect(on.sent).toContainEqual(expect.objectContaining({ type: "claim", conversation: "o-1" }));
  on.deliver(queue(2, ROWS.slice(1)));
  press("d");
  expect(on.sent).toContainEqual(expect.objectContaining({ type: "decline", conversation: "t-1" }));
  press("t");
  expect(on.bench.page.passing.value).toBe(ID);
});
