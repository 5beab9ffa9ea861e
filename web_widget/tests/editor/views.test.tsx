import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/preact";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Backups } from "../../src/editor/backup";
import type { Route } from "../../src/editor/route";
import { EVERYTHING } from "../../src/editor/rows";
import { Session } from "../../src/editor/session";
import { App } from "../../src/editor/view/app";
import { World } from "../../src/editor/view/context";
import { TOMAS, articleOf, fakeLibrary, refusal, replyOf, type FakeLibrary } from "./fixtures";

vi.mock("../../src/editor/codemirror", () => {
  throw new Error("Not in this test: the plain text area stays.");
});

function open(route: Route, library: FakeLibrary = fakeLibrary()) {
  const here = signal<Route>(route);
  const go = vi.fn((to: Route) => {
    here.value = to;
  });
  const guards: Array<(() => Promise<boolean>) | null> = [];
  const session = new Session(library);
  const world = { library, session, backups: new Backups(localStorage), go, guard: (leave: (() => Promise<boolean>) | null) => void guards.push(leave) };
  render(
    <World.Provider value={world}>
      <App route={here} />
    </World.Provider>,
  );
  return { library, session, go, leave: () => guards.at(-1)?.() };
}

const article: Route = { view: "article", id: "a1" };
const list: Route = { view: "list", filter: EVERYTHING };
const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole("button", { name }));

beforeEach(() => localStorage.clear());
afterEach(cleanup);

describe("sign-in", () => {
  it("is asked for, and says what was wrong", async () => {
    const library = fakeLibrary();
    vi.mocked(library.me).mockRejectedValue(refusal(401, "not_signed_in", "Sign in first."));
    vi.mocked(library.signIn).mockRejectedValueOnce(refusal(401, "not_signed_in", "This e-mail and password do not match."));
    open(list, library);
    await screen.findByLabelText("Password");
    type("E-mail", "edith@fernhill.example");
    type("Password", "wrong");
    press("Sign in");
    expect((await screen.findByRole("alert")).textContent).toContain("do not match");
  });

  it("tells somebody who is no editor what to do", async () => {
    const library = fakeLibrary();
    vi.mocked(library.me).mockResolvedValue(TOMAS);
    open(list, library);
    await screen.findByRole("heading", { name: "Not an editor account" });
    expect(screen.getByRole("link", { name: "Go to the console" }).getAttribute("href")).toBe("/console");
  });
});

describe("the list", () => {
  it("links each article and says who saved it", async () => {
    open(list);
    const row = await screen.findByRole("link", { name: /Sending something back/ });
    expect(row.getAttribute("href")).toBe("/editor/a1");
    expect(row.textContent).toContain("Edith Bauer");
    expect(within(row).getByText("Published")).toBeTruthy();
  });

  it("says what an article is when there is none", async () => {
    const library = fakeLibrary();
    vi.mocked(library.articles).mockResolvedValue([]);
    open(list, library);
    await screen.findByRole("heading", { name: "Nothing written yet" });
    expect(screen.queryByRole("searchbox")).toBeNull();
  });

  it("offers everything when nothing matches", async () => {
    const { go } = open({ view: "list", filter: { ...EVERYTHING, q: "canoe" } });
    await screen.findByRole("heading", { name: "No article matches" });
    press("Show all 1");
    expect(go).toHaveBeenCalledWith(list, { replace: true });
  });

  it("says what happened when it cannot be loaded, and tries again", async () => {
    const library = fakeLibrary();
    vi.mocked(library.articles).mockRejectedValueOnce(refusal(0, "unreachable", "No connection.", true));
    open(list, library);
    await screen.findByText("No connection.");
    expect(screen.getByRole("button", { name: "All" })).toBeTruthy();
    press("Try again");
    await screen.findByRole("link", { name: /Sending something back/ });
  });
});

describe("a new article", () => {
  it("takes its address from the title and opens once it exists", async () => {
    const { library, go } = open({ view: "new" });
    await screen.findByLabelText("Title");
    type("Title", "Wash & care");
    await waitFor(() => expect((screen.getByLabelText("Address") as HTMLInputElement).value).toBe("wash-care"));
    press("Create draft");
    await waitFor(() => expect(go).toHaveBeenCalledWith({ view: "article", id: "a2" }, { replace: true }));
    expect(library.create).toHaveBeenCalledWith(expect.objectContaining({ title: "Wash & care", slug: "wash-care" }));
  });
});

