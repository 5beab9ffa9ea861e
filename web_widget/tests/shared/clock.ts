import type { Clock, SocketLike } from "../../src/shared/socket";

/** Time that moves when told to. */
export class FakeClock implements Clock {
  value = 0;
  chance = 1;
  #jobs: { at: number; run: () => void }[] = [];

  now(): number {
    return this.value;
  }

  random(): number {
    return this.chance;
  }

  after(milliseconds: number, run: () => void): () => void {
    const job = { at: this.value + milliseconds, run };
    this.#jobs.push(job);
    return () => {
      this.#jobs = this.#jobs.filter((kept) => kept !== job);
    };
  }

  advance(seconds: number): void {
    const end = this.value + seconds * 1000;
    for (;;) {
      const next = this.#jobs.filter((job) => job.at <= end).sort((one, other) => one.at - other.at)[0];
      if (!next) break;
      this.#jobs = this.#jobs.filter((job) => job !== next);
      this.value = Math.max(this.value, next.at);
      next.run();
    }
    this.value = end;
  }
}

/** The far end of a link, in the hands of a test. */
export class FakeSocket implements SocketLike {
  readyState = 0;
  sent: { type: string; [name: string]: unknown }[] = [];
  onopen: (() => unknown) | null = null;
  onmessage: ((event: { data: string }) => unknown) | null = null;
  onclose: (() => unknown) | null = null;
  onerror: (() => unknown) | null = null;
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  receive(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  drop(): void {
    this.readyState = 3;
    this.onclose?.();
  }

  of(type: string) {
    return this.sent.filter((frame) => frame.type === type);
  }
}
