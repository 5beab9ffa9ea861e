/**
 * Runs the autosave machine: owns the one timer and the one request. Knows neither DOM nor HTTP; both the clock and
 * the saving are handed in.
 */
import { START, isDirty, step, type Autosave, type Effect, type Happening, type Theirs } from "./autosave";

export type SaveResult =
  | { kind: "saved"; revision: number; at: string }
  | { kind: "stale" }
  | { kind: "failed"; message: string; retryable: boolean };

export interface SaverPort {
  /** Sends the text as it is now. Never rejects. */
  save(base: number | null): Promise<SaveResult>;
  /** Who saved last, and what revision; null when that could not be learned. */
  theirs(): Promise<Theirs | null>;
  changed(state: Autosave): void;
}

export class Saver {
  state: Autosave = START;
  #port: SaverPort;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  #idle: Array<(clean: boolean) => void> = [];

  constructor(port: SaverPort) {
    this.#port = port;
  }

  tell(happening: Happening): void {
    if (this.#closed) return;
    const [state, effects] = step(this.state, happening);
    this.state = state;
    for (const effect of effects) this.#carryOut(effect);
    this.#port.changed(this.state);
    this.#settle();
  }

  /** Saves what is not saved yet. True when the server then has everything that was typed. */
  flush(): Promise<boolean> {
    this.tell({ type: "asked" });
    if (this.state.inFlight === null) return Promise.resolve(!isDirty(this.state));
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#release(false);
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case "wait":
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.tell({ type: "due" }), effect.ms);
        return;
      case "stop_waiting":
        clearTimeout(this.#timer);
        return;
      case "save":
        void this.#save(effect.base);
        return;
      case "ask_theirs":
        void this.#askTheirs();
    }
  }

  async #save(base: number | null): Promise<void> {
    const result = await this.#port.save(base);
    if (result.kind === "saved") this.tell({ type: "saved", revision: result.revision, at: result.at });
    else if (result.kind === "stale") this.tell({ type: "stale" });
    else this.tell({ type: "failed", message: result.message, retryable: result.retryable });
  }

  async #askTheirs(): Promise<void> {
    const theirs = await this.#port.theirs();
    if (theirs !== null) this.tell({ type: "theirs", theirs });
  }

  /** Somebody waits for a flush: go on until everything is saved or something is in the way. */
  #settle(): void {
    if (this.#idle.length === 0 || this.state.inFlight !== null) return;
    if (!isDirty(this.state)) return this.#release(true);
    if (this.state.trouble !== null || this.state.blocked !== null) return this.#release(false);
    this.tell({ type: "asked" });
  }

  #release(clean: boolean): void {
    for (const resolve of this.#idle.splice(0)) resolve(clean);
  }
}
