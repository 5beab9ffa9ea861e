/** Which part of the panel is shown, and what stands in its fields. Signals only; nothing here talks to a server. */
import { signal } from "@preact/signals";

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

export function createUi(view: View, draft: string) {
  return {
    open: signal(false),
    view: signal<View>(view),
    draft: signal(draft),
    search: signal(""),
    /** The form for name and e-mail stands open. */
    details: signal(false),
    /** Raised to move the focus into the composer. */
    focusComposer: signal(0),
    /** Offers that were answered with "go on with the bot", and a rating that was put off. */
    dismissed: signal<ReadonlySet<string>>(new Set()),
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
