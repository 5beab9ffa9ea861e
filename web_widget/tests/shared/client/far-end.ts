/** The server's end of a line, and everything in between: frames are lost, come twice, late, or not at all. */
import type { SocketLike } from "../../../src/shared/socket";
import type { Time } from "./browser";

export interface FrameIn {
  type: string;
  [name: string]: unknown;
}

/** What a line does to what passes, until it is told otherwise. */
export interface Weather {
  /** Of 100 frames from the server, so many are lost, come twice, or come late. */
  lose: number;
  repeat: number;
  delay: number;
  /** Sockets do not get through. */
  blocked: boolean;
}

export const FAIR: Weather = { lose: 0, repeat: 0, delay: 0, blocked: false };

/** A line as the server has it: a socket, or one request of a long-poll. */
export interface Link {
  readonly follows: Set<string>;
  push(frame: object): void;
  cut(): void;
}

export interface Scene {
  readonly time: Time;
  readonly server: { readonly links: Set<Link>; receive(link: Link, frame: FrameIn): void };
  weather: Weather;
}

export class FarEnd implements SocketLike, Link {
  readyState = 0;
  onopen: (() => unknown) | null = null;
  onmessage: ((event: { data: string }) => unknown) | null = null;
  onclose: (() => unknown) | null = null;
  onerror: (() => unknown) | null = null;
  follows = new Set<string>();
  readonly #scene: Scene;
  /** A cut line swallows what is on its way. */
  #cut = false;

  constructor(scene: Scene) {
    this.#scene = scene;
    const { blocked } = scene.weather;
    scene.time.after(1, () => {
      if (this.#cut) return;
      if (blocked) return this.cut();
      this.readyState = 1;
      scene.server.links.add(this);
      this.onopen?.();
    });
  }

  send(text: string): void {
    const frame = JSON.parse(text) as FrameIn;
    this.#scene.time.after(1 + this.#scene.time.random() * 5, () => {
      if (!this.#cut) this.#scene.server.receive(this, frame);
    });
  }

  push(frame: object): void {
    const { weather, time } = this.#scene;
    const text = JSON.stringify(frame);
    const happens = (percent: number) => time.random() * 100 < percent;
    const times = (happens(weather.lose) ? 0 : 1) + (happens(weather.repeat) ? 1 : 0);
    for (let copy = 0; copy < times; copy += 1) {
      const late = happens(weather.delay) ? time.random() * 4000 : 1;
      time.after(late, () => {
        if (!this.#cut) this.onmessage?.({ data: text });
      });
    }
  }

  /** Whatever is on its way is gone; the client learns of it. */
  cut(): void {
    if (this.#cut) return;
    this.close();
    this.#scene.time.after(1, () => this.onclose?.());
  }

  /** Nobody is told: only silence. */
  freeze(): void {
    this.#cut = true;
    this.#scene.server.links.delete(this);
  }

  close(): void {
    this.freeze();
    this.readyState = 3;
  }
}

interface Poll {
  hello: FrameIn;
  frames: FrameIn[];
  wait_seconds: number;
}

/** Long-polls of that server: what `fetch` is to `PollSocket`. A request may be lost on its way there, or its answer. */
export function fetchFrom(scene: Scene): typeof fetch {
  const { time, server } = scene;
  const lost = () => time.random() * 100 < scene.weather.lose / 2;
  return (_url, init) =>
    new Promise((resolve, reject) => {
      const asked = JSON.parse(String(init?.body)) as Poll;
      const fail = () => reject(new TypeError("network"));
      const leave = () => server.links.delete(link);
      const box: object[] = [];
      let ended = false;
      const answer = () => {
        if (ended) return;
        ended = true;
        leave();
        if (lost()) time.after(5, fail);
        else time.after(1 + time.random() * 5, () => resolve({ json: () => Promise.resolve({ frames: box }) } as Response));
      };
      const link: Link = {
        follows: new Set(),
        push: (frame) => {
          box.push(frame);
          const { type } = frame as FrameIn;
          if (asked.wait_seconds > 0 && type !== "welcome" && type !== "head") time.after(1, answer);
        },
        cut: () => {
          ended = true;
          leave();
          time.after(1, fail);
        },
      };
      init?.signal?.addEventListener("abort", () => {
        reject(new DOMException("aborted", "AbortError"));
        time.after(1 + time.random() * 5, leave);
      });
      if (lost()) return void time.after(5, fail);
      time.after(1 + time.random() * 5, () => {
        server.links.add(link);
        for (const frame of [asked.hello, ...asked.frames]) server.receive(link, frame);
        time.after(asked.wait_seconds * 1000, answer);
      });
    });
}
