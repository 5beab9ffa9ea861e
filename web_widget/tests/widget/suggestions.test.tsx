import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Api } from "../../src/shared/api";
import type { ArticleSummary, SuggestReply } from "../../src/shared/knowledge";
import { createHelp, type Help } from "../../src/widget/help";
import { Session } from "../../src/widget/session";
import { createUi, type Ui } from "../../src/widget/ui";
import { Composer } from "../../src/widget/view/composer";
import { WidgetContext, type Widget } from "../../src/widget/view/context";
import { Home } from "../../src/widget/view/home";
import { Meanwhile } from "../../src/widget/view/meanwhile";
import { fetchRare } from "../../src/widget/view/use-rare";
import { FakeSocket } from "../shared/clock";
import { partsWith } from "./frames";

const article = (slug: string): ArticleSummary => ({ slug, title: `About ${slug}`, summary: "", category: "", url: `/help/${slug}`, updated_at: "" });

let ui: Ui;
let help: Help;
let widget: Widget;
let answer: (query: URLSearchParams) => SuggestReply | Promise<SuggestReply>;
const told: [string, object][] = [];

beforeEach(async () => {
  await fetchRare();
  vi.useFakeTimers();
  sessionStorage.clear();
  localStorage.clear();
  told.length = 0;
  answer = () => ({ articles: [], because: "nothing" });
  const api = {
    get: async (path: string) => answer(new URL(path, "https://x").searchParams),
    post: async (path: string, body: object) => void told.push([path, body]),
  };
  help = createHelp(api as unknown as Api, "default", sessionStorage, () => ({ path: "/", title: "Shop" }));
  const session = new Session({ origin: "https://desk.example", site: "default", locale: "en", storage: localStorage, page: () => ({}), parts: partsWith(() => new FakeSocket()) });
  ui = createUi({ name: "talk" }, "");
  ui.open.value = true;
  const openArticle = vi.fn(({ slug }: { slug: string }) => help.visit.note("opened", [slug]));
  widget = { session, ui, help, origin: "https://x", locale: "en", close: vi.fn(), askPerson: vi.fn(), openArticle, talk: vi.fn(), send: vi.fn(), reset: vi.fn() };
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const draw = (what: preact.JSX.Element) => render(<WidgetContext.Provider value={widget}>{what}</WidgetContext.Provider>);
const rest = (milliseconds = 200) => act(async () => void (await vi.advanceTimersByTimeAsync(milliseconds)));
const shown = () => screen.queryAllByRole("option").map((row) => row.textContent);

async function type(text: string): Promise<void> {
  fireEvent.input(screen.getByLabelText("Your message"), { target: { value: text } });
  await rest();
}

/** A server that leaves out what was seen, as ours does. */
const serves = (...slugs: string[]) => {
  answer = (query) => {
    const gone = (query.get("seen") ?? "").split(",");
    return { articles: slugs.filter((slug) => !gone.includes(slug)).map(article), because: "typed" };
  };
};

describe("suggestions above the composer", () => {
  it("stay while one message is typed and never come again for the next", async () => {
    draw(<Composer />);
    serves("a", "b");
    await type("ret");
    expect(shown()).toEqual(["About a", "About b"]);
    await rest(1100);
    expect(told).toEqual([["/api/knowledge/outcomes", { page: "/ Shop", shown: ["a", "b"], visit: expect.any(String) }]]);
    await type("return");
    expect(shown()).toEqual(["About a", "About b"]);
    fireEvent.submit(screen.getByLabelText("Your message").closest("form") as HTMLFormElement);
    await rest();
    expect(shown()).toEqual([]);
    serves("a", "b", "c");
    await type("return again");
    expect(shown()).toEqual(["About c"]);
  });

  it("do not count what stood there for a blink", async () => {
    draw(<Composer />);
    serves("a");
    await type("re");
    serves("b");
    await type("ref");
    expect(told).toEqual([]);
    await rest(1100);
    expect(help.visit.slugs()).toEqual(["b"]);
  });

  it("keep their order, and stand still under the pointer", async () => {
    draw(<Composer />);
    serves("a", "b");
    await type("re");
    serves("c", "b", "a");
    await type("ret");
    expect(shown()).toEqual(["About a", "About b", "About c"]);
    const sheet = screen.getByRole("listbox");
    fireEvent.pointerMove(sheet);
    serves("d");
    await type("retu");
    expect(shown()).toEqual(["About a", "About b", "About c"]);
    fireEvent.pointerLeave(sheet);
    await rest();
    expect(shown()).toEqual(["About d"]);
    fireEvent.pointerMove(sheet);
    serves("e");
    await type("retur");
    expect(shown()).toEqual(["About d"]);
    await rest(1000);
    expect(shown(), "a pointer at rest holds nothing for long").toEqual(["About e"]);
  });

  it("go away when they are dismissed, and stay away for this message", async () => {
    draw(<Composer />);
    serves("a");
    await type("re");
    fireEvent.click(screen.getByLabelText("Hide these articles"));
    await rest();
    expect(told.at(-1)?.[1]).toMatchObject({ dismissed: ["a"] });
    serves("b");
    await type("ret");
    expect(shown()).toEqual([]);
    await type("");
    await type("ref");
    expect(shown()).toEqual(["About b"]);
  });

  it("leave out what was given as an answer", async () => {
    const { model } = widget.session;
    const given = { kind: "answer", hit: { article_slug: "a" }, conversation: "c", seq: 1, at: "", cmid: null };
    model.value = { ...model.value, log: { ...model.value.log, events: [given as never] } };
    draw(<Composer />);
    serves("a", "b");
    await type("re");
    expect(shown()).toEqual(["About b"]);
  });

  it("leave out what was read", async () => {
    draw(<Composer />);
    serves("a", "b");
    await type("re");
    fireEvent.click(screen.getByText("About a"));
    expect(help.visit.slugs("opened")).toEqual(["a"]);
    await type("ret");
    expect(shown()).toEqual(["About b"]);
  });
});

describe("while waiting for a person", () => {
  it("offers articles on what was asked, each once", async () => {
    const { model } = widget.session;
    const said = { kind: "message", actor: { role: "customer", name: "" }, text: "where is my parcel", conversation: "c", seq: 1, at: "", cmid: null };
    model.value = { ...model.value, log: { ...model.value.log, events: [said as never] } };
    let asked = "";
    answer = (query) => {
      asked = query.get("q") ?? "";
      return { articles: ["a", "b", "c"].map(article), because: "typed" };
    };
    draw(<Meanwhile />);
    await rest(0);
    expect(asked).toBe("where is my parcel");
    expect(screen.getAllByRole("button").map((row) => row.textContent)).toEqual(["About a", "About b"]);
    expect(help.visit.slugs("shown")).toEqual(["a", "b"]);
    cleanup();
    serves("a", "b");
    draw(<Meanwhile />);
    await rest(0);
    expect(screen.queryByRole("button")).toBeNull();
  });
});

describe("the home screen", () => {
  const reply = (because: SuggestReply["because"], ...slugs: string[]): SuggestReply => ({ articles: slugs.map(article), because });
  const drawHome = async () => {
    ui.view.value = { name: "home" };
    draw(<Home />);
    await rest(0);
  };

  it("says why articles are there", async () => {
    answer = () => reply("page", "a");
    await drawHome();
    expect(screen.getByText("For this page")).toBeTruthy();
    await rest(1100);
    expect(help.visit.slugs()).toEqual(["a"]);
    cleanup();
    help = createHelp({ get: async () => reply("helped", "b"), post: async () => undefined } as unknown as Api, "other", null, () => ({ path: "/", title: "" }));
    widget = { ...widget, help };
    await drawHome();
    expect(screen.getByText("What helped others")).toBeTruthy();
  });

  it("shows the ways on when nothing fits", async () => {
    await drawHome();
    expect(screen.queryByText("For this page")).toBeNull();
    expect(screen.getByText("Ask a question")).toBeTruthy();
  });

  it("lets late articles come below what stands there already", async () => {
    let late: (found: SuggestReply) => void = () => {};
    answer = () => new Promise((resolve) => (late = resolve));
    await drawHome();
    expect(screen.queryByText("Ask a question")).toBeNull();
    await rest(350);
    const way = screen.getByText("Ask a question");
    late(reply("page", "a"));
    await rest(0);
    expect(way.compareDocumentPosition(screen.getByText("About a")) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
  });

  it("finds for a search what was seen and read", async () => {
    help.visit.note("opened", ["a"]);
    answer = (query) => (query.get("searching") ? reply("typed", "a") : reply("nothing"));
    await drawHome();
    fireEvent.input(screen.getByRole("combobox"), { target: { value: "ret" } });
    await rest();
    expect(screen.getByText("About a")).toBeTruthy();
  });
});
