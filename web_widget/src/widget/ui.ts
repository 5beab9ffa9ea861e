/** Which part of the panel is shown, and what stands in its fields. Cells only; nothing here talks to a server. */
import { cell } from "../shared/cell";
import type { ArticleSummary } from "../shared/knowledge";

export interface ArticleRef {
  readonly slug: string;
  readonly title: string;
  /** Heading to scroll to. */
  readonly fragment: string;
}

export type View =
  | { readonly name: "home" }
  | { readonly name: "talk" }
  | { readonly name: "article"; readonly article: ArticleRef; readonly from: "home" | "talk" };

/** Articles for what is typed in the one field that is on screen. */
export interface Suggestions {
  readonly query: string;
  readonly articles: readonly ArticleSummary[];
}

export type Reach = "email" | "call";

export const noSuggestions: Suggestions = { query: "", articles: [] };

export function createUi(view: View, draft: string) {
  return {
    open: cell(false),
    view: cell<View>(view),
    draft: cell(draft),
    search: cell(""),
    found: cell(noSuggestions),
    /** The form for name and address stands open, for this way of being reached. */
    details: cell<Reach | false>(false),
    /** Raised to move the focus into the composer. */
    focusComposer: cell(0),
    /** Offers that were answered with "go on with the bot", and a rating that was put off. */
    dismissed: cell<ReadonlySet<string>>(new Set()),
  };
}

export type Ui = ReturnType<typeof createUi>;

export function dismiss(ui: Ui, key: string): void {
  ui.dismissed.value = new Set([...ui.dismissed.value, key]);
}

/** Slug and heading of an article's address in the help centre. */
export function articleRef(url: string, slug: string, title: string): ArticleRef {
  const mark = url.indexOf("#");
  return { slug, title, fragment: mark < 0 ? "" : decodeURIComponent(url.slice(mark + 1)) };
}
