/**
 * What the client knows, what can happen to it, and what it wants done. Plain data, shared by widget and console.
 *
 * The machine (`step.ts` and what it calls) is pure: time, chance and the words of a role are handed in, and everything
 * that touches the world leaves it as an `Effect`. Must not know about sockets, storage, locks or drawing.
 */
import type { Log } from "../log";
import type { Outbox, OutboxEntry, Outgoing } from "../outbox";

/** What this client speaks, newest and oldest. */
export const VERSION = 1;
export const OLDEST_VERSION = 1;

export type LinkState = "connecting" | "open" | "waiting" | "stopped";
export type Way = "socket" | "poll";
export type TimerName = "retry" | "pulse" | "upgrade" | "flush" | "turn" | "ack";

/** One conversation as it is followed here. */
export interface Reader {
  readonly log: Log;
  /** The head at the last answer: once the log has reached it, history is complete. */
  readonly head: number;
  /** The connection on which the server last said where the log stands; 0 for never. */
  readonly answeredOn: number;
  /** When it was last asked to send what is missing; null when nothing is missing. */
  readonly askedAt: number | null;
  /** Last seq that somebody has had before their eyes. */
  readonly read: number;
  /** What the server was told on this connection. */
  readonly acked: number;
  readonly ackedRead: number;
}

export interface Client<F extends Outgoing = Outgoing> {
  readonly state: LinkState;
  readonly way: Way;
  /** The connection that counts; what comes from any other is not heard. */
  readonly connection: number;
  /** A socket tried beside a long-poll that works; 0 for none. */
  readonly probe: number;
  readonly connections: number;
  /** Whether anything was heard on this connection. */
  readonly spoke: boolean;
  /** Sockets in a row from which nothing was ever heard. */
  readonly mute: number;
  readonly attempt: number;
  readonly holdSeconds: number;
  /** The server asked not to be called before this moment. */
  readonly heldUntil: number;
  readonly upgradeSeconds: number;
  readonly heardAt: number;
  readonly pingedAt: number | null;
  /** Between `welcome` and the end of the connection: frames may be written. */
  readonly greeted: boolean;

  readonly readers: Readonly<Record<string, Reader>>;
  /** The conversations to follow. */
  readonly wanted: readonly string[];
  /** The one that is before somebody's eyes while the page is visible. */
  readonly looked: string | null;
  readonly acking: boolean;

  readonly outbox: Outbox<F>;
  /** The store has been read: before that nothing is sent, so that nothing overtakes what was written earlier. */
  readonly loaded: boolean;
  /** What was sent and not answered yet: at most one for each lane. */
  readonly underWay: Readonly<Record<string, { readonly cmid: string; readonly at: number }>>;
  /** Whether this tab may send. `checking`: it may, once it knows what other tabs have sent meanwhile. */
  readonly turn: "none" | "asked" | "checking" | "mine";
}

export type Input<F extends Outgoing = Outgoing> =
  | { on: "start" | "stop" | "wake" | "turn" }
  | { on: "opened" | "closed"; connection: number }
  | { on: "heard"; connection: number; frame: Frame | null }
  | { on: "timer"; name: TimerName }
  | { on: "loaded"; entries: Outbox<F> }
  | { on: "write"; frame: F }
  | { on: "say"; frame: object }
  | { on: "revive" | "discard"; cmid: string }
  | { on: "want"; conversations: readonly string[] }
  | { on: "look"; conversation: string | null };

export type Effect<F extends Outgoing = Outgoing> =
  | { do: "open"; connection: number; way: Way }
  | { do: "close"; connection: number }
  | { do: "send"; connection: number; frame: object }
  | { do: "tell"; frame: Frame }
  | { do: "timer"; name: TimerName; milliseconds: number | null }
  | { do: "put"; entry: OutboxEntry<F> }
  | { do: "drop"; cmid: string }
  | { do: "load" }
  | { do: "turn"; wanted: boolean };

/** Any frame from the server; the machine looks only at what both roles have in common. */
export interface Frame {
  readonly type: string;
  readonly [name: string]: unknown;
}

export interface Moment {
  /** Milliseconds, any origin, never backwards. */
  readonly now: number;
  /** Milliseconds since 1970, as the clock on the wall has it. */
  readonly wall: number;
  /** 0..1, for the back-off. */
  readonly random: number;
  readonly visible: boolean;
}

/** How a role words what the machine wants to say, and what its frames are. */
export interface Dialect<F extends Outgoing> {
  readonly polls: boolean;
  hello(client: Client<F>): object;
  /** Asks for what follows the last seq of a conversation. */
  resume(conversation: string, log: Log, client: Client<F>): object;
  /** Lets go of a conversation; null where there is only one. */
  leave(conversation: string): object | null;
  ack(conversation: string, seq: number, read: number): object;
  /** Frames of one lane go one after the other: its conversation, or "" where there is only one. */
  lane(frame: F): string;
  /** A message: kept through reloads, repeated when it may be, shown until its event has come. Others only until answered. */
  isMessage(frame: F): boolean;
  /** Whether a frame outlives the page. */
  isKept(frame: F): boolean;
  /** Whether a refusal that may be repeated is repeated. */
  isRepeated(frame: F): boolean;
  /** Refused for good, it stays until its writer decides. */
  staysRefused(frame: F): boolean;
}

export interface Step<F extends Outgoing> {
  readonly client: Client<F>;
  readonly effects: readonly Effect<F>[];
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** One step while it is worked out: a copy to write on, and the effects so far. */
export interface Work<F extends Outgoing> {
  readonly client: Draft<Client<F>>;
  readonly effects: Effect<F>[];
  readonly moment: Moment;
  readonly dialect: Dialect<F>;
}

export const FIRST_UPGRADE_SECONDS = 5;

export function newClient<F extends Outgoing>(known: Partial<Client<F>> = {}): Client<F> {
  return {
    state: "stopped",
    way: "socket",
    connection: 0,
    probe: 0,
    connections: 0,
    spoke: false,
    mute: 0,
    attempt: 0,
    holdSeconds: 0,
    heldUntil: 0,
    upgradeSeconds: FIRST_UPGRADE_SECONDS,
    heardAt: 0,
    pingedAt: null,
    greeted: false,
    readers: {},
    wanted: [],
    looked: null,
    acking: false,
    outbox: [],
    loaded: false,
    underWay: {},
    turn: "none",
    ...known,
  };
}

export function timer<F extends Outgoing>(work: Work<F>, name: TimerName, milliseconds: number | null): void {
  work.effects.push({ do: "timer", name, milliseconds });
}

export function send<F extends Outgoing>(work: Work<F>, frame: object, connection = work.client.connection): void {
  work.effects.push({ do: "send", connection, frame });
}
