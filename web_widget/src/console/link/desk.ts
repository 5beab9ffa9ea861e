/** The agent's desk: keeps the state, speaks to the gateway for it, and turns what the agent does into frames.
 *  It knows no page and no socket: a line to send on, a store and a clock are handed in. */

import { type Signal, signal } from "@preact/signals";
import type { AgentFrame, AgentOutFrame } from "../../shared/protocol";
import { readDrafts, writeDrafts } from "../state/drafts";
import {
  type Command,
  type CommandName,
  type ConsoleState,
  EMPTY_DRAFT,
  emptyState,
  type Link,
  type Mode,
  type Pending,
  type Transfer,
} from "../state/model";
import { wantedWatches } from "../state/queue";
import { type Action, reduce } from "../state/reduce";
import type { Outcome, Verdict } from "../state/words";

export interface DeskParts {
  /** Gives false when there is no open line; what matters is said again on the next welcome. */
  send: (frame: AgentFrame) => boolean;
  store: Pick<Storage, "getItem" | "setItem">;
  newId: () => string;
  now: () => number;
  /** Whether the agent can see the page. */
  visible: () => boolean;
  after: (milliseconds: number, run: () => void) => void;
}

/** What some commands say besides. */
type More = Pick<Command, "judgement" | "transfer" | "priority">;

const FLUSH_MS = 16;
const TYPING_EVERY_MS = 3_000;
const TOAST_MS = 8_000;
const RETRY_MS = 2_000;

