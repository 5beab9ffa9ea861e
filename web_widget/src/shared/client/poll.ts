/**
 * The way to the server where sockets are blocked: one request at a time, looking like a socket. A chunk of its own.
 *
 * Each request says hello with where the log stands, carries what is to be sent, and brings what is new. What is sent while
 * a request only waits ends that wait. A failed request ends the connection; the client says everything again on the next.
 */
import type { SocketLike } from "../socket";

const WAIT_SECONDS = 15;
const LONGEST_SECONDS = 40;
/** Answers that come at once are not asked for more often than this. */
const PAUSE_MS = 250;
/** As many frames go along with one request. */
const MOST_FRAMES = 16;

const SAID_BY_HELLO: readonly string[] = ["hello", "ping", "watch", "unwatch"];

export class PollSocket implements SocketLike {
  readyState = 0;
  onopen: ((event: never) => unknown) | null = null;
  onmessage: ((event: never) => unknown) | null = null;
  onclose: ((event: never) => unknown) | null = null;
  onerror: ((event: never) => unknown) | null = null;
  readonly #url: string;
  readonly #hello: () => object;
  readonly #fetch: typeof fetch;
  #frames: object[] = [];
  /** Something was said since the last request: the next one does not wait. */
  #hurried = true;
  #endWait: AbortController | null = null;
  /** What an agent was greeted with; said again with every reply, it would be followed by all that a greeting is followed by. */
  #greeted = "";
  /** Which status this side has, in the server's words: a wait ends when there is another. */
  #shown: string | null = null;

  constructor(url: string, hello: () => object, send: typeof fetch = (...given) => fetch(...given)) {
    this.#url = url;
    this.#hello = hello;
    this.#fetch = send;
    // later than whoever waits for this to be fetched, and then listens
    setTimeout(() => void this.#run());
  }

  send(text: string): void {
    const frame = JSON.parse(text) as { type: string };
    // hello goes with every request and says what is followed, and every request is a sign of life
    if (!SAID_BY_HELLO.includes(frame.type)) this.#frames.push(frame);
    this.#hurried = true;
    this.#endWait?.abort();
  }

  close(): void {
    this.readyState = 3;
    this.#endWait?.abort();
  }

  async #run(): Promise<void> {
    if (this.readyState !== 0) return;
    this.readyState = 1;
    (this.onopen as (() => void) | null)?.();
    try {
      while (this.readyState === 1) {
        const pause = new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        if (await this.#ask()) await pause;
      }
    } catch {
      this.readyState = 3;
      (this.onclose as (() => void) | null)?.();
    }
  }

  /** True when it waited for news to its end. */
  async #ask(): Promise<boolean> {
    const frames = this.#frames.splice(0, MOST_FRAMES);
    const waits = frames.length === 0 && !this.#hurried;
    this.#hurried = this.#frames.length > 0;
    // one controller for both: what joins signals is younger than the browsers that this serves
    const given = new AbortController();
    this.#endWait = waits ? given : null;
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      given.abort();
    }, LONGEST_SECONDS * 1000);
    const body = JSON.stringify({ hello: this.#hello(), frames, wait_seconds: waits ? WAIT_SECONDS : 0, shown: this.#shown });
    let reply: { frames: object[]; shown?: string };
    try {
      const { signal } = given;
      const response = await this.#fetch(this.#url, { method: "POST", headers: { "content-type": "application/json" }, body, signal });
      reply = (await response.json()) as typeof reply;
    } catch (error) {
      if (given.signal.aborted && !late && this.readyState === 1) return false;
      throw error;
    } finally {
      clearTimeout(limit);
    }
    this.#shown = reply.shown ?? null;
    // an empty answer is a sign of life, too
    for (const frame of reply.frames.length > 0 ? reply.frames : [null]) {
      const data = JSON.stringify(this.#isEcho(frame) ? null : frame);
      if (this.readyState === 1) (this.onmessage as ((event: { data: string }) => void) | null)?.({ data });
    }
    return waits;
  }

  #isEcho(frame: object | null): boolean {
    const { type, conversation } = (frame ?? {}) as { type?: string; conversation?: string };
    if (type !== "welcome" || conversation) return false;
    const before = this.#greeted;
    this.#greeted = JSON.stringify(frame);
    return before === this.#greeted;
  }
}
