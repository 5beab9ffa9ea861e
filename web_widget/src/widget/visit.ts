/**
 * What was suggested and read in this tab: nothing is suggested twice. What became of it is told without a name.
 *
 * Kept across reloads of the tab and gone with it. Must not know about drawing.
 */

export type Outcome = "shown" | "opened" | "helped" | "dismissed";
export type Tell = (outcome: Outcome, slugs: readonly string[]) => void;

const MOST = 60;

export class Visit {
  readonly #storage: Storage | null;
  readonly #key: string;
  readonly #tell: Tell;
  /** For each slug the first letters of what became of it, the newest slug last. */
  #noted = new Map<string, string>();

  constructor(storage: Storage | null, site: string, tell: Tell) {
    this.#storage = storage;
    this.#key = `frontdesk:${site}:visit`;
    this.#tell = tell;
    try {
      this.#noted = new Map(JSON.parse(storage?.getItem(this.#key) ?? "[]"));
    } catch {
      // Not ours, or forbidden: a visit that begins now.
    }
  }

  /** Whether this became of the article; without an outcome whether it was seen at all. */
  has(slug: string, outcome?: Outcome): boolean {
    return this.#noted.get(slug)?.includes(outcome?.[0] ?? "") ?? false;
  }

  slugs(outcome?: Outcome): string[] {
    return [...this.#noted.keys()].filter((slug) => this.has(slug, outcome));
  }

  /** Once for each article and outcome, however often it happens. */
  note(outcome: Outcome, slugs: readonly string[]): void {
    const fresh = slugs.filter((slug) => !this.has(slug, outcome));
    if (fresh.length === 0) return;
    for (const slug of fresh) {
      const before = this.#noted.get(slug) ?? "";
      this.#noted.delete(slug);
      this.#noted.set(slug, before + outcome[0]);
    }
    this.#keep([...this.#noted].slice(-MOST));
    this.#tell(outcome, fresh);
  }

  forget(): void {
    this.#keep([]);
  }

  #keep(noted: [string, string][]): void {
    this.#noted = new Map(noted);
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(noted));
    } catch {
      // Full or forbidden: it lasts as long as the page.
    }
  }
}
