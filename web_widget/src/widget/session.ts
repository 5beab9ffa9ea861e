/**
 * One customer's conversation: joins the link, the model, the outbox and what is kept in the browser.
 *
 * Nothing is sent before `connect`: a visitor who only reads is not known to the server. Must not know about drawing.
 */
import { cell } from "../shared/cell";
import { newCmid, OutboxStore, unsent } from "../shared/outbox";
import type { CustomerOutFrame, CustomerSend, Page } from "../shared/protocol";
import { browserClock, Link, type Clock, type LinkState, type SocketLike } from "../shared/socket";
import { countUnread, discard, emptyModel, isComplete, lost, receive, retry, write, type Model, type Write } from "./model";
import { Keeper } from "./storage";

export interface SessionOptions {
  url: string;
  site: string;
  locale: string;
  storage: Storage | null;
  page: () => Page;
  connect?: (url: string) => SocketLike;
  clock?: Clock;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** A write without its cmid: the session invents it. */
export type Draft = Write extends infer W ? (W extends Write ? Omit<W, "cmid"> : never) : never;

/** Unanswered for so long, a write is repeated on the same link. */
const REPEAT_SECONDS = 10;

export class Session {
  readonly model = cell<Model>(emptyModel);
  readonly link = cell<LinkState>("stopped");
  readonly unread = cell(0);
  readonly keeper: Keeper;
  readonly #options: SessionOptions;
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #store: OutboxStore<Write>;
  #link: Link;
  #seen = 0;
  #watching = false;
  #greeted = false;
  #underWay: string | null = null;
  #cancelFlush: () => void = () => {};
  #cancelTypist: () => void = () => {};
  #typedAt = Number.NEGATIVE_INFINITY;
  #listeners = new Set<(frame: CustomerOutFrame) => void>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? browserClock;
    this.#now = options.now ?? Date.now;
    this.keeper = new Keeper(options.storage, options.site);
    this.#store = new OutboxStore<Write>(options.storage, options.site);
    this.#link = this.#newLink();
    this.#restore();
  }

  /** Whether this browser has a conversation, or something that waits to be sent. */
  get known(): boolean {
    return this.model.value.token !== null || this.model.value.outbox.length > 0;
  }

  connect(): void {
    this.#link.start();
  }

  /** The network or the tab is back. */
  wake(): void {
    this.#link.retryNow();
    this.#link.probe();
  }

  write(draft: Draft): string {
    const frame = { ...draft, cmid: newCmid() } as Write;
    this.#change(write(this.model.value, frame, this.#now()));
    this.connect();
    this.#flush();
    return frame.cmid;
  }

  retry(cmid: string): void {
    this.#change(retry(this.model.value, cmid));
    this.connect();
    this.#link.retryNow();
    this.#flush();
  }

  /** Take an unsent message back; returns its text. */
  takeBack(cmid: string): string {
    const entry = this.model.value.outbox.find((kept) => kept.frame.cmid === cmid);
    this.#change(discard(this.model.value, cmid));
    this.#flush();
    return entry?.frame.type === "send" ? (entry.frame as CustomerSend).text : "";
  }

  dismissTrouble(): void {
    this.#change({ ...this.model.value, trouble: null });
  }

  /** At most every three seconds, and only where somebody may care. */
  typed(): void {
    const now = this.#clock.now();
    if (!this.#greeted || now - this.#typedAt < 3000) return;
    this.#typedAt = now;
    this.#link.send({ type: "typing" });
  }

  /** Whether the customer is looking at the conversation now. */
  watch(watching: boolean): void {
    this.#watching = watching;
    this.#count();
  }

  onFrame(listener: (frame: CustomerOutFrame) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forget the customer in this browser and begin anew. */
  reset(): void {
    this.stop();
    this.keeper.forget();
    this.#store.clear();
    this.#seen = 0;
    this.model.value = emptyModel;
    this.unread.value = 0;
    this.#link = this.#newLink();
  }

  stop(): void {
    this.#cancelFlush();
    this.#cancelTypist();
    this.#link.stop();
  }

  #newLink(): Link {
    return new Link({
      url: () => this.#options.url,
      connect: this.#options.connect,
      clock: this.#clock,
      opened: () => this.#hello(),
      received: (frame) => this.#receive(frame as CustomerOutFrame),
      changed: (state) => this.#linkChanged(state),
    });
  }

  #restore(): void {
    const kept = this.keeper.identity();
    const outbox = this.#store.load();
    this.#seen = kept?.seen ?? 0;
    const log = kept ? { conversation: kept.conversation, epoch: kept.epoch || null, last: 0, events: [] } : emptyModel.log;
    this.model.value = { ...emptyModel, token: kept?.token ?? null, log, outbox };
  }

