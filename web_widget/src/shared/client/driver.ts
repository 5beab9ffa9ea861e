/**
 * Joins the machine to the world: inputs one after the other, effects carried out. Holds connections and timers and
 * decides nothing. Must not know what frames mean or who draws what.
 */
import type { OutboxEntry, Outgoing } from "../outbox";
import { browserClock, type Clock, type SocketLike } from "../socket";
import type { Client, Dialect, Effect, Frame, Input, Moment, Step, TimerName, Way } from "./state";
import { step } from "./step";

/** Where unsent messages outlive the page. */
export interface Store<F extends Outgoing> {
  load(): Promise<readonly OutboxEntry<F>[]>;
  put(entry: OutboxEntry<F>): void;
  drop(cmid: string): void;
}

export interface DriverParts<F extends Outgoing> {
  dialect: Dialect<F>;
  /** May have to fetch the way first. */
  connect: (way: Way) => SocketLike | Promise<SocketLike>;
  /** Null where nothing outlives the page. */
  store?: Store<F> | null;
  /** Calls back when this tab may send; gives how to end that. Without it, always. */
  turn?: (granted: () => void) => () => void;
  clock?: Clock;
  /** Milliseconds since 1970. */
  wall?: () => number;
  visible?: () => boolean;
  changed: (client: Client<F>, before: Client<F>) => void;
  told: (frame: Frame) => void;
  step?: (client: Client<F>, input: Input<F>, moment: Moment, dialect: Dialect<F>) => Step<F>;
}

export class Driver<F extends Outgoing> {
  client: Client<F>;
  readonly #parts: DriverParts<F>;
  readonly #clock: Clock;
  readonly #connections = new Map<number, SocketLike>();
  readonly #timers = new Map<TimerName, () => void>();
  #waiting: Input<F>[] = [];
  #busy = false;
  #endTurn: () => void = () => {};

  constructor(first: Client<F>, parts: DriverParts<F>) {
    this.client = first;
    this.#parts = parts;
    this.#clock = parts.clock ?? browserClock;
  }

  /** Reads the store; until then nothing is sent. */
  load(): void {
    const entries = this.#parts.store?.load();
    const done = (found: readonly OutboxEntry<F>[]) => this.input({ on: "loaded", entries: found });
    // nothing learned: what is known stays
    if (entries) void entries.then(done, () => done(this.client.outbox));
    else done([]);
  }

  input(input: Input<F>): void {
    this.#waiting.push(input);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) this.#take(next);
    } finally {
      this.#busy = false;
    }
  }

  #take(input: Input<F>): void {
    const { dialect, visible, wall } = this.#parts;
    const moment = { now: this.#clock.now(), wall: (wall ?? Date.now)(), random: this.#clock.random(), visible: visible?.() ?? true };
    const before = this.client;
    const { client, effects } = (this.#parts.step ?? step)(before, input, moment, dialect);
    this.client = client;
    for (const effect of effects) if (effect.do !== "tell") this.#perform(effect);
    this.#parts.changed(client, before);
    for (const effect of effects) if (effect.do === "tell") this.#parts.told(effect.frame);
  }

  #perform(effect: Exclude<Effect<F>, { do: "tell" }>): void {
    const { store, turn } = this.#parts;
    switch (effect.do) {
      case "open":
        return this.#open(effect.connection, effect.way);
      case "close":
        return this.#close(effect.connection);
      case "send": {
        const socket = this.#connections.get(effect.connection);
        if (socket?.readyState === 1) socket.send(JSON.stringify(effect.frame));
        return;
      }
      case "timer":
        this.#timers.get(effect.name)?.();
        if (effect.milliseconds !== null) {
          const run = () => this.input({ on: "timer", name: effect.name });
          this.#timers.set(effect.name, this.#clock.after(effect.milliseconds, run));
        }
        return;
      case "put":
        return store?.put(effect.entry);
      case "drop":
        return store?.drop(effect.cmid);
      case "load":
        return this.load();
      case "turn":
        this.#endTurn();
        this.#endTurn = () => {};
        if (!effect.wanted) return;
        if (turn) this.#endTurn = turn(() => this.input({ on: "turn" }));
        else this.input({ on: "turn" });
    }
  }

  #open(connection: number, way: Way): void {
    const closed = () => this.input({ on: "closed", connection });
    try {
      const socket = this.#parts.connect(way);
      if (socket instanceof Promise) void socket.then((fetched) => this.#attach(connection, fetched), closed);
      else this.#attach(connection, socket);
    } catch {
      closed();
    }
  }

  #attach(connection: number, socket: SocketLike): void {
    const { client } = this;
    this.#connections.set(connection, socket);
    socket.onopen = () => this.input({ on: "opened", connection });
    socket.onclose = () => this.input({ on: "closed", connection });
    socket.onmessage = ({ data }: { data: unknown }) => this.input({ on: "heard", connection, frame: readFrame(data) });
    // given up while it was fetched
    if (connection !== client.connection && connection !== client.probe) this.#close(connection);
  }

  #close(connection: number): void {
    const socket = this.#connections.get(connection);
    this.#connections.delete(connection);
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    try {
      socket.close();
    } catch {
      // A socket that cannot be closed is as good as closed.
    }
  }
}

/** Null for what is not a frame: a sign of life all the same. */
function readFrame(data: unknown): Frame | null {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === "object" && frame !== null && "type" in frame ? (frame as Frame) : null;
  } catch {
    return null;
  }
}
