/**
 * A small world for the client: a server with a log, connections that cut, lose, repeat and reorder, a store that outlives
 * pages, a clock, and tabs that come and go. Everything happens by the clock, so that a seed tells the whole story.
 */
import { Driver, type Store } from "../../../src/shared/client/driver";
import { newClient, type Client, type Dialect } from "../../../src/shared/client/state";
import { step as realStep } from "../../../src/shared/client/step";
import type { LogEvent } from "../../../src/shared/log";
import type { OutboxEntry } from "../../../src/shared/outbox";
import type { SocketLike } from "../../../src/shared/socket";
import { FakeClock } from "../clock";

export interface Send {
  readonly type: "send" | "press";
  readonly cmid: string;
  readonly conversation: string;
  readonly text: string;
}

export type StepOf = typeof realStep<Send>;

interface FrameIn {
  type: string;
  [name: string]: unknown;
}

/** What a connection does to what passes, until it is told otherwise. */
export interface Weather {
  /** Of 100 frames from the server, so many are lost, come twice, or come late. */
  lose: number;
  repeat: number;
  delay: number;
  blocked: boolean;
}

export const FAIR: Weather = { lose: 0, repeat: 0, delay: 0, blocked: false };

/** The widget's way (one conversation, named by welcome) or the console's (many, each watched). */
export type Role = "customer" | "agent";

export const dialectOf = (role: Role): Dialect<Send> => ({
  polls: role === "customer",
  hello: ({ readers, wanted }) => {
    const log = readers[wanted[0] ?? ""]?.log;
    return { type: "hello", role, conversation: log?.conversation ?? null, epoch: log?.epoch ?? null, seq: log?.last ?? 0 };
  },
  resume(conversation, { epoch, last: seq }, client) {
    return role === "customer" ? this.hello(client) : { type: "watch", conversation, epoch, seq };
  },
  leave: (conversation) => (role === "customer" ? null : { type: "unwatch", conversation }),
  ack: (conversation, seq, read) => ({ type: "ack", conversation, seq, read }),
  lane: ({ conversation }) => (role === "customer" ? "" : conversation),
  isMessage: ({ type }) => type === "send",
  isKept: ({ type }) => type === "send",
  isRepeated: ({ type }) => type === "send",
  staysRefused: () => false,
});

/** The truth: one log for each conversation, each cmid once. */
export class Server {
  epoch = 1;
  logs = new Map<string, LogEvent[]>();
  /** Of 100 writes, so many are refused for now. */
  rejecting = 0;
  /** Went with a backup: nobody can bring back what had been seen in the log. */
  readonly lost = new Set<string | null>();
  links = new Set<FarEnd>();
  acks: FrameIn[] = [];
  #dice: () => number;

  constructor(dice: () => number) {
    this.#dice = dice;
  }

  log(conversation: string): LogEvent[] {
    const log = this.logs.get(conversation) ?? [];
    this.logs.set(conversation, log);
    return log;
  }

  append(conversation: string, cmid: string | null, text: string): LogEvent {
    const log = this.log(conversation);
    const actor = { role: cmid === null ? "bot" : "customer", name: "", agent_id: null } as const;
    const event: LogEvent = { type: "event", conversation, seq: log.length + 1, actor, at: "", cmid, kind: "message", text };
    log.push(event);
    for (const link of this.links) if (link.follows.has(conversation)) link.push(event);
    return event;
  }

  /** Restored from a backup: the newest are gone, and everybody has to know. */
  restore(lost: number): void {
    this.epoch += 1;
    for (const [id, log] of this.logs) {
      const stays = Math.max(0, log.length - lost);
      for (const { cmid } of log.slice(stays)) this.lost.add(cmid);
      this.logs.set(id, log.slice(0, stays));
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
    for (const link of this.links) {
      for (const id of link.follows) link.push({ type: "head", conversation: id, seq: this.log(id).length });
    }
  }

  receive(link: FarEnd, frame: FrameIn): void {
    const conversation = String(frame.conversation ?? "one");
    switch (frame.type) {
      case "hello":
        return frame.role === "customer" ? this.#resume(link, "one", frame, "welcome") : link.push({ type: "welcome", version: 1 });
      case "watch":
        return this.#resume(link, conversation, frame, "watching");
      case "unwatch":
        link.follows.delete(conversation);
        return;
      case "ping":
        for (const id of link.follows) link.push({ type: "head", conversation: id, seq: this.log(id).length });
        if (link.follows.size === 0) link.push({ type: "head", conversation: null, seq: 0 });
        return;
      case "ack":
        this.acks.push(frame);
        return;
      case "send":
      case "press":
        return this.#write(link, conversation, frame as unknown as Send);
    }
  }

  #resume(link: FarEnd, conversation: string, frame: FrameIn, type: string): void {
    const log = this.log(conversation);
    const held = frame.epoch === String(this.epoch);
    link.follows.add(conversation);
    link.push({ type, version: 1, conversation, epoch: String(this.epoch), head: log.length, resumed: held });
    for (const event of log.slice(held ? Number(frame.seq) : 0)) link.push(event);
  }

