/** The article as customers will see it: the server's own rendering, in the type of the help centre. */
import { ArticleHtml } from "../../shared/components/article-html";
import { categoryName } from "../category";
import type { Desk } from "../desk";
import { useDelayed } from "../../shared/components/use-delayed";

export function PreviewPane({ desk }: { desk: Desk }) {
  const draft = desk.draft.value;
  const preview = desk.previewer.preview.value;
  if (draft === null) return null;
  const empty = preview.html.trim() === "" && draft.body.trim() === "";
  return (
    <section class="preview-pane" aria-label="Preview">
      <p class="pane-note">
        As customers see it
        <span class="pane-note-state" role="status">
          {preview.failed ? "The preview is of an earlier text" : preview.behind && <Behind />}
        </span>
      </p>
      <article class="preview-page" onClick={keepHere}>
        {draft.category.trim() !== "" && <p class="preview-category">{categoryName(draft.category.trim())}</p>}
        <h1>{draft.title.trim() === "" ? "Untitled" : draft.title}</h1>
        {empty ? (
          <p class="preview-empty">The text appears here as you write.</p>
        ) : (
          <div class="prose">
            <ArticleHtml html={preview.html} />
          </div>
        )}
      </article>
      {draft.summary.trim() !== "" && (
        <div class="preview-listed">
          <p class="pane-note">In lists and suggestions</p>
          <p class="preview-listed-title">{draft.title}</p>
          <p class="preview-listed-summary">{draft.summary}</p>
        </div>
      )}
    </section>
  );
}

/** Said only when the server takes its time: quick previews do not flicker. */
function Behind() {
  return useDelayed(900) ? <>Updating…</> : null;
}

/** A link in the preview opens beside the editor: a half-written article is not left by a click. */
function keepHere(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const href = link?.getAttribute("href");
  if (href === undefined || href === null || href.startsWith("#")) return;
  event.preventDefault();
  window.open(href, "_blank", "noopener");
}
