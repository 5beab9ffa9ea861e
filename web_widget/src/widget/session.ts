/**
 * One customer's conversation: what is drawn of it, and what is kept in the browser. The line itself is fetched when it is
 * needed; what is written before it is here waits in storage, where the line finds it.
 *
 * Nothing is sent before `connect`: a visitor who only reads is not known to the server. Must not know about drawing.
 */
import { cell } from "../shared/cell";
import { LocalOutbox } from "../shared/client/local";
import type { Client, Input, LinkState } from "../shared/client/state";
import { enqueue, newCmid } from "../shared/outbox";
import type { CustomerOutFrame, CustomerSend, Page } from "../shared/protocol";
import { browserClock, type Clock } from "../shared/socket";
import type { Line, LineOptions } from "./line";
import { countUnread, emptyModel, follow, receive, type Model, type Write } from "./model";
import { Keeper } from "./storage";

export interface SessionOptions {
  /** Any address on the gateway. */
  origin: string;
  site: string;
  locale: string;
  storage: Storage | null;
  page: () => Page;
  /** The customer was forgotten, here or in another tab. */
  forgotten?: () => void;
  /** For tests: connections, the store and the turn as they are to be there. */
  parts?: LineOptions["parts"];
  clock?: Clock;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** A write without its cmid: the session invents it. */
export type Draft = Write extends infer W ? (W extends Write ? Omit<W, "cmid"> : never) : never;

/** A line that could not be fetched is fetched again. */
const FETCH_AGAIN_SECONDS = 5;

let lineModule: typeof import("./line") | null = null;

/** Fetches the line, if it is not here. */
export async function fetchLine(): Promise<typeof import("./line")> {
  return (lineModule ??= await import("./line"));
}

export class Session {
  readonly model = cell<Model>(emptyModel);
  readonly link = cell<LinkState>("stopped");
  readonly unread = cell(0);
  readonly keeper: Keeper;
  readonly #options: SessionOptions;
  readonly #clock: Clock;
  readonly #now: () => number;
  #line: Line | null = null;
  /** What happened before the line was here. */
  #waiting: Input<Write>[] = [];
  #fetching = false;
  #watching = false;
  /** The identity as it was kept last. */
  #said = "";
  #cancelTypist: () => void = () => {};
  #typedAt = Number.NEGATIVE_INFINITY;
  #listeners = new Set<(frame: CustomerOutFrame) => void>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? browserClock;
    this.#now = options.now ?? Date.now;
    this.keeper = new Keeper(options.storage, options.site);
    this.model.value = { ...emptyModel, token: this.keeper.identity()?.token ?? null };
  }

  /** Whether this browser has a conversation, or something that waits to be sent. */
  get known(): boolean {
    return this.model.value.token !== null || this.model.value.outbox.length > 0 || this.#early().marked;
  }

  connect(): void {
    this.#input({ on: "start" });
  }

  /** Another tab has kept or forgotten something. */
  look(): void {
    this.#isCurrent();
  }

  /** The network or the tab is back. */
  wake(): void {
    this.#isCurrent();
    if (this.#line || this.#waiting.length > 0) this.#input({ on: "wake" });
  }

  write(draft: Draft): string {
    const frame = { ...draft, cmid: newCmid() } as Write;
    this.dismissTrouble();
    this.#input({ on: "write", frame });
    this.connect();
    return frame.cmid;
  }

  retry(cmid: string): void {
    this.#input({ on: "revive", cmid });
    this.connect();
    this.wake();
  }

  /** Take an unsent message back; returns its text. */
  takeBack(cmid: string): string {
    const entry = this.model.value.outbox.find((kept) => kept.frame.cmid === cmid);
    this.#input({ on: "discard", cmid });
    return entry?.frame.type === "send" ? (entry.frame as CustomerSend).text : "";
  }

  dismissTrouble(): void {
    if (this.model.value.trouble) this.model.value = { ...this.model.value, trouble: null };
  }

  /** At most every three seconds, and only where somebody may care. */
  typed(): void {
    const now = this.#clock.now();
    if (this.link.value !== "open" || now - this.#typedAt < 3000) return;
    this.#typedAt = now;
    this.#input({ on: "say", frame: { type: "typing" } });
  }

  /** Whether the customer is looking at the conversation now. */
  watch(watching: boolean): void {
    this.#watching = watching;
    this.#look();
    this.#count();
  }

  onFrame(listener: (frame: CustomerOutFrame) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forget the customer in this browser and begin anew. */
  reset(): void {
    this.#line?.clear();
    this.#early().clear();
    this.keeper.forget();
    this.#leave();
  }

  /** The line goes first: what its end says is nobody's news, and must not be kept. */
  stop(): void {
    const line = this.#line;
    this.#cancelTypist();
    this.#waiting = [];
    this.#line = null;
    this.link.value = "stopped";
    line?.driver.input({ on: "stop" });
  }

  /** Nothing on this page is of whom it knew. */
  #leave(): void {
    this.stop();
    this.#said = "";
    this.model.value = { ...emptyModel, token: this.keeper.identity()?.token ?? null };
    this.unread.value = 0;
    this.#options.forgotten?.();
  }

  /** Whether this page still speaks for whom the browser keeps. If not it begins anew, or goes on as whom another tab has met. */
  #isCurrent(): boolean {
    const news = this.keeper.news();
    if (news === "forgotten") this.#leave();
    if (news === "met") this.#goOn(this.keeper.identity()?.token ?? null);
    return news === null;
  }

  #goOn(token: string | null): void {
    if (!this.#line) {
      this.model.value = { ...this.model.value, token };
      return;
    }
    // said so far as somebody whom nobody knows any more
    const outbox = this.#line.driver.client.outbox.flatMap(({ saidIn: _, ...entry }) => (entry.delivered ? [] : entry));
    this.stop();
    this.#said = "";
    this.model.value = { ...emptyModel, token, outbox };
    this.connect();
  }

