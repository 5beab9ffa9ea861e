/**
 * What the gateway is to customers: tokens, conversations that end, logs that a backup takes back. It knows who wrote what,
 * and notices when one person's words are said as another's.
 */
import type { LogEvent } from "../../../src/shared/log";
import type { FrameIn, Link } from "./far-end";

/** Who wrote a text, on which page, and the how manyth of that page. */
export const textOf = (person: number, page: string, number: number) => `${person} ${page} ${number}`;
export const personOf = (text: string) => Number(text.split(" ")[0]);

export interface Conversation {
  readonly id: string;
  readonly token: string;
  epoch: number;
  log: LogEvent[];
  /** Closed so long ago that a new one begins. */
  over: boolean;
}

export class Gateway {
  readonly links = new Set<Link>();
  readonly faults: string[] = [];
  conversations: Conversation[] = [];
  /** Of 100 writes, so many are refused for now, or for good. */
  rejecting = 0;
  refusing = 0;
  /** Went with a backup: nobody can bring back what had been seen in the log. */
  readonly lost = new Set<string | null>();
  readonly #seats = new WeakMap<Link, Conversation>();
  readonly #dice: () => number;
  #tokens = 0;

  constructor(dice: () => number) {
    this.#dice = dice;
  }

  append(conversation: Conversation, cmid: string | null, text: string): LogEvent {
    const { id, log } = conversation;
    const actor = { role: cmid === null ? "bot" : "customer", name: "", agent_id: null } as const;
    const event: LogEvent = { type: "event", conversation: id, seq: log.length + 1, actor, at: "", cmid, kind: "message", text };
    const others = log.find((one) => one.cmid !== null && cmid !== null && personOf((one as { text: string }).text) !== personOf(text));
    if (others) this.faults.push(`${text} is said as somebody else`);
    log.push(event);
    for (const link of this.links) if (this.#seats.get(link) === conversation) link.push(event);
    return event;
  }

  /** Everybody's conversation ends, for whoever comes next. */
  end(): void {
    for (const conversation of this.conversations) conversation.over = true;
  }

  /** Restored from a backup: the newest are gone, and perhaps the newest customer. */
  restore(lost: number): void {
    const gone = lost > 2 ? this.conversations.slice(-1) : [];
    this.conversations = this.conversations.filter((one) => !gone.includes(one));
    for (const one of [...gone, ...this.conversations]) {
      const stays = gone.includes(one) ? 0 : Math.max(0, one.log.length - lost);
      for (const { cmid } of one.log.slice(stays)) this.lost.add(cmid);
      one.log = one.log.slice(0, stays);
      one.epoch += 1;
    }
    for (const link of [...this.links]) link.cut();
  }

  drain(seconds: number): void {
    for (const link of [...this.links]) {
      link.push({ type: "bye", code: "restarting", message: "", retry_after_seconds: seconds });
      link.cut();
    }
  }

  heads(): void {
    for (const link of this.links) this.#head(link);
  }

  receive(link: Link, frame: FrameIn): void {
    if (frame.type === "hello") return this.#hello(link, frame);
    const conversation = this.#seats.get(link);
    if (!conversation) return;
    if (frame.type === "ping") this.#head(link);
    if (frame.type === "send") this.#write(link, conversation, String(frame.cmid), String(frame.text));
  }

  #head(link: Link): void {
    const conversation = this.#seats.get(link);
    if (conversation) link.push({ type: "head", conversation: conversation.id, seq: conversation.log.length });
  }

  #hello(link: Link, frame: FrameIn): void {
    const seated = this.#seats.get(link);
    const seat = seated ?? this.#seat(frame.token);
    this.#seats.set(link, seat);
    const { id: conversation, token, log } = seat;
    const epoch = String(seat.epoch);
    const resumed = frame.conversation === conversation && frame.epoch === epoch;
    const words = { bot_name: "Fern", greeting: "", limits: { text: 4000, frame: 65536 } };
    if (!seated) link.push({ type: "welcome", version: 1, token, conversation, epoch, head: log.length, resumed, ...words });
    for (const event of log.slice(resumed ? Number(frame.seq) : 0)) link.push(event);
  }

  #seat(token: unknown): Conversation {
    const latest = this.conversations.findLast((one) => one.token === token);
    if (latest && !latest.over) return latest;
    this.#tokens += 1;
    const fresh = { id: `c${this.#tokens}`, token: latest?.token ?? `t${this.#tokens}`, epoch: 1, log: [], over: false };
    this.conversations.push(fresh);
    return fresh;
  }

  #write(link: Link, conversation: Conversation, cmid: string, text: string): void {
    const { id, log } = conversation;
    const known = log.find((event) => event.cmid === cmid);
    if (known) return link.push({ type: "accepted", cmid, conversation: id, seq: known.seq, dup: true });
    const draw = this.#dice() * 100;
    if (draw < this.rejecting + this.refusing) {
      const retryable = draw < this.rejecting;
      return link.push({ type: "rejected", cmid, conversation: id, code: "busy", message: "No.", retryable, retry_after_seconds: null });
    }
    conversation.over = false;
    const { seq } = this.append(conversation, cmid, text);
    link.push({ type: "accepted", cmid, conversation: id, seq, dup: false });
  }
}
