import { act, cleanup, fireEvent, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CustomerOutFrame } from "../../src/shared/protocol";
import { ArticleView } from "../../src/widget/view/article-view";
import { Composer } from "../../src/widget/view/composer";
import { Header } from "../../src/widget/view/header";
import { LogView } from "../../src/widget/view/log-view";
import { RatingForm } from "../../src/widget/view/rating-form";
import { answer, choices, HIT, ME, message, notice, offer, rejected, status, welcome } from "./frames";
import { type Stage, stage } from "./stage";

let on: Stage;

beforeEach(async () => {
  on = await stage();
});
afterEach(cleanup);

describe("the log", () => {
  it("greets, and reads news aloud only once history is there", () => {
    on.draw(<LogView />);
    on.arrive(welcome({ head: 1 }));
    expect(screen.getByRole("log").getAttribute("aria-live")).toBe("off");
    on.arrive(message(1, ME, "Hi"));
    expect(screen.getByRole("log").getAttribute("aria-live")).toBe("polite");
    expect(screen.getByText("Hello, I am Fern, a bot.")).toBeTruthy();
  });

  it("opens the source of an answer and takes a thumb", () => {
    on.draw(<LogView />);
    on.arrive(welcome(), message(1, ME, "Return?"), answer(2));
    fireEvent.click(screen.getByText(HIT.article_title));
    expect(on.widget.openArticle).toHaveBeenCalledWith({ slug: "how-to-return", title: HIT.article_title, fragment: "costs" });
    const no = screen.getByRole("button", { name: "No, this did not help" });
    fireEvent.click(no);
    expect(on.socket.of("feedback")).toMatchObject([{ answer_seq: 2, helpful: false }]);
    expect(no.getAttribute("aria-pressed")).toBe("true");
    fireEvent.click(no);
    expect(on.socket.of("feedback")).toHaveLength(1);
  });

  it("lets a choice be made once", () => {
    on.draw(<LogView />);
    on.arrive(welcome(), choices(1));
    fireEvent.click(screen.getByRole("button", { name: "Refunds" }));
    fireEvent.click(screen.getByRole("button", { name: "None of these" }));
    expect(on.socket.of("choose")).toMatchObject([{ choice_id: "x" }]);
    expect(screen.getByRole("button", { name: "None of these" }).getAttribute("aria-disabled")).toBe("true");
  });

  it("offers a person on the customer's terms", () => {
    on.draw(<LogView />);
    on.arrive(welcome(), offer(1));
    fireEvent.click(screen.getByRole("button", { name: "Talk to a person" }));
    expect(on.widget.askPerson).toHaveBeenCalledOnce();
    fireEvent.click(screen.getByRole("button", { name: "Go on with the bot" }));
    expect(screen.queryByRole("button", { name: "Talk to a person" })).toBeNull();
    expect(on.socket.of("leave_queue")).toMatchObject([{ solved: false }]);
  });

  it("keeps a message that could not be sent, with the way on", () => {
    on.draw(<LogView />);
    on.arrive(welcome());
    act(() => void on.session.write({ type: "send", text: "Hello" }));
    const cmid = String(on.socket.of("send")[0]?.cmid);
    on.arrive(rejected(cmid, false));
    expect(screen.getByRole("alert").textContent).toContain("Not sent. That did not work.");
    fireEvent.click(screen.getByRole("button", { name: "Retry" }));
    expect(on.socket.of("send")).toHaveLength(2);
    on.arrive(rejected(cmid, false));
    fireEvent.click(screen.getByRole("button", { name: "Edit" }));
    expect(on.ui.draft.value).toBe("Hello");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("draws what a customer wrote as text, whatever it looks like", () => {
    const { container } = on.draw(<LogView />);
    on.arrive(welcome(), message(1, ME, "<img src=x onerror=alert(1)> https://a.example/x."));
    expect(container.querySelector("img")).toBeNull();
    expect(container.querySelector("a")?.getAttribute("href")).toBe("https://a.example/x");
  });

  it("says once who joined and what they know", () => {
    const mara = { id: "a1", name: "Mara Lindqvist", about: "Knows tents and returns" };
    on.draw(<LogView />);
    on.arrive(welcome(), { ...notice(1, "joined"), text: "Mara Lindqvist joined. Knows tents and returns.", agent: mara } as CustomerOutFrame);
    expect(screen.getByText("Mara Lindqvist joined")).toBeTruthy();
    expect(screen.getAllByText("Knows tents and returns")).toHaveLength(1);
  });

  it("asks how it was when it may, once", () => {
    on.draw(<LogView />);
    on.arrive(welcome(), notice(1, "closed"), status({ owner: "closed", may_rate: true }));
    fireEvent.click(screen.getByRole("radio", { name: "Good" }));
    fireEvent.click(screen.getByRole("button", { name: "Send" }));
    expect(on.socket.of("rate")).toMatchObject([{ score: 4, comment: "" }]);
    expect(screen.queryByRole("radio")).toBeNull();
    expect(screen.getByText("You said: good. Thank you.")).toBeTruthy();
  });
});

describe("the header", () => {
  it("says where the customer stands", () => {
    on.draw(<Header />);
    on.arrive(welcome(), status({ owner: "queue", queue: { position: 3, low_seconds: 110, high_seconds: 235 } }));
    expect(screen.getByText("3rd in line · about 2–4 min")).toBeTruthy();
    on.arrive(status({ owner: "agent", agent: { id: "a1", name: "Mara Lindqvist", about: "" } }));
    expect(screen.getByText("Mara is with you")).toBeTruthy();
  });

  it("keeps the person button in its place, and asks once", () => {
    on.draw(<Header />);
    on.arrive(welcome(), status());
    fireEvent.click(screen.getByRole("button", { name: "Talk to a person" }));
    expect(on.widget.askPerson).toHaveBeenCalledOnce();
    on.arrive(status({ owner: "queue" }));
    fireEvent.click(screen.getByRole("button", { name: "A person is on the way" }));
    expect(on.widget.askPerson).toHaveBeenCalledOnce();
  });
});

describe("the composer", () => {
  const field = () => screen.getByLabelText<HTMLTextAreaElement>("Your message");

  it("sends on Enter, not on Shift+Enter and not while composing", () => {
    on.draw(<Composer />);
    on.arrive(welcome(), status());
    fireEvent.input(field(), { target: { value: " Hello " } });
    fireEvent.keyDown(field(), { key: "Enter", shiftKey: true });
    fireEvent.keyDown(field(), { key: "Enter", isComposing: true });
    fireEvent.keyDown(field(), { key: "Enter", keyCode: 229 });
    expect(on.widget.send).not.toHaveBeenCalled();
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(on.widget.send).toHaveBeenCalledWith("Hello");
    expect(on.ui.draft.value).toBe("");
  });

  it("sends nothing that is empty or too long, and says how much too long", () => {
    on.draw(<Composer />);
    on.arrive(welcome({ limits: { text: 10, frame: 100 } }), status());
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(true);
    fireEvent.input(field(), { target: { value: "twelve chars" } });
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(on.widget.send).not.toHaveBeenCalled();
    expect(screen.getByText("2 characters too long")).toBeTruthy();
  });
});

it("rates only once a face is chosen", () => {
  on.draw(<RatingForm skip={() => {}} />);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(true);
  expect(screen.getAllByRole("radio")).toHaveLength(5);
});

describe("an article", () => {
  const ref = { slug: "how-to-return", title: "How to return something", fragment: "" };

  it("is drawn from its sanitised HTML", async () => {
    on.article.mockResolvedValue({ ...HIT, slug: "s", title: "How to return something", category: "returns", summary: "", html: "<p>Sixty <strong>days</strong></p>" });
    on.draw(<ArticleView article={ref} from="talk" />);
    expect((await screen.findByText("days")).tagName).toBe("STRONG");
  });

  it("can be asked for again when it did not come", async () => {
    on.article.mockRejectedValue(new Error("down"));
    on.draw(<ArticleView article={ref} from="talk" />);
    fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
    await vi.waitFor(() => expect(on.article).toHaveBeenCalledTimes(2));
  });
});
