/** The console's beginning: makes the parts, ties them to the page and draws. */
import "../shared/tokens.css";
import "../shared/base.css";
import "./style/door.css";
import "./style/panes.css";
import "./style/queue.css";
import "./style/chat.css";
import "./style/composer.css";
import "./style/context.css";
import "./style/handing.css";
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { api, withQuery } from "../shared/api";
import type { SearchReply } from "../shared/knowledge";
import { Keep } from "../shared/client/keep";
import { waitForTurn } from "../shared/client/turn";
import { newCmid } from "../shared/outbox";
import type { ConversationList } from "../shared/protocol";
import type { Way } from "../shared/client/state";
import { openSocket, type SocketLike, socketUrl } from "../shared/socket";
import { Choices } from "./choices";
import { Desk } from "./link/desk";
import { type AgentWrite, pollHello } from "./link/dialect";
import { Line } from "./link/line";
import { followAddress, followKeys, followSound, followTaken, followTitle, followWakeUps } from "./page";
import { Session } from "./session";
import { App } from "./view/app";
import { newPage } from "./view/bench";

const SUGGESTED = 3;

function connect(way: Way, hello: () => object): SocketLike | Promise<SocketLike> {
  if (way === "socket") return openSocket(socketUrl("/ws/agent", location.origin));
  const url = new URL("/api/agent/poll", location.origin).href;
  return import("../shared/client/poll").then(({ PollSocket }) => new PollSocket(url, hello));
}

function start(root: HTMLElement): void {
  const session = new Session(api);
  const line: Line = new Line({
    connect: (way) => connect(way, () => pollHello(line.client)),
    outbox: (agent) => new Keep<AgentWrite>(localStorage, `console:${agent}`),
    turn: (agent, granted) => waitForTurn(`frontdesk:console:${agent}`, granted),
    visible: () => document.visibilityState === "visible",
    signedOut: () => session.ended(),
    broken: () => void session.ask(),
  });
  const desk = new Desk({
    line,
    store: localStorage,
    newId: newCmid,
    now: () => Date.now(),
    after: (milliseconds, run) => void setTimeout(run, milliseconds),
  });
  const page = newPage();
  const choices = new Choices(localStorage);
  const now = signal(Date.now());
  setInterval(() => (now.value = Date.now()), 1_000);
  effect(() => {
    const now = session.state.value;
    if (now.is === "in") {
      desk.enter(now.me.id);
      line.start(now.me.id);
    } else {
      line.stop();
      desk.dispatch({ type: "signed_out" });
    }
  });
  followAddress(desk, page);
  followTitle(desk);
  followSound(desk, choices);
  followWakeUps(desk, line);
  followTaken(desk, page);
  followKeys(desk, page, choices);
  const parts = {
    desk,
    page,
    choices,
    now,
    search: (question: string, signal: AbortSignal) =>
      api.get<SearchReply>(withQuery("/api/knowledge/search", { q: question, limit: SUGGESTED }), { signal }),
    recent: async () => (await api.get<ConversationList>("/api/conversations?state=recent")).conversations,
  };
  render(<App session={session} parts={parts} />, root);
  void session.ask();
}

const root = document.getElementById("app");
if (root !== null) start(root);