  #hello(): void {
    const { token, log } = this.model.value;
    this.#link.send({
      type: "hello",
      version: 1,
      token,
      conversation: log.conversation,
      epoch: log.epoch,
      seq: log.last,
      page: this.#options.page(),
      locale: this.#options.locale,
    });
  }

  #linkChanged(state: LinkState): void {
    this.link.value = state;
    if (state === "open") return;
    this.#greeted = false;
    this.#underWay = null;
    this.#cancelFlush();
    this.#change(lost(this.model.value));
  }

  #receive(frame: CustomerOutFrame): void {
    const { model, again } = receive(this.model.value, frame, { now: this.#now(), random: this.#clock.random() });
    this.#change(model);
    if (frame.type === "welcome") this.#greeted = true;
    if (frame.type === "bye" && frame.retry_after_seconds !== null) this.#link.holdOff(frame.retry_after_seconds);
    if ((frame.type === "accepted" || frame.type === "rejected") && frame.cmid === this.#underWay) this.#underWay = null;
    if (frame.type === "typing") this.#expireTypist();
    if (again) this.#hello();
    this.#flush();
    for (const listener of this.#listeners) listener(frame);
  }

  /** Writes go one at a time, in the order in which they were written. */
  #flush(): void {
    this.#cancelFlush();
    if (!this.#greeted) return;
    const first = unsent(this.model.value.outbox)[0];
    if (!first) return;
    const early = first.notBefore - this.#now();
    if (early > 0) {
      this.#cancelFlush = this.#clock.after(early, () => this.#flush());
      return;
    }
    if (this.#underWay !== first.frame.cmid && this.#link.send(first.frame)) this.#underWay = first.frame.cmid;
    this.#cancelFlush = this.#clock.after(REPEAT_SECONDS * 1000, () => {
      this.#underWay = null;
      this.#flush();
    });
  }

  #expireTypist(): void {
    this.#cancelTypist();
    const typist = this.model.value.typist;
    if (!typist) return;
    this.#cancelTypist = this.#clock.after(Math.max(0, typist.until - this.#now()), () => {
      this.#change({ ...this.model.value, typist: null });
    });
  }

  #change(next: Model): void {
    const before = this.model.value;
    if (next === before) return;
    this.model.value = next;
    if (next.outbox !== before.outbox) this.#store.save(before.outbox, next.outbox);
    const moved = next.token !== before.token || next.log.epoch !== before.log.epoch;
    if (moved || next.log.conversation !== before.log.conversation) this.#moved(before, next);
    if (next.log !== before.log) this.#count();
  }

  /** A different conversation begins unread from its start; the same one anew keeps what was seen. */
  #moved(before: Model, next: Model): void {
    if (before.log.conversation !== null && next.log.conversation !== before.log.conversation) this.#seen = 0;
    this.#keep();
  }

  #count(): void {
    const { log } = this.model.value;
    if (this.#watching && isComplete(this.model.value) && log.last > this.#seen) {
      this.#seen = log.last;
      this.#keep();
    }
    this.unread.value = this.#watching ? 0 : countUnread(log, this.#seen);
  }

  #keep(): void {
    const { token, log } = this.model.value;
    if (!token || !log.conversation) return;
    this.keeper.keepIdentity({ token, conversation: log.conversation, epoch: log.epoch ?? "", seen: this.#seen });
  }
}
