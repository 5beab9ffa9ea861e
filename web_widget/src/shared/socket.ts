/**
 * A websocket that comes back: full-jitter back-off, dead-link detection, one text frame for one JSON value.
 *
 * It must not know what the frames mean. Whoever uses it says hello in `opened` and resumes by its own log.
 * Clock and WebSocket are handed in, so that tests need neither time nor network.
 */

export type LinkState = "connecting" | "open" | "waiting" | "stopped";

export interface Clock {
  /** Milliseconds, any origin. */
  now(): number;
  after(milliseconds: number, run: () => void): () => void;
  random(): number;
}

export interface SocketLike {
  readyState: number;
  send(text: string): void;
  close(code?: number): void;
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: never) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
}

export interface LinkOptions {
  url: () => string;
  opened: () => void;
  received: (frame: unknown) => void;
  changed?: (state: LinkState) => void;
  connect?: (url: string) => SocketLike;
  clock?: Clock;
  /** A link without any frame for this long is dead. */
  deadAfterSeconds?: number;
  /** A quiet link is asked for a sign of life after this long. */
  pingAfterSeconds?: number;
  shortestSeconds?: number;
  longestSeconds?: number;
}

export const browserClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, run) {
    const id = setTimeout(run, milliseconds);
    return () => clearTimeout(id);
  },
  random: () => Math.random(),
};

/** Full jitter: any moment between the shortest wait and a ceiling that doubles with each attempt. Seconds. */
export function backoffSeconds(attempt: number, random: number, shortest = 0.5, longest = 30): number {
  const ceiling = Math.min(longest, shortest * 2 ** Math.min(attempt, 20));
  return shortest + random * (ceiling - shortest);
}

const DEFAULTS = {
  changed: () => {},
  connect: (url: string) => new WebSocket(url) as unknown as SocketLike,
  clock: browserClock,
  deadAfterSeconds: 45,
  pingAfterSeconds: 22,
  shortestSeconds: 0.5,
  longestSeconds: 30,
};

export class Link {
  state: LinkState = "stopped";
  readonly #options: Required<LinkOptions>;
  #socket: SocketLike | null = null;
  #attempt = 0;
  #holdSeconds = 0;
  #heardAt = 0;
  #cancelRetry: () => void = () => {};
  #cancelWatch: () => void = () => {};

  constructor(options: LinkOptions) {
    // by name, because a spread would let `connect: undefined` win over the default
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    this.#options = { ...DEFAULTS, ...(given as unknown as LinkOptions) };
  }

  start(): void {
    if (this.state === "stopped") this.#open();
  }

  stop(): void {
    this.#drop();
    this.#cancelRetry();
    this.#become("stopped");
  }

  /** False when the link is down: nothing was sent and nothing is kept. */
  send(frame: unknown): boolean {
    if (this.state !== "open" || this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Connect at once, when the network or the tab has just come back. Does nothing while open or stopped. */
  retryNow(): void {
    if (this.state !== "waiting") return;
    this.#cancelRetry();
    this.#open();
  }

  /** Leave a link whose state is in doubt, and connect again. */
  restart(): void {
    if (this.state === "stopped") return;
    this.#lost();
  }

  /** Ask for a sign of life; without one in time the link is dead. For a tab that wakes up. */
  probe(withinSeconds = 5): void {
    const { clock } = this.#options;
    if (!this.send({ type: "ping" })) return;
    const socket = this.#socket;
    const asked = clock.now();
    clock.after(withinSeconds * 1000, () => {
      if (socket === this.#socket && this.#heardAt < asked) this.#lost();
    });
  }

  /** The server asked for a pause before the next connection. */
  holdOff(seconds: number): void {
    this.#holdSeconds = Math.max(this.#holdSeconds, seconds);
  }

  #open(): void {
    const { clock, connect, url } = this.#options;
    this.#become("connecting");
    let socket: SocketLike;
    try {
      socket = connect(url());
    } catch {
      this.#lost();
      return;
    }
    this.#socket = socket;
    this.#heardAt = clock.now();
    const current = (run: () => void) => () => {
      if (this.#socket === socket) run();
    };
    socket.onopen = current(() => {
      this.#heardAt = clock.now();
      this.#become("open");
      this.#options.opened();
    });
    socket.onclose = current(() => this.#lost());
    socket.onerror = null;
    socket.onmessage = (event: { data: unknown }) => {
      if (this.#socket === socket) this.#heard(event.data);
    };
    this.#watch();
  }

  #heard(data: unknown): void {
    this.#heardAt = this.#options.clock.now();
    this.#attempt = 0;
    let frame: unknown;
    try {
      frame = JSON.parse(String(data));
    } catch {
      return;
    }
    this.#options.received(frame);
  }

  /** One timer for both signs of life: ask after a while, give up after a longer while. */
  #watch(): void {
    const { clock, deadAfterSeconds, pingAfterSeconds } = this.#options;
    this.#cancelWatch();
    let asked = -1;
    const look = () => {
      const quiet = (clock.now() - this.#heardAt) / 1000;
      if (quiet >= deadAfterSeconds) {
        this.#lost();
        return;
      }
      if (quiet >= pingAfterSeconds && asked !== this.#heardAt) {
        asked = this.#heardAt;
        this.send({ type: "ping" });
      }
      this.#cancelWatch = clock.after(1000, look);
    };
    this.#cancelWatch = clock.after(1000, look);
  }

  #drop(): void {
    this.#cancelWatch();
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    try {
      socket.close();
    } catch {
      // A socket that cannot be closed is as good as closed.
    }
  }

  #lost(): void {
    const { clock, shortestSeconds, longestSeconds } = this.#options;
    this.#drop();
    this.#cancelRetry();
    const wait = backoffSeconds(this.#attempt, clock.random(), shortestSeconds, longestSeconds);
    const seconds = Math.max(wait, this.#holdSeconds);
    this.#attempt += 1;
    this.#holdSeconds = 0;
    this.#become("waiting");
    this.#cancelRetry = clock.after(seconds * 1000, () => this.#open());
  }

  #become(state: LinkState): void {
    if (this.state === state) return;
    this.state = state;
    this.#options.changed(state);
  }
}

/** The socket address of a path on the same origin as `base`. */
export function socketUrl(path: string, base: string): string {
  const url = new URL(path, base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
