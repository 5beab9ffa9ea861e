/** What belongs to the article besides its text: category, address, other wordings. */
import { useEffect, useState } from "preact/hooks";
import type { Desk } from "../desk";
import { LIMITS, slugOf, wordings } from "../draft";
import { categories } from "../rows";
import { useWorld } from "./context";

export function Details({ desk }: { desk: Desk }) {
  const { library } = useWorld();
  const [known, setKnown] = useState<string[]>([]);
  const draft = desk.draft.value;
  const problems = desk.problems.value;

  useEffect(() => {
    library.articles().then(
      (rows) => setKnown(categories(rows)),
      () => setKnown([]), // Suggestions only: a category can be typed.
    );
  }, [library]);

  if (draft === null) return null;
  const count = wordings(draft.questions).length;
  return (
    <div class="details">
      <label class="fd-field">
        <span class="fd-label">Category</span>
        <input
          class="fd-input"
          value={draft.category}
          list="details-categories"
          maxLength={LIMITS.category}
          onInput={(event) => desk.edit({ category: event.currentTarget.value })}
        />
        <datalist id="details-categories">
          {known.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </label>
      <Address desk={desk} />
      <label class="fd-field">
        <span class="fd-label">
          Other wordings <span class="count">{count > 0 && count}</span>
        </span>
        <textarea
          class="fd-input wordings"
          rows={6}
          value={draft.questions}
          placeholder={"can i send it back\nwrong size"}
          aria-invalid={problems.questions !== undefined}
          aria-describedby="wordings-note"
          onInput={(event) => desk.edit({ questions: event.currentTarget.value })}
        />
        <span id="wordings-note" class={problems.questions === undefined ? "field-note" : "fd-field-error"}>
          {problems.questions ?? "How customers ask for this, one to a line. Fern looks here too."}
        </span>
      </label>
    </div>
  );
}

function Address({ desk }: { desk: Desk }) {
  const draft = desk.draft.value;
  const article = desk.article.value;
  if (draft === null || article === null) return null;
  if (!desk.slugIsOpen.value) {
    const live = article.published_revision !== null;
    return (
      <div class="fd-field">
        <span class="fd-label">Address</span>
        {live ? (
          <a class="address" href={`/help/${article.slug}`} target="_blank" rel="noopener">
            /help/{article.slug}
          </a>
        ) : (
          <span class="address">/help/{article.slug}</span>
        )}
        <span class="field-note">It was published once, so it may be in bookmarks and stays as it is.</span>
      </div>
    );
  }
  const problem = desk.problems.value.slug;
  return (
    <label class="fd-field">
      <span class="fd-label">Address</span>
      <span class="input-with-lead fd-input" data-invalid={problem !== undefined}>
        <span class="input-lead">/help/</span>
        <input
          value={draft.slug}
          placeholder={slugOf(draft.title)}
          maxLength={LIMITS.slug}
          spellcheck={false}
          autocapitalize="none"
          aria-invalid={problem !== undefined}
          aria-describedby="slug-note"
          onInput={(event) => desk.edit({ slug: event.currentTarget.value.toLowerCase().replace(/\s+/g, "-") })}
        />
      </span>
      <span id="slug-note" class={problem === undefined ? "field-note" : "fd-field-error"}>
        {problem ?? "It can change until the article is published."}
      </span>
    </label>
  );
}
