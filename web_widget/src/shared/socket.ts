/** The browser's clock and sockets as the client is handed them: tests need neither time nor network. */

export interface Clock {
  /** Milliseconds, any origin, never backwards. */
  now(): number;
  after(milliseconds: number, run: () => void): () => void;
  random(): number;
}

/** What both ways to the server look like: frames as JSON text, and no word about their meaning. */
export interface SocketLike {
  readyState: number;
  send(text: string): void;
  close(code?: number): void;
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: never) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
}

export const browserClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, run) {
    const id = setTimeout(run, milliseconds);
    return () => clearTimeout(id);
  },
  random: () => Math.random(),
};

export const openSocket = (url: string): SocketLike => new WebSocket(url) as unknown as SocketLike;

/** The socket address of a path on the same origin as `base`. */
export function socketUrl(path: string, base: string): string {
  const url = new URL(path, base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
