/** What each state of an article is called and means. Pure. */
import type { EditorArticle, EditorRow } from "../shared/knowledge";

type State = EditorRow["state"];

export const STATE_WORD: Record<State, string> = {
  draft: "Draft",
  published: "Published",
  changed: "Changed",
  retired: "Retired",
};

/** What customers see at present, in one sentence. */
export function meaning(article: EditorArticle): string {
  switch (article.state) {
    case "draft":
      return "Only editors see this. Publish it, and Fern answers with it.";
    case "published":
      return "Customers see exactly this text.";
    case "changed":
      return `Customers see revision ${article.published_revision ?? "–"}. Your newer text is a draft.`;
    case "retired":
      return "Customers no longer see this, and Fern no longer answers with it.";
  }
}
