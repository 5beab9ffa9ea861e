import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { QUIET_MS, saveWord } from "../../src/editor/autosave";
import { Backups } from "../../src/editor/backup";
import { Desk } from "../../src/editor/desk";
import { draftOf } from "../../src/editor/draft";
import { articleOf, fakeLibrary, refusal, type FakeLibrary } from "./fixtures";

async function opened(library: FakeLibrary = fakeLibrary()): Promise<Desk> {
  const desk = new Desk("a1", library, new Backups(localStorage));
  await desk.load();
  return desk;
}

const quiet = () => vi.advanceTimersByTimeAsync(QUIET_MS);
const backup = () => new Backups(localStorage).find("a1");

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe("Desk", () => {
  it("saves what was typed on the revision it came from and is then one revision further", async () => {
    const library = fakeLibrary();
    const desk = await opened(library);
    desk.edit({ body: "Print the label twice.\n" });
    expect(saveWord(desk.autosave.value).word).toBe("editing");
    await quiet();
    expect(library.save).toHaveBeenCalledWith("a1", expect.objectContaining({ base_revision: 3, slug: null }));
    expect(saveWord(desk.autosave.value)).toEqual({ word: "saved", at: "2026-11-22T12:03:00Z" });
    expect(desk.article.value).toMatchObject({ latest_revision: 4, state: "changed" });
  });

  it("does not put the server's text over what is being typed", async () => {
    const desk = await opened();
    const before = desk.generation.value;
    desk.edit({ body: "One.\n" });
    await quiet();
    expect(desk.generation.value).toBe(before);
    expect(desk.draft.value?.body).toBe("One.\n");
  });

  it("sends the address only of an article that was never published", async () => {
    const library = fakeLibrary(articleOf({ state: "draft", published_revision: null }));
    const desk = await opened(library);
    desk.edit({ slug: "send-back" });
    await quiet();
    expect(library.save).toHaveBeenCalledWith("a1", expect.objectContaining({ slug: "send-back" }));
  });

  it("does not send an article without a title", async () => {
    const library = fakeLibrary();
    const desk = await opened(library);
    desk.edit({ title: " " });
    await quiet();
    expect(library.save).not.toHaveBeenCalled();
    expect(saveWord(desk.autosave.value).word).toBe("blocked");
  });

  it("keeps unsaved text in the browser until the server has it", async () => {
    const library = fakeLibrary();
    vi.mocked(library.save).mockRejectedValueOnce(refusal(0, "unreachable", "No connection.", true));
    const desk = await opened(library);
    desk.edit({ body: "Kept.\n" });
    await quiet();
    expect(backup()?.draft.body).toBe("Kept.\n");
    await desk.flush();
    expect(backup()).toBeNull();
  });

  it("brings back text from before a crash and saves it", async () => {
    const library = fakeLibrary();
    const draft = { ...draftOf(library.now), body: "From before.\n" };
    new Backups(localStorage).keep("a1", { base: 3, draft, at: "2026-11-22T11:59:00Z" });
    const desk = await opened(library);
    expect(desk.broughtBack.value).toBe(true);
    expect(desk.draft.value?.body).toBe("From before.\n");
    await quiet();
    expect(library.now.body).toBe("From before.\n");
  });

  it("asks who it was when text from before a crash lies on an old revision", async () => {
    const library = fakeLibrary();
    const draft = { ...draftOf(library.now), body: "From before.\n" };
    new Backups(localStorage).keep("a1", { base: 2, draft, at: "2026-11-22T10:00:00Z" });
    const desk = await opened(library);
    await quiet();
    expect(desk.autosave.value.trouble).toMatchObject({ kind: "conflict", theirs: { by: "Edith Bauer", revision: 3 } });
    expect(library.now.body).toBe("Print the label.\n");
  });
});

describe("a colleague's newer draft", () => {
  async function conflict() {
    const library = fakeLibrary();
    const desk = await opened(library);
    library.savedElsewhere("Ines Moreau", { body: "Theirs.\n" });
    desk.edit({ body: "Mine.\n" });
    await quiet();
    return { library, desk };
  }

  it("is named and can be compared", async () => {
    const { desk } = await conflict();
    expect(desk.autosave.value.trouble).toMatchObject({ theirs: { by: "Ines Moreau", revision: 4 } });
    expect(desk.theirs()?.body).toBe("Theirs.\n");
    expect(desk.draft.value?.body).toBe("Mine.\n");
  });

  it("stays below mine when I keep mine", async () => {
    const { library, desk } = await conflict();
    desk.keepMine();
    await vi.advanceTimersByTimeAsync(0);
    expect(library.now).toMatchObject({ body: "Mine.\n", latest_revision: 5 });
    expect(saveWord(desk.autosave.value).word).toBe("saved");
  });

  it("replaces mine when I load it", async () => {
    const { desk } = await conflict();
    const before = desk.generation.value;
    await desk.loadTheirs();
    expect(desk.draft.value?.body).toBe("Theirs.\n");
    expect(desk.generation.value).toBe(before + 1);
    expect(desk.dirty.value).toBe(false);
    expect(backup()).toBeNull();
  });
});

describe("publishing", () => {
  it("keeps the proof until something is typed", async () => {
    const desk = await opened();
    await desk.publish();
    expect(desk.proof.value).toEqual({
      answeringSince: "2026-11-22T12:03:05Z",
      passages: 4,
      indexVersion: 812,
      tookMs: 412,
    });
    desk.edit({ body: "More.\n" });
    expect(desk.proof.value).toBeNull();
  });

  it("puts a restored text on the desk as a new draft", async () => {
    const desk = await opened();
    desk.edit({ body: "Another.\n" });
    await quiet();
    await desk.restore(3);
    expect(desk.draft.value?.body).toBe("Print the label.\n");
    expect(desk.article.value?.latest_revision).toBe(5);
  });
});
