/**
 * Articles while somebody types: waits for a pause, asks once, forgets answers that come too late. Knows no DOM.
 */
import type { ArticleSummary } from "../shared/knowledge";
import type { Clock } from "../shared/socket";
import { noSuggestions, type Suggestions } from "./ui";

export type Fetcher = (query: string, signal: AbortSignal) => Promise<readonly ArticleSummary[]>;

const PAUSE_MILLISECONDS = 120;
const SHORTEST = 2;
const CACHE = 50;

export class Suggester {
  readonly #fetch: Fetcher;
  readonly #found: (suggestions: Suggestions) => void;
  readonly #clock: Clock;
  readonly #cache = new Map<string, readonly ArticleSummary[]>();
  #cancel: () => void = () => {};
  #abort: AbortController | null = null;

  constructor(fetcher: Fetcher, found: (suggestions: Suggestions) => void, clock: Clock) {
    this.#fetch = fetcher;
    this.#found = found;
    this.#clock = clock;
  }

  /** The text as it stands now. */
  typed(text: string): void {
    this.stop();
    const query = text.trim().replace(/\s+/gu, " ").slice(0, 200);
    if (letters(query) < SHORTEST) {
      this.#found(noSuggestions);
      return;
    }
    const known = this.#cache.get(query.toLowerCase());
    if (known) {
      this.#found({ query, articles: known });
      return;
    }
    this.#cancel = this.#clock.after(PAUSE_MILLISECONDS, () => void this.#ask(query));
  }

  /** Nothing more is wanted; an answer under way is dropped. */
  stop(): void {
    this.#cancel();
    this.#abort?.abort();
    this.#abort = null;
  }

  async #ask(query: string): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const articles = await this.#fetch(query, abort.signal);
      if (abort.signal.aborted) return;
      if (this.#cache.size >= CACHE) this.#cache.clear();
      this.#cache.set(query.toLowerCase(), articles);
      this.#found({ query, articles });
    } catch {
      // Suggestions are a help, not a promise: without them the customer just asks.
      if (!abort.signal.aborted) this.#found({ query, articles: [] });
    }
  }
}

function letters(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}

/** The next list without a jump: what stays keeps its order, what is new comes after it. */
export function steady(before: readonly ArticleSummary[], next: readonly ArticleSummary[]): readonly ArticleSummary[] {
  const place = ({ slug }: ArticleSummary) => {
    const at = before.findIndex((article) => article.slug === slug);
    return at < 0 ? before.length : at;
  };
  return [...next].sort((one, other) => place(one) - place(other));
}
