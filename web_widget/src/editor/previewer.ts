/** Asks for the preview a moment after the last key; an answer that was overtaken is dropped. No DOM. */
import { signal, type ReadonlySignal } from "@preact/signals";

export const PREVIEW_QUIET_MS = 250;

export interface Preview {
  html: string;
  /** The text has changed since this HTML was made. */
  behind: boolean;
  /** The last attempt failed; the HTML is of an earlier text. */
  failed: boolean;
}

export class Previewer {
  #render: (body: string, signal: AbortSignal) => Promise<string>;
  #preview = signal<Preview>({ html: "", behind: false, failed: false });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | undefined;

  constructor(render: (body: string, signal: AbortSignal) => Promise<string>) {
    this.#render = render;
  }

  get preview(): ReadonlySignal<Preview> {
    return this.#preview;
  }

  /** The HTML of this text is known already. */
  known(html: string): void {
    this.close();
    this.#preview.value = { html, behind: false, failed: false };
  }

  changed(body: string): void {
    clearTimeout(this.#timer);
    this.#preview.value = { ...this.#preview.value, behind: true };
    this.#timer = setTimeout(() => void this.#ask(body), PREVIEW_QUIET_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
  }

  async #ask(body: string): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    try {
      const html = await this.#render(body, running.signal);
      if (!running.signal.aborted) this.#preview.value = { html, behind: false, failed: false };
    } catch {
      if (!running.signal.aborted) this.#preview.value = { ...this.#preview.value, failed: true };
    }
  }
}