  #write(link: FarEnd, conversation: string, { cmid, text }: Send): void {
    const known = this.log(conversation).find((event) => event.cmid === cmid);
    if (known) return link.push({ type: "accepted", cmid, conversation, seq: known.seq, dup: true });
    if (this.#dice() * 100 < this.rejecting) {
      return link.push({ type: "rejected", cmid, conversation, code: "busy", message: "Busy.", retryable: true, retry_after_seconds: null });
    }
    const { seq } = this.append(conversation, cmid, text);
    link.push({ type: "accepted", cmid, conversation, seq, dup: false });
  }
}

/** The server's end of one connection, and everything in between. */
export class FarEnd implements SocketLike {
  readyState = 0;
  onopen: (() => unknown) | null = null;
  onmessage: ((event: { data: string }) => unknown) | null = null;
  onclose: (() => unknown) | null = null;
  onerror: (() => unknown) | null = null;
  follows = new Set<string>();
  readonly #world: World;
  /** A cut line swallows what is on its way. */
  #cut = false;

  constructor(world: World, way: string) {
    this.#world = world;
    const blocked = world.weather.blocked && way === "socket";
    world.clock.after(1, () => {
      if (this.#cut) return;
      if (blocked) return this.cut();
      this.readyState = 1;
      world.server.links.add(this);
      this.onopen?.();
    });
  }

  send(text: string): void {
    const frame = JSON.parse(text) as FrameIn;
    this.#world.clock.after(1 + this.#world.dice() * 5, () => {
      if (!this.#cut) this.#world.server.receive(this, frame);
    });
  }

