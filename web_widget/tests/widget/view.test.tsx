import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import type { ComponentChildren } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CustomerOutFrame } from "../../src/shared/protocol";
import type { Help } from "../../src/widget/help";
import { fetchLine, Session } from "../../src/widget/session";
import { createUi, type Ui } from "../../src/widget/ui";
import { Visit } from "../../src/widget/visit";
import { ArticleView } from "../../src/widget/view/article-view";
import { Composer } from "../../src/widget/view/composer";
import { WidgetContext, type Widget } from "../../src/widget/view/context";
import { DetailsForm } from "../../src/widget/view/details-form";
import { Header } from "../../src/widget/view/header";
import { LogView } from "../../src/widget/view/log-view";
import { QueueCard } from "../../src/widget/view/queue-card";
import { RatingForm } from "../../src/widget/view/rating-form";
import { fetchRare } from "../../src/widget/view/use-rare";
import { FakeClock, FakeSocket } from "../shared/clock";
import { answer, choices, HIT, ME, message, notice, offer, partsWith, rejected, status, welcome } from "./frames";

let clock: FakeClock;
let socket: FakeSocket;
let session: Session;
let ui: Ui;
let widget: Widget;
let article: ReturnType<typeof vi.fn>;
const told = vi.fn();

beforeEach(async () => {
  await Promise.all([fetchRare(), fetchLine()]);
  localStorage.clear();
  clock = new FakeClock();
  session = new Session({
    origin: "https://desk.example",
    site: "default",
    locale: "en-GB",
    storage: localStorage,
    page: () => ({}),
    parts: partsWith(() => (socket = new FakeSocket())),
    clock,
    now: () => clock.now(),
  });
  ui = createUi({ name: "talk" }, "");
  ui.open.value = true;
  article = vi.fn();
  const visit = new Visit(null, "default", told);
  const help = { visit, suggest: async () => [], article } as unknown as Help;
  widget = {
    session,
    ui,
    help,
    origin: "https://desk.example",
    locale: "en-GB",
    close: vi.fn(),
    askPerson: vi.fn(),
    openArticle: vi.fn(),
    talk: vi.fn(),
    send: vi.fn((text: string) => void session.write({ type: "send", text })),
    reset: vi.fn(),
  };
  session.connect();
  socket.open();
});
afterEach(cleanup);

function draw(children: ComponentChildren) {
  return render(<WidgetContext.Provider value={widget}>{children}</WidgetContext.Provider>);
}

function arrive(...frames: CustomerOutFrame[]): void {
  act(() => frames.forEach((frame) => socket.receive(frame)));
}