  #input(input: Input<Write>): void {
    if (this.#line) return this.#line.driver.input(input);
    if (lineModule) {
      this.#open(lineModule);
      return this.#input(input);
    }
    this.#waiting.push(input);
    if (input.on === "write") this.#keepEarly(input.frame);
    if (input.on === "start") this.link.value = "connecting";
    if (this.#fetching) return;
    this.#fetching = true;
    const again = () => this.#clock.after(FETCH_AGAIN_SECONDS * 1000, () => this.wake());
    void fetchLine()
      .finally(() => (this.#fetching = false))
      .then(() => this.#waiting.length > 0 && this.#input({ on: "wake" }), again);
  }

  /** Before the line is here: on the screen, and where the line or the next page finds it. */
  #keepEarly(frame: Write): void {
    const outbox = enqueue(this.model.value.outbox, frame, this.#now());
    this.model.value = { ...this.model.value, outbox };
    const writer = this.keeper.writer();
    if (!writer) return;
    const early = this.#early(writer);
    for (const entry of outbox) if (entry.frame === frame) early.put(entry);
    early.mark(true);
  }

  #early(writer = ""): LocalOutbox<Write> {
    return new LocalOutbox<Write>(this.#options.storage, this.#options.site, writer);
  }

  #open({ openLine }: typeof import("./line")): void {
    this.#isCurrent();
    if (this.#line) return;
    const { origin, site, locale, storage, page, parts } = this.#options;
    const line: Line = openLine({
      origin,
      site,
      locale,
      storage,
      page,
      parts,
      kept: this.keeper.identity(),
      writer: this.keeper.writer(),
      outbox: this.model.value.outbox,
      token: () => this.model.value.token,
      isCurrent: () => line === this.#line && this.#isCurrent(),
      clock: this.#clock,
      wall: this.#now,
      changed: (client, before) => line === this.#line && this.#changed(client, before),
      told: (frame) => line === this.#line && this.#told(frame as unknown as CustomerOutFrame),
    });
    this.#line = line;
    line.driver.load();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const input of waiting) line.driver.input(input);
  }

  #changed(client: Client<Write>, before: Client<Write>): void {
    this.link.value = client.state;
    this.model.value = follow(this.model.value, client);
    if (client.readers !== before.readers) this.#count();
  }

  #told(frame: CustomerOutFrame): void {
    if (!this.#isCurrent()) return;
    this.model.value = receive(this.model.value, frame, this.#now());
    if (frame.type === "welcome") {
      this.#look();
      this.#count();
    }
    if (frame.type === "typing") this.#expireTypist();
    for (const listener of this.#listeners) listener(frame);
  }

  #expireTypist(): void {
    this.#cancelTypist();
    const typist = this.model.value.typist;
    if (!typist) return;
    this.#cancelTypist = this.#clock.after(Math.max(0, typist.until - this.#now()), () => {
      this.model.value = { ...this.model.value, typist: null };
    });
  }

  #look(): void {
    const conversation = this.#watching ? this.model.value.log.conversation : null;
    const driver = this.#line?.driver;
    if (driver && conversation !== driver.client.looked) driver.input({ on: "look", conversation });
  }

  /** How much is unread; who the customer is and what they have seen is kept when it has changed. */
  #count(): void {
    const { token, log } = this.model.value;
    const seen = this.#line?.driver.client.readers[log.conversation ?? ""]?.read ?? 0;
    this.unread.value = this.#watching ? 0 : countUnread(log, seen);
    if (!token || !log.conversation) return;
    const identity = { token, conversation: log.conversation, epoch: log.epoch ?? "", seen };
    const said = JSON.stringify(identity);
    if (said === this.#said) return;
    this.#said = said;
    this.keeper.keepIdentity(identity);
  }
}