export class Desk {
  readonly state: Signal<ConsoleState>;
  readonly #parts: DeskParts;
  readonly #watched = new Set<string>();
  /** Watches without an answer yet: asked once is enough. */
  readonly #asking = new Set<string>();
  #inbox: AgentOutFrame[] = [];
  #typedAt = 0;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.state = signal(emptyState(readDrafts(parts.store)));
  }

  dispatch(action: Action): void {
    const before = this.state.peek();
    const after = reduce(before, action);
    if (after === before) return;
    this.state.value = after;
    if (after.drafts !== before.drafts) writeDrafts(this.#parts.store, after.drafts);
    for (const toast of after.toasts) {
      if (toast.id >= before.nextToast) this.#parts.after(TOAST_MS, () => this.dispatch({ type: "untoast", id: toast.id }));
    }
    this.#syncWatches();
  }

  /** Frames are gathered for one picture: a log of 500 events is drawn once, not 500 times. */
  receive(frame: AgentOutFrame): void {
    this.#inbox.push(frame);
    if (this.#inbox.length === 1) this.#parts.after(FLUSH_MS, () => this.flush());
  }

  flush(): void {
    const frames = this.#inbox;
    this.#inbox = [];
    if (frames.length === 0) return;
    const welcomed = frames.some((frame) => frame.type === "welcome");
    if (welcomed) this.#forgetWatches();
    for (const frame of frames) {
      if (frame.type === "watching" || (frame.type === "rejected" && frame.conversation !== null)) {
        this.#asking.delete(frame.conversation ?? "");
      }
    }
    this.dispatch({ type: "frames", frames, now: this.#parts.now() });
    if (welcomed) this.#sayAgain();
    for (const frame of frames) {
      if (frame.type === "rejected" && frame.retryable && frame.cmid !== null) {
        this.#retry(frame.cmid, (frame.retry_after_seconds ?? RETRY_MS / 1000) * 1000);
      }
    }
    this.markSeen();
  }

  linkIs(link: Link): void {
    if (link !== "open") this.#forgetWatches();
    this.dispatch({ type: "link", link });
  }

  markSeen(): void {
    const { selected, chats } = this.state.peek();
    if (selected !== null && chats[selected]?.loaded && this.#parts.visible()) {
      this.dispatch({ type: "seen", conversation: selected });
    }
  }

  open(conversation: string | null): void {
    this.dispatch({ type: "select", conversation });
    this.markSeen();
  }

  /** Sends the draft of this conversation as a reply or a note; gives false when there is nothing to send. */
  write(conversation: string): boolean {
    const state = this.state.peek();
    const draft = state.drafts[conversation] ?? EMPTY_DRAFT;
    const text = draft[draft.mode].trim();
    if (text === "") return false;
    const fence = state.chats[conversation]?.status?.fence ?? 0;
    const at = new Date(this.#parts.now()).toISOString();
    const pending: Pending = { cmid: this.#parts.newId(), mode: draft.mode, text, at, fence };
    this.dispatch({ type: "write", conversation, pending });
    this.#sendPending(conversation, pending);
    return true;
  }

  typing(conversation: string): void {
    const now = this.#parts.now();
    if (now - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = now;
    this.#parts.send({ type: "typing", conversation });
  }

  takeNext(): void {
    this.#command("claim", null, null);
  }

  claim(conversation: string): void {
    this.#command("claim", conversation, null);
  }

  /** Takes over what a colleague wants to pass on. What the queue offers is claimed. */
  accept(conversation: string): void {
    this.#command("accept", conversation, null);
  }

  /** Not me: the offer goes to the next one, a transfer back to whoever asked. */
  decline(conversation: string): void {
    this.#command("decline", conversation, null);
  }

  transfer(conversation: string, transfer: Transfer): void {
    this.#command("transfer", conversation, null, { transfer });
  }

  /** For supervisors: from whoever has it, as this screen shows it. */
  takeOver(conversation: string): void {
    this.#command("take_over", conversation, null);
  }

  prioritise(conversation: string, priority: number): void {
    this.#command("prioritise", conversation, null, { priority });
  }

  requeue(conversation: string): void {
    this.#command("requeue", conversation, null);
  }

  returnToBot(conversation: string): void {
    this.#command("return_to_bot", conversation, null);
  }

  resolve(conversation: string, outcome: Outcome): void {
    this.#command("resolve", conversation, outcome);
  }

  /** Says of an answer of the bot whether it was right; the same verdict again says nothing. */
  judge(conversation: string, answerSeq: number, verdict: Verdict): void {
    const events = this.state.peek().chats[conversation]?.log.events ?? [];
    const last = events.findLast((event) => event.kind === "verdict" && event.answer_seq === answerSeq);
    if (last?.kind === "verdict" && last.verdict === verdict) return;
    this.#command("judge", conversation, null, { judgement: { answerSeq, verdict } });
  }

  setAvailable(available: boolean): void {
    if (this.#parts.send({ type: "available", available })) this.dispatch({ type: "available", available });
  }

  setMode(conversation: string, mode: Mode): void {
    this.dispatch({ type: "mode", conversation, mode });
  }

  #command(name: CommandName, conversation: string | null, outcome: Outcome | null, more: More = {}): void {
    const state = this.state.peek();
    const answer = more.judgement?.answerSeq;
    const twice = (one: Command) => one.name === name && one.conversation === conversation && one.judgement?.answerSeq === answer;
    if (state.commands.some(twice)) return;
    const fence = conversation === null ? null : (state.chats[conversation]?.status?.fence ?? 0);
    const command: Command = { cmid: this.#parts.newId(), name, conversation, outcome, fence, ...more };
    this.dispatch({ type: "command", command });
    this.#parts.send(commandFrame(command));
  }

  #sendPending(conversation: string, { cmid, mode, text, fence }: Pending): void {
    this.#parts.send(
      mode === "reply" ? { type: "send", cmid, conversation, fence, text } : { type: "note", cmid, conversation, text },
    );
  }

  /** After every welcome: what the server has not accepted yet, under the same cmid, so that it counts once. */
  #sayAgain(): void {
    const { commands, chats } = this.state.peek();
    for (const command of commands) this.#parts.send(commandFrame(command));
    for (const chat of Object.values(chats)) {
      for (const pending of chat.pending) this.#sendPending(chat.id, pending);
    }
  }

  #retry(cmid: string, milliseconds: number): void {
    this.#parts.after(milliseconds, () => {
      for (const chat of Object.values(this.state.peek().chats)) {
        const pending = chat.pending.find((one) => one.cmid === cmid);
        if (pending !== undefined) this.#sendPending(chat.id, pending);
      }
    });
  }

  #forgetWatches(): void {
    this.#watched.clear();
    this.#asking.clear();
  }

  #syncWatches(): void {
    const state = this.state.peek();
    if (state.link !== "open") return;
    const wanted = new Set(wantedWatches(state));
    for (const conversation of this.#watched) {
      if (wanted.has(conversation)) continue;
      this.#watched.delete(conversation);
      this.#parts.send({ type: "unwatch", conversation });
    }
    for (const conversation of wanted) {
      const chat = this.state.peek().chats[conversation];
      if (this.#asking.has(conversation) || (this.#watched.has(conversation) && !chat?.behind)) continue;
      this.#watched.add(conversation);
      this.#asking.add(conversation);
      this.state.value = reduce(this.state.peek(), { type: "watched", conversation });
      const { epoch = null, last: seq = 0 } = chat?.log ?? {};
      this.#parts.send({ type: "watch", conversation, epoch, seq });
    }
  }
}

function commandFrame({ cmid, name, conversation, outcome, fence, judgement, transfer, priority }: Command): AgentFrame {
  if (name === "claim" || conversation === null) return { type: "claim", cmid, conversation };
  const about = { cmid, conversation };
  const head = { ...about, fence: fence ?? 0 };
  switch (name) {
    case "accept":
    case "decline":
      return { type: name, ...about };
    case "judge":
      return { type: name, ...about, answer_seq: judgement?.answerSeq ?? 0, verdict: judgement?.verdict ?? "right" };
    case "prioritise":
      return { type: name, ...about, priority: priority ?? 0 };
    case "transfer":
      return { type: name, ...head, ...asked(transfer) };
    case "resolve":
      return { type: name, ...head, outcome: outcome ?? "solved" };
    default:
      return { type: name, ...head };
  }
}

function asked({ to, note }: Transfer = { to: { skill: "" }, note: "" }) {
  return "agent" in to ? { to_agent: to.agent, note } : { to_skill: to.skill, note };
}