describe("an article", () => {
  it("saves by Ctrl+S and shows that it did", async () => {
    const { library } = open(article);
    await screen.findByLabelText("Title");
    type("Title", "Sending it back");
    await screen.findByText("Not saved yet");
    fireEvent.keyDown(window, { key: "s", ctrlKey: true });
    await waitFor(() => expect(library.save).toHaveBeenCalledTimes(1));
    await screen.findByText(/^Saved /);
    expect(document.title).toBe("Sending it back · Editor · Frontdesk");
  });

  it("says why it is not saved and offers to try again", async () => {
    const library = fakeLibrary();
    vi.mocked(library.save).mockRejectedValueOnce(refusal(0, "unreachable", "No connection.", true));
    open(article, library);
    await screen.findByLabelText("Title");
    type("Title", "Other");
    fireEvent.keyDown(window, { key: "s", metaKey: true });
    expect((await screen.findByRole("alert")).textContent).toContain("No connection. Your text is kept");
    press("retry");
    await screen.findByText(/^Saved /);
  });

  it("warns before the page is closed with unsaved text, and only then", async () => {
    open(article);
    await screen.findByLabelText("Title");
    const closing = () => {
      const event = new Event("beforeunload", { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(closing()).toBe(false);
    type("Title", "Other");
    expect(closing()).toBe(true);
  });

  it("saves before it is left, and asks when that fails", async () => {
    const library = fakeLibrary();
    const { leave } = open(article, library);
    await screen.findByLabelText("Title");
    type("Title", "Other");
    await expect(leave()).resolves.toBe(true);
    vi.mocked(library.save).mockRejectedValue(refusal(0, "unreachable", "No connection.", true));
    type("Title", "Another");
    const leaving = leave();
    await screen.findByText("Your text is not saved yet");
    press("Stay here");
    await expect(leaving).resolves.toBe(false);
  });

  it("names the colleague and keeps mine on top", async () => {
    const { library } = open(article);
    await screen.findByLabelText("Title");
    library.savedElsewhere("Ines Moreau", { body: "Theirs.\n" });
    type("Article text in markdown", "Mine.\n");
    fireEvent.keyDown(window, { key: "s", ctrlKey: true });
    await screen.findByText("Ines Moreau saved a newer draft");
    press("Show the difference");
    expect(screen.getByRole("group", { name: /1 lines added, 1 removed/ }).textContent).toContain("Theirs.");
    press("Keep mine on top");
    await waitFor(() => expect(library.now).toMatchObject({ body: "Mine.\n", latest_revision: 5 }));
  });

  it("says what publishing changes before, and proves it afterwards", async () => {
    const { library } = open(article, fakeLibrary(articleOf()));
    await screen.findByLabelText("Title");
    type("Article text in markdown", "Print the label.\nDrop it off.\n");
    press("Publish changes…");
    await screen.findByText("1 line added", { exact: false });
    expect(library.publish).not.toHaveBeenCalled();
    press("Publish now");
    await screen.findByText(/4 passages · index 812 · 0.4 s/);
    expect(library.now.body).toContain("Drop it off.");
  });

  it("retires only after it was confirmed", async () => {
    const { library } = open(article);
    await screen.findByLabelText("Title");
    press("Retire…");
    expect(library.retire).not.toHaveBeenCalled();
    press("Retire now");
    await screen.findByText("Customers no longer see this, and Fern no longer answers with it.");
  });

  it("restores an old text as a new draft", async () => {
    const { library } = open(article);
    await screen.findByLabelText("Title");
    type("Article text in markdown", "Worse.\n");
    fireEvent.keyDown(window, { key: "s", ctrlKey: true });
    await waitFor(() => expect(library.save).toHaveBeenCalled());
    fireEvent.click(screen.getByRole("tab", { name: "History" }));
    fireEvent.click(await screen.findByRole("button", { name: /Revision 3/ }));
    await screen.findByRole("group", { name: /added/ });
    press("Restore as new draft");
    await waitFor(() => expect((screen.getByLabelText("Article text in markdown") as HTMLTextAreaElement).value).toBe("Print the label.\n"));
  });

  it("tests a question against the draft, saved first, and against what is live", async () => {
    const { library } = open(article);
    await screen.findByLabelText("Title");
    type("Title", "Other");
    fireEvent.click(screen.getByRole("tab", { name: "Test a question" }));
    type("A customer asks", "can I send it back");
    press("Ask");
    await screen.findByText("Answers");
    expect(library.save).toHaveBeenCalledTimes(1);
    expect(library.test).toHaveBeenLastCalledWith("can I send it back", "a1");
    expect(screen.getByRole("img", { name: /Confidence 91\u00a0%; asks back from 30\u00a0%, answers from 60\u00a0%/ })).toBeTruthy();
    vi.mocked(library.test).mockResolvedValueOnce(replyOf({ decision: "none", hits: [] }));
    press("Live");
    await screen.findByText("No answer");
    expect(library.test).toHaveBeenLastCalledWith("can I send it back", null);
  });

  it("asks to sign in again over the page, and saves then", async () => {
    const { library, session } = open(article);
    await screen.findByLabelText("Title");
    vi.mocked(library.save).mockImplementationOnce(async () => {
      session.refused(401);
      throw refusal(401, "not_signed_in", "Sign in first.");
    });
    type("Title", "Other");
    fireEvent.keyDown(window, { key: "s", ctrlKey: true });
    await screen.findByText("You were signed out");
    type("Password", "secret");
    press("Sign in");
    await waitFor(() => expect(library.now.title).toBe("Other"));
    expect(screen.queryByText("You were signed out")).toBeNull();
  });

  it("says so when there is no such article", async () => {
    const library = fakeLibrary();
    vi.mocked(library.article).mockRejectedValue(refusal(404, "not_found", "There is no such article."));
    open(article, library);
    await screen.findByRole("heading", { name: "No such article" });
  });
});
