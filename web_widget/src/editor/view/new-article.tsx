/** A new article: its title, where it will live, and what it belongs to. The rest is written in the article itself. */
import { useEffect, useState } from "preact/hooks";
import { LIMITS, slugOf, slugProblem } from "../draft";
import { sentenceOf } from "../library";
import { EVERYTHING, categories } from "../rows";
import { useWorld } from "./context";
import { TriangleAlert } from "lucide";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";

export function NewArticle() {
  const { library, go } = useWorld();
  const [title, setTitle] = useState("");
  const [slug, setSlug] = useState<string | null>(null);
  const [category, setCategory] = useState("");
  const [known, setKnown] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const address = slug ?? slugOf(title);
  const wrong = slugProblem(address);

  useEffect(() => {
    document.title = "New article · Editor · Frontdesk";
    library.articles().then(
      (rows) => setKnown(categories(rows)),
      () => setKnown([]), // Suggestions only: a category can be typed.
    );
  }, [library]);

  const create = async (event: SubmitEvent) => {
    event.preventDefault();
    if (wrong !== null) return;
    setBusy(true);
    setProblem(null);
    try {
      const article = await library.create({
        title: title.trim(),
        slug: address === "" ? null : address,
        category: category.trim(),
        questions: [],
        body: "",
      });
      go({ view: "article", id: article.id }, { replace: true });
    } catch (error) {
      setProblem(sentenceOf(error));
      setBusy(false);
    }
  };

  return (
    <main class="new">
      <h1>New article</h1>
      <p class="quiet">One thing customers ask about. Nobody sees it until you publish it.</p>
      <form onSubmit={(event) => void create(event)}>
        <label class="fd-field">
          <span class="fd-label">Title</span>
          <input
            class="fd-input input-large"
            value={title}
            maxLength={LIMITS.title}
            placeholder="Returning something you bought"
            required
            autofocus
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
        </label>
        <label class="fd-field">
          <span class="fd-label">Address</span>
          <span class="fd-input input-with-lead">
            <span class="input-lead">/help/</span>
            <input
              value={address}
              maxLength={LIMITS.slug}
              spellcheck={false}
              autocapitalize="none"
              aria-invalid={wrong !== null}
              aria-describedby="new-slug-note"
              onInput={(event) => setSlug(event.currentTarget.value.toLowerCase().replace(/\s+/g, "-"))}
            />
          </span>
          <span id="new-slug-note" class={wrong === null ? "field-note" : "fd-field-error"}>
            {wrong ?? "Made from the title. It can change until the article is published."}
          </span>
        </label>
        <label class="fd-field">
          <span class="fd-label">Category</span>
          <input
            class="fd-input"
            value={category}
            list="known-categories"
            maxLength={LIMITS.category}
            onInput={(event) => setCategory(event.currentTarget.value)}
          />
          <datalist id="known-categories">
            {known.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </label>
        {problem !== null && (
          <p class="fd-field-error" role="alert">
            <Icon node={TriangleAlert} /> {problem}
          </p>
        )}
        <div class="form-actions">
          <button type="submit" class="fd-button fd-button-primary" disabled={busy}>
            {busy ? "Creating…" : "Create draft"}
          </button>
          <Button onClick={() => go({ view: "list", filter: EVERYTHING })}>
            Cancel
          </Button>
        </div>
      </form>
    </main>
  );
}
