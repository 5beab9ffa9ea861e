/** The agent's desk: keeps the state, and turns what the agent does into frames for the line.
 *  It knows no page and no socket: the line, a store for drafts and a clock are handed in. */

import { type Signal, signal } from "@preact/signals";
import type { AgentOutFrame } from "../../shared/protocol";
import { readDrafts, writeDrafts } from "../state/drafts";
import {
  type Command,
  type CommandName,
  type ConsoleState,
  EMPTY_DRAFT,
  emptyState,
  type Mode,
  type Pending,
  type Transfer,
} from "../state/model";
import { wantedWatches } from "../state/queue";
import { type Action, reduce } from "../state/reduce";
import type { Outcome, Verdict } from "../state/words";
import type { AgentWrite } from "./dialect";
import type { Line } from "./line";

export interface DeskParts {
  line: Line;
  store: Pick<Storage, "getItem" | "setItem">;
  newId: () => string;
  now: () => number;
  after: (milliseconds: number, run: () => void) => void;
}

/** What some commands say besides. */
type More = Pick<Command, "judgement" | "transfer" | "priority">;

const FLUSH_MS = 16;
const TYPING_EVERY_MS = 3_000;
const TOAST_MS = 8_000;

export class Desk {
  readonly state: Signal<ConsoleState>;
  readonly #parts: DeskParts;
  #inbox: AgentOutFrame[] = [];
  #scheduled = false;
  #typedAt = 0;
  #agent: string | null = null;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.state = signal(emptyState());
    parts.line.serve({ changed: () => this.#changed(), told: (frame) => this.#inbox.push(frame) });
  }

  /** Before the line is begun: whose desk it is. Somebody else finds nothing here of who sat at it before. */
  enter(agent: string): void {
    if (agent === this.#agent) return;
    this.#agent = agent;
    this.state.value = { ...emptyState(readDrafts(this.#parts.store, agent)), selected: this.state.peek().selected };
  }

  dispatch(action: Action): void {
    const before = this.state.peek();
    const after = reduce(before, action);
    if (after === before) return;
    this.state.value = after;
    if (after.drafts !== before.drafts && this.#agent !== null) writeDrafts(this.#parts.store, this.#agent, after.drafts);
    for (const toast of after.toasts) {
      if (toast.id >= before.nextToast) this.#parts.after(TOAST_MS, () => this.dispatch({ type: "untoast", id: toast.id }));
    }
    this.#follow();
  }

  /** Draws what has come since the last time, in one go: a log of 500 events is drawn once, not 500 times. */
  flush(): void {
    const frames = this.#inbox;
    this.#inbox = [];
    this.#scheduled = false;
    this.dispatch({ type: "frames", frames, now: this.#parts.now(), client: this.#parts.line.client });
  }

  /** What the agent can see now counts as seen. */
  markSeen(): void {
    this.#parts.line.input({ on: "look", conversation: this.state.peek().selected });
    this.flush();
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
    const { cmid, mode } = pending;
    this.dispatch({ type: "write", conversation, pending });
    this.#write(mode === "reply" ? { type: "send", cmid, conversation, fence, text } : { type: "note", cmid, conversation, text });
    return true;
  }

  typing(conversation: string): void {
    const now = this.#parts.now();
    if (now - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = now;
    this.#parts.line.say({ type: "typing", conversation });
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
    if (this.#parts.line.say({ type: "available", available })) this.dispatch({ type: "available", available });
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
    this.#write(commandFrame(command));
  }

  /** Without a line it waits for the next one; the state shows it as under way either way. */
  #write(frame: AgentWrite): void {
    this.#parts.line.input({ on: "write", frame });
    this.flush();
  }

  /** What was taken over from an earlier page is shown at once: refused, its words go from there into the draft. */
  #changed(): void {
    const { chats } = this.state.peek();
    const isShown = (cmid: string, id: string | null = null) => chats[id ?? ""]?.pending.some((one) => one.cmid === cmid);
    const taken = this.#parts.line.client.outbox.some(({ frame, adopted }) => adopted && !isShown(frame.cmid, frame.conversation));
    if (taken) this.flush();
    else this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#parts.after(FLUSH_MS, () => this.flush());
  }

  /** Mine, and the one on the screen; and which of them is before the agent's eyes. */
  #follow(): void {
    const state = this.state.peek();
    const { line } = this.#parts;
    const wanted = wantedWatches(state);
    const { wanted: now, looked } = line.client;
    if (wanted.length !== now.length || wanted.some((id) => !now.includes(id))) line.input({ on: "want", conversations: wanted });
    if (looked !== state.selected) line.input({ on: "look", conversation: state.selected });
  }
}

function commandFrame({ cmid, name, conversation, outcome, fence, judgement, transfer, priority }: Command): AgentWrite {
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
