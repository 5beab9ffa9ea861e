import { afterEach, beforeEach, expect, it } from "vitest";
import { Choices } from "../../src/console/choices";
import { followKeys, followTaken } from "../../src/console/page";
import { MARA, queue, row, status, TOMAS, welcome } from "./fixtures";
import { type Stage, stage } from "./view/stage";

const ID = "m-1";
const ROWS = [
  row("o-1", { offered_to: MARA, offer_seconds: 20 }),
  row("t-1", { state: "active", agent: TOMAS, transfer_to: MARA, offer_seconds: 90 }),
  row(ID, { state: "active", agent: MARA }),
];
let on: Stage;
let deaf: () => void;

beforeEach(() => {
  on = stage();
  on.bench.desk.open(ID);
  on.deliver(welcome({ routing: "offer" }), queue(1, ROWS), status(ID));
  deaf = followKeys(on.bench.desk, on.bench.page, new Choices({ getItem: () => null, setItem: () => undefined }));
});

afterEach(() => {
  deaf();
  document.body.replaceChildren();
});

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

it("gives the focus to the reply once what was taken is mine, and takes no letter for a command until then", () => {
  followTaken(on.bench.desk, on.bench.page);
  const { desk, page } = on.bench;
  desk.claim("w-1");
  const claim = on.sent.find((frame) => frame.type === "claim");
  press("?");
  on.deliver({ type: "accepted", cmid: claim?.cmid ?? "", conversation: "w-1", seq: 3, dup: false });
  on.deliver(status("w-1", { owner: "queue", agent: null }));
  press("?");
  expect([page.help.value, page.focusComposer.value, page.taking.value]).toEqual([false, false, true]);
  on.deliver(status("w-1"));
  expect([page.focusComposer.value, page.taking.value]).toEqual([true, false]);
  page.focusComposer.value = false;
  on.deliver(status("w-1", { owner: "queue", agent: null }), status("w-1"));
  expect(page.focusComposer.value).toBe(false);
  press("?");
  expect(page.help.value).toBe(true);
});

it("leaves the focus where somebody writes already", () => {
  followTaken(on.bench.desk, on.bench.page);
  const field = document.body.appendChild(document.createElement("textarea"));
  field.focus();
  on.bench.desk.claim("w-1");
  const claim = on.sent.find((frame) => frame.type === "claim");
  on.deliver({ type: "accepted", cmid: claim?.cmid ?? "", conversation: "w-1", seq: 3, dup: false }, status("w-1"));
  expect(on.bench.page.focusComposer.value).toBe(false);
});
