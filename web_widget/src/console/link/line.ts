/** The console's line to the gateway: `shared/socket` with the agent's hello, and what its ends mean. */

import type { AgentFrame, AgentOutFrame } from "../../shared/protocol";
import { Link, type LinkState, socketUrl } from "../../shared/socket";
import type { Desk } from "./desk";

/** Codes of a `bye` after which only signing in helps. */
const SIGNED_OUT: ReadonlySet<string> = new Set(["not_signed_in"]);

export interface LineEvents {
  /** The server said that this session is over. */
  signedOut: () => void;
  /** The line broke: it may be the network, or the session. Somebody should ask. */
  broken: () => void;
}

export class Line {
  readonly #link: Link;
  #desk: Desk | null = null;
  #wasOpen = false;

  constructor(origin: string, events: LineEvents) {
    this.#link = new Link({
      url: () => socketUrl("/ws/agent", origin),
      opened: () => this.send({ type: "hello", version: 1 }),
      received: (frame) => this.#received(frame as AgentOutFrame, events),
      changed: (state) => this.#changed(state, events),
    });
  }

  serve(desk: Desk): void {
    this.#desk = desk;
  }

  start(): void {
    this.#wasOpen = false;
    this.#link.start();
  }

  stop(): void {
    this.#link.stop();
  }

  send(frame: AgentFrame): boolean {
    return this.#link.send(frame);
  }

  /** The tab or the network is back: look at once whether the line still lives. */
  wake(): void {
    this.#link.retryNow();
    this.#link.probe();
  }

  #received(frame: AgentOutFrame, events: LineEvents): void {
    if (frame.type === "bye") {
      if (frame.retry_after_seconds !== null) this.#link.holdOff(frame.retry_after_seconds);
      if (SIGNED_OUT.has(frame.code)) events.signedOut();
      return;
    }
    if (frame.type === "welcome") this.#wasOpen = true;
    this.#desk?.receive(frame);
  }

  /** `open` is said by `welcome`: before that nothing may be written. */
  #changed(state: LinkState, events: LineEvents): void {
    if (state !== "waiting") return;
    this.#desk?.linkIs(this.#wasOpen ? "lost" : "connecting");
    events.broken();
  }
}
