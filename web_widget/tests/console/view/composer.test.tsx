import { act, cleanup, fireEvent, screen } from "@testing-library/preact";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Composer } from "../../../src/console/view/composer";
import { EMPTY_DRAFT } from "../../../src/console/state/model";
import { status, welcome } from "../fixtures";
import { draw, type Stage, stage } from "./stage";

const ONE = "c-1";
const OTHER = "c-2";
const shown = signal(ONE);
const mine = signal(true);

let on: Stage;

/** The pane keeps the composer when another conversation is opened. */
const Shown = () => <Composer conversation={shown.value} customer="Ana Ruiz" mayReply={mine.value} />;
const field = (name = "Reply") => screen.getByRole("textbox", { name }) as HTMLTextAreaElement;
const type = (value: string) => fireEvent.input(field(), { target: { value } });
const press = () => fireEvent.keyDown(field(), { key: "Enter" });
const written = () => on.sent.filter((frame) => frame.type === "send" || frame.type === "note");

beforeEach(() => {
  shown.value = ONE;
  mine.value = true;
  on = stage();
  on.bench.desk.open(ONE);
  on.deliver(welcome());
  draw(on, <Shown />);
});

afterEach(cleanup);

describe("a reply that is sent before the fence is known", () => {
  it("goes out once, as soon as the fence has come", () => {
    type("Let me look.");
    press();
    press();
    expect(written()).toEqual([]);
    expect(field().value).toBe("Let me look.");
    act(() => on.deliver(status(ONE, { fence: 7 })));
    expect(written()).toMatchObject([{ type: "send", conversation: ONE, text: "Let me look.", fence: 7 }]);
    expect(field().value).toBe("");
    act(() => on.deliver(status(ONE, { fence: 8 })));
    expect(written()).toHaveLength(1);
  });

  it("waits for another Enter when the words were changed since", () => {
    type("Let me look.");
    press();
    type("Let me look. One mo");
    act(() => on.deliver(status(ONE)));
    expect(written()).toEqual([]);
    press();
    expect(written()).toHaveLength(1);
  });

  it("waits for another Enter when the words changed in the same moment", () => {
    type("Let me look.");
    press();
    act(() => {
      on.bench.desk.dispatch({ type: "draft", conversation: ONE, text: "Let me look. And more" });
      on.deliver(status(ONE));
    });
    expect(written()).toEqual([]);
  });

  it("does not go to whoever is opened next", () => {
    on.deliver(status(OTHER));
    on.bench.desk.dispatch({ type: "draft", conversation: OTHER, text: "Let me look." });
    type("Let me look.");
    press();
    act(() => {
      shown.value = OTHER;
    });
    expect(written()).toEqual([]);
    act(() => {
      shown.value = ONE;
    });
    act(() => on.deliver(status(ONE)));
    expect(written()).toEqual([]);
    expect(field().value).toBe("Let me look.");
  });

  it("does not become a note when a colleague took the conversation meanwhile", () => {
    type("Let me look.");
    press();
    act(() => {
      mine.value = false;
    });
    act(() => on.deliver(status(ONE)));
    expect(written()).toEqual([]);
    expect((on.bench.desk.state.value.drafts[ONE] ?? EMPTY_DRAFT).reply).toBe("Let me look.");
  });

  it("sends nothing when nothing was pressed", () => {
    type("Let me look.");
    act(() => on.deliver(status(ONE)));
    expect(written()).toEqual([]);
  });
});
