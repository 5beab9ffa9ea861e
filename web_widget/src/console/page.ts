/** Ties the desk to the tab around it: address, title, keys, sound, and coming back from sleep. */

import { effect, type Signal } from "@preact/signals";
import type { Choices } from "./choices";
import type { Desk } from "./link/desk";
import type { Line } from "./link/line";
import { chime } from "./sound";
import { TAKING } from "./state/frames";
import { keyCommand } from "./state/keys";
import { pageTitle } from "./state/page-title";
import { type Offer, offers } from "./state/offers";
import { badgeCount, neighbour, type Stance, stance } from "./state/queue";
import type { Verdict } from "./state/words";
import type { Spot } from "./state/spot";
import { conversationOf, pathOf } from "./state/route";

/** What stands beside the desk and belongs to the page alone. */
export interface Page {
  /** In narrow windows: which of the panes is in front of the list. */
  pane: Signal<"chat" | "context">;
  help: Signal<boolean>;
  /** The conversation that is being passed on: its dialog stands open. */
  passing: Signal<string | null>;
  /** The composer should take the focus as soon as it is there; it sets this back. */
  focusComposer: Signal<boolean>;
  /** A conversation was asked for, and is not there to be answered yet. */
  taking: Signal<boolean>;
  /** The place in the log that somebody wants to see. */
  spot: Signal<Spot | null>;
}

export function followAddress(desk: Desk, page: Page): void {
  desk.open(conversationOf(location.pathname));
  addEventListener("popstate", () => {
    show(desk, page, conversationOf(location.pathname));
    if (isDetailsEntry()) page.pane.value = "context";
  });
  effect(() => {
    const path = pathOf(desk.state.value.selected);
    if (location.pathname !== path) history.pushState(null, "", path);
  });
}

export function followTitle(desk: Desk): void {
  effect(() => {
    const title = pageTitle(desk.state.value);
    if (document.title !== title) document.title = title;
  });
}

/** Sounds only when the count rises, and only after the first picture of the queue. */
export function followSound(desk: Desk, choices: Choices): void {
  let before: number | null = null;
  effect(() => {
    const state = desk.state.value;
    if (state.queue === null) return;
    const count = badgeCount(state);
    if (before !== null && count > before && choices.sound.peek()) chime();
    before = count;
  });
}

export function followWakeUps(desk: Desk, line: Line): void {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    line.wake();
    desk.markSeen();
  });
  addEventListener("online", () => line.wake());
}

/** Whoever took a conversation writes next: the field for it has the focus as soon as it is there. */
export function followTaken(desk: Desk, page: Page): void {
  let seen = desk.state.peek().taken;
  effect(() => {
    const state = desk.state.value;
    const { taken, selected } = state;
    const mine = taken === null || taken === seen || taken.conversation !== selected ? null : stance(state, selected);
    const comes = state.commands.some(({ name }) => TAKING.has(name)) || (mine !== null && COMING.has(mine));
    page.taking.value = comes;
    if (comes) return;
    seen = taken;
    // a keyboard that slides in would hide what was taken
    const touch = typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches;
    if (mine === "mine" && !touch && !isField(document.activeElement)) page.focusComposer.value = true;
  });
}

/** How a conversation stands that was taken a moment ago, until its status comes. */
const COMING: ReadonlySet<Stance> = new Set(["loading", "waiting", "colleague"]);

/** Gives how to end it. */
export function followKeys(desk: Desk, page: Page, choices: Choices): () => void {
  const heard = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || document.querySelector("dialog[open], [role=menu]")) return;
    const command = keyCommand({
      key: event.key,
      alt: event.altKey,
      ctrl: event.ctrlKey,
      meta: event.metaKey,
      inField: isField(event.target),
      // who has just asked for a conversation begins to write: that means no command
      letters: choices.letters.peek() && !page.taking.peek(),
    });
    if (command === null) return;
    event.preventDefault();
    run(command, desk, page);
  };
  document.addEventListener("keydown", heard);
  return () => document.removeEventListener("keydown", heard);
}

function run(command: NonNullable<ReturnType<typeof keyCommand>>, desk: Desk, page: Page): void {
  const state = desk.state.peek();
  switch (command) {
    case "next":
    case "previous": {
      const next = neighbour(state, command === "next" ? 1 : -1);
      if (next !== null) show(desk, page, next);
      return;
    }
    case "reply":
    case "note":
      if (state.selected === null) return;
      if (command === "reply" && stance(state, state.selected) !== "mine") return;
      desk.setMode(state.selected, command);
      page.focusComposer.value = true;
      return;
    case "accept":
      acceptFirst(desk, page);
      return;
    case "decline": {
      const first = offers(state)[0];
      if (first !== undefined) decline(desk, first);
      return;
    }
    case "transfer":
      if (state.selected !== null && stance(state, state.selected) === "mine") page.passing.value = state.selected;
      return;
    case "right":
    case "wrong":
    case "outdated":
      judgeInReach(desk, page, command);
      return;
    case "help":
      page.help.value = true;
      return;
    case "leave":
      hideDetails(page);
      return;
  }
}

function acceptFirst(desk: Desk, page: Page): void {
  const first = offers(desk.state.peek())[0];
  if (first !== undefined) accept(desk, page, first);
}

/** Takes what is offered; its conversation opens by itself once the gateway has said yes. */
export function accept(desk: Desk, page: Page, { row, kind }: Offer): void {
  page.pane.value = "chat";
  if (kind === "offer") desk.claim(row.conversation);
  else desk.accept(row.conversation);
}

/** What was asked of everybody with a skill goes on being asked of the others, out of sight here. */
export function decline(desk: Desk, { row, kind }: Offer): void {
  desk.decline(row.conversation);
  if (kind === "skill") desk.dispatch({ type: "wave", conversation: row.conversation });
}

/** The answer that has the focus, or else the bot's last one. */
function judgeInReach(desk: Desk, page: Page, verdict: Verdict): void {
  const { selected, chats } = desk.state.peek();
  const chat = selected === null ? undefined : chats[selected];
  if (chat === undefined) return;
  const focused = document.activeElement?.closest<HTMLElement>("[data-answer]")?.dataset["answer"];
  const seq = focused === undefined ? chat.log.events.findLast((event) => event.kind === "answer")?.seq : Number(focused);
  if (seq === undefined) return;
  desk.judge(chat.id, seq, verdict);
  if (focused === undefined) showSpot(page, { conversation: chat.id, seq });
}

/** Brings an event before the agent's eyes, and marks the words if they are named. */
export function showSpot(page: Page, spot: Spot): void {
  hideDetails(page);
  page.spot.value = { ...spot };
}

export function show(desk: Desk, page: Page, conversation: string | null): void {
  page.pane.value = "chat";
  page.focusComposer.value = false;
  page.spot.value = null;
  desk.open(conversation);
}

/** In narrow windows the details are a step of their own: the browser's back button leads out of them. */
export function showDetails(page: Page): void {
  if (page.pane.peek() === "context") return;
  page.pane.value = "context";
  history.pushState({ details: true }, "");
}

export function hideDetails(page: Page): void {
  if (page.pane.peek() !== "context") return;
  page.pane.value = "chat";
  if (isDetailsEntry()) history.back();
}

function isDetailsEntry(): boolean {
  const entry: unknown = history.state;
  return typeof entry === "object" && entry !== null && "details" in entry;
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}
