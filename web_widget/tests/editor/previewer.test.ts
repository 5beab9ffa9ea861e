import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PREVIEW_QUIET_MS, Previewer } from "../../src/editor/previewer";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("Previewer", () => {
  it("asks once, a moment after the last key", async () => {
    const render = vi.fn(async (body: string) => `<p>${body}</p>`);
    const previewer = new Previewer(render);
    previewer.changed("a");
    vi.advanceTimersByTime(PREVIEW_QUIET_MS - 1);
    previewer.changed("ab");
    expect(previewer.preview.value.behind).toBe(true);
    await vi.advanceTimersByTimeAsync(PREVIEW_QUIET_MS);
    expect(render).toHaveBeenCalledTimes(1);
    expect(previewer.preview.value).toEqual({ html: "<p>ab</p>", behind: false, failed: false });
  });

  it("drops an answer that was overtaken", async () => {
    const answers: Array<(html: string) => void> = [];
    const previewer = new Previewer(() => new Promise((resolve) => answers.push(resolve)));
    previewer.changed("old");
    await vi.advanceTimersByTimeAsync(PREVIEW_QUIET_MS);
    previewer.changed("new");
    await vi.advanceTimersByTimeAsync(PREVIEW_QUIET_MS);
    answers[1]?.("new html");
    answers[0]?.("old html");
    await vi.advanceTimersByTimeAsync(0);
    expect(previewer.preview.value.html).toBe("new html");
  });

  it("keeps the last preview and says so when it cannot be made", async () => {
    const previewer = new Previewer(() => Promise.reject(new Error("lost")));
    previewer.known("<p>before</p>");
    previewer.changed("after");
    await vi.advanceTimersByTimeAsync(PREVIEW_QUIET_MS);
    expect(previewer.preview.value).toEqual({ html: "<p>before</p>", behind: true, failed: true });
  });
});