  push(frame: object): void {
    const { weather, dice, clock } = this.#world;
    const text = JSON.stringify(frame);
    const times = (dice() * 100 < weather.lose ? 0 : 1) + (dice() * 100 < weather.repeat ? 1 : 0);
    for (let time = 0; time < times; time += 1) {
      const late = dice() * 100 < weather.delay ? dice() * 4000 : 1;
      clock.after(late, () => {
        if (!this.#cut) this.onmessage?.({ data: text });
      });
    }
  }

  /** Whatever is on its way is gone; the client learns of it. */
  cut(): void {
    if (this.#cut) return;
    this.close();
    this.#world.clock.after(1, () => this.onclose?.());
  }

  /** Nobody is told: only silence. */
  freeze(): void {
    this.#cut = true;
    this.#world.server.links.delete(this);
  }

  close(): void {
    this.#cut = true;
    this.readyState = 3;
    this.#world.server.links.delete(this);
  }
}

/** What a browser keeps for all tabs of one site. Reads and writes take a moment. */
class SharedStore implements Store<Send> {
  readonly #world: World;
  readonly entries: Map<string, OutboxEntry<Send>>;

  constructor(world: World) {
    this.#world = world;
    this.entries = world.stored;
  }

  load(): Promise<readonly OutboxEntry<Send>[]> {
    // a thenable by the world's clock, so that nothing depends on microtasks
    const then = (run: (entries: readonly OutboxEntry<Send>[]) => void) => void this.#world.clock.after(2, () => run([...this.entries.values()]));
    return { then } as unknown as Promise<readonly OutboxEntry<Send>[]>;
  }

  put(entry: OutboxEntry<Send>): void {
    this.entries.set(entry.frame.cmid, structuredClone(entry));
  }

  drop(cmid: string): void {
    this.entries.delete(cmid);
  }
}

export class Tab {
  readonly driver: Driver<Send>;
  /** What this page knows to be accepted, by epoch. */
  readonly accepted = new Set<string>();
  readonly name: string;
  alive = true;
  readonly #release: () => void;

  constructor(world: World, kept: Partial<Client<Send>> = {}) {
    this.name = `tab${(world.opened += 1)}`;
    let end: () => void = () => {};
    this.driver = new Driver<Send>(newClient(kept), {
      dialect: dialectOf(world.role),
      connect: (way) => new FarEnd(world, way),
      store: new SharedStore(world),
      turn: (granted) => (end = world.lock(() => this.alive && granted())),
      clock: {
        now: () => world.clock.now(),
        random: world.dice,
        after: (milliseconds, run) => world.clock.after(milliseconds, () => this.alive && run()),
      },
      wall: () => world.wall(),
      visible: () => this.alive,
      changed: (client) => world.check(this, client),
      told: (frame) => {
        const { epoch } = this.driver.client.readers[String(frame.conversation)]?.log ?? {};
        if (frame.type === "accepted") this.accepted.add(`${epoch} ${String(frame.cmid)}`);
      },
      step: world.step,
    });
    this.#release = () => end();
    this.driver.load();
    this.driver.input({ on: "start" });
    if (world.role === "agent") this.driver.input({ on: "want", conversations: world.conversations });
  }

  /** The page is gone, without a word: only what was stored remains. */
  kill(): void {
    this.alive = false;
    this.#release();
    this.driver.input({ on: "stop" });
  }
}

export class World {
  readonly clock = new FakeClock();
  readonly server: Server;
  readonly stored = new Map<string, OutboxEntry<Send>>();
  readonly written: Send[] = [];
  readonly role: Role;
  readonly step: StepOf;
  readonly conversations: readonly string[];
  weather: Weather = FAIR;
  tabs: Tab[] = [];
  faults: string[] = [];
  jump = 0;
  opened = 0;
  pressed = 0;
  readonly dice: () => number;
  #holders: (() => void)[] = [];

  constructor(role: Role, seed: number, step: StepOf = realStep<Send>) {
    this.role = role;
    this.step = step;
    this.conversations = role === "customer" ? ["one"] : ["one", "two"];
    let state = seed >>> 0 || 1;
    this.dice = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    this.server = new Server(this.dice);
    const heads = () => {
      this.server.heads();
      this.clock.after(20_000, heads);
    };
    this.clock.after(20_000, heads);
  }

  wall(): number {
    return 1_000_000 + this.jump + this.clock.now();
  }

  /** Web locks: one at a time, in the order of asking. */
  lock(granted: () => void): () => void {
    this.#holders.push(granted);
    if (this.#holders.length === 1) this.clock.after(1, () => this.#holders[0] === granted && granted());
    return () => {
      const first = this.#holders[0] === granted;
      this.#holders = this.#holders.filter((one) => one !== granted);
      const next = this.#holders[0];
      if (first && next) this.clock.after(1, () => this.#holders[0] === next && next());
    };
  }

  open(): Tab {
    const tab = new Tab(this);
    this.tabs.push(tab);
    return tab;
  }

  reload(index: number): void {
    const tab = this.tabs[index % Math.max(1, this.tabs.length)];
    if (!tab) return;
    tab.kill();
    this.tabs = this.tabs.filter((one) => one !== tab);
    this.open();
  }

  write(index: number, type: Send["type"] = "send"): void {
    const tab = this.tabs[index % Math.max(1, this.tabs.length)];
    if (!tab) return;
    const conversation = this.conversations[index % this.conversations.length] as string;
    const frame: Send = { type, cmid: `m${this.pressed}`, conversation, text: `${tab.name} ${this.pressed++}` };
    if (type === "send") this.written.push(frame);
    tab.driver.input({ on: "write", frame });
  }

  /** At every change: the log is a part of the server's from its start, and nothing accepted is shown as unsent. */
  check(tab: Tab, client: Client<Send>): void {
    if (!tab.alive) return;
    for (const [id, { log }] of Object.entries(client.readers)) {
      if (log.epoch !== String(this.server.epoch)) continue;
      const truth = this.server.log(id).slice(0, log.last);
      const same = truth.length === log.last && JSON.stringify(truth) === JSON.stringify(log.events);
      if (!same) this.faults.push(`the log of ${id} is no prefix at ${log.last}`);
    }
    for (const { frame, delivered } of client.outbox) {
      const log = client.readers[frame.conversation]?.log;
      const inLog = log?.events.some((event) => event.cmid === frame.cmid);
      const knew = !delivered && tab.accepted.has(`${log?.epoch} ${frame.cmid}`);
      if (inLog || knew) this.faults.push(`${frame.cmid} is accepted and shown as unsent`);
    }
  }
}
