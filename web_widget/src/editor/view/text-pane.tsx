/** Where the article is written: title, summary, source. */
import { LIMITS } from "../draft";
import type { Desk } from "../desk";
import { Source } from "./source";

export function TextPane({ desk }: { desk: Desk }) {
  const draft = desk.draft.value;
  if (draft === null) return null;
  const problems = desk.problems.value;
  return (
    <section class="text-pane" aria-label="Text">
      <div class="text-head">
        <input
          class="title-input"
          aria-label="Title"
          placeholder="Title"
          value={draft.title}
          maxLength={LIMITS.title}
          aria-invalid={problems.title !== undefined}
          aria-describedby={problems.title === undefined ? undefined : "title-problem"}
          onInput={(event) => desk.edit({ title: event.currentTarget.value })}
        />
        {problems.title !== undefined && (
          <p id="title-problem" class="fd-field-error">
            {problems.title}
          </p>
        )}
        <textarea
          class="summary-input"
          rows={1}
          aria-label="Summary"
          placeholder="Summary: the answer in one sentence"
          value={draft.summary}
          maxLength={LIMITS.summary}
          onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
          onInput={(event) => desk.edit({ summary: event.currentTarget.value.replace(/\n/g, " ") })}
        />
      </div>
      <Source
        text={draft.body}
        generation={desk.generation.value}
        label="Article text in markdown"
        changed={(body) => desk.edit({ body })}
      />
      {problems.body !== undefined && <p class="fd-field-error text-problem">{problems.body}</p>}
    </section>
  );
}
