/** The console's line to the gateway: the shared client for one signed-in agent, and what its ends mean. */

import { Driver, type DriverParts, type Store } from "../../shared/client/driver";
import { type Client, type Frame, type Input, newClient } from "../../shared/client/state";
import type { AgentOutFrame } from "../../shared/protocol";
import { agentDialect, type AgentWrite } from "./dialect";

/** Codes of a `bye` after which only signing in helps. */
const SIGNED_OUT: ReadonlySet<string> = new Set(["not_signed_in", "not_allowed"]);

export interface LineParts extends Pick<DriverParts<AgentWrite>, "connect" | "clock" | "wall" | "visible" | "step"> {
  /** Where this agent's unsent messages outlive the page; null where nothing does. */
  outbox: (agent: string) => Store<AgentWrite> | null;
  /** Waits until no other tab of this agent sends. */
  turn?: (agent: string, granted: () => void) => () => void;
  /** The server said that this session is over. */
  signedOut: () => void;
  /** The line broke: it may be the network, or the session. Somebody should ask. */
  broken: () => void;
}

/** Who draws what comes over the line. */
export interface LineUser {
  changed: () => void;
  told: (frame: AgentOutFrame) => void;
}

export class Line {
  readonly #parts: LineParts;
  #driver: Driver<AgentWrite> | null = null;
  #user: LineUser | null = null;

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  get client(): Client<AgentWrite> {
    return this.#driver?.client ?? newClient();
  }

  serve(user: LineUser): void {
    this.#user = user;
  }

  start(agent: string): void {
    if (this.#driver) return;
    const { outbox, turn, ...rest } = this.#parts;
    const driver: Driver<AgentWrite> = new Driver<AgentWrite>(newClient(), {
      ...rest,
      dialect: agentDialect,
      store: outbox(agent),
      turn: turn && ((granted) => turn(agent, granted)),
      changed: (client, before) => driver === this.#driver && this.#changed(client, before),
      told: (frame) => driver === this.#driver && this.#told(frame),
    });
    this.#driver = driver;
    driver.load();
    driver.input({ on: "start" });
  }

  /** Forgets what was not sent: whoever stops has taken it back into the drafts. */
  stop(): void {
    const driver = this.#driver;
    this.#driver = null;
    if (!driver) return;
    driver.input({ on: "stop" });
    for (const { frame } of driver.client.outbox) driver.input({ on: "discard", cmid: frame.cmid });
  }

  input(input: Input<AgentWrite>): void {
    this.#driver?.input(input);
  }

  /** A frame that matters only now; false when there is no open line. */
  say(frame: object): boolean {
    if (!this.client.greeted) return false;
    this.input({ on: "say", frame });
    return true;
  }

  /** The tab or the network is back: look at once whether the line still lives. */
  wake(): void {
    this.input({ on: "wake" });
  }

  #changed(client: Client<AgentWrite>, before: Client<AgentWrite>): void {
    this.#user?.changed();
    if (client.state === "waiting" && before.state !== "waiting") this.#parts.broken();
  }

  #told(frame: Frame): void {
    if (frame.type === "bye" && SIGNED_OUT.has(String(frame.code))) this.#parts.signedOut();
    else this.#user?.told(frame as unknown as AgentOutFrame);
  }
}
