import { act, cleanup, fireEvent, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ContextPane } from "../../../src/console/view/context-pane";
import { HIT, message, packet, queue, row, status, welcome } from "../fixtures";
import { draw, type Stage, stage } from "./stage";

const ID = "c-1";

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function open(on: Stage, change: Parameters<typeof packet>[0] = {}): void {
  on.bench.desk.open(ID);
  on.deliver(
    welcome(),
    queue(1, [row(ID)]),
    { type: "watching", conversation: ID, epoch: "e", head: 2, resumed: true },
    message(ID, 1, { text: "Where is my tent?" }),
    {
      type: "event", kind: "packet", conversation: ID, seq: 2, at: "2026-11-22T11:00:00Z", cmid: null,
      actor: { role: "system", name: "Frontdesk", agent_id: null }, packet: packet(change),
    },
    status(ID),
  );
  draw(on, <ContextPane conversation={ID} />);
}

describe("the packet", () => {
  it("tells why, what, what was tried, facts and history", () => {
    open(stage());
    const text = screen.getByRole("complementary").textContent ?? "";
    expect(text).toContain("below the 45 % that an answer needs");
    expect(text).toContain("“Where is my tent?”");
    expect(text).toContain("When a parcel is late");
    expect(text).toContain("Not helpful");
    expect(text).toContain("FH-204817");
    expect(screen.getByRole("link", { name: /Broken tent pole/ }).getAttribute("href")).toBe("/console/c/c-old");
  });

  it("follows what was said while they waited", () => {
    const on = stage();
    open(on, { facts: [] });
    act(() => on.deliver(status(ID, { packet: packet({ facts: [{ kind: "order_number", value: "FH-313131", quote: null }] }) })));
    expect(screen.getByRole("complementary").textContent).toContain("FH-313131");
  });

  it("does not make a link of a page that is none", () => {
    open(stage(), { page: { url: "javascript:alert(1)", title: "", referrer: "" } });
    expect(screen.getByText("javascript:alert(1)").closest("a")).toBeNull();
  });
});

describe("suggested articles", () => {
  it("searches for the last message and puts an article into the reply", async () => {
    vi.useFakeTimers();
    const search = vi.fn(async () => ({ hits: [HIT], decision: "answer" as const }));
    const on = stage({ search });
    open(on);
    await act(async () => void (await vi.advanceTimersByTimeAsync(300)));
    expect(search).toHaveBeenCalledWith("Where is my tent?", expect.any(AbortSignal));
    fireEvent.click(screen.getByRole("button", { name: "Insert When a parcel is late into the reply" }));
    const draft = on.bench.desk.state.value.drafts[ID]?.reply ?? "";
    expect(draft).toContain(HIT.text);
    expect(draft).toContain("/help/late-parcels#how-long-to-wait");
  });

  it("suggests nothing that does not fit, but shows whatever the agent looks for", async () => {
    vi.useFakeTimers();
    open(stage({ search: async () => ({ hits: [HIT], decision: "none" as const }) }));
    await act(async () => void (await vi.advanceTimersByTimeAsync(300)));
    expect(screen.getByText("No article fits their last message.")).toBeTruthy();
    fireEvent.input(screen.getByRole("searchbox"), { target: { value: "parcel" } });
    await act(async () => void (await vi.advanceTimersByTimeAsync(300)));
    expect(screen.getByRole("link", { name: /When a parcel is late.*How long/ })).toBeTruthy();
  });

  it("says when the search fails, and tries again", async () => {
    vi.useFakeTimers();
    const search = vi.fn(async () => Promise.reject(new Error("down")));
    open(stage({ search }));
    await act(async () => void (await vi.advanceTimersByTimeAsync(300)));
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    await act(async () => void (await vi.advanceTimersByTimeAsync(300)));
    expect(search).toHaveBeenCalledTimes(2);
  });
});
