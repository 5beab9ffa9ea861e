/** A new article: its title, where it will live, and what it belongs to. The rest is written in the article itself. */
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { LIMITS, slugOf, slugProblem } from "../draft";
import { EVERYTHING } from "../rows";
import { CategoryField } from "./category-field";
import { useWorld } from "./context";
import { Field } from "./field";
import { ProblemLine } from "./problem";
import { SlugField } from "./slug-field";
import { useTask } from "./use-task";

export function NewArticle() {
  const { library, go } = useWorld();
  const [title, setTitle] = useState("");
  /** Null while it follows the title. */
  const [slug, setSlug] = useState<string | null>(null);
  const [category, setCategory] = useState("");
  const task = useTask();
  const address = slug ?? slugOf(title);
  const wrong = slugProblem(address);

  useEffect(() => {
    document.title = "New article · Editor · Frontdesk";
  }, []);

  const create = () =>
    task.run(async () => {
      if (wrong !== null || title.trim() === "") return;
      const start = { title: title.trim(), slug: address === "" ? null : address, category: category.trim() };
      const article = await library.create({ ...start, questions: [], body: "" });
      go({ view: "article", id: article.id }, { replace: true });
    });

  return (
    <main class="new">
      <h1>New article</h1>
      <p class="quiet">One thing customers ask about. Nobody sees it until you publish it.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <Field label="Title">
          {(names) => (
            <input
              {...names}
              class="fd-input input-large"
              value={title}
              maxLength={LIMITS.title}
              placeholder="Returning something you bought"
              required
              autofocus
              onInput={(event) => setTitle(event.currentTarget.value)}
            />
          )}
        </Field>
        <SlugField
          value={address}
          problem={wrong}
          note="Made from the title. It can change until the article is published."
          changed={setSlug}
        />
        <CategoryField value={category} changed={setCategory} />
        <ProblemLine message={task.problem} />
        <div class="form-actions">
          <Button type="submit" kind="primary" disabled={task.busy}>
            {task.busy ? "Creating…" : "Create draft"}
          </Button>
          <Button onClick={() => go({ view: "list", filter: EVERYTHING })}>Cancel</Button>
        </div>
      </form>
    </main>
  );
}