describe("the log", () => {
  it("greets, and reads news aloud only once history is there", () => {
    draw(<LogView />);
    arrive(welcome({ head: 1 }));
    expect(screen.getByRole("log").getAttribute("aria-live")).toBe("off");
    arrive(message(1, ME, "Hi"));
    expect(screen.getByRole("log").getAttribute("aria-live")).toBe("polite");
    expect(screen.getByText("Hello, I am Fern, a bot.")).toBeTruthy();
  });

  it("opens the source of an answer and takes a thumb", () => {
    draw(<LogView />);
    arrive(welcome(), message(1, ME, "Return?"), answer(2));
    fireEvent.click(screen.getByText(HIT.article_title));
    expect(widget.openArticle).toHaveBeenCalledWith({ slug: "how-to-return", title: HIT.article_title, fragment: "costs" });
    const no = screen.getByRole("button", { name: "No, this did not help" });
    fireEvent.click(no);
    expect(socket.of("feedback")).toMatchObject([{ answer_seq: 2, helpful: false }]);
    expect(no.getAttribute("aria-pressed")).toBe("true");
    fireEvent.click(no);
    expect(socket.of("feedback")).toHaveLength(1);
  });

  it("lets a choice be made once", () => {
    draw(<LogView />);
    arrive(welcome(), choices(1));
    fireEvent.click(screen.getByRole("button", { name: "Refunds" }));
    fireEvent.click(screen.getByRole("button", { name: "None of these" }));
    expect(socket.of("choose")).toMatchObject([{ choice_id: "x" }]);
    expect(screen.getByRole("button", { name: "None of these" }).getAttribute("aria-disabled")).toBe("true");
  });

  it("offers a person on the customer's terms", () => {
    draw(<LogView />);
    arrive(welcome(), offer(1));
    fireEvent.click(screen.getByRole("button", { name: "Talk to a person" }));
    expect(widget.askPerson).toHaveBeenCalledOnce();
    fireEvent.click(screen.getByRole("button", { name: "Go on with the bot" }));
    expect(screen.queryByRole("button", { name: "Talk to a person" })).toBeNull();
    expect(socket.of("leave_queue")).toMatchObject([{ solved: false }]);
  });

  it("keeps a message that could not be sent, with the way on", () => {
    draw(<LogView />);
    arrive(welcome());
    act(() => void session.write({ type: "send", text: "Hello" }));
    const cmid = String(socket.of("send")[0]?.cmid);
    arrive(rejected(cmid, false));
    expect(screen.getByRole("alert").textContent).toContain("Not sent. That did not work.");
    fireEvent.click(screen.getByRole("button", { name: "Retry" }));
    expect(socket.of("send")).toHaveLength(2);
    arrive(rejected(cmid, false));
    fireEvent.click(screen.getByRole("button", { name: "Edit" }));
    expect(ui.draft.value).toBe("Hello");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("draws what a customer wrote as text, whatever it looks like", () => {
    const { container } = draw(<LogView />);
    arrive(welcome(), message(1, ME, "<img src=x onerror=alert(1)> https://a.example/x."));
    expect(container.querySelector("img")).toBeNull();
    expect(container.querySelector("a")?.getAttribute("href")).toBe("https://a.example/x");
  });

  it("says once who joined and what they know", () => {
    const mara = { id: "a1", name: "Mara Lindqvist", about: "Knows tents and returns" };
    draw(<LogView />);
    arrive(welcome(), { ...notice(1, "joined"), text: "Mara Lindqvist joined. Knows tents and returns.", agent: mara } as CustomerOutFrame);
    expect(screen.getByText("Mara Lindqvist joined")).toBeTruthy();
    expect(screen.getAllByText("Knows tents and returns")).toHaveLength(1);
  });

  it("asks how it was when it may, once", () => {
    draw(<LogView />);
    arrive(welcome(), notice(1, "closed"), status({ owner: "closed", may_rate: true }));
    fireEvent.click(screen.getByRole("radio", { name: "Good" }));
    fireEvent.click(screen.getByRole("button", { name: "Send" }));
    expect(socket.of("rate")).toMatchObject([{ score: 4, comment: "" }]);
    expect(screen.queryByRole("radio")).toBeNull();
    expect(screen.getByText("You said: good. Thank you.")).toBeTruthy();
  });
});

describe("the header", () => {
  it("says where the customer stands", () => {
    draw(<Header />);
    arrive(welcome(), status({ owner: "queue", queue: { position: 3, low_seconds: 110, high_seconds: 235 } }));
    expect(screen.getByText("3rd in line · about 2–4 min")).toBeTruthy();
    arrive(status({ owner: "agent", agent: { id: "a1", name: "Mara Lindqvist", about: "" } }));
    expect(screen.getByText("Mara is with you")).toBeTruthy();
  });

  it("keeps the person button in its place, and asks once", () => {
    draw(<Header />);
    arrive(welcome(), status());
    fireEvent.click(screen.getByRole("button", { name: "Talk to a person" }));
    expect(widget.askPerson).toHaveBeenCalledOnce();
    arrive(status({ owner: "queue" }));
    fireEvent.click(screen.getByRole("button", { name: "A person is on the way" }));
    expect(widget.askPerson).toHaveBeenCalledOnce();
  });
});

describe("the composer", () => {
  const field = () => screen.getByLabelText<HTMLTextAreaElement>("Your message");

  it("sends on Enter, not on Shift+Enter and not while composing", () => {
    draw(<Composer />);
    arrive(welcome(), status());
    fireEvent.input(field(), { target: { value: " Hello " } });
    fireEvent.keyDown(field(), { key: "Enter", shiftKey: true });
    fireEvent.keyDown(field(), { key: "Enter", isComposing: true });
    fireEvent.keyDown(field(), { key: "Enter", keyCode: 229 });
    expect(widget.send).not.toHaveBeenCalled();
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(widget.send).toHaveBeenCalledWith("Hello");
    expect(ui.draft.value).toBe("");
  });

  it("sends nothing that is empty or too long, and says how much too long", () => {
    draw(<Composer />);
    arrive(welcome({ limits: { text: 10, frame: 100 } }), status());
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(true);
    fireEvent.input(field(), { target: { value: "twelve chars" } });
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(widget.send).not.toHaveBeenCalled();
    expect(screen.getByText("2 characters too long")).toBeTruthy();
  });
});

describe("waiting", () => {
  it("shows the place and lets the customer leave, solved or not", () => {
    arrive(welcome(), status({ owner: "queue" }));
    draw(<QueueCard place={{ position: 1, low_seconds: null, high_seconds: null }} agentsOnline={1} />);
    expect(screen.getAllByText("You are next in line").length).toBeGreaterThan(0);
    fireEvent.click(screen.getByRole("button", { name: "I’m sorted" }));
    fireEvent.click(screen.getByRole("button", { name: "Stay with the bot" }));
    expect(socket.of("leave_queue")).toMatchObject([{ solved: true }]);
  });

  it("does not ask again for an e-mail that was left, nor promise a place that nobody looks at", () => {
    arrive(welcome(), notice(1, "contact_received"), status({ owner: "queue" }));
    draw(<QueueCard place={{ position: 1, low_seconds: null, high_seconds: null }} agentsOnline={0} />);
    expect(screen.getAllByText("Your message is with us").length).toBeGreaterThan(0);
    expect(screen.queryByRole("button", { name: "E-mail me instead" })).toBeNull();
    expect(screen.queryByText("You are next in line")).toBeNull();
  });

  it("names no place in the header where nobody looks at one", () => {
    const queue = { position: 19, low_seconds: null, high_seconds: null };
    arrive(welcome(), notice(1, "contact_received"), status({ owner: "queue", queue, agents_online: 0 }));
    draw(<Header />);
    expect(screen.getAllByText("Your message is with us").length).toBeGreaterThan(0);
    expect(screen.queryByText("19th in line")).toBeNull();
    arrive(status({ owner: "queue", queue, agents_online: 1 }));
    expect(screen.getAllByText("19th in line").length).toBeGreaterThan(0);
  });
});

describe("leaving an e-mail", () => {
  it("says what is missing, then sends what was written", () => {
    arrive(welcome(), message(1, ME, "My tent leaks"));
    draw(<DetailsForm />);
    expect(screen.getByLabelText<HTMLTextAreaElement>("What is it about?").value).toBe("My tent leaks");
    fireEvent.input(screen.getByLabelText("E-mail"), { target: { value: "robin@nowhere" } });
    fireEvent.click(screen.getByRole("button", { name: "Send" }));
    expect(screen.getByText("Please write your name.")).toBeTruthy();
    expect(screen.getByLabelText("E-mail").getAttribute("aria-invalid")).toBe("true");
    expect(socket.of("contact")).toEqual([]);
    fireEvent.input(screen.getByLabelText("Name"), { target: { value: "Robin" } });
    fireEvent.input(screen.getByLabelText("E-mail"), { target: { value: " robin@nowhere.example " } });
    fireEvent.click(screen.getByRole("button", { name: "Send" }));
    expect(socket.of("contact")).toMatchObject([
      { contact: { name: "Robin", email: "robin@nowhere.example", about: "My tent leaks" } },
    ]);
  });
});

it("rates only once a face is chosen", () => {
  draw(<RatingForm skip={() => {}} />);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(true);
  expect(screen.getAllByRole("radio")).toHaveLength(5);
});

describe("an article", () => {
  const ref = { slug: "how-to-return", title: "How to return something", fragment: "" };

  it("is drawn from its sanitised HTML", async () => {
    article.mockResolvedValue({ ...HIT, slug: "s", title: "How to return something", category: "returns", summary: "", html: "<p>Sixty <strong>days</strong></p>" });
    draw(<ArticleView article={ref} from="talk" />);
    expect((await screen.findByText("days")).tagName).toBe("STRONG");
  });

  it("can be asked for again when it did not come", async () => {
    article.mockRejectedValue(new Error("down"));
    draw(<ArticleView article={ref} from="talk" />);
    fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
    await vi.waitFor(() => expect(article).toHaveBeenCalledTimes(2));
  });
});
