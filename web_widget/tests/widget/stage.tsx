/** A session on a fake socket with the panel's surroundings, for tests of what is drawn. */
import { act, render } from "@testing-library/preact";
import type { ComponentChildren } from "preact";
import { vi } from "vitest";
import type { CustomerOutFrame } from "../../src/shared/protocol";
import type { Help } from "../../src/widget/help";
import { fetchLine, Session } from "../../src/widget/session";
import { createUi } from "../../src/widget/ui";
import { Visit } from "../../src/widget/visit";
import { WidgetContext, type Widget } from "../../src/widget/view/context";
import { fetchRare } from "../../src/widget/view/use-rare";
import { FakeClock, FakeSocket } from "../shared/clock";
import { partsWith } from "./frames";

export type Stage = Awaited<ReturnType<typeof stage>>;

/** Connected, and nothing has arrived yet. */
export async function stage() {
  await Promise.all([fetchRare(), fetchLine()]);
  localStorage.clear();
  const clock = new FakeClock();
  const sockets: FakeSocket[] = [];
  const connect = () => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket;
  };
  const session = new Session({
    origin: "https://desk.example",
    site: "default",
    locale: "en-GB",
    storage: localStorage,
    page: () => ({}),
    parts: partsWith(connect),
    clock,
    now: () => clock.now(),
  });
  const ui = createUi({ name: "talk" }, "");
  ui.open.value = true;
  const article = vi.fn();
  const help = { visit: new Visit(null, "default", vi.fn()), suggest: async () => [], article } as unknown as Help;
  const widget: Widget = {
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
  const socket = sockets[0];
  if (!socket) throw new Error("the session did not connect");
  socket.open();
  const draw = (children: ComponentChildren) => render(<WidgetContext.Provider value={widget}>{children}</WidgetContext.Provider>);
  const arrive = (...frames: CustomerOutFrame[]): void => {
    act(() => frames.forEach((frame) => socket.receive(frame)));
  };
  return { clock, socket, session, ui, widget, article, draw, arrive };
}
